"""The JSON Schemas: they accept what the library reads and writes, and refuse what is plainly wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from tiny_pack import PACK, TESTS

from refundrules import Case, Engine, load_policy
from refundrules.case.facts import FACTS
from refundrules.cli.schema import EXAMPLE, SCHEMAS, json_schema
from refundrules.io.strict_yaml import read_yaml
from refundrules.policy.loading.sections import PackHead
from refundrules.policy.model import to_data
from refundrules.policy.questions import NESTED, QUESTIONS
from refundrules.testing.files import TestItem
from refundrules.testing.runner import read_pack_tests, run_pack_tests

ROOT = Path(__file__).parents[2]
VALIDATORS = {name: Draft202012Validator(json_schema(name)) for name in SCHEMAS}
PACK_FILES = sorted((ROOT / "rules").rglob("*.yaml"))


def plain(data: Any) -> Any:
    """Return data as JSON would have it."""
    return json.loads(
        json.dumps(data, default=lambda value: float(value) if isinstance(value, Decimal) else str(value))
    )


def documents(text: str) -> list[Any]:
    found, problems = read_yaml(text, "x")
    assert problems == []
    return [plain(document) for document in found]


def faults(name: str, data: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATORS[name].iter_errors(data)]


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(json_schema(name))
    assert json.loads(json.dumps(json_schema(name))) == json_schema(name)


def test_a_schema_can_be_changed_without_changing_the_next() -> None:
    before = json.dumps(json_schema("tests"))
    json_schema("tests")["properties"].clear()
    assert json.dumps(json_schema("tests")) == before


def test_an_unknown_schema_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"there is no schema `cases` \(did you mean `case`\?\)"):
        json_schema("cases")


# -- what is accepted -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("path", PACK_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_files_of_the_shipped_packs_are_accepted(path: Path) -> None:
    name = "tests" if path.parent.name == "tests" else "pack"
    for document in documents(path.read_text(encoding="utf-8")):
        assert faults(name, document) == []


@pytest.mark.slow
@pytest.mark.parametrize("pack", ["cn-apparel-shop", "cn-platform", "cn-consumer-law"])
def test_a_dumped_policy_is_accepted(pack: str) -> None:
    assert faults("pack", plain(to_data(load_policy(pack)))) == []


@pytest.mark.slow
def test_cases_and_decisions_of_the_shipped_tests_are_accepted() -> None:
    tests = read_pack_tests("cn-apparel-shop", load_policy())
    assert {test.id: found for test in tests if (found := faults("case", plain(test.given)))} == {}
    results = run_pack_tests("cn-apparel-shop").results
    bad = {one.test.id: found for one in results if (found := faults("decision", one.decision.to_dict(trace=False)))}
    assert bad == {}


def test_a_decision_is_accepted_with_its_trace_and_a_ruling() -> None:
    decision = Engine(load_policy()).decide(EXAMPLE)
    assert faults("decision", json.loads(decision.to_json())) == []
    ruled = decision.with_ruling(by="a", at=decision.decided_at, reason="b", outcome="approve", refund="1.00")
    assert faults("decision", json.loads(ruled.to_json(trace=False))) == []


def test_the_example_is_a_case_that_can_be_decided() -> None:
    assert faults("case", EXAMPLE) == []
    assert Engine(load_policy()).decide(EXAMPLE).claims[0].issue_class == "quality"


def test_the_tiny_pack_is_accepted() -> None:
    assert [faults("pack", document) for document in documents(PACK)] == [[]]
    assert [faults("tests", document) for document in documents(TESTS)] == [[]]


# -- what is refused --------------------------------------------------------------------------

CASES = {
    "an unknown field": ("order.colour", "red"),
    "a word that is not a value": ("order.status", "delivred"),
    "a status that is missing": ("order.status", ...),
    "a number that is not whole": ("claims.0.quantity", 1.5),
    "no claims": ("claims", []),
    "no lines": ("order.lines", []),
    "an amount below zero": ("order.lines.0.unit_price", "-1"),
    "an amount in words": ("order.lines.0.unit_price", "ten"),
    "a time that is none": ("order.placed_at", "yesterday"),
    "a truth in words": ("claims.0.insists", "yes"),
    "a jurisdiction that is none": ("order.jurisdiction", "china"),
    "facts that are a list": ("facts", []),
    "an empty id": ("id", ""),
}


@pytest.mark.parametrize("what", CASES)
def test_a_case_is_refused_with(what: str) -> None:
    path, value = CASES[what]
    case = json.loads(json.dumps(EXAMPLE))
    *steps, last = path.split(".")
    at = case
    for step in steps:
        at = at[int(step) if step.isdigit() else step]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    assert faults("case", case) != []


PACKS = {
    "a section that is none": "rule: []",
    "a head without its name": "version: 1.0.0",
    "a name without its version": "pack: x\ntitle: {zh: a, en: b}",
    "a text in one language": "chapter: {zh: a}",
    "a version that is none": "pack: x\nversion: 1.0\ntitle: {zh: a, en: b}",
    "a fact that is none": "given: {claim.resaon: stain}",
    "a value that is none": "given: {claim.reason: stian}",
    "a list with a value that is none": "given: {claim.reason: [stain, stian]}",
    "a value of another fact": "given: {order.status: minor}",
    "a truth in words": "given: {claim.insists: yes}",
    "a number compared for equality": "given: {claim.size_deviation_cm: 3}",
    "an operator that is none": "given: {claim.size_deviation_cm: {over: size_tolerance}}",
    "an operator without an end": "given: {claim.size_deviation_cm: {}}",
    "an enum compared as a number": "given: {claim.reason: {above: size_tolerance}}",
    "between with one end": "given: {claim.size_deviation_cm: {between: [a]}}",
    "a bare number": "given: {claim.size_deviation_cm: {above: 3}}",
    "an answer that is none": "given: {issue_class: qualty}",
    "an answer that cannot be read": "given: {parts: true}",
    "a formula read as an answer": "given: {offer.ceiling: {above: 0}}",
    "an empty alternative": "given: {any: []}",
    "a fact that is never unknown": "given: {unknown: claim.reason}",
    "a pack's fact of a bad name": "given: {facts.Dangerous: true}",
    "a rule without a citation": "rules: [{id: A-1, then: {fault: none}, because: {zh: a, en: b}}]",
    "a rule with a bad id": "rules: [{id: a-1, cite: S1, then: {fault: none}, because: {zh: a, en: b}}]",
    "a rule that answers nothing": "rules: [{id: A-1, cite: S1, then: {}, because: {zh: a, en: b}}]",
    "a question that is none": "rules: [{id: A-1, cite: S1, then: {falt: none}, because: {zh: a, en: b}}]",
    "an answer of another question": "rules: [{id: A-1, cite: S1, then: {fault: quality}, because: {zh: a, en: b}}]",
    "a nested question that is none": "rules: [{id: A-1, cite: S1, then: {freight: {retrun: seller}}, because: {zh: a, en: b}}]",
    "a part that is none": "rules: [{id: A-1, cite: S1, then: {parts: {good: claim.paid}}, because: {zh: a, en: b}}]",
    "a formula with a number": "rules: [{id: A-1, cite: S1, then: {parts: {goods: claim.paid * 2}}, because: {zh: a, en: b}}]",
    "a formula with a sign that is none": "rules: [{id: A-1, cite: S1, then: {parts: {goods: claim.paid ^ x}}, because: {zh: a, en: b}}]",
    "a step that is not numbered": "rules: [{id: A-1, cite: S1, then: {offer.steps: {first: x}}, because: {zh: a, en: b}}]",
    "a deadline after nothing": "rules: [{id: A-1, cite: S1, then: {deadlines: {refund: {within_hours: x, after: dawn}}}, because: {zh: a, en: b}}]",
    "a guardrail that is none": "rules: [{id: A-1, cite: S1, then: {guardrails: [G9]}, because: {zh: a, en: b}}]",
    "a date that is none": "rules: [{id: A-1, cite: S1, then: {fault: none}, in_force: {from: soon}, because: {zh: a, en: b}}]",
    "a parameter without values": "parameters: {x: {kind: cm, title: {zh: a, en: b}}}",
    "a parameter of no kind": "parameters: {x: {kind: inch, values: [{from: beginning, value: 3, cite: S1}]}}",
    "a value without a start": "parameters: {x: {kind: cm, values: [{value: 3, cite: S1}]}}",
    "a value without a citation": "parameters: {x: {kind: cm, values: [{from: beginning, value: 3}]}}",
    "a value that is no number": "parameters: {x: {kind: cm, values: [{from: beginning, value: three, cite: S1}]}}",
    "a definition of two bodies": "definitions: {x: {title: {zh: a, en: b}, formula: a, when: {claim.insists: true}}}",
    "a group of a number": "groups: {x: {of: claim.paid, values: [a]}}",
    "a group with a value that is none": "groups: {x: {of: claim.severity, values: [tiny]}}",
    "a fact outside facts": "facts: {dangerous: {kind: bool, default: false}}",
    "an enum without values": "facts: {facts.x: {kind: enum, default: a}}",
    "a truth with values": "facts: {facts.x: {kind: bool, default: true, values: [a]}}",
    "an unknown fact without a question": "facts: {facts.x: {kind: bool}}",
    "a promise to the shop": "guarantees: [{id: A-1, cite: S1, when: {}, must: {return_payer_not: seller}, because: {zh: a, en: b}}]",
    "a message that is none": "messages: {refund: {zh: a, en: b}}",
    "a place that is none": "messages: [{say: anser, zh: a, en: b}]",
    "a text without a key": "messages: [{say: because, zh: a, en: b}]",
    "a key in another place": "messages: [{say: answer, rule: A-1, zh: a, en: b}]",
    "a trait with a value that is none": "messages: [{say: answer, when: {fault: selller}, zh: a, en: b}]",
    "a message in one language": "messages: [{say: answer, zh: a}]",
    "a script with a rule": "scripts: [{say: explain, rule: A-1, zh: a, en: b}]",
    "a source without a title": "sources: {S1: {url: x}}",
}


@pytest.mark.parametrize("what", PACKS)
def test_a_pack_is_refused_with(what: str) -> None:
    assert [faults("pack", document) for document in documents(PACKS[what])] != [[]]


RULE = "rules: [{id: A-1, cite: S1, then: %s, because: {zh: a, en: b}}]"


@pytest.mark.parametrize(
    "text",
    [
        "given: {facts.dangerous: true, facts.kind_of: [a, b], facts.age_days: {above: limit}, ordinary: true, refund_total: {above: 0}}",
        "given: {not: {all: [{claim.reason: {in: quality_reasons}}, {any: [{claim.insists: {not: true}}]}]}}",
        "given: {claim.size_deviation_cm: {above: low, at_most: high}, claim.paid: {between: [0, 'min(a, b) * 1']}}",
        RULE % "{freight: {return: seller}, freight.replacement: seller, offer: {steps: {1: a}, ceiling: b}}",
        RULE % "{deadlines: {refund: {within_hours: h, after: decided}}, extras: {penalty: 'max(0, a - b) / c'}}",
        RULE % "{fault: none}",
        RULE % "{referral: supervisor, alternatives: [exchange], guardrails: [G1], instructions: [ask_photo]}",
        "parameters: {x: {values: [{from: beginning, value: 5/6, cite: S1}, {from: 2026-01-01, value: 30%, cite: [S1]}]}}",
        "messages: [{say: because, rule: A-1, zh: a, en: b}, {say: answer, when: {fault: [seller, none], offer: true}, zh: a, en: b}]",
        "scripts: [{say: explain, zh: a, en: b}]",
        "{}",
    ],
)
def test_a_pack_is_accepted_with(text: str) -> None:
    assert [faults("pack", document) for document in documents(text)] == [[]]


TEST = "tests: [{id: a, rules: [S1], given: {}, expect: %s}]"
TESTS_REFUSED = {
    "no tests": "defaults: {}",
    "a path that is none": TEST % "{outcom: approve}",
    "a value that is none": TEST % "{outcome: aprove}",
    "a form that is none": TEST % "{cites: {has: S1}}",
    "nothing expected": TEST % "{}",
    "an unknown field of the case": "defaults: {ordr: {}}\ntests: []",
    "a word that is not a value": "defaults: {order: {status: delivred}}\ntests: []",
    "a test without rules": "tests: [{id: a, given: {}, expect: {outcome: approve}}]",
}


@pytest.mark.parametrize("what", TESTS_REFUSED)
def test_a_file_of_tests_is_refused_with(what: str) -> None:
    assert [faults("tests", document) for document in documents(TESTS_REFUSED[what])] != [[]]


@pytest.mark.parametrize(
    "expect",
    [
        "{outcome: null, refund.total: 3, refund.parts.0.kind: goods, claims.1.outcome: approve, $.refund.total: '3.00'}",
        "{outcome: {one_of: [approve]}, missing: {missing_any_of: [a]}, cites: {contains: a, lacks: [b]}, offer: null}",
        "{offer.steps: ['1.00', 2], freight.return.payer: seller, deadlines.0.due: {starts_with: '2026'}}",
    ],
)
def test_a_file_of_tests_is_accepted_with(expect: str) -> None:
    assert [faults("tests", document) for document in documents(TEST % expect)] == [[]]


def test_defaults_may_be_any_part_of_a_case_and_null_removes() -> None:
    text = "defaults: {order: {id: O1}, shop: null}\ntests: []"
    assert [faults("tests", document) for document in documents(text)] == [[]]


# -- what editors show ------------------------------------------------------------------------


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, model in {"": schema, **schema["$defs"]}.items():
        for field, data in model["properties"].items():
            yield f"{name}.{field}", data


def test_every_field_of_a_case_is_described() -> None:
    assert [name for name, field in fields(json_schema("case")) if not field.get("description")] == []


def test_every_field_of_a_decision_is_described() -> None:
    assert [name for name, field in fields(json_schema("decision")) if not field.get("description")] == []


def test_every_field_of_a_case_is_there() -> None:
    schema = json_schema("case")
    assert list(schema["properties"]) == list(Case.model_fields)


def test_a_pack_completes_every_fact_with_its_values() -> None:
    condition = json_schema("pack")["$defs"]["condition"]["properties"]
    for fact in FACTS:
        if fact.kind == "enum":
            assert condition[fact.name]["anyOf"][0]["enum"] == list(fact.values)
        assert fact.name in condition


def test_a_pack_completes_every_question() -> None:
    then = json_schema("pack")["$defs"]["then"]["properties"]
    assert set(then) == {question.id for question in QUESTIONS} | set(NESTED)
    assert then["resolution"]["enum"] == list(next(item.values for item in QUESTIONS if item.id == "resolution"))


def test_a_pack_completes_every_section_and_nothing_else() -> None:
    assert list(json_schema("pack")["properties"]) == list(PackHead.words())


def test_a_test_completes_its_words() -> None:
    assert list(json_schema("tests")["$defs"]["TestItem"]["properties"]) == list(TestItem.words())


def test_a_case_completes_every_reason() -> None:
    from refundrules.case.models import Reason

    assert json_schema("case")["$defs"]["Claim"]["properties"]["reason"]["enum"] == list(get_args(Reason))
