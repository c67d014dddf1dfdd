"""The command `diff`: a proof ends with 0, anything else with 1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_pack import WHOLE

from refundrules.cli.main import commands


def run(folder: Path, new: str, *args: str) -> Result:
    for name, text in (("old.yaml", WHOLE), ("new.yaml", new)):
        (folder / name).write_text(text, encoding="utf-8")
    return CliRunner().invoke(commands, ["diff", str(folder / "old.yaml"), str(folder / "new.yaml"), *args])


def test_the_same_policy_is_proved_to_decide_alike(tmp_path: Path) -> None:
    result = run(tmp_path, WHOLE, "--json")
    assert (result.exit_code, json.loads(result.stdout)["proved"]) == (0, True)


@pytest.mark.parametrize("args", [(), ("--markdown",), ("--json",), ("--language", "zh")])
def test_what_moves_is_said_in_every_form(args: tuple[str, ...], tmp_path: Path) -> None:
    result = run(tmp_path, WHOLE.replace("value: 3,", "value: 4,"), *args)
    assert (result.exit_code, result.stderr) == (1, "")
    assert "claim.size_deviation_cm" in result.stdout
