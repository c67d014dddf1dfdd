"""Numbers as text: exact, however long."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundrules.expr.formula import Number, evaluate, number_text, parse, to_text
from refundrules.io.numbers import exact_text, fixed_text


@given(st.fractions())
def test_an_exact_text_is_the_number_again(number: Fraction) -> None:
    assert Fraction(exact_text(number)) == number


@given(st.integers(), st.integers(0, 6))
def test_a_fixed_text_is_the_number_again_with_so_many_decimals(scaled: int, decimals: int) -> None:
    text = fixed_text(scaled, decimals)
    assert Fraction(text) == Fraction(scaled, 10**decimals)
    assert len(text.partition(".")[2]) == decimals


@pytest.mark.parametrize("text", ["0.1234567890123456789", "99999999999999999999.01", "3", "0.50"])
def test_a_number_in_a_formula_keeps_all_its_digits(text: str) -> None:
    assert Fraction(to_text(parse(text))) == Fraction(text)


def test_a_number_without_an_exact_decimal_is_written_as_a_division() -> None:
    text = to_text(Number(Fraction(1, 3)))
    assert text == number_text(Fraction(1, 3)) == "(1 / 3)"
    assert evaluate(parse(text), lambda _: None) == Fraction(1, 3)
