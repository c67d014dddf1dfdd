"""What `check` reads of a policy is what the engine does, case by case; and what it finds is all there is to find."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from typing import Any

import shipped
import strategies
from hypothesis import given
from hypothesis import strategies as st
from points import every_case, matching, place, said, settled, work_of
from strategies import Data, Situation
from tiny_policies import tiny

from refundrules import Case, Engine, Policy
from refundrules.analysis.check.check import check_policy
from refundrules.analysis.mdd import NONE
from refundrules.analysis.scope import Scope, scopes
from refundrules.analysis.symbolic import violations
from refundrules.engine.claim_evaluation import ClaimEvaluation
from refundrules.expr import formula as fm
from refundrules.policy.questions import POSITION, QUESTIONS


@cache
def shop() -> tuple[Policy, list[Scope]]:
    policy = shipped.policy()
    return policy, list(scopes(policy))


@cache
def floors(scope: Scope) -> dict[str, int]:
    """Return the cases below each guarantee."""
    return {item.id: violations(scope.meaning, item) for item in scope.ruleset.guarantees}


def alike(scope: Scope, values: Data) -> int:
    """Return the cases with the same words: what is refunded in few cases is soon worked out."""
    names = [name for name, value in values.items() if not isinstance(value, int) or isinstance(value, bool)]
    known = [name for name in names if scope.space.variable_of(name) is not None]
    return scope.space.diagrams.all_of(scope.space.values(name, [values[name]]) for name in known)


def agrees(scope: Scope, work: ClaimEvaluation, chance: random.Random) -> None:
    values, result = settled(work, chance)
    meaning, d = scope.meaning, scope.space.diagrams
    value_of = place(scope.space, values)
    review = result.review
    kind = review.kind if review is not None else None
    clashing = {clash.question for clash in meaning.conflicts if d.contains(clash.cases, value_of)}
    if clashing or kind == "conflict":
        assert review is not None
        if review.question != "referral":
            assert (kind, {review.question}) == ("conflict", clashing)
        return
    if kind == "referral":
        return
    lacking = [gap.question for gap in meaning.gaps if d.contains(gap.cases, value_of)]
    assert lacking == ([review.question] if review is not None and kind == "gap" else [])
    if lacking:
        return
    asked = d.contains(meaning.answers("outcome").get("approve", NONE), value_of)
    for question in QUESTIONS:
        if question.id in ("referral", "offer.ceiling") or not (question.always or asked):
            continue
        standing = {item.rule for item in meaning.spoken(question.id) if d.contains(item.stands, value_of)}
        assert standing == set(result.reasons.get(POSITION[question.id], ())), question.id
        if question.kind in ("enum", "bool"):
            answer = result.answers[POSITION[question.id]]
            assert said(meaning, question.id, value_of) == ([] if answer is None else [answer]), question.id
    below = {name for name, cases in floors(scope).items() if d.contains(cases, value_of)}
    assert (review is not None and review.question in below) if kind == "guarantee" else not below
    if result.outcome == "approve":
        here = [piece for piece in meaning.refunds(alike(scope, values)) if d.contains(piece.cases, value_of)]
        assert [fm.evaluate(piece.amount, values.__getitem__) for piece in here] == [result.total]


@strategies.examples(60)
@given(strategies.situations(), st.randoms(use_true_random=True))
def test_all_cases_at_once_say_of_each_case_what_the_engine_does(situation: Situation, chance: random.Random) -> None:
    policy = situation.load()
    work = work_of(policy, situation.case)
    scope = matching(list(scopes(policy)), work)
    for _ in range(5):
        agrees(scope, work, chance)


@strategies.examples(30)
@given(strategies.cases(), st.randoms(use_true_random=True))
def test_so_they_do_of_the_cases_of_the_shop(case: Data, chance: random.Random) -> None:
    policy, found = shop()
    for work in Engine(policy, matcher="compiled").works(Case.read(case))[1]:
        if work.rulesets:
            agrees(matching(found, work), work, chance)


# -- what is found ------------------------------------------------------------------------------------------------


@strategies.examples(40)
@given(tiny())
def test_what_check_finds_is_what_trying_every_case_finds(pack: Data) -> None:
    policy = replace(strategies.load_pack(pack), complete=True)
    report = check_policy(policy)
    found = {item.id: item for item in report.findings}
    tried = Tried(policy)
    gaps = {key for key in found if key.startswith("gap:")}
    assert {key.split(":")[1] for key in gaps} == tried.gaps
    assert {
        key.split(":", 2)[1:][0] + ":" + key.split(":", 2)[2] for key in found if key.startswith("conflict:")
    } == tried.conflicts
    assert {key.split(":")[1] for key in found if key.startswith("never-holds:")} == tried.rules - tried.holding
    idle = {key.split(":")[1] for key in found if key.startswith(("never-holds:", "never-decides:"))}
    assert idle == tried.rules - tried.deciding
    assert not any(item.undecided for item in report.findings)
    for item in report.findings:
        if item.kind in ("gap", "conflict"):
            assert item.witness is not None
            again = Engine(policy, matcher="compiled").decide(item.witness.case)
            assert again.outcome == "manual_review"


class Tried:
    """What the engine's resolver does with every case of a tiny policy."""

    def __init__(self, policy: Policy) -> None:
        (scope,) = scopes(policy)
        ruleset = scope.ruleset
        self.rules = {rule.id for rule in ruleset.rules}
        self.gaps: set[str] = set()
        self.conflicts: set[str] = set()
        self.holding: set[str] = set()
        self.deciding: set[str] = set()
        case = {"id": "C", "order": {"id": "O", "status": "delivered", "lines": [{"id": "L", "category": "other", "unit_price": "5"}]}, "claims": [{"reason": "stain"}]}  # fmt: skip
        work = work_of(policy, case)
        plan = work.rulesets[0].plan("stain")
        start = [fact.derive(work.scene) for fact in ruleset.facts]
        for values in every_case():
            facts = [values.get(fact.name, start[at]) for at, fact in enumerate(ruleset.facts)]
            known = tuple(value is not None for value in facts)
            result = work._resolve(plan, facts, known, plan.match(facts, known))
            self.note(scope, result)

    def note(self, scope: Scope, result: Any) -> None:
        names = [rule.id for rule in scope.ruleset.rules]
        plan = result.plan
        holding = [at for at in plan.relevant if plan.table[at][0](result.facts, result.answers, result.known)]
        self.holding |= {names[at] for at in holding}
        asked = result.answers[POSITION["outcome"]] == "approve"
        for at in holding:
            for position, spoken in plan.answers[at]:
                if (asked or QUESTIONS[position].always) and not set(spoken.silencers) & set(holding):
                    self.deciding.add(names[at])
        review = result.review
        if review is not None and review.kind == "gap":
            self.gaps.add(review.question)
        if review is not None and review.kind == "conflict":
            self.conflicts |= set(pairs(review, plan, result))


def pairs(review: Any, plan: Any, result: Any) -> list[str]:
    """Return each two rules of a conflict that disagree, as `check` names them."""
    names = [rule.id for rule in plan.ruleset.rules]
    said_: list[tuple[str, str, Any]] = []
    for at in review.rules:
        for position, spoken in plan.answers[at]:
            if position == POSITION[review.question]:
                value = spoken.value if spoken.amount is None else spoken.amount.compute(result.facts)
                key = f"{review.question}.{spoken.key}" if spoken.key else review.question
                said_.append((names[at], key, value))
    return [
        f"{key}:{':'.join(sorted((one, other)))}"
        for at, (one, key, value) in enumerate(said_)
        for other, others, value_ in said_[at + 1 :]
        if key == others and value != value_
    ]
