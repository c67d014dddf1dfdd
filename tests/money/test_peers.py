"""What nine shop systems say a refund comes to: the numbers of their test suites and documents, case by case.

`source` says where a case stands; orders, actions and amounts are theirs, in our words. Where a page states only a rule, `about`
says so, and the numbers are ours. Settings are those `docs/money.md` names for the system, with what a case adds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from refundrules.errors import CaseError
from refundrules.money import paid, quote, settle

Data = dict[str, Any]
NOTHING: Data = {}


class Step(NamedTuple):
    """One refund, and what it must come to: the parts named here, to the minor unit, or a refusal."""

    request: Data
    total: str | None = None
    parts: str | None = None
    tenders: str | None = None
    taxes: str | None = None
    refused: str | None = None


class Trial(NamedTuple):
    peer: str
    source: str
    about: str
    order: Data
    steps: tuple[Step, ...]
    more: Data = NOTHING


class Share(NamedTuple):
    """What lines were paid with: parts of a kind, line by line."""

    peer: str
    source: str
    about: str
    order: Data
    kind: str
    amounts: str
    more: Data = NOTHING


class Swap(NamedTuple):
    """An exchange, and its difference, what the buyer owes and what the shop owes."""

    peer: str
    source: str
    about: str
    order: Data
    request: Data
    difference: str
    buyer: str
    shop: str
    more: Data = NOTHING


SETTINGS: dict[str, Data] = {
    "Solidus": {
        "remainder": "down",
        "item_rounding": "sum",
        "last_return": "own_share",
        "tender_order": "as_given",
        "exchange_difference": "even",
        "stated_amounts": "before_tax",
        "computed_above_cap": "refuse",
    },
    "Spree": {"remainder": "half_up", "item_rounding": "sum", "last_return": "own_share", "tender_order": "as_given"},
    "Medusa": {},
    "Saleor": {"remainder": "half_up", "discount_base": "discounted_and_shipping"},
    "Vendure": {"remainder": "largest_later", "tender_order": "as_given"},
    "Sylius": {"remainder": "first", "dearer_units": "last"},
    "Magento": {
        "remainder": "of_the_rest",
        "shipping": "rest",
        "stated_amounts": "before_tax",
        "computed_above_cap": "refuse",
    },
    "PrestaShop": {
        "dearer_units": "last",
        "stated_above_cap": "cap",
        "stated_amounts": "before_tax",
        "tender_order": ["voucher", "card"],
    },
    "Shopify": {"tender_order": "gift_card_first"},
}


def line(name: str, price: str, quantity: int = 1, **more: Any) -> Data:
    return {"id": name, "unit_price": price, "quantity": quantity, **more}


def order(*lines: Data, currency: str = "USD", **more: Any) -> Data:
    return {"currency": currency, "lines": list(lines), **more}


def on_top(rate: str, name: str = "VAT") -> list[Data]:
    return [{"name": name, "rate": rate}]


def inside(rate: str, name: str = "VAT") -> list[Data]:
    return [{"name": name, "rate": rate, "included": True}]


def back(*items: Any, **more: Any) -> Data:
    """Return a request: a line's id, or its id and how many units come back, or an item."""
    read = {str: lambda name: {"line": name}, tuple: lambda pair: {"line": pair[0], "quantity": pair[1]}}
    return {"items": [read.get(type(item), dict)(item) for item in items], **more}


def given(name: str, amount: str, quantity: int = 0, **more: Any) -> Data:
    """Return an item whose amount somebody states; without units, money for goods that stay."""
    return {"line": name, "quantity": quantity, "amount": amount, **more}


def tenders(**captured: str) -> list[Data]:
    return [{"kind": kind, "captured": amount} for kind, amount in captured.items()]


# -- Solidus ---------------------------------------------------------------------------------------------------------------

_RETURNS = "solidusio/solidus: core/spec/models/spree/calculator/refunds/default_refund_amount_spec.rb"
_HANDLER = "solidusio/solidus: core/spec/models/spree/distributed_amounts_handler_spec.rb"
_REIMBURSED = "solidusio/solidus: core/spec/models/spree/reimbursement_spec.rb"
_TAXED = "solidusio/solidus: core/spec/models/spree/calculator/default_tax_spec.rb"

SOLIDUS = [
    Trial("Solidus", _RETURNS, "one of two units at 50", order(line("A", "50.00", 2)), (Step(back("A"), "50.00"),)),
    Trial(
        "Solidus", _RETURNS, "an order's discount of 10 is shared over two units",
        order(line("A", "50.00", 2), discount="10.00"), (Step(back("A"), "45.00"), Step(back("A"), "45.00")),
    ),
    Trial(
        "Solidus", _RETURNS, "what came off shipping does not lower the unit",
        order(line("A", "50.00", 2), shipping_charged="60.00", shipping_discount="50.00"), (Step(back("A"), "50.00"),),
    ),
    Trial("Solidus", _RETURNS, "goods that cost nothing", order(line("A", "0.00", 2)), (Step(back("A"), "0.00"),)),
    Share(
        "Solidus", _HANDLER, "10 over three equal lines: the last bears the cent",
        order(line("A", "50.00"), line("B", "50.00"), line("C", "50.00"), discount="10.00"),
        "order_discount", "-3.33 -3.33 -3.34",
    ),
    Share(
        "Solidus", _HANDLER, "15 over 3, 1 and 2 units at 50",
        order(line("A", "50.00", 3), line("B", "50.00"), line("C", "50.00", 2), discount="15.00"),
        "order_discount", "-7.50 -2.50 -5.00",
    ),
    Trial(
        "Solidus", _REIMBURSED, "tax on top comes back with the goods",
        order(line("A", "10.00", taxes=on_top("10%"))), (Step(back("A"), "11.00", "goods 10.00 tax 1.00"),),
    ),
    Trial(
        "Solidus", _REIMBURSED, "tax inside stays inside",
        order(line("A", "10.00", taxes=inside("10%"))), (Step(back("A"), "10.00", taxes="VAT 0.91"),),
    ),
    Trial(
        "Solidus", _REIMBURSED, "two items of 10.003 are reimbursed 20, rounded down",
        order(line("A", "10.01", 3, discount="0.02")), (Step(back(("A", 2)), "20.00"),),
    ),
    Trial(
        "Solidus", "solidusio/solidus: core/app/models/spree/reimbursement.rb",
        "goods and tax are added, then rounded down (rule): 3.3366 and 0.3366",
        order(line("A", "3.34", 3, discount="0.01", taxes=[{"name": "VAT", "amount": "1.01"}])),
        (Step(back("A"), "3.67", "goods 3.33 tax 0.33 rest 0.01"),),
    ),
    Trial(
        "Solidus", _REIMBURSED, "a payment with 1 refunded already cannot bear all of it: refused",
        order(line("A", "10.00"), tenders=[{"kind": "card", "captured": "10.00", "refunded": "1.00"}]),
        (Step(back("A"), refused="return: `10.00` is above what may still be given back (at most `9.00`)"),),
    ),
    Trial(
        "Solidus", "solidusio/solidus: core/spec/models/spree/return_item_spec.rb, reimbursement_tax_calculator_spec.rb",
        "staff state 5 before tax: the tax of 5 comes on top",
        order(line("A", "10.00", taxes=on_top("10%"))),
        (Step(back(given("A", "5.00", 1)), "5.50", taxes="VAT 0.50"),),
    ),
    Trial(
        "Solidus", _TAXED, "5% of 3 at 10, and of 29 after a discount of 1, inside the price",
        order(line("A", "10.00", 3, taxes=inside("5%")), line("B", "10.00", 3, discount="1.00", taxes=inside("5%"))),
        (Step(back(("A", 3), ("B", 3)), "59.00", taxes="VAT 1.43 VAT 1.38"),),
    ),
    Trial(
        "Solidus", _TAXED, "the same on top",
        order(line("A", "10.00", 3, taxes=on_top("5%")), line("B", "10.00", 3, discount="1.00", taxes=on_top("5%"))),
        (Step(back(("A", 3), ("B", 3)), "61.95", taxes="VAT 1.50 VAT 1.45"),),
    ),
    Swap(
        "Solidus", _RETURNS, "an exchanged unit counts for nothing either way",
        order(line("A", "50.00")), back("A", new=[line("N", "80.00")]), "30.00", "0.00", "0.00",
    ),
]  # fmt: skip

