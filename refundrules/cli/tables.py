"""Reports as tables in colour, and the progress of long work, on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from refundrules.backtesting.report import Backtest
from refundrules.backtesting.report_text import LINES, TableView, fitted, headline, views

_SIGNED = {"moved", "change"}


def print_report(report: Backtest, file: TextIO) -> None:
    """Print the report in colour, as wide as the terminal."""
    console = Console(file=file, force_terminal=True, highlight=False, markup=False, emoji=False)
    first, *rest = headline(report)
    console.print(Text(first, style="bold"))
    for line in rest:
        console.print(Text(line))
    for view in views(report):
        console.print()
        console.print(_table(fitted(view, console.width), len(view.rows) - LINES))


def _table(view: TableView, hidden: int) -> Table:
    title = Text(view.title, style="bold")
    if view.note:
        title.append(f"  {view.note}", style="not bold dim")
    table = Table(
        title=title, title_justify="left", title_style="", box=None, pad_edge=False, padding=(0, 2, 0, 0),
        caption=Text(f"… and {hidden} more", style="dim") if hidden > 0 else None, caption_justify="left",
        header_style="dim",
    )  # fmt: skip
    for column in view.columns:
        is_text = column.kind in ("text", "long")
        table.add_column(
            Text(column.head), justify="left" if is_text else "right", no_wrap=True,
            overflow="ellipsis" if column.kind == "long" else "fold", style="dim" if column.kind == "long" else "",
        )  # fmt: skip
    for row in view.rows:
        table.add_row(
            *(Text(cell, style=_style(cell, column.kind)) for cell, column in zip(row, view.columns, strict=True))
        )
    return table


def _style(cell: str, kind: str) -> str:
    if kind not in _SIGNED or cell == "0":
        return ""
    return "cyan" if cell.startswith("-") else "yellow"


@contextmanager
def progress(file: TextIO, what: str) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how many cases are done; yields what to tell each further number of them to."""
    console = Console(file=file)
    columns = (
        TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.completed:,} cases"),
        TextColumn("{task.fields[rate]}"), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(what, total=None, rate="")

        def tell(count: int) -> None:
            shown.advance(task, count)
            speed = shown.tasks[0].speed
            shown.update(task, rate=f"{speed:,.0f} a second" if speed else "")

        yield tell
