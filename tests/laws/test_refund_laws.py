"""What holds for every quote: sums, caps, histories, and that each amount can be worked out from its text."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orders
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from orders import Data

from refundrules.errors import CaseError, Problem
from refundrules.money.allocation import BY_UNIT, of_return, of_units, split
from refundrules.money.currency import exponent
from refundrules.money.exchange import settle
from refundrules.money.formula_text import recompute
from refundrules.money.models import QuoteOrder
from refundrules.money.refund import Quote, quote
from refundrules.money.settings import MoneySettings
from refundrules.money.statement import paid

RULES = st.sampled_from(["largest", "largest_later", "first", "down", "half_up", "of_the_rest"])


def check(result: Quote) -> None:
    """Check everything that holds within one quote."""
    total = result.total_minor
    assert sum(part.minor for part in result.parts) == total
    assert 0 <= total <= max(0, result.maximum_minor)
    if result.lines:
        assert sum(line.minor for line in result.lines) == total
        assert all(line.minor >= 0 for line in result.lines)
    if result.order.tenders:
        assert sum(tender.minor for tender in result.tenders) == total
    for tender in result.tenders:
        held = result.order.tenders[tender.at]
        assert 0 < tender.amount <= held.captured - held.refunded
    for amount in (*result.parts, *result.lines, *result.tenders, *result.taxes):
        assert recompute(amount.formula) == amount.amount, amount.formula
    assert recompute(result.formula) == result.total


def all_of(order: Data | QuoteOrder) -> Data:
    """Return the request that gives back all that has not come back."""
    if isinstance(order, QuoteOrder):
        lines, back = [(line.id, line.quantity) for line in order.lines], order.returns
    else:
        lines, back = [(line["id"], line["quantity"]) for line in order["lines"]], ()
    left = {name: quantity - sum(entry.quantity for entry in back if entry.line == name) for name, quantity in lines}
    return {"items": [{"line": name, "quantity": count} for name, count in left.items() if count]}


@st.composite
def situations(draw: st.DrawFn, fees: bool = False) -> tuple[Data, MoneySettings]:
    settings = draw(orders.settings(fees))
    return draw(orders.with_tenders(draw(orders.orders()), settings)), settings


@st.composite
def requests(draw: st.DrawFn, order: Data) -> Data:
    items = [
        {
            "line": line["id"],
            "quantity": draw(st.integers(1, line["quantity"])),
            "used_days": draw(st.sampled_from([None, 5, 90])),
        }
        for line in order["lines"]
        if draw(st.booleans())
    ]
    return {"items": items or [{"line": order["lines"][0]["id"]}]}


# -- splitting ----------------------------------------------------------------------------------------------------


@given(st.integers(0, 5000), st.lists(st.integers(0, 50), min_size=1, max_size=6), RULES)
def test_parts_of_a_split_sum_to_the_whole(total: int, weights: list[int], rule_: Any) -> None:
    assert sum(split(total, weights, rule_)) == total


@given(
    st.data(),
    st.lists(st.integers(0, 50), min_size=1, max_size=6),
    st.lists(st.integers(0, 50), min_size=6, max_size=6),
    RULES,
)
def test_parts_of_a_split_stay_within_their_limits(
    data: st.DataObject, limits: list[int], weights: list[int], rule_: Any
) -> None:
    total = data.draw(st.integers(0, sum(limits)))
    parts = split(total, weights[: len(limits)], rule_, limits)
    assert sum(parts) == total
    assert all(0 <= part <= limit for part, limit in zip(parts, limits, strict=True))


@given(st.integers(0, 5000), st.lists(st.integers(0, 50), min_size=1, max_size=6))
def test_by_largest_remainder_every_part_is_within_one_unit_of_exact(total: int, weights: list[int]) -> None:
    exact = [
        Fraction(total * weight, sum(weights)) if any(weights) else Fraction(total, len(weights)) for weight in weights
    ]
    assert all(abs(part - share) < 1 for part, share in zip(split(total, weights, "largest"), exact, strict=True))


@given(st.integers(0, 5000), st.lists(st.integers(1, 4), min_size=1, max_size=6), RULES)
def test_the_returns_of_a_line_sum_to_the_line_whatever_their_sizes(total: int, sizes: list[int], rule_: Any) -> None:
    units, amounts = sum(sizes), []
    for at, count in enumerate(sizes):
        if rule_ in BY_UNIT:
            amounts.append(of_units(total, units, sum(sizes[:at]), count, None)[0])
        else:
            amounts.append(of_return(total, units, sizes[:at], count, rule_, True)[0])
    assert sum(amounts) == total
    assert all(amount >= 0 for amount in amounts)


# -- one quote ----------------------------------------------------------------------------------------------------


@given(st.data(), situations(fees=True))
def test_everything_in_a_quote_adds_up_and_can_be_worked_out_from_its_text(
    data: st.DataObject, situation: tuple[Data, MoneySettings]
) -> None:
    order, settings = situation
    check(quote(order, data.draw(requests(order)), settings))


@given(situations())
def test_what_was_paid_adds_up_and_can_be_worked_out_from_its_text(situation: tuple[Data, MoneySettings]) -> None:
    order, settings = situation
    parts = paid(order, settings)
    for part in parts:
        assert recompute(part.formula) == part.amount, part.formula
    by_line: dict[str | None, int] = {}
    for part in parts:
        by_line[part.line] = by_line.get(part.line, 0) + part.minor
    assert all(minor >= 0 for minor in by_line.values())
    listed = sum(Decimal(line["unit_price"]) * line["quantity"] - Decimal(line["discount"]) for line in order["lines"])
    goods = sum(part.amount for part in parts if part.line and part.kind in ("list", "line_discount", "order_discount"))
    shipping = sum(part.amount for part in parts if not part.line and part.kind == "order_discount")
    off = Decimal(order["discount"]) + sum(Decimal(promotion["amount"]) for promotion in order["promotions"])
    assert goods + shipping == listed - off


@given(situations())
def test_returning_everything_at_once_gives_back_what_was_paid(situation: tuple[Data, MoneySettings]) -> None:
    order, settings = situation
    settings = settings.model_copy(update={"shipping": "rest", "duties": "share"})
    result = quote(order, all_of(order), settings)
    assert result.total_minor == min(result.maximum_minor, orders.total_of(order, settings))


@given(st.data(), situations(fees=True))
def test_the_same_arguments_give_the_same_quote(data: st.DataObject, situation: tuple[Data, MoneySettings]) -> None:
    order, settings = situation
    request = data.draw(requests(order))
    assert quote(order, request, settings) == quote(order, request, settings)
    assert quote(order, request, settings).to_dict() == quote(order, request, settings).to_dict()


FEES: dict[str, Any] = {
    "handling": lambda step: {"handling": str(step)},
    "return_label": lambda step: {"return_label": str(step)},
    "percent": lambda step: {"restocking": {"percent": f"{step}%"}},
    "percent of all": lambda step: {"restocking": {"percent": f"{step}%", "per": "return"}},
    "flat": lambda step: {"restocking": {"flat": str(step), "per": "unit"}},
    "use": lambda step: {"use": {"per_day": f"{step}%"}},
    "condition": lambda step: {"conditions": {"opened": f"{100 - step}%"}},
}


@given(st.data(), situations(), st.sampled_from(sorted(FEES)), st.integers(0, 40), st.integers(0, 40))
def test_raising_a_fee_never_raises_a_refund(
    data: st.DataObject, situation: tuple[Data, MoneySettings], name: str, low: int, more: int
) -> None:
    order, settings = situation
    request = data.draw(requests(order))
    if name == "condition":
        request["items"] = [item | {"condition": "opened"} for item in request["items"]]
    if name == "use":
        request["items"] = [item | {"used_days": 9} for item in request["items"]]
    amounts = []
    for step in (low, low + more):
        with_fee = MoneySettings.model_validate(settings.model_dump() | FEES[name](step))
        amounts.append(quote(order, request, with_fee).total_minor)
    assert amounts[1] <= amounts[0]


@given(
    st.data(), situations(), st.sampled_from(["handling", "percent", "flat"]), st.integers(0, 40), st.integers(1, 40)
)
def test_raising_a_fee_never_raises_what_an_order_gets_back_over_its_life(
    data: st.DataObject, situation: tuple[Data, MoneySettings], name: str, low: int, more: int
) -> None:
    order, settings = situation
    first = data.draw(requests(order))
    totals = []
    for step in (low, low + more):
        with_fee = MoneySettings.model_validate(settings.model_dump() | FEES[name](step))
        one = quote(order, first, with_fee)
        after = one.booked()
        rest = all_of(after)
        totals.append(one.total_minor + (quote(after, rest, with_fee).total_minor if rest["items"] else 0))
    assert totals[1] <= totals[0]


@given(situations())
def test_a_stated_amount_above_the_maximum_is_refused_with_it_or_cut_to_it(
    situation: tuple[Data, MoneySettings],
) -> None:
    order, settings = situation
    most = quote(order, all_of(order), settings).maximum_minor
    stated = orders.money(most + 1, exponent(order["currency"]))
    request = all_of(order) | {"amount": stated}
    with pytest.raises(CaseError, match="at most `" + re.escape(orders.money(most, exponent(order["currency"])))):
        quote(order, request, settings)
    cut = quote(order, request, settings.model_copy(update={"stated_above_cap": "cap"}))
    assert cut.total_minor == most
    check(cut)


@given(st.data(), situations(fees=True))
def test_a_computed_refund_above_what_is_left_is_cut_or_refused(
    data: st.DataObject, situation: tuple[Data, MoneySettings]
) -> None:
    order, settings = situation
    request = data.draw(requests(order)) | {"compensation": data.draw(st.sampled_from(["0", "1", "90"]))}
    cut = quote(order, request, settings)
    above = any(part.kind == "cap" and part.name == "order" for part in cut.parts)
    result, problems = attempt(order, request, settings.model_copy(update={"computed_above_cap": "refuse"}))
    assert above == (result is None)
    assert result is None or result.parts == cut.parts
    if problems:
        assert problems[0].where == "return"
        assert problems[0].remedy == f"at most `{orders.money(cut.maximum_minor, exponent(order['currency']))}`"


@given(st.data(), situations(), st.integers(0, 12000), st.booleans())
def test_an_amount_stated_before_tax_gets_its_taxes_and_stays_under_every_limit(
    data: st.DataObject, situation: tuple[Data, MoneySettings], minor: int, goods: bool
) -> None:
    order, settings = situation
    before = settings.model_copy(update={"stated_amounts": "before_tax", "stated_above_cap": "cap"})
    line, decimals = order["lines"][0], exponent(order["currency"])
    stated = orders.money(minor, decimals)
    item = {"line": line["id"], "quantity": 1 if goods else 0, "amount": stated}
    result = quote(order, {"items": [item], "shipping": "none"}, before)
    check(result)
    with_tax = quote(
        order, {"items": [item], "shipping": "none"}, settings.model_copy(update={"stated_above_cap": "cap"})
    )
    assert result.total_minor >= with_tax.total_minor
    if not any(part.kind == "cap" for part in result.parts):
        assert result.total_minor - sum(tax.minor for tax in result.taxes) == minor
    _, problems = attempt(
        order, {"items": [item], "shipping": "none"}, before.model_copy(update={"stated_above_cap": "refuse"})
    )
    if problems:
        most = problems[0].remedy.removeprefix("at most `").removesuffix("`")
        assert not attempt(order, {"items": [item | {"amount": most}]}, before)[1]


@given(situations())
def test_a_rate_is_rounded_where_the_settings_say(situation: tuple[Data, MoneySettings]) -> None:
    order, settings = situation
    order = order | {"duties": "0", "shipping_charged": "0", "shipping_discount": "0", "captured": None, "tenders": []}
    order["lines"] = [line | {"duty": "0", "taxes": [{"name": "VAT", "rate": "8.875%"}]} for line in order["lines"]]
    goods = [
        quote(order, {"items": [{"line": line["id"], "quantity": line["quantity"]}]}, settings)
        for line in order["lines"]
    ]
    nets = [sum(part.minor for part in result.parts if part.kind == "goods") for result in goods]
    taxes = [sum(part.minor for part in result.parts if part.kind == "tax") for result in goods]
    rate, half = Fraction("0.08875"), Fraction(1, 2)
    if settings.tax_rounding == "order":
        assert abs(sum(taxes) - sum(nets) * rate) <= half
    for line, net, tax in zip(order["lines"], nets, taxes, strict=True):
        if settings.tax_rounding == "line":
            assert abs(tax - net * rate) <= half
        elif settings.tax_rounding == "order":
            assert abs(tax - net * rate) < 2
        else:
            units = [net // line["quantity"] + (unit < net % line["quantity"]) for unit in range(line["quantity"])]
            assert tax == sum(int(unit * rate + half) for unit in units)


@given(st.data(), situations())
def test_the_taxes_of_all_refunds_of_an_order_are_the_taxes_it_was_charged(
    data: st.DataObject, situation: tuple[Data, MoneySettings]
) -> None:
    order, settings = situation
    settings = settings.model_copy(update={"shipping": "rest", "duties": "share"})
    order = order | {"captured": None, "tenders": [], "promotions": []}
    at_once = quote(order, all_of(order), settings)
    first = quote(order, data.draw(requests(order)), settings)
    after = first.booked()
    rest = quote(after, all_of(after), settings).taxes if all_of(after)["items"] else ()
    charged = sum(part.minor for part in paid(order, settings) if part.kind in ("tax", "shipping_tax"))
    on_top = [tax for tax in at_once.taxes if tax.kind != "included_tax"]
    assert sum(tax.minor for tax in on_top) == charged
    assert sum(tax.minor for tax in (*first.taxes, *rest)) == sum(tax.minor for tax in at_once.taxes)


@given(
    st.data(),
    situations(),
    st.sampled_from(["paid", "list"]),
    st.sampled_from(["settle", "even"]),
    st.integers(0, 20000),
)
def test_an_exchange_adds_up_and_can_be_worked_out_from_its_text(
    data: st.DataObject, situation: tuple[Data, MoneySettings], credit: str, difference: str, price: int
) -> None:
    order, settings = situation
    settings = settings.model_copy(
        update={"exchange_credit": credit, "exchange_difference": difference, "waiver": Decimal(5)}
    )
    wanted = {"id": "N", "unit_price": orders.money(price, exponent(order["currency"])), "taxes": [{"rate": "7%"}]}
    result = settle(order, data.draw(requests(order)) | {"new": [wanted]}, settings)
    assert (
        result.buyer_owes.minor - result.shop_owes.minor <= result.difference.minor - result.waived.minor
        or credit == "list"
    )
    assert not (result.buyer_owes.minor and result.shop_owes.minor)
    assert result.charge.minor == 0
    amounts = (
        result.credit,
        result.price,
        result.difference,
        result.waived,
        result.buyer_owes,
        result.shop_owes,
        *result.parts,
        *result.tenders,
    )
    for amount in amounts:
        assert recompute(amount.formula) == amount.amount, amount.formula


@given(st.data(), orders.orders("CNY"))
def test_an_order_in_a_currency_with_more_decimals_is_shared_in_the_same_way(data: st.DataObject, order: Data) -> None:
    """The same numbers of minor units, in yen, yuan and dinar: nothing depends on where the point stands."""
    assume(not any("amount" in tax for line in order["lines"] for tax in line["taxes"]))
    request = data.draw(requests(order))
    found = [[part.minor for part in quote(_scaled(order, currency), request).parts] for currency in orders.CURRENCIES]
    assert found[0] == found[1] == found[2]


def _scaled(order: Data, currency: str) -> Data:
    def scale(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {
                name: scale(item, name if value.get("by") != "quantity" or name != "tiers" else "")
                for name, item in value.items()
            }
        if isinstance(value, list):
            return [scale(item, key) for item in value]
        if key in (
            "unit_price",
            "discount",
            "duty",
            "duties",
            "amount",
            "off",
            "shipping_charged",
            "shipping_discount",
            "at_least",
        ):
            return orders.money(int(Decimal(value).scaleb(2)), exponent(currency))
        return value

    scaled: Data = scale(order)
    return scaled | {"currency": currency, "promotions": []}


ODD = st.sampled_from(
    [
        None,
        -1,
        0,
        1,
        10**20,
        "",
        "x",
        "NaN",
        "-0.01",
        "0.0001",
        "999999999",
        1.5,
        True,
        [],
        {},
        [{}],
        Decimal("Infinity"),
        Decimal("1E-9"),
    ]
)


def attempt(*arguments: Any) -> tuple[Quote | None, tuple[Problem, ...]]:
    try:
        return quote(*arguments), ()
    except CaseError as error:
        return None, error.problems


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in _places(item, (*path, key)))]


def _with(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    if isinstance(value, dict):
        return value | {path[0]: _with(value[path[0]], path[1:], odd)}
    return [_with(item, path[1:], odd) if at == path[0] else item for at, item in enumerate(value)]


@given(st.data(), situations(fees=True), ODD, ODD)
def test_whatever_is_given_is_a_quote_that_adds_up_or_a_refusal(
    data: st.DataObject, situation: tuple[Data, MoneySettings], one: Any, other: Any
) -> None:
    order, settings = situation
    earlier = [{"line": "L1", "quantity": 1, "amount": "1", "refunded": "1", "units": [1]}]
    given_: Any = [
        order | {"returns": data.draw(st.sampled_from([[], earlier])), "free_shipping": "over_threshold"},
        data.draw(requests(order)) | {"by_tender": [], "compensation": "1", "shipping": "share"},
        settings.model_dump(mode="json") | {"broken_free_shipping": "deduct"},
    ]
    for odd in (one, other):
        given_ = _with(given_, data.draw(st.sampled_from([place for place in _places(given_) if place])), odd)
    result, problems = attempt(*given_)
    assert (result is None) == bool(problems)
    assert all(problem.where.startswith(("order", "return", "settings")) for problem in problems)
    if result is not None:
        check(result)


# -- a life of partial returns --------------------------------------------------------------------------------------


class LifeOfAnOrder(RuleBasedStateMachine):
    """Returns in any number, size and order, fees off; in the end everything has come back."""

    order: QuoteOrder
    settings: MoneySettings

    @initialize(situation=situations())
    def paid(self, situation: tuple[Data, MoneySettings]) -> None:
        data, self.settings = situation
        self.order = QuoteOrder.model_validate(data)
        self.at_once = quote(self.order, all_of(self.order), self.settings)
        self.captured, self.refunded = self.at_once.maximum_minor, 0

    def left(self) -> Data:
        return all_of(self.order) if hasattr(self, "order") else {"items": []}

    def give(self, request: Data) -> None:
        result = quote(self.order, request, self.settings)
        check(result)
        self.order = result.booked()
        self.refunded += result.total_minor

    @precondition(lambda self: self.left()["items"])
    @rule(data=st.data())
    def some_come_back(self, data: st.DataObject) -> None:
        items = data.draw(
            st.lists(st.sampled_from(self.left()["items"]), min_size=1, max_size=2, unique_by=lambda item: item["line"])
        )
        self.give({"items": [item | {"quantity": data.draw(st.integers(1, item["quantity"]))} for item in items]})

    @precondition(lambda self: self.left()["items"])
    @rule(data=st.data())
    def chosen_units_come_back(self, data: st.DataObject) -> None:
        item = data.draw(st.sampled_from(self.left()["items"]))
        line = next(line for line in self.order.lines if line.id == item["line"])
        back = [entry for entry in self.order.returns if entry.line == line.id and entry.quantity]
        assume(all(entry.units for entry in back))
        gone = {unit for entry in back for unit in entry.units or ()}
        free = [unit for unit in range(1, line.quantity + 1) if unit not in gone]
        units = data.draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        self.give({"items": [item | {"quantity": len(units), "units": units}]})

    @precondition(lambda self: self.left()["items"])
    @rule(data=st.data())
    def money_is_given_without_goods(self, data: st.DataObject) -> None:
        decimals = exponent(self.order.currency)
        item = data.draw(st.sampled_from(self.left()["items"])) | {"quantity": 0}
        if data.draw(st.booleans()):
            item["units"] = [1]
        most = quote(
            self.order,
            {"items": [item | {"amount": "999999"}]},
            self.settings.model_copy(update={"stated_above_cap": "cap"}),
        )
        stated = data.draw(st.integers(0, most.total_minor))
        self.give({"items": [item | {"amount": orders.money(stated, decimals)}]})

    @rule()
    def a_dry_run_says_what_is_left(self) -> None:
        if self.left()["items"]:
            result = quote(self.order, self.left(), self.settings)
            assert self.refunded + result.total_minor == self.at_once.total_minor

    @invariant()
    def never_more_is_given_back_than_was_taken(self) -> None:
        if hasattr(self, "order"):
            assert self.refunded <= self.captured
            assert all(tender.refunded <= tender.captured for tender in self.order.tenders)

    def teardown(self) -> None:
        if not hasattr(self, "order"):
            return
        if self.left()["items"]:
            self.give(self.left())
        assert self.refunded == self.at_once.total_minor
        if self.at_once.total_minor == self.captured:
            assert all(tender.refunded == tender.captured for tender in self.order.tenders)


TestLifeOfAnOrder = LifeOfAnOrder.TestCase


@given(st.data(), situations())
def test_the_order_of_returns_does_not_change_the_grand_total(
    data: st.DataObject, situation: tuple[Data, MoneySettings]
) -> None:
    order, settings = situation
    pieces = [{"line": line["id"]} for line in order["lines"] for _ in range(line["quantity"])]
    totals = set()
    for returns in (pieces, data.draw(st.permutations(pieces))):
        current: Any = order
        total = 0
        for piece in returns:
            result = quote(current, {"items": [piece]}, settings)
            total += result.total_minor
            current = result.booked()
        totals.add(total)
    assert len(totals) == 1
