"""The limits of a refund, over its claim and over all claims of the order, and what they cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

CAP_RULE = "cap"
ORDER_CAP, LINE_CAP, SHIPPING_CAP, FLOOR = "cap.order", "cap.line", "cap.shipping", "cap.floor"


class Limits(NamedTuple):
    """What may be given back for a claim at most, in minor units."""

    order: int
    """Captured less refunded, of the order."""
    goods: int
    """Paid less refunded, of the claim's units and their line."""


def of_goods(key: str) -> bool:
    """Return whether a part is for the goods: what was paid for them, or a fee off it."""
    return key.startswith(("goods", "fee"))


def cuts(parts: Sequence[tuple[str, Any, Any]], total: int, limits: Limits) -> list[tuple[str, int, None]]:
    """Return the parts that limits add to a refund: one for each that bites; an amount is below zero when it cuts."""
    if 0 <= total <= limits.goods <= limits.order:
        return []
    found: list[tuple[str, int, None]] = []
    goods = sum([amount for key, amount, _ in parts if of_goods(key)])
    if goods > limits.goods:
        found.append((LINE_CAP, limits.goods - goods, None))
        total += limits.goods - goods
    cut = cut_to(total, limits.order)
    if cut:
        found.append((ORDER_CAP if cut < 0 else FLOOR, cut, None))
    return found


def cut_to(total: int, limit: int) -> int:
    """Return what a limit takes off (negative), or adds to a sum below zero; 0 when it does not bite."""
    return min(max(total, 0), limit) - total
