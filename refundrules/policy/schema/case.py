"""The JSON Schema of a case: from the models, with what fields mean from the facts that are asked for."""

from __future__ import annotations

from typing import Any

from refundrules.case.facts import FACTS

Schema = dict[str, Any]

EXAMPLE = {
    "id": "C-1001",
    "decided_at": "2026-06-10T12:00:00+08:00",
    "order": {
        "id": "O1",
        "status": "completed",
        "placed_at": "2026-06-01T09:00:00+08:00",
        "delivered_at": "2026-06-05T15:00:00+08:00",
        "completed_at": "2026-06-06T15:00:00+08:00",
        "lines": [{"id": "L1", "category": "apparel", "unit_price": "99.00"}],
    },
    "claims": [
        {
            "reason": "size_deviation",
            "measurements": [{"attribute": "chest", "declared_cm": 100, "actual_cm": 96}],
            "requested": "return_and_refund",
        }
    ],
}
"""A case that can be decided; the schema of a case shows it."""

_MEANINGS: dict[str, dict[str, str]] = {
    "Case": {
        "id": "the case's id",
        "order": "the order the claims are about",
        "claims": "what the buyer reports, one entry for each line concerned",
        "shop": "facts about the shop now",
        "customer": "what the shop knows of the buyer",
    },
    "Order": {
        "id": "the order's number",
        "jurisdiction": "ISO 3166-1 or -2 code such as `CN`, `CN-ZJ`; one the policy does not list goes to manual review",
        "channel": "where it was bought",
        "status": "how far the order has come; events beyond it have not happened yet",
        "placed_at": "when the order was placed; absent: unknown",
        "ship_by": "by when shipping was promised; a bare date includes that day",
        "shipped_at": "when it was shipped; absent while the status says shipped: unknown",
        "deliver_by": "by when delivery was agreed; a bare date includes that day",
        "completed_at": "when the order was completed",
        "remote_area": "freight there is high",
        "shipping_taxes": "the taxes of outbound shipping, on top of its price or inside it",
        "tenders": "the means it was paid by; refunds are shared over them",
        "lines": "what was bought",
    },
    "Line": {
        "id": "the line's id, which claims name",
        "title": "what the goods are called",
        "category": "the kind of goods",
        "quantity": "how many units were bought",
        "taxes": "the taxes of the line, on top of the price or inside it",
    },
    "Tax": {"name": "what the tax is called"},
    "EarlierReturn": {"line": "the id of the line"},
    "Promotion": {"id": "the promotion's id"},
    "NewLine": {
        "id": "an id of its own",
        "quantity": "how many units are chosen",
        "unit_price": "price of one unit",
        "taxes": "the taxes of the line",
    },
    "Claim": {
        "quantity": "how many units it is about",
        "reason": "what the buyer reports",
        "measurements": "the goods measured against what is declared; empty: not measured",
        "declined_offers": "offers the buyer has declined already",
        "used_from": "the first day of use",
        "used_until": "the last day of use",
        "insists": "the buyer insists on what was requested",
        "goods": "what is known of the goods in the buyer's hands",
        "tests": "evidence",
        "repairs_of_same_part": "how often the same part was repaired before",
        "recoloring_declined": "the buyer declined to have the colour restored",
        "freight": "quotes of the listed carriers, and what the buyer advanced",
    },
    "Measurement": {
        "attribute": "what was measured, such as `chest`",
        "declared_cm": "what the size chart says",
        "actual_cm": "what was measured",
    },
    "Freight": {
        "advanced": "what the buyer advanced for the return",
        "carrier": "the carrier the buyer used",
    },
    "Tests": {"batch_complaints": "complaints of the same kind about the same batch"},
    "Shop": {"listed_carriers": "carriers whose freight the shop accepts"},
    "Customer": {
        "tier": "the buyer's tier; absent: none",
        "orders": "orders the buyer has placed before",
        "returns_12m": "returns of the buyer in the last twelve months",
    },
    "Tender": {
        "kind": "the means of payment",
        "captured": "what was taken through it",
        "refunded": "what went back through it already",
    },
}
"""What a field means where neither the model says it nor a fact asks for it."""

_MODEL_OF = {"claim": "Claim", "order": "Order", "line": "Line", "shop": "Shop", "customer": "Customer"}


def case_schema() -> Schema:
    """Return the JSON Schema of a case."""
    from refundrules.case.models import Case

    data = tidy(Case.model_json_schema())
    models = {"Case": data, **data["$defs"]}
    for model, meanings in _MEANINGS.items():
        for name, meaning in meanings.items():
            models[model]["properties"][name].setdefault("description", meaning)
    for fact in FACTS:
        if fact.question:
            field = _field(models, fact.inputs[0])
            field.setdefault("description", fact.question.en)
    return {**data, "title": "A case for refundrules", "examples": [EXAMPLE]}


def _field(models: dict[str, Schema], path: str) -> Schema:
    """Return the field that an input path such as `claim.goods.washed` names."""
    root, *steps = path.split(".")
    at: Schema = models[_MODEL_OF[root]]
    for step in steps:
        if "$ref" in at:
            at = models[at["$ref"].rpartition("/")[2]]
        at = at["properties"][step]
    return at


def tidy(data: Schema) -> Schema:
    """Return a generated schema without what only repeats names and nulls."""
    for model in (data, *data.get("$defs", {}).values()):
        for field in model["properties"].values():
            field.pop("title", None)
            if field.get("default", 0) is None or "$ref" in field:
                field.pop("default", None)
    return data
