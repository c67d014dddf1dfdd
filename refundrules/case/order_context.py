"""What follows from a case before any rule is read: its moments, days and shares, and what contradicts itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from refundrules.case.claim_amounts import ClaimsMoney
from refundrules.case.models import Case
from refundrules.errors import CaseError, Problem
from refundrules.money.currency import exponent, is_currency, share, to_decimal, to_minor, to_text
from refundrules.money.ledger import held_by
from refundrules.money.models import ReturnRequest
from refundrules.money.reading import Minors
from refundrules.money.settings import DEFAULTS, MoneySettings
from refundrules.money.tenders import channel, placed

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
        "_claims_money", "captured", "case", "currency", "decided", "decimals", "goods_kept", "goods_paid", "is_plain",
        "line_index", "line_paid", "lines_paid", "moments", "order", "refunded", "settings", "shipping_charged", "shipping_left",
        "shipping_shares", "zone",
    )  # fmt: skip

    def __init__(
        self, case: Case, zone: ZoneInfo, currency: str, now: datetime | None = None,
        settings: MoneySettings = DEFAULTS,
    ) -> None:  # fmt: skip
        problems: list[Problem] = []
        order = case.order
        self.case, self.order, self.zone, self.currency, self.settings = case, order, zone, currency, settings
        self._claims_money: ClaimsMoney | None = None
        if order.currency is not None and order.currency != currency:
            problems.append(_wrong_currency(order.currency, currency))
        self.decimals = exponent(currency)
        money = AmountReader(self.decimals, problems).minor
        self.shipping_charged = money(order.shipping_charged, "order.shipping_charged") if order.shipping_charged else 0
        self.is_plain = _is_plain(case, settings)
        if self.is_plain:
            self._read_plain(money, problems)
        else:
            self._read_money(problems)
        for name in ("shipping_cost", "free_shipping_threshold"):
            if (value := getattr(order, name)) is not None:
                money(value, f"order.{name}")
        if order.refund_to != "original" and not order.other_means_agreed:
            what = f"`{order.refund_to}` is another means than the original one"
            remedy = "write `original`, or `other_means_agreed: true` once the buyer has agreed"
            problems.append(Problem("order.refund_to", what, remedy))
        self.moments: dict[str, Moment | None] = {}
        self._read_times(now, problems)
        if problems:
            raise CaseError(dict.fromkeys(problems))

    @property
    def claims_money(self) -> ClaimsMoney:
        """The money of all claims, worked out in full: with history, taxes, fees and formulas."""
        if self._claims_money is None:
            self._claims_money = ClaimsMoney(self.case, self.settings, self.currency)
        return self._claims_money

    def _read_money(self, problems: list[Problem]) -> None:
        """Read an order whose money takes more than shares of a discount: by its ledger."""
        money = self.claims_money
        ledger = money.ledger
        money.check_fees()
        problems += ledger.minors.problems
        self.captured, self.refunded = ledger.captured, ledger.refunded
        if self.order.captured is None and ledger.held and not problems:
            self._check_tenders(AmountReader(self.decimals, problems).minor, self._paid_in_all(ledger.total), problems)
        self.line_index = ledger.index
        self.goods_paid, self.goods_kept = sum(ledger.goods), money.goods_kept
        self.line_paid = [money.accounts.of(at).total for at in range(len(ledger.lines))]
        self.lines_paid = sum(self.line_paid)
        self.shipping_shares = share(ledger.shipping, ledger.goods)
        self.shipping_left = ledger.shipping_left

    def _paid_in_all(self, total: int) -> int:
        return 0 if self.order.status == "awaiting_payment" else total

    def _read_plain(self, money: Callable[..., int], problems: list[Problem]) -> None:
        """Read an order without taxes, history and the like: the same shares as the ledger's, sooner."""
        order = self.order
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
        discount = money(order.discount, "order.discount") if order.discount else 0
        if discount > sum(gross):
            problems.append(Problem("order.discount", f"`{order.discount}` is above the value of the lines"))
        self.line_paid = (
            [paid - cut for paid, cut in zip(gross, share(discount, gross), strict=True)] if discount else gross
        )
        self.lines_paid = self.goods_paid = self.goods_kept = sum(self.line_paid)
        self.shipping_shares = share(self.shipping_charged, self.line_paid)
        self.shipping_left = self.shipping_charged
        if order.captured is None:
            captured = self._paid_in_all(self.goods_paid + self.shipping_charged)
        else:
            captured = money(order.captured, "order.captured")
        self.captured = captured
        self.refunded = money(order.refunded, "order.refunded") if order.refunded else 0
        if self.refunded > captured:
            problems.append(
                Problem("order.refunded", f"`{order.refunded}` is above what was captured", "correct either amount")
            )
        if order.tenders:
            self._check_tenders(money, captured, problems)

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
        if not problems and back != self.refunded:
            what = f"gave back {to_text(back, self.decimals)}, but `order.refunded` is {self.order.refunded}"
            problems.append(Problem("order.tenders", what, "make them agree"))

    def by_tender(self, total: int) -> list[dict[str, Any]]:
        """Return what of a refund goes to each means of payment, as the fields of the decision; empty when there are none.

        Split payments are refunded pro rata by means unless the policy's `money.tender_order` says otherwise
        (provisional rules on seven-day returns 14 and 15).
        """
        order = self.order
        if not order.tenders:
            return []
        minors = Minors(self.decimals)
        held = held_by(order.tenders, self.currency, minors)
        to = ReturnRequest.model_construct(by_tender=(), to=order.refund_to, consent=order.other_means_agreed)
        back = {item.at: item for item in placed(total, held, self.settings, to, minors, "order")}
        return [
            {
                "kind": tender.kind, "id": tender.id, "amount": to_decimal(back[at].minor if at in back else 0, self.decimals),
                "to": channel(held[at], to), "points": back[at].points if at in back else None,
            }
            for at, tender in enumerate(order.tenders)
        ]  # fmt: skip

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


_RICH = (
    "returns", "promotions", "promotion_owed", "shipping_discount", "shipping_taxes", "shipping_refunded", "duties",
)  # fmt: skip
_RICH_CLAIM = ("units", "condition", "used_from", "used_until", "missing_gifts", "replacements")


def _is_plain(case: Case, settings: MoneySettings) -> bool:
    """Return whether an order's money is but prices, discounts and shipping, shared by largest remainder."""
    if settings is not DEFAULTS and (
        (settings.remainder, settings.dearer_units, settings.discount_base, settings.use)
        != ("largest", "first", "discounted", None)
    ):
        return False
    order = case.order.__dict__
    for name in _RICH:
        if order[name]:
            return False
    for line in order["lines"]:
        if line.taxes or line.duty:
            return False
    for tender in order["tenders"]:
        if tender.currency is not None:
            return False
    for claim in case.claims:
        given = claim.__dict__
        for name in _RICH_CLAIM:
            if given[name]:
                return False
    return True


class AmountReader:
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
