"""Random orders as they may be paid, and ways to give them back, biased to where minor units are left over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from refundrules.money.currency import exponent
from refundrules.money.settings import MoneySettings
from refundrules.money.statement import paid

Data = dict[str, Any]

CURRENCIES = ("CNY", "JPY", "KWD")
PRICES = st.sampled_from([0, 1, 2, 7, 10, 99, 100, 333, 1000, 4999, 10000])
RATES = st.sampled_from(["0", "7%", "19%", "20%", "8.875%", "1/3"])


def money(minor: int, decimals: int) -> str:
    """Return minor units as a decimal string."""
    return str(Decimal(minor).scaleb(-decimals))


@st.composite
def taxes(draw: st.DrawFn, price: int, decimals: int) -> list[Data]:
    found = []
    for number in range(draw(st.sampled_from([0, 0, 1, 2]))):
        tax: Data = {"name": f"T{number}"}
        if draw(st.booleans()):
            tax["rate"] = draw(RATES)
            tax["included"] = draw(st.booleans())
        else:
            tax["amount"] = money(draw(st.integers(0, price // 2)), decimals)
        found.append(tax)
    return found


@st.composite
def order_lines(draw: st.DrawFn, name: str, decimals: int) -> Data:
    quantity, price = draw(st.sampled_from([1, 1, 2, 3, 3, 5, 7])), draw(PRICES)
    discount = draw(st.sampled_from([0, 0, 1, price * quantity // 3, price * quantity]))
    discount = min(discount, price * quantity)
    return {
        "id": name,
        "quantity": quantity,
        "unit_price": money(price, decimals),
        "discount": money(discount, decimals),
        "taxes": draw(taxes(price * quantity - discount, decimals)) if price * quantity > discount else [],
        "duty": money(draw(st.sampled_from([0, 0, 0, 5])), decimals),
    }


def value_of(line: Data, decimals: int) -> int:
    price = Decimal(line["unit_price"]) * line["quantity"] - Decimal(line["discount"])
    return int(price.scaleb(decimals))


@st.composite
def promotions(draw: st.DrawFn, lines: list[Data], decimals: int) -> Data:
    values = [value_of(line, decimals) for line in lines]
    by = draw(st.sampled_from(["spend", "quantity"]))
    bought = sum(values) if by == "spend" else sum(line["quantity"] for line in lines)
    amount = draw(st.integers(0, sum(values) // 4))
    least = draw(st.integers(0, bought + 1))
    tiers = [{"at_least": money(least, decimals) if by == "spend" else str(least), "off": money(amount, decimals)}]
    if draw(st.booleans()):
        lower = draw(st.integers(0, least))
        tiers.append(
            {
                "at_least": money(lower, decimals) if by == "spend" else str(lower),
                "percent": draw(st.sampled_from(["5%", "1/7"])),
            }
        )
    return {"id": "P", "amount": money(amount, decimals), "by": by, "tiers": draw(st.sampled_from([tiers, []]))}


@st.composite
def orders(draw: st.DrawFn, currency: str | None = None) -> Data:
    """Draw an order that can be, in a currency of 0, 2 or 3 decimals, with nothing given back yet."""
    currency = currency or draw(st.sampled_from(CURRENCIES))
    decimals = exponent(currency)
    lines = [draw(order_lines(f"L{number}", decimals)) for number in range(1, draw(st.sampled_from([1, 2, 3, 4])) + 1)]
    promotion = [draw(promotions(lines, decimals))] if draw(st.booleans()) else []
    left = sum(value_of(line, decimals) for line in lines) - sum(
        int(Decimal(p["amount"]).scaleb(decimals)) for p in promotion
    )
    charged = draw(st.sampled_from([0, 0, 1, 10, 1200]))
    return {
        "currency": currency,
        "lines": lines,
        "promotions": promotion,
        "discount": money(draw(st.sampled_from([0, 0, min(1, left), left // 3, left])), decimals),
        "shipping_charged": money(charged, decimals),
        "shipping_discount": money(draw(st.sampled_from([0, 0, charged // 2])), decimals),
        "shipping_taxes": draw(st.sampled_from([[], [{"rate": "19%"}], [{"rate": "19%", "included": True}]])),
        "duties": money(draw(st.sampled_from([0, 0, 7])), decimals),
    }


def total_of(order: Data, settings: MoneySettings) -> int:
    """Return what an order cost, in minor units."""
    return sum(part.minor for part in paid(order, settings))


@st.composite
def with_tenders(draw: st.DrawFn, order: Data, settings: MoneySettings) -> Data:
    """Draw how an order was paid: all of it, or a part; by one means or by several."""
    decimals = exponent(order["currency"])
    total = total_of(order, settings)
    captured = draw(st.sampled_from([total, total, total, total // 2]))
    kinds = draw(st.lists(st.sampled_from(["card", "gift_card", "points", "voucher", "wallet"]), max_size=3))
    if not kinds:
        return order | {"captured": money(captured, decimals)}
    cuts = sorted(draw(st.integers(0, captured)) for _ in kinds[1:])
    parts = [high - low for low, high in zip([0, *cuts], [*cuts, captured], strict=True)]
    tenders = [
        {"kind": kind, "captured": money(part, decimals), "points": 100 if kind == "points" else None}
        for kind, part in zip(kinds, parts, strict=True)
    ]
    return order | {"tenders": tenders}


def settings(fees: bool = False) -> st.SearchStrategy[MoneySettings]:
    """Draw settings under which everything comes back in the end, once all goods did."""
    choices: Data = {
        "remainder": st.sampled_from(["largest", "largest_later", "first", "down", "half_up", "of_the_rest"]),
        "item_rounding": st.sampled_from(["each", "sum"]),
        "dearer_units": st.sampled_from(["first", "last"]),
        "tax_rounding": st.sampled_from(["line", "unit", "order"]),
        "discount_base": st.sampled_from(["discounted", "list", "discounted_and_shipping"]),
        "broken_promotion": st.sampled_from(["keep", "recompute"]),
        "shipping": st.sampled_from(["none", "share", "with_last", "rest"]),
        "duties": st.sampled_from(["share", "keep"]),
        "tender_order": st.sampled_from(["pro_rata", "card_first", "gift_card_first", "as_given", ("points", "card")]),
    }
    if fees:
        choices |= {
            "handling": st.sampled_from(["0", "1", "15"]),
            "return_label": st.sampled_from(["0", "3"]),
            "restocking": st.sampled_from(
                [
                    None,
                    {"percent": "15%"},
                    {"flat": "2", "per": "unit"},
                    {"percent": "1/3", "flat": "1", "per": "return"},
                ]
            ),
            "use": st.sampled_from([None, {"per_day": "0.5%", "free_days": 30, "most": "40%"}]),
            "fee_base": st.sampled_from(["paid", "list"]),
        }
    return st.fixed_dictionaries(choices).map(MoneySettings.model_validate)
