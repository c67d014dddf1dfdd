"""The money of all claims of a case: what each is worth, its shares, and what settings deduct."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from refundrules import Case
from refundrules.case.claim_amounts import ClaimsMoney
from refundrules.money.formula_text import recompute
from refundrules.money.settings import MoneySettings


def money(claims: list[dict[str, Any]], settings: dict[str, Any] | None = None, **order: Any) -> ClaimsMoney:
    lines = [{"id": f"L{at}", "category": "apparel", "unit_price": "10.00", "quantity": 3} for at in (1, 2)]
    data = {
        "id": "C", "decided_at": "2026-06-10",
        "order": {"id": "O", "status": "delivered", "lines": lines, **order},
        "claims": [{"reason": "stain", **claim} for claim in claims],
    }  # fmt: skip
    made = ClaimsMoney(Case.read(data), MoneySettings.model_validate(settings or {}), "CNY")
    made.check_fees()
    made.minors.check()
    return made


def test_a_claim_is_worth_its_units_less_their_share_of_discounts() -> None:
    made = money([{"line": "L1", "quantity": 2}, {"line": "L2"}], discount="6.00")
    assert [made.amount("paid", at).minor for at in (0, 1)] == [1800, 900]


def test_two_claims_of_one_line_share_its_last_minor_units() -> None:
    made = money([{"line": "L1", "quantity": 1}, {"line": "L1", "quantity": 2}], discount="0.05")
    assert [made.amount("paid", at).minor for at in (0, 1)] == [999, 1998]


def test_shipping_is_shared_by_what_was_paid_for_the_goods() -> None:
    made = money([{"line": "L1", "quantity": 3}, {"line": "L2", "quantity": 1}], shipping_charged="12.00")
    assert [made.amount("shipping_share", at).minor for at in (0, 1)] == [600, 200]


@pytest.mark.parametrize(
    ("settings", "name", "minor"),
    [
        ({"restocking": {"percent": "15%"}}, "restocking", 300),
        ({"restocking": {"flat": "2", "per": "unit"}}, "restocking", 400),
        ({"handling": "1.50"}, "handling", 150),
        ({"exchange_credit": "list"}, "exchange_credit", 2000),
        ({}, "restocking", 0),
    ],
)
def test_what_settings_deduct_is_worked_out_and_its_formula_gives_it_again(
    settings: dict[str, Any], name: str, minor: int
) -> None:
    made = money([{"line": "L1", "quantity": 2}], settings)
    assert made.amount(name, 0).minor == minor
    assert recompute(made.formula(name, 0)) == Decimal(minor) / 100
