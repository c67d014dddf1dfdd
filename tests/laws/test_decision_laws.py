"""Laws that hold for every case of the shop's pack, and for every policy where that is what the law is about."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from threading import Barrier
from typing import Any

import brute_force
import pytest
import shipped
import strategies
from cores import MATCHERS, core_of
from hypothesis import given
from hypothesis import strategies as st
from strategies import Data, Learning

from refundrules import Decision, Engine

STATM = Path("/proc/self/statm")
SHOP = shipped.policy()


ENGINES = {name: Engine(SHOP, matcher=name) for name in MATCHERS}  # type: ignore[arg-type]
ENGINE = ENGINES["compiled"]
DEFINITE = ("approve", "decline", "manual_review")
STRICTNESS = ("approve", "decline", "needs_information", "manual_review")


def fen(amount: Any) -> int:
    scaled = Fraction(str(amount)) * 100
    assert scaled.denominator == 1
    return int(scaled)


def claims_of(case: Data) -> list[Data]:
    found: list[Data] = ENGINE.decide(case).to_dict(trace=False)["claims"]
    return found


@dataclass
class Made:
    """A case and what was decided of it, as the laws read it."""

    case: Data
    decision: Decision
    whole: Data
    """The decision as plain data, without its trace."""

    @property
    def claims(self) -> list[Data]:
        found: list[Data] = self.whole["claims"]
        return found

    @property
    def traces(self) -> list[Data]:
        found: list[Data] = self.decision.trace["claims"]
        return found


TIED = {"delivered_at": ("completed_at",), "completed_at": ("delivered_at",)}
"""A fact that an assumption ties to another may settle it, though no two completions differ in it alone."""

LAWS: list[Callable[[Made], None]] = []


def law(check: Callable[[Made], None]) -> Callable[[Made], None]:
    """Note a law that holds for every decision."""
    LAWS.append(check)
    return check


# -- outcomes -----------------------------------------------------------------------------------------------------


@law
def every_claim_gets_exactly_one_outcome_and_the_case_the_strictest(made: Made) -> None:
    outcomes = [claim.outcome for claim in made.decision.claims]
    assert len(outcomes) == len(made.case["claims"])
    assert set(outcomes) <= set(STRICTNESS)
    assert made.decision.outcome == max(outcomes, key=STRICTNESS.index)


@law
def a_decline_has_a_reason_a_cite_and_says_to_contact_the_buyer_first(made: Made) -> None:
    for claim in made.claims:
        if claim["outcome"] == "decline":
            assert claim["reasons"]
            assert claim["cites"]
            assert "contact_buyer_first" in claim["instructions"]


@law
def a_decline_grants_nothing_and_blames_nobody(made: Made) -> None:
    for claim in made.claims:
        if claim["outcome"] == "decline":
            assert (claim["resolution"], claim["fault"], claim["return_required"]) == ("none", "none", False)
            assert (claim["refund"], claim["extras"]) == ({"total": "0.00", "parts": []}, [])
            assert claim["freight"] == {
                "return": {"payer": "none", "reimburse": None},
                "replacement": {"payer": "none"},
            }


@law
def an_approval_says_what_to_do_and_why(made: Made) -> None:
    for claim in made.claims:
        if claim["outcome"] == "approve":
            assert claim["reasons"]
            assert claim["cites"]
            assert None not in core_of(claim).values() or claim["resolution"] != "exchange"
            assert claim["missing"] == []


@law
def what_is_missing_is_asked_for_only_while_information_is_needed(made: Made) -> None:
    for claim in made.claims:
        assert bool(claim["missing"]) == (claim["outcome"] == "needs_information")
        assert all(item["question"] for item in claim["missing"])


@law
def nothing_is_asked_for_that_the_case_already_says(made: Made) -> None:
    for at, claim in enumerate(made.claims):
        told = {"claim": made.case["claims"][at], "order": made.case["order"], "shop": made.case.get("shop", {})}
        for item in claim["missing"]:
            root, _, path = item["fact"].partition(".")
            assert brute_force.nested(told.get(root, {}), path) in (None, [])


@law
def a_manual_review_says_which_rules_or_question_sent_it_there(made: Made) -> None:
    for claim, trace in zip(made.decision.claims, made.traces, strict=True):
        if claim.outcome == "manual_review":
            assert trace["review"] is not None


# -- money --------------------------------------------------------------------------------------------------------


@law
def refund_parts_sum_to_the_total_within_what_was_captured_and_not_refunded(made: Made) -> None:
    limit = left_of(made.case)
    for claim in made.claims:
        if claim["refund"] is not None:
            total = fen(claim["refund"]["total"])
            assert total == sum(fen(part["amount"]) for part in claim["refund"]["parts"])
            assert 0 <= total <= limit


def left_of(case: Data) -> int:
    """Return what was captured and not refunded yet, in fen."""
    order = case["order"]
    if "captured" in order:
        captured = fen(order["captured"])
    elif order["status"] == "awaiting_payment":
        captured = 0
    else:
        lines = sum(strategies.price_of(line) for line in order["lines"])
        captured = lines - fen(order.get("discount", 0)) + fen(order.get("shipping_charged", 0))
    return captured - fen(order.get("refunded", 0))


@law
def the_orders_refund_is_the_sum_of_its_claims_within_the_same_limit_and_unknown_while_one_of_them_is(
    made: Made,
) -> None:
    claims, refund = made.whole["claims"], made.whole["refund"]
    known = [fen(claim["refund"]["total"]) for claim in claims if claim["refund"]]
    settled = fen(refund["settled"])
    assert settled == min(sum(known), left_of(made.case))
    assert (refund["total"] is None) == (len(known) < len(claims))
    assert refund["total"] in (None, refund["settled"])
    assert approved(made.whole) <= settled


def approved(whole: Data) -> int:
    """Return the refunds of a decision's approved claims."""
    return sum(fen(claim["refund"]["total"]) for claim in whole["claims"] if claim["outcome"] == "approve")


