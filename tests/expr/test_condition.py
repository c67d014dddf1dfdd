"""Conditions: what is compiled says "may hold" and "must hold" exactly where the three-valued truth does."""

from __future__ import annotations

import pytest
from expressions import (
    ANSWERS,
    FACTS,
    Text,
    World,
    booleans,
    comparisons,
    conditions,
    numbers,
    run,
    words,
    worlds,
)
from hypothesis import given
from hypothesis import strategies as st

from refundrules.expr import formula as fm
from refundrules.expr.compile import function, may_code, must_code, truth_code
from refundrules.expr.condition import (
    ALWAYS,
    All,
    Any,
    Compare,
    Condition,
    Is,
    Known,
    Leaf,
    Not,
    both,
    truth,
)
from refundrules.expr.walk import leaves


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
def test_the_code_of_a_truth_tells_true_false_and_unknown_apart(leaf: Leaf, world: World) -> None:
    code = truth_code(leaf, Text()) if leaf.name not in ("intact", "late") else None
    if code is None or isinstance(leaf, Is):
        return
    facts, known = [world.facts[name] for name in FACTS], [world.known(name) for name in FACTS]
    two = may_code(leaf, Text()) == must_code(leaf, Text())
    steps: dict[bool | None, int] = {False: 0, True: 1} if two else {False: 0, None: 1, True: 2}
    assert int(function("f, k", code)(facts, known)) == steps[truth(leaf, world)]


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


def test_generated_text_quotes_every_word() -> None:
    leaf = Is("wish", ("x' or __import__('os') or '",))
    world = World({**dict.fromkeys(FACTS), "wish": "stain"}, dict.fromkeys(ANSWERS))
    assert run(must_code(leaf, Text()), world) is False
