"""What `diff` calls proved is so: no edit of any section of a pack that moves a decision passes as one that does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import strategies
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from strategies import Data

from refundrules import CaseError, Engine, PackError, Policy
from refundrules.analysis.diff.diff import PolicyDiff, diff_policies
from refundrules.cli.main import commands

TEXT = {"zh": "说明", "en": "a reason"}


def _rule(name: str, then: Data, when: Data | None = None, **more: Any) -> Data:
    return {"id": name, "cite": ["S"], "when": when or {}, "then": then, "because": TEXT, **more}


def _parameter(kind: str, value: Any, **more: Any) -> Data:
    values = [{"from": "beginning", "value": value, "cite": ["S"], "verified": False}]
    return {"kind": kind, "title": TEXT, "values": values, **more}


PACK: Data = {
    "pack": "every", "version": "1.0.0", "title": TEXT, "jurisdictions": ["CN", "US"], "currency": "CNY",
    "time_zone": "Asia/Shanghai", "language": "en",
    "sources": {"S": {"title": TEXT}, "T": {"title": TEXT, "instrument": "law 1"}},
    "money": {
        "return_label": "3.00", "handling": "2.00", "waiver": "5.00", "shipping": "share", "tender_order": "card_first",
        "conditions": {"worn": "80%"}, "restocking": {"percent": "10%"},
    },
    "facts": {
        "facts.vip": {"kind": "bool", "default": False, "question": TEXT},
        "facts.grade": {"kind": "enum", "values": ["a", "b", "c"], "default": "a", "question": TEXT},
    },
    "parameters": {
        "window": _parameter("days", 7),
        "answer_within": _parameter("hours", 48),
        "ceiling": _parameter("money", "15.00"),
        "step": _parameter("money", "20.00"),
        "large": _parameter("money", "500.00"),
        "share": _parameter("share", "0.5", better="higher"),
        "least": _parameter("money", "1.00", better="higher"),
    },
    "definitions": {
        "in_time": {"title": TEXT, "when": {"order.days_since_delivery": {"at_most": "window"}}},
        "part_of_it": {"title": TEXT, "formula": "claim.paid * share"},
    },
    "assumptions": [
        {"id": "ORDERED", "assume": {"order.days_since_completion": {"at_most": "order.days_since_delivery"}}, "because": TEXT}
    ],
    "guarantees": [
        {
            "id": "PROMISE", "cite": ["T"], "when": {"claim.reason": "damage"},
            "must": {"not_declined": True, "refund_at_least": "least"}, "because": TEXT,
        }
    ],
    "instructions": {"note_it": TEXT},
    "guardrails": {"G1": TEXT, "G2": TEXT},
    "rules": [
        _rule("CLASS", {"issue_class": "quality", "fault": "seller"}, {"claim.reason": ["stain", "damage"]}),
        _rule("OTHER", {"issue_class": "non_quality", "fault": "none"}, {"claim.reason": {"not": ["stain", "damage"]}}),
        _rule("YES", {"outcome": "approve"}, {"in_time": True}),
        _rule("NO", {"outcome": "decline"}, {"in_time": False}),
        _rule("PERSON", {"outcome": "manual_review"}, {"facts.grade": "c"}, overrides=["YES", "NO"]),
        _rule("LATER", {"outcome": "decline"}, {"claim.reason": "pinhole"}, overrides=["YES"], in_force={"from": "2026-06-05", "by": "claim_opened"}),
        _rule("OFFER", {"offer": {"steps": {"1": "step"}, "ceiling": "ceiling"}}, {"claim.reason": "stain"}),
        _rule("SMALL", {"resolution": "compensation"}, {"offer.open": True}),
        _rule("SWAP", {"resolution": "exchange", "exchange": {"propose": "same"}, "freight": {"replacement": "seller"}}, {"offer.open": False, "claim.requested": "exchange"}),
        _rule("BACK", {"resolution": "return_and_refund", "return_required": True, "freight": {"return": "buyer"}}, {"offer.open": False, "claim.requested": {"not": "exchange"}}),
        _rule("GOODS", {"parts": {"goods": "claim.paid", "fee.label": "-claim.return_label", "fee.condition": "-claim.condition_deduction"}}, {"resolution": "return_and_refund"}),
        _rule("MORE", {"extras": {"bonus": "part_of_it"}}, {"facts.vip": True}),
        _rule("TOLD", {"deadlines": {"answer": {"within_hours": "answer_within", "after": "decided"}}, "instructions": ["note_it"], "guardrails": ["G1"]}),
        _rule("ALSO", {"alternatives": ["repair"]}, {"claim.reason": "stain"}),
        _rule("ASK", {"referral": "supervisor"}, {"most": {"above": "large"}}),
    ],
}  # fmt: skip
"""A pack with something in every section."""


def _case(**more: Any) -> Data:
    order = {
        "id": "O", "status": "delivered", "placed_at": "2026-05-30", "delivered_at": "2026-06-01", "shipping_charged": "8.00",
        "lines": [{"id": "L", "category": "apparel", "unit_price": "100.00", "quantity": 1}], **more.pop("order", {}),
    }  # fmt: skip
    claim = {"reason": "changed_mind", "requested": "return_and_refund", **more.pop("claim", {})}
    return {"id": "C", "decided_at": "2026-06-06T12:00:00+08:00", "order": order, "claims": [claim], **more}


CASES = [
    _case(**more)
    for more in (
        {},
        {"claim": {"condition": "worn"}},
        {"claim": {"reason": "stain"}},
        {"claim": {"reason": "stain", "declined_offers": 1}},
        {"claim": {"reason": "damage"}},
        {"claim": {"reason": "damage", "requested": "exchange", "replacement_price": "104.00"}},
        {"claim": {"reason": "pinhole"}},
        {"claim": {"reason": "pinhole", "opened_at": "2026-06-04"}},
        {"claim": {"requested": "exchange", "replacement_price": "120.00"}},
        {"claim": {"requested": None}},
        {"facts": {"vip": True}},
        {"facts": {"grade": "c"}},
        {"facts": {"grade": "c"}, "claim": {"reason": "stain"}},
        {"order": {"delivered_at": "2026-05-30"}},
        {"order": {"delivered_at": "2026-05-30"}, "claim": {"reason": "damage"}},
        {"order": {"jurisdiction": "US"}},
        {"order": {"jurisdiction": "DE"}},
        {"order": {"lines": [{"id": "L", "category": "apparel", "unit_price": "900.00"}]}},
        {"order": {"lines": [{"id": "L", "category": "apparel", "unit_price": "900.00"}]}, "facts": {"vip": True}},
        {"order": {"tenders": [{"kind": "gift_card", "captured": "50.00"}, {"kind": "card", "captured": "58.00"}]}},
        {"order": {"status": "completed", "delivered_at": None, "completed_at": "2026-06-01"}},
    )
]


_SAID_AGAIN = frozenset({"policy", "engine", "reasons", "cites", "rule", "why", "question"})
"""What names the policy or its rules, and texts."""


def decided(engine: Engine, case: Data) -> Any:
    """Return what a decision says, texts and the rules that say it aside."""
    try:
        return _bare(engine.decide(case).to_dict(trace=False))
    except CaseError as error:
        return str(error)


def _bare(data: Any) -> Any:
    if isinstance(data, list):
        return [_bare(item) for item in data]
    return (
        {key: _bare(item) for key, item in data.items() if key not in _SAID_AGAIN} if isinstance(data, dict) else data
    )


@cache
def base() -> tuple[Policy, tuple[Any, ...]]:
    policy = strategies.load_pack(PACK)
    engine = Engine(policy, matcher="compiled")
    return policy, tuple(decided(engine, case) for case in CASES)


def moved(policy: Policy) -> list[Data]:
    """Return the sample cases that are decided otherwise than by the pack as it is."""
    engine = Engine(policy, matcher="compiled")
    return [case for case, before in zip(CASES, base()[1], strict=True) if decided(engine, case) != before]


def edited(change: Callable[[Data], Any]) -> Policy:
    pack = copy.deepcopy(PACK)
    change(pack)
    return strategies.load_pack(pack)


def rule(pack: Data, name: str) -> Any:
    return next(item for item in pack["rules"] if item["id"] == name)


EDITS: list[tuple[str, Callable[[Data], Any]]] = [
    ("money.return_label", lambda p: p["money"].update(return_label="4.00")),
    ("money.tender_order", lambda p: p["money"].update(tender_order="gift_card_first")),
    ("money.waiver", lambda p: p["money"].update(waiver="1.00")),
    ("money.conditions", lambda p: p["money"]["conditions"].update(worn="70%")),
    ("facts.facts.vip", lambda p: p["facts"]["facts.vip"].update(default=True)),
    ("then.deadlines", lambda p: p["parameters"]["answer_within"]["values"][0].update(value=24)),
    ("then.referral", lambda p: rule(p, "ASK")["then"].update(referral="specialist")),
    ("then.parts", lambda p: rule(p, "GOODS")["then"]["parts"].update({"fee.handling": rule(p, "GOODS")["then"]["parts"].pop("fee.label")})),
    ("then.offer.ceiling", lambda p: p["parameters"]["ceiling"]["values"][0].update(value="30.00")),
    ("assumptions.ORDERED", lambda p: p.pop("assumptions")),
    ("guarantees.PROMISE", lambda p: (p.pop("guarantees"), p["parameters"].pop("least"))),
    ("guarantees.PROMISE.must", lambda p: p["guarantees"][0]["must"].pop("not_declined")),
    ("guarantees", lambda p: p["parameters"]["least"]["values"][0].update(value="2.00")),
]  # fmt: skip


@pytest.mark.parametrize(("place", "change"), EDITS, ids=[f"{at} {place}" for at, (place, _) in enumerate(EDITS)])
def test_what_differs_and_is_not_compared_is_named_and_nothing_is_proved(
    place: str, change: Callable[[Data], Any]
) -> None:
    diff = diff_policies(base()[0], edited(change))
    assert not diff.proved
    assert any(name == place or name.startswith(f"{place}.") for name in diff.unlooked)


def test_the_base_is_the_same_as_itself_and_its_texts_are_no_decisions() -> None:
    policy = base()[0]
    assert diff_policies(policy, policy).proved
    diff = diff_policies(policy, edited(lambda p: rule(p, "YES").update(because={"zh": "别的", "en": "another"})))
    assert (diff.proved, diff.texts, diff.unlooked) == (True, True, ())
    diff = diff_policies(policy, edited(lambda p: rule(p, "YES").update(cite=["T"])))
    assert (diff.proved, diff.texts) == (True, True)


# -- every edit of every field ----------------------------------------------------------------

Path = tuple[str | int, ...]


def _places(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield (*path, key), value
        if isinstance(value, dict | list):
            yield from _places(value, (*path, key))


_WORDS = (
    "approve", "decline", "manual_review", "quality", "seller", "buyer", "none", "compensation", "refund_only", "exchange",
    "return_and_refund", "stain", "pinhole", "specialist", "claim_opened", "order_placed", "return_received", "a", "b", "c",
    "largest_later", "rest", "gift_card_first", "pro_rata", "claim.paid", "large", "step", "least", "other_color", "G2", "CN",
    "damage", "exchange", "US", "2026-06-01", "USD", "T", "zh", "shipping", "window",
)  # fmt: skip
"""What a word may become, where a pack takes it."""


def _others(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, 0]
    if isinstance(value, str):
        number = value.removesuffix("%").replace(".", "", 1)
        if number.isdigit():
            return ["0.25", "1.00", "30.00", "5%"]
        return [*(word for word in _WORDS if word != value), f"{value}x"]
    return []


def _set(pack: Data, path: Path, value: Any) -> None:
    at: Any = pack
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value


@st.composite
def mutants(draw: st.DrawFn) -> Data:
    """Draw the pack with one field changed, or one entry left out or under another key."""
    pack = copy.deepcopy(PACK)
    section = draw(st.sampled_from([name for name in PACK if name not in ("pack", "version", "title")]))
    path, value = draw(st.sampled_from([item for item in _places(PACK) if item[0][0] == section]))
    others = _others(value)
    if others and draw(st.integers(0, 3)):
        _set(pack, path, draw(st.sampled_from(others)))
        return pack
    at: Any = pack
    for key in path[:-1]:
        at = at[key]
    gone = at.pop(path[-1])
    if isinstance(at, dict) and draw(st.booleans()):
        at[
            draw(
                st.sampled_from(
                    [
                        "compensation",
                        "goods",
                        "fee.handling",
                        "2",
                        "penalty",
                        "below",
                        "at_least",
                        "above",
                        str(path[-1]),
                    ]
                )
            )
        ] = gone
    return pack


@strategies.examples(100)
@given(mutants())
def test_no_edit_that_moves_a_decision_is_proved_to_move_none(pack: Data) -> None:
    try:
        policy = strategies.load_pack(pack)
    except PackError:
        return
    diff = diff_policies(base()[0], policy)
    if diff.proved:
        assert moved(policy) == []


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "没有比较：money.return_label"), ("en", "not looked at: money.return_label")]
)
def test_the_command_names_what_it_did_not_look_at_and_exits_1(tmp_path: Any, language: str, words: str) -> None:
    other = copy.deepcopy(PACK)
    other["money"]["return_label"] = "4.00"
    files = []
    for name, pack in (("old.yaml", PACK), ("new.yaml", other)):
        (tmp_path / name).write_text(json.dumps(pack), encoding="utf-8")
        files.append(str(tmp_path / name))
    for more in ((), ("--markdown",)):
        found = CliRunner().invoke(commands, ["diff", *files, "--language", language, *more])
        assert (found.exit_code, words in found.stdout) == (1, True)
    data = json.loads(CliRunner().invoke(commands, ["diff", *files, "--json"]).stdout)
    assert (data["same"], data["proved"], data["not_looked_at"]) == (True, False, ["money.return_label"])


def test_a_proof_is_not_claimed_of_a_diff_that_left_something_out() -> None:
    policy = base()[0]
    assert PolicyDiff(policy, policy, (), (), ()).proved
    assert not PolicyDiff(policy, policy, (), (), (), unlooked=("money",)).proved
    assert not PolicyDiff(policy, policy, (), (), (), unseen=1).proved
