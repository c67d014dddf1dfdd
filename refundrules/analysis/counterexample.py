"""A case made from what its facts shall be: the way back from the vocabulary to a case file.

Whatever is not asked for is left out, so that a case is as small as what it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from refundrules.analysis.encoding import LEFT
from refundrules.analysis.model_search import USUAL, Model, usual_word
from refundrules.case.facts import OUTBOUND_COST, OUTBOUND_SHARE, PROMOTION, THRESHOLD, THRESHOLD_BROKEN, WORKED, Fact
from refundrules.case.inputs import USUAL_CARRIERS, Surroundings, given
from refundrules.case.paths import whole_path, with_values
from refundrules.money.currency import exponent, to_text
from refundrules.policy.model import Policy

Values = Mapping[str, bool | int | str]
_TODAY = date(2026, 6, 10)
"""The day cases are decided on where no dated value wants another: the same every day, so that output is."""
_LONG, _LATEST = 40_000, date(2199, 6, 10)
"""An order so many days old is looked at on the latest day, since no case begins before 1900."""
_ARRIVED, _SENT = ("delivered", "completed", "closed"), ("shipped", "delivered", "completed", "closed")


class Period(NamedTuple):
    """Where and when one set of rules is in force: orders placed and claims opened on these days (last one excluded)."""

    jurisdiction: str
    placed: tuple[date | None, date | None]
    opened: tuple[date | None, date | None]

    @property
    def longest(self) -> int | None:
        """The most days there can be between an order and its claim; None: no limit."""
        start, end = self.placed[0], self.opened[1]
        return None if start is None or end is None else (end - start).days - 1

    def sample(self) -> tuple[date, date]:
        """Return a day on which an order may be placed, and one on which its claim may be opened."""
        opened = _inside(self.opened, _TODAY)
        if self.placed[0] is not None and opened < self.placed[0]:
            opened = self.placed[0]
        return min(_inside(self.placed, _TODAY), opened), opened


def _inside(span: tuple[date | None, date | None], wish: date) -> date:
    start, end = span
    if start is not None and wish < start:
        return start
    return end - timedelta(days=1) if end is not None and wish >= end else wish


class _Dates(NamedTuple):
    """Days of the order's events, counted from the day it was placed."""

    shipped: int
    ship_by: int
    delivered: int
    deliver_by: int
    opened: int


def _days(values: Values, status: str) -> _Dates:
    promised = int(values.get("order.ship_promise_hours", 48)) // 24
    late, overdue = values.get("order.shipped_late"), values.get("order.delivery_overdue")
    shipped = promised + 1 if late else min(1, promised) if late is False else 1
    delivered = shipped + 2
    if status in _ARRIVED:
        since = int(values.get("order.days_since_delivery", values.get("order.days_since_completion", 3)))
        opened = delivered + since
    elif status == "shipped":
        opened = shipped + 1
    else:
        opened = promised + 1 if late else 0
    reached = delivered if status in _ARRIVED else opened
    return _Dates(shipped, promised, delivered, reached - 1 if overdue else reached + 1, opened)


