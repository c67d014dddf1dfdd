"""What `check` says of packs, and how the command says it: edges, seeded faults, accepted findings, saved tests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shipped
from click.testing import CliRunner, Result
from tiny_pack import PACK, WHOLE, write_pack

from refundrules import Engine, PackError, Policy, dump_policy, load_policy
from refundrules.analysis.check.check import CheckReport, check_policy
from refundrules.analysis.check.findings import CheckFinding
from refundrules.analysis.check.properties import guarantees, invariants, promising_rules
from refundrules.analysis.check.rules import conflicts
from refundrules.analysis.mdd import Diagrams
from refundrules.analysis.scope import scopes
from refundrules.cli.main import commands
from refundrules.testing.runner import run_pack_tests

RULES = Path(__file__).parents[2] / "rules"


def run(*args: str) -> Result:
    return CliRunner().invoke(commands, ["check", *args], catch_exceptions=False)


def checked(folder: Path, text: str) -> CheckReport:
    place = folder / "tiny.yaml"
    place.write_text(text, encoding="utf-8")
    return check_policy(load_policy(place))


def ids(report: CheckReport) -> list[str]:
    return [item.id for item in report.findings]


def test_the_tiny_pack_answers_three_reasons_and_leaves_a_leg_without_a_payer(tmp_path: Path) -> None:
    report = checked(tmp_path, PACK)
    assert ids(report) == ["gap:issue_class:color_difference", "gap:freight.replacement:size_deviation"]
    assert all(item.witness is not None for item in report.findings)


def test_nothing_is_left_once_every_case_has_an_answer(tmp_path: Path) -> None:
    report = checked(tmp_path, WHOLE)
    assert (ids(report), report.ok) == ([], True)


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("    overrides: [TINY-4]\n", "", "conflict:issue_class:TINY-3:TINY-4"),
        ("{above: tolerance}}", "{above: tolerance, below: tolerance}}", "never-holds:TINY-3"),
        ("when: {claim.reason: size_deviation}\n", "when: {claim.reason: size_deviation, claim.size_deviation_cm: {above: tolerance}}\n", "never-decides:TINY-4"),
        ("when: {claim.reason: size_deviation}\n", "when: {claim.reason: size_deviation, claim.size_deviation_cm: {at_most: tolerance}}\n", "idle-override:TINY-3:TINY-4"),
        ("when: {claim.reason: stain}", "when: {claim.reason: stain, claim.goods.worn_days: {at_least: 0}}", "always-true:TINY-1:claim.goods.worn_days at_least 0"),
        ("parts: {goods: claim.paid}", "parts: {goods: claim.paid + claim.shipping_share}", "above-paid:TINY-1:parts.goods"),
        ("parts: {goods: claim.paid}", "parts: {goods: claim.paid - claim.assessed_loss}", "below-zero:TINY-1:parts.goods"),
        ("parts: {goods: claim.paid}", "parts: {goods: claim.paid, fee: claim.assessed_loss}", "fee-above-zero:TINY-1:parts.fee"),
        ("{zh: 有污渍，退款, en: a stain is refunded}", "{zh: '{window}内退款', en: 'a stain is refunded within {window}'}", "unread:window"),
    ],
    ids=lambda text: text.partition(":")[0] if ":" in text and " " not in text else "",
)  # fmt: skip
def test_each_fault_is_found_for_what_it_is(old: str, new: str, finding: str, tmp_path: Path) -> None:
    text = WHOLE.replace(old, new)
    if finding == "unread:window":
        window = "  window:\n    kind: days\n    title: {zh: 期限, en: window}\n    values: [{from: beginning, value: 30, cite: [S1], verified: false}]\n"
        text = text.replace("rules:\n  - id: TINY-1", f"{window}rules:\n  - id: TINY-1")
    assert text != WHOLE
    assert finding in ids(checked(tmp_path, text))


def test_a_finding_says_where_and_its_case_is_decided_as_it_says(tmp_path: Path) -> None:
    report = checked(tmp_path, WHOLE.replace("    overrides: [TINY-4]\n", ""))
    (found, *_) = [item for item in report.findings if item.kind == "conflict"]
    assert len(found.where) == 2
    assert all(where.rpartition(":")[2].isdigit() for where in found.where)
    assert found.witness is not None
    claim = Engine(report.policy).decide(found.witness.case).trace["claims"][0]
    assert claim["review"] == {"kind": "conflict", "question": "issue_class", "rules": ["TINY-3", "TINY-4"]}


ACCEPT = "accept:\n  - finding: {}\n    because: {{zh: 有意如此, en: we mean it}}\n"


def test_an_accepted_finding_is_counted_and_not_left(tmp_path: Path) -> None:
    text = WHOLE.replace("    overrides: [TINY-4]\n", "")
    names = ids(checked(tmp_path, text))
    wanted = "accept:\n" + "".join(ACCEPT.format(f"'{name}'").removeprefix("accept:\n") for name in names)
    report = checked(tmp_path, text + wanted)
    assert (report.ok, [item.id for item, _ in report.accepted]) == (True, names)


def test_accepting_what_is_not_found_is_a_finding(tmp_path: Path) -> None:
    assert ids(checked(tmp_path, WHOLE + ACCEPT.format("conflict:outcome:A:B"))) == ["accept:conflict:outcome:A:B"]


def test_a_stale_value_is_found_by_its_age(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(WHOLE.replace("verified: false", "verified: 2026-01-01"), encoding="utf-8")
    place = str(tmp_path / "tiny.yaml")
    assert run(place, "--max-age", "364", "--today", "2027-01-01").exit_code == 1
    assert run(place, "--max-age", "365", "--today", "2027-01-01").exit_code == 0


# -- invariants ----------------------------------------------------------------------------------------------------

INVARIANTS = """\
invariants:
  - id: PAID-BACK
    when: {claim.reason: stain}
    must: {refund_total: {at_most: claim.paid}}
    because: {zh: 不超过实付, en: no more than was paid}
  - id: SMALLER-IS-BETTER
    monotone: {fact: claim.size_deviation_cm, buyer: never_worse}
    because: {zh: 偏差越大不会更差, en: more never hurts}
