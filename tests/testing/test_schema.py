"""The JSON Schema of a pack's tests holds the tests of the shipped packs, and refuses what no test says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tiny_pack import TESTS

from refundrules.testing.schema import tests_schema as make_schema

SCHEMA = make_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
FILES = sorted((Path(__file__).parents[2] / "rules").glob("*/tests/*.yaml"))


class _Plain(yaml.SafeLoader):
    """Reads dates as text, as JSON has them."""


_Plain.yaml_implicit_resolvers = {
    key: [item for item in found if item[0] != "tag:yaml.org,2002:timestamp"]
    for key, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Any:
    return yaml.load(text, _Plain)


@pytest.mark.parametrize("path", FILES[:4], ids=lambda path: path.stem)
def test_the_tests_of_a_shipped_pack_are_as_the_schema_says(path: Path) -> None:
    VALIDATOR.validate(read(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{outcome: decline}", "{outcme: decline}"),
        ("{outcome: decline}", "{outcome: declined}"),
        ("{outcome: decline}", "{}"),
        ("rules: [S2]", "rules: []"),
        ("  - id: changed-mind-is-declined\n    rules: [S2]", "  - rules: [S2]"),
        ("$.claims.0.issue_class: quality", "$claims: quality"),
    ],
)
def test_what_no_test_says_is_refused(old: str, new: str) -> None:
    VALIDATOR.validate(read(TESTS))
    text = TESTS.replace(old, new)
    assert text != TESTS
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(read(text))


def test_a_given_part_of_a_case_requires_nothing() -> None:
    VALIDATOR.validate({"defaults": {"order": {"status": None}}, "tests": []})
