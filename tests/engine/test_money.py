"""The money of decisions: the same ledger, history, fees, limits and tenders as a quote's."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import money_pack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from orders import CURRENCIES, orders, settings, total_of
from orders import money as amount_of

from refundrules import Case, CaseError, Decision, Engine, EngineError, PackError, booked
from refundrules.case.claim_amounts import ClaimsMoney
from refundrules.money import quote
from refundrules.money.currency import exponent
from refundrules.money.formula_text import recompute
from refundrules.money.settings import DEFAULTS, MoneySettings

Data = dict[str, Any]
Make = Callable[..., Engine]
D = Decimal


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Return what makes an engine of the small pack with some money settings."""
    made: dict[str, Engine] = {}

    def engine(currency: str = "CNY", **money: Any) -> Engine:
        key = f"{currency} {sorted(money.items())}"
        if key not in made:
            made[key] = money_pack.engine(tmp_path_factory.mktemp("pack"), money, currency)
        return made[key]

    return engine


def parts(decision: Decision, claim: int = 0) -> list[tuple[str, str | None, str]]:
    refund = decision.claims[claim].refund
    assert refund is not None
    return [(part.kind, part.name, str(part.amount)) for part in refund.parts]


def total(decision: Decision) -> Decimal:
    return decision.refund.total


def errors(run: Callable[[], object]) -> list[str]:
    with pytest.raises((CaseError, PackError)) as caught:
        run()
    return str(caught.value).splitlines()


TWO = [{"id": "A", "quantity": 3, "unit_price": "10.00"}, {"id": "B", "unit_price": "5.00"}]


# -- laws ---------------------------------------------------------------------------------------------------------


def as_case(order: Data, claims: list[Data], **more: Any) -> Data:
    """Return a case of a random order of `orders.py`."""
    order = {key: value for key, value in order.items() if key not in ("id", "lines")}
    return money_pack.case(more.pop("lines"), claims, **order, **more)


@given(st.data())
def test_the_short_way_shares_as_the_ledger_does(data: st.DataObject) -> None:
    prices = st.sampled_from(["0", "0.01", "9.99", "33.33", "100.00"])
    lines = [
        {"id": name, "quantity": data.draw(st.integers(1, 5)), "unit_price": data.draw(prices)} for name in ("A", "B")
    ]
    value = sum(D(line["unit_price"]) * line["quantity"] for line in lines)
    discount = data.draw(st.decimals(0, value, places=2))
    claims = [{"line": line["id"], "quantity": data.draw(st.integers(1, line["quantity"]))} for line in lines]
    given_case = Case.read(money_pack.case(lines, claims, discount=str(discount), shipping_charged="7.01"))
    from zoneinfo import ZoneInfo

    from refundrules.case.claim_context import ClaimContext
    from refundrules.case.order_context import OrderContext

    whole = OrderContext(given_case, ZoneInfo("Asia/Shanghai"), "CNY")
    assert whole.plain_claims is not None
    money = ClaimsMoney(given_case, DEFAULTS, "CNY")
    for index in range(2):
        scene = ClaimContext(whole, index, [])
        assert scene.paid == money.amount("paid", index).minor
        assert scene.shipping_share == money.amount("shipping_share", index).minor
        for name in ("paid", "shipping_share", "exchange_credit"):
            assert recompute(scene.formula(name)) * 100 == money.amount(name, index).minor
    assert (whole.captured, whole.goods_paid) == (money.ledger.total, sum(money.ledger.goods))


