"""The exceptions, and the words that every message is made of."""

from __future__ import annotations

import pytest

from refundrules.errors import (
    CaseError,
    EngineError,
    MatcherError,
    PackError,
    Problem,
    RefundRulesError,
    did_you_mean,
    listed,
    plain,
    quoted,
)


def test_a_problem_is_one_line_with_its_place_and_its_remedy() -> None:
    assert str(Problem("a.yaml:3", "is wrong", "mend it")) == "a.yaml:3: is wrong (mend it)"
    assert str(Problem("", "is wrong")) == "is wrong"


@pytest.mark.parametrize("kind", [PackError, CaseError])
def test_an_error_holds_every_problem_one_a_line(kind: type[PackError | CaseError]) -> None:
    error = kind([Problem("a", "is wrong"), Problem("b", "is, too")])
    assert str(error) == "a: is wrong\nb: is, too"
    assert len(error.problems) == 2
    assert isinstance(error, RefundRulesError)


def test_a_matcher_fails_as_an_engine_does() -> None:
    assert issubclass(MatcherError, EngineError)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        ([1, "a", False], "[1, a, false]"),
        ({"a": [None]}, "{a: [null]}"),
        ("\ud800", "\\ud800"),
        (10**5000, "a number of thousands of digits"),
    ],
    ids=["none", "bool", "list", "mapping", "surrogate", "huge"],
)
def test_a_value_is_shown_as_a_file_writes_it(value: object, text: str) -> None:
    assert plain(value) == text


def test_a_list_within_itself_is_shown_all_the_same() -> None:
    round_: list[object] = []
    round_.append(round_)
    assert "…" in plain(round_)


def test_a_long_value_is_shortened_in_backticks() -> None:
    assert quoted("a" * 60) == f"`{'a' * 60}`"
    assert quoted("a" * 61) == f"`{'a' * 57}...`"


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("stian", "did you mean `stain`?"),
        ("credit_card", "did you mean `card`?"),
        ("xyz", "one of many"),
        (3, "one of many"),
    ],
)
def test_a_near_word_is_proposed(word: object, text: str) -> None:
    assert did_you_mean(word, ["stain", "card"], "one of many") == text


def test_a_list_is_cut_after_so_many_and_says_how_many_are_left() -> None:
    assert listed(["a", "b"]) == "`a`, `b`"
    assert listed(["a", "b", "c"], 1) == "`a` and 2 more"
