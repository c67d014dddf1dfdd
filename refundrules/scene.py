"""What follows from a case before any rule is read: its moments, days and shares, and what contradicts itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from refundrules import case as case_module
from refundrules.case import Case, Claim, Line, Order
from refundrules.errors import CaseError, Problem, did_you_mean, listed
from refundrules.money import exponent, is_currency, share, share_of_units, to_minor, to_text

Value = bool | int | str | None
"""A fact's value: numbers are integers in the unit of their kind; None is unknown."""


class Moment(NamedTuple):
    """A time of the case: the instant, its calendar day in the policy's zone, and whether only the day is known."""

    at: datetime
    day: int
    day_only: bool


class OrderScene:
    """What follows from the order alone, worked out once for all its claims."""

    __slots__ = (
        "captured", "case", "decided", "decimals", "delivered", "goods_paid", "line_index", "line_paid", "moments",
        "order", "shipping_charged", "shipping_shares", "zone",
    )  # fmt: skip

    def __init__(self, case: Case, zone: ZoneInfo, currency: str, now: datetime | None = None) -> None:
        problems: list[Problem] = []
        order = case.order
        self.case, self.order, self.zone = case, order, zone
        if order.currency is not None and order.currency != currency:
            problems.append(_wrong_currency(order.currency, currency))
        self.decimals = decimals = exponent(currency)
        money = _Reader(decimals, problems).minor
        lines = order.lines
        self.line_index = {line.id: index for index, line in enumerate(lines)}
        if len(self.line_index) != len(lines):
            problems.append(Problem("order.lines", "two lines have the same id", "give every line an id of its own"))
        gross = []
        for index, line in enumerate(lines):
            price = money(line.unit_price, "order.lines[%d].unit_price", index) * line.quantity
            discount = money(line.discount, "order.lines[%d].discount", index) if line.discount else 0
            if discount > price:
                problems.append(
                    Problem(f"order.lines[{index}].discount", f"`{line.discount}` is above the line's price")
                )
            gross.append(price - discount)
        self.shipping_charged = money(order.shipping_charged, "order.shipping_charged") if order.shipping_charged else 0
        discount = money(order.discount, "order.discount") if order.discount else 0
        if discount > sum(gross):
            problems.append(Problem("order.discount", f"`{order.discount}` is above the value of the lines"))
        self.line_paid = (
            [paid - cut for paid, cut in zip(gross, share(discount, gross), strict=True)] if discount else gross
        )
        self.goods_paid = sum(self.line_paid)
        self.shipping_shares = share(self.shipping_charged, self.line_paid)
        self.captured = self._captured(money, problems)
        self.moments: dict[str, Moment | None] = {}
        self._read_times(now, problems)
        if problems:
            raise CaseError(problems)

    def _captured(self, money: Callable[..., int], problems: list[Problem]) -> int:
        order = self.order
        if order.captured is None:
            captured = 0 if order.status == "awaiting_payment" else self.goods_paid + self.shipping_charged
        else:
            captured = money(order.captured, "order.captured")
        refunded = money(order.refunded, "order.refunded") if order.refunded else 0
        if refunded > captured:
            problems.append(
                Problem("order.refunded", f"`{order.refunded}` is above what was captured", "correct either amount")
            )
        if order.tenders:
            self._check_tenders(money, captured, problems)
        for name in ("shipping_cost", "free_shipping_threshold"):
            if (value := getattr(order, name)) is not None:
                money(value, f"order.{name}")
        return captured

    def _check_tenders(self, money: Callable[..., int], captured: int, problems: list[Problem]) -> None:
        taken = back = 0
        for index, tender in enumerate(self.order.tenders):
            came = money(tender.captured, "order.tenders[%d].captured", index)
            went = money(tender.refunded, "order.tenders[%d].refunded", index)
            if went > came:
                problems.append(
                    Problem(f"order.tenders[{index}].refunded", f"`{tender.refunded}` is above what was captured")
                )
            taken, back = taken + came, back + went
        if not problems and taken != captured:
            wanted = to_text(captured, self.decimals)
            what = f"add up to {to_text(taken, self.decimals)}, but {wanted} was captured"
            problems.append(Problem("order.tenders", what, "make them agree"))
        if not problems and back != money(self.order.refunded, "order.refunded"):
            what = f"gave back {to_text(back, self.decimals)}, but `order.refunded` is {self.order.refunded}"
            problems.append(Problem("order.tenders", what, "make them agree"))

    def moment(self, value: datetime | date, *, bounds: bool = False) -> Moment:
        """Return `value` in the policy's zone; a bare date that bounds something is its last instant."""
        if isinstance(value, datetime):
            at = value.astimezone(self.zone) if value.tzinfo else value.replace(tzinfo=self.zone)
            return Moment(at, at.toordinal(), False)
        clock = time.max if bounds else time.min
        return Moment(datetime.combine(value, clock, self.zone), value.toordinal(), True)

    def _read_times(self, now: datetime | None, problems: list[Problem]) -> None:
        case, order, moments = self.case, self.order, self.moments
        if case.decided_at is None:
            self.decided = self.moment(now or datetime.now(self.zone))
        else:
            self.decided = self.moment(case.decided_at)
        given, zone = order.__dict__, self.zone
        for name in _EVENTS:
            value = given[name]
            if value is None:
                moments[name] = None
            elif value.__class__ is datetime and value.tzinfo is not None:
                local = value.astimezone(zone)
                moments[name] = Moment(local, local.toordinal(), False)
            else:
                moments[name] = self.moment(value)
        for name in ("ship_by", "deliver_by"):
            value = given[name]
            moments[name] = None if value is None else self.moment(value, bounds=True)
        happened = HAPPENED[order.status]
        self.delivered = "delivered_at" in happened
        before, before_name = None, ""
        for name in _EVENTS:
            at = moments[name]
            if at is None:
                continue
            if name not in happened:
                problems.append(
                    Problem(
                        f"order.{name}",
                        f"is given, but the order is only `{order.status}`",
                        "correct the time or the status",
                    )
                )
            if is_after(at, self.decided):
                problems.append(
                    Problem(f"order.{name}", "is after `decided_at`", "a decision knows nothing of the future")
                )
            if before is not None and is_after(before, at):
                problems.append(Problem(f"order.{name}", f"is before `order.{before_name}`", "correct either time"))
            before, before_name = at, name

    def days(self, name: str, until: Moment) -> int | None:
        """Return calendar days from the order's event `name` to `until`; 0 when it has not happened, None when unknown."""
        at = self.moments[name]
        if at is None:
            return None if name in HAPPENED[self.order.status] else 0
        return max(0, until.day - at.day)


