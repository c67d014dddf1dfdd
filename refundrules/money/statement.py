"""What was paid: an order's total as parts, line by line, each with its formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refundrules.money.formula_text import Working
from refundrules.money.ledger import Discount, Ledger
from refundrules.money.models import QuoteOrder
from refundrules.money.parts import Part
from refundrules.money.reading import read
from refundrules.money.settings import DEFAULTS, MoneySettings


def paid(
    order: QuoteOrder | Mapping[str, Any], settings: MoneySettings | Mapping[str, Any] = DEFAULTS
) -> tuple[Part, ...]:
    """Return what each line of an order was paid with, and shipping; the parts sum to what the order cost.

    Kinds: `list`, `line_discount`, `order_discount` (its share of each), `tax` and `duty` of a line; `shipping`,
    `order_discount` and `shipping_tax` of the order. Raises `CaseError` when the order cannot be.

    >>> order = {"currency": "JPY", "lines": [{"id": "A", "unit_price": 100}, {"id": "B", "unit_price": 200}], "discount": 50}
    >>> [(part.line, part.kind, int(part.amount), part.formula) for part in paid(order) if part.kind == "order_discount"]
    [('A', 'order_discount', -17, '-(floor(50 * 100 / 300, 1) + 1)'), ('B', 'order_discount', -33, '-floor(50 * 200 / 300, 1)')]
    """
    order, settings = read([(QuoteOrder, order, "order"), (MoneySettings, settings, "settings")])
    assert isinstance(order, QuoteOrder)
    assert isinstance(settings, MoneySettings)
    ledger = Ledger(order, settings)
    ledger.minors.check()
    found = [part for at in range(len(ledger.lines)) for part in _of_line(ledger, at)]
    return (*found, *_of_shipping(ledger))


def _of_line(ledger: Ledger, at: int) -> list[Part]:
    line, decimals = ledger.lines[at], ledger.decimals
    price = line.unit_price * line.quantity
    found = [Part("list", "", line.id, price, ("price", line.unit_price, line.quantity), decimals)]
    if line.discount:
        found.append(Part("line_discount", "", line.id, -line.discount, ("plain", -line.discount), decimals))
    found += [
        Part("order_discount", discount.id, line.id, -discount.shares[at], _share(discount, at), decimals)
        for discount in ledger.discounts
        if discount.shares[at]
    ]
    found += [Part("tax", levy.name, line.id, levy.minor, levy.working, decimals) for levy in line.on_top]
    if line.duty:
        found.append(Part("duty", "", line.id, line.duty, _duty(ledger, at), decimals))
    return found


def _share(discount: Discount, at: int) -> Working:
    weight, whole = discount.weights[at], sum(discount.weights)
    correction = discount.shares[at] - discount.minor * weight // whole
    return ("minus", ("share", discount.minor, weight, whole, correction))


def _duty(ledger: Ledger, at: int) -> Working:
    own = ledger.minors.of(ledger.order.lines[at].duty, "order.lines[%d].duty", at)
    duties, shared, whole = (
        ledger.minors.of(ledger.order.duties, "order.duties"),
        ledger.lines[at].duty - own,
        sum(ledger.goods),
    )
    if not shared:
        return ("plain", own)
    weight, whole = (ledger.goods[at], whole) if whole else (1, len(ledger.lines))
    working = ("share", duties, weight, whole, shared - duties * weight // whole)
    return ("sum", working, own) if own else working


def _of_shipping(ledger: Ledger) -> list[Part]:
    decimals, found = ledger.decimals, []
    if ledger.shipping_price:
        found.append(Part("shipping", "", None, ledger.shipping_price, ("plain", ledger.shipping_price), decimals))
    count = len(ledger.lines)
    found += [
        Part("order_discount", discount.id, None, -discount.shares[count], _share(discount, count), decimals)
        for discount in ledger.discounts
        if len(discount.shares) > count and discount.shares[count]
    ]
    found += [
        Part("shipping_tax", levy.name, None, levy.minor, levy.working, decimals) for levy in ledger.shipping_taxes
    ]
    return found
