"""What `diff` says of two policies is what trying every case says: no difference missed, none made up."""

from __future__ import annotations

import random
from typing import Any

import strategies
from hypothesis import given
from hypothesis import strategies as st
from points import every_case, place, settled, work_of
from strategies import Data
from tiny_policies import edits

from refundrules import Engine, Policy
from refundrules.analysis.diff.diff import _kinds, _moving, diff_policies
from refundrules.analysis.encoding import Space
from refundrules.analysis.scope import Scope, periods, ruleset_of
from refundrules.engine.claim_evaluation import ClaimEvaluation
from refundrules.engine.result import ClaimResult

CASE = {
    "id": "C",
    "order": {"id": "O", "status": "delivered", "lines": [{"id": "L", "category": "other", "unit_price": "100.00"}]},
    "claims": [{"reason": "stain"}],
}


def core(work: ClaimEvaluation, values: Data) -> Any:
    """Return what a policy makes of facts, numbers and all."""
    return resolved(work, values).core()


def resolved(work: ClaimEvaluation, values: Data) -> ClaimResult:
    """Return what resolves from facts; those not named are the case's."""
    ruleset = work.rulesets[0]
    plan = ruleset.plan("stain")
    facts = [values.get(fact.name, fact.derive(work.scene)) for fact in ruleset.facts]
    known = tuple(value is not None for value in facts)
    return work._resolve(plan, facts, known, plan.match(facts, known))


def moving(old: Policy, new: Policy) -> list[Data]:
    """Return every case that the policies decide differently."""
    one, other = work_of(old, CASE), work_of(new, CASE)
    return [values for values in every_case() if core(one, values) != core(other, values)]


@strategies.examples(60)
@given(edits())
def test_what_diff_says_is_what_trying_every_case_says(two: tuple[Data, Data]) -> None:
    old, new = (strategies.load_pack(pack) for pack in two)
    diff, moved = diff_policies(old, new), moving(old, new)
    assert diff.same == (not moved)
    space = Space([ruleset_of(Engine(policy, matcher="compiled"), periods(policy)[0]) for policy in (old, new)])
    one, other = (
        Scope(
            policy,
            Engine(policy, matcher="compiled"),
            space,
            ruleset_of(Engine(policy, matcher="compiled"), periods(policy)[0]),
            periods(policy)[0],
        )
        for policy in (old, new)
    )
    kinds = list(_kinds(one, _moving(one, other)))
    for values in moved:
        value_of = place(space, values)
        assert any(space.diagrams.contains(kind.cases, value_of) for kind in kinds)
    for region in diff.regions:
        assert region.before is not None, region.title
        before, after = (Engine(policy, matcher="compiled").decide(region.before.case) for policy in (old, new))
        assert before.to_dict(trace=False)["claims"] != after.to_dict(trace=False)["claims"]


@st.composite
def larger_edits(draw: st.DrawFn) -> tuple[Data, Data, Data]:
    """Draw a small policy, the same without one of its rules, and a case."""
    pack = draw(strategies.policies())
    gone = draw(st.sampled_from([rule["id"] for rule in pack["rules"]]))
    rules = [
        {**rule, "overrides": [name for name in rule.get("overrides", []) if name != gone]}
        for rule in pack["rules"]
        if rule["id"] != gone
    ]
    return pack, pack | {"rules": rules}, draw(strategies.small_cases(pack))


@strategies.examples(40)
@given(larger_edits(), st.randoms(use_true_random=True))
def test_no_difference_is_missed_where_offers_money_and_dates_decide(
    edit: tuple[Data, Data, Data], chance: random.Random
) -> None:
    old, new = (strategies.load_pack(pack) for pack in edit[:2])
    diff, case = diff_policies(old, new), edit[2]
    one, other = work_of(old, case), work_of(new, case)
    for _ in range(8):
        values, before = settled(one, chance)
        after = resolved(other, values)
        if before.core() != after.core():
            assert not diff.same
    for region in diff.regions:
        assert region.undecided or region.before is not None


@strategies.examples(15)
@given(strategies.policies())
def test_a_policy_differs_in_nothing_from_itself(pack: Data) -> None:
    policy = strategies.load_pack(pack)
    assert diff_policies(policy, policy).same
