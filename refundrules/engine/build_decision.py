"""Describing a claim's result: the fields, texts and amounts of its decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import BaseModel

from refundrules.case.facts import JOINED
from refundrules.case.order_context import EVENTS, HAPPENED
from refundrules.engine.claim_evaluation import ClaimEvaluation, RulesetOutcome
from refundrules.engine.decision_models import (
    ApplicationMatch,
    ClaimDecision,
    DueBy,
    Exchange,
    Extra,
    Freight,
    Missing,
    Offer,
    Part,
    Refund,
    Repair,
    ReplacementFreight,
    ReturnFreight,
    unvalidated,
)
from refundrules.engine.environment import Environment
from refundrules.engine.limits import CAP_RULE
from refundrules.engine.result import UNSETTLED, ClaimResult
from refundrules.engine.ruleset import Ruleset
from refundrules.expr.condition import number, truth
from refundrules.io.catalog import say
from refundrules.money.currency import to_decimal
from refundrules.policy.questions import POSITION, RESOLUTIONS, SLOTS
from refundrules.text.values import filled, shown


def common_fields(one: ClaimDecision, other: ClaimDecision) -> ClaimDecision:
    """Return the fields both agree on; what differs is None or left out."""
    made: ClaimDecision = _model(one, other)
    return made


def _model(one: Any, other: Any) -> Any:
    theirs = other.__dict__
    return unvalidated(type(one), {name: _value(value, theirs[name]) for name, value in one.__dict__.items()})


def _value(one: Any, other: Any) -> Any:
    if one == other:
        return one
    if isinstance(one, Refund) and isinstance(other, Refund):
        return _refund(one, other) if one.total == other.total else None
    if isinstance(one, BaseModel) and type(one) is type(other):
        return _model(one, other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return tuple(item for item in one if isinstance(item, str | BaseModel) and item in other)
    return None


def _refund(one: Refund, other: Refund) -> Refund:
    """Return a refund of one total; where different rules may grant a part, it names them all."""
    pairs = list(zip(one.parts, other.parts, strict=False))
    if len(one.parts) != len(other.parts) or any(
        (a.kind, a.name) != (b.kind, b.name) or a.amount != b.amount for a, b in pairs
    ):
        every = (*one.parts, *other.parts)
        if not one.total:
            return unvalidated(Refund, {"total": one.total, "parts": ()})
        rules = _either([part.rule for part in every], " or ")
        why = _either([part.why for part in every], " / ")
        part = unvalidated(
            Part, {"kind": every[0].kind, "name": every[0].name, "amount": one.total, "rule": rules, "why": why}
        )
        return unvalidated(Refund, {"total": one.total, "parts": (part,)})
    parts = tuple(
        unvalidated(
            Part, {**a.__dict__, "rule": _either([a.rule, b.rule], " or "), "why": _either([a.why, b.why], " / ")}
        )
        for a, b in pairs
    )
    return unvalidated(Refund, {"total": one.total, "parts": parts})


def _either(texts: list[str], between: str) -> str:
    return between.join(dict.fromkeys(piece for text in texts for piece in text.split(between)))


_P = POSITION
_OPEN, _MOST = SLOTS["offer.open"], SLOTS["most"]
_APPROVAL = "supervisor_approval"
"""The instruction the library gives when a claim is referred to a supervisor."""
_EMPTY_LISTS = (
    "extras", "deadlines", "instructions", "guardrails", "missing", "subject_to", "alternatives", "reasons", "cites",
)  # fmt: skip


def build_claim_decision(work: ClaimEvaluation, language: str) -> ClaimDecision:
    """Return a claim's decision, texts in `language`."""
    if not work.findings:
        return _elsewhere(work)
    results = [(finding, result) for finding in work.findings for result in finding.results]
    made = _ClaimWriter(work, *results[0], language).claim()
    if len(results) == 1 and not results[0][0].bounded:
        return made
    for finding, result in results[1:]:
        made = common_fields(made, _ClaimWriter(work, finding, result, language).claim())
    missing = _missing(work, language) if work.outcome == "needs_information" else ()
    return unvalidated(ClaimDecision, {**made.__dict__, "outcome": work.outcome, "missing": missing})


