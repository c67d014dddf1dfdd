"""What a quote is made from: the order as it was paid, what came back before, and what comes back now.

The models only say what a field is; what follows from several fields together (sums, shares, contradictions)
is worked out in `ledger`. Amounts are decimals in the order's currency. Absent and null mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, WithJsonSchema

from refundrules.io.fields import LARGEST_COUNT, Amount
from refundrules.money.settings import Share, Shipping, TaxRate, TenderKind

FreeShipping = Literal["none", "unconditional", "over_threshold"]
FeeKind = Literal["restocking", "label", "handling", "condition", "use", "gift", "outbound_freight", "promotion"]
"""What may be deducted from a refund; a return may waive any of them."""


def _day(value: object) -> date:
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("is not a day; write it like `2026-06-10`")


Day = Annotated[
    date, PlainValidator(_day), PlainSerializer(date.isoformat), WithJsonSchema({"type": "string", "format": "date"})
]
Quantity = Annotated[int, Field(ge=1, le=LARGEST_COUNT)]
Unit = Annotated[int, Field(ge=1, le=LARGEST_COUNT)]
_ZERO = Decimal(0)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Tax(_Model):
    """One tax of a line or of outbound shipping: its rate, or the amount that was charged."""

    name: str = Field(default="tax", min_length=1)
    rate: TaxRate | None = Field(default=None, description="share of the price without tax; give this or `amount`")
    amount: Amount | None = Field(default=None, description="what was charged for the whole line; give this or `rate`")
    included: bool = Field(default=False, description="it is inside the price; otherwise it comes on top")


class QuoteLine(_Model):
    """One line of an order, as it was paid; a case's line says more of the goods.

    `quantity` counts the units ordered. What came back of them is told by the order's `returns`; other counts of a
    line's units (cancelled, fulfilled, delivered …) belong beside `quantity`, and nowhere else.
    """

    id: str = Field(min_length=1)
    quantity: Quantity = 1
    unit_price: Amount = Field(description="list price of one unit")
    discount: Amount = Field(default=_ZERO, description="line discount, for the whole line")
    taxes: Annotated[tuple[Tax, ...], Field(strict=False)] = ()
    duty: Amount = Field(default=_ZERO, description="duties paid for the whole line")


class Tier(_Model):
    """What a promotion gives from some spend or quantity on."""

    at_least: Amount = Field(description="spend, or number of units")
    off: Amount | None = Field(default=None, description="amount off; give this or `percent`")
    percent: Share | None = Field(default=None, description="share off; give this or `off`")


class Promotion(_Model):
    """An order discount, coupon or voucher that lowered the price, and what it was given for."""

    id: str = Field(min_length=1)
    amount: Amount = Field(description="what was taken off")
    lines: Annotated[tuple[str, ...], Field(strict=False)] | None = Field(
        default=None, description="the lines it was given on; absent: all"
    )
    by: Literal["spend", "quantity"] = Field(default="spend", description="what its tiers count, over its lines")
    tiers: Annotated[tuple[Tier, ...], Field(strict=False)] = Field(
        default=(),
        description="what it needs; the first that is reached, from the highest down. Empty: it never breaks",
    )


class Tender(_Model):
    """One means the order was paid by, and what came and went through it."""

    kind: TenderKind
    captured: Amount
    refunded: Amount = _ZERO
    id: str | None = Field(default=None, description="tells two tenders of a kind apart")
    points: Annotated[int, Field(ge=1, le=10**12)] | None = Field(
        default=None, description="points or pieces the captured amount stands for; they are given back in kind"
    )
    closed: bool = Field(default=False, description="nothing can be sent back to it any more (an expired card)")
    currency: str | None = Field(default=None, description="absent: the order's; another one is refused")


class EarlierReturn(_Model):
    """What came back of one line before, or money that was given for it without goods."""

    line: str
    quantity: Annotated[int, Field(ge=0, le=LARGEST_COUNT)] = Field(description="units; 0: money without goods")
    units: Annotated[tuple[Unit, ...], Field(strict=False)] | None = Field(
        default=None, description="which units, counted from 1; absent: the next ones"
    )
    amount: Amount | None = Field(
        default=None,
        description="what these units were worth, before deductions and without shipping; absent: computed",
    )
    refunded: Amount | None = Field(
        default=None, description="what was given back for them, without shipping; absent: what they were worth"
    )
    received: bool = Field(default=True, description="the goods are back with the shop")


class QuoteOrder(_Model):
    """An order as it was paid, and everything that was given back since; a case's order also says how far it has come."""

    id: str | None = None
    currency: str | None = Field(default=None, description="ISO 4217; a quote needs it, a case has the policy's")
    lines: Annotated[tuple[QuoteLine, ...], Field(strict=False, min_length=1)]
    discount: Amount = Field(default=_ZERO, description="order-level discount, shared over lines by value")
    promotions: Annotated[tuple[Promotion, ...], Field(strict=False)] = Field(
        default=(), description="discounts and vouchers that were given on some lines, or for something"
    )
    promotion_owed: Amount = Field(
        default=_ZERO, description="of broken promotions, what no earlier refund was large enough to bear"
    )
    shipping_charged: Amount = Field(default=_ZERO, description="what the buyer paid for outbound shipping")
    shipping_discount: Amount = Field(default=_ZERO, description="taken off `shipping_charged`")
    shipping_taxes: Annotated[tuple[Tax, ...], Field(strict=False)] = ()
    shipping_refunded: Amount = Field(default=_ZERO, description="outbound shipping granted back before, tax included")
    shipping_cost: Amount | None = Field(default=None, description="what outbound shipping cost the shop")
    free_shipping: FreeShipping = Field(default="none", description="the promise on the page")
    free_shipping_threshold: Amount | None = None
    duties: Amount = Field(default=_ZERO, description="duties of the whole order, shared over all lines by value")
    captured: Amount | None = Field(default=None, description="money taken; absent: what tenders or lines add up to")
    refunded: Amount | None = Field(
        default=None, description="money given back; absent: what tenders or returns add up to"
    )
    tenders: Annotated[tuple[Tender, ...], Field(strict=False)] = ()
    returns: Annotated[tuple[EarlierReturn, ...], Field(strict=False)] = Field(
        default=(), description="what came back of this order before, in the order it happened"
    )

    @property
    def taken(self) -> Decimal | None:
        """The money actually taken; None where tenders or lines tell it."""
        return self.captured

    def booked(
        self, returns: Iterable[EarlierReturn], back: Iterable[Decimal], *, refunded: Decimal | None, shipping: Decimal,
        **more: Decimal,
    ) -> Self:  # fmt: skip
        """Return the order after a refund: what came back, and what went back through each tender, in their order.

        `refunded` is what was given back in all since the order was paid (None: what returns and tenders add up to),
        `shipping` what was granted now of outbound shipping; `more` are other amounts as they are after it.
        """
        tenders = [
            tender.model_copy(update={"refunded": tender.refunded + amount})
            for tender, amount in zip(self.tenders, back, strict=True)
        ]
        update = {
            "returns": (*self.returns, *returns),
            "tenders": tuple(tenders),
            "shipping_refunded": self.shipping_refunded + shipping,
            **more,
        }
        return self.model_copy(update=update if refunded is None else {**update, "refunded": refunded})


