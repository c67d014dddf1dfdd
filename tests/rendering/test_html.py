"""A policy written out as a page and as Markdown, and the picture of a decision's path."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
import strategies
from hostile import decided
from tiny_pack import PACK

from refundrules.rendering.decision_path_svg import path_svg
from refundrules.rendering.handbook.html import policy_page
from refundrules.rendering.handbook.markdown import policy_markdown
from refundrules.rendering.handbook.model import read_book

BOOK = read_book(strategies.load_text(PACK))
HOSTILE = read_book(strategies.load_text(PACK.replace("a stain is refunded", "a stain <b>*&*</b> is refunded")))


def test_the_page_is_whole_and_has_every_rule_in_both_languages() -> None:
    page = policy_page(BOOK, ["en", "zh"])
    assert page.lower().startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert all(rule in page for rule in ("TINY-1", "TINY-2", "TINY-3", "TINY-4"))
    assert "A stain is refunded" in page
    assert "有污渍，退款" in page
    assert "有污渍，退款" not in policy_page(BOOK, ["en"])


def test_markdown_has_every_rule_in_both_languages() -> None:
    text = policy_markdown(BOOK, ["en", "zh"])
    assert text.startswith("# ")
    assert all(rule in text for rule in ("TINY-1", "TINY-2", "TINY-3", "TINY-4"))
    assert "有污渍，退款" in text


def test_no_text_is_read_as_markup() -> None:
    assert "A stain &lt;b&gt;*&amp;*&lt;/b&gt; is refunded" in policy_page(HOSTILE, ["en"])
    assert "&lt;b&gt;\\*&amp;\\*&lt;/b&gt;" in policy_markdown(HOSTILE, ["en"])


@pytest.mark.parametrize("name", ["size-4cm-off", "one-day-too-late", "size-not-measured"])
def test_the_picture_of_a_path_is_one_svg_that_names_what_was_decided(name: str) -> None:
    drawn = ET.fromstring(path_svg(decided(name)))
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    text = " ".join("".join(element.itertext()) for element in drawn.iter() if element.tag.endswith("text"))
    reasons = decided(name).claims[0].reasons
    assert reasons == () or any(rule in text for rule in reasons)


def test_each_claim_has_a_picture_of_its_own() -> None:
    assert path_svg(decided("two-claims"), 0) != path_svg(decided("two-claims"), 1)
