"""The command `explain`: of cases, and of decisions that were kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_pack import case_text, write_pack

from refundrules import Engine, load_policy
from refundrules.cli.main import commands
from refundrules.io.strict_yaml import read_yaml


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    place = tmp_path / "case.yaml"
    place.write_text(case_text(), encoding="utf-8")
    return place


def run(pack: Path, *args: object) -> Result:
    return CliRunner().invoke(commands, ["explain", "--policy", str(pack), "--matcher", "compiled", *map(str, args)])


def test_a_line_names_the_rule(pack: Path, case: Path) -> None:
    result = run(pack, case, "--level", "line")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "[TINY-1" in result.stdout


def test_a_kept_decision_is_explained_as_a_fresh_one_is(pack: Path, case: Path, tmp_path: Path) -> None:
    (data,), _ = read_yaml(case_text(), "x")
    kept = tmp_path / "kept.json"
    kept.write_text(Engine(load_policy(pack), matcher="compiled").decide(data).to_json(), encoding="utf-8")
    assert run(pack, kept).stdout == run(pack, case).stdout != ""


@pytest.mark.parametrize(
    ("args", "key"),
    [(("--why-not", "decline"), "target"), (("--what-if", "decline"), "want"), (("--level", "agent"), "level")],
)
def test_each_question_has_json(args: tuple[str, ...], key: str, pack: Path, case: Path) -> None:
    result = run(pack, case, *args, "--json")
    assert result.exit_code == 0, result.output
    assert key in json.loads(result.stdout)


def test_one_thing_is_asked_at_a_time(pack: Path, case: Path) -> None:
    result = run(pack, case, "--why-not", "decline", "--level", "line")
    assert result.exit_code != 0
    assert "takes one of --level, --why-not and --what-if" in result.output + str(result.exception)
