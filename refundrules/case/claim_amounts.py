"""The money of a case's claims: what their units are worth, what is deducted for them, and what limits them.

The same ledger, accounts and fees that make a quote. Amounts are in minor units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from refundrules.case.models import OF_THE_ORDER, Case, Claim
from refundrules.money.currency import share
from refundrules.money.exchange import new_parts
from refundrules.money.formula_text import Working, formula_text
from refundrules.money.item_refund import (
    Deduction,
    FeeContext,
    condition_fee,
    fee_base,
    gift_fees,
    restocking_fee,
    share_of,
    use_fee,
)
from refundrules.money.ledger import Ledger
from refundrules.money.line_account import LineAccount, OrderAccounts
from refundrules.money.models import ReturnItem
from refundrules.money.parts import Part
from refundrules.money.promotions import clawback, steps_of
from refundrules.money.settings import MoneySettings


class ClaimMoney(NamedTuple):
    """What the units of one claim are worth, and what may be given for them."""

    account: LineAccount
    quantity: int
    first: int
    """How many units of the line are gone before."""
    units: Sequence[int] | None
    """The units, counted from 1; None when they simply follow those before."""
    pieces: tuple[Part, ...]
    """Goods, taxes on top, duty, and what is left of the line if these are its last units."""
    paid: int
    """The sum of the pieces."""
    most: int
    """What may be given for these units and their line at most, without shipping and goodwill."""

    def base(self, desk: FeeContext) -> int:
        """Return what shares of fees are taken of."""
        return fee_base(desk, self.account, self.pieces, self.quantity)


class WorkedAmount(NamedTuple):
    """An amount in minor units, worked out, and how."""

    minor: int
    working: Working


_NOTHING = WorkedAmount(0, ("plain", 0))
_EMPTY_ITEM = ReturnItem(line="-").__dict__


class ClaimsMoney:
    """The money of an order and of all claims of its case. What is wrong is kept in `ledger.minors`."""

    def __init__(self, case: Case, settings: MoneySettings, currency: str) -> None:
        self.case, self.settings, self.order = case, settings, case.order
        self.ledger = Ledger(case.order, settings, currency)
        self.accounts = self._opened()
        self.minors, self.decimals = self.ledger.minors, self.ledger.decimals
        self.goods_kept = self.accounts.goods_kept
        """What was paid for the goods the buyer had before these claims."""
        fee = settings.restocking
        flat = self.minors.of(fee.flat, "settings.restocking.flat") if fee else 0
        self._desk = FeeContext(settings, frozenset(), self.minors, self.decimals, flat, ())
        self.claims = [self._claim(index, claim) for index, claim in enumerate(case.claims)]

    def _opened(self) -> OrderAccounts:
        return OrderAccounts(self.ledger, self.settings)

    def _claim(self, index: int, claim: Claim) -> ClaimMoney | None:
        """Return what a claim's units are worth, and take them off their line; None when that cannot be."""
        at = self._line_of(claim)
        if at is None:
            return None
        of_order = claim.reason in OF_THE_ORDER
        account = LineAccount(self.ledger.lines[at], self.settings, self.decimals) if of_order else self.accounts.of(at)
        where = f"claims[{index}]"
        if not account.allows(claim.quantity, claim.units, where, self.minors):
            return None
        first, left = account.gone, account.left
        units = account.chosen(claim.quantity, claim.units)
        given = account.given_for(claim.quantity, claim.units)
        pieces = tuple(account.pieces(claim.quantity, units))
        paid = sum([piece.minor for piece in pieces])
        account.book(claim.quantity, claim.units, pieces[0].minor, paid, paid)
        return ClaimMoney(account, claim.quantity, first, units, pieces, paid, min(left, max(0, paid - given)))

    def _line_of(self, claim: Claim) -> int | None:
        if claim.line is None:
            return 0 if len(self.order.lines) == 1 else None
        return self.ledger.index.get(claim.line)

    def check_fees(self) -> None:
        """Note what is wrong with what the claims say of the goods that come back."""
        for index, claim in enumerate(self.case.claims):
            if claim.condition is not None:
                self.amount("condition_deduction", index)
            if self.settings.use is not None:
                self.amount("use_deduction", index)
            if claim.missing_gifts:
                self.amount("missing_gifts", index)
            if claim.replacements:
                self.replaced(index)
                if claim.replacement_price is not None:
                    where = f"claims[{index}].replacements"
                    self.minors.wrong(where, "is given beside `replacement_price`", "give one of them")

    # -- amounts of one claim -------------------------------------------------------------------

    def amount(self, name: str, index: int) -> WorkedAmount:
        """Return an amount of a claim: a word of `AMOUNTS`."""
        money = self.claims[index]
        return _NOTHING if money is None else AMOUNTS[name](self, index, money)

    def formula(self, name: str, index: int) -> str:
        """Return the formula of an amount of a claim, with the numbers filled in."""
        return formula_text(self.amount(name, index).working, self.decimals)

    def _item(self, index: int) -> ReturnItem:
        claim = self.case.claims[index]
        given = {
            "line": claim.line or "", "quantity": claim.quantity, "condition": claim.condition,
            "used_days": claim.goods.worn_days, "used_from": claim.used_from, "used_until": claim.used_until,
            "idle_days": claim.idle_days, "missing_gifts": claim.missing_gifts,
        }  # fmt: skip
        return ReturnItem.model_construct(**(_EMPTY_ITEM | given))

    def paid(self, index: int, money: ClaimMoney) -> WorkedAmount:
        """What was paid for the claim's units: goods, taxes on top, duty."""
        if len(money.pieces) == 1:
            return WorkedAmount(money.paid, money.pieces[0].working)
        return WorkedAmount(money.paid, ("times", *[(piece.working, 1) for piece in money.pieces]))

    def shipping_share(self, index: int, money: ClaimMoney) -> WorkedAmount:
        """The claim's share of the outbound shipping the buyer paid, by what was paid for the goods."""
        ledger, line = self.ledger, money.account.line
        at = ledger.index[line.id]
        amount, workings = 0, list[tuple[Working, int]]()
        for minor in _shipping_amounts(ledger):
            part = share(minor, ledger.goods)[at]
            found, working = money.account.units_of(part, money.first, self.case.claims[index].quantity, money.units)
            amount += found
            workings.append((working, 1))
        return WorkedAmount(amount, ("times", *workings)) if workings else _NOTHING

    def shipping_refund(self, index: int, money: ClaimMoney) -> WorkedAmount:
        """What the settings give back of outbound shipping for this claim."""
        how = self.settings.shipping
        if how == "share":
            return self.shipping_share(index, money)
        if how == "none" or (how == "with_last" and not self.accounts.all_back):
            return _NOTHING
        return self._shared(self.ledger.shipping_left, index, self._weights(lambda money: money.paid))

    def condition_deduction(self, index: int, money: ClaimMoney) -> WorkedAmount:
        """What is taken off for the condition the goods came back in."""
        grade = self.case.claims[index].condition
        if grade is None:
            return _NOTHING
        return _summed(condition_fee(self._desk, grade, money.base(self._desk), f"claims[{index}]"))

    def use_deduction(self, index: int, money: ClaimMoney) -> WorkedAmount:
        """What is taken off for use."""
        return _summed(use_fee(self._desk, self._item(index), money.base(self._desk), f"claims[{index}]"))

    def missing_gifts(self, index: int, money: ClaimMoney) -> WorkedAmount:
        """The disclosed price of gifts that did not come back."""
        return _summed(gift_fees(self._desk, self._item(index), f"claims[{index}]"))

    def restocking(self, index: int, money: ClaimMoney) -> WorkedAmount:
        """The restocking fee; once for a return, it is shared over the case's claims."""
        fee = self.settings.restocking
        if fee is None:
            return _NOTHING
        if fee.per != "return":
            return _summed(restocking_fee(self._desk, self._item(index), money.base(self._desk), ""))
        bases = self._weights(lambda money: money.base(self._desk))
        return self._shared(share_of(sum(bases), fee.percent)[0] + self._desk.flat, index, bases)

    def label(self, index: int, money: ClaimMoney) -> WorkedAmount:
        """What the return label cost: the claim's own, or its share of the settings'."""
        own = self.case.claims[index].freight.label
        if own is not None:
            minor = self.minors.of(own, f"claims[{index}].freight.label")
            return WorkedAmount(minor, ("plain", minor))
        return self._of_settings("return_label", index)

    def handling(self, index: int, money: ClaimMoney) -> WorkedAmount:
        """The claim's share of the handling fee."""
        return self._of_settings("handling", index)

    def exchange_credit(self, index: int, money: ClaimMoney) -> WorkedAmount:
        """What the claim's goods count for in an exchange."""
        if self.settings.exchange_credit == "paid":
            return self.paid(index, money)
        price, count = money.account.line.unit_price, self.case.claims[index].quantity
        more = price * count - money.pieces[0].minor
        return WorkedAmount(money.paid + more, ("sum", money.paid, more))

    def replaced(self, index: int) -> WorkedAmount:
        """Return what the goods cost that are chosen instead."""
        where = f"claims[{index}].replacements[%d]"
        parts = new_parts(self.case.claims[index].replacements, self.settings, self.minors, where)
        return WorkedAmount(sum([part.minor for part in parts]), ("times", *[(part.working, 1) for part in parts]))

    def _of_settings(self, name: str, index: int) -> WorkedAmount:
        whole = self.minors.of(getattr(self.settings, name), f"settings.{name}")
        return self._shared(whole, index, self._weights(lambda money: money.paid))

    def _weights(self, read: Callable[[ClaimMoney], int]) -> list[int]:
        """Return what each claim's units count for; those that concern the order as a whole send none back."""
        return [
            read(money) if money and claim.reason not in OF_THE_ORDER else 0
            for claim, money in zip(self.case.claims, self.claims, strict=True)
        ]

    def _shared(self, whole: int, index: int, weights: Sequence[int]) -> WorkedAmount:
        if not whole:
            return _NOTHING
        minor, weight, weighed = share(whole, weights)[index], weights[index], sum(weights)
        if not weighed:
            return WorkedAmount(minor, ("plain", minor))
        return WorkedAmount(minor, ("share", whole, weight, weighed, minor - whole * weight // weighed))

    # -- what several claims come to ------------------------------------------------------------

    def promotion(self, index: int, returning: frozenset[int]) -> int:
        """Return a claim's share of what broken promotions take off, when these claims send their goods back.

        Below zero where an earlier return broke the promotion, and less is kept now that lost it.
        """
        steps = [steps_of(promotion, at, self.minors) for at, promotion in enumerate(self.order.promotions)]
        accounts = self._opened()
        before = clawback(self.ledger, steps, accounts.of).minor
        places = sorted(returning)
        for at in places:
            claim, money = self.case.claims[at], self.claims[at]
            if money is not None:
                account = accounts.of(self.ledger.index[money.account.line.id])
                account.book(claim.quantity, money.units, money.pieces[0].minor, money.paid, money.paid)
        owed = self.minors.of(self.order.promotion_owed, "order.promotion_owed")
        whole = clawback(self.ledger, steps, accounts.of).minor - before + owed
        shares = share(abs(whole), [money.paid if (money := self.claims[at]) else 0 for at in places])
        return shares[places.index(index)] * (1 if whole > 0 else -1)


def _shipping_amounts(ledger: Ledger) -> list[int]:
    amounts = [ledger.shipping_price - ledger.shipping_cut, *[levy.minor for levy in ledger.shipping_taxes]]
    return [minor for minor in amounts if minor]


def _summed(deductions: Sequence[Deduction]) -> WorkedAmount:
    if len(deductions) == 1:
        return WorkedAmount(deductions[0].minor, deductions[0].working)
    amounts = [deduction.minor for deduction in deductions]
    return WorkedAmount(sum(amounts), ("sum", *amounts)) if amounts else _NOTHING


AMOUNTS: dict[str, Callable[[ClaimsMoney, int, ClaimMoney], WorkedAmount]] = {
    "paid": ClaimsMoney.paid,
    "shipping_share": ClaimsMoney.shipping_share,
    "shipping_refund": ClaimsMoney.shipping_refund,
    "condition_deduction": ClaimsMoney.condition_deduction,
    "use_deduction": ClaimsMoney.use_deduction,
    "missing_gifts": ClaimsMoney.missing_gifts,
    "restocking": ClaimsMoney.restocking,
    "label": ClaimsMoney.label,
    "handling": ClaimsMoney.handling,
    "exchange_credit": ClaimsMoney.exchange_credit,
}
"""The amounts of a claim, by name."""
