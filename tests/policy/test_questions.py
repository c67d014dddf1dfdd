"""The table of questions: what silence means, what a decline shows, and what the core of a decision holds."""

from __future__ import annotations

from refundrules.engine.decision_models import IN_CORE, Core
from refundrules.policy.questions import BY_ID, OUTCOMES, POSITION, QUESTIONS, RESOLUTIONS, Question


def values_of(question: Question) -> frozenset[object]:
    return frozenset(question.values or (True, False))


def test_silence_means_an_answer_and_hangs_on_an_earlier_question() -> None:
    for question in QUESTIONS:
        silence = question.silence
        if silence is not None:
            assert silence.means in values_of(question), question.id
            if silence.after:
                assert POSITION[silence.after] < POSITION[question.id]
                assert silence.among <= values_of(BY_ID[silence.after]) | {None}


def test_a_question_that_hangs_on_the_outcome_alone_says_with_which_it_needs_no_answer() -> None:
    for question in QUESTIONS:
        assert set(question.excused) <= set(OUTCOMES)
        assert question.needed or not question.excused


def test_a_payer_is_needed_only_for_goods_that_travel() -> None:
    back, forth = BY_ID["freight.return"].silence, BY_ID["freight.replacement"].silence
    assert back is not None
    assert forth is not None
    assert {True, False} - back.among == {True}
    assert set(RESOLUTIONS) - forth.among == {"exchange", "repair", "reship", "reship_part"}


def test_the_core_holds_answers_to_questions_it_hangs_on_and_money() -> None:
    assert set(Core._fields) - {name.replace(".", "_") for name in IN_CORE} == {"total", "buyer_pays"}
    assert all(BY_ID[name].core for name in IN_CORE)


def test_what_a_decline_shows_is_in_the_core() -> None:
    shown = {question.id for question in QUESTIONS if question.declined is not None}
    assert shown == IN_CORE - {"outcome", "issue_class"}
