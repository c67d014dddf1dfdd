"""One fact of a case changed: the case then has it, and nothing else of the case is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import strategies
from points import work_of
from tiny_pack import PACK, case_text

from refundrules import Case, Engine
from refundrules.case.paths import plain_data
from refundrules.io.strict_yaml import read_yaml
from refundrules.testing.case_edits import JURISDICTION, PLACED, CaseEditor
from refundrules.testing.observation import Watcher

POLICY = strategies.load_text(PACK)
EDITOR = CaseEditor(POLICY)
(READ,), _ = read_yaml(case_text(reason="size_deviation"), "x")
CASE = plain_data(READ)
CASE["order"] |= {"placed_at": "2026-06-01", "delivered_at": "2026-06-05"}


def fact(case: Any, name: str) -> Any:
    work = work_of(POLICY, case)
    return next(item for item in work.rulesets[0].facts if item.name == name).derive(work.scene)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("claim.reason", "stain"),
        ("claim.severity", "minor"),
        ("claim.size_deviation_cm", 3001),
        ("claim.size_deviation_cm", 4000),
        ("claim.goods.worn_days", 7),
        ("claim.freight.return_quote", 1205),
        ("claim.paid", 12345),
        ("claim.demanded", 777),
        ("claim.freight.carrier_listed", True),
        ("claim.freight.carrier_listed", False),
        ("order.status", "completed"),
        ("order.days_since_delivery", 4),
        ("claim.return_received", True),
    ],
)
def test_the_changed_case_has_the_fact(name: str, value: Any) -> None:
    made = EDITOR.edited(CASE, name, value)
    assert made is not None
    Case.read(made)
    assert fact(made, name) == value


@pytest.mark.parametrize("name", ["claim.severity", "claim.size_deviation_cm", "order.days_since_delivery"])
def test_a_fact_may_become_unknown(name: str) -> None:
    known = EDITOR.edited(CASE, name, {"claim.severity": "minor"}.get(name, 3))
    assert known is not None
    again = EDITOR.edited(known, name, None)
    assert again is not None
    assert fact(again, name) is None


def test_the_case_that_is_changed_stays_as_it_was() -> None:
    before = repr(CASE)
    EDITOR.edited(CASE, "claim.reason", "stain")
    assert repr(CASE) == before


def test_what_has_not_happened_yet_has_no_day() -> None:
    paid = {**CASE, "order": {**CASE["order"], "status": "paid"}}
    assert EDITOR.edited(paid, "order.days_since_delivery", 3) is None


def test_another_day_of_the_order_moves_all_that_followed() -> None:
    made = EDITOR.edited(CASE, PLACED, date(2026, 5, 1))
    assert made is not None
    assert made["order"]["placed_at"].startswith("2026-05-01")
    assert made["order"]["delivered_at"].startswith("2026-05-05")
    moved = EDITOR.edited(CASE, JURISDICTION, "DE")
    assert moved is not None
    assert moved["order"]["jurisdiction"] == "DE"


def test_a_number_is_tried_on_both_sides_of_what_it_is_compared_with() -> None:
    (state,) = Watcher(Engine(POLICY, matcher="compiled")).states(Case.read(CASE))
    assert {3000, 3001, 2999} <= set(EDITOR.values("claim.size_deviation_cm", state))
    assert EDITOR.values("claim.insists", state)[:2] == [True, False]
    assert "stain" in EDITOR.values("claim.reason", state)


def test_what_was_read_becomes_plain() -> None:
    assert plain_data({"a": (date(2026, 6, 1), None, {"b": 1})}) == {"a": ["2026-06-01", None, {"b": 1}]}
