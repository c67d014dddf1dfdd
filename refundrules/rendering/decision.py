"""A decision put into words: its claims, where the money goes, and what a person ruled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from refundrules.case.facts import FACTS
from refundrules.engine.decision import Decision
from refundrules.engine.decision_models import ClaimDecision, DueBy, TenderRefund
from refundrules.engine.limits import CAP_RULE
from refundrules.engine.live_trace import readable_trace
from refundrules.engine.messages import buyer_text
from refundrules.io.catalog import say
from refundrules.text.document import ClaimView, Entry, Section, View, moment_text
from refundrules.text.words import phrase, safe, word


class Remedy:
    """Says what is done for a claim, and remembers which rules it has told of."""

    def __init__(
        self, decision: Decision, claim: ClaimDecision, trace: Mapping[str, Any], texts: Mapping[str, Any]
    ) -> None:
        self.claim, self.trace, self.texts = claim, trace, texts
        self.language, self.currency = decision.language, safe(decision.refund.currency)
        self.rules: dict[str, Any] = {item["rule"]: item for item in trace.get("rules", ())}
        self.told: set[str] = set()
        self.explained: set[str] = set()

    def say(self, name: str, *parts: object) -> str:
        return phrase(name, self.language, *parts)

    def word(self, table: str, code: str | None, *parts: object) -> str:
        return word(table, safe(code), self.language, *parts)

    def money(self, amount: object) -> str:
        return f"{amount} {self.currency}"

    def refs(self, rule: str) -> tuple[str, ...]:
        """Return the rule and what it cites; from here on its reason counts as told."""
        self.told.add(rule)
        traced = self.rules.get(rule, {})
        return (safe(rule), *(safe(cite) for cite in traced.get("cite", ())))

    def explain(self, rule: str) -> tuple[str, ...]:
        """Return the same for a line that says why; from here on the rule needs no further word."""
        self.explained.add(rule)
        return () if rule == CAP_RULE else self.refs(rule)

    def refund(self) -> Iterator[Entry]:
        before = ""
        for part in self.claim.refund.parts if self.claim.refund else ():
            text = self.word("part", f"{part.kind}.{part.name}" if part.name else part.kind)
            if part.rule == before:
                yield Entry(text, str(part.amount))
            else:
                yield Entry(f"{text} · {safe(part.why)}", str(part.amount), self.explain(part.rule))
            before = "" if part.rule == CAP_RULE else part.rule

    def extras(self) -> Iterator[Entry]:
        for extra in self.claim.extras:
            yield Entry(
                f"{self.word('extra', extra.kind)} · {safe(extra.why)}", str(extra.amount), self.explain(extra.rule)
            )

    def offer(self) -> Iterator[Entry]:
        offer = self.claim.offer
        if offer is None:
            return
        said = [self.say("offer_next", offer.next)] if offer.next is not None else []
        said += [self.say("offer_then", step) for step in offer.steps[offer.declined + 1 :]]
        if offer.ceiling is not None:
            said.append(self.say("offer_ceiling", offer.ceiling))
        if offer.declined:
            said.append(self.say("offer_declined", offer.declined))
        yield Entry(" · ".join(said))
        if offer.fallback:
            yield Entry(self.say("offer_fallback", self.word("resolution", offer.fallback)))

    def exchange(self) -> Iterator[Entry]:
        exchange = self.claim.exchange
        if exchange is None:
            return
        said = [self.say("propose", self.word("propose", exchange.propose))] if exchange.propose else []
        if exchange.price_difference is None:
            said.append(self.say("difference_open"))
        else:
            said.append(self.say("difference", exchange.price_difference))
        if exchange.depreciation:
            said.append(self.say("depreciation", exchange.depreciation))
        if exchange.buyer_pays is not None and (exchange.buyer_pays or exchange.price_difference is not None):
            said.append(self.say("buyer_pays", exchange.buyer_pays))
        yield Entry(" · ".join(said))

    def repair(self) -> Iterator[Entry]:
        if self.claim.repair and self.claim.repair.payer:
            yield Entry(self.say("repair_payer", self.word("payer", self.claim.repair.payer)))

    def freight(self) -> Iterator[Entry]:
        claim, freight = self.claim, self.claim.freight
        if claim.outcome not in ("approve", "needs_information") or claim.resolution is None:
            return
        for leg, payer in (("way_back", freight.return_.payer), ("way_forth", freight.replacement.payer)):
            if payer is None:
                yield Entry(self.say(f"{leg}_open"))
            elif payer != "none":
                said = [self.say(leg, self.word("payer", payer))]
                if leg == "way_back" and freight.return_.reimburse:
                    said.append(self.say("reimburse", freight.return_.reimburse))
                yield Entry(" · ".join(said))

    def application(self) -> Iterator[Entry]:
        match = self.claim.application
        if match and match.reapply:
            words = self.word("application", match.required), self.word("application", match.filed)
            yield Entry(self.say("reapply", *words))

    def deadlines(self) -> Iterator[Entry]:
        for item in self.claim.deadlines:
            yield Entry(self._deadline(item), "", self.refs(item.rule))

    def _deadline(self, item: DueBy) -> str:
        days, hours = divmod(item.within_hours, 24)
        in_days = not hours and days > 2
        what, after = self.word("due", item.what), self.word("after", item.after)
        said = self.say(
            "within_days" if in_days else "within_hours", what, days if in_days else item.within_hours, after
        )
        return said if item.due is None else f"{said} · {self.say('due', moment_text(item.due))}"


_TOLD_BESIDE = frozenset({"parts", "extras", "deadlines", "instructions", "guardrails", "offer.steps", "offer.ceiling"})
"""Questions whose answers are shown with the rules behind them."""
_WHEN = {
    "contact_buyer_first": -2,
    "supervisor_approval": -1,
    "inspect_on_arrival": 1,
    "record_return": 2,
    "follow_up": 3,
}
_FINDINGS = {fact.inputs[0]: fact.question for fact in FACTS if fact.assumed is not None}


def claim_view(
    decision: Decision, claim: ClaimDecision, trace: Mapping[str, Any], texts: Mapping[str, Any]
) -> ClaimView:
    """Return what there is to show of a claim; `trace` is the claim's and `texts` the decision's, both may be empty."""
    return _Showing(decision, claim, trace, texts).view()


def headline(decision: Decision, claim: ClaimDecision) -> str:
    """Return a claim's decision on one line; it takes no trace."""
    return _Showing(decision, claim, {}, {}).headline()


