"""To which means of payment a refund goes."""

from __future__ import annotations

from typing import Any

import pytest

from refundrules.money.ledger import Held
from refundrules.money.models import ReturnRequest, Tender
from refundrules.money.reading import Minors
from refundrules.money.settings import MoneySettings
from refundrules.money.tenders import TenderRefund, channel, destination


def held(kind: str, captured: int, refunded: int = 0, **more: Any) -> Held:
    tender = Tender.model_validate({"kind": kind, "captured": captured, "refunded": refunded, **more})
    return Held(tender, captured, refunded)  # type: ignore[arg-type]


def go(total: int, *tenders: Held, request: dict[str, Any] | None = None, **settings: Any) -> tuple[TenderRefund, ...]:
    minors = Minors(2)
    asked = ReturnRequest.model_validate({"items": [], **(request or {})})
    found = destination(total, tenders, MoneySettings.model_validate(settings), asked, minors, "request")
    minors.check()
    return found


def amounts(found: tuple[TenderRefund, ...]) -> list[tuple[str, int]]:
    return [(item.kind, item.minor) for item in found]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("pro_rata", [("gift_card", 25), ("card", 75)]),
        ("card_first", [("card", 100)]),
        ("gift_card_first", [("gift_card", 50), ("card", 50)]),
        ("as_given", [("gift_card", 50), ("card", 50)]),
        (("card", "gift_card"), [("card", 100)]),
    ],
)
def test_the_settings_say_in_which_order_means_are_paid_to(order: Any, found: list[tuple[str, int]]) -> None:
    assert amounts(go(100, held("gift_card", 50), held("card", 150), tender_order=order)) == found


def test_none_gets_more_than_it_holds_and_all_of_it_goes_somewhere() -> None:
    found = go(120, held("card", 100, 90), held("wallet", 110), tender_order="card_first")
    assert amounts(found) == [("card", 10), ("wallet", 110)]


def test_a_stated_amount_comes_first_and_its_formula_says_so() -> None:
    asked = {"by_tender": [{"kind": "card", "amount": "0.90"}]}
    found = go(100, held("card", 100), held("wallet", 100), request=asked, tender_order="as_given")
    assert amounts(found) == [("card", 100)]
    assert found[0].formula.endswith("0.90")


@pytest.mark.parametrize(("closed", "asked", "to"), [
    (False, {}, "original"),
    (True, {}, None),
    (True, {"consent": True}, "store_credit"),
    (False, {"to": "store_credit"}, "store_credit"),
])  # fmt: skip
def test_money_goes_back_the_way_it_came_unless_that_is_closed(
    closed: bool, asked: dict[str, Any], to: str | None
) -> None:
    request = ReturnRequest.model_validate({"items": [], **asked})
    assert channel(held("card", 100, closed=closed), request) == to


def test_points_add_up_to_all_of_them_over_every_refund() -> None:
    first = go(33, held("points", 100, points=1000))
    second = go(67, held("points", 100, 33, points=1000))
    assert (first[0].points, second[0].points) == (330, 670)
    assert go(33, held("card", 100))[0].points is None
