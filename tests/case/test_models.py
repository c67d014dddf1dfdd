"""The edges of reading a case: every mistake is a `CaseError` that names it, whatever it is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import shipped
import strategies
from hypothesis import given
from hypothesis import strategies as st
from strategies import Data

from refundrules import Case, CaseError, next_question

ENGINE = shipped.engine()

CASE: Data = {
    "id": "C1",
    "decided_at": "2026-06-20T12:00:00+08:00",
    "order": {
        "id": "O1",
        "status": "completed",
        "placed_at": "2026-06-10",
        "delivered_at": "2026-06-15",
        "completed_at": "2026-06-16",
        "lines": [{"id": "L1", "category": "apparel", "unit_price": "99.00"}],
    },
    "claims": [{"reason": "stain", "requested": "exchange", "severity": "major"}],
}


def put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of nested data with something put at a path, missing mappings made."""
    if not path:
        return value
    head, *rest = path
    if isinstance(head, int):
        return [put(item, tuple(rest), value) if at == head else item for at, item in enumerate(data)]
    return {**(data or {}), head: put((data or {}).get(head), tuple(rest), value)}


def problems(*path: Any, value: Any) -> list[str]:
    with pytest.raises(CaseError) as caught:
        ENGINE.decide(put(CASE, path, value))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("order", "shipping_cost"), "12.345", "order.shipping_cost"),
        (("order", "free_shipping_threshold"), "9" * 14, "order.free_shipping_threshold"),
        (("order", "ship_by"), "9999-12-31T23:59:59-14:00", "order.ship_by"),
        (("order", "deliver_by"), "0001-01-01T00:00:00+14:00", "order.deliver_by"),
        (("order", "delivered_at"), "0001-01-01T00:00:00+14:00", "order.delivered_at"),
        (("decided_at",), "9999-12-31T23:59:59-14:00", "decided_at"),
        (("claims", 0, "opened_at"), "0001-01-01T00:00:00+14:00", "claims[0].opened_at"),
        (("claims", 0, "quantity"), 10**5000, "claims[0].quantity"),
        (("customer",), 10**5000, "customer"),
        (("facts",), {"dangerous": 10**5000}, "facts.dangerous"),
        (("claims", 0, "demanded"), 10**5000, "claims[0].demanded"),
        (("claims", 0, "measurements"), [{"attribute": "a", "declared_cm": 10**5000, "actual_cm": 1}], "claims[0].measurements"),
        (("claims", 0, "measurements"), [{"attribute": "a", "declared_cm": Decimal("1E+999999"), "actual_cm": 1}], "claims[0].measurements"),
    ],
    ids=range(13),  # some numbers are too long to be written out
)  # fmt: skip
def test_what_is_beyond_all_bounds_is_a_problem_of_its_place(path: tuple[Any, ...], value: Any, named: str) -> None:
    assert any(problem.startswith(named) for problem in problems(*path, value=value))


@pytest.mark.parametrize("depth", [2_000, None])
def test_what_is_nested_without_end_is_a_problem_of_the_case(depth: int | None) -> None:
    inner: list[Any] = []
    for _ in range(depth or 0):
        inner = [inner]
    if depth is None:
        inner.append(inner)
    for ask in (Case.read, ENGINE.decide, lambda case: next_question(case, ENGINE)):
        with pytest.raises(CaseError, match=r"(?s).*(nested too deeply|is not)"):
            ask({"id": "C", "claims": inner})


def test_a_number_of_thousands_of_digits_is_named_as_one() -> None:
    with pytest.raises(CaseError, match="order: `a number of thousands of digits` is not a mapping of fields"):
        Case.read({"id": "C", "order": 10**5000, "claims": [10**5000], "language": 10**5000})


def test_tenders_that_do_not_add_up_to_what_was_captured_are_a_problem() -> None:
    assert problems("order", "tenders", value=[{"kind": "card", "captured": "1.00"}])


def test_a_deviation_a_hair_above_the_tolerance_is_above_it() -> None:
    measured = [{"attribute": "chest", "declared_cm": "100", "actual_cm": "96.9996"}]
    case = put(put(CASE, ("claims", 0, "measurements"), measured), ("claims", 0, "reason"), "size_deviation")
    with pytest.raises(CaseError, match=r"claims\[0\]\.measurements"):  # refused: never rounded away
        ENGINE.decide(case)


