"""The command `check`: what it says where, and its exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_pack import PACK, TESTS, WHOLE, write_pack

from refundrules.cli.main import commands


def run(*args: object) -> Result:
    return CliRunner().invoke(commands, ["check", *map(str, args)])


@pytest.mark.parametrize(("text", "code"), [(WHOLE, 0), (PACK, 1)])
def test_it_ends_with_1_where_something_is_left(text: str, code: int, tmp_path: Path) -> None:
    result = run(write_pack(tmp_path, TESTS, text), "--json")
    assert (result.exit_code, result.stderr) == (code, "")
    assert json.loads(result.stdout)["ok"] is (code == 0)


def test_what_is_found_is_saved_as_tests_and_a_file_that_is_there_is_spared(tmp_path: Path) -> None:
    pack, place = write_pack(tmp_path), tmp_path / "found.yaml"
    assert run(pack, "--save", place).exit_code == 1
    text = place.read_text(encoding="utf-8")
    assert "id: gap-issue-class-color-difference" in text
    again = run(pack, "--save", place)
    assert again.exit_code != 0
    assert place.read_text(encoding="utf-8") == text


def test_into_a_folder_each_finding_is_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run(write_pack(tmp_path), "--save", tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "gap-freight-replacement-size-deviation.yaml",
        "gap-issue-class-color-difference.yaml",
    ]


def test_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    result = run(write_pack(tmp_path), "--today", "31.1.2026")
    assert result.exit_code != 0
    assert "`31.1.2026` is not a date" in result.output + str(result.exception)


def test_texts_are_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    assert "没有遗留问题" in run(write_pack(tmp_path, TESTS, WHOLE), "--language", "zh").stdout
