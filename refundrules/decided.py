"""What a decision says, path by path, as a pack's tests name it: what two decisions differ in, texts aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from refundrules.engine.decision import Decision
from refundrules.expectation import plain

_TEXTS = frozenset({"why", "question", "because", "text", "line", "quantity", "cites", "message", "rulings", "name"})
"""Fields that say a thing again in words, or only repeat the case."""
FIRST = (
    "outcome", "issue_class", "fault", "resolution", "return_required", "refund.total", "freight.return.payer",
    "freight.replacement.payer", "missing",
)  # fmt: skip
"""What a test names first."""


def said(decision: Decision) -> dict[str, Any]:
    """Return every path of a decision that a test may name, with what is there as plain data."""
    found: dict[str, Any] = {}
    for number, claim in enumerate(decision.claims):
        prefix = "" if number == 0 else f"claims.{number}."
        found |= {prefix + path: value for path, value in _paths(claim)}
    if len(decision.claims) > 1:
        found["$.outcome"], found["$.refund.total"] = decision.outcome, plain(decision.refund.total)
    return found


def _paths(model: BaseModel) -> Iterator[tuple[str, Any]]:
    for name, field in type(model).model_fields.items():
        shown = field.alias or name
        if shown.rstrip("_") in _TEXTS:
            continue
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from ((f"{shown}.{path}", inner) for path, inner in _paths(value))
            continue
        yield shown, plain(value)
        if isinstance(value, tuple):
            for at, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from ((f"{shown}.{at}.{path}", inner) for path, inner in _paths(item))


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Return the paths at which two decisions differ, the most telling first."""
    paths = [path for path in one if path not in other or one[path] != other[path]]
    paths += [path for path in other if path not in one]
    return sorted(paths, key=_telling)


def telling(path: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> Any:
    """Return what to expect at a path so that one decision is as expected and another is not."""
    value, other = here.get(path), there.get(path)
    if path.rpartition(".")[2] != "reasons" or not isinstance(other, list):
        return value
    lost, more = (
        [name for name in value or () if name not in other],
        [name for name in other if name not in (value or ())],
    )
    return {**({"contains_all": lost} if lost else {}), **({"lacks": more} if more else {})} or value


def _telling(path: str) -> tuple[int, int, str]:
    last = path.removeprefix("claims.").lstrip("0123456789.")
    at = FIRST.index(last) if last in FIRST else len(FIRST) + (last == "reasons") * 2 + last.endswith("rule")
    return at, len(path.split(".")), path
