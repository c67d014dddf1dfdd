"""The ledger of an order, and the account of each of its lines."""

from __future__ import annotations

from typing import Any

import pytest

from refundrules.money.ledger import Ledger
from refundrules.money.line_account import LineAccount
from refundrules.money.models import QuoteOrder
from refundrules.money.settings import MoneySettings

SETTINGS = MoneySettings()


def ledger(*lines: dict[str, Any], settings: MoneySettings = SETTINGS, **order: Any) -> Ledger:
    held = [{"id": f"L{at}", **line} for at, line in enumerate(lines, 1)]
    return Ledger(QuoteOrder.model_validate({"currency": "CNY", "lines": held, **order}), settings)


def account(settings: MoneySettings = SETTINGS, **line: Any) -> LineAccount:
    return LineAccount(ledger(line, settings=settings).lines[0], settings, 2)


def test_the_goods_are_the_list_price_less_every_discount() -> None:
    made = ledger({"unit_price": "10.00", "quantity": 3, "discount": "3.00"}, {"unit_price": "9.00"}, discount="1.00")
    assert [line.before_order for line in made.lines] == [2700, 900]
    assert [line.goods for line in made.lines] == [2625, 875]
    assert sum(sum(line.cuts) for line in made.lines) == 100
    assert made.goods == [2625, 875]


def test_taxes_on_top_and_inside_are_kept_apart() -> None:
    taxes = [{"name": "VAT", "rate": "19%", "included": True}, {"name": "city", "rate": "10%"}]
    (line,) = ledger({"unit_price": "11.90", "taxes": taxes}).lines
    assert (line.goods, line.net, line.taxes) == (1190, 1000, 100)


def test_what_was_captured_is_what_it_all_cost_where_nobody_says() -> None:
    made = ledger({"unit_price": "10.00"}, shipping_charged="2.00", refunded="1.00")
    assert (made.captured, made.refunded) == (1200, 100)
    held = ledger({"unit_price": "10.00"}, tenders=[{"kind": "card", "captured": "7.00", "refunded": "2.00"}])
    assert (held.captured, held.refunded, held.held[0].left) == (700, 200, 500)


def test_what_does_not_fit_the_currency_is_kept_as_a_problem() -> None:
    made = Ledger(
        QuoteOrder.model_validate({"currency": "JPY", "lines": [{"id": "L1", "unit_price": "1.5"}]}), SETTINGS
    )
    assert [problem.where for problem in made.minors.problems] == ["order.lines[0].unit_price"]


@pytest.mark.parametrize(("dearer", "worth"), [("first", [334, 333, 333]), ("last", [333, 333, 334])])
def test_units_are_worth_their_share_to_the_last_minor_unit(dearer: Any, worth: list[int]) -> None:
    settings = MoneySettings.model_validate({"dearer_units": dearer})
    made = account(settings, unit_price="5.00", quantity=3, discount="5.00")
    found = []
    for _ in range(3):
        (part,) = made.pieces(1, None)
        found.append(part.minor)
        made.book(1, None, part.minor, part.minor, part.minor)
    assert found == worth
    assert (made.left, made.units_left, made.returns) == (0, 0, 3)


def test_duties_are_part_of_the_worth_unless_they_are_kept() -> None:
    assert account(unit_price="5.00", duty="1.00").total == 600
    kept = MoneySettings.model_validate({"duties": "keep"})
    assert account(kept, unit_price="5.00", duty="1.00").total == 500
