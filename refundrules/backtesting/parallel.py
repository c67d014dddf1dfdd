"""Deciding batches of past cases, in this process or in several, with the same result.

One process cuts files into batches, the others decide them; what they found is added up in the order
of the batches. A worker gets the policies once, then only plain data.
"""

from __future__ import annotations

import csv
import gc
import io
import json
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from itertools import chain, islice
from multiprocessing import get_context
from typing import Any, Literal, NamedTuple

from refundrules.backtesting.history import BadRow, Batch, PastCase, read_rows
from refundrules.backtesting.observer import Actual, Observer, Tally, quiet_rules, read_actual
from refundrules.case.models import Case
from refundrules.engine.decision import Decision
from refundrules.engine.engine import Engine
from refundrules.engine.matchers.matcher import MatcherName
from refundrules.errors import CaseError, EngineError, Problem
from refundrules.money.currency import exponent
from refundrules.policy.model import Policy

Rows = Literal["", "csv", "jsonl"]
INLINE = 6
"""Up to so many batches are decided at once in this process: starting others would take longer."""
_KEPT = 30_000
"""How many resolutions an engine may keep between batches, so that memory stays flat."""


class Task(NamedTuple):
    """What is to be done with every batch."""

    policy: Policy
    against: Policy | None
    matcher: MatcherName
    examples: int
    rows: Rows = ""


class BatchPart(NamedTuple):
    """What came of one batch."""

    tally: Tally
    bad: list[BadRow]
    rows: str
    """The decisions as lines of JSON or CSV, when they are wanted."""
    done: int
    """How many rows it had."""
    columns: tuple[str, ...] = ()
    """What the cells of CSV rows are, once there is one."""


class Runner:
    """Decides batches. It holds the engines, so there is one in each process."""

    def __init__(self, task: Task, engine: Engine | None = None, against: Engine | None = None) -> None:
        self.task = task
        self.engine = engine or Engine(task.policy, matcher=task.matcher)
        self.against = against or (Engine(task.against, matcher=task.matcher) if task.against else None)
        self.decimals = exponent(task.policy.currency)
        self.columns: tuple[str, ...] = ()
        self.quiet = quiet_rules(policy for policy in (task.policy, task.against) if policy)

    def run(self, batch: Batch) -> BatchPart:
        """Return what came of a batch; a bad row is kept aside and changes nothing else."""
        tally, bad, written = Tally(self.task.examples), [], io.StringIO()
        observer = Observer(tally, self.decimals, self.quiet)
        count = 0
        for past in read_rows(batch):
            count += 1
            found = past if isinstance(past, BadRow) else self._decide(past, observer, written)
            if found is not None:
                tally.add(("bad",))
                bad.append(found)
        for engine in filter(None, (self.engine, self.against)):
            engine.forget(_KEPT)
        return BatchPart(tally, bad, written.getvalue(), count, self.columns)

    def _decide(self, past: PastCase, observer: Observer, written: io.StringIO) -> BadRow | None:
        actual, problems = read_actual(past.actual, self.decimals)
        try:
            case = past.data if isinstance(past.data, Case) else Case.read(past.data)
            if case.decided_at is None:
                problems.append(Problem("decided_at", "is missing", "a past case needs the moment it was decided at"))
            if problems:
                return BadRow(past.where, tuple(problems), _plain(past))
            # A report says nothing of tenders and findings to come; rows do.
            decision, works = self.engine.decide_with_works(case, brief=not self.task.rows)
            other = self.against.decide_with_works(case, brief=True)[0] if self.against is not None else None
        except CaseError as error:
            return BadRow(past.where, (*problems, *error.problems), _plain(past))
        except Exception as error:
            error.add_note(past.where)
            raise
        # Nothing is noted before both policies have decided: a bad row leaves no trace in the sums.
        observer.decided(case, decision, works)
        flipped = observer.compared(case, decision, other, past.where) if other is not None else None
        agrees = observer.happened(decision, actual, past.where) if actual is not None else None
        if self.task.rows == "jsonl":
            written.write(json.dumps(decision.to_dict(trace=False), ensure_ascii=False) + "\n")
        elif self.task.rows == "csv":
            self.columns = self.columns or (*decision.to_row(), *BESIDE)
            csv.writer(written, lineterminator="\n").writerows(
                _cells(decision, other, flipped, actual, agrees, self.decimals)
            )
        return None


def _plain(past: PastCase) -> Any:
    data = past.data.model_dump(mode="json", exclude_defaults=True) if isinstance(past.data, Case) else past.data
    return data if past.actual is None else {**data, "actual": past.actual}


# -- rows of a table --------------------------------------------------------------------------

BESIDE = (
    "against.outcome", "against.resolution", "against.refund.total", "flipped", "actual.outcome", "actual.resolution",
    "actual.refund", "agrees",
)  # fmt: skip
"""The columns that stand beside those of a decision's row; the last five are the whole case's."""


def _cells(
    decision: Decision, other: Decision | None, flipped: bool | None, actual: Actual | None, agrees: bool | None,
    decimals: int,
) -> Iterator[list[str]]:  # fmt: skip
    refund = None if actual is None or actual.refund is None else Observer(Tally(0), decimals).text(actual.refund)
    for at in range(len(decision.claims)):
        before = other.claims[at] if other is not None else None
        beside = (
            before.outcome if before else None, before.resolution if before else None,
            before.refund.total if before and before.refund else None, flipped,
            actual.outcome if actual else None, actual.resolution if actual else None, refund, agrees,
        )  # fmt: skip
        yield [_cell(value) for value in (*decision.to_row(at).values(), *beside)]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    runs = text.startswith(("=", "+", "@", "\t", "\r")) or (text.startswith("-") and not text[1:2].isdigit())
    return f"'{text}" if runs else text  # else a spreadsheet would run it


# -- several processes ------------------------------------------------------------------------

_runner: list[Runner] = []


def parts(task: Task, batches: Iterable[Batch], jobs: int, runner: Runner) -> Iterator[BatchPart]:
    """Yield what came of each batch, in their order, decided by `jobs` processes; `runner` decides where one is enough.

    No more than a few batches are in hand at a time. Raises `EngineError` when a process dies.
    """
    waiting = iter(batches)
    if jobs < 2:
        yield from map(runner.run, waiting)
        return
    first = list(islice(waiting, INLINE))
    if len(first) < INLINE:
        yield from map(runner.run, first)
        return
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start, initargs=(_sent(task),))
    try:
        in_hand: deque[Future[BatchPart]] = deque()
        for batch in chain(first, waiting):
            in_hand.append(pool.submit(_run, batch))
            if len(in_hand) > 3 * jobs:
                yield in_hand.popleft().result()
        while in_hand:
            yield in_hand.popleft().result()
    except BrokenProcessPool:
        raise EngineError("a process that decides ended unexpectedly; `--jobs 1` decides in one") from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _sent(task: Task) -> Task:
    """Return the task with fresh copies of the policies: what they have worked out for themselves does not travel."""
    return task._replace(policy=replace(task.policy), against=replace(task.against) if task.against else None)


def _start(task: Task) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started us stops us
    gc.disable()
    _runner.append(Runner(task))


def _run(batch: Batch) -> BatchPart:
    part = _runner[0].run(batch)
    # What lives on is kept for good: searching it for cycles again and again would cost more than deciding.
    gc.collect()
    gc.freeze()
    return part
