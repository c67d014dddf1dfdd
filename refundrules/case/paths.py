"""Where a value of a flat record stands in a case: paths such as `order.status` or `claims.0.reason`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from refundrules.case.models import Case
from refundrules.errors import CaseError, Problem, did_you_mean
from refundrules.io.catalog import languages, say

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_PATH = re.compile(r"[^.\[\]]+(\[\d+\])*(\.[^.\[\]]+(\[\d+\])*)*")


def data_of(case: Case) -> dict[str, Any]:
    """Return a case as plain data that `Case.read` reads back the same."""
    return case.model_dump(mode="json", exclude_unset=True)


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


def with_values(data: Mapping[str, Any], values: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return plain data with values at paths like `claims[0].goods.washed` set; None takes one away.

    Raises `CaseError` for a path that leads through a value, or past the end of a list.
    """
    made: Any = data
    for path, value in values:
        if not _PATH.fullmatch(path):
            raise CaseError([Problem(path, "is not a path", "write it like `claims[0].severity`")])
        steps = [int(index) if index else name for name, index in _STEP.findall(path)]
        made = _with(made, steps, value, "")
    return dict(made)


def _with(data: Any, steps: Sequence[int | str], value: Any, before: str) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        if not isinstance(data, Sequence) or isinstance(data, str) or step >= len(data):
            count = len(data) if isinstance(data, Sequence) and not isinstance(data, str) else 0
            raise CaseError([Problem(f"{before}[{step}]", "is not there", f"`{before}` holds {count}")])
        return [_with(item, rest, value, f"{before}[{at}]") if at == step else item for at, item in enumerate(data)]
    here = f"{before}.{step}".lstrip(".")
    if data is not None and not isinstance(data, Mapping):
        remedy = f"write `{before}[0].{step}`" if isinstance(data, Sequence) and not isinstance(data, str) else ""
        raise CaseError([Problem(here, f"leads inside `{before}`, which has no fields", remedy)])
    made = dict(data or {})
    inner = _with(made.get(step), rest, value, here)
    if inner is None:
        made.pop(step, None)
        return made
    return {**made, step: inner}


Step = str | int
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
def _kinds() -> Mapping[str, str]:
    schema = Case.model_json_schema()
    found: dict[str, str] = dict.fromkeys(ACTUAL, "text")
    _collect(schema, schema["$defs"], "", found)
    return found


def _collect(node: dict[str, Any], models: dict[str, Any], path: str, found: dict[str, str]) -> None:
    for name, data in node.get("properties", {}).items():
        _place(data, models, f"{path}{name}", found)


def _place(data: dict[str, Any], models: dict[str, Any], path: str, found: dict[str, str]) -> None:
    parts = [part for part in data.get("anyOf", [data]) if part.get("type") != "null"]
    part = parts[0]
    if "$ref" in part:
        found[path] = "data"
        _collect(models[part["$ref"].rpartition("/")[2]], models, f"{path}.", found)
    elif part.get("type") == "array":
        items = part.get("items", {})
        found[path] = "data" if "$ref" in items or "anyOf" in items else "texts"
        if "$ref" in items:
            _place(items, models, f"{path}.0", found)
    elif part.get("type") == "object":
        found[path] = "data"
    else:
        found[path] = {"boolean": "bool", "integer": "int"}.get(str(part.get("type")), "text")
