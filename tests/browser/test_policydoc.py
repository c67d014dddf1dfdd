"""A policy written out, in a real browser: on a phone and a desk, light and dark, printed, and with hostile texts."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from chromium import DESKTOP, PHONE, load, measure, printed
from hostile import HOSTILE

from refundrules import dump_policy, load_policy, render_policy
from refundrules.io.strict_yaml import read_yaml

LANGUAGES = ("zh", "en", "both")


@cache
def pages() -> dict[str, str]:
    policy = load_policy("cn-apparel-shop")
    return {language: render_policy(policy, language=language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def on_a_phone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return measure(tmp_path_factory.mktemp("phone"), pages())


def assert_legible(page: dict[str, Any], width: int) -> None:
    assert page["wide"] <= width
    assert page["beyond"] == page["clipped"] == page["overlapping"] == page["pale"] == []


def test_a_policy_is_legible_on_a_phone(on_a_phone: dict[str, Any]) -> None:
    for page in on_a_phone.values():
        assert_legible(page, PHONE)
        assert page["pictures"]
        assert page["smallest"] > 9


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_policy_is_legible_on_a_desk(dark: bool, tmp_path: Path) -> None:
    for page in measure(tmp_path, pages(), width=DESKTOP, dark=dark).values():
        assert_legible(page, DESKTOP)


def test_a_policy_can_be_heard(on_a_phone: dict[str, Any]) -> None:
    for page in on_a_phone.values():
        headings = page["headings"]
        assert headings[0] == 1
        assert headings.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(headings))
        assert page["landmarks"] == [1, 1, 1]
        assert page["unnamed"] == page["scopeless"] == 0
        assert len(set(page["ids"])) == len(page["ids"])


def test_a_policy_complains_of_nothing_and_prints(tmp_path: Path) -> None:
    place = tmp_path / "policy.html"
    place.write_text(pages()["both"], encoding="utf-8")
    assert load(place).console == []
    assert printed(place).startswith(b"%PDF-")


def test_a_script_in_any_text_of_a_pack_is_shown_and_never_run(tmp_path: Path) -> None:
    (data,), problems = read_yaml(dump_policy(load_policy("cn-apparel-shop")), "shop")
    assert not problems
    place = tmp_path / "hostile.json.yaml"
    spoilt = _spoilt({name: value for name, value in data.items() if name not in ("messages", "scripts")})
    place.write_text(json.dumps(spoilt, ensure_ascii=False, default=str), encoding="utf-8")
    policy = load_policy(place)
    made = {language: render_policy(policy, language=language) for language in LANGUAGES}
    for page in measure(tmp_path, made).values():
        assert page["ran"] == 0
        assert page["text"].count("<script>window.ran=1</script>") > 500
        assert page["wide"] <= PHONE


def _spoilt(value: Any) -> Any:
    """Return a pack's data with a hostile text in every title, reason and source."""
    hostile = HOSTILE.replace("{", "")
    if isinstance(value, dict) and set(value) == {"zh", "en"}:
        return {language: f"{text}{hostile}" for language, text in value.items()}
    if isinstance(value, dict):
        made = {key: _spoilt(item) for key, item in value.items()}
        return made | {key: made[key] + hostile for key in ("instrument", "url", "confidence") if key in made}
    return [_spoilt(item) for item in value] if isinstance(value, list) else value
