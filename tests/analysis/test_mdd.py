"""Decision diagrams are sets of cases: what holds of sets holds of them."""

from __future__ import annotations

from itertools import product

import strategies
from hypothesis import given
from hypothesis import strategies as st

from refundrules.analysis.mdd import EVERY, NONE, Diagrams

SIZES = (2, 3, 2, 4)
POINTS = list(product(*map(range, SIZES)))
Points = frozenset[tuple[int, ...]]

sets = st.frozensets(st.sampled_from(POINTS))


def made() -> Diagrams:
    d = Diagrams()
    for size in SIZES:
        d.add(size)
    return d


def node(d: Diagrams, points: Points) -> int:
    return d.any_of(d.cube((var, (value,)) for var, value in enumerate(point)) for point in sorted(points))


def members(d: Diagrams, at: int) -> Points:
    return frozenset(point for point in POINTS if d.contains(at, point.__getitem__))


@strategies.examples(100)
@given(sets, sets)
def test_the_algebra_is_that_of_sets(one: Points, other: Points) -> None:
    d = made()
    a, b = node(d, one), node(d, other)
    assert members(d, a) == one
    assert members(d, d.conj(a, b)) == one & other
    assert members(d, d.disj(a, b)) == one | other
    assert members(d, d.minus(a, b)) == one - other
    assert members(d, d.negate(a)) == frozenset(POINTS) - one
    assert members(d, d.disj(d.negate(a), EVERY)) == frozenset(POINTS)
    assert (a == b) == (one == other)
    assert d.minus(a, a) == NONE


@strategies.examples(100)
@given(sets, st.integers(0, len(SIZES) - 1))
def test_fixing_and_freeing_a_variable(points: Points, var: int) -> None:
    d = made()
    a = node(d, points)
    for value in range(SIZES[var]):
        fixed = members(d, d.restrict(a, {var: value}))
        assert fixed == {p for p in POINTS if (*p[:var], value, *p[var + 1 :]) in points}
    freed = members(d, d.exists(a, frozenset({var})))
    assert freed == {
        p for p in POINTS if any((*p[:var], value, *p[var + 1 :]) in points for value in range(SIZES[var]))
    }


@strategies.examples(100)
@given(sets.filter(bool), st.randoms(use_true_random=True))
def test_the_cheapest_case_is_in_the_set_and_none_is_cheaper(points: Points, chance: object) -> None:
    d = made()
    a = node(d, points)
    costs = {(var, value): chance.randint(0, 9) for var, size in enumerate(SIZES) for value in range(size)}  # type: ignore[attr-defined]
    cube = d.cheapest(a, lambda var, value: costs[var, value])
    assert members(d, d.cube((var, (value,)) for var, value in cube)) <= points

    def least(point: tuple[int, ...]) -> int:
        kept = {var for var in range(len(SIZES)) if var in dict(cube)}
        return sum(costs[var, point[var]] for var in kept)

    assert sum(costs[pair] for pair in cube) <= min(sum(costs[pair] for pair in enumerate(point)) for point in points)
    assert any(least(point) == sum(costs[pair] for pair in cube) for point in points)


@strategies.examples(100)
@given(sets)
def test_the_values_some_case_has(points: Points) -> None:
    d = made()
    a = node(d, points)
    for var, values in d.values(a).items():
        assert values == {point[var] for point in points}
    assert all(
        len({point[var] for point in points}) in (0, SIZES[var]) for var in range(len(SIZES)) if var not in d.values(a)
    )
