"""What is said of a decision is chosen by its traits and filled in from it alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hostile import decided

from refundrules.engine.decision_models import OrderRefund, TenderRefund
from refundrules.engine.messages import agent_text, amount_text, buyer_text, destinations, traits

ALL_BACK = {"original": Decimal("199.00")}


def refund(*tenders: tuple[str, str | None, str]) -> OrderRefund:
    by_tender = tuple(
        TenderRefund.model_validate({"kind": kind, "to": to, "amount": amount}) for kind, to, amount in tenders
    )
    return OrderRefund(total=Decimal(0), currency="CNY", by_tender=by_tender)


def test_traits_are_what_is_definite() -> None:
    (claim,) = decided("one-day-too-late").claims
    found = traits(claim, {})
    assert (found["outcome"], found["refund"], found["refund_to"], found["offer"]) == ("decline", False, "none", False)
    (claim,) = decided("size-not-measured").claims
    assert (traits(claim, {})["outcome"], traits(claim, {})["missing"]) == ("needs_information", True)


def test_where_the_money_goes_is_a_trait_of_a_refund() -> None:
    claim = next(claim for claim in decided("two-claims").claims if claim.refund and claim.refund.total)
    assert traits(claim, ALL_BACK)["refund_to"] == "original"
    both = {"original": Decimal(1), "store_credit": Decimal(2)}
    assert traits(claim, both)["refund_to"] not in ("original", "none")


def test_money_is_summed_by_where_it_goes_and_nothing_is_no_place() -> None:
    spread = refund(
        ("card", "original", "5.00"),
        ("wallet", "original", "1.50"),
        ("gift_card", None, "2.00"),
        ("points", "store_credit", "0.00"),
    )
    assert destinations([], spread) == {"original": Decimal("6.50"), "unknown": Decimal("2.00")}


def test_without_means_of_payment_all_goes_back_the_way_it_came() -> None:
    decision = decided("size-4cm-off")
    claims = [claim for claim in decision.claims if claim.outcome == "approve"]
    total = sum((claim.refund.total for claim in claims if claim.refund), Decimal(0))
    assert destinations(claims, refund()) == ({"original": total} if total else {})


@pytest.mark.parametrize(
    ("currency", "language", "text"), [("CNY", "zh", "3.10 元"), ("EUR", "zh", "3.10 EUR"), ("", "en", "3.10")]
)
def test_an_amount_is_said_with_its_unit(currency: str, language: str, text: str) -> None:
    assert amount_text(Decimal("3.10"), currency, language) == text


HELLO, ABOUT, BECAUSE, BYE = (
    {"say": say, "zh": say.upper(), "en": f"{say}."} for say in ("greeting", "about", "because", "closing")
)


def test_several_claims_are_greeted_and_closed_once_and_numbered() -> None:
    one = [HELLO, ABOUT, BECAUSE, BYE]
    assert buyer_text([one], "en") == "greeting. because. closing."
    assert buyer_text([one], "zh") == "GREETINGBECAUSECLOSING"
    assert buyer_text([one, one], "en") == "greeting. about. because.\n\nabout. because. closing."
    assert buyer_text([[]], "en") == ""


def test_a_script_is_its_steps_numbered_with_the_words_below() -> None:
    step = {"say": "explain", "zh": "讲", "en": "explain it", "words": {"zh": "词", "en": "the words"}}
    own = {"say": "smile", "zh": "笑", "en": "smile"}
    assert agent_text([{"agent": [step, own]}], "en") == "1. Explain: explain it\n   “the words”\n2. smile: smile"
    one = "ABOUT\n1. 说明：讲\n   “词”"
    assert agent_text([{"agent": [ABOUT, step]}] * 2, "zh") == f"{one}\n\n{one}"
