"""Laws of explanations: what is told is so, for random small policies and for the shop's own tests."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from itertools import chain, combinations
from typing import Any

import brute_force
import pytest
import shipped
import strategies
from hypothesis import given
from hypothesis import strategies as st
from strategies import Data, Situation

from refundrules import Case, CaseError, Decision, Engine, why, why_not
from refundrules.case.paths import data_of, with_values
from refundrules.engine.environment import Environment
from refundrules.engine.live_trace import LiveTrace, ground_of
from refundrules.explain.targets import CounterfactualGoal, Target, decided_answer
from refundrules.explain.what_if.candidates import CandidateSearch, Chosen
from refundrules.explain.what_if.search import Search
from refundrules.explain.what_if.what_if import WhatIf, _aim, what_if
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.traced import leaves_of, unmet
from refundrules.testing.runner import read_pack_tests

TARGETS = (
    "approve", "decline", "manual_review", "exchange", "return_and_refund", "freight.return=seller", "fault=none",
    "return_required=true", "parts=goods", "R-01", "R-03",
)  # fmt: skip
WANTS = (None, "approve", "decline", "manual_review", "exchange", "refund_only", "needs_information", "parts=goods")


@cache
def shop() -> Engine:
    return shipped.engine()


@cache
def shop_cases() -> list[Case]:
    return [test.case for test in read_pack_tests("cn-apparel-shop", shop().policy)]


# -- why ------------------------------------------------------------------------------------------


def names_of(decision: Decision) -> set[str]:
    """Return every fact, input and missing path that the decision's trace holds."""
    facts = [fact for claim in decision.trace["claims"] for fact in claim.get("facts", ())]
    missing = {item.fact for claim in decision.claims for item in claim.missing}
    words = {word for fact in facts for word in re.findall(r"[\w.]+", fact.get("how", ""))}
    return {name for fact in facts for name in (fact["fact"], fact.get("input"))} | missing | words


def told_names(text: str, engine: Engine) -> Iterator[str]:
    known = engine.policy.vocabulary
    for word in re.findall(r"[a-z_]+(?:\.[a-z_0-9]+)+", text):
        if word in known:
            yield word


@pytest.mark.parametrize("level", ["line", "agent", "auditor"])
def test_why_names_no_fact_that_the_trace_does_not_hold_and_reads_the_same_from_json(level: str) -> None:
    for case in shop_cases()[::8]:
        decision = shop().decide(case)
        told = why(decision, level)
        assert set(told_names(told.text, shop())) <= names_of(decision)
        assert str(why(Decision.read(decision.to_json()), level)) == told.text
        facts = {fact["fact"] for claim in told.to_dict()["claims"] for fact in claim["facts"]}
        assert facts <= names_of(decision)


@strategies.examples(25)
@given(strategies.situations())
def test_why_explains_every_decision_of_a_small_policy(situation: Situation) -> None:
    decision = Engine(situation.load(), matcher="compiled").decide(situation.case)
    for level in ("line", "agent", "auditor"):
        told = why(decision, level)
        assert told.markdown
        assert str(why(Decision.read(decision.to_json()), level)) == told.text
    rules = why(decision).to_dict()["claims"][0]["rules"]
    assert [rule["rule"] for rule in rules] == list(decision.claims[0].reasons)


def test_why_on_a_line_is_one_line_a_claim() -> None:
    for case in shop_cases()[::6]:
        decision = shop().decide(case)
        assert len(why(decision, "line").text.splitlines()) == len(decision.claims)


# -- why not --------------------------------------------------------------------------------------


def as_condition(leaf: Data) -> cn.Condition:
    """Return a traced comparison as what is evaluated."""
    if "than" in leaf:
        return cn.Compare(leaf["name"], leaf["wanted"], fm.parse(leaf["than"]))
    return cn.Known(leaf["name"]) if leaf["wanted"] == "known" else cn.Is(leaf["name"], tuple(leaf["wanted"]))


def reading_of(decision: Decision, claim: int = 0) -> Environment:
    """Return the facts and answers of a claim by name, those that no rule for its reason reads included."""
    trace = decision.trace
    assert isinstance(trace, LiveTrace)
    work = trace.works[claim]
    finding = work.findings[0]
    result = finding.results[0] if len(finding.results) == 1 else finding.first
    ruleset = finding.plan.ruleset
    derived = [fact.derive(work.scene) for fact in ruleset.facts]
    facts = [old if at in finding.plan.needed else derived[at] for at, old in enumerate(result.facts)]
    return Environment(ruleset, facts, result.answers, [value is not None for value in derived])


def evaluated(condition: Data, made: dict[int, bool]) -> bool | None:
    """Return the truth of a traced condition whose comparisons of some numbers are made what is said."""
    for joined, stop in (("all", False), ("any", True)):
        if joined in condition:
            truths = [evaluated(part, made) for part in condition[joined]]
            return stop if stop in truths else None if None in truths else not stop
    if "not" in condition:
        found = evaluated(condition["not"], made)
        return None if found is None else not found
    if "means" in condition:
        found = evaluated(condition["means"], made)
        return None if found is None else found in condition["wanted"]
    return made.get(condition["at"], condition["truth"])


