"""What is so of every case: each axiom has words, and forbids something."""

from __future__ import annotations

from typing import Any

import pytest
from points import work_of
from shipped import policy

from refundrules.case.axioms import AXIOMS, Axiom
from refundrules.case.facts import FACTS
from refundrules.expr import condition as cn


class Facts:
    """Facts by name: those given, 5 of each other number; nothing is defined."""

    def __init__(self, **given: Any) -> None:
        self.given = given

    def value(self, name: str) -> Any:
        return self.given.get(name, 5)

    def possible(self, name: str) -> None:
        return None

    def known(self, name: str) -> bool:
        return True

    def defined(self, name: str) -> None:
        return None


@pytest.mark.parametrize("axiom", AXIOMS, ids=lambda axiom: axiom.id)
def test_an_axiom_is_about_facts_and_says_so_in_both_languages(axiom: Axiom) -> None:
    assert axiom.facts
    assert axiom.facts <= {fact.name for fact in FACTS}
    assert axiom.words.zh != axiom.words.en


@pytest.mark.parametrize(
    ("name", "facts", "holds"),
    [
        ("DAYS-SINCE-DELIVERY", {"order.status": "paid", "order.days_since_delivery": 1}, False),
        ("DAYS-SINCE-DELIVERY", {"order.status": "delivered", "order.days_since_delivery": 1}, True),
        ("DELIVERY-THEN-COMPLETION", {"order.days_since_completion": 4, "order.days_since_delivery": 3}, False),
        ("PAID-OF-ORDER", {"claim.paid": 4, "order.goods_paid": 3}, False),
        ("PAID-OF-ORDER", {"claim.paid": 3, "order.goods_paid": 3}, True),
        ("PRICE-TIMES-QUANTITY", {"claim.paid": 7, "line.unit_price": 3, "claim.quantity": 2}, False),
        ("QUANTITY", {"claim.quantity": 0}, False),
        ("DEMANDED", {"claim.demands": False, "claim.demanded": 1}, False),
        (
            "FREE-SHIPPING-PROMISE",
            {"order.free_shipping": "unconditional", "order.free_shipping_promised": False},
            False,
        ),
    ],
)
def test_an_axiom_rules_out_what_cannot_be(name: str, facts: dict[str, Any], holds: bool) -> None:
    axiom = next(axiom for axiom in AXIOMS if axiom.id == name)
    assert cn.truth(axiom.holds, Facts(**facts)) is holds


def test_a_real_case_breaks_none() -> None:
    work = work_of(
        policy(),
        {
            "id": "C", "decided_at": "2026-06-10",
            "order": {"id": "O", "status": "delivered", "delivered_at": "2026-06-05", "lines": [{"id": "L", "category": "apparel", "unit_price": "9.99", "quantity": 2}]},
            "claims": [{"reason": "stain", "quantity": 2}],
        },
    )  # fmt: skip
    values = {fact.name: fact.derive(work.scene) for fact in work.rulesets[0].facts}
    for axiom in AXIOMS:
        if all(values.get(name) is not None for name in axiom.facts):
            assert cn.truth(axiom.holds, Facts(**values)), axiom.id
