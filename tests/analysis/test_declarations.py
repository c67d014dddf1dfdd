"""Values nobody has looked at for long, and what no decision turns on."""

from __future__ import annotations

from datetime import date

import pytest
import strategies
from tiny_pack import WHOLE

from refundrules.analysis.check.declarations import stale, unread
from refundrules.analysis.scope import scopes

DATED = WHOLE.replace(
    "values: [{from: beginning, value: 3, cite: [S1], verified: false}]",
    "values: [{from: beginning, value: 2, cite: [S1], verified: 2020-01-01}, {from: 2026-01-01, value: 3, cite: [S1], verified: 2026-01-01}]",
)
FACT = "facts:\n  facts.gift: {kind: bool, question: {zh: 问, en: asked}}\n"


@pytest.mark.parametrize(
    ("today", "most", "ids"),
    [
        (date(2026, 3, 1), 30, ["stale:tolerance:2026-01-01"]),
        (date(2026, 1, 31), 30, []),
        (date(2026, 3, 1), None, []),
        (date(2025, 6, 1), 30, ["stale:tolerance:beginning"]),
    ],
)
def test_a_value_in_force_now_or_later_is_stale_after_so_many_days(
    today: date, most: int | None, ids: list[str]
) -> None:
    assert [item.id for item in stale(strategies.load_text(DATED), today, most)] == ids


def test_a_fact_of_the_pack_on_which_nothing_turns_is_found() -> None:
    read = WHOLE.replace("rules:\n", f"{FACT}rules:\n", 1).replace(
        "when: {claim.reason: stain}", "when: {claim.reason: stain, any: [{facts.gift: true}, {facts.gift: false}]}"
    )
    policy = strategies.load_text(read)
    assert [item.id for item in unread(policy, list(scopes(policy)))] == ["unread:facts.gift"]
    turning = strategies.load_text(read.replace("any: [{facts.gift: true}, {facts.gift: false}]", "facts.gift: true"))
    assert list(unread(turning, list(scopes(turning)))) == []
