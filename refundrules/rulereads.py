"""What rules read: the names in their conditions, amounts and texts, and what they ask of the facts alone."""

from __future__ import annotations

from collections.abc import Iterable

from refundrules import condition as cn
from refundrules import formula as fm
from refundrules.condition import Condition
from refundrules.policyparts import Rule
from refundrules.questions import SLOTS
from refundrules.wording import PLACEHOLDER


def rule_names(rule: Rule) -> set[str]:
    """Return the names that a rule's condition, amounts and text read."""
    names = {*cn.reads(rule.when), *PLACEHOLDER.findall(rule.because.zh + rule.because.en)}
    return names | {name for answer in rule.then for name in formula_names(answer.value)}


def formula_names(value: object) -> Iterable[str]:
    """Return the names that a formula reads; none of what is no formula."""
    return fm.names(value) if isinstance(value, fm.Number | fm.Ref | fm.Apply) else ()


def facts_only(condition: Condition, *, positive: bool = True) -> Condition:
    """Return what a condition asks of the facts alone: it may hold whenever the whole may."""
    if isinstance(condition, cn.All):
        return cn.All(tuple(facts_only(part, positive=positive) for part in condition.parts))
    if isinstance(condition, cn.Any):
        return cn.Any(tuple(facts_only(part, positive=positive) for part in condition.parts))
    if isinstance(condition, cn.Not):
        return cn.Not(facts_only(condition.part, positive=not positive))
    reads_answer = condition.name in SLOTS or (
        isinstance(condition, cn.Compare) and any(name in SLOTS for name in fm.names(condition.right))
    )
    if reads_answer:
        return cn.All(()) if positive else cn.Any(())
    return condition