# -- Spree -----------------------------------------------------------------------------------------------------------------

_SPREE = "spree/spree: core/spec/models/spree/calculator/refunds/default_refund_amount_spec.rb"
_ORIGINAL = "spree/spree: core/spec/models/spree/reimbursement_type/original_payment_spec.rb"
_SPREE_DOCS = "spree/spree: docs/developer/core-concepts/returns-exchanges-claims.mdx"

SPREE = [
    Trial("Spree", _SPREE, "one of two units that cost 100 together", order(line("A", "50.00", 2)), (Step(back("A"), "50.00"),)),
    Trial(
        "Spree", "spree/spree: spree/core/spec/models/spree/calculator/refunds/default_refund_amount_spec.rb",
        "from version 6 the line has its discount: one of two at 100 less 10",
        order(line("A", "100.00", 2, discount="10.00")), (Step(back("A"), "95.00"),),
    ),
    Trial(
        "Spree", _SPREE, "less half of the order's discount of 10",
        order(line("A", "50.00", 2), discount="10.00"), (Step(back("A"), "45.00"),),
    ),
    Trial(
        "Spree", _SPREE, "what came off shipping does not lower the unit",
        order(line("A", "50.00", 2), shipping_charged="60.00", shipping_discount="50.00"), (Step(back("A"), "50.00"),),
    ),
    Swap(
        "Spree", _SPREE, "up to version 5 an exchanged unit counts for nothing",
        order(line("A", "50.00")), back("A", new=[line("N", "44.00")]), "-6.00", "0.00", "0.00",
        {"exchange_difference": "even"},
    ),
    Trial(
        "Spree", "spree/spree: core/app/models/spree/reimbursement_type/original_payment.rb",
        "each unit's goods and tax are added, then rounded (rule): 3.3366 and 0.3366, three times",
        order(line("A", "3.34", 3, discount="0.01", taxes=[{"name": "VAT", "amount": "1.01"}])),
        (Step(back("A", "A", "A"), "11.01"),),
    ),
    Trial(
        "Spree", _ORIGINAL, "a payment that allows no more credit gets nothing",
        order(line("A", "10.00"), tenders=[{"kind": "card", "captured": "10.00", "refunded": "10.00"}]),
        (Step(back("A"), "0.00", "goods 10.00 cap -10.00", tenders=""),),
    ),
    Trial(
        "Spree", "spree/spree: core/spec/models/spree/reimbursement_type/store_credit_spec.rb",
        "store credit is the sum rounded down, not each unit (rule; theirs are fractions of a cent)",
        order(line("A", "10.01", 3, discount="0.01"), tenders=tenders(card="30.02")),
        (Step(back(("A", 2), to="store_credit", consent=True), "20.01", tenders="card 20.01"),),
        {"remainder": "down"},
    ),
    Trial(
        "Spree", _SPREE_DOCS, "two of three units arrive, and 24.99 is stated for them",
        order(line("A", "12.50", 3), tenders=tenders(card="37.50")),
        (Step(back(("A", 2), amount="24.99"), "24.99", tenders="card 24.99"),),
    ),
    Trial(
        "Spree", _SPREE_DOCS, "a refund defaults to what the return is still owed",
        order(line("A", "12.50", 3), tenders=tenders(card="37.50")),
        (Step(back(given("A", "10.00", units=[1, 2])), "10.00"), Step(back({"line": "A", "quantity": 2, "units": [1, 2]}), "15.00")),
    ),
]  # fmt: skip

# -- Medusa ----------------------------------------------------------------------------------------------------------------

_TOTALS = "medusajs/medusa: packages/core/utils/src/totals/__tests__/totals.ts"
_RMA = "medusajs/medusa: integration-tests/http/__tests__/order/admin/rma-flows.spec.ts"
_TWO_AT_50 = line("A", "50.00", 2, discount="20.00", taxes=on_top("10%"))

