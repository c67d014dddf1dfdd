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
    holds: Condition
    untaxed: bool = False
    """It may be otherwise where taxes come on top of prices: a proof that takes it for granted says so."""

    @property
    def words(self) -> Words:
        """What is so, as a sentence."""
        return Words.of(f"axiom.{self.id}")

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
    Axiom("DAYS-SINCE-DELIVERY", _zero_unless("order.days_since_delivery", "order.status", _after("delivered_at"))),
    Axiom(
        "DAYS-SINCE-COMPLETION",
        _zero_unless("order.days_since_completion", "order.status", _after("completed_at")),
    ),
    Axiom("DELIVERY-THEN-COMPLETION", _up_to("order.days_since_completion", Ref("order.days_since_delivery"))),
    Axiom(
        "FREE-SHIPPING-PROMISE",
        cn.All((
            cn.Any((_is("order.free_shipping", "none", "over_threshold"), _is("order.free_shipping_promised", True))),
            cn.Any((
                _is("order.free_shipping", "unconditional", "over_threshold"), _is("order.free_shipping_promised", False),
            )),
        )),
    ),
    Axiom("THRESHOLD-BROKEN", cn.Any((_is(THRESHOLD_BROKEN, False), _is("order.free_shipping", "over_threshold")))),
    Axiom("COST-SHARE", _up_to(OUTBOUND_SHARE, Ref(OUTBOUND_COST))),
    Axiom("DEMANDED", _zero_unless("claim.demanded", "claim.demands", [True])),
    Axiom("REPLACEMENT", _zero_unless("claim.replacement_total", "claim.replacement_chosen", [True])),
    Axiom("PAID-OF-ORDER", _up_to("claim.paid", Ref("order.goods_paid"))),
    Axiom("SHIPPING-SHARE", _up_to("claim.shipping_share", Ref("order.shipping_charged")), untaxed=True),
    Axiom(
        "PRICE-TIMES-QUANTITY",
        _up_to("claim.paid", Apply("*", (Ref("line.unit_price"), Ref("claim.quantity")))), untaxed=True,
    ),
    Axiom("QUANTITY", cn.Compare("claim.quantity", "at_least", Number(Fraction(1)))),
)  # fmt: skip
