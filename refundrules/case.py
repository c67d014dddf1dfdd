"""The case: what a shop backend, a notebook or a file hands to the engine.

The models only say what a field is. What follows from several fields together (days,
shares, contradictions) is worked out in `facts`, where the policy's time zone is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
)

from refundrules.caseproblems import problems_of
from refundrules.errors import CaseError

_TOO_LARGE = 10**17
_YEARS = range(1900, 2201)
_PLAIN = re.compile(r"[0-9]{1,16}(\.[0-9]{1,6})?")
_AMOUNT = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,6})?")


def _amount(value: object) -> Decimal:
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return Decimal(value)
    amount = _decimal(value)
    if amount.is_signed() and amount:
        raise ValueError("is below zero")
    return amount


def _decimal(value: object) -> Decimal:
    if isinstance(value, str):
        if _AMOUNT.fullmatch(value):
            return Decimal(value)
        raise ValueError('is not a decimal number; write it like "12.50"')
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= _TOO_LARGE:
            raise ValueError("is larger than any amount can be")
        return Decimal(value)
    if isinstance(value, float):
        raise ValueError('is a binary float, which cannot hold money exactly; write it as a string like "12.50"')
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("is not a finite number")
        if abs(value) >= _TOO_LARGE:
            raise ValueError("is larger than any amount can be")
        return value
    raise ValueError('is not a decimal number; write it like "12.50"')


def _time(value: object) -> datetime | date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(
                "is not an ISO 8601 time; write it like `2026-06-10T12:00:00+08:00` or `2026-06-10`"
            ) from None
    if isinstance(value, date):
        return value
    raise ValueError("is not an ISO 8601 time; write it like `2026-06-10T12:00:00+08:00` or `2026-06-10`")


def _possible_time(value: object) -> datetime | date:
    time = _time(value)
    if time.year not in _YEARS:
        raise ValueError(f"is outside the years {_YEARS[0]} to {_YEARS[-1]}")
    return time


def _length(value: object) -> Decimal:
    length = _amount(repr(value) if isinstance(value, float) else value)  # 96.9 is measured, not money
    if length >= 100_000:
        raise ValueError("is longer than a kilometre")
    if length != round(length, 3):
        raise ValueError("has more than three decimals; no tape measures that")
    return length


def _time_text(value: datetime | date) -> str:
    return value.isoformat()


_AMOUNT_SCHEMA = {
    "anyOf": [{"type": "string", "pattern": r"^[0-9]{1,16}(\.[0-9]{1,6})?$"}, {"type": "number", "minimum": 0}]
}
_TIME_SCHEMA = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}([T ].+)?$"}

Amount = Annotated[Decimal, PlainValidator(_amount), PlainSerializer(str), WithJsonSchema(_AMOUNT_SCHEMA)]
"""A money amount of zero or more, in the order's currency."""
Length = Annotated[Decimal, PlainValidator(_length), PlainSerializer(str), WithJsonSchema(_AMOUNT_SCHEMA)]
"""A length in centimetres."""
Time = Annotated[
    datetime | date, PlainValidator(_possible_time), PlainSerializer(_time_text), WithJsonSchema(_TIME_SCHEMA)
]
"""A moment, or a bare date in the policy's time zone."""
Count = Annotated[int, Field(ge=0, le=1_000_000)]

