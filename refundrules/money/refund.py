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
from refundrules.money.currency import share, to_decimal, to_text
from refundrules.money.formula_text import Working, formula_text
from refundrules.money.item_refund import FeeContext, ItemQuote, fees_of, quote_item, share_of
from refundrules.money.ledger import Ledger, PaidLine
from refundrules.money.line_account import OrderAccounts
from refundrules.money.models import EarlierReturn, QuoteOrder, ReturnRequest
from refundrules.money.parts import Part
from refundrules.money.promotions import Clawback, clawback, steps_of
from refundrules.money.reading import read, refuse
from refundrules.money.settings import DEFAULTS, MoneySettings
from refundrules.money.taxes import Levy, most_before_tax, tax_on
from refundrules.money.tenders import TenderRefund, destination


class RefundCalculation:
    """One return while it is worked out. `check` raises `CaseError` with all that is wrong."""

    def __init__(
        self, order: QuoteOrder, request: ReturnRequest, settings: MoneySettings, root: str = "return", *,
        checked: bool = True,
    ) -> None:  # fmt: skip
        self.order, self.request, self.settings, self.root = order, request, settings, root
        self.ledger = ledger = Ledger(order, settings)
        self.minors, self.decimals = ledger.minors, ledger.decimals
        self.parts: list[Part] = []
        """Parts of the whole return; those of its items are with the items."""
        self.total = 0
        self.shipping = 0
        """Outbound shipping granted, before deductions."""
        self.shipping_shares: list[int] = []
        """What each item has of it; empty when it was not shared over them."""
        self.promotion_owed: int = self.minors.of(order.promotion_owed, "order.promotion_owed")
        self._check_currencies()
        self.accounts = OrderAccounts(ledger, settings)
        self._read_fees()
        promotions = settings.broken_promotion == "recompute" and "promotion" not in request.waive
        steps = [steps_of(promotion, at, self.minors) for at, promotion in enumerate(order.promotions)]
        back = clawback(ledger, steps, self.accounts.of) if promotions else Clawback()
        kept = self.accounts.goods_kept
        self.items = self._quote_items()
        self._add_shipping()
        self._add_goodwill()
        if promotions:
            self._add_promotions(back, clawback(ledger, steps, self.accounts.of))
        self._add_outbound_freight(kept)
        self._add_fees()
        self._limit()
        self._state()
        self.tenders: tuple[TenderRefund, ...] = destination(
            self.total, ledger.held, settings, request, self.minors, root
        )
        if checked:
            self.minors.check()

    @property
    def goods_come_back(self) -> bool:
        """Whether any item brings units back; otherwise all of them are money without goods."""
        return any(one.item.quantity for one in self.items)

    def add(self, kind: str, minor: int, working: Working, name: str = "", line: str | None = None) -> None:
        """Add a part of the whole return; an amount of zero is left out."""
        if minor:
            self.parts.append(Part(kind, name, line, minor, working, self.decimals))
            self.total += minor

    # -- what was given -------------------------------------------------------------------------

    def _check_currencies(self) -> None:
        currency, minors, request = self.ledger.currency, self.minors, self.request
        minors.same_currency(request.currency, currency, f"{self.root}.currency")
        minors.same_currency(self.settings.currency, currency, "settings.currency")
        if request.to == "store_credit" and not request.consent:
            minors.wrong(
                f"{self.root}.to", "`store_credit` is another means than the original one",
                "refund to `original`, or give `consent: true` once the buyer has agreed",
            )  # fmt: skip
        if not (request.items or request.shipping or request.compensation or request.amount):
            minors.wrong(f"{self.root}.items", "is empty", "give at least one item, or an amount")

    def _read_fees(self) -> None:
        settings, of = self.settings, self.minors.of
        fee = settings.restocking
        flat = of(fee.flat, "settings.restocking.flat") if fee else 0
        waived = frozenset(self.request.waive)
        self.desk = FeeContext(settings, waived, self.minors, self.decimals, flat, fees_of(settings, waived))
        label = self.request.return_label
        self.label = (
            of(settings.return_label, "settings.return_label")
            if label is None
            else of(label, f"{self.root}.return_label")
        )
        self.handling = of(settings.handling, "settings.handling")

    # -- items ----------------------------------------------------------------------------------

    def _quote_items(self) -> list[ItemQuote]:
        found = []
        for place, item in enumerate(self.request.items):
            where = f"{self.root}.items[{place}]"
            at = self.ledger.index.get(item.line)
            if at is None:
                self.minors.no_line(where + ".line", item.line, self.ledger.index)
                continue
            account = self.accounts.of(at)
            if item.quantity == 0 and item.amount is None:
                self.minors.wrong(where + ".quantity", "`0` without an amount gives nothing", "give `amount` or units")
            if account.allows(item.quantity, item.units, where, self.minors):
                found.append(quote_item(self.desk, account, item, where))
        self.total += sum([one.net for one in found])
        return found

    # -- the whole return -----------------------------------------------------------------------

    def _add_shipping(self) -> None:
        asked, before, ledger = self.request.shipping, self.total, self.ledger
        if asked is None and self.goods_come_back:
            asked = self.settings.shipping
        if isinstance(asked, Decimal):
            self._add_stated_shipping(asked)
        elif asked == "share":
            self._share_shipping()
        elif asked == "rest" or (asked == "with_last" and self.accounts.all_back):
            self._split_shipping(ledger.shipping_left)
        granted = self.total - before
        if granted > ledger.shipping_left:
            self.add("cap", ledger.shipping_left - granted, ("cut", granted, ledger.shipping_left), "shipping")
        self.shipping = self.total - before

    def _add_stated_shipping(self, asked: Decimal) -> None:
        """Add an amount of shipping that somebody states."""
        ledger, where = self.ledger, f"{self.root}.shipping"
        stated, most, what = self.minors.of(asked, where), ledger.shipping_left, "what is left of shipping"
        if self.settings.stated_amounts == "before_tax":
            taxes = (*ledger.shipping_inside, *ledger.shipping_taxes)
            most, what = most_before_tax(most, taxes, ledger.shipping_net), what + ", before tax" * bool(taxes)
        if stated > most and self.settings.stated_above_cap == "refuse":
            refuse(self.minors, where, stated, most, what)
        if self.settings.stated_amounts == "with_tax":
            self._split_shipping(stated)
            return
        inside = [tax_on(levy, stated, ledger.shipping_net)[0] for levy in ledger.shipping_inside]
        self.add("shipping", stated + sum(inside), ("sum", stated, *inside))
        for levy in ledger.shipping_taxes:
            self.add("shipping_tax", *tax_on(levy, stated, ledger.shipping_net), levy.name)

    def _split_shipping(self, amount: int) -> None:
        """Add an amount of shipping, split into shipping and its taxes as they were paid."""
        named = self._shipping_amounts()
        weights = [minor for _, _, minor in named]
        whole = sum(weights)
        for (kind, name, weight), minor in zip(named, share(amount, weights), strict=True):
            working: Working = ("plain", minor)
            if whole and minor != amount:
                working = ("share", amount, weight, whole, minor - amount * weight // whole)
            self.add(kind, minor, working, name)

    def _shipping_amounts(self) -> list[tuple[str, str, int]]:
        ledger = self.ledger
        net = ledger.shipping_price - ledger.shipping_cut
        return [("shipping", "", net), *[("shipping_tax", levy.name, levy.minor) for levy in ledger.shipping_taxes]]

    def _share_shipping(self) -> None:
        """Add the shares that the units coming back have of shipping, by what was paid for the goods."""
        self.shipping_shares, index = [0] * len(self.items), self.ledger.index
        for kind, name, minor in self._shipping_amounts():
            if not minor:
                continue
            shares = share(minor, self.ledger.goods)
            for at, one in enumerate(self.items):
                line, count = one.account.line, one.item.quantity
                part = shares[index[line.id]] if count else 0
                if part:
                    amount, working = one.account.units_of(part, one.first, count, one.units)
                    self.add(kind, amount, working, name, line.id)
                    self.shipping_shares[at] += amount

    def _add_goodwill(self) -> None:
        amount = self.minors.of(self.request.compensation, f"{self.root}.compensation")
        self.add("compensation", amount, ("plain", amount))

    def _deduct(self, kind: str, amount: int, working: Working, name: str = "") -> None:
        if kind not in self.desk.waived:
            self.add(kind, -amount, ("minus", working), name)

    def _add_promotions(self, before: Clawback, after: Clawback) -> None:
        amount = before.minor - after.minor - self.promotion_owed
        borne = max(0, self.total)
        owed = self.minors.text(self.promotion_owed)
        self.add("promotion", amount, ("text", f"{before.formula} - ({after.formula}) - {owed}"))
        self.promotion_owed = max(0, -amount - borne)

    def _add_outbound_freight(self, kept_before: int) -> None:
        order, of = self.order, self.minors.of
        if self.settings.broken_free_shipping == "keep" or order.free_shipping != "over_threshold":
            return
        if order.free_shipping_threshold is None or order.shipping_cost is None:
            missing = "free_shipping_threshold" if order.free_shipping_threshold is None else "shipping_cost"
            self.minors.wrong(
                f"order.{missing}",
                "is missing, and shipping was free over a threshold",
                "add it, or keep free shipping",
            )
            return
        threshold = of(order.free_shipping_threshold, "order.free_shipping_threshold")
        cost = of(order.shipping_cost, "order.shipping_cost")
        if self.accounts.goods_kept < threshold <= kept_before:
            self._deduct("outbound_freight", cost, ("plain", cost))

    def _add_fees(self) -> None:
        fee = self.settings.restocking
        if self.goods_come_back:
            if fee is not None and fee.per == "return":
                self._deduct("restocking", *share_of(sum([one.base for one in self.items]), fee.percent), "percent")
                self._deduct("restocking", self.desk.flat, ("plain", self.desk.flat), "flat")
            self._deduct("label", self.label, ("plain", self.label))
            self._deduct("handling", self.handling, ("plain", self.handling))
        amount = self.minors.of(self.request.deduction, f"{self.root}.deduction")
        self.add("deduction", -amount, ("minus", ("plain", amount)))

    # -- limits ---------------------------------------------------------------------------------

    def _limit(self) -> None:
        if self.total < 0:
            self.add("floor", -self.total, ("lift", self.total))
        left = max(0, self.ledger.left)
        if self.total > left:
            if self.settings.computed_above_cap == "refuse" and self.request.amount is None:
                refuse(self.minors, self.root, self.total, left, "what may still be given back")
            self.add("cap", left - self.total, ("cut", self.total, left), "order")

    def _state(self) -> None:
        if self.request.amount is None:
            return
        left = max(0, self.ledger.left)
        stated = self.minors.of(self.request.amount, f"{self.root}.amount")
        if stated > left and self.settings.stated_above_cap == "refuse":
            refuse(self.minors, f"{self.root}.amount", stated, left, "what may still be given back")
        self.add("stated", stated - self.total, ("sum", stated, -self.total))
        if self.total > left:
            self.add("cap", left - self.total, ("cut", self.total, left), "order")


def taxes_of(work: RefundCalculation) -> tuple[Part, ...]:
    """Return the taxes in what a quote gives for goods and for shipping, before what concerns the whole return.

    Kinds: `tax` and `shipping_tax` came on top, `included_tax` was inside the price. Fees leave them as they are.
    """
    found = [part for one in work.items for part in _of_item(work, one)]
    return (*found, *_of_shipping(work))


def _of_item(work: RefundCalculation, one: ItemQuote) -> list[Part]:
    cut = sum([part.minor for part in one.parts if part.kind == "cap"])
    line = one.account.line
    if one.item.amount is None and not cut:
        return [*[part for part in one.parts if part.kind == "tax"], *one.inside()]
    if one.item.amount is not None and not cut and work.settings.stated_amounts == "before_tax":
        stated = work.minors.of(one.item.amount, "")
        return _on(stated, line.net, line.on_top, line.inside, work, "tax", line.id)
    given = one.net if one.item.amount is not None else one.worth + cut
    return _within(given, line, work)


def _within(given: int, line: PaidLine, work: RefundCalculation) -> list[Part]:
    """Return the taxes in an amount given for a line: their shares, as the line was paid."""
    rest = line.duty if work.settings.duties == "share" else 0
    return _split(given, line.net + rest, line.on_top, line.inside, work, "tax", line.id)


def _of_shipping(work: RefundCalculation) -> list[Part]:
    ledger, asked = work.ledger, work.request.shipping
    inside, on_top = ledger.shipping_inside, ledger.shipping_taxes
    if not work.shipping or not (inside or on_top):
        return []
    cut = any(part.kind == "cap" and part.name == "shipping" for part in work.parts)
    if isinstance(asked, Decimal) and not cut and work.settings.stated_amounts == "before_tax":
        stated = work.minors.of(asked, "")
        return _on(stated, ledger.shipping_net, on_top, inside, work, "shipping_tax", None)
    return _split(work.shipping, ledger.shipping_net, on_top, inside, work, "shipping_tax", None)


def _on(
    amount: int, net: int, on_top: Sequence[Levy], inside: Sequence[Levy], work: RefundCalculation, kind: str, line: str | None
) -> list[Part]:  # fmt: skip
    """Return the taxes of an amount without taxes."""
    named = [*[(kind, levy) for levy in on_top], *[("included_tax", levy) for levy in inside]]
    return [
        Part(name, levy.name, line, minor, working, work.decimals)
        for name, levy in named
        for minor, working in [tax_on(levy, amount, net)]
        if minor
    ]


def _split(
    amount: int, net: int, on_top: Sequence[Levy], inside: Sequence[Levy], work: RefundCalculation, kind: str, line: str | None
) -> list[Part]:  # fmt: skip
    """Return the taxes in an amount that is split as the whole was paid."""
    named = [*[(kind, levy) for levy in on_top], *[("included_tax", levy) for levy in inside]]
    weights = [net, *[levy.minor for _, levy in named]]
    whole, found = sum(weights), []
    if not whole:
        return []
    for (name, levy), weight, minor in zip(named, weights[1:], share(amount, weights)[1:], strict=True):
        working: Working = ("share", amount, weight, whole, minor - amount * weight // whole)
        if minor:
            found.append(Part(name, levy.name, line, minor, working, work.decimals))
    return found


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
    _work: RefundCalculation = field(compare=False, repr=False)

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
        back = {tender.at: to_decimal(tender.minor, decimals) for tender in self.tenders}
        return self.order.booked(
            returns,
            [back.get(at, Decimal(0)) for at in range(len(self.order.tenders))],
            refunded=to_decimal(work.ledger.refunded + self.total_minor, decimals),
            shipping=to_decimal(work.shipping, decimals),
            promotion_owed=to_decimal(self.promotion_owed_minor, decimals),
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
    return _quote(RefundCalculation(order, request, settings))


def _quote(work: RefundCalculation) -> Quote:
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
