"""Amounts that can go where none should."""

from __future__ import annotations

import pytest
import strategies
from tiny_pack import WHOLE

from refundrules.analysis.check.amounts import amounts
from refundrules.analysis.check.findings import CheckFinding
from refundrules.analysis.scope import scopes


def found(parts: str) -> list[CheckFinding]:
    policy = strategies.load_text(WHOLE.replace("parts: {goods: claim.paid}", f"parts: {{{parts}}}"))
    return list(amounts(list(scopes(policy))))


@pytest.mark.parametrize(
    "parts",
    [
        "goods: claim.paid",
        "goods: 'min(claim.paid, claim.assessed_loss)'",
        "goods: 'max(claim.paid - claim.assessed_loss, 0.00)'",
        "shipping: order.shipping_charged",
    ],
)
def test_what_stays_between_nothing_and_what_was_paid_is_fine(parts: str) -> None:
    assert found(parts) == []


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ("goods: claim.paid - claim.assessed_loss", "below-zero:TINY-1:parts.goods"),
        ("goods: claim.assessed_loss", "above-paid:TINY-1:parts.goods"),
        ("shipping: order.shipping_charged + claim.paid", "above-paid:TINY-1:parts.shipping"),
        ("goods: claim.paid, fee: claim.assessed_loss", "fee-above-zero:TINY-1:parts.fee"),
    ],
)
def test_what_goes_beyond_is_found_with_a_case_that_shows_it(parts: str, name: str) -> None:
    (finding,) = found(parts)
    assert (finding.id, finding.rules) == (name, ("TINY-1",))
    assert finding.witness is not None
    assert not finding.undecided
