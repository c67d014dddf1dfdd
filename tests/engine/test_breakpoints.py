"""Where an outcome may turn on a number."""

from __future__ import annotations

from typing import Any

import strategies
from points import work_of
from tiny_pack import PACK, case_text

from refundrules.engine import breakpoints
from refundrules.engine.completion import at_value, cuts
from refundrules.engine.ruleset import Plan
from refundrules.io.strict_yaml import read_yaml


def plan_of(text: str, reason: str) -> Plan:
    (case,), _ = read_yaml(case_text(reason=reason), "x")
    work = work_of(strategies.load_text(text), case)
    return work.rulesets[0].plan(reason)


def turns(plan: Plan, name: str, **others: int) -> set[int]:
    """Return the values at which tests of a fact change, other facts at zero or as given."""
    at = plan.ruleset.index[name]
    facts: list[Any] = [0] * len(plan.ruleset.facts)
    for other, value in others.items():
        facts[plan.ruleset.index[other.replace("__", ".")]] = value
    return {
        cut
        for test in breakpoints.breakpoints_of(plan, at)
        for cut in cuts(at_value(test.holds, list(facts), at), 10**7)
    }


def test_it_turns_where_a_rule_compares_it() -> None:
    assert turns(plan_of(PACK, "size_deviation"), "claim.size_deviation_cm") == {3001}


def test_it_turns_on_nothing_that_no_rule_for_the_reason_reads() -> None:
    assert turns(plan_of(PACK, "stain"), "claim.size_deviation_cm") == set()


def test_it_turns_where_a_min_chooses() -> None:
    text = PACK.replace("parts: {goods: claim.paid}", "parts: {goods: 'min(claim.paid, claim.assessed_loss)'}")
    assert turns(plan_of(text, "stain"), "claim.assessed_loss", claim__paid=9900) & {9900, 9901}


def test_where_only_an_amount_turns_is_told_from_where_an_answer_may() -> None:
    text = PACK.replace("parts: {goods: claim.paid}", "parts: {goods: 'min(claim.paid, claim.assessed_loss)'}")
    plan = plan_of(text, "stain")
    found: tuple[breakpoints.Breakpoint, ...] = breakpoints.breakpoints_of(
        plan, plan.ruleset.index["claim.assessed_loss"]
    )
    assert {test.money for test in found} == {True}
    size = plan_of(PACK, "size_deviation")
    assert {test.money for test in breakpoints.breakpoints_of(size, size.ruleset.index["claim.size_deviation_cm"])} == {
        False
    }


def test_what_is_found_is_found_once() -> None:
    plan = plan_of(PACK, "size_deviation")
    at = plan.ruleset.index["claim.size_deviation_cm"]
    assert breakpoints.breakpoints_of(plan, at) is breakpoints.breakpoints_of(plan, at)
