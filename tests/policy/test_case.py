"""The JSON Schemas of cases and packs say what each field means and hold what is shipped."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from tiny_pack import PACK, case_text

from refundrules.io.strict_yaml import read_yaml
from refundrules.policy.schema.case import case_schema, tidy
from refundrules.policy.schema.pack import pack_schema

CASE, PACKS = case_schema(), pack_schema()


def plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    return (
        [plain(item) for item in data]
        if isinstance(data, list)
        else data
        if isinstance(data, str | int | bool | None)
        else str(data)
    )


def refused(data: Any, schema: dict[str, Any]) -> bool:
    return not jsonschema.Draft202012Validator(schema).is_valid(data)


def test_the_example_and_a_case_are_as_the_schema_says() -> None:
    (case,), _ = read_yaml(case_text(), "x")
    assert not refused(CASE["examples"][0], CASE)
    assert not refused(plain(case), CASE)
    assert refused(plain(case) | {"claism": []}, CASE)
    assert refused({key: value for key, value in plain(case).items() if key != "claims"}, CASE)


def test_every_field_says_what_it_means() -> None:
    for name, model in {"Case": CASE, **CASE["$defs"]}.items():
        for field, data in model.get("properties", {}).items():
            inner = data.get("anyOf", [data])
            assert "description" in data or any("$ref" in part or "$ref" in part.get("items", {}) for part in inner), (
                name,
                field,
            )


@pytest.mark.parametrize(
    ("old", "new"), [("kind: cm", "kind: m"), ("outcome: decline", "outcome: declined"), ("overrides:", "overides:")]
)
def test_a_pack_is_as_the_schema_says(old: str, new: str) -> None:
    (pack,), _ = read_yaml(PACK, "x")
    assert not refused(plain(pack), PACKS)
    (wrong,), _ = read_yaml(PACK.replace(old, new, 1), "x")
    assert refused(plain(wrong), PACKS)


def test_titles_that_say_nothing_are_left_out() -> None:
    assert "title" not in str(
        tidy({"properties": {"a": {"title": "A", "type": "string"}}, "title": "X"}).get("properties")
    )
