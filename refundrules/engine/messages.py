"""What is said to the buyer, and to the agent, of a decision: the policy's texts, filled in from the decision alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from refundrules.case.facts import Words
from refundrules.engine.decision_models import ClaimDecision, DueBy, OrderRefund
from refundrules.io.catalog import say
from refundrules.money.currency import is_currency
from refundrules.policy.model import Policy
from refundrules.policy.questions import RESOLUTIONS
from refundrules.policy.templates import PLACEHOLDER, PLACES, REFUND_TO, Value, Wording
from refundrules.text.words import safe, word

_Parts = Mapping[str, Any]
"""One text as the trace holds it: `say`, its `key` where it has one, `zh`, `en`."""

_SPOKEN = {
    "explain": ("because",),
    "propose": ("answer", "amount", "deduction", "extras", "freight"),
    "destination": ("destination",),
    "agree": ("ask", "before", "next", "filing", "deadline"),
}
"""The words of the message to the buyer that the agent says at a step; what is refused is explained, not proposed."""
_TO = {places: value for value, places in REFUND_TO.items()}


# -- what a decision is: its traits -----------------------------------------------------------


def traits(claim: ClaimDecision, sent: Mapping[str, Decimal]) -> dict[str, Value]:
    """Return the traits of a claim's decision; what is not definite is `none` or false.

    `sent` says where the money of its order goes, as `destinations` returns it.
    """
    freight, exchange = claim.freight, claim.exchange
    found: dict[str, Any] = {
        "outcome": claim.outcome,
        "resolution": claim.resolution,
        "issue_class": claim.issue_class,
        "fault": claim.fault,
        "freight.return": freight.return_.payer,
        "freight.replacement": freight.replacement.payer,
        "repair.payer": claim.repair.payer if claim.repair else None,
        "exchange.propose": exchange.propose if exchange else None,
        "refund_to": _TO.get(frozenset(sent)) if _is_refunded(claim) else None,
    }
    known = {name: value or "none" for name, value in found.items()}
    return known | {
        "return_required": bool(claim.return_required),
        "application.reapply": bool(claim.application and claim.application.reapply),
        "missing": any(item.question for item in claim.missing),
        "alternatives": bool(claim.alternatives),
        "subject_to": bool(claim.subject_to),
        "fallback": bool(claim.offer and claim.offer.fallback in RESOLUTIONS),
        **{name: bool(read(claim)) for name, read in _AMOUNTS.items()},
    }


def _is_refunded(claim: ClaimDecision) -> bool:
    return claim.outcome == "approve" and bool(_AMOUNTS["refund"](claim))


def destinations(claims: Sequence[ClaimDecision], refund: OrderRefund) -> dict[str, Decimal]:
    """Return how much of what the approved claims refund goes where: the places of `REFUND_TO`, but for those of nothing.

    All of it goes back the way it came where the order names no means of payment.
    """
    sent: dict[str, Decimal] = {}
    for tender in refund.by_tender:
        place = tender.to or "unknown"
        sent[place] = sent.get(place, Decimal(0)) + tender.amount
    if not refund.by_tender:
        amounts = [_AMOUNTS["refund"](claim) or Decimal(0) for claim in claims if _is_refunded(claim)]
        sent["original"] = sum(amounts, Decimal(0))
    return {place: amount for place, amount in sent.items() if amount}


def _part(kind: str) -> Callable[[ClaimDecision], Decimal | None]:
    def amount(claim: ClaimDecision) -> Decimal | None:
        parts = [part.amount for part in claim.refund.parts if part.kind == kind] if claim.refund else []
        return abs(sum(parts, Decimal(0)))

    return amount


_AMOUNTS: dict[str, Callable[[ClaimDecision], Decimal | None]] = {
    "refund": lambda claim: claim.refund.total if claim.refund else None,
    "shipping": _part("shipping"),
    "fee": _part("fee"),
    "extras": lambda claim: sum((extra.amount for extra in claim.extras), Decimal(0)),
    "reimburse": lambda claim: claim.freight.return_.reimburse,
    "offer": lambda claim: claim.offer.next if claim.offer else None,
    "buyer_pays": lambda claim: claim.exchange.buyer_pays if claim.exchange else None,
    "depreciation": lambda claim: claim.exchange.depreciation if claim.exchange else None,
}


# -- what is said of it -----------------------------------------------------------------------


def told(
    policy: Policy, claims: Sequence[ClaimDecision], refund: OrderRefund
) -> list[dict[str, list[dict[str, Any]]]]:  # fmt: skip
    """Return, claim by claim, the texts to the `buyer` and those for the `agent`, in both languages.

    Where the money goes is decided for the order, so it is said once: with the last claim that is refunded.
    """
    sent = destinations(claims, refund)
    last = max((at for at, claim in enumerate(claims) if _is_refunded(claim)), default=0)
    return [
        _MessageWriter(
            policy, claim, at, len(claims), refund.currency, sent, () if at == last else ("destination",)
        ).both()
        for at, claim in enumerate(claims)
    ]


class _MessageWriter:
    def __init__(
        self, policy: Policy, claim: ClaimDecision, at: int, count: int, currency: str,
        sent: Mapping[str, Decimal], left_out: Sequence[str],
    ) -> None:  # fmt: skip
        self.policy, self.claim, self.at, self.count = policy, claim, at, count
        self.sent, self.left_out = sent, left_out
        self.currency = currency if is_currency(currency) else ""
        self.traits = traits(claim, sent)
        self.keys: dict[str, tuple[str, ...]] = {
            "rule": claim.reasons,
            "fact": tuple(item.fact for item in claim.missing),
            "instruction": claim.instructions,
            "deadline": tuple(item.what for item in claim.deadlines),
        }

    def both(self) -> dict[str, list[dict[str, Any]]]:
        buyer = list(self._said("messages"))
        return {"buyer": buyer, "agent": [self._spoken(part, buyer) for part in self._said("scripts")]}

    def _spoken(self, step: dict[str, str], buyer: list[dict[str, str]]) -> dict[str, Any]:
        """Return a step of the script with the words that the agent says at it."""
        places = set(_SPOKEN.get(step["say"], ()))
        if self.claim.outcome != "approve" and step["say"] in ("explain", "propose"):
            places ^= {"answer"}
        words = [part for part in buyer if part["say"] in places]
        if not words:
            return step
        return {**step, "words": Words.each(lambda language: _joined(words, language))._asdict()}

    def _said(self, section: str) -> Iterator[dict[str, str]]:
        texts: tuple[Wording, ...] = getattr(self.policy, section)
        chosen = [text for text in texts if self._is_for(text)]
        for place in PLACES[section]:
            if place.name in self.left_out:
                continue
            here = [text for text in chosen if text.say == place.name]
            if not place.key:
                yield from (self._filled(text) for text in here)
                continue
            for key in self.keys[place.key]:
                yield from (self._filled(text) for text in here if text.key == key)

    def _is_for(self, text: Wording) -> bool:
        traits = self.traits
        for name, values in text.when:  # noqa: SIM110 (asked of every text of the policy; a generator would double it)
            if traits[name] not in values:
                return False
        return True

    def _filled(self, text: Wording) -> dict[str, str]:
        data = {"say": text.say, "key": text.key} if text.key else {"say": text.say}
        for language in Words._fields:
            said = text.text.to(language)
            data[language] = self._fill_in(said, text.key, language) if "{" in said else said
        return data

    def _fill_in(self, said: str, key: str, language: str) -> str:
        pieces = PLACEHOLDER.split(said)
        return "".join([self._fill(piece, key, language) if at % 2 else piece for at, piece in enumerate(pieces)])

    def _fill(self, name: str, key: str, language: str) -> str:
        claim = self.claim
        if name in _AMOUNTS:
            return amount_text(_AMOUNTS[name](claim) or Decimal(0), self.currency, language)
        if name.startswith("to_"):
            return amount_text(self.sent[name.removeprefix("to_")], self.currency, language)
        if name == "deadline":
            return next(_deadline(item, language) for item in claim.deadlines if item.what == key)
        if name in ("number", "count"):
            return str(self.at + 1 if name == "number" else self.count)
        if name == "questions":
            return say("list.sentences", language).join(self._questions(language))
        if name == "alternatives":
            return say("list.comma", language).join(word("resolution", item, language) for item in claim.alternatives)
        filed = claim.application
        code = {
            "fallback": claim.offer.fallback if claim.offer else None,
            "filed": filed.filed if filed else None,
            "required": filed.required if filed else None,
        }[name]
        return word("resolution", str(code), language)

    def _questions(self, language: str) -> Iterator[str]:
        """Yield what is still asked, in any language: the policy's question where it has one."""
        asked = {
            path: fact.question for fact in self.policy.vocabulary.values() if fact.question for path in fact.inputs
        }
        for item in self.claim.missing:
            question = asked.get(item.fact)
            yield question.to(language) if question else item.question


