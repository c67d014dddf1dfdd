"""How a case gives a fact: which input it is, and what stands there for the fact to be a value.

A fact that follows from other inputs is turned round where one input gives it: a size deviation becomes a
measurement. `given` is the way back from `Fact.derive`, and the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from refundrules.case.claim_context import ClaimContext
from refundrules.case.derive import CM_SCALE
from refundrules.case.facts import FACTS, Fact
from refundrules.case.models import Measurement
from refundrules.case.order_context import EVENTS, HAPPENED, Ordinal
from refundrules.io.numbers import exact_text
from refundrules.money.currency import to_text

Settings = tuple[tuple[str, Any], ...]
"""Values at paths as facts write them (`claim.measurements`); None takes one away. `paths.with_values` makes them."""

USUAL_AMOUNTS = {"claim.demanded": 5000, "claim.replacement_total": 12000}
"""Sums in minor units where any will do."""
USUAL_CARRIERS = ("ZTO",)
"""Carriers a shop lists where any will do."""
_WARRANTY_LEFT = timedelta(days=30)


class Surroundings(NamedTuple):
    """What a case says beside a fact that the fact's input depends on."""

    decimals: int
    decided: str
    opened: date
    quantity: int = 1
    measurements: Sequence[Measurement] = ()
    carriers: Sequence[str] = ()
    days: Mapping[str, Ordinal | None] = {}
    """The days of the order's events and promises; what has not happened yet counts as today."""


def surroundings(scene: ClaimContext) -> Surroundings:
    """Return what a claim's case says."""
    whole = scene.order_scene
    happened = HAPPENED[scene.order.status]
    days = {name: None if moment is None else moment.day for name, moment in whole.moments.items()}
    awaited = {name for name in EVENTS if days[name] is None and name not in happened}
    return Surroundings(
        whole.decimals,
        whole.decided.at.isoformat(),
        date.fromordinal(scene.opened.day),
        scene.claim.quantity,
        scene.claim.measurements or (),
        scene.shop.listed_carriers,
        days | dict.fromkeys(awaited, whole.decided.day),
    )


def may_be_given(fact: Fact) -> bool:
    """Return whether one input says what a fact is, at least where the rest of the case allows it."""
    if fact.name in EXAMPLES or fact.name in TURNED or fact.name in LATE or fact.name == "claim.demanded":
        return True
    return len(fact.inputs) == 1 and not fact.derivation


def given(fact: Fact, value: Any, about: Surroundings) -> Settings | None:
    """Return what stands in a case for a fact to be a value (None: unknown); None where no one input says that."""
    if value is None:
        return ((fact.inputs[0], None),)
    if fact.name in EXAMPLES:
        return ((fact.inputs[0], EXAMPLES[fact.name](about) if value else None),)
    turn = TURNED.get(fact.name) or LATE.get(fact.name)
    if turn is not None:
        return turn(value, about)
    if not may_be_given(fact):
        return None
    return ((fact.inputs[0], written(value, fact.kind, about.decimals)),)


def facts_given_by(path: str) -> tuple[str, ...]:
    """Return the facts of every case that an input gives, numbers before what only says that it is there."""
    found = [fact for fact in FACTS if path in fact.inputs]
    return tuple(fact.name for fact in sorted(found, key=lambda fact: fact.kind == "bool")) or _DATED.get(path, ())


_DATED = {"claim.opened_at": ("order.days_since_delivery", "order.days_since_completion", "line.in_warranty")}
"""An input that gives no fact alone, and those it is counted for."""


def written(value: Any, kind: str, decimals: int) -> Any:
    """Return a fact's value as a case file has it."""
    if isinstance(value, bool | str) or kind in ("count", "days", "hours"):
        return value
    return to_text(value, decimals) if kind == "money" else cm_text(value)


def cm_text(thousandths: int) -> str:
    """Return a length in centimetres as text."""
    return exact_text(Fraction(thousandths, CM_SCALE))


def _measured(value: int, about: Surroundings) -> Settings:
    """Return measurements whose largest deviation is `value`: those given, moved towards it as little as need be."""
    measured = about.measurements
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


def _carrier(listed: bool, about: Surroundings) -> Settings | None:
    if listed:
        return (("claim.freight.carrier", about.carriers[0]),) if about.carriers else None
    other = "another carrier"
    return None if other in about.carriers else (("claim.freight.carrier", other),)


def _received(received: bool, about: Surroundings) -> Settings:
    return (("claim.return_received_at", about.decided if received else None),)


def _replacement(total: int, about: Surroundings) -> Settings | None:
    price, rest = divmod(total, about.quantity)
    return None if rest else (("claim.replacement_price", to_text(price, about.decimals)),)


def _days_since(path: str) -> Callable[[int, Surroundings], Settings | None]:
    def turn(days: int, about: Surroundings) -> Settings | None:
        day = about.opened.toordinal() - days
        return ((path, date.fromordinal(day).isoformat()),) if day > 0 else None

    return turn


def _late(promise: str, event: str) -> Callable[[bool, Surroundings], Settings | None]:
    """Return how an order gives that an event was late: by its promise, or where that is known by the event's day."""

    def turn(late: bool, about: Surroundings) -> Settings | None:
        promised, happened = about.days.get(promise), about.days.get(event)
        if promised is None and happened is not None:
            return ((f"order.{promise}", date.fromordinal(happened - late).isoformat()),)
        if happened is None and promised is not None:
            return ((f"order.{event}", date.fromordinal(promised + late).isoformat()),)
        return None

    return turn


TURNED: dict[str, Callable[[Any, Surroundings], Settings | None]] = {
    "claim.size_deviation_cm": _measured,
    "claim.freight.carrier_listed": _carrier,
    "claim.return_received": _received,
    "claim.replacement_total": _replacement,
    "order.days_since_delivery": _days_since("order.delivered_at"),
    "order.days_since_completion": _days_since("order.completed_at"),
}
"""Facts that follow from other inputs, turned round."""
LATE: dict[str, Callable[[Any, Surroundings], Settings | None]] = {
    "order.shipped_late": _late("ship_by", "shipped_at"),
    "order.delivery_overdue": _late("deliver_by", "delivered_at"),
}
"""Those of two inputs; the day that gives them gives other facts too, and so may change amounts."""
EXAMPLES: dict[str, Callable[[Surroundings], Any]] = {
    "claim.demands": lambda about: to_text(USUAL_AMOUNTS["claim.demanded"], about.decimals),
    "claim.replacement_chosen": lambda about: to_text(USUAL_AMOUNTS["claim.replacement_total"], about.decimals),
    "line.in_warranty": lambda about: (about.opened + _WARRANTY_LEFT).isoformat(),
    "customer.has_tier": lambda about: "gold",
}
"""Facts that say only that an input is there, and one that might be."""
