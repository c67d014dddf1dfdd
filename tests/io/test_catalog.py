"""The files of words are read strictly, a section at a time, and a wrong one says where."""

from __future__ import annotations

import pytest

from refundrules.errors import EngineError
from refundrules.io import catalog
from refundrules.io.catalog import FOLDER, alternatives, entries, has, languages, say


def test_an_entry_goes_by_its_path_however_its_parts_are_nested() -> None:
    text = "part:\n  fee: fee\n  fee.label: label\nunit:\n  days: {one: day, other: days}\n"
    assert entries(text, "x.yaml") == {
        "part.fee": "fee", "part.fee.label": "label", "unit.days.one": "day", "unit.days.other": "days"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a:\n  b: 1\n", "x.yaml: `a.b` is not a text (put it in quotes)"),
        ("a:\n  b:\n", "x.yaml: `a.b` is not a text (put it in quotes)"),
        ("a:\n  b: c\n  b: d\n", "the words cannot be read: x.yaml:3: `b` is given twice (first on line 2) (keep one)"),
        ("", "the words cannot be read: x.yaml is empty"),
    ],
)
def test_what_is_no_catalogue_is_refused_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(EngineError) as caught:
        entries(text, "x.yaml")
    assert str(caught.value) == problem


def test_an_entry_that_is_not_there_is_an_error_and_never_its_key() -> None:
    for key in ("phrase.nothing", "nothing.at_all", "nothing", "part"):
        assert not has(key, "en")
        with pytest.raises(EngineError, match=f"^en.yaml has no `{key}`$"):
            say(key, "en")


def test_places_are_filled_in_and_what_fills_them_is_taken_as_it_is() -> None:
    assert say("phrase.from", "en", "{0}") == "from {0}"
    with pytest.raises(IndexError):
        say("phrase.from", "en")


def test_an_entry_may_hold_several_texts() -> None:
    assert alternatives("typed.yes", "en") == ["y", "yes", "true"]
    assert alternatives("typed.day_before", "en") == []


@pytest.mark.parametrize("language", languages())
def test_read_a_section_at_a_time_or_as_a_whole_a_file_says_the_same(language: str) -> None:
    text = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    whole = entries(text, f"{language}.yaml")
    texts = catalog._Texts(language)
    assert all(texts[key] == value for key, value in whole.items())
    assert (dict(texts), texts.unread) == (whole, {})


def test_only_the_sections_that_are_said_are_read() -> None:
    texts = catalog._Texts("en")
    assert texts["outcome.approve"] == "approved"
    assert {key.partition(".")[0] for key in texts} == {"outcome"}
