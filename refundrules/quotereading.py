"""Reading what a quote is made from: every problem at once, with path, value and a way out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from refundrules.errors import CaseError, Problem, did_you_mean, listed
from refundrules.minorunits import to_minor, to_text

_M = TypeVar("_M", bound=BaseModel)


def read(readings: Iterable[tuple[type[BaseModel], object, str]]) -> list[Any]:
    """Return the models of several inputs, each a model already or a mapping, under its name in messages.

    Raises `CaseError` with the problems of all of them.
    """
    made: list[Any] = []
    problems: list[Problem] = []
    for model, data, root in readings:
        if isinstance(data, model):
            made.append(data)
            continue
        try:
            made.append(model.model_validate(data))
        except ValidationError as error:
            problems += _problems(model, root, error)
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return made


class Minors:
    """Turns decimals into minor units of a currency, and keeps what is wrong with them."""

    __slots__ = ("decimals", "problems")

    def __init__(self, decimals: int) -> None:
        self.decimals = decimals
        self.problems: list[Problem] = []

    def of(self, amount: Any, where: str, *at: int) -> int:
        """Return `amount` in minor units; 0, and a problem at the path, when it does not fit the currency."""
        if not amount:
            return 0
        try:
            return to_minor(amount, self.decimals)
        except ValueError as error:
            remedy = "round it to the currency's minor unit" if "decimals" in str(error) else ""
            self.wrong(where % at if at else where, f"`{amount}` {error}", remedy)
            return 0

    def text(self, minor: int) -> str:
        """Return minor units as a decimal string."""
        return to_text(minor, self.decimals)

    def wrong(self, where: str, what: str, remedy: str = "") -> None:
        """Keep a problem."""
        self.problems.append(Problem(where, what, remedy))

    def no_line(self, where: str, line: str, known: Iterable[str]) -> None:
        """Keep the problem that a line is not one of the order."""
        ids = list(known)
        self.wrong(where, f"`{line}` is not a line of the order", did_you_mean(line, ids, f"one of {listed(ids)}"))

    def same_currency(self, given: str | None, wanted: str, where: str) -> None:
        """Keep the problem that an amount is in another currency than the order."""
        if given is not None and given != wanted:
            self.wrong(where, f"`{given}` is not the order's currency", f"convert it to `{wanted}` first")

    def check(self) -> None:
        """Raise `CaseError` if anything is wrong."""
        if self.problems:
            raise CaseError(dict.fromkeys(self.problems))


def refuse(minors: Minors, where: str, stated: int, most: int, what: str) -> None:
    """Keep the problem that a stated amount is above what is left, with the maximum."""
    minors.wrong(where, f"`{minors.text(stated)}` is above {what}", f"at most `{minors.text(most)}`")


def _problems(model: type[BaseModel], root: str, error: ValidationError) -> list[Problem]:
    """Return one problem for each place: of a field that may be a word or an amount, the branch that was meant."""
    found: dict[str, Problem] = {}
    for item in error.errors(include_url=False):
        if item["type"] == "too_short" and item["input"]:
            continue
        steps = _steps(model, item["loc"])
        path = root + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
        if path not in found or not isinstance(item["input"], str) or not item["input"][:1].isalpha():
            found[path] = _problem(model, path, steps, item)
    return list(found.values())


def _problem(model: type[BaseModel], path: str, steps: list[int | str], error: Any) -> Problem:
    kind = error["type"]
    explain = _BY_TYPE.get(kind)
    if explain is not None:
        return explain(path, error)
    if kind == "extra_forbidden":
        known = _fields(model, steps[:-1])
        remedy = did_you_mean(steps[-1], known, f"known fields: {listed(known, 24)}")
        return Problem(path, f"unknown field `{steps[-1]}`", remedy)
    return Problem(path, error["msg"][:1].lower() + error["msg"][1:])


def _steps(model: Any, loc: tuple[int | str, ...]) -> list[int | str]:
    """Return the path in the data: pydantic also names the branch of a union it tried."""
    steps: list[int | str] = []
    at: Any = model
    for step in loc:
        if isinstance(step, str) and "[" in step:
            continue
        steps.append(step)
        if isinstance(step, str) and at is not None:
            field = at.model_fields.get(step)
            at = _model_in(field.annotation) if field else None
    return steps


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner)) is not None), None)


def _fields(model: Any, steps: list[int | str]) -> list[str]:
    for step in steps:
        if isinstance(step, str):
            model = _model_in(model.model_fields[step].annotation) or model
    return list(model.model_fields)


def _shown(value: object) -> str:
    text = str(value)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def _is_not(what: str, remedy: str = "") -> Callable[[str, Any], Problem]:
    return lambda path, error: Problem(path, f"{_shown(error['input'])} is not {what}", remedy)


def _is(what: str, remedy: str) -> Callable[[str, Any], Problem]:
    return lambda path, error: Problem(path, what, remedy)


def _own(path: str, error: Any) -> Problem:
    what, _, remedy = str(error["ctx"]["error"]).partition("; ")
    return Problem(path, f"{_shown(error['input'])} {what}", remedy)


def _word(path: str, error: Any) -> Problem:
    known = [word.strip().strip("'") for word in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
    return Problem(
        path,
        f"{_shown(error['input'])} is not one of its values",
        did_you_mean(error["input"], known, f"one of {listed(known, 30)}"),
    )


_BY_TYPE: dict[str, Callable[[str, Any], Problem]] = {
    "value_error": _own,
    "literal_error": _word,
    "missing": _is("is required and missing", "add it"),
    "bool_type": _is_not("true or false"),
    "int_type": _is_not("a whole number"),
    "string_type": _is_not("a text", "put it in quotes"),
    "model_type": _is_not("a mapping of fields"),
    "model_attributes_type": _is_not("a mapping of fields"),
    "dict_type": _is_not("a mapping"),
    "tuple_type": _is_not("a list"),
    "too_short": _is("is empty", "give at least one"),
    "string_too_short": _is("is empty", "give at least one character"),
    "greater_than_equal": lambda path, error: Problem(path, f"{_shown(error['input'])} is below {error['ctx']['ge']}"),
    "less_than_equal": lambda path, error: Problem(path, f"{_shown(error['input'])} is above {error['ctx']['le']}"),
}