@law
def what_the_buyer_pays_for_exchanges_is_set_off_against_the_refund_once_everything_is_known(made: Made) -> None:
    whole = made.whole
    exchanges = [claim["exchange"] for claim in whole["claims"] if claim["exchange"]]
    is_open = any(claim["outcome"] not in ("approve", "decline") for claim in whole["claims"])
    settlement = whole["settlement"]
    assert (settlement is None) == (is_open or any(one["price_difference"] is None for one in exchanges))
    if settlement is not None:
        net = fen(whole["refund"]["total"]) - sum(fen(one["buyer_pays"]) for one in exchanges)
        amount = fen(settlement["amount"])
        assert {"shop": amount > 0, "buyer": amount > 0, "none": amount == 0}[settlement["payer"]]
        assert amount * (-1 if settlement["payer"] == "buyer" else 1) == net
        if settlement["by_tender"]:
            assert settlement["payer"] == "shop"
            assert sum(fen(tender["amount"]) for tender in settlement["by_tender"]) == amount


@law
def tenders_sum_to_the_refunds_of_the_approved_claims_and_none_gives_back_more_than_it_holds(made: Made) -> None:
    if "tenders" not in made.case["order"]:
        return
    refund = made.whole["refund"]
    amounts = [fen(tender["amount"]) for tender in refund["by_tender"]]
    assert sum(amounts) == approved(made.whole)
    for amount, tender in zip(amounts, made.case["order"]["tenders"], strict=True):
        assert 0 <= amount <= fen(tender["captured"]) - fen(tender["refunded"])


@law
def the_steps_of_an_offer_rise_strictly_up_to_their_ceiling(made: Made) -> None:
    for claim in made.claims:
        offer = claim["offer"]
        if offer is None or claim["outcome"] != "approve":
            continue
        steps = [fen(step) for step in offer["steps"]]
        assert steps == sorted(set(steps))
        assert steps[0] > 0
        assert offer["ceiling"] is None or steps[-1] <= fen(offer["ceiling"])
        assert fen(offer["next"]) == steps[offer["declined"]] == fen(claim["refund"]["total"]) or capped(claim)


def capped(claim: Data) -> bool:
    return any(part["kind"] == "cap" for part in claim["refund"]["parts"])


@law
def a_compensation_for_a_minor_problem_never_exceeds_round_trip_freight_or_what_was_paid(made: Made) -> None:
    for claim, trace in zip(made.decision.claims, made.traces, strict=True):
        if claim.offer is not None and {"OFFER-003", "OFFER-004"} & set(claim.reasons):
            facts = facts_in(trace)
            round_trip = facts["claim.freight.return_quote"] + facts["claim.freight.replacement_quote"]
            assert claim.offer.ceiling is not None
            assert fen(claim.offer.ceiling) <= 100 * min(round_trip, facts["claim.paid"])


