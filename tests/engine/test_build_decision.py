"""A claim's result told as its decision; and what two results agree on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import strategies
from hostile import decided
from points import work_of
from tiny_pack import WHOLE, case_text

from refundrules.engine.build_decision import absent_inputs, build_claim_decision, common_fields
from refundrules.engine.claim_evaluation import ClaimEvaluation
from refundrules.engine.decision_models import ClaimDecision, Part, Refund
from refundrules.io.strict_yaml import read_yaml

CLAIM = decided("size-4cm-off").claims[0]


def work(reason: str = "stain", **order: Any) -> ClaimEvaluation:
    (case,), _ = read_yaml(case_text(reason=reason), "x")
    made = work_of(strategies.load_text(WHOLE), case | {"order": case["order"] | order})
    made.decide()
    return made


def refunded(amount: str, **part: Any) -> ClaimDecision:
    piece = Part.model_validate({"kind": "goods", "amount": amount, "rule": "A", "why": "a", **part})
    return CLAIM.model_copy(update={"refund": Refund(total=piece.amount, parts=(piece,))})


@pytest.mark.parametrize(("language", "why"), [("zh", "有污渍，退款"), ("en", "a stain is refunded")])
def test_a_refund_is_told_part_by_part_in_the_language(language: str, why: str) -> None:
    made = build_claim_decision(work(), language)
    assert made.refund == Refund(
        total=Decimal("99.00"), parts=(Part(kind="goods", amount=Decimal("99.00"), rule="TINY-1", why=why),)
    )
    assert (made.outcome, made.reasons, made.cites, made.instructions) == (
        "approve",
        ("TINY-1",),
        ("S1",),
        ("ask_photo",),
    )


def test_a_decline_promises_nothing() -> None:
    made = build_claim_decision(work("changed_mind"), "en")
    assert (made.outcome, made.fault, made.resolution, made.return_required) == ("decline", "none", "none", False)
    assert made.refund is not None
    assert made.refund.total == 0


def test_an_open_claim_says_what_is_missing_and_shows_what_is_the_same_either_way() -> None:
    made = build_claim_decision(work("size_deviation"), "en")
    assert made.outcome == "needs_information"
    assert [item.fact for item in made.missing] == ["claim.measurements"]
    assert made.missing[0].question
    assert (made.issue_class, made.fault) == (None, None)


def test_a_claim_elsewhere_is_a_persons() -> None:
    made = build_claim_decision(work(jurisdiction="DE"), "en")
    assert (made.outcome, made.refund, made.reasons) == ("manual_review", None, ())


def test_what_two_results_agree_on_is_kept() -> None:
    other = CLAIM.model_copy(update={"fault": "carrier", "reasons": (CLAIM.reasons[0], "OTHER")})
    made = common_fields(CLAIM, other)
    assert made.fault is None
    assert made.reasons == (CLAIM.reasons[0],)
    assert made.model_copy(update={"fault": CLAIM.fault, "reasons": CLAIM.reasons}) == CLAIM
    assert common_fields(CLAIM, CLAIM) == CLAIM


def test_refunds_of_one_total_name_every_rule_that_may_grant_it() -> None:
    made = common_fields(refunded("5.00"), refunded("5.00", rule="B", why="b")).refund
    assert made is not None
    assert [(part.amount, part.rule, part.why) for part in made.parts] == [(Decimal("5.00"), "A or B", "a / b")]
    assert common_fields(refunded("5.00"), refunded("6.00")).refund is None
    otherwise = common_fields(refunded("5.00"), refunded("5.00", kind="shipping", rule="B", why="b")).refund
    assert otherwise is not None
    assert [(part.kind, part.rule) for part in otherwise.parts] == [("goods", "A or B")]


def test_of_several_inputs_those_are_absent_that_could_be_known_by_now() -> None:
    inputs = ("order.ship_by", "order.shipped_at")
    assert absent_inputs(work(), inputs) == inputs
    assert absent_inputs(work(status="paid"), inputs) == ("order.ship_by",)
    assert absent_inputs(work(shipped_at="2026-06-02"), inputs) == ("order.ship_by",)
    assert absent_inputs(work(), ("claim.severity",)) == ("claim.severity",)
