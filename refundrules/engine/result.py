"""What resolution found for one claim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from refundrules.engine.decision_models import Core
from refundrules.engine.order_effects import OrderEffects
from refundrules.engine.ruleset import Plan, RuleAnswer
from refundrules.policy.questions import BY_ID, POSITION, REFUNDING, SLOTS

CONFLICT = "conflict"
UNSETTLED: Any = frozenset({"unsettled"})
"""An amount or answer of which nothing more is known."""
_CLASS, _FAULT, _OUTCOME = POSITION["issue_class"], POSITION["fault"], POSITION["outcome"]
_RESOLUTION, _RETURN = POSITION["resolution"], POSITION["return_required"]
_BACK, _FORTH = POSITION["freight.return"], POSITION["freight.replacement"]


_DECLINED = (
    BY_ID["fault"].declined, BY_ID["resolution"].declined, BY_ID["return_required"].declined, 0,
    BY_ID["freight.return"].declined, BY_ID["freight.replacement"].declined,
)  # fmt: skip
REVIEWED = Core("manual_review")
"""The core of what a person decides: nothing else counts."""


class ReviewCause:
    """Why a person must decide: `question`, what happened (`gap`, `conflict`, …) and the rules concerned."""

    __slots__ = ("kind", "question", "rules")

    def __init__(self, kind: str, question: str, rules: tuple[int, ...] = ()) -> None:
        self.kind, self.question, self.rules = kind, question, rules


class ClaimResult:
    """What resolution found for one claim; amounts in minor units."""

    __slots__ = (
        "answers", "awaited", "buyer_pays", "candidates", "ceiling", "collected", "depreciation", "difference", "facts", "fallback",
        "joined", "known", "open_facts", "open_questions", "open_rules", "parts", "plan", "reasons", "review", "shared", "step_rules", "steps",
        "total", "truths", "ways",
    )  # fmt: skip

    answers: list[Any]
    collected: dict[int, list[RuleAnswer]]
    facts: list[Any]

    def __init__(self, plan: Plan, facts: list[Any], known: Sequence[bool], candidates: tuple[int, ...]) -> None:
        self.plan, self.facts, self.known, self.candidates = plan, facts, known, candidates
        self.fallback: ClaimResult | None = None
        self.awaited: set[int] = set()
        """Facts without which what the order's claims come to together is open."""
        self.ways: tuple[OrderEffects, ...] = ()
        """Each way the order's claims may still come to together."""
        self.joined = False
        """Whether facts of other claims were put in."""
        self.shared: dict[Any, Any] | None = None
        """Where texts that follow from this result's skeleton are kept; None when it has none."""
        self.answers = [None] * len(SLOTS)
        self.truths: dict[int, int] = {}
        self.collected = {}
        self.reasons: dict[int, tuple[int, ...]] = {}
        self.open_rules: set[int] = set()
        self.open_facts: set[int] = set()
        self.open_questions: set[int] = set()
        self.review: ReviewCause | None = None
        self.steps: list[int] | None = None
        self.step_rules: list[int] = []
        self.ceiling: int | None = None
        self.parts: list[tuple[str, int | None, RuleAnswer | None]] = []
        self.total: Any = 0
        self.difference: int | None = None
        self.depreciation: int | None = None
        self.buyer_pays: Any = None

    @property
    def outcome(self) -> Any:
        """The outcome, a frozenset of what it may still be while unsettled."""
        return "manual_review" if self.review is not None else self.answers[_OUTCOME]

    @property
    def settled(self) -> bool:
        """Whether the core is definite."""
        return self.review is not None or not (self.open_questions or self.open_facts)

    def core(self) -> Core:
        """Return the core of the decision; compare only settled results."""
        shown = self.shown()
        return REVIEWED if shown.outcome == "manual_review" else shown

    def shown(self) -> Core:
        """Return the core as it would be shown."""
        outcome, a = self.outcome, self.answers
        if outcome == "manual_review":
            return Core(outcome, a[_CLASS], a[_FAULT])
        if outcome == "decline":
            return Core(outcome, a[_CLASS], *_DECLINED)
        return Core(
            outcome, a[_CLASS], a[_FAULT], a[_RESOLUTION], a[_RETURN], self.total, a[_BACK], a[_FORTH], self.buyer_pays
        )


_PART_ORDER = {"goods": 0, "shipping": 1, "compensation": 2, "fee": 3}


def offered_steps(
    items: Sequence[RuleAnswer], amounts: Sequence[Any], ceiling: int | None
) -> tuple[list[int], list[int]]:
    """Return the steps of an offer, each above the last and none above the ceiling, and the rule of each."""
    steps: list[int] = []
    rules: list[int] = []
    for item, amount in zip(items, amounts, strict=True):
        step = amount if ceiling is None else min(amount, ceiling)
        if step > (steps[-1] if steps else 0):
            steps.append(step)
            rules.append(item.rule)
    return steps, rules


def part_order(item: RuleAnswer) -> tuple[int, str]:
    """Return where a part stands in a refund: goods, shipping, compensation, fees."""
    key = item.key or ""
    return _PART_ORDER.get(key.partition(".")[0], 9), key


def counts_as_return(result: ClaimResult) -> bool:
    """Return whether the claim's goods come back for a refund without the shop's fault.

    Only such returns can break a free-shipping threshold: what the shop got wrong is not held
    against the buyer (provisional rules on seven-day returns 18(2) and 35).
    """
    a = result.answers
    return (
        result.outcome == "approve"
        and a[_CLASS] == "non_quality"
        and a[_RETURN] is True
        and a[_RESOLUTION] in REFUNDING
    )