def numbered(condition: Data, count: Iterator[int]) -> None:
    for part in chain(condition.get("all", ()), condition.get("any", ())):
        numbered(part, count)
    for inner in ("not", "means"):
        if inner in condition:
            numbered(condition[inner], count)
    condition["at"] = next(count)


def check_why_not(decision: Decision, target: str) -> None:
    """Check that all listed as failing fails, and that a rule would hold if all of it did not."""
    told = why_not(decision, target).to_dict()
    for at, claim in enumerate(told["claims"]):
        if not decision.trace["claims"][at].get("rules"):
            continue
        ground, reading = ground_of(decision, at), reading_of(decision, at)
        for way in claim["rules"]:
            for leaf in way["failing"]:
                assert cn.truth(as_condition(leaf), reading) is not leaf["goal"], leaf
                assert cn.truth(as_condition(leaf), reading) is not None, leaf
            assert bool(way["failing"]) or way["verdict"] != "does not hold"
            if way["rule"] in ground.rules:
                check_mended(ground.rules[way["rule"]]["when"], way["lacks"])


def check_mended(traced: Any, lacks: Any) -> None:
    condition = deepcopy(traced)
    assert unmet(condition) == lacks
    numbered(condition, iter(range(10_000)))
    made = {leaf["at"]: leaf["goal"] for leaf in leaves_of(unmet(condition))}
    assert evaluated(condition, {}) is condition["truth"]
    assert evaluated(condition, made) is True


@strategies.examples(40)
@given(strategies.situations(), st.sampled_from(TARGETS))
def test_what_a_rule_is_said_to_lack_it_lacks_and_with_it_would_hold(situation: Situation, target: str) -> None:
    decision = Engine(situation.load(), matcher="compiled").decide(situation.case)
    if target.startswith("R-") and target not in decision.trace.policy.rule:  # type: ignore[attr-defined]
        return
    check_why_not(decision, target)


@pytest.mark.parametrize("target", ["exchange", "decline", "freight.return=buyer", "instructions=follow_up"])
def test_the_same_holds_for_the_shop(target: str) -> None:
    for case in shop_cases()[::16]:
        check_why_not(shop().decide(case), target)


@strategies.examples(25)
@given(strategies.situations(), st.sampled_from(TARGETS[:9]))
def test_a_trace_read_back_says_the_same_of_the_rules_it_holds(situation: Situation, target: str) -> None:
    decision = Engine(situation.load(), matcher="compiled").decide(situation.case)
    live, kept = why_not(decision, target).to_dict(), why_not(Decision.read(decision.to_json()), target).to_dict()
    assert not kept["complete"]
    for one, other in zip(live["claims"], kept["claims"], strict=True):
        assert (one["decided"], one["actual"]) == (other["decided"], other["actual"])
        ways = {way["rule"]: way for way in one["rules"]}
        for way in other["rules"]:
            assert ways[way["rule"]]["failing"] == way["failing"]
            assert ways[way["rule"]]["verdict"] == way["verdict"]


# -- what if --------------------------------------------------------------------------------------


def is_met(decision: Decision, before: Decision, want: str | None) -> bool:
    claim, old = decision.claims[0], before.claims[0]
    if want is None:
        same = claim.outcome == old.outcome and (claim.outcome != "approve" or claim.resolution == old.resolution)
        return not same and claim.outcome != "needs_information"
    if want == "needs_information" or want in ("approve", "decline", "manual_review"):
        return claim.outcome == want
    aim = Target("parts", "goods") if want == "parts=goods" else Target("resolution", want)
    return claim.outcome != "needs_information" and decided_answer(aim, claim, {})


def check_what_if(engine: Engine, case: Case, want: str | None, found: WhatIf, chance: random.Random) -> None:
    before = engine.decide(case)
    data = {**data_of(case), "decided_at": before.decided_at.isoformat()}
    assert found.already == (want is not None and is_met(before, before, want) and not found.changes)
    sizes = {len(change.settings) for change in found.changes}
    assert len(sizes) <= 1
    for change in found.changes:
        settings = [setting.settings for setting in change.settings]
        applied = Case.read(with_values(data, chain(*settings)))
        assert applied == change.case
        assert engine.decide(applied).to_json() == change.decision.to_json()
        assert is_met(change.decision, before, want)
        for size in range(1, len(settings)):
            for part in combinations(settings, size):
                assert not is_met(engine.decide(Case.read(with_values(data, chain(*part)))), before, want)
        for at, setting in enumerate(change.settings):
            check_range(engine, data, settings, at, setting, before, want, chance)
    for window in found.windows:
        assert is_met(engine.decide(window.case), before, want)


