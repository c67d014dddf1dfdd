"""The decision: what is recommended, with its money, its reasons and what is still missing.

Amounts are `Decimal` in the order's currency; times are in the policy's time zone. A field that
does not apply, or is not definite yet, is None.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from pydantic import Field, PrivateAttr, ValidationError

from refundrules.case.models import Language
from refundrules.display import shown
from refundrules.engine.decision_models import (
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
from refundrules.policy.model import Policy

SCHEMA = "refundrules.decision/1"


class TraceSource(Protocol):
    """What a decision's trace can still be worked out from."""

    @property
    def policy(self) -> Policy:
        """The policy that decided."""

    def trace(self) -> Mapping[str, Any]:
        """Return the trace."""


class Decision(DecisionModel):
    """The decision of a case; `trace` says how every part of it came about."""

    schema_: Literal["refundrules.decision/1"] = Field(
        default="refundrules.decision/1", alias="schema", description="what this is, and of which version"
    )
    case: str = Field(description="the case's id")
    policy: PolicyRef = Field(description="the policy that decided")
    engine: EngineRef = Field(description="the library that decided")
    decided_at: datetime = Field(description="the moment the decision is for")
    language: Language = Field(description="the language of its texts")
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
    _trace: Mapping[str, Any] | None = PrivateAttr(None)
    _source: TraceSource | None = PrivateAttr(None)

    @property
    def trace(self) -> Mapping[str, Any]:
        """How the decision came about (schema `refundrules.trace/1`), worked out when first read.

        Empty for a decision read from JSON that holds none.
        """
        if self._trace is None and self._source is not None:
            self._trace = self._source.trace()
        return self._trace or {}

    @property
    def source(self) -> TraceSource | None:
        """What its trace is worked out from; None for a decision read from JSON."""
        return self._source

    def with_source(self, source: TraceSource) -> Decision:
        """Return this decision, which was just made, with what its trace is worked out from."""
        self._trace, self._source = None, source
        return self

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
            from refundrules.engine.trace_schema import shape_problems

            if problems := shape_problems(trace):
                raise CaseError(problems)
        made._trace = trace
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
        return self.model_copy(update={"rulings": (*self.rulings, ruling)})

    def _check_ruled(self, refund: Decimal | str | None) -> None:
        """Refuse a refund that, with those ruled before, is more than may be given back."""
        most, ruled = self.refund.maximum, sum((ruling.refund or Decimal(0) for ruling in self.rulings), Decimal(0))
        if most is None or refund is None or not _is_amount(refund):
            return
        if Decimal(refund) + ruled > most:
            what = f"`{refund}` is above what may still be given back"
            raise CaseError([Problem("ruling.refund", what, f"at most `{max(most - ruled, Decimal(0))}`")])

    def __eq__(self, other: object) -> bool:
        """Return whether both say the same; what their traces are worked out from does not count."""
        return isinstance(other, Decision) and dict(self) == dict(other)

    def __hash__(self) -> int:
        return hash((self.case, self.policy, self.decided_at, self.outcome))

    def __str__(self) -> str:
        return shown(self, "text")

    def __repr__(self) -> str:
        found = ", ".join(f"{claim.line}: {claim.outcome} {claim.resolution or ''}".strip() for claim in self.claims)
        money = "open" if self.refund.total is None else f"{self.refund.total} {self.refund.currency}"
        return f"<Decision {self.case}: {found}; refund {money}>"

    def _repr_html_(self) -> str:
        return shown(self, "html")


def _misshapen(error: Any) -> Problem:
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"])
    what = error["msg"][:1].lower() + error["msg"][1:]
    return Problem(f"decision{place}", f"is not a decision of schema `{SCHEMA}`: {what}")


def _is_amount(value: Decimal | str) -> bool:
    try:
        return Decimal(value).is_finite()
    except ArithmeticError:
        return False