MEDUSA = [
    Trial(
        "Medusa", _TOTALS, "60 at 10% and 5 at 50%",
        order(line("A", "30.00", 2, taxes=on_top("10%")), line("B", "5.00", taxes=on_top("50%"))),
        (Step(back("A", "B"), "40.50", taxes="VAT 3.00 VAT 2.50"), Step(back("A"), "33.00")),
    ),
    Trial(
        "Medusa", _TOTALS, "100 less 10 at 10%: 99 for two, 49.50 for one",
        order(line("A", "50.00", 2, discount="10.00", taxes=on_top("10%"))), (Step(back("A"), "49.50"), Step(back("A"), "49.50")),
    ),
    Trial(
        "Medusa", _TOTALS, "prices with and without tax, two shipping methods as lines of their own",
        order(
            line("A", "100.00", discount="10.00", taxes=inside("10%")), line("B", "10.00", discount="3.00", taxes=on_top("10%")),
            line("ship 1", "10.00", discount="2.00", taxes=inside("5%")),
            line("ship 2", "5.00", discount="2.00", taxes=on_top("10%")),
        ),
        (
            Step(back("A", "B"), "97.70", taxes="VAT 8.18 VAT 0.70"),
            Step(back("ship 1", "ship 2"), "11.30", taxes="VAT 0.38 VAT 0.30"),
        ),
    ),
    Trial(
        "Medusa", _TOTALS, "88 for the goods and 25.30 of shipping less 2, at 10%",
        order(_TWO_AT_50, shipping_charged="25.00", shipping_discount="2.00", shipping_taxes=on_top("10%")),
        (Step(back(("A", 2), shipping="rest"), "113.30", "goods 80.00 tax 8.00 shipping 23.00 shipping_tax 2.30"),),
    ),
    Trial(
        "Medusa", _TOTALS, "one unit received, one dismissed: nothing is left to refund",
        order(_TWO_AT_50, returns=[{"line": "A", "quantity": 1}, {"line": "A", "quantity": 1}]),
        (Step(back("A"), refused="return.items[0].quantity: `1` is more than is left of line `A` (0 of 2) (at most `0`)"),),
    ),
    Trial(
        "Medusa", "medusajs/medusa: issue 15885", "one of two at 100 less 20, tax 10%: 99, the discount taxed once",
        order(line("A", "100.00", 2, discount="20.00", taxes=on_top("10%")), returns=[{"line": "A", "quantity": 1, "received": False}]),
        (Step(back("A"), "99.00"),),
    ),
    Trial(
        "Medusa", "https://docs.medusajs.com/resources/references/medusa-workflows/validateRefundStep",
        "10 refunded to a payment that holds less: refused",
        order(line("A", "30.00"), tenders=[{"kind": "card", "captured": "30.00", "refunded": "21.00"}]),
        (Step({"amount": "10.00"}, refused="return.amount: `10.00` is above what may still be given back (at most `9.00`)"),),
    ),
    *[
        Trial(
            "Medusa", "medusajs/medusa: packages/medusa/src/services/__tests__/totals.js",
            f"version 1: ten at 1.00 with 25%, of 21 in three lines, {about}",
            order(
                line("A", "1.00", 10, taxes=on_top("25%")), line("B", "1.00", 10, taxes=on_top("25%"), discount=own),
                line("C", "1.00", taxes=on_top("25%")), promotions=shared,
            ),
            (Step(back(("B", 10)), total),),
        )
        for about, own, shared, total in (
            ("no discount", "0.00", [], "12.50"),
            ("10% off it", "1.00", [], "11.25"),
            ("2 cents off each", "0.20", [], "12.25"),
            ("10 cents off two lines", "0.00", [{"id": "TOTAL10", "amount": "0.10", "lines": ["A", "B"]}], "12.44"),
        )
    ],
    Trial(
        "Medusa", "medusajs/medusa: integration-tests/api/__tests__/returns/ff-tax-inclusive-pricing.js",
        "version 1: 12.00 with 20% inside, less return shipping of 10.00",
        order(line("A", "12.00", 2, taxes=inside("20%"))), (Step(back("A", return_label="10.00"), "2.00", taxes="VAT 2.00"),),
    ),
    Swap(
        "Medusa", _RMA, "100 for 100 with return shipping of 15: 15 is due",
        order(line("A", "100.00")), back("A", new=[line("N", "100.00")], return_label="15.00"), "15.00", "15.00", "0.00",
    ),
]  # fmt: skip

# -- Saleor ----------------------------------------------------------------------------------------------------------------

_APPLIED = "saleor/saleor: saleor/order/tests/test_apply_order_discount.py"
_REFUNDED = "saleor/saleor: saleor/order/tests/test_order_actions_refund_products.py"
_LINES = (line("A", "10.00", 3), line("B", "20.00", 2), line("C", "10.00"))
_SALEOR_ORDER = order(
    line("A", "12.30", 3, taxes=inside("23%")), line("B", "24.60", 2, taxes=inside("23%")), shipping_charged="12.30"
)

SALEOR = [
    *[
        Share(
            "Saleor", _APPLIED, f"{amount} over 30, 40 and 10: rounded, the last takes the rest",
            order(*_LINES, discount=amount), "order_discount", shares, {"discount_base": "discounted"},
        )
        for amount, shares in (
            ("10.00", "-3.75 -5.00 -1.25"), ("17.30", "-6.49 -8.65 -2.16"), ("50.00", "-18.75 -25.00 -6.25")
        )
    ],
    Share(
        "Saleor", _APPLIED, "a manual discount of 8 over goods of 70 and shipping of 10",
        order(line("A", "10.00", 3), line("B", "20.00", 2), shipping_charged="10.00", discount="8.00"),
        "order_discount", "-3.00 -4.00 -1.00",
    ),
    Share(
        "Saleor", _APPLIED, "a voucher of 10 over the goods, then 8 over what is left of them and shipping",
        order(
            line("A", "10.00", 3), line("B", "20.00", 2), shipping_charged="10.00", discount="8.00",
            promotions=[{"id": "VOUCHER", "amount": "10.00"}],
        ),
        "order_discount", "-4.29 -2.94 -5.71 -3.92 -1.14",
    ),
    Trial(
        "Saleor", _APPLIED, "a discount of more than everything took all of it: nothing comes back",
        order(line("A", "10.00", 3), line("B", "20.00", 2), shipping_charged="10.00", discount="80.00"),
        (Step(back(("A", 3), ("B", 2), shipping="rest"), "0.00"),),
    ),
    Trial("Saleor", _REFUNDED, "two of each line, at the unit's price with tax", _SALEOR_ORDER, (Step(back(("A", 2), ("B", 2)), "73.80"),)),
    Trial(
        "Saleor", _REFUNDED, "the same with shipping", _SALEOR_ORDER,
        (Step(back(("A", 2), ("B", 2), shipping="rest"), "86.10"), Step(back("A", shipping="rest"), "12.30")),
    ),
    Trial("Saleor", _REFUNDED, "10 stated for the same", _SALEOR_ORDER, (Step(back(("A", 2), ("B", 2), amount="10.00"), "10.00"),)),
    Trial(
        "Saleor", "saleor/saleor: saleor/graphql/order/tests/mutations/test_fulfillment_refund_products.py",
        "200 units of 3: refused", _SALEOR_ORDER,
        (Step(back(("A", 200)), refused="return.items[0].quantity: `200` is more than is left of line `A` (3 of 3) (at most `3`)"),),
    ),
]  # fmt: skip

