"""How an amount came about: its formula with the numbers filled in, and the amount again from that text.

A working is kept as a word and integers, because a quote makes hundreds of them; its text is written when
somebody reads it. The text is of the formula language (`+ - * /`, `min`, `max`, `floor`, `round` to a step),
so it can be worked out by hand, or by `recompute`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from refundrules.expr.formula import evaluate, number_text, parse
from refundrules.money.currency import to_text

Working = tuple[Any, ...]
"""The word of `_WRITERS` that writes the text, then what it fills in; amounts in minor units."""

_SUM = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?: [-+] [0-9]+(?:\.[0-9]+)?)*")


def formula_text(working: Working, decimals: int) -> str:
    """Return the formula of a working, with every number filled in.

    >>> formula_text(("part", 1000, 1, 3, 1), 2)
    'floor(10.00 * 1 / 3, 0.01) + 0.01'
    """
    word, *given = working
    return _WRITERS[word](decimals, *given)


def recompute(text: str) -> Decimal:
    """Return the amount a formula text comes to; exact when it is a finite decimal.

    Raises `refundrules.expr.formula.FormulaError` when the text is not of the formula language.

    >>> recompute("floor(10.00 * 1 / 3, 0.01) + 0.01")
    Decimal('3.34')
    """
    if _SUM.fullmatch(text):
        words = text.split()
        signed = [words[0], *(f"{sign}{number}" for sign, number in zip(words[1::2], words[2::2], strict=True))]
        return sum((Decimal(number) for number in signed), Decimal(0))
    value = evaluate(parse(text), lambda _: None)
    if value is None:
        raise ValueError(f"`{text}` reads a name; a working has numbers only")
    return Decimal(value.numerator) / Decimal(value.denominator)


def _step(decimals: int) -> str:
    return to_text(1, decimals)


def _corrected(text: str, correction: int, decimals: int) -> str:
    if not correction:
        return text
    return f"{text} {'+' if correction > 0 else '-'} {to_text(abs(correction), decimals)}"


def _plain(decimals: int, amount: int) -> str:
    return to_text(amount, decimals)


def _minus(decimals: int, working: Working) -> str:
    text = formula_text(working, decimals)
    return f"-({text})" if _has_operator(text) else f"-{text}"


def _spelled(decimals: int, whole: int | Working) -> str:
    """An amount, or the working it came from: in parentheses when it is a sum."""
    if isinstance(whole, int):
        return to_text(whole, decimals)
    text = formula_text(whole, decimals)
    return f"({text})" if _has_operator(text) else text


def _has_operator(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == " " and not depth:
            return True
    return False


def _total(decimals: int, *amounts: int | Working) -> str:
    first = amounts[0] if amounts else 0
    text = to_text(first, decimals) if isinstance(first, int) else formula_text(first, decimals)
    for amount in amounts[1:]:
        assert isinstance(amount, int)
        text += f" {'-' if amount < 0 else '+'} {to_text(abs(amount), decimals)}"
    return text


def _part(decimals: int, whole: int | Working, weight: int, weights: int, correction: int = 0) -> str:
    """The share a count has of an amount: units of a line, or parts of a hundred."""
    if weight == weights:
        text = to_text(whole, decimals) if isinstance(whole, int) else formula_text(whole, decimals)
        return _corrected(text, correction, decimals)
    return _corrected(
        f"floor({_spelled(decimals, whole)} * {weight} / {weights}, {_step(decimals)})", correction, decimals
    )


def _share(decimals: int, whole: int | Working, weight: int, weights: int, correction: int = 0) -> str:
    """The share an amount has of another amount."""
    if weight == weights:
        text = to_text(whole, decimals) if isinstance(whole, int) else formula_text(whole, decimals)
        return _corrected(text, correction, decimals)
    ratio = f"{to_text(weight, decimals)} / {to_text(weights, decimals)}"
    return _corrected(f"floor({_spelled(decimals, whole)} * {ratio}, {_step(decimals)})", correction, decimals)


def _ratio(decimals: int, whole: int, weight: int, weights: int) -> str:
    """An amount times the ratio of two others, rounded."""
    texts = [to_text(amount, decimals) for amount in (whole, weight, weights)]
    return "round({} * {} / {}, {})".format(*texts, _step(decimals))


def _times(decimals: int, *counted: tuple[Working, int]) -> str:
    """Workings, each so many times."""
    return " + ".join(
        f"{_spelled(decimals, working)} * {count}" if count > 1 else formula_text(working, decimals)
        for working, count in counted
    )


def _half_up(decimals: int, whole: int | Working, count: int, counts: int) -> str:
    return f"round({_spelled(decimals, whole)} * {count} / {counts}, {_step(decimals)})"


def _of_the_rest(decimals: int, whole: int | Working, gone: int, count: int, left: int) -> str:
    rest = _spelled(decimals, whole)
    if gone:
        rest = f"({rest} - {to_text(gone, decimals)})"
    return f"round({rest} * {count} / {left}, {_step(decimals)})"


def _price(decimals: int, unit_price: int, quantity: int, *less: int) -> str:
    text = f"{to_text(unit_price, decimals)} * {quantity}"
    return text + "".join(f" - {to_text(amount, decimals)}" for amount in less)


def _goods(decimals: int, unit_price: int, quantity: int, discount: int, cuts: tuple[int, ...]) -> str:
    return _price(decimals, unit_price, quantity, *[cut for cut in (discount, *cuts) if cut])


def _percent(decimals: int, base: int, rate: Fraction) -> str:
    return f"round({to_text(base, decimals)} * {number_text(rate)}, {_step(decimals)})"


def _use(decimals: int, base: int, per_day: Fraction, days: int, most: Fraction | None) -> str:
    amount = to_text(base, decimals)
    charge = f"{amount} * {number_text(per_day)} * {days}"
    limit = amount if most is None else f"{amount} * {number_text(most)}"
    return f"round(min({charge}, {limit}), {_step(decimals)})"


def _cut(decimals: int, value: int, limit: int) -> str:
    return f"min({to_text(value, decimals)}, {to_text(limit, decimals)}) - {to_text(value, decimals)}"


def _least(decimals: int, limit: int, *sum_: int) -> str:
    return f"min({to_text(limit, decimals)}, {_total(decimals, *sum_)})"


def _lift(decimals: int, value: int) -> str:
    return f"max({to_text(value, decimals)}, 0) + {to_text(-value, decimals)}"


def _text(_: int, text: str) -> str:
    return text


_WRITERS: dict[str, Callable[..., str]] = {
    "plain": _plain,
    "minus": _minus,
    "sum": _total,
    "part": _part,
    "share": _share,
    "ratio": _ratio,
    "times": _times,
    "half_up": _half_up,
    "of_the_rest": _of_the_rest,
    "price": _price,
    "goods": _goods,
    "percent": _percent,
    "use": _use,
    "cut": _cut,
    "least": _least,
    "lift": _lift,
    "text": _text,
}
