"""The units of formulas: what may be added, compared, multiplied and divided, checked at load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

from refundrules.expr.formula import ROUNDING, Formula, FormulaError, Number, Ref, names

_PLAIN = frozenset({"share", "count", "number"})
_TIMES = frozenset({"days", "hours"})


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
        if not _is_constant(formula.args[1], constants):
            raise FormulaError("division by something that is not a parameter; only parameters and numbers may divide")
        return _over(*inner)
    if formula.what in ROUNDING and not _is_constant(formula.args[1], constants):
        raise FormulaError(f"the step of `{formula.what}` must be a parameter or a number")
    return reduce(same_kind, inner)


def _is_constant(formula: Formula, constants: Callable[[str], bool]) -> bool:
    return all(constants(name) for name in names(formula))


def same_kind(one: str, other: str) -> str:
    """Return the unit of what is added or compared. Raises `FormulaError` where two units are not the same."""
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