def _missing(work: ClaimEvaluation, language: str) -> tuple[Missing, ...]:
    found: dict[str, str] = {}
    if not work.same_whenever_placed():
        found["order.placed_at"] = say("when.order.placed_at", language)
    for finding in work.findings:
        for at in finding.missing:
            fact = finding.plan.ruleset.facts[at]
            if fact.name in JOINED:
                found |= _missing_of_siblings(work, language)
                continue
            for path in absent_inputs(work, fact.inputs):
                found.setdefault(path, fact.question.to(language) if fact.question else "")
    return tuple(unvalidated(Missing, {"fact": path, "question": question}) for path, question in found.items())


def _missing_of_siblings(work: ClaimEvaluation, language: str) -> dict[str, str]:
    """Return what would tell which goods the order's other claims send back, as paths from the case."""
    found: dict[str, str] = {}
    for other in work.siblings:
        for finding, at in other.open_returns():
            fact = finding.plan.ruleset.facts[at]
            for path in absent_inputs(other, fact.inputs):
                place = path.replace("claim.", f"claims.{other.scene.index}.", 1) if path.startswith("claim.") else path
                found.setdefault(place, fact.question.to(language) if fact.question else "")
    return found


def absent_inputs(work: ClaimEvaluation, inputs: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of a fact's inputs that the case does not give and that could be known by now."""
    if len(inputs) == 1:
        return inputs
    order = work.scene.order
    happened = HAPPENED[order.status]
    absent = []
    for path in inputs:
        name = path.removeprefix("order.")
        waits = name in EVENTS and name not in happened
        known = getattr(order, name) is not None or (name == "paid_at" and order.placed_at is not None)
        if not (waits or known):
            absent.append(path)
    return tuple(absent)


def _elsewhere(work: ClaimEvaluation) -> ClaimDecision:
    """Return the decision of a claim outside the policy's jurisdictions: a person's."""
    values: dict[str, Any] = {**dict.fromkeys(ClaimDecision.model_fields), **dict.fromkeys(_EMPTY_LISTS, ())}
    values |= {"line": work.scene.line.id, "quantity": work.scene.claim.quantity, "outcome": "manual_review"}
    return unvalidated(ClaimDecision, {**values, "freight": _freight(None, None, None)})


def _settled(value: Any) -> Any:
    return None if value.__class__ is frozenset else value


def _freight(back: Any, reimburse: Any, forth: Any) -> Freight:
    if reimburse is None:
        return _unpaid_freight(back, forth)
    return _freight_of(unvalidated(ReturnFreight, {"payer": back, "reimburse": reimburse}), forth)


@cache
def _unpaid_freight(back: Any, forth: Any) -> Freight:
    """Return what there are few of: the freight of a claim for which nothing is reimbursed."""
    return _freight_of(unvalidated(ReturnFreight, {"payer": back, "reimburse": None}), forth)


def _freight_of(back: ReturnFreight, forth: Any) -> Freight:
    return unvalidated(Freight, {"return_": back, "replacement": unvalidated(ReplacementFreight, {"payer": forth})})


class _ClaimWriter:
    """Turns one result into the fields of a claim's decision."""

    __slots__ = ("decimals", "facts", "finding", "language", "result", "rules", "ruleset", "work")

    def __init__(self, work: ClaimEvaluation, finding: RulesetOutcome, result: ClaimResult, language: str) -> None:
        self.work, self.finding, self.result = work, finding, result
        self.language, self.decimals = language, work.scene.order_scene.decimals
        self.ruleset = finding.plan.ruleset
        self.rules, self.facts = self.ruleset.rules, result.facts

    def claim(self) -> ClaimDecision:
        """Return the whole claim's decision."""
        work, result = self.work, self.result
        outcome, issue_class, fault, resolution, returns, _, back, forth, _ = result.shown()
        if outcome.__class__ is frozenset:
            outcome = "needs_information"
        approved = outcome == "approve"
        reasons, cites = self.reasons()
        telling = not work.brief
        return unvalidated(
            ClaimDecision,
            {
                "line": work.scene.line.id,
                "quantity": work.scene.claim.quantity,
                "outcome": outcome,
                "issue_class": _settled(issue_class),
                "fault": _settled(fault),
                "resolution": _settled(resolution),
                "return_required": _settled(returns),
                "refund": self.refund(outcome),
                "extras": self.extras() if approved else (),
                "freight": self.freight(_settled(back), _settled(forth), approved=approved),
                "offer": self.offer() if approved and resolution == "compensation" else None,
                "exchange": self.exchange() if approved and resolution == "exchange" else None,
                "repair": self.repair() if approved and resolution == "repair" else None,
                "application": self.application() if approved and telling else None,
                "deadlines": self.deadlines() if telling else (),
                "instructions": self.instructions() if telling else (),
                "guardrails": self.marks("guardrails") if telling else (),
                "missing": (),
                "subject_to": tuple([self.ruleset.facts[at].inputs[0] for at in work.subject_to]),
                "alternatives": self.marks("alternatives"),
                "most": self.most(),
                "reasons": reasons,
                "cites": cites,
            },
        )

    def repair(self) -> Repair:
        return unvalidated(Repair, {"payer": _settled(self.result.answers[_P["repair.payer"]])})

    def kept(self, name: str, make: Any) -> Any:
        """Return `make()`, kept with the result's skeleton where it has one: it depends on nothing else."""
        shared = self.result.shared
        if shared is None:
            return make()
        value = shared.get(name)
        if value is None:
            value = shared[name] = make()
        return value

    def marks(self, question: str) -> tuple[str, ...]:
        return self.kept(question, lambda: self._marks(question))  # type: ignore[no-any-return]

    def _marks(self, question: str) -> tuple[str, ...]:
        keys = [item.key or "" for item in self.result.collected.get(_P[question], ())]
        return tuple(sorted(keys, key=RESOLUTIONS.index if question == "alternatives" else None))

    def reasons(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return self.kept("reasons", self._reasons)  # type: ignore[no-any-return]

    def why(self, rule: int) -> str:
        because = self.rules[rule].because
        return filled(because.to(self.language), self.show)

    def show(self, name: str) -> str:
        return show_name(self.ruleset, self.facts, name, self.language)

    def _money(self, minor: int) -> Decimal:
        return to_decimal(minor, self.decimals)

    def refund(self, outcome: str) -> Refund | None:
        if outcome == "decline":
            return unvalidated(Refund, {"total": self._money(0), "parts": ()})
        total = self.result.total
        if outcome != "approve" or total is UNSETTLED:
            return None
        parts = []
        for kind, amount, item in self.result.parts:
            if amount is None:
                continue
            if item is None:
                parts.append(self._cut(kind, amount))
            else:
                why = "" if self.work.brief else self.why(item.rule)
                parts.append(self._part(kind, amount, self.rules[item.rule].id, why))
        for key, cut in self.work.cuts:
            parts.append(self._cut(key, cut))
            total += cut
        return unvalidated(Refund, {"total": self._money(total), "parts": tuple(parts)})

    def _cut(self, key: str, amount: int) -> Part:
        return self._part(key, amount, CAP_RULE, say(f"why.{key}", self.language))

    def _part(self, key: str, amount: int, rule: str, why: str) -> Part:
        kind, _, name = key.partition(".")
        values = {"kind": kind, "name": name or None, "amount": self._money(amount), "rule": rule, "why": why}
        return unvalidated(Part, values)

    def extras(self) -> tuple[Extra, ...]:
        found = []
        for item in sorted(self.result.collected.get(_P["extras"], ()), key=lambda item: item.key or ""):
            amount = item.amount.compute(self.facts) if item.amount else None
            if amount is not None and amount > 0:
                values = {"kind": item.key, "amount": self._money(amount), "rule": self.rules[item.rule].id}
                found.append(unvalidated(Extra, {**values, "why": self.why(item.rule)}))
        return tuple(found)

    def freight(self, back: Any, forth: Any, *, approved: bool) -> Freight:
        reimburse = None
        allowance = self.result.answers[_P["freight.allowance"]]
        if approved and back == "seller" and isinstance(allowance, int):
            advanced = self.facts[self.ruleset.index["claim.freight.advanced"]]
            reimburse = self._money(max(0, min(advanced, allowance)))
        return _freight(back, reimburse, forth)

    def offer(self) -> Offer | None:
        result = self.result
        if result.answers[_OPEN] is not True or not result.steps:
            return None
        declined = self.facts[self.ruleset.index["claim.declined_offers"]]
        fallback = result.fallback
        resolution = None
        if fallback is not None and fallback.settled and fallback.outcome == "approve":
            resolution = _settled(fallback.answers[_P["resolution"]])
        return unvalidated(
            Offer,
            {
                "next": self._money(result.steps[declined]),
                "steps": tuple(self._money(step) for step in result.steps),
                "ceiling": None if result.ceiling is None else self._money(result.ceiling),
                "declined": declined,
                "fallback": resolution,
            },
        )

    def exchange(self) -> Exchange:
        result = self.result
        amounts = {
            "price_difference": result.difference,
            "depreciation": result.depreciation,
            "buyer_pays": _settled(result.buyer_pays),
        }
        shown_amounts = {key: None if value is None else self._money(value) for key, value in amounts.items()}
        return unvalidated(Exchange, {"propose": _settled(result.answers[_P["exchange.propose"]]), **shown_amounts})

    def application(self) -> ApplicationMatch | None:
        required = _settled(self.result.answers[_P["application"]])
        filed = self.work.scene.claim.application
        if required is None or filed is None:
            return None
        return unvalidated(ApplicationMatch, {"filed": filed, "required": required, "reapply": filed != required})

    def deadlines(self) -> tuple[DueBy, ...]:
        found: list[DueBy] = []
        if self.result.review is not None:
            return ()
        for item in sorted(self.result.collected.get(_P["deadlines"], ()), key=lambda item: item.key or ""):
            hours = self.finding.plan.deadline_hours[item.value.within]
            moment = self._moment(item.value.after)
            due = None if moment is None else moment + timedelta(hours=hours)
            values = {"what": item.key, "due": due, "within_hours": hours, "after": item.value.after}
            found.append(unvalidated(DueBy, {**values, "rule": self.rules[item.rule].id}))
        return tuple(found)

    def _moment(self, after: str) -> Any:
        scene = self.work.scene
        if after == "decided":
            return scene.order_scene.decided.at
        if after == "claim_opened":
            return scene.opened.at
        received = scene.claim.return_received_at
        return None if received is None else scene.order_scene.moment(received).at

    def instructions(self) -> tuple[str, ...]:
        found = self._asked_for(self.marks("instructions"))
        if self.work.subject_to and self.result.outcome == "approve":
            return tuple(sorted({*found, "inspect_on_arrival"}))
        return found

    def _asked_for(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Leave out what asks for a fact that cannot change the core, and what serves a remedy that is not granted yet."""
        review, missing = self.result.review, self.finding.missing
        if review is not None and review.kind == "referral":
            return (_APPROVAL,) if review.question == "supervisor" else ()
        kept = set()
        for item in self.result.collected.get(_P["instructions"], ()):
            asks = self.finding.plan.asks(item.rule) if (item.key or "").startswith("ask_") else ()
            if not asks or any(at in missing for at in asks):
                kept.add(item.key)
        return tuple([code for code in codes if code in kept])

    def most(self) -> Any:
        review = self.result.review
        most = self.result.answers[_MOST]
        return self._money(most) if review is not None and review.kind == "referral" and most is not None else None

    def _reasons(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        order: dict[int, None] = {}
        reasons, review = self.result.reasons, self.result.review
        for position in sorted(reasons):
            for rule in sorted(reasons[position]):
                order.setdefault(rule)
        for _, amount, item in self.result.parts:
            if amount is not None and item is not None:
                order.setdefault(item.rule)
        if review is not None:
            for rule in review.rules:
                order.setdefault(rule)
        rules = [self.rules[at] for at in order]
        return tuple([rule.id for rule in rules]), tuple(sorted({cite for rule in rules for cite in rule.cite}))


def show_name(ruleset: Ruleset, facts: Sequence[Any], name: str, language: str) -> str:
    """Return a fact, parameter or definition as a person reads it."""
    policy = ruleset.policy
    at = ruleset.index.get(name)
    if at is not None:
        return shown(facts[at], ruleset.facts[at].kind, language, policy.currency)
    if name in ruleset.scaled:
        return shown(ruleset.scaled[name], policy.parameters[name].kind, language, policy.currency)
    definition = policy.definitions[name]
    reading = Environment(ruleset, facts, (), ())
    if definition.kind == "bool":
        return shown(truth(definition.body, reading), "bool", language, policy.currency)  # type: ignore[arg-type]
    return shown(number(name, reading), definition.kind, language, policy.currency)
