"""Mappings of files as models: every problem at once, with its line, and all that is right is read."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field

from refundrules.errors import Problem
from refundrules.io.strict_models import (
    OneOf,
    RefusedError,
    Section,
    closed,
    named,
    one_or_several,
    plain,
    read,
    schema_of,
)
from refundrules.io.strict_yaml import read_yaml


def even(value: Any) -> int:
    if not isinstance(value, int) or value % 2:
        raise RefusedError("is not even", "double it")
    return value


class Item(Section):
    noun: ClassVar[str] = "an item"

    kind: Annotated[str, OneOf(["card", "wallet"])]
    size: Annotated[int | None, plain(even)] = None


class File(Section):
    title: str = ""
    items: dict[str, Item] = Field(default_factory=dict)


def made(text: str) -> tuple[File | None, list[Problem]]:
    (data,), problems = read_yaml(text, "a.yaml")
    assert problems == []
    return read(File, data, "a.yaml", 1)


def test_what_is_right_is_read() -> None:
    file, problems = made("title: x\nitems:\n  a: {kind: card, size: 4}\n")
    assert problems == []
    assert file is not None
    assert (file.title, file.items["a"].kind, file.items["a"].size) == ("x", "card", 4)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("titel: x\n", 1, "did you mean `title`?"),
        ("title: x\nitems:\n  a: {kind: crad}\n", 3, "did you mean `card`?"),
        ("title: x\nitems:\n  a:\n    kind: card\n    size: 3\n", 3, "is not even (double it)"),
        ("items:\n  a: {size: 2}\n", 2, "kind"),
        ("items:\n  a: 3\n", 2, "mapping"),
    ],
)
def test_each_problem_has_its_line_and_a_way_out(text: str, line: int, said: str) -> None:
    _, (problem,) = made(text)
    assert problem.where == f"a.yaml:{line}"
    assert said in str(problem)


def test_all_problems_are_told_and_the_rest_is_read() -> None:
    file, problems = made("title: x\nitems:\n  a: {kind: crad, size: 3}\n  b: {kind: wallet}\n")
    assert len(problems) == 2
    assert file is not None
    assert (file.items["a"].kind, file.items["b"].kind) == (None, "wallet")


def test_what_is_no_mapping_is_nothing() -> None:
    file, problems = read(File, 3, "a.yaml", 7)
    assert (file, [problem.where for problem in problems]) == (None, ["a.yaml:7"])


def test_the_schema_is_closed_and_names_its_words() -> None:
    schema = schema_of(File)
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Item"]["properties"]["kind"]["enum"] == ["card", "wallet"]
    assert schema["$defs"]["Item"]["required"] == ["kind"]


def test_definitions_stand_where_fields_name_them() -> None:
    class Other(Section):
        when: Annotated[Any, named("condition")] = None

    schema = schema_of(Other, {"condition": {"type": "object"}})
    assert schema["properties"]["when"]["$ref"] == "#/$defs/condition"
    assert schema["$defs"] == {"condition": {"type": "object"}}
    assert closed({"a": {}}, ("a",))["required"] == ["a"]
    assert one_or_several({"type": "string"})["anyOf"][1]["minItems"] == 1
