"""What is declared: values nobody has looked at for long, and parameters and facts that no decision turns on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from refundrules.analysis.check.findings import CheckFinding
from refundrules.analysis.encoding import Test
from refundrules.analysis.scope import Scope
from refundrules.case.facts import Words
from refundrules.expr import formula as fm
from refundrules.expr.walk import reads
from refundrules.policy.model import Policy
from refundrules.policy.parts import Deadline
from refundrules.policy.questions import QUESTIONS


def stale(policy: Policy, today: date, max_age: int | None) -> Iterator[CheckFinding]:
    """Yield each value in force today or later that was last verified more than `max_age` days ago; None: any age."""
    if max_age is None:
        return
    for item in sorted(policy.parameters.values(), key=lambda item: item.id):
        now = item.on(today)
        for value in item.values:
            later = value.start is not None and value.start > today
            if (value is now or later) and value.verified is not None and (today - value.verified).days > max_age:
                age = (today - value.verified).days
                start = value.start.isoformat() if value.start else "beginning"
                what = Words.of("check.stale", item.id, value.verified, age)
                yield CheckFinding(f"stale:{item.id}:{start}", "stale", what, (item.id,), (item.where,))


def unread(policy: Policy, scopes: Sequence[Scope]) -> Iterator[CheckFinding]:
    """Yield each parameter that only texts name, and each fact of the packs that no decision turns on."""
    compared = {name for scope in scopes for name in _read_by_rules(scope)}
    for item in sorted(policy.parameters.values(), key=lambda item: item.id):
        if item.id not in compared:
            what = Words.of("check.unread_parameter", item.id)
            yield CheckFinding(f"unread:{item.id}", "unread", what, (item.id,), (item.where,))
    turning = {name for scope in scopes for name in _turning(scope)}
    for fact in sorted(policy.facts, key=lambda fact: fact.name):
        if fact.name not in turning:
            what = Words.of("check.unread_fact", fact.name)
            yield CheckFinding(f"unread:{fact.name}", "unread", what, (fact.name,))


def _read_by_rules(scope: Scope) -> Iterator[str]:
    """Yield every name that a rule, a guarantee, an assumption or an invariant reads."""
    names: set[str] = set()
    for rule in scope.ruleset.rules:
        values = [answer.value for answer in rule.then]
        names |= {*reads(rule.when, *values), *[value.within for value in values if isinstance(value, Deadline)]}
    for item in scope.ruleset.guarantees:
        names |= {*reads(item.when, item.must.refund_at_least)}
    for invariant in scope.policy.invariants:
        names |= {*reads(invariant.when, invariant.must)}
    return iter(scope.ruleset.spelled_out(names))


def _turning(scope: Scope) -> Iterator[str]:
    """Yield the facts on which some answer, or some amount of one, hangs."""
    space = scope.space
    for question in QUESTIONS:
        for item in scope.meaning.spoken(question.id):
            if isinstance(item.answer.value, fm.Formula):
                yield from fm.names(scope.meaning.amount(item.answer.value))
            for var in space.diagrams.variables(item.stands):
                variable = space.variables[var]
                if isinstance(variable, Test):
                    yield from fm.names(variable.relation.formula)
                else:
                    yield variable.name.removeprefix("known ")
