"""Exact money: integer minor units inside, `Decimal` at the edges, never a float.

Minor-unit exponents follow ISO 4217 (currencies not listed here have two decimals).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NewType

from refundrules.io.numbers import fixed_text

Minor = NewType("Minor", int)
"""An amount as a whole number of a currency's minor units (fen, cents, yen), as it was given; sums of them are ints."""
LARGEST_MINOR = Minor(10**12)
"""The largest amount a case may hold, in minor units."""

_ZERO_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_LARGEST = Decimal(10) ** 13
_CODE = re.compile(r"[A-Z]{3}")


def is_currency(code: str) -> bool:
    """Return whether `code` is shaped like an ISO 4217 code (three capitals)."""
    return _CODE.fullmatch(code) is not None


def exponent(currency: str) -> int:
    """Return how many decimals `currency` has: 0, 2 or 3.

    >>> exponent("CNY"), exponent("JPY"), exponent("KWD")
    (2, 0, 3)
    """
    if currency in _ZERO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def to_minor(amount: Decimal, decimals: int) -> Minor:
    """Return `amount` in minor units of a currency with so many decimals.

    Raises `ValueError` when it has more decimals than the currency, is not finite, or is
    larger than `LARGEST_MINOR`.

    >>> to_minor(Decimal("12.5"), 2)
    1250
    """
    if not -_LARGEST < amount < _LARGEST:
        raise ValueError("is larger than 10^12 minor units" if amount.is_finite() else "is not a finite amount")
    scaled = amount.scaleb(decimals)
    minor = int(scaled)
    if minor != scaled:
        raise ValueError(f"has more decimals than the currency ({decimals})")
    if not -LARGEST_MINOR <= minor <= LARGEST_MINOR:
        raise ValueError("is larger than 10^12 minor units")
    return Minor(minor)


@lru_cache(4096)
def to_decimal(minor: int, decimals: int) -> Decimal:
    """Return minor units as a `Decimal` with exactly `decimals` places.

    >>> to_decimal(1250, 2)
    Decimal('12.50')
    """
    return Decimal(minor).scaleb(-decimals)


def to_text(minor: int, decimals: int) -> str:
    """Return minor units as the decimal string used in cases and decisions.

    >>> to_text(-5, 2), to_text(1250, 0)
    ('-0.05', '1250')
    """
    return fixed_text(minor, decimals)


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Return `total` (minor units) shared over `weights`, by largest remainder, ties to the earlier.

    This is Hamilton's method of apportionment (Balinski and Young, *Fair Representation*, 1982): every share is rounded
    down, and the units left go to the largest remainders. The shares sum to `total`; each differs from the exact quotient
    by less than one unit.
    When every weight is zero the total is shared evenly.

    >>> share(100, [1, 1, 1])
    [34, 33, 33]
    """
    if not weights:
        return []
    whole = sum(weights)
    if not whole:
        weights = [1] * len(weights)
        whole = len(weights)
    if total < 0:
        return [-part for part in share(-total, weights)]
    shares = [total * weight // whole for weight in weights]
    left = total - sum(shares)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
        for index in by_remainder[:left]:
            shares[index] += 1
    return shares


def share_of_units(total: int, units: int, first: int, count: int) -> int:
    """Return what `count` units, from unit number `first` (0-based), have of `total` (minor units) over `units`.

    Equal shares by largest remainder, so the pieces of a line always sum to the line: the first ones have one more.

    >>> [share_of_units(100, 3, n, 1) for n in range(3)]
    [34, 33, 33]
    """
    each, left = divmod(total, units)
    extra = max(0, min(first + count, left) - min(first, left))
    return each * count + extra