"""


def test_invariants_are_proved_where_they_hold(tmp_path: Path) -> None:
    report = checked(tmp_path, WHOLE + INVARIANTS)
    assert (report.ok, report.proved) == (True, ("PAID-BACK", "SMALLER-IS-BETTER"))


def test_an_invariant_that_does_not_hold_is_refuted_by_a_case(tmp_path: Path) -> None:
    text = WHOLE.replace("parts: {goods: claim.paid}", "parts: {goods: claim.paid, shipping: claim.shipping_share}")
    (found,) = checked(tmp_path, text + INVARIANTS).findings
    assert found.id == "invariant:PAID-BACK"
    assert found.witness is not None
    claim = found.witness.decision.claims[0]
    assert claim.refund is not None
    assert claim.refund.total > 100


def test_more_that_leaves_the_buyer_worse_off_is_shown_by_two_cases(tmp_path: Path) -> None:
    text = WHOLE.replace("{above: tolerance}", "{at_most: tolerance}")
    found = {item.id: item for item in checked(tmp_path, text + INVARIANTS).findings}["invariant:SMALLER-IS-BETTER"]
    assert found.witness is not None
    assert found.other is not None
    assert (found.witness.decision.outcome, found.other.decision.outcome) == ("approve", "decline")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {id: A, because: {zh: 一, en: a}}", "invariant `A` says nothing, or two things"),
        ("- {id: A, monotone: {fact: claim.paidd, buyer: never_worse}, because: {zh: 一, en: a}}", "`claim.paidd` is not a fact with numbers (did you mean `claim.paid`?)"),
        ("- {id: A, monotone: {fact: claim.paid, buyer: worse}, because: {zh: 一, en: a}}", "`buyer` `worse` is not one of its values"),
        ("- {id: TINY-1, must: {outcome: approve}, because: {zh: 一, en: a}}", "invariant `TINY-1` is defined twice"),
        ("- {id: A, must: {outcome: aprove}, because: {zh: 一, en: a}}", "`aprove` is not"),
    ],
    ids=["nothing", "fact", "buyer", "twice", "value"],
)  # fmt: skip
def test_an_invariant_is_read_as_strictly_as_a_rule(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(PackError) as raised:
        checked(tmp_path, f"{WHOLE}invariants:\n  {text}\n")
    assert message in str(raised.value)


# -- packs ------------------------------------------------------------------------------------------------------


def test_the_three_slips_of_the_table_are_found() -> None:
    report = check_policy(load_policy(RULES.parent / "examples" / "zen-returns"))
    assert [item.kind for item in report.findings] == ["never-answers", "always-true", "unread"]


def test_too_many_combinations_leave_a_pack_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Diagrams.__init__, "__defaults__", (500,))
    report = check_policy(shipped.policy())
    assert [(item.id, item.undecided) for item in report.findings if item.kind != "accept"] == [("size", True)]


def test_a_policy_written_out_keeps_what_is_said_to_check(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(dump_policy(shipped.policy()), encoding="utf-8")
    again, policy = load_policy(tmp_path / "shop.yaml"), shipped.policy()
    assert again.digest == policy.digest
    assert [item.id for item in again.invariants] == [item.id for item in policy.invariants]
    assert [item.finding for item in again.accepted] == [item.finding for item in policy.accepted]


# -- the shipped packs ---------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("pack", ["cn-apparel-shop", "cn-platform", "cn-consumer-law"])
def test_nothing_is_left_of_a_shipped_pack(pack: str) -> None:
    report = check_policy(load_policy(pack))
    assert ids(report) == []
    assert set(report.proved) == {item.id for item in (*report.policy.guarantees, *report.policy.invariants)}


def swapped(path: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(rules: Path) -> None:
        text = (rules / path).read_text(encoding="utf-8")
        assert old in text
        (rules / path).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


FAULTS = {
    "guarantee:LAW-QUALITY-FREIGHT": swapped("cn-consumer-law/quality.yaml", "freight: {return: seller}", "freight: {return: buyer}"),
    "guarantee:LAW-QUALITY-RETURN": swapped("cn-apparel-shop/money.yaml", "issue_class: [quality, logistics]", "issue_class: [logistics]"),
    "conflict:outcome:LOG-002:STATE-004": swapped("cn-apparel-shop/states.yaml", "price_difference, shipping_fee_charged, wrong_address, not_received, lost,", "price_difference, shipping_fee_charged, wrong_address, not_received,"),
    "guarantee:LAW-NO-REASON-RETURN": swapped("cn-apparel-shop/money.yaml", "parts: {goods: claim.paid}", "parts: {goods: 'claim.paid - min(claim.paid, claim.freight.advanced)'}"),
    "invariant:OFFER-WITHIN-FREIGHT": swapped("cn-apparel-shop/offers.yaml", "ceiling: min(round_trip, claim.paid)", "ceiling: claim.paid"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_seeded_in_the_shop_is_refuted_by_a_case(fault: str, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(RULES, rules)
    FAULTS[fault](rules)
    policy: Policy = load_policy(rules / "cn-apparel-shop")
    conditions = [item.when for item in policy.invariants] + [item.must for item in policy.invariants if item.must]
    found = promising_rules(list(scopes(policy, conditions)))
    looking = {"guarantee": guarantees, "invariant": invariants, "conflict": conflicts}
    proofs: list[Any] = list(looking[fault.partition(":")[0]](found))  # type: ignore[operator]
    broken = {item.id: item for item in proofs if isinstance(item, CheckFinding)}
    assert fault in broken
    assert broken[fault].witness is not None


# -- the command ---------------------------------------------------------------------------------------------------


def test_the_command_ends_with_what_is_left(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "tiny.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "whole" / "tiny.yaml").write_text(WHOLE, encoding="utf-8")
    assert run(str(tmp_path / "tiny.yaml")).exit_code == 1
    assert run(str(tmp_path / "whole" / "tiny.yaml")).exit_code == 0
    both = run(str(tmp_path / "tiny.yaml"), str(tmp_path / "whole" / "tiny.yaml"), "--json")
    assert both.exit_code == 1
    assert [json.loads(line)["ok"] for line in both.stdout.splitlines()] == [False, True]


def test_a_pack_that_cannot_be_used_ends_the_command_with_2(tmp_path: Path) -> None:
    assert run(str(tmp_path / "none")).exit_code == 2
    assert run("cn-platform", "--today", "soon").exit_code == 2


def test_what_was_found_is_saved_as_tests_that_pass_as_things_are(tmp_path: Path) -> None:
    place = write_pack(tmp_path)
    assert run(str(place), "--save", str(place / "tests")).exit_code == 1
    report = run_pack_tests(place)
    assert (len(report.results), report.failed) == (6, 0)
    run(str(place), "--save", str(tmp_path / "found.yaml"))
    assert (tmp_path / "found.yaml").read_text(encoding="utf-8").count("- id: gap-") == 2


def test_the_same_pack_gives_the_same_words_every_time(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(PACK, encoding="utf-8")
    first, second = (run(str(tmp_path / "tiny.yaml"), "--language", "en").stdout for _ in range(2))
    assert first == second
    assert "no rule answers `issue_class`" in first
