"""What a person could still change in a case, or find out: each as a fact with its values, and as the case's input.

A fact that follows from other inputs is turned round where that is sound: a size deviation becomes a measurement.
What cannot be turned round is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from refundrules.case.claim_context import Scene
from refundrules.case.derive import CM_SCALE
from refundrules.case.facts import OUTBOUND_SHARE, THRESHOLD, THRESHOLD_BROKEN, Fact, largest
from refundrules.case.order_context import HAPPENED
from refundrules.engine.breakpoints import tests_of
from refundrules.engine.claim_evaluation import Finding
from refundrules.engine.completion import corners, cuts
from refundrules.engine.ruleset import Plan
from refundrules.io.numbers import exact_text
from refundrules.money.currency import to_text

Settings = tuple[tuple[str, Any], ...]
"""Values at paths of a case, as `casechange.with_values` takes them."""

_ONLY_UP = frozenset({"claim.declined_offers", "claim.tests.batch_complaints"})
_ONLY_YES = frozenset({"claim.recoloring_declined", "claim.return_received"})
"""What has happened has happened."""
_FOLLOWS = frozenset({"claim.demands", "claim.replacement_chosen", THRESHOLD, THRESHOLD_BROKEN, OUTBOUND_SHARE})
"""Facts that go with another's input, or with more than one input."""


class Lever(NamedTuple):
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
        for test, needs, of, money in tests_of(plan, at):
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


def levers_of(finding: Finding, scene: Scene) -> list[Lever]:
    """Return what could be otherwise: facts a person can change, and unknown ones that can be found out."""
    ruleset = finding.plan.ruleset
    found = []
    for at in sorted(finding.plan.needed):
        fact = ruleset.facts[at]
        known = finding.known[at]
        if fact.name in _FOLLOWS or not (fact.changeable or (fact.optional and not known)):
            continue
        given = _given(fact, scene)
        if given is not None:
            now = finding.facts[at] if known else None
            assumed = finding.facts[at] if at in finding.assumed else None
            found.append(Lever(fact, now, given, _effect(fact, at, ruleset.index, scene), assumed))
    return found


def _effect(fact: Fact, at: int, index: dict[str, int], scene: Scene) -> Callable[[Any], dict[int, Any]]:
    if fact.name == "claim.demanded":
        return lambda value: {at: value, index["claim.demands"]: True}
    if fact.name == "claim.replacement_total":
        return lambda value: {at: value, index["claim.replacement_chosen"]: True}
    return lambda value: {at: value}


# -- how a case gives a fact --------------------------------------------------------------------


def _given(fact: Fact, scene: Scene) -> Callable[[Any], Settings | None] | None:
    """Return how a case gives values of a fact; None where it cannot."""
    turned = TURNED.get(fact.name) or LATE.get(fact.name)
    if turned is not None:
        return lambda value: turned(value, scene)
    if len(fact.inputs) > 1 or (fact.derivation and fact.name != "claim.demanded"):
        return None
    path, kind, decimals = fact.inputs[0], fact.kind, scene.order_scene.decimals
    return lambda value: ((path, written(value, kind, decimals)),)


def written(value: Any, kind: str, decimals: int) -> Any:
    """Return a fact's value as a case file has it."""
    if isinstance(value, bool | str) or kind in ("count", "days", "hours"):
        return value
    return to_text(value, decimals) if kind == "money" else cm_text(value)


def cm_text(thousandths: int) -> str:
    """Return a length in centimetres as text."""
    return exact_text(Fraction(thousandths, CM_SCALE))


def _measured(value: int, scene: Scene) -> Settings:
    """Return measurements whose largest deviation is `value`: those given, moved towards it as little as need be."""
    measured = scene.claim.measurements or ()
    if not measured:
        declared = max(100 * CM_SCALE, value)
        one = {"attribute": "size", "declared_cm": cm_text(declared), "actual_cm": cm_text(declared - value)}
        return (("claim.measurements", [one]),)
    offs = [int((item.actual_cm - item.declared_cm) * CM_SCALE) for item in measured]
    largest = max(range(len(offs)), key=lambda at: abs(offs[at]))
    made = []
    for at, (item, off) in enumerate(zip(measured, offs, strict=True)):
        actual = int(item.actual_cm * CM_SCALE)
        if abs(off) > value or at == largest:
            declared = int(item.declared_cm * CM_SCALE)
            actual = declared - value if off <= 0 and declared >= value else declared + value
        made.append({"attribute": item.attribute, "declared_cm": str(item.declared_cm), "actual_cm": cm_text(actual)})
    return (("claim.measurements", made),)


def _carrier(listed: bool, scene: Scene) -> Settings | None:
    carriers = scene.shop.listed_carriers
    if listed:
        return (("claim.freight.carrier", carriers[0]),) if carriers else None
    other = "another carrier"
    return None if other in carriers else (("claim.freight.carrier", other),)


def _received(received: bool, scene: Scene) -> Settings | None:
    at = scene.order_scene.decided.at.isoformat()
    return (("claim.return_received_at", at),) if received else None


def _replacement(total: int, scene: Scene) -> Settings | None:
    price, rest = divmod(total, scene.claim.quantity)
    return None if rest else (("claim.replacement_price", to_text(price, scene.order_scene.decimals)),)


def _days_since(path: str) -> Callable[[int, Scene], Settings | None]:
    def given(days: int, scene: Scene) -> Settings | None:
        day = scene.opened.day - days
        return ((path, date.fromordinal(day).isoformat()),) if day > 0 else None

    return given


def _late(promise: str, event: str) -> Callable[[bool, Scene], Settings | None]:
    """Return how an order gives that an event was late: by its promise, or where that is known by the event's day."""

    def given(late: bool, scene: Scene) -> Settings | None:
        whole = scene.order_scene
        promised, happened = whole.moments[promise], whole.moments[event]
        if happened is None and event not in HAPPENED[scene.order.status]:
            happened = whole.decided
        if (promised is None) == (happened is None):
            return None
        if promised is None:
            assert happened is not None
            return ((f"order.{promise}", date.fromordinal(happened.day - late).isoformat()),)
        return ((f"order.{event}", date.fromordinal(promised.day + late).isoformat()),)

    return given


TURNED: dict[str, Callable[[Any, Scene], Settings | None]] = {
    "claim.size_deviation_cm": _measured,
    "claim.freight.carrier_listed": _carrier,
    "claim.return_received": _received,
    "claim.replacement_total": _replacement,
    "order.days_since_delivery": _days_since("order.delivered_at"),
    "order.days_since_completion": _days_since("order.completed_at"),
}
"""Facts that follow from other inputs, turned round."""
LATE: dict[str, Callable[[Any, Scene], Settings | None]] = {
    "order.shipped_late": _late("ship_by", "shipped_at"),
    "order.delivery_overdue": _late("deliver_by", "delivered_at"),
}
"""Those of two inputs; the day that gives them gives other facts too, and so may change amounts."""
