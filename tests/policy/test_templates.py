"""Texts to people: chosen without a gap or a clash, filled in from the decision alone, and checked when loaded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import shipped
import strategies
from hypothesis import given
from hypothesis import strategies as st
from strategies import cases
from tiny_pack import PACK, write_pack

from refundrules import Decision, Engine, PackError, dump_policy, load_policy, message
from refundrules.engine.decision_models import ClaimDecision
from refundrules.engine.messages import _AMOUNTS, destinations, told, traits
from refundrules.policy.guardrail_lint import lint
from refundrules.policy.model import Policy
from refundrules.policy.templates import (
    AGENT,
    BUYER,
    FILLED,
    NEVER,
    ONLY,
    PLACEHOLDER,
    PLACES,
    TRAITS,
    Box,
    left_over,
    met,
)

POLICY = shipped.policy()
ENGINE = Engine(POLICY, matcher="compiled")


@cache
def decisions() -> list[Decision]:
    return [decision for _, decision in shipped.decided_tests()]


def claims() -> list[tuple[ClaimDecision, Decision]]:
    return [(claim, decision) for decision in decisions() for claim in decision.claims]


MESSAGES = """\
messages:
  - {say: about, zh: "第 {number} 项，共 {count} 项。", en: "Request {number} of {count}."}
  - {say: answer, when: {outcome: approve}, zh: 好的。, en: Yes.}
  - {say: answer, when: {outcome: [decline, needs_information, manual_review]}, zh: 抱歉。, en: Sorry.}
  - {say: because, rule: TINY-2, zh: 不支持。, en: It is not possible here.}
  - {say: because, rule: TINY-4, zh: 正常。, en: It is within tolerance.}
  - {say: amount, when: {refund: true}, zh: "退您 {refund}。", en: "You get {refund} back."}
  - {say: destination, when: {refund_to: [store_credit, mixed, unknown, partly_unknown]}, zh: 退款去向再约。, en: We will agree with you where it goes.}
  - {say: next, instruction: ask_photo, zh: 请拍照。, en: Please send a photo.}
  - {say: filing, when: {application.reapply: true}, zh: "请申请{required}。", en: "Please file {required}."}
