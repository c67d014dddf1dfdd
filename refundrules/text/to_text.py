"""A decision as lines of plain text, wrapped where a reader would, wide characters counted as two columns."""

from __future__ import annotations

from collections.abc import Iterator

from refundrules.text.columns import padded, width, wrapped
from refundrules.text.condition_tree import Node
from refundrules.text.document import SIGNS, Entry, Section, View

COLUMNS = 100
_GLUE = "\N{NO-BREAK SPACE}"


def text_lines(shown: View, columns: int = COLUMNS) -> Iterator[str]:
    """Yield the decision line by line."""
    if shown.headline:
        yield from _lines(f"{SIGNS[shown.outcome]} {shown.headline}", "", "  ", columns)
        yield ""
    sections = [section for claim in shown.claims for section in claim.sections] + list(shown.sections)
    indent = max((width(section.label) for section in sections), default=0) + 2
    for claim in shown.claims:
        yield from _lines(f"{SIGNS[claim.outcome]} {claim.headline}", "", "  ", columns)
        if claim.about:
            yield from _lines(claim.about, "  ", "  ", columns)
        yield ""
        for section in claim.sections:
            yield from _section(section, indent, columns)
        yield ""
    for section in shown.sections:
        yield from _section(section, indent, columns)
    if shown.sections:
        yield ""
    yield from _lines(shown.footer, "  ", "  ", columns)


def tree_lines(node: Node, columns: int = COLUMNS, first: str = "", rest: str = "") -> Iterator[str]:
    """Yield a tree line by line; `first` goes before its own line, `rest` before those under it."""
    text = " ".join(part for part in (node.mark, node.text) if part)
    hang = rest + ("│ " if node.children else "  ") + ("  " if node.mark else "")
    yield from _lines(f"{text}   {node.note}" if node.note else text, first, hang, columns)
    for at, child in enumerate(node.children):
        is_last = at == len(node.children) - 1
        branch, under = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
        yield from tree_lines(child, columns, rest + branch, rest + under)


def _section(section: Section, indent: int, columns: int) -> Iterator[str]:
    label = section.label
    lead = max(width(entry.lead) for entry in section.entries)
    for entry in section.entries:
        start = f"  {padded(label, indent)}"
        if lead:
            start += f"{padded(entry.lead, lead, right=True)}  "
        yield from _lines(_entry(entry), start, " " * width(start), columns)
        label = ""


def _entry(entry: Entry) -> str:
    return f"{entry.text}  [{_GLUE.join(entry.refs)}]" if entry.refs else entry.text


def _lines(text: str, first: str, rest: str, columns: int) -> Iterator[str]:
    for line in wrapped(text, columns, first, rest):
        yield line.replace(_GLUE, " ")
