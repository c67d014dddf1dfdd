"""The ten-rule policy of `ten_rules.yaml` in other engines, each as it is best used from Python.

Every function returns a callable that decides one case given as the same nested mapping.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

Decide = Callable[[Mapping[str, Any]], Any]

# reason, severity, days since completion, deviation, days since delivery, labels, soiled, overdue → resolution
_ROWS = [
    ({"reason": "claim.reason in ['stain', 'damage']", "days": "<= 15", "severity": "'major'"}, "return_and_refund"),
    ({"reason": "claim.reason in ['stain', 'damage']", "days": "<= 15", "severity": "'minor'"}, "refund_only"),
    ({"reason": "claim.reason in ['stain', 'damage']", "days": "> 15"}, "manual_review"),
    ({"reason": "claim.reason == 'size_deviation'", "deviation": "> 3"}, "return_and_refund"),
    ({"reason": "claim.reason == 'size_deviation'", "deviation": "<= 3"}, "decline"),
    (
        {"reason": "claim.reason == 'changed_mind'", "delivered": "<= 7", "labels": "true", "soiled": "false"},
        "return_and_refund",
    ),
    ({"reason": "claim.reason == 'changed_mind'", "delivered": "> 7"}, "decline"),
    ({"reason": "claim.reason == 'changed_mind'", "delivered": "<= 7"}, "decline"),
    ({"reason": "claim.reason in ['not_received', 'lost']", "overdue": "true"}, "refund_only"),
    ({"reason": "claim.reason in ['not_received', 'lost']", "overdue": "false"}, "decline"),
]
_FIELDS = {
    "reason": "",
    "severity": "claim.severity",
    "days": "derived.days_since_completion",
    "deviation": "derived.deviation",
    "delivered": "derived.days_since_delivery",
    "labels": "claim.goods.labels_intact",
    "soiled": "claim.goods.soiled",
    "overdue": "derived.overdue",
}


def prepared(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the nested case with the first claim and the days worked out: peers are spared what we derive."""
    decided = datetime.fromisoformat(case["decided_at"])
    order, claim = case["order"], case["claims"][0]

    def days(name: str) -> int:
        return (decided.date() - datetime.fromisoformat(order[name]).date()).days if order.get(name) else 0

    derived = {
        "days_since_completion": days("completed_at"),
        "days_since_delivery": days("delivered_at"),
        "deviation": 0,
        "overdue": False,
    }
    return {**case, "claim": claim, "derived": derived}


def zen(*, trace: bool) -> Decide:
    """ZEN's decision table behind its static loader, the fastest way it can be called from Python."""
    from zen import ZenEngine

    inputs = [{"id": name, "name": name, **({"field": field} if field else {})} for name, field in _FIELDS.items()]
    rules = [
        {"_id": f"r{at}", **{name: row.get(name, "") for name in _FIELDS}, "out": f"'{answer}'", "why": f"'rule {at}'"}
        for at, (row, answer) in enumerate(_ROWS)
    ]
    outputs = [{"id": "out", "name": "out", "field": "resolution"}, {"id": "why", "name": "why", "field": "why"}]
    table = {"hitPolicy": "first", "inputs": inputs, "outputs": outputs, "rules": rules}
    place = {"x": 0, "y": 0}
    graph = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "position": place},
            {"id": "table", "name": "table", "type": "decisionTableNode", "position": place, "content": table},
            {"id": "out", "name": "out", "type": "outputNode", "position": place},
        ],
        "edges": [
            {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }
    engine = ZenEngine({"loader": {"type": "static", "content": {"ten": json.loads(json.dumps(graph))}}})
    options: Any = {"trace": True} if trace else {}
    return lambda case: engine.evaluate("ten", dict(case), options)


def flat(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields the rules read, by short names: nested mappings are slow in `rule-engine`, so it is spared them."""
    found: dict[str, Any] = {"reason": case["claim"]["reason"]}
    for name, path in _FIELDS.items():
        value: Any = case
        for step in filter(None, path.split(".")):
            value = value.get(step) if isinstance(value, Mapping) else None
        if path:
            found[name] = value
    return found


def rule_engine() -> Decide:
    """The `rule-engine` package: ten expressions over flat names, the first that matches wins."""
    import rule_engine as peer

    context = peer.Context(resolver=peer.resolve_item, default_value=None)
    rules = [(peer.Rule(_expression(row), context=context), answer) for row, answer in _ROWS]

    def decide(case: Mapping[str, Any]) -> str | None:
        return next((answer for rule, answer in rules if rule.matches(case)), None)

    return decide


def _expression(row: Mapping[str, str]) -> str:
    parts = [row["reason"].replace("claim.", "")]
    for name, test in row.items():
        if name != "reason":
            parts.append(f"{name} {test}" if test[0] in "<>" else f"{name} == {test}")
    return " and ".join(parts)


def by_hand() -> Decide:
    """A hand-written `if` chain: no reasons, no trace, the floor of what Python can do."""

    def decide(case: Mapping[str, Any]) -> str | None:
        claim, derived = case["claim"], case["derived"]
        reason = claim["reason"]
        if reason in ("stain", "damage"):
            if derived["days_since_completion"] > 15:
                return "manual_review"
            return "return_and_refund" if claim.get("severity") == "major" else "refund_only"
        if reason == "size_deviation":
            return "return_and_refund" if derived["deviation"] > 3 else "decline"
        if reason == "changed_mind":
            goods = claim["goods"]
            intact = goods["labels_intact"] and not goods["soiled"]
            return "return_and_refund" if derived["days_since_delivery"] <= 7 and intact else "decline"
        if reason in ("not_received", "lost"):
            return "refund_only" if derived["overdue"] else "decline"
        return None

    return decide
