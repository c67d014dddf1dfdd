"""What a decision is made of: the models of its fields.

Amounts are `Decimal` in the order's currency; a field that does not apply, or is not definite yet, is None.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from refundrules.policy.questions import QUESTIONS

Money = Annotated[Decimal, PlainSerializer(str, return_type=str)]
Outcome = Literal["approve", "decline", "needs_information", "manual_review"]
_STRICTEST: dict[str, int] = {"approve": 0, "decline": 1, "needs_information": 2, "manual_review": 3}


class DecisionModel(BaseModel):
    """What every part of a decision is: frozen, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


_M = TypeVar("_M", bound=BaseModel)
_new, _set = object.__new__, object.__setattr__


def unvalidated(model: type[_M], values: dict[str, Any]) -> _M:
    """Return the model with these values, unvalidated: every field given, by its Python name.

    The engine has just computed them; validating its own output would cost more than computing it.
    A law in the tests holds that every decision also validates.
    """
    made = _new(model)
    _set(made, "__dict__", values)
    _set(made, "__pydantic_fields_set__", _fields(model))
    _set(made, "__pydantic_extra__", None)
    _set(made, "__pydantic_private__", None)
    return made


@cache
def _fields(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


class Part(DecisionModel):
    """One summand of a refund; deductions are negative."""

    kind: Literal["goods", "shipping", "compensation", "fee", "cap"] = Field(description="what it is for")
    name: str | None = Field(
        default=None, description="what a fee is for, or whose limit cut: `line`, `shipping`, `order`"
    )
    amount: Money = Field(description="below zero for a deduction")
    rule: str = Field(description="the rule that grants it; `cap` for what a limit cut")
    why: str = Field(description="the rule, or the limit, in the decision's language")


class Refund(DecisionModel):
    """What is given back for a claim: the sum of its parts."""

    total: Money = Field(description="the sum of the parts")
    parts: tuple[Part, ...] = Field(description="goods, shipping, compensation, fees, then what limits cut")


class Extra(DecisionModel):
    """Something owed beside the refund, not under its cap."""

    kind: Literal["penalty", "bonus", "multiple", "price_protection"] = Field(description="what it is owed for")
    amount: Money = Field(description="in the order's currency")
    rule: str = Field(description="the rule that grants it")
    why: str = Field(description="the rule in the decision's language")


class ReturnFreight(DecisionModel):
    """Who pays for the way back, and what the buyer who advanced it is given for it."""

    payer: str | None = Field(description="who pays for the way back")
    reimburse: Money | None = Field(description="what of the buyer's advance goes back; not part of the refund")


class ReplacementFreight(DecisionModel):
    """Who pays for the way to the buyer."""

    payer: str | None = Field(description="who pays for the way to the buyer")


class Freight(DecisionModel):
    """Both freight legs."""

    return_: ReturnFreight = Field(alias="return", description="the way back")
    replacement: ReplacementFreight = Field(description="the way to the buyer")


class Offer(DecisionModel):
    """A compensation offered for keeping the goods."""

    next: Money | None = Field(description="the step to offer now")
    steps: tuple[Money, ...] = Field(description="every step, each above the one before")
    ceiling: Money | None = Field(description="what no step exceeds")
    declined: int = Field(description="offers declined so far")
    fallback: str | None = Field(description="the resolution once every step is declined")


class Exchange(DecisionModel):
    """What an exchange comes to."""

    propose: str | None = Field(description="what to propose first")
    price_difference: Money | None = Field(description="negative when the replacement is cheaper; None until chosen")
    depreciation: Money | None = Field(description="what is charged for wear")
    buyer_pays: Money | None = Field(
        description="what the buyer owes after the waiver; asked for, never charged silently"
    )


class Repair(DecisionModel):
    """Who pays for the repair."""

    payer: str | None = Field(description="who pays")


class ApplicationMatch(DecisionModel):
    """What the buyer filed on the platform against what the remedy needs."""

    filed: str | None = Field(description="what the buyer filed")
    required: str | None = Field(description="what the remedy needs")
    reapply: bool | None = Field(description="whether the buyer has to file again")


class DueBy(DecisionModel):
    """Something to be done by a moment; `due` is None until `after` has happened."""

    what: str = Field(description="what is to be done")
    due: datetime | None = Field(description="by when; null until `after` has happened")
    within_hours: int = Field(description="how long it may take")
    after: str = Field(description="what starts the time")
    rule: str = Field(description="the rule that sets it")


class Missing(DecisionModel):
    """A fact that can still change the core, as the input path that gives it."""

    fact: str = Field(description="the input path that gives it")
    question: str = Field(description="what to ask, in the decision's language")


class ClaimDecision(DecisionModel):
    """The decision of one claim."""

    line: str = Field(description="the line's id")
    quantity: int = Field(description="units claimed")
    outcome: Outcome = Field(description="what is decided")
    issue_class: str | None = Field(description="what kind of problem it is")
    fault: str | None = Field(description="whose fault it is")
    resolution: str | None = Field(description="the remedy")
    return_required: bool | None = Field(description="whether the goods have to come back")
    refund: Refund | None = Field(description="what is given back; null while it is open or nothing is approved")
    extras: tuple[Extra, ...] = Field(description="what is owed beside the refund")
    freight: Freight = Field(description="who pays for each way")
    offer: Offer | None = Field(description="the compensation that is offered; null when none is")
    exchange: Exchange | None = Field(description="what an exchange comes to")
    repair: Repair | None = Field(description="who pays for a repair")
    application: ApplicationMatch | None = Field(description="what was filed against what is needed")
    deadlines: tuple[DueBy, ...] = Field(description="what is due by when")
    instructions: tuple[str, ...] = Field(description="codes of what to do; the policy has their texts")
    guardrails: tuple[str, ...] = Field(description="codes of what never to do")
    missing: tuple[Missing, ...] = Field(description="what can still change the decision, the most useful first")
    subject_to: tuple[str, ...] = Field(description="favourable findings that are assumed until the goods are back")
    alternatives: tuple[str, ...] = Field(description="other remedies that would do")
    most: Money | None = Field(description="for a demand that goes to a person: the most the rules grant")
    reasons: tuple[str, ...] = Field(description="the rules that determined it")
    cites: tuple[str, ...] = Field(description="the sources they cite")


class Core(NamedTuple):
    """The core of a claim's decision, by which decisions are told apart: the answers to its questions, and the money."""

    outcome: Any
    issue_class: Any = None
    fault: Any = None
    resolution: Any = None
    return_required: Any = None
    total: Any = None
    freight_return: Any = None
    freight_replacement: Any = None
    buyer_pays: Any = None

    def answer(self, question: str) -> Any:
        """Return what it says to a question of the core."""
        return getattr(self, question.replace(".", "_"))


IN_CORE = frozenset(question.id for question in QUESTIONS if question.id.replace(".", "_") in Core._fields)
"""The questions whose answers the core holds."""


def core_of(claim: ClaimDecision) -> Core:
    """Return the core of a claim's decision."""
    return Core(
        claim.outcome, claim.issue_class, claim.fault, claim.resolution, claim.return_required,
        claim.refund.total if claim.refund else None, claim.freight.return_.payer, claim.freight.replacement.payer,
        claim.exchange.buyer_pays if claim.exchange else None,
    )  # fmt: skip


class TenderRefund(DecisionModel):
    """What goes back to one means of payment."""

    kind: str = Field(description="the means of payment")
    id: str | None = Field(default=None, description="which one, where the order has several of the kind")
    amount: Money = Field(description="what goes back for it")
    to: Literal["original", "store_credit"] | None = Field(
        default="original", description="null: nothing can be sent to it, and the buyer has not agreed to another means"
    )
    points: int | None = Field(default=None, description="points or pieces given back in kind; null for money")


class OrderRefund(DecisionModel):
    """What is given back for the whole order."""

    total: Money | None = Field(description="the claims' refunds; null exactly while one of theirs is")
    settled: Money | None = Field(
        default=None, description="the refunds of those claims that have one, whatever is still open of the others"
    )
    currency: str = Field(description="ISO 4217")
    maximum: Money | None = Field(default=None, description="what could be given back at most: captured less refunded")
    by_tender: tuple[TenderRefund, ...] = Field(
        description="where the refunds of the approved claims go; empty when the order names no means of payment"
    )


class OrderSettlement(DecisionModel):
    """Who pays whom for the whole order: what the buyer owes for exchanges is set off against the refund."""

    payer: Literal["shop", "buyer", "none"] = Field(description="who pays; a buyer is asked, never charged silently")
    amount: Money = Field(description="the order's refund less what the buyer pays for exchanges, or the reverse")
    by_tender: tuple[TenderRefund, ...] = Field(
        description="where the shop's payment goes; empty when the shop pays nothing, or the order names no means"
    )


class PolicyRef(DecisionModel):
    """Which policy decided."""

    id: str = Field(description="the pack")
    version: str = Field(description="its version")
    digest: str = Field(description="the hash of all that can change a decision or its words")


class EngineRef(DecisionModel):
    """Which engine decided."""

    version: str = Field(description="of the library")


class Ruling(DecisionModel):
    """A person's ruling on a claim, beside the engine's own decision."""

    claim: int = Field(default=0, ge=0, description="which claim of the case, counted from 0")
    by: str = Field(min_length=1, description="who ruled")
    at: datetime = Field(description="when")
    reason: str = Field(min_length=1, description="why")
    outcome: Literal["approve", "decline"] = Field(description="what the person decided")
    resolution: str | None = Field(default=None, description="the remedy")
    refund: Money | None = Field(default=None, ge=0, description="what is given back")


def strictest(outcomes: list[str]) -> str:
    """Return the strictest of the claims' outcomes."""
    return max(outcomes, key=_STRICTEST.__getitem__)
