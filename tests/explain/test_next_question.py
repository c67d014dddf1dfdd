"""What is asked next: only what matters, nothing twice, and to the decision that the whole case gives."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from functools import cache
from itertools import product
from statistics import median
from typing import Any, get_args

import brute_force
import pytest
import shipped
import strategies
from conversations import Talk, barely_told, cores, talk
from cores import told
from hypothesis import given
from hypothesis import strategies as st
from strategies import Data, Situation

from refundrules import Case, CaseError, Engine, next_question
from refundrules.case import models as case_module
from refundrules.case.facts import FACTS
from refundrules.case.paths import replaced, value_at
from refundrules.cli.ask_dialog import basics
from refundrules.explain.next_question.question import Ask
from refundrules.testing.runner import read_pack_tests
from refundrules.text.words import label


@cache
def engine() -> Engine:
    return shipped.engine()


def plain(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    return [plain(item) for item in data] if isinstance(data, list) else data


@cache
def shop_cases() -> dict[str, Data]:
    tests = read_pack_tests("cn-apparel-shop", engine().policy)
    return {test.id: plain(test.given) for test in tests}


@cache
def acceptance() -> list[str]:
    tests = read_pack_tests("cn-apparel-shop", engine().policy)
    return [test.id for test in tests if "acceptance.yaml" in test.where or "second-reading.yaml" in test.where]


PART: Data = {
    "id": "C1",
    "decided_at": "2026-06-10T12:00:00+08:00",
    "order": {
        "id": "T1",
        "status": "completed",
        "placed_at": "2026-06-01",
        "delivered_at": "2026-06-05",
        "completed_at": "2026-06-06",
        "lines": [{"id": "L1", "category": "apparel", "unit_price": "99.00"}],
    },
    "claims": [{"reason": "stain"}],
}


def part(**claim: Any) -> Data:
    return {**PART, "claims": [{**PART["claims"][0], **claim}]}


def first(case: Any, **more: Any) -> Ask:
    ask = next_question(case, engine(), **more)
    assert ask is not None
    return ask


def nothing_twice(conversation: Talk) -> None:
    paths = Counter(field.path for ask in conversation.asked for field in ask.fields)
    assert [path for path, count in paths.items() if count > 1] == []


REVIEW = {"outcome": "manual_review"}


def ends_as_the_whole_case(engine: Engine, conversation: Talk, full: Data) -> None:
    """Hold that a conversation ends with the whole case's decision, or open on nothing but what that does not know.

    A claim that goes to a person is asked nothing more: what was left at a default is the person's to find out.
    """
    found, wanted = cores(engine, conversation.case), cores(engine, full)
    if "needs_information" not in (*found, *wanted):
        assert [one for one in found if one != REVIEW] == [
            other for one, other in zip(found, wanted, strict=True) if one != REVIEW
        ]
    vain = asked_in_vain(conversation)
    for index, claim in enumerate(engine.decide(conversation.case).claims):
        for item in claim.missing:
            path = re.sub(r"claims\.(\d+)\.", r"claims[\1].", item.fact.replace("claim.", f"claims[{index}]."))
            assert path in vain


def asked_in_vain(conversation: Talk) -> set[str]:
    """Return every path of the questions that the whole case could not answer."""
    asked = [ask for ask in conversation.asked if ask.path in conversation.skip]
    return {path for ask in asked for path in (ask.path, *(field.path for field in ask.fields))}


# -- laws ---------------------------------------------------------------------------------------------------------


@strategies.examples(20)
@given(strategies.situations(), st.randoms(use_true_random=False))
def test_asking_ends_with_the_decision_of_the_whole_case_whatever_the_policy(
    situation: Situation, chance: random.Random
) -> None:
    for name in brute_force.unknown_facts(*situation):
        if name.startswith(("facts.", "claim.")):
            value = chance.choice(brute_force.grid(situation.pack, name)[:7])
            situation = Situation(situation.pack, told(situation, name, value))
    small, full = Engine(situation.load(), matcher="compiled"), situation.case
    with (
        pytest.MonkeyPatch.context() as patch
    ):  # defaults of which several matter only together cost more than is spent on a case
        patch.setattr("refundrules.explain.next_question.next_question.TRIALS", 5_000)
        conversation = talk(small, barely_told(full), full)
        nothing_twice(conversation)
        ends_as_the_whole_case(small, conversation, full)
        assert talk(small, barely_told(full), full) == conversation


@strategies.examples(20)
@given(strategies.situations())
def test_what_nobody_knows_is_asked_exactly_while_brute_force_finds_it_matters(situation: Situation) -> None:
    small = Engine(situation.load(), matcher="compiled")
    ask, missing = next_question(situation.case, small, defaults=False), brute_force.decide(*situation).missing
    assert (ask is None) == (not missing)
    skip = set[str]()
    while ask is not None:
        assert ask.path.replace("claims[0]", "claim") in missing
        skip.add(ask.path)
        ask = next_question(situation.case, small, skip=skip)
    assert {path.replace("claims[0]", "claim") for path in skip} == missing


@strategies.examples(30)
@given(strategies.situations(), st.sampled_from(["open", "told"]))
def test_what_is_left_at_a_default_is_asked_only_where_brute_force_finds_it_matters(
    situation: Situation, which: str
) -> None:
    claim = {key: value for key, value in situation.case["claims"][0].items() if key not in CLOSED}
    case = {**situation.case, "claims": [claim]}
    if which == "open":
        case["facts"] = {key: value for key, value in case["facts"].items() if key != "closed"}
    small = Engine(situation.load(), matcher="compiled")
    ask = next_question(case, small)
    if ask is None or ask.kind != "any_of" or "opened_at" in {field.name for field in ask.fields}:
        return  # brute force knows no other day than today
    others = [[field.default, *OTHERS.get(field.name, (True,))] for field in ask.fields]
    if len(list(product(*others))) * brute_force.completions(situation.pack, case) > 3000:
        return
    found: dict[tuple[Any, ...], Any] = {}
    for values in product(*others):
        changed = case
        for field, value in zip(ask.fields, values, strict=True):
            changed = replaced(changed, field.path, value) if value is not None else changed
        found[values] = frozenset(brute_force.decide(situation.pack, changed).cores)
    for at, field in enumerate(ask.fields):
        groups: dict[tuple[Any, ...], set[Any]] = {}
        for values, core in found.items():
            groups.setdefault((*values[:at], *values[at + 1 :]), set()).add(core)
        assert any(len(group) > 1 for group in groups.values()), field.path


CLOSED = ("insists", "declined_offers", "replacement_price")
OTHERS: dict[str, tuple[Any, ...]] = {
    "declined_offers": (1, 2, 3, 4, 5, 6),
    "replacement_price": ("0.00", *(strategies.fen(amount) for amount in range(1, 9)), "10000000000.00"),
    "resalable": (False,),
}


@strategies.examples(20)
@given(strategies.cases())
def test_asking_about_any_case_of_the_shop_ends_with_its_decision(case: Data) -> None:
    conversation = talk(engine(), case, case, defaults=False)
    assert conversation.case == case  # what is known is not asked for
    start = barely_told(case)
    conversation = talk(engine(), start, case)
    nothing_twice(conversation)
    ends_as_the_whole_case(engine(), conversation, case)


# -- the shop -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_acceptance_cases_take_six_questions_at_most_in_the_middle_and_end_as_the_whole_case() -> None:
    counts = []
    for name in acceptance():
        full = shop_cases()[name]
        conversation = talk(engine(), barely_told(full), full)
        nothing_twice(conversation)
        assert cores(engine(), conversation.case) == cores(engine(), full), name
        counts.append(len(conversation.asked))
    assert median(counts) <= 4
    assert max(counts) <= 7


NOT_REACHED = {"fade-two-pairs-complain"}
"""Open on facts nobody knows, where only a default left alone would settle it."""


@pytest.mark.slow
def test_the_shops_own_cases_end_as_the_whole_case() -> None:
    names = {*sorted(shop_cases())[::6], *NOT_REACHED}
    wrong = set()
    for name in names:
        full = shop_cases()[name]
        conversation = talk(engine(), barely_told(full), full)
        if cores(engine(), conversation.case) != cores(engine(), full):
            assert engine().decide(conversation.case).outcome == "needs_information", name
            wrong.add(name)
    assert wrong >= NOT_REACHED
    assert len(wrong) <= len(names) / 10, wrong


def test_the_most_telling_question_comes_first() -> None:
    ask = first(part())
    assert (ask.fact, ask.path, ask.kind) == ("claim.requested", "claims[0].requested", "enum")
    assert ask.choices[0] == ("return_and_refund", ("退货退款", "return and refund"))


def test_a_case_given_as_a_model_is_asked_about_like_its_mapping() -> None:
    assert next_question(Case.read(part()), engine()) == next_question(part(), engine())
    answered = first(part()).answer(Case.read(part()), "exchange")
    assert answered["claims"] == [{"reason": "stain", "requested": "exchange"}]


def test_what_nobody_knows_is_not_asked_again_and_leaves_the_decision_open() -> None:
    case, skip = part(), set[str]()
    while (ask := next_question(case, engine(), skip=skip)) is not None:
        assert ask.path not in skip
        skip.add(ask.path)
    assert skip == {f"claims[0].{path}" for path in WANTED}
    assert engine().decide(case).outcome == "needs_information"


WANTED = ("requested", "severity", "assessed_loss", "freight.return_quote", "freight.replacement_quote")


@pytest.mark.parametrize("name", ["claim.requested", "claims[0].requested"])
def test_a_fact_may_be_skipped_by_its_name_or_its_path(name: str) -> None:
    assert first(part(), skip={name}).fact == "claim.severity"


def test_without_defaults_nothing_more_is_asked_once_it_is_decided() -> None:
    full = part(requested="return_and_refund", severity="major", freight={"return_quote": 12, "replacement_quote": 12})
    assert next_question(full, engine(), defaults=False) is None
    ask = first(full)
    assert (ask.kind, ask.path, ask.claim) == ("any_of", "claims[0]", 0)
    assert {field.name for field in ask.fields} >= {"demanded", "dangerous"}


def test_what_does_not_apply_is_written_down_and_not_asked_again() -> None:
    full = part(requested="return_and_refund", severity="major", freight={"return_quote": 12, "replacement_quote": 12})
    told = first(full).answer(full, {})
    assert told["claims"][0]["demanded"] is None
    assert told["facts"] == {"dangerous": False}
    assert next_question(told, engine()) is None
    assert cores(engine(), told) == cores(engine(), full)


def test_a_claim_decided_too_late_asks_whether_it_was_raised_earlier() -> None:
    late = {**part(), "decided_at": "2026-06-25T12:00:00+08:00"}
    ask = first(late)
    assert "opened_at" in {field.name for field in ask.fields}
    earlier = ask.answer(late, {"opened_at": "2026-06-15"})
    assert first(earlier).fact == "claim.requested"


def test_a_measurement_is_one_question_with_three_fields() -> None:
    case = part(reason="size_deviation", requested="return_and_refund")
    ask = first(case)
    assert (ask.kind, ask.path, [field.name for field in ask.fields]) == (
        "measurement", "claims[0].measurements", ["attribute", "declared_cm", "actual_cm"],
    )  # fmt: skip
    measured = {"attribute": "chest", "declared_cm": 100, "actual_cm": "96.5"}
    for value in (measured, [measured]):
        assert ask.answer(case, value)["claims"][0]["measurements"] == [measured]


def test_two_dates_that_make_one_fact_are_one_question() -> None:
    order = {**PART["order"], "delivered_at": None, "deliver_by": None, "completed_at": None, "status": "shipped"}
    case = {**part(reason="not_received", requested="refund_only", parcel="in_transit"), "order": order}
    asked = talk(engine(), case, {}).asked
    forms = [ask for ask in asked if ask.fact == "order.delivery_overdue"]
    assert [field.path for ask in forms for field in ask.fields] == ["order.deliver_by"]
    late = {**case, "order": {**PART["order"]}, "claims": [{"reason": "late_shipment", "requested": "compensation"}]}
    form = first(late)
    assert (form.kind, [field.path for field in form.fields]) == ("form", ["order.ship_by", "order.shipped_at"])
    told = form.answer(late, {"ship_by": "2026-06-02", "shipped_at": "2026-06-03"})
    assert value_at(told, "order.ship_by") == "2026-06-02"


def test_every_claim_is_asked_about_with_its_own_path() -> None:
    lines = [{"id": name, "category": "apparel", "unit_price": "99"} for name in ("L1", "L2")]
    claims = [{"line": "L1", "reason": "changed_mind", "requested": "refund_only"}, {"line": "L2", "reason": "stain"}]
    case = {**PART, "order": {**PART["order"], "lines": lines}, "claims": claims}
    asked = talk(engine(), case, {}).asked
    assert {ask.claim for ask in asked} == {0, 1}
    assert all(ask.path.startswith(f"claims[{ask.claim}]") for ask in asked if ask.claim is not None)


def test_a_question_is_plain_json() -> None:
    case = part(requested="return_and_refund", severity="major", freight={"return_quote": 12, "replacement_quote": 12})
    for ask in (first(part()), first(part(reason="size_deviation")), first(case)):
        data = ask.to_dict()
        assert json.loads(json.dumps(data, ensure_ascii=False)) == data
        assert list(data) == ["fact", "path", "claim", "kind", "question", "may_be_unknown", "fields"]
        assert data["question"]["zh"]
        assert data["question"]["en"]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("exchnage", "claims[0].requested: `exchnage` is not one of its values (did you mean `exchange`?)"),
        (None, "claims[0].requested: is not answered (answer it, or skip it)"),
    ],
)
def test_a_wrong_answer_is_one_problem_with_the_way_out(value: object, says: str) -> None:
    with pytest.raises(CaseError) as caught:
        first(part()).answer(part(), value)
    assert str(caught.value) == says


def test_answers_to_several_fields_are_checked_one_by_one() -> None:
    case = part(reason="size_deviation")
    ask = first(case, skip={"claim.requested"})
    wrong: list[tuple[object, str]] = [
        ("4 cm", "claims[0].measurements: `4 cm` is not a mapping of fields (fields: `attribute`, `declared_cm`, `actual_cm`)"),
        ({"atribute": "chest"}, "claims[0].measurements: `atribute` is not asked for (did you mean `attribute`?)"),
        (
            {"attribute": "chest", "declared_cm": 100},
            "claims[0].measurements[0].actual_cm: is not answered (answer every field, or skip the question)",
        ),
        (
            {"attribute": "chest", "declared_cm": 100, "actual_cm": "much"},
            'claims[0].measurements[0].actual_cm: `much` is not a decimal number (write it like "12.50")',
        ),
    ]  # fmt: skip
    for value, says in wrong:
        with pytest.raises(CaseError) as caught:
            ask.answer(case, value)
        assert str(caught.value) == says


def test_an_answer_that_contradicts_the_case_is_refused() -> None:
    order = {key: value for key, value in PART["order"].items() if key != "delivered_at"}
    case = {**part(reason="changed_mind", requested="return_and_refund"), "order": order}
    skip = {"claim.goods.labels_intact", "claim.goods.soiled", "order.days_since_completion"}
    ask = first(case, skip=skip)
    assert ask.path == "order.delivered_at"
    with pytest.raises(CaseError, match=r"is before `order\.placed_at`"):
        ask.answer(case, "2026-05-01")


def test_every_choice_of_every_fact_has_a_name_in_both_languages() -> None:
    for fact in FACTS:
        if fact.question is not None:
            for value in fact.values:
                words = label(fact.name.rpartition(".")[2], value)
                assert words.zh != value, (fact.name, value)


def test_every_choice_of_what_every_case_must_say_has_a_name_in_both_languages() -> None:
    for reason in get_args(case_module.Reason):
        for ask in basics({"claims": [{"reason": reason}]}, lambda _: None, "CNY", fresh=True):
            assert [choice for choice in ask.choices if choice.label.zh == choice.value] == []
            assert ask.path not in ("order.id", "claims[0].reason") or not ask.may_be_unknown
