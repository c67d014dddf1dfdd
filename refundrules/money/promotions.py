"""Promotions that what is kept no longer earns: what they take back of a refund.

It is worked out for all that has come back up to a moment, whatever the order of the returns; a return takes back
the difference between after and before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from refundrules.expr.formula import number_text, round_half_up
from refundrules.money.currency import share, to_text
from refundrules.money.ledger import Ledger
from refundrules.money.line_account import LineAccount
from refundrules.money.models import Promotion
from refundrules.money.reading import Minors

Accounts = Callable[[int], LineAccount]
"""Gives the account of a line, by its place in the order."""


class Clawback(NamedTuple):
    """What broken promotions take back up to a moment: minor units, and the formula."""

    minor: int = 0
    formula: str = "0"


class Step(NamedTuple):
    """A tier of a promotion: from what it holds (minor units or units of goods), and what it gives."""

    least: int
    off: int
    percent: Fraction | None

    def given(self, value: int) -> int:
        """Return what it gives on goods of this value."""
        if self.percent is None:
            return min(self.off, value)
        return round_half_up(value * self.percent.numerator, self.percent.denominator)

    def text(self, value: int, decimals: int) -> str:
        """Return the formula of what it gives."""
        if self.percent is None:
            return to_text(self.given(value), decimals)
        return f"round({to_text(value, decimals)} * {number_text(self.percent)}, {to_text(1, decimals)})"


def steps_of(promotion: Promotion, place: int, minors: Minors) -> tuple[Step, ...]:
    """Return the tiers of a promotion, highest first; keep what is wrong with them."""
    found = []
    for at, tier in enumerate(promotion.tiers):
        where = f"order.promotions[{place}].tiers[{at}]"
        if (tier.off is None) == (tier.percent is None):
            minors.wrong(where, "has not one of `off` and `percent`", "give one of them")
        if promotion.by == "spend":
            least: int = minors.of(tier.at_least, where + ".at_least")
        else:
            least = int(tier.at_least)
            if least != tier.at_least:
                minors.wrong(where + ".at_least", f"`{tier.at_least}` is not a number of units", "give a whole number")
        found.append(Step(least, minors.of(tier.off, where + ".off"), tier.percent))
    return tuple(sorted(found, key=lambda step: -step.least))


def clawback(ledger: Ledger, steps: Sequence[Sequence[Step]], accounts: Accounts) -> Clawback:
    """Return what broken promotions take back for all that has come back so far.

    A promotion is broken when what is kept falls below the tier it had at purchase. What is kept is then priced at
    the purchase price before the promotion, less the tier it still reaches.
    """
    total, formulas = 0, []
    for place, promotion in enumerate(ledger.order.promotions):
        found = _of_promotion(ledger, promotion, place, steps[place], accounts)
        if found.minor:
            total += found.minor
            formulas.append(found.formula)
    return Clawback(total, " + ".join(formulas)) if formulas else Clawback()


def _of_promotion(
    ledger: Ledger, promotion: Promotion, place: int, steps: Sequence[Step], accounts: Accounts
) -> Clawback:
    if not steps:
        return Clawback()
    members = [accounts(at) for at, weight in enumerate(ledger.discounts[place].weights[: len(ledger.lines)]) if weight]
    value = sum([account.price_kept for account in members])
    if promotion.by == "spend":
        bought, kept = sum([account.line.before_order for account in members]), value
    else:
        bought = sum([account.line.quantity for account in members])
        kept = sum([account.units_left for account in members])
    had = next((step for step in steps if step.least <= bought), None)
    has = next((step for step in steps if step.least <= kept), None)
    lost = [_lost(account, place) for account in members]
    if had is None or has is had or not sum(lost):
        return Clawback()
    return _priced_again(members, lost, has, value, ledger.decimals)


def _lost(account: LineAccount, place: int) -> int:
    """Return what the units kept of a line cost less by one promotion."""
    return share(max(0, account.price_kept - account.goods_kept), account.line.cuts)[place]


def _priced_again(
    members: Sequence[LineAccount], lost: Sequence[int], has: Step | None, value: int, decimals: int
) -> Clawback:
    whole = sum(lost)
    still = min(has.given(value), whole) if has else 0
    exact, terms = Fraction(0), []
    for account, minor in zip(members, lost, strict=True):
        if not minor:
            continue
        line, text = account.line, to_text(minor, decimals)
        taxed = line.taxes and line.goods
        exact += Fraction(minor * (line.goods + line.taxes), line.goods) if taxed else minor
        with_tax = f" * {to_text(line.goods + line.taxes, decimals)} / {to_text(line.goods, decimals)}"
        terms.append(text + with_tax if taxed else text)
    text = f"({' + '.join(terms)})"
    if has and still:
        exact *= Fraction(whole - still, whole)
        kept_off = f"min({has.text(value, decimals)}, {to_text(whole, decimals)})"
        text += f" * ({to_text(whole, decimals)} - {kept_off}) / {to_text(whole, decimals)}"
    return Clawback(round_half_up(exact.numerator, exact.denominator), f"round({text}, {to_text(1, decimals)})")
