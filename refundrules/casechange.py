"""A case with some of its values changed: by the paths that case files are written in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from refundrules.case import Case
from refundrules.errors import CaseError, Problem

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
