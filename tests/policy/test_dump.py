"""The parts of a policy as they are written in a pack."""

from __future__ import annotations

from fractions import Fraction

import pytest
import strategies
from tiny_pack import PACK, WHOLE

from refundrules import dump_policy
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.policy.dump import answer_data, condition_data, number_text, parameter_data, rule_data


@pytest.mark.parametrize("text", [PACK, WHOLE])
def test_a_policy_written_out_is_read_again_as_the_same(text: str) -> None:
    policy = strategies.load_text(text)
    assert strategies.load_text(dump_policy(policy)) == policy


@pytest.mark.parametrize(
    ("condition", "data"),
    [
        (cn.ALWAYS, {}),
        (cn.Is("a", (True,)), {"a": True}),
        (cn.Is("a", ("x", "y")), {"a": ["x", "y"]}),
        (cn.Known("a"), {"known": "a"}),
        (cn.Compare("a", "above", fm.parse("b + c")), {"a": {"above": "b + c"}}),
        (cn.Not(cn.Any((cn.Is("a", (True,)), cn.Known("b")))), {"not": {"any": [{"a": True}, {"known": "b"}]}}),
        (cn.All((cn.Is("a", (True,)), cn.Known("b"))), {"all": [{"a": True}, {"known": "b"}]}),
    ],
)
def test_a_condition_is_data(condition: cn.Condition, data: object) -> None:
    assert condition_data(condition) == data


def test_an_answer_is_a_word_or_a_formula() -> None:
    assert (answer_data(True), answer_data("approve"), answer_data(fm.parse("claim.paid"))) == (
        True,
        "approve",
        "claim.paid",
    )


@pytest.mark.parametrize(("number", "text"), [(Fraction(3), 3), (Fraction(1, 8), "0.125"), (Fraction(1, 3), "1/3")])
def test_a_number_is_exact(number: Fraction, text: object) -> None:
    assert number_text(number) == text


def test_a_rule_and_a_parameter_have_every_field_that_was_given() -> None:
    policy = strategies.load_text(PACK)
    rule = rule_data(next(rule for rule in policy.rules if rule.id == "TINY-3"))
    assert (rule["id"], rule["overrides"], rule["then"]["resolution"]) == ("TINY-3", ["TINY-4"], "exchange")
    assert parameter_data(policy.parameters["tolerance"])["values"] == [
        {"from": "beginning", "value": 3, "cite": ["S1"], "verified": False}
    ]
