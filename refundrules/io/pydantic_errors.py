"""What pydantic refuses of a model, in our words: the path, the value and the way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from refundrules.errors import Problem, did_you_mean, listed, quoted


def problems_of(error: ValidationError, model: type[BaseModel], root: str = "") -> list[Problem]:
    """Return what pydantic refused of a model that messages call `root`: one problem for each place.

    Of a field that may be a word or an amount, it is the problem of the branch that was meant.
    """
    found: dict[str, Problem] = {}
    for item in error.errors(include_url=False):
        if item["type"] == "too_short" and item["input"]:
            continue  # its items are wrong, not absent
        steps = _steps(item)
        path = root + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
        path = path.removeprefix(".") or "case"
        if path not in found or not isinstance(item["input"], str) or not item["input"][:1].isalpha():
            found[path] = _problem(model, path, steps, item)
    return list(found.values())


def _problem(model: type[BaseModel], path: str, steps: list[int | str], error: Any) -> Problem:
    explain = _BY_TYPE.get(error["type"])
    if explain is not None:
        return explain(path, error)
    if error["type"] == "extra_forbidden":
        known = _fields(model, steps[:-1])
        remedy = did_you_mean(steps[-1], known, f"known fields: {listed(known, 32)}")
        return Problem(path, f"unknown field `{steps[-1]}`", remedy)
    return Problem(path, error["msg"][:1].lower() + error["msg"][1:])


def _steps(error: Any) -> list[int | str]:
    """Return the path in the data: pydantic also names the branch of a union it tried, as in `tuple[...]`."""
    path = error["loc"]
    named = len(path) - 1 if error["type"] == "extra_forbidden" else None
    return [step for at, step in enumerate(path) if at == named or isinstance(step, int) or "[" not in step]


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner)) is not None), None)


def _fields(model: Any, steps: list[int | str]) -> list[str]:
    for step in steps:
        if isinstance(step, str):
            model = _model_in(model.model_fields[step].annotation) or model
    return list(model.model_fields)


def _is_not(what: str, remedy: str = "") -> Callable[[str, Any], Problem]:
    return lambda path, error: Problem(path, f"{quoted(error['input'])} is not {what}", remedy)


def _is(what: str, remedy: str) -> Callable[[str, Any], Problem]:
    return lambda path, error: Problem(path, what, remedy)


def _own(path: str, error: Any) -> Problem:
    what, _, remedy = str(error["ctx"]["error"]).partition("; ")
    return Problem(path, f"{quoted(error['input'])} {what}", remedy)


def _word(path: str, error: Any) -> Problem:
    known = [word.strip().strip("'") for word in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
    return Problem(
        path,
        f"{quoted(error['input'])} is not one of its values",
        did_you_mean(error["input"], known, f"one of {listed(known, 30)}"),
    )


_BY_TYPE: dict[str, Callable[[str, Any], Problem]] = {
    "value_error": _own,
    "literal_error": _word,
    "missing": _is("is required and missing", "add it"),
    "bool_type": _is_not("true or false"),
    "int_type": _is_not("a whole number"),
    "string_type": _is_not("a text", "put it in quotes"),
    "string_unicode": _is_not("text that UTF-8 can hold"),
    "string_pattern_mismatch": _is_not("an ISO 3166 code such as `CN` or `CN-ZJ`"),
    "model_type": _is_not("a mapping of fields"),
    "model_attributes_type": _is_not("a mapping of fields"),
    "dict_type": _is_not("a mapping of fields"),
    "tuple_type": _is_not("a list"),
    "too_short": _is("is empty", "give at least one"),
    "string_too_short": _is("is empty", "give at least one character"),
    "greater_than_equal": lambda path, error: Problem(path, f"{quoted(error['input'])} is below {error['ctx']['ge']}"),
    "less_than_equal": lambda path, error: Problem(path, f"{quoted(error['input'])} is above {error['ctx']['le']}"),
}
