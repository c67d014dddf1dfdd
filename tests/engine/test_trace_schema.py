"""A trace that cannot be shown is one problem, at the place where it is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hostile import decided

from refundrules.engine.trace_schema import shape_problems


@pytest.fixture
def trace() -> Any:
    return json.loads(decided("size-4cm-off").to_json())["trace"]


def test_a_trace_of_the_engine_has_no_problem(trace: Any) -> None:
    assert shape_problems(trace) == []


def test_what_is_lacking_is_named_with_its_place(trace: Any) -> None:
    del trace["claims"][0]["rules"][0]["verdict" if "verdict" in trace["claims"][0]["rules"][0] else "rule"]
    (problem,) = shape_problems(trace)
    assert problem.where.startswith("trace.claims[0].rules[0].")
    assert problem.what == "is not as schema `refundrules.trace/1` has it: field required"


def test_what_is_of_another_kind_is_named_with_its_place(trace: Any) -> None:
    trace["time_zone"] = 8
    (problem,) = shape_problems(trace)
    assert problem.where == "trace.time_zone"


@pytest.mark.parametrize("other", [None, 3, "trace", []])
def test_what_is_no_mapping_is_a_problem(other: object) -> None:
    assert [problem.where for problem in shape_problems(other)] == ["trace"]


def test_a_trace_of_another_schema_is_not_looked_into() -> None:
    assert shape_problems({"schema": "refundrules.trace/9"}) == []
