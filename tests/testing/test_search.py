"""A case that shows something is found from the tests' cases, one fact changed at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_pack import write_pack

from refundrules import Case, load_policy
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.testing.runner import read_pack_tests
from refundrules.testing.search import Distance, Searcher, SearchState, SearchTarget, facts_read_by

FAR = cn.Compare("claim.size_deviation_cm", "above", fm.Ref("tolerance"))
STAIN = cn.Is("claim.reason", ("stain",))
SIZE = cn.Is("claim.reason", ("size_deviation",))


@pytest.fixture
def searcher(tmp_path: Path) -> Searcher:
    pack = write_pack(tmp_path)
    policy = load_policy(pack)
    return Searcher(policy, read_pack_tests(pack, policy))


def target(searcher: Searcher, condition: cn.Condition) -> SearchTarget:
    distance = Distance(searcher.policy)
    return SearchTarget(
        lambda state: distance.to(condition, True, state),
        lambda looked: any(distance.to(condition, True, state) == 0 for state in looked.states),
        facts_read_by(searcher.policy, [condition]),
        lambda state: distance.blamed(condition, True, state),
    )


def stain(searcher: Searcher) -> SearchState:
    return next(base for base in searcher.bases if base.data["claims"][0]["reason"] == "stain")


def test_the_distance_is_the_number_of_comparisons_that_are_otherwise(searcher: Searcher) -> None:
    distance, (state,) = Distance(searcher.policy), stain(searcher).states
    assert distance.to(STAIN, True, state) == 0
    assert distance.to(cn.Not(STAIN), True, state) == 1
    assert distance.to(cn.All((SIZE, FAR)), True, state) == 2
    assert distance.to(cn.Any((SIZE, STAIN)), True, state) == 0
    assert distance.blamed(cn.All((SIZE, STAIN)), True, state) == {"claim.reason"}
    assert distance.blamed(FAR, True, state) == {"claim.size_deviation_cm", "tolerance"}


def test_a_case_is_found_that_two_changes_make(searcher: Searcher) -> None:
    wanted = cn.All((cn.Is("claim.insists", (True,)), cn.Is("claim.severity", ("minor",))))
    found = searcher.search(target(searcher, wanted))
    assert found is not None
    claim = Case.read(found.data).claims[0]
    assert (claim.insists, claim.severity) == (True, "minor")


def test_without_a_budget_nothing_is_found_and_what_is_there_is(searcher: Searcher) -> None:
    assert searcher.search(target(searcher, cn.Is("claim.insists", (True,))), budget=0) is None
    assert searcher.search(target(searcher, STAIN), budget=1) is not None


def test_what_no_case_can_be_is_not_found(searcher: Searcher) -> None:
    assert searcher.search(target(searcher, cn.All((STAIN, SIZE))), budget=50) is None


def test_facts_are_read_through_definitions_and_parameters_are_none(searcher: Searcher) -> None:
    assert facts_read_by(searcher.policy, [FAR], [fm.parse("claim.paid")]) == {"claim.size_deviation_cm", "claim.paid"}
