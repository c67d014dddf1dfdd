"""One item of a return: what its units are worth, what is deducted, and what limits cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from refundrules.errors import did_you_mean, listed
from refundrules.expr.formula import round_half_up
from refundrules.money.formula_text import Working
from refundrules.money.line_account import LineAccount
from refundrules.money.models import ReturnItem
from refundrules.money.parts import Part
from refundrules.money.reading import Minors, refuse
from refundrules.money.settings import MoneySettings, Use
from refundrules.money.taxes import most_before_tax, tax_on


class Deduction(NamedTuple):
    """Something taken off an item: an amount above zero, and how it came about."""

    kind: str
    name: str
    minor: int
    working: Working


class ItemQuote(NamedTuple):
    """What one item of a return comes to, in minor units and before what concerns the whole return."""

    item: ReturnItem
    account: LineAccount
    parts: list[Part]
    worth: int
    """What the units are worth before deductions; 0 for money without goods."""
    base: int
    """What shares of fees are taken of."""
    net: int
    """The sum of the parts."""
    first: int
    """How many units of the line came back before."""
    units: Sequence[int] | None
    """The units, counted from 1; None when they simply follow those before."""
    returns: int
    """How many returns brought units of the line back before."""

    def inside(self) -> list[Part]:
        """Return the taxes inside the price of these units: part of the goods, not of the sum."""
        return self.account.inside(self.item.quantity, self.units, self.first, self.returns) if self.worth else []


_Deduct = Callable[["FeeContext", ReturnItem, int, str], list[Deduction]]


class FeeContext(NamedTuple):
    """What quoting an item needs besides the item: settings, their amounts, and a place for problems."""

    settings: MoneySettings
    waived: frozenset[str]
    minors: Minors
    decimals: int
    flat: int
    """The flat restocking fee."""
    fees: tuple[_Deduct, ...]
    """What the settings deduct from an item that has nothing special about it."""


def quote_item(desk: FeeContext, account: LineAccount, item: ReturnItem, where: str) -> ItemQuote:
    """Return what an item comes to, and book it in its line's account; the caller checked that the units are there."""
    count, first, returns = item.quantity, account.gone, account.returns
    units = account.chosen(count, item.units)
    parts: list[Part] = []
    worth = goods = base = 0
    if count:
        parts = account.pieces(count, units)
        worth, goods = sum([part.minor for part in parts]), parts[0].minor
        base = fee_base(desk, account, parts, count)
    if item.amount is not None:
        net, base = _stated(desk, account, item, worth, parts, where), 0
    else:
        net = _computed(desk, account, item, worth, base, parts, where)
    account.book(count, units, goods, worth, net)
    return ItemQuote(item, account, parts, worth, base, net, first, units, returns)


def fee_base(desk: FeeContext, account: LineAccount, pieces: Sequence[Part], count: int) -> int:
    """Return what shares of fees are taken of, for these units."""
    if desk.settings.fee_base == "list":
        return account.line.unit_price * count
    return sum([piece.minor for piece in pieces if piece.kind != "duty"])


def _limits(account: LineAccount, item: ReturnItem, worth: int) -> list[tuple[str, int]]:
    """Return the most that may be given for an item: for its units, and for its line."""
    if item.quantity:
        back = account.given_for(item.quantity, item.units)
        own = [("unit", max(0, worth - back))] if back else []
        return [*own, ("line", account.left)]
    own = [("unit", account.worth_of_kept(item.units))] if item.units else []
    return [*own, ("line", account.left)]


def _stated(
    desk: FeeContext, account: LineAccount, item: ReturnItem, worth: int, parts: list[Part], where: str
) -> int:  # fmt: skip
    net: int = desk.minors.of(item.amount, where + ".amount")
    stated = net
    limits = _limits(account, item, worth)
    if item.quantity:
        limits.append(("unit", worth))
    name, most = min(limits, key=lambda limit: limit[1])
    if desk.settings.stated_amounts == "before_tax":
        stated = _with_taxes(account, net, worth, parts, desk.decimals)
    elif stated != worth:
        parts.append(Part("stated", "", account.line.id, stated - worth, ("sum", stated, -worth), desk.decimals))
    if stated <= most:
        return stated
    if desk.settings.stated_above_cap == "refuse":
        line, what = account.line, f"what is left of the {name}"
        if stated != net:
            most, what = most_before_tax(most, (*line.inside, *line.on_top), line.net), what + ", before tax"
        refuse(desk.minors, where + ".amount", net, most, what)
        return stated
    parts.append(Part("cap", name, account.line.id, most - stated, ("cut", stated, most), desk.decimals))
    return most


def _with_taxes(account: LineAccount, net: int, worth: int, parts: list[Part], decimals: int) -> int:
    """Return an amount stated before tax with its taxes; add how it and each tax on top differ from the units'."""
    line = account.line
    own = [part.minor for part in parts if part.kind == "tax"] or [0] * len(line.on_top)
    on_top = [tax_on(levy, net, line.net) for levy in line.on_top]
    inside = [tax_on(levy, net, line.net)[0] for levy in line.inside]
    goods = worth - sum(own)
    found: list[tuple[str, int, Working]] = [("", sum(inside) + net - goods, ("sum", net, *inside, -goods))]
    for levy, (minor, working), before in zip(line.on_top, on_top, own, strict=True):
        found.append((levy.name, minor - before, ("sum", working, -before) if before else working))
    parts += [Part("stated", name, line.id, minor, working, decimals) for name, minor, working in found if minor]
    return net + sum(inside) + sum([minor for minor, _ in on_top])


