"""What `diff` says of two packs, and how the command says it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import shipped
from click.testing import CliRunner, Result
from tiny_pack import WHOLE

from refundrules import Engine, load_policy
from refundrules.analysis.diff.diff import PolicyDiff, diff_policies
from refundrules.analysis.diff.report import moved_text
from refundrules.cli.main import commands

RULES = Path(__file__).parents[2] / "rules"


def run(*args: str) -> Result:
    return CliRunner().invoke(commands, ["diff", *args], catch_exceptions=False)


def pack(folder: Path, name: str, text: str) -> str:
    (folder / name).mkdir()
    (folder / name / "tiny.yaml").write_text(text, encoding="utf-8")
    return str(folder / name / "tiny.yaml")


def compared(folder: Path, old: str, new: str) -> PolicyDiff:
    return diff_policies(*(load_policy(pack(folder, name, text)) for name, text in (("old", old), ("new", new))))


def test_another_threshold_moves_the_cases_between_the_two(tmp_path: Path) -> None:
    diff = compared(tmp_path, WHOLE, WHOLE.replace("value: 3,", "value: 4,"))
    (region,) = [item for item in diff.regions if item.title[0] == "outcome"]
    assert region.title == ("outcome", "approve", "decline")
    assert [en for _, en in region.conditions] == [
        "claim.reason = size_deviation",
        "3 cm < claim.size_deviation_cm ≤ 4 cm",
    ]
    assert (region.exact, region.gains) == (True, "shop")
    assert region.before is not None
    before, after = (Engine(policy).decide(region.before.case).outcome for policy in (diff.old, diff.new))
    assert (before, after) == ("approve", "decline")


def test_rules_written_otherwise_that_decide_alike_are_the_same(tmp_path: Path) -> None:
    text = WHOLE.replace("    overrides: [TINY-4]\n", "").replace(
        "when: {claim.reason: size_deviation}\n",
        "when: {claim.reason: size_deviation, not: {claim.size_deviation_cm: {above: tolerance}}}\n",
    )
    assert text != WHOLE
    assert compared(tmp_path, WHOLE, text).same


def test_a_lower_refund_is_the_shops_gain(tmp_path: Path) -> None:
    text = WHOLE.replace("parts: {goods: claim.paid}", "parts: {goods: 'min(claim.paid, claim.shipping_share)'}")
    (region,) = compared(tmp_path, WHOLE, text).regions
    assert [(item.what, item.after, item.gains) for item in region.moved] == [("refund.total", "less", "shop")]


def test_what_is_only_said_otherwise_is_told_apart_from_what_is_decided(tmp_path: Path) -> None:
    text = WHOLE.replace("      instructions: [ask_photo]\n", "")
    text = text[: text.index("instructions:\n")]
    (region,) = compared(tmp_path, WHOLE, text).regions
    assert (region.title[0], [item.before for item in region.moved]) == ("lists", ["ask_photo"])


def test_what_a_policy_says_of_itself_counts_too(tmp_path: Path) -> None:
    diff = compared(tmp_path, WHOLE, WHOLE.replace("Asia/Shanghai", "Asia/Tokyo"))
    assert (diff.same, diff.heads) == (False, (("time_zone", "Asia/Shanghai", "Asia/Tokyo"),))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_says_it_as_text_as_markdown_and_as_json(language: str, tmp_path: Path) -> None:
    old, new = (
        pack(tmp_path, name, WHOLE.replace("value: 3,", value))
        for name, value in (("old", "value: 3,"), ("new", "value: 4,"))
    )
    text, markdown, data = (run(old, new, "--language", language, *more) for more in ((), ("--markdown",), ("--json",)))
    assert {text.exit_code, markdown.exit_code, data.exit_code} == {1}
    assert "approve → decline" in text.stdout
    assert "| outcome approve → decline |" in markdown.stdout or "| 结论 approve → decline |" in markdown.stdout
    assert json.loads(data.stdout)["regions"][0]["case"]["claims"]
    assert run(old, old).exit_code == 0
    assert run(old, str(tmp_path / "none")).exit_code == 2


def test_markdown_says_when_and_where_as_the_text_does(tmp_path: Path) -> None:
    later = WHOLE.replace(
        "values: [{from: beginning, value: 3, cite: [S1], verified: false}]",
        "values: [{from: beginning, value: 3, cite: [S1], verified: false}, "
        "{from: 2026-07-01, value: 4, cite: [S1], verified: false}]",
    ).replace("Asia/Shanghai", "Asia/Tokyo")
    assert later.count("2026-07-01") == 1
    old, new = (pack(tmp_path, name, text) for name, text in (("old", WHOLE), ("new", later)))
    text, markdown = (run(old, new, "--language", "en", *more).stdout for more in ((), ("--markdown",)))
    assert "   in     CN, orders placed from 2026-07-01\n" in text
    assert "CN, orders placed from 2026-07-01<br>claim.reason = size_deviation<br>" in markdown
    assert "<br>all of them |" in markdown
    assert "- `time_zone`: Asia/Shanghai → Asia/Tokyo\n\n| |" in markdown


def test_what_moves_is_told_in_the_language_asked_for(tmp_path: Path) -> None:
    lower = WHOLE.replace("parts: {goods: claim.paid}", "parts: {goods: 'min(claim.paid, claim.shipping_share)'}")
    old, new = (pack(tmp_path, name, text) for name, text in (("old", WHOLE), ("new", lower)))
    assert "refund.total: 较多 → 较少" in run(old, new, "--language", "zh", "--markdown").stdout
    assert "refund.total: more → less" in run(old, new, "--language", "en").stdout


def changed(tmp_path: Path, file: str, before: str, after: str) -> Path:
    """Return a copy of the shop's pack in which one text is another."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    path = rules / "cn-apparel-shop" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), encoding="utf-8")
    return rules / "cn-apparel-shop"


@pytest.mark.slow
def test_each_way_of_moving_is_told_once(tmp_path: Path) -> None:
    loyal = "  loyal_orders:\n    kind: count\n    title: {zh: 老客户的订单数, en: orders that make a returning customer}\n    values:\n      - {from: beginning, value: "
    diff = diff_policies(shipped.policy(), load_policy(changed(tmp_path, "offers.yaml", f"{loyal}2", f"{loyal}3")))
    assert diff.regions
    for region in diff.regions:
        moved = [moved_text(item, region, "zh") for item in region.moved]
        assert len(set(moved)) == len(moved)
    assert any(
        "offer.steps: 较多 → 较少" in moved_text(item, region, "zh") for region in diff.regions for item in region.moved
    )


@pytest.mark.slow
def test_one_more_centimetre_of_tolerance_in_the_shop_is_a_few_plain_regions(tmp_path: Path) -> None:
    other = changed(tmp_path, "size.yaml", "value: 3, cite: [S05]", "value: 4, cite: [S05]")
    diff = diff_policies(shipped.policy(), load_policy(other))
    shared = {
        "claim.reason = size_deviation",
        "order.status = delivered | completed",
        "3 cm < claim.size_deviation_cm ≤ 4 cm",
    }
    assert 0 < len(diff.regions) <= 10
    for region in diff.regions:
        assert shared <= {en for _, en in region.conditions}
        assert len(region.periods) == len(diff.periods)
        assert not region.undecided


@pytest.mark.slow
def test_the_shop_differs_in_nothing_from_itself() -> None:
    policy = shipped.policy()
    assert diff_policies(policy, policy).same
