"""New packs: every combination of options loads and passes its tests, and nothing is ever overwritten."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from refundrules import Engine, PackError, load_policy, pack_names
from refundrules.cli.main import commands
from refundrules.policy.scaffold import _written, new_pack
from refundrules.testing.runner import run_pack_tests

CURRENCIES, PLACES, LANGUAGES = ("CNY", "JPY", "KWD", "USD"), ("CN", "CN-ZJ", "US", "BR"), ("zh", "en")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    before = Path.cwd()
    os.chdir(tmp_path)
    yield tmp_path
    os.chdir(before)


def invoke(*args: str) -> Result:
    return CliRunner().invoke(commands, ["new", *args])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("jurisdiction", PLACES)
@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_pack_of_its_own_is_green(currency: str, jurisdiction: str, language: str, tmp_path: Path) -> None:
    place = tmp_path / "own-shop"
    written = new_pack(place, currency=currency, jurisdiction=jurisdiction, language=language)
    assert sorted(path for path in place.rglob("*") if path.is_file()) == sorted(written)
    policy = load_policy(place)
    assert (policy.id, policy.currency, policy.jurisdictions) == ("own-shop", currency, (jurisdiction,))
    assert (policy.language, policy.complete) == (language, True)
    assert [rule.id for rule in policy.rules] == ["PERSON-001", "RETURN-001"]
    assert [item.id for item in policy.guarantees] == ["PROMISE-RETURN"]
    assert list(policy.parameters) == ["return_days"]
    report = run_pack_tests(place, matcher="compiled")
    assert report.ok
    assert report.passed == 2


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("extends", pack_names())
def test_a_pack_that_extends_one_is_green_and_its_test_shows_the_change(
    extends: str, language: str, tmp_path: Path
) -> None:
    place = tmp_path / "own-shop"
    new_pack(place, language=language, extends=extends)
    policy, base = load_policy(place), load_policy(extends)
    assert (policy.language, policy.complete, policy.currency) == (language, base.complete, base.currency)
    report = run_pack_tests(place, matcher="compiled")
    assert report.ok
    assert report.passed == 1
    (name,) = [name for name in policy.parameters if policy.parameters[name] != base.parameters.get(name)]
    changes = place / "changes.yaml"
    older = base.parameters[name].on(date(2026, 6, 10)).value
    newer = policy.parameters[name].on(date(2026, 6, 10)).value
    changes.write_text(
        changes.read_text(encoding="utf-8").replace(f"value: {newer}", f"value: {older}"), encoding="utf-8"
    )
    assert run_pack_tests(place, matcher="compiled").failed == 1


@pytest.mark.parametrize("reason", ["stain", "lost", "wrong_address", "changed_mind", "late_shipment"])
@pytest.mark.parametrize("requested", [None, "exchange", "return_and_refund"])
@pytest.mark.parametrize("status", ["paid", "delivered", "closed"])
def test_a_new_pack_leaves_no_gap(reason: str, requested: str | None, status: str, tmp_path: Path) -> None:
    place = tmp_path / "own-shop"
    new_pack(place)
    claim = {"reason": reason} | ({"requested": requested} if requested else {})
    order = {"id": "O1", "status": status, "placed_at": "2026-06-01", "lines": [_LINE]}
    if status == "delivered":
        order["delivered_at"] = "2026-06-03"
    case = {"id": "C1", "decided_at": "2026-06-10", "order": order, "claims": [claim]}
    (found,) = Engine(load_policy(place), matcher="compiled").decide(case).trace["claims"]
    assert found["review"] is None or found["review"]["kind"] == "rule"


_LINE = {"id": "L1", "category": "apparel", "unit_price": "100"}


def test_the_command_says_what_it_wrote_and_what_comes_next(here: Path) -> None:
    done = invoke("my-shop")
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "wrote my-shop/pack.yaml",
        "wrote my-shop/returns.yaml",
        "wrote my-shop/tests/returns.yaml",
        "next: refundrules test my-shop",
    ]
    assert "Asia/Shanghai" in (here / "my-shop" / "pack.yaml").read_text(encoding="utf-8")


def test_comments_are_in_the_language_asked_for(here: Path) -> None:
    assert invoke("a", "--language", "zh").exit_code == invoke("b").exit_code == 0
    assert "# 每条规则" in (here / "a" / "returns.yaml").read_text(encoding="utf-8")
    assert "# each rule" in (here / "b" / "returns.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["My-Shop", "1shop", "my_shop", "my--shop", "-", "店", "my shop", "shop-"])
def test_a_name_that_is_none_is_refused(name: str, here: Path) -> None:
    done = invoke("--", name)
    assert done.exit_code == 2
    assert done.output == (
        f"{name}: `{name}` is not a name for a pack (use lower case letters, digits and dashes, beginning with a letter)\n"
    )
    assert list(here.iterdir()) == []


def test_a_shipped_packs_name_is_refused(here: Path) -> None:
    done = invoke("cn-platform")
    assert done.output == "cn-platform: `cn-platform` is the name of a shipped pack (choose another)\n"
    assert (done.exit_code, list(here.iterdir())) == (2, [])


def test_what_is_there_is_never_overwritten(here: Path) -> None:
    assert invoke("my-shop").exit_code == 0
    kept = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    done = invoke("my-shop", "--currency", "USD")
    assert done.exit_code == 2
    assert done.output == "my-shop: is there already and not empty (nothing was written; name another folder)\n"
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == kept
    (here / "a-file").write_text("kept", encoding="utf-8")
    assert invoke("a-file").output == "a-file: is a file (name a folder that is not there yet)\n"
    assert (here / "a-file").read_text(encoding="utf-8") == "kept"


def test_an_empty_folder_and_one_below_others_are_filled(here: Path) -> None:
    (here / "empty").mkdir()
    assert invoke("empty").exit_code == 0
    assert invoke("packs/of/ours").exit_code == 0
    assert load_policy(here / "packs" / "of" / "ours").id == "ours"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--currency", "YUAN"], "--currency: `YUAN` is not a currency (write an ISO 4217 code such as CNY)\n"),
        (["--currency", ""], "--currency: `` is not a currency (write an ISO 4217 code such as CNY)\n"),
        (["--jurisdiction", "China"], "--jurisdiction: `China` is not a place (write an ISO 3166 code such as CN or CN-ZJ)\n"),
        (
            ["--extends", "cn-aparel-shop"],
            "--extends: there is no shipped pack `cn-aparel-shop` (did you mean `cn-apparel-shop`?)\n",
        ),
        (
            ["--extends", "cn-platform", "--currency", "USD"],
            "--currency: `cn-platform` says it already (leave it out, or do not extend)\n",
        ),
        (
            ["--extends", "cn-platform", "--jurisdiction", "CN"],
            "--jurisdiction: `cn-platform` says it already (leave it out, or do not extend)\n",
        ),
    ],
)  # fmt: skip
def test_an_option_that_cannot_be_met_is_refused(args: list[str], said: str, here: Path) -> None:
    done = invoke("my-shop", *args)
    assert (done.exit_code, done.output) == (2, said)
    assert list(here.iterdir()) == []


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(PackError) as caught:
        new_pack(tmp_path / "My", currency="yuan", jurisdiction="x", language="fr", extends="nothing")
    assert [problem.where for problem in caught.value.problems][1:] == [
        "--currency",
        "--jurisdiction",
        "--language",
        "--extends",
    ]


def test_a_file_that_is_there_is_kept_even_if_it_appears_last(tmp_path: Path) -> None:
    place = tmp_path / "returns.yaml"
    place.write_text("kept", encoding="utf-8")
    with pytest.raises(FileExistsError):
        _written(place, "ours")
    assert place.read_text(encoding="utf-8") == "kept"
