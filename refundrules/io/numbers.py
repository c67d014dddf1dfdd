"""Numbers as text, exact: the one place where an integer or a fraction becomes digits."""

from __future__ import annotations

from fractions import Fraction


def fixed_text(scaled: int, decimals: int) -> str:
    """Return `scaled` / 10^`decimals` with exactly so many decimals.

    >>> fixed_text(-5, 2), fixed_text(1250, 0)
    ('-0.05', '1250')
    """
    if not decimals:
        return str(scaled)
    digits = str(abs(scaled)).rjust(decimals + 1, "0")
    return f"{'-' if scaled < 0 else ''}{digits[:-decimals]}.{digits[-decimals:]}"


def exact_text(number: Fraction) -> str:
    """Return a number as its shortest decimal, or as a fraction where no decimal is exact.

    >>> exact_text(Fraction(3)), exact_text(Fraction(-1, 4)), exact_text(Fraction(5, 6))
    ('3', '-0.25', '5/6')
    """
    decimals, rest = 0, number.denominator
    for prime in (2, 5):  # a decimal is exact when nothing else divides the denominator
        times = 0
        while rest % prime == 0:
            rest, times = rest // prime, times + 1
        decimals = max(decimals, times)
    if rest != 1:
        return str(number)
    return fixed_text(int(number * 10**decimals), decimals)
