"""A set of cases in words: what all of them have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from refundrules.analysis.encoding import EncodedChoice, Flag, Numbers, Space, Test
from refundrules.analysis.mdd import NONE
from refundrules.expr import formula as fm
from refundrules.expr.formula import Apply
from refundrules.text.values import shown

_SIGNS = {True: (" > ", " ≥ "), False: (" ≤ ", " < ")}

_LONGEST = 80

Sides = tuple[tuple[int, tuple[int, ...]], ...]
"""Values that some variables may have, whatever the others are."""


class Box(NamedTuple):
    """What the cases of a set have in common, and whether every possible case like that is one of them."""

    sides: Sides
    exact: bool


def box_around(space: Space, cases: int, possible: int) -> Box:
    """Return the smallest box that holds the cases."""
    d = space.diagrams
    # What is not worked out any further may be either way: it says nothing of a case.
    flags = frozenset(at for at, variable in enumerate(space.variables) if isinstance(variable, Flag))
    real = d.conj(d.exists(cases, flags), possible)
    sides = tuple(
        (var, tuple(sorted(values))) for var, values in sorted(d.values(real).items()) if len(values) < d.sizes[var]
    )
    whole = d.cube(sides)
    return Box(sides, d.minus(d.conj(whole, possible), real) == NONE)


def box_text(space: Space, sides: Sides, currency: str, language: str) -> Sequence[str]:
    """Return the conditions of a box, one text each."""
    return [_side(space, var, values, currency, language) for var, values in sides]


def readable(space: Space, sides: Sides) -> Sides:
    """Return the sides that a person can read: without long comparisons of amounts."""
    return tuple((var, values) for var, values in sides if not _is_long(space, var))


def _is_long(space: Space, var: int) -> bool:
    variable = space.variables[var]
    return isinstance(variable, Test) and len(_relation_text(variable, holds=True)) > _LONGEST


def _side(space: Space, var: int, values: tuple[int, ...], currency: str, language: str) -> str:
    variable = space.variables[var]
    if isinstance(variable, EncodedChoice):
        words = [shown(variable.values[value], "enum", language, currency) for value in values]
        rest = [shown(word, "enum", language, currency) for at, word in enumerate(variable.values) if at not in values]
        if len(rest) < len(words) and len(rest) < 3:
            return f"{variable.name} ≠ {', '.join(rest)}"
        return f"{variable.name} = {' | '.join(words)}"
    if isinstance(variable, Numbers):
        return " | ".join(_range(space, variable, run, currency, language) for run in _runs(values))
    if isinstance(variable, Test):
        return _relation_text(variable, holds=values == (1,))
    return f"{variable.name} = {'yes' if values == (1,) else 'no'}"


def _runs(values: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    first = last = values[0]
    for value in values[1:]:
        if value != last + 1:
            yield first, last
            first = value
        last = value
    yield first, last


def _range(space: Space, variable: Numbers, run: tuple[int, int], currency: str, language: str) -> str:
    kind = space.facts[variable.name].kind
    low, high = variable.intervals[run[0]][0], variable.intervals[run[1]][1]
    first, last = run[0] == 0, run[1] == len(variable.intervals) - 1

    def text(value: int) -> str:
        return shown(value, kind, language, currency)

    if low == high:
        return f"{variable.name} = {text(low)}"
    # Between two whole numbers there is nothing, so `above 3` reads better than `at least 3.001`.
    above = f"{variable.name} > {text(low - 1)}"
    if last:
        return above
    return f"{variable.name} ≤ {text(high)}" if first else f"{text(low - 1)} < {variable.name} ≤ {text(high)}"


def _relation_text(variable: Test, *, holds: bool) -> str:
    formula, strict = variable.relation
    sign = _SIGNS[holds][0 if strict else 1]
    if isinstance(formula, Apply) and formula.what == "-":
        return f"{fm.to_text(formula.args[0])}{sign}{fm.to_text(formula.args[1])}"
    return f"{fm.to_text(formula)}{sign}0"
