"""The report for the record: one HTML page, to read on a phone, to print and to hear, with nothing loaded and no script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from refundrules.engine.decision import SCHEMA, Decision
from refundrules.io.catalog import say
from refundrules.rendering.decision_path_svg import path_svg
from refundrules.text.condition_tree import Node
from refundrules.text.document import SIGNS, STYLES, ClaimView, Section, View, moment_text
from refundrules.text.words import phrase, safe, word

_STYLE = """\
:root{color-scheme:light dark;--page:#fff;--ink:#1b2330;--soft:#55606e;--line:#d4dae2;--box:#f5f7fa;--good:#1a7f45;--bad:#b42318;\
--open:#8a5a00}
@media (prefers-color-scheme:dark){:root{--page:#14181f;--ink:#e6eaf0;--soft:#a3adba;--line:#39424e;--box:#1d232c;--good:#57c785;\
--bad:#ff8a80;--open:#e5b454}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);overflow-wrap:anywhere;line-height:1.55;font:16px/1.55 system-ui,-apple-system,\
"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
header,main,footer{max-width:46rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.05rem;margin:0;color:var(--soft);font-weight:600}
h2{font-size:1.2rem;margin:2rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1.02rem;margin:1.4rem 0 .4rem}
.verdict{font-size:1.45rem;font-weight:700;line-height:1.3;margin:.3rem 0 .4rem;text-wrap:balance}
.good{color:var(--good)}.bad{color:var(--bad)}.open{color:var(--open)}
.soft{color:var(--soft)}
p{margin:.4rem 0}
table{border-collapse:collapse;width:100%;margin:.6rem 0}
caption,thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{text-align:left;vertical-align:top;padding:.45rem .8rem .45rem 0;border-top:1px solid var(--line);font-weight:400}
th[scope=row]{font-weight:600;width:1%;white-space:nowrap;overflow-wrap:normal}
tbody tr:first-child>*{border-top:0}
td ul,ul.tree{list-style:none;margin:0;padding:0}
td li+li{margin-top:.3rem}
.ref{color:var(--soft);font-size:.8125rem}.ref,.nb{display:inline-block;max-width:100%}
blockquote,ol.script{margin:.6rem 0;padding:.8rem 1rem;background:var(--box);border-left:4px solid var(--line);border-radius:4px}
blockquote p+p{margin-top:.8rem}
ol.script{padding-left:2.2rem}
ol.script li+li{margin-top:.5rem}
q{display:block;quotes:none;padding-left:.8rem;border-left:2px solid var(--good)}
figure{margin:.6rem 0}
figure svg{display:block;width:100%;max-width:30rem;height:auto}
summary{cursor:pointer;color:var(--soft)}
ul.tree{font-size:.875rem}
ul.tree ul{list-style:none;margin:0;padding-left:1rem;border-left:1px solid var(--line)}
ul.tree>li{margin:.5rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:0}
dt{color:var(--soft)}dd{margin:0}
footer{margin-top:2.5rem;padding-top:1rem;padding-bottom:2rem;border-top:1px solid var(--line);font-size:.875rem}
@media (max-width:30rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}
@media print{:root{color-scheme:light;--page:#fff;--ink:#000;--soft:#444;--line:#999;--box:#fff}body{font-size:10.5pt}
header,main,footer{max-width:none;padding:0}h2{margin-top:1.2rem;padding-top:.6rem}h2,h3{break-after:avoid}ul.tree{font-size:8pt;line-height:1.35}tr,blockquote,ol.script li{break-inside:avoid}
figure svg{max-width:9cm;max-height:21cm;margin:0}@page{margin:16mm}}"""
_STEP = re.compile(r"\d+\. [^：:]+(?:：|: )")
_QUOTED = "   “"


def report_page(decision: Decision, shown: View, said: Mapping[str, str], tree: Node | None) -> str:
    """Return the page; every text in it is escaped. `said` holds the message and the script, `tree` the trace."""
    return "\n".join(_Page(decision, shown, said, tree).lines())


class _Page:
    def __init__(self, decision: Decision, shown: View, said: Mapping[str, str], tree: Node | None) -> None:
        self.decision, self.shown, self.said, self.tree = decision, shown, said, tree
        self.language = decision.language

    def label(self, name: str) -> str:
        return escape(word("label", name, self.language))

    def lines(self) -> Iterator[str]:
        name = f"{word('label', 'record', self.language)} {safe(self.decision.case)}"
        yield "<!doctype html>"
        yield f'<html lang="{say("language.tag", self.language)}">'
        yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">"
        yield f"<title>{escape(name)}</title><style>{_STYLE}</style></head>"
        yield "<body>"
        yield from self._header(name)
        yield "<main>"
        for at, claim in enumerate(self.shown.claims):
            yield from self._claim(at, claim)
        yield from self._rest()
        yield from self._said()
        yield from self._path()
        yield from self._trace()
        yield "</main>"
        yield from self._footer()
        yield "</body></html>"

    def _header(self, name: str) -> Iterator[str]:
        shown = self.shown
        headline = shown.headline or shown.claims[0].headline
        yield f"<header><h1>{escape(name)}</h1>"
        yield (
            f'<p class="verdict {STYLES[shown.outcome]}"><span aria-hidden="true">{SIGNS[shown.outcome]}</span> '
            f"{escape(headline)}</p>"
        )
        if len(shown.claims) == 1 and shown.claims[0].about:
            yield f"<p>{escape(shown.claims[0].about)}</p>"
        decided = phrase("decided", self.language, moment_text(self.decision.decided_at))
        policy = f"{safe(self.decision.policy.id)} {safe(self.decision.policy.version)}"
        yield f'<p class="soft">{escape(policy)} · <span class="nb">{escape(decided)}</span></p></header>'

    # -- what was decided -------------------------------------------------------------------------

    def _claim(self, at: int, claim: ClaimView) -> Iterator[str]:
        several = len(self.shown.claims) > 1
        yield f'<section aria-labelledby="c{at + 1}">'
        if several:
            sign = f'<span class="{STYLES[claim.outcome]}" aria-hidden="true">{SIGNS[claim.outcome]}</span>'
            yield f'<h2 id="c{at + 1}">{sign} {escape(claim.headline)}</h2><p>{escape(claim.about)}</p>'
        else:
            yield f'<h2 id="c{at + 1}">{self.label("summary")}</h2>'
        sections = [section for section in claim.sections if section.name != "message"]
        yield from self._table(sections, claim.headline)
        yield "</section>"

    def _table(self, sections: Sequence[Section], caption: str) -> Iterator[str]:
        yield f"<table><caption>{escape(caption)}</caption><thead><tr>"
        yield f'<th scope="col">{self.label("item")}</th><th scope="col">{self.label("detail")}</th></tr></thead><tbody>'
        for section in sections:
            yield f'<tr><th scope="row">{escape(section.label)}</th><td><ul>'
            for entry in section.entries:
                lead = f"<strong>{escape(entry.lead)}</strong> " if entry.lead else ""
                refs = " ".join(self._ref(ref) for ref in entry.refs)
                yield f"<li>{lead}{escape(entry.text)}{f' {refs}' if refs else ''}</li>"
            yield "</ul></td></tr>"
        yield "</tbody></table>"

    def _ref(self, ref: str) -> str:
        title = self.shown.sources.get(ref, "")
        about = f' title="{escape(title)}"' if title else ""
        return f'<span class="ref"{about}>{escape(ref)}</span>'

    def _rest(self) -> Iterator[str]:
        for section in self.shown.sections:
            yield f'<section aria-labelledby="{section.name}"><h2 id="{section.name}">{escape(section.label)}</h2>'
            yield from self._table([section], section.label)
            yield "</section>"

    # -- what is said -----------------------------------------------------------------------------

    def _said(self) -> Iterator[str]:
        if self.said.get("buyer"):
            yield f'<section aria-labelledby="buyer"><h2 id="buyer">{self.label("buyer")}</h2><blockquote>'
            yield from (f"<p>{escape(part)}</p>" for part in self.said["buyer"].split("\n\n"))
            yield "</blockquote></section>"
        if self.said.get("agent"):
            yield f'<section aria-labelledby="agent"><h2 id="agent">{self.label("agent")}</h2>'
            yield from _script(self.said["agent"])
            yield "</section>"

    # -- how it came about ------------------------------------------------------------------------

    def _path(self) -> Iterator[str]:
        pictures = [path_svg(self.decision, at) for at in range(len(self.shown.claims))]
        if not any(pictures):
            return
        yield f'<section aria-labelledby="path"><h2 id="path">{self.label("path")}</h2>'
        for picture, claim in zip(pictures, self.shown.claims, strict=True):
            if len(pictures) > 1:
                yield f"<h3>{escape(claim.about)}</h3>"
            yield f"<figure>{picture}</figure>"
        yield "</section>"

    def _trace(self) -> Iterator[str]:
        if self.tree is None:
            return
        yield f'<section aria-labelledby="trace"><h2 id="trace">{escape(self.tree.text)}</h2>'
        yield f"<details open><summary>{escape(self.tree.note)}</summary>"
        yield _list(self.tree.children, "tree")
        yield "</details></section>"

    def _footer(self) -> Iterator[str]:
        decision = self.decision
        rows = (
            ("case", decision.case),
            ("policy", f"{decision.policy.id} {decision.policy.version}"),
            ("digest", decision.policy.digest),
            ("engine", f"refundrules {decision.engine.version} · {SCHEMA}"),
            ("decided_at", decision.decided_at.isoformat()),
        )
        yield "<footer><dl>"
        yield from (f"<dt>{self.label(name)}</dt><dd>{escape(safe(value))}</dd>" for name, value in rows)
        yield "</dl></footer>"


def _list(nodes: Sequence[Node], style: str = "") -> str:
    items = []
    for node in nodes:
        mark = f"{escape(node.mark)} " if node.mark else ""
        note = f' <span class="soft">{escape(node.note)}</span>' if node.note else ""
        items.append(f"<li>{mark}{escape(node.text)}{note}{_list(node.children) if node.children else ''}</li>")
    about = f' class="{style}"' if style else ""
    return f"<ul{about}>{''.join(items)}</ul>"


def _script(text: str) -> Iterator[str]:
    """Yield the steps of a script as lists, one a claim."""
    is_open = False
    for line in text.splitlines():
        if _STEP.match(line):
            before = "</li>" if is_open else '<ol class="script">'
            label, colon, rest = re.split("(： ?|: )", line.partition(". ")[2], maxsplit=1)
            yield f"{before}<li><strong>{escape(label + colon.strip())}</strong> {escape(rest)}"
            is_open = True
        elif line.startswith(_QUOTED):
            yield f"<q>{escape(line.strip())}</q>"
        elif line:
            yield f"{'</li></ol>' if is_open else ''}<h3>{escape(line)}</h3>"
            is_open = False
    if is_open:
        yield "</li></ol>"
