"""Strict YAML and JSON reading: no surprises, every problem with its line.

Only `true` and `false` are booleans (`NO` is a text), `12.50` is an exact decimal, dates stay
texts, and duplicate keys, aliases and tags are errors (an anchor that nothing refers to does nothing).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any

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


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OWN_TAG = "tag:yaml.org,2002:"
_COLLECTIONS = {yaml.MappingStartEvent: "map", yaml.SequenceStartEvent: "seq"}
_WRITTEN = {
    "bool": re.compile(r"(true|false)$"),
    "null": re.compile(r"(null|~|)$"),
    "int": re.compile(r"[-+]?(0|[1-9][0-9]*)$"),
    "float": re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+$"),
}
"""How a plain scalar of each kind is written; with a tag, another text may claim to be one."""


class _TooDeepError(Exception):
    pass


class _Reading:
    """Builds documents from the parser's events: only this recurses, and not deeper than `DEEPEST`."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)

    def documents(self) -> Iterator[Any]:
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                yield self.value(next(self.events), 0)

    def problem(self, event: Any, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(f"{self.name}:{event.start_mark.line + 1}", what, remedy))

    def value(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.AliasEvent):
            return self.problem(event, "anchors and aliases are not allowed", "write the value out")
        if depth == DEEPEST:
            self.problem(event, f"is nested deeper than {DEEPEST}", "flatten it")
            raise _TooDeepError
        if event.tag not in (None, "!", f"{_OWN_TAG}{_COLLECTIONS[type(event)]}"):
            self._tagged(event)
        return self._mapping(event, depth) if isinstance(event, yaml.MappingStartEvent) else self._list(event, depth)

    def _list(self, start: Any, depth: int) -> Seq:
        found = Seq(start.start_mark.line + 1)
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self.value(event, depth + 1))
            found.lines.append(event.start_mark.line + 1)
        return found

    def _mapping(self, start: Any, depth: int) -> Map:
        found = Map(start.start_mark.line + 1)
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = event.value if isinstance(event, yaml.ScalarEvent) else None
            if key is None:
                self.problem(event, "a key must be a plain word")
                self.value(event, depth + 1)
            elif key in found:
                self.problem(event, f"`{key}` is given twice (first on line {found.lines[key]})", "keep one")
            value = self.value(next(self.events), depth + 1)
            if key is not None and key not in found:
                found[key] = value
                found.lines[key] = event.start_mark.line + 1
        return found

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        text = event.value
        if event.tag not in (None, "!"):
            kind = event.tag.removeprefix(_OWN_TAG)
            if kind != "str" and not (kind in _WRITTEN and _WRITTEN[kind].match(text)):
                return self._tagged(event)
        elif event.implicit[0]:
            kind = next((kind for kind, written in _WRITTEN.items() if written.match(text)), "str")
        else:
            kind = "str"
        if kind == "int" and len(text) > _LONGEST_NUMBER:
            return self.problem(event, f"a number of {len(text)} digits is larger than any amount can be")
        return _READ[kind](text)

    def _tagged(self, event: Any) -> None:
        tag = event.tag.replace(_OWN_TAG, "!!")
        self.problem(event, f"the tag `{tag}` is not allowed", "write a plain value")


_READ: dict[str, Callable[[str], Any]] = {
    "str": str,
    "bool": lambda text: text == "true",
    "null": lambda text: None,
    "int": int,
    "float": Decimal,
}


def read_yaml(text: str, name: str) -> tuple[list[Any], list[Problem]]:
    """Return the documents of a YAML text (mappings as `Map`, lists as `Seq`) and what is wrong with it."""
    wrong = _too_large(text, name)
    if wrong:
        return [], [wrong]
    reading = _Reading(text, name)
    try:
        return list(reading.documents()), reading.problems
    except _TooDeepError:
        return [], reading.problems[-1:]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark and _is_too_deep(before := text[: mark.index]):
            return read_yaml(before, name)
        where = f"{name}:{mark.line + 1}" if mark else name
        return [], [Problem(where, f"is not readable YAML: {error.problem or error.context}")]
    except (yaml.YAMLError, ValueError) as error:
        return [], [Problem(name, f"is not readable YAML: {str(error).splitlines()[0]}")]


def _is_too_deep(text: str) -> bool:
    """Return whether a text that ends where the parser gave up is nested too deeply.

    The parser looks ahead of what it hands out, so that a limit of its own may stop it before it hands out anything.
    """
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                return True
    except yaml.YAMLError:
        pass
    return False


def _too_large(text: str, name: str) -> Problem | None:
    return (
        Problem(name, f"is larger than {LARGEST_FILE:,} characters", "split it") if len(text) > LARGEST_FILE else None
    )


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
    if text.count("[") + text.count("{") > DEEPEST and _json_depth(text) > DEEPEST:
        raise ValueError(f"nested deeper than {DEEPEST}")
    return _READER.decode(text)


_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_MARKS = bytes(set(range(256)) - {*_STEPS, ord('"')})


def _json_depth(text: str) -> int:
    """Return how deep the brackets outside of strings are nested; Python's own reader recurses, this does not."""
    unescaped = text.replace(r"\\", "").replace(r"\"", "")
    marks = unescaped.encode(errors="surrogatepass").translate(None, _NO_MARKS)
    brackets = re.sub(rb'"[^"]*"?', b"", marks)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)


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
