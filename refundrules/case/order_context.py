"""What follows from a case before any rule is read: its moments, days and shares, and what contradicts itself."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, NamedTuple, NewType
from zoneinfo import ZoneInfo

from refundrules.case.claim_amounts import ClaimsMoney
from refundrules.case.models import OF_THE_ORDER, Case
from refundrules.errors import Problem
from refundrules.money.currency import exponent, is_currency, share, share_of_units, to_decimal
from refundrules.money.ledger import held_by
from refundrules.money.models import ReturnRequest
from refundrules.money.reading import Minors
from refundrules.money.settings import DEFAULTS, MoneySettings
from refundrules.money.tenders import channel, destination

Value = bool | int | str | None
"""A fact's value: numbers are integers in the unit of their kind; None is unknown."""


Ordinal = NewType("Ordinal", int)
"""A calendar day as `date.toordinal` counts it; the difference of two is a number of days."""


class Moment(NamedTuple):
    """A time of the case: the instant, its calendar day in the policy's zone, and whether only the day is known."""

    at: datetime
    day: Ordinal
    day_only: bool


class PlainClaim(NamedTuple):
    """What a claim's units are worth and have of outbound shipping, in minor units."""

    paid: int
    shipping_share: int


class OrderContext:
    """What follows from the order alone, worked out once for all its claims."""

    __slots__ = (
        "_claims_money", "captured", "case", "currency", "decided", "decimals", "goods_kept", "goods_paid", "line_index",
        "lines_paid", "moments", "order", "plain_claims", "refunded", "settings", "shipping_charged", "shipping_left", "zone",
    )  # fmt: skip

    def __init__(
        self, case: Case, zone: ZoneInfo, currency: str, now: datetime | None = None,
        settings: MoneySettings = DEFAULTS,
    ) -> None:  # fmt: skip
        minors = Minors(exponent(currency))
        order = case.order
        self.case, self.order, self.zone, self.currency, self.settings = case, order, zone, currency, settings
        self.decimals = minors.decimals
        self._claims_money: ClaimsMoney | None = None
        self.plain_claims: list[PlainClaim] | None = None
        """What the claims of a plain order are worth; None where its ledger tells."""
        if order.currency is not None and order.currency != currency:
            minors.problems.append(_wrong_currency(order.currency, currency))
        self.shipping_charged = minors.of(order.shipping_charged, "order.shipping_charged")
        minors.maybe(order.shipping_cost, "order.shipping_cost")
        minors.maybe(order.free_shipping_threshold, "order.free_shipping_threshold")
        if not self._read_plain():
            self._read_ledger(minors)
        if order.refund_to != "original" and not order.other_means_agreed:
            minors.wrong(
                "order.refund_to", f"`{order.refund_to}` is another means than the original one",
                "write `original`, or `other_means_agreed: true` once the buyer has agreed",
            )  # fmt: skip
        self.moments: dict[str, Moment | None] = {}
        self._read_times(now, minors.problems)
        minors.check()

    @property
    def claims_money(self) -> ClaimsMoney:
        """The money of all claims, worked out in full: with history, taxes, fees and formulas."""
        if self._claims_money is None:
            self._claims_money = ClaimsMoney(self.case, self.settings, self.currency)
        return self._claims_money

    def _read_ledger(self, minors: Minors) -> None:
        order, money = self.order, self.claims_money
        ledger = money.ledger
        money.check_fees()
        self.line_index = ledger.index
        self.captured, self.refunded = ledger.captured, ledger.refunded
        self.goods_paid, self.goods_kept = sum(ledger.goods), money.goods_kept
        self.lines_paid = sum([money.accounts.of(at).total for at in range(len(order.lines))])
        self.shipping_left = ledger.shipping_left
        minors.problems += ledger.minors.problems
        if ledger.held and order.taken is None and not minors.problems and ledger.captured != ledger.total:
            what = f"add up to {minors.text(ledger.captured)}, but {minors.text(ledger.total)} was captured"
            minors.wrong("order.tenders", what, "make them agree")

    def _read_plain(self) -> bool:
        """Read an order of prices, a discount and shipping that adds up: what its ledger finds, sooner.

        False for any other, and where anything is wrong: the ledger says what.
        """
        case, order = self.case, self.order
        if not _is_plain(case, self.settings):
            return False
        minors = Minors(self.decimals)
        of, lines, shipping = minors.of, order.lines, self.shipping_charged
        values = [of(line.unit_price, "") * line.quantity - of(line.discount, "") for line in lines]
        whole, discount = sum(values), of(order.discount, "")
        index = {line.id: at for at, line in enumerate(lines)}
        if min(values) < 0 or discount > whole or len(index) != len(lines):
            return False
        paid = [value - cut for value, cut in zip(values, share(discount, values), strict=True)] if discount else values
        total = whole - discount + shipping
        captured = total if order.taken is None else of(order.taken, "")
        back = self._back_through_tenders(captured, minors) if order.tenders else 0
        refunded = back if order.refunded is None else of(order.refunded, "")
        if refunded > captured or (order.tenders and refunded != back):
            return False
        shares = share(shipping, paid) if shipping else [0] * len(paid)
        if minors.problems or not self._share_plain(index, paid, shares):
            return False
        self.line_index, self.captured, self.refunded = index, captured, refunded
        self.goods_paid = self.goods_kept = self.lines_paid = whole - discount
        self.shipping_left = shipping
        return True

    def _back_through_tenders(self, captured: int, minors: Minors) -> int:
        """Return what the means of payment gave back; note when they did not take what was captured."""
        held = held_by(self.order.tenders, self.currency, minors)
        if sum([tender.captured for tender in held]) != captured:
            minors.wrong("order.tenders", "do not add up")
        return sum([tender.refunded for tender in held])

    def _share_plain(self, index: dict[str, int], paid: list[int], shipping: list[int]) -> bool:
        """Share what lines were paid over the claims, unit by unit; return whether their units are there."""
        lines, taken, found = self.order.lines, [0] * len(paid), list[PlainClaim]()
        for claim in self.case.claims:
            at = index.get(claim.line or lines[0].id)
            if at is None:
                return False
            of_order = claim.reason in OF_THE_ORDER
            count, first, quantity = claim.quantity, 0 if of_order else taken[at], lines[at].quantity
            if first + count > quantity:
                return False
            if not of_order:
                taken[at] += count
            both = paid[at], shipping[at]
            if count < quantity:
                both = (
                    share_of_units(paid[at], quantity, first, count),
                    share_of_units(shipping[at], quantity, first, count),
                )
            found.append(PlainClaim(*both))
        self.plain_claims = found
        return True

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
        back = {item.at: item for item in destination(total, held, self.settings, to, minors, "order")}
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
            return Moment(at, Ordinal(at.toordinal()), False)
        clock = time.max if bounds else time.min
        return Moment(datetime.combine(value, clock, self.zone), Ordinal(value.toordinal()), True)

    def _read_times(self, now: datetime | None, problems: list[Problem]) -> None:
        case, order, moments = self.case, self.order, self.moments
        if case.decided_at is None:
            self.decided = self.moment(now or datetime.now(self.zone))
        else:
            self.decided = self.moment(case.decided_at)
        given, zone = order.__dict__, self.zone
        for name in EVENTS:
            value = given[name]
            if value is None:
                moments[name] = None
            elif value.__class__ is datetime and value.tzinfo is not None:
                local = value.astimezone(zone)
                moments[name] = Moment(local, Ordinal(local.toordinal()), False)
            else:
                moments[name] = self.moment(value)
        for name in ("ship_by", "deliver_by"):
            value = given[name]
            moments[name] = None if value is None else self.moment(value, bounds=True)
        happened = HAPPENED[order.status]
        before, before_name = None, ""
        for name in EVENTS:
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


EVENTS = ("placed_at", "paid_at", "shipped_at", "delivered_at", "completed_at")
HAPPENED: dict[str, tuple[str, ...]] = {
    "awaiting_payment": EVENTS[:1],
    "paid": EVENTS[:2],
    "shipped": EVENTS[:3],
    "delivered": EVENTS[:4],
    "completed": EVENTS,
    "closed": EVENTS,
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
    for claim in case.claims:
        given = claim.__dict__
        for name in _RICH_CLAIM:
            if given[name]:
                return False
    return True
