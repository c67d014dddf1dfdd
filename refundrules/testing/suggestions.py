"""Suggested tests: cases that show what no test shows, or tell a mutant, with what is decided now.

What is decided now may be wrong: each suggestion says why it is there, for a person to confirm.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import yaml

from refundrules.case.models import Case
from refundrules.case.paths import plain_data
from refundrules.engine.decision import Decision
from refundrules.engine.engine import Engine
from refundrules.expr import condition as cn
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Formula
from refundrules.expr.walk import changed
from refundrules.policy.model import Policy
from refundrules.policy.parts import Rule
from refundrules.testing.case_edits import Data
from refundrules.testing.coverage_goals import CoverageGoal, GoalPlace, said_of
from refundrules.testing.expectations import differing, read_expectation, telling, values_said
from refundrules.testing.files import PackTest
from refundrules.testing.mutants import Mutant
from refundrules.testing.mutation import decide_mutant
from refundrules.testing.observation import State
from refundrules.testing.patching import engine_of, touched_by
from refundrules.testing.search import Distance, Searcher, SearchState, SearchTarget, facts_read_by

_ALWAYS = ("outcome", "issue_class", "resolution", "refund.total", "missing")
_HEAD = """\
# Found by `refundrules test`: what is decided now, which may be wrong. Confirm each against the rules it is about,
# correct what is expected (and then the pack) where it is wrong, and give it a better name.
"""


class Suggestion(NamedTuple):
    """A test to confirm."""

    id: str
    why: tuple[str, ...]
    rules: tuple[str, ...]
    given: Data
    expect: dict[str, Any]


def plain_case(test: PackTest) -> Data:
    """Return the case of a test as plain data."""
    data: Data = plain_data(test.given)
    return data


class Suggester:
    """Finds the tests that are missing, one case for as much as it shows."""

    def __init__(self, policy: Policy, tests: Sequence[PackTest]) -> None:
        self.policy = policy
        self.searcher = Searcher(policy, tests)
        self.engine = Engine(policy, matcher="compiled")
        self.taken = {test.id for test in tests}

    # -- for coverage -------------------------------------------------------------------------

    def for_goals(self, missing: Sequence[CoverageGoal]) -> Iterator[tuple[Suggestion, list[CoverageGoal], int]]:
        """Yield tests that show goals, each with the goals it is for and how many are left to look at."""
        left = list(missing)
        while left:
            goal = left.pop(0)
            found = self.searcher.search(self._target(goal))
            if found is None:
                continue
            shown = [goal, *[other for other in left if self._shows(other, found)]]
            left = [other for other in left if other not in shown]
            why = [said_of(item) for item in shown]
            yield self._suggestion(found, goal.owner, goal.rules, why), shown, len(left)

    def _target(self, goal: CoverageGoal) -> SearchTarget:
        rules = [self.policy.rule[name] for name in goal.rules if name in self.policy.rule]
        distance = Distance(self.policy)
        if goal.near is not None:
            aims = [aim for rule in rules for aim in _through(goal.near, rule, distance)]
        else:
            aims = [aim for rule in rules for aim in _holding(rule, distance)]
        conditions = [rule.when for rule in rules] + [
            item.when for item in self.policy.guarantees if item.id == goal.owner
        ]
        if not rules:
            aims = [_Aim(((distance, when, True),)) for when in conditions]
        names = facts_read_by(self.policy, conditions if len(conditions) < 12 else conditions[:12])
        return _target(aims, lambda found: self._shows(goal, found), names)

    def _shows(self, goal: CoverageGoal, looked: SearchState) -> bool:
        if goal.kind != "rules":
            return any(goal.shows(state) for state in looked.states)
        return goal.owner in self.searcher.watcher.see(Case.read(looked.data)).reasons

    # -- for mutants --------------------------------------------------------------------------

    def for_mutant(self, mutant: Mutant) -> SearchState | None:
        """Return a case that a mutant decides otherwise; None when none was found."""
        engine = engine_of(mutant, self.engine)
        tried: dict[int, bool] = {}

        def found(looked: SearchState) -> bool:
            key = id(looked)
            if key not in tried:
                tried[key] = bool(self.told(engine, looked.data))
            return tried[key]

        aims, names = self._towards(mutant)
        return self.searcher.search(_target(aims, found, names))

    def _towards(self, mutant: Mutant) -> tuple[list[_Aim], frozenset[str]]:
        policy = self.policy
        bodies = {name: item.body for name, item in mutant.definitions.items()}
        before, after = Distance(policy), Distance(policy, bodies)
        aims: list[_Aim] = []
        rules = [policy.rule[name] for name in sorted(touched_by(mutant, policy))]
        for rule in rules:
            new = mutant.rules.get(rule.id, rule)
            says = new is None or new.then != rule.then or new.overrides != rule.overrides
            if says or mutant.parameters or any(isinstance(item.body, Formula) for item in mutant.definitions.values()):
                aims += _holding(rule, before)
            else:
                assert new is not None
                aims += _apart(rule.when, new.when, before, after)
        conditions: list[Condition] = [rule.when for rule in rules[:12]]
        formulas = [answer.value for rule in rules[:12] for answer in rule.then if isinstance(answer.value, Formula)]
        formulas += [item.body for item in mutant.definitions.values() if isinstance(item.body, Formula)]
        names = facts_read_by(policy, conditions, formulas)
        return aims, names

    def mutant_engine(self, mutant: Mutant) -> Engine:
        """Return an engine that decides by a mutant."""
        return engine_of(mutant, self.engine)

    def notices(self, engine: Engine, looked: SearchState, suggestion: Suggestion) -> bool:
        """Return whether a suggested test fails on a mutant."""
        case = Case.read({**looked.data, "id": suggestion.id})
        decision = decide_mutant(engine, case)
        wishes = [read_expectation(path, value, len(case.claims)) for path, value in suggestion.expect.items()]
        return decision is None or not all(wish.met(decision) for wish in wishes)

    def told(self, engine: Engine, data: Data) -> list[str]:
        """Return the paths at which a mutant decides a case otherwise; `outcome` where it cannot decide it."""
        case = Case.read(data)
        other = decide_mutant(engine, case)
        return ["outcome"] if other is None else differing(values_said(self.engine.decide(case)), values_said(other))

    def suggestion(self, looked: SearchState, mutant: Mutant, engine: Engine) -> Suggestion:
        """Return the test that tells a mutant, which `engine` decides by, by a case."""
        why = [f"{mutant.owner}: {mutant.what} would not be noticed"]
        rules = tuple(name for name in sorted(touched_by(mutant, self.policy)))
        other = decide_mutant(engine, Case.read(looked.data))
        return self._suggestion(looked, mutant.owner, rules, why, None if other is None else values_said(other))

    # -- writing ------------------------------------------------------------------------------

    def _suggestion(
        self,
        looked: SearchState,
        owner: str,
        rules: Sequence[str],
        why: Sequence[str],
        other: dict[str, Any] | None = None,
    ) -> Suggestion:
        decision = self.engine.decide(Case.read(looked.data))
        name = self._name(owner)
        reasons = [name for claim in decision.claims for name in claim.reasons]
        shown = [rule for rule in rules if rule in reasons][:3] or list(rules[:1]) or reasons[:1]
        shown = shown or [next(iter(self.policy.sources))]
        data = {key: value for key, value in looked.data.items() if key != "id"}
        return Suggestion(name, tuple(why), tuple(shown), data, self.expected(decision, other))

    def expected(self, decision: Decision, other: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what a test may expect of a decision as it is: the main things, and what `other` has otherwise."""
        here = values_said(decision)
        wanted: dict[str, Any] = {path: here[path] for path in _ALWAYS if here.get(path) not in (None, [])}
        if other is not None:
            paths = [path for path in differing(here, other) if path in here]
            wanted |= {path: telling(path, here, other) for path in paths[:2]}
        return {path: value for path, value in wanted.items() if _may_be_expected(path, value, decision)}

    def _name(self, owner: str) -> str:
        stem = re.sub(r"[^a-z0-9]+", "-", owner.lower()).strip("-")
        name = next(made for at in range(1, 10**6) if (made := f"suggested-{stem}-{at}") not in self.taken)
        self.taken.add(name)
        return name