"""


def in_box(claim: ClaimDecision, decision: Decision, box: Box) -> bool:
    found = traits(claim, destinations(decision.claims, decision.refund))
    return all(found[name] in values for name, values in box.items())


def loaded(folder: Path, text: str) -> Policy:
    return load_policy(write_pack(folder, pack=PACK + text))


def refused(folder: Path, text: str) -> list[str]:
    """Return what is wrong with the tiny pack and this text, each line without its folder."""
    with pytest.raises(PackError) as error:
        loaded(folder, text)
    return [str(problem).rpartition("tiny/")[2] for problem in error.value.problems]


# -- every decision has one text for each place ---------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("section", PLACES)
def test_every_decision_of_the_shop_has_one_text_for_each_place_that_needs_one(section: str) -> None:
    for (claim, decision), place in product(claims(), PLACES[section]):
        here = [
            text for text in getattr(POLICY, section) if text.say == place.name and in_box(claim, decision, text.box)
        ]
        wanted = {name: frozenset(of) for name, of in (place.needed or {}).items()}
        if place.needed is not None and in_box(claim, decision, wanted):
            assert len(here) == 1
        assert place.key or len(here) <= 1


@strategies.examples(40)
@given(cases())
def test_no_case_is_decided_as_the_texts_take_for_impossible_and_each_gets_its_message(case: dict[str, Any]) -> None:
    decision = ENGINE.decide(case)
    for claim in decision.claims:
        assert [box for box in NEVER if in_box(claim, decision, box)] == []
    for language in ("zh", "en"):
        buyer, agent = message(decision, "buyer", language), message(decision, "agent", language)
        assert buyer.count("\n\n") == len(decision.claims) - 1
        assert not set("{}") & set(buyer + agent)
        assert lint(buyer) == ()
        assert lint(agent) == ()


@strategies.examples(40)
@given(strategies.situations())
def test_no_policy_decides_as_the_texts_take_for_impossible(situation: strategies.Situation) -> None:
    decision = Engine(situation.load(), matcher="compiled").decide(situation.case)
    for claim in decision.claims:
        assert [box for box in NEVER if in_box(claim, decision, box)] == []


@pytest.mark.slow
def test_traits_and_amounts_are_read_for_every_word_and_only_those() -> None:
    for claim, decision in claims():
        found = traits(claim, destinations(decision.claims, decision.refund))
        assert set(found) == set(TRAITS)
        assert all(value in TRAITS[name] for name, value in found.items())
    assert {name for name in FILLED if FILLED[name] == name} == {*_AMOUNTS, "fallback", "alternatives"}
    assert set(ONLY) <= set(FILLED)


SMALL = {name: TRAITS[name] for name in ("outcome", "fault", "offer")}
BOXES = st.fixed_dictionaries(
    {}, optional={name: st.frozensets(st.sampled_from(values), min_size=1) for name, values in SMALL.items()}
)


def cells(box: Box) -> Iterator[tuple[Any, ...]]:
    return product(*(box.get(name, frozenset(values)) for name, values in SMALL.items()))


@given(BOXES, st.lists(BOXES, max_size=5))
def test_what_is_left_over_is_what_no_other_box_holds(box: Box, covers: list[Box]) -> None:
    covered = {cell for cover in covers for cell in cells(cover)}
    left = left_over(box, covers)
    if left is None:
        assert set(cells(box)) <= covered
    else:
        assert set(cells(left)) <= set(cells(box)) - covered


@given(BOXES, BOXES)
def test_two_boxes_meet_in_what_both_hold(one: Box, other: Box) -> None:
    both = met(one, other)
    assert (set(cells(both)) if both is not None else set()) == set(cells(one)) & set(cells(other))


# -- what reaches a person ------------------------------------------------------------------------


def decided(name: str) -> Decision:
    return ENGINE.decide(shipped.tests()[name].given)


def test_a_return_says_how_much_who_pays_and_by_when() -> None:
    assert message(decided("advance-listed-carrier"), "buyer", "zh") == (
        "您好，感谢您联系我们。很抱歉，这次的商品出了问题，给您添麻烦了。我们为您办理退货退款。"
        "收到您寄回的商品后，我们按原支付方式退您 99.00 元。退回的运费由我们承担，您垫付的 15.00 元，收到商品后报销给您。"
        "寄出后，请把快递公司和真实的运单号告诉我们。退款会在收到您寄回的商品后 7 天内办理。有任何问题，随时联系我们。"
    )


@pytest.mark.slow
def test_an_offer_names_the_next_step_and_no_other_amount() -> None:
    for decision in decisions():
        for claim in decision.claims:
            if claim.offer is None or claim.outcome != "approve" or len(decision.claims) > 1:
                continue
            for to, language in product(("buyer", "agent"), ("zh", "en")):
                said = set(re.findall(r"\d+\.\d\d", message(decision, to, language)))
                assert said <= {str(claim.offer.next)}


@pytest.mark.slow
def test_every_amount_in_a_message_is_one_of_the_decisions() -> None:
    for decision in decisions():
        amounts = set(re.findall(r"\d+\.\d\d", json.dumps(decision.to_dict(trace=False))))
        for language in ("zh", "en"):
            assert set(re.findall(r"\d+\.\d\d", message(decision, "buyer", language))) <= amounts


def test_the_agent_listens_first_apologises_where_the_shop_is_at_fault_and_follows_up() -> None:
    steps = re.findall(r"^\d\. ([^:]+):", message(decided("minor-return"), "agent", "en"), re.MULTILINE)
    assert steps == ["Listen and restate", "Apologise", "Explain", "Propose", "Agree the next steps", "Follow up"]
    declined = message(decided("mind-day-8-first-minutes"), "agent", "zh")
    assert "道歉" not in declined
    assert "2. 说明：先表示理解，再说明原因，不争辩。\n   “很抱歉，这次我们没办法按您的要求处理。" in declined


def test_several_claims_are_greeted_once_and_told_apart() -> None:
    text = message(decided("two-claims"), "buyer", "en")
    assert text.count("Hello") == text.count("please just write to us") == 1
    assert [line.partition(". ")[0] for line in text.split("\n\n")][1] == "This is our answer to request 2 of 2"


@pytest.mark.slow
def test_a_decision_read_back_says_the_same_in_both_languages_with_its_trace_or_with_the_policy() -> None:
    for decision in decisions()[::9]:
        again = Decision.read(decision.to_json())
        bare = Decision.read(decision.to_json(trace=False))
        for to, language in product(("buyer", "agent"), ("zh", "en")):
            said = message(decision, to, language)
            assert message(again, to, language) == said
            assert message(bare, to, language, policy=POLICY) == said
            assert message(bare, to, language) == ""


@pytest.mark.slow
def test_what_somebody_wrote_into_a_case_reaches_no_message() -> None:
    test = shipped.tests()["size-4cm-return"]
    data = json.loads(json.dumps(dict(test.given), default=str).replace('"L1"', '"WROTE"'))
    data["id"] = data["order"]["id"] = "WROTE"
    data["order"]["lines"][0] |= {"id": "WROTE", "title": "WROTE"}
    data["claims"][0] |= {
        "line": "WROTE",
        "measurements": [{"attribute": "WROTE", "declared_cm": 100, "actual_cm": 96}],
    }
    decision = ENGINE.decide(data)
    assert decision.outcome == "approve"
    for to, language in product(("buyer", "agent"), ("zh", "en")):
        assert message(decision, to, language)
        assert "WROTE" not in message(decision, to, language)


@pytest.mark.slow
def test_every_text_of_the_shop_is_said_in_some_tested_decision() -> None:
    told_ = [its for decision in decisions() for its in told(POLICY, decision.claims, decision.refund)]
    said = {(part["say"], part["zh"]) for its in told_ for part in its["buyer"]}
    patterns = [
        (text, re.compile(".+".join(map(re.escape, PLACEHOLDER.split(text.text.zh)[::2])))) for text in POLICY.messages
    ]
    unsaid = [text for text, shape in patterns if not any(say == text.say and shape.fullmatch(zh) for say, zh in said)]
    rare = {"destination", "reship", "repair", "filing", "extras", "apology", "freight", "amount", "answer", "ask"}
    assert {text.say for text in unsaid} <= rare, [text.text.zh for text in unsaid]
    assert len(unsaid) < len(patterns) / 4


# -- the pack -------------------------------------------------------------------------------------


def test_a_pack_without_texts_says_nothing(tmp_path: Path) -> None:
    engine = Engine(loaded(tmp_path, ""), matcher="compiled")
    order = {"id": "O", "status": "delivered", "lines": [{"id": "L", "category": "apparel", "unit_price": "9.00"}]}
    decision = engine.decide({"id": "C", "order": order, "claims": [{"reason": "stain"}]})
    assert decision.outcome == "approve"
    assert message(decision, "buyer") == message(decision, "agent") == ""


def test_a_small_pack_says_what_it_decides(tmp_path: Path) -> None:
    engine = Engine(loaded(tmp_path, MESSAGES), matcher="compiled")
    order = {"id": "O", "status": "delivered", "lines": [{"id": "L", "category": "apparel", "unit_price": "9.00"}]}
    case = {"id": "C", "order": order, "claims": [{"reason": "stain"}]}
    assert message(engine.decide(case), "buyer", "en") == "Yes. You get 9.00 CNY back. Please send a photo."
    assert message(engine.decide(case), "buyer", "zh") == "好的。退您 9.00 元。请拍照。"
    declined = engine.decide({**case, "claims": [{"reason": "changed_mind"}]})
    assert message(declined, "buyer", "en") == "Sorry. It is not possible here."


def test_texts_are_part_of_the_policy_its_dump_and_its_digest(tmp_path: Path) -> None:
    policy = loaded(tmp_path / "a", MESSAGES)
    (tmp_path / "again.yaml").write_text(dump_policy(policy), encoding="utf-8")
    again = load_policy(tmp_path / "again.yaml")
    assert (again, again.digest) == (policy, policy.digest)
    assert loaded(tmp_path / "b", MESSAGES.replace("好的。", "好。")).digest != policy.digest
    lines = MESSAGES.splitlines(keepends=True)
    assert loaded(tmp_path / "c", "".join([lines[0], *reversed(lines[1:])])).digest == policy.digest


def test_an_extending_pack_takes_the_place_of_a_text_for_the_same_decisions(tmp_path: Path) -> None:
    write_pack(tmp_path, pack=PACK + MESSAGES)
    head = "pack: mine\nversion: 1.0.0\ntitle: {zh: 店, en: shop}\nextends: [tiny]\n"
    own = "messages:\n  - {say: answer, when: {outcome: approve}, zh: 没问题。, en: Of course.}\n"
    (tmp_path / "mine.yaml").write_text(head + own, encoding="utf-8")
    texts = [text.text.en for text in load_policy(tmp_path / "mine.yaml").messages if text.say == "answer"]
    assert sorted(texts) == ["Of course.", "Sorry."]


WRONG = {
    "- {say: anser, zh: 好。, en: Yes.}": "`say` `anser` is not one of its values (did you mean `answer`?)",
    "- {say: greeting, when: {falt: seller}, zh: 好。, en: Yes.}": "unknown word `falt` in `when` of a text (did you mean `fault`?)",
    "- {say: greeting, when: {fault: selller}, zh: 好。, en: Yes.}": "`selller` is not a value of `fault` (did you mean `seller`?)",
    '- {say: greeting, zh: "{refnd}。", en: "{refnd}."}': "`{refnd}` cannot be filled in (did you mean `refund`?)",
    '- {say: greeting, zh: "{order.id}。", en: "{order.id}."}': "`{order.id}` cannot be filled in (one of `refund`, `shipping`, `fee`,",
    '- {say: greeting, zh: "{refund}。", en: "{refund}."}': "`{refund}` may not be there (add `refund: true` to `when`)",
    '- {say: greeting, when: {refund_to: [mixed, store_credit]}, zh: "{to_original}。", en: "{to_original}."}': "`{to_original}` may not be there (add `refund_to: [mixed, original, partly_unknown]` to `when`)",
    '- {say: greeting, zh: "{number}。", en: "{number}."}': "`{number}` can be filled in only where the text has `say: about`",
    '- {say: greeting, when: {refund: true}, zh: "{refund}。", en: Yes.}': "`{refund}` stands in one language only",
    '- {say: greeting, zh: "好}。", en: "Yes."}': "a brace is open or closed alone (write the name of one thing in each pair)",
    "- {say: greeting, zh: 好, en: Yes.}": "`zh` does not end a sentence (a text is read by itself, so end it)",
    '- {say: greeting, zh: "好\\u200b。", en: Yes.}': "`zh` holds U+200B, which cannot be seen (take it out)",
    "- {say: greeting, zh: 好。}": "the text has no `en` (write it in both languages)",
    "- {say: greeting, rule: TINY-1, zh: 好。, en: Yes.}": "`rule` does not go with `say: greeting` (leave it out)",
    "- {say: because, zh: 好。, en: Yes.}": "`say: because` needs `rule` (write which rule it is for)",
    "- {say: because, rule: TINY-9, zh: 好。, en: Yes.}": "`TINY-9` is not one of the rules (did you mean `TINY-4`?)",
    "- {say: next, instruction: ask_foto, zh: 好。, en: Yes.}": "`ask_foto` is not one of the instructions (did you mean `ask_photo`?)",
    "- {say: ask, fact: claim.requestd, zh: 好。, en: Yes.}": "`claim.requestd` is not an input that may be unknown (did you mean `claim.requested`?)",
    "- {say: deadline, deadline: refund, zh: 好。, en: Yes.}": "`refund` is not a deadline that a rule gives",
    "- {say: greeting, zh: 好评返现5元。, en: Yes.}": "`zh` breaks guardrail G1: `好评返现` (it ties money or a gift to a review: leave",
    '- {say: amount, when: {refund: true, outcome: decline}, zh: "好评就退{refund}。", en: "{refund}."}': "`zh` breaks guardrail G1: `好评就退{refund}`",
    "- {say: greeting, zh: 签收即视为认可。, en: Yes.}": "`zh` breaks guardrail G4: `签收即视为认可`",
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), WRONG.items())
def test_a_text_that_cannot_be_right_is_an_error_with_its_line(text: str, told: str, tmp_path: Path) -> None:
    line = (PACK + MESSAGES).count("\n") + 1
    problems = refused(tmp_path, f"{MESSAGES}  {text}\n")
    assert any(problem.startswith(f"pack.yaml:{line}: {told}") for problem in problems), problems


def test_two_texts_for_one_place_of_one_decision_are_an_error_with_both_lines(tmp_path: Path) -> None:
    at = PACK.count("\n") + 2
    more = "  - {say: answer, when: {fault: [seller, none], outcome: approve}, zh: 行。, en: Fine.}\n"
    with pytest.raises(PackError) as error:
        loaded(tmp_path, MESSAGES + more)
    place = f"{tmp_path}/tiny/pack.yaml"
    assert str(error.value) == (
        f"{place}:{at + MESSAGES.count(chr(10)) - 1}: two texts say `answer` where outcome: approve, fault: [none, seller] "
        f"(the other is at {place}:{at + 1}; narrow one `when`)"
    )


def test_a_decision_without_an_answer_is_an_error(tmp_path: Path) -> None:
    text = MESSAGES.replace("[decline, needs_information, manual_review]", "[decline, manual_review]")
    at = PACK.count("\n") + 1
    assert refused(tmp_path, text) == [
        f"pack.yaml:{at}: no text of `messages` says `answer` where outcome: needs_information (add one with `say: answer`)"
    ]


def test_a_place_where_money_goes_without_a_text_is_an_error(tmp_path: Path) -> None:
    at = PACK.count("\n") + 1
    assert refused(tmp_path, MESSAGES.replace(", partly_unknown]", "]")) == [
        f"pack.yaml:{at}: no text of `messages` says `destination` where refund_to: partly_unknown (add one with `say: destination`)"
    ]


def test_an_apology_is_not_left_out_of_a_script_where_the_shop_is_at_fault(tmp_path: Path) -> None:
    steps = "".join(
        f"  - {{say: {step}, zh: 好。, en: Yes.}}\n" for step in (place.name for place in AGENT) if step != "apologise"
    )
    assert [
        "no text of `scripts` says `apologise` where" in line for line in refused(tmp_path, "scripts:\n" + steps)
    ] == [True]


def test_a_decline_that_no_message_explains_is_an_error(tmp_path: Path) -> None:
    text = "".join(line for line in MESSAGES.splitlines(keepends=True) if "TINY-4" not in line)
    assert [line.partition(": ")[2] for line in refused(tmp_path, text)] == [
        "`TINY-4` declines, and no message tells the buyer why (add one with `say: because` and `rule: TINY-4`)"
    ]


def test_a_pack_that_extends_one_with_reasons_may_decline_without_one(tmp_path: Path) -> None:
    write_pack(tmp_path, pack=PACK + MESSAGES)
    head = "pack: mine\nversion: 1.0.0\ntitle: {zh: 店, en: shop}\nextends: [tiny]\n"
    rule = "rules:\n  - {id: MINE-1, cite: S1, when: {claim.reason: damage}, then: {outcome: decline}, because: {zh: 不, en: no}}\n"
    (tmp_path / "mine.yaml").write_text(head + rule, encoding="utf-8")
    assert "MINE-1" in load_policy(tmp_path / "mine.yaml").rule


@pytest.mark.parametrize("place", BUYER, ids=lambda place: place.name)
def test_places_of_a_message_are_told_apart_by_a_key_or_by_traits(place: Any) -> None:
    assert not (place.key and place.needed is not None)


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_on_messages_names_every_place_trait_and_placeholder() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "messages.md").read_text(encoding="utf-8")
    names = {place.name for places in PLACES.values() for place in places} | set(TRAITS) | set(FILLED)
    assert sorted(name for name in names if f"`{name}`" not in page) == []


def test_a_trace_and_its_shape_are_of_one_schema() -> None:
    from refundrules.engine import trace
    from refundrules.engine import trace_schema as traceshape

    assert trace.SCHEMA == traceshape.SCHEMA