# -- Vendure ---------------------------------------------------------------------------------------------------------------

_PRORATE = "vendure-ecommerce/vendure: packages/core/src/service/helpers/order-calculator/prorate.spec.ts, with the sign of discounts"
_CALCULATOR = "vendure-ecommerce/vendure: packages/core/src/service/helpers/order-calculator/order-calculator.spec.ts"
_SUMMARY = "vendure-ecommerce/vendure: packages/core/src/config/tax/order-tax-summary-calculation-strategy.spec.ts"
_VENDURE_E2E = "vendure-ecommerce/vendure: packages/core/e2e/order.e2e-spec.ts"
_TWO_PAYMENTS = [{"kind": "card", "id": "1", "captured": "10.00"}, {"kind": "card", "id": "2", "captured": "3112.60"}]


def _mixed(taxes: Any) -> Data:
    """Return the order of the largest of its tests: 15% off the first line, 5 off the order, two rates."""
    return order(
        line("A", "10.00", 2, discount="3.00", taxes=taxes("20%")), line("B", "34.99", taxes=taxes("10%")),
        line("C", "2.55", 4, taxes=taxes("10%")), discount="5.00",
    )  # fmt: skip


VENDURE = [
    *[
        Share(
            "Vendure", _PRORATE, f"{amount} over {weights}",
            order(*[line(f"L{at}", weight) for at, weight in enumerate(weights.split())], discount=amount),
            "order_discount", shares,
        )
        for weights, amount, shares in (
            ("40.00 20.00 20.00", "3.00", "-1.50 -0.75 -0.75"),
            ("43.00 14.00 23.00", "2.99", "-1.61 -0.52 -0.86"),
            ("10.00 10.00 10.00", "2.99", "-0.99 -1.00 -1.00"),
            ("10 20 10 30 50 20 10 40", "0.93", "-0.05 -0.10 -0.05 -0.15 -0.24 -0.10 -0.05 -0.19"),
        )
    ],
    Trial(
        "Vendure", _CALCULATOR, "mixed discounts and rates on top: 57.19, with tax 64.48", _mixed(on_top),
        (Step(back(("A", 2), "B", ("C", 4)), "64.48", "goods 15.63 tax 3.13 goods 32.18 tax 3.22 goods 9.38 tax 0.94"),),
    ),
    Trial(
        "Vendure", _CALCULATOR, "the same inside: 57.19, without tax 50.82 when each unit is rounded", _mixed(inside),
        (Step(back(("A", 2), "B", ("C", 4)), "57.19", taxes="VAT 2.60 VAT 2.93 VAT 0.84"),), {"tax_rounding": "unit"},
    ),
    Trial(
        "Vendure", _CALCULATOR, "a surcharge of -2.40 with 20% inside, on 10 without tax, is 2 off",
        order(line("A", "10.00", discount="2.00", taxes=on_top("20%"))), (Step(back("A"), "9.60"),),
    ),
    Trial(
        "Vendure", _CALCULATOR, "two taxes on top of two lines: 2.20 and 2.47 in all",
        order(*[
            line(name, price, quantity, taxes=[*on_top("4%", "state"), *on_top("4.5%", "city")])
            for name, price, quantity in (("A", "10.00", 2), ("B", "34.99", 1))
        ]),
        (
            Step(back("A"), "10.85", "goods 10.00 tax 0.40 tax 0.45"),
            Step(back("A", "B"), "48.81", taxes="state 0.40 city 0.45 state 1.40 city 1.57"),
        ),
    ),
    *[
        Trial(
            "Vendure", _SUMMARY, f"21% of 1.02 and 2.15, rounded by {rounding}",
            order(line("A", "1.02", taxes=on_top("21%")), line("B", "2.15", taxes=on_top("21%"))),
            (Step(back("A", "B"), total),), {"tax_rounding": rounding},
        )
        for rounding, total in (("line", "3.83"), ("order", "3.84"))
    ],
    Trial(
        "Vendure", _SUMMARY, "shipping in two parts of 1.02 and 2.15 is rounded by itself, goods by themselves",
        order(
            line("A", "1.00", taxes=on_top("21%")),
            line("ship 1", "1.02", taxes=on_top("21%", "shipping VAT")), line("ship 2", "2.15", taxes=on_top("21%", "shipping VAT")),
        ),
        (Step(back("ship 1", "ship 2"), "3.84"), Step(back("A"), "1.21")), {"tax_rounding": "order"},
    ),
    Trial(
        "Vendure", "vendure-ecommerce/vendure: packages/core/e2e/order-modification.e2e-spec.ts",
        "a surcharge of -3 on a paid order gives 3 back",
        order(line("A", "1558.80"), tenders=tenders(card="1558.80")), (Step({"compensation": "3.00"}, "3.00", tenders="card 3.00"),),
    ),
    Trial(
        "Vendure", _VENDURE_E2E, "one of two units to the first payment, then the next; the rest with shipping later",
        order(line("A", "1558.80", 2), shipping_charged="5.00", tenders=_TWO_PAYMENTS),
        (
            Step(back("A"), "1558.80", tenders="card 10.00 card 1548.80"),
            Step(back("A", shipping="5.00"), "1563.80", tenders="card 1563.80"),
        ),
    ),
    Trial(
        "Vendure", _VENDURE_E2E, "too large an amount is refused, 5 less than everything is not",
        order(line("A", "1558.80"), tenders=tenders(card="1558.80")),
        (
            Step({"amount": "9999.99"}, refused="return.amount: `9999.99` is above what may still be given back (at most `1558.80`)"),
            Step({"amount": "1553.80"}, "1553.80"),
        ),
    ),
]  # fmt: skip

# -- Sylius ----------------------------------------------------------------------------------------------------------------


