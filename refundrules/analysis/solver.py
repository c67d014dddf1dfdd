"""Numbers with which some relations of amounts hold together, or the proof that there are none.

Every relation is one of some cases; the first combination of cases that has a point gives the numbers. A few
things are known of products of facts; a point found that way counts only when it really is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from refundrules.analysis.linear import Constraint, Stages, Unsolved, at_least_zero, eliminate, solve
from refundrules.analysis.relations import TERMS, TIMES, Bound, Relation, choices, variables_of
from refundrules.expr import formula as fm
from refundrules.expr.formula import Apply, Formula, Number

_CASES = 3000


def factors(formula: Formula) -> Iterator[str]:
    """Yield the facts that stand in a product with other facts."""
    if isinstance(formula, Apply):
        if formula.what == "*" and all(any(True for _ in fm.names(arg)) for arg in formula.args):
            yield from fm.names(formula)
        for arg in formula.args:
            yield from factors(arg)


def model(
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
    options = [item.cases for item in chosen] + [
        tuple(map(variables_of, cases)) for cases in _products(unknowns, bounds)
    ]
    found, open_ = _first(options, variables_of(limits), wishes)
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
                    inner = model(at_value, bounds, wishes)
                except Unsolved:
                    continue
                if inner is not None:
                    return {**inner, name: value}
    raise Unsolved


def _products(names: set[str], bounds: Mapping[str, tuple[int, int]]) -> Iterator[list[tuple[Constraint, ...]]]:
    """Yield what is known of products: they grow with their factors, and none is below zero."""
    products = {name: tuple(name.split(TIMES)) for name in sorted(names) if TIMES in name}
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
                    return None if stages is None else solve(stages, wishes)
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
    return eliminate(Constraint(TERMS[side], constant) for side, constant in sorted(tight))


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
