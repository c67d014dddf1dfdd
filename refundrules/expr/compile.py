"""The closed language as Python: text made of conditions and formulas, and the only place where text becomes code.

`may_code` and `must_code` give the meaning of a condition as two Python expressions, "is not false" and "is true".
What becomes code is text of this module and of those that put such expressions together; nothing of a pack gets into
it but numbers, places in lists and quoted words. `function` and `selection` hold that: any other word is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any, Protocol

from refundrules.expr.condition import OPERATORS, All, Compare, Condition, Is, Known, Leaf
from refundrules.expr.formula import ROUNDING, Formula, Number, Ref, evaluate, expanded, round_half_up
from refundrules.expr.walk import fold, reads

_NAMESPACE = {
    "__builtins__": {}, "fs": frozenset, "_half": round_half_up, "min": min, "max": max, "int": int, "tuple": tuple,
}  # fmt: skip
"""All that generated text may name."""
_LANGUAGE = re.compile(
    r"""\b(?:f|a|k|fs|_half|min|max|int|None|True|False|is|not|and|or|in|if|else)\b|\.(?:__class__|isdisjoint)\b"""
    r"""|(?<!\w)(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|\b\d+\b|[-+*/<>=!,(){}\[\] ]"""
)
"""The words of generated expressions: the facts `f`, the answers `a`, which facts are known `k`, and what is above."""


@lru_cache(maxsize=8192)
def function(parameters: str, expression: str) -> Callable[..., Any]:
    """Return an expression as a function; kept, since rules read the same in many plans, rulesets and policies.

    Raises `ValueError` for what no condition and no formula becomes.

    >>> function("f, a, k", "f[0] is None or f[0] > 7")([8], [], [])
    True
    """
    found: Callable[..., Any] = eval(f"lambda {parameters}: {_checked(expression)}", _NAMESPACE)  # noqa: S307 (checked)
    return found


def selection(tests: Iterable[tuple[int, str]], title: str) -> Callable[..., tuple[int, ...]]:
    """Return a function of `f` and `k` that gives the numbers whose expressions are true, in this order.

    `title` stands in tracebacks. Raises `ValueError` for what no condition becomes.

    >>> selection([(1, "f[0] > 7"), (4, "True")], "<example>")([3], [])
    (4,)
    """
    lines = ["def match(f, k):", "    c = []"]
    for number, test in tests:
        lines.append(
            f"    c.append({number:d})" if test == "True" else f"    if {_checked(test)}: c.append({number:d})"
        )
    space: dict[str, Any] = {}
    exec(compile("\n".join([*lines, "    return tuple(c)"]), title, "exec"), _NAMESPACE, space)  # noqa: S102 (checked)
    match: Callable[..., tuple[int, ...]] = space["match"]
    return match


def _checked(expression: str) -> str:
    foreign = _LANGUAGE.sub("", expression)
    if foreign:
        raise ValueError(f"`{foreign[:40]}` is not of the language that conditions and formulas become")
    return expression


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
    return fold(
        condition,
        lambda leaf, positive: _leaf_code(leaf, names, sure=positive),
        lambda kind, codes: _joined(codes, conjunction=kind is All),
        _negated,
        positive=sure,
    )


def _leaf_code(leaf: Leaf, names: Names, *, sure: bool) -> str:
    if isinstance(leaf, Is):
        return _is_code(leaf, names, sure=sure)
    if isinstance(leaf, Known):
        return names.known(leaf.name)
    return _compare_code(leaf, names, sure=sure)


def _joined(codes: Sequence[str], *, conjunction: bool) -> str:
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

    left = formula_code(expanded(Ref(leaf.name), names.defined), code_of)
    right = formula_code(expanded(leaf.right, names.defined), code_of)
    sign = OPERATORS[leaf.operator]
    one = left[0] if right[1] == 1 else f"({left[0]})*{right[1]}"
    other = right[0] if left[1] == 1 else f"({right[0]})*{left[1]}"
    test = f"{one} {sign} {other}"
    if not guards:
        return f"({test})"
    if sure:
        return "(" + " and ".join([*(f"{guard} is not None" for guard in guards), test]) + ")"
    return "(" + " or ".join([*(f"{guard} is None" for guard in guards), test]) + ")"


def truth_code(leaf: Leaf, names: Names) -> str | None:
    """Return a Python expression that tells apart what a comparison of facts can be; None for one of answers."""
    if isinstance(leaf, Known):
        return names.known(leaf.name)
    if isinstance(leaf, Is):
        fact = names.fact(leaf.name)
        return None if fact is None or names.fixed(leaf.name) is not None else fact[0]
    if any(names.answer(name) for name in reads(leaf)):
        return None
    may, must = may_code(leaf, names), must_code(leaf, names)
    return must if may == must else f"({may}) + ({must})"


def formula_code(formula: Formula, code_of: Callable[[str], str | Fraction]) -> tuple[str, int]:
    """Return Python text for the numerator over a constant denominator, equal to `evaluate`.

    `code_of` gives a parameter's value, or the text that reads a known fact.
    """
    if isinstance(formula, Number):
        return _literal(formula.value)
    if isinstance(formula, Ref):
        code = code_of(formula.name)
        return _literal(code) if isinstance(code, Fraction) else (code, 1)
    args = [formula_code(arg, code_of) for arg in formula.args]
    if formula.what == "*":
        return _multiplied(args[0], args[1])
    if formula.what == "/":
        return _multiplied(args[0], _literal(1 / _constant_value(formula.args[1], code_of)))
    if formula.what in ROUNDING:
        return _stepped(formula.what, args[0], _literal(_constant_value(formula.args[1], code_of)))
    common = lcm(*(den for _, den in args))
    codes = [num if den == common else f"({num})*{common // den}" for num, den in args]
    if formula.what in ("min", "max"):
        return f"{formula.what}({', '.join(codes)})", common
    if formula.what == "-":
        return f"({codes[0]}-({codes[1]}))", common
    return f"({codes[0]}+{codes[1]})", common


def _constant_value(formula: Formula, code_of: Callable[[str], str | Fraction]) -> Fraction:
    """Return the value of a formula of parameters and numbers alone."""
    value = evaluate(formula, lambda name: value if isinstance(value := code_of(name), Fraction) else None)
    assert value is not None, "only constants divide and make steps (checked at load)"
    return value


def _literal(value: Fraction) -> tuple[str, int]:
    return (f"({value.numerator})" if value < 0 else str(value.numerator)), value.denominator


def _multiplied(one: tuple[str, int], other: tuple[str, int]) -> tuple[str, int]:
    if other[0] == "1":
        return one[0], one[1] * other[1]
    if one[0] == "1":
        return other[0], one[1] * other[1]
    return f"({one[0]})*({other[0]})", one[1] * other[1]


def _stepped(what: str, one: tuple[str, int], step: tuple[str, int]) -> tuple[str, int]:
    (num, den), (step_num, step_den) = one, step
    # x / step = (num * step_den) / (den * step_num)
    top, under = f"({num})*{step_den}", f"({den}*{step_num})"
    if what == "floor":
        whole = f"({top}//{under})"
    elif what == "ceil":
        whole = f"(-(-({top})//{under}))"
    else:
        whole = f"_half({top}, {under})"
    return f"{whole}*{step_num}", step_den
