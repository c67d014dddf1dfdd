"""The decision: what is recommended, with its money, its reasons and what is still missing.

Amounts are `Decimal` in the order's currency; times are in the policy's time zone. A field that
does not apply, or is not definite yet, is None.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PrivateAttr, ValidationError

from refundrules.errors import CaseError, Problem

if TYPE_CHECKING:
    from refundrules.explanation import Explanation
    from refundrules.policy import Policy

SCHEMA = "refundrules.decision/1"

Money = Annotated[Decimal, PlainSerializer(str, return_type=str)]
Outcome = Literal["approve", "decline", "needs_information", "manual_review"]
_STRICTEST: dict[str, int] = {"approve": 0, "decline": 1, "needs_information": 2, "manual_review": 3}


class _Model(BaseModel):
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


class Part(_Model):
    """One summand of a refund; deductions are negative."""

    kind: Literal["goods", "shipping", "compensation", "fee", "cap"]
    name: str | None = Field(None, description="what a fee is for, or whose limit cut: `line`, `shipping`, `order`")
    amount: Money
    rule: str = Field(description="the rule that grants it; `cap` for what a limit cut")
    why: str


class Refund(_Model):
    """What is given back for a claim: the sum of its parts."""

    total: Money
    parts: tuple[Part, ...]


class Extra(_Model):
    """Something owed beside the refund, not under its cap."""

    kind: Literal["penalty", "bonus", "multiple", "price_protection"]
    amount: Money
    rule: str
    why: str


class ReturnFreight(_Model):
    """Who pays for the way back, and what the buyer who advanced it is given for it."""

    payer: str | None
    reimburse: Money | None


class ReplacementFreight(_Model):
    """Who pays for the way to the buyer."""

    payer: str | None


class Freight(_Model):
    """Both freight legs."""

    return_: ReturnFreight = Field(alias="return")
    replacement: ReplacementFreight


class Offer(_Model):
    """A compensation offered for keeping the goods."""

    next: Money | None = Field(description="the step to offer now")
    steps: tuple[Money, ...]
    ceiling: Money | None
    declined: int
    fallback: str | None = Field(description="the resolution once every step is declined")


class Exchange(_Model):
    """What an exchange comes to."""

    propose: str | None
    price_difference: Money | None = Field(description="negative when the replacement is cheaper; None until chosen")
    depreciation: Money | None
    buyer_pays: Money | None


class Repair(_Model):
    """Who pays for the repair."""

    payer: str | None


class ApplicationMatch(_Model):
    """What the buyer filed on the platform against what the remedy needs."""

    filed: str | None
    required: str | None
    reapply: bool | None


class DueBy(_Model):
    """Something to be done by a moment; `due` is None until `after` has happened."""

    what: str
    due: datetime | None
    within_hours: int
    after: str
    rule: str


class Missing(_Model):
    """A fact that can still change the core, as the input path that gives it."""

    fact: str
    question: str


class ClaimDecision(_Model):
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


class TenderRefund(_Model):
    """What goes back to one means of payment."""

    kind: str
    id: str | None = Field(None, description="which one, where the order has several of the kind")
    amount: Money
    to: Literal["original", "store_credit"] | None = Field(
        "original", description="null: nothing can be sent to it, and the buyer has not agreed to another means"
    )
    points: int | None = Field(None, description="points or pieces given back in kind; null for money")


class OrderRefund(_Model):
    """What is given back for the whole order: the approved claims."""

    total: Money
    currency: str
    maximum: Money | None = Field(None, description="what could be given back at most: captured less refunded")
    by_tender: tuple[TenderRefund, ...]


class PolicyRef(_Model):
    """Which policy decided."""

    id: str
    version: str
    digest: str


class EngineRef(_Model):
    """Which engine decided."""

    version: str


class Ruling(_Model):
    """A person's ruling on a claim, beside the engine's own decision."""

    claim: int = Field(0, ge=0, description="which claim of the case, counted from 0")
    by: str = Field(min_length=1)
    at: datetime
    reason: str = Field(min_length=1)
    outcome: Literal["approve", "decline"]
    resolution: str | None = None
    refund: Money | None = Field(None, ge=0)


class Decision(_Model):
    """The decision of a case; `trace` says how every part of it came about."""

    schema_: Literal["refundrules.decision/1"] = Field("refundrules.decision/1", alias="schema")
    case: str
    policy: PolicyRef
    engine: EngineRef
    decided_at: datetime
    language: Literal["zh", "en"]
    outcome: Outcome
    claims: tuple[ClaimDecision, ...]
    refund: OrderRefund
    rulings: tuple[Ruling, ...] = ()
    _trace: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None = PrivateAttr(None)

    @property
    def trace(self) -> Mapping[str, Any]:
        """How the decision came about (schema `refundrules.trace/1`), worked out when first read.

        Empty for a decision read from JSON that holds none.
        """
        private = self.__pydantic_private__
        held = private.get("_trace") if private else None
        if callable(held):
            held = held()
            _set(self, "__pydantic_private__", {"_trace": held})
        return held or {}

    @classmethod
    def read(cls, data: object) -> Decision:
        """Return the decision that `data` (JSON text or a mapping from `to_dict`) holds.

        Raises `CaseError` when it is not one, or its trace lacks what its schema has. Fields added to the trace pass.
        """
        try:
            plain = json.loads(data, parse_float=Decimal) if isinstance(data, str | bytes) else dict(data)  # type: ignore[call-overload]
            trace = plain.pop("trace", None)
            made = cls.model_validate(plain)
        except (ValueError, TypeError, AttributeError) as error:
            what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise CaseError([Problem("decision", f"is not a decision of schema `{SCHEMA}`: {what}")]) from None
        if trace:
            from refundrules.traceshape import shape_problems

            if problems := shape_problems(trace):
                raise CaseError(problems)
        _set(made, "__pydantic_private__", {"_trace": trace})
        return made

    def to_dict(self, *, trace: bool = True) -> dict[str, Any]:
        """Return the decision as plain JSON data: amounts are strings, times ISO 8601."""
        data = self.model_dump(mode="json", by_alias=True)
        if not self.rulings:
            del data["rulings"]
        if trace:
            data["trace"] = self.trace
        return data

    def to_json(self, *, trace: bool = True, indent: int | None = None) -> str:
        """Return the decision as JSON text; the same decision gives the same bytes."""
        return json.dumps(self.to_dict(trace=trace), ensure_ascii=False, indent=indent)

    def to_row(self, claim: int = 0) -> dict[str, Any]:
        """Return one claim's decision as a flat mapping for a dataframe.

        Keys are the decision's paths; amounts are `Decimal`, lists are texts joined by a space.
        """
        one = self.claims[claim]
        row: dict[str, Any] = {"case": self.case, "policy": self.policy.id, "version": self.policy.version}
        row["decided_at"] = self.decided_at
        for name in ("line", "quantity", "outcome", "issue_class", "fault", "resolution", "return_required"):
            row[name] = getattr(one, name)
        row["refund.total"] = one.refund.total if one.refund else None
        for kind in ("goods", "shipping", "compensation", "fee", "cap"):
            amounts = [part.amount for part in one.refund.parts if part.kind == kind] if one.refund else []
            row[f"refund.{kind}"] = sum(amounts, Decimal(0)) if amounts else None
        row["extras.total"] = sum((extra.amount for extra in one.extras), Decimal(0))
        row["freight.return.payer"] = one.freight.return_.payer
        row["freight.return.reimburse"] = one.freight.return_.reimburse
        row["freight.replacement.payer"] = one.freight.replacement.payer
        row["offer.next"] = one.offer.next if one.offer else None
        row["exchange.buyer_pays"] = one.exchange.buyer_pays if one.exchange else None
        row["missing"] = " ".join(item.fact for item in one.missing)
        for name in ("instructions", "guardrails", "subject_to", "alternatives", "reasons", "cites"):
            row[name] = " ".join(getattr(one, name))
        row["order.refund.total"] = self.refund.total
        return row

    def with_ruling(
        self, *, by: str, at: datetime, reason: str, outcome: Literal["approve", "decline"],
        resolution: str | None = None, refund: Decimal | str | None = None, claim: int = 0,
    ) -> Decision:  # fmt: skip
        """Return the decision with a person's ruling put beside the engine's own, which stays as it is.

        Raises `CaseError` when the ruling is incomplete or names a claim that is not there.
        """
        if isinstance(refund, float):
            raise CaseError([Problem("ruling.refund", f"`{refund}` is a binary float", 'write it like "12.50"')])
        if not 0 <= claim < len(self.claims):
            raise CaseError(
                [Problem("ruling.claim", f"`{claim}` is not a claim of this case", f"0 to {len(self.claims) - 1}")]
            )
        if at.tzinfo is None:
            raise CaseError([Problem("ruling.at", f"`{at}` has no time zone", "give the offset")])
        self._check_ruled(refund)
        try:
            ruling = Ruling(
                claim=claim, by=by, at=at, reason=reason, outcome=outcome, resolution=resolution, refund=refund
            )
        except ValidationError as error:
            raise CaseError(
                [
                    Problem(f"ruling.{item['loc'][0]}", item["msg"][:1].lower() + item["msg"][1:])
                    for item in error.errors()
                ]
            ) from None
        made = self.model_copy(update={"rulings": (*self.rulings, ruling)})
        _set(made, "__pydantic_private__", dict(self.__pydantic_private__ or {}))
        return made

    def _check_ruled(self, refund: Decimal | str | None) -> None:
        """Refuse a refund that, with those ruled before, is more than may be given back."""
        most, ruled = self.refund.maximum, sum((ruling.refund or Decimal(0) for ruling in self.rulings), Decimal(0))
        if most is None or refund is None or not _is_amount(refund):
            return
        if Decimal(refund) + ruled > most:
            what = f"`{refund}` is above what may still be given back"
            raise CaseError([Problem("ruling.refund", what, f"at most `{max(most - ruled, Decimal(0))}`")])

    def why(self, level: str = "agent", language: str | None = None) -> Explanation:
        """Return why it is what it is, for a `line`, an `agent` or an `auditor`: `.text`, `.markdown`, `to_dict()`.

        Raises `CaseError` for another level, and for a language that a decision read back has no texts in.
        """
        from refundrules.why import why

        return why(self, level, language)

    def why_not(self, target: str, claim: int | None = None, language: str | None = None) -> Explanation:
        """Return why `target` was not decided: an outcome, a resolution, `question=value` or a rule's id.

        Raises `CaseError` when that names nothing, when there is no such claim, and without the trace.
        """
        from refundrules.whynot import why_not

        return why_not(self, target, claim, language)

    def message(
        self, to: Literal["buyer", "agent"] = "buyer", language: Literal["zh", "en"] | None = None, *,
        policy: Policy | None = None,
    ) -> str:  # fmt: skip
        """Return the message to the buyer, or the script for the agent; `language` is by default the decision's.

        It is filled in from the decision alone and says what the engine decided, not what a person ruled.
        Empty where the policy says nothing. A decision read from JSON without its trace needs the `policy`.
        """
        from refundrules.render import as_message

        later = (self.__pydantic_private__ or {}).get("_trace")
        if policy is None and isinstance(later, partial):  # not traced yet: no need to, the policy is at hand
            policy = later.args[0]
        return as_message(self, to, language or self.language, policy)

    @property
    def text(self) -> str:
        """The decision as plain text, in its language."""
        from refundrules.render import as_text

        return as_text(self)

    @property
    def markdown(self) -> str:
        """The decision as Markdown, in its language."""
        from refundrules.render import as_markdown

        return as_markdown(self)

    def report(self) -> str:
        """Return the decision as one HTML page for the record: readable on a phone, in print and aloud, without a script."""
        from refundrules.render import as_report

        return as_report(self)

    def path_svg(self, claim: int = 0) -> str:
        """Return a picture of how a claim was decided, as SVG; empty where there is no trace to draw it from."""
        from refundrules.render import as_path

        return as_path(self, claim)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        found = ", ".join(f"{claim.line}: {claim.outcome} {claim.resolution or ''}".strip() for claim in self.claims)
        return f"<Decision {self.case}: {found}; refund {self.refund.total} {self.refund.currency}>"

    def _repr_html_(self) -> str:
        from refundrules.render import as_html

        return as_html(self)


def _is_amount(value: Decimal | str) -> bool:
    try:
        return Decimal(value).is_finite()
    except ArithmeticError:
        return False


def strictest(outcomes: list[str]) -> str:
    """Return the strictest of the claims' outcomes."""
    return max(outcomes, key=_STRICTEST.__getitem__)