def facts_in(trace: Data) -> dict[str, Any]:
    """Return the facts of a claim's trace: numbers exact, in yuan where they are money."""
    found = {}
    for item in trace["facts"]:
        numeric = item["kind"] not in ("bool", "enum") and item["value"] is not None
        found[item["fact"]] = Fraction(str(item["value"])) if numeric else item["value"]
    return found


# -- who pays -----------------------------------------------------------------------------------------------------


@law
def the_seller_pays_the_way_back_of_what_the_seller_got_wrong(made: Made) -> None:
    for claim in made.claims:
        if claim["fault"] == "seller" and claim["return_required"]:
            assert claim["freight"]["return"]["payer"] in ("seller", None)
            assert claim["freight"]["return"]["payer"] == "seller" or claim["outcome"] == "needs_information"


@law
def goods_that_stay_or_go_have_a_payer_exactly_where_something_travels(made: Made) -> None:
    for claim in made.claims:
        if claim["outcome"] == "approve":
            assert (claim["freight"]["return"]["payer"] != "none") == claim["return_required"]
            sent = claim["resolution"] in ("exchange", "repair", "reship", "reship_part")
            assert (claim["freight"]["replacement"]["payer"] != "none") == sent


# -- monotone -----------------------------------------------------------------------------------------------------

DEVIATIONS = st.sampled_from(["0", "2.9", "2.999", "3", "3.001", "3.1", "4", "30"])


@strategies.examples(25)
@given(strategies.cases(), DEVIATIONS, DEVIATIONS)
def test_a_larger_size_deviation_never_turns_quality_into_non_quality(case: Data, one: str, other: str) -> None:
    small, large = sorted([one, other], key=Fraction)

    def with_deviation(deviation: str) -> Data:
        measured = [{"attribute": "chest", "declared_cm": deviation, "actual_cm": 0}]
        return {**case, "claims": [{**case["claims"][0], "reason": "size_deviation", "measurements": measured}]}

    if claims_of(with_deviation(small))[0]["issue_class"] == "quality":
        assert claims_of(with_deviation(large))[0]["issue_class"] == "quality"


@strategies.examples(25)
@given(strategies.cases(), st.integers(0, 4), st.integers(0, 4))
def test_declining_more_offers_never_lowers_the_next_one(case: Data, one: int, other: int) -> None:
    fewer, more = sorted([one, other])
    first, *rest = case["claims"]
    offers = [
        claims_of({**case, "claims": [{**first, "declined_offers": declined}, *rest]})[0]["offer"]
        for declined in (fewer, more)
    ]
    if all(offers) and all(offer["next"] for offer in offers):
        assert fen(offers[0]["next"]) <= fen(offers[1]["next"])
    assert offers[0] or not offers[1]


# -- knowing more -------------------------------------------------------------------------------------------------


@strategies.examples(40)
@given(strategies.learnings())
def test_learning_a_fact_contradicts_nothing_and_only_what_is_missing_decides(learning: Learning) -> None:
    for before, after in zip(claims_of(learning.before), claims_of(learning.after), strict=True):
        if before["outcome"] in DEFINITE:
            assert core_of(after) == core_of(before)
            continue
        if after["outcome"] != "manual_review":
            shown = {key: value for key, value in core_of(before).items() if value is not None and key != "outcome"}
            assert {key: core_of(after)[key] for key in shown if core_of(after)[key] is not None} == shown
        if after["outcome"] != before["outcome"]:
            names = (learning.learnt, *TIED.get(learning.learnt, ()))
            assert any(item["fact"].endswith(names) for item in before["missing"])


# -- redoing it by hand -------------------------------------------------------------------------------------------


@law
def a_determining_rules_conditions_all_hold_when_worked_out_again_from_the_traces_facts(made: Made) -> None:
    for claim, trace in zip(made.decision.claims, made.traces, strict=True):
        if claim.outcome in ("approve", "decline") and trace["completion"] is None:
            trees = {rule["rule"]: rule["when"] for rule in trace["rules"]}
            known = facts_in(trace) | answers_in(trace)
            assert set(claim.reasons) <= set(trees)
            assert all(holds(trees[rule], known) for rule in claim.reasons)


@law
def every_truth_in_a_trace_follows_from_the_values_beside_it(made: Made) -> None:
    for trace in made.traces:
        if "rules" in trace:
            known = facts_in(trace) | answers_in(trace)
            for rule in trace["rules"]:
                assert holds(rule["when"], known) is rule["holds"]


def answers_in(trace: Data) -> dict[str, Any]:
    """Return the answers of a claim's trace; a set of what an open one may be."""
    found = {item["question"]: item["answer"] for item in trace["questions"] if "answer" in item}
    return {name: frozenset(answer["may_be"]) if isinstance(answer, dict) else answer for name, answer in found.items()}


