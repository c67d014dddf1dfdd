"""What an exchange comes to: what goods given back count for, what the new ones cost, and who owes whom.

Nothing is charged by it: what the buyer owes is said, and becomes a charge only when the buyer agreed to that much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from refundrules.io.fields import Amount
from refundrules.money.formula_text import Working
from refundrules.money.models import FeeKind, NewLine, QuoteOrder, ReturnItem, ReturnRequest
from refundrules.money.parts import Part
from refundrules.money.reading import Minors, read
from refundrules.money.refund import RefundCalculation
from refundrules.money.settings import DEFAULTS, MoneySettings
from refundrules.money.taxes import Taxed, levies_of_lines
from refundrules.money.tenders import TenderRefund, destination


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ExchangeRequest(_Model):
    """What is given back and what is wanted for it."""

    items: Annotated[tuple[ReturnItem, ...], Field(strict=False, min_length=1)]
    new: Annotated[tuple[NewLine, ...], Field(strict=False, min_length=1)]
    currency: str | None = Field(default=None, description="absent: the order's; another one is refused")
    new_shipping: Amount = Field(default=Decimal(0), description="what the buyer is charged for sending the new goods")
    return_label: Amount | None = Field(default=None, description="cost of the return label; absent: the settings'")
    deduction: Amount = Field(default=Decimal(0), description="taken off besides the fees of the settings")
    waive: Annotated[tuple[FeeKind, ...], Field(strict=False)] = Field(
        default=(), description="deductions not made this time"
    )
    agreed: Amount | None = Field(default=None, description="the sum the buyer agreed to pay; absent: nothing yet")
    to: Literal["original", "store_credit"] = Field(default="original", description="where money for the buyer goes")
    consent: bool = Field(default=False, description="the buyer agreed to another means than the original one")


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an exchange comes to. Each amount is a part with its formula."""

    currency: str
    credit: Part
    """What the goods given back count for, after fees."""
    price: Part
    """What the new goods cost, with taxes on top and shipping."""
    difference: Part
    """`price` less `credit`; below zero when the new goods are cheaper."""
    waived: Part
    """What of the difference the shop lets go, or (below zero) the buyer when every exchange is even."""
    buyer_owes: Part
    shop_owes: Part
    """Never more than a refund of the goods given back would be."""
    charge: Part
    """What may be charged now: what the buyer owes if the buyer agreed to as much, else nothing."""
    parts: tuple[Part, ...]
    """The parts of the credit, then of the price; the first sum to `credit`, the others to `price`."""
    tenders: tuple[TenderRefund, ...]
    """Where the money the shop owes goes."""

    @property
    def needs_agreement(self) -> bool:
        """Whether the buyer owes something and has not agreed to pay as much."""
        return self.buyer_owes.minor != self.charge.minor

    def to_dict(self) -> dict[str, Any]:
        """Return the settlement as plain JSON data: amounts are strings."""
        names = ("credit", "price", "difference", "waived", "buyer_owes", "shop_owes", "charge")
        amounts = {name: {key: getattr(self, name).to_dict()[key] for key in ("amount", "formula")} for name in names}
        return {
            "currency": self.currency,
            **amounts,
            "needs_agreement": self.needs_agreement,
            "parts": [part.to_dict() for part in self.parts],
            "by_tender": [tender.to_dict() for tender in self.tenders],
        }


def settle(
    order: QuoteOrder | Mapping[str, Any],
    request: ExchangeRequest | Mapping[str, Any],
    settings: MoneySettings | Mapping[str, Any] = DEFAULTS,
) -> Settlement:
    """Return what exchanging goods of an order for others comes to.

    Raises `CaseError` with every problem, as `quote` does.

    >>> order = {"currency": "CNY", "lines": [{"id": "L1", "unit_price": "100.00"}]}
    >>> request = {"items": [{"line": "L1"}], "new": [{"id": "N1", "unit_price": "112.00"}]}
    >>> result = settle(order, request, {"waiver": "5"})
    >>> result.difference.formula, result.buyer_owes.amount, result.charge.amount
    ('112.00 - 100.00', Decimal('12.00'), Decimal('0.00'))
    """
    order, request, settings = read(
        [(QuoteOrder, order, "order"), (ExchangeRequest, request, "exchange"), (MoneySettings, settings, "settings")]
    )
    assert isinstance(order, QuoteOrder)
    assert isinstance(request, ExchangeRequest)
    assert isinstance(settings, MoneySettings)
    back = ReturnRequest.model_construct(
        items=request.items, currency=request.currency, shipping="none", return_label=request.return_label,
        compensation=Decimal(0), deduction=request.deduction, amount=None, waive=request.waive, by_tender=(),
        to=request.to, consent=request.consent,
    )  # fmt: skip
    work = RefundCalculation(order, back, settings, "exchange", checked=False)
    new = new_parts(request.new, settings, work.minors, "exchange.new[%d]")
    new += _new_shipping(request, work.minors)
    waiver = work.minors.of(settings.waiver, "settings.waiver")
    agreed = work.minors.of(request.agreed, "exchange.agreed")
    work.minors.check()
    return _settlement(work, request, new, waiver, agreed)


