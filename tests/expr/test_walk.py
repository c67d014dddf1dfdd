"""Going through conditions: what they read, through definitions too, and what they come to from the inside out."""

from __future__ import annotations

from itertools import chain

from expressions import DEFINED, conditions
from hypothesis import given

from refundrules.expr import formula as fm
from refundrules.expr.condition import ALWAYS, NEVER, All, Any, Compare, Condition, Is, Known, Leaf, Not, to_text
from refundrules.expr.walk import all_leaves, changed, closure, fold, leaves, places, reads, transform, walk


def test_reads_name_both_sides_and_leaves_of_definitions_are_their_comparisons() -> None:
    condition = All((Is("late", (True,)), Compare("off", "above", fm.parse("limit * half"))))
    assert list(reads(condition)) == ["late", "off", "limit", "half"]
    assert [leaf.name for leaf in all_leaves(condition, DEFINED.get)] == ["worn", "sure", "maybe", "off"]
    assert fm.to_text(fm.expanded(fm.Ref("rest"), DEFINED.get)) == "max(paid - (off + off * half), 0)"


def test_what_is_no_expression_reads_nothing() -> None:
    assert list(reads(Known("off"), None, "approve", True, fm.parse("paid - half"))) == ["off", "paid", "half"]


def test_the_closure_follows_definitions_to_the_end() -> None:
    assert closure(["rest"], DEFINED.get) == {"rest", "paid", "doubled", "off", "half"}
    assert closure(["late"], DEFINED.get) == {"late", "worn", "limit", "intact", "sure", "maybe"}
    assert closure([], DEFINED.get) == set()


def test_a_closure_of_what_reads_itself_ends() -> None:
    bodies: dict[str, Condition] = {"one": Is("other", (True,)), "other": Is("one", (True,))}
    assert closure(["one"], bodies.get) == {"one", "other"}


@given(conditions)
def test_a_change_of_nothing_gives_the_condition_back(condition: Condition) -> None:
    assert transform(condition, lambda leaf, _: leaf) == condition


@given(conditions)
def test_places_walk_and_leaves_name_the_same_parts(condition: Condition) -> None:
    assert [part for _, part in places(condition)] == list(walk(condition))
    assert [part for part in walk(condition) if isinstance(part, Leaf)] == list(leaves(condition))
    assert all(changed(condition, path, part) == condition for path, part in places(condition))


@given(conditions)
def test_a_fold_meets_every_comparison_once_in_order(condition: Condition) -> None:
    found: list[list[Leaf]] = [
        fold(condition, lambda leaf, _: [leaf], lambda _, parts: [*chain(*parts)], lambda part: part)
    ]
    assert found == [list(leaves(condition))]


def test_a_change_is_told_whether_negations_cancel_out() -> None:
    told = Not(All((Known("off"), Not(Any((Compare("worn", "above", fm.parse("limit")),))))))
    made = transform(told, lambda leaf, positive: ALWAYS if positive else NEVER)
    assert made == Not(All((NEVER, Not(Any((ALWAYS,))))))


def test_a_condition_reads_as_one_line() -> None:
    condition = All((Any((Is("wish", ("stain", "fading")), Known("off"))), Not(Is("sure", (True,))), Not(All(()))))
    assert to_text(condition) == "(wish: stain or fading or known off) and not sure: true and not always"
