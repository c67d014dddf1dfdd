"""What would this refund be: one call for the dry run and for the real thing.

    from refundrules.money import quote

    result = quote(order, {"items": [{"line": "L1", "quantity": 1}]})
    result.total, [(part.kind, part.amount, part.formula) for part in result.parts]
    order = result.booked()          # once the money has gone out

It needs no policy: what is returned, what is deducted and who is at fault are given to it. `docs/money.md` shows
the settings, each with numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import ValidationError

from refundrules.errors import CaseError, Problem
from refundrules.minorunits import share, to_decimal, to_text
from refundrules.moneysettings import DEFAULTS, MoneySettings
from refundrules.quoteorder import EarlierReturn, QuoteOrder, ReturnRequest
from refundrules.quoteparts import Part
from refundrules.quotereading import read
from refundrules.quotetaxes import taxes_of
from refundrules.quoting import Quoting
from refundrules.tendering import TenderRefund
from refundrules.workings import Working, formula_text


class LineRefund(NamedTuple):
    """What one item of the return comes to, once what concerns the whole return is shared over its items."""

    line: str
    quantity: int
    worth_minor: int
    """What the units were worth before deductions, without shipping."""
    minor: int
    """Its share of the refund, in minor units; these sum to the total."""
    working: Working
    decimals: int

    @property
    def amount(self) -> Decimal:
        """Its share of the refund, in the order's currency."""
        return to_decimal(self.minor, self.decimals)

    @property
    def formula(self) -> str:
        """The formula of its share, with the numbers filled in."""
        return formula_text(self.working, self.decimals)


