"""Laws that hold for every policy: small random ones, beside brute force that reads the design word by word."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import brute_force
import pytest
import strategies
from cores import MATCHERS, core_of, told
from hypothesis import given
from hypothesis import strategies as st
from strategies import Data, Situation

from refundrules import Engine, dump_policy, load_policy


def claim_of(situation: Situation, matcher: Any) -> Data:
    claim: Data = Engine(situation.load(), matcher=matcher).decide(situation.case).to_dict(trace=False)["claims"][0]
    return claim


def core_in_fen(claim: Data) -> tuple[Any, ...]:
    """Return the core of a decision as brute force writes it."""
    core = core_of(claim)
    if core["outcome"] == "manual_review":
        return brute_force.REVIEW
    amounts = {"refund.total", "exchange.buyer_pays"}
    return tuple(
        brute_force.minor(value) if name in amounts and value is not None else value for name, value in core.items()
    )


@strategies.examples(40)
@given(strategies.situations())
def test_every_decision_is_what_trying_every_completion_gives(situation: Situation) -> None:
    policy, expected = situation.load(), brute_force.decide(*situation)
    decisions = [Engine(policy, matcher=name).decide(situation.case) for name in MATCHERS]  # type: ignore[arg-type]
    assert len({decision.to_json() for decision in decisions}) == 1
    found = decisions[0].to_dict(trace=False)["claims"][0]
    assert found["outcome"] == expected.outcome
    if len(expected.cores) == 1:
        assert {core_in_fen(found)} == expected.cores
    assert {item["fact"] for item in found["missing"]} == expected.missing
    if expected.outcome != "needs_information":
        assert ("claim.goods.resalable" in found["subject_to"]) == expected.subject_to
    elif brute_force.REVIEW not in expected.cores:
        shown = core_in_fen(found)
        for index, name in enumerate(brute_force.CORE[1:-1], 1):
            assert shown[index] == expected.settled(index), name


@strategies.examples(40)
@given(strategies.situations(), st.randoms(use_true_random=True))
def test_learning_a_fact_never_contradicts_a_definite_core(situation: Situation, chance: random.Random) -> None:
    engine = Engine(situation.load(), matcher="compiled")
    before = engine.decide(situation.case).to_dict(trace=False)["claims"][0]
    unknown = [name for name in brute_force.unknown_facts(*situation) if name.startswith(("facts.", "claim."))]
    if before["outcome"] == "needs_information" or not unknown:
        return
    name = chance.choice(unknown)
    value = chance.choice(brute_force.grid(situation.pack, name)[:7])
    after = engine.decide(told(situation, name, value)).to_dict(trace=False)["claims"][0]
    assert core_of(after) == core_of(before)


@strategies.examples(40)
@given(strategies.situations(), st.randoms(use_true_random=True))
def test_neither_the_order_of_rules_nor_their_files_decides_anything(
    situation: Situation, chance: random.Random
) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place) / "small"
        folder.mkdir()
        scatter(situation.pack, folder, chance)
        first, second = situation.load(), load_policy(folder)
    assert (first, first.digest) == (second, second.digest)
    assert Engine(first, matcher="compiled").decide(situation.case).to_json() == (
        Engine(second, matcher="compiled").decide(situation.case).to_json()
    )


def scatter(pack: Data, folder: Path, chance: random.Random) -> None:
    """Write a pack as several files, its rules in another order."""
    head = {key: pack[key] for key in strategies.HEAD_KEYS if key in pack}
    rest = [{key: value} for key, value in pack.items() if key not in (*head, "rules")]
    rules = chance.sample(pack["rules"], len(pack["rules"]))
    at = chance.randint(0, len(rules))
    documents = [*rest, {"rules": rules[:at]}, {"rules": rules[at:]}]
    (folder / "pack.yaml").write_text(json.dumps(head), encoding="utf-8")
    for name, document in zip(chance.sample("abcdefghijklmnop", len(documents)), documents, strict=True):
        (folder / f"{name}.yaml").write_text(json.dumps(document), encoding="utf-8")


@strategies.examples(40)
@given(strategies.policies())
def test_a_policy_written_out_and_read_again_is_the_same_policy(pack: Data) -> None:
    policy = strategies.load_pack(pack)
    again = strategies.load_text(dump_policy(policy))
    assert (again, again.digest) == (policy, policy.digest)


SCRIPT = """
import hashlib, json, sys
sys.path.insert(0, sys.argv[1])
from refundrules import Engine
from strategies import Situation
for pack, case in json.load(sys.stdin):
    engine = Engine(Situation(pack, case).load(), matcher="compiled")
    print(hashlib.sha256(engine.decide(case).to_json().encode()).hexdigest())
