"""Mutants of a policy: what they are, which tests catch them, and which no case can tell from the policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shipped
import strategies
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from strategies import Situation
from tiny_pack import BARE, PACK, TESTS, write_pack

from refundrules import Engine, load_policy
from refundrules.case.models import Case
from refundrules.cli.main import commands
from refundrules.testing.equivalent_mutants import Prover
from refundrules.testing.expectations import differing, values_said
from refundrules.testing.mutants import Mutant, mutants
from refundrules.testing.mutation import Trial, decide_mutant
from refundrules.testing.mutation_report import run_mutants, suggestions_of
from refundrules.testing.patching import engine_of
from refundrules.testing.runner import read_pack_tests, run_pack_tests
from refundrules.testing.suggestions import Suggester, as_file

ACCEPT = """\
accept:
  - finding: "mutant:tolerance:3 -> 3.001"
    because: {zh: 尺寸量到毫米, en: nobody measures that well}
"""


def run(*arguments: str) -> Any:
    return CliRunner().invoke(commands, ["test", *arguments])


def names(found: list[Mutant]) -> list[str]:
    return [mutant.id.removeprefix("mutant:") for mutant in found]


def test_the_mutants_of_a_rule_change_one_thing_each(tmp_path: Path) -> None:
    policy = load_policy(write_pack(tmp_path))
    assert names(mutants(policy, "TINY-3"))[:5] == [
        "TINY-3:dropped",
        "TINY-3:`claim.reason: size_deviation` dropped",
        "TINY-3:`claim.reason: size_deviation` -> `not claim.reason: size_deviation`",
        "TINY-3:`claim.size_deviation_cm above tolerance` dropped",
        "TINY-3:`claim.size_deviation_cm above tolerance` -> `claim.size_deviation_cm at_least tolerance`",
    ]
    assert "TINY-3:overrides TINY-4 no more" in names(mutants(policy))
    assert names(mutants(policy, "tolerance")) == ["tolerance:3 -> 2.999", "tolerance:3 -> 3.001"]
    assert len({mutant.id for mutant in mutants(policy)}) == len(mutants(policy))


def test_a_survivor_says_why_no_test_notices_it(tmp_path: Path) -> None:
    report = run_mutants(write_pack(tmp_path), processes=1)
    told = {item.mutant.id: item.why for item in report.survivors}
    assert told["mutant:tolerance:3 -> 3.001"] == "no test's case comes out otherwise"
    assert told["mutant:TINY-1:`fault: seller` -> `buyer`"] == (
        "test `stain-is-refunded` comes out otherwise but does not expect `fault`"
    )
    assert not report.ok


def test_an_edge_that_no_test_has_is_named(tmp_path: Path) -> None:
    report = run_mutants(write_pack(tmp_path, TESTS.replace("actual_cm: 97", "actual_cm: 99")), processes=1)
    assert "no test has `claim.size_deviation_cm` at `tolerance`" in [item.why for item in report.survivors]


@pytest.mark.slow
def test_suggested_tests_catch_what_survived(tmp_path: Path) -> None:
    pack = write_pack(tmp_path)
    before = run_mutants(pack, processes=1, suggest=True)
    made = suggestions_of(before)
    (pack / "tests" / "more.yaml").write_text(as_file(made), encoding="utf-8")
    assert run_pack_tests(pack, matcher="compiled").ok
    after = {item.mutant.id for item in run_mutants(pack, processes=1).survivors}
    assert after == {item.mutant.id for item in before.survivors if item.suggestion is None}
    assert len(after) < len(before.survivors) / 3


def test_a_survivor_is_accepted_with_a_reason_and_an_idle_acceptance_is_found(tmp_path: Path) -> None:
    report = run_mutants(write_pack(tmp_path, TESTS, PACK + ACCEPT), only="tolerance", processes=1)
    assert [mutant.id for mutant, _ in report.accepted] == ["mutant:tolerance:3 -> 3.001"]
    (tmp_path / "b").mkdir()
    wrong = ACCEPT.replace("tolerance", "nothing")
    pack = write_pack(tmp_path / "b", TESTS, PACK + wrong)
    found = run(str(pack), "--mutate")
    assert found.exit_code == 1
    assert "accepted `mutant:nothing:3 -> 3.001` does not survive (take it out)" in found.stdout  # fmt: skip


def test_an_acceptance_without_a_reason_is_refused(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, TESTS, PACK + "accept:\n  - {finding: 3}\n")
    found = run(str(pack))
    assert found.exit_code == 2
    assert "`because`" in found.stderr


def test_the_command_fails_while_mutants_survive_and_says_so_in_json(tmp_path: Path) -> None:
    pack = str(write_pack(tmp_path))
    found = run(pack, "--mutate", "--only", "TINY-2", "--json")
    data = json.loads(found.stdout)["mutation"]
    assert found.exit_code == 1
    assert data["mutants"] == len(data["caught"]) + len(data["survivors"]) + len(data["equivalent"])
    assert {item["owner"] for item in data["survivors"]} == {"TINY-2"}
    assert run(pack, "--mutate", "--only", "NONE").exit_code == 2


def test_mutants_are_tried_only_when_the_tests_pass(tmp_path: Path) -> None:
    found = run(str(write_pack(tmp_path, TESTS.replace("refund.total: 198", "refund.total: 99"))), "--mutate")
    assert found.exit_code == 1
    assert "survive" not in found.stdout


def test_two_processes_find_what_one_does(tmp_path: Path) -> None:
    pack = write_pack(tmp_path, TESTS, PACK)
    one, two = run_mutants(pack, processes=1), run_mutants(pack, processes=2)
    assert one.to_dict() == two.to_dict()


@pytest.mark.slow
def test_an_answer_that_silence_would_give_too_is_no_loss() -> None:
    policy = shipped.policy()
    one = next(mutant for mutant in mutants(policy, "LOG-005") if mutant.what == "`return_required: false` dropped")
    assert Prover(policy).equivalent(one)


def test_a_slip_that_a_case_can_tell_is_not_taken_for_equivalent() -> None:
    policy = shipped.policy()
    prover = Prover(policy)
    assert not any(prover.equivalent(mutant) for mutant in mutants(policy, "SIZE-00"))


@strategies.examples(20)
@given(strategies.situations(), st.data())
def test_a_patched_engine_decides_as_an_engine_of_the_mutant_does(situation: Situation, data: st.DataObject) -> None:
    policy = situation.load()
    base = Engine(policy, matcher="compiled")
    case = Case.read(situation.case)
    base.decide(case)
    for mutant in data.draw(st.lists(st.sampled_from(mutants(policy)), min_size=1, max_size=6)):
        fresh = decide_mutant(Engine(mutant.of(policy), matcher="compiled"), case)
        patched = decide_mutant(engine_of(mutant, base), case)
        assert (fresh is None) == (patched is None), mutant.id
        if fresh is not None and patched is not None:
            assert differing(values_said(fresh), values_said(patched)) == [], mutant.id


@strategies.examples(15)
@given(strategies.policies(), st.data())
def test_a_mutant_reported_equivalent_decides_every_case_the_same(pack: dict[str, Any], data: st.DataObject) -> None:
    policy = strategies.load_pack(pack)
    prover = Prover(policy)
    some = data.draw(st.lists(st.sampled_from(mutants(policy)), min_size=1, max_size=12))
    same = [mutant for mutant in some if prover.equivalent(mutant, 400)]
    if not same:
        return
    base = Engine(policy, matcher="compiled")
    for case in data.draw(st.lists(strategies.small_cases(pack), min_size=8, max_size=8)):
        read = Case.read(case)
        for mutant in same:
            other = decide_mutant(Engine(mutant.of(policy), matcher="compiled"), read)
            assert other is not None
            assert differing(values_said(base.decide(read)), values_said(other)) == [], mutant.id


@strategies.examples(15)
@given(strategies.situations(), st.data())
def test_only_tests_that_a_mutant_may_change_are_left_out(situation: Situation, data: st.DataObject) -> None:
    with strategies.TemporaryDirectory() as folder:
        policy, tests = _with_test(Path(folder), situation)
        trial = Trial(policy, tests)
        for mutant in data.draw(st.lists(st.sampled_from(mutants(policy)), min_size=1, max_size=10)):
            if trial._affected(mutant):
                continue
            other = decide_mutant(Engine(mutant.of(policy), matcher="compiled"), tests[0].case)
            assert other is not None, mutant.id
            assert differing(values_said(trial.base.decide(tests[0].case)), values_said(other)) == [], mutant.id


@strategies.examples(10)
@given(strategies.situations(), st.data())
def test_a_killing_test_fails_on_the_mutant_and_passes_on_the_policy(situation: Situation, data: st.DataObject) -> None:
    with strategies.TemporaryDirectory() as folder:
        policy, tests = _with_test(Path(folder), situation)
        suggester = Suggester(policy, tests)
        for mutant in data.draw(st.lists(st.sampled_from(mutants(policy)), min_size=1, max_size=4)):
            looked = suggester.for_mutant(mutant)
            if looked is None:
                continue
            engine = Engine(mutant.of(policy), matcher="compiled")
            paths = suggester.told(engine, looked.data)
            assert paths, mutant.id
            test = suggester.suggestion(looked, mutant, engine)
            assert not suggester.notices(Engine(policy, matcher="compiled"), looked, test)
            if test.expect.keys() & set(paths):
                assert suggester.notices(engine, looked, test), mutant.id


def _with_test(folder: Path, situation: Situation) -> tuple[Any, Any]:
    place = folder / "small"
    (place / "tests").mkdir(parents=True)
    (place / "pack.yaml").write_text(json.dumps(situation.pack), encoding="utf-8")
    first = {"id": "first", "rules": ["S"], "given": situation.case, "expect": {"outcome": {"one_of": ["approve"]}}}
    (place / "tests" / "a.yaml").write_text(json.dumps({"tests": [first]}), encoding="utf-8")
    policy = load_policy(place)
    return policy, read_pack_tests(place, policy)


@pytest.mark.parametrize("tests", [TESTS, BARE])
def test_every_caught_mutant_really_fails_the_test_that_is_named(tmp_path: Path, tests: str) -> None:
    pack = write_pack(tmp_path, tests)
    policy = load_policy(pack)
    known = {test.id: test for test in read_pack_tests(pack, policy)}
    for mutant, name in run_mutants(pack, processes=1).caught:
        decision = decide_mutant(Engine(mutant.of(policy), matcher="compiled"), known[name].case)
        assert decision is None or not all(wish.met(decision) for wish in known[name].expectations)


@pytest.mark.slow
def test_no_slip_in_how_the_shop_judges_sizes_goes_unnoticed() -> None:
    report = run_mutants("cn-apparel-shop", only="SIZE-00", processes=1)
    assert report.count > 20
    assert [item.mutant.id for item in report.survivors] == []


def test_a_pack_made_to_be_extended_is_tried_with_the_packs_that_extend_it() -> None:
    found = run("cn-platform", "--mutate")
    assert found.exit_code == 0
    assert "made to be extended, so mutants are tried with a pack that does" in found.stdout


def test_accepted_mutants_are_those_of_the_shop() -> None:
    policy = shipped.policy()
    known = {mutant.id for mutant in mutants(policy)}
    assert [item.finding for item in policy.accepted if item.of_mutant and item.finding not in known] == []
