"""Money without a policy: what an order was paid with, what a refund or an exchange comes to, what is owed beside it.

Nothing here knows a rule. May import: errors, io, expr.

    from refundrules.money import quote

    result = quote(order, {"items": [{"line": "L1", "quantity": 1}]})
    result.total, [(part.kind, part.amount, part.formula) for part in result.parts]
    order = result.booked()          # once the money has gone out

The same call is the dry run and the refund. `docs/money.md` shows every setting with numbers.
"""

from __future__ import annotations

from refundrules.money.currency import exponent, to_decimal, to_minor, to_text
from refundrules.money.exchange import ExchangeRequest, Settlement, settle
from refundrules.money.formula_text import recompute
from refundrules.money.models import QuoteOrder, ReturnRequest
from refundrules.money.parts import Part
from refundrules.money.refund import LineRefund, Quote, quote
from refundrules.money.settings import MoneySettings
from refundrules.money.statement import paid
from refundrules.money.surcharges import dated_amount, price_protection, promised_multiple
from refundrules.money.tenders import TenderRefund

__all__ = [
    "ExchangeRequest",
    "LineRefund",
    "MoneySettings",
    "Part",
    "Quote",
    "QuoteOrder",
    "ReturnRequest",
    "Settlement",
    "TenderRefund",
    "dated_amount",
    "exponent",
    "paid",
    "price_protection",
    "promised_multiple",
    "quote",
    "recompute",
    "settle",
    "to_decimal",
    "to_minor",
    "to_text",
]
