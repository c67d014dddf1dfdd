"""One claim on its way to a decision: facts, candidates, resolution, completion, guarantees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from refundrules.case.claim_context import ClaimContext
from refundrules.case.derive import depends_on_other_claims
from refundrules.case.facts import OUTBOUND_COST, THRESHOLD, THRESHOLD_BROKEN
from refundrules.engine.cache import CacheSlot, keep, place_of, replay
from refundrules.engine.completion import Bounded, Completion, Leaf, Node, Until, deciding, differ
from refundrules.engine.evaluate import Evaluator
from refundrules.engine.limits import FLOOR, ORDER_CAP, SHIPPING_CAP, Limits, cut_to
from refundrules.engine.matchers.matcher import CompiledMatcher, Matcher
from refundrules.engine.order_effects import OrderEffects, hangs_on_other_claims, with_order_effects
from refundrules.engine.result import UNSETTLED, ClaimResult, ReviewCause, counts_as_return
from refundrules.engine.ruleset import Plan, Ruleset
from refundrules.money.currency import share
from refundrules.policy.model import Policy
from refundrules.policy.questions import POSITION, SLOTS

_P = POSITION
_OPEN = SLOTS["offer.open"]
_EVERY_OFFER = 10**6
_MOST_OPEN = 6
"""Of how many open claims each way they may end is looked at; of more, nothing is said together."""


class RulesetOutcome(NamedTuple):
    """What was found for a claim under one ruleset."""

    plan: Plan
    facts: list[Any]
    known: tuple[bool, ...]
    assumed: tuple[int, ...]
    candidates: tuple[int, ...]
    first: ClaimResult
    results: tuple[ClaimResult, ...]
    missing: tuple[int, ...]
    bounded: bool
    diagram: Node | None = None
    """The completions of an open claim; None when it was settled at once."""

    @property
    def cores(self) -> set[tuple[Any, ...]]:
        return {result.core() for result in self.results}

    @property
    def definite(self) -> bool:
        return not self.bounded and len(self.cores) == 1


class ClaimEvaluation:
    """Everything about one claim while its case is decided, and afterwards for the trace."""

    def __init__(
        self, policy: Policy, matcher: Matcher, rulesets: tuple[Ruleset, ...], scene: ClaimContext,
        pack_facts: Mapping[str, Any], limits: Limits,
    ) -> None:  # fmt: skip
        self.policy, self.matcher, self.rulesets, self.scene, self.limits = policy, matcher, rulesets, scene, limits
        scene.pack_facts = pack_facts
        self.findings: tuple[RulesetOutcome, ...] = ()
        self.others: list[tuple[int, int | None]] = []
        self.cuts: list[tuple[str, int]] = []
        """What limits over all claims of the order cut, by the key of the part."""
        self.refunded = 0
        self.brief = False
        """Whether nobody asks which assumed findings the decision rests on."""
        self.subject_to: tuple[int, ...] = ()
        self.until: Until | None = None
        """Where what an open claim may become need not be worked out past a result: see `Completion`."""
        self.worth: Callable[[ClaimResult], bool] | None = None
        """Where an open claim is worked out only for some of what its rules leave open."""
        self.siblings: list[ClaimEvaluation] = []
        """The order's other claims while what they send back is open."""

    # -- finding the result -------------------------------------------------------------------

    def decide(self) -> None:
        """Find the result under each ruleset that may be in force."""
        self.findings = tuple([self._find(ruleset) for ruleset in self.rulesets])

    def _find(self, ruleset: Ruleset) -> RulesetOutcome:
        scene = self.scene
        plan = ruleset.plan(scene.claim.reason)
        facts: list[Any] = [None] * len(ruleset.facts)
        for at, derive in plan.derivers:
            facts[at] = derive(scene)
        known = tuple([value is not None for value in facts])
        assumed = (
            tuple(at for at in plan.findings if facts[at] is None) if scene.claim.return_received_at is None else ()
        )
        for at in assumed:
            facts[at] = ruleset.facts[at].assumed
        finding = self.solve(plan, facts, known, assumed)
        if assumed and finding.definite and not self.brief:
            self._note_assumed(finding)
        return finding

    def solve(self, plan: Plan, facts: list[Any], known: tuple[bool, ...], assumed: tuple[int, ...]) -> RulesetOutcome:
        place = place_of(plan, facts, known)
        compiled = isinstance(self.matcher, CompiledMatcher)
        candidates = (place if compiled else self.matcher).candidates(plan, facts, known)

        def resolve(completed: list[Any]) -> ClaimResult:
            return self._resolve(plan, completed, known, candidates)

        first = self.resolved(plan, place, facts, known, candidates)
        if first.settled:
            return RulesetOutcome(plan, facts, known, assumed, candidates, first, (first,), (), False)
        try:
            if self.worth is not None and not self.worth(first):
                raise Bounded
            completion = Completion(plan, resolve, first, facts, self._threshold_ends(plan), until=self.until)
        except Bounded:
            unknown = tuple(at for at in range(len(facts)) if facts[at] is None and at in self._open_reads(plan, first))
            return RulesetOutcome(plan, facts, known, assumed, candidates, first, (first,), unknown, True)
        results = tuple(leaf.result for leaf in completion.leaves.values()) or (first,)
        missing = tuple(deciding(completion.root)) if len(completion.cores()) > 1 else ()
        return RulesetOutcome(
            plan, facts, known, assumed, candidates, first, results, missing, not completion.leaves, completion.root
        )

    def _open_reads(self, plan: Plan, result: ClaimResult) -> set[int]:
        return set(result.open_facts).union(*(plan.reads[at] for at in result.open_rules))

    def _resolve(self, plan: Plan, facts: list[Any], known: Sequence[bool], candidates: tuple[int, ...]) -> ClaimResult:
        return self.resolved(plan, place_of(plan, facts, known), facts, known, candidates)

    def resolved(
        self, plan: Plan, place: CacheSlot, facts: list[Any], known: Sequence[bool], candidates: tuple[int, ...]
    ) -> ClaimResult:
        """Return the result of some facts, guarded: from what is kept in their place, else question by question."""
        joined, place = self._joined(plan, place, facts, known)
        result = self._replay(plan, place, joined, known, candidates)
        if result is None:
            result = Evaluator(plan, joined, known, candidates, self.aggregate, self._most, self.limits).run()
            keep(plan, place, result)
        if result.settled and result.review is None:
            self._guard(plan, result, facts, known)
        return result

    def _replay(
        self, plan: Plan, place: CacheSlot, facts: list[Any], known: Sequence[bool], candidates: tuple[int, ...]
    ) -> ClaimResult | None:
        """Return the resolution kept in a place, with the amounts of these facts; None when there is none."""
        kept = place.kept
        result = None if kept is None else replay(plan, kept, facts, known, candidates, self.limits)
        if kept is None or result is None:
            return None
        if kept.referring and result.review is None:
            Evaluator(plan, facts, known, candidates, self.aggregate, self._most, self.limits).refer(result)
        return result if result.settled else None

    def _joined(
        self, plan: Plan, place: CacheSlot, facts: list[Any], known: Sequence[bool]
    ) -> tuple[list[Any], CacheSlot]:
        """Return the facts with what the order's claims come to together, where that is settled, and their place."""
        if place.counts is None or not hangs_on_other_claims(plan.ruleset, facts):
            return facts, place
        joined = with_order_effects(plan.ruleset, facts, self.aggregate(place.counts, facts))
        if hangs_on_other_claims(plan.ruleset, joined):
            return facts, CacheSlot()
        return joined, place_of(plan, joined, known)

    def _guard(self, plan: Plan, result: ClaimResult, facts: list[Any], known: Sequence[bool]) -> None:
        """Find what follows an open offer, and hold the result against the guarantees."""
        if result.answers[_OPEN] is True and result.answers[_P["resolution"]] == "compensation":
            result.fallback = self._fallback(plan, facts, known)
        self._check_floors(plan, result, known)

    def _fallback(self, plan: Plan, facts: list[Any], known: Sequence[bool]) -> ClaimResult:
        """Return the result of the same case with every offer declined."""
        declined = list(facts)
        declined[plan.declined_at] = _EVERY_OFFER
        place = place_of(plan, declined, known)
        candidates = place.candidates(plan, declined, known)
        facts, place = self._joined(plan, place, declined, known)
        replayed = replay(plan, place.kept, facts, known, candidates, self.limits) if place.kept else None
        if replayed is not None:
            return replayed
        result = Evaluator(plan, facts, known, candidates, self.aggregate, None, self.limits).run()
        keep(plan, place, result)
        return result

    def _most(self, result: ClaimResult) -> int | None:
        """Return the most the rules grant for what the buyer asked: refund, last offer, or what follows the offers."""
        if result.outcome == "decline":
            return 0
        extras = [item.amount.compute(result.facts) for item in result.collected.get(_P["extras"], ()) if item.amount]
        most: int = max(0, result.total) + sum(extra or 0 for extra in extras)
        if result.steps:
            most = max(most, result.steps[-1])
        if result.answers[_OPEN] is True:
            plan = result.plan
            last = self._fallback(plan, result.facts, result.known)
            wish = result.facts[plan.ruleset.index["claim.requested"]]
            if last.settled and last.outcome == "approve" and last.answers[_P["resolution"]] == wish:
                most = max(most, last.total)
        return most

    def _check_floors(self, plan: Plan, result: ClaimResult, known: Sequence[bool]) -> None:
        """Send a decision that falls below a guarantee to a person; one that might stays open."""
        for guarantee, holds, may, reads, least in plan.floors:
            if not may(result.facts, result.answers, known) or not self._below(guarantee.must, least, result):
                continue
            fallback = result.fallback
            if fallback is not None and fallback.review is None:
                if fallback.settled and not self._below(guarantee.must, least, fallback):
                    continue
                if not fallback.settled:
                    result.open_facts |= self._open_reads(plan, fallback)
                    continue
            if holds(result.facts, result.answers, known):
                result.review = ReviewCause("guarantee", guarantee.id)
                return
            result.open_facts |= {at for at in reads if result.facts[at] is None}

    def _below(self, must: Any, least: Any, result: ClaimResult) -> bool:
        a = result.answers
        declined = result.outcome == "decline"
        if must.not_declined and declined:
            return True
        if least is not None:
            floor = least.compute(result.facts)
            if floor is None:
                result.open_facts |= {at for at in least.needs if result.facts[at] is None}
            elif result.total is not UNSETTLED and (0 if declined else result.total) < self._reachable(floor):
                return True
        if declined:
            return False
        return (must.return_payer_not is not None and a[_P["freight.return"]] == must.return_payer_not) or (
            must.replacement_payer_not is not None and a[_P["freight.replacement"]] == must.replacement_payer_not
        )

    def _reachable(self, floor: int) -> int:
        """Return what of a floor may still be given back: it promises nothing that was refunded before."""
        beside_goods = max(0, floor - self.scene.paid)
        return min(floor, self.limits.order, self.limits.goods + beside_goods)

    def _note_assumed(self, finding: RulesetOutcome) -> None:
        """Find which assumed findings the decision rests on: those whose other value would change its core."""
        found = []
        for at in finding.assumed:
            facts = list(finding.facts)
            facts[at] = not facts[at]
            if self._otherwise(finding, facts) != finding.cores:
                found.append(at)
        self.subject_to = tuple(sorted({*self.subject_to, *found}))

    def _otherwise(self, finding: RulesetOutcome, facts: list[Any]) -> set[tuple[Any, ...]]:
        """Return the cores the claim would have with other facts."""
        plan, known = finding.plan, finding.known
        candidates = plan.match(facts, known)
        first = self._resolve(plan, facts, known, candidates)
        if first.settled:
            return {first.core()}
        try:
            return Completion(
                plan, lambda completed: self._resolve(plan, completed, known, candidates), first, facts
            ).cores()
        except Bounded:
            return set()

    # -- the other claims of the order --------------------------------------------------------

    def aggregate(self, counts: bool, facts: Sequence[Any]) -> OrderEffects:
        """Return what the non-quality returns of all claims come to: a broken free-shipping threshold, broken promotions."""
        if not counts:
            return OrderEffects(False, 0, 0)
        if len(self.siblings) > _MOST_OPEN:
            return OrderEffects(None, None, None)
        ways = tuple([self._together(facts, others) for others in self._ways()])
        if len(set(ways)) == 1:
            return ways[0]
        needs = {at for way in ways for at in way.needs}
        return OrderEffects(None, None, None, tuple(sorted(needs)), () if needs else ways)

    def _ways(self) -> Iterator[dict[int, int]]:
        """Yield what the other claims may send back, by their places: each way, where some are still open."""
        sent = {at: back for at, back in self.others if back}
        for backs in product(*[(0, work.scene.goods_paid) for work in self.siblings]):
            open_ = {work.scene.index: back for work, back in zip(self.siblings, backs, strict=True) if back}
            yield sent | open_

    def _together(self, facts: Sequence[Any], others: Mapping[int, int]) -> OrderEffects:
        """Return what this claim's return and those of others come to."""
        scene, index = self.scene, self.rulesets[0].index
        threshold, cost = facts[index[THRESHOLD]], facts[index[OUTBOUND_COST]]
        promotion = self._promotion(others)
        if facts[index[THRESHOLD_BROKEN]] is False:
            return OrderEffects(False, 0, promotion)
        if threshold is None:
            return OrderEffects(None, None, promotion, (index[THRESHOLD],))
        paid = scene.order_scene.goods_kept
        returned = sorted([*others.items(), (scene.index, scene.goods_paid)])
        kept = paid - sum(back for _, back in returned)
        if paid < threshold or kept >= threshold:
            return OrderEffects(False, 0, promotion)
        if cost is None:
            return OrderEffects(True, None, promotion, (index[OUTBOUND_COST],))
        shares = share(cost, [back for _, back in returned])
        return OrderEffects(True, shares[[at for at, _ in returned].index(scene.index)], promotion)

    def _promotion(self, others: Mapping[int, int]) -> int:
        whole = self.scene.order_scene
        if not depends_on_other_claims(whole):
            return 0
        return whole.claims_money.promotion(self.scene.index, frozenset([self.scene.index, *others]))

    def _threshold_ends(self, plan: Plan) -> dict[int, tuple[int, ...]]:
        """Return the thresholds between which a return breaks free shipping: above what is kept, up to what was paid."""
        paid = self.scene.order_scene.goods_kept
        ways = self._ways() if len(self.siblings) <= _MOST_OPEN else ({},)
        kept = sorted({paid - self.scene.goods_paid - sum(others.values()) for others in ways})
        return {plan.ruleset.index[THRESHOLD]: (*[end for one in kept for end in (one, one + 1)], paid, paid + 1)}

    def same_whenever_placed(self) -> bool:
        """Return whether every completion has one core whichever day the order was placed on."""
        first, *others = self.findings
        return all(_same_diagrams(first, other) for other in others)

    def returned(self) -> int | None:
        """Return what was paid for goods that come back without the shop's fault; None while that is open."""
        counts = {counts_as_return(result) for finding in self.findings for result in finding.results}
        if len(counts) > 1 or any(finding.bounded for finding in self.findings):
            return None
        return self.scene.goods_paid if counts == {True} else 0

    def open_returns(self) -> Iterator[tuple[RulesetOutcome, int]]:
        """Yield the facts that still decide whether its goods come back without the shop's fault."""
        for finding in self.findings:
            facts = finding.missing if finding.diagram is None else deciding(finding.diagram, _is_return)
            yield from [(finding, at) for at in facts if at not in finding.plan.ruleset.joined]

    def join(self, others: list[tuple[int, int | None]], works: Sequence[ClaimEvaluation]) -> None:
        """Decide again, knowing what the other claims send back (`works`: all of them, by place)."""
        self.siblings = [works[at] for at, paid in others if paid is None]
        if any(paid != 0 for _, paid in others) and any(finding.plan.needs_aggregate for finding in self.findings):
            self.others = others
            self.subject_to = ()
            self.decide()

    def settle(self, left: int, shipping_left: int) -> tuple[int, int]:
        """Cut the refund to what is left of the order; return what is left after it."""
        if self.outcome != "approve":
            return left, shipping_left
        result = self.findings[0].results[0]
        total = result.total
        shipping = sum(amount or 0 for kind, amount, _ in result.parts if kind == "shipping")
        if shipping > shipping_left:
            self.cuts.append((SHIPPING_CAP, shipping_left - shipping))
            total += shipping_left - shipping
        cut = cut_to(total, left)
        if cut:
            self.cuts.append((ORDER_CAP if cut < 0 else FLOOR, cut))
        self.refunded = total + cut
        return left - self.refunded, max(0, shipping_left - shipping)

    @property
    def outcome(self) -> str:
        """The claim's outcome."""
        if not self.findings:
            return "manual_review"
        if len(self.findings) == 1 and self.findings[0].first.settled:
            outcome: str = self.findings[0].first.outcome
            return outcome
        if any(finding.bounded for finding in self.findings):
            return "needs_information"
        cores = {core for finding in self.findings for core in finding.cores}
        return "needs_information" if len(cores) > 1 else str(next(iter(cores))[0])


def _is_return(leaf: Leaf) -> bool:
    return counts_as_return(leaf.result)


def _same_diagrams(one: RulesetOutcome, other: RulesetOutcome) -> bool:
    if one.bounded or other.bounded:
        return False
    left = one.diagram or Leaf(one.first.core(), one.first)
    right = other.diagram or Leaf(other.first.core(), other.first)
    return not differ(left, right)
