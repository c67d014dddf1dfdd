"""A set of cases in words: what all of them have in common."""

from __future__ import annotations

import pytest
import strategies
from tiny_pack import WHOLE

from refundrules.analysis.diff.regions import box_around, box_text, readable
from refundrules.analysis.mdd import EVERY
from refundrules.analysis.scope import scopes

(SCOPE,) = scopes(
    strategies.load_text(
        WHOLE.replace(
            "when: {claim.reason: stain}", "when: {claim.reason: stain, claim.assessed_loss: {above: claim.paid}}"
        )
    )
)
SPACE = SCOPE.space


def words(name: str, *values: object) -> int:
    return SPACE.values(name, list(values))  # type: ignore[arg-type]


def test_words_are_named_or_the_few_that_are_not() -> None:
    box = box_around(SPACE, words("claim.reason", "stain", "fading"), EVERY)
    (text,) = box_text(SPACE, box.sides, "CNY", "en")
    assert text.startswith("claim.reason = ")
    assert set(text.removeprefix("claim.reason = ").split(" | ")) == {"stain", "fading"}
    but_one = SPACE.diagrams.negate(words("claim.reason", "stain"))
    assert list(box_text(SPACE, box_around(SPACE, but_one, EVERY).sides, "CNY", "en")) == ["claim.reason ≠ stain"]


@pytest.mark.parametrize(
    ("rule", "text"), [("TINY-3", "claim.size_deviation_cm > 3 cm"), ("TINY-4", "claim.size_deviation_cm ≤ 3 cm")]
)
def test_numbers_are_told_by_their_ends(rule: str, text: str) -> None:
    (spoken,) = [item for item in SCOPE.meaning.spoken("outcome") if SCOPE.ruleset.rules[item.rule].id == rule]
    box = box_around(SPACE, spoken.stands, EVERY)
    assert text in box_text(SPACE, box.sides, "CNY", "en")
    assert box.exact


def test_a_box_that_holds_other_cases_too_is_not_exact() -> None:
    d = SPACE.diagrams
    size = d.conj(words("claim.reason", "size_deviation"), SCOPE.meaning.holds(SCOPE.ruleset.rule_index["TINY-3"]))
    assert not box_around(SPACE, d.disj(size, words("claim.reason", "stain")), EVERY).exact
    assert box_around(SPACE, EVERY, EVERY) == ((), True)


def test_a_relation_of_two_amounts_is_told_as_it_is_compared() -> None:
    box = box_around(SPACE, SCOPE.meaning.holds(SCOPE.ruleset.rule_index["TINY-1"]), EVERY)
    assert "claim.assessed_loss > claim.paid" in box_text(SPACE, box.sides, "CNY", "en")
    assert readable(SPACE, box.sides) == box.sides