def holds(tree: Data, known: dict[str, Any]) -> bool | None:
    """Return the truth of a trace's condition tree, and check that each part of it says the same."""
    truth = _holds(tree, known)
    assert tree["truth"] is truth, tree
    return truth


def _holds(tree: Data, known: dict[str, Any]) -> bool | None:
    if "all" in tree or "any" in tree:
        parts = [holds(part, known) for part in tree.get("all", tree.get("any"))]
        final = "any" in tree
        return final if final in parts else None if None in parts else not final
    if "not" in tree:
        inner = holds(tree["not"], known)
        return None if inner is None else not inner
    if tree["wanted"] == "known":
        return bool(tree["truth"])
    if "than" in tree:
        return compared(tree, known)
    if "means" in tree:
        inner = holds(tree["means"], known)
        return None if inner is None else inner in tree["wanted"]
    if tree["name"] in known and not isinstance(known[tree["name"]], frozenset):
        assert tree["actual"] == known[tree["name"]]
    return one_of(
        tree["actual"],
        tree["wanted"],
        is_fact=tree["name"].startswith(("claim.", "order.", "line.", "shop.", "customer.", "facts.")),
    )


def one_of(actual: Any, wanted: list[Any], *, is_fact: bool) -> bool | None:
    if isinstance(actual, list):
        hits = {str(value) in map(str, wanted) for value in actual}
        return hits.pop() if len(hits) == 1 else None
    return None if actual is None and is_fact else actual in wanted


def compared(tree: Data, known: dict[str, Any]) -> bool | None:
    if tree["actual"] is None or tree["which_is"] is None:
        return None
    left, right = Fraction(str(tree["actual"])), Fraction(str(tree["which_is"]))
    assert known.get(tree["name"], left) == left
    assert known.get(tree["than"], right) == right
    return {"below": left < right, "at_most": left <= right, "above": left > right, "at_least": left >= right}[
        tree["wanted"]
    ]


# -- guarantees ---------------------------------------------------------------------------------------------------


@law
def no_decision_falls_below_what_the_law_promises(made: Made) -> None:
    left = left_of(made.case)
    for claim, trace in zip(made.decision.claims, made.traces, strict=True):
        if claim.outcome in ("approve", "decline"):
            facts = facts_in(trace) | {"issue_class": claim.issue_class, "reason": trace["reason"]}
            total = fen(claim.refund.total) if claim.refund else 0
            for floor in promised(made.case, facts):
                if claim.offer is None or claim.offer.fallback is None:
                    assert total >= min(left, fen(floor)), floor
            if has_right(made.case, facts):
                assert claim.outcome != "decline"
            if claim.issue_class == "quality" and claim.outcome == "approve":
                assert claim.freight.return_.payer != "buyer"
                assert claim.freight.replacement.payer != "buyer"
            left -= total if claim.outcome == "approve" else 0


def promised(case: Data, facts: dict[str, Any]) -> Iterator[Fraction]:
    """Yield the least refunds the law gives, in yuan (notes on law: A1, A2-01, A2-07)."""
    paid, wish = facts["claim.paid"], facts.get("claim.requested")
    if is_returned_for_quality(case, facts) or is_no_reason_return(case, facts):
        threshold = case["order"].get("free_shipping") == "over_threshold"
        cost = Fraction(str(case["order"].get("shipping_cost", 10**6)))
        quality = is_returned_for_quality(case, facts)
        yield paid - min(cost, paid) if threshold and not quality else paid
    if is_lost(case, facts) and wish in ("return_and_refund", "refund_only"):
        yield paid + facts.get("claim.shipping_share", 0)


def has_right(case: Data, facts: dict[str, Any]) -> bool:
    damaged = facts["reason"] == "transit_damage" and case["order"]["status"] == "shipped"
    return is_returned_for_quality(case, facts) or is_no_reason_return(case, facts) or is_lost(case, facts) or damaged


def is_lost(case: Data, facts: dict[str, Any]) -> bool:
    sent = case["order"]["status"] in ("shipped", "delivered", "completed")
    return sent and facts["reason"] in ("not_received", "lost") and facts.get("claim.parcel") == "lost"


def is_returned_for_quality(case: Data, facts: dict[str, Any]) -> bool:
    days = facts.get("order.days_since_delivery")
    return (
        case["order"]["status"] in ("delivered", "completed")
        and facts["issue_class"] == "quality"
        and facts.get("claim.requested") == "return_and_refund"
        and days is not None
        and days <= 7
    )