def amount_text(amount: Decimal, currency: str, language: str) -> str:
    """Return an amount as it is said to a person.

    >>> amount_text(Decimal("12.00"), "CNY", "en")
    '12.00 CNY'
    """
    return say("phrase.quantity", language, f"{amount:f}", word("currency", currency, language)).rstrip()


def _deadline(item: DueBy, language: str) -> str:
    if item.due is not None:
        due = item.due
        month = say(f"month.{due.month}", language)
        return say("message.due", language, year=due.year, month=month, day=due.day, clock=due.strftime("%H:%M"))
    days, hours = divmod(item.within_hours, 24)
    in_days = not hours and days > 2
    unit = say(f"unit.{'days' if in_days else 'hours'}.other", language)
    return say(f"message.within.{item.after}", language, days if in_days else item.within_hours, unit)


# -- the whole --------------------------------------------------------------------------------


class Step(NamedTuple):
    """A step of a script: what it is, with a colon, what to do, and the words to say, quoted, where there are any."""

    label: str
    text: str
    words: str = ""


class Script(NamedTuple):
    """What the agent does for a claim, step by step; `about` tells several claims apart."""

    about: str
    steps: tuple[Step, ...]


def buyer_text(claims: Sequence[Iterable[_Parts]], language: str) -> str:
    """Return the message to the buyer, paragraphs between blank lines; empty where nothing is said."""
    return "\n\n".join(buyer_paragraphs(claims, language))


