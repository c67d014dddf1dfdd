"""What a pack's files may hold: the models say all that the parts of a policy and the tables of texts have words for."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_pack import PACK

from refundrules import PackError, load_policy
from refundrules.policy.loading.sections import FloorItem, MessageItem, ScriptItem
from refundrules.policy.parts import Floor
from refundrules.policy.templates import KEYS


def complaints(tmp_path: Path, old: str, new: str) -> list[str]:
    assert old in PACK
    (tmp_path / "tiny.yaml").write_text(PACK.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_policy(tmp_path / "tiny.yaml")
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in caught.value.problems]


def test_a_guarantee_may_promise_what_a_floor_has() -> None:
    assert tuple(FloorItem.words()) == Floor._fields


def test_a_text_may_have_every_key_that_places_have() -> None:
    for model in (MessageItem, ScriptItem):
        assert set(KEYS) < set(model.words())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "    overrides: [TINY-4]",
            "    chapter: {zh: 尺码}\n    overrides: [TINY-4]",
            ["tiny.yaml:34: `chapter` is not a text in both languages (write {zh: …, en: …})"],
        ),
        (
            "rules:\n",
            "groups: {bad: {of: [claim.reason], values: [stain]}}\nrules:\n",
            [
                "tiny.yaml:17: `[claim.reason]` is not a fact with named values (did you mean `claim.reason`?)",
                "tiny.yaml:17: `bad` is declared but nothing reads it (use it or delete it)",
            ],
        ),
        (
            "rules:\n",
            "facts: {facts.size: {kind: enum, values: [38, 40], default: a}}\nrules:\n",
            [
                "tiny.yaml:17: `size` is declared but nothing reads it (use it or delete it)",
                "tiny.yaml:17: `values` is not a list of texts (put each in quotes)",
            ],
        ),
        (
            "rules:\n",
            "invariants:\n  - {id: I-1, monotone: {fact: {a: b}, buyer: never_worse}, because: {zh: 一, en: one}}\nrules:\n",
            ["tiny.yaml:18: `{a: b}` is not a fact with numbers"],
        ),
        (
            "    kind: cm\n",
            "    kind: cm\n    better: null\n",
            ["tiny.yaml:13: `better` is missing (one of `higher`, `lower`)"],
        ),
        (
            "  - id: TINY-2\n    cite: [S2]\n    when: {claim.reason: changed_mind}",
            "  - id: TINY-2\n    cite: []\n    colour: 1\n    when: {claim.resaon: changed_mind}",
            [
                "tiny.yaml:29: the rule cites nothing (add `cite: [SOURCE]`)",
                "tiny.yaml:31: unknown word `colour` in the rule (one of `id`, `cite`, `when`, `then`, `overrides`, `because`, `in_force`, `jurisdictions`, `chapter`)",
                "tiny.yaml:32: unknown fact `claim.resaon` (did you mean `claim.reason`?)",
            ],
        ),
    ],
)
def test_what_a_model_refuses_is_told_and_the_rest_of_the_entry_is_checked(
    tmp_path: Path, old: str, new: str, told: list[str]
) -> None:
    assert complaints(tmp_path, old, new) == told
