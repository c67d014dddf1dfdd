"""What a decision is made of: the models of its fields.

Amounts are `Decimal` in the order's currency; a field that does not apply, or is not definite yet, is None.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

Money = Annotated[Decimal, PlainSerializer(str, return_type=str)]
Outcome = Literal["approve", "decline", "needs_information", "manual_review"]
_STRICTEST: dict[str, int] = {"approve": 0, "decline": 1, "needs_information": 2, "manual_review": 3}


class DecisionModel(BaseModel):
    """What every part of a decision is: frozen, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


_M = TypeVar("_M", bound=BaseModel)
_new, _set = object.__new__, object.__setattr__


def trusted(model: type[_M], values: dict[str, Any]) -> _M:
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

    kind: Literal["goods", "shipping", "compensation", "fee", "cap"]
    name: str | None = Field(None, description="what a fee is for, or whose limit cut: `line`, `shipping`, `order`")
    amount: Money
    rule: str = Field(description="the rule that grants it; `cap` for what a limit cut")
    why: str


class Refund(DecisionModel):
    """What is given back for a claim: the sum of its parts."""

    total: Money
    parts: tuple[Part, ...]


class Extra(DecisionModel):
    """Something owed beside the refund, not under its cap."""

    kind: Literal["penalty", "bonus", "multiple", "price_protection"]
    amount: Money
    rule: str
    why: str


class ReturnFreight(DecisionModel):
    """Who pays for the way back, and what the buyer who advanced it is given for it."""

    payer: str | None
    reimburse: Money | None


class ReplacementFreight(DecisionModel):
    """Who pays for the way to the buyer."""

    payer: str | None


class Freight(DecisionModel):
    """Both freight legs."""

    return_: ReturnFreight = Field(alias="return")
    replacement: ReplacementFreight


class Offer(DecisionModel):
    """A compensation offered for keeping the goods."""

    next: Money | None = Field(description="the step to offer now")
    steps: tuple[Money, ...]
    ceiling: Money | None
    declined: int
    fallback: str | None = Field(description="the resolution once every step is declined")


class Exchange(DecisionModel):
    """What an exchange comes to."""

    propose: str | None
    price_difference: Money | None = Field(description="negative when the replacement is cheaper; None until chosen")
    depreciation: Money | None
    buyer_pays: Money | None


class Repair(DecisionModel):
    """Who pays for the repair."""

    payer: str | None


class ApplicationMatch(DecisionModel):
    """What the buyer filed on the platform against what the remedy needs."""

    filed: str | None
    required: str | None
    reapply: bool | None


class DueBy(DecisionModel):
    """Something to be done by a moment; `due` is None until `after` has happened."""

    what: str
    due: datetime | None
    within_hours: int
    after: str
    rule: str


class Missing(DecisionModel):
    """A fact that can still change the core, as the input path that gives it."""

    fact: str
    question: str


class ClaimDecision(DecisionModel):
    """The decision of one claim."""

    line: str
    quantity: int
    outcome: Outcome
    issue_class: str | None
    fault: str | None
    resolution: str | None
    return_required: bool | None
    refund: Refund | None
    extras: tuple[Extra, ...]
    freight: Freight
    offer: Offer | None
    exchange: Exchange | None
    repair: Repair | None
    application: ApplicationMatch | None
    deadlines: tuple[DueBy, ...]
    instructions: tuple[str, ...]
    guardrails: tuple[str, ...]
    missing: tuple[Missing, ...]
    subject_to: tuple[str, ...]
    alternatives: tuple[str, ...]
    most: Money | None
    reasons: tuple[str, ...]
    cites: tuple[str, ...]


class TenderRefund(DecisionModel):
    """What goes back to one means of payment."""

    kind: str
    id: str | None = Field(None, description="which one, where the order has several of the kind")
    amount: Money
    to: Literal["original", "store_credit"] | None = Field(
        "original", description="null: nothing can be sent to it, and the buyer has not agreed to another means"
    )
    points: int | None = Field(None, description="points or pieces given back in kind; null for money")


class OrderRefund(DecisionModel):
    """What is given back for the whole order: the approved claims."""

    total: Money
    currency: str
    maximum: Money | None = Field(None, description="what could be given back at most: captured less refunded")
    by_tender: tuple[TenderRefund, ...]


class PolicyRef(DecisionModel):
    """Which policy decided."""

    id: str
    version: str
    digest: str


class EngineRef(DecisionModel):
    """Which engine decided."""

    version: str


class Ruling(DecisionModel):
    """A person's ruling on a claim, beside the engine's own decision."""

    claim: int = Field(0, ge=0, description="which claim of the case, counted from 0")
    by: str = Field(min_length=1)
    at: datetime
    reason: str = Field(min_length=1)
    outcome: Literal["approve", "decline"]
    resolution: str | None = None
    refund: Money | None = Field(None, ge=0)


def strictest(outcomes: list[str]) -> str:
    """Return the strictest of the claims' outcomes."""
    return max(outcomes, key=_STRICTEST.__getitem__)
