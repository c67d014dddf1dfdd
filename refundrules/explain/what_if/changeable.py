"""What a person could still change in a case, or find out: each as a fact with its values, and as the case's input.

A fact that follows from other inputs is turned round where that is sound: a size deviation becomes a measurement.
What cannot be turned round is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from refundrules.case.claim_context import ClaimContext
from refundrules.case.facts import OUTBOUND_SHARE, THRESHOLD, THRESHOLD_BROKEN, Fact, largest
from refundrules.case.inputs import Settings, given, may_be_given, surroundings
from refundrules.engine.breakpoints import breakpoints_of
from refundrules.engine.claim_evaluation import RulesetOutcome
from refundrules.engine.completion import corners, cuts
from refundrules.engine.ruleset import Plan

_ONLY_UP = frozenset({"claim.declined_offers", "claim.tests.batch_complaints"})
_ONLY_YES = frozenset({"claim.recoloring_declined", "claim.return_received"})
"""What has happened has happened."""
_FOLLOWS = frozenset({"claim.demands", "claim.replacement_chosen", THRESHOLD, THRESHOLD_BROKEN, OUTBOUND_SHARE})
"""Facts that go with another's input, or with more than one input."""


class Changeable(NamedTuple):
    """One fact that could be otherwise."""

    fact: Fact
    now: Any
    """Its value as a fact; None while unknown."""
    given: Callable[[Any], Settings | None]
    """How a case gives a value of it; None where it cannot."""
    effect: Callable[[Any], dict[int, Any]]
    """The facts a value makes, by place."""
    assumed: Any = None

    def options(
        self, plan: Plan, facts: Sequence[Any], rules: frozenset[int] | None = None
    ) -> tuple[tuple[Any, Any], ...]:
        """Return its classes of values beside the present one, as ends; numbers of a class the plan cannot tell apart.

        With `rules`, no others than these can hold, and what turns nothing but an amount is passed over.
        """
        fact = self.fact
        if fact.kind in ("bool", "enum"):
            values: tuple[bool | str, ...] = (True, False) if fact.kind == "bool" else fact.values
            if fact.name in _ONLY_YES:
                values = (True,)
            return tuple((value, value) for value in values if value not in (self.now, self.assumed))
        found = []
        for low, high in classes(plan, facts, self.effect, largest(fact), rules):
            if self.now is not None and low <= self.now <= high:
                continue
            if fact.name in _ONLY_UP and high < self.now:
                continue
            found.append((low, high))
        return tuple(found)

    def nearest(self, low: Any, high: Any) -> Any:
        """Return the end of a class that is nearest to the present value."""
        return high if isinstance(low, int) and self.now is not None and self.now > high else low


def classes(
    plan: Plan,
    facts: Sequence[Any],
    effect: Callable[[Any], dict[int, Any]],
    most: int,
    rules: frozenset[int] | None = None,
) -> Iterator[tuple[int, int]]:
    """Yield the classes of a number that no comparison of the plan tells apart, the other facts being as they are."""
    starts = {0}
    for at in effect(0):
        for test, needs, of, money in breakpoints_of(plan, at):
            if rules is not None and (money or any(rules.isdisjoint(one) for one in of)):
                continue
            open_ = [other for other in needs if other not in effect(0) and facts[other] is None]
            for ends in corners(open_):
                trial = [0 if value is None else value for value in facts] if open_ else list(facts)
                for other, high in ends:
                    trial[other] = largest(plan.ruleset.facts[other]) if high else 0
                starts.update(cuts(_tried(test, trial, effect), most))
    bounds = sorted(starts)
    yield from zip(bounds, [bound - 1 for bound in bounds[1:]] + [most], strict=True)


def _tried(
    test: Callable[[Any], bool], facts: list[Any], effect: Callable[[Any], dict[int, Any]]
) -> Callable[[int], bool]:
    def holds(value: int) -> bool:
        for at, made in effect(value).items():
            facts[at] = made
        return test(facts)

    return holds


def changeable_facts(finding: RulesetOutcome, scene: ClaimContext) -> list[Changeable]:
    """Return what could be otherwise: facts a person can change, and unknown ones that can be found out."""
    ruleset = finding.plan.ruleset
    found, about = list[Changeable](), surroundings(scene)
    for at in sorted(finding.plan.needed):
        fact = ruleset.facts[at]
        known = finding.known[at]
        if fact.name in _FOLLOWS or not (fact.changeable or (fact.optional and not known)):
            continue
        if may_be_given(fact):
            now = finding.facts[at] if known else None
            assumed = finding.facts[at] if at in finding.assumed else None
            found.append(
                Changeable(fact, now, partial(given, fact, about=about), _effect(fact, at, ruleset.index), assumed)
            )
    return found


def _effect(fact: Fact, at: int, index: dict[str, int]) -> Callable[[Any], dict[int, Any]]:
    if fact.name == "claim.demanded":
        return lambda value: {at: value, index["claim.demands"]: True}
    if fact.name == "claim.replacement_total":
        return lambda value: {at: value, index["claim.replacement_chosen"]: True}
    return lambda value: {at: value}
