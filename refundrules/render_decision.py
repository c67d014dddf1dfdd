"""A decision put into words: its claims, where the money goes, and what a person ruled."""

from __future__ import annotations

from collections.abc import Iterator

from refundrules.decision import Decision
from refundrules.decisionparts import TenderRefund
from refundrules.message import buyer_text
from refundrules.render_claim import claim_view
from refundrules.render_view import Entry, Section, View, moment_text, readable_trace
from refundrules.render_words import phrase, safe, word


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
            what = phrase(f"to_{place}", language, ("、" if language == "zh" else ", ").join(kinds))
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
