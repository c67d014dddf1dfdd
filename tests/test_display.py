"""The one hook between decisions and how they are shown."""

from __future__ import annotations

import pytest

from refundrules import display


def test_without_a_renderer_a_decision_is_its_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "show", None)
    assert display.shown(["x"], "text") == "['x']"


def test_a_renderer_is_told_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "show", lambda decision, form: f"{decision} as {form}")
    assert display.shown("it", "html") == "it as html"
