"""Amounts that can go where no amount should: below zero, or above what was paid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from refundrules.analysis.check.findings import CheckFinding, FindingPlace, first_shown
from refundrules.analysis.relations import ZERO, Relation, minus
from refundrules.analysis.scope import Redecided, Scope
from refundrules.analysis.symbolic import SymbolicAnswer, SymbolicRuleset
from refundrules.case.facts import Words
from refundrules.expr import formula as fm
from refundrules.expr.formula import Formula, Ref
from refundrules.policy.questions import POSITION, QUESTIONS

CAPS = {"goods": "claim.paid", "shipping": "order.shipping_charged", "compensation": "claim.paid"}
"""What each part of a refund should not be above: the engine would cut it, but the rule grants what it cannot give."""


def amounts(scopes: Sequence[Scope]) -> Iterator[CheckFinding]:
    """Yield each amount that a rule may put below zero (a fee: above it), or above what was paid."""
    found: dict[tuple[str, str, str], list[FindingPlace]] = {}
    for scope in scopes:
        for question in QUESTIONS:
            if question.kind == "formula":
                for item in scope.meaning.spoken(question.id):
                    for kind, rest in _wrongs(scope.meaning, item):
                        cases = scope.space.diagrams.conj(item.stands, scope.space.holds(Relation(rest, strict=True)))
                        about = f"{question.id}.{item.answer.key}" if item.answer.key else question.id
                        key = (kind, scope.ruleset.rules[item.rule].id, about)
                        found.setdefault(key, []).append(FindingPlace(scope, cases, _stands(question.id, item)))
    for (kind, rule, about), places in found.items():
        for witness, scope in first_shown(places):
            where = scope.ruleset.rules[scope.ruleset.rule_index[rule]].where
            yield CheckFinding(
                f"{kind}:{rule}:{about}", kind, Words.of(f"check.{kind}", rule, about), (rule,), (where,), witness,
                period=scope.period, undecided=witness is None,
            )  # fmt: skip


def _wrongs(meaning: SymbolicRuleset, item: SymbolicAnswer) -> Iterator[tuple[str, Formula]]:
    """Yield what may be wrong with an amount, and the difference that is above zero where it is."""
    value = item.answer.value
    assert isinstance(value, fm.Formula)
    amount = meaning.amount(value)
    if item.answer.question == "parts" and item.answer.key == "fee":
        yield "fee-above-zero", amount
    else:
        yield "below-zero", minus(ZERO, amount)
    cap = CAPS.get(item.answer.key or "") if item.answer.question == "parts" else None
    if cap is not None:
        yield "above-paid", minus(amount, Ref(cap))


def _stands(question: str, item: SymbolicAnswer) -> Callable[[Redecided], bool]:
    def shows(again: Redecided) -> bool:
        result = again.result
        if item.rule not in result.reasons.get(POSITION[question], ()):
            return False
        for said in result.plan.answers[item.rule]:
            position, spoken = said
            if position == POSITION[question] and spoken.key == item.answer.key and spoken.amount is not None:
                amount = spoken.amount.compute(result.facts)
                return amount is not None and _is_wrong(question, item, amount, again)
        return False

    return shows


def _is_wrong(question: str, item: SymbolicAnswer, amount: int, again: Redecided) -> bool:
    if question == "parts" and item.answer.key == "fee":
        return amount > 0
    cap = CAPS.get(item.answer.key or "") if question == "parts" else None
    return amount < 0 or (cap is not None and amount > again.value(cap))