_EVENTS = ("placed_at", "paid_at", "shipped_at", "delivered_at", "completed_at")
HAPPENED: dict[str, tuple[str, ...]] = {
    "awaiting_payment": _EVENTS[:1],
    "paid": _EVENTS[:2],
    "shipped": _EVENTS[:3],
    "delivered": _EVENTS[:4],
    "completed": _EVENTS,
    "closed": _EVENTS,
}


def is_after(one: Moment, other: Moment) -> bool:
    """Return whether one moment is after another; by days where either is only a day."""
    return one.day > other.day if one.day_only or other.day_only else one.at > other.at


def _wrong_currency(given: str, wanted: str) -> Problem:
    what = f"`{given}` is not the policy's currency" if is_currency(given) else f"`{given}` is not a currency code"
    return Problem("order.currency", what, f"the policy decides in `{wanted}`")


class _Reader:
    """Reads amounts into minor units and keeps what is wrong with them."""

    __slots__ = ("decimals", "problems")

    def __init__(self, decimals: int, problems: list[Problem]) -> None:
        self.decimals, self.problems = decimals, problems

    def minor(self, amount: Any, where: str, index: int | None = None) -> int:
        try:
            return to_minor(amount, self.decimals)
        except ValueError as error:
            path = where if index is None else where % index
            self.problems.append(Problem(path, f"`{amount}` {error}"))
            return 0

    def maybe(self, amount: Any, where: str, index: int | None = None) -> int | None:
        return None if amount is None else self.minor(amount, where, index)


