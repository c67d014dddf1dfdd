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
from refundrules.case.claim_context import Scene
from refundrules.case.derive import CM_SCALE
from refundrules.case.order_context import Value
from refundrules.io.fields import LARGEST_COUNT, LONGEST_CM, YEARS
from refundrules.money.currency import LARGEST_MINOR, to_minor
from refundrules.money.models import FreeShipping

Kind = Literal["bool", "enum", "money", "days", "hours", "count", "cm", "share"]
"""The type of a fact, parameter or formula; it fixes the unit of its integer."""


class Words(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def to(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Fact(NamedTuple):
    """One word of the vocabulary."""

    name: str
    kind: Kind
    derive: Callable[[Scene], Value]
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


def _given(name: str, kind: Kind, derive: Callable[[Scene], Value], **more: Any) -> Fact:
    values: tuple[str, ...] = more.pop("values", ())
    optional: bool = more.pop("optional", False)
    path = more.pop("path", name)
    return Fact(name, kind, derive, (path,), more.pop("derivation", ""), optional, values, **more)


def _optional(name: str, kind: Kind, derive: Callable[[Scene], Value], zh: str, en: str, **more: Any) -> Fact:
    return _given(
        name, kind, derive, optional=True, question=Words(zh, en), changeable=more.pop("changeable", True), **more
    )


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
"""The facts that are amounts worked out from the order, and the amount of `claimmoney` each is."""

FACTS: tuple[Fact, ...] = (
    # The order of this table is the order in which open facts are asked for.
    _given("claim.reason", "enum", lambda s: s.claim.reason, values=_words(_C.Reason)),
    _given("order.status", "enum", lambda s: s.order.status, values=_words(_C.Status)),
    _given("order.channel", "enum", lambda s: s.order.channel, values=_words(_C.Channel)),
    _optional(
        "claim.requested", "enum", lambda s: s.claim.requested,
        "买家希望怎么处理？", "What does the buyer want?", values=_words(_C.Wish),
    ),
    _optional(
        "claim.size_deviation_cm", "cm", deriving.size_deviation,
        "请按尺码表测量并拍照：标注尺寸与实际尺寸各是多少厘米？",
        "Measure the item against the size chart, with a photo: what is declared and what is actual, in cm?",
        path="claim.measurements", derivation="largest absolute difference of declared and actual over the measurements",
    ),
    _optional(
        "claim.severity", "enum", lambda s: s.claim.severity,
        "问题轻微还是严重？", "Is the problem minor or major?", values=_words(_C.Severity),
    ),
    _optional(
        "claim.tests.receipt_matches", "bool", lambda s: s.tests.receipt_matches,
        "购买凭证与商品是否一致？", "Does the receipt match the item?",
    ),
    _optional(
        "claim.tests.rub_test", "enum", lambda s: s.tests.rub_test,
        "用半干白布擦拭，是否沾色？", "Rubbed with a half-dry white cloth, does it take colour?", values=_words(_C.RubTest),
    ),
    _given("claim.tests.batch_complaints", "count", lambda s: s.tests.batch_complaints, changeable=True),
    _optional(
        "claim.tests.soaking_marks", "bool", lambda s: s.tests.soaking_marks,
        "有没有浸水痕迹（水印、皮革变硬）？", "Are there traces of soaking (water marks, stiffened leather)?",
    ),
    _optional(
        "claim.tests.cause", "enum", lambda s: s.tests.cause,
        "检验认定的原因是什么？", "What cause did the inspector find?", values=_words(_C.Cause),
    ),
    _optional(
        "claim.goods.care_label_followed", "bool", lambda s: s.goods.care_label_followed,
        "是否按洗涤标签洗护？", "Was the care label followed?",
    ),
    _optional("claim.goods.washed", "bool", lambda s: s.goods.washed, "洗过吗？", "Was it washed?"),
    _optional("claim.goods.received", "bool", lambda s: s.goods.received, "买家收到货了吗？", "Has the buyer received it?"),
    _optional(
        "claim.parcel", "enum", lambda s: s.claim.parcel,
        "快递公司查询结果是什么？", "What does the carrier say of the parcel?", values=_words(_C.ParcelState),
    ),
    _optional(
        "claim.goods.labels_intact", "bool", lambda s: s.goods.labels_intact,
        "吊牌、标签是否完好？", "Are the labels and tags intact?",
    ),
    _optional("claim.goods.soiled", "bool", lambda s: s.goods.soiled, "商品有没有弄脏？", "Is the item soiled?"),
    _optional(
        "claim.goods.resalable", "bool", lambda s: s.goods.resalable,
        "退回验货后能否再次销售？", "On inspection, can it be sold again?", assumed=True, changeable=False,
    ),
    _optional("claim.goods.worn_days", "days", lambda s: s.goods.worn_days, "穿用了多少天？", "For how many days was it worn?"),
    _optional("shop.in_stock", "bool", lambda s: s.shop.in_stock, "同款还有货吗？", "Is it in stock?"),
    _optional(
        "claim.assessed_loss", "money", lambda s: s.money.get("assessed_loss"),
        "缺失或损坏部分核定损失多少？", "What loss does the shop assess for what is missing or damaged?",
    ),
    _optional(
        "claim.rightful_price", "money", lambda s: s.money.get("rightful_price"),
        "正确的单价应是多少？", "What unit price should have been charged?",
    ),
    _optional(
        "claim.freight.return_quote", "money", lambda s: s.money.get("return_quote"),
        "指定快递的退回运费报价是多少？", "What do the listed carriers quote for the return leg?",
    ),
    _optional(
        "claim.freight.replacement_quote", "money", lambda s: s.money.get("replacement_quote"),
        "指定快递的补发运费报价是多少？", "What do the listed carriers quote for the replacement leg?",
    ),
    _optional(
        "order.days_since_delivery", "days", lambda s: s.order_scene.days("delivered_at", s.opened),
        "买家哪天签收的？", "On which day did the buyer sign for it?", path="order.delivered_at", changeable=False,
        derivation="calendar days from signing to the day the claim was opened; 0 before delivery",
    ),
    _optional(
        "order.days_since_completion", "days", lambda s: s.order_scene.days("completed_at", s.opened),
        "订单哪天完成的？", "On which day was the order completed?", path="order.completed_at", changeable=False,
        derivation="calendar days from completion to the day the claim was opened; 0 before completion",
    ),
    Fact(
        "order.delivery_overdue", "bool", deriving.delivery_overdue, ("order.deliver_by", "order.delivered_at"),
        "delivered (or, undelivered, decided) after `order.deliver_by`", True,
        question=Words("约定最晚哪天送达，实际何时签收？", "By when was delivery agreed, and when was it signed for?"),
    ),
    Fact(
        "order.shipped_late", "bool", deriving.shipped_late, ("order.ship_by", "order.shipped_at"),
        "shipped (or, unshipped, decided) after `order.ship_by`", True,
        question=Words("承诺最晚何时发货，实际何时发货？", "By when was shipping promised, and when was it shipped?"),
    ),
    Fact(
        "order.ship_promise_hours", "hours", deriving.promise_hours, ("order.ship_by", "order.paid_at"),
        "hours from payment to `order.ship_by`, started hours counted", True,
        question=Words("承诺付款后多少小时内发货？", "Within how many hours of payment was shipping promised?"),
    ),
    _optional(
        "order.free_shipping_promised", "bool", deriving.free_shipping_promised,
        "满多少包邮？", "From what order value is shipping free?", path="order.free_shipping_threshold", changeable=False,
        derivation="promised unconditionally, or the goods paid reach `order.free_shipping_threshold`",
    ),
    _optional(
        "order.shipping_cost", "money", deriving.shipping_cost,
        "发货运费成本是多少？", "What did outbound shipping cost the shop?", changeable=False,
    ),
    _optional(
        THRESHOLD, "money", deriving.free_shipping_threshold,
        "满多少包邮？", "From what order value is shipping free?", changeable=False,
    ),
    _optional(
        THRESHOLD_BROKEN, "bool", deriving.threshold_broken,
        "满多少包邮？", "From what order value is shipping free?", path="order.free_shipping_threshold", changeable=False,
        derivation="what stays after the non-quality returns of all claims is below `order.free_shipping_threshold`",
    ),
    _optional(
        OUTBOUND_SHARE, "money", deriving.outbound_share,
        "发货运费成本是多少？", "What did outbound shipping cost the shop?", path="order.shipping_cost", changeable=False,
        derivation="`order.shipping_cost` shared by value over the claims whose return breaks the threshold",
    ),
    _optional(
        "claim.application", "enum", lambda s: s.claim.application,
        "买家在平台上申请的是哪一种？", "What did the buyer file on the platform?", values=_words(_C.Application),
    ),
    _optional(
        "claim.freight.carriers_told", "bool", lambda s: s.claim.freight.carriers_told,
        "寄回前是否告知过指定快递？", "Was the buyer told the listed carriers before sending?",
    ),
    _optional(
        "claim.freight.carrier_listed", "bool", deriving.carrier_listed,
        "用的是哪家快递？", "Which carrier did the buyer use?", path="claim.freight.carrier",
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
        PROMOTION, "money", deriving.promotion_deduction,
        "退回后哪些优惠不再满足？", "Which promotions does the return break?", path="order.promotions", changeable=False,
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