def _feature(name: str) -> str:
    return f"Sylius/RefundPlugin: features/{name}.feature"


def _off(one: str, other: str, *lines: Data) -> Data:
    """Return an order with two promotions on all of it, one after the other."""
    return order(*lines, promotions=[{"id": "1", "amount": one}, {"id": "2", "amount": other}])


_TAXES = (
    "Sylius/Sylius: features/taxation/applying_taxes/rounding_taxes_on_order_item_level.feature and the features with a discount for the "
    "whole order; by unit: features/taxation/applying_taxes_based_on_order_item_units_calculation_strategy"
)
_PROPORTIONAL = "Sylius/Sylius: src/Sylius/Component/Core/spec/Distributor/ProportionalIntegerDistributorSpec.php"
_EVEN = "Sylius/Sylius: src/Sylius/Component/Core/spec/Distributor/IntegerDistributorSpec.php"
_FOUR = line("shirt", "10.00", 4, taxes=on_top("10%"))
_TWO_SHIPMENTS = (
    line("shirt", "10.00", 2, taxes=on_top("10%")), line("post", "20.00"), line("pigeons", "10.00", taxes=on_top("23%")),
)  # fmt: skip
_INCLUDED = order(
    line("shirt", "11.00", taxes=inside("10%", "10%")), line("mug", "24.00", taxes=inside("20%", "20%")),
    shipping_charged="11.50", shipping_taxes=inside("15%", "15%"),
)  # fmt: skip

SYLIUS = [
    *[
        Share(
            "Sylius", _PROPORTIONAL, f"{amount} over 43, 14 and 23: halves down, the first corrected",
            order(line("A", "43.00"), line("B", "14.00"), line("C", "23.00"), discount=amount), "order_discount", shares,
        )
        for amount, shares in (("3.00", "-1.62 -0.52 -0.86"), ("2.99", "-1.61 -0.52 -0.86"))
    ],
    *[
        Trial("Sylius", _TAXES, f"{about}: {taxed} of tax", sold, (Step(everything, total, taxes=taxed),), {"tax_rounding": rounding})
        for rounding, about, sold, everything, total, taxed in (
            ("line", "ten at 10.10 with 23%", order(line("A", "10.10", 10, taxes=on_top("23%"))), back(("A", 10)), "124.23", "VAT 23.23"),
            ("line", "45.95 with 10%", order(line("A", "45.95", taxes=on_top("10%"))), back("A"), "50.55", "VAT 4.60"),
            ("line", "45.94 with 10%", order(line("A", "45.94", taxes=on_top("10%"))), back("A"), "50.53", "VAT 4.59"),
            (
                "line", "two at 10.00 with 23% and 56.04 with 10%, 10.10 off all",
                order(line("A", "10.00", 2, taxes=on_top("23%")), line("B", "56.04", taxes=on_top("10%")), discount="10.10"),
                back(("A", 2), "B"), "74.79", "VAT 3.99 VAT 4.86",
            ),
            (
                "line", "56.05 with 10% and 10.00 with 23%, 10.10 and 5.00 off both",
                _off("10.10", "5.00", line("A", "56.05", taxes=on_top("10%")), line("B", "10.00", taxes=on_top("23%"))),
                back("A", "B"), "57.04", "VAT 4.32 VAT 1.77",
            ),
            (
                "line", "two at 56.90 and 56.95 with 10% inside, twice 10.00 off",
                _off("10.00", "10.00", line("A", "56.90", 2, taxes=inside("10%")), line("B", "56.95", taxes=inside("10%"))),
                back(("A", 2), "B"), "150.75", "VAT 9.13 VAT 4.57",
            ),
            (
                "unit", "the same by unit",
                _off("10.00", "10.00", line("A", "56.90", 2, taxes=inside("10%")), line("B", "56.95", taxes=inside("10%"))),
                back(("A", 2), "B"), "150.75", "VAT 9.14 VAT 4.57",
            ),
            (
                "unit", "two at 56.05 and 56.04 with 10% by unit, twice 10.10 off",
                _off("10.10", "10.10", line("A", "56.05", 2, taxes=on_top("10%")), line("B", "56.04", taxes=on_top("10%"))),
                back(("A", 2), "B"), "162.73", "VAT 9.86 VAT 4.93",
            ),
        )
    ],
    Trial(
        "Sylius", _EVEN, "10 off three units: the first bears 3.34",
        order(line("A", "20.00", 3, discount="10.00")), (Step(back("A"), "16.66"), Step(back("A"), "16.67"), Step(back("A"), "16.67")),
    ),
    Trial(
        "Sylius", _feature("refunding_single_order_unit_with_promotion_applied"), "one of two shirts at 10 with 1 off each",
        order(line("shirt", "10.00", 2, discount="2.00")), (Step(back("shirt"), "9.00"),),
    ),
    Trial(
        "Sylius", _feature("refunding_single_order_unit_with_taxes_applied"), "one of two shirts at 10 with 10%",
        order(line("shirt", "10.00", 2, taxes=on_top("10%"))), (Step(back("shirt"), "11.00"),),
    ),
    Trial(
        "Sylius", _feature("viewing_details_of_credit_memo_with_promotion_applied"),
        "3.99 off four shirts: three at 9.00 and the last at 9.01, with 0.90 of tax each",
        order(_FOUR, discount="3.99", shipping_charged="10.00"),
        (
            *[Step(back("shirt"), "9.90", "goods 9.00 tax 0.90")] * 3,
            Step(back("shirt"), "9.91", "goods 9.01 tax 0.90", taxes="VAT 0.90"),
        ),
        {"tax_rounding": "unit"},
    ),
    Trial(
        "Sylius", _feature("refunding_order_shipping_cost_with_promotion_applied"), "half price shipping with 23%, once",
        order(
            line("shirt", "10.00"), shipping_charged="10.00", shipping_discount="5.00", shipping_taxes=on_top("23%")
        ),
        (
            Step({"shipping": "rest"}, "6.15", "shipping 5.00 shipping_tax 1.15"),
            Step({"shipping": "0.01"}, refused="return.shipping: `0.01` is above what is left of shipping (at most `0.00`)"),
        ),
    ),
    Trial(
        "Sylius", _feature("viewing_details_of_credit_memo_with_multiple_shipments"),
        "two shipments of an order, one with 23%, each a line of its own", order(*_TWO_SHIPMENTS),
        (Step(back(("shirt", 2), "post", "pigeons"), "54.30", taxes="VAT 2.00 VAT 2.30"),),
    ),
    Trial(
        "Sylius", _feature("viewing_details_of_credit_memo_with_multiple_shipments"),
        "4 off the goods alone, shipments at half price",
        order(
            _TWO_SHIPMENTS[0], _TWO_SHIPMENTS[1] | {"discount": "10.00"}, _TWO_SHIPMENTS[2] | {"discount": "5.00"},
            promotions=[{"id": "MULTI", "amount": "4.00", "lines": ["shirt"]}],
        ),
        (
            Step(back(("shirt", 2)), "17.60", taxes="VAT 1.60"), Step(back("post"), "10.00"),
            Step(back("pigeons"), "6.15", taxes="VAT 1.15"),
        ),
    ),
    Trial(
        "Sylius", _feature("refunding_part_of_shipment"), "5 of 20 was given: 18 more is refused, 15 is not",
        order(line("shirt", "10.00", 2), shipping_charged="20.00"),
        (
            Step({"shipping": "5.00"}, "5.00"),
            Step({"shipping": "18.00"}, refused="return.shipping: `18.00` is above what is left of shipping (at most `15.00`)"),
            Step({"shipping": "rest"}, "15.00"),
        ),
    ),
    Trial(
        "Sylius", _feature("viewing_details_of_credit_memo_with_included_taxes"), "everything: tax 1.00, 4.00 and 1.50",
        _INCLUDED, (Step(back("shirt", "mug", shipping="rest"), "46.50", taxes="10% 1.00 20% 4.00 15% 1.50"),),
    ),
    Trial(
        "Sylius", _feature("viewing_details_of_credit_memo_with_included_taxes"),
        "half of a shirt and half of shipping, stated with tax", _INCLUDED,
        (
            Step(back(given("shirt", "5.50")), "5.50", taxes="10% 0.50"),
            Step({"shipping": "5.75"}, "5.75", taxes="15% 0.75"),
        ),
    ),
    Trial(
        "Sylius", _feature("viewing_details_of_credit_memo"), "half of a shirt at 10 with 10% on top, stated with tax",
        order(line("shirt", "10.00", taxes=on_top("10%"))), (Step(back(given("shirt", "5.50")), "5.50", taxes="VAT 0.50"),),
    ),
]  # fmt: skip