def new_parts(lines: Sequence[NewLine], settings: MoneySettings, minors: Minors, where: str) -> list[Part]:
    """Return what new goods cost, line by line, with taxes on top; what is wrong is kept at the path `where`."""
    decimals, goods = minors.decimals, []
    for at, line in enumerate(lines):
        place = where % at
        unit, cut = minors.of(line.unit_price, place + ".unit_price"), minors.of(line.discount, place + ".discount")
        price = unit * line.quantity - cut
        if price < 0:
            minors.wrong(place + ".discount", f"`{line.discount}` is above the line's price")
        working: Working = ("price", unit, line.quantity, cut) if cut else ("price", unit, line.quantity)
        goods.append(Part("goods", "", line.id, price, working, decimals))
    priced = [Taxed(line.taxes, part.minor, line.quantity) for line, part in zip(lines, goods, strict=True)]
    levied = levies_of_lines(priced, settings.tax_rounding, minors, where + ".taxes[%d]")
    found = []
    for part, (_, on_top) in zip(goods, levied, strict=True):
        taxes = [Part("tax", levy.name, part.line, levy.minor, levy.working, decimals) for levy in on_top]
        found += [part, *taxes]
    return found


def _new_shipping(request: ExchangeRequest, minors: Minors) -> list[Part]:
    shipping = minors.of(request.new_shipping, "exchange.new_shipping")
    return [Part("shipping", "", None, shipping, ("plain", shipping), minors.decimals)] if shipping else []


def _uplifts(work: RefundCalculation) -> list[Part]:
    """Return what the list price of the goods given back is above the price paid, where that is the credit."""
    if work.settings.exchange_credit == "paid":
        return []
    found = []
    for one in work.items:
        line, goods = one.account.line, one.parts[0].minor if one.item.quantity else 0
        more = line.unit_price * one.item.quantity - goods
        if more:
            working = ("price", line.unit_price, one.item.quantity, goods)
            found.append(Part("uplift", "", line.id, more, working, work.decimals))
    return found


def _settlement(
    work: RefundCalculation, request: ExchangeRequest, new: list[Part], waiver: int, agreed: int
) -> Settlement:
    decimals, settings = work.decimals, work.settings
    parts = [*[part for one in work.items for part in one.parts], *work.parts, *_uplifts(work)]
    credit, price = sum([part.minor for part in parts]), sum([part.minor for part in new])
    difference = price - credit
    let_go = waiver_of(difference, settings, waiver)
    owed = difference - let_go
    buyer, shop = max(0, owed), min(max(0, -owed), work.total)
    charge = buyer if agreed >= buyer else 0

    def amount(kind: str, minor: int, *working: Any) -> Part:
        return Part(kind, "", None, minor, working, decimals)

    return Settlement(
        currency=work.ledger.currency,
        credit=amount("credit", credit, "sum", *[part.minor for part in parts]),
        price=amount("price", price, "sum", *[part.minor for part in new]),
        difference=amount("difference", difference, "sum", price, -credit),
        waived=amount("waived", let_go, "plain", let_go),
        buyer_owes=amount("buyer_owes", buyer, "text", f"max({_text(work, difference, -let_go)}, 0)"),
        shop_owes=amount(
            "shop_owes", shop, "text", f"min(max({_text(work, let_go, -difference)}, 0), {_text(work, work.total)})"
        ),
        charge=amount("charge", charge, "plain", charge),
        parts=(*parts, *new),
        tenders=destination(shop, work.ledger.held, settings, work.request, work.minors, work.root),
    )


def _text(work: RefundCalculation, first: int, second: int = 0) -> str:
    text = work.minors.text(first)
    if not second:
        return text
    return f"{text} {'-' if second < 0 else '+'} {work.minors.text(abs(second))}"


def waiver_of(difference: int, settings: MoneySettings, waiver: int) -> int:
    """Return what of a difference in price is let go: by the shop, or (below zero) by the buyer."""
    if settings.exchange_difference == "even":
        return difference
    if difference <= 0:
        return 0
    if difference <= waiver:
        return difference
    return waiver if settings.waiver_above == "excess" else 0
