"""The first look at changes: which may give what is wanted, from facts alone."""

from __future__ import annotations

from typing import Any

import pytest
import strategies
from points import work_of
from tiny_pack import WHOLE, case_text

from refundrules import Engine
from refundrules.explain.targets import CounterfactualGoal
from refundrules.explain.what_if.candidates import CandidateSearch, PastBound, is_number, with_value
from refundrules.io.strict_yaml import read_yaml

POLICY = strategies.load_text(WHOLE)


def survey(bound: int = 1000) -> CandidateSearch:
    (data,), _ = read_yaml(case_text(reason="size_deviation"), "x")
    data["claims"][0]["measurements"] = [{"attribute": "chest", "declared_cm": 100, "actual_cm": 96}]
    work = work_of(POLICY, data)
    work.decide()
    decision = Engine(POLICY, matcher="compiled").decide(data)
    return CandidateSearch(work, CounterfactualGoal(None, decision.claims[0]), bound)


def place_of(made: CandidateSearch, name: str) -> int:
    return next(at for at, lever in enumerate(made.levers) if lever.fact.name == name)


@pytest.mark.parametrize(("value", "may"), [(3000, True), (4500, False)])
def test_a_value_that_gives_something_else_may_meet_the_goal(value: int, may: bool) -> None:
    made = survey()
    assert made.may_be_met(((place_of(made, "claim.size_deviation_cm"), value),)) is may


def test_of_one_fact_every_lever_is_a_start() -> None:
    made = survey()
    assert list(made.starts(1)) == [((), at) for at in range(len(made.levers))]


def test_a_lever_has_its_classes_beside_others() -> None:
    made = survey()
    assert list(made.options(place_of(made, "claim.size_deviation_cm"), ())) == [(0, 3000)]


def test_past_the_bound_it_stops() -> None:
    made = survey(bound=0)
    place = place_of(made, "claim.size_deviation_cm")
    with pytest.raises(PastBound):
        any(made.may_be_met(((place, value),)) for value in range(3500, 4500, 100))


def test_a_change_holds_its_levers_in_order() -> None:
    assert with_value(((1, "a"), (3, "b")), 2, "c") == ((1, "a"), (2, "c"), (3, "b"))


@pytest.mark.parametrize(("value", "found"), [(3, True), (True, False), ("3", False), (None, False)])
def test_truths_and_words_are_no_numbers(value: Any, found: bool) -> None:
    assert is_number(value) is found
