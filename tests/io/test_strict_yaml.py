"""Depth of YAML and JSON: the same limit everywhere, told in our words before the parser's or Python's own limit speaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from refundrules.errors import Problem
from refundrules.io.strict_yaml import DEEPEST, read_json, read_json_line, read_yaml

FLAT = '["]", "[[{", "\\\\", "a\\"[", '
NESTED: dict[str, Callable[[int], str]] = {
    "lists": lambda depth: "[" * depth + "]" * depth,
    "mappings": lambda depth: '{"a":' * depth + "1" + "}" * depth,
    "lists with brackets in texts": lambda depth: FLAT * depth + "1" + "]" * depth,
    "lists on lines of their own": lambda depth: "[\n" * depth + "]" * depth,
}
BLOCKS: dict[str, Callable[[int], str]] = {
    "mappings on lines": lambda depth: "".join(f"{' ' * level}a:\n" for level in range(depth)),
    "lists on lines": lambda depth: "".join(f"{' ' * level}-\n" for level in range(depth)),
    "lists and mappings": lambda depth: "".join(f"{' ' * level}a:\n{' ' * level}-\n" for level in range(depth // 2)),
    "lists on one line": lambda depth: "- " * depth + "1",
    "lists after a carriage return": lambda depth: "# a comment\r" + "- " * depth + "1",
    "lists after a byte order mark": lambda depth: "\ufeff" + "- " * depth + "1",
    "lists after brackets in a comment": lambda depth: f"# {']' * depth}\n{'[' * depth}{']' * depth}",
    "unclosed lists": lambda depth: "[" * (depth - 1) + "[]" + "]" * (depth - 1),
}


@pytest.mark.parametrize("name", NESTED | BLOCKS)
def test_yaml_may_be_nested_to_the_limit_and_not_deeper(name: str) -> None:
    text = (NESTED | BLOCKS)[name]
    documents, problems = read_yaml(text(DEEPEST), "a.yaml")
    assert (len(documents), problems) == (1, [])
    for deeper in (DEEPEST + 2, 1_002, 2_000):
        documents, problems = read_yaml(text(deeper), "a.yaml")
        assert (documents, [problem.what for problem in problems]) == ([], ["is nested deeper than 60"])


@pytest.mark.parametrize("name", NESTED)
def test_json_may_be_nested_to_the_limit_and_not_deeper(name: str) -> None:
    text = NESTED[name]
    assert read_json(text(DEEPEST), "a.json")[1] == read_json_line(text(DEEPEST))[1] == []
    for deeper in (DEEPEST + 1, 1_002, 99_999):
        what = "is not readable JSON: nested deeper than 60"
        assert read_json(text(deeper), "a.json") == ([], [Problem("a.json", what)])
        assert read_json_line(text(deeper)) == (None, [Problem("", what)])


def test_brackets_in_texts_nest_nothing() -> None:
    text = "[" + ", ".join(['"\\"[[{"'] * 99) + "]"
    assert read_yaml(text, "a") == read_json(text, "a") == ([['"[[{'] * 99], [])


def test_a_line_too_deep_does_not_spoil_the_others() -> None:
    deep, cut = "[" * 99, '{"b": ['
    documents, problems = read_json("\n".join(['{"a": 1}', deep, *[cut] * 99, '{"a": 2}']), "a.jsonl")
    assert documents == [{"a": 1}, {"a": 2}]
    assert problems[0] == Problem("a.jsonl:2", "is not readable JSON: nested deeper than 60")
    assert {problem.what for problem in problems[1:]} == {"is not readable JSON: expecting value"}


def test_what_may_follow_from_yaml_that_cannot_be_read_is_not_told() -> None:
    (problem,) = read_yaml("a: {b: 1\nc: d}\n", "a.yaml")[1]
    assert (problem.where, problem.what[:22]) == ("a.yaml:2", "is not readable YAML: ")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("!!set {a}", "the tag `!!set` is not allowed"),
        ("!a [1]", "the tag `!a` is not allowed"),
        ("? [a]\n: 1", "a key must be a plain word"),
        ("a: &a 1\n*a : 2", "a key must be a plain word"),
        ("- !!null x", "the tag `!!null` is not allowed"),
    ],
)
def test_yaml_that_means_more_than_it_says_is_refused(text: str, what: str) -> None:
    assert read_yaml(text, "a")[1][0].what == what


@pytest.mark.parametrize(
    ("text", "value"),
    [("!!map {a: !!str 1}", {"a": "1"}), ("! [! a]", ["a"]), ("!!seq [!!int '1', !!bool true]", [1, True])],
)
def test_a_tag_may_say_what_is_so_anyway(text: str, value: object) -> None:
    assert read_yaml(text, "a") == ([value], [])
