"""An explanation: what there is to read of it, and the same as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import Any, TextIO

from refundrules.text.condition_tree import Node
from refundrules.text.document import SIGNS, View
from refundrules.text.to_html import card
from refundrules.text.to_markdown import literal, markdown_lines
from refundrules.text.to_text import COLUMNS, text_lines, tree_lines


@dataclass(frozen=True, slots=True)
class Explanation:
    """What explains a decision: `.text`, `.markdown`, a card in a notebook, and `to_dict()`."""

    view: View
    data: Mapping[str, Any]
    tree: Node | None = None
    """What stands below in an auditor's copy."""

    @property
    def text(self) -> str:
        """Plain text of at most 100 columns, in the explanation's language."""
        return "\n".join(self.lines())

    @property
    def markdown(self) -> str:
        """Markdown; nothing in it is read as markup or HTML."""
        if not self.view.footer:
            return "\n".join(f"- {SIGNS[claim.outcome]} {literal(claim.headline)}" for claim in self.view.claims)
        lines = list(markdown_lines(self.view))
        if self.tree is not None:
            lines += ["", *_bullets(self.tree, 0)]
        return "\n".join(lines)

    def lines(self, columns: int = COLUMNS) -> Iterator[str]:
        """Yield the text line by line, none longer than `columns` where its words allow it."""
        if not self.view.footer:
            # One line a claim, however long: it is read by eye or by grep, not as a page.
            yield from (f"{SIGNS[claim.outcome]} {claim.headline}" for claim in self.view.claims)
            return
        yield from text_lines(self.view, columns)
        if self.tree is not None:
            yield ""
            yield from tree_lines(self.tree, columns)

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as plain JSON data."""
        return dict(self.data)

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        below = list(tree_lines(self.tree)) if self.tree else []
        return card(self.view, below, self.tree.text if self.tree else "")

    def print(self, file: TextIO, *, colour: bool) -> None:
        """Print it to `file`, as wide as the terminal; `colour` takes a terminal that can."""
        if colour and self.view.footer:
            from refundrules.text.to_terminal import print_view

            print_view(self.view, self.tree, file)
            return
        columns = get_terminal_size().columns if file.isatty() else COLUMNS
        file.write("\n".join(self.lines(columns)) + "\n")


def _bullets(node: Node, depth: int) -> Iterator[str]:
    note = f" · {literal(node.note)}" if node.note else ""
    yield f"{'  ' * depth}- {node.mark + ' ' if node.mark else ''}{literal(node.text)}{note}"
    for child in node.children:
        yield from _bullets(child, depth + 1)
