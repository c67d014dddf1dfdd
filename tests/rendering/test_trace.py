"""The trace as a tree of lines; and the handbook as a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import strategies
from hostile import decided
from tiny_pack import PACK, WHOLE, case_text

from refundrules import Decision, Engine
from refundrules.io.strict_yaml import read_yaml
from refundrules.rendering.handbook.html import policy_page
from refundrules.rendering.handbook.model import read_book
from refundrules.rendering.pages import TEMPLATES
from refundrules.rendering.trace import trace_tree
from refundrules.text.condition_tree import Node


def every(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from every(child)


@pytest.mark.parametrize("name", ["size-4cm-off", "two-claims", "size-not-measured", "one-day-too-late"])
def test_every_rule_fact_and_amount_of_a_trace_is_in_its_tree(name: str) -> None:
    decision = decided(name)
    tree = trace_tree(decision)
    assert tree is not None
    text = "\n".join(f"{node.mark} {node.text} {node.note}" for node in every(tree))
    for claim in decision.trace["claims"]:
        told = {item["rule"] for question in claim["questions"] for item in question["rules"]}
        assert all(rule in text for rule in told)
        assert all(fact["fact"] in text for fact in claim["facts"])
        assert all(part["amount"] in text for part in claim["money"])


def test_a_trace_that_cannot_be_read_has_no_tree() -> None:
    data = decided("size-4cm-off").to_dict(trace=True)
    data["trace"]["schema"] = "refundrules.trace/9"
    assert trace_tree(Decision.read(data)) is None


def test_who_stands_and_who_is_silenced_is_marked() -> None:
    (case,), _ = read_yaml(case_text(reason="size_deviation"), "x")
    case["claims"][0]["measurements"] = [{"attribute": "chest", "declared_cm": 100, "actual_cm": 96}]
    tree = trace_tree(Engine(strategies.load_text(WHOLE), matcher="compiled").decide(case))
    assert tree is not None
    marks = {node.mark for node in every(tree) if "TINY-4" in f"{node.text} {node.note}"}
    assert "⊘" in marks


def test_the_page_of_a_policy_is_whole_and_uses_no_class_without_a_style() -> None:
    page = policy_page(read_book(strategies.load_text(PACK)), ["en", "zh"])
    assert page.startswith("<!DOCTYPE html>")
    assert page.rstrip().endswith("</html>")
    assert all(rule in page for rule in ("TINY-1", "TINY-2", "TINY-3", "TINY-4"))
    assert "A stain is refunded" in page
    assert "有污渍，退款" in page
    used = {word for found in re.findall(r'class="([^"]+)"', page) for word in found.split()}
    assert {"rule", "because"} <= used
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    assert all(f".handbook .{word}" in style for word in ("rule", "because", "two"))


def test_texts_are_escaped_on_the_page() -> None:
    text = PACK.replace("a stain is refunded", "a stain <b>&</b> is refunded")
    page = policy_page(read_book(strategies.load_text(text)), ["en"])
    assert "A stain &lt;b&gt;&amp;&lt;/b&gt; is refunded" in page
