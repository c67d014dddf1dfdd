"""What a person could still change in a case, and how a case gives it."""

from __future__ import annotations

from typing import Any

import pytest
import strategies
from points import work_of
from tiny_pack import WHOLE, case_text

from refundrules import Case
from refundrules.case.paths import data_of, whole_path, with_values
from refundrules.explain.what_if.changeable import Changeable, changeable_facts
from refundrules.io.strict_yaml import read_yaml

POLICY = strategies.load_text(
    WHOLE.replace(
        "when: {claim.reason: stain}",
        "when: {claim.reason: stain, any: [{claim.declined_offers: {at_least: 0}}, {claim.insists: true}]}",
    )
)
MEASURED = {"measurements": [{"attribute": "chest", "declared_cm": 100, "actual_cm": 96}]}


def case(reason: str = "size_deviation", **claim: Any) -> Any:
    (data,), _ = read_yaml(case_text(reason=reason), "x")
    data["claims"][0] |= claim
    return data


def levers(data: Any) -> dict[str, Changeable]:
    work = work_of(POLICY, data)
    work.decide()
    return {lever.fact.name: lever for lever in changeable_facts(work.findings[0], work.scene)}


def test_a_number_has_the_classes_that_the_policy_tells_apart_but_its_own() -> None:
    work = work_of(POLICY, case(**MEASURED))
    work.decide()
    finding = work.findings[0]
    (lever,) = [item for item in changeable_facts(finding, work.scene) if item.fact.name == "claim.size_deviation_cm"]
    assert lever.now == 4000
    assert lever.options(finding.plan, finding.facts) == ((0, 3000),)
    assert (lever.nearest(0, 3000), lever.nearest(5000, 6000)) == (3000, 5000)


@pytest.mark.parametrize("value", [0, 3000, 3001, 7500])
@pytest.mark.parametrize("given", [{}, MEASURED])
def test_a_size_deviation_becomes_a_measurement_that_gives_it(value: int, given: dict[str, Any]) -> None:
    data = case(**given)
    settings = levers(data)["claim.size_deviation_cm"].given(value)
    assert settings is not None
    whole = data_of(Case.read(data))
    changed = with_values(whole, tuple((whole_path(whole, path, 0), item) for path, item in settings))
    work = work_of(POLICY, changed)
    fact = next(item for item in work.rulesets[0].facts if item.name == "claim.size_deviation_cm")
    assert fact.derive(work.scene) == value


def test_what_the_buyer_told_is_never_otherwise() -> None:
    assert "claim.reason" not in levers(case(**MEASURED))
