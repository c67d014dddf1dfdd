"""The report of a backtest as one HTML page: charts and whole tables, for a screen, a phone or paper.

The page loads nothing and runs nothing; every text in it is escaped. Its template is `rendering/templates/backtest.html`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from refundrules.backtesting.report import Backtest
from refundrules.backtesting.report_text import as_text, bad_lines, headline, views
from refundrules.money.currency import exponent, to_minor
from refundrules.rendering.pages import fill
from refundrules.text.svg_charts import Bar, ChartPiece, bars, strip

_Bars = Callable[[Backtest], tuple[list[Bar], str]]
"""The bars of a table, and what they show."""
_TONES = {"approve": "good", "decline": "bad", "needs_information": "open", "manual_review": "person"}
_WORDS = {"approve": "approved", "decline": "declined", "needs_information": "needs information", "manual_review": "to a person"}  # fmt: skip
_BARS = 12
_OPEN = ("outcomes", "flips", "flip_examples", "actual", "disagreements", "resolutions", "money", "freight")


class _Chart(NamedTuple):
    drawn: str
    of: str = ""
    """What stands above it, where there are several."""


def render_backtest(report: Backtest, style: Literal["text", "html"] = "text") -> str:
    """Return the report of a backtest to read, ending in a newline: plain `text`, or one `html` page with charts.

    The page needs nothing from elsewhere.
    """
    if style == "text":
        return as_text(report)
    tables = list(views(report))
    page = fill(
        "backtest.html",
        report=report, policy=report.policy, language="en", headline=headline(report), tiles=list(_tiles(report)),
        views=tables, charts={table.name: list(_charts(report, table.name)) for table in tables},
        pieces=_outcomes(report), open=_OPEN, bars=_BARS, bad=bad_lines(report, 50),
    )  # fmt: skip
    return page + "\n"


def _tiles(report: Backtest) -> Iterator[tuple[str, str]]:
    currency = report.policy.currency
    rows = {row["outcome"]: row for row in report.rows("outcomes")}
    yield f"{report.cases:,}", "cases"
    yield f"{report.refund:,}", f"{currency} refunded"
    for name in ("approve", "needs_information", "manual_review"):
        if name in rows:
            yield f"{rows[name]['share']} %", _WORDS[name]
    if report.against:
        yield f"{report.flipped:,}", "cases flip"
        yield f"{report.moved:+,}", f"{currency} moved by flips"
    if report.bad_rows:
        yield f"{report.bad_rows:,}", "rows left out"


# -- charts -----------------------------------------------------------------------------------


def _charts(report: Backtest, table: str) -> Iterator[_Chart]:
    if table == "outcomes":
        pieces = _outcomes(report)
        drawn = strip(pieces, "cases by outcome")
        if report.against is None:
            yield _Chart(drawn)
            return
        yield _Chart(drawn, report.policy.id)
        rows = report.rows("outcomes")
        before = [piece._replace(size=row["against"]) for piece, row in zip(pieces, rows, strict=True)]
        yield _Chart(strip(before, "cases by outcome, before"), f"before: {report.against.id}")
    elif table in _BARS_OF:
        items, about = _BARS_OF[table](report)
        if items:
            yield _Chart(bars(items, about))


def _outcomes(report: Backtest) -> list[ChartPiece]:
    return [ChartPiece(_WORDS[row["outcome"]], row["cases"], _TONES[row["outcome"]]) for row in report.rows("outcomes")]


def _flips(report: Backtest) -> tuple[list[Bar], str]:
    rows = report.rows("flips")[:_BARS]
    items = [Bar(f"{row['from']} → {row['to']}", row["claims"], f"{row['claims']:,}", "open") for row in rows]
    return items, "flipped claims by what they were and are"


def _flip_rules(report: Backtest) -> tuple[list[Bar], str]:
    decimals = exponent(report.policy.currency)
    rows = sorted(report.rows("flip_rules"), key=lambda row: -abs(row["moved"]))[:_BARS]
    items = [
        Bar(f"{row['rule']} {row['now']}", to_minor(row["moved"], decimals), f"{row['moved']:+,}", "open" if row["moved"] > 0 else "plain")
        for row in rows
        if row["moved"]
    ]  # fmt: skip
    return items, "money moved by rule"


def _money_of(table: str, word: str) -> _Bars:
    def chart(report: Backtest) -> tuple[list[Bar], str]:
        rows = sorted(report.rows(table), key=lambda row: -row["refund"])[:_BARS]
        decimals = exponent(report.policy.currency)
        items = [
            Bar(str(row[word]), to_minor(row["refund"], decimals), f"{row['refund']:,}")
            for row in rows
            if row["refund"]
        ]
        return items, "refunded"

    return chart


def _counts_of(table: str, word: str) -> _Bars:
    def chart(report: Backtest) -> tuple[list[Bar], str]:
        rows = sorted(report.rows(table), key=lambda row: -row["claims"])[:_BARS]
        return [Bar(str(row[word]), row["claims"], f"{row['claims']:,}") for row in rows], "claims"

    return chart


def _reviews(report: Backtest) -> tuple[list[Bar], str]:
    rows = sorted(report.rows("review"), key=lambda row: -row["claims"])[:_BARS]
    items = [
        Bar(f"{row['about']} {row['rules']}".strip(), row["claims"], f"{row['claims']:,}", _TONES[row["outcome"]])
        for row in rows
    ]
    return items, "claims that wait, or go to a person"


def _freight(report: Backtest) -> tuple[list[Bar], str]:
    decimals = exponent(report.policy.currency)
    tones = {"seller": "open", "buyer": "plain", "insurer": "person"}
    items = [
        Bar(
            f"{row['leg']}: {row['payer']}",
            to_minor(row["quoted"], decimals),
            f"{row['quoted']:,}",
            tones[row["payer"]],
        )
        for row in report.rows("freight")
    ]
    return items, "freight by who pays it"


_BARS_OF: dict[str, _Bars] = {
    "flips": _flips, "flip_rules": _flip_rules, "resolutions": _counts_of("resolutions", "resolution"),
    "reasons": _money_of("reasons", "reason"), "review": _reviews, "freight": _freight, "rules": _money_of("rules", "rule"),
}  # fmt: skip