class _Showing(Remedy):
    """Puts one claim's decision into words."""

    def __init__(
        self, decision: Decision, claim: ClaimDecision, trace: Mapping[str, Any], texts: Mapping[str, Any]
    ) -> None:
        super().__init__(decision, claim, trace, texts)
        self.several = len(decision.claims) > 1
        self.standing = list(_standing(trace))

    def view(self) -> ClaimView:
        claim = self.claim
        sections = []
        for name, make in _SECTIONS:
            entries = tuple(make(self))
            if entries:
                sections.append(Section(name, word("label", name, self.language), entries))
        return ClaimView(claim.outcome, self.headline(), self.about(), tuple(sections))

    def headline(self) -> str:
        claim = self.claim
        said = [self.word("outcome", claim.outcome)]
        if claim.resolution and claim.outcome in ("approve", "needs_information"):
            said.append(self.word("resolution", claim.resolution))
        if claim.outcome == "approve":
            if claim.refund and claim.refund.parts:
                said.append(self.money(claim.refund.total))
            said += [f"{self.word('extra', extra.kind)} {self.money(extra.amount)}" for extra in claim.extras]
        return " · ".join(said)

    def about(self) -> str:
        claim = self.claim
        said = []
        if self.several:
            said.append(self.say("claim", safe(claim.line), claim.quantity))
        if claim.issue_class:
            said.append(self.word("issue_class", claim.issue_class))
        if claim.outcome == "approve":
            if claim.fault and claim.fault != "none":
                said.append(self.word("fault", claim.fault))
            if claim.return_required is not None:
                said.append(self.say("comes_back" if claim.return_required else "kept"))
        return " · ".join(said)

    # -- the sections, in the order they are needed ---------------------------------------------

    def ask(self) -> Iterator[Entry]:
        for missing in self.claim.missing:
            yield Entry(safe(missing.question), "", (safe(missing.fact),))

    def review(self) -> Iterator[Entry]:
        claim, review = self.claim, self.trace.get("review")
        if claim.outcome == "manual_review" and review:
            about = safe(review.get("question") or review.get("detail") or "")
            if review["kind"] == "referral":
                about = self.word("referral", about)
            kept = {item["guarantee"]: item["cite"] for item in self.trace.get("guarantees", ())}
            yield Entry(self.word("review", review["kind"], about), "", tuple(map(safe, kept.get(about, ()))))
            for rule in review["rules"]:
                yield Entry(safe(self.rules.get(rule, {}).get("because", "")), "", self.explain(rule))
        if claim.most is not None:
            yield Entry(self.say("most", self.money(claim.most)))

    def instructions(self) -> Iterator[Entry]:
        return self._coded("instructions", sorted(self.claim.instructions, key=lambda code: _WHEN.get(code, 0)))

    def guardrails(self) -> Iterator[Entry]:
        return self._coded("guardrails", self.claim.guardrails)

    def _coded(self, kind: str, codes: Iterable[str]) -> Iterator[Entry]:
        texts = self.texts.get(kind, {})
        bare = [safe(code) for code in codes if code not in texts]
        for code in codes:
            if code in texts:
                yield Entry(safe(texts[code]), "", tuple(dict.fromkeys((safe(code), *self._behind(kind, code)))))
        if bare:
            yield Entry(" · ".join(bare))

    def _behind(self, question: str, key: str) -> Iterator[str]:
        for rule, answered, its_key in self.standing:
            if (answered, its_key) == (question, key):
                yield from self.refs(rule)

    def message(self) -> Iterator[Entry]:
        claim, messages = self.claim, self.texts.get("messages", {})
        text = self.texts.get("said") or messages.get(claim.resolution if claim.outcome == "approve" else claim.outcome)
        if text:
            yield Entry(safe(text))

    def subject_to(self) -> Iterator[Entry]:
        for path in self.claim.subject_to:
            asked = _FINDINGS.get(path)
            yield Entry(self.say("subject_to", asked.to(self.language) if asked else safe(path)), "", (safe(path),))

    def alternatives(self) -> Iterator[Entry]:
        if self.claim.alternatives:
            yield Entry(" · ".join(self.word("resolution", item) for item in self.claim.alternatives))

    def reasons(self) -> Iterator[Entry]:
        """Yield the reasons not told yet, and those that decide more than the lines they were told with."""
        decide = {rule for rule, question, _ in self.standing if question not in _TOLD_BESIDE}
        told = self.explained | (self.told - decide)
        untold = [rule for rule in self.claim.reasons if rule not in told]
        for rule in untold:
            if rule in self.rules:
                yield Entry(safe(self.rules[rule]["because"]), "", self.refs(rule))
        bare = [safe(rule) for rule in untold if rule not in self.rules]
        if bare:
            yield Entry(" · ".join(bare), "", tuple(safe(cite) for cite in self.claim.cites))


