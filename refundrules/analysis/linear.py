"""Exact linear arithmetic over whole numbers: is there a point, and which; by eliminating one unknown after another.

A constraint is a sum of whole multiples of unknowns, and a number, that is zero or more.

This is Fourier-Motzkin elimination (A. Schrijver, *Theory of Linear and Integer Programming*, 1986, §12.2), each constraint
divided by what its multiples have in common and rounded, as whole numbers allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import compress
from math import gcd
from typing import NamedTuple

MOST = 400
"""With more constraints than this the answer is left open."""
_TRIES = 400


Terms = tuple[tuple[str, int], ...]


class Constraint(NamedTuple):
    """`sum of factor × unknown + constant ≥ 0`."""

    terms: Terms
    constant: int


class Unsolved(Exception):  # noqa: N818 (not an error: the caller says that it could not tell)
    """It could not be told whether there is a point."""


def at_least_zero(terms: Mapping[str, int], constant: int) -> Constraint | bool:
    """Return the constraint with the smallest factors, or whether it holds when it has no unknowns."""
    kept = {name: factor for name, factor in terms.items() if factor}
    if not kept:
        return constant >= 0
    divisor = gcd(*kept.values())
    return Constraint(tuple(sorted((name, factor // divisor) for name, factor in kept.items())), constant // divisor)


Stages = tuple[tuple[str, tuple[Constraint, ...]], ...]
"""Unknowns in the order in which they are given values, each with what bounds it by those before it."""


def eliminate(constraints: Iterable[Constraint]) -> Stages | None:
    """Return what is left to look at for a point; None when there is none. Raises `Unsolved` when it is too much."""
    stages: list[tuple[str, tuple[Constraint, ...]]] = []
    left = _tightest(constraints)
    while left:
        name = _next(left)
        reads = [any(name == term for term, _ in item.terms) for item in left]
        here = tuple(compress(left, reads))
        rest = [item for item, read in zip(left, reads, strict=True) if not read]
        stages.append((name, here))
        left = _tightest([*rest, *_without(name, here)])
        if left is not None and len(left) > MOST:
            raise Unsolved
    return None if left is None else tuple(reversed(stages))


def solve(stages: Stages, wishes: Mapping[str, int]) -> dict[str, int]:
    """Return whole numbers that meet every constraint, as wished where possible.

    Raises `Unsolved` when that cannot be told: there may be fractions only.
    """
    found = _point(stages, wishes)
    if found is None:
        raise Unsolved
    return found


def _tightest(constraints: Iterable[Constraint]) -> list[Constraint] | None:
    """Return the constraints without those that others imply at once; None when two contradict each other."""
    least: dict[Terms, int] = {}
    for terms, constant in constraints:
        if not terms:
            if constant < 0:
                return None
            continue
        known = least.get(terms)
        if known is None or constant < known:
            least[terms] = constant
            opposite = least.get(_opposite(terms))
            if opposite is not None and opposite + constant < 0:
                return None
    return [Constraint(terms, constant) for terms, constant in least.items()]


@lru_cache(maxsize=65536)
def _opposite(terms: Terms) -> Terms:
    return tuple([(name, -factor) for name, factor in terms])


def _next(constraints: Sequence[Constraint]) -> str:
    """Return the unknown whose elimination makes the fewest new constraints."""
    above: dict[str, int] = {}
    below: dict[str, int] = {}
    for terms, _ in constraints:
        for name, factor in terms:
            side = above if factor < 0 else below
            side[name] = side.get(name, 0) + 1
    return min({**above, **below}, key=lambda name: (above.get(name, 0) * below.get(name, 0), name))


def _without(name: str, constraints: Sequence[Constraint]) -> Iterator[Constraint]:
    lower = [(item, factor) for item in constraints for term, factor in item.terms if term == name and factor > 0]
    upper = [(item, -factor) for item in constraints for term, factor in item.terms if term == name and factor < 0]
    for low, up in lower:
        for high, down in upper:
            terms = {term: factor * down for term, factor in low.terms}
            for term, factor in high.terms:
                terms[term] = terms.get(term, 0) + factor * up
            made = at_least_zero(terms, low.constant * down + high.constant * up)
            if made is False:
                yield Constraint((), -1)
            elif made is not True:
                yield made


def _point(stages: Stages, wishes: Mapping[str, int]) -> dict[str, int] | None:
    found: dict[str, int] = {}
    tries = _TRIES

    def place(at: int) -> bool:
        nonlocal tries
        if at == len(stages):
            return True
        name, constraints = stages[at]
        low, high = _bounds(name, constraints, found)
        for value in _candidates(low, high, wishes.get(name, 0)):
            tries -= 1
            if tries < 0:
                return False
            found[name] = value
            if place(at + 1):
                return True
        found.pop(name, None)
        return False

    return found if place(0) else None


def _bounds(name: str, constraints: Sequence[Constraint], found: Mapping[str, int]) -> tuple[int | None, int | None]:
    low: int | None = None
    high: int | None = None
    for terms, constant in constraints:
        factor, rest = 0, constant
        for term, times in terms:
            if term == name:
                factor = times
            else:
                rest += times * found[term]
        if factor > 0:
            least = -(rest // factor)
            low = least if low is None else max(low, least)
        else:
            most = rest // -factor
            high = most if high is None else min(high, most)
    return low, high


def _candidates(low: int | None, high: int | None, wish: int) -> list[int]:
    if low is not None and high is not None and low > high:
        return []
    nearest = wish if low is None else max(low, wish)
    nearest = nearest if high is None else min(high, nearest)
    more = [value for value in (low, high, nearest + 1, nearest - 1) if value is not None]
    if low is not None and high is not None:
        more.append((low + high) // 2)
    inside = [v for v in more if (low is None or v >= low) and (high is None or v <= high)]
    return list(dict.fromkeys([nearest, *inside]))
