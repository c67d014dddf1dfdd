"""What an open claim may still become: the classes of its unknown facts, and which of them decide."""

from __future__ import annotations

from typing import Any

import pytest
import strategies
from points import work_of
from tiny_pack import WHOLE, case_text

from refundrules.engine.completion import Bounded, Completion, Fork, Leaf, corners, cuts, deciding, differ
from refundrules.io.strict_yaml import read_yaml

SIZE = read_yaml(case_text(reason="size_deviation"), "x")[0][0]


def leaf(core: str) -> Leaf:
    return Leaf((core,), None)  # type: ignore[arg-type]


@pytest.mark.parametrize("turn", [1, 2, 5, 8, 9])
def test_a_comparison_is_cut_where_it_changes(turn: int) -> None:
    assert list(cuts(lambda value: value >= turn, 9)) == [turn]
    assert list(cuts(lambda value: value < turn, 9)) == [turn]


def test_a_comparison_that_never_changes_has_no_cut() -> None:
    assert list(cuts(lambda value: value > 9, 9)) == []


def test_the_first_three_numbers_are_put_at_both_their_ends() -> None:
    found = list(corners([4, 7, 8, 9]))
    assert len(found) == len(set(found)) == 8
    assert {at for ends in found for at, _ in ends} == {4, 7, 8}
    assert list(corners([])) == [()]


def test_a_fact_decides_where_two_completions_that_differ_only_in_it_differ() -> None:
    yes, no = leaf("yes"), leaf("no")
    below = Fork(2, ((True, yes), (False, no)))
    assert deciding(Fork(1, ((True, yes), (False, below)))) == [1, 2]
    assert deciding(Fork(1, ((True, below), (False, below)))) == [2]
    assert deciding(yes) == []


def test_nodes_are_compared_where_a_fact_has_one_value_in_both() -> None:
    yes, no = leaf("yes"), leaf("no")
    one = Fork(1, ((True, yes), (False, no)))
    other = Fork(1, ((True, leaf("yes")), (False, leaf("no"))))
    assert not differ(one, other)
    assert differ(one, Fork(1, ((True, no), (False, yes))))
    assert differ(one, yes)


def completion(**options: Any) -> Completion:
    work = work_of(strategies.load_text(WHOLE), SIZE)
    work.decide()
    finding = work.findings[0]

    def resolve(facts: list[Any]) -> Any:
        return work._resolve(finding.plan, facts, finding.known, finding.candidates)

    return Completion(finding.plan, resolve, finding.first, finding.facts, **options)


def test_a_number_has_a_class_on_each_side_of_what_it_is_compared_with() -> None:
    found = completion()
    fact = next(at for at, item in enumerate(found.plan.ruleset.facts) if item.name == "claim.size_deviation_cm")
    low, under, over, high = found.classes(fact)
    assert (low, under, over) == (0, 3000, 3001)
    assert high > over
    assert {core[0] for core in found.cores()} == {"approve", "decline"}
    assert deciding(found.root) == [fact]


def test_more_completions_than_the_bound_are_not_worked_out() -> None:
    assert completion(bound=4).count == 4
    with pytest.raises(Bounded):
        completion(bound=3)


def test_the_first_result_that_is_enough_ends_it() -> None:
    with pytest.raises(Bounded):
        completion(until=lambda result: result.outcome == "approve")
