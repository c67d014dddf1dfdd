"""Exact money: what is shared adds up, what is rounded is rounded half up, and texts give the same amount back."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundrules.expr.formula import round_half_up
from refundrules.money.currency import (
    LARGEST_MINOR,
    exponent,
    is_currency,
    share,
    share_of_units,
    to_decimal,
    to_minor,
    to_text,
)

amounts = st.integers(-LARGEST_MINOR, LARGEST_MINOR)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)
decimals = st.sampled_from([0, 2, 3])


@given(amounts, weights)
def test_shares_sum_to_the_total(total: int, weights: list[int]) -> None:
    assert sum(share(total, weights)) == total


@given(amounts, weights)
def test_a_share_is_less_than_one_unit_from_the_exact_quotient(total: int, weights: list[int]) -> None:
    even = weights if sum(weights) else [1] * len(weights)
    for part, weight in zip(share(total, weights), even, strict=True):
        assert abs(part - Fraction(total * weight, sum(even))) < 1


@given(amounts, weights)
def test_shares_of_a_negative_total_mirror_those_of_the_positive_one(total: int, weights: list[int]) -> None:
    assert share(-total, weights) == [-part for part in share(total, weights)]


@given(st.integers(0, 10**9), weights)
def test_a_larger_weight_never_has_a_smaller_share(total: int, weights: list[int]) -> None:
    ranked = sorted(zip(weights, share(total, weights), strict=True))
    for (light, less), (heavy, more) in pairwise(ranked):
        assert light == heavy or less <= more


@given(st.integers(0, 10**9), st.lists(st.integers(1, 9), min_size=1, max_size=9), st.integers(0, 8))
def test_no_weight_has_no_share_beside_others(total: int, weights: list[int], at: int) -> None:
    at = min(at, len(weights))
    assert share(total, [*weights[:at], 0, *weights[at:]])[at] == 0


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, [], []),
        (0, [0, 0], [0, 0]),
        (5, [0, 0, 0], [2, 2, 1]),
        (1, [1, 1], [1, 0]),
        (-1, [1, 1], [-1, 0]),
        (100, [2, 1], [67, 33]),
        (10, [1, 2, 1], [3, 5, 2]),
    ],
)
def test_ties_go_to_the_earlier(total: int, weights: list[int], shares: list[int]) -> None:
    assert share(total, weights) == shares


@given(st.integers(0, LARGEST_MINOR), st.integers(1, 60), st.data())
def test_the_pieces_of_a_line_sum_to_the_line(total: int, units: int, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, units), max_size=4)))
    ends = [0, *cuts, units]
    pieces = [share_of_units(total, units, a, b - a) for a, b in pairwise(ends)]
    assert sum(pieces) == total


@given(st.integers(0, 10**7), st.integers(1, 60))
def test_units_are_shared_as_equal_weights_are(total: int, units: int) -> None:
    assert [share_of_units(total, units, n, 1) for n in range(units)] == share(total, [1] * units)


@given(amounts, st.integers(1, 10**6))
def test_half_up_is_the_nearest_whole_and_halves_go_away_from_zero(top: int, under: int) -> None:
    exact, rounded = Fraction(top, under), round_half_up(top, under)
    assert abs(exact - rounded) <= Fraction(1, 2)
    if abs(exact - rounded) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)


@given(amounts, st.integers(1, 10**6))
def test_rounding_is_the_same_on_both_sides_of_zero(top: int, under: int) -> None:
    assert round_half_up(-top, under) == -round_half_up(top, under)


@given(amounts, decimals)
def test_text_and_decimal_give_the_amount_back(minor: int, places: int) -> None:
    assert to_minor(Decimal(to_text(minor, places)), places) == minor
    assert to_minor(to_decimal(minor, places), places) == minor


@given(amounts, decimals)
def test_text_and_decimal_look_alike_and_show_every_place(minor: int, places: int) -> None:
    text = to_text(minor, places)
    assert text == f"{to_decimal(minor, places):f}"
    assert len(text.partition(".")[2]) == places


@pytest.mark.parametrize(
    ("minor", "places", "text"),
    [
        (0, 2, "0.00"),
        (5, 2, "0.05"),
        (-5, 2, "-0.05"),
        (-100, 2, "-1.00"),
        (7, 3, "0.007"),
        (1250, 0, "1250"),
        (-1, 0, "-1"),
    ],
)
def test_an_amount_is_written_with_all_its_decimals(minor: int, places: int, text: str) -> None:
    assert to_text(minor, places) == text


@pytest.mark.parametrize(
    ("amount", "places", "what"),
    [
        ("0.001", 2, "has more decimals than the currency (2)"),
        ("0.5", 0, "has more decimals than the currency (0)"),
        ("0.0005", 3, "has more decimals than the currency (3)"),
        ("10000000000.01", 2, "is larger than 10^12 minor units"),
        ("-10000000000.01", 2, "is larger than 10^12 minor units"),
        ("1e40", 2, "is larger than 10^12 minor units"),
        ("Infinity", 2, "is not a finite amount"),
    ],
)
def test_an_amount_that_cannot_be_held_is_refused(amount: str, places: int, what: str) -> None:
    with pytest.raises(ValueError, match=r"^(has|is) ") as caught:
        to_minor(Decimal(amount), places)
    assert str(caught.value) == what


@pytest.mark.parametrize("amount", ["NaN", "-NaN"])
def test_what_is_not_a_number_is_not_a_finite_amount(amount: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        to_minor(Decimal(amount), 2)


def test_the_largest_amount_is_held() -> None:
    assert to_minor(Decimal("10000000000.00"), 2) == LARGEST_MINOR
    assert to_minor(Decimal(-1000000000000), 0) == -LARGEST_MINOR


@pytest.mark.parametrize(
    ("places", "codes"),
    [(0, "JPY KRW VND CLP XOF"), (2, "CNY EUR USD GBP HKD"), (3, "KWD BHD OMR JOD TND")],
)
def test_currencies_have_their_decimals(places: int, codes: str) -> None:
    assert {exponent(code) for code in codes.split()} == {places}


@pytest.mark.parametrize(
    ("code", "shaped"), [("CNY", True), ("cny", False), ("CN", False), ("CNYY", False), ("", False)]
)
def test_a_currency_code_is_three_capitals(code: str, shaped: bool) -> None:
    assert is_currency(code) is shaped