class _Aim(NamedTuple):
    """What must be so for something to show: truths of conditions, each as one policy or another reads it."""

    truths: tuple[tuple[Distance, Condition, bool], ...]

    def far(self, state: State) -> int:
        return sum(distance.to(condition, wanted, state) for distance, condition, wanted in self.truths)

    def blamed(self, state: State) -> frozenset[str]:
        found = [distance.blamed(condition, wanted, state) for distance, condition, wanted in self.truths]
        return frozenset().union(*found)


def _target(aims: Sequence[_Aim], found: Callable[[SearchState], bool], names: frozenset[str]) -> SearchTarget:
    """Return the target that the nearest of several aims makes."""

    def far(state: State) -> int:
        return min((aim.far(state) for aim in aims), default=0)

    def blamed(state: State) -> frozenset[str]:
        return min(aims, key=lambda aim: aim.far(state)).blamed(state) if aims else frozenset()

    return SearchTarget(far, found, names, blamed)


def _holding(rule: Rule, distance: Distance) -> list[_Aim]:
    return [_Aim(((distance, rule.when, True),))]


def _apart(one: Condition, other: Condition, before: Distance, after: Distance) -> list[_Aim]:
    return [_Aim(((before, one, wanted), (after, other, not wanted))) for wanted in (True, False)]


def _through(near: tuple[GoalPlace, bool | None], rule: Rule, distance: Distance) -> list[_Aim]:
    """Return what lets a comparison turn a rule: what stands beside it must leave that to it."""
    place, wanted = near
    reader = next((item for item in place.readers if item[0] == rule.id), None)
    if reader is None:
        return _holding(rule, distance)
    _, when, inside = reader
    if inside:
        body: Condition = distance.bodies[inside]  # type: ignore[assignment]
        yes = distance.otherwise(inside, changed(body, place.path, cn.All(())))
        no = distance.otherwise(inside, changed(body, place.path, cn.Any(())))
        pair = when, when
    else:
        yes = no = distance
        pair = changed(when, place.path, cn.All(())), changed(when, place.path, cn.Any(()))

    ends = () if wanted is None else ((distance, place.leaf, wanted),)
    return [_Aim(((yes, pair[0], truth), (no, pair[1], not truth), *ends)) for truth in (True, False)]


def _may_be_expected(path: str, value: Any, decision: Decision) -> bool:
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return False  # items that have no name to expect them by
    return read_expectation(path, value, len(decision.claims)).met(decision)


def as_file(found: Sequence[Suggestion]) -> str:
    """Return suggestions as a file of a pack's tests; each says why it is there."""
    lines = [_HEAD + "tests:"]
    for item in found:
        lines += [f"  # confirm: {_comment(why)}" for why in item.why]
        data = {"id": item.id, "rules": list(item.rules), "given": item.given, "expect": item.expect}
        dumped: str = yaml.safe_dump([data], allow_unicode=True, sort_keys=False, width=110)
        lines += [f"  {line}" for line in dumped.splitlines()]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    return re.sub(r"\s+", " ", "".join(char if char.isprintable() else "?" for char in text))
