"""The report of a backtest as one HTML page: charts and whole tables, for a screen, a phone or paper.

The page loads nothing and runs nothing; every text in it is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import Literal

from refundrules.backtesting.report import Backtest
from refundrules.backtesting.report_text import TableView, as_text, bad_lines, headline, views
from refundrules.money.currency import exponent, to_minor
from refundrules.text.svg_charts import Bar, Piece, bars, strip

_Chart = Callable[[Backtest], str]
_TONES = {"approve": "good", "decline": "bad", "needs_information": "open", "manual_review": "person"}
_WORDS = {"approve": "approved", "decline": "declined", "needs_information": "needs information", "manual_review": "to a person"}  # fmt: skip
_BARS = 12
_OPEN = ("outcomes", "flips", "flip_examples", "actual", "disagreements", "resolutions", "money", "freight")
_STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--dim:#5d6875;--line:#d9dee4;--page:#f4f6f8;--card:#fff;--plain:#3b76b4;
--good:#2e9e5b;--bad:#d64545;--open:#d99a00;--person:#8a63c9}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaee;--dim:#9aa5b1;--line:#333c46;--page:#14181d;--card:#1d232a}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,'PingFang SC','Microsoft YaHei',sans-serif}
main{max-width:64rem;margin:0 auto;padding:1.2rem}
h1{font-size:1.35rem;margin:.2rem 0}h2{font-size:1.05rem;margin:0 0 .4rem}
p{margin:.2rem 0}.dim,.note{color:var(--dim)}.note{font-weight:400;font-size:.85rem}
section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem;margin:1rem 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.7rem;margin:1rem 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.7rem .9rem}
.tile b{display:block;font-size:1.3rem;font-variant-numeric:tabular-nums}
.tile span{color:var(--dim);font-size:.85rem}
svg{display:block;width:100%;max-width:36rem;height:auto;margin:.3rem 0 .6rem}
svg text{font-size:12px;fill:var(--ink)}svg .value{fill:var(--dim)}svg line{stroke:var(--dim)}
.plain{fill:var(--plain)}.good{fill:var(--good)}.bad{fill:var(--bad)}.open{fill:var(--open)}.person{fill:var(--person)}
.key{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:.9rem;margin-bottom:.6rem}
.key i{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.4em}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.88rem;width:100%}
th{text-align:left;color:var(--dim);font-weight:600;border-bottom:1px solid var(--line)}
td,th{padding:.22rem .8rem .22rem 0;vertical-align:top;white-space:nowrap}
td.long{white-space:normal;min-width:14rem;color:var(--dim);font-size:.82rem}
.n{text-align:right;font-variant-numeric:tabular-nums}
tbody tr+tr td{border-top:1px solid color-mix(in srgb,var(--line) 55%,transparent)}
.up{color:var(--open)}.down{color:var(--plain)}
summary{cursor:pointer;color:var(--dim);font-size:.9rem}
footer{color:var(--dim);font-size:.8rem;margin:1rem 0;overflow-wrap:anywhere}
@media print{:root{color-scheme:light;--ink:#000;--dim:#444;--line:#bbb;--page:#fff;--card:#fff}
body{font-size:10pt}main{max-width:none;padding:0}section{break-inside:avoid-page;border:0;padding:.3rem 0}
tr,svg,.tile{break-inside:avoid}.wide{overflow:visible}td,th{white-space:normal}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
""".replace("\n", "")  # fmt: skip


def render_backtest(report: Backtest, style: Literal["text", "html"] = "text") -> str:
    """Return the report of a backtest to read, ending in a newline: plain `text`, or one `html` page with charts.

    The page needs nothing from elsewhere.
    """
    return as_text(report) if style == "text" else "".join(_page(report)) + "\n"


def _page(report: Backtest) -> Iterator[str]:
    policy = report.policy
    title = f"{policy.id} {policy.version} over {report.cases:,} past cases"
    yield '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">"
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>"
    yield f"<h1>{escape(policy.title.en)}</h1>"
    yield "".join(f'<p class="dim">{escape(line)}</p>' for line in headline(report))
    yield from _tiles(report)
    for table in views(report):
        yield from _section(report, table)
    if report.bad:
        lines = "".join(f"<li>{escape(line)}</li>" for line in bad_lines(report, 50))
        yield f'<section id="bad"><h2>Rows left out</h2><ul>{lines}</ul></section>'
    refs = [f"{item.id} {item.version} {item.digest}" for item in (policy, report.against) if item is not None]
    yield f"<footer>{escape(' · against '.join(refs))}</footer></main></body></html>"


def _tiles(report: Backtest) -> Iterator[str]:
    currency = report.policy.currency
    rows = {row["outcome"]: row for row in report.rows("outcomes")}
    tiles = [(f"{report.cases:,}", "cases"), (f"{report.refund:,}", f"{currency} refunded")]
    tiles += [
        (f"{rows[name]['share']} %", _WORDS[name])
        for name in ("approve", "needs_information", "manual_review")
        if name in rows
    ]
    if report.against:
        tiles += [(f"{report.flipped:,}", "cases flip"), (f"{report.moved:+,}", f"{currency} moved by flips")]
    if report.bad_rows:
        tiles.append((f"{report.bad_rows:,}", "rows left out"))
    yield '<div class="tiles">'
    yield "".join(f'<div class="tile"><b>{escape(value)}</b><span>{escape(text)}</span></div>' for value, text in tiles)
    yield "</div>"


