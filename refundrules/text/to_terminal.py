"""A decision in colour, as wide as the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from refundrules.text.condition_tree import Node
from refundrules.text.document import SIGNS, STYLES, Section, View

_COLOURS = {"good": "bold green", "bad": "bold red", "open": "bold yellow"}
_MARK_COLOURS = {"✓": "green", "✗": "red", "?": "yellow", "⊘": "magenta"}


def print_view(shown: View, tree: Node | None, file: TextIO) -> None:
    """Print what there is to show, and the trace's tree below it when there is one."""
    console = Console(file=file, force_terminal=True, highlight=False, markup=False, emoji=False)
    for part in _parts(shown):
        console.print(part)
    if tree is not None:
        console.print()
        console.print(_tree(tree))


def _parts(shown: View) -> Iterator[RenderableType]:
    if shown.headline:
        yield _headline(shown.outcome, shown.headline)
        yield ""
    for claim in shown.claims:
        yield _headline(claim.outcome, claim.headline)
        if claim.about:
            yield Text(f"  {claim.about}")
        yield ""
        yield _table(claim.sections)
        yield ""
    if shown.sections:
        yield _table(shown.sections)
        yield ""
    yield Text(f"  {shown.footer}", style="dim")


def _headline(outcome: str, text: str) -> Text:
    return Text(f"{SIGNS[outcome]} {text}", style=_COLOURS[STYLES[outcome]])


def _table(sections: Iterable[Section]) -> Table:
    table = Table.grid(padding=(0, 0, 0, 2))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for section in sections:
        label = section.label
        for entry in section.entries:
            text = Text(f"{entry.lead}  " if entry.lead else "", style="bold")
            text = Text.assemble(text, (entry.text, "not bold"))
            if entry.refs:
                text.append(f"  {' '.join(entry.refs)}", style="dim")
            table.add_row(Text(label), text)
            label = ""
    return table


def _tree(node: Node) -> Tree:
    text = Text()
    if node.mark:
        text.append(f"{node.mark} ", style=_MARK_COLOURS[node.mark])
    text.append(node.text)
    if node.note:
        text.append(f"   {node.note}", style="dim")
    tree = Tree(text, guide_style="dim")
    tree.children += [_tree(child) for child in node.children]
    return tree
