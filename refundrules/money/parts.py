"""The parts of a quote: amounts that sum to it, each with the formula it came from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from refundrules.money.currency import to_decimal, to_text
from refundrules.money.formula_text import Working, formula_text

KINDS: dict[str, str] = {
    "goods": "what was paid for the units, discounts taken off",
    "tax": "tax that came on top of the price",
    "duty": "duties",
    "rest": "what earlier returns left of the line; the last return takes it",
    "condition": "deduction for the condition they came back in",
    "use": "deduction for use",
    "gift": "gift that did not come back, at its disclosed price",
    "restocking": "restocking fee",
    "shipping": "outbound shipping",
    "shipping_tax": "tax on outbound shipping",
    "promotion": "promotion that what is kept no longer earns",
    "outbound_freight": "cost of outbound shipping, as what is kept is below the free-shipping threshold",
    "label": "return label",
    "handling": "handling",
    "compensation": "goodwill",
    "deduction": "other deduction",
    "stated": "difference to the amount somebody stated",
    "floor": "deductions never make a refund negative",
    "cap": "cut to what may still be given back; `name` says of what: unit, line, shipping or order",
    "included_tax": "tax inside the price of the units: part of the goods, not of the sum",
    "list": "list price of a line",
    "line_discount": "discount of a line",
    "order_discount": "share of a promotion or of the order discount",
    "credit": "what goods given in exchange count for",
    "price": "what the new goods of an exchange cost",
    "difference": "price less credit",
    "waived": "difference that is let go",
    "buyer_owes": "what the buyer owes",
    "shop_owes": "what the shop owes",
    "charge": "what the buyer agreed to be charged",
    "penalty": "owed beside the refund, by a rate",
    "bonus": "store credit given beside the refund",
    "multiple": "promised multiple of the price, beside the refund",
    "price_protection": "the price fell after the purchase",
    "uplift": "price before discounts instead of the price paid, as credit in an exchange",
}
"""What each kind of part is."""


class Part(NamedTuple):
    """One amount of a quote. Deductions are negative."""

    kind: str
    """A word of `KINDS`."""
    name: str
    """Which tax, promotion, condition or limit; empty where there is one of its kind."""
    line: str | None
    """The line it belongs to; None: the whole return."""
    minor: int
    """The amount in minor units."""
    working: Working
    decimals: int

    @property
    def amount(self) -> Decimal:
        """The amount in the order's currency."""
        return to_decimal(self.minor, self.decimals)

    @property
    def formula(self) -> str:
        """The formula with the numbers filled in; `formula_text.recompute` gives the amount again."""
        return formula_text(self.working, self.decimals)

    def to_dict(self) -> dict[str, Any]:
        """Return the part as plain JSON data."""
        return {
            "kind": self.kind,
            "name": self.name,
            "line": self.line,
            "amount": to_text(self.minor, self.decimals),
            "formula": self.formula,
        }
