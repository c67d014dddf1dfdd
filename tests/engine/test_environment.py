"""Facts, answers and parameters by name, as the reference meaning of a condition reads them."""

from __future__ import annotations

import strategies
from points import work_of
from tiny_pack import PACK, case_text

from refundrules.engine.environment import Environment
from refundrules.io.strict_yaml import read_yaml
from refundrules.policy.questions import POSITION


def reading() -> Environment:
    (case,), _ = read_yaml(case_text(reason="size_deviation"), "x")
    ruleset = work_of(strategies.load_text(PACK), case).rulesets[0]
    facts = [None] * len(ruleset.facts)
    facts[ruleset.index["claim.reason"]] = "size_deviation"  # type: ignore[call-overload]
    answers: list[object] = [None] * 40
    answers[POSITION["outcome"]] = frozenset({"approve", "decline"})
    answers[POSITION["fault"]] = "seller"
    return Environment(ruleset, facts, answers, [fact is not None for fact in facts])


def test_a_name_is_a_fact_an_answer_or_a_parameter() -> None:
    made = reading()
    assert made.value("claim.reason") == "size_deviation"
    assert made.value("claim.size_deviation_cm") is None
    assert made.value("fault") == "seller"
    assert made.value("tolerance") == 3000


def test_only_an_answer_is_a_set_of_what_it_may_be() -> None:
    made = reading()
    assert made.possible("outcome") == {"approve", "decline"}
    assert made.possible("fault") == {"seller"}
    assert made.possible("claim.reason") is None


def test_a_fact_is_known_where_the_case_gives_it() -> None:
    made = reading()
    assert made.known("claim.reason")
    assert not made.known("claim.size_deviation_cm")
    assert made.defined("claim.reason") is None
