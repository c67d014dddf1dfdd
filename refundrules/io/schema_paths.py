"""The places that a model's JSON Schema describes: every field, those of models within it, and the items of lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = dict[str, Any]
Step = str | int
"""One step into nested data: a field's name, or a place in a list."""


def places(model: Schema, models: Mapping[str, Schema]) -> Iterator[tuple[tuple[Step, ...], Schema]]:
    """Yield the steps to every place of a model, outer places first, and the schema of what stands there.

    Items of a list of models stand under `0`; `models` holds what `$ref` names.
    """
    for name, field in model.get("properties", {}).items():
        for steps, schema in _places(field, models):
            yield (name, *steps), schema


def _places(field: Schema, models: Mapping[str, Schema]) -> Iterator[tuple[tuple[Step, ...], Schema]]:
    yield (), field
    part = not_null(field)
    if "$ref" in part:
        yield from places(models[part["$ref"].rpartition("/")[2]], models)
    elif "$ref" in part.get("items", {}):
        for steps, schema in _places(part["items"], models):
            yield (0, *steps), schema


def not_null(field: Schema) -> Schema:
    """Return what a field is where it is not null."""
    return next(part for part in field.get("anyOf", (field,)) if part.get("type") != "null")