# -- Magento ---------------------------------------------------------------------------------------------------------------

_CREDIT = "magento/magento2: app/code/Magento/Sales/Test/Unit/Model/Order/Creditmemo"
_TAX_TEST, _SHIPPING_TEST = f"{_CREDIT}/Total/TaxTest.php", f"{_CREDIT}/Total/ShippingTest.php"


def _charged(amount: str, **more: Any) -> list[Data]:
    return [{"name": "VAT", "amount": amount, **more}]


_THREE_AT_50 = line("A", "50.00", 3, taxes=_charged("12.38"))
_TEN = line("A", "10.00")

MAGENTO = [
    Trial(
        "Magento", _TAX_TEST, "one of each, of tax 8.11 and 16.22; shipping with 2.45",
        order(
            line("A", "99.00", taxes=_charged("8.11")), line("B", "99.00", 2, taxes=_charged("16.22")),
            shipping_charged="30.00", shipping_taxes=_charged("2.45"),
        ),
        (Step(back("A", "B"), "246.67", taxes="VAT 8.11 VAT 8.11 VAT 2.45"), Step(back("B"), "107.11")),
    ),
    Trial(
        "Magento", _TAX_TEST, "two of three went with tax of 8.26: the last takes the 4.12 that are left",
        order(_THREE_AT_50, returns=[{"line": "A", "quantity": 2, "amount": "108.26"}]), (Step(back("A"), "54.12"),),
    ),
    Trial(
        "Magento", _TAX_TEST, "half of shipping, stated before tax: 7.50 and 0.62",
        order(_THREE_AT_50, shipping_charged="15.00", shipping_taxes=_charged("1.24")),
        (Step({"shipping": "7.50"}, "8.12", "shipping 7.50 shipping_tax 0.62"), Step({"shipping": "rest"}, "8.12")),
    ),
    Trial(
        "Magento", _TAX_TEST, "tax inside a price of 80 with 20 off: 60, of which 3.81 is tax as charged",
        order(line("A", "80.00", 2, discount="40.00", taxes=_charged("7.62", included=True))),
        (Step(back("A"), "60.00", taxes="VAT 3.81"), Step(back("A"), "60.00", taxes="VAT 3.81")),
    ),
    Trial(
        "Magento", _TAX_TEST, "goods given for nothing by a discount of 100%",
        order(line("A", "100.00", discount="100.00", taxes=inside("10%")), line("B", "100.00", discount="100.00")),
        (Step(back("A"), "0.00"),),
    ),
    Trial(
        "Magento", f"{_CREDIT}/ItemTest.php", "ten for 5.00, two of them went for 2.00: the next is 3.00 over 8",
        order(line("A", "0.50", 10), returns=[{"line": "A", "quantity": 2, "amount": "2.00"}]), (Step(back("A"), "0.38"),),
    ),
    Trial(
        "Magento", _SHIPPING_TEST, "5 of 10 of shipping went: 6 is refused with the maximum, left out means 5 and its tax",
        order(_TEN, shipping_charged="10.00", shipping_taxes=_charged("2.00"), shipping_refunded="6.00"),
        (
            Step({"shipping": "6.00"}, refused="return.shipping: `6.00` is above what is left of shipping, before tax (at most `5.00`)"),
            Step(back("A"), "16.00", "goods 10.00 shipping 5.00 shipping_tax 1.00"),
        ),
    ),
    *[
        Trial(
            "Magento", _SHIPPING_TEST, f"{stated} of 10 of shipping, tax 2 of 10",
            order(_TEN, shipping_charged="10.00", shipping_taxes=_charged("2.00")), (Step({"shipping": stated}, total),), more,
        )
        for stated, total, more in (
            ("5.00", "6.00", {}), ("2.50", "3.00", {}), ("12.00", "12.00", {"stated_amounts": "with_tax"})
        )
    ],
    Trial(
        "Magento",
        "magento/magento2: dev/tests/integration/testsuite/Magento/Sales/Model/Order/Creditmemo/PartialRefundTaxTest.php",
        "three at 100 less 200, taxed at 19% before the discount: 19.00 of tax every time",
        order(line("A", "100.00", 3, taxes=_charged("57.00")), discount="200.00"), (Step(back("A"), taxes="VAT 19.00"),) * 3,
    ),
    *[
        Trial(
            "Magento", "magento/magento2: dev/tests/integration/testsuite/Magento/Sales/Model/Order/Creditmemo/Total/DiscountTest.php",
            f"two at 100 and shipping of 100, 40% off all, 10% of tax: {about}",
            order(
                line("A", "100.00", 2, discount="80.00", taxes=on_top("10%")), shipping_charged="100.00", shipping_discount="40.00",
                shipping_taxes=on_top("10%"),
            ),
            (Step(request, total, taxes=taxed),),
        )
        for about, request, total, taxed in (
            ("one, without shipping", back("A", shipping="none"), "66.00", "VAT 6.00"),
            ("everything", back(("A", 2)), "198.00", "VAT 12.00 VAT 6.00"),
        )
    ],
    Trial(
        "Magento", "magento/magento2: app/code/Magento/Sales/Model/Service/CreditmemoService.php",
        "adjustments up and down, and nothing above what was paid",
        order(_TEN, shipping_charged="5.00"),
        (
            Step(back("A", compensation="0.01"), refused="return: `15.01` is above what may still be given back (at most `15.00`)"),
            Step(back("A", shipping="none", compensation="1.00", deduction="2.50"), "8.50"),
        ),
    ),
]  # fmt: skip