class MissingGift(_Model):
    """A gift that did not come back with the goods."""

    disclosed_price: Amount | None = Field(
        default=None, description="the price marked at purchase; absent: none was, and nothing may be charged"
    )


class ReturnItem(_Model):
    """Units of one line that come back now, or money for a line without goods (`quantity: 0`)."""

    line: str
    quantity: Annotated[int, Field(ge=0, le=LARGEST_COUNT)] = 1
    units: Annotated[tuple[Unit, ...], Field(strict=False)] | None = Field(
        default=None, description="which units, counted from 1; absent: the next ones"
    )
    amount: Amount | None = Field(
        default=None,
        description="what somebody says is given back for it, tax included and without fees; absent: computed",
    )
    condition: str | None = Field(default=None, description="a grade of the settings' `conditions`; absent: as new")
    used_days: Annotated[int, Field(ge=0, le=36_500)] | None = None
    used_from: Day | None = None
    used_until: Day | None = None
    idle_days: Annotated[int, Field(ge=0, le=36_500)] = Field(default=0, description="days in repair, which are no use")
    missing_gifts: Annotated[tuple[MissingGift, ...], Field(strict=False)] = ()


class StatedTender(_Model):
    """How much somebody says goes back to one means of payment."""

    kind: TenderKind
    id: str | None = Field(default=None, description="which one, where the order has several of the kind")
    amount: Amount


class ReturnRequest(_Model):
    """What comes back now, or is given for it; a dry run and the real refund are the same request."""

    items: Annotated[tuple[ReturnItem, ...], Field(strict=False)] = ()
    currency: str | None = Field(default=None, description="absent: the order's; another one is refused")
    shipping: Shipping | Amount | None = Field(
        default=None,
        description="outbound shipping: as in the settings, or an amount, tax included; absent: the settings', and none "
        "where no goods come back",
    )
    return_label: Amount | None = Field(default=None, description="cost of the return label; absent: the settings'")
    compensation: Amount = Field(default=_ZERO, description="goodwill on top, part of the refund and under its cap")
    deduction: Amount = Field(default=_ZERO, description="taken off besides the fees of the settings")
    amount: Amount | None = Field(default=None, description="what somebody says is given back in all; absent: computed")
    waive: Annotated[tuple[FeeKind, ...], Field(strict=False)] = Field(
        default=(), description="deductions not made this time"
    )
    by_tender: Annotated[tuple[StatedTender, ...], Field(strict=False)] = Field(
        default=(), description="what goes to some of the means of payment; the rest is placed as in the settings"
    )
    to: Literal["original", "store_credit"] = Field(default="original", description="where the money goes")
    consent: bool = Field(default=False, description="the buyer agreed to another means than the original one")


class NewLine(_Model):
    """Goods the buyer gets in exchange."""

    id: str = Field(min_length=1)
    quantity: Quantity = 1
    unit_price: Amount
    discount: Amount = Field(default=Decimal(0), description="for the whole line")
    taxes: Annotated[tuple[Tax, ...], Field(strict=False)] = ()
