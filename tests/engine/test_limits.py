"""What limits cut of a refund, and which limit is said to."""

from __future__ import annotations

import pytest

from refundrules.engine.limits import FLOOR, LINE_CAP, ORDER_CAP, Limits, cut_to, cuts, of_goods

GOODS, SHIPPING, FEE = ("goods", 900, None), ("shipping", 300, None), ("fee.restocking", -200, None)


@pytest.mark.parametrize(("total", "limit", "cut"), [(5, 7, 0), (7, 7, 0), (8, 7, -1), (-1, 7, 1), (0, 0, 0)])
def test_a_sum_is_cut_to_its_limit_and_lifted_to_zero(total: int, limit: int, cut: int) -> None:
    assert cut_to(total, limit) == cut


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (Limits(1000, 700), []),
        (Limits(1000, 699), [(LINE_CAP, -1, None)]),
        (Limits(999, 700), [(ORDER_CAP, -1, None)]),
        (Limits(900, 650), [(LINE_CAP, -50, None), (ORDER_CAP, -50, None)]),
    ],
)
def test_the_goods_are_cut_before_the_whole(limits: Limits, found: list[object]) -> None:
    assert cuts([GOODS, SHIPPING, FEE], 1000, limits) == found


def test_deductions_never_make_a_refund_negative() -> None:
    assert cuts([FEE], -200, Limits(1000, 1000)) == [(FLOOR, 200, None)]


def test_fees_are_off_the_goods_and_shipping_is_not() -> None:
    assert [of_goods(key) for key in ("goods", "fee", "fee.use", "shipping", "compensation")] == [
        True,
        True,
        True,
        False,
        False,
    ]
