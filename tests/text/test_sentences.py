"""Conditions, formulas and answers as sentences: every form, exactly, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
import shipped
from hypothesis import given
from hypothesis import strategies as st
from strategies import HEAD, examples, load_pack

from refundrules import Policy, load_policy, pack_names
from refundrules.case.facts import FACTS, Words
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import All, Compare, Condition, Is, Known, Not
from refundrules.expr.condition import Any as AnyOf
from refundrules.expr.walk import reads
from refundrules.io.catalog import FOLDER, entries
from refundrules.policy.parts import Answer, Deadline, Floor
from refundrules.policy.questions import ADDED, OFFER_OPEN, QUESTIONS
from refundrules.rendering.handbook.model import read_book
from refundrules.text.sentences import Clause, Sentences, flat
from refundrules.text.words import fact_name

LANGUAGES = ("zh", "en")
_ENTRIES = entries((FOLDER / "en.yaml").read_text(encoding="utf-8"), "en.yaml")
NAMES = {
    name: fact_name(name)
    for key in _ENTRIES
    for section, _, name in [key.removesuffix(".so").partition(".")]
    if section in ("fact", "statement") and not key.endswith(".not")
}


# -- names ----------------------------------------------------------------------------------------


def test_every_fact_has_a_name_in_both_languages_and_a_truth_has_its_opposite() -> None:
    for fact in FACTS:
        assert fact.name in NAMES
        assert (NAMES[fact.name].opposite is not None) == (fact.kind == "bool")
    for named in NAMES.values():
        assert all(named.name)
        assert named.opposite is None or (all(named.opposite) and named.opposite != named.name)


def test_every_answer_that_rules_may_read_has_a_name() -> None:
    readable = {question.id for question in QUESTIONS if not question.keyed} | set(ADDED)
    assert readable <= set(NAMES)
    assert {
        name for name in NAMES if name.partition(".")[0] not in ("claim", "order", "line", "shop", "customer")
    } == readable


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_facts_or_answers_are_called_alike(language: str) -> None:
    called = [words.to(language) for named in NAMES.values() for words in named if words is not None]
    assert len(set(called)) == len(called)


def test_a_packs_own_fact_goes_by_its_question_or_its_bare_name() -> None:
    policy = shipped.policy()
    asked = fact_name("facts.dangerous", policy.vocabulary["facts.dangerous"])
    assert asked.name == Words("“商品有安全危险吗？”的回答", "the answer to “Is the item dangerous?”")
    assert fact_name("facts.closed").name == Words("“facts.closed”", "“facts.closed”")


# -- every form -----------------------------------------------------------------------------------


@cache
def small() -> Policy:
    titled = {"zh": "短期", "en": "short while"}
    dated = [
        {"from": "beginning", "value": 1, "cite": ["S"], "verified": False},
        {"from": "2026-06-01", "value": 3, "cite": ["S"], "verified": False},
    ]
    share = [{"from": "beginning", "value": "5/6", "cite": ["S"], "verified": False}]
    unit = [{"from": "beginning", "value": "1.50", "cite": ["S"], "verified": False}]
    return load_pack(
        HEAD
        | {
            "parameters": {
                "few_days": {"kind": "days", "title": titled, "values": dated},
                "share": {"kind": "share", "title": {"zh": "比例", "en": "an opening share"}, "values": share},
                "unit": {"kind": "money", "title": {"zh": "单位", "en": "unit"}, "values": unit},
            },
            "definitions": {
                "fresh": {"title": {"zh": "新", "en": "fresh goods"}, "when": {"claim.insists": False}},
                "trip": {
                    "title": {"zh": "往返运费", "en": "round trip"},
                    "formula": "claim.freight.return_quote + claim.freight.replacement_quote",
                },
            },
            "rules": [],
        }
    )


def say(condition: Condition, day: date | None = None) -> tuple[str, str]:
    both = flat(Sentences(small(), day).clause(condition))
    return both.zh, both.en


SIZE = Compare("order.days_since_delivery", "above", fm.Ref("few_days"))
REASON = Is("claim.reason", ("stain", "damage"))
INSISTS, WASHED = Is("claim.insists", (True,)), Is("claim.goods.washed", (False,))


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        (INSISTS, "买家坚持", "the buyer insists"),
        (Not(INSISTS), "买家没有坚持", "the buyer does not insist"),
        (Not(Not(INSISTS)), "买家坚持", "the buyer insists"),
        (WASHED, "没有洗过", "the item was not washed"),
        (Not(WASHED), "已经洗过", "the item was washed"),
        (Is("claim.insists", (True, False)), "买家坚持是“是”或“否”", "the buyer insists is “yes” or “no”"),
        (Is("facts.flag", (True,)), "“说明”的回答是“是”", "the answer to “a reason” is “yes”"),
        (Not(Is("facts.kind", ("a",))), "“说明”的回答非“a”", "the answer to “a reason” is not “a”"),
        (REASON, "申请原因是“污渍”或“破损”", "the reported problem is “a stain” or “damage”"),
        (Not(REASON), "申请原因非“污渍”或“破损”", "the reported problem is not one of “a stain” or “damage”"),
        (Is("issue_class", ("quality",)), "问题类别是“质量问题”", "the kind of problem is “quality problem”"),
        (Is("freight.return", ("buyer",)), "退回运费的承担方是“买家”", "the payer of the way back is “the buyer”"),
        (Is("return_required", (False,)), "商品不用退回", "nothing is sent back"),
        (Is(OFFER_OPEN, (True,)), "还有未被拒绝的补偿方案", "an offer stands that was not declined"),
        (Is("order.channel", ("in_store",)), "购买渠道是“实体店”", "the sales channel is “in the shop”"),
        (Is("fresh", (True,)), "符合“新”", "“fresh goods” applies"),
        (Is("fresh", (False,)), "不符合“新”", "“fresh goods” does not apply"),
        (Not(Is("fresh", (False,))), "符合“新”", "“fresh goods” applies"),
        (Known("claim.application"), "买家提交的申请类型已知", "the application filed is known"),
        (Not(Known("claim.application")), "买家提交的申请类型未知", "the application filed is not known"),
        (Not(Known("claim.goods.washed")), "是否已经洗过未知", "whether the item was washed is not known"),
        (SIZE, "签收至申请的天数超过短期（3 天）", "the days since delivery is more than the short while (3 days)"),
        (Not(SIZE), "签收至申请的天数不超过短期（3 天）", "the days since delivery is at most the short while (3 days)"),
        (
            Compare("claim.paid", "below", fm.Ref("trip")),
            "实付货款少于往返运费",
            "the price paid is less than the round trip",
        ),
        (
            Not(Compare("claim.paid", "below", fm.Ref("trip"))),
            "实付货款不少于往返运费",
            "the price paid is at least the round trip",
        ),
        (Compare("claim.paid", "at_most", fm.Number(Fraction(0))), "实付货款不超过0", "the price paid is at most 0"),
        (All(()), "任何情况下", "in every case"),
        (AnyOf(()), "从不", "never"),
        (Not(All(())), "从不", "never"),
        (Not(AnyOf(())), "任何情况下", "in every case"),
        (All((INSISTS, WASHED)), "买家坚持，且没有洗过", "the buyer insists, and the item was not washed"),
        (All((INSISTS,)), "买家坚持", "the buyer insists"),
        (Not(AnyOf((INSISTS,))), "买家没有坚持", "the buyer does not insist"),
        (AnyOf((INSISTS, WASHED)), "买家坚持，或没有洗过", "the buyer insists, or the item was not washed"),
        (
            All((INSISTS, AnyOf((WASHED, SIZE)))),
            "买家坚持，且（没有洗过，或签收至申请的天数超过短期（3 天））",
            "the buyer insists, and (the item was not washed, or the days since delivery is more than the short while (3 days))",
        ),
        (
            Not(All((INSISTS, WASHED))),
            "并非（买家坚持，且没有洗过）",
            "not (the buyer insists, and the item was not washed)",
        ),
        (
            All((REASON, Not(AnyOf((INSISTS, WASHED))))),
            "申请原因是“污渍”或“破损”，且并非（买家坚持，或没有洗过）",
            "the reported problem is “a stain” or “damage”, and not (the buyer insists, or the item was not washed)",
        ),
        (
            AnyOf((AnyOf((INSISTS, WASHED)), All((SIZE, REASON)))),
            "买家坚持，或没有洗过，或（签收至申请的天数超过短期（3 天），且申请原因是“污渍”或“破损”）",
            ("the buyer insists, or the item was not washed, or (the days since delivery is more than the short while (3 days), "
            "and the reported problem is “a stain” or “damage”)"),
        ),
    ],
)  # fmt: skip
def test_every_form_of_a_condition_is_a_sentence(condition: Condition, zh: str, en: str) -> None:
    assert say(condition) == (zh, en)


def test_numbers_are_those_of_the_day_and_one_day_is_not_days() -> None:
    assert say(SIZE, date(2026, 5, 31))[1] == "the days since delivery is more than the short while (1 day)"
    assert say(SIZE, date(2026, 6, 1))[1] == "the days since delivery is more than the short while (3 days)"


@pytest.mark.parametrize(
    ("formula", "zh", "en"),
    [
        ("claim.paid", "实付货款", "the price paid"),
        ("trip", "往返运费", "the round trip"),
        ("unit", "单位（1.50 CNY）", "the unit (1.50 CNY)"),
        ("claim.paid * share", "实付货款 × 比例（5/6）", "the price paid × an opening share (5/6)"),
        ("(claim.paid - unit) * share", "（实付货款 − 单位（1.50 CNY）） × 比例（5/6）", "(the price paid − the unit (1.50 CNY)) × an opening share (5/6)"),
        ("claim.paid - (trip - unit)", "实付货款 − （往返运费 − 单位（1.50 CNY））", "the price paid − (the round trip − the unit (1.50 CNY))"),
        ("claim.paid / share", "实付货款 ÷ 比例（5/6）", "the price paid ÷ an opening share (5/6)"),
        ("-claim.paid", "−实付货款", "−the price paid"),
        ("min(trip, claim.paid)", "往返运费和实付货款中较低的一个", "the lower of the round trip and the price paid"),
        ("max(trip, claim.paid, unit)", "往返运费、实付货款和单位（1.50 CNY）中最高的一个", "the highest of the round trip, the price paid and the unit (1.50 CNY)"),
        ("-min(trip, claim.paid)", "−（往返运费和实付货款中较低的一个）", "−(the lower of the round trip and the price paid)"),
        ("floor(trip, unit)", "往返运费向下取到单位（1.50 CNY）的倍数", "the round trip rounded down to a multiple of the unit (1.50 CNY)"),
        ("ceil(trip, unit)", "往返运费向上取到单位（1.50 CNY）的倍数", "the round trip rounded up to a multiple of the unit (1.50 CNY)"),
        ("round(trip, unit)", "往返运费四舍五入到单位（1.50 CNY）的倍数", "the round trip rounded half up to a multiple of the unit (1.50 CNY)"),
    ],
)  # fmt: skip
def test_every_form_of_a_formula_is_said(formula: str, zh: str, en: str) -> None:
    assert Sentences(small()).formula(fm.parse(formula)) == Words(zh, en)


@pytest.mark.parametrize(
    ("answer", "about", "value"),
    [
        (Answer("issue_class", None, "quality"), "Kind of problem", "quality problem"),
        (Answer("fault", None, "carrier"), "Fault", "the carrier"),
        (Answer("return_required", None, True), "Goods come back", "the goods come back"),
        (Answer("freight.replacement", None, "insurer"), "Who pays the way to the buyer", "the insurer"),
        (Answer("offer.steps", "2", fm.Ref("unit")), "Steps of the offer", "step 2: the unit (1.50 CNY)"),
        (Answer("offer.ceiling", None, fm.Ref("trip")), "Ceiling of the offer", "the round trip"),
        (Answer("parts", "fee.restocking", fm.Ref("unit")), "Refund", "restocking fee: the unit (1.50 CNY)"),
        (Answer("extras", "penalty", fm.Ref("unit")), "Owed beside", "penalty: the unit (1.50 CNY)"),
        (Answer("instructions", "note_it", True), "To do", "a reason"),
        (Answer("guardrails", "G2", True), "Never", "G2: G2"),
        (Answer("alternatives", "exchange", True), "Or else", "exchange"),
        (Answer("referral", None, "specialist"), "Handed on", "a specialist"),
        (
            Answer("deadlines", "refund", Deadline("few_days", "decided")),
            "Deadlines",
            "refund: within 3 days after the decision (short while)",
        ),
    ],
)
def test_every_kind_of_answer_is_said(answer: Answer, about: str, value: str) -> None:
    said = Sentences(small()).answer(answer)
    assert (said.question, said.about.en, said.value.en) == (answer.question, about, value)


def test_every_promise_of_a_guarantee_is_said() -> None:
    floor = Floor(True, fm.Ref("claim.paid"), "buyer", "buyer")
    assert [text.en for text in Sentences(small()).floor(floor)] == [
        "the claim is not declined",
        "the refund is at least the price paid",
        "the buyer does not pay the way back",
        "the buyer does not pay the way to the buyer",
    ]
    assert Sentences(small()).floor(Floor()) == ()


def test_a_reason_shows_numbers_and_names_what_the_case_fills_in() -> None:
    text = Words("{claim.paid}在{few_days}内", "{claim.paid} within {few_days}, {trip}")
    assert Sentences(small()).because(text) == Words("［实付货款］在3 天内", "[price paid] within 3 days, [round trip]")


# -- exactly --------------------------------------------------------------------------------------

_LEAVES: tuple[tuple[Condition, str], ...] = (
    (Is("claim.requested", ("exchange",)), "wish"),
    (Is("claim.requested", ("exchange", "repair")), "wish"),
    (Is("claim.goods.washed", (True,)), "washed"),
    (Is("claim.goods.washed", (False,)), "washed"),
    (Is("facts.flag", (False,)), "flag"),
    (Is("fresh", (True,)), "insists"),
    (Is("fresh", (False,)), "insists"),
    (Compare("order.days_since_delivery", "above", fm.Ref("few_days")), "days"),
    (Compare("order.days_since_delivery", "at_most", fm.Ref("few_days")), "days"),
    (Compare("order.days_since_delivery", "at_least", fm.Ref("order.days_since_completion")), "days"),
    (Known("claim.application"), "application"),
)
leaves = st.sampled_from([leaf for leaf, _ in _LEAVES])
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
    ),
    max_leaves=8,
)
worlds = st.fixed_dictionaries(
    {
        "claim.requested": st.sampled_from([None, "exchange", "repair", "refund_only"]),
        "claim.goods.washed": st.sampled_from([None, True, False]),
        "facts.flag": st.sampled_from([None, True, False]),
        "claim.insists": st.booleans(),
        "order.days_since_delivery": st.sampled_from([None, 2, 3, 4]),
        "order.days_since_completion": st.sampled_from([None, 3]),
        "claim.application": st.sampled_from([None, "exchange"]),
        "few_days": st.just(3),
    }
)


class World:
    """Facts as a condition reads them."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def value(self, name: str) -> Any:
        return self.values[name]

    def possible(self, name: str) -> None:
        return None

    def known(self, name: str) -> bool:
        return self.values[name] is not None

    def defined(self, name: str) -> Any:
        found = small().definitions.get(name)
        return None if found is None else found.body


