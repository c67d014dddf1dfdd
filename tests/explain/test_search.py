"""The search gives the smallest changes, each decided before it is given."""

from __future__ import annotations

from typing import Any

import pytest
import strategies
from tiny_pack import WHOLE, case_text

from refundrules import Case, Engine
from refundrules.explain.targets import CounterfactualGoal
from refundrules.explain.what_if.search import Search, SearchResult
from refundrules.io.strict_yaml import read_yaml

ENGINE = Engine(strategies.load_text(WHOLE), matcher="compiled")


def found(bound: int = 12000, actual: int | None = 96) -> SearchResult:
    (data,), _ = read_yaml(case_text(reason="size_deviation"), "x")
    if actual is not None:
        data["claims"][0]["measurements"] = [{"attribute": "chest", "declared_cm": 100, "actual_cm": actual}]
    case = Case.read(data)
    decision = ENGINE.decide(case)
    return Search(ENGINE.decide, case, decision, 0, CounterfactualGoal(None, decision.claims[0]), bound).run()


def test_the_one_change_that_does_it_is_given_with_the_values_that_do() -> None:
    result = found()
    (change,) = result.changes
    (setting,) = change.settings
    assert (setting.fact, setting.now, setting.value, setting.low, setting.high) == (
        "claim.size_deviation_cm",
        4000,
        3000,
        0,
        3000,
    )
    assert (change.decision.outcome, result.bounded, result.searched) == ("decline", False, 1)
    assert ENGINE.decide(change.case) == change.decision


def test_a_setting_is_told_as_a_case_has_it() -> None:
    (change,) = found().changes
    data: dict[str, Any] = change.settings[0].data()
    assert {key: data[key] for key in ("fact", "now", "value", "from", "to")} == {
        "fact": "claim.size_deviation_cm", "now": "4", "value": "3", "from": "0", "to": "3",
    }  # fmt: skip
    assert [item["path"] for item in data["set"]] == ["claims[0].measurements"]


def test_an_unknown_fact_is_given_every_class_of_its_values() -> None:
    outcomes = {change.decision.outcome for change in found(actual=None).changes}
    assert outcomes == {"approve", "decline"}


@pytest.mark.parametrize("bound", [0, 1])
def test_past_its_bound_it_says_so(bound: int) -> None:
    result = found(bound)
    assert (result.bounded, result.searched) == (True, 0)