class Scene:
    """What follows from one claim: the object every fact is derived from."""

    __slots__ = (
        "case", "claim", "goods", "index", "line", "money", "opened", "order", "order_scene", "pack_facts", "paid",
        "shipping_share", "shop", "tests", "warranty",
    )  # fmt: skip

    def __init__(self, whole: OrderScene, index: int, first_unit: int, problems: list[Problem]) -> None:
        case = whole.case
        claim: Claim = case.claims[index]
        self.order_scene, self.index, self.case = whole, index, case
        self.pack_facts: Mapping[str, Value] = {}
        self.order: Order = whole.order
        self.claim, self.goods, self.tests, self.shop = claim, claim.goods, claim.tests, case.shop
        self.money = _money_of(whole, claim, index, problems)
        at = _line_at(whole, claim, index, problems)
        self.line: Line = whole.order.lines[at]
        if first_unit + claim.quantity > self.line.quantity:
            problems.append(
                Problem(
                    f"claims[{index}].quantity",
                    f"`{claim.quantity}` is more than is left of line `{self.line.id}` ({self.line.quantity - first_unit})",
                )
            )
        if claim.quantity == self.line.quantity:
            self.paid, self.shipping_share = whole.line_paid[at], whole.shipping_shares[at]
        else:
            units = self.line.quantity, first_unit, claim.quantity
            self.paid = share_of_units(whole.line_paid[at], *units)
            self.shipping_share = share_of_units(whole.shipping_shares[at], *units)
        self.opened = whole.decided if claim.opened_at is None else whole.moment(claim.opened_at)
        if claim.opened_at is not None and is_after(self.opened, whole.decided):
            problems.append(Problem(f"claims[{index}].opened_at", "is after `decided_at`", "correct either time"))
        if claim.return_received_at is not None and is_after(whole.moment(claim.return_received_at), whole.decided):
            problems.append(
                Problem(f"claims[{index}].return_received_at", "is after `decided_at`", "correct either time")
            )
        until = self.line.warranty_until
        self.warranty = until is not None and not is_after(self.opened, whole.moment(until, bounds=True))


_CLAIM_AMOUNTS = ("demanded", "assessed_loss", "rightful_price", "replacement_price")


def _money_of(whole: OrderScene, claim: Claim, index: int, problems: list[Problem]) -> dict[str, int | None]:
    read = _Reader(whole.decimals, problems).maybe
    amounts = {
        name: read(value, f"claims[%d].{name}", index)
        for name in _CLAIM_AMOUNTS
        if (value := getattr(claim, name)) is not None
    }
    freight = claim.freight
    if freight is not case_module._NO_FREIGHT:
        amounts["return_quote"] = read(freight.return_quote, "claims[%d].freight.return_quote", index)
        amounts["replacement_quote"] = read(freight.replacement_quote, "claims[%d].freight.replacement_quote", index)
        amounts["advanced"] = read(freight.advanced, "claims[%d].freight.advanced", index)
    return amounts


def _line_at(whole: OrderScene, claim: Claim, index: int, problems: list[Problem]) -> int:
    known = whole.line_index
    if claim.line is None:
        if len(known) > 1:
            problems.append(
                Problem(
                    f"claims[{index}].line",
                    "is missing, and the order has several lines",
                    f"one of {listed(list(known))}",
                )
            )
        return 0
    at = known.get(claim.line)
    if at is None:
        problems.append(
            Problem(
                f"claims[{index}].line",
                f"`{claim.line}` is not a line of the order",
                did_you_mean(claim.line, known, f"one of {listed(list(known))}"),
            )
        )
        return 0
    return at
