"""Leading a person through a case: what it must say, and what typed answers mean."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from refundrules import Case
from refundrules.case.facts import Words
from refundrules.cli.ask_dialog import NotAnAnswer, basics, fill, is_fresh, places, read_answer, read_numbers, start
from refundrules.explain.next_question.question import AskField

TODAY = date(2026, 6, 10)


def field(kind: Any, *values: str) -> AskField:
    return AskField("x", kind, Words("问", "asked"), values, None, "CNY" if kind == "money" else "")


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("money", "12.50", "12.50"),
        ("money", "１２元", "12"),
        ("days", "3 days", 3),
        ("time", "today", "2026-06-10"),
        ("time", "昨天", "2026-06-09"),
        ("time", "3 days ago", "2026-06-07"),
        ("time", "2026-06-01", "2026-06-01"),
        ("text", " O-1 ", "O-1"),
        ("bool", "是", True),
        ("bool", "n", False),
    ],
)
def test_an_answer_is_read_as_the_case_holds_it(kind: str, typed: str, value: object) -> None:
    assert read_answer(field(kind), typed, "en", TODAY) == value


@pytest.mark.parametrize(
    ("kind", "typed"), [("money", "much"), ("days", "3.5"), ("time", "soon"), ("bool", "perhaps"), ("money", "-3")]
)
def test_what_is_no_answer_is_told_what_would_be(kind: str, typed: str) -> None:
    with pytest.raises(NotAnAnswer, match=r"\w"):
        read_answer(field(kind), typed, "en", TODAY)


@pytest.mark.parametrize(("typed", "found"), [("1", "delivered"), ("2", "paid"), ("paid", "paid"), ("PAID", "paid")])
def test_a_choice_is_its_number_or_its_name(typed: str, found: str) -> None:
    assert read_answer(field("enum", "delivered", "paid"), typed, "en", TODAY) == found


@pytest.mark.parametrize(("typed", "found"), [("1 3", [0, 2]), ("3，1", [0, 2]), ("", []), ("0", []), ("no", [])])
def test_several_numbers_are_read_in_order(typed: str, found: list[int]) -> None:
    assert read_numbers(typed, 3, "en") == found
    with pytest.raises(NotAnAnswer):
        read_numbers("4", 3, "en")


def test_each_item_of_a_list_has_a_place() -> None:
    assert places({"claims": [{}, {}]}, "claims[*].reason") == ["claims[0].reason", "claims[1].reason"]
    assert places({}, "claims[*].reason") == ["claims[0].reason"]
    assert places({}, "order.id") == ["order.id"]


def test_a_case_with_stand_ins_can_be_read() -> None:
    Case.read(fill({}))
    kept = fill({"order": {"id": "O-7", "lines": [{"id": "A"}, {"id": "B"}]}})
    assert (kept["order"]["id"], kept["claims"][0]["line"]) == ("O-7", "A")
    Case.read(kept)


def test_a_fresh_case_is_asked_for_more() -> None:
    told = {"order": {"id": "O", "lines": [{"id": "L"}]}, "claims": [{"reason": "changed_mind"}]}
    asked = {
        fresh: [ask.path for ask in basics(told, lambda case: None, "CNY", fresh=fresh)] for fresh in (True, False)
    }
    assert asked[False] == ["order.status", "order.lines[0].category", "order.lines[0].unit_price"]
    assert set(asked[False]) < set(asked[True])
    assert is_fresh(told)


def test_ids_that_nobody_needs_to_be_asked_for_are_given() -> None:
    made = start({"order": {"id": "O-7", "lines": [{"unit_price": "1"}]}})
    assert (made["id"], made["order"]["lines"][0]["id"]) == ("O-7", "L1")
