"""How a case gives a fact: what is put in for a value is read as that value again."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from refundrules import Case
from refundrules.case.claim_context import ClaimContext
from refundrules.case.facts import FACTS, Fact
from refundrules.case.inputs import (
    EXAMPLES,
    LATE,
    TURNED,
    cm_text,
    facts_given_by,
    given,
    may_be_given,
    surroundings,
    written,
)
from refundrules.case.order_context import OrderContext
from refundrules.case.paths import whole_path, with_values

CASE: dict[str, Any] = {
    "id": "C1",
    "decided_at": "2026-06-10T12:00:00+08:00",
    "order": {
        "id": "O1",
        "status": "completed",
        "ship_by": "2026-06-03",
        "deliver_by": "2026-06-06",
        "lines": [{"id": "L1", "category": "apparel", "quantity": 2, "unit_price": "99.00"}],
    },
    "claims": [{"reason": "stain", "quantity": 2}],
    "shop": {"listed_carriers": ["YTO"]},
}
MEASURED = [
    {"attribute": "chest", "declared_cm": "100", "actual_cm": "96.5"},
    {"attribute": "waist", "declared_cm": "80", "actual_cm": "81"},
]
GIVEN = [fact for fact in FACTS if may_be_given(fact)]
ELSEWHERE = {"order.status": "completed"}
"""What else of the case above would not fit another value."""


def scene_of(data: dict[str, Any]) -> ClaimContext:
    problems: list[Any] = []
    scene = ClaimContext(OrderContext(Case.read(data), ZoneInfo("Asia/Shanghai"), "CNY"), 0, problems)
    assert not problems
    return scene


def values(fact: Fact) -> list[Any]:
    if fact.kind == "bool":
        return [True, False]
    if fact.kind == "enum":
        return [ELSEWHERE[fact.name]] if fact.name in ELSEWHERE else list(fact.values)
    if fact.name == "claim.quantity":
        return [1, 2]
    return {"money": [0, 1200, 5050], "cm": [1, 3000, 103_250], "days": [0, 2, 7]}.get(fact.kind, [0, 3])


@pytest.mark.parametrize("data", [CASE, with_values(CASE, [("claims[0].measurements", MEASURED)])])
@pytest.mark.parametrize("fact", GIVEN, ids=[fact.name for fact in GIVEN])
def test_what_is_put_in_for_a_value_is_read_as_that_value(fact: Fact, data: dict[str, Any]) -> None:
    for value in values(fact):
        settings = given(fact, value, surroundings(scene_of(data)))
        assert settings is not None
        made = with_values(data, [(whole_path(data, path), inner) for path, inner in settings])
        assert fact.derive(scene_of(made)) == value, (value, settings)


def test_a_sum_that_units_cannot_share_is_no_price_of_a_replacement() -> None:
    fact = next(fact for fact in FACTS if fact.name == "claim.replacement_total")
    assert given(fact, 101, surroundings(scene_of(CASE))) is None


def test_a_carrier_is_listed_only_where_the_shop_lists_any() -> None:
    fact = next(fact for fact in FACTS if fact.name == "claim.freight.carrier_listed")
    assert given(fact, True, surroundings(scene_of({**CASE, "shop": {}}))) is None


def test_what_nobody_knows_is_taken_away() -> None:
    data = with_values(CASE, [("claims[0].measurements", MEASURED)])
    fact = next(fact for fact in FACTS if fact.name == "claim.size_deviation_cm")
    settings = given(fact, None, surroundings(scene_of(data)))
    assert settings is not None
    made = with_values(data, [(whole_path(data, path), inner) for path, inner in settings])
    assert fact.derive(scene_of(made)) is None


def test_tables_name_facts_and_a_number_comes_before_what_says_that_it_is_there() -> None:
    names = {fact.name for fact in FACTS}
    assert {*TURNED, *LATE, *EXAMPLES} <= names
    assert facts_given_by("claim.demanded") == ("claim.demanded", "claim.demands")
    assert "order.days_since_delivery" in facts_given_by("claim.opened_at")


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [(True, "bool", True), ("minor", "enum", "minor"), (3, "days", 3), (1205, "money", "12.05"), (3001, "cm", "3.001")],
)
def test_a_value_is_written_as_a_case_file_has_it(value: Any, kind: str, text: Any) -> None:
    assert written(value, kind, 2) == text


def test_a_length_is_written_in_centimetres() -> None:
    assert (cm_text(3000), cm_text(250)) == ("3", "0.25")
