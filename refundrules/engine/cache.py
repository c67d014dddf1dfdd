"""Resolutions kept by the truths they follow from (skeletons): memoisation by abstraction.

Which rules hold, and so every answer that is not an amount, follows from the truths of the
policy's comparisons and from whether an offer stands. A plan therefore keeps each resolution
under exactly those and only works the amounts out again. Nothing is kept where amounts decide in
other ways (two rules paying one part, what other claims send back); a referral is worked out again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from marshal import dumps, loads
from typing import Any

from refundrules.engine.evaluate import Evaluator
from refundrules.engine.limits import Limits, cuts
from refundrules.engine.result import UNSETTLED, ClaimResult, counts_as_return, offered_steps, part_order
from refundrules.engine.ruleset import Plan, RuleAnswer
from refundrules.policy.questions import POSITION, QUESTIONS, SLOTS

KEPT = 4096
"""How many places a plan keeps, of cases alike and of cases alike in outline, before it starts afresh."""
FEW = 32
"""A plan that has met so few sets of truths does without outlines: to make the function costs more than it saves."""
MOST_TOLD = 64
_TOLD = "told"
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

    __slots__ = ("amounts", "answers", "collected", "exchanged", "parts", "reasons", "review", "shared", "truths")

    def __init__(self, result: ClaimResult, amounts: tuple[tuple[int, RuleAnswer], ...]) -> None:
        # Not the result itself: thousands are kept, and its facts are one case's.
        self.truths, self.answers, self.amounts = result.truths, result.answers, amounts
        self.collected, self.reasons, self.review = result.collected, result.reasons, result.review
        self.exchanged = result.buyer_pays is not None
        self.parts = sorted(result.collected.get(_PARTS, ()), key=part_order)
        self.shared: dict[Any, Any] = {}
        """Texts that follow from the skeleton, kept by what describes it."""


class Kept:
    """What is kept under one set of truths: the offer they make, and a skeleton with it open and not."""

    __slots__ = ("by_open", "ceiling", "referring", "steps")

    def __init__(
        self, steps: Sequence[RuleAnswer], ceiling: RuleAnswer | None, referring: Sequence[RuleAnswer]
    ) -> None:
        self.ceiling, self.referring = ceiling, frozenset(item.rule for item in referring)
        """The rules that may refer a claim to a person are asked again: by what the money comes to."""
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


class CacheSlot:
    """Where a plan keeps what cases alike have in common."""

    __slots__ = ("_matched", "counts", "kept")

    def __init__(self) -> None:
        self.kept: Kept | None = None
        self.counts: bool | None = None
        """Whether the goods count as coming back, where that settles facts that are open; None: they are not, or not yet."""
        self._matched: tuple[int, ...] | None = None

    def candidates(self, plan: Plan, facts: list[Any], known: Sequence[bool]) -> tuple[int, ...]:
        """Return the candidates of any case of this place."""
        if self._matched is None:
            self._matched = plan.match(facts, known)
        return self._matched


def place_of(plan: Plan, facts: list[Any], known: Sequence[bool]) -> CacheSlot:
    """Return the place of cases with such facts: that of like cases, else of those alike in outline, else a new one."""
    key = plan.key(facts, known)
    place: CacheSlot | None = plan.skeletons.get(key)
    if place is None:
        if len(plan.skeletons) >= KEPT:
            plan.skeletons.clear()
        place = plan.skeletons[key] = _in_outline(plan, facts, known)
    return place


def _in_outline(plan: Plan, facts: list[Any], known: Sequence[bool]) -> CacheSlot:
    if len(plan.skeletons) < FEW and not plan.outlines:
        return CacheSlot()
    key = plan.outline(facts, known)
    place: CacheSlot | None = plan.outlines.get(key)
    if place is None:
        if len(plan.outlines) >= KEPT:
            plan.outlines.clear()
        place = plan.outlines[key] = CacheSlot()
    return place


def kept_text(result: ClaimResult) -> dict[Any, Any] | None:
    """Return where what a trace says of cases like this one is kept; None where it is told afresh each time."""
    if result.shared is None or result.review is not None:
        return None
    # Cases alike in outline share a skeleton, but a trace shows every comparison.
    by_key = result.shared.setdefault(_TOLD, {})
    key = (result.candidates, result.plan.key(result.facts, result.known))
    if key not in by_key and len(by_key) >= MOST_TOLD:
        by_key.clear()
    return by_key.setdefault(key, {})  # type: ignore[no-any-return]


def fresh_copy(ready: dict[Any, Any] | None, name: tuple[str, ...], make: Callable[[], Any]) -> Any:
    """Return plain data that follows from truths alone: a new copy each time, built once and kept in `ready`."""
    if ready is None:
        return make()
    known = ready.get(name)
    if known is None:
        known = ready[name] = dumps(make())
    return loads(known)  # noqa: S302 (bytes of our own)


def keep(plan: Plan, place: CacheSlot, result: ClaimResult) -> None:
    """Keep a settled result in its place, if nothing in it depends on amounts or other claims in ways not kept."""
    if result.joined:
        place.counts = counts_as_return(result)
        return
    if not result.settled or (result.review is not None and result.review.kind != "rule"):
        return
    layout = plan.layout(result.candidates)
    if _doubly_answered(result):
        return
    amounts = []
    for position in _BY_AMOUNT:
        rules = result.reasons.get(position, ())
        if len(rules) > 1 or (rules and any(result.truths.get(item.rule) == 2 for item in layout[position])):
            return  # that they agree depends on the amounts
        amounts += [(position, item) for item in layout[position] if rules == (item.rule,)]
    kept = place.kept
    if kept is None:
        ceiling = next((item for position, item in amounts if position == _CEILING), None)
        kept = Kept(result.collected.get(_STEPS, ()), ceiling, layout[_REFERRAL])
    kept.by_open[result.answers[_OPEN] is True] = Skeleton(result, tuple(amounts))
    place.kept = kept


def _doubly_answered(result: ClaimResult) -> bool:
    """Return whether two standing rules answer one key of money."""
    return any(
        QUESTIONS[position].kind == "formula" and len(result.reasons.get(position, ())) > len(items)
        for position, items in result.collected.items()
    )


def replay(
    plan: Plan, kept: Kept, facts: list[Any], known: Sequence[bool], candidates: tuple[int, ...], limits: Limits
) -> ClaimResult | None:
    """Return the kept resolution with amounts from these facts; None when it has to be resolved afresh."""
    declined = facts[plan.declined_at]
    offer = kept.offer(facts) if kept.steps else None
    if kept.steps and offer is None:
        return None
    skeleton = kept.by_open.get(offer is not None and declined < len(offer[0]))
    if skeleton is None:
        return None
    result = ClaimResult(plan, facts, known, candidates)
    result.truths, result.collected, result.reasons = skeleton.truths, skeleton.collected, skeleton.reasons
    result.review, result.shared, result.answers = skeleton.review, skeleton.shared, skeleton.answers
    if kept.referring:
        result.truths = {at: truth for at, truth in skeleton.truths.items() if at not in kept.referring}
        result.answers, result.shared, result.reasons = list(skeleton.answers), None, dict(skeleton.reasons)
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
    if skeleton.exchanged:
        Evaluator.exchange(result)
    return None if result.buyer_pays is UNSETTLED else result


def _offered(result: ClaimResult, declined: int) -> int:
    if result.answers[_OPEN] is not True or result.answers[_RESOLUTION] != "compensation" or not result.steps:
        return 0
    amount = result.steps[declined]
    result.parts.append(
        ("compensation", amount, RuleAnswer(result.step_rules[declined], "compensation", None, None, ()))
    )
    return amount
