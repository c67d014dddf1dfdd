"""What the tests of a pack show of its policy, and what they do not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from refundrules.engine.engine import Engine
from refundrules.engine.matchers.matcher import MatcherName
from refundrules.policy.loading.loader import load_policy
from refundrules.policy.model import Policy
from refundrules.testing.coverage_goals import KINDS, CoverageGoal, goals, said_of, shown_by
from refundrules.testing.files import PackTest
from refundrules.testing.observation import Observed, Watcher
from refundrules.testing.runner import read_pack_tests

SCHEMA = "refundrules.coverage/1"


@dataclass(frozen=True, slots=True)
class Covered:
    """A goal, and the first test that shows it; None: no test does."""

    goal: CoverageGoal
    by: str | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a pack's tests show."""

    policy: Policy
    items: tuple[Covered, ...]
    held: frozenset[str]
    """Rules that held in some test, whether or not they determined it."""

    def of(self, kind: str = "", pack: str = "") -> list[Covered]:
        """Return the goals of a kind and a pack; of every kind or pack where that is empty."""
        return [item for item in self.items if kind in ("", item.goal.kind) and pack in ("", item.goal.pack)]

    def percent(self, kind: str = "", pack: str = "") -> float:
        """Return how much is shown, in per cent; 100 where there is nothing to show."""
        items = self.of(kind, pack)
        return 100 * sum(item.by is not None for item in items) / len(items) if items else 100.0

    @property
    def missing(self) -> list[CoverageGoal]:
        """What no test shows, in the order of the policy."""
        return [item.goal for item in self.items if item.by is None]

    def words(self, goal: CoverageGoal) -> str:
        """Return what is not shown, in words."""
        return said_of(goal, held=goal.owner in self.held)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        packs = dict.fromkeys(item.goal.pack for item in self.items)
        return {
            "schema": SCHEMA,
            "pack": self.policy.id,
            "version": self.policy.version,
            "percent": round(self.percent(), 2),
            "kinds": {kind: self._counts(kind) for kind in KINDS},
            "packs": {pack: {kind: self._counts(kind, pack) for kind in KINDS} for pack in packs},
            "goals": [
                {
                    "id": item.goal.id, "kind": item.goal.kind, "pack": item.goal.pack, "owner": item.goal.owner,
                    "where": item.goal.where, "what": item.goal.what, "test": item.by,
                }
                for item in self.items
            ],
        }  # fmt: skip

    def _counts(self, kind: str, pack: str = "") -> dict[str, int]:
        items = self.of(kind, pack)
        return {"shown": sum(item.by is not None for item in items), "all": len(items)}


def measure(policy: Policy, tests: Sequence[PackTest], *, matcher: MatcherName = "auto") -> Coverage:
    """Return what tests show of a policy."""
    watcher = Watcher(Engine(policy, matcher=matcher))
    return coverage_of(policy, [(test.id, watcher.see(test.case)) for test in tests])


def coverage_of(policy: Policy, seen: Sequence[tuple[str, Observed]]) -> Coverage:
    """Return what cases that were worked out show of a policy; each has a name."""
    items = tuple(Covered(goal, _first(goal, seen)) for goal in in_order(goals(policy)))
    held = frozenset(
        rule.id
        for _, case in seen
        for state in case.states
        for rule, truth in zip(state.lens.ruleset.rules, state.truths, strict=True)
        if truth
    )
    return Coverage(policy, items, held)


def in_order(found: Iterator[CoverageGoal]) -> list[CoverageGoal]:
    """Return goals by kind, pack and place, each once."""
    once = {(goal.id, goal.where): goal for goal in found}
    return sorted(once.values(), key=lambda goal: (KINDS.index(goal.kind), goal.pack, *_place(goal.where), goal.what))


def _place(where: str) -> tuple[str, int]:
    file, _, line = where.rpartition(":")
    return (file, int(line)) if line.isdigit() else (where, 0)


def _first(goal: CoverageGoal, seen: Sequence[tuple[str, Observed]]) -> str | None:
    return next((name for name, case in seen if shown_by(goal, case)), None)


def pack_coverage(pack: str | os.PathLike[str], *, matcher: MatcherName = "auto") -> Coverage:
    """Return what the tests beside a pack show. Raises `PackError` with every problem of the pack or its tests."""
    policy = load_policy(pack)
    return measure(policy, read_pack_tests(pack, policy), matcher=matcher)


def coverage_text(found: Coverage) -> Iterator[str]:
    """Yield the lines of a report: a table, and what is not shown."""
    packs = list(dict.fromkeys(item.goal.pack for item in found.items))
    yield f"{found.policy.id} {found.policy.version}: what its tests show"
    for kind in KINDS:
        items = found.of(kind)
        if items:
            shown = sum(item.by is not None for item in items)
            yield f"  {kind:<12}{shown:>5} of {len(items):<5}{_percent(found.percent(kind)):>7}"
    yield f"  {'all':<12}{sum(item.by is not None for item in found.items):>5} of {len(found.items):<5}{_percent(found.percent()):>7}"
    if len(packs) > 1:
        for pack in packs:
            yield f"    {pack}: {_percent(found.percent('', pack))}"
    for kind in KINDS:
        missing = [item.goal for item in found.of(kind) if item.by is None]
        if missing:
            yield ""
            yield f"{kind} that no test shows:"
        for goal in missing:
            yield f"{goal.where}: {found.words(goal)}"


def _percent(value: float) -> str:
    return f"{int(value * 10) / 10:.1f} %"
