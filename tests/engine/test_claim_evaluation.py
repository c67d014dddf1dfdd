"""One claim on its way: what is open, what is assumed, what guarantees refuse, and what the order has left."""

from __future__ import annotations

from typing import Any

import pytest
import strategies
from points import work_of
from tiny_pack import WHOLE, case_text

from refundrules.engine.claim_evaluation import ClaimEvaluation
from refundrules.io.strict_yaml import read_yaml

PROMISED = WHOLE.replace(
    "instructions:\n",
    """\
guarantees:
  - id: PROMISE
    cite: [S1]
    when: {claim.reason: changed_mind}
    must: {not_declined: true}
    because: {zh: 承诺, en: a promise}
instructions:
""",
    1,
)


def work(
    reason: str = "stain", text: str = WHOLE, claim: dict[str, Any] | None = None, **order: Any
) -> ClaimEvaluation:
    (case,), _ = read_yaml(case_text(reason=reason), "x")
    case["order"] |= order
    case["claims"][0] |= claim or {}
    made = work_of(strategies.load_text(text), case)
    made.decide()
    return made


def measured(actual: int) -> dict[str, Any]:
    return {"measurements": [{"attribute": "chest", "declared_cm": 100, "actual_cm": actual}]}


def test_a_settled_claim_has_one_result_and_no_diagram() -> None:
    (finding,) = work().findings
    assert (finding.definite, finding.diagram, finding.missing) == (True, None, ())
    assert {core[0] for core in finding.cores} == {"approve"}


def test_an_open_claim_has_each_result_there_may_be_and_the_fact_that_decides() -> None:
    made = work("size_deviation")
    (finding,) = made.findings
    assert {core[0] for core in finding.cores} == {"approve", "decline"}
    assert [finding.plan.ruleset.facts[at].name for at in finding.missing] == ["claim.size_deviation_cm"]
    assert made.outcome == "needs_information"


@pytest.mark.parametrize(("actual", "outcome"), [(97, "decline"), (96, "approve")])
def test_a_fact_that_is_known_settles_it(actual: int, outcome: str) -> None:
    assert work("size_deviation", claim=measured(actual)).outcome == outcome


def test_what_is_below_a_guarantee_goes_to_a_person() -> None:
    made = work("changed_mind", PROMISED)
    review = made.findings[0].first.review
    assert review is not None
    assert (review.kind, review.question, made.outcome) == ("guarantee", "PROMISE", "manual_review")
    assert work(text=PROMISED).outcome == "approve"


def test_no_worth_in_an_open_claim_leaves_it_open_unlooked_at() -> None:
    made = work("size_deviation")
    made.worth = lambda first: False
    made.decide()
    (finding,) = made.findings
    assert (finding.bounded, made.outcome) == (True, "needs_information")
    assert [finding.plan.ruleset.facts[at].name for at in finding.missing] == ["claim.size_deviation_cm"]


@pytest.mark.parametrize(("left", "rest"), [(10_000, 100), (9900, 0), (5000, 0)])
def test_a_refund_takes_from_what_is_left_of_the_order(left: int, rest: int) -> None:
    made = work()
    assert made.settle(left, 0) == (rest, 0)
    assert made.refunded == left - rest
    assert [key for key, _ in made.cuts] == (["cap.order"] if left < 9900 else [])


def test_a_claim_that_is_not_approved_takes_nothing() -> None:
    assert work("changed_mind").settle(700, 5) == (700, 5)


def test_goods_count_as_sent_back_only_where_every_result_says_so() -> None:
    assert work().returned() == 0
    assert work("size_deviation").returned() == 0