def test_a_deviation_a_thousandth_above_the_tolerance_is_above_it() -> None:
    measured = [{"attribute": "chest", "declared_cm": "100", "actual_cm": "96.999"}]
    case = put(put(CASE, ("claims", 0, "measurements"), measured), ("claims", 0, "reason"), "size_deviation")
    assert ENGINE.decide(case).claims[0].issue_class == "quality"


JUNK = st.sampled_from(
    [
        None, True, False, 0, -1, 1.5, float("nan"), float("inf"), "", "x", " ", "１２", "NaN", "Infinity", "-0", "1e5",
        "12.345", "0.0000001", "1_000", "+1", "١٢", 10**30, -(10**30), 2**63, "9" * 40, 10**4000, "2026-02-30",
        "2026-06-20T25:00:00", "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
        "2026-W25-6", "20260620", "2026-06-20T12:00:00+99:99", "2026-06-20T12", [], {}, [[]], [None], [{}],
        {"a": {"b": [1]}}, {1: 2}, {None: 1}, b"bytes", (1, 2), {1, 2}, "\ud800", "\x00", "a" * 5000, Decimal("NaN"),
        Decimal("sNaN"), Decimal("Infinity"), Decimal("1E+999999"), Decimal("1E-999999"), date.min, date.max,
        datetime.max.replace(tzinfo=UTC), object(), "L1", "cn", "__class__",
    ]
)  # fmt: skip
FIELDS = (
    ("id",), ("decided_at",), ("language",), ("facts",), ("facts", "dangerous"), ("facts", "nonsense"), ("order",),
    ("order", "currency"), ("order", "jurisdiction"), ("order", "status"), ("order", "placed_at"), ("order", "paid_at"),
    ("order", "ship_by"), ("order", "shipped_at"), ("order", "deliver_by"), ("order", "delivered_at"),
    ("order", "completed_at"), ("order", "shipping_charged"), ("order", "shipping_cost"), ("order", "free_shipping"),
    ("order", "free_shipping_threshold"), ("order", "discount"), ("order", "captured"), ("order", "refunded"),
    ("order", "tenders"), ("order", "lines"), ("order", "lines", 0), ("order", "lines", 0, "quantity"),
    ("order", "lines", 0, "unit_price"), ("order", "lines", 0, "discount"), ("order", "lines", 0, "promotional"),
    ("order", "lines", 0, "warranty_until"), ("order", "lines", 0, "colour"), ("claims",), ("claims", 0),
    ("claims", 0, "line"), ("claims", 0, "quantity"), ("claims", 0, "reason"), ("claims", 0, "measurements"),
    ("claims", 0, "requested"), ("claims", 0, "opened_at"), ("claims", 0, "declined_offers"), ("claims", 0, "insists"),
    ("claims", 0, "demanded"), ("claims", 0, "assessed_loss"), ("claims", 0, "rightful_price"), ("claims", 0, "goods"),
    ("claims", 0, "goods", "worn_days"), ("claims", 0, "tests"), ("claims", 0, "freight", "return_quote"),
    ("claims", 0, "replacement_price"), ("claims", 0, "return_received_at"), ("shop",), ("shop", "listed_carriers"),
    ("customer", "orders"), ("nonsense",),
)  # fmt: skip


@strategies.examples(100)
@given(strategies.cases(), st.sampled_from(FIELDS), JUNK)
def test_a_corrupted_field_is_an_error_that_names_it_or_a_decision(
    case: Data, path: tuple[Any, ...], junk: Any
) -> None:
    refusal = None
    try:
        assert ENGINE.decide(put(case, path, junk)).to_json()
    except CaseError as error:
        refusal = str(error)
    named = [step for step in path if isinstance(step, str)][-1].removesuffix("s")
    assert refusal is None or named in refusal


def test_a_length_may_be_a_float_as_it_was_written() -> None:
    measured = [{"attribute": "chest", "declared_cm": 100, "actual_cm": 96.9}]
    case = put(put(CASE, ("claims", 0, "measurements"), measured), ("claims", 0, "reason"), "size_deviation")
    assert ENGINE.decide(case).claims[0].issue_class == "quality"
