"""The command `new`: it starts a pack, and overwrites nothing."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from refundrules import load_policy
from refundrules.cli.main import commands


def run(*args: object) -> Result:
    return CliRunner().invoke(commands, ["new", *map(str, args)])


def test_every_file_that_is_written_is_named_and_the_pack_loads(tmp_path: Path) -> None:
    place = tmp_path / "my-shop"
    result = run(place, "--currency", "EUR", "--jurisdiction", "DE")
    assert result.exit_code == 0, result.output
    *wrote, last = result.stdout.splitlines()
    assert {line.removeprefix("wrote ") for line in wrote} == {str(path) for path in place.rglob("*") if path.is_file()}
    assert last == f"next: refundrules test {place}"
    policy = load_policy(place)
    assert (policy.id, policy.currency, policy.jurisdictions) == ("my-shop", "EUR", ("DE",))


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "my-shop"
    run(place)
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert run(place).exit_code != 0
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before


def test_an_extended_pack_has_its_own_currency(tmp_path: Path) -> None:
    result = run(tmp_path / "child", "--extends", "cn-platform", "--currency", "EUR")
    assert result.exit_code != 0
    assert "`cn-platform` says it already" in result.output + str(result.exception)
    assert not (tmp_path / "child").exists()
