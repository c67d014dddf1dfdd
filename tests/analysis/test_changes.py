"""What moves between two policies, question by question, and who gains."""

from __future__ import annotations

from datetime import date

import pytest
import strategies
from tiny_pack import WHOLE

from refundrules import Engine
from refundrules.analysis.diff.changes import changes, looked_at
from refundrules.analysis.encoding import Space
from refundrules.analysis.mdd import EVERY, NONE
from refundrules.analysis.symbolic import SymbolicRuleset
from refundrules.policy.questions import QUESTIONS

DAY = date(2026, 6, 10)


def meanings(new: str) -> tuple[SymbolicRuleset, SymbolicRuleset]:
    """Return what the tiny pack says, and what an edit of it does, in one space."""
    rulesets = [Engine(strategies.load_text(text), matcher="compiled").ruleset("CN", DAY, DAY) for text in (WHOLE, new)]
    space = Space(rulesets, ())
    return SymbolicRuleset(space, rulesets[0]), SymbolicRuleset(space, rulesets[1])


def moved(new: str) -> set[tuple[str, str, str, str]]:
    return {(item.what, item.before, item.after, item.gains) for item in changes(*meanings(new)) if item.cases != NONE}


def test_a_policy_moves_nothing_beside_itself() -> None:
    assert moved(WHOLE) == set()


def test_an_outcome_moves_where_a_threshold_does() -> None:
    assert moved(WHOLE.replace("value: 3,", "value: 4,")) == {("outcome", "approve", "decline", "shop")}
    assert moved(WHOLE.replace("value: 3,", "value: 2,")) == {("outcome", "decline", "approve", "buyer")}


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (
            "freight: {replacement: seller}",
            "freight: {replacement: buyer}",
            ("freight.replacement", "seller", "buyer", "shop"),
        ),
        ("instructions: [ask_photo]", "instructions: []", ("instructions", "ask_photo", "", "")),
    ],
)
def test_an_answer_moves_from_one_word_to_another(old: str, new: str, change: tuple[str, ...]) -> None:
    text = WHOLE.replace(old, new)
    assert text != WHOLE
    if new.endswith("[]"):
        text = WHOLE.replace("      instructions: [ask_photo]\n", "")
        text = text[: text.index("instructions:\n")]
    ((what, before, _, gains),) = moved(text)
    assert (what, before, gains) == (change[0], change[1], change[3])


def test_a_refund_moves_by_amount_and_who_gains_is_said_of_each_way() -> None:
    text = WHOLE.replace("goods: claim.paid", "goods: claim.assessed_loss")
    assert {(what, after, gains) for what, _, after, gains in moved(text)} == {
        ("refund.total", "less", "shop"),
        ("refund.total", "more", "buyer"),
    }


def test_every_difference_in_an_outcome_is_looked_at() -> None:
    old, new = meanings(WHOLE.replace("value: 3,", "value: 4,"))
    for question in QUESTIONS:
        cases = looked_at(old, new, question)
        assert (cases == EVERY) is (question.id == "outcome")
