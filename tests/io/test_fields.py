"""Amounts, lengths and times are read strictly, without a guess."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from refundrules.io.fields import Amount, Count, Length, Time, read_time


def read(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    ("value", "amount"), [("12.50", "12.50"), (3, "3"), (Decimal("0.1"), "0.1"), ("0", "0"), ("-0", "0")]
)
def test_an_amount_is_read_to_the_last_digit(value: object, amount: str) -> None:
    assert read(Amount, value) == Decimal(amount)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (0.1, "binary float"),
        ("-1", "below zero"),
        ("1e3", "not a decimal number"),
        ("1.0000001", "not a decimal number"),
        (True, "not a decimal number"),
        (10**17, "larger than any amount"),
        (Decimal("NaN"), "not a finite number"),
        (Decimal("Infinity"), "not a finite number"),
        ("", "not a decimal number"),
    ],
)
def test_what_is_no_amount_is_refused(value: object, what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        read(Amount, value)


def test_a_length_may_be_measured_but_no_finer_than_a_tape_does() -> None:
    assert read(Length, 96.9) == Decimal("96.9")
    with pytest.raises(ValidationError, match="more than three decimals"):
        read(Length, "96.9001")
    with pytest.raises(ValidationError, match="longer than a kilometre"):
        read(Length, 100_000)


def test_a_time_is_a_moment_or_a_day() -> None:
    assert read_time("2026-06-10") == date(2026, 6, 10)
    assert read_time("2026-06-10T12:00:00+08:00") == datetime.fromisoformat("2026-06-10T12:00:00+08:00")
    for wrong in ("10.6.2026", 20260610, "2026-13-01"):
        with pytest.raises(ValueError, match="not an ISO 8601 time"):
            read_time(wrong)


@pytest.mark.parametrize(("year", "is_fine"), [(1899, False), (1900, True), (2200, True), (2201, False)])
def test_a_case_is_about_the_years_that_can_be(year: int, is_fine: bool) -> None:
    if is_fine:
        assert read(Time, f"{year}-01-01") == date(year, 1, 1)
    else:
        with pytest.raises(ValidationError, match="outside the years"):
            read(Time, f"{year}-01-01")


def test_a_field_is_written_as_it_is_read() -> None:
    assert TypeAdapter(Amount).dump_json(Decimal("12.50")) == b'"12.50"'
    assert TypeAdapter(Time).dump_json(date(2026, 6, 10)) == b'"2026-06-10"'
    with pytest.raises(ValidationError):
        read(Count, 1_000_001)
