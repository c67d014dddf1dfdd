"""A small pack that refunds what comes back, and in which every fee of the settings is a part of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from refundrules import Engine, load_policy

WORDS = {"zh": "说明", "en": "a reason"}


def rule(name: str, then: dict[str, Any], when: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"id": name, "cite": ["S"], "then": then, "because": WORDS} | ({"when": when} if when else {})


FEES = {
    "fee.restocking": "-claim.restocking_fee", "fee.condition": "-claim.condition_deduction",
    "fee.use": "-claim.use_deduction", "fee.gift": "-claim.missing_gifts", "fee.label": "-claim.return_label",
    "fee.handling": "-claim.handling_fee", "fee.promotion": "-claim.promotion_deduction",
}  # fmt: skip
RULES = [
    rule(
        "R-1", {"issue_class": "non_quality", "fault": "none", "outcome": "approve"}, {"claim.reason": "changed_mind"}
    ),
    rule("R-2", {"issue_class": "quality", "fault": "seller", "outcome": "approve"}, {"claim.reason": "stain"}),
    rule("R-3", {"resolution": "return_and_refund", "return_required": True}, {"not": {"claim.requested": "exchange"}}),
    rule("R-4", {"resolution": "exchange", "return_required": True}, {"claim.requested": "exchange"}),
    rule("R-5", {"freight": {"return": "buyer", "replacement": "buyer"}}),
    rule(
        "R-6",
        {"parts": {"goods": "claim.paid", "shipping": "claim.shipping_refund", **FEES}},
        {"resolution": "return_and_refund"},
    ),
    rule("R-7", {"extras": {"price_protection": "claim.demanded"}}, {"claim.demands": True}),
]


def engine(
    folder: Path, money: dict[str, Any] | None = None, currency: str = "CNY", matcher: str = "compiled"
) -> Engine:
    """Return an engine for the pack with these money settings."""
    pack = {
        "pack": "money", "version": "1.0.0", "title": WORDS, "jurisdictions": ["CN"], "currency": currency,
        "time_zone": "Asia/Shanghai", "language": "en", "sources": {"S": {"title": WORDS}}, "rules": RULES,
    }  # fmt: skip
    path = folder / "money.yaml"
    path.write_text(json.dumps(pack | ({"money": money} if money else {}), indent=1), "utf-8")
    return Engine(load_policy(path), matcher=matcher)  # type: ignore[arg-type]


def case(lines: list[dict[str, Any]], claims: list[dict[str, Any]], **order: Any) -> dict[str, Any]:
    """Return a case: claims are of a change of mind unless they say otherwise."""
    return {
        "id": "C1",
        "decided_at": "2026-06-10",
        "order": {
            "id": "O1", "status": "delivered", "placed_at": "2026-06-01", "delivered_at": "2026-06-05",
            "lines": [{"category": "apparel", **line} for line in lines], **order,
        },
        "claims": [{"reason": "changed_mind", "requested": "return_and_refund", **claim} for claim in claims],
    }  # fmt: skip
