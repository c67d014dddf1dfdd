"""The kinds of input fields: amounts, lengths, times, counts; read strictly, without a guess."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

_TOO_LARGE = 10**17
YEARS = range(1900, 2201)
"""A case is about these, no others."""
LARGEST_COUNT = 1_000_000
LONGEST_CM = 100_000
"""A length is shorter than that: a kilometre."""
_PLAIN = re.compile(r"[0-9]{1,16}(\.[0-9]{1,6})?")
_AMOUNT = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,6})?")


def _amount(value: object) -> Decimal:
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return Decimal(value)
    amount = _decimal(value)
    if amount.is_signed() and amount:
        raise ValueError("is below zero")
    return amount


def _decimal(value: object) -> Decimal:
    if isinstance(value, str):
        if _AMOUNT.fullmatch(value):
            return Decimal(value)
        raise ValueError('is not a decimal number; write it like "12.50"')
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= _TOO_LARGE:
            raise ValueError("is larger than any amount can be")
        return Decimal(value)
    if isinstance(value, float):
        raise ValueError('is a binary float, which cannot hold money exactly; write it as a string like "12.50"')
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("is not a finite number")
        if abs(value) >= _TOO_LARGE:
            raise ValueError("is larger than any amount can be")
        return value
    raise ValueError('is not a decimal number; write it like "12.50"')


def read_time(value: object) -> datetime | date:
    """Return a moment, or a day where only that is given. Raises `ValueError` saying how times are written."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(
                "is not an ISO 8601 time; write it like `2026-06-10T12:00:00+08:00` or `2026-06-10`"
            ) from None
    if isinstance(value, date):
        return value
    raise ValueError("is not an ISO 8601 time; write it like `2026-06-10T12:00:00+08:00` or `2026-06-10`")


def _possible_time(value: object) -> datetime | date:
    time = read_time(value)
    if time.year not in YEARS:
        raise ValueError(f"is outside the years {YEARS[0]} to {YEARS[-1]}")
    return time


def _length(value: object) -> Decimal:
    length = _amount(repr(value) if isinstance(value, float) else value)  # 96.9 is measured, not money
    if length >= LONGEST_CM:
        raise ValueError("is longer than a kilometre")
    if length != round(length, 3):
        raise ValueError("has more than three decimals; no tape measures that")
    return length


def _time_text(value: datetime | date) -> str:
    return value.isoformat()


_AMOUNT_SCHEMA = {
    "anyOf": [{"type": "string", "pattern": r"^[0-9]{1,16}(\.[0-9]{1,6})?$"}, {"type": "number", "minimum": 0}]
}
_TIME_SCHEMA = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}([T ].+)?$"}

Amount = Annotated[Decimal, PlainValidator(_amount), PlainSerializer(str), WithJsonSchema(_AMOUNT_SCHEMA)]
"""A money amount of zero or more, in the order's currency."""
Length = Annotated[Decimal, PlainValidator(_length), PlainSerializer(str), WithJsonSchema(_AMOUNT_SCHEMA)]
"""A length in centimetres."""
Time = Annotated[
    datetime | date, PlainValidator(_possible_time), PlainSerializer(_time_text), WithJsonSchema(_TIME_SCHEMA)
]
"""A moment, or a bare date in the policy's time zone."""
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
