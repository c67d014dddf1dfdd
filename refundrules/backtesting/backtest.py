"""A policy over past cases: what it decides of them, what another decides otherwise, what really happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from refundrules.backtesting.history import BATCH, BadRow, Batch
from refundrules.backtesting.observer import Tally
from refundrules.backtesting.parallel import BatchPart, Rows, Runner, Task, parts
from refundrules.backtesting.report import Backtest
from refundrules.case.models import Case
from refundrules.engine.engine import Engine
from refundrules.engine.matchers.matcher import MatcherName
from refundrules.errors import CaseError, Problem

EXAMPLES, SHOWN_BAD = 20, 50


def backtest(
    engine: Engine, cases: Iterable[Case | Mapping[str, Any]], against: Engine | None = None, *, jobs: int = 1,
    examples: int = EXAMPLES,
) -> Backtest:  # fmt: skip
    """Return what `engine` decides of past cases, and where `against` decides otherwise.

    A case is a `Case` or the same as a plain mapping, which may hold `actual` beside it: `outcome`, `resolution` (of the
    first claim) and `refund` (of the whole case) as they really were. Every case needs `decided_at`. One that cannot be
    read or decided is kept aside in `bad`; it never changes what is said of the others. Cases are taken one batch at a
    time. `examples` is how many flips and disagreements are listed, those that move most money first. With `jobs` above
    1 so many processes decide, with the same result; a script that asks for that needs `if __name__ == "__main__":`.

    Raises `CaseError` when the two policies count in different currencies.
    """
    return run_backtest(engine, _batches(cases), against, jobs=jobs, examples=examples)


def run_backtest(
    engine: Engine, batches: Iterable[Batch], against: Engine | None = None, *, jobs: int = 1, examples: int = EXAMPLES,
    rows: Rows = "", each: Callable[[BatchPart], None] = lambda part: None,
) -> Backtest:  # fmt: skip
    """Return the same of batches of rows, calling `each` with what came of every batch, in order."""
    policy, other = engine.policy, against.policy if against is not None else None
    if other is not None and other.currency != policy.currency:
        what = f"counts in `{other.currency}`, but `{policy.id}` in `{policy.currency}`"
        raise CaseError([Problem("against", what, "compare policies of one currency")])
    matcher: MatcherName = "durable" if engine.matcher == "durable" else "compiled"
    task = Task(policy, other, matcher, examples, rows)
    tally = Tally(examples)
    bad: list[BadRow] = []
    for part in parts(task, batches, jobs, Runner(task, engine, against)):
        tally.merge(part.tally)
        bad = sorted([*bad, *part.bad], key=_place)[:SHOWN_BAD]
        each(part)
    return Backtest(policy, other, tally, tuple(bad))


def _place(row: BadRow) -> tuple[str, int]:
    file, _, number = row.where.rpartition(":")
    return file, int(number) if number.isdigit() else int(row.where.strip("case[]") or 0)


def _batches(cases: Iterable[Case | Mapping[str, Any]]) -> Iterator[Batch]:
    numbered = enumerate(cases)
    while found := list(islice(numbered, BATCH)):
        yield Batch("", [(at, case if isinstance(case, Case) else _own(case)) for at, case in found])


def _own(case: object) -> object:
    return dict(case) if isinstance(case, Mapping) else case
