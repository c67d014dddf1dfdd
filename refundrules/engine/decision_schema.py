"""The JSON Schema of a decision: from the models, with the words that the questions allow."""

from __future__ import annotations

from typing import Any

from refundrules.policy.questions import (
    AFTER,
    APPLICATIONS,
    BY_ID,
    FAULTS,
    GUARDRAILS,
    ISSUE_CLASSES,
    PAYERS,
    PROPOSALS,
    RESOLUTIONS,
)
from refundrules.policy.schema.case import tidy

Schema = dict[str, Any]

_NONE = ("none",)
_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "ClaimDecision": {
        "issue_class": ISSUE_CLASSES,
        "fault": FAULTS,
        "resolution": RESOLUTIONS + _NONE,
        "guardrails": GUARDRAILS,
        "alternatives": RESOLUTIONS,
    },
    "ReturnFreight": {"payer": PAYERS},
    "ReplacementFreight": {"payer": PAYERS},
    "Offer": {"fallback": RESOLUTIONS + _NONE},
    "Exchange": {"propose": PROPOSALS},
    "Repair": {"payer": BY_ID["repair.payer"].values},
    "ApplicationMatch": {"filed": APPLICATIONS, "required": APPLICATIONS},
    "DueBy": {"after": AFTER},
}
"""The words a field of a decision may hold, where its model says only that it is a text."""


def decision_schema() -> Schema:
    """Return the JSON Schema of a decision."""
    from refundrules.engine.decision import Decision

    data = tidy(Decision.model_json_schema(mode="serialization"))
    for model, fields in _WORDS.items():
        for name, words in fields.items():
            _text_in(data["$defs"][model]["properties"][name])["enum"] = list(words)
    data["properties"]["trace"] = {
        "type": "object",
        "description": "how the decision came about (schema `refundrules.trace/1`); printed with `--trace`",
    }
    data["required"] = [name for name in data["properties"] if name not in ("rulings", "trace")]
    return {**data, "title": "A decision of refundrules"}


def _text_in(field: Schema) -> Schema:
    """Return the part of a field's schema that is the text."""
    parts: tuple[Schema, ...] = (*field.get("anyOf", ()), field.get("items", {}), field)
    return next(part for part in parts if part.get("type") == "string")
