"""The closed formula language: parsed, typed and unit-checked at load, exact at run time.

    claim.paid * opening_share        min(a, b)      floor(base * rate, whole_unit)

Values are exact rationals over the integers of `facts` (money in minor units). Nothing here
is ever evaluated as Python text from a pack: only the parsed tree is compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import Any

from refundrules.io.numbers import exact_text

FUNCTIONS = {"min": (2, 9), "max": (2, 9), "floor": (2, 2), "ceil": (2, 2), "round": (2, 2)}
_PLAIN = frozenset({"share", "count", "number"})
_TIMES = frozenset({"days", "hours"})
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*)|(?P<sign>[-+*/(),]))")
_DEEPEST = 30


class FormulaError(ValueError):
    """A formula is not of the language; the message says which word and what to do."""


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Ref:
    """A fact, parameter, definition or earlier amount, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator (`+ - * /`) or function applied to its operands."""

    what: str
    args: tuple[Formula, ...]


Formula = Number | Ref | Apply


def parse(text: str) -> Formula:
    """Return the tree of `text`. Raises `FormulaError`."""
    tokens = _tokens(text)
    tree, rest = _sum(tokens, 0, 0)
    if rest != len(tokens):
        raise FormulaError(f"unexpected `{tokens[rest]}`")
    return tree


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise FormulaError(f"cannot read `{text[at:].strip()[:20]}`")
        tokens.append(found.group().strip())
        at = found.end()
    if not tokens:
        raise FormulaError("the formula is empty")
    if len(tokens) > 200:
        raise FormulaError("the formula is longer than 200 words; split it into definitions")
    return tokens


def _sum(tokens: list[str], at: int, depth: int) -> tuple[Formula, int]:
    return _chain(tokens, at, depth, "+-", _product)


def _product(tokens: list[str], at: int, depth: int) -> tuple[Formula, int]:
    return _chain(tokens, at, depth, "*/", _operand)


def _chain(tokens: list[str], at: int, depth: int, signs: str, inner: Callable[..., Any]) -> tuple[Formula, int]:
    left, at = inner(tokens, at, depth)
    while at < len(tokens) and tokens[at] in signs:
        right, after = inner(tokens, at + 1, depth)
        left, at = Apply(tokens[at], (left, right)), after
    return left, at


def _operand(tokens: list[str], at: int, depth: int) -> tuple[Formula, int]:
    if depth > _DEEPEST:
        raise FormulaError(f"the formula is nested deeper than {_DEEPEST}")
    if at >= len(tokens):
        raise FormulaError("the formula ends too early")
    word = tokens[at]
    if word == "-":
        inner, at = _operand(tokens, at + 1, depth + 1)
        return Apply("-", (Number(Fraction(0)), inner)), at
    if word == "(":
        inner, at = _sum(tokens, at + 1, depth + 1)
        return inner, _closed(tokens, at)
    if word[0].isdigit():
        return Number(Fraction(word)), at + 1
    if not (word[0].isalpha() or word[0] == "_"):
        raise FormulaError(f"unexpected `{word}`")
    if at + 1 < len(tokens) and tokens[at + 1] == "(":
        return _call(word, tokens, at + 2, depth + 1)
    return Ref(word), at + 1


def _call(name: str, tokens: list[str], at: int, depth: int) -> tuple[Formula, int]:
    if name not in FUNCTIONS:
        raise FormulaError(f"unknown function `{name}`; one of {', '.join(FUNCTIONS)}")
    args = []
    while True:
        arg, at = _sum(tokens, at, depth)
        args.append(arg)
        if at < len(tokens) and tokens[at] == ",":
            at += 1
            continue
        at = _closed(tokens, at)
        break
    least, most = FUNCTIONS[name]
    if not least <= len(args) <= most:
        raise FormulaError(
            f"`{name}` takes {least if least == most else f'{least} to {most}'} operands, not {len(args)}"
        )
    return Apply(name, tuple(args)), at


def _closed(tokens: list[str], at: int) -> int:
    if at >= len(tokens) or tokens[at] != ")":
        raise FormulaError("a closing parenthesis is missing")
    return at + 1


def names(formula: Formula) -> Iterator[str]:
    """Yield every name the formula reads."""
    if isinstance(formula, Ref):
        yield formula.name
    elif isinstance(formula, Apply):
        for arg in formula.args:
            yield from names(arg)


def divisors(formula: Formula) -> Iterator[Formula]:
    """Yield what the formula divides by, and the steps it rounds to: none may be zero or below."""
    if isinstance(formula, Apply):
        if formula.what in ("/", "floor", "ceil", "round"):
            yield formula.args[1]
        for arg in formula.args:
            yield from divisors(arg)


def literals(formula: Formula) -> Iterator[Fraction]:
    """Yield every number written in the formula."""
    if isinstance(formula, Number):
        yield formula.value
    elif isinstance(formula, Apply):
        for arg in formula.args:
            yield from literals(arg)


def choices(formula: Formula) -> Iterator[tuple[Formula, Formula]]:
    """Yield each pair of operands between which a `min` or `max` in the formula chooses."""
    if isinstance(formula, Apply):
        if formula.what in ("min", "max"):
            for at, one in enumerate(formula.args):
                for other in formula.args[at + 1 :]:
                    yield one, other
        for arg in formula.args:
            yield from choices(arg)


def kind_of(formula: Formula, kinds: Mapping[str, str], constants: Callable[[str], bool]) -> str:
    """Return the kind (unit) of the formula's value. Raises `FormulaError` where units do not fit."""
    if isinstance(formula, Number):
        return "zero" if formula.value == 0 else "number"
    if isinstance(formula, Ref):
        return kinds[formula.name]
    inner = [kind_of(arg, kinds, constants) for arg in formula.args]
    if formula.what == "*":
        return _times(*inner)
    if formula.what == "/":
        if not _constant(formula.args[1], constants):
            raise FormulaError("division by something that is not a parameter; only parameters and numbers may divide")
        return _over(*inner)
    if formula.what in ("floor", "ceil", "round") and not _constant(formula.args[1], constants):
        raise FormulaError(f"the step of `{formula.what}` must be a parameter or a number")
    return reduce(_same, inner)