# -- PrestaShop ------------------------------------------------------------------------------------------------------------

_PARTIAL = "PrestaShop/PrestaShop: tests/Integration/Behaviour/Features/Scenario/Order/partial_refund.feature"
_STANDARD = "PrestaShop/PrestaShop: tests/Integration/Behaviour/Features/Scenario/Order/standard_refund.feature"
_RETURN = "PrestaShop/PrestaShop: tests/Integration/Behaviour/Features/Scenario/Order/return_product.feature"
_ROUNDING = "PrestaShop/PrestaShop: tests/Integration/Behaviour/Features/Scenario/Order/order_rounding_type.feature"
_MUGS = order(
    line("best", "11.90", 2, taxes=on_top("6%")), line("today", "11.90", taxes=on_top("6%")),
    shipping_charged="7.00", shipping_taxes=on_top("6%"), tenders=tenders(card="45.26"),
)  # fmt: skip
_VOUCHER = _MUGS | {"tenders": tenders(voucher="5.30", card="39.96")}
_UNTAXED = order(line("best", "11.90", 2), line("today", "11.90"), shipping_charged="7.00")

PRESTASHOP = [
    Trial(
        "PrestaShop", _PARTIAL, "10.50 and 3.50 before tax for one of each", _MUGS,
        (Step(back(given("best", "10.50", 1), given("today", "3.50", 1)), "14.84", taxes="VAT 0.63 VAT 0.21"),),
    ),
    Trial(
        "PrestaShop", _PARTIAL, "7.50 before tax for two", _MUGS,
        (Step(back(given("best", "7.50", 2)), "7.95", taxes="VAT 0.45"),),
    ),
    Trial(
        "PrestaShop", _PARTIAL, "8 and 5.50 of shipping before tax", _MUGS,
        (Step(back(given("today", "8.00", 1), shipping="5.50"), "14.31", taxes="VAT 0.48 VAT 0.33"),),
    ),
    Trial(
        "PrestaShop", _PARTIAL, "the same of an order with a voucher of 5.30 that goes off the refund: 3.18 and 5.83 are left", _VOUCHER,
        (Step(back(given("today", "8.00", 1), shipping="5.50"), "14.31", tenders="voucher 5.30 card 9.01"),),
    ),
    Trial(
        "PrestaShop", _STANDARD, "one mug and shipping of that order: 7.31 and 7.42 are left", _VOUCHER,
        (Step(back("today", shipping="rest"), "20.03", tenders="voucher 5.30 card 14.73"),),
    ),
    Trial(
        "PrestaShop", _STANDARD, "the same with the voucher left out of it: 12.61 and 7.42", _VOUCHER,
        (Step(back("today", shipping="rest"), "20.03", tenders="card 20.03"),), {"tender_order": "card_first"},
    ),
    Trial(
        "PrestaShop", _PARTIAL, "1024 for each of two and 51 of shipping are cut to 25.22 and 7.42", _MUGS,
        (Step(back(given("best", "1024.00", 1), given("today", "1024.00", 1), shipping="51.00"), "32.64"),),
    ),
    Trial("PrestaShop", _PARTIAL, "shipping alone", _MUGS, (Step({"shipping": "3.50"}, "3.71", "shipping 3.50 shipping_tax 0.21"),)),
    Trial(
        "PrestaShop", _PARTIAL, "three of two units: refused", _MUGS,
        (Step(back(given("best", "8.00", 3)), refused="return.items[0].quantity: `3` is more than is left of line `best` (2 of 2) (at most `2`)"),),
    ),
    Trial(
        "PrestaShop", _STANDARD, "one of each, then the last", _MUGS,
        (Step(back("best", "today"), "25.22", taxes="VAT 0.71 VAT 0.71"), Step(back("best"), "12.62")),
    ),
    Trial(
        "PrestaShop", _RETURN, "a mug and shipping as a voucher of 18.90", _UNTAXED | {"tenders": tenders(card="42.70")},
        (Step(back("today", shipping="rest", to="store_credit", consent=True), "18.90", tenders="card 18.90"),),
    ),
    *[
        Trial(
            "PrestaShop", _ROUNDING, f"80 at 7.80 with 21%, rounded by {rounding}",
            order(line("A", "7.80", 80, taxes=on_top("21%"))), (Step(back(("A", 80)), total),), {"tax_rounding": rounding},
        )
        for rounding, total in (("line", "755.04"), ("unit", "755.20"), ("order", "755.04"))
    ],
]  # fmt: skip

# -- Shopify ---------------------------------------------------------------------------------------------------------------

_ALLOCATION = "https://shopify.dev/docs/api/admin-graphql/latest/objects/FinancialSummaryDiscountAllocation"
_REST = "https://shopify.dev/docs/api/admin-rest/latest/resources/refund; Shopify/shopify-api-js: packages/shopify-api/rest/admin/__tests__/2023-07/refund.test.ts"
_HELP = "https://help.shopify.com/en/manual/orders/self-serve-returns/return-rules"
_IPODS = order(
    *[line(color, "199.00", taxes=[{"name": "State Tax", "amount": "3.98"}]) for color in ("green", "red", "black")],
    discount="10.00", shipping_charged="5.00",
)  # fmt: skip

