"""The report in a real browser: on a phone and a desk, light and dark, printed, and with hostile texts in every string."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from chromium import DESKTOP, PHONE, load, measure, printed
from hostile import HOSTILE, hostile_decisions

from refundrules import Decision, Engine, load_policy, message, render
from refundrules.io.case_files import read_files

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))
LANGUAGES = ("zh", "en")


@cache
def decided(name: str, language: str) -> Decision:
    documents, problems = read_files([str(ROOT / "examples" / f"{name}.yaml")], lambda: b"")
    assert not problems
    return Engine(load_policy("cn-apparel-shop"), matcher="compiled").decide(
        {**documents[0].data, "language": language}
    )


@cache
def reports() -> dict[str, str]:
    return {
        f"{name} {language}": render(decided(name, language), "record") for name in EXAMPLES for language in LANGUAGES
    }


@pytest.fixture(scope="module")
def on_a_phone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return measure(tmp_path_factory.mktemp("phone"), reports())


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    pages = {}
    for name, decision in hostile_decisions().items():
        pages[f"{name} report"] = render(decision, "record")
        pages[f"{name} card"] = f"<!doctype html><meta charset='utf-8'><body>{decision._repr_html_()}"
        pages[f"{name} picture in a page"] = f"<!doctype html><meta charset='utf-8'><body>{render(decision, 'svg')}"
        pages[f"{name} picture"] = render(decision, "svg")
    return measure(tmp_path_factory.mktemp("hostile"), pages)


def assert_legible(page: dict[str, Any], width: int) -> None:
    assert page["wide"] <= width
    assert page["beyond"] == []
    assert page["clipped"] == []
    assert page["overlapping"] == []
    assert page["pale"] == []


def test_every_report_is_legible_on_a_phone(on_a_phone: dict[str, Any]) -> None:
    for page in on_a_phone.values():
        assert_legible(page, PHONE)
        assert page["pictures"]
        assert min(page["pictures"]) > PHONE * 0.85
        assert page["smallest"] > 9


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_report_is_legible_on_a_desk(dark: bool, tmp_path: Path) -> None:
    some = {
        name: page for name, page in reports().items() if name.startswith(("two-claims", "size-", "one-day", "demands"))
    }
    for page in measure(tmp_path, some, width=DESKTOP, dark=dark).values():
        assert_legible(page, DESKTOP)


def test_every_report_can_be_heard(on_a_phone: dict[str, Any]) -> None:
    for name, page in on_a_phone.items():
        headings = page["headings"]
        assert headings[0] == 1
        assert headings.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(headings))
        assert page["landmarks"] == [1, 1, 1]
        assert page["unnamed"] == page["scopeless"] == 0
        assert len(set(page["ids"])) == len(page["ids"])
        assert page["lang"] == ("zh-CN" if name.endswith("zh") else "en")


def test_nothing_in_a_report_acts_or_leads_away(on_a_phone: dict[str, Any]) -> None:
    assert {page["active"] for page in on_a_phone.values()} == {0}


def test_what_is_said_stands_in_the_report_as_it_is_said(on_a_phone: dict[str, Any]) -> None:
    for name in EXAMPLES:
        for language in LANGUAGES:
            visible = " ".join(on_a_phone[f"{name} {language}"]["visible"].split())
            for paragraph in message(decided(name, language), "buyer").split("\n\n"):
                assert paragraph in visible


@pytest.mark.parametrize("name", ["two-claims", "size-not-measured"])
def test_a_report_complains_of_nothing_and_prints(name: str, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(render(decided(name, "zh"), "record"), encoding="utf-8")
    loaded = load(page)
    assert loaded.console == []
    assert "</main>" in loaded.dom
    pdf = printed(page)
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) > 20_000


def test_a_complaint_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        render(decided("two-claims", "en"), "record").replace("</main>", "<script>1</script></main>"), encoding="utf-8"
    )
    assert any("Content Security Policy" in line for line in load(page).console)


def test_a_script_in_any_string_is_shown_and_never_run(hostile: dict[str, Any]) -> None:
    for name, page in hostile.items():
        assert page["ran"] == 0, name
        assert page["active"] == 0, name
        in_lines = "".join(page["text"].split())  # a picture breaks long texts anywhere
        assert name.startswith("case picture") or "".join(HOSTILE.split()) in in_lines, name


def test_hostile_texts_do_not_break_the_page(hostile: dict[str, Any]) -> None:
    for name, page in hostile.items():
        if name.endswith("report"):
            assert_legible(page, PHONE)


def test_a_script_that_was_not_escaped_would_be_seen(tmp_path: Path) -> None:
    page = measure(tmp_path, {"page": f"<!doctype html><body>{HOSTILE}"})["page"]
    assert page["ran"] == 1
    assert page["active"] > 0
