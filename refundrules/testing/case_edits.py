"""Changing one fact of a case: what stands in the case file for the fact to be that, and which values tell apart."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from refundrules.case.inputs import USUAL_CARRIERS, Surroundings, given
from refundrules.case.order_context import EVENTS, HAPPENED, Ordinal
from refundrules.case.paths import value_at, whole_path, with_values
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.walk import leaves
from refundrules.money.currency import exponent, to_text
from refundrules.policy.model import Policy
from refundrules.testing.coverage_goals import Edge, edge_numbers
from refundrules.testing.observation import State

Data = dict[str, Any]
_SUMS = (0, 1, 499, 1000, 1201, 9999, 100_000)
PLACED, JURISDICTION = "order.placed_at", "order.jurisdiction"
"""Not facts, but what chooses parameters and rules."""


class CaseEditor:
    """Changes facts of a case's first claim."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.decimals = exponent(policy.currency)
        self.edges = list(_edges(policy))
        self._numbers = {edge: edge_numbers(edge) for edge in self.edges}

    def values(self, name: str, state: State) -> list[Any]:
        """Return what a fact may be changed to so that something may come out otherwise; None: unknown."""
        if name == PLACED:
            days = (
                v.start for p in self.policy.parameters.values() if p.by == "order_placed" for v in p.values if v.start
            )
            return [day - timedelta(days=back) for day in sorted(set(days)) for back in (1, 0)]
        if name == JURISDICTION:
            return sorted({place for rule in self.policy.rules for place in rule.jurisdictions} | {"CN"})
        fact = self.policy.vocabulary[name]
        unknown = [None] if fact.optional else []
        if fact.kind == "bool":
            return [True, False, *unknown]
        if fact.kind == "enum":
            return [*fact.values, *unknown]
        return [*self._around(name, state, fact.kind), *unknown]

    def _around(self, name: str, state: State, kind: str) -> list[int]:
        found: dict[int, None] = {}
        for edge in self.edges:
            left, right = fm.Ref(edge.name), edge.right
            if name not in (edge.name, *fm.names(right)):
                continue
            pair = self._numbers[edge](state)
            other = _value(state, right if edge.name == name else left) if pair is None else pair[edge.name == name]
            if other is not None:
                whole = int(other)
                found |= dict.fromkeys((whole, whole + 1, whole - 1, whole + (other != whole)))
        if kind == "money":
            found |= dict.fromkeys(_SUMS)
        elif kind != "cm":
            found |= dict.fromkeys((0, 1, 2, 40))
        return [number for number in found if number >= 0]

    def edited(self, case: Data, name: str, value: Any) -> Data | None:
        """Return a copy of the case with a fact changed; None where no case says that."""
        made = copy.deepcopy(case)
        claim = made["claims"][0]
        line = _line_of(made, claim)
        if name in _SPECIAL:
            done = _SPECIAL[name](self, made, claim, line, value)
            return None if done is False else made
        if name == JURISDICTION:
            made["order"]["jurisdiction"] = value
            return made
        fact, about = self.policy.vocabulary[name], self._about(made, claim)
        if name == "claim.freight.carrier_listed" and not about.carriers:
            made = with_values(made, [("shop.listed_carriers", [*USUAL_CARRIERS])])
            about = about._replace(carriers=USUAL_CARRIERS)
        settings = given(fact, value, about)
        if settings is None:
            return None
        return with_values(made, [(whole_path(made, path), inner) for path, inner in settings])

    def _about(self, case: Data, claim: Data) -> Surroundings:
        order = case["order"]
        return Surroundings(
            self.decimals,
            str(case["decided_at"]),
            _opened(case, claim).date(),
            claim.get("quantity", 1),
            (),
            value_at(case, "shop.listed_carriers") or (),
            {name: Ordinal(_moment(order.get(name, case["decided_at"])).toordinal()) for name in EVENTS},
        )

    def money(self, minor: int) -> str:
        return to_text(minor, self.decimals)


def _edges(policy: Policy) -> Iterator[Edge]:
    conditions = [rule.when for rule in policy.rules]
    conditions += [item.body for item in policy.definitions.values() if not isinstance(item.body, fm.Formula)]  # fmt: skip
    found: dict[Edge, None] = {}
    for condition in conditions:
        for leaf in leaves(condition):
            if isinstance(leaf, cn.Compare):
                found.setdefault(Edge(leaf.name, leaf.right))
    return iter(found)


def _value(state: State, formula: fm.Formula) -> Fraction | None:
    found = state.lens.number(formula)(state)
    return None if found is None else Fraction(*found)


