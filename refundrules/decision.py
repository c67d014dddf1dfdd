"""The decision: what is recommended, with its money, its reasons and what is still missing.

Amounts are `Decimal` in the order's currency; times are in the policy's time zone. A field that
does not apply, or is not definite yet, is None.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

from pydantic import Field, PrivateAttr, ValidationError

from refundrules.decisionparts import (
    ClaimDecision,
    DecisionModel,
    EngineRef,
    OrderRefund,
    OrderSettlement,
    Outcome,
    PolicyRef,
    Ruling,
)
from refundrules.errors import CaseError, Problem

if TYPE_CHECKING:
    from refundrules.explanation import Explanation
    from refundrules.policy import Policy

SCHEMA = "refundrules.decision/1"
_set = object.__setattr__
_P = ParamSpec("_P")
_T = TypeVar("_T")


def _told(read: Callable[_P, _T]) -> Callable[_P, _T]:
    """Make a reading that a trace from elsewhere does not allow a problem of the trace, not of the library."""

    @wraps(read)
    def told(*args: _P.args, **options: _P.kwargs) -> _T:
        try:
            return read(*args, **options)
        except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError):
            if hasattr(getattr(args[0], "trace", None), "works"):
                raise
            what = "is not as it was written with the decision"
            raise CaseError([Problem("trace", what, "decide the case again")]) from None

    return told


class Decision(DecisionModel):
    """The decision of a case; `trace` says how every part of it came about."""

    schema_: Literal["refundrules.decision/1"] = Field(
        default="refundrules.decision/1", alias="schema", description="what this is, and of which version"
    )
    case: str = Field(description="the case's id")
    policy: PolicyRef = Field(description="the policy that decided")
    engine: EngineRef = Field(description="the library that decided")
    decided_at: datetime = Field(description="the moment the decision is for")
    language: Literal["zh", "en"] = Field(description="the language of its texts")
    outcome: Outcome = Field(description="the strictest of its claims'")
    claims: tuple[ClaimDecision, ...] = Field(
        min_length=1, description="one for each claim of the case, in their order"
    )
    refund: OrderRefund = Field(description="what goes back for the whole order")
    settlement: OrderSettlement | None = Field(
        default=None,
        description="who pays whom; null while a claim is open or a replacement not chosen. Extras and reimbursed freight "
        "are owed beside it",
    )
    rulings: tuple[Ruling, ...] = Field(default=(), description="what persons ruled, beside the engine's own decision")
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
        except ValidationError as error:
            found = error.errors(include_url=False)
            inner = {item["loc"][:-1] for item in found} | {item["loc"][:-2] for item in found}
            raise CaseError(
                [_misshapen(item) for item in found if item["type"] != "too_short" or item["loc"] not in inner]
            ) from None
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise CaseError([Problem("decision", f"is not a decision of schema `{SCHEMA}`: {error}")]) from None
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
        row["order.refund.settled"] = self.refund.settled
        row["settlement.payer"] = self.settlement.payer if self.settlement else None
        row["settlement.amount"] = self.settlement.amount if self.settlement else None
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

    @_told
    def why(self, level: str = "agent", language: str | None = None, claim: int | None = None) -> Explanation:
        """Return why it is what it is, for a `line`, an `agent` or an `auditor`: `.text`, `.markdown`, `to_dict()`.

        Raises `CaseError` for another level, when there is no such `claim`, and for a language that a decision read back
        has no texts in.
        """
        from refundrules.why import why

        return why(self, level, language, claim)

    @_told
    def why_not(self, target: str, claim: int | None = None, language: str | None = None) -> Explanation:
        """Return why `target` was not decided: an outcome, a resolution, `question=value` or a rule's id.

        Raises `CaseError` when that names nothing, when there is no such claim, and without the trace.
        """
        from refundrules.whynot import why_not

        return why_not(self, target, claim, language)

    @_told
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
    @_told
    def text(self) -> str:
        """The decision as plain text, in its language."""
        from refundrules.render import as_text

        return as_text(self)

    @property
    @_told
    def markdown(self) -> str:
        """The decision as Markdown, in its language."""
        from refundrules.render import as_markdown

        return as_markdown(self)

    @_told
    def report(self) -> str:
        """Return the decision as one HTML page for the record: readable on a phone, in print and aloud, without a script."""
        from refundrules.render import as_report

        return as_report(self)

    @_told
    def path_svg(self, claim: int = 0) -> str:
        """Return a picture of how a claim was decided, as SVG; empty where there is no trace to draw it from."""
        from refundrules.render import as_path

        return as_path(self, claim)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        found = ", ".join(f"{claim.line}: {claim.outcome} {claim.resolution or ''}".strip() for claim in self.claims)
        money = "open" if self.refund.total is None else f"{self.refund.total} {self.refund.currency}"
        return f"<Decision {self.case}: {found}; refund {money}>"

    @_told
    def _repr_html_(self) -> str:
        from refundrules.render import as_html

        return as_html(self)


def _misshapen(error: Any) -> Problem:
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"])
    what = error["msg"][:1].lower() + error["msg"][1:]
    return Problem(f"decision{place}", f"is not a decision of schema `{SCHEMA}`: {what}")


def _is_amount(value: Decimal | str) -> bool:
    try:
        return Decimal(value).is_finite()
    except ArithmeticError:
        return False
