"""Working out a return: its items, what concerns the whole of it, and the limits that cut last."""

from __future__ import annotations

from decimal import Decimal

from refundrules.brokenpromise import TakenBack, steps_of, taken_back
from refundrules.itemquote import Deskwork, ItemQuote, fees_of, quote_item, share_of
from refundrules.ledger import Ledger
from refundrules.levies import most_before_tax, tax_on
from refundrules.minorunits import share
from refundrules.moneysettings import MoneySettings
from refundrules.orderaccounts import OrderAccounts
from refundrules.quoteorder import QuoteOrder, ReturnRequest
from refundrules.quoteparts import Part
from refundrules.quotereading import refuse
from refundrules.tendering import TenderRefund, placed
from refundrules.workings import Working


class Quoting:
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
        self.promotion_owed = self.minors.of(order.promotion_owed, "order.promotion_owed")
        self._check_currencies()
        self.accounts = OrderAccounts(ledger, settings)
        self._read_fees()
        promotions = settings.broken_promotion == "recompute" and "promotion" not in request.waive
        steps = [steps_of(promotion, at, self.minors) for at, promotion in enumerate(order.promotions)]
        back = taken_back(ledger, steps, self.accounts.of) if promotions else TakenBack()
        kept = self.accounts.goods_kept
        self.items = self._quote_items()
        self._add_shipping()
        self._add_goodwill()
        if promotions:
            self._add_promotions(back, taken_back(ledger, steps, self.accounts.of))
        self._add_outbound_freight(kept)
        self._add_fees()
        self._limit()
        self._state()
        self.tenders: tuple[TenderRefund, ...] = placed(self.total, ledger.held, settings, request, self.minors, root)
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
        self.desk = Deskwork(settings, waived, self.minors, self.decimals, flat, fees_of(settings, waived))
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

    def _add_promotions(self, before: TakenBack, after: TakenBack) -> None:
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
