"""What a policy says of all cases at once: where each rule holds, each answer stands, and what is refunded."""

from __future__ import annotations

import pytest
import strategies
from tiny_pack import PACK, WHOLE

from refundrules.analysis.mdd import NONE
from refundrules.analysis.scope import Scope, scopes
from refundrules.analysis.symbolic import violations
from refundrules.expr import formula as fm

PROMISE = """\
guarantees:
  - id: PROMISE
    cite: [S1]
    when: {claim.reason: %s}
    must: {refund_at_least: claim.paid}
    because: {zh: 承诺, en: a promise}
instructions:
"""


def scope_of(text: str) -> Scope:
    (scope,) = scopes(strategies.load_text(text))
    return scope


def reason(scope: Scope, word: str) -> int:
    return scope.space.values("claim.reason", [word])


def test_an_answer_stands_where_its_rule_holds_and_nothing_overrides_it() -> None:
    scope = scope_of(WHOLE)
    d, meaning = scope.space.diagrams, scope.meaning
    size = reason(scope, "size_deviation")
    declined = d.conj(meaning.answers("outcome")["decline"], size)
    approved = d.conj(meaning.answers("outcome")["approve"], size)
    assert d.conj(declined, approved) == NONE
    assert d.disj(declined, approved) == size
    at = scope.ruleset.rule_index["TINY-4"]
    (spoken,) = [item for item in meaning.spoken("outcome") if item.rule == at]
    assert spoken.stands == declined
    assert meaning.holds(at) == size


def test_a_refund_is_the_amount_of_the_parts_that_stand() -> None:
    scope = scope_of(WHOLE)
    pieces = list(scope.meaning.refunds(reason(scope, "stain")))
    assert [fm.to_text(piece.amount) for piece in pieces if piece.cases != NONE]
    values = {"claim.paid": 900, "order.left": 700}
    assert {fm.evaluate(piece.amount, lambda name: values.get(name, 10**6)) for piece in pieces} == {700}


def test_two_rules_that_clash_are_named_with_the_cases() -> None:
    scope = scope_of(WHOLE.replace("    overrides: [TINY-4]\n", ""))
    clashes = {(item.question, *(scope.ruleset.rules[at].id for at in item.rules)) for item in scope.meaning.conflicts}
    assert clashes == {("issue_class", "TINY-3", "TINY-4")}  # the first question on which they do
    assert scope_of(WHOLE).meaning.conflicts in ((), [])


def test_a_question_that_nobody_answers_is_a_gap_with_the_cases() -> None:
    scope = scope_of(PACK)
    gaps = {item.question: item.cases for item in scope.meaning.gaps if item.cases != NONE}
    d = scope.space.diagrams
    assert d.conj(gaps["issue_class"], reason(scope, "fading")) == reason(scope, "fading")
    assert d.conj(gaps["issue_class"], reason(scope, "stain")) == NONE


@pytest.mark.parametrize(("word", "is_kept"), [("stain", True), ("changed_mind", False)])
def test_a_guarantee_is_broken_where_less_is_refunded(word: str, is_kept: bool) -> None:
    scope = scope_of(WHOLE.replace("instructions:\n", PROMISE % word, 1))
    (guarantee,) = scope.ruleset.guarantees
    cases = violations(scope.meaning, guarantee)
    assert scope.finder.is_empty(cases) is is_kept
    assert scope.space.diagrams.conj(cases, reason(scope, "fading")) == NONE