"""


@pytest.mark.process
@pytest.mark.parametrize("open_amounts", [False, True], ids=["random", "amounts one of which is open"])
def test_another_process_with_another_hash_seed_gives_the_same_bytes(open_amounts: bool) -> None:
    situations = [two_waivers()] if open_amounts else strategies.sample(strategies.situations(), 12)
    found = []
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(Path(__file__).parents[1])], input=json.dumps(situations), text=True,
            capture_output=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )  # fmt: skip
        found.append(done.stdout.split())
    assert found == [found[0]] * 2
    here = [Engine(one.load(), matcher="compiled").decide(one.case).to_json() for one in situations]
    assert [hashlib.sha256(text.encode()).hexdigest() for text in here] == found[0]


# -- small cases that brute force once found ----------------------------------------------------------------------


def small(
    rules: list[Data], *, facts: Data, claim: Data | None = None, order: Data | None = None, **pack: Any
) -> Situation:
    """Return a situation over the small vocabulary; `rules` in short: (when, then) as in a pack."""
    full = [
        {"id": f"R-{at:02d}", "cite": ["S"], "because": strategies.TEXT, **rule} for at, rule in enumerate(rules, 1)
    ]
    head = {**strategies.HEAD, "parameters": PARAMETERS, "definitions": {}, "rules": full, **pack}
    base = {"id": "O1", "status": "completed", "placed_at": "2026-06-01", "captured": "0.05", "lines": [LINE]}
    given_order = {key: value for key, value in {**base, **(order or {})}.items() if value is not None}
    case = {"id": "C1", "decided_at": "2026-06-20", "facts": facts, "order": given_order}
    return Situation(head, {**case, "claims": [{"reason": "stain", "requested": "refund_only", **(claim or {})}]})


def parameter(kind: str, *values: tuple[str, Any]) -> Data:
    dated = [{"from": start, "value": value, "cite": ["S"], "verified": False} for start, value in values]
    return {"kind": kind, "title": strategies.TEXT, "values": dated}


LINE = {"id": "L1", "category": "apparel", "unit_price": "0.05"}
PARAMETERS = {
    "few": parameter("count", ("beginning", 1), ("2026-06-01", 2)),
    "small": parameter("money", ("beginning", "0.01")),
    "half": parameter("share", ("beginning", "1/2")),
}
BASICS = [
    {"then": {"issue_class": "quality", "fault": "seller"}},
    {"then": {"outcome": "approve"}},
    {"then": {"resolution": "refund_only"}},
]


def agrees_with_brute_force(situation: Situation) -> None:
    found, expected = claim_of(situation, "compiled"), brute_force.decide(*situation)
    assert found["outcome"] == expected.outcome
    assert {item["fact"] for item in found["missing"]} == expected.missing


def test_an_unknown_part_may_still_agree_with_a_known_one_under_the_same_key() -> None:
    parts = [{"then": {"parts": {"goods": "small"}}}, {"then": {"parts": {"goods": "facts.sum"}}}]
    agrees_with_brute_force(small([*BASICS, *parts], facts={}))


def test_an_unknown_amount_beside_a_known_one_is_open_whatever_the_hash_seed() -> None:
    waivers = [{"then": {"exchange": {"waiver": "small"}}}, {"then": {"exchange": {"waiver": "facts.sum"}}}]
    agrees_with_brute_force(small([*BASICS, *waivers], facts={}))


def test_amounts_that_agree_at_no_end_of_their_range_may_agree_inside_it() -> None:
    waivers = [
        {"then": {"exchange": {"waiver": "facts.sum"}}},
        {"then": {"exchange": {"waiver": "claim.assessed_loss"}}},
    ]
    agrees_with_brute_force(small([*BASICS, *waivers], facts={"sum": "0.03"}))


def test_amounts_that_agree_at_both_ends_of_their_range_may_differ_inside_it() -> None:
    waivers = [
        {"then": {"exchange": {"waiver": "min(facts.sum, claim.paid)"}}},
        {"then": {"exchange": {"waiver": "min(facts.sum + facts.sum, claim.paid)"}}},
    ]
    agrees_with_brute_force(small([*BASICS, *waivers], facts={}))


def test_a_fact_that_changes_the_total_only_inside_a_range_is_missing_too() -> None:
    parts = [
        {"when": {"facts.flag": True}, "then": {"parts": {"goods": "min(claim.paid, facts.sum + facts.sum)"}}},
        {"when": {"facts.flag": False}, "then": {"parts": {"goods": "min(claim.paid, facts.sum)"}}},
    ]
    agrees_with_brute_force(small([*BASICS, *parts], facts={}))


def test_the_orders_date_is_missing_when_it_decides_what_another_unknown_fact_means() -> None:
    when = {"facts.score": {"between": ["few", "few + few"]}}
    rules = [{"when": when, "then": {"issue_class": "quality", "fault": "seller"}}, *BASICS[1:]]
    agrees_with_brute_force(small(rules, facts={}, order={"placed_at": None}))


def test_the_orders_date_is_missing_when_two_dates_swap_the_outcomes() -> None:
    early = {"until": "2026-06-01", "by": "order_placed"}
    late = {"from": "2026-06-01", "by": "order_placed"}
    rules = [
        BASICS[0],
        {"when": {"facts.flag": True}, "then": {"outcome": "approve"}, "in_force": early},
        {"when": {"facts.flag": False}, "then": {"outcome": "decline"}, "in_force": early},
        {"when": {"facts.flag": False}, "then": {"outcome": "approve"}, "in_force": late},
        {"when": {"facts.flag": True}, "then": {"outcome": "decline"}, "in_force": late},
        BASICS[2],
    ]
    agrees_with_brute_force(small(rules, facts={}, order={"placed_at": None}))


def test_an_impossible_completion_does_not_make_a_fact_missing() -> None:
    days = [
        {
            "id": "ORDER",
            "assume": {"order.days_since_completion": {"at_most": "order.days_since_delivery"}},
            "because": strategies.TEXT,
        }
    ]
    rules = [
        BASICS[0],
        {"then": {"outcome": "approve"}},
        {
            "when": {"order.days_since_delivery": {"above": "few_days"}},
            "then": {"outcome": "decline"},
            "overrides": ["R-02"],
        },
        BASICS[2],
        {"when": {"order.days_since_completion": {"above": "few_days"}}, "then": {"parts": {"goods": "small"}}},
    ]
    few_days = {"few_days": parameter("days", ("beginning", 2))}
    agrees_with_brute_force(small(rules, facts={}, assumptions=days, parameters={**PARAMETERS, **few_days}))


def two_waivers() -> Situation:
    """Return a situation where two rules answer with an amount, one known and one not."""
    waivers = [{"then": {"exchange": {"waiver": "claim.paid"}}}, {"then": {"exchange": {"waiver": "facts.sum"}}}]
    more = {"when": {"facts.flag": True}, "then": {"parts": {"goods": "small"}}}
    return small([*BASICS, *waivers, more], facts={})


def test_an_amount_is_missing_when_just_one_total_spares_a_referral() -> None:
    rules = [
        {"then": {"parts": {"goods": "facts.sum"}}},
        {"when": {"refund_total": {"above": "small"}}, "then": {"referral": "supervisor"}},
        {"when": {"refund_total": {"below": "small"}}, "then": {"referral": "supervisor"}},
    ]
    agrees_with_brute_force(small([*BASICS, *rules], facts={}))


@pytest.mark.parametrize("flag", [True, False])
def test_totals_agree_though_one_reading_has_no_parts_at_all(flag: bool) -> None:
    parts = [{"when": {"facts.flag": flag}, "then": {"parts": {"goods": "small"}}}]
    agrees_with_brute_force(small([*BASICS, *parts], facts={}, order={"refunded": "0.05"}))


def test_that_an_open_amount_agreed_once_is_not_remembered_for_other_amounts() -> None:
    waivers = [
        {"when": {"claim.freight.return_quote": {"above": "small"}}, "then": {"exchange": {"waiver": "small"}}},
        {"then": {"exchange": {"waiver": "min(facts.sum, claim.paid)"}}},
    ]
    agreeing, other = (small([*BASICS, *waivers], facts={"sum": amount}) for amount in ("0.01", "0.02"))
    engine = Engine(other.load(), matcher="compiled")
    engine.decide(agreeing.case)
    found = engine.decide(other.case).to_dict(trace=False)["claims"][0]
    assert {item["fact"] for item in found["missing"]} == brute_force.decide(*other).missing == {QUOTE}


QUOTE = "claim.freight.return_quote"
