"""What a decision gives a dataframe, and a person's ruling beside the engine's."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from refundrules import CaseError, Decision, Engine, booked, load_policy

ENGINE = Engine(load_policy("cn-apparel-shop"), matcher="compiled")
CASE: dict[str, Any] = {
    "id": "C-1",
    "decided_at": "2026-06-10T12:00:00+08:00",
    "order": {
        "id": "O-1",
        "status": "completed",
        "placed_at": "2026-06-01T09:00:00+08:00",
        "delivered_at": "2026-06-05T15:00:00+08:00",
        "completed_at": "2026-06-06T15:00:00+08:00",
        "shipping_charged": "8.00",
        "lines": [{"id": "L1", "category": "apparel", "unit_price": "99.00"}],
    },
    "claims": [{"reason": "stain", "severity": "major", "requested": "return_and_refund"}],
}
NOW = datetime(2026, 6, 11, tzinfo=UTC)


def test_a_row_is_flat_and_holds_the_money_by_kind() -> None:
    row = ENGINE.decide(CASE).to_row()
    assert (row["case"], row["line"], row["outcome"], row["resolution"]) == (
        "C-1",
        "L1",
        "approve",
        "return_and_refund",
    )
    money = (row["refund.total"], row["refund.goods"], row["refund.shipping"], row["refund.fee"])
    assert money == (Decimal("107.00"), Decimal("99.00"), Decimal("8.00"), None)
    assert row["freight.return.payer"] == "seller"
    assert "S10" in row["cites"].split()
    assert all(not isinstance(value, dict | list | tuple) for value in row.values())


def test_an_open_case_gives_a_row_with_what_is_missing() -> None:
    row = ENGINE.decide({**CASE, "claims": [{"reason": "size_deviation", "requested": "exchange"}]}).to_row()
    assert row["outcome"] == "needs_information"
    assert "claim.measurements" in row["missing"].split()


def test_a_ruling_stands_beside_the_engines_own_decision_and_reads_back() -> None:
    decision = ENGINE.decide(CASE)
    ruled = decision.with_ruling(by="Li", at=NOW, reason="goodwill", outcome="approve", refund="90.00")
    assert (ruled.claims, decision.rulings) == (decision.claims, ())
    assert Decision.read(ruled.to_json()).rulings[0].refund == Decimal("90.00")


@pytest.mark.parametrize(
    "wrong",
    [{"by": ""}, {"reason": ""}, {"at": NOW.replace(tzinfo=None)}, {"claim": 1}, {"refund": 1.5}, {"refund": "-1"}],
)
def test_an_incomplete_ruling_is_refused(wrong: dict[str, Any]) -> None:
    ruling: dict[str, Any] = {"by": "Li", "at": NOW, "reason": "goodwill", "outcome": "approve"}
    with pytest.raises(CaseError, match="ruling"):
        ENGINE.decide(CASE).with_ruling(**{**ruling, **wrong})


# -- the money of the whole order -------------------------------------------------------------------------------------

TWO_LINES = {
    **CASE["order"],
    "tenders": [{"kind": "card", "captured": "117.00"}],
    "lines": [*CASE["order"]["lines"], {"id": "L2", "category": "apparel", "unit_price": "10.00"}],
}
KNOWN = {"line": "L1", "reason": "stain", "severity": "major", "requested": "return_and_refund"}
OPEN = {"line": "L2", "reason": "size_deviation", "requested": "return_and_refund"}


def test_the_orders_refund_is_unknown_while_a_claims_is_and_says_what_is_settled() -> None:
    decision = ENGINE.decide({**CASE, "order": TWO_LINES, "claims": [KNOWN, OPEN]})
    assert [claim.refund and claim.refund.total for claim in decision.claims] == [Decimal("106.27"), None]
    assert (decision.refund.total, decision.refund.settled) == (None, Decimal("106.27"))
    assert [tender.amount for tender in decision.refund.by_tender] == [Decimal("106.27")]
    row = decision.to_row()
    assert (row["order.refund.total"], row["order.refund.settled"]) == (None, Decimal("106.27"))
    shown = decision.model_copy(update={"language": "en"}).text
    assert shown.startswith("? needs information · 106.27 CNY so far\n")
    assert repr(decision).endswith("refund open>")
    assert Decision.read(decision.to_json()) == decision


def test_an_undecided_order_shows_no_refund_of_nothing() -> None:
    decision = ENGINE.decide({**CASE, "claims": [{"reason": "size_deviation", "requested": "return_and_refund"}]})
    assert (decision.refund.total, decision.refund.settled) == (None, Decimal("0.00"))
    assert decision.to_dict()["refund"]["total"] is None


def test_a_declined_order_gives_nothing_back_for_certain() -> None:
    order = {**CASE["order"], "completed_at": None, "delivered_at": "2026-01-05", "status": "delivered"}
    order |= {"placed_at": "2026-01-01"}
    decision = ENGINE.decide({**CASE, "order": order, "claims": [{"reason": "changed_mind"}]})
    assert decision.outcome == "decline"
    assert (decision.refund.total, decision.refund.settled) == (Decimal("0.00"), Decimal("0.00"))


def test_booking_carries_out_what_is_approved_of_an_order_that_is_still_open() -> None:
    given = {**CASE, "order": TWO_LINES, "claims": [KNOWN, OPEN]}
    order = booked(given, ENGINE.decide(given))
    assert (order.refunded, order.tenders[0].refunded) == (Decimal("106.27"), Decimal("106.27"))


def test_a_decision_from_before_the_settled_total_reads() -> None:
    data = ENGINE.decide(CASE).to_dict(trace=False)
    del data["refund"]["settled"]
    assert Decision.read(data).refund.total == Decimal("107.00")
