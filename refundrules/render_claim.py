"""One claim's decision put into words, section by section: first what is to be done, then why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from refundrules.decision import Decision
from refundrules.decisionparts import ClaimDecision
from refundrules.facts import FACTS
from refundrules.render_remedy import Remedy
from refundrules.render_view import ClaimView, Entry, Section
from refundrules.render_words import safe, word

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
