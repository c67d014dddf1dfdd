"""The page of a backtest in a real browser: on a phone and a desk, light and dark, and printed."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from chromium import DESKTOP, PHONE, load, measure, printed

from refundrules import Engine, backtest, load_policy, render_backtest, synthetic_cases


@cache
def page() -> str:
    shop, platform = (Engine(load_policy(name), matcher="compiled") for name in ("cn-apparel-shop", "cn-platform"))
    return render_backtest(backtest(shop, synthetic_cases(60, seed=3), platform), "html")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_page_of_a_backtest_stays_within_the_screen(width: int, dark: bool, tmp_path: Path) -> None:
    found = measure(tmp_path, {"page": page()}, width=width, dark=dark)["page"]
    assert found["wide"] <= width
    assert found["clipped"] == found["overlapping"] == []
    assert found["pictures"]


def test_a_page_of_a_backtest_can_be_heard_and_neither_acts_nor_complains(tmp_path: Path) -> None:
    found = measure(tmp_path, {"page": page()})["page"]
    headings = found["headings"]
    assert (headings[0], headings.count(1)) == (1, 1)
    assert all(after <= before + 1 for before, after in pairwise(headings))
    assert found["scopeless"] == found["active"] == 0
    place = tmp_path / "backtest.html"
    place.write_text(page(), encoding="utf-8")
    assert load(place).console == []
    assert printed(place).startswith(b"%PDF-")
