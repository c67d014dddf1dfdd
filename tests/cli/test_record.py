"""The commands `message` and `report`: what is handed to people."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from refundrules.cli.main import commands

EXAMPLE = Path(__file__).parents[2] / "examples" / "size-4cm-off.yaml"


def run(command: str, *args: object) -> Result:
    return CliRunner().invoke(commands, [command, *map(str, args)])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("to", "language", "start"), [("buyer", "en", ""), ("agent", "en", "1. "), ("agent", "zh", "1. ")]
)
def test_a_message_is_for_whom_it_is_asked(to: str, language: str, start: str) -> None:
    result = run("message", EXAMPLE, "--to", to, "--language", language)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(start)
    assert "99.00" in result.stdout


@pytest.mark.slow
def test_several_messages_are_parted_by_an_empty_line() -> None:
    one, two = run("message", EXAMPLE).stdout, run("message", EXAMPLE, EXAMPLE).stdout
    assert two == f"{one}\n{one}"


@pytest.mark.slow
@pytest.mark.parametrize(("args", "start"), [((), "<!doctype html>"), (("--svg",), "<svg")])
def test_a_report_is_a_page_or_its_picture_and_a_file_holds_the_same(
    args: tuple[str, ...], start: str, tmp_path: Path
) -> None:
    result = run("report", EXAMPLE, *args)
    assert result.exit_code == 0, result.output
    assert result.stdout.lower().startswith(start)
    place = tmp_path / "report"
    assert run("report", EXAMPLE, *args, "-o", place).output == ""
    assert place.read_text(encoding="utf-8") == result.stdout