@given(st.data())
def test_returning_piece_by_piece_gives_what_returning_at_once_gives(make: Make, data: st.DataObject) -> None:
    currency = data.draw(st.sampled_from(["CNY", "JPY", "KWD"]))
    settings = {
        "shipping": data.draw(st.sampled_from(["share", "with_last"])),
        "remainder": data.draw(st.sampled_from(["largest", "first", "down", "half_up", "of_the_rest"])),
        "tender_order": data.draw(st.sampled_from(["pro_rata", "card_first", "gift_card_first"])),
    }
    engine, order = make(currency, **settings), data.draw(orders(currency))
    order.pop("returns", None)
    lines = [{"category": "apparel", **line} for line in order["lines"]]
    everything = [{"line": line["id"], "quantity": line["quantity"]} for line in lines]
    at_once = engine.decide(as_case(order, everything, lines=lines))
    left = {line["id"]: line["quantity"] for line in lines}
    returned = D(0)
    now = Case.read(as_case(order, everything[:1], lines=lines)).order
    while left:
        name = data.draw(st.sampled_from(sorted(left)))
        count = data.draw(st.integers(1, left[name]))
        given_case = Case.read(
            {"id": "C1", "decided_at": "2026-06-10", "order": now.model_dump(exclude_unset=True)}
            | {
                "claims": [
                    {"reason": "changed_mind", "line": name, "quantity": count, "requested": "return_and_refund"}
                ]
            }
        )
        decision = engine.decide(given_case)
        check_sums(decision)
        returned += total(decision)
        now = booked(given_case, decision)
        left[name] -= count
        if not left[name]:
            del left[name]
    assert returned == total(at_once)
    for tender in now.tenders:
        assert tender.refunded <= tender.captured


def paid_by(data: st.DataObject, order: Data, money: MoneySettings) -> list[Data]:
    """Draw the tenders that an order was paid with in full."""
    whole, decimals = total_of(order, money), exponent(order["currency"])
    kinds = data.draw(st.lists(st.sampled_from(["card", "gift_card", "points", "voucher"]), min_size=1, max_size=3))
    cuts = sorted(data.draw(st.integers(0, whole)) for _ in kinds[1:])
    shares = [high - low for low, high in zip([0, *cuts], [*cuts, whole], strict=True)]
    return [{"kind": kind, "captured": amount_of(minor, decimals)} for kind, minor in zip(kinds, shares, strict=True)]


@given(st.data())
def test_an_order_is_decided_and_booked_again_and_again_and_never_gives_more_than_it_took(
    make: Make, data: st.DataObject
) -> None:
    money = data.draw(settings())
    currency = data.draw(st.sampled_from(CURRENCIES))
    given_settings = money.model_dump(mode="json", exclude_defaults=True)
    engine, order = make(currency, **given_settings), data.draw(orders(currency))
    order["tenders"] = paid_by(data, order, money)
    captured = sum(D(tender["captured"]) for tender in order["tenders"])
    left, returned = {line["id"]: line["quantity"] for line in order["lines"]}, D(0)
    now = Case.read(as_case(order, [{"line": order["lines"][0]["id"]}], lines=order["lines"])).order
    while left:
        names = data.draw(st.lists(st.sampled_from(sorted(left)), min_size=1, unique=True))
        counts = {name: data.draw(st.integers(1, left[name])) for name in names}
        claims = [
            {"reason": "changed_mind", "line": name, "quantity": count, "requested": "return_and_refund"}
            for name, count in counts.items()
        ]
        given_case = {"id": "C1", "decided_at": "2026-06-10", "order": now.model_dump(exclude_unset=True)}
        read = Case.read(given_case | {"claims": claims})
        decision = engine.decide(read)
        check_sums(decision)
        assert total(decision) <= (decision.refund.maximum or 0)
        assert decision.refund.maximum == captured - returned
        returned, now = returned + total(decision), booked(read, decision)
        assert all(tender.refunded <= tender.captured for tender in now.tenders)
        left = {name: left[name] - counts.get(name, 0) for name in left if left[name] > counts.get(name, 0)}
    assert returned <= captured


def check_sums(decision: Decision) -> None:
    """Hold that everything in a decision adds up and can be worked out again from the texts of its trace."""
    for claim, traced in zip(decision.claims, decision.trace["claims"], strict=True):
        if claim.refund is not None:
            assert sum((part.amount for part in claim.refund.parts), D(0)) == claim.refund.total
        for fact in traced["facts"]:
            if "formula" in fact:
                assert recompute(fact["formula"]) == D(fact["value"]), fact
        for step in traced["money"]:
            if "filled_in" in step:
                assert abs(recompute(step["filled_in"]) - D(step["amount"])) <= D("0.5"), step
    if decision.refund.by_tender:
        assert sum(tender.amount for tender in decision.refund.by_tender) == total(decision)


# -- composition and history ---------------------------------------------------------------------------------------


def test_taxes_on_top_and_duties_come_back_with_the_goods(make: Make) -> None:
    line = {"id": "A", "quantity": 2, "unit_price": "10.00", "taxes": [{"name": "VAT", "rate": "19%"}], "duty": "1.00"}
    decision = make().decide(money_pack.case([line], [{}]))
    assert parts(decision) == [("goods", None, "12.40")]
    check_sums(decision)


