"""A small vocabulary, worlds it is true of, and every kind of condition over it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any as Anything

from hypothesis import strategies as st

from refundrules.expr import formula as fm
from refundrules.expr.compile import function
from refundrules.expr.condition import (
    OPERATORS,
    All,
    Any,
    Compare,
    Condition,
    Is,
    Known,
    Not,
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
    facts, answers = [world.facts[name] for name in FACTS], [world.answers[name] for name in ANSWERS]
    return bool(function("f, a, k", code)(facts, answers, [fact is not None for fact in facts]))


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