def _section(report: Backtest, table: TableView) -> Iterator[str]:
    note = f' <span class="note">{escape(table.note)}</span>' if table.note else ""
    yield f'<section id="{table.name}"><h2>{escape(table.title)}{note}</h2>'
    chart = _CHARTS.get(table.name)
    if chart is not None:
        yield chart(report)
    if table.name in _OPEN or len(table.rows) <= _BARS:
        yield from _table(table)
    else:
        yield f"<details><summary>all {len(table.rows)}</summary>"
        yield from _table(table)
        yield "</details>"
    yield "</section>"


def _table(table: TableView) -> Iterator[str]:
    kinds = [column.kind for column in table.columns]
    heads = "".join(
        f'<th scope="col"{_class(kind)}>{escape(column.head)}</th>'
        for kind, column in zip(kinds, table.columns, strict=True)
    )
    yield f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>'
    for row in table.rows:
        cells = "".join(f"<td{_class(kind, cell)}>{escape(cell)}</td>" for kind, cell in zip(kinds, row, strict=True))
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div>"


def _class(kind: str, cell: str = "") -> str:
    if kind == "text":
        return ""
    if kind == "long":
        return ' class="long"'
    sign = {"+": " up", "-": " down"}.get(cell[:1], "") if kind == "moved" else ""
    return f' class="n{sign}"'


# -- charts -----------------------------------------------------------------------------------


def _outcomes(report: Backtest) -> str:
    rows = report.rows("outcomes")
    pieces = [Piece(_WORDS[row["outcome"]], row["cases"], _TONES[row["outcome"]]) for row in rows]
    drawn = strip(pieces, "cases by outcome")
    if report.against:
        before = [piece._replace(size=row["against"]) for piece, row in zip(pieces, rows, strict=True)]
        drawn = (
            f'<p class="note">{escape(report.policy.id)}</p>{drawn}'
            f'<p class="note">before: {escape(report.against.id)}</p>{strip(before, "cases by outcome, before")}'
        )
    key = "".join(
        f'<span><i style="background:var(--{piece.tone})"></i>{escape(piece.label)}</span>' for piece in pieces
    )
    return f'{drawn}<div class="key">{key}</div>'


def _flips(report: Backtest) -> str:
    rows = report.rows("flips")[:_BARS]
    items = [Bar(f"{row['from']} → {row['to']}", row["claims"], f"{row['claims']:,}", "open") for row in rows]
    return bars(items, "flipped claims by what they were and are")


def _flip_rules(report: Backtest) -> str:
    decimals = exponent(report.policy.currency)
    rows = sorted(report.rows("flip_rules"), key=lambda row: -abs(row["moved"]))[:_BARS]
    items = [
        Bar(f"{row['rule']} {row['now']}", to_minor(row["moved"], decimals), f"{row['moved']:+,}", "open" if row["moved"] > 0 else "plain")
        for row in rows
        if row["moved"]
    ]  # fmt: skip
    return bars(items, "money moved by rule") if items else ""


def _money_of(table: str, word: str) -> _Chart:
    def chart(report: Backtest) -> str:
        rows = sorted(report.rows(table), key=lambda row: -row["refund"])[:_BARS]
        decimals = exponent(report.policy.currency)
        items = [
            Bar(str(row[word]), to_minor(row["refund"], decimals), f"{row['refund']:,}")
            for row in rows
            if row["refund"]
        ]
        return bars(items, "refunded")

    return chart


def _counts_of(table: str, word: str) -> _Chart:
    def chart(report: Backtest) -> str:
        rows = sorted(report.rows(table), key=lambda row: -row["claims"])[:_BARS]
        return bars([Bar(str(row[word]), row["claims"], f"{row['claims']:,}") for row in rows], "claims")

    return chart


def _reviews(report: Backtest) -> str:
    rows = sorted(report.rows("review"), key=lambda row: -row["claims"])[:_BARS]
    items = [
        Bar(f"{row['about']} {row['rules']}".strip(), row["claims"], f"{row['claims']:,}", _TONES[row["outcome"]])
        for row in rows
    ]
    return bars(items, "claims that wait, or go to a person")


def _freight(report: Backtest) -> str:
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
    return bars(items, "freight by who pays it")


_CHARTS: dict[str, _Chart] = {
    "outcomes": _outcomes, "flips": _flips, "flip_rules": _flip_rules, "resolutions": _counts_of("resolutions", "resolution"),
    "reasons": _money_of("reasons", "reason"), "review": _reviews, "freight": _freight, "rules": _money_of("rules", "rule"),
}  # fmt: skip
