"""Finding a case that shows something no test shows: from the tests' cases, one fact changed at a time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from datetime import date
from itertools import count
from typing import Any, NamedTuple

from refundrules.case.models import Case
from refundrules.case.paths import plain_data
from refundrules.engine.engine import Engine
from refundrules.errors import CaseError
from refundrules.expr import condition as cn
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Formula
from refundrules.expr.walk import closure, reads
from refundrules.policy.model import Policy
from refundrules.testing.case_edits import JURISDICTION, PLACED, CaseEditor, Data
from refundrules.testing.files import PackTest
from refundrules.testing.observation import State, Watcher

BUDGET = 800
"""At most so many cases are worked out for one thing."""
_DEEPEST = 3
_FAR = 1000
Bodies = dict[str, "Condition | Formula"]


class SearchState(NamedTuple):
    """A case with what the engine made of it."""

    data: Data
    states: tuple[State, ...]


class SearchTarget(NamedTuple):
    """What a case is looked for to show."""

    distance: Callable[[State], int]
    """How far a state is from showing it: about how many comparisons are otherwise; 0: it may."""
    found: Callable[[SearchState], bool]
    names: frozenset[str]
    """The facts to change, and those that definitions among them read."""
    blamed: Callable[[State], frozenset[str]] = lambda state: frozenset()
    """The facts of the comparisons that would have to be otherwise."""


class Searcher:
    """Looks for cases, from those of a policy's tests."""

    def __init__(self, policy: Policy, tests: Sequence[PackTest]) -> None:
        self.policy = policy
        self.editor = CaseEditor(policy)
        self.watcher = Watcher(Engine(policy, matcher="compiled"))
        self.bases = [looked for test in tests if (looked := self.look(plain_data(test.given))) is not None]

    def look(self, data: Data) -> SearchState | None:
        """Return a case as the engine works it out; None when it is none, or contradicts itself."""
        try:
            return SearchState(data, self.watcher.states(Case.read(data)))
        except CaseError:
            return None

    def search(self, target: SearchTarget, budget: int = BUDGET) -> SearchState | None:
        """Return the nearest case found to show the target; None when none was found."""
        serial = count()
        queue = [
            (self._distance(target, base), 0, next(serial), base)
            for base in self.bases
            if len(base.data["claims"]) == 1
        ]
        heapq.heapify(queue)
        seen: set[str] = set()
        while queue and budget > 0:
            distance, edits, _, looked = heapq.heappop(queue)
            if distance >= _FAR:
                return None
            if distance == 0 and target.found(looked):
                return looked
            if edits == _DEEPEST:
                continue
            for data in self._edits(target, looked):
                key = repr(data)
                if key in seen or budget <= 0:
                    continue
                seen.add(key)
                budget -= 1
                child = self.look(data)
                if child is None:
                    continue
                nearer = self._distance(target, child)
                if nearer == 0 and target.found(child):
                    return child
                if nearer < distance or (nearer == distance and edits == 0):
                    heapq.heappush(queue, (nearer, edits + 1, next(serial), child))
        return None

    def _distance(self, target: SearchTarget, looked: SearchState) -> int:
        return min((target.distance(state) for state in looked.states), default=_FAR)

    def _edits(self, target: SearchTarget, looked: SearchState) -> Iterator[Data]:
        state = min(looked.states, key=target.distance)
        blamed = target.blamed(state) & target.names if target.distance(state) else frozenset()
        for name in (*sorted(blamed or target.names), PLACED, JURISDICTION):
            if name not in self.policy.vocabulary and name not in (PLACED, JURISDICTION):
                continue
            for value in self.editor.values(name, state):
                if not isinstance(value, date) and name in self.policy.vocabulary and self._is(state, name, value):
                    continue
                data = self.editor.edited(looked.data, name, value)
                if data is not None:
                    yield data

    def _is(self, state: State, name: str, value: Any) -> bool:
        return bool(state.facts[state.lens.ruleset.index[name]] == value)


# -- how far a condition is from a truth ------------------------------------------------------


class Distance:
    """How many comparisons of a condition would have to be otherwise."""

    def __init__(self, policy: Policy, bodies: Bodies | None = None) -> None:
        self.bodies: Bodies = {name: item.body for name, item in policy.definitions.items()} | (bodies or {})

    def otherwise(self, name: str, body: Condition) -> Distance:
        """Return the same with another body of a definition."""
        made = copy(self)
        made.bodies = {**self.bodies, name: body}
        return made

    def to(self, condition: Condition, wanted: bool, state: State) -> int:
        """Return how far a condition is from being true (or false) in a state."""
        if isinstance(condition, cn.Not):
            return self.to(condition.part, not wanted, state)
        if isinstance(condition, cn.Group):
            each = [self.to(part, wanted, state) for part in condition.parts]
            if isinstance(condition, cn.All) is wanted:
                return sum(each)
            return min(each, default=_FAR)
        if isinstance(condition, cn.Is):
            body = self.bodies.get(condition.name)
            if isinstance(body, cn.Condition):
                if len(set(condition.values)) != 1:
                    return 0 if wanted else _FAR
                return self.to(body, wanted is condition.values[0], state)
        return 0 if _leaf(condition, state) is wanted else 1

    def blamed(self, condition: Condition, wanted: bool, state: State) -> frozenset[str]:
        """Return what the comparisons read that would have to be otherwise."""
        if isinstance(condition, cn.Not):
            return self.blamed(condition.part, not wanted, state)
        if isinstance(condition, cn.Group):
            parts = [part for part in condition.parts if self.to(part, wanted, state)]
            if isinstance(condition, cn.All) is not wanted and len(parts) < len(condition.parts):
                return frozenset()
            return frozenset().union(*[self.blamed(part, wanted, state) for part in parts])
        body = self.bodies.get(condition.name) if isinstance(condition, cn.Is) else None
        if isinstance(condition, cn.Is) and isinstance(body, cn.Condition):
            return self.blamed(body, wanted is condition.values[0], state)
        if _leaf(condition, state) is wanted:
            return frozenset()
        return frozenset(closure(reads(condition), self.bodies.get) - self.bodies.keys())


def _leaf(leaf: Condition, state: State) -> bool | None:
    tests: dict[Condition, Any] = state.lens.leaves
    test = tests.get(leaf)
    if test is None:
        test = tests[leaf] = state.lens.test(leaf)
    return test(state)


def facts_read_by(policy: Policy, conditions: Sequence[Condition], formulas: Sequence[Formula] = ()) -> frozenset[str]:
    """Return the facts that conditions and formulas read, through definitions too."""
    return frozenset(closure(reads(*conditions, *formulas), policy.defined) & policy.vocabulary.keys())
