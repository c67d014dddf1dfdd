"""Conditions: what is compiled says "may hold" and "must hold" exactly where the three-valued truth does."""

from __future__ import annotations

from fractions import Fraction
from typing import Any as Anything

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refundrules.expr import formula as fm
from refundrules.expr.condition import (
    ALWAYS,
    OPERATORS,
    All,
    Any,
    Compare,
    Condition,
    Is,
    Known,
    Not,
    all_leaves,
    both,
    expanded,
    leaves,
    may_code,
    must_code,
    reads,
    truth,
    truth_code,
)

WORDS = ("stain", "damage", "fading")
FACTS = {"sure": False, "maybe": True, "reason": False, "wish": True, "worn": False, "off": True, "paid": True}
"""Each fact and whether it may be unknown."""
ANSWERS = ("fault", "open", "total")
PARAMETERS = {"limit": Fraction(7), "half": Fraction(1, 2), "zero": Fraction(0)}
DEFINED: dict[str, Condition | fm.Formula] = {
    "intact": All((Is("sure", (True,)), Is("maybe", (False,)))),
    "late": Any((Compare("worn", "above", fm.Ref("limit")), Not(Is("intact", (True,))))),
    "doubled": fm.parse("off + off * half"),
    "rest": fm.parse("max(paid - doubled, 0)"),
}
FACT_AT = {name: at for at, name in enumerate(FACTS)}
ANSWER_AT = {name: at for at, name in enumerate(ANSWERS)}


class World:
    """A case as conditions see it: the values, what answers may be, and how both are read by generated text."""

    def __init__(self, facts: dict[str, Anything], answers: dict[str, Anything], reason: str | None = None) -> None:
        self.facts, self.answers, self.reason = facts, answers, reason

    def value(self, name: str) -> Anything:
        return PARAMETERS.get(name, self.facts.get(name, self.answers.get(name)))

    def possible(self, name: str) -> frozenset[object] | None:
        if name not in self.answers:
            return None
        found = self.answers[name]
        return found if isinstance(found, frozenset) else frozenset({found})

    def known(self, name: str) -> Anything:
        return self.facts[name] is not None

    def defined(self, name: str) -> Condition | fm.Formula | None:
        return DEFINED.get(name)


class Text:
    """The same names as Python text."""

    def __init__(self, reason: str | None = None) -> None:
        self.reason = reason
        self.named: dict[tuple[str, bool], str] = {}

    def fact(self, name: str) -> tuple[str, bool] | None:
        return (f"f[{FACT_AT[name]}]", FACTS[name]) if name in FACTS else None

    def answer(self, name: str) -> str | None:
        return f"a[{ANSWER_AT[name]}]" if name in ANSWERS else None

    def known(self, name: str) -> str:
        return f"k[{FACT_AT[name]}]"

    def parameter(self, name: str) -> Fraction:
        return PARAMETERS[name]

    def defined(self, name: str) -> Condition | fm.Formula | None:
        return DEFINED.get(name)

    def fixed(self, name: str) -> bool | str | None:
        return self.reason if name == "reason" else None


def run(code: str, world: World) -> bool:
    space = {
        "f": [world.facts[name] for name in FACTS],
        "k": [world.facts[name] is not None for name in FACTS],
        "a": [world.answers[name] for name in ANSWERS],
        "fs": frozenset,
        "_half": None,
    }
    return bool(eval(code, space))


booleans, words = st.booleans(), st.sampled_from(WORDS)
numbers = st.sampled_from([-1, 0, 1, 6, 7, 8]) | st.integers(-20, 20)
some_words = st.lists(words, min_size=1, max_size=3, unique=True).map(tuple)
some_booleans = st.lists(booleans, min_size=1, max_size=2, unique=True).map(tuple)

worlds = st.builds(
    World,
    st.fixed_dictionaries({
        "sure": booleans, "maybe": st.none() | booleans, "reason": words, "wish": st.none() | words, "worn": numbers,
        "off": st.none() | numbers, "paid": st.none() | numbers,
    }),
    st.fixed_dictionaries({
        "fault": words | st.none() | st.frozensets(words | st.none(), min_size=2, max_size=3),
        "open": booleans | st.just(frozenset({True, False})),
        "total": st.none() | numbers,
    }),
)  # fmt: skip

rights = st.sampled_from(
    [
        fm.parse(text)
        for text in ("limit", "half", "0", "1", "worn", "off", "paid - off", "limit * half", "rest", "total")
    ]
)
comparisons = st.one_of(
    st.builds(Is, st.sampled_from(["sure", "maybe", "open", "intact", "late"]), some_booleans),
    st.builds(Is, st.sampled_from(["reason", "wish", "fault"]), some_words),
    st.builds(
        Compare,
        st.sampled_from(["worn", "off", "paid", "doubled", "rest", "total"]),
        st.sampled_from([*OPERATORS]),
        rights,
    ),
    st.builds(Known, st.sampled_from(["maybe", "wish", "off", "paid"])),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Any, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)