SHOPIFY = [
    Trial(
        "Shopify", _ALLOCATION, "4 cents off three units: 1, 1 and 2", order(line("A", "10.00", 3, discount="0.04")),
        (Step(back("A"), "9.99"), Step(back("A"), "9.99"), Step(back("A"), "9.98")),
    ),
    Share(
        "Shopify", _REST, "10 over three lines: the first bears 3.34", _IPODS, "order_discount", "-3.34 -3.33 -3.33",
    ),
    Trial(
        "Shopify", _REST, "a line less its share, with its tax: 195.67 and 3.98", _IPODS,
        (Step(back("red"), "199.65", "goods 195.67 tax 3.98"),),
    ),
    Trial(
        "Shopify", _REST, "250.94 of the order was captured, 209.00 is gone: 41.94 is suggested",
        _IPODS | {"tenders": [{"kind": "card", "captured": "250.94", "refunded": "209.00"}]},
        (Step(back("red"), "41.94", "goods 195.67 tax 3.98 cap -157.71", tenders="card 41.94"),),
    ),
    Trial(
        "Shopify", _REST, "2 of 5 of shipping, then no more than 3", _IPODS,
        (
            Step({"shipping": "2.00"}, "2.00"),
            Step({"shipping": "5.00"}, refused="return.shipping: `5.00` is above what is left of shipping (at most `3.00`)"),
            Step({"shipping": "rest"}, "3.00"),
        ),
    ),
    Trial(
        "Shopify", "https://shopify.dev/docs/apps/build/orders-fulfillment/returns-apps/view-and-refund-duties",
        "duties come back with the unit, or are kept", order(line("A", "30.00", 2, duty="9.83")),
        (Step(back("A"), "34.92", "goods 30.00 duty 4.92"), Step(back("A"), "34.91", "goods 30.00 duty 4.91")),
    ),
    Trial(
        "Shopify", _HELP, "10% restocking of the items, 5 of return shipping once",
        order(line("A", "20.00", 2), line("B", "9.99")),
        (Step(back(("A", 2), "B"), "39.99", "goods 40.00 restocking -4.00 goods 9.99 restocking -1.00 label -5.00"),),
        {"restocking": {"percent": "10%"}, "return_label": "5.00"},
    ),
    Trial(
        "Shopify", "https://help.shopify.com/en/manual/orders/refunds-returns/refunding-orders", "the gift card first, then the card",
        order(line("A", "25.00", 2), tenders=tenders(card="30.00", gift_card="20.00")),
        (Step(back("A"), "25.00", tenders="card 5.00 gift_card 20.00"), Step(back("A"), "25.00", tenders="card 25.00")),
    ),
    Trial(
        "Shopify", _ALLOCATION, "a currency without decimals: 4 yen off three units",
        order(line("A", "1000", 3, discount="4"), currency="JPY"),
        (Step(back("A"), "999"), Step(back(("A", 2)), "1997")),
    ),
    Swap(
        "Shopify", "https://help.shopify.com/en/manual/orders/refunds-returns/exchanges",
        "the new item has no part in the order's discount: the difference is collected", _IPODS,
        back("red", new=[line("N", "199.00", taxes=_charged("3.98"))]), "3.33", "3.33", "0.00",
    ),
]  # fmt: skip

ALL = [*SOLIDUS, *SPREE, *MEDUSA, *SALEOR, *VENDURE, *SYLIUS, *MAGENTO, *PRESTASHOP, *SHOPIFY]


def named(trial: Trial | Share | Swap) -> str:
    return f"{trial.peer}: {trial.about}"


def texts(amounts: Any, label: str) -> str:
    return " ".join(f"{getattr(amount, label)} {amount.amount}" for amount in amounts)


@pytest.mark.parametrize("trial", [trial for trial in ALL if isinstance(trial, Trial)], ids=named)
def test_a_refund_comes_to_what_the_peer_publishes(trial: Trial) -> None:
    current: Any = trial.order
    settings = SETTINGS[trial.peer] | trial.more
    for step in trial.steps:
        if step.refused is not None:
            with pytest.raises(CaseError) as caught:
                quote(current, step.request, settings)
            assert [str(problem) for problem in caught.value.problems] == [step.refused]
            continue
        result = quote(current, step.request, settings)
        found = (
            str(result.total), texts(result.parts, "kind"), texts(result.tenders, "kind"), texts(result.taxes, "name")
        )  # fmt: skip
        expected = (step.total, step.parts, step.tenders, step.taxes)
        assert found == tuple(now if then is None else then for then, now in zip(expected, found, strict=True))
        current = result.booked()


@pytest.mark.parametrize("share", [share for share in ALL if isinstance(share, Share)], ids=named)
def test_a_discount_is_shared_as_the_peer_publishes(share: Share) -> None:
    parts = paid(share.order, SETTINGS[share.peer] | share.more)
    assert " ".join(str(part.amount) for part in parts if part.kind == share.kind) == share.amounts


@pytest.mark.parametrize("swap", [swap for swap in ALL if isinstance(swap, Swap)], ids=named)
def test_an_exchange_comes_to_what_the_peer_publishes(swap: Swap) -> None:
    result = settle(swap.order, swap.request, SETTINGS[swap.peer] | swap.more)
    found = [str(part.amount) for part in (result.difference, result.buyer_owes, result.shop_owes)]
    assert found == [swap.difference, swap.buyer, swap.shop]


@pytest.mark.parametrize("peer", SETTINGS)
def test_every_peer_is_tried_at_least_six_times_and_says_where_its_numbers_stand(peer: str) -> None:
    tried = [trial for trial in ALL if trial.peer == peer]
    assert len(tried) >= 6
    assert all(": " in trial.source or trial.source.startswith("https://") for trial in tried)


@pytest.mark.parametrize("peer", SETTINGS)
def test_the_page_on_money_names_the_settings_a_peer_is_tried_with(peer: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "money.md").read_text(encoding="utf-8")
    section = page.partition(f"\n### {peer}\n")[2].partition("\n### ")[0]
    for name, value in SETTINGS[peer].items():
        assert f'"{name}": {json.dumps(value)}' in section
