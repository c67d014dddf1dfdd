"""The command `docs`: to standard output, or to a file that is not one of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_pack import write_pack

from refundrules.cli.main import commands


def run(*args: object) -> Result:
    return CliRunner().invoke(commands, ["docs", *map(str, args)])


@pytest.mark.parametrize(("args", "start"), [((), "<!doctype html>"), (("--format", "markdown"), "# ")])
def test_it_writes_a_page_or_markdown(args: tuple[str, ...], start: str, tmp_path: Path) -> None:
    result = run(write_pack(tmp_path), *args)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.lower().startswith(start)
    assert "TINY-1" in result.stdout


def test_a_file_holds_what_would_be_printed(tmp_path: Path) -> None:
    pack, place = write_pack(tmp_path), tmp_path / "rules.html"
    assert run(pack, "-o", place).output == ""
    assert place.read_text(encoding="utf-8") == run(pack).stdout


def test_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    result = run(write_pack(tmp_path), "--date", "2026-02-30")
    assert result.exit_code != 0
    assert "`2026-02-30` is not a day" in result.output + str(result.exception)
