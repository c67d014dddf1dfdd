"""Models of strict YAML: what does not fit is told with its line, all at once, and all the rest is read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from jsonschema import Draft202012Validator

from refundrules.io.strict_models import (
    ABSENT,
    OneOf,
    Section,
    checked,
    closed,
    named,
    read,
    schema,
    schema_of,
)
from refundrules.io.strict_yaml import read_yaml

Whole = Annotated[int, checked(lambda value: isinstance(value, int), "{value} of `{field}` is not whole", "write 3")]


class Wheel(Section, noun="a wheel of `{key}`"):
    """A wheel."""

    size: Whole
    spokes: Whole = 32


class Bicycle(Section, noun="bicycle `{key}`"):
    """A bicycle."""

    kind: Annotated[str, OneOf(("city", "race"))]
    wheels: list[Wheel] = ABSENT
    owner: Literal["shop"] | None = None
    light: Annotated[Any, named("light")] = None


class Garage(Section, noun="the garage"):
    """What a file holds."""

    bicycles: dict[Annotated[str, schema({"type": "string", "pattern": "^[a-z]+$"})], Bicycle]
    open: bool = True


def told(text: str) -> tuple[Garage | None, list[str]]:
    documents, problems = read_yaml(text, "x.yaml")
    assert problems == []
    garage, found = read(Garage, documents[0], "x.yaml", 1)
    return garage, [str(problem) for problem in found]


def test_what_fits_is_read() -> None:
    garage, problems = told("bicycles:\n  red: {kind: city, wheels: [{size: 28}], owner: null}\n")
    assert problems == []
    assert garage is not None
    assert garage.bicycles["red"].wheels[0].spokes == 32
    assert "light" not in garage.bicycles["red"].model_fields_set


FAULTS = {
    "bicycles: {red: {kind: cty}}": "x.yaml:1: `kind` `cty` is not one of its values (did you mean `city`?)",
    "bicycles:\n  red:\n    wheels: []": "x.yaml:2: `kind` is missing (one of `city`, `race`)",
    "bicycles:\n  red:\n    kind: city\n    colour: red": "x.yaml:4: unknown word `colour` in bicycle `red` (one of `kind`, `wheels`, `owner`, `light`)",
    "bicycles:\n  red: 3": "x.yaml:2: bicycle `red` is not a mapping (it may hold `kind`, `wheels`, `owner`, `light`)",
    "bicycles: [1]": "x.yaml:1: `bicycles` is not a mapping of names",
    "bicycles:\n  red:\n    kind: city\n    wheels: 3": "x.yaml:2: `wheels` is not a list",
    "bicycles:\n  red:\n    kind: city\n    wheels:\n      - size: big": "x.yaml:5: `big` of `size` is not whole (write 3)",
    "bicycles:\n  red:\n    kind: city\n    wheels:\n      - {size: 1}\n      - 3": "x.yaml:6: a wheel of `red` is not a mapping (it may hold `size`, `spokes`)",
    "open: yes\nbicycles: {}": "x.yaml:1: `yes` is not true or false",
    "- 1": "x.yaml:1: the garage is not a mapping (it may hold `bicycles`, `open`)",
}


@pytest.mark.parametrize("text", FAULTS)
def test_what_does_not_fit_is_one_problem_with_its_line(text: str) -> None:
    assert told(text)[1] == [FAULTS[text]]


def test_all_problems_come_at_once_and_the_rest_is_read() -> None:
    garage, problems = told(
        "open: 1\nbicycles:\n  red: {kind: cty, wheels: [{size: big, spokes: 9}, {size: 28}]}\n  blue: 3\n  grey: {kind: race, bell: 1}\n"
    )
    assert [line.partition(": ")[0] for line in problems] == [
        "x.yaml:3",
        "x.yaml:3",
        "x.yaml:5",
        "x.yaml:4",
        "x.yaml:1",
    ]
    assert garage is not None
    assert garage.open is None
    assert garage.bicycles["red"].kind is None
    assert [wheel.size for wheel in garage.bicycles["red"].wheels] == [None, 28]
    assert garage.bicycles["red"].wheels[0].spokes == 9
    assert garage.bicycles["blue"] is None
    assert garage.bicycles["grey"].kind == "race"


def test_what_was_read_is_left_as_it_was_written() -> None:
    documents, _ = read_yaml("bicycles: {red: {kind: cty, bell: 1}, blue: 3}", "x.yaml")
    before = str(documents[0])
    read(Garage, documents[0], "x.yaml", 1)
    assert str(documents[0]) == before


def test_the_schema_is_closed_and_names_what_is_described_elsewhere() -> None:
    validator = Draft202012Validator(schema_of(Garage, {"light": closed({"lux": {"type": "integer"}}, ("lux",))}))
    assert validator.is_valid({"bicycles": {"red": {"kind": "city", "light": {"lux": 3}, "owner": None}}})
    for wrong in (
        {},
        {"bicycles": {"Red": {"kind": "city"}}},
        {"bicycles": {"red": {}}},
        {"bicycles": {"red": {"kind": "cty"}}},
        {"bicycles": {"red": {"kind": "city", "light": {}}}},
        {"bicycles": {}, "colour": 1},
    ):
        assert not validator.is_valid(wrong)
