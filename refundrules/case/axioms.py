"""What is so of every case, because of how facts follow from it: the one table of what no case can be.

A completion leaves out what they rule out, and so does a proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from refundrules.case.facts import OUTBOUND_COST, OUTBOUND_SHARE, THRESHOLD_BROKEN, Words
from refundrules.case.order_context import HAPPENED
from refundrules.expr import condition as cn
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Apply, Formula, Number, Ref
from refundrules.expr.walk import reads


class Axiom(NamedTuple):
    """Something that follows from how facts are derived from a case."""

    id: str
    words: Words
    holds: Condition
    untaxed: bool = False
    """It may be otherwise where taxes come on top of prices: a proof that takes it for granted says so."""

    @property
    def facts(self) -> frozenset[str]:
        """The facts it is about."""
        return frozenset(reads(self.holds))


def _is(name: str, *values: bool | str) -> Condition:
    return cn.Is(name, values)


def _zero_unless(name: str, other: str, values: Sequence[bool | str]) -> Condition:
    return cn.Any((_is(other, *values), cn.Compare(name, "at_most", Number(Fraction(0)))))


def _after(event: str) -> list[str]:
    return [status for status, happened in HAPPENED.items() if event in happened]


def _up_to(low: str, high: Formula) -> Condition:
    return cn.Compare(low, "at_most", high)


AXIOMS: tuple[Axiom, ...] = (
    Axiom(
        "DAYS-SINCE-DELIVERY",
        Words("签收前没有签收天数", "no days have passed since a delivery that has not happened"),
        _zero_unless("order.days_since_delivery", "order.status", _after("delivered_at")),
    ),
    Axiom(
        "DAYS-SINCE-COMPLETION",
        Words("完成前没有完成天数", "no days have passed since a completion that has not happened"),
        _zero_unless("order.days_since_completion", "order.status", _after("completed_at")),
    ),
    Axiom(
        "DELIVERY-THEN-COMPLETION",
        Words("订单先签收后完成", "an order is delivered before it completes"),
        _up_to("order.days_since_completion", Ref("order.days_since_delivery")),
    ),
    Axiom(
        "FREE-SHIPPING-PROMISE",
        Words("无条件包邮即已承诺，未包邮即未承诺", "unconditional free shipping is promised, and none is not"),
        cn.All((
            cn.Any((_is("order.free_shipping", "none", "over_threshold"), _is("order.free_shipping_promised", True))),
            cn.Any((
                _is("order.free_shipping", "unconditional", "over_threshold"), _is("order.free_shipping_promised", False),
            )),
        )),
    ),
    Axiom(
        "THRESHOLD-BROKEN",
        Words("没有包邮门槛就不会不足门槛", "only a free-shipping threshold can be broken"),
        cn.Any((_is(THRESHOLD_BROKEN, False), _is("order.free_shipping", "over_threshold"))),
    ),
    Axiom(
        "COST-SHARE",
        Words("分摊的发货运费不超过发货运费", "a share of the outbound cost is no more than all of it"),
        _up_to(OUTBOUND_SHARE, Ref(OUTBOUND_COST)),
    ),
    Axiom(
        "DEMANDED",
        Words("没有索赔就没有索赔金额", "nothing is demanded where there is no demand"),
        _zero_unless("claim.demanded", "claim.demands", [True]),
    ),
    Axiom(
        "REPLACEMENT",
        Words("没选换货商品就没有其价格", "a replacement has no price until it is chosen"),
        _zero_unless("claim.replacement_total", "claim.replacement_chosen", [True]),
    ),
    Axiom(
        "PAID-OF-ORDER",
        Words("一件商品的实付不超过全部商品的实付", "what was paid for a line is part of what was paid for the order"),
        _up_to("claim.paid", Ref("order.goods_paid")),
    ),
    Axiom(
        "SHIPPING-SHARE",
        Words("分摊的运费不超过收取的运费（税在价内）", "a share of the shipping charged is no more than all of it (taxes inside it)"),
        _up_to("claim.shipping_share", Ref("order.shipping_charged")), untaxed=True,
    ),
    Axiom(
        "PRICE-TIMES-QUANTITY",
        Words("实付不超过单价乘数量（税在价内）", "what was paid for units is no more than their price (taxes inside it)"),
        _up_to("claim.paid", Apply("*", (Ref("line.unit_price"), Ref("claim.quantity")))), untaxed=True,
    ),
    Axiom(
        "QUANTITY", Words("至少一件", "a claim is about one unit or more"),
        cn.Compare("claim.quantity", "at_least", Number(Fraction(1))),
    ),
)  # fmt: skip
