"""Texts in columns: every line fits and nothing is lost, in a terminal and in a picture."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundrules.text.columns import cut, padded, width, wrapped
from refundrules.text.svg import ems

TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=60)


@pytest.mark.parametrize("measure", [width, ems])
@given(text=TEXTS, room=st.integers(3, 40))
def test_a_text_is_broken_into_lines_that_fit_and_hold_all_of_it(
    measure: Callable[[str], float], text: str, room: int
) -> None:
    found = list(wrapped(text, room, breaks=True, measure=measure))
    assert all(measure(line) <= room or len(line) == 1 for line in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(TEXTS, st.integers(8, 40))
def test_only_a_word_that_is_wider_than_the_room_sticks_out(text: str, room: int) -> None:
    for line in wrapped(text, room, "1. ", "   "):
        assert width(line) <= room or len(line[3:].split()) <= 1


def test_wide_characters_are_broken_anywhere_but_before_their_punctuation() -> None:
    assert list(wrapped("退款退到原支付方式，谢谢。", 8)) == ["退款退到", "原支付方", "式，谢", "谢。"]


def test_a_first_line_may_begin_otherwise_than_the_rest() -> None:
    assert list(wrapped("one two three", 9, "* ", "  ")) == ["* one two", "  three"]
    assert list(wrapped("", 9, "* ", "  ")) == ["*"]


@given(TEXTS, st.integers(2, 40))
def test_what_is_cut_or_padded_fits_exactly(text: str, room: int) -> None:
    assert width(cut(text, room)) <= room
    assert width(padded(cut(text, room), room)) == room
    assert padded(text, width(text)) == padded(text, 0, right=True) == text
