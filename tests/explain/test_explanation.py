"""An explanation is the same text in each of its forms."""

from __future__ import annotations

import io

import pytest
from hostile import decided

from refundrules import Explanation, why

DECISION = decided("size-4cm-off")


@pytest.fixture(params=["line", "agent", "auditor"])
def explanation(request: pytest.FixtureRequest) -> Explanation:
    return why(DECISION, request.param)


def test_it_prints_as_it_reads(explanation: Explanation) -> None:
    page = io.StringIO()
    explanation.print(page, colour=False)
    assert page.getvalue() == f"{explanation}\n" == f"{explanation.text}\n"


def test_every_form_says_what_was_decided(explanation: Explanation) -> None:
    headline = explanation.view.claims[0].headline
    assert headline in explanation.text.replace("\n", " ")
    assert headline.split(" [")[0][:20] in explanation._repr_html_()


def test_a_line_is_one_however_long() -> None:
    line = why(DECISION, "line")
    assert len(list(line.lines(10))) == 1
    assert line.markdown.startswith("- ")


def test_a_page_keeps_to_its_columns_and_an_auditor_has_the_tree_below() -> None:
    agent, auditor = why(DECISION, "agent"), why(DECISION, "auditor")
    assert agent.tree is None
    assert auditor.tree is not None
    assert max(map(len, agent.lines(60))) <= 60
    assert auditor.tree.text in auditor.text
    assert "\n- " in auditor.markdown or "\n  - " in auditor.markdown


def test_its_data_is_its_own(explanation: Explanation) -> None:
    explanation.to_dict().clear()
    assert explanation.to_dict()
