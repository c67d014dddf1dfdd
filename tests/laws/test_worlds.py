"""What a case may be at all: completions, proofs and the cases themselves agree on it."""

from __future__ import annotations

from typing import Any

import pytest
import strategies
from hypothesis import given
from tiny_pack import PACK

from refundrules import Engine, Policy
from refundrules.analysis.check.check import check_policy
from refundrules.case.axioms import AXIOMS
from refundrules.case.facts import FACTS, LARGEST, largest
from refundrules.case.models import Case
from refundrules.expr import condition as cn

HEAD = PACK[: PACK.index("parameters:\n")]
LONG_AGO, LAST = "1900-01-01", "2200-12-31T12:00:00"


def policy(kind: str, value: int, fact: str, reason: str = "size_deviation") -> Policy:
    """Return a policy that approves what is above a limit and declines the rest."""
    because = "{zh: 限, en: the limit}"
    approve = (
        "{issue_class: quality, fault: seller, outcome: approve, resolution: refund_only, parts: {goods: claim.paid}}"
    )
    decline = "{issue_class: quality, fault: seller, outcome: decline}"
    return strategies.load_text(f"""{HEAD}
parameters:
  limit: {{kind: {kind}, title: {{zh: 限, en: limit}}, values: [{{from: beginning, value: {value}, cite: [S1], verified: false}}]}}
given: {{claim.reason: {reason}}}
rules:
  - {{id: ABOVE, cite: [S1], when: {{{fact}: {{above: limit}}}}, then: {approve}, because: {because}}}
  - {{id: WITHIN, cite: [S2], when: {{{fact}: {{at_most: limit}}}}, then: {decline}, because: {because}}}
""")


def case(order: dict[str, Any] | None = None, claim: dict[str, Any] | None = None) -> dict[str, Any]:
    line = {"id": "L", "category": "apparel", "unit_price": "99.00"}
    return {
        "id": "C",
        "decided_at": LAST,
        "order": {"id": "O", "status": "delivered", "lines": [line], **(order or {})},
        "claims": [{"reason": "size_deviation", **(claim or {})}],
    }


FARTHEST = [
    ("cm", "claim.size_deviation_cm", 99_000, case(claim={"measurements": [{"attribute": "a", "declared_cm": "99999.999", "actual_cm": 0}]})),
    ("days", "order.days_since_delivery", 109_000, case({"delivered_at": LONG_AGO})),
    ("days", "claim.goods.worn_days", 999_999, case(claim={"goods": {"worn_days": 1_000_000}})),
    ("hours", "order.ship_promise_hours", 2_600_000, case({"status": "paid", "paid_at": LONG_AGO, "ship_by": LAST})),
    ("count", "customer.orders", 999_999, case() | {"customer": {"orders": 1_000_000}}),
    ("money", "claim.paid", 9_999_999_999, case({"lines": [{"id": "L", "category": "apparel", "unit_price": "9999999999.99", "quantity": 1000}]}, {"quantity": 1000})),
]  # fmt: skip
"""Of each kind of number, a fact, a limit hardly below what a case may hold, and the case that holds it."""


@pytest.mark.parametrize(("kind", "fact", "limit", "far"), FARTHEST, ids=[row[1] for row in FARTHEST])
def test_a_limit_that_a_case_may_pass_is_passed_in_completions_and_in_proofs(
    kind: str, fact: str, limit: int, far: dict[str, Any]
) -> None:
    made = policy(kind, limit, fact)
    engine = Engine(made, matcher="compiled")
    assert engine.decide(far).outcome == "approve"
    if made.vocabulary[fact].optional:
        assert engine.decide(case()).outcome == "needs_information"
    assert not [item.id for item in check_policy(made).findings if "ABOVE" in item.id and not item.undecided]


@pytest.mark.parametrize("far", [row[3] for row in FARTHEST], ids=[row[1] for row in FARTHEST])
def test_no_fact_is_above_what_is_taken_for_the_largest(far: dict[str, Any]) -> None:
    engine = Engine(policy("days", 3, "claim.goods.worn_days"), matcher="compiled")
    (work,) = engine.works(Case.read(far))[1]
    for fact in FACTS:
        value = fact.derive(work.scene)
        assert fact.kind not in LARGEST or value is None or value <= largest(fact), fact.name


class _Scene:
    """A claim's facts, to hold axioms against."""

    def __init__(self, scene: Any, made: Policy) -> None:
        self.scene, self.made = scene, made

    def value(self, name: str) -> Any:
        return self.made.vocabulary[name].derive(self.scene)

    def possible(self, name: str) -> None:
        return None

    def known(self, name: str) -> bool:
        return self.value(name) is not None

    def defined(self, name: str) -> None:
        return None


@strategies.examples(60)
@given(strategies.situations())
def test_no_case_breaks_an_axiom_that_holds_of_every_case(situation: strategies.Situation) -> None:
    made = situation.load()
    for work in Engine(made, matcher="compiled").works(Case.read(situation.case))[1]:
        for axiom in AXIOMS:
            assert axiom.untaxed or cn.truth(axiom.holds, _Scene(work.scene, made)) is not False, axiom.id


def test_a_completion_leaves_out_what_a_proof_takes_for_impossible() -> None:
    """It was completed six days ago, so it was delivered no later, whatever nobody knows."""
    made = policy("days", 5, "order.days_since_delivery")
    order = {"status": "completed", "completed_at": "2200-12-25"}
    assert Engine(made, matcher="compiled").decide(case(order)).outcome == "needs_information"  # nothing reads both
    both = strategies.load_text(f"""{HEAD}
given: {{claim.reason: size_deviation}}
rules:
  - id: BEFORE
    cite: [S1]
    when: {{not: {{order.days_since_completion: {{at_most: order.days_since_delivery}}}}}}
    then: {{issue_class: quality, fault: seller, outcome: decline}}
    because: {{zh: 先, en: before}}
  - id: AFTER
    cite: [S2]
    when: {{order.days_since_completion: {{at_most: order.days_since_delivery}}}}
    then: {{issue_class: quality, fault: seller, outcome: approve, resolution: refund_only, parts: {{goods: claim.paid}}}}
    because: {{zh: 后, en: after}}
""")
    decision = Engine(both, matcher="compiled").decide(case(order))
    assert (decision.outcome, decision.claims[0].reasons) == ("approve", ("AFTER",))
