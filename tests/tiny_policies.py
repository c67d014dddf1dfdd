"""Random policies over five facts, so small that every case can be tried."""

from __future__ import annotations

import strategies
from hypothesis import strategies as st
from strategies import Data


@st.composite
def conditions(draw: st.DrawFn, answers: tuple[str, ...]) -> Data:
    leaves: list[Data] = [
        {"facts.flag": draw(st.booleans())},
        {"facts.kind": draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True))},
        {"facts.score": {draw(st.sampled_from(strategies.OPERATORS)): "few"}},
        {"facts.sum": {draw(st.sampled_from(strategies.OPERATORS)): draw(st.sampled_from(["small", "facts.other"]))}},
        {"facts.other": {draw(st.sampled_from(strategies.OPERATORS)): "facts.sum + small"}},
    ]
    leaves += [{"issue_class": "quality"}] if "issue_class" in answers else []
    leaves += [{"outcome": "approve"}] if "outcome" in answers else []
    picked = draw(st.lists(st.sampled_from(leaves), max_size=3))
    return {draw(st.sampled_from(["all", "all", "any"])): picked} if picked else {}


@st.composite
def tiny(draw: st.DrawFn) -> Data:
    """Draw a policy over four facts, so small that every case can be tried."""
    rules: list[Data] = []

    def add(count: int, answers: tuple[str, ...], thens: list[Data]) -> None:
        start = len(rules)
        for _ in range(count):
            rule = {"id": f"R-{len(rules)}", "cite": ["S"], "because": strategies.TEXT}
            rule |= {"when": draw(conditions(answers)), "then": draw(st.sampled_from(thens))}
            earlier = [item["id"] for item in rules[start:] if set(item["then"]) & set(rule["then"])]
            if earlier and draw(st.booleans()):
                rule["overrides"] = [draw(st.sampled_from(earlier))]
            rules.append(rule)

    add(2, (), [{"issue_class": "quality", "fault": "seller"}, {"issue_class": "non_quality", "fault": "none"}])
    add(3, ("issue_class",), [{"outcome": "approve"}, {"outcome": "decline"}, {"outcome": "manual_review"}])
    paid = [
        {"resolution": "refund_only", "parts": {"goods": text}} for text in ("facts.sum", "min(facts.other, facts.sum)")
    ]
    add(2, ("issue_class", "outcome"), [*paid, {"resolution": "repair"}])
    money = {"kind": "money", "question": strategies.TEXT}
    facts = {name: strategies.PACK_FACTS[name] for name in ("facts.flag", "facts.kind", "facts.score")}
    value = {"from": "beginning", "cite": ["S"], "verified": False}
    parameters = {
        "few": {
            "kind": "count",
            "title": strategies.TEXT,
            "values": [{**value, "value": draw(st.sampled_from([0, 2]))}],
        },
        "small": {"kind": "money", "title": strategies.TEXT, "values": [{**value, "value": "0.02"}]},
    }
    head = {key: strategies.HEAD[key] for key in (*strategies.HEAD_KEYS, "sources")}
    declared = {"facts": facts | {"facts.sum": money, "facts.other": money}, "parameters": parameters}
    return head | declared | {"rules": rules}


@st.composite
def edits(draw: st.DrawFn) -> tuple[Data, Data]:
    """Draw a policy, and the same with one thing changed."""
    pack = draw(tiny())
    at = draw(st.integers(0, len(pack["rules"]) - 1))
    rule = pack["rules"][at]
    others = [item | {"overrides": [o for o in item.get("overrides", []) if o != rule["id"]]} for item in pack["rules"]]
    few = pack["parameters"]["few"]
    value = few["values"][0] | {"value": draw(st.sampled_from([0, 1, 2, 3]))}
    edited = draw(
        st.sampled_from(
            [
                {"rules": others[:at] + others[at + 1 :]},
                {"rules": [*pack["rules"][:at], {**rule, "overrides": []}, *pack["rules"][at + 1 :]]},
                {"rules": [*pack["rules"][:at], {**rule, "when": {"facts.flag": True}}, *pack["rules"][at + 1 :]]},
                {"rules": [_other(item) for item in pack["rules"]]},
                {"parameters": pack["parameters"] | {"few": few | {"values": [value]}}},
                {"rules": list(reversed(pack["rules"]))},
            ]
        )
    )
    return pack, pack | edited


def _other(rule: Data) -> Data:
    if rule["then"].get("parts") == {"goods": "facts.sum"}:
        return rule | {"then": rule["then"] | {"parts": {"goods": "facts.sum + small"}}}
    return rule
