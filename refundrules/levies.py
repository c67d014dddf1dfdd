"""Taxes of a line or of shipping: inside the price or on top of it, by rate or as charged."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import NamedTuple

from refundrules.minorunits import round_half_up, share
from refundrules.quoteorder import Tax
from refundrules.quotereading import Minors
from refundrules.workings import Working

_NONE = Fraction(0)


class Levy(NamedTuple):
    """One tax: its amount in minor units, and how it came about."""

    name: str
    minor: int
    working: Working


def levies(
    taxes: Sequence[Tax], price: int, minors: Minors, where: str, *at: int
) -> tuple[tuple[Levy, ...], tuple[Levy, ...]]:
    """Return the taxes inside a price, and those on top of it.

    Taxes inside split the price so that they and the price without tax add up to it; a tax on top is its rate
    of the price without tax, rounded half up. A tax given as an amount is that amount.
    """
    if not taxes:
        return (), ()
    given: dict[int, int] = {}
    for place, tax in enumerate(taxes):
        if (tax.rate is None) == (tax.amount is None):
            minors.wrong(where % (*at, place), "has not one of `rate` and `amount`", "give one of them")
        if tax.amount is not None:
            given[place] = minors.of(tax.amount, where + ".amount", *at, place)
    inside = _inside(taxes, price, given)
    net = price - sum([levy.minor for levy in inside])
    if net < 0:
        minors.wrong(where % (*at, 0), f"`{minors.text(price - net)}` of taxes inside the price are above the price")
    return inside, tuple([_on_top(tax, net, given.get(place)) for place, tax in enumerate(taxes) if not tax.included])


def _inside(taxes: Sequence[Tax], price: int, given: dict[int, int]) -> tuple[Levy, ...]:
    held = [place for place, tax in enumerate(taxes) if tax.included]
    if not held:
        return ()
    if len(held) == 1 and held[0] not in given:
        return (_only(taxes[held[0]], price),)
    weights = _weights(tuple([taxes[place].rate or _NONE for place in held if place not in given]))
    whole, found, parts = sum(weights), [], iter(share(price, weights)[1:])
    weight = iter(weights[1:])
    for place in held:
        name, minor = taxes[place].name, given.get(place)
        if minor is None:
            minor, mine = next(parts), next(weight)
            found.append(Levy(name, minor, ("part", price, mine, whole, minor - price * mine // whole)))
        else:
            found.append(Levy(name, minor, ("plain", minor)))
    return tuple(found)


def _only(tax: Tax, price: int) -> Levy:
    """Split a price into itself without tax and one tax: as `_inside` does, without the detour."""
    under, weight = (tax.rate or _NONE).as_integer_ratio()[::-1]
    whole = under + weight
    exact, remainder = divmod(price * weight, whole)
    more = 1 if 2 * remainder > whole else 0
    return Levy(tax.name, exact + more, ("part", price, weight, whole, more))


@lru_cache(256)
def _weights(rates: tuple[Fraction, ...]) -> tuple[int, ...]:
    """Return a price without tax and its taxes as whole numbers."""
    scale = lcm(*[rate.denominator for rate in rates])
    return (scale, *[int(rate * scale) for rate in rates])


def _on_top(tax: Tax, net: int, given: int | None) -> Levy:
    if given is not None:
        return Levy(tax.name, given, ("plain", given))
    rate = tax.rate or _NONE
    return Levy(tax.name, round_half_up(net * rate.numerator, rate.denominator), ("percent", net, rate))
