"""What the claims of one order come to together: facts of each claim that hang on what the others send back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from refundrules.engine.ruleset import Ruleset


class OrderEffects(NamedTuple):
    """What the claims of an order come to together, as far as it is known."""

    broken: bool | None
    """Whether their returns break the free-shipping threshold."""
    share: int | None
    """This claim's share of what outbound shipping cost."""
    promotion: int | None
    """What broken promotions take off for this claim."""
    needs: tuple[int, ...] = ()
    """The facts still needed to tell."""
    ways: tuple[OrderEffects, ...] = ()
    """What it is in each way that other claims may end, where that makes a difference; empty where it makes none."""


Aggregate = Callable[[bool, Sequence[Any]], OrderEffects]
"""Given whether this claim's goods come back without fault, and the facts."""


def hangs_on_other_claims(ruleset: Ruleset, facts: Sequence[Any]) -> bool:
    """Return whether a fact is open that depends on what the order's other claims decide."""
    at, share_at, promotion_at = ruleset.joined
    return None in (facts[at], facts[share_at], facts[promotion_at])


def with_order_effects(ruleset: Ruleset, facts: Sequence[Any], joined: OrderEffects) -> list[Any]:
    """Return the facts with what the order's claims come to together put in where it is open."""
    found = list(facts)
    at, share_at, promotion_at = ruleset.joined
    if found[at] is None:
        found[at] = joined.broken
    if found[share_at] is None:
        found[share_at] = joined.share if found[at] is not False else 0
    if found[promotion_at] is None:
        found[promotion_at] = joined.promotion
    return found
