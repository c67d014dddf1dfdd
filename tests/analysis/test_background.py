"""What no case can be: of the library's axioms and a pack's assumptions, those that bear on what is read."""

from __future__ import annotations

import strategies
from tiny_pack import WHOLE

from refundrules.analysis.background import Background, background, relevant_background
from refundrules.analysis.mdd import EVERY
from refundrules.analysis.relations import Relation
from refundrules.analysis.scope import scopes
from refundrules.expr import formula as fm

ASSUMED = WHOLE.replace(
    "instructions:\n",
    """\
assumptions:
  - id: SMALL
    assume: {claim.size_deviation_cm: {at_most: tolerance}}
    because: {zh: 小, en: it is small}
instructions:
""",
    1,
)


def of(text: str) -> Background:
    (scope,) = scopes(strategies.load_text(text))
    return background(scope.space, scope.ruleset)


def test_an_assumption_of_one_fact_takes_cases_away_and_is_listed() -> None:
    before, after = of(WHOLE), of(ASSUMED)
    assert len(after.possible) == len(before.possible) + 1
    assert EVERY not in after.possible
    assert [item.id for item in after.used if item not in before.used] == ["SMALL"]


def test_only_axioms_of_facts_that_are_read_are_used() -> None:
    (scope,) = scopes(strategies.load_text(WHOLE))
    read = scope.space.read
    used = background(scope.space, scope.ruleset).used
    assert all(read & set(item.facts) for item in used if hasattr(item, "facts"))


def test_a_relation_bears_on_two_of_its_facts_together() -> None:
    tie = Relation(fm.parse("claim.paid - order.goods_paid"), strict=True)
    assert list(relevant_background([tie], {"claim.paid", "order.goods_paid", "claim.quantity"})) == [tie]
    assert list(relevant_background([tie], {"claim.paid", "claim.quantity"})) == []