@given(conditions, worlds)
def test_may_is_anything_but_false_and_must_is_true(condition: Condition, world: World) -> None:
    found = truth(condition, world)
    assert run(may_code(condition, Text()), world) == (found is not False)
    assert run(must_code(condition, Text()), world) == (found is True)


@given(conditions, worlds)
def test_code_specialised_for_a_fact_says_the_same_where_the_fact_has_that_value(
    condition: Condition, world: World
) -> None:
    found, names = truth(condition, world), Text(world.facts["reason"])
    assert run(may_code(condition, names), world) == (found is not False)
    assert run(must_code(condition, names), world) == (found is True)


@given(comparisons, worlds)
def test_the_code_of_a_truth_tells_true_false_and_unknown_apart(leaf: Is | Compare | Known, world: World) -> None:
    code = truth_code(leaf, Text()) if leaf.name not in ("intact", "late") else None
    if code is None or isinstance(leaf, Is):
        return
    space = {"f": [world.facts[name] for name in FACTS], "k": [world.known(name) for name in FACTS]}
    two = may_code(leaf, Text()) == must_code(leaf, Text())
    steps: dict[bool | None, int] = {False: 0, True: 1} if two else {False: 0, None: 1, True: 2}
    assert int(eval(code, space)) == steps[truth(leaf, world)]


@given(conditions, worlds, st.sampled_from(["maybe", "wish", "off", "paid"]), st.data())
def test_what_is_settled_stays_settled_when_more_becomes_known(
    condition: Condition, world: World, name: str, data: st.DataObject
) -> None:
    if any(isinstance(leaf, Known) for leaf in leaves(condition)):
        return
    before = truth(condition, World({**world.facts, name: None}, world.answers))
    if before is not None:
        value = data.draw({"maybe": booleans, "wish": words}.get(name, numbers))
        assert truth(condition, World({**world.facts, name: value}, world.answers)) is before


@given(st.lists(conditions, max_size=3), worlds)
def test_not_all_is_any_not(parts: list[Condition], world: World) -> None:
    assert truth(Not(All(tuple(parts))), world) is truth(Any(tuple(Not(part) for part in parts)), world)


@given(conditions, conditions, worlds)
def test_both_is_all_of_two_and_flat(one: Condition, other: Condition, world: World) -> None:
    joined = both(one, other)
    assert truth(joined, world) is truth(All((one, other)), world)
    if isinstance(joined, All) and not isinstance(one, All) and not isinstance(other, All):
        assert joined.parts == (one, other)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (ALWAYS, True),
        (Any(()), False),
        (All((Is("maybe", (True,)), Is("sure", (True,)))), None),
        (All((Is("maybe", (True,)), Is("sure", (False,)))), False),
        (Any((Is("maybe", (True,)), Is("sure", (True,)))), True),
        (Any((Is("maybe", (True,)), Is("sure", (False,)))), None),
        (Not(Is("maybe", (True,))), None),
        (Is("maybe", (True, False)), None),
        (Known("maybe"), False),
        (Not(Known("maybe")), True),
        (Compare("off", "above", fm.parse("limit")), None),
        (Compare("worn", "at_least", fm.parse("limit")), True),
        (Compare("worn", "above", fm.parse("limit")), False),
        (Is("fault", ("stain",)), None),
        (Is("fault", ("stain", "damage")), True),
        (Is("fault", ("fading",)), False),
    ],
)
def test_truth_has_three_values(condition: Condition, found: bool | None) -> None:
    facts = {**dict.fromkeys(FACTS), "sure": True, "reason": "stain", "worn": 7}
    world = World(facts, {"fault": frozenset({"stain", "damage"}), "open": True, "total": None})
    assert truth(condition, world) is found


def test_reads_name_both_sides_and_leaves_of_definitions_are_their_comparisons() -> None:
    condition = All((Is("late", (True,)), Compare("off", "above", fm.parse("limit * half"))))
    assert list(reads(condition)) == ["late", "off", "limit", "half"]
    assert [leaf.name for leaf in all_leaves(condition, DEFINED.get)] == ["worn", "sure", "maybe", "off"]
    assert fm.to_text(expanded(fm.Ref("rest"), DEFINED.get)) == "max(paid - (off + off * half), 0)"


def test_generated_text_quotes_every_word() -> None:
    leaf = Is("wish", ("x' or __import__('os') or '",))
    world = World({**dict.fromkeys(FACTS), "wish": "stain"}, dict.fromkeys(ANSWERS))
    assert run(must_code(leaf, Text()), world) is False