def test_the_last_unit_takes_what_is_left(make: Make) -> None:
    line = {"id": "A", "quantity": 3, "unit_price": "10.00"}
    returns = [{"line": "A", "quantity": 1, "amount": "3.33"}, {"line": "A", "quantity": 1, "amount": "3.33"}]
    decision = make().decide(money_pack.case([line], [{}], discount="20.00", returns=returns))
    assert total(decision) == D("3.34")


def test_money_given_for_a_line_before_lowers_what_its_units_can_bring(make: Make) -> None:
    returns = [{"line": "A", "quantity": 0, "refunded": "4.00"}]
    decision = make().decide(money_pack.case([{"id": "A", "unit_price": "10.00"}], [{}], returns=returns))
    assert parts(decision) == [("goods", None, "10.00"), ("cap", "line", "-4.00")]
    assert "less what was refunded" in decision.to_dict(trace=False)["claims"][0]["refund"]["parts"][1]["why"]


def test_units_that_came_back_cannot_come_back_again(make: Make) -> None:
    wrong = money_pack.case(TWO, [{"line": "A", "quantity": 2}], returns=[{"line": "A", "quantity": 2}])
    assert errors(lambda: make().decide(wrong)) == [
        "claims[0].quantity: `2` is more than is left of line `A` (1 of 3) (at most `1`)"
    ]


def test_tenders_tell_what_was_given_back_where_the_order_does_not(make: Make) -> None:
    tenders = [{"kind": "card", "captured": "10.00", "refunded": "4.00"}]
    for more in ({}, {"refunded": "4.00"}, {"duties": "0.00", "shipping_discount": "0.00"}):
        decision = make().decide(money_pack.case([{"id": "A", "unit_price": "10.00"}], [{}], tenders=tenders, **more))
        assert (total(decision), decision.refund.maximum) == (D("6.00"), D("6.00"))


@pytest.mark.parametrize("more", [{}, {"duties": "1.00"}])
def test_a_claim_without_a_line_is_told_so_whatever_its_quantity(make: Make, more: Data) -> None:
    wrong = money_pack.case(
        [{"id": "A", "unit_price": "1.00"}, {"id": "B", "unit_price": "1.00"}], [{"quantity": 9}], **more
    )
    assert errors(lambda: make().decide(wrong)) == [
        "claims[0].line: is missing, and the order has several lines (one of `A`, `B`)"
    ]


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ({"discount": "10.01"}, "order.discount: `10.01` is above the value of its lines"),
        ({"refunded": "10.01"}, "order.refunded: `10.01` is above what was captured (`10.00`) (correct either amount)"),
        (
            {"tenders": [{"kind": "card", "captured": "9.00"}]},
            "order.tenders: add up to 9.00, but 10.00 was captured (make them agree)",
        ),
        (
            {"shipping_cost": "0.001"},
            "order.shipping_cost: `0.001` has more decimals than the currency (2) (round it to the currency's minor unit)",
        ),
    ],
)
def test_what_is_wrong_with_a_plain_order_is_told_in_the_ledgers_words(make: Make, order: Data, problem: str) -> None:
    wrong = money_pack.case([{"id": "A", "unit_price": "10.00"}], [{}], **order)
    assert errors(lambda: make().decide(wrong)) == [problem]


def test_chosen_units_are_told_apart(make: Make) -> None:
    line = {"id": "A", "quantity": 3, "unit_price": "3.34"}
    decision = make().decide(money_pack.case([line], [{"units": [3], "line": "A"}], discount="0.02"))
    assert total(decision) == D("3.33")
    again = money_pack.case([line], [{"units": [3], "line": "A"}], returns=[{"line": "A", "quantity": 1, "units": [3]}])
    assert errors(lambda: make().decide(again)) == [
        "claims[0].units: unit `3` of line `A` came back before (name another)"
    ]


