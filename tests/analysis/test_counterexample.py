"""A case made from what its facts shall be has those facts, and nothing more than it takes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import strategies
from points import work_of
from tiny_pack import WHOLE

from refundrules.analysis.counterexample import CounterexampleWriter, Period
from refundrules.analysis.model_search import Model

ALWAYS = Period("CN", (None, None), (None, None))
POLICY = strategies.load_text(WHOLE)
MAKER = CounterexampleWriter(POLICY, ALWAYS)


def made(unknown: frozenset[str] = frozenset(), **facts: Any) -> dict[str, Any]:
    return MAKER.case(Model({name.replace("__", "."): value for name, value in facts.items()}, unknown))


def read_again(case: dict[str, Any], name: str) -> Any:
    work = work_of(POLICY, case)
    return next(fact for fact in work.rulesets[0].facts if fact.name == name).derive(work.scene)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("claim.reason", "fading"),
        ("claim.size_deviation_cm", 3001),
        ("claim.paid", 12345),
        ("claim.quantity", 3),
        ("order.status", "completed"),
        ("order.days_since_delivery", 40),
        ("order.days_since_completion", 9),
        ("order.shipped_late", True),
        ("claim.goods.worn_days", 5),
        ("claim.declined_offers", 2),
        ("claim.return_received", True),
        ("line.in_warranty", True),
        ("claim.freight.carrier_listed", False),
        ("claim.demanded", 777),
    ],
)
def test_a_case_has_the_fact_it_was_made_for(name: str, value: Any) -> None:
    facts = {"claim.reason": "stain", "order.status": "completed" if "completion" in name else "delivered", name: value}
    assert read_again(MAKER.case(Model(facts, frozenset())), name) == value


def test_what_is_not_asked_for_is_left_out() -> None:
    case = made(claim__reason="stain")
    assert set(case["claims"][0]) == {"reason"}
    assert len(case["order"]["lines"]) == 1


@pytest.mark.parametrize(
    ("placed", "opened", "sample"),
    [
        ((None, None), (None, None), (date(2026, 6, 10), date(2026, 6, 10))),
        ((date(2027, 1, 1), None), (None, None), (date(2027, 1, 1), date(2027, 1, 1))),
        ((None, date(2020, 1, 1)), (None, None), (date(2019, 12, 31), date(2026, 6, 10))),
        ((None, None), (None, date(2020, 1, 1)), (date(2019, 12, 31), date(2019, 12, 31))),
    ],
)
def test_a_period_is_looked_at_on_days_within_it(placed: Any, opened: Any, sample: Any) -> None:
    assert Period("CN", placed, opened).sample() == sample


def test_a_claim_is_no_longer_after_its_order_than_the_period_allows() -> None:
    assert Period("CN", (date(2026, 1, 1), None), (None, date(2026, 1, 11))).longest == 9
    assert ALWAYS.longest is None
