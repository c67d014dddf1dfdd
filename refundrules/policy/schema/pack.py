"""The JSON Schema of a pack's files, made from the models that read them, so that editors complete and check them.

Names that packs declare (facts, definitions, parameters, groups) are allowed by their shape; the
loader checks that they exist.
"""

from __future__ import annotations

from refundrules.io.schema_paths import Schema
from refundrules.io.strict_models import schema_of
from refundrules.policy.loading.expressions import expression_schemas
from refundrules.policy.loading.rules import then_schema
from refundrules.policy.loading.sections import VALUES, DeadlineItem, PackHead
from refundrules.policy.loading.templates import trait_schema


def pack_schema() -> Schema:
    """Return the JSON Schema of one file of a pack: its head, or any of its sections."""
    language = {**expression_schemas(), "then": then_schema(), "traits": trait_schema()}
    return schema_of(PackHead, {**VALUES, **language, "deadline": schema_of(DeadlineItem)})
