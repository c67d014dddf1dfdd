"""The commands `backtest` and `generate`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import click

from refundrules.cli.shell import BAD_INPUT, FOUND, refuse, spare, written

if TYPE_CHECKING:
    from refundrules.backtesting.parallel import BatchPart, Rows
    from refundrules.backtesting.report import Backtest

FORMATS = ("auto", "jsonl", "csv", "parquet", "yaml")
_SHOWN = 10
"""How many problems of bad rows are printed."""


@click.command()
@click.argument("pack")
@click.option(
    "--cases",
    "files",
    multiple=True,
    required=True,
    metavar="FILE",
    help="Past cases; may be given again. - is standard input.",
)
@click.argument("more", nargs=-1, metavar="[FILE]...")
@click.option("--against", metavar="NAME|PATH", help="Another pack: say which cases it decides otherwise.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="auto",
    show_default=True,
    help="What the files hold; by default as they are named, else JSON lines.",
)
@click.option("--columns", metavar="FILE", help="Which column each path of a case is read from (YAML or JSON).")
@click.option("--bad", metavar="FILE", help="Keep rows that cannot be read or decided, as JSON lines.")
@click.option("--out", metavar="FILE", help="Write the decisions: one a line as JSON, or rows when FILE ends in .csv.")
@click.option("--html", metavar="FILE", help="Write the report as a page with charts.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON alone.")
@click.option(
    "--examples",
    type=click.IntRange(0, 1000),
    default=20,
    show_default=True,
    help="How many flips and disagreements to list.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), help="How many processes decide; by default one for each processor."
)
@click.option("--strict", is_flag=True, help="End with status 1 when a row is bad, or a case flips.")
@click.pass_context
def backtest(
    ctx: click.Context, pack: str, files: tuple[str, ...], more: tuple[str, ...], against: str | None, form: Any,
    columns: str | None, bad: str | None, out: str | None, html: str | None, as_json: bool, examples: int,
    jobs: int | None, strict: bool,
) -> None:  # fmt: skip
    """Decide past cases by PACK and report what comes of it.

    Cases are JSON lines, CSV, Parquet, or files of cases; each needs decided_at. Beside a case may stand what really
    happened: actual.outcome, actual.resolution, actual.refund. A bad row is reported and kept aside; it stops nothing.

    Exit status: 0 done, 1 with --strict when a row is bad or a case flips, 2 when the input as a whole is of no use.
    """
    from refundrules.backtesting.backtest import run_backtest
    from refundrules.backtesting.columns import read_columns
    from refundrules.backtesting.history import read_batches
    from refundrules.engine.engine import Engine
    from refundrules.policy.loading.loader import load_policy

    rows: Rows = "" if out is None else "csv" if out.lower().endswith(".csv") else "jsonl"
    engine = Engine(load_policy(pack), matcher="compiled")
    other = Engine(load_policy(against), matcher="compiled") if against else None
    made = read_columns(columns) if columns else None
    names = [*files, *more]
    _check_files(names, pack, against, columns, {"--bad": bad, "--out": out, "--html": html})
    with ExitStack() as open_files:
        kept = open_files.enter_context(written(bad)) if bad else None
        decisions = open_files.enter_context(written(out)) if out else None
        page = open_files.enter_context(written(html)) if html else None
        tell = open_files.enter_context(_progress())
        headed: list[bool] = []

        def each(part: BatchPart) -> None:
            tell(part.done)
            if decisions is not None:
                if part.columns and not headed:
                    decisions.write(",".join(part.columns) + "\n")
                    headed.append(True)
                decisions.write(part.rows)
            if kept is not None:
                kept.writelines(_bad_line(row) for row in part.bad)

        batches = read_batches(names, sys.stdin.buffer, columns=made, form=form)
        report = run_backtest(
            engine, batches, other, jobs=jobs or _processors(), examples=examples, rows=rows, each=each
        )
        if page is not None:
            from refundrules.backtesting.report_page import render_backtest

            page.write(render_backtest(report, "html"))
    _print(report, as_json=as_json, colour=bool(ctx.color))
    if not report.cases:
        ctx.exit(BAD_INPUT)
    if strict and (report.bad_rows or report.flipped):
        ctx.exit(FOUND)


def _check_files(
    cases: list[str], pack: str, against: str | None, columns: str | None, outputs: dict[str, str | None]
) -> None:
    """Refuse files that cannot all be what the options say they are."""
    if cases.count("-") > 1:
        raise refuse("--cases", "names standard input twice", "`-` once holds all of it")
    taken: dict[str, str] = {}
    for option, name in outputs.items():
        if name is None:
            continue
        spare(option, name, [*cases, pack, *filter(None, (against, columns))])
        first = taken.setdefault(os.path.realpath(name), option)
        if first != option and name != os.devnull:
            raise refuse(option, f"`{name}` is what {first} writes", "name another file")


def _processors() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _print(report: Backtest, *, as_json: bool, colour: bool) -> None:
    from refundrules.backtesting.report_text import as_text, bad_lines

    for line in bad_lines(report, _SHOWN):
        click.echo(line, err=True)
    if not report.cases:
        click.echo(
            "--cases: hold no case that can be decided (`refundrules schema case` says what one looks like)", err=True
        )
    elif as_json:
        click.echo(json.dumps(report.to_dict(), ensure_ascii=False))
    elif colour:
        from refundrules.cli.tables import print_report

        print_report(report, sys.stdout)
    else:
        click.echo(as_text(report), nl=False)


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from refundrules.cli.tables import progress

    with progress(sys.stderr, "deciding") as tell:
        yield tell


def _bad_line(row: Any) -> str:
    text = row.row.decode("utf-8", "backslashreplace") if isinstance(row.row, bytes) else row.row
    data = {"where": row.where, "problems": [str(problem) for problem in row.problems], "row": text}
    return json.dumps(data, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace").decode() + "\n"


@click.command()
@click.option("--count", type=click.IntRange(1, 100_000_000), default=1000, show_default=True, help="How many cases.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=0,
    show_default=True,
    help="The same seed gives the same cases.",
)
def generate(count: int, seed: int) -> None:
    """Print made-up past cases as JSON lines, to try a policy on before there are cases of your own.

    They are plausible, not measured: prices, reasons and delays are drawn from tables. About six in ten also hold what a
    shop that goes by rule of thumb did (`actual`).
    """
    from refundrules.backtesting.synthetic import synthetic_cases

    for case in synthetic_cases(count, seed):
        sys.stdout.write(json.dumps(case, ensure_ascii=False, separators=(",", ":")) + "\n")
