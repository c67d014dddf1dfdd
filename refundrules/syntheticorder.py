"""Orders that could have been: who bought what when, and how far the order had come when the buyer wrote.

Nothing here is measured of a real shop; the weights are only plausible.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from refundrules.draws import Draws, Weighted
from refundrules.money.currency import share, to_text

Data = dict[str, Any]

FIRST_DAY = datetime(2025, 6, 1)  # noqa: DTZ001 - the offset is written behind it
DAYS = 365
_DAY, _HOUR = 1440, 60

REASONS = Weighted({
    "does_not_fit": 190, "changed_mind": 150, "size_deviation": 90, "color_difference": 60, "stain": 50, "damage": 40,
    "loose_threads": 50, "pinhole": 25, "asymmetry": 15, "missing_part": 30, "deformation": 15, "shrinkage": 20,
    "fading": 25, "sole_separation": 25, "seam_split": 25, "malfunction": 15, "wrong_item": 30, "short_shipment": 20,
    "counterfeit": 4, "not_received": 30, "lost": 10, "transit_damage": 20, "late_shipment": 25, "late_delivery": 15,
    "price_difference": 15, "shipping_fee_charged": 11, "wrong_address": 15,
})  # fmt: skip
"""How often buyers write for which reason."""

_WITH_BUYER = Weighted({"delivered": 44, "completed": 55, "closed": 1})
_STATUS = {
    "changed_mind": Weighted({"delivered": 42, "completed": 38, "shipped": 7, "paid": 13}),
    "not_received": Weighted({"shipped": 1}),
    "lost": Weighted({"shipped": 1}),
    "late_shipment": Weighted({"paid": 50, "shipped": 50}),
    "late_delivery": Weighted({"shipped": 40, "delivered": 40, "completed": 20}),
    "price_difference": Weighted({"awaiting_payment": 15, "paid": 15, "delivered": 45, "completed": 25}),
    "shipping_fee_charged": Weighted({"awaiting_payment": 25, "paid": 35, "delivered": 40}),
    "wrong_address": Weighted({"awaiting_payment": 10, "paid": 60, "shipped": 30}),
}
_ANY_GOODS = Weighted({"apparel": 66, "footwear": 22, "accessory": 9, "appliance": 3})
_GOODS = {
    "sole_separation": Weighted({"footwear": 1}),
    "fading": Weighted({"footwear": 80, "accessory": 20}),
    "seam_split": Weighted({"footwear": 60, "apparel": 40}),
    "malfunction": Weighted({"appliance": 85, "accessory": 15}),
    "size_deviation": Weighted({"apparel": 80, "footwear": 20}),
    "shrinkage": Weighted({"apparel": 1}),
}
_PRICES = {
    "apparel": Weighted({1590: 4, 2990: 8, 3990: 10, 5900: 16, 7900: 16, 9900: 16, 12900: 12, 15900: 8, 19900: 6, 29900: 3, 59900: 1}),
    "footwear": Weighted({4990: 8, 8900: 16, 12900: 22, 16900: 20, 19900: 16, 25900: 10, 39900: 6, 69900: 2}),
    "accessory": Weighted({990: 16, 1990: 24, 2990: 24, 4990: 20, 9900: 12, 19900: 4}),
    "appliance": Weighted({7900: 20, 12900: 30, 19900: 30, 39900: 20}),
}  # fmt: skip
_SHIPS_WITHIN = Weighted({24: 25, 48: 65, 72: 10})
_OUTBOUND = Weighted({500: 20, 600: 30, 800: 25, 1000: 15, 1200: 10})
_AFTER_SIGNING = Weighted({0: 16, 1: 20, 2: 16, 3: 12, 4: 9, 5: 7, 6: 6, 7: 5, 8: 4, 9: 3, 12: 2})
_AFTER_COMPLETION = Weighted(
    {0: 14, 1: 14, 2: 12, 3: 10, 4: 8, 6: 8, 8: 7, 10: 6, 12: 5, 14: 4, 15: 3, 16: 3, 20: 3, 30: 2, 60: 1}
)
_SOON = Weighted({0: 30, 1: 26, 2: 16, 3: 9, 4: 6, 6: 4, 9: 4, 14: 3, 20: 2})
"""The same where the buyer only changed their mind."""
_PLACES = Weighted({"CN": 983, "CN-ZJ": 8, "CN-GD": 6, "HK": 2, "SG": 1})


class Timeline(NamedTuple):
    """When what happened, in minutes since the first day; None: not by the time the buyer wrote."""

    status: str
    placed: int
    paid: int | None
    ship_by: int
    shipped: int | None
    delivered: int | None
    completed: int | None
    opened: int


def timeline(draws: Draws, reason: str) -> Timeline:
    """Return how an order went up to the moment its buyer wrote for this reason."""
    status = draws.weighted(_STATUS.get(reason, _WITH_BUYER))
    placed = draws.below(DAYS * _DAY)
    paid = placed + draws.below(20)
    promised = draws.weighted(_SHIPS_WITHIN)
    ship_by = paid + promised * _HOUR
    if status == "awaiting_payment":
        return Timeline(status, placed, None, ship_by, None, None, None, placed + draws.between(2, 600))
    late = draws.chance(900 if reason == "late_shipment" else 40)
    handling = promised * _HOUR + draws.below(4 * _DAY) if late else draws.between(2 * _HOUR, promised * _HOUR)
    if status == "paid":
        waited = handling if reason == "late_shipment" else draws.between(5, 2 * _DAY)
        return Timeline(status, placed, paid, ship_by, None, None, None, paid + waited)
    shipped = paid + handling
    if status == "shipped":
        waited = (
            draws.below(_DAY) if reason in ("changed_mind", "late_shipment") else draws.between(2 * _DAY, 16 * _DAY)
        )
        return Timeline(status, placed, paid, ship_by, shipped, None, None, shipped + waited)
    slow = 5 * _DAY if reason == "late_delivery" else 0
    delivered = shipped + slow + draws.between(_DAY, 6 * _DAY)
    if status == "delivered":
        opened = delivered + draws.weighted(_AFTER_SIGNING) * _DAY + draws.below(_DAY // 2)
        return Timeline(status, placed, paid, ship_by, shipped, delivered, None, opened)
    regretted = reason in ("does_not_fit", "changed_mind")
    completed = delivered + draws.between(_HOUR, (3 if regretted else 10) * _DAY)
    waited = draws.weighted(_SOON if regretted else _AFTER_COMPLETION)
    opened = completed + waited * _DAY + draws.below(_DAY // 2)
    return Timeline(status, placed, paid, ship_by, shipped, delivered, completed, opened)


def clock(minutes: int) -> str:
    """Return the moment so many minutes after the first day, as a case writes it."""
    return (FIRST_DAY + timedelta(minutes=minutes)).isoformat() + "+08:00"


def yuan(minor: int) -> str:
    """Return an amount as a case writes it."""
    return to_text(minor, 2)


class SyntheticOrder(NamedTuple):
    """An order as a case holds it, and what its claims need of it."""

    data: Data
    when: Timeline
    line_paid: list[int]
    shipping_charged: int


def order(draws: Draws, number: str, reason: str) -> SyntheticOrder:
    """Return an order whose buyer writes for this reason."""
    when = timeline(draws, reason)
    lines = [_line(draws, at, reason, when) for at in range(1 + draws.chance(240) + draws.chance(80))]
    remote = draws.chance(40)
    values = [amount for _, amount in lines]
    goods = sum(values)
    discount = draws.pick((500, 1000, 2000, 3000)) if draws.chance(240) else 0
    discount = discount if discount < goods // 2 else 0
    data: Data = {
        "id": f"T{number}", "jurisdiction": draws.weighted(_PLACES), "status": when.status, **_times(draws, when, reason),
        **_shipping(draws, reason, goods - discount, remote=remote), "lines": [line for line, _ in lines],
    }  # fmt: skip
    if remote:
        data["remote_area"] = True
    if discount:
        data["discount"] = yuan(discount)
    charged = int(data.get("shipping_charged", "0.00").replace(".", ""))
    if when.paid is not None and draws.chance(450):
        data["tenders"] = _tenders(draws, goods - discount + charged)
    return SyntheticOrder(
        data, when, [value - cut for value, cut in zip(values, share(discount, values), strict=True)], charged
    )


def _times(draws: Draws, when: Timeline, reason: str) -> Data:
    known = {"placed_at": when.placed, "paid_at": when.paid, "shipped_at": when.shipped, "delivered_at": when.delivered,
             "completed_at": when.completed}  # fmt: skip
    times = {name: clock(at) for name, at in known.items() if at is not None}
    if draws.chance(4):
        del times["placed_at"]
    if draws.chance(970 if reason == "late_shipment" else 800):
        times["ship_by"] = clock(when.ship_by)
    slow = reason in ("not_received", "lost", "late_delivery")
    if when.shipped is not None and draws.chance(960 if slow else 500):
        times["deliver_by"] = clock(when.shipped + draws.between(4, 8) * _DAY)[:10]
    return times


def _line(draws: Draws, at: int, reason: str, when: Timeline) -> tuple[Data, int]:
    category = draws.weighted(_GOODS.get(reason, _ANY_GOODS) if at == 0 else _ANY_GOODS)
    price = draws.weighted(_PRICES[category])
    quantity = 1 if draws.chance(930) else draws.between(2, 3)
    line: Data = {"id": f"L{at + 1}", "category": category, "quantity": quantity, "unit_price": yuan(price)}
    discount = price * quantity // 1000 * 100 if draws.chance(90) else 0
    if discount:
        line["discount"] = yuan(discount)
    if price <= 2990 and draws.chance(350):
        line["promotional"] = True
    if draws.chance(15):
        line["exclusion"] = draws.pick(("custom_made", "hygiene", "hygiene", "final_sale", "final_sale"))
        line["exclusion_confirmed"] = draws.chance(800)
    if category in ("footwear", "appliance") and draws.chance(850):
        line["warranty_until"] = clock(when.placed + (365 if category == "appliance" else 90) * _DAY)[:10]
    return line, price * quantity - discount


def _shipping(draws: Draws, reason: str, paid: int, *, remote: bool) -> Data:
    cost = draws.weighted(_OUTBOUND) + (1000 if remote else 0)
    found: Data = {"shipping_cost": yuan(cost)} if draws.chance(920) else {}
    promise = draws.pick(("unconditional", "unconditional", "over_threshold", "none"))
    if promise != "none":
        found["free_shipping"] = promise
    if promise == "over_threshold" and draws.chance(970):
        found["free_shipping_threshold"] = yuan(draws.pick((6900, 9900, 19900)))
    reached = promise == "unconditional" or paid >= 9900
    if draws.chance(930 if reason == "shipping_fee_charged" else 30 if reached else 600):
        found["shipping_charged"] = yuan(cost)
    return found


def _tenders(draws: Draws, total: int) -> list[Data]:
    if total > 2000 and draws.chance(160):
        part = draws.between(1, min(total - 1, 10000) // 500 or 1) * 100
        kinds = draws.pick((("gift_card", "wallet"), ("voucher", "wallet"), ("gift_card", "card")))
        return [{"kind": kinds[0], "captured": yuan(part)}, {"kind": kinds[1], "captured": yuan(total - part)}]
    return [{"kind": draws.pick(("wallet", "wallet", "wallet", "card")), "captured": yuan(total)}]
