"""The templates: every text in them is escaped, nothing is passed over, and one stylesheet serves all pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

import refundrules
from refundrules.rendering.pages import TEMPLATES, _environment, fill

NAMES = sorted(path.name for path in TEMPLATES.iterdir())


def test_the_templates_are_these() -> None:
    assert NAMES == ["backtest.html", "handbook.html", "handbook.md", "page.html", "record.html", "style.css"]
    assert TEMPLATES.is_relative_to(Path(refundrules.__file__).parent)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_can_be_read(name: str) -> None:
    assert _environment().get_template(name).name == name


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".html")])
def test_a_page_has_no_style_of_its_own_no_script_and_no_address(name: str) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    assert not re.search(r"<script|https?:|//|\bon\w+=|<link|<img", text)
    assert text.count("<style>") == (1 if name == "page.html" else 0)
    # What lets markup pass: pictures that we drew.
    assert set(re.findall(r"\{\{ ([\w.]+) \| safe \}\}", text)) <= {"picture", "map", "chart.drawn"}


def test_a_page_escapes_what_it_is_given_and_makes_controls_visible() -> None:
    made = _environment()
    from_text = made.overlay(autoescape=True).from_string("{{ one }} {{ one | visible }}")
    assert from_text.render(one="<b>\x1b") == "&lt;b&gt;\x1b &lt;b&gt;\\x1b"
    assert from_text.render(one=Markup("<b>")) == "<b> &lt;b&gt;"


def test_a_name_that_nobody_gave_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'language' is undefined"):
        fill("page.html")


def test_the_stylesheet_loads_nothing_and_closes_what_it_opens() -> None:
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|https?:|</", style)
    assert style.count("{") == style.count("}")
    for page in ("record", "handbook", "backtest"):
        assert f".{page}{{" in style
