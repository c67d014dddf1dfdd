"""The closed formula language: its tree, how it is read and written, and what it means.

    claim.paid * opening_share        min(a, b)      floor(base * rate, whole_unit)

Values are exact rationals over the integers of `facts` (money in minor units).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from refundrules.io.numbers import exact_text

FUNCTIONS = {"min": (2, 9), "max": (2, 9), "floor": (2, 2), "ceil": (2, 2), "round": (2, 2)}
ROUNDING = ("floor", "ceil", "round")
"""Functions to a multiple of a step."""
DIVIDING = ("/", *ROUNDING)
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


def walk(formula: Formula) -> Iterator[Formula]:
    """Yield the formula and every operand in it, from the outside in."""
    yield formula
    if isinstance(formula, Apply):
        for arg in formula.args:
            yield from walk(arg)


def names(formula: Formula) -> Iterator[str]:
    """Yield every name the formula reads."""
    return (part.name for part in walk(formula) if isinstance(part, Ref))


def divisors(formula: Formula) -> Iterator[Formula]:
    """Yield what the formula divides by, and the steps it rounds to: none may be zero or below."""
    return (part.args[1] for part in walk(formula) if isinstance(part, Apply) and part.what in DIVIDING)


def literals(formula: Formula) -> Iterator[Fraction]:
    """Yield every number written in the formula."""
    return (part.value for part in walk(formula) if isinstance(part, Number))


def choices(formula: Formula) -> Iterator[tuple[Formula, Formula]]:
    """Yield each pair of operands between which a `min` or `max` in the formula chooses."""
    for part in walk(formula):
        if isinstance(part, Apply) and part.what in ("min", "max"):
            yield from combinations(part.args, 2)


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
    "round": lambda a, step: round_half_up(*(a / step).as_integer_ratio()) * step,
}


def round_half_up(numerator: int, denominator: int) -> int:
    """Return `numerator / denominator` rounded to a whole, halves away from zero.

    >>> round_half_up(5, 2), round_half_up(-5, 2), round_half_up(7, 3)
    (3, -3, 2)
    """
    if numerator < 0:
        return -((2 * -numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def expanded(formula: Formula, defined: Callable[[str], object]) -> Formula:
    """Return the formula with every definition written out."""
    if isinstance(formula, Ref):
        inner = defined(formula.name)
        return expanded(inner, defined) if isinstance(inner, Formula) else formula
    if isinstance(formula, Apply):
        return Apply(formula.what, tuple(expanded(arg, defined) for arg in formula.args))
    return formula


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