def _constant(formula: Formula, constants: Callable[[str], bool]) -> bool:
    return all(constants(name) for name in names(formula))


def _same(one: str, other: str) -> str:
    if one in ("zero", other):
        return other
    if other == "zero":
        return one
    if one in _PLAIN and other in _PLAIN:
        return "share"
    raise FormulaError(f"`{one}` and `{other}` cannot be added or compared")


def _times(one: str, other: str) -> str:
    plain = _PLAIN | {"zero"}
    if one in plain and other in plain:
        return "share"
    if other in plain or (other in _TIMES and one not in _TIMES):
        return other if one in plain else one
    if one in plain or one in _TIMES:
        return other
    raise FormulaError(f"`{one}` cannot be multiplied by `{other}`")


def _over(one: str, other: str) -> str:
    if other == "zero":
        raise FormulaError("division by zero")
    if one == other or (one in _PLAIN and other in _PLAIN):
        return "share"
    if other in _PLAIN:
        return one
    raise FormulaError(f"`{one}` cannot be divided by `{other}`")


def evaluate(formula: Formula, value_of: Callable[[str], int | Fraction | None]) -> Fraction | None:
    """Return the exact value, or None when an operand is unknown: the reference meaning."""
    if isinstance(formula, Number):
        return formula.value
    if isinstance(formula, Ref):
        value = value_of(formula.name)
        return None if value is None else Fraction(value)
    args = [evaluate(arg, value_of) for arg in formula.args]
    known = [arg for arg in args if arg is not None]
    return None if len(known) < len(args) else _REFERENCE[formula.what](*known)


_REFERENCE: dict[str, Callable[..., Fraction]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "min": min,
    "max": max,
    "floor": lambda a, step: (a // step) * step,
    "ceil": lambda a, step: -(-a // step) * step,
    "round": lambda a, step: _half_up(a / step) * step,
}


def _half_up(value: Fraction) -> int:
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -whole if value < 0 else whole


def compile_(formula: Formula, code_of: Callable[[str], str | Fraction]) -> tuple[str, int]:
    """Return Python text for the numerator over a constant denominator, equal to `evaluate`.

    `code_of` gives a parameter's value, or the text that reads a known fact.
    """
    if isinstance(formula, Number):
        return _literal(formula.value)
    if isinstance(formula, Ref):
        code = code_of(formula.name)
        return _literal(code) if isinstance(code, Fraction) else (code, 1)
    args = [compile_(arg, code_of) for arg in formula.args]
    if formula.what == "*":
        return _multiplied(args[0], args[1])
    if formula.what == "/":
        return _multiplied(args[0], _literal(1 / _constant_value(formula.args[1], code_of)))
    if formula.what in ("floor", "ceil", "round"):
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


def number_text(value: Fraction) -> str:
    """Return a number as the language writes it: a decimal, or a division in parentheses where none is exact.

    >>> number_text(Fraction(3, 20)), number_text(Fraction(1, 3))
    ('0.15', '(1 / 3)')
    """
    text = exact_text(value)
    return f"({value.numerator} / {value.denominator})" if "/" in text else text


def to_text(formula: Formula, show: Callable[[str], str] = lambda name: name, level: int = 0) -> str:
    """Return the formula as text; `show` may put a number in place of a name."""
    if isinstance(formula, Number):
        return number_text(formula.value)
    if isinstance(formula, Ref):
        return show(formula.name)
    if formula.what in FUNCTIONS:
        return f"{formula.what}({', '.join(to_text(arg, show) for arg in formula.args)})"
    rank = 1 if formula.what in "+-" else 2
    left, right = to_text(formula.args[0], show, rank), to_text(formula.args[1], show, rank + 1)
    text = f"{left} {formula.what} {right}"
    return f"({text})" if rank < level else text
