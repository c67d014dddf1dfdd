"""A fresh decision knows the work behind it; one that was read back does not."""

from __future__ import annotations

import json
import pickle
from copy import deepcopy

import pytest
from hostile import decided

from refundrules import CaseError, Decision
from refundrules.engine.live_trace import LiveTrace, ground_of, in_other_language, readable_trace, reads_trace

FRESH = decided("size-4cm-off")
KEPT = Decision.read(FRESH.to_json())


def test_a_fresh_trace_is_live_until_it_is_copied_or_pickled() -> None:
    assert isinstance(FRESH.trace, LiveTrace)
    for copied in (pickle.loads(pickle.dumps(FRESH.trace)), deepcopy(FRESH.trace)):
        assert type(copied) is dict
        assert copied == FRESH.trace


def test_all_rules_are_the_ground_of_a_fresh_decision_and_those_traced_of_a_kept_one() -> None:
    fresh, kept = ground_of(FRESH, 0), ground_of(KEPT, 0)
    assert (fresh.complete, kept.complete) == (True, False)
    assert set(kept.rules) < set(fresh.rules)
    traced = {(item.rule, item.question, item.key): item for item in kept.said}
    again = {key: item for item in fresh.said if (key := (item.rule, item.question, item.key)) in traced}
    assert {key: item.verdict for key, item in again.items()} == {key: item.verdict for key, item in traced.items()}
    assert fresh.kinds["claim.size_deviation_cm"] == kept.kinds["claim.size_deviation_cm"] == "cm"


def test_a_fresh_decision_is_told_in_another_language_and_a_kept_one_is_not() -> None:
    chinese = in_other_language(FRESH, "zh")
    assert chinese is not None
    assert chinese.to_json() == decided("size-4cm-off", "zh").to_json()
    assert in_other_language(FRESH, "en") is FRESH
    assert in_other_language(KEPT, "zh") is None


@pytest.mark.parametrize("change", [{"schema": "refundrules.trace/9"}, {"claims": []}])
def test_a_trace_of_another_schema_or_for_other_claims_is_not_read(change: dict[str, object]) -> None:
    assert readable_trace(KEPT) == KEPT.trace
    data = json.loads(FRESH.to_json())
    data["trace"] |= change
    assert readable_trace(Decision.read(data)) == {}


def test_what_a_kept_trace_does_not_allow_to_be_read_is_a_problem_of_the_trace() -> None:
    @reads_trace
    def look(decision: Decision) -> object:
        return decision.trace["nowhere"]

    with pytest.raises(
        CaseError, match=r"^trace: is not as it was written with the decision \(decide the case again\)$"
    ):
        look(KEPT)
    with pytest.raises(KeyError):
        look(FRESH)
