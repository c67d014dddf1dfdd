"""How facts follow from a claim's scene, where that takes more than reading a field."""

from __future__ import annotations

from datetime import timedelta

from refundrules.case.claim_context import ClaimContext
from refundrules.case.order_context import HAPPENED, OrderContext, is_after
from refundrules.money.currency import to_minor

CM_SCALE = 1000


def size_deviation(scene: ClaimContext) -> int | None:
    """Return the largest difference measured, in thousandths of a centimetre; None when nothing was measured."""
    measured = scene.claim.measurements
    if not measured:
        return None
    return max(int(abs(m.declared_cm - m.actual_cm) * CM_SCALE) for m in measured)  # at most three decimals


def carrier_listed(scene: ClaimContext) -> bool | None:
    """Return whether the buyer used a listed carrier; None while the carrier is unknown."""
    carrier = scene.claim.freight.carrier
    return None if carrier is None else carrier in scene.shop.listed_carriers


def shipped_late(scene: ClaimContext) -> bool | None:
    """Return whether the order was shipped, or is still to be, after the day promised."""
    return _late(scene, "ship_by", "shipped_at")


def delivery_overdue(scene: ClaimContext) -> bool | None:
    """Return whether the order was delivered, or is still to be, after the day agreed."""
    return _late(scene, "deliver_by", "delivered_at")


def _late(scene: ClaimContext, promise: str, event: str) -> bool | None:
    """Return whether an event, or the decision while it is awaited, is after what was promised."""
    moments = scene.order_scene.moments
    promised, happened = moments[promise], moments[event]
    if promised is None:
        return None
    if happened is None:
        if event in HAPPENED[scene.order.status]:
            return None
        happened = scene.order_scene.decided
    return is_after(happened, promised)


def promise_hours(scene: ClaimContext) -> int | None:
    """Return the hours between payment and the promised dispatch, started ones counted."""
    moments = scene.order_scene.moments
    promised, paid = moments["ship_by"], moments["paid_at"] or moments["placed_at"]
    if promised is None or paid is None:
        return None
    return max(0, -((paid.at - promised.at) // timedelta(hours=1)))


def free_shipping_promised(scene: ClaimContext) -> bool | None:
    """Return whether shipping was promised to be free."""
    promise = scene.order.free_shipping
    if promise != "over_threshold":
        return promise == "unconditional"
    threshold = free_shipping_threshold(scene)
    return None if threshold is None else scene.order_scene.goods_paid >= threshold


def free_shipping_threshold(scene: ClaimContext) -> int | None:
    """Return the order value from which shipping is free."""
    amount = scene.order.free_shipping_threshold
    return None if amount is None else to_minor(amount, scene.order_scene.decimals)


def shipping_cost(scene: ClaimContext) -> int | None:
    """Return what outbound shipping cost the shop."""
    amount = scene.order.shipping_cost
    return None if amount is None else to_minor(amount, scene.order_scene.decimals)


def threshold_broken(scene: ClaimContext) -> bool | None:
    """Settled by the engine once it is known which claims send goods back; no threshold, nothing to break."""
    return False if scene.order.free_shipping != "over_threshold" else None


def depends_on_other_claims(whole: OrderContext) -> bool:
    """Return whether promotions that a return breaks are worked out again."""
    return bool(whole.order.promotions) and whole.settings.broken_promotion == "recompute"


def promotion_deduction(scene: ClaimContext) -> int | None:
    """Settled by the engine once it is known which claims send goods back; no promotion, nothing to break."""
    return None if depends_on_other_claims(scene.order_scene) else 0


def replacement_total(scene: ClaimContext) -> int:
    """Return what the goods chosen instead cost; 0 until they are."""
    if scene.claim.replacements:
        return scene.order_scene.claims_money.replaced(scene.index).minor
    return (scene.money.get("replacement_price") or 0) * scene.claim.quantity


def exchange_credit(scene: ClaimContext) -> int:
    """Return what the goods count for in an exchange."""
    paid = scene.order_scene.settings.exchange_credit == "paid"
    return scene.paid if paid else scene.worked("exchange_credit")


def units_returned(scene: ClaimContext) -> int:
    """Return how many units of the line came back before."""
    return sum(entry.quantity for entry in scene.order.returns if entry.line == scene.line.id)


def refunded_before(scene: ClaimContext) -> int:
    """Return what was given back for the line before, without shipping."""
    return scene.order_scene.claims_money.accounts.given.get(scene.line.id, 0) if scene.order.returns else 0


def outbound_share(scene: ClaimContext) -> int | None:
    """Settled by the engine with `threshold_broken`; no threshold, no share."""
    return 0 if scene.order.free_shipping != "over_threshold" else None
