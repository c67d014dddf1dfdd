"""What resolution found for a claim: when it is settled, its core, its offers in order."""

from __future__ import annotations

import pytest
import strategies
from points import work_of
from tiny_pack import PACK, case_text

from refundrules.engine.result import ClaimResult, ReviewCause, counts_as_return, offered_steps, part_order
from refundrules.engine.ruleset import RuleAnswer
from refundrules.io.strict_yaml import read_yaml
from refundrules.policy.questions import POSITION


def result(reason: str = "stain") -> ClaimResult:
    (case,), _ = read_yaml(case_text(reason=reason), "x")
    work = work_of(strategies.load_text(PACK), case)
    work.decide()
    return work.findings[0].first


def spoken(rule: int, key: str | None = None) -> RuleAnswer:
    return RuleAnswer(rule, key, None, None, ())


def test_the_core_is_what_the_decision_shows() -> None:
    core = ("approve", "quality", "seller", "refund_only", False, 9900, "none", "none", None)
    assert result().core() == core


def test_a_decline_promises_nothing() -> None:
    assert result("changed_mind").core() == ("decline", "non_quality", "none", "none", False, 0, "none", "none", None)


def test_a_review_settles_and_says_nothing_more() -> None:
    found = result("size_deviation")
    assert not found.settled
    found.review = ReviewCause("gap", "fault")
    assert found.settled
    assert (found.core().outcome, found.core().total) == ("manual_review", None)


@pytest.mark.parametrize("what", ["open_facts", "open_questions"])
def test_an_open_fact_or_question_keeps_it_open(what: str) -> None:
    found = result()
    assert found.settled
    getattr(found, what).add(0)
    assert not found.settled


def test_each_step_is_above_the_last_and_none_above_the_ceiling() -> None:
    items = [spoken(1), spoken(2), spoken(3), spoken(4)]
    assert offered_steps(items, [500, 400, 900, 2000], 1000) == ([500, 900, 1000], [1, 3, 4])
    assert offered_steps(items, [500, 500, 500, 500], None) == ([500], [1])


def test_parts_stand_goods_first_and_fees_last() -> None:
    keys = ["fee.use", "compensation", "shipping", "goods", "fee.handling"]
    ordered = sorted([spoken(0, key) for key in keys], key=part_order)
    assert [item.key for item in ordered] == ["goods", "shipping", "compensation", "fee.handling", "fee.use"]


def test_only_goods_that_come_back_for_a_refund_without_the_shops_fault_count_as_a_return() -> None:
    found = result()
    answers = {"issue_class": "non_quality", "return_required": True, "resolution": "return_and_refund"}
    for name, value in answers.items():
        found.answers[POSITION[name]] = value
    assert counts_as_return(found)
    for name, value in (("issue_class", "quality"), ("return_required", False), ("resolution", "exchange")):
        before, found.answers[POSITION[name]] = found.answers[POSITION[name]], value
        assert not counts_as_return(found)
        found.answers[POSITION[name]] = before
