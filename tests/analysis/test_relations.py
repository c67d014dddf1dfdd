"""Arithmetic between amounts: a point is found exactly where trying every point finds one."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import strategies
from hypothesis import given
from hypothesis import strategies as st

from refundrules.analysis.linear import Unsolved
from refundrules.analysis.relations import Relation, linear
from refundrules.analysis.solver import model
from refundrules.expr.formula import Apply, Formula, Number, Ref

NAMES, HIGHEST = ("a", "b", "c"), 6
BOUNDS = dict.fromkeys(NAMES, (0, HIGHEST))

_leaves: st.SearchStrategy[Formula] = st.one_of(
    st.sampled_from(NAMES).map(Ref), st.sampled_from([Fraction(n) for n in (0, 1, 2, 3)]).map(Number)
)
_shares = st.sampled_from([Fraction(1, 2), Fraction(5, 6), Fraction(3, 10), Fraction(2)]).map(Number)
_steps = st.sampled_from([Fraction(1), Fraction(2)]).map(Number)


def _wider(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    return st.one_of(
        st.builds(lambda what, one, other: Apply(what, (one, other)), st.sampled_from(["+", "-", "min", "max"]), inner, inner),
        st.builds(lambda one, share: Apply("*", (one, share)), inner, _shares),
        st.builds(lambda what, one, step: Apply(what, (one, step)), st.sampled_from(["floor", "ceil", "round"]), inner, _steps),
    )  # fmt: skip


formulas = st.recursive(_leaves, _wider, max_leaves=5)
relations = st.lists(st.builds(Relation, formulas, st.booleans()), min_size=1, max_size=3)


def tried(wanted: list[Relation]) -> bool:
    points = (dict(zip(NAMES, values, strict=True)) for values in product(range(HIGHEST + 1), repeat=len(NAMES)))
    return any(all(relation.holds(point) for relation in wanted) for point in points)


@strategies.examples(100)
@given(relations)
def test_a_point_is_found_exactly_where_there_is_one(wanted: list[Relation]) -> None:
    try:
        found = model(wanted, BOUNDS, {"a": 3})
    except Unsolved:
        return
    assert (found is not None) == tried(wanted)
    if found is not None:
        assert all(relation.holds(found) for relation in wanted)


@strategies.examples(100)
@given(relations)
def test_what_is_denied_holds_exactly_where_it_did_not(wanted: list[Relation]) -> None:
    for values in product(range(3), repeat=len(NAMES)):
        point = dict(zip(NAMES, values, strict=True))
        for relation in wanted:
            assert relation.denied().holds(point) is not relation.holds(point)


@strategies.examples(60)
@given(relations, st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_products_of_facts_never_make_a_proof_of_what_is_false(wanted: list[Relation], one: str, other: str) -> None:
    product_of = Apply("*", (Ref(one), Ref(other)))
    more = [*wanted, Relation(Apply("-", (product_of, Number(Fraction(5)))), strict=True)]
    try:
        found = model(more, BOUNDS, {})
    except Unsolved:
        return
    assert (found is not None) == tried(more)


def test_little_is_left_open() -> None:
    open_ = 0
    for wanted in strategies.sample(relations, 100):
        try:
            model(wanted, BOUNDS, {})
        except Unsolved:
            open_ += 1
    assert open_ <= 5


def test_a_linear_form_is_read_at_sight() -> None:
    line = linear(Apply("-", (Ref("a"), Apply("*", (Ref("a"), Number(Fraction(1, 4)))))))
    assert line is not None
    assert (dict(line.terms), line.constant) == ({"a": Fraction(3, 4)}, 0)
    assert linear(Apply("min", (Ref("a"), Ref("b")))) is None
