"""What a file of cases holds, and on which line each part of it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from refundrules.errors import Problem
from refundrules.io.case_files import line_of, read_cases, read_files, shown_path

YAML = "id: A\norder:\n  lines:\n    - {id: L1}\n    - id: L2\n      price: 3\n"


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("id: A\n", "a.yaml", [("A", 1, -1)]),
        ("id: A\n---\nid: B\n", "a.yaml", [("A", 1, -1), ("B", 3, -1)]),
        ("- id: A\n- id: B\n", "a.yaml", [("A", 1, 0), ("B", 2, 1)]),
        ('{"id": "A"}\n\n{"id": "B"}\n', "a.jsonl", [("A", 1, -1), ("B", 3, -1)]),
        ('[{"id": "A"}, {"id": "B"}]', "a.json", [("A", 0, 0), ("B", 0, 1)]),
        ('{"id": "A"}', "stdin", [("A", 1, -1)]),
    ],
)
def test_a_file_holds_one_case_or_several(text: str, name: str, found: list[tuple[str, int, int]]) -> None:
    documents, problems = read_cases(text, name)
    assert problems == []
    assert [(item.data["id"], item.line, item.place) for item in documents] == found


@pytest.mark.parametrize(("text", "name"), [("", "a.yaml"), ("---\n", "a.yaml"), ("", "a.json"), ("[]", "a.json")])
def test_a_file_without_a_case_says_so(text: str, name: str) -> None:
    documents, (problem,) = read_cases(text, name)
    assert documents == []
    assert (problem.where, problem.what) == (name, "holds no case")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("id", 1),
        ("order.lines[1].price", 6),
        ("order.lines[0].price", 4),
        ("order.lines[7]", 3),
        ("nothing", 1),
        ("order", 2),
    ],
)
def test_the_line_is_that_of_the_deepest_part_that_is_there(path: str, line: int) -> None:
    (document,), _ = read_cases(YAML, "a.yaml")
    assert line_of(document.data, path) == line


def test_a_problem_is_located_in_its_file() -> None:
    (document,), _ = read_cases(YAML, "a.yaml")
    assert (
        str(document.located(Problem("order.lines[1].price", "is wrong"))) == "a.yaml:6: order.lines[1].price: is wrong"
    )
    _, second = read_cases('[{"id": "A"}, {"id": "B"}]', "a.json")[0]
    assert second.located(Problem("case", "is wrong")).where == "a.json: case[1]"
    assert second.located(Problem("id", "is wrong")).where == "a.json: case[1].id"


def test_standard_input_is_read_once_and_as_utf_8(tmp_path: Path) -> None:
    documents, problems = read_files(["-"], "\ufeffid: 甲".encode)
    assert ([item.data["id"] for item in documents], problems) == (["甲"], [])
    assert read_files(["-", "-"], lambda: b"id: A")[1][0].what == "is named twice"
    assert read_files(["-"], lambda: b"id: \xff")[1] == [Problem("stdin", "is not UTF-8 text (byte 4)", "send UTF-8")]
    (tmp_path / "a.yaml").write_text("id: A", encoding="utf-8")
    found, wrong = read_files([str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")], lambda: b"")
    assert (len(found), len(wrong)) == (1, 1)


def test_a_path_is_shown_from_here_where_it_is_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "a" / "b.yaml") == str(Path("a", "b.yaml"))
    assert shown_path(Path("/elsewhere/b.yaml")) == "/elsewhere/b.yaml"
