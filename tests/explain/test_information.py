"""Which question tells most: the one after which the fewest are left."""

from __future__ import annotations

import pytest

from refundrules.engine.completion import Fork, Leaf, Node
from refundrules.explain.next_question.information import ExpectedQuestions


def leaf(core: str) -> Leaf:
    return Leaf((core,), None)  # type: ignore[arg-type]


A, B, C = leaf("a"), leaf("b"), leaf("c")


def both(fact: int, yes: Node, no: Node) -> Fork:
    return Fork(fact, ((True, yes), (False, no)))


def test_what_settles_it_is_asked_before_what_leaves_more_to_ask() -> None:
    # Fact 1 matters only when fact 2 is true; fact 2 settles the other half at once.
    diagram = both(1, both(2, A, C), both(2, B, C))
    assert ExpectedQuestions(diagram, [1, 2]).best([1, 2]) == 2


def test_of_two_that_tell_alike_the_earlier_is_asked() -> None:
    diagram = both(1, both(2, A, B), both(2, B, A))
    assert ExpectedQuestions(diagram, [1, 2]).best([2, 1]) == 1


def test_a_question_that_tells_nothing_is_asked_last() -> None:
    assert ExpectedQuestions(both(2, A, B), [1, 2]).best([1, 2]) == 2


@pytest.mark.parametrize(("choices", "left"), [([1, 2], 0.75), ([2], 0.5)])
def test_every_choice_counts_and_of_a_number_the_classes_that_differ(choices: list[int], left: float) -> None:
    # Three of the four values of fact 1 leave fact 2 to be asked, one settles it; as classes it is one of two.
    same = both(2, A, B)
    told = ExpectedQuestions(Fork(1, ((0, same), (1, same), (2, same), (3, C))), choices)
    assert told._left_after(1, (0, 1, 2, 3)) == left


def test_completions_of_one_core_are_one() -> None:
    assert ExpectedQuestions(both(1, leaf("a"), leaf("a")), [1]).root.branches == ()