Status = Literal["awaiting_payment", "paid", "shipped", "delivered", "completed", "closed"]
Channel = Literal["online", "in_store"]
FreeShipping = Literal["none", "unconditional", "over_threshold"]
Category = Literal["apparel", "footwear", "appliance", "accessory", "other"]
Exclusion = Literal[
    "none", "custom_made", "perishable", "digital", "periodical", "hygiene", "near_expiry", "final_sale"
]
Reason = Literal[
    "size_deviation", "color_difference", "stain", "damage", "loose_threads", "pinhole", "asymmetry",
    "missing_part", "deformation", "shrinkage", "fading", "sole_separation", "seam_split", "malfunction",
    "wrong_item", "short_shipment", "counterfeit",
    "does_not_fit", "changed_mind",
    "not_received", "lost", "transit_damage", "late_shipment", "late_delivery",
    "price_difference", "shipping_fee_charged", "wrong_address",
]  # fmt: skip
Severity = Literal["minor", "major"]
Wish = Literal[
    "return_and_refund", "refund_only", "exchange", "repair", "compensation", "reship", "price_adjustment",
    "amend_order",
]  # fmt: skip
Application = Literal["refund_only", "return_and_refund", "exchange"]
RubTest = Literal["transfers", "clean"]
Cause = Literal["seller", "buyer", "unclear"]
ParcelState = Literal["in_transit", "lost", "delivered"]
TenderKind = Literal["card", "wallet", "gift_card", "points", "voucher"]
Language = Literal["zh", "en"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Tender(_Model):
    """One means the order was paid by, and what came and went through it."""

    kind: TenderKind
    captured: Amount
    refunded: Amount = Decimal(0)


class Line(_Model):
    """One line of the order."""

    id: str = Field(min_length=1)
    title: str | None = None
    category: Category
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    unit_price: Amount
    discount: Amount = Decimal(0)
    promotional: bool = Field(False, description="low-price activity goods")
    exclusion: Exclusion = Field(
        "none", description="`final_sale` is the shop's word and takes no statutory right away"
    )
    exclusion_confirmed: bool = Field(False, description="the buyer confirmed the exclusion at purchase")
    warranty_until: Time | None = Field(None, description="absent: no warranty; a bare date includes that day")


class Order(_Model):
    """The order the claims are about."""

    id: str = Field(min_length=1)
    currency: str | None = Field(None, description="ISO 4217; absent: the policy's")
    jurisdiction: str = Field("CN", pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")
    channel: Channel = "online"
    status: Status
    placed_at: Time | None = None
    paid_at: Time | None = Field(None, description="absent: `placed_at`")
    ship_by: Time | None = None
    shipped_at: Time | None = None
    deliver_by: Time | None = None
    delivered_at: Time | None = Field(None, description="signed for")
    completed_at: Time | None = None
    remote_area: bool = False
    shipping_charged: Amount = Field(Decimal(0), description="what the buyer paid for outbound shipping")
    shipping_cost: Amount | None = Field(None, description="what outbound shipping cost the shop")
    free_shipping: FreeShipping = Field("none", description="the promise on the page")
    free_shipping_threshold: Amount | None = None
    discount: Amount = Field(Decimal(0), description="order-level discount, shared over lines by value")
    captured: Amount | None = Field(None, description="money actually taken; absent: computed")
    refunded: Amount = Field(Decimal(0), description="money already given back")
    tenders: Annotated[tuple[Tender, ...], Field(strict=False)] = ()
    lines: Annotated[tuple[Line, ...], Field(strict=False, min_length=1)]


class Measurement(_Model):
    """One measured attribute of the goods, in centimetres."""

    attribute: str = Field(min_length=1)
    declared_cm: Length
    actual_cm: Length


class Goods(_Model):
    """What is known of the goods in the buyer's hands; absent means nobody knows yet."""

    received: bool | None = Field(None, description="by the buyer")
    worn_days: Count | None = None
    washed: bool | None = None
    care_label_followed: bool | None = None
    labels_intact: bool | None = None
    soiled: bool | None = None
    resalable: bool | None = Field(None, description="an inspection's finding, known after the return")


class Tests(_Model):
    """Evidence; absent means the test was not made."""

    __test__ = False

    rub_test: RubTest | None = None
    soaking_marks: bool | None = None
    batch_complaints: Count = 0
    receipt_matches: bool | None = None
    cause: Cause | None = Field(None, description="an inspector's finding")


class Freight(_Model):
    """Quotes of the listed carriers, and what the buyer advanced."""

    return_quote: Amount | None = None
    replacement_quote: Amount | None = None
    advanced: Amount = Decimal(0)
    carrier: str | None = None
    carriers_told: bool | None = None


_NO_GOODS, _NO_TESTS, _NO_FREIGHT = Goods(), Tests(), Freight()


class Claim(_Model):
    """What the buyer reports about one line, and what they want."""

    line: str | None = Field(None, description="a line's id; absent: the only line")
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    reason: Reason
    severity: Severity | None = None
    measurements: Annotated[tuple[Measurement, ...], Field(strict=False)] | None = ()
    requested: Wish | None = Field(None, description="what the buyer wants")
    application: Application | None = Field(None, description="what the buyer filed on the platform")
    opened_at: Time | None = Field(None, description="when the buyer raised it; absent: `decided_at`")
    declined_offers: Count = 0
    insists: bool = False
    demanded: Amount | None = Field(None, description="a sum the buyer demands; absent: none")
    assessed_loss: Amount | None = Field(None, description="the shop's assessment of what is missing or damaged")
    rightful_price: Amount | None = Field(None, description="the unit price that should have been charged")
    goods: Goods = _NO_GOODS
    tests: Tests = _NO_TESTS
    return_received_at: Time | None = Field(None, description="when the returned goods reached the shop")
    repairs_of_same_part: Count = 0
    recoloring_declined: bool = False
    freight: Freight = _NO_FREIGHT
    replacement_price: Amount | None = Field(None, description="unit price of the chosen replacement")
    parcel: ParcelState | None = Field(None, description="the carrier's answer")


class Shop(_Model):
    """Facts about the shop now."""

    listed_carriers: Annotated[tuple[str, ...], Field(strict=False)] = ()
    in_stock: bool | None = None


class Customer(_Model):
    """What the shop knows of the buyer."""

    tier: str | None = None
    orders: Count = 0
    returns_12m: Count = 0


_ANY_SHOP, _ANY_CUSTOMER = Shop(), Customer()


def _no_surprise(value: object) -> object:
    if not isinstance(value, Mapping):
        raise ValueError("is not a mapping of fact names to values")
    return dict(value)


class Case(_Model):
    """One after-sales request: an order, one or more claims on its lines, and the shop now.

    Absent and null mean the same: a field marked optional is unknown, one with a default has it.
    """

    id: str = Field(min_length=1)
    decided_at: Time | None = Field(None, description="the moment the decision is for; absent: now")
    language: Language | None = Field(None, description="language of texts; absent: the policy's")
    facts: Annotated[dict[str, Any], BeforeValidator(_no_surprise)] = Field(
        default_factory=dict, description="facts a pack declares beyond these"
    )
    order: Order
    claims: Annotated[tuple[Claim, ...], Field(strict=False, min_length=1)]
    shop: Shop = _ANY_SHOP
    customer: Customer = _ANY_CUSTOMER

    @classmethod
    def read(cls, data: object) -> Case:
        """Return the case that `data` (a mapping) describes.

        Raises `CaseError` with every problem: the path, the value and the nearest valid name.
        """
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            if _has_nulls(data):
                return cls.read(_without_nulls(data))
            raise CaseError(problems_of(error, cls)) from None


def _has_nulls(data: object) -> bool:
    if isinstance(data, Mapping):
        return any(value is None or _has_nulls(value) for value in data.values())
    return isinstance(data, list | tuple) and any(map(_has_nulls, data))


def _without_nulls(data: object) -> Any:
    """Return the data with every null field left out: null and absent mean the same."""
    if isinstance(data, Mapping):
        return {key: _without_nulls(value) for key, value in data.items() if value is not None}
    return [_without_nulls(item) for item in data] if isinstance(data, list | tuple) else data
