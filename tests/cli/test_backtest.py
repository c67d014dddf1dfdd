"""The commands `backtest` and `generate`: from files to a report, and what is kept of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_pack import case_text, write_pack

from refundrules.cli.main import commands
from refundrules.io.strict_yaml import read_yaml


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    (one,), _ = read_yaml(case_text("C-1"), "x")
    (two,), _ = read_yaml(case_text("C-2", "changed_mind"), "x")
    place = tmp_path / "cases.jsonl"
    place.write_text(
        "".join(json.dumps(item, default=str) + "\n" for item in (one, two, {"id": "bad"})), encoding="utf-8"
    )
    return place


def run(*args: object) -> Result:
    return CliRunner().invoke(commands, ["backtest", *map(str, args), "--jobs", "1"])


def test_good_rows_are_counted_and_bad_ones_kept_aside(pack: Path, cases: Path, tmp_path: Path) -> None:
    result = run(pack, "--cases", cases, "--bad", tmp_path / "bad.jsonl", "--out", tmp_path / "out.jsonl", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["cases"] == 2
    assert len((tmp_path / "bad.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    decided = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(item["case"], item["outcome"]) for item in decided] == [("C-1", "approve"), ("C-2", "decline")]


@pytest.mark.parametrize(("args", "code"), [((), 0), (("--strict",), 1)])
def test_strictly_a_bad_row_ends_it_with_1(args: tuple[str, ...], code: int, pack: Path, cases: Path) -> None:
    assert run(pack, "--cases", cases, *args).exit_code == code


def test_a_page_and_rows_are_written(pack: Path, cases: Path, tmp_path: Path) -> None:
    run(pack, "--cases", cases, "--html", tmp_path / "report.html", "--out", tmp_path / "out.csv")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").count("\n") >= 3


def test_a_seed_makes_the_same_cases_again(tmp_path: Path) -> None:
    made = [
        CliRunner().invoke(commands, ["generate", "--count", "5", "--seed", seed]).stdout for seed in ("1", "1", "2")
    ]
    assert made[0] == made[1] != made[2]
    assert len(made[0].splitlines()) == 5