def _line_of(case: Data, claim: Data) -> Data:
    lines: list[Data] = case["order"]["lines"]
    return next((line for line in lines if line["id"] == claim.get("line")), lines[0])


# -- facts that other fields give -------------------------------------------------------------

_Set = Callable[[CaseEditor, Data, Data, Data, Any], "bool | None"]


def _moment(text: Any) -> datetime:
    """Return a time as its clock shows it: a case's times are written for one place."""
    text = str(text)
    return datetime.fromisoformat(text if len(text) > 10 else f"{text}T00:00:00").replace(tzinfo=None)


def _written(at: datetime) -> str:
    return at.isoformat()


def _opened(case: Data, claim: Data) -> datetime:
    return _moment(claim.get("opened_at", case["decided_at"]))


def _event(case: Data, name: str, at: datetime) -> None:
    """Put in when something happened, and move what would otherwise be out of order."""
    order = case["order"]
    place = EVENTS.index(name)
    for index, other in enumerate(EVENTS):
        if other in order:
            there = _moment(order[other])
            if (index < place and there > at) or (index > place and there < at):
                order[other] = _written(at)
    order[name] = _written(at)


def _since(name: str) -> _Set:
    def put(editor: CaseEditor, case: Data, claim: Data, line: Data, value: Any) -> bool:
        if name not in HAPPENED[case["order"]["status"]]:
            return False
        if value is None:
            case["order"].pop(name, None)
        else:
            _event(case, name, _opened(case, claim) - timedelta(days=value))
        return True

    return put


def _status(editor: CaseEditor, case: Data, claim: Data, line: Data, value: Any) -> None:
    order = case["order"]
    order["status"] = value
    for name in EVENTS[len(HAPPENED[value]) :]:
        order.pop(name, None)
    if value in ("delivered", "completed") and "delivered_at" not in order:
        _event(case, "delivered_at", _opened(case, claim) - timedelta(days=3))
    if value == "completed" and "completed_at" not in order:
        _event(case, "completed_at", _opened(case, claim) - timedelta(days=2))


def _placed(editor: CaseEditor, case: Data, claim: Data, line: Data, value: Any) -> bool:
    order = case["order"]
    before = order.get("placed_at")
    opened = _opened(case, claim)
    at = opened.replace(year=value.year, month=value.month, day=value.day, hour=12, minute=0)
    if before is None:
        return False
    was = _moment(before)
    shift = at.date() - was.date()
    for name in (*EVENTS, "ship_by", "deliver_by"):
        if name in order:
            order[name] = _written(_moment(order[name]) + shift)
    case["decided_at"] = _written(_moment(case["decided_at"]) + shift)
    for moved in case["claims"]:
        for name in ("opened_at", "return_received_at"):
            if name in moved:
                moved[name] = _written(_moment(moved[name]) + shift)
    return True


def _paid(editor: CaseEditor, case: Data, claim: Data, line: Data, value: Any) -> bool:
    quantity = line.get("quantity", 1)
    if value % quantity or claim.get("quantity", 1) != quantity:
        return False
    line["unit_price"] = editor.money(value // quantity)
    line.pop("discount", None)
    for name in ("captured", "tenders", "discount"):
        case["order"].pop(name, None)
    return True


def _shipping(editor: CaseEditor, case: Data, claim: Data, line: Data, value: Any) -> None:
    case["order"]["shipping_charged"] = editor.money(value)
    for name in ("captured", "tenders"):
        case["order"].pop(name, None)


def _promise(editor: CaseEditor, case: Data, claim: Data, line: Data, value: Any) -> bool:
    order = case["order"]
    paid = order.get("paid_at", order.get("placed_at"))
    if paid is None or value is None:
        return False
    order["ship_by"] = _written(_moment(paid) + timedelta(hours=value))
    return True


def _free(editor: CaseEditor, case: Data, claim: Data, line: Data, value: Any) -> None:
    order = case["order"]
    order.pop("free_shipping_threshold", None)
    order["free_shipping"] = "unconditional" if value else "none" if value is False else "over_threshold"


_SPECIAL: dict[str, _Set] = {
    "order.status": _status,
    "order.days_since_delivery": _since("delivered_at"),
    "order.days_since_completion": _since("completed_at"),
    "order.ship_promise_hours": _promise,
    "order.free_shipping_promised": _free,
    "order.shipping_charged": _shipping,
    "order.goods_paid": _paid,
    PLACED: _placed,
    "claim.paid": _paid,
    "claim.shipping_share": _shipping,
    "line.unit_price": _paid,
}
"""How a fact comes to be a value where more of the case has to move with its input."""
