"""Conditions: what a rule asks of the facts and of earlier answers, in three-valued truth.

`truth` is the reference meaning: Kleene's strong three-valued logic (S. C. Kleene, *Introduction to
Metamathematics*, 1952, §64), in which `None` is unknown and what is unknown decides nothing that the rest decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from refundrules.expr import formula as fm
from refundrules.expr.formula import Formula, Ref

OPERATORS = {"below": "<", "at_most": "<=", "above": ">", "at_least": ">="}
HOLDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "below": lambda a, b: a < b,
    "at_most": lambda a, b: a <= b,
    "above": lambda a, b: a > b,
    "at_least": lambda a, b: a >= b,
}


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; empty: always true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """True when some part is; empty: never."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when the part is false."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Is:
    """A fact or answer is one of the values."""

    name: str
    values: tuple[bool | str, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A number against a formula (mostly a parameter's name)."""

    name: str
    operator: str
    right: Formula


@dataclass(frozen=True, slots=True)
class Known:
    """The fact is known: two-valued, and a matter of the case as given."""

    name: str


Group = All | Any
Leaf = Is | Compare | Known
Condition = Group | Not | Leaf
ALWAYS, NEVER = All(()), Any(())


def both(one: Condition, other: Condition) -> Condition:
    """Return the conjunction, flattened."""
    parts: list[Condition] = []
    for part in (one, other):
        parts.extend(part.parts if isinstance(part, All) else (part,))
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def inner(condition: Condition) -> tuple[Condition, ...]:
    """Return what a condition is made of; empty for a comparison."""
    if isinstance(condition, Group):
        return condition.parts
    return (condition.part,) if isinstance(condition, Not) else ()


def to_text(condition: Condition) -> str:
    """Return a condition on one line.

    >>> to_text(Not(All((Is("claim.reason", ("stain", "damage")), Known("claim.severity")))))
    'not (claim.reason: stain or damage and known claim.severity)'
    """
    if isinstance(condition, Group):
        word = " and " if isinstance(condition, All) else " or "
        shown = [f"({to_text(part)})" if len(inner(part)) > 1 else to_text(part) for part in condition.parts]
        return word.join(shown) or ("always" if isinstance(condition, All) else "never")
    if isinstance(condition, Not):
        return f"not ({to_text(condition.part)})" if inner(condition.part) else f"not {to_text(condition.part)}"
    if isinstance(condition, Is):
        values = [str(value).lower() if isinstance(value, bool) else value for value in condition.values]
        return f"{condition.name}: {' or '.join(values)}"
    if isinstance(condition, Known):
        return f"known {condition.name}"
    return f"{condition.name} {condition.operator} {fm.to_text(condition.right)}"


class Facts(Protocol):
    """What a condition is evaluated against."""

    def value(self, name: str) -> bool | int | str | Fraction | None:
        """Return the value of a fact, answer or parameter; None when unknown."""

    def possible(self, name: str) -> frozenset[object] | None:
        """Return what an unsettled answer may still be; None when the name is not one."""

    def known(self, name: str) -> bool:
        """Return whether the case gives the fact."""

    def defined(self, name: str) -> Condition | Formula | None:
        """Return what a definition stands for; None when the name is not one."""


def number(name_or_formula: str | Formula, facts: Facts) -> Fraction | None:
    """Return the exact value of a name or formula, definitions expanded; None when unknown."""

    def value_of(name: str) -> Fraction | None:
        defined = facts.defined(name)
        if isinstance(defined, fm.Formula):
            return fm.evaluate(defined, value_of)
        value = facts.value(name)
        return None if value is None or isinstance(value, str) else Fraction(value)

    return fm.evaluate(Ref(name_or_formula) if isinstance(name_or_formula, str) else name_or_formula, value_of)


def truth(condition: Condition, facts: Facts) -> bool | None:
    """Return True, False or None (unknown): the reference meaning of a condition."""
    if isinstance(condition, Group):
        stop = isinstance(condition, Any)
        result: bool | None = not stop
        for part in condition.parts:
            found = truth(part, facts)
            if found is stop:
                return stop
            if found is None:
                result = None
        return result
    if isinstance(condition, Not):
        found = truth(condition.part, facts)
        return None if found is None else not found
    if isinstance(condition, Is):
        return _is(condition, facts)
    if isinstance(condition, Known):
        return facts.known(condition.name)
    left, right = number(condition.name, facts), number(condition.right, facts)
    return None if left is None or right is None else HOLDS[condition.operator](left, right)


def _is(leaf: Is, facts: Facts) -> bool | None:
    defined = facts.defined(leaf.name)
    if isinstance(defined, Condition):
        found = truth(defined, facts)
        return None if found is None else found in leaf.values
    possible = facts.possible(leaf.name)
    if possible is not None:
        hits = [value in leaf.values for value in possible]
        return True if all(hits) else None if any(hits) else False
    value = facts.value(leaf.name)
    return None if value is None else value in leaf.values
