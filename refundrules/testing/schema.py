"""The JSON Schema of a file of a pack's tests: parts of a case, and paths into a decision."""

from __future__ import annotations

from copy import deepcopy

from refundrules.engine.decision_schema import decision_schema
from refundrules.io.schema_paths import Schema, places
from refundrules.io.strict_models import schema_of
from refundrules.policy.schema.case import case_schema
from refundrules.testing.files import TestsFile


def tests_schema() -> Schema:
    """Return the JSON Schema of a file of a pack's tests."""
    case = case_schema()
    models = {**case.pop("$defs"), "Case": case}
    del case["examples"]
    parts = {name: _partial(model) for name, model in models.items()}
    return schema_of(TestsFile, {**parts, "expectation": _EXPECTATION, "expect": _expect(decision_schema())})


def _partial(model: Schema) -> Schema:
    """Return the schema of a part of a model: nothing is required, and null removes."""
    part = deepcopy(model)
    part.pop("required", None)
    for name, field in part["properties"].items():
        if {"type": "null"} not in field.get("anyOf", ()):
            about = {"description": field.pop("description")} if "description" in field else {}
            part["properties"][name] = {"anyOf": [field, {"type": "null"}], **about}
    return part


_SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
_SEVERAL: Schema = {"type": "array", "minItems": 1, "items": _SCALAR}
_EXPECTATION: Schema = {
    "anyOf": [
        _SCALAR,
        {"type": "array", "items": _SCALAR},
        {
            "type": "object",
            "additionalProperties": False,
            "minProperties": 1,
            "properties": {
                "contains": _SCALAR,
                "contains_all": _SEVERAL,
                "lacks": {"anyOf": [_SCALAR, _SEVERAL]},
                "starts_with": {"type": "string"},
                "missing_any_of": _SEVERAL,
                "one_of": _SEVERAL,
            },
        },
    ]
}


def _expect(decision: Schema) -> Schema:
    models = decision["$defs"]
    paths = [
        (".".join(map(str, steps)), field) for steps, field in places(models["ClaimDecision"], models) if 0 not in steps
    ]
    items = "|".join(path.replace(".", r"\.") for path, field in paths if "items" in field)
    wanted = {"$ref": "#/$defs/expectation"}
    return {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "description": "paths into the first claim's decision, and what is wanted there",
        "properties": {path: _wanted(field) for path, field in paths},
        "patternProperties": {r"^(claims\.[0-9]+|\$)\.[a-z]": wanted, rf"^({items})\.[0-9]+(\.[a-z_]+)?$": wanted},
    }


def _wanted(field: Schema) -> Schema:
    words = [word for inner in (field, *field.get("anyOf", ())) for word in inner.get("enum", ())]
    about = {"description": field["description"]} if "description" in field else {}
    expectation = {"$ref": "#/$defs/expectation"}
    return (
        {"anyOf": [{"enum": [*words, None]}, {**expectation, "type": ["object", "array"]}], **about}
        if words
        else {
            **expectation,
            **about,
        }
    )
