"""Resolution, question by question: who speaks, who is overridden, what is a conflict and what a gap."""

from __future__ import annotations

from typing import Any

import pytest
import strategies
from points import work_of
from tiny_pack import PACK, case_text

from refundrules.engine.evaluate import Evaluator
from refundrules.engine.limits import Limits
from refundrules.engine.order_effects import OrderEffects
from refundrules.engine.result import UNSETTLED, ClaimResult
from refundrules.io.strict_yaml import read_yaml
from refundrules.policy.questions import POSITION, SLOTS

CLASHING = """\
  - id: TINY-5
    cite: [S1]
    when: {claim.reason: stain}
    then: {%s}
    because: {zh: 另一条, en: another}
instructions:
"""
SHARE = "  {0}: {{kind: share, title: {{zh: 比例, en: a share}}, values: [{{from: beginning, value: {1}, cite: [S1], verified: false}}]}}\n"
GOODS_OPEN = PACK.replace("parts: {goods: claim.paid}", "parts: {goods: claim.assessed_loss}")


PLENTY = Limits(10**6, 10**6)


def resolved(text: str = PACK, reason: str = "stain", limits: Limits = PLENTY, **facts: Any) -> ClaimResult:
    """Return what resolves for a claim of the tiny pack, some facts set by their names (`__` for a dot)."""
    (case,), _ = read_yaml(case_text(reason=reason), "x")
    work = work_of(strategies.load_text(text), case)
    ruleset = work.rulesets[0]
    plan = ruleset.plan(reason)
    values: list[Any] = [None] * len(ruleset.facts)
    for at, derive in plan.derivers:
        values[at] = derive(work.scene)
    for name, value in facts.items():
        values[ruleset.index[name.replace("__", ".")]] = value
    known = tuple(value is not None for value in values)
    candidates = plan.match(values, known)
    alone = lambda counts, seen: OrderEffects(False, 0, 0)  # noqa: E731
    return Evaluator(plan, values, known, candidates, alone, None, limits).run()


def clashing(then: str) -> str:
    return PACK.replace("instructions:\n", CLASHING % then, 1)


def with_shares(text: str, **shares: str) -> str:
    """Return a pack with some parameters more."""
    return text.replace("parameters:\n", "parameters:\n" + "".join(SHARE.format(*item) for item in shares.items()))


def answer(result: ClaimResult, name: str) -> Any:
    return result.answers[POSITION[name]]


def spoke(result: ClaimResult, name: str) -> list[str]:
    """Return the rules that answer a question, by id."""
    return [result.plan.ruleset.rules[at].id for at in result.reasons.get(POSITION[name], ())]


def test_the_rule_that_holds_answers_and_is_the_reason() -> None:
    result = resolved()
    assert (answer(result, "outcome"), spoke(result, "outcome")) == ("approve", ["TINY-1"])
    assert result.total == 9900
    assert result.settled


def test_an_overridden_rule_says_nothing() -> None:
    assert spoke(resolved(reason="size_deviation", claim__size_deviation_cm=3001), "outcome") == ["TINY-3"]
    assert spoke(resolved(reason="size_deviation", claim__size_deviation_cm=3000), "outcome") == ["TINY-4"]


def test_what_may_still_be_overridden_is_open() -> None:
    result = resolved(reason="size_deviation")
    assert {"approve", "decline"} <= answer(result, "outcome")
    assert not result.settled
    assert [result.plan.ruleset.rules[at].id for at in sorted(result.open_rules)] == ["TINY-3"]


def test_two_answers_to_one_question_are_a_conflict() -> None:
    review = resolved(clashing("outcome: decline")).review
    assert review is not None
    assert (review.kind, review.question, len(review.rules)) == ("conflict", "outcome", 2)


def test_two_rules_that_agree_are_both_reasons() -> None:
    result = resolved(clashing("outcome: approve"))
    assert result.review is None
    assert spoke(result, "outcome") == ["TINY-1", "TINY-5"]


def test_parts_under_one_key_agree_by_amount() -> None:
    assert resolved(clashing("parts: {goods: claim.paid}")).total == 9900
    review = resolved(with_shares(clashing("parts: {goods: claim.paid * fifth}"), fifth="20%")).review
    assert review is not None
    assert (review.kind, review.question) == ("conflict", "parts")


@pytest.mark.parametrize(("reason", "gap"), [("fading", "issue_class"), ("size_deviation", "freight.replacement")])
def test_what_nobody_answers_is_a_gap(reason: str, gap: str) -> None:
    review = resolved(reason=reason, claim__size_deviation_cm=4000).review
    assert review is not None
    assert (review.kind, review.question) == ("gap", gap)


def test_an_unknown_amount_leaves_the_total_open_and_names_its_fact() -> None:
    result = resolved(GOODS_OPEN)
    assert result.total is UNSETTLED
    at = result.plan.ruleset.index["claim.assessed_loss"]
    assert result.open_facts == {at}
    assert resolved(GOODS_OPEN, claim__assessed_loss=700).total == 700


def test_a_refund_is_cut_to_its_limits() -> None:
    result = resolved(limits=Limits(9000, 9500))
    assert result.total == 9000
    assert [key for key, _, _ in result.parts] == ["goods", "cap.line", "cap.order"]


OFFER = PACK.replace(
    "resolution: refund_only\n      parts: {goods: claim.paid}",
    "resolution: compensation\n      offer: {steps: {1: claim.paid * tenth, 2: claim.paid * fifth}, ceiling: claim.paid * eighth}",
)


@pytest.mark.parametrize(("declined", "total", "is_open"), [(0, 990, True), (1, 1238, True), (2, 0, False)])
def test_the_next_offer_is_refunded_until_every_one_is_declined(declined: int, total: int, is_open: bool) -> None:
    result = resolved(with_shares(OFFER, tenth="10%", eighth="12.5%", fifth="20%"), claim__declined_offers=declined)
    assert (result.steps, result.answers[SLOTS["offer.open"]]) == ([990, 1238], is_open)
    assert result.total == total
