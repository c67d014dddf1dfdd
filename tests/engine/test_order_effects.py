"""Claims of one case that hang together: what one is decided as depends on what another sends back."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import shipped
from hypothesis import given
from hypothesis import strategies as st

from refundrules import CaseError

Data = dict[str, Any]
ENGINE = shipped.engine()
CORE = ("outcome", "issue_class", "fault", "resolution", "return_required")


def case(prices: list[int], threshold: int | None, cost: int | None, labels: list[bool | None]) -> Data:
    """Return an order whose first lines are sent back for a change of mind, their labels intact or not."""
    order: Data = {
        "id": "O1",
        "status": "completed",
        "placed_at": "2026-06-01",
        "delivered_at": "2026-06-05",
        "completed_at": "2026-06-06",
        "free_shipping": "over_threshold",
        "free_shipping_threshold": threshold,
        "shipping_cost": cost,
        "lines": [
            {"id": f"L{at}", "category": "apparel", "unit_price": price} for at, price in enumerate(prices, 1)
        ],
    }  # fmt: skip
    claims = [
        {
            "line": f"L{at}",
            "reason": "changed_mind",
            "requested": "return_and_refund",
            "goods": {"received": True, "labels_intact": intact, "soiled": False, "resalable": True},
        }
        for at, intact in enumerate(labels, 1)
    ]
    return {"id": "C1", "decided_at": "2026-06-10T12:00:00+08:00", "order": order, "claims": claims}


def claims(given: Data) -> list[Data]:
    found: list[Data] = ENGINE.decide(given).to_dict(trace=False)["claims"]
    return found


def core(claim: Data) -> Data:
    found = {name: claim[name] for name in CORE}
    refund = claim["refund"] and claim["refund"]["total"]
    return found | {"total": refund, "payer": claim["freight"]["return"]["payer"]}


def path(of: int, claim: int) -> str:
    return "claim.goods.labels_intact" if of == claim else f"claims.{of}.goods.labels_intact"


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[int], int, int, list[bool | None]]:
    prices = draw(st.lists(st.integers(1, 60), min_size=2, max_size=5))
    labels = draw(st.lists(st.sampled_from([True, False, None, None]), min_size=2, max_size=min(3, len(prices))))
    return prices, draw(st.integers(0, sum(prices) + 20)), draw(st.integers(0, 20)), labels


@given(orders())
def test_a_claim_is_open_just_where_what_another_sends_back_changes_its_core(
    order: tuple[list[int], int, int, list[bool | None]],
) -> None:
    prices, threshold, cost, labels = order
    open_ = [at for at, intact in enumerate(labels) if intact is None]
    whole: dict[tuple[bool, ...], list[Data]] = {}
    for fill in product((True, False), repeat=len(open_)):
        filled = list(labels)
        for at, intact in zip(open_, fill, strict=True):
            filled[at] = intact
        whole[fill] = [core(claim) for claim in claims(case(prices, threshold, cost, filled))]
    for claim, found in enumerate(claims(case(prices, threshold, cost, labels))):
        cores = [filled[claim] for filled in whole.values()]
        shown = core(found)
        outcome = cores[0]["outcome"] if all(one == cores[0] for one in cores) else "needs_information"
        assert found["outcome"] == outcome
        for name in shown.keys() - {"outcome"}:
            values = {one[name] for one in cores}
            assert shown[name] == (values.pop() if len(values) == 1 else None)
        assert {item["fact"] for item in found["missing"]} == {
            path(at, claim) for place, at in enumerate(open_)
            if any(one[claim] != whole[(*fill[:place], not fill[place], *fill[place + 1:])][claim] for fill, one in whole.items())
        }  # fmt: skip


def test_what_another_claim_may_send_back_matters_only_where_it_breaks_the_threshold() -> None:
    first, second = claims(case([50, 50, 50, 50], 90, 12, [None, True]))
    assert (first["outcome"], [item["fact"] for item in first["missing"]]) == (
        "needs_information",
        ["claim.goods.labels_intact"],
    )
    assert (second["outcome"], second["refund"]["total"], second["missing"]) == ("approve", "50.00", [])


def test_what_is_the_same_whatever_another_claim_sends_back_is_shown() -> None:
    second = claims(case([50, 50, 50, 50], 120, 12, [None, True]))[1]
    assert core(second) == {
        "outcome": "needs_information",
        "issue_class": "non_quality",
        "fault": "none",
        "resolution": "return_and_refund",
        "return_required": True,
        "total": None,
        "payer": "buyer",
    }
    assert [item["fact"] for item in second["missing"]] == ["claims.0.goods.labels_intact"]


def test_a_cost_that_only_a_broken_threshold_needs_is_asked_beside_what_may_break_it() -> None:
    second = claims(case([50, 50, 50, 50], 120, None, [None, True]))[1]
    assert {item["fact"] for item in second["missing"]} == {"order.shipping_cost", "claims.0.goods.labels_intact"}


# -- what concerns the order as a whole ---------------------------------------------------------------------------


def with_claim(claim: Data, **order: Any) -> Data:
    given = case([99], None, None, [True])
    given["order"] |= {"free_shipping": "none", "shipped_at": "2026-06-02T09:00:00+08:00"} | order
    return given | {"claims": [claim, *given["claims"]]}


LATE = {"reason": "late_shipment", "requested": "compensation"}


@pytest.mark.parametrize("taxes", [{}, {"line": {"taxes": [{"rate": "0.13", "included": False}]}}])
@pytest.mark.parametrize("late_first", [True, False])
def test_a_late_dispatch_takes_up_no_unit_of_its_line(late_first: bool, taxes: Data) -> None:
    given = with_claim(LATE, ship_by="2026-06-01T21:00:00+08:00")
    given["order"]["lines"][0] |= taxes.get("line", {})
    alone = claims(given | {"claims": given["claims"][1:]})[0]
    found = claims(given | {"claims": given["claims"][:: 1 if late_first else -1]})
    late, back = found if late_first else reversed(found)
    assert [(item["kind"], item["amount"]) for item in late["extras"]] == [("penalty", "3.00")]
    assert core(back) == core(alone)


def test_shipping_charged_by_mistake_comes_back_once() -> None:
    fee = {"line": "L1", "reason": "shipping_fee_charged", "requested": "price_adjustment"}
    stained = {"reason": "stain", "severity": "major", "requested": "return_and_refund"}
    given = with_claim(fee, free_shipping="unconditional", shipping_charged="10.00")
    given["claims"] = [stained, fee]
    assert str(ENGINE.decide(given).refund.total) == "109.00"


def test_what_concerns_the_order_is_claimed_once() -> None:
    given = with_claim(LATE)
    given["claims"].insert(0, LATE)
    with pytest.raises(CaseError) as error:
        ENGINE.decide(given)
    assert str(error.value) == (
        "claims[1].reason: `late_shipment` concerns the whole order, and claims[0] reports it (leave one of them out)"
    )