def read(clause: Clause, told: dict[Words, bool | None]) -> bool | None:
    """Return whether a sentence is so, as somebody reads it who knows only its statements."""
    if clause.joint == "leaf":
        return told[clause.text]
    found = [read(part, told) for part in clause.parts]
    conjunction = clause.joint in ("all", "not_all")
    stop = not conjunction
    whole = stop if stop in found else None if None in found else conjunction
    return whole if clause.joint in ("all", "any") or whole is None else not whole


@examples(100)
@given(conditions, worlds)
def test_a_sentence_is_so_exactly_when_its_condition_holds(condition: Condition, values: dict[str, Any]) -> None:
    world, sentences = World(values), Sentences(small())
    told: dict[Words, bool | None] = {Words("任何情况下", "in every case"): True, Words("从不", "never"): False}
    for leaf, _ in _LEAVES:
        for form in (leaf, Not(leaf)):
            text, truth = sentences.clause(form).text, cn.truth(form, world)
            assert told.setdefault(text, truth) is truth
    clause = sentences.clause(condition)
    assert read(clause, told) is cn.truth(condition, world)
    assert all(flat(clause))


# -- the shipped packs ----------------------------------------------------------------------------


def texts_of(clauses: Iterator[Clause]) -> Iterator[Words]:
    for clause in clauses:
        yield clause.text
        yield from texts_of(iter(clause.parts))


