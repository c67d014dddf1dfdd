"""The notebook card: one `<div>` with inline styles that take their colours from the page, light or dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from refundrules.text.document import SIGNS, STYLES, ClaimView, Section, View

_ACCENTS = {"good": "#2e9e5b", "bad": "#d64545", "open": "#c98a00"}
_FONT = "font-family:system-ui,-apple-system,'PingFang SC','Microsoft YaHei',sans-serif;font-size:14px;line-height:1.5"
_EDGE = "1px solid rgba(128,128,128,.35)"


def card(shown: View, trace: Sequence[str], trace_label: str) -> str:
    """Return the card's HTML; every text in it is escaped."""
    return "".join(_card(shown, trace, trace_label))


def _card(shown: View, trace: Sequence[str], trace_label: str) -> Iterator[str]:
    accent = _ACCENTS[STYLES[shown.outcome]]
    yield (
        f'<div style="{_FONT};color:inherit;max-width:56em;padding:12px 16px;border:{_EDGE};'
        f'border-left:4px solid {accent};border-radius:6px">'
    )
    if shown.headline:
        yield _headline(shown.outcome, shown.headline, "1.15em")
    for claim in shown.claims:
        yield from _claim(claim, shown.sources)
    if shown.sections:
        yield from _table(shown.sections, shown.sources)
    if trace:
        lines = escape("\n".join(trace))
        yield (
            f'<details style="margin-top:8px"><summary style="cursor:pointer">{escape(trace_label)}</summary>'
            f'<pre style="overflow-x:auto;font-size:12px;line-height:1.35;background:transparent;color:inherit">{lines}</pre></details>'
        )
    yield f'<div style="margin-top:8px;font-size:.85em;opacity:.65">{escape(shown.footer)}</div></div>'


def _headline(outcome: str, text: str, size: str) -> str:
    accent = _ACCENTS[STYLES[outcome]]
    return (
        f'<div style="font-size:{size};font-weight:600">'
        f'<span style="color:{accent}">{escape(SIGNS[outcome])}</span> {escape(text)}</div>'
    )


def _claim(claim: ClaimView, sources: Mapping[str, str]) -> Iterator[str]:
    yield _headline(claim.outcome, claim.headline, "1.1em")
    if claim.about:
        yield f'<div style="opacity:.75">{escape(claim.about)}</div>'
    yield from _table(claim.sections, sources)


def _table(sections: Sequence[Section], sources: Mapping[str, str]) -> Iterator[str]:
    yield '<table style="border-collapse:collapse;margin:8px 0;color:inherit;background:transparent">'
    for section in sections:
        yield (
            '<tr style="background:transparent;vertical-align:top"><th scope="row" style="text-align:left;font-weight:600;'
            f'white-space:nowrap;padding:2px 16px 2px 0">{escape(section.label)}</th>'
            '<td style="text-align:left;padding:2px 0">'
        )
        for entry in section.entries:
            lead = f"<b>{escape(entry.lead)}</b> " if entry.lead else ""
            refs = "".join(_ref(ref, sources.get(ref, "")) for ref in entry.refs)
            yield f"<div>{lead}{escape(entry.text)}{refs}</div>"
        yield "</td></tr>"
    yield "</table>"


def _ref(ref: str, title: str) -> str:
    about = f' title="{escape(title)}"' if title else ""
    return f' <span style="opacity:.6;font-size:.85em"{about}>{escape(ref)}</span>'
