"""What came of a policy's mutants: caught, equivalent, accepted, or noticed by nobody."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from refundrules.policy.loading.loader import load_policy
from refundrules.policy.model import Policy
from refundrules.policy.parts import Acceptance
from refundrules.testing.equivalent_mutants import Prover
from refundrules.testing.mutants import Mutant, mutants
from refundrules.testing.mutation import Fate, fates
from refundrules.testing.runner import read_pack_tests
from refundrules.testing.search import SearchState
from refundrules.testing.suggestions import Suggester, Suggestion, plain_case

SCHEMA = "refundrules.mutants/1"
_EDGE = re.compile(r"`(\S+) (?:above|below|at_least|at_most) (.+)` -> `\1 (?:above|below|at_least|at_most) \2`")


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no test notices."""

    mutant: Mutant
    fate: Fate
    suggestion: Suggestion | None = None
    """A test that would notice it, where one was looked for and found."""

    @property
    def why(self) -> str:
        """Why no test notices it."""
        if self.fate.told_by is not None:
            paths = ", ".join(f"`{path}`" for path in self.fate.differs[:3])
            return f"test `{self.fate.told_by}` comes out otherwise but does not expect {paths}"
        edge = _EDGE.search(self.mutant.what)
        return f"no test has `{edge[1]}` at `{edge[2]}`" if edge else "no test's case comes out otherwise"


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What came of a policy's mutants."""

    policy: Policy
    caught: tuple[tuple[Mutant, str], ...]
    """Each with the test that fails on it."""
    survivors: tuple[Survivor, ...]
    equivalent: tuple[Mutant, ...]
    """Mutants that no case can tell from the policy."""
    accepted: tuple[tuple[Mutant, Acceptance], ...]
    idle: tuple[Acceptance, ...]
    """Mutants that the pack accepts, though they do not survive, or are none."""

    @property
    def ok(self) -> bool:
        """Whether every mutant is explained."""
        return not self.survivors and not self.idle

    @property
    def count(self) -> int:
        """How many mutants there are."""
        return sum(map(len, (self.caught, self.survivors, self.equivalent, self.accepted)))

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return {
            "schema": SCHEMA,
            "pack": self.policy.id,
            "version": self.policy.version,
            "ok": self.ok,
            "mutants": self.count,
            "caught": [{**_data(mutant), "test": test} for mutant, test in self.caught],
            "equivalent": [_data(mutant) for mutant in self.equivalent],
            "accepted": [
                {**_data(mutant), "because": why.because._asdict(), "accepted_at": why.where}
                for mutant, why in self.accepted
            ],
            "survivors": [
                {
                    **_data(item.mutant), "why": item.why, "told_by": item.fate.told_by,
                    "differs": list(item.fate.differs), "suggested": item.suggestion and item.suggestion.id,
                }
                for item in self.survivors
            ],
            "idle": [{"finding": item.finding, "where": item.where} for item in self.idle],
        }  # fmt: skip


def _data(mutant: Mutant) -> dict[str, str]:
    return {"id": mutant.id, "owner": mutant.owner, "pack": mutant.pack, "where": mutant.where, "what": mutant.what}


def run_mutants(
    pack: str | os.PathLike[str],
    *,
    only: str = "",
    processes: int = 2,
    suggest: bool = False,
    step: Callable[[int, int], None] = lambda done, count: None,
) -> MutationReport:
    """Return what comes of a pack's mutants under its tests, which must pass.

    `only`: those whose rule, definition or parameter starts with it; `suggest`: look for tests that would notice
    the others; `step` is told how many of how many are done. A pack made to be extended has no mutants of its own:
    they are tried with the packs that extend it. Raises `PackError` with every problem of the pack.
    """
    policy = load_policy(pack)
    made = mutants(policy, only) if policy.complete else []
    found: dict[int, Fate] = {}
    for some in fates(pack, only, len(made), processes) if made else ():
        found.update(some)
        step(len(found), len(made))
    known = {item.finding: item for item in policy.accepted}
    caught, accepted, equivalent, left = [], [], [], []
    prover = Prover(policy) if made else None
    for number, mutant in enumerate(made):
        fate = found[number]
        if fate.killed_by is not None:
            caught.append((mutant, fate.killed_by))
        elif mutant.id in known:
            accepted.append((mutant, known[mutant.id]))
        elif fate.told_by is None and prover is not None and prover.equivalent(mutant):
            equivalent.append(mutant)
        else:
            left.append(Survivor(mutant, fate))
    survived = {mutant.id for mutant, _ in accepted}
    mine = [item for item in policy.accepted if item.finding.startswith("mutant:") and item.pack == policy.id]
    idle = tuple(item for item in mine if item.finding not in survived) if not only else ()
    survivors = _suggested(pack, policy, left) if suggest and left else left
    return MutationReport(policy, tuple(caught), tuple(survivors), tuple(equivalent), tuple(accepted), idle)


def _suggested(pack: str | os.PathLike[str], policy: Policy, left: list[Survivor]) -> list[Survivor]:
    """Return survivors with tests that would notice them; one test serves as many as it can."""
    tests = read_pack_tests(pack, policy)
    suggester = Suggester(policy, tests)
    cases = {test.id: plain_case(test) for test in tests}
    made: list[Survivor] = []
    kept: list[tuple[SearchState, Suggestion]] = []
    for item in left:
        engine = suggester.mutant_engine(item.mutant)
        before = next((done for looked, done in kept if suggester.notices(engine, looked, done)), None)
        if before is not None:
            made.append(Survivor(item.mutant, item.fate, before))
            continue
        data = cases.get(item.fate.told_by or "")
        looked = suggester.searcher.look(data) if data is not None else suggester.for_mutant(item.mutant)
        suggestion = None
        if looked is not None:
            suggestion = suggester.suggestion(looked, item.mutant, engine)
            if suggester.notices(engine, looked, suggestion):
                kept.append((looked, suggestion))
            else:
                suggestion = None
        made.append(Survivor(item.mutant, item.fate, suggestion))
    return made


def suggestions_of(report: MutationReport) -> list[Suggestion]:
    """Return the suggested tests of a report, each once, with all that it is for."""
    found: dict[str, Suggestion] = {}
    for item in report.survivors:
        if item.suggestion is not None:
            one = found.setdefault(item.suggestion.id, item.suggestion._replace(why=()))
            why = f"{item.mutant.owner}: {item.mutant.what} is noticed by no other test"
            found[one.id] = one._replace(why=(*one.why, why))
    return list(found.values())


def mutation_text(report: MutationReport) -> Iterator[str]:
    """Yield the lines of a report."""
    if not report.policy.complete:
        yield f"{report.policy.id} {report.policy.version}: made to be extended, so mutants are tried with a pack that does"
        return
    counts = [f"{len(report.caught)} caught"]
    counts += [f"{len(items)} {word}" for items, word in ((report.equivalent, "equivalent"), (report.accepted, "accepted")) if items]  # fmt: skip
    yield f"{report.policy.id} {report.policy.version}: {report.count} mutants: {', '.join(counts)}, {len(report.survivors)} survive"
    for item in report.survivors:
        yield f"{item.mutant.where}: {item.mutant.owner}: {item.mutant.what} survives: {item.why}"
        yield f"  {item.mutant.id}"
        if item.suggestion is not None:
            yield f"  noticed by suggested test `{item.suggestion.id}`"
    for idle in report.idle:
        yield f"{idle.where}: accepted `{idle.finding}` does not survive (take it out)"
