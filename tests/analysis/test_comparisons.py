"""Comparisons that are always the same where they are read."""

from __future__ import annotations

import pytest
import strategies
from tiny_pack import WHOLE

from refundrules.analysis.check.comparisons import comparisons, text_of
from refundrules.analysis.scope import scopes
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm


def found(when: str) -> list[str]:
    policy = strategies.load_text(WHOLE.replace("{claim.reason: stain}", when, 1))
    return [item.id for item in comparisons(list(scopes(policy)))]


@pytest.mark.parametrize(
    ("when", "ids"),
    [
        ("{claim.reason: stain}", []),
        ("{claim.reason: stain, claim.quantity: {at_least: 0}}", ["always-true:TINY-1:claim.quantity at_least 0"]),
        (
            "{claim.reason: stain, any: [{claim.reason: fading}, {claim.severity: minor}]}",
            ["always-false:TINY-1:claim.reason: fading"],
        ),
    ],
)
def test_what_is_the_same_in_every_case_is_found(when: str, ids: list[str]) -> None:
    assert found(when) == ids


@pytest.mark.parametrize(
    ("leaf", "text"),
    [
        (cn.Compare("claim.paid", "above", fm.Ref("limit")), "claim.paid above limit"),
        (cn.Is("claim.reason", ("stain", "fading")), "claim.reason: [stain, fading]"),
        (cn.Is("claim.insists", (True,)), "claim.insists: true"),
    ],
)
def test_a_comparison_is_told_as_a_pack_writes_it(leaf: cn.Condition, text: str) -> None:
    assert text_of(leaf) == text