def called(policy: Policy, name: str) -> list[Words]:
    """Return what may stand for a name in a sentence: its name, or its opposite."""
    if name in policy.parameters:
        return [policy.parameters[name].title]
    if name in policy.definitions:
        return [policy.definitions[name].title]
    return [words for words in fact_name(name, policy.vocabulary.get(name)) if words is not None]


@pytest.mark.parametrize("pack", pack_names())
def test_every_rule_names_everything_it_reads(pack: str) -> None:
    policy = load_policy(pack)
    for group in (group for chapter in read_book(policy).chapters for group in chapter.groups):
        for entry in group.entries:
            rule = policy.rule[entry.id]
            texts = [*texts_of(iter((*group.always, entry.when))), *(said.value for said in entry.then)]
            formulas = [answer.value for answer in rule.then if isinstance(answer.value, fm.Formula)]
            names = {*reads(rule.when), *(name for formula in formulas for name in fm.names(formula))}
            assert_named(policy, names, texts)


@pytest.mark.parametrize("pack", pack_names())
def test_every_guarantee_term_and_assumption_names_everything_it_reads(pack: str) -> None:
    policy = load_policy(pack)
    book = read_book(policy)
    guarantees = {item.id: item for item in policy.guarantees}
    for entry in book.guarantees:
        promised = guarantees[entry.id].must.refund_at_least
        names = {*reads(guarantees[entry.id].when), *(fm.names(promised) if promised is not None else ())}
        assert_named(policy, names, [*texts_of(iter((entry.when,))), *entry.must])
    for term in book.definitions:
        body = policy.definitions[term.id].body
        if isinstance(body, fm.Formula):
            assert term.formula is not None
            assert_named(policy, set(fm.names(body)), [term.formula])
        else:
            assert term.when is not None
            assert_named(policy, set(reads(body)), list(texts_of(iter((term.when,)))))
    assumptions = {item.id: item.assume for item in policy.assumptions}
    for entry in book.assumptions:
        assert_named(policy, set(reads(assumptions[entry.id])), list(texts_of(iter((entry.when,)))))


def assert_named(policy: Policy, names: set[str], texts: list[Words]) -> None:
    for language in LANGUAGES:
        text = "\n".join(words.to(language) for words in texts)
        for name in names:
            assert any(words.to(language) in text for words in called(policy, name)), (name, text)
