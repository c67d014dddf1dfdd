"""Settling an order: limits over all its claims, and which tender gets what."""

from __future__ import annotations

from collections.abc import Sequence

from refundrules.money import share

CAP_RULE = "cap"
CAP_WHY = {
    "zh": "退款不超过已收款减去已退款",
    "en": "no refund above what was captured less what was refunded",
}
SHIPPING_WHY = {"zh": "退还的运费不超过买家付过的运费", "en": "no more shipping is refunded than was charged"}
FLOOR_WHY = {"zh": "扣款不使退款低于零", "en": "deductions never make a refund negative"}


def cut_to(total: int, limit: int) -> int:
    """Return what a limit takes off (negative), or adds to a sum below zero; 0 when it does not bite."""
    return min(max(total, 0), limit) - total


def by_tender(total: int, captured: Sequence[int], refunded: Sequence[int]) -> list[int]:
    """Return `total` shared over tenders in proportion to what each still holds.

    Split payments are refunded pro rata by means (provisional rules on seven-day returns 14 and
    15). What the tenders cannot hold is left out; the caller keeps totals within them.
    """
    left = [taken - back for taken, back in zip(captured, refunded, strict=True)]
    whole = sum(left)
    return share(min(total, whole), left) if whole else [0] * len(left)
