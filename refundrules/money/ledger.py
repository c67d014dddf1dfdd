"""The ledger of an order: what was paid for each line, in minor units, to the last one.

Price, less line discount, less its shares of promotions and of the order discount, is what the goods cost; taxes
on top and duties come beside it. The lines and outbound shipping add up to what the order cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from refundrules.money.allocation import split
from refundrules.money.currency import Minor, exponent, is_currency, share
from refundrules.money.formula_text import Working
from refundrules.money.models import QuoteLine, QuoteOrder, Tender
from refundrules.money.reading import Minors
from refundrules.money.settings import MoneySettings
from refundrules.money.taxes import Levied, Levy, Taxed, levies, levies_of_lines


class PaidLine(NamedTuple):
    """What was paid for one line, in minor units."""

    id: str
    quantity: int
    unit_price: int
    discount: int
    cuts: tuple[int, ...]
    """Its share of every discount of the ledger, in their order."""
    goods: int
    """List price less `discount` and `cuts`."""
    on_top: tuple[Levy, ...]
    inside: tuple[Levy, ...]
    duty: int

    @property
    def before_order(self) -> int:
        """The price after the line's own discount, before those of the order."""
        return self.unit_price * self.quantity - self.discount

    @property
    def working(self) -> Working:
        """How `goods` came about."""
        return ("goods", self.unit_price, self.quantity, self.discount, self.cuts)

    @property
    def taxes(self) -> int:
        """The taxes that came on top."""
        return sum([levy.minor for levy in self.on_top]) if self.on_top else 0

    @property
    def net(self) -> int:
        """What `goods` are without the taxes inside."""
        return self.goods - sum([levy.minor for levy in self.inside])


class Discount(NamedTuple):
    """A discount of the order, and how it was shared."""

    id: str
    minor: int
    weights: tuple[int, ...]
    """One for every line, 0 where it was not given; one more for shipping where that took part."""
    shares: tuple[int, ...]


class Held(NamedTuple):
    """What a means of payment took and gave back, in minor units."""

    tender: Tender
    captured: Minor
    refunded: Minor

    @property
    def left(self) -> int:
        return self.captured - self.refunded


