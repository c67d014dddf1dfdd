"""Columns and cases: how a flat record (a row of CSV or Parquet, a flat JSON object) becomes a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from refundrules.case.paths import CasePath, case_path, nearest_path, nested
from refundrules.errors import CaseError, Problem, did_you_mean, listed
from refundrules.io.schema_paths import Step
from refundrules.io.strict_yaml import read_json, read_text, read_yaml

_ENTRY = ("column", "constant", "values")


class Cell(NamedTuple):
    """What stands at one path: a column's value, perhaps in other words, or a constant."""

    path: CasePath
    column: str | None
    constant: object = None
    values: Mapping[str, object] | None = None


class Columns(NamedTuple):
    """A column map: what each path of a case is read from. None of the record's other columns is read."""

    cells: tuple[Cell, ...]
    where: str

    def over(self, header: Sequence[str], where: str) -> Columns:
        """Return the map, checked against the columns there are. Raises `CaseError` naming those that are not."""
        missing = [cell.column for cell in self.cells if cell.column is not None and cell.column not in header]
        if missing:
            raise CaseError(
                Problem(where, f"has no column `{name}`, which {self.where} wants", did_you_mean(name, header, f"there are {listed(header)}"))
                for name in missing
            )  # fmt: skip
        return self


def read_columns(name: str) -> Columns:
    """Return the column map of a YAML or JSON file: case path → column, or `constant:`, or `column:` with `values:`.

    Raises `CaseError` with every problem.
    """
    text, problems = read_text(Path(name), name)
    documents: list[Any] = []
    if not problems:
        documents, problems = (read_json if name.endswith(".json") else read_yaml)(text, name)
    if not problems and (len(documents) != 1 or not isinstance(documents[0], dict) or not documents[0]):
        problems = [
            Problem(name, "is not a mapping of case paths to columns", "write lines like `order.status: status`")
        ]
    if problems:
        raise CaseError(problems)
    cells = [_cell(path, value, name, problems) for path, value in documents[0].items()]
    if problems:
        raise CaseError(problems)
    return Columns(tuple(cell for cell in cells if cell is not None), name)


_COMMAS = "put commas between columns"
_MAP = "--columns FILE says what to read"


def columns_by_name(header: Sequence[str], where: str) -> Columns:
    """Return the map of a record whose columns are named by the paths themselves.

    Raises `CaseError` naming columns that are no path.
    """
    found = {column: case_path(column) for column in header}
    problems = [
        Problem(where, f"column `{column}` is no path of a case", _COMMAS if ";" in column else nearest_path(column) or _MAP)
        for column, path in found.items()
        if path is None
    ]  # fmt: skip
    if problems:
        raise CaseError(problems)
    return Columns(tuple(Cell(path, column) for column, path in found.items() if path is not None), where)


def _cell(text: str, value: object, name: str, problems: list[Problem]) -> Cell | None:
    path = case_path(text)
    if path is None:
        problems.append(
            Problem(name, f"`{text}` is no path of a case", nearest_path(text) or "`refundrules schema case` has them")
        )
        return None  # fmt: skip
    if isinstance(value, str):
        return Cell(path, value)
    is_entry = isinstance(value, dict) and ("column" in value) != ("constant" in value)
    if not isinstance(value, dict) or not is_entry or not isinstance(value.get("column", ""), str):
        problems.append(
            Problem(
                f"{name}: {text}", "is neither a column nor a constant", "write `column: NAME` or `constant: VALUE`"
            )
        )
        return None  # fmt: skip
    problems += [
        Problem(f"{name}: {text}", f"unknown field `{word}`", did_you_mean(word, _ENTRY, listed(_ENTRY)))
        for word in value
        if word not in _ENTRY
    ]
    if "constant" in value:
        return Cell(path, None, value["constant"])
    words = value.get("values")
    if words is not None and not isinstance(words, dict):
        problems.append(Problem(f"{name}: {text}", "`values` is not a mapping of what stands there to what is meant"))
        return None
    return Cell(path, value["column"], None, words)


def case_of(record: Mapping[str, Any], columns: Columns, number: int) -> dict[str, Any]:
    """Return the case of a flat record: plain data, not yet read. Empty cells are absent.

    A case without an id has its order's id, or the record's number; lines without one are L1, L2, …
    """
    data: dict[str, Any] = nested(_values(record, columns))
    return _with_ids(data, number)


def _values(record: Mapping[str, Any], columns: Columns) -> Iterator[tuple[tuple[Step, ...], object]]:
    for cell in columns.cells:
        value = cell.constant if cell.column is None else record.get(cell.column)
        if value is None or value == "":
            continue
        if cell.values is not None:
            value = cell.values.get(str(value), value)
        value = cell.path.value(value)
        if isinstance(value, datetime) and value.tzinfo is None:
            value = value.isoformat()
        yield cell.path.steps, value


def _with_ids(data: dict[str, Any], number: int) -> dict[str, Any]:
    order = data.get("order")
    if not isinstance(order, dict):
        return data
    name = data.get("id") or order.get("id") or f"row {number}"
    lines = order.get("lines")
    if isinstance(lines, list):
        lines = [{"id": f"L{at}", **line} if isinstance(line, dict) else line for at, line in enumerate(lines, 1)]
        order = {**order, "lines": lines}
    return {**data, "id": name, "order": {"id": name, **order}}
