"""The vocabulary: every fact a rule may read, and how it follows from the case.

A fact is three-valued where the case allows it: `None` means nobody knows yet. Numbers are
integers in the unit of their kind: money in minor units, lengths in thousandths of a
centimetre, times in days or hours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple, get_args

from refundrules.case import derive as deriving
from refundrules.case import models as case_module
from refundrules.case.claim_context import ClaimContext
from refundrules.case.derive import CM_SCALE
from refundrules.case.order_context import Value
from refundrules.io.catalog import has, say
from refundrules.io.fields import LARGEST_COUNT, LONGEST_CM, YEARS
from refundrules.money.currency import LARGEST_MINOR, to_minor
from refundrules.money.models import FreeShipping

Kind = Literal["bool", "enum", "money", "days", "hours", "count", "cm", "share"]
"""The type of a fact, parameter or formula; it fixes the unit of its integer."""


class Words(NamedTuple):
    """One text in every language."""

    zh: str
    en: str

    @classmethod
    def each(cls, make: Callable[[str], str]) -> Words:
        """Return what is made for each language."""
        return cls(*map(make, cls._fields))

    @classmethod
    def of(cls, key: str, *parts: object, **named: object) -> Words:
        """Return a text of the library with its places filled in; a part may be a text in every language too."""

        def said(language: str) -> str:
            own = [part.to(language) if isinstance(part, Words) else part for part in parts]
            return say(key, language, *own, **named)

        return cls.each(said)

    @classmethod
    def find(cls, key: str) -> Words | None:
        """Return a text of the library; None where it has none of that name."""
        return cls.of(key) if all(has(key, language) for language in cls._fields) else None

    def map(self, change: Callable[[str], str]) -> Words:
        """Return the text changed in the same way in each language."""
        return Words(*map(change, self))

    def to(self, language: str) -> str:
        """Return the text in one language."""
        return self[self._fields.index(language)]


class Fact(NamedTuple):
    """One word of the vocabulary."""

    name: str
    kind: Kind
    derive: Callable[[ClaimContext], Value]
    inputs: tuple[str, ...]
    """Input paths that give it; the first is the one asked for."""
    derivation: str
    """How it follows from the case; empty when it is the input itself."""
    optional: bool
    values: tuple[str, ...] = ()
    question: Words | None = None
    changeable: bool = False
    """A person could still change it: the calendar cannot run back, a photo can be sent."""
    assumed: Value = None
    """For a finding known only after the return: the favourable value assumed before."""
    default: Value = None
    """What absent means for a fact that a pack declares; None: unknown."""


_MOST_DAYS = (date(YEARS[-1], 12, 31) - date(YEARS[0], 1, 1)).days + 2  # in the shop's time zone each may be a day off
LARGEST: Mapping[str, int] = {
    "money": LARGEST_MINOR, "cm": LONGEST_CM * CM_SCALE - 1, "days": _MOST_DAYS, "hours": 24 * (_MOST_DAYS + 1),
    "count": LARGEST_COUNT,
}  # fmt: skip
"""The largest number of each kind that a case may hold."""
LARGEST_WORKED_OUT = LARGEST_MINOR * LARGEST_COUNT
"""The largest amount that is looked at where it is worked out: a million units at the largest price."""


def largest(fact: Fact) -> int:
    """Return the largest number that a fact may be: what completions try and what proofs look at.

    A number of days that the case itself tells is read as a count, and what a pack declares is read as an amount is.
    """
    if fact.name.startswith("facts."):
        return LARGEST_MINOR
    if fact.kind == "money":
        return LARGEST_WORKED_OUT if fact.derivation else LARGEST_MINOR
    return LARGEST[fact.kind if fact.derivation else "count"]


THRESHOLD, OUTBOUND_COST = "order.free_shipping_threshold", "order.shipping_cost"
THRESHOLD_BROKEN = "order.free_shipping_threshold_broken"
OUTBOUND_SHARE = "claim.shipping_cost_share"
PROMOTION = "claim.promotion_deduction"
JOINED = (THRESHOLD_BROKEN, OUTBOUND_SHARE, PROMOTION)
"""The last three depend on what the other claims of the order decide; only money and later questions may read them."""


def _given(name: str, kind: Kind, derive: Callable[[ClaimContext], Value], **more: Any) -> Fact:
    values: tuple[str, ...] = more.pop("values", ())
    optional: bool = more.pop("optional", False)
    path = more.pop("path", name)
    return Fact(name, kind, derive, (path,), more.pop("derivation", ""), optional, values, **more)


def _optional(name: str, kind: Kind, derive: Callable[[ClaimContext], Value], **more: Any) -> Fact:
    question = Words.of(f"asked.{name}")
    return _given(name, kind, derive, optional=True, question=question, changeable=more.pop("changeable", True), **more)


def _worked(name: str, amount: str, derivation: str, path: str) -> Fact:
    return _given(name, "money", lambda scene: scene.worked(amount), path=path, derivation=derivation)


def _words(alias: Any) -> tuple[str, ...]:
    return get_args(alias)


_C = case_module

WORKED = {
    "claim.paid": "paid", "claim.shipping_share": "shipping_share", "claim.shipping_refund": "shipping_refund",
    "claim.restocking_fee": "restocking", "claim.condition_deduction": "condition_deduction",
    "claim.use_deduction": "use_deduction", "claim.missing_gifts": "missing_gifts", "claim.return_label": "label",
    "claim.handling_fee": "handling", "claim.exchange_credit": "exchange_credit",
}  # fmt: skip
"""The facts that are amounts worked out from the order, and the amount of `claim_amounts` each is."""

FACTS: tuple[Fact, ...] = (
    # The order of this table is the order in which open facts are asked for.
    _given("claim.reason", "enum", lambda s: s.claim.reason, values=_words(_C.Reason)),
    _given("order.status", "enum", lambda s: s.order.status, values=_words(_C.Status)),
    _given("order.channel", "enum", lambda s: s.order.channel, values=_words(_C.Channel)),
    _optional("claim.requested", "enum", lambda s: s.claim.requested, values=_words(_C.Wish)),
    _optional(
        "claim.size_deviation_cm", "cm", deriving.size_deviation,
        path="claim.measurements", derivation="largest absolute difference of declared and actual over the measurements",
    ),
    _optional("claim.severity", "enum", lambda s: s.claim.severity, values=_words(_C.Severity)),
    _optional("claim.tests.receipt_matches", "bool", lambda s: s.tests.receipt_matches),
    _optional("claim.tests.rub_test", "enum", lambda s: s.tests.rub_test, values=_words(_C.RubTest)),
    _given("claim.tests.batch_complaints", "count", lambda s: s.tests.batch_complaints, changeable=True),
    _optional("claim.tests.soaking_marks", "bool", lambda s: s.tests.soaking_marks),
    _optional("claim.tests.cause", "enum", lambda s: s.tests.cause, values=_words(_C.Cause)),
    _optional("claim.goods.care_label_followed", "bool", lambda s: s.goods.care_label_followed),
    _optional("claim.goods.washed", "bool", lambda s: s.goods.washed),
    _optional("claim.goods.received", "bool", lambda s: s.goods.received),
    _optional("claim.parcel", "enum", lambda s: s.claim.parcel, values=_words(_C.ParcelState)),
    _optional("claim.goods.labels_intact", "bool", lambda s: s.goods.labels_intact),
    _optional("claim.goods.soiled", "bool", lambda s: s.goods.soiled),
    _optional("claim.goods.resalable", "bool", lambda s: s.goods.resalable, assumed=True, changeable=False),
    _optional("claim.goods.worn_days", "days", lambda s: s.goods.worn_days),
    _optional("shop.in_stock", "bool", lambda s: s.shop.in_stock),
    _optional("claim.assessed_loss", "money", lambda s: s.money.get("assessed_loss")),
    _optional("claim.rightful_price", "money", lambda s: s.money.get("rightful_price")),
    _optional("claim.freight.return_quote", "money", lambda s: s.money.get("return_quote")),
    _optional("claim.freight.replacement_quote", "money", lambda s: s.money.get("replacement_quote")),
    _optional(
        "order.days_since_delivery", "days", lambda s: s.order_scene.days("delivered_at", s.opened),
        path="order.delivered_at", changeable=False,
        derivation="calendar days from signing to the day the claim was opened; 0 before delivery",
    ),
    _optional(
        "order.days_since_completion", "days", lambda s: s.order_scene.days("completed_at", s.opened),
        path="order.completed_at", changeable=False,
        derivation="calendar days from completion to the day the claim was opened; 0 before completion",
    ),
    Fact(
        "order.delivery_overdue", "bool", deriving.delivery_overdue, ("order.deliver_by", "order.delivered_at"),
        "delivered (or, undelivered, decided) after `order.deliver_by`", True,
        question=Words.of("asked.order.delivery_overdue"),
    ),
    Fact(
        "order.shipped_late", "bool", deriving.shipped_late, ("order.ship_by", "order.shipped_at"),
        "shipped (or, unshipped, decided) after `order.ship_by`", True,
        question=Words.of("asked.order.shipped_late"),
    ),
    Fact(
        "order.ship_promise_hours", "hours", deriving.promise_hours, ("order.ship_by", "order.paid_at"),
        "hours from payment to `order.ship_by`, started hours counted", True,
        question=Words.of("asked.order.ship_promise_hours"),
    ),
    _optional(
        "order.free_shipping_promised", "bool", deriving.free_shipping_promised,
        path="order.free_shipping_threshold", changeable=False,
        derivation="promised unconditionally, or the goods paid reach `order.free_shipping_threshold`",
    ),
    _optional("order.shipping_cost", "money", deriving.shipping_cost, changeable=False),
    _optional(THRESHOLD, "money", deriving.free_shipping_threshold, changeable=False),
    _optional(
        THRESHOLD_BROKEN, "bool", deriving.threshold_broken, path="order.free_shipping_threshold", changeable=False,
        derivation="what stays after the non-quality returns of all claims is below `order.free_shipping_threshold`",
    ),
    _optional(
        OUTBOUND_SHARE, "money", deriving.outbound_share, path="order.shipping_cost", changeable=False,
        derivation="`order.shipping_cost` shared by value over the claims whose return breaks the threshold",
    ),
    _optional("claim.application", "enum", lambda s: s.claim.application, values=_words(_C.Application)),
    _optional("claim.freight.carriers_told", "bool", lambda s: s.claim.freight.carriers_told),
    _optional(
        "claim.freight.carrier_listed", "bool", deriving.carrier_listed, path="claim.freight.carrier",
        derivation="`claim.freight.carrier` is one of `shop.listed_carriers`",
    ),
    _given("claim.freight.advanced", "money", lambda s: s.money.get("advanced", 0)),
    _given("claim.quantity", "count", lambda s: s.claim.quantity),
    _given("claim.declined_offers", "count", lambda s: s.claim.declined_offers, changeable=True),
    _given("claim.insists", "bool", lambda s: s.claim.insists, changeable=True),
    _given(
        "claim.demands", "bool", lambda s: s.claim.demanded is not None, path="claim.demanded",
        derivation="a sum is demanded", changeable=True,
    ),
    _given(
        "claim.demanded", "money", lambda s: s.money.get("demanded", 0), changeable=True,
        derivation="the sum demanded; 0 when none is",
    ),
    _given("claim.repairs_of_same_part", "count", lambda s: s.claim.repairs_of_same_part),
    _given("claim.recoloring_declined", "bool", lambda s: s.claim.recoloring_declined, changeable=True),
    _given(
        "claim.return_received", "bool", lambda s: s.claim.return_received_at is not None,
        path="claim.return_received_at", derivation="the returned goods have reached the shop", changeable=True,
    ),
    _given(
        "claim.replacement_chosen", "bool",
        lambda s: s.claim.replacement_price is not None or bool(s.claim.replacements),
        path="claim.replacement_price", derivation="a replacement has been chosen", changeable=True,
    ),
    _given(
        "claim.replacement_total", "money",
        deriving.replacement_total, path="claim.replacement_price",
        derivation="unit price of the replacement × quantity, or what `claim.replacements` cost; 0 until chosen",
        changeable=True,
    ),
    _given(
        "claim.paid", "money", lambda s: s.paid, path="order.lines",
        derivation="price less line discount and its share of the order's discounts, with taxes on top and duties, for the "
        "units claimed",
    ),
    _given(
        "claim.shipping_share", "money", lambda s: s.shipping_share, path="order.shipping_charged",
        derivation="outbound shipping the buyer paid, shared over the lines by what was paid, for the units claimed",
    ),
    _worked(
        "claim.shipping_refund", "shipping_refund",
        "what the policy's `money.shipping` gives back of outbound shipping", "order.shipping_charged",
    ),
    _worked("claim.restocking_fee", "restocking", "the policy's `money.restocking` of what was paid", "order.lines"),
    _worked(
        "claim.condition_deduction", "condition_deduction",
        "what the policy's `money.conditions` leave out for the grade; 0 as new", "claim.condition",
    ),
    _worked("claim.use_deduction", "use_deduction", "the policy's `money.use` for the days of use", "claim.goods.worn_days"),
    _worked("claim.missing_gifts", "missing_gifts", "disclosed prices of gifts not sent back", "claim.missing_gifts"),
    _worked("claim.return_label", "label", "what the return label cost the shop", "claim.freight.label"),
    _worked("claim.handling_fee", "handling", "the policy's `money.handling`, shared over the claims", "order.lines"),
    _given(
        "claim.exchange_credit", "money", deriving.exchange_credit, path="order.lines",
        derivation="what the goods count for in an exchange: paid, or list price (the policy's `money.exchange_credit`)",
    ),
    _optional(
        PROMOTION, "money", deriving.promotion_deduction, path="order.promotions", changeable=False,
        derivation="what promotions took off that the goods kept no longer earn (the policy's `money.broken_promotion`)",
    ),
    _given(
        "line.units_returned", "count", deriving.units_returned, path="order.returns",
        derivation="units of the line that came back before",
    ),
    _given(
        "line.refunded", "money", deriving.refunded_before, path="order.returns",
        derivation="money given back for the line before, without shipping",
    ),
    _given(
        "order.all_back", "bool", lambda s: s.order_scene.claims_money.accounts.all_back, path="order.returns",
        derivation="with these claims' units nothing of the order is left with the buyer",
    ),
    _given(
        "order.shipping_left", "money", lambda s: s.order_scene.shipping_left, path="order.shipping_charged",
        derivation="outbound shipping the buyer paid, less `order.shipping_refunded`",
    ),
    _given(
        "line.unit_price", "money", lambda s: to_minor(s.line.unit_price, s.order_scene.decimals),
    ),
    _given("line.category", "enum", lambda s: s.line.category, values=_words(_C.Category)),
    _given("line.promotional", "bool", lambda s: s.line.promotional),
    _given("line.exclusion", "enum", lambda s: s.line.exclusion, values=_words(_C.Exclusion)),
    _given("line.exclusion_confirmed", "bool", lambda s: s.line.exclusion_confirmed),
    _given(
        "line.in_warranty", "bool", lambda s: s.warranty, path="line.warranty_until",
        derivation="the claim was opened no later than `line.warranty_until`; no warranty when that is absent",
    ),
    _given(
        "order.goods_paid", "money", lambda s: s.order_scene.lines_paid, path="order.lines",
        derivation="what was paid for all goods of the order, after discounts, with taxes on top and duties",
    ),
    _given("order.shipping_charged", "money", lambda s: s.order_scene.shipping_charged),
    _given("order.remote_area", "bool", lambda s: s.order.remote_area),
    _given("order.free_shipping", "enum", lambda s: s.order.free_shipping, values=_words(FreeShipping)),
    _given(
        "customer.has_tier", "bool", lambda s: s.case.customer.tier is not None, path="customer.tier",
        derivation="the customer has any tier",
    ),
    _given("customer.orders", "count", lambda s: s.case.customer.orders),
    _given("customer.returns_12m", "count", lambda s: s.case.customer.returns_12m),
)  # fmt: skip
