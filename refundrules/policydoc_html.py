"""A policy written out as one HTML page, to read on a phone or a screen, to print and to hear; nothing loaded, no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from refundrules.facts import Words
from refundrules.policybook import Chapter, Entry, Group, ParameterRow, PolicyBook, Table, is_link
from refundrules.policydoc_graph import map_svg
from refundrules.policydoc_words import text
from refundrules.policyparts import Source
from refundrules.render_words import safe
from refundrules.sentence import Clause, flat, opening

_STYLE = """\
:root{color-scheme:light dark;--page:#fff;--ink:#1b2330;--soft:#55606e;--line:#d4dae2;--box:#f5f7fa;--link:#1d5fa8;--open:#8a5a00}
@media (prefers-color-scheme:dark){:root{--page:#14181f;--ink:#e6eaf0;--soft:#a3adba;--line:#39424e;--box:#1d232c;--link:#8ab8f0;\
--open:#e5b454}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--ink);overflow-wrap:anywhere;font:16px/1.6 system-ui,-apple-system,"PingFang SC",\
"Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
header,nav,main,footer{max-width:50rem;margin:0 auto;padding:0 1rem}
header{padding-top:2rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .5rem;text-wrap:balance}
h2{font-size:1.35rem;line-height:1.3;margin:3rem 0 .3rem;padding-top:1.2rem;border-top:2px solid var(--line)}
h3{font-size:1.08rem;margin:2rem 0 .5rem}
.id{font-size:.9rem;margin:0;display:flex;flex-wrap:wrap;gap:.2rem .7rem;align-items:baseline}
.id a.self{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-weight:700;color:var(--soft);text-decoration:none}
a{color:var(--link)}
p{margin:.4rem 0}
.soft{color:var(--soft)}
.meta{list-style:none;margin:.6rem 0;padding:0;color:var(--soft);font-size:.9rem}
.two{display:block;color:var(--soft);font-size:.93em;font-weight:inherit}
nav h2{font-size:1rem;margin:1.6rem 0 .4rem;border:0;padding:0}
nav ol,nav ul{list-style:none;margin:0;padding:0;columns:2;column-gap:1.5rem;font-size:.92rem}
nav li{break-inside:avoid;padding:.14rem 0}
nav a{text-decoration:none}nav .n{color:var(--soft);font-size:.85em}
.rule{margin:.9rem 0;padding:.8rem 1rem .9rem;border:1px solid var(--line);border-radius:8px}
.rule:target{border-color:var(--link);box-shadow:0 0 0 1px var(--link)}
.because{font-weight:600;margin:.25rem 0 .5rem;line-height:1.45}
.lead{color:var(--soft);font-size:.85rem;font-weight:600;margin-right:.35rem}
.when ul,.always ul{margin:.15rem 0 .15rem;padding-left:1.15rem}
.when li::marker,.always li::marker{color:var(--soft)}
.always{margin:.5rem 0 1rem;padding:.6rem 1rem;background:var(--box);border-radius:8px;font-size:.95rem}
dl{margin:.45rem 0 0;display:grid;grid-template-columns:minmax(6.5rem,max-content) 1fr;gap:.15rem 1rem}
dt{color:var(--soft);font-size:.9rem}dd{margin:0;font-weight:600}
.more{margin:.5rem 0 0;font-size:.88rem}
.ref{font-size:.8rem;color:var(--soft);text-decoration-color:var(--line)}
.wide{margin:.6rem 0 1.2rem}
table{border-collapse:collapse;width:100%;font-size:.92rem;overflow-wrap:break-word}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.45rem .9rem .45rem 0;border-top:1px solid var(--line);font-weight:400}
thead th{color:var(--soft);font-size:.85rem;font-weight:600;border-top:0}
.glance td.says{font-weight:600}.glance th[scope=row]{white-space:nowrap;font-size:.85rem;overflow-wrap:normal}
tbody+tbody tr:first-child>*{border-top:1px solid var(--line)}
tr.later>td{border-top:0;padding-top:0}
code,td a{overflow-wrap:anywhere}td strong,.nb{white-space:nowrap}.open{color:var(--open)}
code{font-size:.85em;color:var(--soft)}
figure{margin:.8rem 0}
figure svg{display:block;width:100%;max-width:30rem;height:auto}
footer{margin-top:3rem;padding-top:1rem;padding-bottom:2rem;border-top:1px solid var(--line);font-size:.85rem;color:var(--soft)}
@media (max-width:30rem){body{font-size:15.5px}h1{font-size:1.4rem}.rule{padding:.7rem .8rem}dl{grid-template-columns:1fr}dd{margin-bottom:.3rem}\
th,td{padding-right:.6rem;overflow-wrap:anywhere}.glance thead,.glance .free{display:none}.params thead{display:none}\
.params tr{display:block;padding:.3rem 0}.params tbody{display:block;border-top:1px solid var(--line)}.params tr>*{display:block;border:0;padding:.1rem 0}\
.glance tr{display:block;border-top:1px solid var(--line);padding:.35rem 0}\
.glance tr>*{display:block;border:0;padding:.1rem 0}.glance td::before{content:attr(data-of);display:block;color:var(--soft);\
font-size:.85rem;font-weight:400}}
@media (min-width:72rem){body{display:grid;grid-template-columns:17rem minmax(0,50rem);column-gap:3rem;justify-content:center}\
header,main,footer{grid-column:2;width:100%;margin:0}nav{grid-column:1;grid-row:1/span 3;position:sticky;top:0;align-self:start;height:100vh;\
overflow-y:auto;padding:1.6rem 0 1rem;border-right:1px solid var(--line);margin:0}nav ol,nav ul{columns:1}}
@media print{:root{color-scheme:light;--page:#fff;--ink:#000;--soft:#444;--line:#999;--box:#fff;--link:#000}body{font-size:9.5pt;display:block}\
header,nav,main,footer{max-width:none;padding:0}nav{position:static;height:auto;border:0}h2{break-before:auto}h2,h3,.id{break-after:avoid}\
.rule,tr,.always{break-inside:avoid}.rule{padding:.4rem .6rem;margin:.5rem 0}\
a{text-decoration:none}figure svg{max-width:9cm}@page{margin:16mm}}"""


def policy_page(book: PolicyBook, languages: Sequence[str]) -> Iterator[str]:
    """Yield the page line by line; every text in it is escaped."""
    return _Page(book, languages).lines()


class _Page:
    def __init__(self, book: PolicyBook, languages: Sequence[str]) -> None:
        self.book, self.languages = book, languages
        self.places = {source.id: f"s{at + 1}" for at, source in enumerate(book.sources)}

    # -- texts ------------------------------------------------------------------------------------

    def say(self, both: Words) -> str:
        """Return a text in the languages shown, escaped; the second one under the first."""
        first, *others = self.languages
        if not others or both.zh == both.en:
            return escape(both.to(first))
        marked = "".join(
            f'<span class="two" lang="{_LANG[language]}">{escape(both.to(language))}</span>' for language in others
        )
        return f"{escape(both.to(first))}{marked}"

    def inline(self, both: Words) -> str:
        """Return a short text on one line."""
        return escape(" / ".join(dict.fromkeys(both.to(language) for language in self.languages)))

    def plain(self, name: str, *parts: object) -> str:
        return self.say(text(name, *parts))

    def label(self, name: str, *parts: object) -> str:
        return self.inline(text(name, *parts))

    def named(self, title: Words) -> Words:
        return Words(safe(title.zh), safe(title.en))

    # -- the page ---------------------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        policy, title = self.book.policy, self.inline(self.named(self.book.policy.title))
        yield "<!doctype html>"
        yield f'<html lang="{_LANG[self.languages[0]]}">'
        yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">"
        yield f"<title>{title} · {escape(safe(policy.id))} {escape(policy.version)}</title><style>{_STYLE}</style></head>"
        yield "<body>"
        yield from self._header()
        yield from self._contents()
        yield "<main>"
        for chapter in self.book.chapters:
            yield from self._chapter(chapter)
        yield from self._entries("guarantees", self.book.guarantees, "g-")
        yield from self._parameters()
        yield from self._definitions()
        yield from self._entries("assumptions", self.book.assumptions, "a-")
        yield from self._sources()
        yield from self._map()
        yield "</main>"
        yield f"<footer>{escape(safe(policy.id))} {escape(policy.version)} · {self.label('digest')} {policy.digest}</footer>"
        yield "</body></html>"

    def _header(self) -> Iterator[str]:
        book, policy = self.book, self.book.policy
        yield f"<header><h1>{self.say(self.named(policy.title))}</h1>"
        day = self.label("on", book.day) if book.day else self.label("latest")
        counts = self.label("counts", len(policy.rules), len(policy.guarantees), len(policy.parameters))
        places = self.label("holds_in", ", ".join(policy.jurisdictions), policy.currency, policy.time_zone)
        packs = self.label("made_of", safe(" ← ".join(reversed(policy.packs))))
        yield f'<ul class="meta"><li>{counts} · {day}</li><li>{places}</li><li>{packs}</li></ul>'
        yield f"<p>{self.plain('how')}</p><p>{self.plain('gaps')}</p>"
        if not policy.complete:
            yield f"<p>{self.plain('unfinished')}</p>"
        yield "</header>"

    def _contents(self) -> Iterator[str]:
        book = self.book
        yield f'<nav aria-labelledby="contents"><h2 id="contents">{self.label("contents")}</h2><ol>'
        for chapter in book.chapters:
            count = len(chapter.entries)
            yield f'<li><a href="#c-{chapter.id}">{self.inline(chapter.title)}</a> <span class="n">{count or ""}</span></li>'
        yield "</ol><ul>"
        sections = {
            "guarantees": book.guarantees, "parameters": book.parameters, "definitions": book.definitions,
            "assumptions": book.assumptions, "sources": book.sources,
        }  # fmt: skip
        for name, items in sections.items():
            if items:
                yield f'<li><a href="#{name}">{self.label(name)}</a> <span class="n">{len(items)}</span></li>'
        if book.policy.rules:
            yield f'<li><a href="#map">{self.label("map")}</a></li>'
        yield "</ul></nav>"

    # -- chapters ---------------------------------------------------------------------------------

    def _section(self, anchor: str, title: str, about: str) -> str:
        return f'<section aria-labelledby="{anchor}"><h2 id="{anchor}">{title}</h2><p class="soft">{about}</p>'

    def _chapter(self, chapter: Chapter) -> Iterator[str]:
        yield self._section(f"c-{chapter.id}", self.say(chapter.title), self.say(chapter.about))
        if chapter.also:
            links = self._links(chapter.also)
            yield f'<p class="more">{self.label("also", _HERE).replace(_HERE, links)}</p>'
        for group in chapter.groups:
            yield from self._group(group)
        yield "</section>"

    def _group(self, group: Group) -> Iterator[str]:
        yield f"<h3>{self.say(group.title)}</h3>"
        if group.always:
            yield f'<div class="always">{self.label("always")}<ul>'
            yield from (self._item(clause) for clause in group.always)
            yield "</ul></div>"
        if group.table:
            yield from self._table(group.table)
        for entry in group.entries:
            yield from self._entry(entry, "r-", in_section=bool(group.always))

    def _entries(self, name: str, entries: Sequence[Entry], prefix: str) -> Iterator[str]:
        if entries:
            yield self._section(name, self.plain(name), self.plain(f"{name}_about"))
            for entry in entries:
                yield from self._entry(entry, prefix)
            yield "</section>"

    def _entry(self, entry: Entry, prefix: str, *, in_section: bool = False) -> Iterator[str]:
        anchor = f"{prefix}{escape(entry.id)}"
        refs = " ".join(self._ref(cite) for cite in entry.cite)
        yield f'<article class="rule" id="{anchor}" aria-labelledby="{anchor}-t">'
        level = "h4" if prefix == "r-" else "h3"
        name = f'<a class="self" href="#{anchor}">{escape(entry.id)}</a>'
        yield f'<{level} class="id" id="{anchor}-t">{name}<span>{refs}</span></{level}>'
        if entry.because is not None:
            yield f'<p class="because">{self.say(opening(entry.because))}</p>'
        yield self._when(entry.when, in_section=in_section)
        rows = [(self.say(said.about), self.say(said.value)) for said in entry.then]
        rows += [(self.plain("promise"), self.say(promise)) for promise in entry.must]
        if rows:
            yield f"<dl>{''.join(f'<dt>{about}</dt><dd>{value}</dd>' for about, value in rows)}</dl>"
        yield from (f'<p class="more">{line}</p>' for line in self._more(entry))
        yield "</article>"

    def _more(self, entry: Entry) -> Iterator[str]:
        if entry.overridden:
            links = self._links(entry.overridden)
            yield f"{self.label('unless')} {self.label('overridden', _HERE).replace(_HERE, links)}"
        if entry.overrides:
            yield self.label("overrides", _HERE).replace(_HERE, self._links(entry.overrides))
        yield from (self.say(note) for note in entry.notes)

    def _when(self, clause: Clause, *, in_section: bool) -> str:
        lead = "and_when" if in_section and not clause.is_always else "when"
        if clause.is_always:
            inner = self.plain("all_of_section") if in_section else self.say(clause.text)
        else:
            inner = self._leaf(clause) if clause.joint == "leaf" else self.say(flat(clause))
        if clause.is_short:
            return f'<p class="when"><span class="lead">{self.label(lead)}</span>{inner}</p>'
        items = "".join(self._item(part) for part in clause.parts)
        return (
            f'<div class="when"><span class="lead">{self.label(f"{lead}_{clause.joint}")}</span><ul>{items}</ul></div>'
        )

    def _item(self, clause: Clause) -> str:
        parts = f"<ul>{''.join(self._item(part) for part in clause.parts)}</ul>" if clause.parts else ""
        return f"<li>{self._leaf(clause)}{parts}</li>"

    def _leaf(self, clause: Clause) -> str:
        shown = self.say(clause.text)
        return f'<a href="#d-{escape(clause.definition)}">{shown}</a>' if clause.definition else shown

    def _links(self, ids: Sequence[str]) -> str:
        return ", ".join(f'<a href="#r-{escape(name)}">{escape(name)}</a>' for name in ids)

    def _ref(self, cite: str) -> str:
        title = self.inline(self.named(self.book.policy.sources[cite].title))
        return f'<a class="ref" href="#{self.places[cite]}" title="{title}">{escape(safe(cite))}</a>'

    # -- tables -----------------------------------------------------------------------------------

    def _table(self, table: Table) -> Iterator[str]:
        glance = self.label("glance")
        yield f'<div class="wide glance"><table><caption>{glance}</caption>'
        heads = [self.label("rule"), *map(self.say, table.columns), *map(self.say, table.about)]
        columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
        yield f"<thead><tr>{columns}</tr></thead><tbody>"
        about = [self.inline(column) for column in (*table.columns, *table.about)]
        for rule, wanted, said in table.rows:
            cells = [("free soft", "any") if cell is None else ("", cell) for cell in wanted]
            cells += [("free", "nothing") if cell is None else ("says", cell) for cell in said]
            row = "".join(
                f'<td class="{style}" data-of="{column}">{self.plain(cell) if isinstance(cell, str) else self.say(cell)}</td>'
                for column, (style, cell) in zip(about, cells, strict=True)
            )
            yield f'<tr><th scope="row">{self._links([rule])}</th>{row}</tr>'
        yield "</tbody></table></div>"

    def _parameters(self) -> Iterator[str]:
        if not self.book.parameters:
            return
        yield self._section("parameters", self.plain("parameters"), self.plain("parameters_about"))
        heads = "".join(f'<th scope="col">{self.label(name)}</th>' for name in ("parameter", "value", "sources"))
        yield f'<table class="params"><thead><tr>{heads}</tr></thead>'
        for rows in self.book.parameters:
            yield f'<tbody id="p-{rows[0].parameter.id}">'
            yield from (self._parameter(row, len(rows) if at == 0 else 0) for at, row in enumerate(rows))
            yield "</tbody>"
        yield "</table></section>"

    def _parameter(self, row: ParameterRow, rows: int) -> str:
        item, value = row.parameter, row.value
        since = self.label("since", _HERE).replace(_HERE, _day(value.start)) if value.start else self.label("beginning")
        shown = self.inline(row.shown)
        shown = f"<strong>{shown}</strong>" if row.in_force else shown
        checked = f'<span class="open">{self.label("unverified")}</span>'
        if value.verified:
            checked = f'<span class="soft">{self.label("verified", _HERE).replace(_HERE, _day(value.verified))}</span>'
        by = f'<br><span class="soft">{self.label(f"by_{item.by}")}</span>' if len(item.values) > 1 else ""
        head = ""
        if rows:
            head = f'<th scope="rowgroup" rowspan="{rows}">{self.say(self.named(item.title))} <code>{item.id}</code>{by}</th>'
        refs = " ".join(self._ref(cite) for cite in value.cite)
        later = "" if rows else ' class="later"'
        return f'<tr{later}>{head}<td>{shown} <span class="soft">{since}</span></td><td>{refs} {checked}</td></tr>'

    def _definitions(self) -> Iterator[str]:
        if not self.book.definitions:
            return
        yield self._section("definitions", self.plain("definitions"), self.plain("definitions_about"))
        for item in self.book.definitions:
            anchor = f"d-{item.id}"
            yield f'<article class="rule" id="{anchor}" aria-labelledby="{anchor}-t">'
            yield f'<h3 class="id" id="{anchor}-t"><a class="self" href="#{anchor}">{item.id}</a></h3>'
            yield f'<p class="because">{self.say(opening(item.title))}</p>'
            if item.formula is not None:
                yield f'<p class="when"><span class="lead">{self.label("is")}</span>{self.say(item.formula)}</p>'
            if item.when is not None:
                yield self._when(item.when, in_section=False)
            yield "</article>"
        yield "</section>"

    def _sources(self) -> Iterator[str]:
        if not self.book.sources:
            return
        yield self._section("sources", self.plain("sources"), self.plain("sources_about"))
        yield f'<table><thead><tr><th scope="col">{self.label("source")}</th><th scope="col">{self.label("what")}</th></tr></thead><tbody>'
        for source in self.book.sources:
            yield f'<tr id="{self.places[source.id]}"><th scope="row">{escape(safe(source.id))}</th><td>{self._source(source)}</td></tr>'
        yield "</tbody></table></section>"

    def _source(self, source: Source) -> str:
        details = [escape(safe(source.instrument))] if source.instrument else []
        if source.url:
            shown = escape(safe(source.url))
            details.append(
                f'<a href="{escape(source.url)}" rel="noreferrer">{shown}</a>' if is_link(source.url) else shown
            )
        if source.confidence:
            details.append(self.label("confidence", safe(source.confidence)))
        about = f'<br><span class="soft">{" · ".join(details)}</span>' if details else ""
        return f"{self.say(self.named(source.title))}{about}"

    def _map(self) -> Iterator[str]:
        picture = map_svg(self.book, self.languages)
        if picture:
            yield self._section("map", self.plain("map"), self.plain("map_about"))
            yield f"<figure>{picture}</figure></section>"


def _day(day: date) -> str:
    return f'<span class="nb">{day}</span>'


_LANG = {"zh": "zh-CN", "en": "en"}
_HERE = "\x00"
"""What holds the place of links while the text around them is escaped."""
