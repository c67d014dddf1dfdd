"""Past cases, read in batches: JSON lines, CSV, Parquet, and case files. Memory stays flat however many there are.

The process that reads a file only cuts it into rows; what a row says is found out where it is decided.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

from refundrules.backtesting.columns import Columns, case_of, columns_by_name
from refundrules.case.models import Case
from refundrules.errors import CaseError, Problem
from refundrules.io.case_files import read_files
from refundrules.io.strict_yaml import read_json_line

Format = Literal["auto", "jsonl", "csv", "parquet", "yaml"]
BATCH = 500
"""How many cases a batch holds."""
LONGEST_ROW = 4_000_000
_BY_ENDING: dict[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".yaml": "yaml", ".yml": "yaml", ".json": "yaml",
}  # fmt: skip
_NOT_A_CASE = "is not a mapping that holds a case"


class Batch(NamedTuple):
    """Some rows of one file, as they were cut out of it; plain data that can go to another process."""

    file: str
    rows: list[tuple[int, Any]]
    """The line or row number, and what stands there: text of JSON, a record of cells, a whole case, or a `Problem`."""
    columns: Columns | None = None


class PastCase(NamedTuple):
    """One case of the past, not yet read, and what really happened, where that was given."""

    where: str
    data: Any
    actual: Any = None


class BadRow(NamedTuple):
    """A row that could not be read or decided: where, everything that is wrong, and the row as it stood."""

    where: str
    problems: tuple[Problem, ...]
    row: Any


# -- cutting files into rows ------------------------------------------------------------------


def read_batches(
    names: Iterable[str], stdin: BinaryIO, *, columns: Columns | None = None, form: Format = "auto", size: int = BATCH
) -> Iterator[Batch]:
    """Yield the rows of the named files in batches; `-` is `stdin`.

    Raises `CaseError` when a file as a whole cannot be used: it is not there, or its columns are not known.
    """
    for name in names:
        kind = form if form != "auto" else _BY_ENDING.get(Path(name).suffix.lower(), "jsonl")
        if kind == "yaml":
            rows: Iterator[tuple[int, Any]] = _case_file(name, stdin)
            made = columns
        elif kind == "parquet":
            rows, made = _parquet(name, columns)
        else:
            stream = _opened(name, stdin)
            rows, made = _csv(stream, name, columns) if kind == "csv" else (_lines(stream, name), columns)
        while found := list(islice(rows, size)):
            yield Batch("stdin" if name == "-" else name, found, made)


def _opened(name: str, stdin: BinaryIO) -> BinaryIO:
    if name == "-":
        return stdin
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise CaseError([Problem(name, f"cannot be read: {(error.strerror or str(error)).lower()}")]) from None


def _lines(stream: BinaryIO, name: str) -> Iterator[tuple[int, Any]]:
    number = 0
    with stream:
        while line := stream.readline(LONGEST_ROW):
            number += 1
            if len(line) == LONGEST_ROW and not line.endswith(b"\n"):
                while (rest := stream.readline(LONGEST_ROW)) and not rest.endswith(b"\n"):
                    pass
                yield number, Problem("", f"is longer than {LONGEST_ROW:,} bytes", "write one case a line")
            elif line.strip():
                yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def _csv(stream: BinaryIO, name: str, columns: Columns | None) -> tuple[Iterator[tuple[int, Any]], Columns]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    where = f"{'stdin' if name == '-' else name}:1"
    reader = csv.reader(text, delimiter="\t" if name.lower().endswith(".tsv") else ",")
    try:
        header = [column.strip() for column in next(reader, [])]
        twice = sorted({column for column in header if header.count(column) > 1})
        if isinstance(wrong := _record(header, header), Problem):
            raise CaseError([wrong._replace(where=where)])
        if not header or twice:
            what = f"names the column `{twice[0]}` twice" if twice else "holds no header"
            raise CaseError([Problem(where, what, "give every column a name of its own")])
        made = columns_by_name(header, where) if columns is None else columns.over(header, where)
    except csv.Error as error:
        text.close()
        raise CaseError([Problem(where, f"is not readable CSV: {error}")]) from None
    except CaseError:
        text.close()
        raise
    return _csv_rows(text, reader, header), made


def _csv_rows(text: io.TextIOWrapper, reader: Any, header: list[str]) -> Iterator[tuple[int, Any]]:
    with text:
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield number, Problem("", f"is not readable CSV: {error}")
                continue
            if cells:
                yield number, _record(cells, header)


def _record(cells: list[str], header: list[str]) -> dict[str, str] | Problem:
    if len(cells) != len(header):
        return Problem("", f"has {len(cells)} cells, but there are {len(header)} columns", "quote commas")
    if any("\udc80" <= sign <= "\udcff" for cell in cells if not cell.isascii() for sign in cell):
        return Problem("", "is not UTF-8 text", "save the file as UTF-8")
    return dict(zip(header, cells, strict=True))


def _parquet(name: str, columns: Columns | None) -> tuple[Iterator[tuple[int, Any]], Columns]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise CaseError([Problem(name, "Parquet is read with pyarrow, which is not installed", "pip install 'refundrules[batch]'")]) from None  # fmt: skip
    try:
        file = parquet.ParquetFile(name)
    except (OSError, pa.ArrowException) as error:
        raise CaseError([Problem(name, f"cannot be read: {str(error).splitlines()[0]}")]) from None
    header = list(file.schema_arrow.names)
    made = columns_by_name(header, name) if columns is None else columns.over(header, name)
    wanted = sorted({cell.column for cell in made.cells if cell.column is not None})

    def rows() -> Iterator[tuple[int, Any]]:
        number = 0
        with file:
            for batch in file.iter_batches(batch_size=BATCH, columns=wanted):
                for record in batch.to_pylist():
                    number += 1
                    yield number, record

    return rows(), made


def _case_file(name: str, stdin: BinaryIO) -> Iterator[tuple[int, Any]]:
    documents, problems = read_files([name], stdin.read)
    if problems:
        raise CaseError(problems)
    for at, document in enumerate(documents, 1):
        yield document.line or at, document.data


# -- reading rows -----------------------------------------------------------------------------


def read_rows(batch: Batch) -> Iterator[PastCase | BadRow]:
    """Yield what each row of a batch holds: a case, still as plain data, or what keeps it from being one."""
    for number, row in batch.rows:
        where = f"{batch.file}:{number}" if batch.file else f"case[{number}]"
        if isinstance(row, Case):
            yield PastCase(where, row)
            continue
        if isinstance(row, Problem):
            yield BadRow(where, (row,), None)
            continue
        record = row
        if isinstance(row, bytes):
            try:
                text = row.decode("utf-8").strip()
            except UnicodeDecodeError as error:
                yield BadRow(where, (Problem("", f"is not UTF-8 text (byte {error.start})", "save it as UTF-8"),), row)
                continue
            record, problems = read_json_line(text)
            if problems:
                yield BadRow(where, tuple(problems), text)
                continue
        if not isinstance(record, dict):
            yield BadRow(where, (Problem("", _NOT_A_CASE, "write one case a line"),), record)
            continue
        data = record if batch.columns is None else case_of(record, batch.columns, number)
        if "actual" in data:
            data = dict(data)
            yield PastCase(where, data, data.pop("actual"))
        else:
            yield PastCase(where, data)
