"""The trace as a tree of lines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import strategies
from hostile import decided
from tiny_pack import WHOLE, case_text

from refundrules import Decision, Engine
from refundrules.io.strict_yaml import read_yaml
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
