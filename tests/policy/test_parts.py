"""The parts of a policy: which value or rule is in force on a day."""

from __future__ import annotations

from datetime import date

import pytest
import strategies
from tiny_pack import PACK

from refundrules.policy.parts import InForce, within

DATED = PACK.replace(
    "values: [{from: beginning, value: 3, cite: [S1], verified: false}]",
    "values: [{from: beginning, value: 2, cite: [S1], verified: false}, {from: 2026-01-01, value: 3, cite: [S1], verified: false}]",
)


@pytest.mark.parametrize(("day", "value"), [(date(2025, 12, 31), 2), (date(2026, 1, 1), 3), (None, 3)])
def test_a_parameter_has_the_value_of_the_day(day: date | None, value: int) -> None:
    assert strategies.load_text(DATED).parameters["tolerance"].on(day).value == value


@pytest.mark.parametrize(
    ("placed", "opened", "found"),
    [
        ("2026-01-01", "2026-01-01", True),
        ("2025-12-31", "2026-01-01", False),
        ("2026-06-01", "2026-12-31", True),
        ("2027-01-01", "2027-01-01", False),
    ],
)
def test_a_rule_is_in_force_from_a_day_on_and_until_another(placed: str, opened: str, found: bool) -> None:
    span = InForce(start=date(2026, 1, 1), until=date(2027, 1, 1), by="order_placed")
    assert span.on(date.fromisoformat(placed), date.fromisoformat(opened)) is found


def test_a_rule_tells_what_it_answers() -> None:
    rule = next(rule for rule in strategies.load_text(PACK).rules if rule.id == "TINY-1")
    assert {"issue_class", "outcome", "parts", "instructions"} <= rule.questions


@pytest.mark.parametrize(("place", "found"), [("CN", True), ("CN-ZJ", True), ("DE", False)])
def test_a_place_is_within_its_country(place: str, found: bool) -> None:
    assert within(place, ["CN", "US-NY"]) is found
