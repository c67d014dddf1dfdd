"""Skeletons: resolutions kept by the truths they follow from.

Which rules hold, and so every answer that is not an amount, follows from the truths of the
policy's comparisons and from whether an offer stands. A plan therefore keeps each resolution
under exactly those and only works the amounts out again. Nothing is kept where amounts decide in
other ways (two rules paying one part, what other claims send back); a referral is worked out again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from refundrules.questions import POSITION, QUESTIONS
from refundrules.resolve import Resolver
from refundrules.result import UNSETTLED, Result, offered_steps, part_order
from refundrules.ruleset import SLOTS, Plan, Spoken
from refundrules.settle import Limits, cuts

KEPT = 4096
"""How many truths a plan keeps resolutions for before it starts afresh."""
_SEEN = object()
_BY_AMOUNT = tuple(
    position for position, question in enumerate(QUESTIONS) if question.kind == "formula" and not question.keyed
)
_PARTS, _STEPS, _CEILING, _REFERRAL = (
    POSITION["parts"], POSITION["offer.steps"], POSITION["offer.ceiling"], POSITION["referral"],
)  # fmt: skip
_OPEN, _RESOLUTION = SLOTS["offer.open"], POSITION["resolution"]

Steps = tuple[list[int], list[int], int | None]
"""An offer's steps, the rule of each, and the ceiling."""


class Skeleton:
    """One kept resolution: everything of its result but the amounts."""

    __slots__ = ("amounts", "parts", "result", "review", "shared")

    def __init__(self, result: Result, amounts: tuple[tuple[int, Spoken], ...]) -> None:
        self.result, self.amounts, self.review = result, amounts, result.review
        self.parts = sorted(result.collected.get(_PARTS, ()), key=part_order)
        self.shared: dict[Any, Any] = {}
        """Texts that follow from the skeleton, kept by what describes it."""


class Kept:
    """What is kept under one set of truths: the offer they make, and a skeleton with it open and not."""

    __slots__ = ("by_open", "candidates", "ceiling", "steps")

    def __init__(self, candidates: tuple[int, ...], steps: Sequence[Spoken], ceiling: Spoken | None) -> None:
        self.candidates, self.ceiling = candidates, ceiling
        self.steps = sorted(steps, key=lambda item: item.key or "")
        self.by_open: dict[bool, Skeleton] = {}

    def offer(self, facts: list[Any]) -> Steps | None:
        """Return the offer with these facts' amounts; None when one is unknown."""
        ceiling = None
        if self.ceiling is not None and self.ceiling.amount is not None:
            ceiling = self.ceiling.amount.compute(facts)
            if ceiling is None:
                return None
        amounts = [item.amount.compute(facts) if item.amount else None for item in self.steps]
        if None in amounts:
            return None
        return (*offered_steps(self.steps, amounts, ceiling), ceiling)


def fresh(result: Result, name: tuple[str, ...], make: Callable[[], Any]) -> Any:
    """Return plain data that follows from the result's truths alone: a new copy each time, built once.

    From the second time on it comes from a literal of it, which Python builds faster than we do.
    """
    shared = result.shared
    if shared is None or result.review is not None:
        return make()
    known = shared.get(name)
    if known is None:
        shared[name] = _SEEN
    elif known is not _SEEN:
        return known()
    value = make()
    if known is _SEEN:
        shared[name] = eval(f"lambda: {value!r}", {})  # noqa: S307 (the repr of plain data: quoted words and numbers)
    return value


def keep(plan: Plan, key: tuple[Any, ...], result: Result) -> None:
    """Keep a settled result under its key, if nothing in it depends on amounts in ways not kept."""
    if not result.settled or (result.review is not None and result.review.kind != "rule"):
        return
    layout = plan.layout(result.candidates)
    if result.joined or _doubly_answered(result):
        return
    amounts = []
    for position in _BY_AMOUNT:
        rules = result.reasons.get(position, ())
        if len(rules) > 1 or (rules and any(result.truths.get(item.rule) == 2 for item in layout[position])):
            return  # that they agree depends on the amounts
        amounts += [(position, item) for item in layout[position] if rules == (item.rule,)]
    kept = plan.skeletons.get(key)
    if kept is None:
        if len(plan.skeletons) >= KEPT:
            plan.skeletons.clear()
        ceiling = next((item for position, item in amounts if position == _CEILING), None)
        kept = plan.skeletons[key] = Kept(result.candidates, result.collected.get(_STEPS, ()), ceiling)
    kept.by_open[result.answers[_OPEN] is True] = Skeleton(result, tuple(amounts))


def _doubly_answered(result: Result) -> bool:
    """Return whether two standing rules answer one key of money."""
    return any(
        QUESTIONS[position].kind == "formula" and len(result.reasons.get(position, ())) > len(items)
        for position, items in result.collected.items()
    )


def replay(plan: Plan, kept: Kept, facts: list[Any], known: Sequence[bool], limits: Limits) -> Result | None:
    """Return the kept resolution with amounts from these facts; None when it has to be resolved afresh."""
    declined = facts[plan.declined_at]
    offer = kept.offer(facts) if kept.steps else None
    if kept.steps and offer is None:
        return None
    skeleton = kept.by_open.get(offer is not None and declined < len(offer[0]))
    if skeleton is None:
        return None
    old = skeleton.result
    result = Result(plan, facts, known, old.candidates)
    result.truths, result.collected, result.reasons = old.truths, old.collected, old.reasons
    result.review, result.shared, result.answers = skeleton.review, skeleton.shared, old.answers
    if plan.layout(old.candidates)[_REFERRAL]:
        referring = {item.rule for item in plan.layout(old.candidates)[_REFERRAL]}
        result.truths = {at: truth for at, truth in old.truths.items() if at not in referring}
        result.answers, result.shared, result.reasons = list(old.answers), None, dict(old.reasons)
    if skeleton.amounts:
        result.answers = list(result.answers)
        for position, item in skeleton.amounts:
            value = item.amount.compute(facts) if item.amount else None
            if value is None:
                return None
            result.answers[position] = value
    total = 0
    if offer is not None:
        result.steps, result.step_rules, result.ceiling = offer
        total = _offered(result, declined)
    for item in skeleton.parts:
        value = item.amount.compute(facts) if item.amount else None
        if value is None:
            return None
        if value:
            result.parts.append((item.key or "", value, item))
            total += value
    for cut in cuts(result.parts, total, limits):
        result.parts.append(cut)
        total += cut[1]
    result.total = total
    if old.buyer_pays is not None:
        Resolver.exchange(result)
    return None if result.buyer_pays is UNSETTLED else result


def _offered(result: Result, declined: int) -> int:
    if result.answers[_OPEN] is not True or result.answers[_RESOLUTION] != "compensation" or not result.steps:
        return 0
    amount = result.steps[declined]
    result.parts.append(("compensation", amount, Spoken(result.step_rules[declined], "compensation", None, None, ())))
    return amount
