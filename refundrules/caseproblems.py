"""What pydantic refuses of a case, in our words: the path, the value and the nearest valid name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from refundrules.errors import Problem, did_you_mean, listed


def _path(loc: tuple[int | str, ...]) -> str:
    text = ""
    for step in loc:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".") or "case"


def _fields_at(model: Any, loc: tuple[int | str, ...]) -> list[str]:
    for step in loc:
        if isinstance(step, int):
            continue
        model = _model_in(model.model_fields[step].annotation)
    return list(model.model_fields)


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _model_in(inner)
        if found is not None:
            return found
    return None


def _shown(value: object) -> str:
    try:
        text = "null" if value is None else str(value)
    except ValueError:  # an integer of thousands of digits
        return "a number of thousands of digits"
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def _unknown_field(error: Any, model: Any) -> Problem:
    *place, name = error["loc"]
    known = _fields_at(model, tuple(place))
    return Problem(
        _path(error["loc"]), f"unknown field `{name}`", did_you_mean(name, known, f"known fields: {listed(known, 24)}")
    )


def _bad_word(error: Any) -> Problem:
    known = [word.strip().strip("'") for word in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
    value = error["input"]
    return Problem(
        _path(error["loc"]),
        f"{_shown(value)} is not one of its values",
        did_you_mean(value, known, f"one of {listed(known, 30)}"),
    )


def _missing(error: Any) -> Problem:
    return Problem(_path(error["loc"]), "is required and missing", "add it")


def _kind(what: str) -> Callable[[Any], Problem]:
    return lambda error: Problem(_path(error["loc"]), f"{_shown(error['input'])} is not {what}")


def _own(error: Any) -> Problem:
    what, _, remedy = str(error["ctx"]["error"]).partition("; ")
    return Problem(_path(error["loc"]), f"{_shown(error['input'])} {what}", remedy)


_BY_TYPE: dict[str, Callable[[Any], Problem]] = {
    "literal_error": _bad_word,
    "missing": _missing,
    "value_error": _own,
    "bool_type": _kind("true or false"),
    "int_type": _kind("a whole number"),
    "string_type": _kind("a text; put it in quotes"),
    "model_type": _kind("a mapping of fields"),
    "model_attributes_type": _kind("a mapping of fields"),
    "dict_type": _kind("a mapping of fields"),
    "tuple_type": _kind("a list"),
    "too_short": lambda error: Problem(_path(error["loc"]), "is empty", "give at least one"),
    "string_too_short": lambda error: Problem(_path(error["loc"]), "is empty", "give at least one character"),
    "greater_than_equal": lambda error: Problem(
        _path(error["loc"]), f"{_shown(error['input'])} is below {error['ctx']['ge']}"
    ),
    "less_than_equal": lambda error: Problem(
        _path(error["loc"]), f"{_shown(error['input'])} is above {error['ctx']['le']}"
    ),
    "string_pattern_mismatch": _kind("an ISO 3166 code such as `CN` or `CN-ZJ`"),
}


def problems_of(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """Return what pydantic refused of a model as problems: the path, the value, the way out."""
    problems = []
    items = error.errors(include_url=False)
    inner = {item["loc"][: len(item["loc"]) - depth] for item in items for depth in range(1, len(item["loc"]) + 1)}
    for item in items:
        if item["type"] == "too_short" and item["loc"] in inner:
            continue  # its items are wrong, not absent
        if item["type"] == "extra_forbidden":
            problems.append(_unknown_field(item, model))
            continue
        explain = _BY_TYPE.get(item["type"])
        problems.append(
            explain(item) if explain else Problem(_path(item["loc"]), item["msg"][:1].lower() + item["msg"][1:])
        )
    return problems