def check_range(
    engine: Engine, data: Data, settings: Any, at: int, setting: Any, before: Decision, want: Any, chance: random.Random
) -> None:
    """Check that any value of a range does it, the rest of the change being as it is."""
    if setting.low == setting.high or setting.kind not in ("money", "count", "days") or len(setting.settings) != 1:
        return
    if setting.fact.startswith("order.") or setting.fact == "claim.replacement_total":
        return
    value = chance.randint(setting.low, setting.low + 50 if setting.high is None else setting.high)
    path = setting.settings[0][0]
    shown = strategies.fen(value) if setting.kind == "money" else value
    others = [one for number, one in enumerate(settings) if number != at]
    try:
        decision = engine.decide(Case.read(with_values(data, chain(*others, [(path, shown)]))))
    except CaseError:  # beyond what a case may hold
        return
    assert is_met(decision, before, want), (setting, value)


@strategies.examples(25)
@given(strategies.situations(200), st.sampled_from(WANTS), st.randoms(use_true_random=True))
def test_a_change_gives_what_it_promises_and_no_part_of_it_does(
    situation: Situation, want: str | None, chance: random.Random
) -> None:
    engine, case = Engine(situation.load(), matcher="compiled"), Case.read(situation.case)
    check_what_if(engine, case, want, what_if(case, engine, want, bound=400), chance)


@pytest.mark.parametrize("want", [None, "decline", "exchange"])
def test_changes_of_the_shop_s_cases_do_what_they_promise(want: str | None) -> None:
    chance = random.Random(want)
    for case in shop_cases()[::20]:
        check_what_if(shop(), case, want, what_if(case, shop(), want, bound=300), chance)


class Everything(CandidateSearch):
    """A look that passes over nothing: every few levers, with every class of each."""

    def starts(self, size: int) -> Iterator[tuple[Chosen, int]]:
        for places in combinations(range(len(self.levers)), size):
            for before in self.choices(places[:-1], ()):
                yield before, places[-1]

    def choices(self, places: tuple[int, ...], before: Chosen) -> Iterator[Chosen]:
        if not places:
            yield before
            return
        lever = self.levers[places[0]]
        for low, high in self.options(places[0], before):
            yield from self.choices(places[1:], (*before, (places[0], lever.nearest(low, high))))


def found_by(
    survey: type[CandidateSearch], engine: Engine, case: Case, want: str | None
) -> tuple[int, set[Any]] | None:
    """Return how many facts are changed and the changes found; None past the bound."""
    decision = engine.decide(case)
    aim = None if want is None else _aim(engine, want)
    goal = CounterfactualGoal(aim, decision.claims[0])
    search = Search(engine.decide, case, decision, 0, goal, 2000)
    search.survey = survey(search.survey.work, goal, 2000)
    found = search.run()
    changes = {
        (
            tuple((item.fact, item.low, item.high) for item in change.settings),
            change.decision.outcome,
            change.decision.claims[0].resolution,
        )
        for change in found.changes
    }
    return None if found.bounded else (found.searched, changes)


@strategies.examples(20)
@given(strategies.situations(200), st.sampled_from(WANTS))
def test_nothing_is_passed_over_that_trying_everything_finds(situation: Situation, want: str | None) -> None:
    engine, case = Engine(situation.load(), matcher="compiled"), Case.read(situation.case)
    everything = found_by(Everything, engine, case, want)
    if everything is not None:
        assert found_by(CandidateSearch, engine, case, want) == everything


SINGLE: dict[str, list[Any]] = {
    "facts.flag": [True, False], "facts.kind": ["a", "b", "c"], "facts.score": [*range(7)], "facts.sum": [*range(7)],
    "claim.requested": list(brute_force.WISHES), "claim.insists": [True, False], "claim.goods.washed": [True, False],
    "claim.goods.worn_days": [*range(7)], "claim.assessed_loss": [*range(7)], "claim.freight.return_quote": [*range(7)],
}  # fmt: skip
MONEY = ("facts.sum", "claim.assessed_loss", "claim.freight.return_quote")


@strategies.examples(15)
@given(strategies.situations(200), st.sampled_from(WANTS[:7]))
def test_no_change_of_one_fact_is_overlooked(situation: Situation, want: str | None) -> None:
    engine, case = Engine(situation.load(), matcher="compiled"), Case.read(situation.case)
    before = engine.decide(case)
    found = what_if(case, engine, want, bound=1500)
    if found.already or found.searched < 1:
        return
    data = data_of(case)
    ranges = {
        (change.settings[0].fact, change.settings[0].low, change.settings[0].high)
        for change in found.changes
        if len(change.settings) == 1
    }
    for name, values in SINGLE.items():
        path = name.replace("claim.", "claims[0].")
        for value in values:
            shown = strategies.fen(value) if name in MONEY else value
            after = engine.decide(Case.read(with_values(data, [(path, shown)])))
            if is_met(after, before, want):
                assert any(fact == name and within(value, low, high) for fact, low, high in ranges), (name, value)


def within(value: Any, low: Any, high: Any) -> bool:
    if isinstance(value, bool | str):
        return bool(value == low)
    return bool(low <= value and (high is None or value <= high))
