"""What conditions and formulas of a pack read is checked: names, words, operators, kinds."""

from __future__ import annotations

import pytest
from slips import said_of

PART = "parts: {goods: claim.paid}"
STAIN = "when: {claim.reason: stain}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (STAIN, "when: {claim.raeson: stain}", "did you mean `claim.reason`?"),
        (STAIN, "when: {claim.reason: stian}", "did you mean `stain`?"),
        (STAIN, "when: {claim.reason: stain, claim.insists: 3}", "`3` is not a value of `claim.insists`"),
        (STAIN, "when: {claim.reason: stain, claim.paid: 3}", "claim.paid"),
        (STAIN, "when: {claim.reason: stain, known: claim.raeson}", "did you mean `claim.reason`?"),
        ("{above: tolerance}", "{over: tolerance}", "`over`"),
        ("{above: tolerance}", "{above: tolerence}", "did you mean `tolerance`?"),
        ("{above: tolerance}", "{above: claim.paid}", "claim.paid"),
        (PART, "parts: {goods: claim.paid * claim.paid}", "`money` cannot be multiplied by `money`"),
        (PART, "parts: {goods: claim.paid + tolerance}", "claim.paid + tolerance"),
        (PART, "parts: {goods: claim.paid * 2}", "holds the bare number 2 (name it as a parameter)"),
        (PART, "parts: {goods: 'claim.paid +'}", "claim.paid +"),
        (PART, "parts: {goods: tolerance}", "is cm, not money"),
    ],
)
def test_a_slip_in_what_is_read_is_named(old: str, new: str, said: str) -> None:
    assert said in said_of(old, new)