def test_a_quote_and_a_decision_say_the_same(make: Make) -> None:
    order = {
        "currency": "CNY", "discount": "7.00", "shipping_charged": "6.00",
        "lines": [{"id": "A", "quantity": 3, "unit_price": "10.00", "taxes": [{"rate": "7%"}]}, {"id": "B", "unit_price": "5.00"}],
        "returns": [{"line": "A", "quantity": 1}],
    }  # fmt: skip
    result = quote(order, {"items": [{"line": "A", "quantity": 2}, {"line": "B"}]}, {"shipping": "share"})
    claims = [{"line": "A", "quantity": 2}, {"line": "B"}]
    rest = {key: value for key, value in order.items() if key not in ("lines", "currency")}
    assert total(make(shipping="share").decide(money_pack.case(order["lines"], claims, **rest))) == result.total  # type: ignore[arg-type]


# -- fees ----------------------------------------------------------------------------------------------------------


def test_every_fee_of_the_settings_is_a_part_of_its_own(make: Make) -> None:
    engine = make(
        restocking={"percent": "10%", "flat": "1.00"}, conditions={"worn": "80%"}, handling="0.50",
        use={"per_day": "1%", "free_days": 5},
    )  # fmt: skip
    claim = {
        "condition": "worn", "goods": {"worn_days": 8}, "missing_gifts": [{"disclosed_price": "2.00"}],
        "freight": {"label": "3.00"},
    }  # fmt: skip
    decision = engine.decide(money_pack.case([{"id": "A", "unit_price": "100.00"}], [claim]))
    assert parts(decision) == [
        ("goods", None, "100.00"), ("fee", "condition", "-20.00"), ("fee", "gift", "-2.00"), ("fee", "handling", "-0.50"),
        ("fee", "label", "-3.00"), ("fee", "restocking", "-11.00"), ("fee", "use", "-3.00"),
    ]  # fmt: skip
    check_sums(decision)
    assert "restocking fee" in str(decision)


def test_a_flat_fee_once_a_return_is_shared_over_its_claims(make: Make) -> None:
    engine = make(restocking={"flat": "1.00", "per": "return"})
    decision = engine.decide(money_pack.case(TWO, [{"line": "A", "quantity": 3}, {"line": "B"}]))
    fees = [part for claim in (0, 1) for part in parts(decision, claim) if part[0] == "fee"]
    assert fees == [("fee", "restocking", "-0.86"), ("fee", "restocking", "-0.14")]


def test_fees_never_make_a_refund_negative(make: Make) -> None:
    decision = make(handling="20.00").decide(money_pack.case([{"id": "A", "unit_price": "10.00"}], [{}]))
    assert parts(decision)[-1] == ("cap", "floor", "10.00")
    assert total(decision) == 0


def test_an_unknown_grade_is_refused_with_the_nearest(make: Make) -> None:
    wrong = money_pack.case([{"id": "A", "unit_price": "10.00"}], [{"condition": "wron"}])
    assert errors(lambda: make(conditions={"worn": "80%"}).decide(wrong)) == [
        "claims[0].condition: `wron` is not a condition of the settings (did you mean `worn`?)"
    ]


PROMOTED = {"promotions": [{"id": "P", "amount": "6.00", "tiers": [{"at_least": "30.00", "off": "6.00"}]}]}


def test_a_broken_promotion_is_worked_out_over_all_claims(make: Make) -> None:
    engine = make(broken_promotion="recompute")
    claims = [{"line": "A", "quantity": 1}, {"line": "B"}]
    decision = engine.decide(money_pack.case(TWO, claims, **PROMOTED))
    as_quote = {"currency": "CNY", "lines": TWO, **PROMOTED}
    expected = quote(as_quote, {"items": claims}, {"broken_promotion": "recompute"})
    assert total(decision) == expected.total
    assert any(name == "promotion" for claim in (0, 1) for _, name, _ in parts(decision, claim))
    sellers = engine.decide(money_pack.case(TWO, [{"line": "A", "reason": "stain"}], **PROMOTED))
    assert [name for _, name, _ in parts(sellers)] == [None]


def test_a_kept_promotion_takes_nothing(make: Make) -> None:
    decision = make().decide(money_pack.case(TWO, [{"line": "A"}], **PROMOTED))
    assert [kind for kind, _, _ in parts(decision)] == ["goods"]


# -- tenders -------------------------------------------------------------------------------------------------------

SPLIT = [{"kind": "card", "captured": "25.00"}, {"kind": "points", "captured": "10.00", "points": 1000}]


