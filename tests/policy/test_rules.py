"""What rules, guarantees and invariants say is checked: questions, answers, keys, exceptions."""

from __future__ import annotations

import pytest
from slips import said_of

APPROVE = "outcome: approve\n      resolution: refund_only"
GUARANTEE = "guarantees:\n  - {id: PROMISE, cite: [S1], when: {claim.reason: stain}, must: {%s}, because: {zh: 诺, en: promise}}\ninstructions:\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (APPROVE, APPROVE.replace("approve", "aprove"), "did you mean `approve`?"),
        (APPROVE, APPROVE.replace("outcome", "otucome"), "did you mean `outcome`?"),
        (APPROVE, APPROVE.replace("approve", "true"), "`true`"),
        ("parts: {goods: claim.paid}", "parts: {good: claim.paid}", "did you mean `goods`?"),
        ("parts: {goods: claim.paid}", "parts: claim.paid", "`parts`"),
        ("overrides: [TINY-4]", "overrides: [TINY-9]", "`TINY-9`"),
        ("overrides: [TINY-4]", "overrides: [TINY-3]", "TINY-3"),
        ("instructions: [ask_photo]", "instructions: [ask_video]", "`ask_video`"),
        ("- id: TINY-2", "- id: TINY-1", "`TINY-1` is defined twice"),
        ("- id: TINY-2", "- id: tiny 2", "`tiny 2` is not a name for a rule"),
        ("instructions:\n  ask", GUARANTEE % "refund_at_least: tolerance" + "  ask", "tolerance"),
        ("instructions:\n  ask", GUARANTEE % "outcome: approve" + "  ask", "unknown word `outcome` in `must`"),
    ],
)
def test_a_slip_in_what_is_said_is_named(old: str, new: str, said: str) -> None:
    assert said in said_of(old, new)