def is_no_reason_return(case: Data, facts: dict[str, Any]) -> bool:
    days, exclusion = facts.get("order.days_since_delivery"), facts.get("line.exclusion")
    confirmed = exclusion in ("hygiene", "near_expiry") and facts.get("line.exclusion_confirmed")
    return (
        case["order"]["status"] in ("delivered", "completed")
        and case["order"].get("channel", "online") == "online"
        and facts["issue_class"] in ("quality", "non_quality")
        and facts.get("claim.requested") == "return_and_refund"
        and days is not None
        and days <= 7
        and exclusion not in ("custom_made", "perishable", "digital", "periodical")
        and not confirmed
        and facts.get("claim.goods.labels_intact") is True
        and facts.get("claim.goods.soiled") is False
        and facts.get("claim.goods.resalable") is True
    )


# -- the same again -----------------------------------------------------------------------------------------------


@law
def every_matcher_gives_the_same_bytes_as_every_other_and_as_itself_again(made: Made) -> None:
    assert {engine.decide(made.case).to_json() for engine in ENGINES.values()} == {made.decision.to_json()}


@law
def every_decision_validates_and_reads_back_as_itself(made: Made) -> None:
    assert Decision.model_validate(made.whole).to_dict(trace=False) == made.whole
    assert Decision.read(made.decision.to_json()).to_json() == made.decision.to_json()


@strategies.examples(100)
@given(strategies.cases())
def test_every_decision_keeps_every_law(case: Data) -> None:
    decision = ENGINE.decide(case)
    made = Made(case, decision, decision.to_dict(trace=False))
    for check in LAWS:
        check(made)


SCRIPT = """
import hashlib, json, sys
from refundrules import Engine, load_policy
engine = Engine(load_policy("cn-apparel-shop"), matcher="compiled")
for case in json.load(sys.stdin):
    print(hashlib.sha256(engine.decide(case).to_json().encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def many_cases() -> list[Data]:
    return strategies.sample(strategies.cases(), 15)


@pytest.mark.process
def test_another_process_with_another_hash_seed_gives_the_same_bytes(many_cases: list[Data]) -> None:
    expected = [hashlib.sha256(ENGINE.decide(case).to_json().encode()).hexdigest() for case in many_cases]
    for seed in ("1", "2"):
        path = os.pathsep.join(entry for entry in sys.path if entry)
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], input=json.dumps(many_cases), capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
        )  # fmt: skip
        assert done.stdout.split() == expected


@pytest.mark.parametrize("name", MATCHERS)
def test_eight_threads_sharing_an_engine_give_the_answers_of_one(name: str, many_cases: list[Data]) -> None:
    expected = [ENGINES[name].decide(case).to_json() for case in many_cases]
    shared, together = Engine(SHOP, matcher=name), Barrier(8)  # type: ignore[arg-type]

    def decided() -> list[str]:
        together.wait(60)
        return [shared.decide(case).to_json() for case in many_cases]

    with ThreadPoolExecutor(8) as pool:
        found = [future.result() for future in [pool.submit(decided) for _ in range(8)]]
    assert found == [expected] * 8


def test_deciding_many_is_deciding_each(many_cases: list[Data]) -> None:
    assert [one.to_json() for one in ENGINE.decide_many(many_cases)] == [
        ENGINE.decide(case).to_json() for case in many_cases
    ]


PLAIN: Data = {
    "id": "C1",
    "decided_at": "2026-06-20",
    "order": {
        "id": "O1",
        "status": "completed",
        "placed_at": "2026-06-10",
        "delivered_at": "2026-06-15",
        "completed_at": "2026-06-16",
        "lines": [{"id": "L1", "category": "apparel", "unit_price": "99.00"}],
    },
    "claims": [
        {
            "reason": "changed_mind",
            "requested": "return_and_refund",
            "goods": {"labels_intact": True, "soiled": False, "resalable": True},
        }
    ],
}


@pytest.mark.skipif(not STATM.exists(), reason="memory is read from /proc")
def test_memory_stays_flat_over_5000_decisions() -> None:
    def resident() -> int:
        gc.collect()
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def decide(numbers: range) -> None:
        for number in numbers:
            ENGINE.decide({**PLAIN, "id": f"C{number}"})

    decide(range(500))
    before = resident()
    decide(range(500, 5500))
    assert resident() - before < 4 * 2**20