def back(decision: Decision) -> list[tuple[str, str, str | None, int | None]]:
    return [(tender.kind, str(tender.amount), tender.to, tender.points) for tender in decision.refund.by_tender]


def test_points_come_back_in_kind_and_the_order_of_tenders_is_a_setting(make: Make) -> None:
    given_case = money_pack.case(TWO, [{"line": "A"}], tenders=SPLIT)
    assert back(make().decide(given_case)) == [("card", "7.14", "original", None), ("points", "2.86", "original", 286)]
    assert back(make(tender_order="gift_card_first").decide(given_case)) == [
        ("card", "0.00", "original", None), ("points", "10.00", "original", 1000),
    ]  # fmt: skip


def test_no_other_channel_without_consent(make: Make) -> None:
    closed = [{"kind": "card", "captured": "35.00", "closed": True}]
    given_case = money_pack.case(TWO, [{"line": "A"}], tenders=closed)
    decision = make().decide(given_case)
    assert back(decision) == [("card", "10.00", None, None)]
    assert errors(lambda: booked(given_case, decision)) == [
        "order.tenders[0]: nothing can be sent to this `card` (get the buyer's consent)"
    ]
    agreed = make().decide(money_pack.case(TWO, [{"line": "A"}], tenders=closed, other_means_agreed=True))
    assert back(agreed) == [("card", "10.00", "store_credit", None)]
    found = errors(lambda: make().decide(money_pack.case(TWO, [{"line": "A"}], refund_to="store_credit")))
    assert found[0].startswith("order.refund_to: `store_credit` is another means than the original one (write")


def test_a_ruling_above_what_may_be_given_back_is_refused_with_the_maximum(make: Make) -> None:
    decision = make().decide(money_pack.case(TWO, [{"line": "A"}], refunded="5.00"))
    assert decision.refund.maximum == D("30.00")
    ruling = {"by": "Li", "at": decision.decided_at, "reason": "goodwill", "outcome": "approve"}
    once = decision.with_ruling(**ruling, refund="20.00")  # type: ignore[arg-type]
    assert errors(lambda: once.with_ruling(**ruling, refund="10.01")) == [  # type: ignore[arg-type]
        "ruling.refund: `10.01` is above what may still be given back (at most `10.00`)"
    ]
    assert once.with_ruling(**ruling, refund="10.00").rulings[1].refund == D("10.00")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "more",
    [
        {"shipping_charged": "6.00", "shipping_discount": "6.00"},
        {"promotions": [{"id": "P", "amount": "6.00"}], "shipping_charged": "6.00"},
        {"duties": "5.00", "discount": "5.00"},
    ],
)
def test_tenders_that_add_up_to_more_than_plain_lines_need_no_captured(make: Make, more: Data) -> None:
    given_case = money_pack.case(TWO, [{"line": "A"}], tenders=SPLIT, **more)
    decision = make().decide(given_case)
    assert decision.refund.maximum == D("35.00")
    again = {**given_case, "order": booked(given_case, decision).model_dump(exclude_unset=True)}
    assert make().decide(again).refund.maximum == D("35.00") - total(decision)
    short = [SPLIT[0], {"kind": "points", "captured": "9.99"}]
    assert errors(lambda: make().decide(money_pack.case(TWO, [{"line": "A"}], tenders=short, **more))) == [
        "order.tenders: add up to 34.99, but 35.00 was captured (make them agree)"
    ]