def buyer_paragraphs(claims: Sequence[Iterable[_Parts]], language: str) -> list[str]:
    """Return the message to the buyer: a paragraph a claim, greeted and closed once, none where nothing is said."""
    paragraphs = []
    for at, parts in enumerate(claims):
        left_out = {"about"} if len(claims) == 1 else set()
        left_out |= {"greeting"} if at else set()
        left_out |= {"closing"} if at < len(claims) - 1 else set()
        paragraphs.append(_joined([part for part in parts if part["say"] not in left_out], language))
    return [paragraph for paragraph in paragraphs if paragraph]


def agent_text(claims: Sequence[Mapping[str, Sequence[_Parts]]], language: str) -> str:
    """Return the script for the agent: its steps in order, numbered; empty where the policy has none."""
    lines: list[str] = []
    for script in agent_scripts(claims, language):
        if script.about:
            lines += [""] * bool(lines) + [script.about]
        for number, step in enumerate(script.steps, 1):
            lines.append(say("script.line", language, number, step.label, step.text))
            if step.words:
                lines.append(f"   {step.words}")
    return "\n".join(lines)


def agent_scripts(claims: Sequence[Mapping[str, Sequence[_Parts]]], language: str) -> list[Script]:
    """Return the script of each claim that the policy has one for."""
    scripts = []
    for its in claims:
        script = {part["say"]: part for part in its["agent"]}
        about = script.pop("about", None)
        steps = tuple(
            Step(
                say("script.label", language, word("step", step, language)),
                safe(part[language]),
                say("script.words", language, safe(part["words"][language])) if "words" in part else "",
            )
            for step, part in script.items()
        )
        heading = safe(about[language]) if about is not None and len(claims) > 1 else ""
        if heading or steps:
            scripts.append(Script(heading, steps))
    return scripts


def _joined(parts: Iterable[_Parts], language: str) -> str:
    return say("list.sentences", language).join(safe(part[language]) for part in parts)
