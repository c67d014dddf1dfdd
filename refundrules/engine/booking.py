"""Booking a decision: the order as it is once the refund has gone out, ready for the next case."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from refundrules.case.models import Case, Order
from refundrules.engine.decision import Decision
from refundrules.engine.decision_models import ClaimDecision, Refund
from refundrules.errors import CaseError, Problem
from refundrules.money.models import EarlierReturn
from refundrules.policy.questions import REFUNDING


def booked(case: Case | Mapping[str, Any], decision: Decision) -> Order:
    """Return the order of a case after its decision was carried out: returns, and what every tender gave back.

    Units that come back for a refund are booked with what was given for them; other money for a line (goodwill, a
    price adjustment, a refund for goods the buyer keeps) is booked without units. Claims that are not approved, and
    exchanges but for their money, change nothing. What was set off against an exchange was given back all the same.

    Raises `CaseError` when the case cannot be read, the decision is of another case, or part of the refund can be sent nowhere yet.
    """
    case = case if isinstance(case, Case) else Case.read(case)
    _check(case, decision)
    order = case.order
    returns, shipping, given = list[EarlierReturn](), Decimal(0), Decimal(0)
    for claim, made in zip(case.claims, decision.claims, strict=True):
        if made.outcome == "approve" and made.refund is not None:
            returns += _returns(made, made.refund, claim.units, received=claim.return_received_at is not None)
            shipping += _shipping(made.refund)
            given += made.refund.total
    before = sum((tender.refunded for tender in order.tenders), Decimal(0)) if order.tenders else order.refunded
    return order.booked(
        returns,
        [back.amount for back in decision.refund.by_tender],
        refunded=None if before is None else before + given,
        shipping=shipping,
    )


def _check(case: Case, decision: Decision) -> None:
    if decision.case != case.id or len(decision.claims) != len(case.claims):
        raise CaseError(
            [Problem("decision.case", f"`{decision.case}` is not the case `{case.id}`", "book its own case")]
        )
    stuck = [
        Problem(f"order.tenders[{at}]", f"nothing can be sent to this `{tender.kind}`", "get the buyer's consent")
        for at, tender in enumerate(decision.refund.by_tender)
        if tender.to is None and tender.amount
    ]
    if stuck:
        raise CaseError(stuck)


def _of(refund: Refund, *keys: tuple[str, str | None]) -> Decimal:
    return sum((part.amount for part in refund.parts if (part.kind, part.name) in keys), Decimal(0))


def _shipping(refund: Refund) -> Decimal:
    return min(refund.total, _of(refund, ("shipping", None), ("cap", "shipping")))


def _returns(
    made: ClaimDecision, refund: Refund, units: tuple[int, ...] | None, *, received: bool
) -> list[EarlierReturn]:  # fmt: skip
    rest = refund.total - _shipping(refund)
    goodwill = min(rest, _of(refund, ("compensation", None)))
    found = []
    if made.resolution in REFUNDING and made.return_required:
        given = {"line": made.line, "quantity": made.quantity, "units": units, "refunded": rest - goodwill}
        found.append(EarlierReturn.model_validate({**given, "received": received}))
        rest = goodwill
    if rest:
        found.append(EarlierReturn(line=made.line, quantity=0, refunded=rest))
    return found
