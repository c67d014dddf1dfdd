"""Made-up order histories, for those who want to try a policy before they have cases of their own.

Everything is drawn from tables of plausible weights; nothing is measured of a real shop. The same
seed gives the same cases on every Python and machine, and case number n does not depend on how
many are made. The moments lie in the year from June 2025 and the months after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from refundrules.backtesting.random_draws import Draws, Weighted
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


NON_QUALITY = ("does_not_fit", "changed_mind")
LOGISTICS = ("not_received", "lost", "late_shipment", "late_delivery")
ORDER_ONLY = ("price_difference", "shipping_fee_charged", "wrong_address")
OF_GOODS = (
    "does_not_fit", "changed_mind", "size_deviation", "color_difference", "stain", "damage", "loose_threads", "pinhole",
    "missing_part", "transit_damage",
)  # fmt: skip
"""What a second claim of an order may be about."""

_QUALITY = Weighted({"return_and_refund": 48, "exchange": 22, "compensation": 16, "refund_only": 13, "repair": 1})
_WARRANTY = Weighted({"repair": 36, "exchange": 28, "return_and_refund": 26, "compensation": 10})
_WISHES: Mapping[str, Weighted[str]] = {
    "does_not_fit": Weighted({"return_and_refund": 56, "exchange": 44}),
    "changed_mind": Weighted({"return_and_refund": 94, "exchange": 6}),
    "size_deviation": Weighted({"return_and_refund": 60, "exchange": 36, "compensation": 4}),
    "missing_part": Weighted({"reship": 40, "compensation": 22, "return_and_refund": 25, "refund_only": 13}),
    "wrong_item": Weighted({"reship": 42, "return_and_refund": 38, "exchange": 12, "refund_only": 8}),
    "short_shipment": Weighted({"reship": 55, "refund_only": 45}),
    "counterfeit": Weighted({"return_and_refund": 80, "refund_only": 20}),
    "sole_separation": _WARRANTY, "seam_split": _WARRANTY, "malfunction": _WARRANTY, "fading": _WARRANTY,
    "not_received": Weighted({"refund_only": 62, "reship": 38}),
    "lost": Weighted({"refund_only": 60, "reship": 40}),
    "transit_damage": Weighted({"return_and_refund": 40, "refund_only": 36, "exchange": 14, "reship": 10}),
    "late_shipment": Weighted({"compensation": 85, "refund_only": 15}),
    "late_delivery": Weighted({"compensation": 70, "refund_only": 30}),
    "price_difference": Weighted({"price_adjustment": 1}),
    "shipping_fee_charged": Weighted({"price_adjustment": 75, "amend_order": 25}),
    "wrong_address": Weighted({"amend_order": 1}),
}  # fmt: skip
_FILED = {
    "return_and_refund": "return_and_refund", "refund_only": "refund_only", "compensation": "refund_only",
    "exchange": "exchange", "price_adjustment": "refund_only",
}  # fmt: skip
_DEVIATIONS = Weighted({5: 4, 10: 8, 15: 8, 20: 14, 25: 10, 30: 14, 32: 6, 35: 10, 40: 12, 50: 8, 60: 4, 80: 2})
_MEASURED = {"apparel": ("chest", "length", "sleeve", "waist"), "footwear": ("insole",)}
_QUOTES = Weighted({800: 10, 1000: 20, 1200: 45, 1500: 20, 1800: 5})
_CARRIERS = Weighted({"ZTO": 50, "YTO": 30, "SF": 15, "EMS": 5})
LISTED = ("ZTO", "YTO")


def claim(draws: Draws, whole: SyntheticOrder, at: int, reason: str, decided: int) -> Data:
    """Return a claim on the order's line number `at`, as it stood when it was decided."""
    line = whole.data["lines"][at]
    wish = draws.weighted(_WISHES.get(reason, _QUALITY))
    data: Data = {"line": line["id"], "quantity": line["quantity"], "reason": reason}
    if line["quantity"] > 1 and draws.chance(500):
        data["quantity"] = 1
    if draws.chance(988):
        data["requested"] = wish
    if wish in _FILED and draws.chance(800):
        data["application"] = "refund_only" if draws.chance(60) else _FILED[wish]
    data["opened_at"] = clock(whole.when.opened)
    if draws.chance(40):
        data["insists"] = True
    if draws.chance(6):
        data["demanded"] = yuan(whole.line_paid[at] + 100 * draws.between(1, 300))
    if reason in LOGISTICS:
        data |= _parcel(draws, whole, reason)
    elif reason in ORDER_ONLY:
        data |= _price(draws, line, reason)
    else:
        data |= _of_goods(draws, whole, at, reason, wish, decided)
    return data


def _parcel(draws: Draws, whole: SyntheticOrder, reason: str) -> Data:
    data: Data = {}
    if reason == "late_delivery" and draws.chance(900):
        data["assessed_loss"] = yuan(100 * draws.between(2, 15))
    if whole.when.shipped is None or draws.chance(40):
        return data
    if reason == "lost":
        return {"parcel": "lost"}
    if reason == "not_received":
        return {"parcel": draws.pick(("in_transit", "in_transit", "in_transit", "lost", "lost", "delivered"))}
    return data | {"parcel": "in_transit" if whole.when.delivered is None else "delivered"}


