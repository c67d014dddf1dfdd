"""What tests show of a policy: the goals, how they are counted, and the tests suggested for what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import strategies
from click.testing import CliRunner
from hypothesis import given
from strategies import Situation
from tiny_pack import BARE, PACK, TESTS, write_pack

from refundrules import Engine, load_policy
from refundrules.case.models import Case
from refundrules.cli.main import commands
from refundrules.policy.questions import BY_ID
from refundrules.testing.coverage import Coverage, coverage_of, coverage_text, measure, pack_coverage
from refundrules.testing.coverage_goals import KINDS
from refundrules.testing.observation import Watcher
from refundrules.testing.runner import read_pack_tests, run_pack_tests
from refundrules.testing.suggestions import Suggester, as_file


def run(*arguments: str) -> Any:
    return CliRunner().invoke(commands, ["test", *arguments])


def missing(found: Coverage, kind: str) -> list[str]:
    return [found.words(goal) for goal in found.missing if goal.kind == kind]


def test_the_tiny_packs_tests_show_all_but_some_comparisons_and_edges(tmp_path: Path) -> None:
    found = pack_coverage(write_pack(tmp_path), matcher="compiled")
    assert {kind: (sum(item.by is not None for item in found.of(kind)), len(found.of(kind))) for kind in KINDS} == {
        "rules": (4, 4), "answers": (16, 16), "conditions": (9, 10), "edges": (1, 3), "exceptions": (1, 1),
        "guarantees": (0, 0), "parameters": (1, 1),
    }  # fmt: skip
    assert missing(found, "edges") == [
        "TINY-3 never has `claim.size_deviation_cm` just above `tolerance`",
        "TINY-3 never has `claim.size_deviation_cm` just below `tolerance`",
    ]


def test_a_rule_that_no_test_reaches_is_told_from_one_that_is_overridden(tmp_path: Path) -> None:
    tests = BARE + "  - id: big\n" + TESTS.split("  - id: too-small-is-exchanged\n")[1].split("  - id: small")[0]
    found = pack_coverage(write_pack(tmp_path, tests), matcher="compiled")
    assert missing(found, "rules") == ["TINY-4 holds in a test but determines none"]
    (tmp_path / "b").mkdir()
    found = pack_coverage(write_pack(tmp_path / "b", BARE), matcher="compiled")
    assert missing(found, "rules") == ["TINY-3 holds in no test", "TINY-4 holds in no test"]
    assert missing(found, "exceptions") == ["TINY-3 never overrides TINY-4"]
    assert missing(found, "parameters") == ["tolerance never is read, from the beginning"]


def test_the_report_is_a_table_then_what_is_missing_with_its_place(tmp_path: Path) -> None:
    found = pack_coverage(write_pack(tmp_path), matcher="compiled")
    lines = list(coverage_text(found))
    assert lines[1] == "  rules           4 of 4    100.0 %"
    at = 1 + PACK.splitlines().index("  - id: TINY-3")
    wanted = f"pack.yaml:{at}: TINY-3 never has `claim.size_deviation_cm` just above `tolerance`"
    assert [line.endswith(wanted) for line in lines].count(True) == 1


def test_coverage_is_information_unless_a_least_share_is_asked_for(tmp_path: Path) -> None:
    pack = str(write_pack(tmp_path))
    assert run(pack, "--coverage").exit_code == 0
    assert run(pack, "--coverage", "--fail-under", "50").exit_code == 0
    assert run(pack, "--coverage", "--fail-under", "99.9").exit_code == 1


def test_coverage_as_json_names_the_test_that_shows_each_goal(tmp_path: Path) -> None:
    data = json.loads(run(str(write_pack(tmp_path)), "--coverage", "--json").stdout)["coverage"]
    assert data["schema"] == "refundrules.coverage/1"
    assert data["kinds"]["rules"] == {"shown": 4, "all": 4}
    assert next(goal["test"] for goal in data["goals"] if goal["id"] == "rules:TINY-1:determines a decision") == "stain-is-refunded"  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fail-under", "3"], "--fail-under: says how much --coverage must show (add --coverage)"),
        (["--only", "X"], "--only: says which mutants to try (add --mutate)"),
        (["--suggest"], "--suggest: writes what --coverage or --mutate finds missing (add one of them)"),
        (["--coverage", "-k", "x"], "-k: runs some tests, and what is shown is a matter of all of them (leave it out)"),
    ],
)
def test_an_option_that_says_nothing_alone_is_refused(options: list[str], message: str) -> None:
    found = run(*options)
    assert (found.exit_code, found.stderr.strip()) == (2, message)


@pytest.mark.slow
def test_suggested_tests_pass_and_show_more(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, BARE)
    before = pack_coverage(pack, matcher="compiled")
    file = pack / "tests" / "more.yaml"
    assert run(str(pack), "--coverage", "--suggest", str(file)).exit_code == 1  # rules are not shown
    assert "# confirm: TINY-3 holds in no test" in file.read_text(encoding="utf-8")
    report = run_pack_tests(pack, matcher="compiled")
    assert (report.failed, report.ok) == (0, True)
    after = pack_coverage(pack, matcher="compiled")
    assert after.percent() > before.percent() + 20
    assert missing(after, "edges") == []


def test_suggestions_go_to_stdout_when_no_file_is_named(tmp_path: Path) -> None:
    found = run(str(write_pack(tmp_path)), "--coverage", "--suggest")
    assert found.exit_code == 0
    assert found.stdout.startswith("# Found by `refundrules test`")


def test_a_suggestion_names_nothing_that_would_break_its_line() -> None:
    from refundrules.testing.suggestions import Suggestion

    text = as_file([Suggestion("a", ("one\ntwo\x1b[0m",), ("S",), {"claims": []}, {"outcome": "approve"})])
    assert "# confirm: one?two?[0m\n" in text


def test_what_settles_a_decision_by_completion_is_shown(tmp_path: Path) -> None:
    """Whether it was washed is unknown, and it is approved either way: so the remedy was asked for, and given."""
    approve, text = "{issue_class: quality, fault: seller, outcome: approve}", "{zh: 洗, en: washing}"
    rules = f"""\
