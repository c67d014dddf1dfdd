"""Floors under decisions: the cases in which one falls below a guarantee."""

from __future__ import annotations

from refundrules.arithmetic import Relation, minus
from refundrules.diagram import NONE
from refundrules.expr.formula import Apply, Ref
from refundrules.meaning import OFFER_FACT, Meaning
from refundrules.policy.parts import Guarantee
from refundrules.space import LEFT


def broken(meaning: Meaning, item: Guarantee) -> int:
    """Return the cases in which a decision falls below a guarantee."""
    d, answers = meaning.space.diagrams, meaning.answers
    when = meaning.space.condition(item.when, meaning.ruleset, meaning)
    below = _below(meaning, item, d.minus(d.both(meaning.possible, when), meaning.reviewed))
    offered = d.all_of([below, meaning.offer_open, answers("resolution").get("compensation", NONE)])
    if offered == NONE:
        return below
    # An offer is as good as what follows when all offers are declined.
    at = meaning.space.variable_of(OFFER_FACT)
    assert at is not None
    last = d.sizes[at] - 1
    there = d.both(d.minus(when, meaning.reviewed), d.among(at, (last,)))
    after = d.fixed(there, {at: last})
    after_below = d.fixed(_below(meaning, item, there), {at: last})
    return d.minus(below, d.all_of([offered, after, d.without(after_below)]))


def _below(meaning: Meaning, item: Guarantee, cases: int) -> int:
    """Return those of the cases in which the decision is less than a guarantee promises, its offers aside."""
    d, must = meaning.space.diagrams, item.must
    found = NONE
    if must.not_declined:
        found = d.both(cases, meaning.answers("outcome").get("decline", NONE))
    if must.refund_at_least is not None:
        floor = Apply("min", (meaning.amount(must.refund_at_least), Ref(LEFT)))
        for part, amount in meaning.refunds(cases):
            short = meaning.space.holds(Relation(minus(floor, amount), strict=True))
            found = d.either(found, d.both(part, short))
    for question, payer in (
        ("freight.return", must.return_payer_not),
        ("freight.replacement", must.replacement_payer_not),
    ):
        if payer is not None:
            found = d.either(found, d.both(cases, meaning.answers(question).get(payer, NONE)))
    return found
