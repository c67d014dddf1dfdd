"""Claims that could have been: what the buyer of an order wrote, and what the shop found out."""

from __future__ import annotations

from collections.abc import Mapping

from refundrules.draws import Draws, Weighted
from refundrules.syntheticorder import Data, SyntheticOrder, clock, yuan

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
