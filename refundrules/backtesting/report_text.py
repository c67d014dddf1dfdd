"""The report of a backtest for a reader: a headline, and tables of texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from refundrules.backtesting.report import Backtest
from refundrules.text.columns import cut, padded, width

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
LINES = 12
"""How many rows of a long table the text shows."""


class Column(NamedTuple):
    """One column of a table for readers."""

    key: str
    head: str
    kind: str = "text"
    """`text`, `long` (a text that may be cut), `count`, `share`, `money` or `moved` (with a sign)."""


class TableView(NamedTuple):
    """One table for readers: every cell is a text."""

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


_COUNT, _SHARE = Column("claims", "claims", "count"), Column("share", "share", "share")
_REFUND, _MOVED = Column("refund", "refund", "money"), Column("moved", "moved", "moved")
_FREIGHT = Column("freight", "freight", "moved")
_BECAUSE = Column("because", "what the rule says", "long")
_TABLES: tuple[tuple[str, str, str, tuple[Column, ...]], ...] = (
    ("outcomes", "Outcomes", "", (
        Column("outcome", "outcome"), Column("cases", "cases", "count"), _SHARE, Column("against", "before", "count"),
        Column("change", "change", "change"))),
    ("flips", "What flips", "claims decided otherwise, what refunds and extras that moves, and freight the shop bears by the quotes", (
        Column("from", "from"), Column("to", "to"), _COUNT, _MOVED, Column("up", "more", "moved"),
        Column("down", "less", "moved"), _FREIGHT)),
    ("flip_rules", "The rules behind it", "rules that now determine a flipped claim (in), or no longer do (out)", (
        Column("rule", "rule"), Column("now", "now"), _COUNT, _MOVED, _FREIGHT, _BECAUSE)),
    ("flip_examples", "Flips that move most", "", (
        Column("case", "case"), Column("from", "from"), Column("to", "to"), Column("from_refund", "before", "money"),
        Column("to_refund", "after", "money"), _FREIGHT, Column("rules_in", "rules in", "long"),
        Column("rules_out", "rules out", "long"))),
    ("actual", "Against what happened", "", (
        Column("what", ""), Column("cases", "cases", "count"), Column("amount", "amount", "money"))),
    ("actual_outcomes", "Outcomes in fact and decided", "", (
        Column("actual", "in fact"), Column("decided", "decided"), Column("cases", "cases", "count"))),
    ("actual_resolutions", "Other remedies in fact", "first claim of the case", (
        Column("actual", "in fact"), Column("decided", "decided"), Column("cases", "cases", "count"))),
    ("disagreements", "Disagreements about most money", "", (
        Column("case", "case"), Column("actual", "in fact"), Column("decided", "decided"),
        Column("actual_refund", "in fact", "money"), Column("decided_refund", "decided", "money"),
        Column("rules", "rules", "long"))),
    ("resolutions", "Remedies", "of the claims approved", (
        Column("resolution", "remedy"), _COUNT, _SHARE, _REFUND)),
    ("money", "Money", "of the claims approved", (Column("what", ""), Column("amount", "amount", "money"))),
    ("issue_classes", "Kinds of problem", "", (Column("issue_class", "kind"), _COUNT, _SHARE, _REFUND)),
    ("reasons", "What buyers report", "", (
        Column("reason", "reason"), _COUNT, Column("approve", "approved", "count"), Column("decline", "declined", "count"),
        Column("needs_information", "open", "count"), Column("manual_review", "to a person", "count"), _REFUND)),
    ("freight", "Who pays the freight", "by the carriers' quotes, where they are known", (
        Column("leg", "way"), Column("payer", "payer"), _COUNT, Column("quoted", "quoted", "money"),
        Column("unquoted", "without quote", "count"), Column("reimbursed", "reimbursed", "money"))),
    ("review", "What keeps cases open", "a claim may wait for several facts", (
        Column("outcome", "outcome"), Column("why", "why"), Column("about", "about"), Column("rules", "rules", "long"),
        _COUNT, _SHARE)),
    ("rules", "Rules", "how many claims they determined, and what they granted", (
        Column("rule", "rule"), _COUNT, _SHARE, _REFUND, Column("extras", "extras", "money"), _BECAUSE)),
)  # fmt: skip


def views(report: Backtest) -> Iterator[TableView]:
    """Yield the tables there is something in."""
    for name, title, note, columns in _TABLES:
        rows = report.rows(name)
        if not rows:
            continue
        used = tuple(column for column in columns if any(row.get(column.key) not in (None, "") for row in rows))
        yield TableView(
            name, title, note, used, tuple(tuple(_cell(row.get(c.key), c.kind) for c in used) for row in rows)
        )


def headline(report: Backtest) -> list[str]:
    """Return the report in two to four sentences."""
    policy, currency = report.policy, report.policy.currency
    lines = [f"{policy.id} {policy.version} over {_many(report.cases, 'case')} with {_many(report.claims, 'claim')}: {report.refund:,} {currency} refunded"]  # fmt: skip
    if report.against:
        share = report.share(report.flipped, report.cases)
        lines.append(f"against {report.against.id} {report.against.version}: {_many(report.flipped, 'case')} flip ({share} %), which moves {report.moved:+,} {currency} of refunds and extras, {report.moved_freight:+,} of freight")  # fmt: skip
    if report.bad_rows:
        lines.append(
            f"{_many(report.bad_rows, 'row')} could not be read or decided, and {'is' if report.bad_rows == 1 else 'are'} counted nowhere else"
        )
    return lines  # fmt: skip


def bad_lines(report: Backtest, limit: int) -> list[str]:
    """Return what is wrong with the first bad rows, a line for each problem."""
    found = [
        clean(str(problem._replace(where=": ".join(part for part in (row.where, problem.where) if part))))
        for row in report.bad
        for problem in row.problems
    ]
    more = report.bad_rows - min(len(report.bad), report.bad_rows)
    lines = found[:limit]
    if len(found) > limit or more:
        lines.append("… and more (--bad FILE keeps them all)")
    return lines


def as_text(report: Backtest, columns: int = 100, limit: int = LINES) -> str:
    """Return the report as plain text; long tables are cut after `limit` rows."""
    lines = headline(report)
    for table in views(report):
        lines += ["", f"{table.title}{f' ({table.note})' if table.note else ''}", *_table_lines(table, columns, limit)]
    return "\n".join(lines) + "\n"


def fitted(table: TableView, columns: int, limit: int = LINES) -> TableView:
    """Return the table with no more than `limit` rows, and its long texts cut so that it is at most `columns` wide."""
    rows = table.rows[:limit]
    wide = _widths(table, rows)
    long = [at for at, column in enumerate(table.columns) if column.kind == "long"]
    left = columns - 2 * len(wide) - sum(size for at, size in enumerate(wide) if at not in long)
    room = max(8, left // len(long)) if long else 0
    cells = (tuple(cut(cell, room) if at in long else cell for at, cell in enumerate(row)) for row in rows)
    return table._replace(rows=tuple(cells))


def _widths(table: TableView, rows: Sequence[tuple[str, ...]]) -> list[int]:
    grid = [tuple(column.head for column in table.columns), *rows]
    return [max(width(row[at]) for row in grid) for at in range(len(table.columns))]


def _table_lines(table: TableView, columns: int, limit: int) -> Iterator[str]:
    shown = fitted(table, columns, limit)
    wide = _widths(shown, shown.rows)
    for row in (tuple(column.head for column in table.columns), *shown.rows):
        cells = [
            padded(cell, size, right=column.kind not in ("text", "long"))
            for cell, size, column in zip(row, wide, table.columns, strict=True)
        ]
        yield f"  {'  '.join(cells)}".rstrip()
    if len(table.rows) > limit:
        yield f"  … and {len(table.rows) - limit} more"


def clean(text: str) -> str:
    """Return a text with every sign escaped that would break its line or move a terminal's cursor."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if kind == "share":
        return f"{value} %"
    if kind in ("moved", "change"):
        return f"{value:+,}" if value else "0"
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return clean(str(value))