def test_what_goes_wrong_inside_is_told_as_a_bug_of_ours_with_the_case(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> object:
        raise KeyError("x")

    given_case = money_pack.case(TWO, [{"line": "A"}])
    monkeypatch.setattr(Engine, "works", gone)
    with pytest.raises(EngineError) as caught:
        make().decide(given_case)
    assert str(caught.value) == "deciding case `C1` ended in KeyError: 'x'; please report this"
    assert isinstance(caught.value.__cause__, KeyError)


# -- exchanges and extras -------------------------------------------------------------------------------------------


def exchange(engine: Engine, **claim: Any) -> tuple[str, str]:
    line = {"id": "A", "unit_price": "100.00", "discount": "20.00"}
    decision = engine.decide(money_pack.case([line], [{"requested": "exchange", **claim}]))
    found = decision.claims[0].exchange
    assert found is not None
    return str(found.price_difference), str(found.buyer_pays)


def test_an_exchange_counts_what_was_paid_or_the_list_price(make: Make) -> None:
    assert exchange(make(), replacement_price="90.00") == ("10.00", "10.00")
    assert exchange(make(exchange_credit="list"), replacement_price="110.00") == ("10.00", "10.00")
    assert exchange(make(waiver="10"), replacement_price="90.00") == ("10.00", "0.00")
    assert exchange(make(waiver="8", waiver_above="excess"), replacement_price="90.00") == ("10.00", "2.00")
    assert exchange(make(exchange_difference="even"), replacement_price="190.00") == ("110.00", "0.00")
    assert exchange(make(), replacement_price="70.00") == ("-10.00", "0.00")


def test_several_goods_may_be_chosen_instead(make: Make) -> None:
    new = [
        {"id": "N1", "unit_price": "40.00", "quantity": 2},
        {"id": "N2", "unit_price": "10.00", "taxes": [{"rate": "10%"}]},
    ]
    assert exchange(make(), replacements=new) == ("11.00", "11.00")
    wrong = money_pack.case([{"id": "A", "unit_price": "9"}], [{"replacements": new, "replacement_price": "1"}])
    assert errors(lambda: make().decide(wrong)) == [
        "claims[0].replacements: is given beside `replacement_price` (give one of them)"
    ]


def test_price_protection_is_beside_the_refund(make: Make) -> None:
    decision = make().decide(money_pack.case([{"id": "A", "unit_price": "9.00"}], [{"demanded": "2.00"}]))
    assert [(extra.kind, str(extra.amount)) for extra in decision.claims[0].extras] == [("price_protection", "2.00")]
    assert total(decision) == D("9.00")


# -- what a pack and a case may not say -----------------------------------------------------------------------------


def test_wrong_settings_are_named_with_their_line(tmp_path: Path) -> None:
    wrong = {"remainder": "larges", "handling": "1.001", "restocking": {"percent": "120%"}, "typo": 1}
    found = errors(lambda: money_pack.engine(tmp_path, wrong))
    assert [line.partition(": ")[2] for line in found] == [
        "`money.remainder` `larges` is not one of its values (did you mean `largest`?)",
        '`money.restocking.percent` `120%` is above the whole (write it like "15%", "0.15" or "1/3")',
        "`money.typo` unknown field `typo` (known fields: "
        + ", ".join(f"`{name}`" for name in MoneySettings.model_fields)
        + ")",
    ]
    assert all(line.partition(":")[2].partition(":")[0].isdigit() for line in found)
    assert errors(lambda: money_pack.engine(tmp_path, {"handling": "1.001"}))[0].endswith(
        "`money.handling` `1.001` has more decimals than the currency (2) (round it to the currency's minor unit)"
    )


@pytest.mark.parametrize(
    ("order", "claim", "message"),
    [
        ({"returns": [{"line": "X", "quantity": 1}]}, {}, "order.returns[0].line: `X` is not a line of the order"),
        ({"shipping_discount": "1"}, {}, "order.shipping_discount: `1` is above what was charged for shipping"),
        ({"tenders": [{"kind": "card", "captured": "35", "currency": "EUR"}]}, {}, "order.tenders[0].currency: `EUR` is not"),
        ({"returns": [{"line": "A", "quantity": 1}], "refunded": "1"}, {}, "order.refunded: `1.00` is below what its returns"),
        ({"returns": [{"line": "A", "quantity": 1, "refunded": "99"}]}, {}, "order.refunded: `99.00` is above what was"),
        ({"duties": "0.001"}, {}, "order.duties: `0.001` has more decimals"),
        ({}, {"freight": {"label": "1.001"}}, "claims[0].freight.label: `1.001` has more decimals"),
        ({}, {"units": [4]}, "claims[0].units: `[4]` are not units of line `A`"),
        ({}, {"used_from": "2026-06-05", "used_until": "2026-06-01"}, "claims[0].used_until: `2026-06-01` is before"),
    ],
)  # fmt: skip
def test_bad_money_is_refused_with_its_place(make: Make, order: Data, claim: Data, message: str) -> None:
    engine = make(use={"per_day": "1%"}) if "used_from" in claim else make()
    found = errors(lambda: engine.decide(money_pack.case(TWO, [{"line": "A", **claim}], **order)))
    assert any(line.startswith(message) for line in found), found
