"""Strict YAML and JSON reading: no surprises, every problem with its line.

Only `true` and `false` are booleans (`NO` is a text), `12.50` is an exact decimal, dates stay
texts, and duplicate keys, aliases and tags are errors (an anchor that nothing refers to does nothing).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import yaml

from refundrules.errors import Problem

_LONGEST_NUMBER = 400
LARGEST_FILE = 5_000_000
DEEPEST = 60


class Map(dict[str, Any]):
    """A mapping that knows the line it and each of its keys stand on."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Seq(list[Any]):
    """A list that knows the line it and each of its items stand on."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The C parser where there is one, with a YAML 1.2-like choice of plain scalars."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


_INT, _DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)$"), re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+$")
_BOOL, _NULL = re.compile(r"(true|false)$"), re.compile(r"(null|~|)$")
_OWN_TAG = "tag:yaml.org,2002:"
_WRITTEN = {"bool": _BOOL, "null": _NULL, "int": _INT, "float": _DECIMAL}
"""How a plain scalar of each kind is written; with a tag, another text may claim to be one."""
for _kind, _first in (("bool", "tf"), ("null", ["n", "~", ""]), ("int", "-+0123456789"), ("float", "-+0123456789")):
    _Loader.add_implicit_resolver(f"{_OWN_TAG}{_kind}", _WRITTEN[_kind], list(_first))


class _Reading:
    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def problem(self, node: yaml.Node, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(f"{self.name}:{node.start_mark.line + 1}", what, remedy))

    def value(self, node: yaml.Node, depth: int = 0) -> Any:
        if id(node) in self.seen:
            self.problem(node, "anchors and aliases are not allowed", "write the value out")
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if not node.tag.startswith(_OWN_TAG):
            return self._tagged(node)
        if isinstance(node, yaml.SequenceNode):
            found = Seq(node.start_mark.line + 1)
            for item in node.value:
                found.append(self.value(item, depth + 1))
                found.lines.append(item.start_mark.line + 1)
            return found
        return self._mapping(node, depth)

    def _mapping(self, node: Any, depth: int) -> Map:
        found = Map(node.start_mark.line + 1)
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self.problem(key_node, "a key must be a plain word")
                continue
            if key in found:
                self.problem(key_node, f"`{key}` is given twice (first on line {found.lines[key]})", "keep one")
                continue
            found[key] = self.value(value_node, depth + 1)
            found.lines[key] = key_node.start_mark.line + 1
        return found

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        kind = node.tag.removeprefix(_OWN_TAG)
        if kind == "str":
            return node.value
        if kind not in _WRITTEN or not _WRITTEN[kind].match(node.value):
            return self._tagged(node)
        if kind == "int" and len(node.value) <= _LONGEST_NUMBER:
            return int(node.value)
        if kind == "int":
            self.problem(node, f"a number of {len(node.value)} digits is larger than any amount can be")
            return None
        if kind == "float":
            return Decimal(node.value)
        return node.value == "true" if kind == "bool" else None

    def _tagged(self, node: yaml.Node) -> None:
        tag = node.tag.replace(_OWN_TAG, "!!")
        self.problem(node, f"the tag `{tag}` is not allowed", "write a plain value")


def read_yaml(text: str, name: str) -> tuple[list[Any], list[Problem]]:
    """Return the documents of a YAML text (mappings as `Map`, lists as `Seq`) and what is wrong with it."""
    wrong = _too_large(text, name) or _too_deep(text, name)
    if wrong:
        return [], [wrong]
    reading = _Reading(name)
    documents = []
    loader = None
    try:
        loader = _Loader(text)
        while loader.check_node():
            reading.seen.clear()
            documents.append(reading.value(loader.get_node()))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}" if mark else name
        return [], [*reading.problems, Problem(where, f"is not readable YAML: {error.problem or error.context}")]
    except RecursionError:
        return [], [Problem(name, "is not readable YAML: it is nested too deeply", "flatten it")]
    except (yaml.YAMLError, ValueError) as error:
        return [], [Problem(name, f"is not readable YAML: {str(error).splitlines()[0]}")]
    finally:
        if loader is not None:
            loader.dispose()
    return documents, reading.problems


def _too_large(text: str, name: str) -> Problem | None:
    return (
        Problem(name, f"is larger than {LARGEST_FILE:,} characters", "split it") if len(text) > LARGEST_FILE else None
    )


def _too_deep(text: str, name: str) -> Problem | None:
    """Return where YAML is nested too deeply. The C composer recurses until the process dies, the parser does not."""
    deepest = max(
        (len(found[0]) for found in re.finditer(r"^(?:[ \t]|[-?:](?=[ \t]))+", text, re.MULTILINE)), default=0
    )
    if deepest > 20 * DEEPEST:
        return Problem(name, f"is indented deeper than {20 * DEEPEST} columns", "flatten it")
    if text.count("[") + text.count("{") <= DEEPEST:
        return None
    is_flow: list[bool] = []
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                is_flow.append(bool(event.flow_style))
                if is_flow.count(True) > DEEPEST:
                    line = event.start_mark.line + 1  # type: ignore[union-attr]
                    return Problem(f"{name}:{line}", f"brackets are nested deeper than {DEEPEST}", "flatten it")
            elif isinstance(event, yaml.CollectionEndEvent):
                is_flow.pop()
    except yaml.YAMLError:  # read_yaml says so
        return None
    return None


def _no_constant(word: str) -> Any:
    raise ValueError(f"`{word}` is not a number JSON or money knows")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(key for key, _ in pairs)
        twice = next(key for key, count in times.items() if count > 1)
        raise ValueError(f"`{twice}` is given twice")
    return found


def read_json(text: str, name: str) -> tuple[list[Any], list[Problem]]:
    """Return the JSON document, or one document a line, and what is wrong with it."""
    wrong = _too_large(text, name)
    if wrong:
        return [], [wrong]
    try:
        return [_json(text)], []
    except ValueError as whole:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        if len(lines) < 2 or not lines[0][1].strip().endswith("}"):
            return [], [Problem(_json_place(whole, name), f"is not readable JSON: {_json_what(whole)}")]
    documents, problems = [], []
    for number, line in lines:
        try:
            documents.append(_json(line))
        except ValueError as error:
            problems.append(Problem(f"{name}:{number}", f"is not readable JSON: {_json_what(error)}"))
    return documents, problems


def read_json_line(text: str) -> tuple[Any, list[Problem]]:
    """Return one JSON document, sooner than `read_json`, and what is wrong with it; problems name no place."""
    try:
        return _json(text), []
    except ValueError as error:
        return None, [Problem("", f"is not readable JSON: {_json_what(error)}")]


def _whole(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} digits is larger than any amount can be")
    return int(text)


_READER = json.JSONDecoder(
    parse_float=Decimal, parse_int=_whole, parse_constant=_no_constant, object_pairs_hook=_no_duplicates
)


def _json(text: str) -> Any:
    if text.startswith("\ufeff"):
        raise json.JSONDecodeError("Unexpected UTF-8 BOM (decode using utf-8-sig)", text, 0)
    try:
        return _READER.decode(text)
    except RecursionError:
        raise ValueError("brackets are nested too deeply") from None


def _json_place(error: ValueError, name: str) -> str:
    return f"{name}:{error.lineno}" if isinstance(error, json.JSONDecodeError) else name


def _json_what(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return error.msg[:1].lower() + error.msg[1:]
    return str(error)


def read_text(path: Path, name: str) -> tuple[str, list[Problem]]:
    """Return a file's text and what kept it from being read."""
    try:
        return path.read_bytes().decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        return "", [Problem(name, f"is not UTF-8 text (byte {error.start})", "save it as UTF-8")]
    except OSError as error:
        return "", [Problem(name, f"cannot be read: {(error.strerror or str(error)).lower()}")]
