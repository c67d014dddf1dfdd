"""The accounts of an order's lines, with everything that came back of them before."""

from __future__ import annotations

from refundrules.ledger import Ledger
from refundrules.lineaccount import LineAccount
from refundrules.moneysettings import MoneySettings
from refundrules.quoteorder import QuoteOrder


class OrderAccounts:
    """A ledger's lines as accounts, opened when needed. What is wrong is kept in the ledger's `minors`."""

    __slots__ = ("_opened", "_settings", "given", "ledger")

    def __init__(self, ledger: Ledger, settings: MoneySettings) -> None:
        self.ledger, self._settings = ledger, settings
        self._opened: dict[int, LineAccount] = {}
        self.given: dict[str, int] = {}
        """What was given back for each line before, without shipping."""
        self._read_history(ledger.order)

    def of(self, at: int) -> LineAccount:
        """Return the account of a line, by its place in the order."""
        found = self._opened.get(at)
        if found is None:
            found = self._opened[at] = LineAccount(self.ledger.lines[at], self._settings, self.ledger.decimals)
        return found

    @property
    def goods_kept(self) -> int:
        """What was paid for the goods that have not come back, in minor units."""
        return sum(self.ledger.goods) - sum([account.goods_gone for account in self._opened.values()])

    @property
    def all_back(self) -> bool:
        """Whether nothing of the order is left with the buyer."""
        every = len(self._opened) == len(self.ledger.lines)
        return every and not any(account.units_left for account in self._opened.values())

    @property
    def awaited(self) -> int:
        """Units refunded before that have not reached the shop yet."""
        return sum([account.awaited for account in self._opened.values()])

    def _read_history(self, order: QuoteOrder) -> None:
        ledger = self.ledger
        minors = ledger.minors
        for place, entry in enumerate(order.returns):
            at = ledger.index.get(entry.line)
            if at is None:
                minors.no_line(f"order.returns[{place}].line", entry.line, ledger.index)
            else:
                refunded = self.of(at).read(entry, f"order.returns[{place}]", minors)
                self.given[entry.line] = self.given.get(entry.line, 0) + refunded
        given = sum(self.given.values())
        if order.refunded is None and not ledger.held:
            ledger.refunded = given + ledger.shipping_refunded
        elif given > ledger.refunded:
            minors.wrong(
                "order.refunded", f"`{minors.text(ledger.refunded)}` is below what its returns were refunded "
                f"(`{minors.text(given)}`)", "correct either",
            )  # fmt: skip
        if ledger.refunded > ledger.captured:
            minors.wrong(
                "order.refunded", f"`{minors.text(ledger.refunded)}` is above what was captured "
                f"(`{minors.text(ledger.captured)}`)", "correct either amount",
            )  # fmt: skip
