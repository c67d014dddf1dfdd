"""One item of a return, promotions that are broken by it, and the parts it is told in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from refundrules.money.formula_text import recompute
from refundrules.money.item_refund import FeeContext, fee_base, quote_item
from refundrules.money.ledger import Ledger
from refundrules.money.line_account import LineAccount
from refundrules.money.models import QuoteOrder, ReturnItem
from refundrules.money.parts import KINDS, Part
from refundrules.money.promotions import Step, clawback, steps_of
from refundrules.money.reading import Minors
from refundrules.money.settings import MoneySettings


def desk(settings: MoneySettings) -> FeeContext:
    return FeeContext(settings, frozenset(), Minors(2), 2, 0, ())


def ledger(settings: MoneySettings, *prices: str, **order: Any) -> Ledger:
    lines = [{"id": f"L{at}", "unit_price": price} for at, price in enumerate(prices, 1)]
    return Ledger(QuoteOrder.model_validate({"currency": "CNY", "lines": lines, **order}), settings)


@pytest.mark.parametrize(("stated", "net"), [(None, 1000), ("4.00", 400)])
def test_an_item_is_its_units_or_what_somebody_stated(stated: str | None, net: int) -> None:
    settings = MoneySettings()
    made = LineAccount(ledger(settings, "10.00").lines[0], settings, 2)
    item = ReturnItem.model_validate({"line": "L1", "amount": stated} if stated else {"line": "L1"})
    found = quote_item(desk(settings), made, item, "request.items[0]")
    assert (found.net, found.worth, sum(part.minor for part in found.parts)) == (net, 1000, net)
    assert made.gone == 1


def test_more_than_is_left_is_refused_and_says_the_most() -> None:
    settings = MoneySettings()
    work = desk(settings)
    made = LineAccount(ledger(settings, "10.00").lines[0], settings, 2)
    quote_item(work, made, ReturnItem.model_validate({"line": "L1", "amount": "10.01"}), "request.items[0]")
    (problem,) = work.minors.problems
    assert (problem.where, problem.remedy) == ("request.items[0].amount", "at most `10.00`")


@pytest.mark.parametrize(("base", "found"), [("paid", 900), ("list", 1000)])
def test_fees_are_shares_of_what_was_paid_or_of_the_list_price(base: str, found: int) -> None:
    settings = MoneySettings.model_validate({"fee_base": base})
    made = LineAccount(ledger(settings, "10.00", discount="1.00").lines[0], settings, 2)
    assert fee_base(desk(settings), made, made.pieces(1, None), 1) == found


PROMOTION = {
    "id": "P",
    "amount": "2.00",
    "by": "spend",
    "tiers": [{"at_least": "20", "off": "2"}, {"at_least": "10", "off": "0.50"}],
}


def test_tiers_are_read_highest_first() -> None:
    made = ledger(MoneySettings(), "10.00", "10.00", promotions=[PROMOTION])
    steps = steps_of(made.order.promotions[0], 0, made.minors)
    assert steps == (Step(2000, 200, None), Step(1000, 50, None))
    assert [step.given(1000) for step in steps] == [200, 50]


@pytest.mark.parametrize(("gone", "minor"), [(0, 0), (1, 50)])
def test_a_promotion_that_is_broken_takes_back_what_is_kept_no_longer_earns(gone: int, minor: int) -> None:
    settings = MoneySettings()
    made = ledger(settings, "10.00", "10.00", promotions=[PROMOTION])
    accounts = [LineAccount(line, settings, 2) for line in made.lines]
    for at in range(gone):
        quote_item(desk(settings), accounts[at], ReturnItem.model_validate({"line": f"L{at + 1}"}), "x")
    steps = [steps_of(item, at, made.minors) for at, item in enumerate(made.order.promotions)]
    found = clawback(made, steps, accounts.__getitem__)
    assert found.minor == minor
    assert not minor or recompute(found.formula) == Decimal("0.50")


def test_a_part_is_its_amount_and_a_formula_that_gives_it_again() -> None:
    part = Part("goods", "", "L1", 667, ("share", 1000, 2, 3, 1), 2)
    assert part.amount == Decimal("6.67") == recompute(part.formula)
    assert part.to_dict() == {"kind": "goods", "name": "", "line": "L1", "amount": "6.67", "formula": part.formula}
    assert part.kind in KINDS
