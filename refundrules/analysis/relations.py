"""Comparisons of amounts as exact arithmetic: the linear constraints of which one has to be met for each to be true.

A formula here holds facts and numbers alone: its parameters and definitions are written out.
`min`, `max` and rounding are split into cases, each of which is linear. A product of facts is an
unknown of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import NamedTuple

from refundrules.analysis.linear import Constraint, Terms, at_least_zero
from refundrules.expr import formula as fm
from refundrules.expr.formula import Apply, Formula, Number

ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


class LinearTerm(NamedTuple):
    """A linear form: factors of unknowns, and a number."""

    terms: Mapping[str, Fraction]
    constant: Fraction

    def plus(self, other: LinearTerm, times: Fraction = Fraction(1)) -> LinearTerm:
        """Return the sum of this and so many times the other."""
        if times != 1:
            other = other.times(times)
        if not other.terms and not other.constant:
            return self
        terms = dict(self.terms)
        for name, factor in other.terms.items():
            before = terms.get(name)
            both = factor if before is None else before + factor
            if both:
                terms[name] = both
            else:
                del terms[name]
        return LinearTerm(terms, self.constant + other.constant if other.constant else self.constant)

    def times(self, factor: Fraction) -> LinearTerm:
        """Return this times a number."""
        if factor == 1:
            return self
        if factor == -1:
            return LinearTerm({name: -one for name, one in self.terms.items()}, -self.constant)
        if not factor:
            return LinearTerm({}, factor)
        return LinearTerm({name: one * factor for name, one in self.terms.items()}, self.constant * factor)

    @property
    def whole(self) -> bool:
        """Whether it is a whole number whatever the unknowns are."""
        return self.constant.denominator == 1 and all(factor.denominator == 1 for factor in self.terms.values())


class Relation(NamedTuple):
    """A formula that is above zero (`strict`), or zero or more."""

    formula: Formula
    strict: bool

    def denied(self) -> Relation:
        """Return the relation that holds exactly where this does not."""
        return Relation(minus(ZERO, self.formula), not self.strict)

    def holds(self, values: Mapping[str, int]) -> bool:
        """Return whether it holds for these numbers."""
        value = fm.evaluate(self.formula, lambda name: values.get(name, 0))
        assert value is not None
        return value > 0 if self.strict else value >= 0


def minus(one: Formula, other: Formula) -> Formula:
    """Return the difference."""
    return Apply("-", (one, other))


def linear(formula: Formula) -> LinearTerm | None:
    """Return the formula as a linear form; None when it is not one at sight."""
    if isinstance(formula, Number):
        return LinearTerm({}, formula.value)
    if isinstance(formula, fm.Ref):
        return LinearTerm({formula.name: Fraction(1)}, Fraction(0))
    args = [linear(arg) for arg in formula.args]
    known = [arg for arg in args if arg is not None]
    if len(known) < len(args):
        return None
    if formula.what in "+-":
        return known[0].plus(known[1], Fraction(1 if formula.what == "+" else -1))
    if formula.what == "*":
        return _multiplied(known[0], known[1])
    if formula.what == "/" and known[1].constant:
        return known[0].times(1 / known[1].constant)
    if all(not arg.terms for arg in known):
        value = fm.evaluate(formula, lambda _: None)
        return None if value is None else LinearTerm({}, value)
    if formula.what in ("floor", "ceil", "round") and known[0].times(1 / known[1].constant).whole:
        return known[0]
    if formula.what in ("min", "max") and all(arg == known[0] for arg in known):
        return known[0]
    return None


def as_constraint(line: LinearTerm, *, strict: bool) -> Constraint | bool:
    """Return `line > 0` or `line ≥ 0` over whole numbers."""
    scale = lcm(line.constant.denominator, *(factor.denominator for factor in line.terms.values()))
    terms = {name: int(factor * scale) for name, factor in line.terms.items()}
    return at_least_zero(terms, int(line.constant * scale) - (1 if strict else 0))


TIMES = "·"


def _multiplied(one: LinearTerm, other: LinearTerm) -> LinearTerm:
    """Return the product, with products of facts as unknowns."""
    found = other.times(one.constant).plus(LinearTerm(one.terms, Fraction(0)), other.constant)
    for name, factor in one.terms.items():
        for term, times in other.terms.items():
            both = TIMES.join(sorted([*name.split(TIMES), *term.split(TIMES)]))
            found = found.plus(LinearTerm({both: factor * times}, Fraction(0)))
    return found


Case = tuple[LinearTerm, tuple[Constraint, ...]]
"""A linear form, and the constraints under which the formula is it."""


@lru_cache(maxsize=4096)
def _cases(formula: Formula) -> tuple[Case, ...]:
    line = linear(formula)
    return ((line, ()),) if line is not None else tuple(_parted(formula))


def _parted(formula: Formula) -> Iterator[Case]:
    assert isinstance(formula, Apply)
    if formula.what in ("min", "max"):
        yield from _chosen(formula)
    elif formula.what in ("floor", "ceil", "round"):
        yield from _stepped(formula)
    elif formula.what == "*":
        yield from _product(formula)
    else:
        for one, first in _cases(formula.args[0]):
            for other, second in _cases(formula.args[1]):
                if formula.what == "/":
                    yield one.times(1 / other.constant), first + second
                else:
                    yield one.plus(other, Fraction(1 if formula.what == "+" else -1)), first + second


def _joined(lines: Sequence[tuple[LinearTerm, bool]]) -> tuple[Constraint, ...] | None:
    found = []
    for line, strict in lines:
        made = as_constraint(line, strict=strict)
        if made is False:
            return None
        if made is not True:
            found.append(made)
    return tuple(found)


def _chosen(formula: Apply) -> Iterator[Case]:
    def every(at: int) -> Iterator[tuple[tuple[LinearTerm, ...], tuple[Constraint, ...]]]:
        if at == len(formula.args):
            yield (), ()
            return
        for line, needs in _cases(formula.args[at]):
            for lines, more in every(at + 1):
                yield (line, *lines), needs + more

    sign = Fraction(1 if formula.what == "min" else -1)
    for lines, needs in every(0):
        for at, line in enumerate(lines):
            beaten = [
                (other.plus(line, Fraction(-1)).times(sign), number < at)
                for number, other in enumerate(lines)
                if number != at
            ]
            more = _joined(beaten)
            if more is not None:
                yield line, needs + more


def _stepped(formula: Apply) -> Iterator[Case]:
    step = linear(formula.args[1])
    assert step is not None
    assert not step.terms, "only constants make steps (checked at load)"
    whole = LinearTerm({f"={fm.to_text(formula)}": Fraction(1)}, Fraction(0))
    for line, needs in _cases(formula.args[0]):
        steps = line.times(1 / step.constant)
        if steps.whole:
            yield line, needs
            continue
        rest = steps.plus(whole, Fraction(-1))
        for lines in _edges(formula.what, steps, rest):
            more = _joined(lines)
            if more is not None:
                yield whole.times(step.constant), needs + more


def _edges(what: str, steps: LinearTerm, rest: LinearTerm) -> Iterator[list[tuple[LinearTerm, bool]]]:
    """Yield what ties a number of steps to the whole number it is rounded to: `rest` is the first less the second."""

    def shifted(line: LinearTerm, by: Fraction) -> LinearTerm:
        return line.plus(LinearTerm({}, by))

    back, half, one = rest.times(Fraction(-1)), Fraction(1, 2), Fraction(1)
    if what == "floor":
        yield [(rest, False), (shifted(back, one), True)]
    elif what == "ceil":
        yield [(back, False), (shifted(rest, one), True)]
    else:
        yield [(steps, False), (shifted(rest, half), False), (shifted(back, half), True)]
        yield [(steps.times(Fraction(-1)), True), (shifted(rest, half), True), (shifted(back, half), False)]


def _product(formula: Apply) -> Iterator[Case]:
    for one, first in _cases(formula.args[0]):
        for other, second in _cases(formula.args[1]):
            yield _multiplied(one, other), first + second


Bound = tuple[int, int]
"""A constraint as the number of its left side, and its constant."""
_SIDES: dict[Terms, int] = {}
"""Every left side, numbered: that of the opposite differs in the last bit. A search looks up numbers a million times."""
TERMS: list[Terms] = []


def variables_of(constraints: Iterable[Constraint]) -> tuple[Bound, ...]:
    """Return the constraints by the numbers of their left sides."""
    found = []
    for terms, constant in constraints:
        if terms not in _SIDES:
            for side in (terms, tuple([(name, -factor) for name, factor in terms])):
                _SIDES[side] = len(TERMS)
                TERMS.append(side)
        found.append((_SIDES[terms], constant))
    return tuple(found)


class Choices(NamedTuple):
    """Sets of constraints of which one is met exactly where a relation holds (or may, where facts are multiplied)."""

    cases: tuple[tuple[Bound, ...], ...]
    unknowns: frozenset[str]


@lru_cache(maxsize=4096)
def choices(relation: Relation) -> Choices:
    """Return what has to be so for the relation to hold."""
    found: dict[tuple[Constraint, ...], None] = {}
    for line, needs in _cases(relation.formula):
        made = _joined([(line, relation.strict)])
        if made is not None:
            found[tuple(sorted(set(needs + made)))] = None
    unknowns = frozenset(name for case in found for item in case for name, _ in item.terms)
    return Choices(tuple(map(variables_of, found)), unknowns)
