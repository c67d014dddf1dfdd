"""Made-up order histories, for those who want to try a policy before they have cases of their own.

Everything is drawn from tables of plausible weights; nothing is measured of a real shop. The same
seed gives the same cases on every Python and machine, and case number n does not depend on how
many are made. The moments lie in the year from June 2025 and the months after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from refundrules.draws import Draws
from refundrules.syntheticclaim import LISTED, LOGISTICS, NON_QUALITY, OF_GOODS, ORDER_ONLY, claim
from refundrules.syntheticorder import REASONS, Data, SyntheticOrder, clock, order, yuan

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
