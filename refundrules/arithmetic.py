"""Comparisons of amounts as exact arithmetic: can some of them be true together, and with which numbers.

A formula here holds facts and numbers alone: its parameters and definitions are written out.
`min`, `max` and rounding are split into cases, each of which is linear. A product of facts is an
unknown of its own, of which a few things are known; a point found that way counts only when it
really is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import NamedTuple

from refundrules import formula as fm
from refundrules.formula import Apply, Formula, Number
from refundrules.linear import Constraint, Stages, Terms, Unsolved, at_least_zero, eliminated, point

ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))
_CASES = 3000


class Line(NamedTuple):
    """A linear form: factors of unknowns, and a number."""

    terms: Mapping[str, Fraction]
    constant: Fraction

    def plus(self, other: Line, times: Fraction = Fraction(1)) -> Line:
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
        return Line(terms, self.constant + other.constant if other.constant else self.constant)

    def times(self, factor: Fraction) -> Line:
        """Return this times a number."""
        if factor == 1:
            return self
        if factor == -1:
            return Line({name: -one for name, one in self.terms.items()}, -self.constant)
        if not factor:
            return Line({}, factor)
        return Line({name: one * factor for name, one in self.terms.items()}, self.constant * factor)

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


def linear(formula: Formula) -> Line | None:
    """Return the formula as a linear form; None when it is not one at sight."""
    if isinstance(formula, Number):
        return Line({}, formula.value)
    if isinstance(formula, fm.Ref):
        return Line({formula.name: Fraction(1)}, Fraction(0))
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
        return None if value is None else Line({}, value)
    if formula.what in ("floor", "ceil", "round") and known[0].times(1 / known[1].constant).whole:
        return known[0]
    if formula.what in ("min", "max") and all(arg == known[0] for arg in known):
        return known[0]
    return None


def as_constraint(line: Line, *, strict: bool) -> Constraint | bool:
    """Return `line > 0` or `line ≥ 0` over whole numbers."""
    scale = lcm(line.constant.denominator, *(factor.denominator for factor in line.terms.values()))
    terms = {name: int(factor * scale) for name, factor in line.terms.items()}
    return at_least_zero(terms, int(line.constant * scale) - (1 if strict else 0))


_TIMES = "·"


def _multiplied(one: Line, other: Line) -> Line:
    """Return the product, with products of facts as unknowns."""
    found = other.times(one.constant).plus(Line(one.terms, Fraction(0)), other.constant)
    for name, factor in one.terms.items():
        for term, times in other.terms.items():
            both = _TIMES.join(sorted([*name.split(_TIMES), *term.split(_TIMES)]))
            found = found.plus(Line({both: factor * times}, Fraction(0)))
    return found


Case = tuple[Line, tuple[Constraint, ...]]
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


def _joined(lines: Sequence[tuple[Line, bool]]) -> tuple[Constraint, ...] | None:
    found = []
    for line, strict in lines:
        made = as_constraint(line, strict=strict)
        if made is False:
            return None
        if made is not True:
            found.append(made)
    return tuple(found)


def _chosen(formula: Apply) -> Iterator[Case]:
    def every(at: int) -> Iterator[tuple[tuple[Line, ...], tuple[Constraint, ...]]]:
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
    whole = Line({f"={fm.to_text(formula)}": Fraction(1)}, Fraction(0))
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


def _edges(what: str, steps: Line, rest: Line) -> Iterator[list[tuple[Line, bool]]]:
    """Yield what ties a number of steps to the whole number it is rounded to: `rest` is the first less the second."""

    def shifted(line: Line, by: Fraction) -> Line:
        return line.plus(Line({}, by))

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
_TERMS: list[Terms] = []


def _numbered(constraints: Iterable[Constraint]) -> tuple[Bound, ...]:
    found = []
    for terms, constant in constraints:
        if terms not in _SIDES:
            for side in (terms, tuple([(name, -factor) for name, factor in terms])):
                _SIDES[side] = len(_TERMS)
                _TERMS.append(side)
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
    return Choices(tuple(map(_numbered, found)), unknowns)


def factors(formula: Formula) -> Iterator[str]:
    """Yield the facts that stand in a product with other facts."""
    if isinstance(formula, Apply):
        if formula.what == "*" and all(any(True for _ in fm.names(arg)) for arg in formula.args):
            yield from fm.names(formula)
        for arg in formula.args:
            yield from factors(arg)


def numbers(
    relations: Sequence[Relation], bounds: Mapping[str, tuple[int, int]], wishes: Mapping[str, int]
) -> dict[str, int] | None:
    """Return numbers within the bounds with which every relation holds, as wished where possible; None: none exist.

    Raises `Unsolved` when that cannot be told.
    """
    names = {name for relation in relations for name in fm.names(relation.formula)}
    fixed = sorted({name for relation in relations for name in factors(relation.formula)})
    limits = []
    for name in sorted(names):
        low, high = bounds[name]
        limits += [Constraint(((name, 1),), -low), Constraint(((name, -1),), high)]
    chosen = [choices(relation) for relation in relations]
    unknowns = set().union(*[item.unknowns for item in chosen])
    options = [item.cases for item in chosen] + [tuple(map(_numbered, cases)) for cases in _products(unknowns, bounds)]
    found, open_ = _first(options, _numbered(limits), wishes)
    if found is not None and all(relation.holds(found) for relation in relations):
        return found
    if not fixed:
        if open_ or found is not None:
            raise Unsolved
        return None
    if found is None and not open_:
        return None
    for name in fixed:
        low, high = bounds[name]
        for value in dict.fromkeys([min(max(wishes.get(name, 0), low), high), low, low + 1, high]):
            if low <= value <= high:
                at_value = [Relation(_with(relation.formula, name, value), relation.strict) for relation in relations]
                try:
                    inner = numbers(at_value, bounds, wishes)
                except Unsolved:
                    continue
                if inner is not None:
                    return {**inner, name: value}
    raise Unsolved


def _products(names: set[str], bounds: Mapping[str, tuple[int, int]]) -> Iterator[list[tuple[Constraint, ...]]]:
    """Yield what is known of products: they grow with their factors, and none is below zero."""
    products = {name: tuple(name.split(_TIMES)) for name in sorted(names) if _TIMES in name}
    pairs = {name: parts for name, parts in products.items() if all(part in bounds for part in parts)}
    for name, parts in pairs.items():
        yield [(Constraint(((name, 1),), 0),)]
        for part, (other, *more) in ((parts[0], parts[1:]), (parts[-1], parts[:-1])):
            if not more and bounds[other][0] >= 1:  # x·y ≥ least·x, where y ≥ least
                made = at_least_zero({name: 1, part: -bounds[other][0]}, 0)
                assert isinstance(made, Constraint)
                yield [(made,)]
    plain = [(name, parts) for name, parts in pairs.items() if len(parts) == 2]
    for at, (name, parts) in enumerate(plain):
        for other, others in plain[at + 1 :]:
            for common in sorted(set(parts) & set(others)):
                one, two = _rest(parts, common), _rest(others, common)
                if one != two:
                    yield [_ordered(name, other, one, two), _ordered(other, name, two, one)]


def _rest(parts: tuple[str, ...], common: str) -> str:
    left = list(parts)
    left.remove(common)
    return left[0]


def _ordered(more: str, less: str, one: str, two: str) -> tuple[Constraint, ...]:
    """Return that one is at least the other, in a product with the same as without."""
    made = [at_least_zero({one: 1, two: -1}, 0), at_least_zero({more: 1, less: -1}, 0)]
    return tuple(item for item in made if isinstance(item, Constraint))


def _with(formula: Formula, name: str, value: int) -> Formula:
    if isinstance(formula, fm.Ref):
        return Number(Fraction(value)) if formula.name == name else formula
    if isinstance(formula, Apply):
        return Apply(formula.what, tuple(_with(arg, name, value) for arg in formula.args))
    return formula


_Tight = Mapping[int, int]
"""Constraints none of which implies another at once: the constant of each left side."""


def _first(
    options: Sequence[Sequence[tuple[Bound, ...]]], limits: Sequence[Bound], wishes: Mapping[str, int]
) -> tuple[dict[str, int] | None, bool]:
    """Return the first point of any combination of cases, and whether some combination could not be told."""
    options = sorted(options, key=len)
    open_, left = False, _CASES

    def explore(at: int, tight: _Tight | None) -> dict[str, int] | None:
        nonlocal open_, left
        left -= 1
        if left < 0:
            open_ = True
            return None
        if at == len(options) or len(options[at]) > 1:
            try:
                stages = None if tight is None else _eliminated(frozenset(tight.items()))
                if stages is None or at == len(options):
                    return None if stages is None else point(stages, wishes)
            except Unsolved:
                if at == len(options):
                    open_ = True
                    return None
        for more in options[at]:
            deeper = explore(at + 1, None if tight is None else _tightened(tight, more))
            if deeper is not None:
                return deeper
        return None

    return explore(0, _tightened({}, limits)), open_


@lru_cache(maxsize=65536)
def _eliminated(tight: frozenset[Bound]) -> Stages | None:
    """Return what is left to look at for a point; kept, since many searches come to the same constraints."""
    return eliminated(Constraint(_TERMS[side], constant) for side, constant in sorted(tight))


def _tightened(tight: _Tight, more: Sequence[Bound]) -> _Tight | None:
    """Return the constraints with more of them; None when two of them contradict each other at once."""
    for side, constant in more:
        if tight.get(side ^ 1, -constant) + constant < 0:
            return None
    least = dict(tight)
    for side, constant in more:
        if constant < least.get(side, constant + 1):
            least[side] = constant
            if least.get(side ^ 1, -constant) + constant < 0:
                return None
    return least