def _computed(
    desk: FeeContext, account: LineAccount, item: ReturnItem, worth: int, base: int, parts: list[Part], where: str
) -> int:  # fmt: skip
    net, line = worth, account.line.id
    for kind, name, minor, working in _deductions(desk, item, base, where):
        parts.append(Part(kind, name, line, -minor, ("minus", working), desk.decimals))
        net -= minor
    if net < 0:
        parts.append(Part("floor", "", line, -net, ("lift", net), desk.decimals))
        net = 0
    for name, most in _limits(account, item, worth) if account.may_cut(net) else ():
        if net > most:
            parts.append(Part("cap", name, line, most - net, ("cut", net, most), desk.decimals))
            net = most
    return net


def _deductions(desk: FeeContext, item: ReturnItem, base: int, where: str) -> list[Deduction]:
    """Return what is taken off an item: for what is said of it, then what the settings take off every one."""
    if not item.quantity:
        return []
    found: list[Deduction] = []
    if item.condition is not None and "condition" not in desk.waived:
        found += condition_fee(desk, item.condition, base, where)
    for deduct in desk.fees:
        found += deduct(desk, item, base, where)
    if item.missing_gifts and "gift" not in desk.waived:
        found += gift_fees(desk, item, where)
    return found


def fees_of(settings: MoneySettings, waived: frozenset[str]) -> tuple[_Deduct, ...]:
    """Return what settings take off every item, but for what is waived."""
    fee, found = settings.restocking, list[_Deduct]()
    if settings.use is not None and "use" not in waived:
        found.append(use_fee)
    if fee is not None and fee.per != "return" and "restocking" not in waived:
        found.append(restocking_fee)
    return tuple(found)


def condition_fee(desk: FeeContext, condition: str, base: int, where: str) -> list[Deduction]:
    """Return what is taken off for the condition of the goods; none when it is nothing."""
    given_back = desk.settings.conditions.get(condition)
    if given_back is None:
        known = list(desk.settings.conditions)
        remedy = f"one of {listed(known)}" if known else "the settings have no conditions"
        desk.minors.wrong(
            where + ".condition", f"`{condition}` is not a condition of the settings",
            did_you_mean(condition, known, remedy),
        )  # fmt: skip
        return []
    return _unless_nothing(Deduction("condition", condition, *share_of(base, 1 - given_back)))


def _unless_nothing(deduction: Deduction) -> list[Deduction]:
    return [deduction] if deduction.minor else []


def share_of(base: int, rate: Fraction) -> tuple[int, Working]:
    """Return a share of an amount, rounded half up to the minor unit."""
    return round_half_up(base * rate.numerator, rate.denominator), ("percent", base, rate)


def use_fee(desk: FeeContext, item: ReturnItem, base: int, where: str) -> list[Deduction]:
    """Return what is taken off for use; none within the free time."""
    use = desk.settings.use
    days = days_of_use(use, item, where, desk.minors) if use is not None else 0
    if use is None or not days:
        return []
    exact = min(base * use.per_day * days, base * use.most)
    limit = None if use.most == 1 else use.most
    minor = round_half_up(exact.numerator, exact.denominator)
    return _unless_nothing(Deduction("use", "", minor, ("use", base, use.per_day, days, limit)))


def days_of_use(use: Use, item: ReturnItem, where: str, minors: Minors) -> int:
    """Return the days of use that are charged; 0 within the free time or when nothing is known of the use."""
    start, end = item.used_from, item.used_until
    if start is not None and end is not None:
        if end < start:
            minors.wrong(where + ".used_until", f"`{end}` is before `{start}`", "correct either day")
            return 0
        days, free = (end - start).days, (_months_later(start, use.free_months) - start).days
    elif item.used_days is None:
        return 0
    else:
        days, free = item.used_days, 0
        if use.free_months:
            minors.wrong(
                where + ".used_days", "cannot be counted in months", "give `used_from` and `used_until` instead"
            )
    days = max(0, days - item.idle_days)
    free = max(free, use.free_days)
    if days <= free:
        return 0
    return days if use.counts == "all" else days - free


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    return day


def gift_fees(desk: FeeContext, item: ReturnItem, where: str) -> list[Deduction]:
    """Return the disclosed prices of gifts that did not come back."""
    prices = [
        desk.minors.of(gift.disclosed_price, where + ".missing_gifts[%d].disclosed_price", at)
        for at, gift in enumerate(item.missing_gifts)
    ]
    return [Deduction("gift", "", price, ("plain", price)) for price in prices if price]


def restocking_fee(desk: FeeContext, item: ReturnItem, base: int, where: str) -> list[Deduction]:
    """Return the restocking fee of an item: its share, its flat amount."""
    fee = desk.settings.restocking
    if fee is None:
        return []
    found = _unless_nothing(Deduction("restocking", "percent", *share_of(base, fee.percent))) if fee.percent else []
    if desk.flat:
        units = item.quantity if fee.per == "unit" else 1
        found.append(Deduction("restocking", "flat", desk.flat * units, ("price", desk.flat, units)))
    return found
