"""Taxes inside a price and on top of it, by rate or as charged."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from refundrules.errors import CaseError
from refundrules.money.models import Tax
from refundrules.money.reading import Minors
from refundrules.money.taxes import Levied, Taxed, levies, levies_of_lines, most_before_tax, tax_on

WHERE = "order.lines[%d].taxes[%d]"


def tax(**given: Any) -> Tax:
    return Tax.model_validate({"name": "VAT", **given})


def of(price: int, *taxes: Tax, units: int = 1) -> Levied:
    minors = Minors(2)
    found = levies(taxes, price, minors, WHERE, 0, units=units)
    minors.check()
    return found


def minor(levied: Levied) -> tuple[list[int], list[int]]:
    return [item.minor for item in levied[0]], [item.minor for item in levied[1]]


def test_a_tax_inside_splits_the_price_and_one_on_top_is_added() -> None:
    assert minor(of(11900, tax(rate="19%", included=True))) == ([1900], [])
    assert minor(of(10000, tax(rate="19%"))) == ([], [1900])
    assert minor(of(11900, tax(rate="19%", included=True), tax(rate="10%", name="city"))) == ([1900], [1000])
    assert of(100) == ((), ())


@pytest.mark.parametrize(("price", "found"), [(50, 3), (49, 3), (42, 3), (41, 2)])
def test_a_tax_on_top_is_rounded_half_up(price: int, found: int) -> None:
    assert minor(of(price, tax(rate="6%"))) == ([], [found])


def test_units_may_be_taxed_each() -> None:
    assert minor(of(30, tax(rate="5%"))) == ([], [2])
    assert minor(of(30, tax(rate="5%"), units=3)) == ([], [3])


def test_a_tax_as_charged_is_that_amount() -> None:
    assert minor(of(1000, tax(amount="1.23"))) == ([], [123])
    assert minor(of(1000, tax(amount="1.23", included=True))) == ([123], [])


@pytest.mark.parametrize("given", [{}, {"rate": "19%", "amount": "1"}])
def test_a_tax_has_one_of_rate_and_amount(given: dict[str, Any]) -> None:
    with pytest.raises(CaseError, match="has not one of `rate` and `amount`"):
        of(1000, tax(**given))


def test_taxes_inside_are_never_above_the_price() -> None:
    with pytest.raises(CaseError, match=r"`11\.00` of taxes inside the price are above the price"):
        of(1000, tax(amount="11", included=True))


@pytest.mark.parametrize(("rounding", "total"), [("line", 3), ("order", 2)])
def test_the_tax_of_lines_is_rounded_by_line_or_once(rounding: Any, total: int) -> None:
    lines = [Taxed((tax(rate="5%"),), 10, 1)] * 3
    found = levies_of_lines(lines, rounding, Minors(2), WHERE)
    assert sum(item.minor for _, top in found for item in top) == total


def test_a_tax_of_part_of_a_price() -> None:
    (rated,), (charged,) = of(10000, tax(rate="19%"))[1], of(10000, tax(amount="19"))[1]
    assert tax_on(rated, 5000, 10000)[0] == tax_on(charged, 5000, 10000)[0] == 950
    assert tax_on(rated, 5000, 10000)[1] == ("percent", 5000, Fraction(19, 100))
    assert tax_on(charged, 5000, 0) == (0, ("plain", 0))


@pytest.mark.parametrize("most", [0, 1, 118, 119, 120, 11900])
def test_the_most_before_tax_is_the_highest_that_stays_below(most: int) -> None:
    levied = of(10000, tax(rate="19%"))[1]
    found = most_before_tax(most, levied, 10000)
    whole = [amount + sum(tax_on(levy, amount, 10000)[0] for levy in levied) for amount in (found, found + 1)]
    assert whole[0] <= most < whole[1]
