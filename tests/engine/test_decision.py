"""What a decision gives a dataframe, and a person's ruling beside the engine's."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import shipped
from hypothesis import given
from hypothesis import strategies as st

from refundrules import CaseError, Decision, booked
from refundrules.money import settle

ENGINE = shipped.engine()
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
    shown = str(decision.model_copy(update={"language": "en"}))
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


# -- one settlement an order ------------------------------------------------------------------------------------------


def exchanged(*prices: tuple[str, str | None], **order: Any) -> dict[str, Any]:
    """Return a case in which lines of a price each are exchanged for goods of another; None: not chosen yet."""
    lines = [{"id": f"L{at}", "category": "apparel", "unit_price": paid} for at, (paid, _) in enumerate(prices)]
    claim = {"reason": "stain", "severity": "major", "requested": "exchange"}
    claims = [{**claim, "line": f"L{at}", "replacement_price": new} for at, (_, new) in enumerate(prices)]
    return {**CASE, "order": {**CASE["order"], "shipping_charged": "0", "lines": lines, **order}, "claims": claims}


def settled(decision: Decision) -> tuple[str, str] | None:
    one = decision.settlement
    return None if one is None else (one.payer, str(one.amount))


UP, DOWN = ("100.00", "107.09"), ("100.00", "87.97")


def test_exchanges_of_several_lines_come_to_one_payment_as_money_says() -> None:
    tenders = [{"kind": "card", "captured": "150.00"}, {"kind": "wallet", "captured": "50.00"}]
    decision = ENGINE.decide(exchanged(UP, DOWN, tenders=tenders))
    amounts = [(str(one.refund.total), str(one.exchange.buyer_pays)) for one in decision.claims]  # type: ignore[union-attr]
    assert amounts == [("0.00", "7.09"), ("12.03", "0.00")]
    assert settled(decision) == ("shop", "4.94")
    assert [str(tender.amount) for tender in decision.settlement.by_tender] == ["3.71", "1.23"]  # type: ignore[union-attr]
    assert sum(tender.amount for tender in decision.refund.by_tender) == Decimal("12.03")
    row = decision.to_row()
    assert (row["settlement.payer"], row["settlement.amount"]) == ("shop", Decimal("4.94"))
    english = ENGINE.decide(exchanged(UP, DOWN, tenders=tenders) | {"language": "en"})
    assert "In all        4.94  the shop pays the buyer\n" in str(english)
    assert "Goes back to  3.71  card\n" in str(english)
    order = {"currency": "CNY", "lines": [{"id": "L0", "unit_price": "100.00"}, {"id": "L1", "unit_price": "100.00"}]}
    new = [{"id": "N0", "unit_price": "107.09"}, {"id": "N1", "unit_price": "87.97"}]
    assert settle(order, {"items": [{"line": "L0"}, {"line": "L1"}], "new": new}).shop_owes.amount == Decimal("4.94")


def test_the_buyer_pays_the_rest_or_nobody_does_and_nothing_goes_back() -> None:
    tenders = [{"kind": "card", "captured": "200.00"}]
    buyer = ENGINE.decide(exchanged(("100.00", "120.00"), DOWN, tenders=tenders) | {"language": "en"})
    assert (settled(buyer), buyer.settlement.by_tender) == (("buyer", "7.97"), ())  # type: ignore[union-attr]
    assert "the buyer pays the shop" in str(buyer)
    assert "Goes back to" not in str(buyer)
    even = ENGINE.decide(exchanged(("100.00", "112.03"), DOWN, tenders=tenders) | {"language": "en"})
    assert (settled(even), even.settlement.by_tender) == (("none", "0.00"), ())  # type: ignore[union-attr]
    assert "nobody pays" in str(even)


def test_nothing_is_settled_until_the_replacement_is_chosen_and_every_claim_decided() -> None:
    assert settled(ENGINE.decide(exchanged(UP, ("100.00", None)))) is None
    assert settled(ENGINE.decide({**CASE, "order": TWO_LINES, "claims": [KNOWN, OPEN]})) is None
    assert settled(ENGINE.decide(CASE)) == ("shop", "107.00")


def test_what_was_set_off_counts_as_given_back_when_it_is_booked() -> None:
    given_case = exchanged(UP, DOWN, tenders=[{"kind": "card", "captured": "200.00"}])
    order = booked(given_case, ENGINE.decide(given_case))
    assert order.tenders[0].refunded == Decimal("12.03")
    assert [(back.line, back.quantity, back.refunded) for back in order.returns] == [("L1", 0, Decimal("12.03"))]
    again = {**given_case, "order": order.model_dump(exclude_unset=True)}
    assert ENGINE.decide(again).refund.maximum == Decimal("187.97")


def test_a_decision_from_before_settlements_reads() -> None:
    data = ENGINE.decide(CASE).to_dict(trace=False)
    del data["settlement"]
    assert Decision.read(data).settlement is None


@given(st.lists(st.integers(-9999, 9999).filter(lambda fen: not 0 < fen <= 500), min_size=1, max_size=3))
def test_a_settlement_is_what_money_says_of_the_same_exchange_where_nothing_is_waived(differences: list[int]) -> None:
    prices = [("100.00", str(100 + Decimal(fen).scaleb(-2))) for fen in differences]
    order = {"currency": "CNY", "lines": [{"id": f"L{at}", "unit_price": "100.00"} for at in range(len(prices))]}
    items = [{"line": line["id"]} for line in order["lines"]]  # type: ignore[index]
    new = [{"id": f"N{at}", "unit_price": price} for at, (_, price) in enumerate(prices)]
    result = settle(order, {"items": items, "new": new})
    payer = "shop" if result.shop_owes.minor else "buyer" if result.buyer_owes.minor else "none"
    assert settled(ENGINE.decide(exchanged(*prices))) == (
        payer,
        str(result.shop_owes.amount + result.buyer_owes.amount),
    )
