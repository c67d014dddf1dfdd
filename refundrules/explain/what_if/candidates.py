"""A first look, from facts alone, at which changes of a claim may give what is wanted.

Of several facts, one is changed or kept after another; what can then no more give what is wanted is passed over, see
`reach`. Numbers are changed to the ends of classes, as the policy's own comparisons split them.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

from refundrules.engine.breakpoints import breakpoints_of
from refundrules.engine.cache import place_of
from refundrules.engine.claim_evaluation import ClaimEvaluation
from refundrules.engine.matchers.matcher import CompiledMatcher
from refundrules.engine.result import ClaimResult
from refundrules.engine.ruleset import Plan
from refundrules.explain.targets import OPEN, CounterfactualGoal
from refundrules.explain.what_if.changeable import Changeable, changeable_facts
from refundrules.explain.what_if.reachable import Look, Reach

_REACHED = 3
"""A look at what a change may still lead to counts for so many completions."""
_WITNESSES = 6

Chosen = tuple[tuple[int, Any], ...]
"""Levers by place, with the value each is given."""


class PastBound(Exception):  # noqa: N818 (the bound is a documented outcome)
    """More possibilities than the bound."""


class CandidateSearch:
    """Looks at changes of one claim, at most about `bound` of them; past it `PastBound` is raised."""

    def __init__(self, work: ClaimEvaluation, goal: CounterfactualGoal, bound: int) -> None:
        self.work, self.goal, self.bound = copy(work), goal, bound
        self.work.matcher, self.work.until = CompiledMatcher(), self._is_enough
        self.findings = work.findings
        self.levers: list[Changeable] = changeable_facts(self.findings[0], work.scene) if self.findings else []
        self.tried = 0
        self.first: ClaimResult | None = None
        """The first completion found by the look under way."""
        self.witnesses: list[list[Any]] = []
        """The facts of completions that settled looks, the last one first: they mostly settle the next one too."""
        self.reach: list[Reach] = []
        """What the claim can come to, by its findings; empty until several facts are changed together."""
        self.spots: list[frozenset[int]] = []
        """The facts that each lever moves."""
        self.rules: frozenset[int] | None = None
        """The rules that may hold when the levers are moved; None: any."""
        self.looked: dict[Chosen, bool] = {}
        self.meets: dict[int, tuple[int, ...]] = {}
        """The facts that a lever's numbers are compared with."""
        self.classes: dict[tuple[Any, ...], tuple[tuple[Any, Any], ...]] = {}

    def starts(self, size: int) -> Iterator[tuple[Chosen, int]]:
        """Yield what may become a change of so many facts: all but the last with their values, and the last lever."""
        if size == 1:
            yield from (((), place) for place in range(len(self.levers)))
            return
        if not self.reach:
            self._open()
        found: dict[tuple[Any, ...], tuple[Chosen, int]] = {}
        for chosen in self._reaching((), frozenset(), size):
            *before, (place, _) = chosen
            order, nearest = self._place_in(tuple(before))
            # The end of a class that is farther from now stands for it only where the nearer does not do.
            kept = found.get((*order, place))
            if kept is None or nearest:
                found[*order, place] = tuple(before), place
        for order in sorted(found, key=lambda order: ([at for at, _ in order[:-1]], order[-1], order)):
            yield found[order]

    def _open(self) -> None:
        """Find which rules may hold at all when levers are moved."""
        self.reach = [Reach(self.work, finding, self.goal) for finding in self.findings]
        self.spots = [frozenset(self._made(place, None)) for place in range(len(self.levers))]
        self.rules = frozenset().union(*(reach.narrow(self._opened(reach, (), frozenset())) for reach in self.reach))
        self.classes.clear()

    def _place_in(self, before: Chosen) -> tuple[tuple[tuple[int, int], ...], bool]:
        """Return each lever with the number of its class, and whether each value is the one of its class nearest to now."""
        order, nearest = [], True
        for number, (place, value) in enumerate(before):
            ends = self.options(place, before[:number])
            at = next((at for at, (low, high) in enumerate(ends) if _within(value, low, high)), len(ends))
            order.append((place, at))
            nearest = nearest and at < len(ends) and value == self.levers[place].nearest(*ends[at])
        return tuple(order), nearest

    def _reaching(self, chosen: Chosen, kept: frozenset[int], size: int) -> Iterator[Chosen]:
        """Yield the changes of so many facts that may meet the goal, the kept levers staying as they are."""
        look = self._look(chosen, kept)
        if not look.possible:
            return
        moved = {place for place, _ in chosen}
        left = [place for place in range(len(self.levers)) if place not in kept and place not in moved]
        free = [place for place in left if not self.spots[place].isdisjoint(look.now)]
        free = free or [place for place in left if not self.spots[place].isdisjoint(look.ever)]
        if free and size - len(chosen) == 1:
            for place in free:
                for value in self._values_of(place, chosen, last=True):
                    made = with_value(chosen, place, value)
                    if self.may_be_met(made):
                        yield made
            yield from self._reaching(chosen, kept.union(free), size)
        elif free:
            for value in self._values_of(free[0], chosen, last=False):
                yield from self._reaching(with_value(chosen, free[0], value), kept, size)
            yield from self._reaching(chosen, kept | {free[0]}, size)

    def _values_of(self, place: int, others: Chosen, *, last: bool) -> Iterator[Any]:
        """Yield of each class of a lever the end that is nearest to now, of the last lever both."""
        for low, high in self.options(place, others):
            yield from dict.fromkeys((low, high) if last else (self.levers[place].nearest(low, high),))

    def _look(self, chosen: Chosen, kept: frozenset[int]) -> Look:
        """Look at what may become of a change when all levers that are not kept may be moved too."""
        if self.tried > self.bound:
            raise PastBound
        self.tried += _REACHED * len(self.reach)
        looks = [reach.look(self._opened(reach, chosen, kept)) for reach in self.reach]
        now = frozenset().union(*(look.now for look in looks))
        return Look(all(look.possible for look in looks), now, frozenset().union(*(look.ever for look in looks)))

    def _opened(self, reach: Reach, chosen: Chosen, kept: frozenset[int]) -> list[Any]:
        """Return the facts with a change, every lever neither moved nor kept being open."""
        facts = list(reach.facts)
        for place, spots in enumerate(self.spots):
            if place not in kept:
                for at in spots:
                    facts[at] = None
        for place, value in chosen:
            for at, made in self._made(place, value).items():
                facts[at] = made
        return facts

    def _made(self, place: int, value: Any) -> dict[int, Any]:
        """Return what a lever makes of the facts, and of whether they are given."""
        lever, told = self.levers[place], self.reach[0].told
        made = lever.effect(value)
        given = {told[at]: True for at in made if at in told and lever.now is None}
        return {**made, **given}

    def options(self, place: int, others: Chosen) -> tuple[tuple[Any, Any], ...]:
        """Return a lever's classes beside other changes; they depend on these where numbers meet."""
        if place not in self.meets:
            facts = self.levers[place].effect(0)
            tests = [test for at in facts for test in breakpoints_of(self._plan, at)]
            self.meets[place] = tuple(sorted({at for test in tests for at in test.needs if at not in facts}))
        facts_now = self._facts(others)
        key = (place, *(facts_now[at] for at in self.meets[place]))
        if key not in self.classes:
            self.classes[key] = self.levers[place].options(self._plan, facts_now, self.rules)
        return self.classes[key]

    def _facts(self, chosen: Chosen = ()) -> list[Any]:
        """Return the facts with a change."""
        facts = list(self.findings[0].facts)
        for place, value in chosen:
            for at, made in self.levers[place].effect(value).items():
                facts[at] = made
        return facts

    @property
    def _plan(self) -> Plan:
        return self.findings[0].plan

    def may_be_met(self, chosen: Chosen) -> bool:
        """Return whether a change may meet the goal."""
        if chosen not in self.looked:
            if self.tried > self.bound:
                raise PastBound
            self.looked[chosen] = all(self._may_meet(at, chosen) for at in range(len(self.findings)))
        return self.looked[chosen]

    def _may_meet(self, at: int, chosen: Chosen) -> bool:
        """Return the same under one ruleset; of an open claim, that it has more than one core is enough."""
        finding = self.findings[at]
        plan, facts, given = finding.plan, list(finding.facts), list(finding.known)
        for place, value in chosen:
            for fact, made in self.levers[place].effect(value).items():
                facts[fact], given[fact] = made, True
        known = tuple(given)
        self.tried += 1
        if self._fails(plan, facts, known):
            return self.goal.want == OPEN
        assumed = tuple(fact for fact in finding.assumed if facts[fact] is finding.facts[fact])
        self.first, self.work.worth = None, self.reach[at].may_come if self.reach else None
        return self.goal.may_be_met(self.work.solve(plan, facts, known, assumed))

    def _fails(self, plan: Plan, facts: list[Any], known: tuple[bool, ...]) -> bool:
        """Return whether completions that settled other looks settle this one: an open claim is not what is wanted.

        (Where an open claim is wanted, it is found to be one.)
        """
        unknown = [at for at, value in enumerate(facts) if value is None and at not in plan.ruleset.joined]
        cores = set()
        for witness in tuple(self.witnesses) if unknown else ():
            made = list(facts)
            for at in unknown:
                made[at] = witness[at]
            if not all(test(made, (), ()) for test in plan.assumptions):
                continue
            place = place_of(plan, made, known)
            result = self.work.resolved(plan, place, made, known, place.candidates(plan, made, known))
            if not result.settled:
                continue
            cores.add(result.core())
            if len(cores) > 1 or (self.goal.want != OPEN and not self.goal.may_be_met_by(result)):
                self._remember(witness)
                return True
        return False

    def _remember(self, witness: list[Any]) -> None:
        self.witnesses = [witness, *(other for other in self.witnesses if other is not witness)][:_WITNESSES]

    def _is_enough(self, result: ClaimResult) -> bool:
        """Return whether a completion settles a look: it cannot be what is wanted, or has another core than the first."""
        self.tried += 1
        self.first = self.first or result
        if self.goal.want != OPEN and not self.goal.may_be_met_by(result):
            self._remember(result.facts)
            return True
        if result.core() == self.first.core():
            return False
        self._remember(self.first.facts)
        self._remember(result.facts)
        return True


def with_value(others: Chosen, place: int, value: Any) -> Chosen:
    """Return a change with one lever more."""
    return tuple(sorted((*others, (place, value)), key=lambda item: item[0]))


def _within(value: Any, low: Any, high: Any) -> bool:
    return low <= value <= high if is_number(value) else bool(value == low)


def is_number(value: Any) -> bool:
    """Return whether a value is one of a range."""
    return isinstance(value, int) and not isinstance(value, bool)
