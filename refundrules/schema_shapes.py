"""Shapes that the schemas of a pack are made of."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

OWN_FACT = r"^facts\.[a-z][a-z0-9_]*$"
NAME = "[a-z][a-z0-9_]*"
CODE = r"[A-Z]{2}(-[A-Z0-9]{1,3})?"
ID = r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$"
DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
TEXT = {"type": "string", "pattern": r"\S"}
WORDS = {"$ref": "#/$defs/words"}
CONDITION = {"$ref": "#/$defs/condition"}
FORMULA = {"$ref": "#/$defs/formula"}
CITE = {"$ref": "#/$defs/cite"}


def closed(properties: Schema, required: tuple[str, ...] = (), **more: Any) -> Schema:
    """Return the schema of a mapping of these fields and no others."""
    shape: Schema = {"type": "object", "additionalProperties": False, "properties": properties, **more}
    return {**shape, "required": list(required)} if required else shape


def named(item: Schema, pattern: str = f"^{NAME}$", about: str = "") -> Schema:
    """Return the schema of a mapping from names of that shape to items."""
    shape = {"type": "object", "additionalProperties": False, "patternProperties": {pattern: item}}
    return {**shape, "description": about} if about else shape


def several(item: Schema) -> Schema:
    """Return the schema of a list of one item or more."""
    return {"type": "array", "minItems": 1, "items": item}


def one_or_several(item: Schema) -> Schema:
    """Return the schema of an item, or a list of such items."""
    return {"anyOf": [item, several(item)]}


def enum(words: Any) -> Schema:
    """Return the schema of one of these words."""
    return {"enum": list(words)}
