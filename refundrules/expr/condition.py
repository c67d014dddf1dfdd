"""Conditions: what a rule asks of the facts and of earlier answers, in three-valued truth.

`truth` is the reference meaning (strong Kleene: `None` is unknown). `may_code` and `must_code`
compile the same meaning to two Python expressions: "is not false" and "is true".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


Condition = All | Any | Not | Is | Compare | Known
ALWAYS = All(())
GROUPS = (All, Any)


def both(one: Condition, other: Condition) -> Condition:
    """Return the conjunction, flattened."""
    parts: list[Condition] = []
    for part in (one, other):
        parts.extend(part.parts if isinstance(part, All) else (part,))
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def leaves(condition: Condition) -> Iterator[Is | Compare | Known]:
    """Yield every comparison in the condition."""
    if isinstance(condition, GROUPS):
        for part in condition.parts:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.part)
    else:
        yield condition


def reads(condition: Condition) -> Iterator[str]:
    """Yield every name the condition reads."""
    for leaf in leaves(condition):
        yield leaf.name
        if isinstance(leaf, Compare):
            yield from fm.names(leaf.right)


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
    if isinstance(condition, GROUPS):
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


class Names(Protocol):
    """How names become Python text."""

    named: dict[tuple[str, bool], str]
    """The text of named conditions, and whether it is true only when they are; kept, since many rules read them."""

    def fact(self, name: str) -> tuple[str, bool] | None:
        """Return the text that reads a fact and whether it may be None; None when not a fact."""

    def answer(self, name: str) -> str | None:
        """Return the text that reads an answer; None when not an answer."""

    def known(self, name: str) -> str:
        """Return the text that says whether the case gives the fact."""

    def parameter(self, name: str) -> Fraction:
        """Return a parameter's value."""

    def defined(self, name: str) -> Condition | Formula | None:
        """Return what a definition stands for."""

    def fixed(self, name: str) -> bool | str | None:
        """Return the value the code is specialised for; None when the fact is free."""


def may_code(condition: Condition, names: Names) -> str:
    """Return a Python expression that is true unless the condition is false."""
    return _code(condition, names, sure=False)


def must_code(condition: Condition, names: Names) -> str:
    """Return a Python expression that is true when the condition is true."""
    return _code(condition, names, sure=True)


def _code(condition: Condition, names: Names, *, sure: bool) -> str:
    if isinstance(condition, GROUPS):
        conjunction = isinstance(condition, All)
        return _joined([_code(part, names, sure=sure) for part in condition.parts], conjunction=conjunction)
    if isinstance(condition, Not):
        return _negated(_code(condition.part, names, sure=not sure))
    if isinstance(condition, Is):
        return _is_code(condition, names, sure=sure)
    if isinstance(condition, Known):
        return names.known(condition.name)
    return _compare_code(condition, names, sure=sure)


def _joined(codes: list[str], *, conjunction: bool) -> str:
    neutral, final = ("True", "False") if conjunction else ("False", "True")
    if final in codes:
        return final
    kept = list(dict.fromkeys(code for code in codes if code != neutral))
    if not kept:
        return neutral
    if len(kept) == 1:
        return kept[0]
    return "(" + (" and " if conjunction else " or ").join(kept) + ")"


def _negated(code: str) -> str:
    return {"True": "False", "False": "True"}.get(code) or f"(not {code})"


def _is_code(leaf: Is, names: Names, *, sure: bool) -> str:
    defined = names.defined(leaf.name)
    if isinstance(defined, Condition):
        yes = _named_code(leaf.name, defined, names, sure=sure) if True in leaf.values else "False"
        no = _negated(_named_code(leaf.name, defined, names, sure=not sure)) if False in leaf.values else "False"
        return _joined([yes, no], conjunction=False)
    fixed = names.fixed(leaf.name)
    if fixed is not None:
        return str(fixed in leaf.values)
    fact = names.fact(leaf.name)
    if fact is not None:
        code, optional = fact
        hit = _hit(code, leaf.values)
        return f"({code} is None or {hit})" if optional and not sure else hit
    answer = names.answer(leaf.name)
    assert answer is not None, leaf.name
    test = _hit(answer, leaf.values)
    if sure:
        return f"({test} or ({answer}.__class__ is fs and {answer} <= {_set(leaf.values)}))"
    return f"({test} or ({answer}.__class__ is fs and not {answer}.isdisjoint({_set(leaf.values)})))"


def _named_code(name: str, body: Condition, names: Names, *, sure: bool) -> str:
    code = names.named.get((name, sure))
    if code is None:
        code = names.named[name, sure] = _code(body, names, sure=sure)
    return code


def _set(values: tuple[bool | str, ...]) -> str:
    return "{" + ", ".join(repr(value) for value in values) + "}"


def _hit(code: str, values: tuple[bool | str, ...]) -> str:
    if len(values) == 1:
        only = values[0]
        return f"{code} is {only}" if isinstance(only, bool) else f"{code} == {only!r}"
    return f"{code} in {_set(values)}"


def _compare_code(leaf: Compare, names: Names, *, sure: bool) -> str:
    guards: list[str] = []

    def code_of(name: str) -> str | Fraction:
        fact = names.fact(name)
        if fact is not None:
            code, optional = fact
            if optional and code not in guards:
                guards.append(code)
            return code
        answer = names.answer(name)
        if answer is not None:
            if answer not in guards:
                guards.append(answer)
            return answer
        return names.parameter(name)

    left = fm.compile_(expanded(Ref(leaf.name), names.defined), code_of)
    right = fm.compile_(expanded(leaf.right, names.defined), code_of)
    sign = OPERATORS[leaf.operator]
    one = left[0] if right[1] == 1 else f"({left[0]})*{right[1]}"
    other = right[0] if left[1] == 1 else f"({right[0]})*{left[1]}"
    test = f"{one} {sign} {other}"
    if not guards:
        return f"({test})"
    if sure:
        return "(" + " and ".join([*(f"{guard} is not None" for guard in guards), test]) + ")"
    return "(" + " or ".join([*(f"{guard} is None" for guard in guards), test]) + ")"


def all_leaves(
    condition: Condition, defined: Callable[[str], Condition | Formula | None]
) -> Iterator[Is | Compare | Known]:
    """Yield every comparison, those of named conditions instead of their names."""
    for leaf in leaves(condition):
        body = defined(leaf.name) if isinstance(leaf, Is) else None
        if isinstance(body, Condition):
            yield from all_leaves(body, defined)
        else:
            yield leaf


def truth_code(leaf: Is | Compare | Known, names: Names) -> str | None:
    """Return a Python expression that tells apart what a comparison of facts can be; None for one of answers."""
    if isinstance(leaf, Known):
        return names.known(leaf.name)
    if isinstance(leaf, Is):
        fact = names.fact(leaf.name)
        return None if fact is None or names.fixed(leaf.name) is not None else fact[0]
    if any(names.answer(name) for name in (leaf.name, *fm.names(leaf.right))):
        return None
    may, must = may_code(leaf, names), must_code(leaf, names)
    return must if may == must else f"({may}) + ({must})"


def expanded(formula: Formula, defined: Callable[[str], Condition | Formula | None]) -> Formula:
    """Return the formula with every definition written out."""
    if isinstance(formula, Ref):
        inner = defined(formula.name)
        return expanded(inner, defined) if isinstance(inner, fm.Formula) else formula
    if isinstance(formula, fm.Apply):
        return fm.Apply(formula.what, tuple(expanded(arg, defined) for arg in formula.args))
    return formula
