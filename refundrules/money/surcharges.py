"""Amounts owed beside a refund: by dated rates with a minimum and a maximum, promised multiples, price protection.

They are no part of a refund and not under its cap; each is a part of its own kind, with its formula.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from refundrules.errors import quoted
from refundrules.expr.formula import number_text, round_half_up
from refundrules.io.fields import Amount
from refundrules.money.currency import exponent
from refundrules.money.parts import Part
from refundrules.money.reading import Minors
from refundrules.money.settings import Rate

ExtraKind = Literal["penalty", "bonus", "multiple", "price_protection"]
Money = Decimal | int | str
"""An amount as it may be given; never a binary float."""

_AMOUNT: TypeAdapter[Decimal] = TypeAdapter(Amount)
_RATE: TypeAdapter[Fraction] = TypeAdapter(Rate)


def dated_amount(
    kind: ExtraKind, base: Money, rates: Iterable[tuple[date | None, Money | Fraction]], on: date, currency: str, *,
    least: Money | None = None, most: Money | None = None,
) -> Part:  # fmt: skip
    """Return the rate in force `on` a day, of `base`: at least `least`, then at most `most`.

    `rates` are pairs of the first day a rate holds (None: from the beginning) and the rate, in any order. A rate may
    exceed the whole (`3` for three times the price). Raises `CaseError` when no rate is in force, or money cannot be.

    >>> rates = [(None, "20%"), (date(2024, 7, 1), "30%")]
    >>> dated_amount("penalty", "12.00", rates, date(2025, 2, 13), "CNY", least="5", most="500").formula
    'min(max(round(12.00 * 0.3, 0.01), 5.00), 500.00)'
    """
    given = _Given(currency)
    whole, low, high = given.amount(base, "base"), given.amount(least, "least"), given.amount(most, "most")
    rate = given.rate_on(list(rates), on)
    if most is not None and least is not None and high < low:
        given.minors.wrong("least", f"`{least}` is above the most (`{most}`)", "correct either")
    given.minors.check()
    amount = round_half_up(whole * rate.numerator, rate.denominator)
    text = f"round({given.text(whole)} * {number_text(rate)}, {given.text(1)})"
    if least is not None:
        amount, text = max(amount, low), f"max({text}, {given.text(low)})"
    if most is not None:
        amount, text = min(amount, high), f"min({text}, {given.text(high)})"
    return Part(kind, "", None, amount, ("text", text), given.decimals)


def promised_multiple(base: Money, times: Money | Fraction, currency: str, *, most: Money | None = None) -> Part:
    """Return what a promise of so many times the price comes to, beside the refund (`refund plus 1 ×` is 1).

    >>> promised_multiple("98.00", 1, "CNY").amount
    Decimal('98.00')
    """
    return dated_amount("multiple", base, [(None, times)], date.min, currency, most=most)


def price_protection(
    paid: Money, now: Money, quantity: int, currency: str, *, most: Money | None = None
) -> Part:  # fmt: skip
    """Return what is owed because the price fell from `paid` to `now`, each for one unit; nothing when it rose.

    >>> price_protection("99.00", "89.00", 2, "CNY").formula
    'max(99.00 - 89.00, 0) * 2'
    """
    given = _Given(currency)
    before, after, high = given.amount(paid, "paid"), given.amount(now, "now"), given.amount(most, "most")
    if isinstance(quantity, bool) or quantity < 1:
        given.minors.wrong("quantity", f"`{quantity}` is not a number of units", "give a whole number from 1 on")
    given.minors.check()
    amount = max(0, before - after) * quantity
    text = f"max({given.text(before)} - {given.text(after)}, 0) * {quantity}"
    if most is not None:
        amount, text = min(amount, high), f"min({text}, {given.text(high)})"
    return Part("price_protection", "", None, amount, ("text", text), given.decimals)


class _Given:
    """Reads what a function was given, and keeps what is wrong with it."""

    def __init__(self, currency: str) -> None:
        self.decimals = exponent(currency)
        self.minors = Minors(self.decimals)

    def text(self, minor: int) -> str:
        return self.minors.text(minor)

    def amount(self, value: Money | None, name: str) -> int:
        return 0 if value is None else self.minors.of(self._read(_AMOUNT, value, name, Decimal(0)), name)

    def rate_on(self, rates: list[tuple[date | None, Any]], on: date) -> Fraction:
        in_force = [(start or date.min, at) for at, (start, _) in enumerate(rates) if start is None or start <= on]
        if not in_force:
            self.minors.wrong("rates", f"none is in force on `{on}`", "give one from an earlier day, or from None on")
            return Fraction(0)
        at = max(in_force)[1]
        rate: Fraction = self._read(_RATE, rates[at][1], f"rates[{at}]", Fraction(0))
        return rate

    def _read(self, adapter: TypeAdapter[Any], value: object, name: str, otherwise: Any) -> Any:
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            what, _, remedy = str(error.errors()[0]["ctx"]["error"]).partition("; ")
            self.minors.wrong(name, f"{quoted(value)} {what}", remedy)
            return otherwise
