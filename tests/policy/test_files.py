"""Packs are found by name or place, and read with those they extend before them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_pack import PACK, write_pack

from refundrules.policy.loading.files import PackReader, pack_names, shipped_packs


def problems(place: Path) -> list[str]:
    reader = PackReader()
    reader.read(place, ())
    return [problem.what for problem in reader.problems]


def test_shipped_packs_are_found_by_their_names() -> None:
    assert pack_names() == ["cn-apparel-shop", "cn-consumer-law", "cn-platform"]
    assert PackReader().find("cn-platform", None) == shipped_packs() / "cn-platform"


def test_what_is_extended_comes_first_and_once() -> None:
    reader = PackReader()
    reader.read(shipped_packs() / "cn-apparel-shop", ())
    assert [pack.name for pack in reader.packs] == ["cn-consumer-law", "cn-platform", "cn-apparel-shop"]
    assert reader.problems == []


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("cn-platfrom", "did you mean `cn-platform`?"),
        ("zzz", "shipped packs: `cn-apparel-shop`, `cn-consumer-law`, `cn-platform`"),
    ],
)
def test_a_name_that_is_none_is_a_problem_with_a_way_out(name: str, remedy: str) -> None:
    reader = PackReader()
    assert reader.find(name, None) is None
    assert [problem.remedy for problem in reader.problems] == [remedy]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("rules: []\n", "has no `pack:`"),
        (f"{PACK}---\npack: other\n", "names `pack:` more than once"),
        (f"{PACK}---\n- 3\n", "is not a mapping of sections"),
        (PACK.replace("pack: tiny", "pack: other"), "`other` is not the folder's name"),
        (PACK.replace("version:", "extends: tiny\nversion:"), "`extends` is not a list of pack names"),
        (PACK.replace("version:", "extends: [zzz]\nversion:"), "there is no pack `zzz`"),
    ],
)
def test_what_is_no_pack_says_why(text: str, what: str, tmp_path: Path) -> None:
    assert what in problems(write_pack(tmp_path, pack=text))


def test_a_folder_without_a_pack_is_told_from_a_name_without_one(tmp_path: Path) -> None:
    reader = PackReader()
    reader.find(str(tmp_path), None)
    assert [problem.what for problem in reader.problems] == [f"the folder `{tmp_path}` has no pack.yaml"]
