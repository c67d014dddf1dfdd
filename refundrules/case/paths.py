"""Paths into a case: reading, setting and naming what stands at `claims[0].goods.washed`, `claim.reason` or a column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from refundrules.case.models import Case
from refundrules.errors import CaseError, Problem, did_you_mean
from refundrules.io.catalog import languages, say
from refundrules.io.schema_paths import Schema, Step, not_null, places

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_PATH = re.compile(r"[^.\[\]]+(\[\d+\])*(\.[^.\[\]]+(\[\d+\])*)*")
_ABSENT: Any = object()
"""Put where something is taken away."""


def data_of(case: Case | Mapping[str, Any]) -> dict[str, Any]:
    """Return a case as plain data of its own, holding what was given and nothing else; `Case.read` reads it back the same.

    Raises `CaseError` when a mapping is nested too deeply.
    """
    if isinstance(case, Case):
        return case.model_dump(mode="json", exclude_unset=True)
    try:
        return plain_data(case)  # type: ignore[no-any-return]
    except RecursionError:
        raise CaseError([Problem("case", "is nested too deeply", "flatten it")]) from None


def plain_data(data: Any) -> Any:
    """Return a copy of nested data that can be changed and written as JSON or YAML: amounts and times as texts."""
    if isinstance(data, Mapping):
        return {key: plain_data(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain_data(item) for item in data]
    if isinstance(data, Decimal):
        return str(data)
    return data.isoformat() if isinstance(data, date) else data


def whole_path(data: Mapping[str, Any], path: str, claim: int = 0) -> str:
    """Return a path inside a claim or its line (`claim.…`, `line.…`) as one from the case; others as they are."""
    root, dot, rest = path.partition(".")
    if root == "claim" and dot:
        return f"claims[{claim}].{rest}"
    if root == "line" and dot:
        return f"order.lines[{_line_at(data, claim)}].{rest}"
    return path


def _line_at(data: Mapping[str, Any], claim: int) -> int:
    wanted = data["claims"][claim].get("line")
    lines = data["order"]["lines"]
    return next((at for at, line in enumerate(lines) if line.get("id") == wanted), 0)


def steps_of(path: str) -> list[Step]:
    """Return the steps of a path like `claims[0].goods.washed`."""
    return [name or int(at) for name, at in _STEP.findall(path)]


def value_at(data: Any, path: str) -> Any:
    """Return what nested data holds at a path; None when it holds nothing there."""
    for step in steps_of(path):
        if isinstance(step, int):
            data = data[step] if isinstance(data, list | tuple) and step < len(data) else None
        else:
            data = data.get(step) if isinstance(data, Mapping) else None
    return data


def is_given(data: Any, path: str) -> bool:
    """Return whether nested data says anything at a path, if only null."""
    parent, _, name = path.rpartition(".")
    held = value_at(data, parent)
    return isinstance(held, Mapping) and name in held


def replaced(data: Any, path: str, value: Any) -> Any:
    """Return nested data with a value put in, making what is missing on the way; `data` stays as it is.

    Raises `CaseError` for a path that leads through a value.
    """
    return _put(data, steps_of(path), value, "", grow=True)


def with_values(data: Mapping[str, Any], values: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return plain data with values at paths like `claims[0].goods.washed` set; None takes one away.

    Raises `CaseError` for a path that leads through a value, or past the end of a list.
    """
    made: Any = data
    for path, value in values:
        if not _PATH.fullmatch(path):
            raise CaseError([Problem(path, "is not a path", "write it like `claims[0].severity`")])
        made = _put(made, steps_of(path), _ABSENT if value is None else value, "", grow=False)
    return dict(made)


def _put(data: Any, steps: Sequence[Step], value: Any, before: str, *, grow: bool) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        items = list(data) if isinstance(data, Sequence) and not isinstance(data, str) else []
        if grow:
            items += [{} for _ in range(step + 1 - len(items))]
        elif step >= len(items):
            raise CaseError([Problem(f"{before}[{step}]", "is not there", f"`{before}` holds {len(items)}")])
        inner = _put(items[step], rest, value, f"{before}[{step}]", grow=grow)
        items[step] = None if inner is _ABSENT else inner
        return items
    here = f"{before}.{step}".lstrip(".")
    if data is not None and not isinstance(data, Mapping):
        remedy = f"write `{before}[0].{step}`" if isinstance(data, Sequence) and not isinstance(data, str) else ""
        raise CaseError([Problem(here, f"leads inside `{before}`, which has no fields", remedy)])
    made = dict(data or {})
    inner = _put(made.get(step), rest, value, here, grow=grow)
    if inner is _ABSENT:
        made.pop(step, None)
        return made
    return {**made, step: inner}