def _standing(trace: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield each answer that stands, or still may: its rule, its question and its key (empty where the question has none)."""
    for question in trace.get("questions", ()):
        for said in question["rules"]:
            if said["verdict"] in ("stands", "open"):
                yield said["rule"], question["question"], said.get("key", "")


_SECTIONS: tuple[tuple[str, Callable[[_Showing], Iterator[Entry]]], ...] = (
    ("ask", _Showing.ask),
    ("review", _Showing.review),
    ("refund", _Showing.refund),
    ("extras", _Showing.extras),
    ("offer", _Showing.offer),
    ("exchange", _Showing.exchange),
    ("repair", _Showing.repair),
    ("freight", _Showing.freight),
    ("application", _Showing.application),
    ("deadlines", _Showing.deadlines),
    ("subject_to", _Showing.subject_to),
    ("message", _Showing.message),
    ("instructions", _Showing.instructions),
    ("guardrails", _Showing.guardrails),
    ("alternatives", _Showing.alternatives),
    ("reasons", _Showing.reasons),
)


def view(decision: Decision) -> View:
    """Return what there is to show; instructions and guardrails are codes where no trace has their texts."""
    language = decision.language
    trace = readable_trace(decision)
    traced = trace.get("claims") or [{}] * len(decision.claims)
    texts = trace.get("texts", {})
    said = trace.get("messages") or [{}] * len(decision.claims)
    claims = [
        claim_view(decision, claim, its, {**texts, "said": buyer_text([told["buyer"]], language) if told else ""})
        for claim, its, told in zip(decision.claims, traced, said, strict=True)
    ]
    headline = ""
    if len(claims) > 1:
        headline = " · ".join([word("outcome", decision.outcome, language), *_money(decision)])
    below = (
        ("settlement", tuple(_settlement(decision))),
        ("tenders", tuple(_tenders(decision))),
        ("ruling", tuple(_rulings(decision))),
    )
    footer = (
        safe(decision.case),
        f"{safe(decision.policy.id)} {safe(decision.policy.version)}",
        phrase("decided", language, moment_text(decision.decided_at)),
    )
    return View(
        decision.outcome,
        headline,
        tuple(claims),
        tuple(Section(name, word("label", name, language), entries) for name, entries in below if entries),
        " · ".join(footer),
        {safe(code): safe(title) for code, title in texts.get("cites", {}).items()},
    )


def _money(decision: Decision) -> Iterator[str]:
    """Yield what goes back for the order, or what of it is known; nothing while that is nothing."""
    refund, currency = decision.refund, safe(decision.refund.currency)
    if refund.total is not None:
        yield f"{refund.total} {currency}"
    elif refund.settled:
        yield phrase("so_far", decision.language, f"{refund.settled} {currency}")


def _settlement(decision: Decision) -> Iterator[Entry]:
    """Yield who pays whom where the refund alone does not say it."""
    settlement = decision.settlement
    if settlement and (settlement.payer == "buyer" or settlement.amount != decision.refund.total):
        yield Entry(phrase(f"{settlement.payer}_settles", decision.language), str(settlement.amount))


def _tenders(decision: Decision) -> Iterator[Entry]:
    """Yield a line for each means of payment that money goes back to, and one for all that goes elsewhere together."""
    language = decision.language
    elsewhere: dict[str, list[TenderRefund]] = {"store_credit": [], "unknown": []}
    for tender in (decision.settlement or decision.refund).by_tender:
        if tender.amount and tender.to == "original":
            yield Entry(word("tender", safe(tender.kind), language), str(tender.amount))
        elif tender.amount:
            elsewhere[tender.to or "unknown"].append(tender)
    for place, tenders in elsewhere.items():
        if tenders:
            kinds = dict.fromkeys(word("tender", safe(tender.kind), language) for tender in tenders)
            what = phrase(f"to_{place}", language, say("list.comma", language).join(kinds))
            yield Entry(what, str(sum(tender.amount for tender in tenders)))


def _rulings(decision: Decision) -> Iterator[Entry]:
    language = decision.language
    for ruling in decision.rulings:
        said = [word("outcome", ruling.outcome, language)]
        if ruling.resolution:
            said.append(word("resolution", safe(ruling.resolution), language))
        if ruling.refund is not None:
            said.append(f"{ruling.refund} {safe(decision.refund.currency)}")
        what = phrase("ruled", language, safe(ruling.by), moment_text(ruling.at), safe(ruling.reason))
        of = decision.claims[ruling.claim : ruling.claim + 1]
        yield Entry(what, " · ".join(said), tuple(safe(claim.line) for claim in of))
