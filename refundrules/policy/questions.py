"""The questions a policy answers, in order, and what may be answered.

A rule may read answers only to questions before the first one it answers, so no policy can
go round in circles.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

AnswerKind = Literal["enum", "bool", "formula", "deadline", "mark"]

ISSUE_CLASSES = ("quality", "non_quality", "logistics", "pricing", "order_amendment")
FAULTS = ("seller", "buyer", "carrier", "none")
OUTCOMES = ("approve", "decline", "manual_review")
RESOLUTIONS = (
    "return_and_refund", "refund_only", "compensation", "exchange", "repair", "reship", "reship_part",
    "price_adjustment", "amend_order",
)  # fmt: skip
PAYERS = ("seller", "buyer", "insurer", "none")
PROPOSALS = ("same", "other_style", "other_color")
PART_KINDS = ("goods", "shipping", "compensation", "fee")
FEES = ("restocking", "label", "handling", "condition", "use", "gift", "outbound_freight", "promotion")
"""What a fee may be for: each is a part of its own, `fee.restocking`."""
PART_KEYS = (*PART_KINDS, *[f"fee.{name}" for name in FEES])
EXTRA_KINDS = ("penalty", "bonus", "multiple", "price_protection")
APPLICATIONS = ("refund_only", "return_and_refund", "exchange")
GUARDRAILS = ("G1", "G2", "G3", "G4", "G5")
REFERRALS = ("supervisor", "specialist")
AFTER = ("return_received", "decided", "claim_opened")


REPLACEMENT_LEG = frozenset({"exchange", "repair", "reship", "reship_part"})
REFUNDING = frozenset({"return_and_refund", "refund_only"})


class Silence(NamedTuple):
    """What it means that nothing answers a question."""

    means: bool | str
    after: str = ""
    """The earlier question that has to be answered by one of `among`; empty: it means so in any case."""
    among: frozenset[bool | str | None] = frozenset()
    """None: or not answered at all."""


class Question(NamedTuple):
    """One question: its answers, whether several rules may each add a key, and what silence means."""

    id: str
    kind: AnswerKind
    values: tuple[str, ...] = ()
    keyed: bool = False
    keys: tuple[str, ...] | None = None
    """Allowed keys of a collected question; None: any name the pack gives a text (or a step number)."""
    always: bool = False
    """Asked whatever the outcome; otherwise only where the outcome is `approve`."""
    core: bool = False
    """The core of a decision hangs on it: while it is open, so is the claim."""
    silence: Silence | None = None
    needed: bool = False
    """Where silence means nothing a person decides: there is a gap."""
    excused: tuple[str, ...] = ()
    """Outcomes with which it needs no answer after all."""
    declined: bool | str | None = None
    """What a declined claim shows; None: what rules answered, or nothing."""


QUESTIONS: tuple[Question, ...] = (
    Question("issue_class", "enum", ISSUE_CLASSES, always=True, core=True, needed=True, excused=("manual_review",)),
    Question(
        "fault", "enum", FAULTS,
        always=True, core=True, needed=True, excused=("decline", "manual_review"), declined="none",
    ),
    Question("outcome", "enum", OUTCOMES, always=True, core=True, needed=True),
    Question("offer.steps", "formula", keyed=True, core=True),
    Question("offer.ceiling", "formula", core=True),
    Question("resolution", "enum", RESOLUTIONS, core=True, needed=True, declined="none"),
    Question("return_required", "bool", core=True, silence=Silence(False), declined=False),
    Question(
        "freight.return", "enum", PAYERS, core=True, needed=True, declined="none",
        silence=Silence("none", "return_required", frozenset({False})),
    ),
    Question(
        "freight.replacement", "enum", PAYERS, core=True, needed=True, declined="none",
        silence=Silence("none", "resolution", frozenset({*RESOLUTIONS, None}) - REPLACEMENT_LEG),
    ),
    Question("freight.allowance", "formula"),
    Question("exchange.propose", "enum", PROPOSALS),
    Question("exchange.waiver", "formula", core=True),
    Question("exchange.depreciation", "formula", core=True),
    Question("repair.payer", "enum", ("seller", "buyer")),
    Question("parts", "formula", keyed=True, keys=PART_KEYS, core=True),
    Question("extras", "formula", keyed=True, keys=EXTRA_KINDS),
    Question("application", "enum", APPLICATIONS),
    Question("deadlines", "deadline", keyed=True, always=True),
    Question("instructions", "mark", keyed=True, always=True),
    Question("guardrails", "mark", keyed=True, keys=GUARDRAILS, always=True),
    Question("alternatives", "mark", keyed=True, keys=RESOLUTIONS, always=True),
    Question("referral", "enum", REFERRALS, always=True, core=True),
)  # fmt: skip

POSITION = {question.id: index for index, question in enumerate(QUESTIONS)}
BY_ID = {question.id: question for question in QUESTIONS}

OFFER_OPEN, REFUND_TOTAL, MOST = "offer.open", "refund_total", "most"
"""Answers the library adds: whether an offer stands, and for `referral` what the money comes to."""
ADDED = {OFFER_OPEN: POSITION["resolution"], REFUND_TOTAL: POSITION["referral"], MOST: POSITION["referral"]}
"""The first question whose rules may read each of them."""

SLOTS = {**POSITION, **{name: len(POSITION) + index for index, name in enumerate(ADDED)}}
"""Where each answer stands in the list of answers."""

NESTED = ("freight", "exchange", "offer", "repair")
"""Question groups that may be written as a mapping in `then`."""

FIRST_MONEY = POSITION["exchange.propose"]
"""From here on rules may read what the other claims of the order decide."""
