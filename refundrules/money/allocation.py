"""Allocation: an amount split over lines, and a line's amount split over its units and its returns.

Every rule here gives the whole away, no more and no less, as `allocate` of Fowler's Money does (*Patterns of Enterprise
Application Architecture*, 2002, "Money"). They differ in where the minor units go that are left when exact shares are
rounded: `first` corrects from the front as Fowler's does, `largest` is Hamilton's apportionment (`currency.share`).
Amounts are in minor units.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from refundrules.expr.formula import round_half_up
from refundrules.money.currency import share, share_of_units
from refundrules.money.formula_text import Working

Remainder = Literal["largest", "largest_later", "first", "down", "half_up", "of_the_rest"]
"""Where the minor units go that rounding leaves over; `settings.MoneySettings` says what each does."""

BY_UNIT = frozenset({"largest", "largest_later", "first"})
"""The rules under which every unit of a line has an amount of its own, whatever came back before it."""


def split(total: int, weights: Sequence[int], rule: Remainder, limits: Sequence[int] | None = None) -> list[int]:
    """Return `total` split over `weights` by a rule; the parts sum to `total`, which is not negative.

    No part exceeds its limit; the limits, where given, sum to `total` or more. When every weight is zero
    the total is split evenly.

    >>> split(100, [1, 1, 1], "largest"), split(100, [1, 1, 1], "down"), split(200, [1, 1, 1], "half_up")
    ([34, 33, 33], [33, 33, 34], [67, 67, 66])
    """
    if rule == "largest":
        parts = share(total, weights)
    else:
        parts = _SPLITTERS[rule](total, weights if any(weights) else [1] * len(weights))
    return parts if limits is None else _within(parts, total, limits)


def _largest_later(total: int, weights: Sequence[int]) -> list[int]:
    return share(total, weights[::-1])[::-1]


def _first(total: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    parts = [-((whole - 2 * total * weight) // (2 * whole)) for weight in weights]
    missing = total - sum(parts)
    for index in range(abs(missing)):
        parts[index] += 1 if missing > 0 else -1
    return parts


def _last(parts: list[int], total: int, weights: Sequence[int]) -> list[int]:
    last = max(index for index, weight in enumerate(weights) if weight)
    parts[last] += total - sum(parts)
    return parts


def _down(total: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    return _last([total * weight // whole for weight in weights], total, weights)


def _half_up(total: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    return _last([round_half_up(total * weight, whole) for weight in weights], total, weights)


def _of_the_rest(total: int, weights: Sequence[int]) -> list[int]:
    parts, left, weight_left = [], total, sum(weights)
    for weight in weights:
        part = round_half_up(left * weight, weight_left) if weight else 0
        parts.append(part)
        left, weight_left = left - part, weight_left - weight
    return parts


_SPLITTERS = {
    "largest_later": _largest_later,
    "first": _first,
    "down": _down,
    "half_up": _half_up,
    "of_the_rest": _of_the_rest,
}


def _within(parts: list[int], total: int, limits: Sequence[int]) -> list[int]:
    if all(0 <= part <= limit for part, limit in zip(parts, limits, strict=True)):
        return parts
    kept = [min(max(part, 0), limit) for part, limit in zip(parts, limits, strict=True)]
    missing = total - sum(kept)
    for index, limit in enumerate(limits):
        move = min(missing, limit - kept[index]) if missing > 0 else max(missing, -kept[index])
        kept[index] += move
        missing -= move
    return kept


def of_units(
    total: int, units: int, first: int, count: int, chosen: Sequence[int] | None, spelled: Working | None = None
) -> tuple[int, Working]:  # fmt: skip
    """Return what units of a line have of `total`, when every unit has an amount of its own.

    `first` is the first unit (0-based) of `count` that follow each other; `chosen` names them (1-based)
    instead. `spelled` is how `total` came about, for the text.
    """
    if chosen is None:
        if count == units:
            return total, ("part", spelled or total, 1, 1)
        each, left = divmod(total, units)
        amount = each * count if not left else share_of_units(total, units, first, count)
    else:
        amount = sum(share_of_units(total, units, unit - 1, 1) for unit in chosen)
    return amount, ("part", spelled or total, count, units, amount - total * count // units)


def of_return(
    total: int, units: int, earlier: Sequence[int], count: int, rule: Remainder, takes_rest: bool,
    spelled: Working | None = None,
) -> tuple[int, Working]:  # fmt: skip
    """Return what the next `count` units have of `total`, when that depends on the returns before them.

    `earlier` holds the quantities that came back, return by return. With `takes_rest`, the return that
    completes the line takes what is left.
    """
    if rule == "of_the_rest":
        return _next_of_the_rest(total, units, earlier, count, spelled)
    gone = _gone(total, units, earlier, rule)
    if takes_rest and sum(earlier) + count == units:
        return total - gone, ("sum", spelled or total, -gone) if gone else ("part", spelled or total, 1, 1)
    if rule == "down":
        return total * count // units, ("part", spelled or total, count, units)
    exact = round_half_up(total * count, units)
    left = total - gone
    if exact <= left:
        return exact, ("half_up", spelled or total, count, units)
    return left, ("sum", spelled or total, -gone)


def _gone(total: int, units: int, earlier: Sequence[int], rule: Remainder) -> int:
    if rule == "down":
        return sum([total * count // units for count in earlier])
    return min(total, sum([round_half_up(total * count, units) for count in earlier]))


def _next_of_the_rest(
    total: int, units: int, earlier: Sequence[int], count: int, spelled: Working | None
) -> tuple[int, Working]:  # fmt: skip
    gone = 0
    for before in earlier:
        gone += round_half_up((total - gone) * before, units)
        units -= before
    return round_half_up((total - gone) * count, units), ("of_the_rest", spelled or total, gone, count, units)
