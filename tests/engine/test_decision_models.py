"""The models of a decision's fields."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from refundrules.engine.decision_models import (
    Freight,
    Refund,
    ReplacementFreight,
    ReturnFreight,
    strictest,
    unvalidated,
)

BACK = ReturnFreight(payer="seller", reimburse=Decimal("12.00"))


def test_what_is_trusted_is_what_validation_gives() -> None:
    checked = Freight.model_validate({"return": BACK, "replacement": {"payer": None}})
    made = unvalidated(Freight, {"return_": BACK, "replacement": ReplacementFreight(payer=None)})
    assert made == checked
    assert made.model_dump_json(by_alias=True) == checked.model_dump_json(by_alias=True)


def test_an_amount_is_written_as_text_with_its_decimals() -> None:
    assert BACK.model_dump_json() == '{"payer":"seller","reimburse":"12.00"}'


def test_a_model_is_frozen_and_closed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        BACK.payer = "buyer"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="extra"):
        Refund.model_validate({"total": "1.00", "parts": (), "tip": "1.00"})


@pytest.mark.parametrize(
    ("outcomes", "found"),
    [
        (["approve", "decline"], "decline"),
        (["decline", "needs_information", "approve"], "needs_information"),
        (["needs_information", "manual_review"], "manual_review"),
        (["approve"], "approve"),
    ],
)
def test_the_strictest_outcome_is_the_one_farthest_from_a_refund(outcomes: list[str], found: str) -> None:
    assert strictest(outcomes) == found
