"""What a comparison of two policies does not look at is named."""

from __future__ import annotations

import pytest
import strategies
from tiny_pack import WHOLE

from refundrules.analysis.diff.unseen import differences


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("value: 3,", "value: 4,", ([], False)),  # counts by what rules come to
        ("a stain is refunded", "stains are refunded", ([], True)),
        (
            "cite: [S2]\n    when: {claim.reason: changed_mind}",
            "cite: [S1, S2]\n    when: {claim.reason: changed_mind}",
            ([], True),
        ),
        ("language: en", "language: zh", ([], False)),  # told as it is
        ("version: 1.0.0", "version: 2.0.0", ([], False)),
        ("currency: CNY\n", "currency: CNY\nmoney: {remainder: down}\n", (["money.remainder"], False)),
    ],
)
def test_each_field_is_compared_or_named(old: str, new: str, found: tuple[list[str], bool]) -> None:
    text = WHOLE.replace(old, new)
    assert text != WHOLE
    assert differences(strategies.load_text(WHOLE), strategies.load_text(text)) == found


def test_what_only_one_has_is_named_once() -> None:
    promise = "guarantees:\n  - id: PROMISE\n    cite: [S1]\n    when: {claim.reason: stain}\n    must: {not_declined: true}\n    because: {zh: 承诺, en: a promise}\ninstructions:\n"
    text = WHOLE.replace("instructions:\n", promise, 1)
    assert differences(strategies.load_text(WHOLE), strategies.load_text(text))[0] == ["guarantees.PROMISE"]