rules:
  - {{id: WASHED, cite: [S1], when: {{claim.goods.washed: true}}, then: {approve}, because: {text}}}
  - {{id: UNWASHED, cite: [S2], when: {{claim.goods.washed: false}}, then: {approve}, because: {text}}}
  - {{id: REFUND, cite: [S1], then: {{resolution: refund_only, parts: {{goods: claim.paid}}}}, because: {text}}}
"""
    policy = strategies.load_text(PACK[: PACK.index("parameters:\n")] + rules)
    order = {"id": "O", "status": "delivered", "lines": [{"id": "L", "category": "apparel", "unit_price": "99.00"}]}
    case = Case.read({"id": "C", "order": order, "claims": [{"reason": "stain"}]})
    engine = Engine(policy, matcher="compiled")
    assert (engine.decide(case).outcome, engine.decide(case).claims[0].reasons) == ("approve", ("REFUND",))
    found = coverage_of(policy, [("one", Watcher(engine).see(case))])
    shown = {item.goal.id: item.by for item in found.of("answers")}
    assert shown["answers:REFUND:answers resolution: refund_only"] == "one"
    assert shown["answers:REFUND:answers parts.goods: claim.paid"] == "one"
    assert shown["answers:WASHED:answers outcome: approve"] is None


@strategies.examples(25)
@given(strategies.situations())
def test_what_is_counted_agrees_with_a_recount_from_the_trace(situation: Situation) -> None:
    policy = situation.load()
    case = Case.read(situation.case)
    engine = Engine(policy, matcher="compiled")
    found = coverage_of(policy, [("one", Watcher(engine).see(case))])
    decision = engine.decide(case)
    traced = [claim for claim in decision.trace["claims"] if "rules" in claim]
    # Of a claim settled by completion the trace may show one way among others, and what only holds there was not seen.
    at_once = [claim for claim in traced if claim["completion"] is None]
    held = {rule["rule"] for claim in at_once for rule in claim["rules"] if rule["holds"]}
    reasons = {name for claim in decision.claims for name in claim.reasons}
    shown = {item.goal.owner for item in found.of("rules") if item.by}
    assert shown == reasons
    if decision.outcome in ("approve", "decline"):  # then every question was settled, and none left unasked by a gap
        assert {name for name in found.held if name in policy.rule} >= held
    answered = {(item.goal.owner, item.goal.what.split(" ")[1].partition(":")[0]) for item in found.of("answers") if item.by}  # fmt: skip
    for claim in traced:
        for question in claim["questions"]:
            if not BY_ID[question["question"]].always and claim["outcome"] != "approve":
                continue  # a claim that completion declines is traced as it was while the outcome was open
            for said in question["rules"]:
                name = question["question"] + (f".{said['key']}" if "key" in said else "")
                if said["verdict"] == "stands" and decision.outcome in ("approve", "decline"):
                    assert (said["rule"], name) in answered


@strategies.examples(12)
@given(strategies.situations())
def test_a_suggested_test_shows_what_it_is_for_on_any_policy(situation: Situation) -> None:
    policy = situation.load()
    with strategies.TemporaryDirectory() as folder:
        place = Path(folder) / "small"
        (place / "tests").mkdir(parents=True)
        (place / "pack.yaml").write_text(json.dumps(situation.pack), encoding="utf-8")
        first = {"id": "first", "rules": ["S"], "given": situation.case, "expect": {"outcome": {"one_of": ["approve", "decline", "manual_review", "needs_information"]}}}  # fmt: skip
        (place / "tests" / "a.yaml").write_text(json.dumps({"tests": [first]}), encoding="utf-8")
        policy = load_policy(place)
        before = measure(policy, read_pack_tests(place, policy), matcher="compiled")
        suggester = Suggester(policy, read_pack_tests(place, policy))
        made = [(item, goals) for item, goals, _ in suggester.for_goals(before.missing[:8])]
        (place / "tests" / "b.yaml").write_text(as_file([item for item, _ in made]) if made else "tests: []", encoding="utf-8")  # fmt: skip
        report = run_pack_tests(place, matcher="compiled")
        assert [result.test.id for result in report.results if not result.passed] == []
        after = {goal.id for goal in measure(policy, read_pack_tests(place, policy), matcher="compiled").missing}
        assert after.isdisjoint(goal.id for _, goals in made for goal in goals)
