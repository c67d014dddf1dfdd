"""Random draws in whole numbers that are the same on every Python and machine (SplitMix64, Steele et al. 2014)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

_MASK = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15
T = TypeVar("T")


def _mixed(state: int) -> int:
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
    return state ^ (state >> 31)


class Weighted(Generic[T]):
    """Values with whole weights, to draw from."""

    __slots__ = ("ends", "values")

    def __init__(self, weights: Mapping[T, int]) -> None:
        self.values = tuple(weights)
        self.ends = tuple(accumulate(weights.values()))


class Draws:
    """One stream of draws; the stream of a seed and a number depends on nothing else.

    >>> draws = Draws(7, 0)
    >>> [draws.below(100) for _ in range(5)]
    [70, 43, 85, 45, 97]
    """

    __slots__ = ("_state",)

    def __init__(self, seed: int, number: int) -> None:
        self._state = _mixed(_mixed(seed & _MASK) + number * _GAMMA & _MASK)

    def below(self, limit: int) -> int:
        """Return a number from 0 up to, not including, `limit`."""
        self._state = (self._state + _GAMMA) & _MASK
        return (_mixed(self._state) * limit) >> 64

    def between(self, low: int, high: int) -> int:
        """Return a number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, per_thousand: int) -> bool:
        """Return true so often in a thousand."""
        return self.below(1000) < per_thousand

    def pick(self, values: Sequence[T]) -> T:
        """Return one of the values, each as likely as the others."""
        return values[self.below(len(values))]

    def weighted(self, table: Weighted[T]) -> T:
        """Return one of the values by their weights."""
        return table.values[bisect_right(table.ends, self.below(table.ends[-1]))]
