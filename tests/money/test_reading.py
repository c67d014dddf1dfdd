"""Amounts of a quote are read into minor units; every problem is kept with its path."""

from __future__ import annotations

from decimal import Decimal

import pytest

from refundrules.errors import CaseError
from refundrules.money.models import QuoteOrder, ReturnRequest
from refundrules.money.reading import Minors, read, read_number, refuse


@pytest.mark.parametrize(("value", "found"), [("12.5", 1250), (3, 300), (Decimal("0.01"), 1), ("0", 0)])
def test_a_number_is_read_exactly(value: object, found: int) -> None:
    assert read_number(value, 2) == found


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (1.5, "not an exact number"),
        (True, "not an exact number"),
        ("x", "not a number"),
        ("-1", "below zero"),
        ("0.001", "decimals"),
    ],
)
def test_what_is_no_such_number_is_refused(value: object, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        read_number(value, 2)


def test_models_and_mappings_are_read_alike_and_all_their_problems_told() -> None:
    order, request = {"currency": "CNY", "lines": [{"id": "L1", "unit_price": "1"}]}, {"items": []}
    made = read([(QuoteOrder, order, "order"), (ReturnRequest, request, "request")])
    assert read([(QuoteOrder, made[0], "order")])[0] is made[0]
    with pytest.raises(CaseError) as caught:
        read([(QuoteOrder, {"lines": []}, "order"), (ReturnRequest, {"itms": []}, "request")])
    assert {problem.where.partition(".")[0] for problem in caught.value.problems} == {"order", "request"}


def test_an_amount_that_does_not_fit_is_nothing_and_a_problem() -> None:
    minors = Minors(2)
    assert (minors.of(Decimal("1.20"), "a"), minors.of(None, "b"), minors.maybe(None, "c")) == (120, 0, None)
    assert minors.of(Decimal("1.234"), "lines[%d].price", 3) == 0
    with pytest.raises(CaseError, match=r"^lines\[3\]\.price: `1\.234` .*\(round it to the currency's minor unit\)$"):
        minors.check()


def test_each_kind_of_problem_names_the_way_out() -> None:
    minors = Minors(2)
    minors.no_line("items[0].line", "L2", ["L1"])
    minors.same_currency("USD", "CNY", "currency")
    minors.same_currency("CNY", "CNY", "currency")
    refuse(minors, "amount", 500, 300, "what is left")
    assert [str(problem) for problem in minors.problems] == [
        "items[0].line: `L2` is not a line of the order (one of `L1`)",
        "currency: `USD` is not the order's currency (convert it to `CNY` first)",
        "amount: `5.00` is above what is left (at most `3.00`)",
    ]
