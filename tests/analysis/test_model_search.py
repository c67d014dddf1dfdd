"""The smallest case of a set, or the proof that it has none."""

from __future__ import annotations

import pytest
import strategies
from tiny_pack import WHOLE

from refundrules.analysis.encoding import FreeAnswers
from refundrules.analysis.linear import Unsolved
from refundrules.analysis.mdd import EVERY, NONE
from refundrules.analysis.scope import Scope, scopes
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm


def tied(text: str) -> Scope:
    (scope,) = scopes(
        strategies.load_text(WHOLE.replace("when: {claim.reason: stain}", f"when: {{claim.reason: stain, {text}}}"))
    )
    return scope


def cases(scope: Scope, *leaves: cn.Condition) -> int:
    return scope.space.condition(cn.All(leaves), scope.ruleset, FreeAnswers(scope.space))


ABOVE = cn.Compare("claim.assessed_loss", "above", fm.Ref("claim.paid"))
BELOW = cn.Compare("claim.assessed_loss", "below", fm.Ref("claim.paid"))


def test_the_case_that_is_found_is_in_the_set() -> None:
    scope = tied("claim.assessed_loss: {above: claim.paid}")
    found = scope.finder.find(cases(scope, ABOVE))
    assert found is not None
    assert int(found.facts["claim.assessed_loss"]) > int(found.facts["claim.paid"])


def test_usual_values_are_found_where_nothing_else_is_asked() -> None:
    scope = tied("claim.assessed_loss: {above: claim.paid}")
    found = scope.finder.find(scope.space.values("claim.reason", ["stain"]))
    assert found is not None
    assert found.facts == {"claim.reason": "stain"}


def test_a_set_that_arithmetic_rules_out_is_empty() -> None:
    scope = tied("any: [claim.assessed_loss: {above: claim.paid}, claim.assessed_loss: {below: claim.paid}]")
    both = cases(scope, ABOVE, BELOW)
    assert both != NONE
    assert scope.finder.is_empty(both)
    assert scope.finder.find(both) is None
    assert not scope.finder.is_empty(cases(scope, ABOVE))


def test_nothing_is_in_the_empty_set_and_something_in_the_whole() -> None:
    scope = tied("claim.assessed_loss: {above: claim.paid}")
    assert scope.finder.is_empty(NONE)
    assert scope.finder.find(NONE) is None
    assert scope.finder.find(EVERY) is not None


def test_cases_that_do_not_suit_prove_nothing() -> None:
    scope = tied("claim.assessed_loss: {above: claim.paid}")
    with pytest.raises(Unsolved):
        scope.finder.find(scope.space.values("claim.reason", ["stain"]), lambda found: False)
