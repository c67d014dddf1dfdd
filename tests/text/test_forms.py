"""One view as plain text, Markdown, a card and colours: the same words, none of them read as markup."""

from __future__ import annotations

import io
import re
from datetime import datetime

import pytest

from refundrules.text.columns import width, wrapped
from refundrules.text.condition_tree import Conditions, Node
from refundrules.text.document import ClaimView, Entry, Section, View, moment_text
from refundrules.text.svg_charts import Bar, ChartPiece, bars, strip
from refundrules.text.to_html import card
from refundrules.text.to_markdown import literal, markdown_lines
from refundrules.text.to_terminal import print_view
from refundrules.text.to_text import text_lines, tree_lines
from refundrules.text.values import filled, plain, shown

MONEY = Section("refund", "Refund", (Entry("goods & <b>", "99.00", ("R-1", "S1")), Entry("shipping", "5.00")))
CLAIM = ClaimView("approve", "approved · *all*", "line L1", (MONEY,))
VIEW = View(
    "approve", "", (CLAIM,), (Section("next", "Next", (Entry("ask for a photo"),)),), "tiny 1.0.0", {"S1": "law"}
)
TREE = Node("all of", "✓", "", (Node("a = 1", "✓"), Node("b", "✗", "note", (Node("c"),))))


def test_plain_text_stands_in_columns_with_rules_behind() -> None:
    lines = list(text_lines(VIEW))
    assert lines[0] == "✓ approved · *all*"
    assert "  Refund  99.00  goods & <b>  [R-1 S1]" in lines
    assert "           5.00  shipping" in lines
    assert lines[-1] == "  tiny 1.0.0"


@pytest.mark.parametrize("columns", [30, 40, 100])
def test_no_line_is_longer_than_its_columns(columns: int) -> None:
    long = View(
        "decline", "", (ClaimView("decline", "a word and 一个很长的句子，写给人看。" * 3, "", ()),), (), "end", {}
    )
    assert max(map(width, text_lines(long, columns))) <= columns


def test_a_line_breaks_at_spaces_and_between_wide_characters_but_not_before_a_stop() -> None:
    assert list(wrapped("two words", 5)) == ["two", "words"]
    assert list(wrapped("退款。好", 2)) == ["退", "款。", "好"]


def test_a_tree_is_drawn_with_branches() -> None:
    assert list(tree_lines(TREE)) == ["✓ all of", "├─ ✓ a = 1", "└─ ✗ b   note", "   └─ c"]


def test_nothing_in_markdown_is_markup() -> None:
    text = "\n".join(markdown_lines(VIEW))
    assert "### ✓ approved · \\*all\\*" in text
    assert "- **99.00** goods &amp; &lt;b&gt;" in text
    assert literal("1. item") == "1\\. item"
    assert literal("- item") == "\\- item"


def test_every_text_of_a_card_is_escaped_and_sources_are_named() -> None:
    page = card(VIEW, ["<trace>"], "how <it> came")
    assert "goods &amp; &lt;b&gt;" in page
    assert "&lt;trace&gt;" in page
    assert "how &lt;it&gt; came" in page
    assert 'title="law"' in page
    assert page.count("<div") == page.count("</div>")


def test_colours_change_no_words() -> None:
    page = io.StringIO()
    print_view(VIEW, TREE, page)
    assert "\x1b[" in page.getvalue()
    text = re.sub("\x1b\\[[0-9;]*m", "", page.getvalue())
    assert all(word in text for word in ("approved", "99.00", "goods & <b>", "R-1", "a = 1", "tiny 1.0.0"))


def test_a_moment_is_told_to_the_minute() -> None:
    assert moment_text(datetime.fromisoformat("2026-06-10T09:05:59+08:00")) == "2026-06-10 09:05"


# -- values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "text", "data"),
    [
        (9900, "money", "99.00 CNY", "99.00"),
        (3500, "cm", "3.5 cm", "3.5"),
        (True, "bool", "yes", True),
        ("stain", "enum", "stain", "stain"),
        (3, "days", "3 days", 3),
    ],
)
def test_a_value_is_shown_with_its_unit_and_traced_without(value: object, kind: str, text: str, data: object) -> None:
    assert shown(value, kind, "en", "CNY") == text
    assert plain(value, kind, "CNY") == data


def test_a_text_is_filled_in_by_name() -> None:
    assert filled("pay {a} in {b}", {"a": "1", "b": "2 days"}.__getitem__) == "pay 1 in 2 days"
    assert filled("nothing", str) == "nothing"


# -- conditions as lines --------------------------------------------------------------------------

SIZE = {"name": "size", "wanted": "above", "than": "tolerance", "which_is": "3", "actual": "4", "truth": True}
REASON = {"name": "reason", "wanted": ["stain"], "actual": "fading", "truth": False}


def test_a_comparison_shows_what_there_is_and_what_was_wanted() -> None:
    conditions = Conditions({"size": "cm"}, "en", 2)
    assert conditions.leaf(SIZE) == "size = 4 cm (wanted > tolerance = 3 cm)"
    assert conditions.leaf(REASON).startswith("reason = fading (wanted")
    assert conditions.leaf({**REASON, "actual": "stain", "truth": True}) == "reason = stain"


def test_of_what_is_nested_the_parts_that_settle_it_are_shown() -> None:
    conditions = Conditions({"size": "cm"}, "en", 2)
    both = {"all": [SIZE, REASON], "truth": False}
    assert conditions.line(both).text == conditions.leaf(REASON)
    assert [node.mark for node in conditions.lines(both)] == ["✓", "✗"]
    assert conditions.blame(both) == conditions.leaf(REASON)


def test_a_definition_is_spelled_out_once() -> None:
    conditions = Conditions({}, "en", 2)
    named = {"name": "big", "wanted": [True], "actual": True, "truth": True, "means": SIZE}
    assert [len(conditions.line(named).children) for _ in range(2)] == [1, 0]


# -- charts ---------------------------------------------------------------------------------------


def test_bars_start_at_a_common_zero() -> None:
    drawn = bars([Bar("gained <", 300, "3.00"), Bar("lost", -100, "-1.00", "bad")], "what moved")
    assert 'aria-label="what moved"' in drawn
    assert "gained &lt;: 3.00" in drawn
    lengths = [int(found) for found in re.findall(r'<rect class="\w+" x="\d+" y="\d+" width="(\d+)"', drawn)]
    assert abs(lengths[0] - 3 * lengths[1]) <= 3
    assert "<line" in drawn
    assert "<line" not in bars([Bar("only", 1, "1")], "x")


def test_a_strip_is_as_wide_as_its_parts() -> None:
    drawn = strip([ChartPiece("a", 1, "good"), ChartPiece("b", 3, "bad")], "shares")
    first, second = (int(found) + 1 for found in re.findall(r'x="\d+" y="0" width="(\d+)"', drawn))
    assert abs(second - 3 * first) <= 2
