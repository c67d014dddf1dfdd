"""Every place that a model's JSON Schema describes."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from refundrules.io.schema_paths import not_null, places


class Inner(BaseModel):
    b: int | None = None


class Outer(BaseModel):
    a: str
    one: Inner | None = None
    many: list[Inner] = []
    words: list[str] = []


def test_fields_within_fields_and_the_items_of_lists_of_models_have_a_place() -> None:
    schema = Outer.model_json_schema()
    found = [steps for steps, _ in places(schema, schema["$defs"])]
    assert found == [("a",), ("one",), ("one", "b"), ("many",), ("many", 0), ("many", 0, "b"), ("words",)]


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ({"type": "string"}, {"type": "string"}),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, {"type": "integer"}),
        ({"anyOf": [{"$ref": "#/$defs/X"}, {"type": "null"}]}, {"$ref": "#/$defs/X"}),
    ],
)
def test_null_aside_a_field_is_one_thing(field: dict[str, object], found: dict[str, object]) -> None:
    assert not_null(field) == found
