"""JSON Schemas (draft 2020-12) of what the library reads and writes, for editors and other programs.

A schema says what a field may hold; the loader and the engine know more (what names what, which
times contradict each other), so a file that a schema accepts may still be refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from refundrules.engine.decision_schema import decision_schema
from refundrules.errors import did_you_mean, listed
from refundrules.policy.schema.case import EXAMPLE, case_schema
from refundrules.policy.schema.pack import pack_schema
from refundrules.testing.schema import tests_schema

__all__ = ["EXAMPLE", "SCHEMAS", "json_schema"]

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(name: str) -> Schema:
    """Return the JSON Schema of that name: `case`, `pack` (a pack's files), `tests` (its files of tests) or `decision`.

    Raises `ValueError` for any other name.
    """
    make = _SCHEMAS.get(name)
    if make is None:
        remedy = did_you_mean(name, _SCHEMAS, f"one of {listed(SCHEMAS)}")
        raise ValueError(f"there is no schema `{name}` ({remedy})")
    return {"$schema": DIALECT, **make()}


_SCHEMAS: dict[str, Callable[[], Schema]] = {
    "case": case_schema,
    "pack": pack_schema,
    "tests": tests_schema,
    "decision": decision_schema,
}
SCHEMAS = tuple(_SCHEMAS)
"""The names of the schemas there are."""
