"""The account of one line: what came back of it, what its next units are worth, and what is left of it."""

from __future__ import annotations

from collections.abc import Sequence

from refundrules.expr.formula import round_half_up
from refundrules.money.allocation import BY_UNIT, of_return, of_units
from refundrules.money.currency import share_of_units
from refundrules.money.formula_text import Working
from refundrules.money.ledger import Ledger, PaidLine
from refundrules.money.models import EarlierReturn, QuoteOrder
from refundrules.money.parts import Part
from refundrules.money.reading import Minors
from refundrules.money.settings import MoneySettings


class LineAccount:
    """One line while a quote is made. Amounts in minor units, without shipping."""

    __slots__ = (
        "_amounts", "_by_unit", "_counts", "_dearer_last", "_decimals", "_given", "_in_sum", "_own_amounts", "_taken", "_takes_rest",
        "awaited", "gone", "goods_gone", "line", "rule", "spent", "total", "worth",
    )  # fmt: skip

    def __init__(self, line: PaidLine, settings: MoneySettings, decimals: int) -> None:
        self.line, self.rule, self._decimals = line, settings.remainder, decimals
        self._by_unit = settings.remainder in BY_UNIT
        self._dearer_last = settings.dearer_units == "last"
        amounts: list[tuple[str, str, int, Working]] = [("goods", "", line.goods, line.working)]
        total = line.goods
        for levy in line.on_top:
            amounts.append(("tax", levy.name, levy.minor, levy.working))
            total += levy.minor
        if line.duty and settings.duties == "share":
            amounts.append(("duty", "", line.duty, ("plain", line.duty)))
            total += line.duty
        self._amounts, self.total = amounts, total
        self._takes_rest = settings.last_return == "takes_the_rest"
        self._in_sum = settings.item_rounding == "sum" and len(amounts) > 1
        self._counts: list[int] = []
        self._taken: set[int] | None = None
        self._given: dict[int, int] = {}
        self._own_amounts = False
        self.gone = 0
        """Units that came back."""
        self.goods_gone = 0
        """What was paid for their goods."""
        self.worth = 0
        """What they were worth, before deductions."""
        self.spent = 0
        """What of the line is used up: the worth of units gone (or what was given for them, if more), and money
        given without goods."""
        self.awaited = 0
        """Units refunded that are not back yet."""

    @property
    def left(self) -> int:
        """What may still be given for the line."""
        return max(0, self.total - self.spent)

    @property
    def units_left(self) -> int:
        """Units that have not come back."""
        return self.line.quantity - self.gone

    @property
    def returns(self) -> int:
        """How many returns brought units back."""
        return len(self._counts)

    def pieces(self, count: int, chosen: Sequence[int] | None) -> list[Part]:
        """Return what the next units are worth: goods, taxes on top, duty, and what is left if they are the last."""
        found = self._split(self._amounts, count, chosen, self.gone, self._counts)
        whole = self._whole(count, chosen) if self._own_amounts or self._in_sum else None
        if whole is not None:
            amount, working = whole
            now = [part.minor for part in found]
            if amount != sum(now):
                working = ("sum", working, *[-minor for minor in now])
                found.append(Part("rest", "", self.line.id, amount - sum(now), working, self._decimals))
        return found

    def _whole(self, count: int, chosen: Sequence[int] | None) -> tuple[int, Working] | None:
        """Return what the next units are worth in one sum; None where that is the sum of their amounts."""
        if self._own_amounts and self.rule == "of_the_rest":
            gone = min(self.worth, self.total)
            amount = round_half_up((self.total - gone) * count, self.units_left)
            return amount, ("of_the_rest", self.total, gone, count, self.units_left)
        if self._own_amounts and self._takes_rest and count == self.units_left:
            return self.total - self.worth, ("sum", self.total, -self.worth)
        if not self._in_sum:
            return None
        (part,) = self._split([("", "", self.total, ("plain", self.total))], count, chosen, self.gone, self._counts)
        return part.minor, part.working

    def inside(self, count: int, units: Sequence[int] | None, first: int, returns: int) -> list[Part]:
        """Return what `count` units have of the taxes inside the price, when so many units and returns were before."""
        amounts = [("included_tax", levy.name, levy.minor, levy.working) for levy in self.line.inside]
        return self._split(amounts, count, units, first, self._counts[:returns])

    def _split(
        self, amounts: Sequence[tuple[str, str, int, Working]], count: int, chosen: Sequence[int] | None, first: int,
        counts: Sequence[int],
    ) -> list[Part]:  # fmt: skip
        quantity, line, decimals = self.line.quantity, self.line.id, self._decimals
        if self._by_unit:
            if self._dearer_last:
                first, chosen = self._mirrored(first, count, chosen)
            return [
                Part(kind, name, line, *of_units(minor, quantity, first, count, chosen, spelled), decimals)
                for kind, name, minor, spelled in amounts
            ]
        rule, rest = self.rule, self._takes_rest
        return [
            Part(kind, name, line, *of_return(minor, quantity, counts, count, rule, rest, spelled), decimals)
            for kind, name, minor, spelled in amounts
        ]

    def units_of(
        self, total: int, first: int, count: int, chosen: Sequence[int] | None, spelled: Working | None = None
    ) -> tuple[int, Working]:  # fmt: skip
        """Return what units of the line have of an amount, when every unit has its own: `allocation.of_units`."""
        if self._dearer_last:
            first, chosen = self._mirrored(first, count, chosen)
        return of_units(total, self.line.quantity, first, count, chosen, spelled)

    def _mirrored(self, first: int, count: int, chosen: Sequence[int] | None) -> tuple[int, Sequence[int] | None]:
        """Return the same units, counted from the last one."""
        quantity = self.line.quantity
        return quantity - first - count, None if chosen is None else [quantity + 1 - unit for unit in chosen]

    @property
    def goods_kept(self) -> int:
        """What was paid for the goods that have not come back."""
        return self.line.goods - self.goods_gone

    @property
    def price_kept(self) -> int:
        """The price, before the order's discounts, of the units that have not come back."""
        price, quantity = self.line.before_order, self.line.quantity
        return price - share_of_units(price, quantity, 0, self.gone)

    def may_cut(self, amount: int) -> bool:
        """Return whether any limit of the line or its units may be below an amount."""
        return bool(self._given) or amount > self.total - self.spent

    def given_for(self, count: int, units: Sequence[int] | None) -> int:
        """Return what was given without goods for the units that come back next."""
        if not self._given:
            return 0
        chosen = self.chosen(count, units) or range(self.gone + 1, self.gone + count + 1)
        return sum(self._given.get(unit, 0) for unit in chosen)

    def worth_of_kept(self, units: Sequence[int]) -> int:
        """Return what may still be given, without goods, for units the buyer keeps."""
        taken = self._taken if self._taken is not None else set(range(1, self.gone + 1))
        kept = [unit for unit in units if unit not in taken]
        worth = sum([self.units_of(minor, 0, 0, kept)[0] for _, _, minor, _ in self._amounts])
        return max(0, worth - sum([self._given.get(unit, 0) for unit in kept]))

    def book(self, count: int, units: Sequence[int] | None, goods: int, worth: int, spent: int) -> None:
        """Note that units came back: what their goods and all of them were worth, and what was given for them."""
        if not count:
            self.spent += spent
            for unit, part in zip(units or (), _evenly(spent, len(units or ())), strict=True):
                self._given[unit] = self._given.get(unit, 0) + part
            return
        back = self.given_for(count, units) if self._given else 0
        chosen = self.chosen(count, units)
        if chosen is not None:
            self._taken = (self._taken if self._taken is not None else set(range(1, self.gone + 1))) | set(chosen)
        self._counts.append(count)
        self.gone += count
        self.worth += worth
        self.goods_gone += goods
        self.spent += max(worth, spent + back) - back

    def read(self, entry: EarlierReturn, where: str, minors: Minors) -> int:
        """Book what came back before; return what was given for it."""
        if not self.allows(entry.quantity, entry.units, where, minors):
            return 0
        pieces = self.pieces(entry.quantity, self.chosen(entry.quantity, entry.units)) if entry.quantity else []
        worth = sum([piece.minor for piece in pieces])
        if entry.amount is not None:
            computed, worth = worth, minors.of(entry.amount, where + ".amount")
            self._own_amounts |= worth != computed
        given = worth if entry.refunded is None else minors.of(entry.refunded, where + ".refunded")
        self.book(entry.quantity, entry.units, pieces[0].minor if pieces else 0, worth, given)
        if not entry.received:
            self.awaited += entry.quantity
        return given

    def allows(self, count: int, units: Sequence[int] | None, where: str, minors: Minors) -> bool:
        """Return whether these units are there to come back; keep the problem if not."""
        if count > self.line.quantity - self.gone:
            minors.wrong(
                where + ".quantity",
                f"`{count}` is more than is left of line `{self.line.id}` ({self.units_left} of {self.line.quantity})",
                f"at most `{self.units_left}`",
            )
            return False
        if units is None:
            return True
        if len(set(units)) != len(units) or max(units, default=0) > self.line.quantity:
            minors.wrong(
                where + ".units", f"`{list(units)}` are not units of line `{self.line.id}`",
                f"each once, from 1 to {self.line.quantity}",
            )  # fmt: skip
            return False
        if count and len(units) != count:
            minors.wrong(where + ".units", f"names {len(units)} units, the quantity is {count}", "correct either")
            return False
        taken = self._taken if self._taken is not None else set(range(1, self.gone + 1))
        back = sorted(taken & set(units)) if count else []
        if back:
            minors.wrong(
                where + ".units", f"unit `{back[0]}` of line `{self.line.id}` came back before", "name another"
            )
        return not back

    def chosen(self, count: int, units: Sequence[int] | None) -> Sequence[int] | None:
        """Return the units that come back next, counted from 1; None when they simply follow the ones before."""
        if units is not None or self._taken is None:
            return units
        free = (unit for unit in range(1, self.line.quantity + 1) if unit not in (self._taken or ()))
        return [next(free) for _ in range(count)]


def _evenly(total: int, parts: int) -> list[int]:
    return [total * (part + 1) // parts - total * part // parts for part in range(parts)]


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
