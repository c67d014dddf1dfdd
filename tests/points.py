"""Single cases of a space: which values its variables have there, and what the engine's resolver makes of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from refundrules import Case, Engine, Policy
from refundrules.analysis.encoding import LEFT, EncodedChoice, Flag, Numbers, Space
from refundrules.analysis.scope import Scope
from refundrules.analysis.symbolic import SymbolicRuleset
from refundrules.case.facts import THRESHOLD_BROKEN, largest
from refundrules.engine.claim_evaluation import ClaimEvaluation
from refundrules.engine.result import ClaimResult


def place(space: Space, values: Mapping[str, Any]) -> Callable[[int], int]:
    """Return which value each variable of a space has for these facts, all of them known."""

    def value_of(var: int) -> int:
        variable = space.variables[var]
        if isinstance(variable, EncodedChoice):
            return variable.values.index(values[variable.name])
        if isinstance(variable, Numbers):
            return next(at for at, (low, high) in enumerate(variable.intervals) if low <= values[variable.name] <= high)
        return 1 if isinstance(variable, Flag) else int(variable.relation.holds(values))

    return value_of


def settled(work: ClaimEvaluation, chance: random.Random) -> tuple[dict[str, Any], ClaimResult]:
    """Return a claim's facts, those that nobody knows made up, and what resolves from them."""
    ruleset = work.rulesets[0]
    plan = ruleset.plan(work.scene.claim.reason)
    facts: list[Any] = [fact.derive(work.scene) for fact in ruleset.facts]
    for at, fact in enumerate(ruleset.facts):
        if facts[at] is None:
            facts[at] = _made_up(fact, chance)
    known = (True,) * len(facts)
    result = work._resolve(plan, facts, known, plan.match(facts, known))
    values = {fact.name: value for fact, value in zip(ruleset.facts, facts, strict=True)}
    return values | {LEFT: work.limits.order}, result


def _made_up(fact: Any, chance: random.Random) -> Any:
    if fact.name == THRESHOLD_BROKEN or fact.kind == "bool":
        return chance.random() < 0.5
    if fact.kind == "enum":
        return chance.choice(fact.values)
    return min(chance.choice([0, 1, 2, 3, 5, 7, 8, 15, 16, 1200, 3000, 3001, 10**6]), largest(fact))


def work_of(policy: Policy, case: Mapping[str, Any]) -> ClaimEvaluation:
    """Return the first claim of a case as the engine would decide it."""
    work: ClaimEvaluation = Engine(policy, matcher="compiled").works(Case.read(case))[1][0]
    return work


def matching(found: list[Scope], work: ClaimEvaluation) -> Scope:
    """Return the scope whose rules are those in force for a claim."""
    ruleset = work.rulesets[0]
    return next(
        scope
        for scope in found
        if [rule.id for rule in scope.ruleset.rules] == [rule.id for rule in ruleset.rules]
        and scope.ruleset.scaled == ruleset.scaled
    )


def said(meaning: SymbolicRuleset, question: str, value_of: Callable[[int], int]) -> list[Any]:
    """Return the answers that a question has in a case."""
    d = meaning.space.diagrams
    return [value for value, cases in meaning.answers(question).items() if d.contains(cases, value_of)]


SCORES, SUMS = range(5), range(5)


def every_case() -> list[dict[str, Any]]:
    """Return the facts of every case of a tiny policy, numbers beyond its thresholds left out."""
    base = {"claim.reason": "stain", "order.status": "delivered", "claim.declined_offers": 0, LEFT: 10**6}
    base |= {"claim.paid": 10_000}  # no refund for goods is above it
    return [
        base | {"facts.flag": flag, "facts.kind": kind, "facts.score": score, "facts.sum": one, "facts.other": other}
        for flag in (True, False) for kind in "abc" for score in SCORES for one in SUMS for other in (*SUMS, 5, 6, 7)
    ]  # fmt: skip
