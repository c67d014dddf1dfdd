"""The space of all cases: facts as words, intervals and comparisons."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_pack import PACK

from refundrules import load_policy
from refundrules.analysis.encoding import EncodedChoice, FreeAnswers, Numbers, relation_of, with_numbers
from refundrules.analysis.mdd import EVERY, NONE
from refundrules.analysis.scope import Scope, scopes
from refundrules.case.facts import largest
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm


@pytest.fixture(scope="module")
def scope(tmp_path_factory: pytest.TempPathFactory) -> Scope:
    place: Path = tmp_path_factory.mktemp("packs") / "tiny.yaml"
    place.write_text(PACK, encoding="utf-8")
    (found,) = scopes(load_policy(place))
    return found


def test_a_fact_of_words_is_one_variable_with_all_of_them(scope: Scope) -> None:
    at = scope.space.variable_of("claim.reason")
    assert at is not None
    variable = scope.space.variables[at]
    assert isinstance(variable, EncodedChoice)
    assert {"stain", "changed_mind", "size_deviation"} <= set(variable.values)


def test_a_number_falls_into_intervals_that_leave_nothing_out(scope: Scope) -> None:
    at = scope.space.variable_of("claim.size_deviation_cm")
    assert at is not None
    variable = scope.space.variables[at]
    assert isinstance(variable, Numbers)
    ends = [low for low, _ in variable.intervals]
    assert 3001 in ends
    assert ends[0] == 0
    assert variable.intervals[-1][1] == largest(scope.space.facts["claim.size_deviation_cm"])
    assert all(high + 1 == low for (_, high), (low, _) in zip(variable.intervals, variable.intervals[1:], strict=False))


def test_a_condition_and_its_negation_share_no_case_and_leave_none(scope: Scope) -> None:
    space, free = scope.space, FreeAnswers(scope.space)
    for rule in scope.ruleset.rules:
        here = space.condition(rule.when, scope.ruleset, free)
        there = space.condition(cn.Not(rule.when), scope.ruleset, free)
        assert space.diagrams.conj(here, there) == NONE
        assert space.diagrams.disj(here, there) == EVERY


def test_parameters_are_written_out_and_fees_that_are_off_are_nothing(scope: Scope) -> None:
    assert fm.to_text(with_numbers(fm.parse("tolerance"), scope.ruleset)) == "3000"
    assert fm.to_text(with_numbers(fm.parse("claim.restocking_fee"), scope.ruleset)) == "0"
    assert fm.to_text(with_numbers(fm.parse("claim.paid"), scope.ruleset)) == "claim.paid"


@pytest.mark.parametrize(
    ("operator", "text", "strict"),
    [("above", "claim.paid - order.goods_paid", True), ("at_most", "order.goods_paid - claim.paid", False)],
)
def test_a_comparison_is_a_difference_beside_zero(scope: Scope, operator: str, text: str, strict: bool) -> None:
    leaf = cn.Compare("claim.paid", operator, fm.Ref("order.goods_paid"))
    relation = relation_of(leaf, scope.ruleset)
    assert (fm.to_text(relation.formula), relation.strict) == (text, strict)
