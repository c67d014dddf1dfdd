"""Where outcomes turn on a number: the breakpoints that split the values of an unknown fact into classes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from refundrules.engine.ruleset import FactValues, Plan
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.compile import formula_code, function
from refundrules.expr.formula import Formula
from refundrules.expr.walk import all_leaves, leaves
from refundrules.policy.questions import MOST, QUESTIONS, REFUND_TOTAL, SLOTS


class Breakpoint(NamedTuple):
    """A test of the facts at which an outcome may turn."""

    holds: Callable[[FactValues], bool]
    needs: tuple[int, ...]
    rules: tuple[frozenset[int], ...]
    """It matters where each of these sets has a candidate."""
    money: bool = False
    """Only an amount may turn at it, apart from an offer's."""


_Pair = tuple[Formula, str, Formula, tuple[frozenset[int], ...], bool]
"""What is compared with what, the sets of rules of which one each must be a candidate, and whether only money turns."""


def _meetings(formulas: Mapping[Formula, set[int]]) -> Iterable[tuple[Formula, Formula, tuple[frozenset[int], ...]]]:
    """Yield where amounts meet: those that answer one thing, and the operands a `min` or `max` chooses between."""
    distinct = list(formulas)
    for at, one in enumerate(distinct):
        for pair in fm.choices(one):
            yield (*pair, (frozenset(formulas[one]),))
        for other in distinct[at + 1 :]:
            yield one, other, (frozenset(formulas[one]), frozenset(formulas[other]))


def breakpoints_of(plan: Plan, fact: int) -> tuple[Breakpoint, ...]:
    """Return where the plan's outcome may turn on a number.

    That is its comparisons, where two operands of a `min` or `max` meet, and where two amounts
    that answer the same thing meet.
    """
    found = plan.turning.get(fact)
    if found is None:
        pairs = plan.turning.get(_PAIRS)
        if pairs is None:
            pairs = plan.turning[_PAIRS] = [
                (pair, {*fm.names(pair[0]), *fm.names(pair[2])}) for pair in dict.fromkeys(_pairs(plan))
            ]
        name = plan.ruleset.facts[fact].name
        found = plan.turning[fact] = tuple(_as_test(plan, *pair) for pair, names in pairs if name in names)
    return found


_PAIRS = -1
"""Where a plan keeps what it compares, beside the tests of each fact."""


def _pairs(plan: Plan) -> Iterable[_Pair]:
    """Yield what is compared with what."""
    defined = plan.ruleset.defined
    by_key: dict[tuple[int, str | None], dict[Formula, set[int]]] = {}
    compared: dict[tuple[Formula, str, Formula], set[int]] = {}
    for at in plan.relevant:
        for leaf in all_leaves(plan.ruleset.rules[at].when, defined):
            if isinstance(leaf, cn.Compare) and not ({leaf.name, *fm.names(leaf.right)} & set(SLOTS)):
                left, right = fm.expanded(fm.Ref(leaf.name), defined), fm.expanded(leaf.right, defined)
                compared.setdefault((left, cn.OPERATORS[leaf.operator], right), set()).add(at)
        for position, spoken in plan.answers[at]:
            if spoken.amount is not None:
                formula = fm.expanded(spoken.value, defined)
                by_key.setdefault((position, spoken.key), {}).setdefault(formula, set()).add(at)
        yield from _total_meets(plan, at)
    yield from _of_guarantees(plan)
    for (left, sign, right), rules in compared.items():
        yield left, sign, right, (frozenset(rules),), False
    for (position, _), formulas in by_key.items():
        money = QUESTIONS[position].id not in ("offer.steps", "offer.ceiling")
        for one, other, rules_of in _meetings(formulas):
            yield one, ">", other, rules_of, money and len(rules_of) == 1
            yield one, ">=", other, rules_of, money and len(rules_of) == 1


def _of_guarantees(plan: Plan) -> Iterable[_Pair]:
    """Yield what guarantees and assumptions compare, and where a part alone reaches a guaranteed amount."""
    ruleset = plan.ruleset
    defined = ruleset.defined
    conditions = [item.when for item in ruleset.guarantees] + [item.assume for item in ruleset.policy.assumptions]
    for condition in conditions:
        for leaf in all_leaves(condition, defined):
            if isinstance(leaf, cn.Compare) and not ({leaf.name, *fm.names(leaf.right)} & set(SLOTS)):
                left, right = fm.expanded(fm.Ref(leaf.name), defined), fm.expanded(leaf.right, defined)
                yield left, cn.OPERATORS[leaf.operator], right, (), False
    for guarantee in ruleset.guarantees:
        if guarantee.must.refund_at_least is not None:
            floor = fm.expanded(guarantee.must.refund_at_least, defined)
            for at in plan.relevant:
                for position, spoken in plan.answers[at]:
                    if spoken.amount is not None and QUESTIONS[position].id in ("parts", "offer.steps"):
                        yield fm.expanded(spoken.value, defined), ">=", floor, (frozenset({at}),), False


def _total_meets(plan: Plan, at: int) -> Iterable[_Pair]:
    """Yield where a part alone reaches what a rule compares the refund's total with."""
    for leaf in leaves(plan.ruleset.rules[at].when):
        if isinstance(leaf, cn.Compare) and leaf.name in (REFUND_TOTAL, MOST):
            right = fm.expanded(leaf.right, plan.ruleset.defined)
            for other in plan.relevant:
                for position, spoken in plan.answers[other]:
                    if spoken.amount is not None and QUESTIONS[position].id in ("parts", "offer.steps"):
                        amount = fm.expanded(spoken.value, plan.ruleset.defined)
                        rules = (frozenset({at}), frozenset({other}))
                        yield amount, ">", right, rules, False
                        yield amount, ">=", right, rules, False


def _as_test(
    plan: Plan, one: Formula, sign: str, other: Formula, rules: tuple[frozenset[int], ...], money: bool
) -> Breakpoint:
    both = fm.Apply("-", (one, other))
    code, _ = formula_code(both, plan.ruleset.code_of)
    needs = tuple(plan.ruleset.index[name] for name in dict.fromkeys(fm.names(both)) if name in plan.ruleset.index)
    return Breakpoint(function("f", f"{code} {sign} 0"), needs, rules, money)