@dataclass(frozen=True, slots=True)
class Quote:
    """A refund, worked out to the minor unit. Its parts sum to the total, and so do its lines and its tenders."""

    order: QuoteOrder
    request: ReturnRequest
    settings: MoneySettings
    currency: str
    decimals: int
    total_minor: int
    parts: tuple[Part, ...]
    tenders: tuple[TenderRefund, ...]
    """Where the money goes; empty when the order names no means of payment."""
    maximum_minor: int
    """What could be given back at most: captured less refunded."""
    promotion_owed_minor: int
    """Of broken promotions, what this refund was too small to bear; it is not charged but carried to the next one."""
    awaited: int
    """Units refunded before that have not reached the shop yet."""
    _work: Quoting = field(compare=False, repr=False)

    @property
    def total(self) -> Decimal:
        """The refund, in the order's currency."""
        return to_decimal(self.total_minor, self.decimals)

    @property
    def maximum(self) -> Decimal:
        """What could be given back at most, in the order's currency."""
        return to_decimal(self.maximum_minor, self.decimals)

    @property
    def formula(self) -> str:
        """The total as a sum: of each item's amount, then of the parts that concern the whole return."""
        nets = [one.net for one in self._work.items]
        return formula_text(("sum", *nets, *[part.minor for part in self._work.parts]), self.decimals)

    @property
    def lines(self) -> tuple[LineRefund, ...]:
        """The refund shared over the items of the request; empty when it has none."""
        total, decimals, items = self.total_minor, self.decimals, self._work.items
        own = self._work.shipping_shares or [0] * len(items)
        weights = [one.net + shipping for one, shipping in zip(items, own, strict=True)]
        whole = sum(weights)
        return tuple(
            [
                LineRefund(
                    one.item.line, one.item.quantity, one.worth, minor,
                    ("share", total, weight, whole, minor - total * weight // whole) if whole else ("plain", minor),
                    decimals,
                )
                for one, weight, minor in zip(items, weights, _shared(total, weights), strict=True)
            ]
        )  # fmt: skip

    @property
    def taxes(self) -> tuple[Part, ...]:
        """How much of what is given for goods and shipping is tax, tax by tax: on top, or inside the price.

        They are not part of the sum, and fees, goodwill and limits of the whole return leave them as they are.
        """
        return taxes_of(self._work)

    def of(self, kind: str, line: str | None = None) -> Decimal:
        """Return what the parts of a kind come to, of one line if one is named; zero when there are none."""
        found = [part.minor for part in self.parts if part.kind == kind and line in (None, part.line)]
        return to_decimal(sum(found), self.decimals)

    def booked(self) -> QuoteOrder:
        """Return the order after this refund: its returns, what was refunded, and what each tender gave back.

        Raises `CaseError` while part of it can be sent nowhere (`TenderRefund.to` is None), and for more than an order
        can hold.
        """
        stuck = [
            Problem(
                f"order.tenders[{tender.at}]", f"nothing can be sent to this `{tender.kind}`", "get the buyer's consent"
            )
            for tender in self.tenders
            if tender.to is None
        ]
        if stuck:
            raise CaseError(stuck)
        decimals, work = self.decimals, self._work
        nets = [one.net for one in work.items]
        goods = min(sum(nets), max(0, self.total_minor - work.shipping))
        try:
            returns = [
                EarlierReturn(
                    line=one.item.line,
                    quantity=one.item.quantity,
                    units=one.item.units,
                    amount=to_decimal(one.worth, decimals) if one.item.quantity else None,
                    refunded=to_decimal(minor, decimals),
                )
                for one, minor in zip(work.items, _shared(goods, nets), strict=True)
            ]
        except ValidationError:
            raise CaseError([Problem("order.returns", "what came back is larger than any amount can be")]) from None
        back = {tender.at: tender.minor for tender in self.tenders}
        tenders = [
            tender.model_copy(update={"refunded": tender.refunded + to_decimal(minor, decimals)})
            if (minor := back.get(at))
            else tender
            for at, tender in enumerate(self.order.tenders)
        ]
        return self.order.model_copy(
            update={
                "returns": (*self.order.returns, *returns),
                "tenders": tuple(tenders),
                "refunded": to_decimal(work.ledger.refunded + self.total_minor, decimals),
                "shipping_refunded": self.order.shipping_refunded + to_decimal(work.shipping, decimals),
                "promotion_owed": to_decimal(self.promotion_owed_minor, decimals),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the quote as plain JSON data: amounts are strings."""
        return {
            "currency": self.currency,
            "total": to_text(self.total_minor, self.decimals),
            "formula": self.formula,
            "parts": [part.to_dict() for part in self.parts],
            "lines": [
                {"line": line.line, "quantity": line.quantity, "amount": str(line.amount), "formula": line.formula}
                for line in self.lines
            ],
            "by_tender": [tender.to_dict() for tender in self.tenders],
            "taxes": [part.to_dict() for part in self.taxes],
            "maximum": to_text(self.maximum_minor, self.decimals),
            "promotion_owed": to_text(self.promotion_owed_minor, self.decimals),
            "awaited": self.awaited,
        }


def _shared(total: int, weights: Sequence[int]) -> list[int]:
    """Return a total shared over items; nothing when there are none."""
    return share(total, weights) if weights else []


def quote(
    order: QuoteOrder | Mapping[str, Any],
    request: ReturnRequest | Mapping[str, Any],
    settings: MoneySettings | Mapping[str, Any] = DEFAULTS,
) -> Quote:
    """Return what a return of goods, or money without goods, comes to.

    `order` is what was paid and given back before, `request` what comes back now, `settings` how it is worked out;
    each a model or a mapping. The same arguments give the same quote, so a dry run is the refund.

    Raises `CaseError` with every problem: money that cannot be, units that are not there, amounts stated above what
    is left (with the maximum).

    >>> order = {"currency": "EUR", "lines": [{"id": "L1", "quantity": 3, "unit_price": "10.00", "discount": "2.00"}]}
    >>> result = quote(order, {"items": [{"line": "L1"}]})
    >>> result.total, result.parts[0].formula
    (Decimal('9.34'), 'floor((10.00 * 3 - 2.00) * 1 / 3, 0.01) + 0.01')
    """
    order, request, settings = read(
        [(QuoteOrder, order, "order"), (ReturnRequest, request, "return"), (MoneySettings, settings, "settings")]
    )
    assert isinstance(order, QuoteOrder)
    assert isinstance(request, ReturnRequest)
    assert isinstance(settings, MoneySettings)
    return _quote(Quoting(order, request, settings))


def _quote(work: Quoting) -> Quote:
    parts: list[Part] = []
    for one in work.items:
        parts += one.parts
    return Quote(
        order=work.order,
        request=work.request,
        settings=work.settings,
        currency=work.ledger.currency,
        decimals=work.decimals,
        total_minor=work.total,
        parts=(*parts, *work.parts),
        tenders=work.tenders,
        maximum_minor=work.ledger.left,
        promotion_owed_minor=work.promotion_owed,
        awaited=work.accounts.awaited,
        _work=work,
    )
