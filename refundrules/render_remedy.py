"""What a claim's remedy comes to, put into words: money, offer, exchange, repair, freight, application, deadlines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from refundrules.decision import Decision
from refundrules.decisionparts import ClaimDecision, DueBy
from refundrules.render_view import Entry, moment_text
from refundrules.render_words import phrase, safe, word
from refundrules.settle import CAP_RULE


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