class CounterexampleWriter:
    """Makes cases for a policy."""

    def __init__(self, policy: Policy, period: Period) -> None:
        self.policy, self.period = policy, period
        self.decimals = exponent(policy.currency)
        self.dated = any(end is not None for end in (*period.placed, *period.opened))

    def case(self, found: Model, name: str = "found") -> dict[str, Any]:
        """Return the smallest case with these facts, as plain data."""
        values = dict(found.facts)
        status = str(values.get("order.status", "delivered"))
        order, line, claim = self._order(values, status), self._line(values), self._claim(values)
        case: dict[str, Any] = {"id": name}
        days = _days(values, status)
        opened = self._opened(days.opened)
        case["decided_at"] = f"{opened.isoformat()}T12:00:00"
        order |= self._times(values, status, days, opened - timedelta(days=days.opened))
        order["lines"] = [line]
        self._others(values, order, line)
        self._captured(values, order, status)
        case["order"], case["claims"] = order, [claim]
        return self._rest(values, case, opened)

    def complete(self, found: Model, needed: Mapping[str, Fact]) -> Model:
        """Return the same facts with plain values for those that are still open."""
        more = {
            name: _usual(fact)
            for name, fact in needed.items()
            if fact.optional and name not in found.facts and name not in found.unknown
        }
        for name in (THRESHOLD_BROKEN, OUTBOUND_SHARE, THRESHOLD, "order.free_shipping_promised"):
            more.pop(name, None)
        status = found.facts.get("order.status", "delivered")
        if status not in _ARRIVED:
            more.pop("order.days_since_delivery", None)
        if status not in ("completed", "closed"):
            more.pop("order.days_since_completion", None)
        elif "order.days_since_completion" in found.facts and "order.days_since_delivery" in more:
            more["order.days_since_delivery"] = int(found.facts["order.days_since_completion"]) + 1
        elif "order.days_since_delivery" in found.facts and "order.days_since_completion" in more:
            more["order.days_since_completion"] = min(2, int(found.facts["order.days_since_delivery"]))
        return Model({**more, **found.facts}, found.unknown)

    # -- parts of a case ----------------------------------------------------------------------

    def money(self, minor: int) -> str:
        """Return an amount as a case holds it."""
        return to_text(minor, self.decimals)

    def _opened(self, after: int) -> date:
        start, end = self.period.placed
        opened = _inside(self.period.opened, _TODAY if after < _LONG else _LATEST)
        earliest = None if start is None else start + timedelta(days=after)
        latest = None if end is None else end - timedelta(days=1) + timedelta(days=after)
        if earliest is not None and opened < earliest:
            return earliest
        if latest is not None and opened > latest and (self.period.opened[0] or date.min) <= latest:
            return latest
        return opened

    def _times(self, values: Values, status: str, days: _Dates, placed: date) -> dict[str, Any]:
        def on(day: int) -> str:
            return (placed + timedelta(days=day)).isoformat()

        times: dict[str, Any] = {}
        asked = {"order.shipped_late", "order.ship_promise_hours"} & set(values)
        if self.dated or asked:
            times["placed_at"] = on(0)
        if asked:
            hours = int(values.get("order.ship_promise_hours", 48))
            times["ship_by"] = f"{on(hours // 24)}T{hours % 24:02d}:00:00"
            if status in _SENT:
                times["shipped_at"] = on(days.shipped)
        if "order.delivery_overdue" in values:
            times["deliver_by"] = on(days.deliver_by)
        dated = {"order.days_since_delivery", "order.delivery_overdue", "order.days_since_completion"} & set(values)
        if dated - {"order.days_since_completion"} and status in _ARRIVED:
            times["delivered_at"] = on(days.delivered)
        if "order.days_since_completion" in values and status in ("completed", "closed"):
            times["completed_at"] = on(days.opened - int(values["order.days_since_completion"]))
        return times

    def _order(self, values: Values, status: str) -> dict[str, Any]:
        order: dict[str, Any] = {"id": "O1"}
        if self.period.jurisdiction != "CN":
            order["jurisdiction"] = self.period.jurisdiction
        order["status"] = status
        return order

    def _line(self, values: Values) -> dict[str, Any]:
        quantity, paid = int(values.get("claim.quantity", 1)), int(values.get("claim.paid", USUAL["claim.paid"]))  # type: ignore[call-overload]
        price = int(values.get("line.unit_price", -(-paid // quantity)))
        if "claim.paid" not in values:
            paid = price * quantity
        line: dict[str, Any] = {"id": "L1", "category": values.get("line.category", "apparel")}
        if quantity != 1:
            line["quantity"] = quantity
        line["unit_price"] = self.money(price)
        if price * quantity > paid:
            line["discount"] = self.money(price * quantity - paid)
        return line

    def _claim(self, values: Values) -> dict[str, Any]:
        claim: dict[str, Any] = {"reason": values.get("claim.reason", "stain")}
        quantity = int(values.get("claim.quantity", 1))
        if quantity != 1:
            claim["quantity"] = quantity
        if values.get("claim.demands") or values.get("claim.demanded"):
            claim["demanded"] = self.money(int(values.get("claim.demanded", USUAL["claim.demanded"])))  # type: ignore[call-overload]
        total = int(values.get("claim.replacement_total", 0))
        if values.get("claim.replacement_chosen") or total:
            claim["replacement_price"] = self.money((total or int(USUAL["claim.replacement_total"])) // quantity)  # type: ignore[call-overload]
        return claim

    def _others(self, values: Values, order: dict[str, Any], line: dict[str, Any]) -> None:
        """Put in what the order's other goods and its shipping have to be."""
        paid, whole = int(values.get("claim.paid", USUAL["claim.paid"])), values.get("order.goods_paid")  # type: ignore[call-overload]
        if whole is not None and int(whole) > paid:
            order["lines"].append({"id": "L2", "category": "apparel", "unit_price": self.money(int(whole) - paid)})
        charged = values.get("order.shipping_charged", values.get("claim.shipping_share"))
        if charged:
            order["shipping_charged"] = self.money(int(charged))
        goods = max(paid, int(whole or 0))
        cost = values.get(OUTBOUND_SHARE, values.get(OUTBOUND_COST))
        if cost is not None:
            order["shipping_cost"] = self.money(int(cost))
        threshold = values.get(THRESHOLD)
        if threshold is None and values.get(THRESHOLD_BROKEN) is not None:
            threshold = goods if values[THRESHOLD_BROKEN] else goods + 1
        elif threshold is None and values.get("order.free_shipping") == "over_threshold":
            promised = values.get("order.free_shipping_promised")
            threshold = None if promised is None else goods if promised else goods + 1
        if threshold is not None:
            order["free_shipping_threshold"] = self.money(int(threshold))

    def _captured(self, values: Values, order: dict[str, Any], status: str) -> None:
        left = values.get(LEFT)
        if left is None:
            return
        goods = max(int(values.get("claim.paid", USUAL["claim.paid"])), int(values.get("order.goods_paid", 0)))  # type: ignore[call-overload]
        shipping = int(values.get("order.shipping_charged", values.get("claim.shipping_share", 0)))
        usual = 0 if status == "awaiting_payment" else goods + shipping
        if left != usual:
            order["captured"] = self.money(int(left))

    def _rest(self, values: Values, case: dict[str, Any], opened: date) -> dict[str, Any]:
        """Return the case with what facts one by one say."""
        about = Surroundings(self.decimals, case["decided_at"], opened, carriers=USUAL_CARRIERS)
        if values.get("claim.freight.carrier_listed") is not None:
            case = with_values(case, [("shop.listed_carriers", [*USUAL_CARRIERS])])
        for name, value in values.items():
            fact = self.policy.vocabulary.get(name)
            if fact is not None and name not in _WORKED_OUT and value != _default(fact):
                settings = given(fact, value, about) or ()
                case = with_values(case, [(whole_path(case, path), inner) for path, inner in settings])
        return case


_WORKED_OUT = frozenset(
    {
        "claim.reason", "order.status", "line.category", "order.days_since_delivery",
        "order.days_since_completion", "order.delivery_overdue", "order.shipped_late", "order.ship_promise_hours",
        "order.free_shipping_promised", OUTBOUND_COST, THRESHOLD, THRESHOLD_BROKEN, OUTBOUND_SHARE,
        "claim.quantity", "claim.demands", "claim.demanded",
        "claim.replacement_chosen", "claim.replacement_total", "claim.paid", "claim.shipping_share", "line.unit_price",
        "order.goods_paid", "order.shipping_charged", *WORKED, PROMOTION,
        "line.units_returned", "line.refunded", "order.all_back", "order.shipping_left",
    }
)  # fmt: skip
"""Facts that other fields of the case give."""


def _default(fact: Fact) -> object:
    """Return the value that a field left out has; None: unknown."""
    if fact.optional:
        return None
    if fact.default is not None:
        return fact.default
    return {"order.channel": "online", "line.exclusion": "none", "order.free_shipping": "none"}.get(
        fact.name, False if fact.kind == "bool" else 0
    )


def _usual(fact: Fact) -> Any:
    return usual_word(fact) if fact.kind in ("bool", "enum") else USUAL.get(fact.name, 0)
