"""Two decisions of one case side by side: only what differs."""

from __future__ import annotations

from hostile import decided

from refundrules.explain.compare import beside_lines, differences
from refundrules.text.columns import width

YES, NO = decided("size-4cm-off"), decided("one-day-too-late")


def test_a_decision_does_not_differ_from_itself() -> None:
    assert differences(YES, YES) == {}
    before, after, _, end = beside_lines(YES, YES)
    assert (before.removeprefix("before"), end) == (after.replace("after ", "", 1), "nothing changes")


def test_each_path_that_differs_has_both_values() -> None:
    found = differences(YES, NO)
    assert found["outcome"] == (YES.outcome, NO.outcome)
    assert found["claims[0].outcome"] == (YES.claims[0].outcome, NO.claims[0].outcome)
    assert not {"case", "policy.id", "engine.version", "language"} & set(found)
    assert {path: (after, before) for path, (before, after) in found.items()} == differences(NO, YES)


def test_what_only_one_has_is_none_in_the_other() -> None:
    found = differences(YES, NO)
    assert found["claims[0].refund.parts[0].amount"] == ("99.00", None)
    assert differences(NO, YES)["claims[0].refund.parts[0].amount"] == (None, "99.00")


def test_no_line_is_wider_than_its_columns_and_the_outcome_of_the_only_claim_is_told_once() -> None:
    lines = list(beside_lines(YES, NO, 70))
    assert all(width(line) <= 70 for line in lines[lines.index("") :])
    assert sum(line.startswith("outcome ") for line in lines) == 1
