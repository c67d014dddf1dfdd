"""The engine: a policy made ready to decide.

An `Engine` is immutable and safe to share between threads; make one and keep it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from zoneinfo import ZoneInfo

from refundrules.case.claim_context import ClaimContext
from refundrules.case.derive import depends_on_other_claims
from refundrules.case.models import OF_THE_ORDER, Case
from refundrules.case.order_context import OrderContext
from refundrules.engine.build_decision import build_claim_decision
from refundrules.engine.claim_evaluation import ClaimEvaluation
from refundrules.engine.completion import Until
from refundrules.engine.decision import Decision
from refundrules.engine.decision_models import (
    ClaimDecision,
    EngineRef,
    OrderRefund,
    OrderSettlement,
    PolicyRef,
    TenderRefund,
    strictest,
    unvalidated,
)
from refundrules.engine.limits import Limits
from refundrules.engine.live_trace import DecisionSource
from refundrules.engine.matchers.matcher import Matcher, MatcherName, choose_matcher
from refundrules.engine.ruleset import Ruleset
from refundrules.errors import CaseError, EngineError, Problem, RefundRulesError, did_you_mean, listed, quoted
from refundrules.money.currency import to_decimal, to_minor
from refundrules.money.reading import read_number
from refundrules.policy.model import Policy

try:
    __version__ = version("refundrules")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"


_LARGEST_NUMBER = 10**15


class Engine:
    """Decides cases by one policy."""

    def __init__(self, policy: Policy, *, matcher: MatcherName | Matcher = "auto") -> None:
        """Make `policy` ready. Raises `EngineError` when a matcher is asked for that cannot be had."""
        self._policy = policy
        self._matcher = choose_matcher(matcher)
        self._zone = ZoneInfo(policy.time_zone)
        self._placed_cuts, self._opened_cuts = policy.change_days("order_placed"), policy.change_days("claim_opened")
        self._rulesets: dict[tuple[str, int, int], Ruleset] = {}
        places = [item.jurisdictions for item in policy.rules] + [item.jurisdictions for item in policy.guarantees]
        self._named = frozenset(place for item in places for place in item)
        self._pack_facts = {fact.name.removeprefix("facts."): fact for fact in policy.facts}
        self._policy_ref = PolicyRef(id=policy.id, version=policy.version, digest=policy.digest)
        self._engine_ref = EngineRef(version=__version__)

    @property
    def policy(self) -> Policy:
        """The policy it decides by."""
        return self._policy

    @property
    def matcher(self) -> str:
        """The name of the matcher in use: `durable` or `compiled`."""
        return self._matcher.name

    def __repr__(self) -> str:
        return f"<Engine of {self._policy!r}, {self.matcher} matcher>"

    def decide(self, case: Case | Mapping[str, Any]) -> Decision:
        """Return the decision of a case.

        `case` is a `Case` or the same as a plain mapping. Without `decided_at` the moment is now.
        Raises `CaseError` with every problem of the case, `EngineError` for a bug of ours, whatever went wrong inside.
        """
        return self.decide_with_works(case)[0]

    def decide_with_works(
        self, case: Case | Mapping[str, Any], *, brief: bool = False
    ) -> tuple[Decision, list[ClaimEvaluation]]:
        """Return the same, and the work behind each claim, for those who count what happened without a trace.

        A `brief` decision comes sooner: it lacks why each part of the refund is due, what to do, shun and file and by
        when, what the refund is by tender, and which assumed findings it is subject to.
        """
        if not isinstance(case, Case):
            case = Case.read(case)
        try:
            return self._decided(case, brief=brief)
        except RefundRulesError:
            raise
        except Exception as error:
            what = f"deciding case `{case.id}` ended in {type(error).__name__}: {error}; please report this"
            raise EngineError(what) from error

    def _decided(self, case: Case, *, brief: bool) -> tuple[Decision, list[ClaimEvaluation]]:
        order, works = self.worked(case, brief=brief)
        language = case.language or self._policy.language
        claims = tuple([build_claim_decision(work, language) for work in works])
        refund = self._refund(order, works, claims, brief=brief)
        outcome = claims[0].outcome if len(claims) == 1 else strictest([claim.outcome for claim in claims])
        decision = unvalidated(
            Decision,
            {
                "schema_": "refundrules.decision/1",
                "case": case.id,
                "policy": self._policy_ref,
                "engine": self._engine_ref,
                "decided_at": order.decided.at,
                "language": language,
                "outcome": outcome,
                "claims": claims,
                "refund": refund,
                "settlement": _settlement(order, claims, refund),
                "rulings": (),
            },
        )
        return decision.with_source(DecisionSource(self._policy, works, claims, language, decision.refund)), works

    def forget(self, above: int = 0) -> None:
        """Drop what was kept to decide like cases faster, if it is of more than `above` kinds; nothing else changes."""
        plans = [plan for ruleset in self._rulesets.values() for plan in tuple(ruleset.plans.values())]
        for kept in ([plan.skeletons for plan in plans], [plan.outlines for plan in plans]):
            if sum(map(len, kept)) > above:
                for places in kept:
                    places.clear()

    def decide_many(self, cases: Iterable[Case | Mapping[str, Any]]) -> Iterator[Decision]:
        """Yield the decision of each case, in order, one at a time (memory stays flat).

        Raises `CaseError` at the first case that cannot be read; its problems name the case's place.
        """
        for number, case in enumerate(cases):
            try:
                decision = self.decide(case)
            except CaseError as error:
                raise CaseError(
                    [Problem(f"case[{number}].{item.where}", item.what, item.remedy) for item in error.problems]
                ) from None
            yield decision

    def validate(self, case: Case | Mapping[str, Any]) -> None:
        """Raise `CaseError` with every problem of a case; return when there is none."""
        self.works(case if isinstance(case, Case) else Case.read(case))

    # -- one decision -------------------------------------------------------------------------

    def worked(self, case: Case, *, brief: bool = False) -> tuple[OrderContext, list[ClaimEvaluation]]:
        """Return the order and its claims as worked out: what `decide` describes. Raises `CaseError`."""
        order, works = self.evaluate(case, brief=brief)
        left, shipping_left = order.captured - order.refunded, order.shipping_left
        for work in works:
            left, shipping_left = work.settle(left, shipping_left)
        return order, works

    def evaluate(
        self, case: Case, *, brief: bool = False, until: Until | None = None
    ) -> tuple[OrderContext, list[ClaimEvaluation]]:
        """Return every claim with what was found for it."""
        order, works = self.works(case)
        for work in works:
            work.brief, work.until = brief, until
            work.decide()
        if len(works) > 1:
            self._join(order, works)
        return order, works

    def works(self, case: Case) -> tuple[OrderContext, list[ClaimEvaluation]]:
        """Return what follows from a case before anything is decided, claim by claim."""
        policy = self._policy
        order = OrderContext(case, self._zone, policy.currency, settings=policy.money)
        problems: list[Problem] = []
        pack_facts = self._given_facts(case, order.decimals, problems) if case.facts or self._pack_facts else {}
        works = []
        left = order.captured - order.refunded
        for index, claim in enumerate(case.claims):
            if claim.reason in OF_THE_ORDER:
                problems += _told_before(case, index)
            scene = ClaimContext(order, index, problems)
            if problems:
                continue
            rulesets = self._in_force(order, scene)
            works.append(ClaimEvaluation(policy, self._matcher, rulesets, scene, pack_facts, Limits(left, scene.most)))
        if problems:
            raise CaseError(problems)
        return order, works

    def _in_force(self, order: OrderContext, scene: ClaimContext) -> tuple[Ruleset, ...]:
        """Return the ruleset of the claim; several when the order's date is unknown and could matter; none elsewhere."""
        jurisdiction = order.order.jurisdiction
        if not self._policy.covers(jurisdiction):
            return ()
        opened = scene.opened.day
        placed = order.moments["placed_at"]
        if placed is not None:
            return (self.ruleset_on(jurisdiction, placed.day, opened),)
        days = [day - 1 for day in self._placed_cuts if day <= opened]
        return tuple(self.ruleset_on(jurisdiction, day, opened) for day in [*days, opened])

    def ruleset(self, jurisdiction: str, placed: date, opened: date) -> Ruleset:
        """Return what it decides by at a place, on two dates; kept, with everything that was made of it."""
        return self.ruleset_on(jurisdiction, placed.toordinal(), opened.toordinal())

    def ruleset_on(self, jurisdiction: str, placed: int, opened: int) -> Ruleset:
        if jurisdiction not in self._named:  # then what holds there is what holds in all of the country
            jurisdiction = jurisdiction.partition("-")[0]
        key = (jurisdiction, bisect_right(self._placed_cuts, placed), bisect_right(self._opened_cuts, opened))
        ruleset = self._rulesets.get(key)
        if ruleset is None:
            ruleset = self.make_ruleset(jurisdiction, date.fromordinal(placed), date.fromordinal(opened))
            self._rulesets[key] = ruleset
        return ruleset

    def make_ruleset(self, jurisdiction: str, placed: date, opened: date) -> Ruleset:
        return Ruleset(self._policy, jurisdiction, placed, opened)

    def _given_facts(self, case: Case, decimals: int, problems: list[Problem]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in case.facts.items():
            fact = self._pack_facts.get(name)
            if fact is None:
                known = list(self._pack_facts)
                remedy = did_you_mean(
                    name, known, f"declared: {listed(known)}" if known else "the policy declares none"
                )
                problems.append(Problem(f"facts.{name}", "is not a fact of the policy", remedy))
            elif value is not None:
                found[name] = _pack_value(name, value, fact, decimals, problems)
        return found

    def _join(self, order: OrderContext, works: list[ClaimEvaluation]) -> None:
        """Decide again what depends on which goods the other claims send back."""
        if order.order.free_shipping != "over_threshold" and not depends_on_other_claims(order):
            return
        before = [work.returned() for work in works]
        for index, work in enumerate(works):
            others = [(other, paid) for other, paid in enumerate(before) if other != index]
            work.join(others, works)

    def _refund(
        self, order: OrderContext, works: list[ClaimEvaluation], claims: tuple[ClaimDecision, ...], *, brief: bool
    ) -> OrderRefund:
        approved = sum(work.refunded for work in works)
        shares = () if brief else tuple([unvalidated(TenderRefund, values) for values in order.by_tender(approved)])
        maximum = to_decimal(max(0, order.captured - order.refunded), order.decimals)
        known = [claim.refund.total for claim in claims if claim.refund is not None]
        # An open claim whose refund is definite was not cut to what the claims before it leave.
        settled = min(sum(known, to_decimal(0, order.decimals)), maximum)
        return unvalidated(
            OrderRefund,
            {
                "total": settled if len(known) == len(claims) else None,
                "settled": settled,
                "currency": self._policy.currency,
                "maximum": maximum,
                "by_tender": shares,
            },
        )


def _settlement(
    order: OrderContext, claims: tuple[ClaimDecision, ...], refund: OrderRefund
) -> OrderSettlement | None:  # fmt: skip
    """Return who pays whom, each claim's exchange set off against the refund; None until that is known."""
    charges = [_charge(claim) for claim in claims]
    if refund.total is None or None in charges:
        return None
    net = refund.total - sum([charge for charge in charges if charge])
    shares = refund.by_tender
    if shares and net != refund.total:
        back = order.by_tender(to_minor(net, order.decimals)) if net > 0 else ()
        shares = tuple([unvalidated(TenderRefund, values) for values in back])
    payer = "shop" if net > 0 else "buyer" if net < 0 else "none"
    return unvalidated(OrderSettlement, {"payer": payer, "amount": abs(net), "by_tender": shares if net > 0 else ()})


def _charge(claim: ClaimDecision) -> Decimal | None:
    """Return what the buyer pays for a claim's exchange; None while the claim is open or nothing is chosen instead."""
    if claim.outcome not in ("approve", "decline"):
        return None
    exchange = claim.exchange
    if exchange is None:
        return Decimal(0)
    return None if exchange.price_difference is None else exchange.buyer_pays


def _told_before(case: Case, index: int) -> Iterator[Problem]:
    reason = case.claims[index].reason
    before = [claim.reason for claim in case.claims[:index]]
    if reason in before:
        told = f"`{reason}` concerns the whole order, and claims[{before.index(reason)}] reports it"
        yield Problem(f"claims[{index}].reason", told, "leave one of them out")


def _pack_value(name: str, value: Any, fact: Any, decimals: int, problems: list[Problem]) -> Any:
    where, kind = f"facts.{name}", fact.kind
    if isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
        problems.append(Problem(where, "is larger than any number a fact may hold"))
        return None
    if kind == "bool":
        if isinstance(value, bool):
            return value
        problems.append(Problem(where, f"{quoted(value)} is not true or false"))
    elif kind == "enum":
        if value in fact.values:
            return value
        problems.append(
            Problem(
                where,
                f"{quoted(value)} is not one of its values",
                did_you_mean(value, fact.values, f"one of {listed(fact.values)}"),
            )
        )
    else:
        return _pack_number(where, value, kind, decimals, problems)
    return None


def _pack_number(where: str, value: Any, kind: str, decimals: int, problems: list[Problem]) -> int | None:
    try:
        return read_number(value, decimals if kind == "money" else 3 if kind == "cm" else 0)
    except ValueError as error:
        what, _, remedy = str(error).partition("; ")
        problems.append(Problem(where, f"{quoted(value)} {what}", remedy))
        return None