class Ledger:
    """An order in minor units. Raises nothing: what is wrong is kept in `minors`."""

    __slots__ = (
        "captured", "currency", "decimals", "discounts", "goods", "held", "index", "lines", "minors",
        "order", "refunded", "shipping", "shipping_cut", "shipping_inside", "shipping_price", "shipping_refunded",
        "shipping_taxes",
    )  # fmt: skip

    def __init__(self, order: QuoteOrder, settings: MoneySettings, currency: str | None = None) -> None:
        """Read an order, in `currency` where another than its own is to be taken for granted."""
        self.order, self.currency = order, currency or order.currency or ""
        self.decimals = exponent(self.currency)
        self.minors = Minors(self.decimals)
        if not self.currency:
            self.minors.wrong("order.currency", "is required and missing", "add it")
        elif not is_currency(self.currency):
            self.minors.wrong(
                "order.currency", f"`{self.currency}` is not a currency code", "give three capitals (ISO 4217)"
            )
        lines = order.lines
        self.index = {line.id: index for index, line in enumerate(lines)}
        if len(self.index) != len(lines):
            self.minors.wrong("order.lines", "two lines have the same id", "give every line an id of its own")
        prices, discounts, values = list[int](), list[int](), list[int]()
        for at, line in enumerate(lines):
            price = self.minors.of(line.unit_price, "order.lines[%d].unit_price", at)
            discount = self._line_discount(line, at, price) if line.discount else 0
            prices.append(price)
            discounts.append(discount)
            values.append(price * line.quantity - discount)
        self._read_shipping()
        self.discounts: tuple[Discount, ...] = ()
        self.goods, self.shipping_cut = values, 0
        cuts: Sequence[tuple[int, ...]] = ((),) * len(lines)
        if order.discount or order.promotions:
            self.discounts = self._share_discounts(prices, values, settings)
            cuts = list(zip(*[discount.shares for discount in self.discounts], strict=False)) or cuts
            self.goods = [value - sum(cut) for value, cut in zip(values, cuts, strict=False)]
            self.shipping_cut = sum(
                [discount.shares[-1] for discount in self.discounts if len(discount.shares) > len(lines)]
            )
        duties = self._duties(order)
        levied = self._levied(lines, settings)
        self.lines = [
            PaidLine(line.id, line.quantity, price, discount, cut, goods, on_top, inside, duty)
            for line, price, discount, cut, goods, (inside, on_top), duty in zip(
                lines, prices, discounts, cuts, self.goods, levied, duties, strict=False
            )
        ]
        self.shipping_inside, self.shipping_taxes = levies(
            order.shipping_taxes, self.shipping_price - self.shipping_cut, self.minors, "order.shipping_taxes[%d]"
        )
        self.shipping = self.shipping_price - self.shipping_cut + sum([levy.minor for levy in self.shipping_taxes])
        self._read_money()

    @property
    def total(self) -> int:
        """What the order cost: its lines, duties and outbound shipping."""
        return sum([line.goods + line.taxes + line.duty for line in self.lines]) + self.shipping

    @property
    def left(self) -> int:
        """What may still be given back: captured less refunded."""
        return self.captured - self.refunded

    @property
    def shipping_net(self) -> int:
        """Outbound shipping without its taxes."""
        return self.shipping_price - self.shipping_cut - sum([levy.minor for levy in self.shipping_inside])

    @property
    def shipping_left(self) -> int:
        """What of outbound shipping was not granted back yet."""
        return self.shipping - self.shipping_refunded

    def _duties(self, order: QuoteOrder) -> Sequence[int]:
        """Return each line's own duties and its share of the order's."""
        lines, of = order.lines, self.minors.of
        whole = of(order.duties, "order.duties")
        own = [of(line.duty, "order.lines[%d].duty", at) for at, line in enumerate(lines)]
        if not whole:
            return own
        return [one + part for one, part in zip(own, share(whole, self.goods), strict=True)]

    def _levied(self, lines: Sequence[QuoteLine], settings: MoneySettings) -> Sequence[Levied]:
        priced = [Taxed(line.taxes, goods, line.quantity) for line, goods in zip(lines, self.goods, strict=True)]
        return levies_of_lines(priced, settings.tax_rounding, self.minors, "order.lines[%d].taxes[%d]")

    # -- discounts ------------------------------------------------------------------------------

    def _line_discount(self, line: QuoteLine, at: int, price: int) -> int:
        discount = self.minors.of(line.discount, "order.lines[%d].discount", at)
        if discount > price * line.quantity:
            self.minors.wrong(f"order.lines[{at}].discount", f"`{line.discount}` is above the line's price")
        return discount

    def _share_discounts(self, prices: list[int], values: list[int], settings: MoneySettings) -> tuple[Discount, ...]:
        order, left, found = self.order, list(values), []
        lists = [price * line.quantity for price, line in zip(prices, order.lines, strict=True)]
        with_shipping = settings.discount_base == "discounted_and_shipping"
        for at, promotion in enumerate(order.promotions):
            amount = self.minors.of(promotion.amount, "order.promotions[%d].amount", at)
            members = None if promotion.lines is None else self._members(promotion.lines, at)
            where = f"order.promotions[{at}].amount"
            weights = lists if settings.discount_base == "list" else left
            found.append(self._shared(promotion.id, amount, weights, left, members, settings, where, False))
        amount = self.minors.of(order.discount, "order.discount")
        if amount:
            weights = lists if settings.discount_base == "list" else left
            found.append(
                self._shared("order", amount, weights, left, None, settings, "order.discount", with_shipping)
            )  # fmt: skip
        return tuple(found)

    def _members(self, ids: Sequence[str], at: int) -> set[int]:
        found = set()
        for place, line in enumerate(ids):
            if line in self.index:
                found.add(self.index[line])
            else:
                self.minors.no_line(f"order.promotions[{at}].lines[{place}]", line, self.index)
        return found

    def _shared(
        self, name: str, amount: int, weights: Sequence[int], left: list[int], members: set[int] | None,
        settings: MoneySettings, where: str, with_shipping: bool,
    ) -> Discount:  # fmt: skip
        """Share a discount, and take the shares off what is `left` of the lines."""
        if members is None:
            chosen, limits = list(weights), list(left)
        else:
            chosen = [weight if at in members else 0 for at, weight in enumerate(weights)]
            limits = [value if at in members else 0 for at, value in enumerate(left)]
        if with_shipping:
            chosen.insert(0, self.shipping_price)
            limits.insert(0, self.shipping_price)
        if amount > sum(limits):
            self.minors.wrong(where, f"`{self.minors.text(amount)}` is above the value of its lines")
            return Discount(name, amount, tuple(chosen), (0,) * len(chosen))
        shares = split(amount, chosen, settings.remainder, limits) if amount else [0] * len(chosen)
        if with_shipping:  # it is shared first, so that a rule of the last one means a line; and kept behind the lines
            chosen, shares = [*chosen[1:], chosen[0]], [*shares[1:], shares[0]]
        for at in range(len(left)):
            left[at] -= shares[at]
        return Discount(name, amount, tuple(chosen), tuple(shares))

    # -- shipping and money ---------------------------------------------------------------------

    def _read_shipping(self) -> None:
        order, of = self.order, self.minors.of
        charged = of(order.shipping_charged, "order.shipping_charged")
        discount = of(order.shipping_discount, "order.shipping_discount")
        if discount > charged:
            self.minors.wrong(
                "order.shipping_discount", f"`{order.shipping_discount}` is above what was charged for shipping"
            )
        self.shipping_price = max(0, charged - discount)
        self.shipping_refunded = of(order.shipping_refunded, "order.shipping_refunded")

    def _read_money(self) -> None:
        order, minors, of = self.order, self.minors, self.minors.of
        self.held = held_by(order.tenders, self.currency, minors)
        captured, refunded = sum([held.captured for held in self.held]), sum([held.refunded for held in self.held])
        taken = order.taken
        self.captured: int = (captured if self.held else self.total) if taken is None else of(taken, "order.captured")
        self.refunded: int = refunded if order.refunded is None else of(order.refunded, "order.refunded")
        if self.held and captured != self.captured:
            minors.wrong(
                "order.tenders", f"captured adds up to `{minors.text(captured)}`, the order's is "
                f"`{minors.text(self.captured)}`", "correct either",
            )  # fmt: skip
        if self.held and refunded != self.refunded:
            minors.wrong(
                "order.tenders", f"refunded adds up to `{minors.text(refunded)}`, the order's is "
                f"`{minors.text(self.refunded)}`", "correct either",
            )  # fmt: skip
        if self.shipping_refunded > self.shipping:
            minors.wrong(
                "order.shipping_refunded",
                f"`{order.shipping_refunded}` is above what was paid for shipping (`{minors.text(self.shipping)}`)",
            )


def held_by(tenders: Sequence[Tender], currency: str, minors: Minors) -> list[Held]:
    """Return what each means of payment took and gave back; what is wrong is kept in `minors`."""
    return [_held(tender, at, currency, minors) for at, tender in enumerate(tenders)]


def _held(tender: Tender, at: int, currency: str, minors: Minors) -> Held:
    minors.same_currency(tender.currency, currency, f"order.tenders[{at}].currency")
    captured = minors.of(tender.captured, "order.tenders[%d].captured", at)
    refunded = minors.of(tender.refunded, "order.tenders[%d].refunded", at)
    if refunded > captured:
        minors.wrong(
            f"order.tenders[{at}].refunded", f"`{tender.refunded}` is above what was captured", "correct either amount"
        )
    return Held(tender, captured, refunded)