def nested(values: Iterable[tuple[Sequence[Step], object]]) -> Any:
    """Return nested data made of values at steps.

    Items of a list may come in any order, and close up where one was left out. What is given within a part that was
    given as a whole is left out.
    """
    root: dict[Step, Any] = {}
    for steps, value in values:
        node: Any = root
        for step in steps[:-1]:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                break
        else:
            node[steps[-1]] = value
    return _listed(root)


def _listed(node: Any) -> Any:
    """Return nested data with the mappings whose keys are places made lists."""
    if not isinstance(node, dict):
        return node
    if node and all(isinstance(step, int) for step in node):
        return [_listed(node[step]) for step in sorted(node)]
    return {str(step): _listed(value) for step, value in node.items()}


# -- the places a case has ----------------------------------------------------------------------


_SHORT = {"claim": ("claims", 0), "line": ("order", "lines", 0)}
_INDEX = re.compile(r"[0-9]{1,3}")
_TRUTHS = {"true": True, "y": True, "t": True, "1": True, "false": False, "n": False, "f": False, "0": False}
_WHOLE = re.compile(r"[0-9]{1,9}")
ACTUAL = ("actual.outcome", "actual.resolution", "actual.refund")
"""What really happened, beside the case."""


class CasePath(NamedTuple):
    """One place in a case: the steps to it, and the kind of value there."""

    steps: tuple[Step, ...]
    kind: str
    """`bool`, `int`, `text`, `texts` (several, separated by `;`), `fact` or `data` (a part of a case as it is)."""

    def value(self, given: object) -> object:
        """Return a cell's value as the case wants it; texts that cannot be read so stay, for the case to refuse."""
        if not isinstance(given, str):
            return given
        if self.kind == "bool":
            return _truths().get(given.strip().lower(), given)
        if self.kind == "int":
            return int(given) if _WHOLE.fullmatch(given.strip()) else given
        if self.kind == "texts":
            return [word.strip() for word in given.split(";") if word.strip()]
        if self.kind == "fact":
            return {"true": True, "false": False}.get(given.strip().lower(), given)
        return given.strip()


def case_path(text: str) -> CasePath | None:
    """Return the place that a path names; None when a case has no such place.

    `claim.…` is the first claim and `line.…` the first line of the order.

    >>> case_path("claim.goods.washed")
    CasePath(steps=('claims', 0, 'goods', 'washed'), kind='bool')
    """
    first, *rest = text.split(".")
    steps: tuple[Step, ...] = (
        *_SHORT.get(first, (first,)),
        *(int(word) if _INDEX.fullmatch(word) else word for word in rest),
    )
    if steps[0] == "facts" and len(steps) == 2:
        return CasePath(steps, "fact")
    kind = _kinds().get(".".join("0" if isinstance(step, int) else step for step in steps))
    return None if kind is None else CasePath(steps, kind)


def nearest_path(text: str) -> str:
    """Return "did you mean …?" for the nearest path, else an empty text."""
    known = [*_kinds(), *(path.replace("claims.0.", "claim.") for path in _kinds() if path.startswith("claims.0."))]
    return did_you_mean(text, known)


@cache
def _truths() -> Mapping[str, bool]:
    """Return the words that mean true and false, "yes" and "no" in every language among them."""
    said = {
        say(f"phrase.{word}", language).lower(): word == "yes" for language in languages() for word in ("yes", "no")
    }
    return _TRUTHS | said


@cache
def places_of_a_case() -> Mapping[tuple[Step, ...], str]:
    """Return the places a case has, and the kind of value at each, a word of `CasePath.kind`."""
    schema = Case.model_json_schema()
    return {steps: _kind(field) for steps, field in places(schema, schema["$defs"])}


def _kind(field: Schema) -> str:
    part = not_null(field)
    if part.get("type") == "array":
        return "texts" if part["items"].keys().isdisjoint({"$ref", "anyOf"}) else "data"
    kinds = {"boolean": "bool", "integer": "int", "object": "data"}
    return "data" if "$ref" in part else kinds.get(str(part.get("type")), "text")


@cache
def _kinds() -> Mapping[str, str]:
    found = {".".join(map(str, steps)): kind for steps, kind in places_of_a_case().items()}
    return {**dict.fromkeys(ACTUAL, "text"), **found}


def paths_of_a_case() -> list[str]:
    """Return the paths that `with_values` takes, claims and lines by their first: `claims[0].reason`."""
    return [
        "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)[1:]
        for steps in places_of_a_case()
    ]
