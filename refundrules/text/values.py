"""Values and texts for people: facts with their units, and a rule's `because` with its numbers filled in."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from refundrules.case.derive import CM_SCALE
from refundrules.expr.formula import round_half_up
from refundrules.io.catalog import say
from refundrules.io.numbers import exact_text
from refundrules.money.currency import exponent, to_text
from refundrules.policy.dump import number_text
from refundrules.text.words import quantity

_PIECES = re.compile(r"\{([^{}]*)\}")


def shown(value: Any, kind: str, language: str, currency: str) -> str:
    """Return a fact, parameter or amount as a person reads it, with its unit."""
    if kind == "money" and value.__class__ is int:
        return f"{to_text(value, exponent(currency))} {currency}"
    if value is None or isinstance(value, bool):
        return say("phrase.open" if value is None else "phrase.yes" if value else "phrase.no", language)
    if isinstance(value, str):
        return value
    if kind == "money":
        minor = value if isinstance(value, int) else round_half_up(value.numerator, value.denominator)
        return f"{to_text(minor, exponent(currency))} {currency}"
    number = Fraction(value) / CM_SCALE if kind == "cm" else Fraction(value)
    if kind == "share" and number < 1 and (number * 1000).denominator == 1:
        return f"{exact_text(number * 100)}%"
    return quantity(exact_text(number), kind, language)


def plain(value: Any, kind: str, currency: str) -> Any:
    """Return a value as trace data: exact, without unit words."""
    if (
        value is None
        or value.__class__ in (bool, str)
        or (value.__class__ is int and kind in ("count", "days", "hours"))
    ):
        return value
    if kind == "money":
        return to_text(int(value), exponent(currency))
    number = Fraction(value) / CM_SCALE if kind == "cm" else Fraction(value)
    return number_text(number)


def filled(text: str, show: Callable[[str], str]) -> str:
    """Return a text with each name in braces shown."""
    if "{" not in text:
        return text
    pieces = _split(text)
    return "".join([show(piece) if at % 2 else piece for at, piece in enumerate(pieces)])


@lru_cache(maxsize=4096)
def _split(text: str) -> list[str]:
    """Return a text's literal pieces and, at odd places, the names between them."""
    return _PIECES.split(text)
