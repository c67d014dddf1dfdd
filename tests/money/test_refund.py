"""Quotes at their edges: what a line was paid with, what is deducted, what limits cut, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from refundrules.errors import CaseError
from refundrules.expr.formula import number_text
from refundrules.money.allocation import split
from refundrules.money.exchange import settle
from refundrules.money.formula_text import recompute
from refundrules.money.models import QuoteOrder
from refundrules.money.refund import Quote, quote
from refundrules.money.settings import MoneySettings
from refundrules.money.statement import paid
from refundrules.money.surcharges import dated_amount, price_protection, promised_multiple

Data = dict[str, Any]


def line(name: str = "L1", price: str = "100.00", **more: Any) -> Data:
    return {"id": name, "unit_price": price, **more}


def order(*lines: Data, **more: Any) -> Data:
    return {"currency": "CNY", "lines": list(lines) or [line()], **more}


def back(*items: Any, **more: Any) -> Data:
    return {"items": [{"line": item} if isinstance(item, str) else item for item in items], **more}


def parts(result: Quote) -> list[tuple[str, str, str | None]]:
    return [(part.kind, str(part.amount), part.line) for part in result.parts]


def kinds(result: Quote) -> list[tuple[str, str]]:
    return [(part.kind, str(part.amount)) for part in result.parts]


def refusals(*arguments: Any) -> list[str]:
    with pytest.raises(CaseError) as caught:
        quote(*arguments)
    return [str(problem) for problem in caught.value.problems]


THREE = line(quantity=3, price="33.34", discount="0.02")


# -- composition ----------------------------------------------------------------------------------------------------


def test_a_line_is_refunded_at_what_was_paid_for_it() -> None:
    bought = order(line(price="80.00", discount="5.00"), line("L2", price="20.00"), discount="9.50")
    result = quote(bought, back("L1"))
    assert parts(result) == [("goods", "67.50", "L1")]
    assert result.parts[0].formula == "80.00 * 1 - 5.00 - 7.50"
    assert quote(bought, back("L1", "L2")).total == Decimal("85.50")


def test_units_share_their_line_to_the_last_minor_unit() -> None:
    bought = order(line(quantity=3, price="33.34", discount="0.02"))
    amounts = []
    for _ in range(3):
        result = quote(bought, back("L1"))
        amounts.append(str(result.total))
        bought = result.booked()
    assert amounts == ["33.34", "33.33", "33.33"]


def test_a_unit_that_is_named_has_its_own_share() -> None:
    assert quote(order(THREE), back({"line": "L1", "units": [3]})).total == Decimal("33.33")
    assert quote(order(THREE), back({"line": "L1", "units": [1]})).total == Decimal("33.34")
    after = quote(order(THREE), back({"line": "L1", "units": [2]})).booked()
    assert quote(after, back({"line": "L1", "quantity": 2})).total == Decimal("66.67")


def test_taxes_on_top_are_refunded_with_the_goods() -> None:
    taxes = [{"name": "state", "rate": "6.25%"}, {"name": "city", "amount": "0.99"}]
    result = quote(order(line(quantity=2, price="9.99", taxes=taxes)), back("L1"))
    assert kinds(result) == [("goods", "9.99"), ("tax", "0.63"), ("tax", "0.50")]
    assert [part.name for part in result.parts] == ["", "state", "city"]
    assert result.parts[1].formula == "floor(round(19.98 * 0.0625, 0.01) * 1 / 2, 0.01) + 0.01"


def test_taxes_inside_the_price_split_it_without_a_remainder() -> None:
    taxes = [{"name": "VAT", "rate": "19%", "included": True}, {"name": "eco", "rate": "1%", "included": True}]
    result = quote(order(line(price="10.00", taxes=taxes)), back("L1"))
    assert result.total == Decimal("10.00")
    assert [(tax.name, str(tax.amount)) for tax in result.taxes] == [("VAT", "1.58"), ("eco", "0.08")]
    assert result.taxes[1].formula == "floor(10.00 * 1 / 120, 0.01)"


def test_one_tax_inside_is_split_off_as_one_of_several_is() -> None:
    alone, among = {"rate": "100%", "included": True}, {"name": "none", "rate": "0", "included": True}
    for taxes in ([alone], [alone, among]):
        result = quote(order(line(price="0.01", taxes=taxes)), back("L1"))
        assert str(result.taxes[0].amount) == "0.00"


def test_a_tax_on_top_is_reckoned_on_the_price_without_the_tax_inside() -> None:
    taxes = [{"rate": "19%", "included": True}, {"name": "extra", "rate": "10%"}]
    result = quote(order(line(price="119.00", taxes=taxes)), back("L1"))
    assert kinds(result) == [("goods", "119.00"), ("tax", "10.00")]


def test_duties_of_a_line_and_of_the_order_are_shared_with_the_goods() -> None:
    bought = order(line(quantity=2, price="30.00", duty="1.01"), line("L2", price="40.00"), duties="5.00")
    result = quote(bought, back("L1"))
    assert kinds(result) == [("goods", "30.00"), ("duty", "2.01")]
    assert quote(bought, back("L1"), {"duties": "keep"}).total == Decimal("30.00")


def test_a_voucher_is_shared_over_the_lines_it_was_given_on() -> None:
    voucher = {"id": "SHOES", "amount": "10.00", "lines": ["L1"]}
    bought = order(line(price="50.00"), line("L2", price="50.00"), promotions=[voucher])
    assert quote(bought, back("L1")).total == Decimal("40.00")
    assert quote(bought, back("L2")).total == Decimal("50.00")


@pytest.mark.parametrize(
    ("base", "goods", "shipping"),
    [("discounted", "48.00", "10.00"), ("list", "50.00", "10.00"), ("discounted_and_shipping", "50.00", "8.33")],
)
def test_the_discount_base_says_over_what_the_order_discount_is_shared(base: str, goods: str, shipping: str) -> None:
    bought = order(line(price="60.00"), line("L2", price="60.00", discount="30.00"), shipping_charged="10.00")
    bought["discount"] = {"discounted": "18.00", "list": "20.00", "discounted_and_shipping": "16.67"}[base]
    result = quote(bought, back("L1", shipping="rest"), {"discount_base": base})
    assert (str(result.of("goods")), str(result.of("shipping"))) == (goods, shipping)


@pytest.mark.parametrize(
    ("currency", "price", "amounts"),
    [
        ("JPY", "100", ["34", "33", "33"]),
        ("EUR", "1.00", ["0.34", "0.33", "0.33"]),
        ("KWD", "0.100", ["0.034", "0.033", "0.033"]),
    ],
)
def test_currencies_of_0_2_and_3_decimals_are_shared_alike(currency: str, price: str, amounts: list[str]) -> None:
    current: Any = {"currency": currency, "lines": [line(quantity=3, price=price, discount=str(Decimal(price) * 2))]}
    found = []
    for _ in range(3):
        result = quote(current, back("L1"))
        found.append(str(result.total))
        current = result.booked()
    assert found == amounts


@pytest.mark.parametrize(
    ("rule", "discounts"),
    [("largest", [3, 3, 4]), ("first", [4, 3, 3]), ("down", [3, 3, 4]), ("half_up", [3, 3, 4]), ("of_the_rest", [3, 3, 4])],
)  # fmt: skip
def test_every_rule_for_the_remainder_gives_the_whole_away(rule: Any, discounts: list[int]) -> None:
    assert split(10, [100, 100, 101], rule) == discounts


@pytest.mark.parametrize(
    ("rule", "amounts"),
    [("largest", [67, 67, 66]), ("first", [67, 67, 66]), ("down", [66, 66, 68]), ("half_up", [67, 67, 66]), ("of_the_rest", [67, 67, 66])],
)  # fmt: skip
def test_the_units_of_a_line_under_every_rule(rule: str, amounts: list[int]) -> None:
    current: Any = {"currency": "JPY", "lines": [line(quantity=3, price="100", discount="100")]}
    found = []
    for _ in range(3):
        result = quote(current, back("L1"), {"remainder": rule})
        found.append(result.total_minor)
        current = result.booked()
    assert found == amounts


def test_a_last_return_may_take_only_its_own_rounded_share() -> None:
    current: Any = {"currency": "JPY", "lines": [line(quantity=3, price="100", discount="100")]}
    settings = {"remainder": "down", "last_return": "own_share"}
    found = []
    for _ in range(3):
        result = quote(current, back("L1"), settings)
        found.append(result.total_minor)
        current = result.booked()
    assert found == [66, 66, 66]


def test_what_was_paid_is_told_line_by_line() -> None:
    bought = order(
        line(quantity=2, price="50.00", discount="10.00", taxes=[{"name": "VAT", "rate": "10%"}]), line("L2", price="10.00"),
        discount="1.00", duties="2.00", shipping_charged="5.00", shipping_discount="1.00", shipping_taxes=[{"rate": "10%"}],
    )  # fmt: skip
    found = [(part.line, part.kind, str(part.amount), part.formula) for part in paid(bought)]
    assert found == [
        ("L1", "list", "100.00", "50.00 * 2"),
        ("L1", "line_discount", "-10.00", "-10.00"),
        ("L1", "order_discount", "-0.90", "-floor(1.00 * 90.00 / 100.00, 0.01)"),
        ("L1", "tax", "8.91", "round(89.10 * 0.1, 0.01)"),
        ("L1", "duty", "1.80", "floor(2.00 * 89.10 / 99.00, 0.01)"),
        ("L2", "list", "10.00", "10.00 * 1"),
        ("L2", "order_discount", "-0.10", "-floor(1.00 * 10.00 / 100.00, 0.01)"),
        ("L2", "duty", "0.20", "floor(2.00 * 9.90 / 99.00, 0.01)"),
        (None, "shipping", "4.00", "4.00"),
        (None, "shipping_tax", "0.40", "round(4.00 * 0.1, 0.01)"),
    ]


# -- shipping -------------------------------------------------------------------------------------------------------

SHIPPED = order(
    line(price="75.00"), line("L2", price="25.00"), shipping_charged="10.00", shipping_taxes=[{"rate": "20%"}]
)


@pytest.mark.parametrize(
    ("asked", "first", "second"),
    [("none", "0.00", "0.00"), ("share", "9.00", "3.00"), ("with_last", "0.00", "12.00"), ("rest", "12.00", "0.00"), ("5.00", "5.00", "5.00")],
)  # fmt: skip
def test_outbound_shipping_is_refunded_as_asked(asked: str, first: str, second: str) -> None:
    result = quote(SHIPPED, back("L1", shipping=asked))
    assert result.total - Decimal("75.00") == Decimal(first)
    after = quote(result.booked(), back("L2", shipping=asked))
    assert after.total - Decimal("25.00") == Decimal(second)


def test_shipping_that_was_refunded_before_is_not_refunded_again() -> None:
    result = quote(SHIPPED | {"shipping_refunded": "5.00"}, back("L1", shipping="share"))
    assert kinds(result) == [("goods", "75.00"), ("shipping", "7.50"), ("shipping_tax", "1.50"), ("cap", "-2.00")]
    assert result.parts[-1].name == "shipping"
    assert result.parts[-1].formula == "min(9.00, 7.00) - 9.00"


def test_shipping_stated_above_what_is_left_is_refused_with_the_maximum() -> None:
    assert refusals(SHIPPED, back("L1", shipping="12.01")) == [
        "return.shipping: `12.01` is above what is left of shipping (at most `12.00`)"
    ]
    assert quote(SHIPPED, back("L1", shipping="12.01"), {"stated_above_cap": "cap"}).total == Decimal("87.00")


# -- limits and history ---------------------------------------------------------------------------------------------


def test_no_more_is_refunded_than_was_captured_less_refunded() -> None:
    result = quote(order(captured="60.00", refunded="10.00"), back("L1"))
    assert kinds(result) == [("goods", "100.00"), ("cap", "-50.00")]
    assert (result.parts[1].name, result.parts[1].formula) == ("order", "min(100.00, 50.00) - 100.00")
    assert result.maximum == Decimal("50.00")


def test_money_given_for_a_line_before_is_not_given_again() -> None:
    bought = order(line(quantity=2, price="12.30"))
    after = quote(bought, back({"line": "L1", "quantity": 0, "amount": "5.00"})).booked()
    assert quote(after, back("L1")).total == Decimal("12.30")
    whole = quote(after, back({"line": "L1", "quantity": 2}))
    assert kinds(whole) == [("goods", "24.60"), ("cap", "-5.00")]
    assert whole.parts[1].name == "line"


def test_money_given_for_one_unit_before_comes_off_that_unit() -> None:
    bought = order(line(quantity=2, price="12.30"))
    after = quote(bought, back({"line": "L1", "quantity": 0, "units": [1], "amount": "5.00"})).booked()
    first = quote(after, back({"line": "L1", "units": [1]}))
    assert kinds(first) == [("goods", "12.30"), ("cap", "-5.00")]
    assert first.parts[1].name == "unit"
    assert quote(after, back({"line": "L1", "units": [2]})).total == Decimal("12.30")
    assert quote(first.booked(), back("L1")).total == Decimal("12.30")


def test_money_for_a_unit_is_no_more_than_the_unit_was_worth() -> None:
    bought = order(
        line(quantity=2, price="12.30"), returns=[{"line": "L1", "quantity": 0, "units": [1], "refunded": "5.00"}]
    )
    assert refusals(bought, back({"line": "L1", "quantity": 0, "units": [1], "amount": "7.31"})) == [
        "return.items[0].amount: `7.31` is above what is left of the unit (at most `7.30`)"
    ]


def test_an_amount_stated_for_an_item_takes_the_place_of_the_computed_one() -> None:
    result = quote(order(), back({"line": "L1", "amount": "80.00"}), {"restocking": {"percent": "10%"}})
    assert kinds(result) == [("goods", "100.00"), ("stated", "-20.00")]
    assert result.parts[1].formula == "80.00 - 100.00"


def test_an_amount_stated_above_what_is_left_is_refused_or_cut() -> None:
    request = back({"line": "L1", "amount": "100.01"})
    assert refusals(order(), request) == [
        "return.items[0].amount: `100.01` is above what is left of the line (at most `100.00`)"
    ]
    cut = quote(order(), request, {"stated_above_cap": "cap"})
    assert kinds(cut) == [("goods", "100.00"), ("stated", "0.01"), ("cap", "-0.01")]


def test_a_total_may_be_stated_for_the_whole_return() -> None:
    result = quote(order(), back("L1", amount="42.00"), {"handling": "3.00"})
    assert kinds(result) == [("goods", "100.00"), ("handling", "-3.00"), ("stated", "-55.00")]
    assert quote(order(), {"amount": "42.00"}).total == Decimal("42.00")


def test_the_last_return_takes_what_other_books_left_of_the_line() -> None:
    earlier = [{"line": "L1", "quantity": 1, "amount": "33.33"}, {"line": "L1", "quantity": 1, "amount": "33.33"}]
    result = quote(order(THREE, returns=earlier), back("L1"))
    assert kinds(result) == [("goods", "33.33"), ("rest", "0.01")]
    assert result.parts[1].formula == "100.00 - 66.66 - 33.33"
    assert quote(order(THREE, returns=earlier), back("L1"), {"last_return": "own_share"}).total == Decimal("33.33")


def test_a_fee_kept_earlier_is_not_given_back_by_the_last_return() -> None:
    bought = order(line(quantity=2, price="10.00"))
    first = quote(bought, back("L1"), {"restocking": {"flat": "3.00"}})
    assert first.total == Decimal("7.00")
    assert quote(first.booked(), back("L1")).total == Decimal("10.00")


def test_a_fee_kept_earlier_is_not_given_back_by_way_of_the_limits() -> None:
    bought = order(line(quantity=2, price="10.00"))
    after = quote(bought, back("L1"), {"restocking": {"flat": "3.00"}}).booked()
    after = quote(after, back({"line": "L1", "quantity": 0, "amount": "5.00"})).booked()
    assert quote(after, back("L1")).total == Decimal("5.00")


def test_goodwill_for_the_order_leaves_the_lines_what_they_had() -> None:
    bought = order(line(quantity=2, price="10.00"), shipping_charged="5.00")
    first = quote(bought, back("L1", compensation="3.00"))
    assert kinds(first) == [("goods", "10.00"), ("compensation", "3.00")]
    assert quote(first.booked(), back("L1")).total == Decimal("10.00")


def test_units_that_are_refunded_but_not_back_yet_are_counted() -> None:
    earlier = [{"line": "L1", "quantity": 1, "received": False}]
    assert quote(order(line(quantity=2), returns=earlier), back("L1")).awaited == 1


def test_what_came_to_more_than_an_order_can_hold_cannot_be_booked() -> None:
    taxes = [{"name": "T", "rate": "9900%"}]
    taxed = {
        "currency": "EUR",
        "lines": [{"id": "A", "unit_price": "9000000000.00", "quantity": 10**6, "taxes": taxes}],
    }
    result = quote(taxed, {"items": [{"line": "A", "quantity": 10**6}]})
    with pytest.raises(CaseError, match=r"^order\.returns: what came back is larger than any amount can be$"):
        result.booked()


def test_what_was_booked_is_where_the_next_quote_starts() -> None:
    tenders = [{"kind": "card", "captured": "60.00"}, {"kind": "gift_card", "captured": "40.00"}]
    first = quote(order(line(quantity=2, price="50.00"), tenders=tenders), back("L1"))
    after = first.booked()
    assert isinstance(after, QuoteOrder)
    assert (after.refunded, [tender.refunded for tender in after.tenders]) == (
        Decimal("50.00"),
        [Decimal("30.00"), Decimal("20.00")],
    )
    assert quote(after, back("L1")).maximum == Decimal("50.00")
    assert QuoteOrder.model_validate(after.model_dump()) == after


# -- tenders --------------------------------------------------------------------------------------------------------

SPLIT = order(
    line(quantity=4, price="25.00"),
    tenders=[
        {"kind": "points", "captured": "10.00", "points": 1000},
        {"kind": "card", "captured": "59.99"},
        {"kind": "gift_card", "captured": "30.01"},
    ],
)


@pytest.mark.parametrize(
    ("rule", "amounts"),
    [
        ("pro_rata", [("points", "2.50"), ("card", "15.00"), ("gift_card", "7.50")]),
        ("card_first", [("card", "25.00")]),
        ("gift_card_first", [("gift_card", "25.00")]),
        ("as_given", [("points", "10.00"), ("card", "15.00")]),
        (["voucher", "points", "gift_card"], [("points", "10.00"), ("gift_card", "15.00")]),
    ],
)
def test_a_refund_goes_back_to_where_the_money_came_from(rule: Any, amounts: list[tuple[str, str]]) -> None:
    result = quote(SPLIT, back("L1"), {"tender_order": rule})
    assert [(tender.kind, str(tender.amount)) for tender in result.tenders] == amounts
    assert {tender.to for tender in result.tenders} == {"original"}


def test_points_go_back_in_kind_and_add_up_to_all_of_them() -> None:
    bought: Any = order(
        line(quantity=3, price="10.00"), tenders=[{"kind": "points", "captured": "30.00", "points": 1001}]
    )
    found = []
    for _ in range(3):
        result = quote(bought, back("L1"))
        found.append(result.tenders[0].points)
        bought = result.booked()
    assert found == [333, 334, 334]


def test_store_credit_needs_the_consent_of_the_buyer() -> None:
    (refusal,) = refusals(order(), back("L1", to="store_credit"))
    assert refusal == (
        "return.to: `store_credit` is another means than the original one (refund to `original`, or give `consent: true` "
        "once the buyer has agreed)"
    )
    agreed = quote(SPLIT, back("L1", to="store_credit", consent=True))
    assert {tender.to for tender in agreed.tenders} == {"store_credit"}


def test_what_an_expired_card_cannot_take_waits_for_consent() -> None:
    bought = order(tenders=[{"kind": "card", "captured": "100.00", "closed": True}])
    waiting = quote(bought, back("L1"))
    assert [(tender.kind, str(tender.amount), tender.to) for tender in waiting.tenders] == [("card", "100.00", None)]
    with pytest.raises(CaseError, match="nothing can be sent to this `card`"):
        waiting.booked()
    assert quote(bought, back("L1", consent=True)).tenders[0].to == "store_credit"


def test_what_goes_to_a_tender_may_be_stated_up_to_what_it_holds() -> None:
    request = back("L1", by_tender=[{"kind": "gift_card", "amount": "20.00"}])
    assert [(tender.kind, str(tender.amount), tender.formula) for tender in quote(SPLIT, request).tenders] == [
        ("points", "0.62", "floor(5.00 * 10.00 / 80.00, 0.01)"),
        ("card", "3.75", "floor(5.00 * 59.99 / 80.00, 0.01) + 0.01"),
        ("gift_card", "20.63", "floor(5.00 * 10.01 / 80.00, 0.01) + 0.01 + 20.00"),
    ]
    assert refusals(
        SPLIT, back({"line": "L1", "quantity": 4}, by_tender=[{"kind": "gift_card", "amount": "30.02"}])
    ) == ["return.by_tender[0].amount: `30.02` is above what it still holds (at most `30.01`)"]
    assert refusals(SPLIT, back("L1", by_tender=[{"kind": "card", "amount": "25.01"}])) == [
        "return.by_tender[0].amount: `25.01` is above what is left of the refund (at most `25.00`)"
    ]
    assert refusals(SPLIT, back("L1", by_tender=[{"kind": "wallet", "amount": "1"}])) == [
        "return.by_tender[0]: `wallet` is no means of payment of the order (name one by `kind` and `id`)"
    ]
    cut = quote(SPLIT, back("L1", by_tender=[{"kind": "card", "amount": "25.01"}]), {"stated_above_cap": "cap"})
    assert [(tender.kind, str(tender.amount)) for tender in cut.tenders] == [("card", "25.00")]


# -- fees and deductions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fee", "deductions"),
    [
        ({"percent": "15%"}, ["-13.50", "-1.53"]),
        ({"flat": "2"}, ["-2.00", "-2.00"]),
        ({"flat": "2", "per": "unit"}, ["-6.00", "-2.00"]),
        ({"percent": "15%", "flat": "2", "per": "return"}, ["-15.03", "-2.00"]),
        ({"percent": "1/3", "flat": "1"}, ["-30.00", "-1.00", "-3.39", "-1.00"]),
    ],
)
def test_a_restocking_fee_is_a_share_or_flat_for_each_item_or_once(fee: Data, deductions: list[str]) -> None:
    bought = order(line(quantity=3, price="30.00"), line("L2", price="10.17"))
    result = quote(bought, back({"line": "L1", "quantity": 3}, "L2"), {"restocking": fee})
    assert [str(part.amount) for part in result.parts if part.kind == "restocking"] == deductions


def test_shares_of_fees_may_be_taken_of_the_list_price() -> None:
    bought = order(line(price="100.00", discount="20.00"))
    assert quote(bought, back("L1"), {"restocking": {"percent": "10%"}}).total == Decimal("72.00")
    assert quote(bought, back("L1"), {"restocking": {"percent": "10%"}, "fee_base": "list"}).total == Decimal("70.00")


def test_label_and_handling_are_deducted_once_for_every_return() -> None:
    settings = {"return_label": "6.00", "handling": "2.50"}
    result = quote(order(line(quantity=3, price="10.00")), back({"line": "L1", "quantity": 3}), settings)
    assert kinds(result) == [("goods", "30.00"), ("label", "-6.00"), ("handling", "-2.50")]
    assert quote(order(), back("L1", return_label="4.20"), settings).total == Decimal("93.30")
    assert quote(order(), {"compensation": "5.00"}, settings).total == Decimal("5.00")


GRADES = {"conditions": {"as_new": "100%", "opened": "80%", "used": "50%", "broken": 0}}


@pytest.mark.parametrize(
    ("grade", "total"), [("as_new", "100.00"), ("opened", "80.00"), ("used", "50.00"), ("broken", "0.00")]
)
def test_a_condition_gives_back_its_share_of_the_price(grade: str, total: str) -> None:
    assert quote(order(), back({"line": "L1", "condition": grade}), GRADES).total == Decimal(total)


def test_units_of_one_line_may_come_back_in_several_conditions() -> None:
    result = quote(
        order(line(quantity=2)),
        back({"line": "L1", "condition": "opened"}, {"line": "L1", "condition": "used"}),
        GRADES,
    )
    assert [str(item.amount) for item in result.lines] == ["80.00", "50.00"]
    assert refusals(order(), back({"line": "L1", "condition": "opend"}), GRADES) == [
        "return.items[0].condition: `opend` is not a condition of the settings (did you mean `opened`?)"
    ]


@pytest.mark.parametrize(
    ("use", "facts", "deduction"),
    [
        ({"per_day": "0.5%", "free_days": 30}, {"used_days": 30}, None),
        ({"per_day": "0.5%", "free_days": 30}, {"used_days": 31}, "-0.50"),
        ({"per_day": "0.5%", "free_days": 30, "counts": "all"}, {"used_days": 31}, "-15.50"),
        ({"per_day": "0.5%", "most": "40%"}, {"used_days": 500}, "-40.00"),
        ({"per_day": "0.5%"}, {"used_days": 500}, "-100.00"),
        ({"per_day": "1%"}, {"used_days": 12, "idle_days": 2}, "-10.00"),
        ({"per_day": "1%", "free_months": 1}, {"used_from": "2026-01-31", "used_until": "2026-02-28"}, None),
        ({"per_day": "1%", "free_months": 1}, {"used_from": "2026-01-31", "used_until": "2026-03-01"}, "-1.00"),
        ({"per_day": "1%", "free_months": 12}, {"used_from": "2024-02-29", "used_until": "2025-03-10"}, "-10.00"),
        ({"per_day": "1%"}, {}, None),
    ],
)
def test_use_is_charged_by_the_day_beyond_the_free_time(use: Data, facts: Data, deduction: str | None) -> None:
    result = quote(order(), back({"line": "L1", **facts}), {"use": use})
    assert [str(part.amount) for part in result.parts[1:]] == ([deduction] if deduction else [])


def test_months_of_free_use_need_the_days_of_it() -> None:
    assert refusals(order(), back({"line": "L1", "used_days": 40}), {"use": {"per_day": "1%", "free_months": 1}}) == [
        "return.items[0].used_days: cannot be counted in months (give `used_from` and `used_until` instead)"
    ]
    days = {"line": "L1", "used_from": "2026-02-01", "used_until": "2026-01-01"}
    assert refusals(order(), back(days), {"use": {"per_day": "1%"}}) == [
        "return.items[0].used_until: `2026-01-01` is before `2026-02-01` (correct either day)"
    ]


def test_a_missing_gift_is_charged_at_its_disclosed_price_only() -> None:
    gifts = [{"disclosed_price": "12.00"}, {}]
    result = quote(order(), back({"line": "L1", "missing_gifts": gifts}))
    assert kinds(result) == [("goods", "100.00"), ("gift", "-12.00")]


def test_deductions_never_make_a_refund_negative() -> None:
    result = quote(order(line(price="5.00")), back("L1"), {"restocking": {"flat": "8.00"}})
    assert kinds(result) == [("goods", "5.00"), ("restocking", "-8.00"), ("floor", "3.00")]
    assert result.parts[-1].formula == "max(-3.00, 0) + 3.00"
    whole = quote(order(line(price="5.00")), back("L1"), {"handling": "8.00"})
    assert kinds(whole) == [("goods", "5.00"), ("handling", "-8.00"), ("floor", "3.00")]


def test_fees_come_before_limits() -> None:
    bought = order(line(price="10.00"), captured="8.00")
    assert kinds(quote(bought, back("L1"), {"restocking": {"flat": "1.00"}})) == [
        ("goods", "10.00"), ("restocking", "-1.00"), ("cap", "-1.00"),
    ]  # fmt: skip


def test_a_deduction_may_be_waived() -> None:
    settings = {"restocking": {"percent": "10%"}, "handling": "1.00", **GRADES}
    request = back({"line": "L1", "condition": "opened"}, waive=["restocking", "condition", "handling"])
    assert quote(order(), request, settings).total == Decimal("100.00")


def test_a_refund_is_shared_over_its_items() -> None:
    bought = order(line(price="10.00"), line("L2", price="20.00"))
    result = quote(bought, back("L1", "L2"), {"handling": "1.00"})
    assert [(item.line, str(item.amount), item.formula) for item in result.lines] == [
        ("L1", "9.67", "floor(29.00 * 10.00 / 30.00, 0.01) + 0.01"),
        ("L2", "19.33", "floor(29.00 * 20.00 / 30.00, 0.01)"),
    ]


# -- broken promises ------------------------------------------------------------------------------------------------

SPEND = order(
    line("A", price="200.00"), line("B", price="100.00"), line("C", price="100.00"),
    promotions=[{"id": "300-50", "amount": "50.00", "tiers": [{"at_least": "300", "off": "50"}, {"at_least": "200", "off": "20"}]}],
)  # fmt: skip


def test_a_promotion_stays_with_what_is_kept_unless_it_is_to_be_worked_out_again() -> None:
    assert quote(SPEND, back("A")).total == Decimal("175.00")
    assert quote(SPEND, back("C"), {"broken_promotion": "recompute"}).total == Decimal("87.50")


def test_what_is_kept_is_priced_again_when_it_no_longer_earns_the_promotion() -> None:
    result = quote(SPEND, back("A"), {"broken_promotion": "recompute"})
    # Kept are B and C: 200.00 less the lower tier's 20.00 is 180.00 of the 350.00 paid.
    assert result.total == Decimal("170.00")
    assert result.parts[-1].formula == (
        "0 - (round((12.50 + 12.50) * (25.00 - min(20.00, 25.00)) / 25.00, 0.01)) - 0.00"
    )
    rest = quote(result.booked(), back("B", "C"), {"broken_promotion": "recompute"})
    assert rest.total == Decimal("180.00")


def test_a_broken_promotion_takes_back_the_tax_on_it_too() -> None:
    vat = [{"name": "VAT", "rate": "10%"}]
    promotion = {"id": "P", "amount": "30.00", "tiers": [{"at_least": "300", "off": "30"}]}
    bought = order(line("A", price="200.00", taxes=vat), line("B", price="100.00", taxes=vat), promotions=[promotion])
    result = quote(bought, back("A"), {"broken_promotion": "recompute"})
    # Kept is B at 100.00 and 10.00 of tax; 297.00 were paid.
    assert result.total == Decimal("187.00")


def test_a_quantity_promotion_breaks_by_units() -> None:
    promotion = {"id": "3-for-2", "amount": "10.00", "by": "quantity", "tiers": [{"at_least": "3", "off": "10"}]}
    bought = order(line(quantity=3, price="10.00"), promotions=[promotion])
    result = quote(bought, back("L1"), {"broken_promotion": "recompute"})
    assert result.total == Decimal("0.00")
    assert quote(result.booked(), back("L1"), {"broken_promotion": "recompute"}).total == Decimal("10.00")


def test_what_a_refund_is_too_small_to_bear_is_carried_to_the_next_and_not_charged() -> None:
    promotion = {"id": "P", "amount": "50.00", "tiers": [{"at_least": "200", "off": "50"}]}
    bought = order(line("A", price="10.00"), line("B", price="95.00"), line("C", price="95.00"), promotions=[promotion])
    again = {"broken_promotion": "recompute"}
    first = quote(bought, back("A"), again)
    assert (str(first.total), first.promotion_owed_minor) == ("0.00", 4000)
    second = quote(first.booked(), back("B"), again)
    assert str(second.total) == "55.00"  # 150.00 paid, C kept at 95.00
    assert str(quote(second.booked(), back("C"), again).total) == "95.00"


def test_a_promotion_that_is_waived_is_not_taken_back() -> None:
    assert quote(SPEND, back("A", waive=["promotion"]), {"broken_promotion": "recompute"}).total == Decimal("175.00")


FREE = order(
    line("A", price="60.00"), line("B", price="40.00"), line("C", price="10.00"),
    free_shipping="over_threshold", free_shipping_threshold="99.00", shipping_cost="12.00",
)  # fmt: skip


def test_outbound_freight_is_deducted_once_when_a_return_breaks_free_shipping() -> None:
    deduct = {"broken_free_shipping": "deduct"}
    assert quote(FREE, back("A")).total == Decimal("60.00")
    assert quote(FREE, back("C"), deduct).total == Decimal("10.00")
    first = quote(FREE, back("B"), deduct)
    assert kinds(first) == [("goods", "40.00"), ("outbound_freight", "-12.00")]
    assert quote(first.booked(), back("A"), deduct).total == Decimal("60.00")
    assert quote(FREE | {"free_shipping": "unconditional"}, back("A"), deduct).total == Decimal("60.00")
    assert quote(FREE, back("B", waive=["outbound_freight"]), deduct).total == Decimal("40.00")
    assert refusals(FREE | {"shipping_cost": None}, back("B"), deduct) == [
        "order.shipping_cost: is missing, and shipping was free over a threshold (add it, or keep free shipping)"
    ]


# -- exchange -------------------------------------------------------------------------------------------------------


def new(price: str, **more: Any) -> Data:
    return {"id": "N1", "unit_price": price, **more}


@pytest.mark.parametrize(
    ("price", "settings", "buyer", "shop"),
    [
        ("100.00", {}, "0.00", "0.00"),
        ("105.00", {"waiver": "5"}, "0.00", "0.00"),
        ("105.01", {"waiver": "5"}, "5.01", "0.00"),
        ("105.01", {"waiver": "5", "waiver_above": "excess"}, "0.01", "0.00"),
        ("90.00", {}, "0.00", "10.00"),
        ("90.00", {"exchange_difference": "even"}, "0.00", "0.00"),
        ("120.00", {"exchange_difference": "even"}, "0.00", "0.00"),
        ("90.00", {"restocking": {"flat": "4"}}, "0.00", "6.00"),
    ],
)
def test_an_exchange_says_who_owes_whom(price: str, settings: Data, buyer: str, shop: str) -> None:
    result = settle(order(), back("L1") | {"new": [new(price)]}, settings)
    assert (str(result.buyer_owes.amount), str(result.shop_owes.amount)) == (buyer, shop)


def test_an_exchange_charges_nothing_the_buyer_has_not_agreed_to() -> None:
    request = back("L1") | {"new": [new("112.00")]}
    silent, agreed = settle(order(), request), settle(order(), request | {"agreed": "12.00"})
    assert (str(silent.charge.amount), silent.needs_agreement) == ("0.00", True)
    assert (str(agreed.charge.amount), agreed.needs_agreement) == ("12.00", False)
    assert settle(order(), request | {"agreed": "11.99"}).charge.minor == 0


def test_goods_given_in_exchange_count_for_what_was_paid_or_for_their_list_price() -> None:
    bought = order(line(price="100.00", discount="20.00"))
    request = back("L1") | {"new": [new("110.00")]}
    assert str(settle(bought, request).buyer_owes.amount) == "30.00"
    uplifted = settle(bought, request, {"exchange_credit": "list"})
    assert str(uplifted.buyer_owes.amount) == "10.00"
    assert [(part.kind, str(part.amount)) for part in uplifted.parts] == [
        ("goods", "80.00"),
        ("uplift", "20.00"),
        ("goods", "110.00"),
    ]
    cheaper = settle(bought, back("L1") | {"new": [new("5.00")]}, {"exchange_credit": "list"})
    assert str(cheaper.shop_owes.amount) == "80.00"


def test_several_lines_go_both_ways_in_an_exchange() -> None:
    bought = order(
        line(price="30.00"), line("L2", quantity=2, price="20.00"), tenders=[{"kind": "card", "captured": "70.00"}]
    )
    wanted = [
        new("25.00", taxes=[{"rate": "10%"}]),
        {"id": "N2", "quantity": 2, "unit_price": "5.00", "discount": "1.00"},
    ]
    result = settle(bought, back("L1", "L2") | {"new": wanted, "new_shipping": "3.00"})
    assert result.credit.formula == "30.00 + 20.00"
    assert result.price.formula == "25.00 + 2.50 + 9.00 + 3.00"
    assert [(tender.kind, str(tender.amount)) for tender in result.tenders] == [("card", "10.50")]
    assert result.to_dict()["difference"] == {"amount": "-10.50", "formula": "39.50 - 50.00"}


def test_an_exchange_is_refused_with_the_path() -> None:
    with pytest.raises(CaseError) as caught:
        settle(order(), back("L9") | {"new": [new("1.00", discount="2.00")], "currency": "USD"})
    assert [str(problem) for problem in caught.value.problems] == [
        "exchange.currency: `USD` is not the order's currency (convert it to `CNY` first)",
        "exchange.items[0].line: `L9` is not a line of the order (one of `L1`)",
        "exchange.new[0].discount: `2.00` is above the line's price",
    ]


# -- beside the refund ----------------------------------------------------------------------------------------------


def test_a_dated_rate_is_the_one_in_force_with_a_minimum_and_a_maximum() -> None:
    rates = [(date(2024, 7, 1), "30%"), (None, "20%")]
    assert str(dated_amount("penalty", "12.00", rates, date(2024, 6, 30), "CNY").amount) == "2.40"
    for either in (rates, rates[::-1]):
        assert str(dated_amount("penalty", "12.00", either, date(2024, 7, 1), "CNY").amount) == "3.60"
    assert str(dated_amount("penalty", "12.00", rates, date(2025, 1, 1), "CNY", least="5").amount) == "5.00"
    most = dated_amount("penalty", "10000", rates, date(2025, 1, 1), "CNY", least="5", most="500")
    assert (str(most.amount), most.formula) == ("500.00", "min(max(round(10000.00 * 0.3, 0.01), 5.00), 500.00)")
    assert str(dated_amount("multiple", "98.00", [(None, 3)], date(2025, 1, 1), "CNY", least="500").amount) == "500.00"


def test_extras_that_cannot_be_are_refused() -> None:
    with pytest.raises(CaseError) as caught:
        dated_amount("penalty", "1.005", [(date(2030, 1, 1), "20%")], date(2024, 1, 1), "CNY", least="9", most="1")
    assert [str(problem) for problem in caught.value.problems] == [
        "base: `1.005` has more decimals than the currency (2) (round it to the currency's minor unit)",
        "rates: none is in force on `2024-01-01` (give one from an earlier day, or from None on)",
        "least: `9` is above the most (`1`) (correct either)",
    ]
    with pytest.raises(CaseError, match="is a binary float"):
        promised_multiple(1.5, 1, "CNY")  # type: ignore[arg-type]


def test_price_protection_and_promised_multiples_have_their_own_limits() -> None:
    assert str(price_protection("99.00", "109.00", 1, "CNY").amount) == "0.00"
    limited = price_protection("99.00", "89.00", 3, "CNY", most="25")
    assert (str(limited.amount), limited.formula) == ("25.00", "min(max(99.00 - 89.00, 0) * 3, 25.00)")
    assert str(promised_multiple("98.00", 2, "CNY", most="150").amount) == "150.00"


# -- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bought", "message"),
    [
        (order(line(price="NaN")), 'order.lines[0].unit_price: `NaN` is not a decimal number (write it like "12.50")'),
        (order(line(price=Decimal("NaN"))), "order.lines[0].unit_price: `NaN` is not a finite number"),  # type: ignore[arg-type]
        (order(line(price="1.005")),
            "order.lines[0].unit_price: `1.005` has more decimals than the currency (2) (round it to the currency's minor unit)"),
        (order(line(price="99999999999.00")), "order.lines[0].unit_price: `99999999999.00` is larger than 10^12 minor units"),
        (order(line(price="-1.00")), "order.lines[0].unit_price: `-1.00` is below zero"),
        (order(line(taxes=[{"rate": 20}])),
            "order.lines[0].taxes[0].rate: `20` is more than the whole (write `20%` if it is a percentage)"),
        (order(currency="RMB "), "order.currency: `RMB ` is not a currency code (give three capitals (ISO 4217))"),
        (order(line(), line()), "order.lines: two lines have the same id (give every line an id of its own)"),
        (order(line(discount="100.01")), "order.lines[0].discount: `100.01` is above the line's price"),
        (order(discount="100.01"), "order.discount: `100.01` is above the value of its lines"),
        (order(promotions=[{"id": "P", "amount": "1", "lines": ["L2"]}]),
            "order.promotions[0].lines[0]: `L2` is not a line of the order (one of `L1`)"),
        (order(shipping_charged="1", shipping_discount="2"),
            "order.shipping_discount: `2` is above what was charged for shipping"),
        (order(shipping_refunded="1"), "order.shipping_refunded: `1` is above what was paid for shipping (`0.00`)"),
        (order(captured="5", refunded="6"),
            "order.refunded: `6.00` is above what was captured (`5.00`) (correct either amount)"),
        (order(tenders=[{"kind": "card", "captured": "5", "refunded": "6"}]),
            "order.tenders[0].refunded: `6` is above what was captured (correct either amount)"),
        (order(captured="6", tenders=[{"kind": "card", "captured": "5"}]),
            "order.tenders: captured adds up to `5.00`, the order's is `6.00` (correct either)"),
        (order(refunded="1", tenders=[{"kind": "card", "captured": "100"}]),
            "order.tenders: refunded adds up to `0.00`, the order's is `1.00` (correct either)"),
        (order(tenders=[{"kind": "card", "captured": "100", "currency": "USD"}]),
            "order.tenders[0].currency: `USD` is not the order's currency (convert it to `CNY` first)"),
        (order(returns=[{"line": "L2", "quantity": 1}]),
            "order.returns[0].line: `L2` is not a line of the order (one of `L1`)"),
        (order(line(quantity=2), returns=[{"line": "L1", "quantity": 3}]),
            "order.returns[0].quantity: `3` is more than is left of line `L1` (2 of 2) (at most `2`)"),
        (order(line(quantity=2), refunded="1", returns=[{"line": "L1", "quantity": 1}]),
            "order.refunded: `1.00` is below what its returns were refunded (`100.00`) (correct either)"),
        (order(line(taxes=[{"name": "VAT"}])),
            "order.lines[0].taxes[0]: has not one of `rate` and `amount` (give one of them)"),
        (order(line(taxes=[{"amount": "101", "included": True}])),
            "order.lines[0].taxes[0]: `101.00` of taxes inside the price are above the price"),
        (order(promotions=[{"id": "P", "amount": "1", "by": "quantity", "tiers": [{"at_least": "1.5", "off": "1"}]}]),
            "order.promotions[0].tiers[0].at_least: `1.5` is not a number of units (give a whole number)"),
        (order(promotions=[{"id": "P", "amount": "1", "tiers": [{"at_least": "1"}]}]),
            "order.promotions[0].tiers[0]: has not one of `off` and `percent` (give one of them)"),
    ],
)  # fmt: skip
def test_money_that_cannot_be_is_refused_with_the_path_and_the_reason(bought: Data, message: str) -> None:
    assert message in refusals(bought, back("L1"))


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (back("L2"), "return.items[0].line: `L2` is not a line of the order (one of `L1`)"),
        (back({"line": "L1", "quantity": 3}),
            "return.items[0].quantity: `3` is more than is left of line `L1` (2 of 2) (at most `2`)"),
        (back("L1", {"line": "L1", "quantity": 2}),
            "return.items[1].quantity: `2` is more than is left of line `L1` (1 of 2) (at most `1`)"),
        (back({"line": "L1", "quantity": 0}),
            "return.items[0].quantity: `0` without an amount gives nothing (give `amount` or units)"),
        (back({"line": "L1", "units": [3]}),
            "return.items[0].units: `[3]` are not units of line `L1` (each once, from 1 to 2)"),
        (back({"line": "L1", "units": [1, 2]}),
            "return.items[0].units: names 2 units, the quantity is 1 (correct either)"),
        (back("L1", {"line": "L1", "units": [1]}),
            "return.items[1].units: unit `1` of line `L1` came back before (name another)"),
        (back("L1", currency="EUR"), "return.currency: `EUR` is not the order's currency (convert it to `CNY` first)"),
        (back("L1", amount="200.01"), "return.amount: `200.01` is above what may still be given back (at most `200.00`)"),
        (back(), "return.items: is empty (give at least one item, or an amount)"),
        (back("L1", compensation="0.001"),
            "return.compensation: `0.001` has more decimals than the currency (2) (round it to the currency's minor unit)"),
    ],
)  # fmt: skip
def test_returns_that_cannot_be_are_refused_with_the_path_and_the_reason(request_: Data, message: str) -> None:
    assert message in refusals(order(line(quantity=2)), request_)


def test_every_problem_is_told_at_once() -> None:
    bought = order(line(price=1.5, quantty=2), tenders=[{"kind": "crd", "captured": "1"}])  # type: ignore[arg-type]
    assert refusals(
        bought, {"items": [{"line": 3}], "shipping": "al"}, {"remainder": "larg", "conditions": {"a": "150%"}}
    ) == [
        'order.lines[0].unit_price: `1.5` is a binary float, which cannot hold money exactly (write it as a string like "12.50")',
        "order.lines[0].quantty: unknown field `quantty` (did you mean `quantity`?)",
        "order.tenders[0].kind: `crd` is not one of its values (did you mean `card`?)",
        "return.items[0].line: `3` is not a text (put it in quotes)",
        "return.shipping: `al` is not one of its values (one of `none`, `share`, `with_last`, `rest`)",
        "settings.remainder: `larg` is not one of its values (did you mean `largest`?)",
        'settings.conditions.a: `150%` is above the whole (write it like "15%", "0.15" or "1/3")',
    ]


@pytest.mark.parametrize("name", ["x[1]", "[", "tuple[str]"])
def test_a_field_whose_name_has_brackets_is_unknown_too(name: str) -> None:
    assert refusals(order(line(**{name: 1})), back("L1"))[0].startswith(
        f"order.lines[0].{name}: unknown field `{name}`"
    )


def test_settings_in_another_currency_are_refused() -> None:
    assert refusals(order(), back("L1"), {"currency": "EUR", "handling": "1"}) == [
        "settings.currency: `EUR` is not the order's currency (convert it to `CNY` first)"
    ]


@pytest.mark.parametrize("value", [0.15, "x", "-1%", True, Decimal("NaN"), Decimal("1E+40"), "1/0", None])
def test_a_share_is_exact_or_refused(value: Any) -> None:
    with pytest.raises(CaseError):
        quote(order(), back("L1"), {"restocking": {"percent": value}})


@pytest.mark.parametrize("value", ["15%", "0.15", "3/20", Decimal("0.15"), Fraction(3, 20)])
def test_a_share_may_be_written_in_several_ways(value: Any) -> None:
    assert quote(order(), back("L1"), {"restocking": {"percent": value}}).total == Decimal("85.00")


def test_a_quote_is_plain_data_for_json() -> None:
    result = quote(order(tenders=[{"kind": "card", "id": "visa", "captured": "100.00"}]), back("L1"))
    assert result.to_dict() == {
        "currency": "CNY",
        "total": "100.00",
        "formula": "100.00",
        "parts": [{"kind": "goods", "name": "", "line": "L1", "amount": "100.00", "formula": "100.00 * 1"}],
        "lines": [{"line": "L1", "quantity": 1, "amount": "100.00", "formula": "100.00"}],
        "by_tender": [{"kind": "card", "amount": "100.00", "to": "original", "id": "visa", "formula": "100.00"}],
        "taxes": [],
        "maximum": "100.00",
        "promotion_owed": "0.00",
        "awaited": 0,
    }


def test_an_unknown_name_in_a_formula_is_not_worked_out() -> None:
    with pytest.raises(ValueError, match="reads a name"):
        recompute("claim.paid * 2")
    assert number_text(Fraction(2)) == "2"


def test_settings_are_complete_by_themselves() -> None:
    assert quote(order(), back("L1"), MoneySettings()) == quote(order(), back("L1"))


def test_a_tax_of_more_than_the_price_is_a_percentage_and_stays_one() -> None:
    for given in ("250%", "5/2", "200%", "1"):
        bought = QuoteOrder.model_validate(order(line(taxes=[{"rate": given}])))
        assert QuoteOrder.model_validate(bought.model_dump(mode="json")) == bought
    assert quote(order(line(price="10.00", taxes=[{"rate": "250%"}])), back("L1")).total == Decimal("35.00")


def test_a_kind_of_payment_with_a_known_one_in_it_is_told_that_one() -> None:
    bought = order(tenders=[{"kind": "credit_card", "captured": "100"}])
    assert refusals(bought, back("L1")) == [
        "order.tenders[0].kind: `credit_card` is not one of its values (did you mean `card`?)"
    ]


# -- settings that peers disagree on: see test_peers_money.py for their numbers -------------------------------------

VAT = {"name": "VAT", "rate": "20%", "included": True}


@pytest.mark.parametrize("rounding", ["line", "unit", "order"])
def test_a_tax_with_neither_rate_nor_amount_is_refused_however_rates_are_rounded(rounding: str) -> None:
    for included in (True, False):
        bought = order(line(quantity=3, taxes=[{"included": included}, VAT]))
        assert refusals(bought, back("L1"), {"tax_rounding": rounding}) == [
            "order.lines[0].taxes[0]: has not one of `rate` and `amount` (give one of them)"
        ]


@pytest.mark.parametrize(
    ("rounding", "taxes"),
    [
        ("line", [("L1", "0.17"), ("L1", "0.04"), ("L2", "0.17"), ("L2", "0.04")]),
        ("unit", [("L1", "0.18"), ("L1", "0.03"), ("L2", "0.18"), ("L2", "0.03")]),
        ("order", [("L1", "0.17"), ("L1", "0.05"), ("L2", "0.16"), ("L2", "0.04")]),
    ],
)
def test_several_taxes_inside_are_split_off_line_by_line_unit_by_unit_or_for_all_lines(
    rounding: str, taxes: list[tuple[str, str]]
) -> None:
    inside = [VAT, {"name": "eco", "rate": "5.2%", "included": True}]
    bought = order(line(price="0.35", quantity=3, taxes=inside), line("L2", price="0.35", quantity=3, taxes=inside))
    result = quote(
        bought, back({"line": "L1", "quantity": 3}, {"line": "L2", "quantity": 3}), {"tax_rounding": rounding}
    )
    assert [(tax.line, str(tax.amount)) for tax in result.taxes] == taxes
    assert all(recompute(tax.formula) == tax.amount for tax in result.taxes)
    assert result.total == Decimal("2.10")


def test_a_tax_given_as_an_amount_is_that_amount_however_rates_are_rounded() -> None:
    mixed = [{"name": "fixed", "amount": "0.30", "included": True}, VAT, {"name": "top", "rate": "10%"}]
    bought = order(
        line(price="1.11", quantity=2, taxes=mixed), line("L2", price="3.33", taxes=[{"name": "top", "rate": "10%"}])
    )
    for rounding in ("line", "unit", "order"):
        found = quote(bought, back({"line": "L1", "quantity": 2}, "L2"), {"tax_rounding": rounding}).taxes
        assert [str(tax.amount) for tax in found if tax.name == "fixed"] == ["0.30"]
        assert sum(tax.minor for tax in found if tax.name == "top") in (48, 49)


def test_new_goods_of_an_exchange_are_taxed_as_the_settings_round() -> None:
    bought, wanted = (
        order(line(price="10.00")),
        {"id": "N", "unit_price": "0.15", "quantity": 3, "taxes": [{"rate": "10%"}]},
    )
    for rounding, price in (("line", "0.50"), ("unit", "0.51"), ("order", "0.50")):
        assert str(settle(bought, back("L1") | {"new": [wanted]}, {"tax_rounding": rounding}).price.amount) == price


def test_an_amount_stated_before_tax_gets_the_taxes_inside_the_price_too() -> None:
    bought = order(line(price="12.00", quantity=2, taxes=[VAT, {"name": "city", "rate": "10%"}]))
    result = quote(bought, back({"line": "L1", "quantity": 0, "amount": "5.00"}), {"stated_amounts": "before_tax"})
    assert kinds(result) == [("stated", "6.00"), ("stated", "0.50")]
    assert [(tax.name, str(tax.amount), tax.kind) for tax in result.taxes] == [
        ("city", "0.50", "tax"), ("VAT", "1.00", "included_tax"),
    ]  # fmt: skip
    assert refusals(
        bought, back({"line": "L1", "quantity": 0, "amount": "20.01"}), {"stated_amounts": "before_tax"}
    ) == ["return.items[0].amount: `20.01` is above what is left of the line, before tax (at most `20.00`)"]


def test_a_stated_refund_within_the_cap_is_not_refused_for_what_would_be_computed() -> None:
    refuse = {"computed_above_cap": "refuse"}
    assert refusals(order(captured="40.00"), back("L1"), refuse) == [
        "return: `100.00` is above what may still be given back (at most `40.00`)"
    ]
    assert quote(order(captured="40.00"), back("L1", amount="39.00"), refuse).total == Decimal("39.00")


def test_the_tax_of_a_refund_that_is_cut_is_its_share_of_what_is_left() -> None:
    bought = order(line(price="10.00", duty="1.00", taxes=[{"name": "VAT", "rate": "10%"}]))
    bought["returns"] = [{"line": "L1", "quantity": 0, "refunded": "6.00"}]
    result = quote(bought, back("L1"))
    assert kinds(result) == [("goods", "10.00"), ("tax", "1.00"), ("duty", "1.00"), ("cap", "-6.00")]
    assert [(tax.kind, str(tax.amount), tax.formula) for tax in result.taxes] == [
        ("tax", "0.50", "floor(6.00 * 1.00 / 12.00, 0.01)")
    ]


def test_taxes_inside_the_price_of_shipping_are_told_in_every_way_it_comes_back() -> None:
    bought = order(line(price="10.00"), shipping_charged="12.00", shipping_taxes=[VAT])
    for shipping, tax in (("rest", "2.00"), ("share", "2.00"), ("6.00", "1.00")):
        assert [str(part.amount) for part in quote(bought, back("L1", shipping=shipping)).taxes] == [tax]
    assert quote(bought, back("L1")).taxes == ()


def test_after_a_return_that_gave_another_amount_the_next_one_shares_what_it_left() -> None:
    bought = order(line(price="10.00", quantity=4), returns=[{"line": "L1", "quantity": 1, "amount": "7.00"}])
    assert quote(bought, back("L1")).total == Decimal("10.00")
    result = quote(bought, back("L1"), {"remainder": "of_the_rest"})
    assert kinds(result) == [("goods", "10.00"), ("rest", "1.00")]
    assert result.parts[1].formula == "round((40.00 - 7.00) * 1 / 3, 0.01) - 10.00"
