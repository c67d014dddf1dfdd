"""Going through conditions, and conditions with a part changed."""

from __future__ import annotations

import pytest

from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.walk import (
    all_leaves,
    changed,
    closure,
    fold,
    leaf_places,
    leaves,
    places,
    reads,
    transform,
)

A, B = cn.Is("a", (True,)), cn.Is("b", ("x", "y"))
MORE = cn.Compare("n", "above", fm.parse("m + limit"))
WHOLE = cn.All((A, cn.Not(cn.Any((B, MORE)))))


def test_every_part_is_walked_from_the_outside_in() -> None:
    assert [path for path, _ in places(WHOLE)] == [(), (0,), (1,), (1, 0), (1, 0, 0), (1, 0, 1)]
    assert list(leaves(WHOLE)) == [A, B, MORE]
    assert dict(leaf_places(WHOLE)) == {(0,): A, (1, 0, 0): B, (1, 0, 1): MORE}


def test_every_name_that_is_read_is_told_and_a_word_reads_nothing() -> None:
    assert list(reads(WHOLE, fm.parse("k"), "word", None)) == ["a", "b", "n", "m", "limit", "k"]


def test_definitions_are_followed_to_the_end() -> None:
    defined = {"a": cn.Is("c", (True,)), "c": MORE, "m": fm.parse("k + 1")}.get
    assert closure(["a"], defined) == {"a", "c", "n", "m", "limit", "k"}
    assert list(all_leaves(A, defined)) == [MORE]


def test_a_fold_is_told_where_negations_cancel_out() -> None:
    seen: list[tuple[str, bool]] = []
    text = fold(
        cn.Not(WHOLE),
        lambda leaf, positive: seen.append((leaf.name, positive)) or leaf.name,
        lambda kind, parts: f"{kind.__name__}({' '.join(parts)})",
        lambda part: f"-{part}",
    )
    assert text == "-All(a -Any(b n))"
    assert seen == [("a", False), ("b", True), ("n", True)]


def test_every_comparison_is_changed_in_its_place() -> None:
    assert transform(WHOLE, lambda leaf, _: A) == cn.All((A, cn.Not(cn.Any((A, A)))))
    assert transform(WHOLE, lambda leaf, _: leaf) == WHOLE


@pytest.mark.parametrize(
    ("path", "part", "found"),
    [
        ((), None, cn.ALWAYS),
        ((), A, A),
        ((0,), B, cn.All((B, WHOLE.parts[1]))),
        ((0,), None, cn.All((WHOLE.parts[1],))),
        ((1, 0, 1), None, cn.All((A, cn.Not(cn.Any((B,)))))),
        ((1, 0), A, cn.All((A, cn.Not(A)))),
    ],
)
def test_a_part_is_replaced_or_left_out(path: tuple[int, ...], part: cn.Condition | None, found: cn.Condition) -> None:
    assert changed(WHOLE, path, part) == found
