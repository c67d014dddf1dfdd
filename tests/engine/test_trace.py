"""A trace holds what was read, which rules held and why, and what they came to."""

from __future__ import annotations

from typing import Any

import pytest
import strategies
from tiny_pack import WHOLE, case_text

from refundrules import Engine
from refundrules.io.strict_yaml import read_yaml

ENGINE = Engine(strategies.load_text(WHOLE), matcher="compiled")


def trace(reason: str, actual: int | None = None) -> Any:
    (case,), _ = read_yaml(case_text(reason=reason), "x")
    if actual is not None:
        case["claims"][0]["measurements"] = [{"attribute": "chest", "declared_cm": 100, "actual_cm": actual}]
    return ENGINE.decide(case).trace["claims"][0]


def by(items: list[Any], name: str) -> dict[str, Any]:
    return {item[name]: item for item in items}


@pytest.mark.parametrize(("actual", "truth", "outcome"), [(96, True, "approve"), (97, False, "decline")])
def test_a_rule_that_could_speak_is_shown_with_its_comparisons(actual: int, truth: bool, outcome: str) -> None:
    found = trace("size_deviation", actual)
    assert found["outcome"] == outcome
    rules = by(found["rules"], "rule")
    assert ("TINY-3" in rules) == truth  # one that could not speak is no candidate
    if truth:
        leaves = by(rules["TINY-3"]["when"]["all"], "name")
        assert [leaves[name]["truth"] for name in ("claim.reason", "claim.size_deviation_cm")] == [True, True]
        assert by(found["facts"], "fact")["claim.size_deviation_cm"]["kind"] == "cm"
        assert by(found["parameters"], "parameter")["tolerance"]["value"] == 3


def test_a_question_names_who_stands_and_who_is_silenced() -> None:
    questions = by(trace("size_deviation", 96)["questions"], "question")
    verdicts = {item["rule"]: item["verdict"] for item in questions["outcome"]["rules"]}
    assert verdicts == {"TINY-3": "stands", "TINY-4": "silenced"}


def test_money_is_told_part_by_part() -> None:
    (part,) = trace("stain")["money"]
    assert (part["kind"], part["amount"], part["rule"]) == ("goods", "99.00", "TINY-1")


def test_an_open_claim_shows_what_each_completion_comes_to() -> None:
    found = trace("size_deviation")
    assert found["review"] is None
    assert found["completion"]["missing"]
    assert trace("stain")["completion"] is None
