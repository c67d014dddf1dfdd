"""Case files: what a file or standard input holds, and on which line each part of it stands.

A file may hold one case, several YAML documents, a list of cases, or JSON lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from refundrules.errors import Problem
from refundrules.io.strict_yaml import Map, Seq, read_json, read_text, read_yaml

_ITEM = re.compile(r"\[(\d+)\]")
_EMPTY = "holds no case"
_REMEDY = "`refundrules schema case` says what one looks like"


class Document(NamedTuple):
    """One case as written: its data, its file, its line (0: unknown) and its place in a list (-1: none)."""

    data: Any
    file: str
    line: int = 0
    place: int = -1

    def located(self, problem: Problem) -> Problem:
        """Return a problem of the case with its file and the deepest line known on the way to its path."""
        line = line_of(self.data, problem.where) or self.line
        where = f"{self.file}:{line}" if line else self.file
        inside = problem.where if problem.where != "case" else ""
        if self.place >= 0 and not line:
            inside = f"case[{self.place}].{inside}".rstrip(".")
        return Problem(f"{where}: {inside}" if inside else where, problem.what, problem.remedy)


def line_of(data: Any, path: str) -> int:
    """Return the line of the deepest part of `path` that is there; 0 when no line is known.

    A path is written like `claims[0].goods.washed`.
    """
    return _deepest(data, path, getattr(data, "line", 0))


def _deepest(data: Any, path: str, line: int) -> int:
    path = path.removeprefix(".")
    if isinstance(data, Map):
        on_the_way = [key for key in data if path == key or path.startswith((f"{key}.", f"{key}["))]
        if on_the_way:
            key = max(on_the_way, key=len)
            return _deepest(data[key], path[len(key) :], data.lines[key] or line)
    item = _ITEM.match(path)
    if isinstance(data, Seq) and item and int(item[1]) < len(data):
        at = int(item[1])
        return _deepest(data[at], path[item.end() :], data.lines[at] or line)
    return line


def shown_path(path: Path) -> str:
    """Return the path as messages name it: relative where it is inside the current folder."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def read_files(names: Iterable[str], stdin: Callable[[], bytes]) -> tuple[list[Document], list[Problem]]:
    """Return every case of the named files, and all that is wrong with them; `-` is what `stdin` returns."""
    documents: list[Document] = []
    problems: list[Problem] = []
    names = list(names)
    if names.count("-") > 1:
        return [], [Problem("stdin", "is named twice", "`-` once holds all of it")]
    for name in names:
        if name == "-":
            text, wrong = _decoded(stdin())
        else:
            text, wrong = read_text(Path(name), name)
        if not wrong:
            found, wrong = read_cases(text, "stdin" if name == "-" else name)
            documents += () if wrong else found
        problems += wrong
    return documents, problems


def _decoded(data: bytes) -> tuple[str, list[Problem]]:
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        return "", [Problem("stdin", f"is not UTF-8 text (byte {error.start})", "send UTF-8")]


def read_cases(text: str, name: str) -> tuple[list[Document], list[Problem]]:
    """Return the cases of a YAML or JSON text, and what is wrong with it."""
    documents, problems = _documents(text, name)
    found = [case for document in documents for case in _cases(document)]
    if not found and not problems:
        problems = [Problem(name, _EMPTY, _REMEDY)]
    return found, problems


def _documents(text: str, name: str) -> tuple[list[Document], list[Problem]]:
    is_json = name.endswith((".json", ".jsonl", ".ndjson"))
    if is_json or text.lstrip()[:1] in ("{", "["):
        values, problems = read_json(text, name)
        if not problems:
            lines = [number for number, line in enumerate(text.split("\n"), 1) if line.strip()]
            by_line = len(values) == len(lines) and (len(values) > 1 or not name.endswith(".json"))
            return [Document(value, name, lines[at] if by_line else 0) for at, value in enumerate(values)], []
        if is_json:
            return [], problems if text.strip() else [Problem(name, _EMPTY, _REMEDY)]
    values, problems = read_yaml(text, name)
    return [Document(value, name, getattr(value, "line", 0)) for value in values if value is not None], problems


def _cases(document: Document) -> list[Document]:
    data = document.data
    if not isinstance(data, list):
        return [document]
    lines = data.lines if isinstance(data, Seq) else [document.line] * len(data)
    return [Document(item, document.file, line, at) for at, (item, line) in enumerate(zip(data, lines, strict=True))]