def _price(draws: Draws, line: Data, reason: str) -> Data:
    if reason != "price_difference" or draws.chance(40):
        return {}
    unit = int(line["unit_price"].replace(".", ""))
    return {"rightful_price": yuan(unit - unit * draws.between(3, 30) // 100)}


def _of_goods(draws: Draws, whole: SyntheticOrder, at: int, reason: str, wish: str, decided: int) -> Data:
    category, paid = whole.data["lines"][at]["category"], whole.line_paid[at]
    data: Data = {}
    if reason not in NON_QUALITY and draws.chance(985):
        data["severity"] = "minor" if draws.chance(480) else "major"
    if reason == "size_deviation" and draws.chance(950):
        data["measurements"] = [_measured(draws, category) for _ in range(1 + draws.chance(250))]
    losing = reason in ("missing_part", "short_shipment", "transit_damage", "damage") or wish in (
        "refund_only",
        "compensation",
    )
    if losing and draws.chance(930):
        data["assessed_loss"] = yuan(max(100, paid * draws.between(5, 60) // 10000 * 100))
    if draws.chance(90) and reason not in NON_QUALITY:
        data["declined_offers"] = draws.between(1, 3)
    data["goods"] = _goods(draws, whole, reason)
    tests = _tests(draws, reason)
    if tests:
        data["tests"] = tests
    if whole.when.delivered is not None and decided - whole.when.opened > 2 * 1440:
        data["return_received_at"] = clock(decided - draws.between(10, 1440))
        data["goods"]["resalable"] = draws.chance(930)
    data["freight"] = _freight(draws, remote="remote_area" in whole.data, back="return_received_at" in data)
    if reason in ("sole_separation", "seam_split"):
        data["repairs_of_same_part"] = draws.pick((0, 0, 0, 1, 2))
    if reason == "fading" and draws.chance(350):
        data["recoloring_declined"] = True
    if wish == "exchange" and draws.chance(700):
        unit = int(whole.data["lines"][at]["unit_price"].replace(".", ""))
        data["replacement_price"] = yuan(max(100, unit + draws.pick((0, 0, 0, 0, 300, 500, 600, 2000, -500))))
    return data


def _measured(draws: Draws, category: str) -> Data:
    declared, off = draws.between(24, 120), draws.weighted(_DEVIATIONS)
    actual = declared * 10 + (off if draws.chance(500) else -off)
    attribute = draws.pick(_MEASURED.get(category, ("length",)))
    return {"attribute": attribute, "declared_cm": declared, "actual_cm": f"{actual // 10}.{actual % 10}"}


def _goods(draws: Draws, whole: SyntheticOrder, reason: str) -> Data:
    delivered = whole.when.delivered
    if delivered is None:
        return {}
    had = max(0, (whole.when.opened - delivered) // 1440)
    worn = 0 if reason in NON_QUALITY and draws.chance(930) else draws.between(0, had)
    laundered = reason in ("deformation", "shrinkage", "fading")
    data: Data = {"received": True, "worn_days": worn}
    if laundered or draws.chance(600):
        data["washed"] = draws.chance(850 if laundered else 30)
        if data["washed"] and draws.chance(900):
            data["care_label_followed"] = draws.chance(720)
    if draws.chance(982):
        data["labels_intact"] = draws.chance(920 if worn == 0 else 700)
        data["soiled"] = draws.chance(20 if worn == 0 else 120)
    return data


def _tests(draws: Draws, reason: str) -> Data:
    if reason not in (
        "fading",
        "malfunction",
        "sole_separation",
        "seam_split",
        "counterfeit",
        "deformation",
        "shrinkage",
    ):
        return {}
    data: Data = {"receipt_matches": draws.chance(960)} if draws.chance(930) else {}
    if reason == "fading":
        if draws.chance(850):
            data["rub_test"] = "transfers" if draws.chance(450) else "clean"
        if draws.chance(900):
            data["soaking_marks"] = draws.chance(220)
        if draws.chance(150):
            data["batch_complaints"] = draws.between(1, 4)
    if draws.chance(700):
        data["cause"] = draws.pick(("seller", "seller", "seller", "buyer", "unclear"))
    return data


def _freight(draws: Draws, *, remote: bool, back: bool) -> Data:
    quote = draws.weighted(_QUOTES) + (1000 if remote else 0)
    data: Data = {"return_quote": yuan(quote), "replacement_quote": yuan(quote)} if draws.chance(980) else {}
    if draws.chance(850):
        data["carriers_told"] = draws.chance(900)
    if back:
        data["carrier"] = draws.weighted(_CARRIERS)
        data["advanced"] = yuan(quote + draws.pick((0, 0, 0, 0, 300, 1000)))
    return data


_DAY = 1440


def synthetic_cases(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield `count` made-up cases as plain data, the same for the same seed.

    About six in ten also have `actual`: what a shop that decides by rule of thumb did. Every case can
    be read and decided by the shipped shop.

    >>> case = next(synthetic_cases(1, seed=7))
    >>> case["id"], case["claims"][0]["reason"], case["decided_at"]
    ('S7-000001', 'shrinkage', '2026-04-22T05:39:00+08:00')
    """
    for number in range(count):
        yield synthetic_case(seed, number)


def synthetic_case(seed: int, number: int) -> dict[str, Any]:
    """Return made-up case `number` (from 0) of a seed."""
    draws = Draws(seed, number)
    name = f"{seed}-{number + 1:06d}"
    reason = draws.weighted(REASONS)
    whole = order(draws, name, reason)
    waited = draws.between(5, 1800)
    if whole.when.delivered is not None and draws.chance(220):
        waited = draws.between(4, 10) * _DAY
    decided = whole.when.opened + waited
    claims = [claim(draws, whole, 0, reason, decided)]
    lines = whole.data["lines"]
    if len(lines) > 1 and reason in OF_GOODS and whole.when.delivered is not None and draws.chance(220):
        claims.append(claim(draws, whole, 1, draws.pick(OF_GOODS), decided))
    data: Data = {"id": f"S{name}", "decided_at": clock(decided), "order": whole.data, "claims": claims}
    data["shop"] = {"listed_carriers": list(LISTED)}
    if draws.chance(975):
        data["shop"]["in_stock"] = draws.chance(860)
    data["customer"] = {"orders": draws.pick((1, 1, 1, 1, 2, 3, 6, 14)), "returns_12m": draws.pick((0, 0, 0, 1, 2, 5))}
    if draws.chance(120):
        data["customer"]["tier"] = draws.pick(("silver", "silver", "gold"))
    if draws.chance(600):
        data["actual"] = _actual(draws, whole, claims)
    return data


# -- what the shop did ------------------------------------------------------------------------


def _actual(draws: Draws, whole: SyntheticOrder, claims: list[Data]) -> Data:
    """Return what staff did who go by windows, the buyer's wish and the price, and sometimes by their mood."""
    decisions = [_by_thumb(draws, whole, item) for item in claims]
    resolution = decisions[0][0]
    outcome = "decline" if all(found == "none" for found, _ in decisions) else "approve"
    return {"outcome": outcome, "resolution": resolution, "refund": yuan(sum(amount for _, amount in decisions))}


def _by_thumb(draws: Draws, whole: SyntheticOrder, item: Data) -> tuple[str, int]:
    when, reason = whole.when, item["reason"]
    at = int(item["line"][1:]) - 1
    line = whole.data["lines"][at]
    paid = whole.line_paid[at] * item["quantity"] // line["quantity"]
    mood = draws.below(1000)
    if mood < 15 or _too_late(whole, item):
        return ("none", 0) if mood < 900 else ("refund_only", paid)
    wish = item.get("requested", "return_and_refund")
    if reason in LOGISTICS:
        return _for_parcel(whole, item, wish, paid)
    if reason in ORDER_ONLY:
        return _for_price(whole, item, line)
    worn_out = item.get("goods", {}).get("labels_intact") is False and reason in NON_QUALITY
    if worn_out and mood < 800:
        return "none", 0
    if when.delivered is None:
        return ("return_and_refund" if when.shipped else "refund_only"), paid + (
            0 if when.shipped else whole.shipping_charged
        )
    minor = item.get("severity") == "minor" and wish in ("return_and_refund", "exchange", "compensation", "refund_only")
    if wish == "compensation" or (minor and mood < 700):
        return "compensation", min(paid, draws.pick((1000, 1000, 1300, 1500, 2000)))
    if wish in ("exchange", "repair", "reship"):
        return wish, 0
    amount = paid if wish == "return_and_refund" else int(str(item.get("assessed_loss", yuan(paid))).replace(".", ""))
    return wish, min(paid, amount)


def _too_late(whole: SyntheticOrder, item: Data) -> bool:
    when = whole.when
    if when.delivered is None:
        return False
    if item["reason"] in NON_QUALITY:
        return when.opened - when.delivered > 8 * _DAY
    return when.completed is not None and when.opened - when.completed > 16 * _DAY


def _for_parcel(whole: SyntheticOrder, item: Data, wish: str, paid: int) -> tuple[str, int]:
    if item["reason"] in ("late_shipment", "late_delivery"):
        return "compensation", 0 if item["reason"] == "late_shipment" else 500
    if item.get("parcel") != "lost":
        return "none", 0
    return ("reship", 0) if wish == "reship" else ("refund_only", paid + whole.shipping_charged)


def _for_price(whole: SyntheticOrder, item: Data, line: Data) -> tuple[str, int]:
    if item["reason"] == "wrong_address" or whole.when.paid is None:
        return ("amend_order", 0) if whole.when.shipped is None else ("none", 0)
    if item["reason"] == "shipping_fee_charged":
        return "price_adjustment", whole.shipping_charged
    unit = int(line["unit_price"].replace(".", ""))
    rightful = int(str(item.get("rightful_price", line["unit_price"])).replace(".", ""))
    return "price_adjustment", (unit - rightful) * item["quantity"]
