"""Decisions with a script in every string that comes from outside, for tests of the renderings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shipped

from refundrules import Decision
from refundrules.io.case_files import read_files

ROOT = Path(__file__).resolve().parent.parent
HOSTILE = "<script>window.ran=1</script></style></title></svg>\"'><img src=x onerror=window.ran=1>"
_SHORT = {"currency": "<script>"}
_CLOSED = frozenset(
    {"schema", "outcome", "language", "decided_at", "due", "at", "kind", "amount", "total", "settled", "maximum", "to"}
)
"""Fields of a decision whose values the model knows, so that another text is no decision."""
_MONEY = frozenset(
    {"reimburse", "next", "steps", "ceiling", "price_difference", "depreciation", "buyer_pays", "most", "refund"}
)
_VERDICTS = frozenset({"verdict", "truth", "origin"})


def hostile_decisions() -> dict[str, Decision]:
    """Return decisions: one of a case with hostile strings, and some read back with each string made hostile."""
    found = {"case": hostile_case()}
    for name in (
        "two-claims",
        "minor-stain",
        "size-not-measured",
        "demands-too-much",
        "one-day-too-late",
        "dearer-replacement",
    ):
        found[name] = Decision.read(spoilt(json.loads(decided(name).to_json())))
    return found


def decided(name: str, language: str = "en") -> Decision:
    """Return the decision of an example."""
    documents, problems = read_files([str(ROOT / "examples" / f"{name}.yaml")], lambda: b"")
    assert not problems
    return shipped.engine().decide({**documents[0].data, "language": language})


def hostile_case() -> Decision:
    """Return the decision of a case with a hostile text wherever a case takes any text."""
    documents, _ = read_files([str(ROOT / "examples" / "size-4cm-off.yaml")], lambda: b"")
    data = documents[0].data
    line = {**data["order"]["lines"][0], "id": HOSTILE, "title": HOSTILE}
    claim = {**data["claims"][0], "line": HOSTILE, "freight": {**data["claims"][0]["freight"], "carrier": HOSTILE}}
    claim["measurements"] = [{"attribute": HOSTILE, "declared_cm": 100, "actual_cm": 96}]
    order = {**data["order"], "id": HOSTILE, "lines": [line]}
    shop = {**data.get("shop", {}), "listed_carriers": [HOSTILE]}
    case = {**data, "id": HOSTILE, "language": "en", "order": order, "claims": [claim], "shop": shop}
    return shipped.engine().decide(case)


def spoilt(data: dict[str, Any]) -> dict[str, Any]:
    """Return a decision's data with a hostile text after every text that may be any text."""
    return {name: _spoilt(value, name) for name, value in data.items()}


def _spoilt(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        if name == "settlement":  # its payer is one of three words
            return {key: item if key == "payer" else _spoilt(item, key) for key, item in value.items()}
        return {key: _spoilt(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_spoilt(item, name) for item in value]
    if not isinstance(value, str) or name in _CLOSED | _MONEY | _VERDICTS:
        return value
    return value + _SHORT.get(name, HOSTILE)
