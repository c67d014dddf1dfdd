"""Taxes of lines or of shipping: inside the price or on top of it, by rate or as charged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Literal, NamedTuple

from refundrules.expr.formula import round_half_up
from refundrules.money.allocation import split
from refundrules.money.currency import share
from refundrules.money.formula_text import Working
from refundrules.money.models import Tax
from refundrules.money.reading import Minors

_NONE = Fraction(0)


class Levy(NamedTuple):
    """One tax: its amount in minor units, how it came about, and its rate where it was given by one."""

    name: str
    minor: int
    working: Working
    rate: Fraction | None = None


Levied = tuple[tuple[Levy, ...], tuple[Levy, ...]]
"""The taxes inside a price, and those on top of it."""


class Taxed(NamedTuple):
    """A price for so many units, and its taxes."""

    taxes: Sequence[Tax]
    price: int
    units: int


_UNTAXED: Levied = ((), ())


def levies(taxes: Sequence[Tax], price: int, minors: Minors, where: str, *at: int, units: int = 1) -> Levied:
    """Return the taxes inside a price, and those on top of it.

    Taxes inside split the price so that they and the price without tax add up to it; a tax on top is its rate
    of the price without tax, rounded half up: of each unit, when there are several. A tax given as an amount is that
    amount.
    """
    if not taxes:
        return _UNTAXED
    given: dict[int, int] = {}
    for place, tax in enumerate(taxes):
        if (tax.rate is None) == (tax.amount is None):
            minors.wrong(where % (*at, place), "has not one of `rate` and `amount`", "give one of them")
        if tax.amount is not None:
            given[place] = minors.of(tax.amount, where + ".amount", *at, place)
    inside = _inside(taxes, price, given, units)
    net = price - sum([levy.minor for levy in inside])
    if net < 0:
        minors.wrong(where % (*at, 0), f"`{minors.text(price - net)}` of taxes inside the price are above the price")
    on_top = [_on_top(tax, net, given.get(place), units) for place, tax in enumerate(taxes) if not tax.included]
    return inside, tuple(on_top)


def levies_of_lines(
    lines: Sequence[Taxed], rounding: Literal["line", "unit", "order"], minors: Minors, where: str
) -> list[Levied]:
    """Return the taxes of lines, line by line; with `order`, the sum of each tax is rounded, and shared over them."""
    by_unit = rounding == "unit"
    found = [
        levies(taxes, price, minors, where, at, units=units if by_unit else 1) if taxes else _UNTAXED
        for at, (taxes, price, units) in enumerate(lines)
    ]
    return _together(lines, found) if rounding == "order" else found


def tax_on(levy: Levy, amount: int, net: int) -> tuple[int, Working]:
    """Return what a tax of a price is of an amount without taxes; `net` is the price without its taxes."""
    if levy.rate is not None:
        return _share_of(amount, levy.rate), ("percent", amount, levy.rate)
    if not net:
        return 0, ("plain", 0)
    return round_half_up(amount * levy.minor, net), ("ratio", amount, levy.minor, net)


def most_before_tax(most: int, taxes: Iterable[Levy], net: int) -> int:
    """Return the highest amount without taxes that is not above `most` once they are added."""
    taxes = tuple(taxes)

    def total(amount: int) -> int:
        return amount + sum([tax_on(levy, amount, net)[0] for levy in taxes])

    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if total(middle) <= most else (low, middle - 1)
    return low


# -- one price ----------------------------------------------------------------------------------


def _inside(taxes: Sequence[Tax], price: int, given: dict[int, int], units: int) -> tuple[Levy, ...]:
    held = [place for place, tax in enumerate(taxes) if tax.included]
    if not held:
        return ()
    if units == 1 and len(held) == 1 and not given:
        return (_only(taxes[held[0]], price),)
    rated = [taxes[place] for place in held if place not in given]
    found = iter(_split_off(rated, price) if units == 1 else _unit_by_unit(rated, price, units))
    return tuple(
        [
            Levy(taxes[place].name, given[place], ("plain", given[place])) if place in given else next(found)
            for place in held
        ]
    )


def _split_off(taxes: Sequence[Tax], price: int) -> list[Levy]:
    """Split a price into itself without tax and its taxes."""
    if len(taxes) == 1:
        return [_only(taxes[0], price)]
    weights = _weights(tuple([tax.rate or _NONE for tax in taxes]))
    whole = sum(weights)
    return [
        Levy(tax.name, minor, ("part", price, weight, whole, minor - price * weight // whole), tax.rate or _NONE)
        for tax, weight, minor in zip(taxes, weights[1:], share(price, weights)[1:], strict=True)
    ]


def _only(tax: Tax, price: int) -> Levy:
    """Split a price into itself without tax and one tax: as for several taxes, without the detour."""
    under, weight = (tax.rate or _NONE).as_integer_ratio()[::-1]
    whole = under + weight
    exact, remainder = divmod(price * weight, whole)
    more = 1 if 2 * remainder > whole else 0
    return Levy(tax.name, exact + more, ("part", price, weight, whole, more), tax.rate or _NONE)


@lru_cache(256)
def _weights(rates: tuple[Fraction, ...]) -> tuple[int, ...]:
    """Return a price without tax and its taxes as whole numbers."""
    scale = lcm(*[rate.denominator for rate in rates])
    return (scale, *[int(rate * scale) for rate in rates])


def _on_top(tax: Tax, net: int, given: int | None, units: int) -> Levy:
    if given is not None:
        return Levy(tax.name, given, ("plain", given))
    rate = tax.rate or _NONE
    if units == 1:
        return Levy(tax.name, _share_of(net, rate), ("percent", net, rate), rate)
    return _added(
        [
            (count, Levy(tax.name, _share_of(one, rate), ("percent", one, rate), rate))
            for count, one in _even(net, units)
        ]
    )


def _share_of(amount: int, rate: Fraction) -> int:
    return round_half_up(amount * rate.numerator, rate.denominator)


# -- unit by unit, or all lines together --------------------------------------------------------


def _even(total: int, units: int) -> list[tuple[int, int]]:
    """Return how many units have which amount of a total, the dearer first."""
    each, dearer = divmod(total, units)
    return [(count, one) for count, one in ((dearer, each + 1), (units - dearer, each)) if count]


def _unit_by_unit(taxes: Sequence[Tax], price: int, units: int) -> list[Levy]:
    groups = [(count, _split_off(taxes, one)) for count, one in _even(price, units)]
    return [_added([(count, found[at]) for count, found in groups]) for at in range(len(taxes))]


def _added(groups: Sequence[tuple[int, Levy]]) -> Levy:
    first = groups[0][1]
    working = ("times", *[(levy.working, count) for count, levy in groups])
    return Levy(first.name, sum([count * levy.minor for count, levy in groups]), working, first.rate)


def _together(lines: Sequence[Taxed], found: list[Levied]) -> list[Levied]:
    """Return the taxes with those given by rate rounded once for all lines that have them."""
    inside = [list(own) for own, _ in found]
    _inside_together(lines, inside)
    nets = [line.price - sum([levy.minor for levy in own]) for line, own in zip(lines, inside, strict=True)]
    on_top = [list(own) for _, own in found]
    _on_top_together(nets, on_top)
    return [(tuple(own), tuple(top)) for own, top in zip(inside, on_top, strict=True)]


def _inside_together(lines: Sequence[Taxed], inside: list[list[Levy]]) -> None:
    groups: dict[tuple[Tax, ...], list[int]] = {}
    for at, line in enumerate(lines):
        rated = tuple([tax for tax in line.taxes if tax.included and tax.amount is None])
        if rated:
            groups.setdefault(rated, []).append(at)
    for taxes, places in groups.items():
        prices = [lines[at].price for at in places]
        left = [
            max(0, price - sum([levy.minor for levy in inside[at] if levy.rate is None]))
            for price, at in zip(prices, places, strict=True)
        ]
        for number, levy in enumerate(_split_off(taxes, sum(prices))):
            shared = _shared(levy, prices, left)
            left = [limit - own.minor for limit, own in zip(left, shared, strict=True)]
            for at, own in zip(places, shared, strict=True):
                inside[at][[place for place, one in enumerate(inside[at]) if one.rate is not None][number]] = own


def _on_top_together(nets: Sequence[int], on_top: list[list[Levy]]) -> None:
    groups: dict[tuple[str, Fraction], list[tuple[int, int]]] = {}
    for at, own in enumerate(on_top):
        for place, levy in enumerate(own):
            if levy.rate is not None:
                groups.setdefault((levy.name, levy.rate), []).append((at, place))
    for (name, rate), members in groups.items():
        weights = [nets[at] for at, _ in members]
        whole = sum(weights)
        levy = Levy(name, _share_of(whole, rate), ("percent", whole, rate), rate)
        for (at, place), shared in zip(members, _shared(levy, weights), strict=True):
            on_top[at][place] = shared


def _shared(levy: Levy, weights: Sequence[int], limits: Sequence[int] | None = None) -> list[Levy]:
    """Return a tax of several lines shared over them, by what it is a tax of."""
    whole, found = sum(weights), []
    for weight, minor in zip(weights, split(levy.minor, weights, "largest", limits), strict=True):
        correction = minor - levy.minor * weight // whole if whole else 0
        working: Working = ("share", levy.working, weight, whole, correction) if whole else ("plain", minor)
        found.append(Levy(levy.name, minor, working, levy.rate))
    return found
