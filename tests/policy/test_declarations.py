"""What a pack declares is checked: parameters with their values and sources, facts, money."""

from __future__ import annotations

import pytest
from slips import said_of

FACT = "facts:\n  facts.gift: {%s}\nrules:\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cite: [S1], verified", "cite: [S9], verified", "`S9` is not"),
        ("kind: cm", "kind: m", "`kind` `m` is not one of its values"),
        ("value: 3,", "value: three,", "`three`"),
        ("value: 3,", "value: 3.0001,", "3.0001"),
        ("from: beginning", "from: soon", "`soon`"),
        ("currency: CNY\n", "currency: CNY\nmoney: {remainder: up}\n", "`up`"),
        ("rules:\n", FACT % "kind: enum, question: {zh: 问, en: asked}", "`values`"),
        ("rules:\n", FACT % "kind: bool, default: 3, question: {zh: 问, en: asked}", "`3`"),
        (
            "ask_photo: {zh: 请买家拍照, en: ask for a photo}",
            "Ask photo: {zh: 请买家拍照, en: ask for a photo}",
            "`Ask photo` is not a name",
        ),
    ],
)
def test_a_slip_in_what_is_declared_is_named(old: str, new: str, said: str) -> None:
    assert said in said_of(old, new)
