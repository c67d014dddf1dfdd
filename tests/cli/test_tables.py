"""Reports in colour, as wide as the terminal, and the progress of long work."""

from __future__ import annotations

import io
import re

import pytest
from tiny_pack import PACK, case_text

from refundrules import Engine, backtest
from refundrules.cli.tables import _style, print_report, progress
from refundrules.io.strict_yaml import read_yaml


def test_a_report_is_the_plain_one_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    import strategies

    monkeypatch.setenv("COLUMNS", "100")
    (case,), _ = read_yaml(case_text(), "x")
    report = backtest(Engine(strategies.load_text(PACK), matcher="compiled"), [case])
    page = io.StringIO()
    print_report(report, page)
    text = page.getvalue()
    assert "\x1b[" in text
    plain = re.sub("\x1b\\[[0-9;]*m", "", text)
    assert "TINY-1" in plain
    assert max(map(len, plain.splitlines())) <= 100


@pytest.mark.parametrize(
    ("cell", "kind", "style"),
    [("-3", "moved", "cyan"), ("3", "change", "yellow"), ("0", "moved", ""), ("-3", "text", "")],
)
def test_what_moved_has_a_colour_by_its_direction(cell: str, kind: str, style: str) -> None:
    assert _style(cell, kind) == style


def test_progress_leaves_nothing_behind_where_there_is_no_terminal() -> None:
    page = io.StringIO()
    with progress(page, "deciding") as tell:
        tell(3)
        tell(4)
    assert page.getvalue().strip() == ""
