"""The case: what a shop backend, a notebook or a file hands to the engine.

The models only say what a field is. What follows from several fields together (days,
shares, contradictions) is worked out in `facts`, where the policy's time zone is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from refundrules.errors import CaseError, Problem
from refundrules.io.fields import LARGEST_COUNT, Amount, Count, Length, Time
from refundrules.io.pydantic_errors import problems_of
from refundrules.money.models import Day, MissingGift, NewLine, QuoteLine, QuoteOrder, Unit

Status = Literal["awaiting_payment", "paid", "shipped", "delivered", "completed", "closed"]
Channel = Literal["online", "in_store"]
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
OF_THE_ORDER: frozenset[Reason] = frozenset({"late_shipment", "shipping_fee_charged", "wrong_address"})
"""What concerns the order as a whole: such a claim takes up no units of its line, and is made once."""
Severity = Literal["minor", "major"]
Wish = Literal[
    "return_and_refund", "refund_only", "exchange", "repair", "compensation", "reship", "price_adjustment",
    "amend_order",
]  # fmt: skip
Application = Literal["refund_only", "return_and_refund", "exchange"]
RubTest = Literal["transfers", "clean"]
Cause = Literal["seller", "buyer", "unclear"]
ParcelState = Literal["in_transit", "lost", "delivered"]
Language = Literal["zh", "en"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Line(QuoteLine):
    """One line of the order."""

    title: str | None = None
    category: Category
    promotional: bool = Field(default=False, description="low-price activity goods")
    exclusion: Exclusion = Field(
        default="none", description="`final_sale` is the shop's word and takes no statutory right away"
    )
    exclusion_confirmed: bool = Field(default=False, description="the buyer confirmed the exclusion at purchase")
    warranty_until: Time | None = Field(default=None, description="absent: no warranty; a bare date includes that day")


class Order(QuoteOrder):
    """The order the claims are about."""

    id: str = Field(min_length=1)
    jurisdiction: str = Field(default="CN", pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")
    channel: Channel = "online"
    status: Status
    placed_at: Time | None = None
    paid_at: Time | None = Field(default=None, description="absent: `placed_at`")
    ship_by: Time | None = None
    shipped_at: Time | None = None
    deliver_by: Time | None = None
    delivered_at: Time | None = Field(default=None, description="signed for")
    completed_at: Time | None = None
    remote_area: bool = False
    refund_to: Literal["original", "store_credit"] = Field(default="original", description="where money goes back to")
    other_means_agreed: bool = Field(
        default=False, description="the buyer agreed to another means than the original one"
    )
    lines: Annotated[tuple[Line, ...], Field(strict=False, min_length=1)]

    @property
    def taken(self) -> Decimal | None:
        """The money actually taken: nothing while payment is awaited; None where tenders or lines tell it."""
        return Decimal(0) if self.captured is None and self.status == "awaiting_payment" else self.captured


class Measurement(_Model):
    """One measured attribute of the goods, in centimetres."""

    attribute: str = Field(min_length=1)
    declared_cm: Length
    actual_cm: Length


class Goods(_Model):
    """What is known of the goods in the buyer's hands; absent means nobody knows yet."""

    received: bool | None = Field(default=None, description="by the buyer")
    worn_days: Count | None = None
    washed: bool | None = None
    care_label_followed: bool | None = None
    labels_intact: bool | None = None
    soiled: bool | None = None
    resalable: bool | None = Field(default=None, description="an inspection's finding, known after the return")


class Tests(_Model):
    """Evidence; absent means the test was not made."""

    __test__ = False

    rub_test: RubTest | None = None
    soaking_marks: bool | None = None
    batch_complaints: Count = 0
    receipt_matches: bool | None = None
    cause: Cause | None = Field(default=None, description="an inspector's finding")


class Freight(_Model):
    """Quotes of the listed carriers, and what the buyer advanced."""

    return_quote: Amount | None = None
    replacement_quote: Amount | None = None
    advanced: Amount = Decimal(0)
    carrier: str | None = None
    carriers_told: bool | None = None
    label: Amount | None = Field(default=None, description="what a return label cost the shop; absent: the policy's")


_NO_GOODS, _NO_TESTS, NO_FREIGHT = Goods(), Tests(), Freight()


class Claim(_Model):
    """What the buyer reports about one line, and what they want."""

    line: str | None = Field(default=None, description="a line's id; absent: the only line")
    quantity: Annotated[int, Field(ge=1, le=LARGEST_COUNT)] = 1
    units: Annotated[tuple[Unit, ...], Field(strict=False)] | None = Field(
        default=None, description="which units of the line, counted from 1; absent: the next ones"
    )
    reason: Reason
    severity: Severity | None = None
    measurements: Annotated[tuple[Measurement, ...], Field(strict=False)] | None = ()
    requested: Wish | None = Field(default=None, description="what the buyer wants")
    application: Application | None = Field(default=None, description="what the buyer filed on the platform")
    opened_at: Time | None = Field(default=None, description="when the buyer raised it; absent: `decided_at`")
    declined_offers: Count = 0
    insists: bool = False
    demanded: Amount | None = Field(default=None, description="a sum the buyer demands; absent: none")
    assessed_loss: Amount | None = Field(
        default=None, description="the shop's assessment of what is missing or damaged"
    )
    rightful_price: Amount | None = Field(default=None, description="the unit price that should have been charged")
    goods: Goods = _NO_GOODS
    tests: Tests = _NO_TESTS
    return_received_at: Time | None = Field(default=None, description="when the returned goods reached the shop")
    repairs_of_same_part: Count = 0
    recoloring_declined: bool = False
    freight: Freight = NO_FREIGHT
    replacement_price: Amount | None = Field(default=None, description="unit price of the chosen replacement")
    replacements: Annotated[tuple[NewLine, ...], Field(strict=False)] = Field(
        default=(), description="what is chosen instead, where it is more than `replacement_price` says"
    )
    condition: str | None = Field(
        default=None, description="a grade of the policy's `conditions`, found on inspection; absent: as new"
    )
    used_from: Day | None = None
    used_until: Day | None = None
    idle_days: Annotated[int, Field(ge=0, le=36_500)] = Field(default=0, description="days in repair, which are no use")
    missing_gifts: Annotated[tuple[MissingGift, ...], Field(strict=False)] = Field(
        default=(), description="gifts that did not come back with the goods"
    )
    parcel: ParcelState | None = Field(default=None, description="the carrier's answer")


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
    decided_at: Time | None = Field(default=None, description="the moment the decision is for; absent: now")
    language: Language | None = Field(default=None, description="language of texts; absent: the policy's")
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
            refused = error
        try:
            if _has_nulls(data):
                return cls.read(_without_nulls(data))
        except RecursionError:
            raise CaseError([Problem("case", "is nested too deeply", "flatten it")]) from None
        raise CaseError(problems_of(refused, cls)) from None


def _has_nulls(data: object) -> bool:
    if isinstance(data, Mapping):
        return any(value is None or _has_nulls(value) for value in data.values())
    return isinstance(data, list | tuple) and any(map(_has_nulls, data))


def _without_nulls(data: object) -> Any:
    """Return the data with every null field left out: null and absent mean the same."""
    if isinstance(data, Mapping):
        return {key: _without_nulls(value) for key, value in data.items() if value is not None}
    return [_without_nulls(item) for item in data] if isinstance(data, list | tuple) else data
