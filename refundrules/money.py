"""Money without a policy: what an order was paid with, what a refund or an exchange comes to, what is owed beside it.

    from refundrules.money import quote

    result = quote(order, {"items": [{"line": "L1", "quantity": 1}]})
    result.total, [(part.kind, part.amount, part.formula) for part in result.parts]
    order = result.booked()          # once the money has gone out

The same call is the dry run and the refund. `docs/money.md` shows every setting with numbers.
"""

from __future__ import annotations

from refundrules.exchange import ExchangeRequest, Settlement, settle
from refundrules.minorunits import exponent, to_decimal, to_minor, to_text
from refundrules.moneyextras import dated_amount, price_protection, promised_multiple
from refundrules.moneysettings import MoneySettings
from refundrules.paidparts import paid
from refundrules.quote import LineRefund, Quote, quote
from refundrules.quoteorder import QuoteOrder, ReturnRequest
from refundrules.quoteparts import Part
from refundrules.tendering import TenderRefund
from refundrules.workings import recompute

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
