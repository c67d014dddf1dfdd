"""The command `test`: a pack's tests are run, and what they show is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_pack import TESTS, write_pack

from refundrules.cli.main import commands


def run(*args: object) -> Result:
    return CliRunner().invoke(commands, ["test", *map(str, args), "--matcher", "compiled"])


def test_all_pass_and_it_ends_with_0(tmp_path: Path) -> None:
    result = run(write_pack(tmp_path), "-v")
    assert (result.exit_code, result.stderr) == (0, "")
    assert all(name in result.stdout for name in ("stain-is-refunded", "small-deviation-is-declined"))


def test_a_failed_test_is_named_and_it_ends_with_1(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, TESTS.replace("refund.total: 198", "refund.total: 197"))
    result = run(pack)
    assert result.exit_code == 1
    assert "stain-is-refunded" in result.stdout
    assert json.loads(run(pack, "--json").stdout)["failed"] == 1


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (("-k", "zzz"), "no test has `zzz`"),
        (("--fail-under", "50"), "--coverage"),
        (("--only", "TINY"), "--mutate"),
    ],
)
def test_what_goes_with_nothing_is_refused(args: tuple[str, ...], what: str, tmp_path: Path) -> None:
    result = run(write_pack(tmp_path), *args)
    assert result.exit_code not in (0, 1) or result.exception is not None
    assert what in result.output + str(result.exception)


@pytest.mark.parametrize(("percent", "code"), [("50", 0), ("100", 1)])
def test_it_fails_when_too_little_is_shown(percent: str, code: int, tmp_path: Path) -> None:
    assert run(write_pack(tmp_path), "--coverage", "--fail-under", percent).exit_code == code
