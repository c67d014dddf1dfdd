"""The JSON Schema of a decision holds every decision, and refuses a word that no question allows."""

from __future__ import annotations

import jsonschema
import pytest
from hostile import decided

from refundrules.engine.decision_schema import decision_schema

SCHEMA = decision_schema()


@pytest.mark.parametrize("name", ["size-4cm-off", "two-claims", "minor-stain", "dearer-replacement"])
def test_a_decision_is_as_its_schema_says(name: str) -> None:
    jsonschema.validate(decided(name).to_dict(trace=True), SCHEMA)


@pytest.mark.parametrize(
    ("field", "value"),
    [("issue_class", "bad_luck"), ("fault", "weather"), ("resolution", "apology"), ("alternatives", ["none"])],
)
def test_a_word_that_no_question_allows_is_refused(field: str, value: object) -> None:
    data = decided("size-4cm-off").to_dict(trace=False)
    data["claims"][0][field] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA)


def test_all_but_rulings_and_trace_is_always_there() -> None:
    assert set(SCHEMA["properties"]) - set(SCHEMA["required"]) == {"rulings", "trace"}
