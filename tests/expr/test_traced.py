"""What of a traced condition decided it, and what would make it otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from refundrules.expr.traced import causes, leaves_of, names_in, unmet


def is_(name: str, truth: bool | None) -> dict[str, Any]:
    return {"name": name, "wanted": [True], "truth": truth}


def all_(*parts: dict[str, Any], truth: bool | None) -> dict[str, Any]:
    return {"all": list(parts), "truth": truth}


def any_(*parts: dict[str, Any], truth: bool | None) -> dict[str, Any]:
    return {"any": list(parts), "truth": truth}


YES, NO, ALSO_NO, OPEN = is_("yes", True), is_("no", False), is_("also_no", False), is_("open", None)


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        (all_(YES, NO, ALSO_NO, truth=False), ["no"]),
        (all_(YES, is_("too", True), truth=True), ["yes", "too"]),
        (any_(NO, YES, is_("too", True), truth=True), ["yes"]),
        (any_(NO, ALSO_NO, truth=False), ["no", "also_no"]),
        ({"not": all_(YES, NO, truth=False), "truth": True}, ["no"]),
        ({**is_("defined", True), "means": any_(NO, YES, truth=True)}, ["yes"]),
        (all_(YES, OPEN, truth=None), ["open"]),
    ],
)
def test_one_part_decides_where_one_is_enough(condition: dict[str, Any], names: list[str]) -> None:
    assert [leaf["name"] for leaf in causes(condition)] == names


def test_a_comparison_reads_both_its_sides() -> None:
    assert list(names_in({"name": "claim.paid", "than": "order.goods_paid + limit"})) == [
        "claim.paid",
        "order.goods_paid",
        "limit",
    ]
    assert list(names_in(YES)) == ["yes"]


@pytest.mark.parametrize(
    ("condition", "goal", "found"),
    [
        (YES, True, None),
        (NO, True, {**NO, "goal": True}),
        (all_(YES, NO, ALSO_NO, truth=False), True, {"all": [{**NO, "goal": True}, {**ALSO_NO, "goal": True}]}),
        (all_(YES, NO, truth=False), True, {**NO, "goal": True}),
        (any_(NO, ALSO_NO, truth=False), True, {"any": [{**NO, "goal": True}, {**ALSO_NO, "goal": True}]}),
        (any_(YES, NO, truth=True), False, {**YES, "goal": False}),
        ({"not": NO, "truth": True}, False, {**NO, "goal": True}),
    ],
)
def test_what_is_wanting_is_what_would_have_to_become_so(condition: Any, goal: bool, found: Any) -> None:
    assert unmet(condition, goal) == found


def test_of_a_definition_what_it_means_is_wanting() -> None:
    found = unmet({**is_("defined", False), "means": all_(YES, NO, truth=False)})
    assert found is not None
    assert [leaf["name"] for leaf in leaves_of(found)] == ["no"]
    assert list(leaves_of(None)) == []
