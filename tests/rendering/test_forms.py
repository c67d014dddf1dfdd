"""The renderings: all of a decision is there, in its language, and nothing from outside is more than text."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import shipped

from refundrules import Decision
from refundrules.io.case_files import read_files
from refundrules.rendering.forms import print_decision, render
from refundrules.text.columns import width
from refundrules.text.words import safe

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
ENGINE = shipped.engine()


def case(name: str, **changes: Any) -> dict[str, Any]:
    documents, problems = read_files([str(ROOT / "examples" / f"{name}.yaml")], lambda: b"")
    assert not problems
    return {**documents[0].data, **changes}


def decided(name: str, language: str = "en", **changes: Any) -> Decision:
    return ENGINE.decide(case(name, language=language, **changes))


def forms(decision: Decision) -> list[str]:
    printed = io.StringIO()
    print_decision(decision, trace=True, colour=True, file=printed)
    return [render(decision, trace=True), render(decision, "markdown"), render(decision, "html"), printed.getvalue()]


def retraced(name: str, change: Any, language: str = "en") -> Decision:
    """Return an example's decision, its first claim's trace changed by hand."""
    data = json.loads(decided(name, language).to_json())
    change(data["trace"]["claims"][0], data["claims"][0])
    return Decision.read(data)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_renders_in_every_form_and_language(path: Path, language: str) -> None:
    for form in forms(decided(path.stem, language)):
        assert path.stem in form.replace("\\", "")
        assert "None" not in form.replace("none", "")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_reason_and_no_instruction_is_left_out(path: Path) -> None:
    decision = decided(path.stem)
    text, page = render(decision), render(decision, "markdown").replace("\\", "")
    for claim in decision.claims:
        for code in (*claim.reasons, *claim.instructions, *claim.guardrails, *(item.fact for item in claim.missing)):
            assert code in text
            assert code in page


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_a_rule_that_decides_the_core_says_is_told(path: Path) -> None:
    decision = decided(path.stem)
    page = render(decision, "markdown").replace("\\", "")
    for claim, traced in zip(decision.claims, decision.trace["claims"], strict=True):
        core = {
            said["rule"]
            for question in traced["questions"]
            if question["question"] in ("issue_class", "outcome", "resolution", "freight.return", "parts")
            for said in question["rules"]
            if said["verdict"] == "stands"
        }
        for rule in traced["rules"]:
            if rule["rule"] in core.intersection(claim.reasons):
                assert rule["because"] in page


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_amount_is_shown(path: Path) -> None:
    decision = decided(path.stem)
    text = render(decision)
    for claim in decision.claims:
        for amount in [part.amount for part in claim.refund.parts] if claim.refund else []:
            assert str(amount) in text
    assert all(str(tender.amount) in text for tender in decision.refund.by_tender)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_lines_fit_into_a_hundred_columns(path: Path, language: str) -> None:
    for line in render(decided(path.stem, language), trace=True).splitlines():
        assert width(line) <= 100
        assert line == line.rstrip()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_terminal_cuts_no_chinese_text_off(path: Path) -> None:
    page = io.StringIO()
    print_decision(decided(path.stem, "zh"), trace=False, colour=True, file=page)
    assert "…" not in page.getvalue()


def test_the_headline_says_what_is_done_and_how_much() -> None:
    assert render(decided("size-4cm-off")).startswith("✓ approved · return and refund · 99.00 CNY\n")
    assert render(decided("size-4cm-off", "zh")).startswith("✓ 同意 · 退货退款 · 99.00 CNY\n")
    assert render(decided("one-day-too-late")).startswith("✗ declined\n")
    assert render(decided("size-not-measured")).startswith("? needs information")
    assert render(decided("demands-too-much")).startswith("! manual review\n")
    assert render(decided("late-dispatch")).startswith("✓ approved · compensation · penalty 4.59 CNY\n")


def test_several_claims_have_a_headline_for_all_and_one_for_each() -> None:
    lines = render(decided("two-claims")).splitlines()
    assert lines[0] == "✓ approved · 250.00 CNY"
    assert [line for line in lines if line.startswith("✓")][1:] == [
        "✓ approved · return and refund · 83.33 CNY",
        "✓ approved · return and refund · 166.67 CNY",
    ]
    assert "  line tee × 1 · quality problem · the shop's fault · the goods come back" in lines


def test_an_offer_shows_what_was_declined_what_is_next_and_what_follows() -> None:
    text = render(decided("minor-stain"))
    assert "13.00 now · then 15.00 · then 17.00 · never above 24.00 · 1 declined so far" in text
    assert "if all are declined: return and refund" in text


def test_a_question_comes_before_everything_else() -> None:
    lines = render(decided("size-not-measured")).splitlines()
    assert lines[2].startswith("  Ask ")


def test_an_instruction_for_afterwards_comes_last_and_one_for_before_first() -> None:
    lines = render(decided("one-day-too-late")).splitlines()
    to_do = next(at for at, line in enumerate(lines) if line.startswith("  To do"))
    assert "contact_buyer_first" in lines[to_do]
    assert "follow_up" in lines[to_do + 1]


def test_a_dearer_replacement_and_an_open_one_are_told_apart() -> None:
    assert "price difference 12.00 · the buyer pays 12.00" in render(decided("dearer-replacement"))
    humidifier = render(decided("humidifier-cuts-out"))
    assert "price difference open until a replacement is chosen" in humidifier
    assert "the buyer pays 0.00" not in humidifier


def test_a_deadline_that_runs_says_by_when() -> None:
    text = render(decided("humidifier-cuts-out"))
    assert "dispatch the replacement: within 48 hours after the return arrives · by 2026-06-21 10:00" in text


def test_a_ruling_stands_beside_the_decision() -> None:
    decision = decided("demands-too-much")
    ruled = decision.with_ruling(
        by="<b>Lin</b>", at=decision.decided_at, reason="goodwill", outcome="approve", refund=Decimal("98.00")
    )
    for form in forms(ruled):
        assert "manual review" in form
        assert "goodwill" in form
        assert "98.00 CNY" in form
    assert "&lt;b&gt;Lin&lt;/b&gt;" in render(ruled, "html")


# -- nothing from outside is more than text -------------------------------------------------------

HOSTILE = "<script>alert(1)</script>*[x](http://x)|`\x1b[2J\u202e\r\n# L"


class _Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"style", "title", "scope"}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def hostile() -> Decision:
    data = case("size-4cm-off", id=HOSTILE, language="en")
    line = {**data["order"]["lines"][0], "id": HOSTILE, "title": "SECRET"}
    other = {**line, "id": "other"}
    claim = {**data["claims"][0], "line": HOSTILE, "freight": {**data["claims"][0]["freight"], "carrier": "SECRET"}}
    claim["measurements"] = [{"attribute": "SECRET", "declared_cm": 100, "actual_cm": 96}]
    second = {"line": "other", "reason": "changed_mind", "requested": "return_and_refund"}
    return ENGINE.decide({**data, "order": {**data["order"], "lines": [line, other]}, "claims": [claim, second]})


def test_a_card_is_one_element_without_script_style_sheet_or_address() -> None:
    for path in EXAMPLES:
        page = render(decided(path.stem), "html")
        parser = _Balanced()
        parser.feed(page)
        assert parser.open == []
        assert parser.tags <= {"div", "span", "b", "table", "tr", "th", "td", "details", "summary", "pre"}
        assert page.startswith("<div")
        assert "http" not in page


def test_markup_in_an_id_is_shown_render() -> None:
    decision = hostile()
    page = render(decision, "html")
    parser = _Balanced()
    parser.feed(page)
    assert parser.open == []
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    markdown = render(decision, "markdown")
    assert "<script" not in markdown
    assert "](" not in markdown.replace("\\](", "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\\*[x\\](http://x)\\|\\`" in markdown


def test_control_characters_never_reach_the_reader() -> None:
    decision = hostile()
    assert safe(HOSTILE) == "<script>alert(1)</script>*[x](http://x)|`\\x1b[2J\\u202e\\r\\n# L"
    for form in (render(decision, trace=True), render(decision, "markdown"), render(decision, "html")):
        assert not set(form) & set("\x1b\u202e\r")
        assert "\n# L" not in form
    printed = io.StringIO()
    print_decision(decision, trace=True, colour=True, file=printed)
    assert "\x1b[2J" not in printed.getvalue()


def test_what_the_buyer_wrote_is_nowhere() -> None:
    for form in forms(hostile()):
        assert "SECRET" not in form


# -- decisions read back --------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_decision_read_back_renders_the_same(path: Path) -> None:
    decision = decided(path.stem)
    again = Decision.read(decision.to_json())
    assert forms(again) == forms(decision)


def test_without_a_trace_codes_stand_in_for_texts() -> None:
    again = Decision.read(decided("size-4cm-off").to_json(trace=False))
    text = render(again, trace=True)
    assert "To do     ask_tracking · record_return · follow_up\n" in text
    assert "Never     G2 · G5\n" in text
    assert "SIZE-002 · SIZE-010" in text
    assert "Trace" not in text
    assert "<details" not in render(again, "html")


def test_a_word_from_outside_is_never_a_format() -> None:
    def odd(trace: dict[str, Any], claim: dict[str, Any]) -> None:
        trace["review"] = {"kind": "{0.__class__}", "question": "{1}", "rules": ["{2}"]}
        claim["outcome"] = "manual_review"

    assert "A person  {0.__class__}\n" in render(retraced("size-4cm-off", odd), trace=True)


def test_a_trace_of_another_schema_is_left_alone() -> None:
    data = json.loads(decided("size-4cm-off").to_json())
    data["trace"] = {"schema": "refundrules.trace/9", "claims": "other"}
    assert "To do     ask_tracking" in render(Decision.read(data), trace=True)


def test_a_code_without_a_word_is_shown_as_it_is() -> None:
    data = json.loads(decided("size-4cm-off").to_json(trace=False))
    data["claims"][0]["resolution"] = "swap_parts"
    assert render(Decision.read(data)).startswith("✓ approved · swap_parts · 99.00 CNY")


# -- the trace ------------------------------------------------------------------------------------


def test_the_tree_says_what_was_wanted_and_what_there_was() -> None:
    text = render(decided("size-4cm-off"), trace=True)
    assert "✓ claim.size_deviation_cm = 4 cm (wanted > size_tolerance = 3 cm)" in text
    assert "✗ MIND-005 → approve   issue_class = quality (wanted non_quality)" in text
    assert "size_tolerance = 3 cm   from the beginning · verified 2026-11-22 · S05" in text
    assert "claim.goods.resalable = yes   assumed" in text
    assert "claim.freight.advanced = 0.00   default" in text
    assert "├─ ? claim.severity   unknown" in text


def test_the_tree_shows_an_amount_with_its_formula_filled_in() -> None:
    text = render(decided("minor-stain"), trace=True)
    assert "offer 2 13.00   opening_one_way + first_raise = floor(12.00 * 5/6, 1.00) + 3.00 · OFFER-003" in text


def test_a_rounded_amount_shows_what_it_was_before() -> None:
    def rounded(trace: dict[str, Any], _: Any) -> None:
        trace["money"][0] |= {
            "formula": "claim.paid / ways",
            "filled_in": "99.00 / 7",
            "exact": "99/7",
            "amount": "14.14",
        }

    assert "goods 14.14   claim.paid / ways = 99.00 / 7 = 99/7, rounded to 14.14" in render(
        retraced("size-4cm-off", rounded), trace=True
    )


def test_a_silenced_rule_names_what_silenced_it() -> None:
    def silenced(trace: dict[str, Any], _: Any) -> None:
        trace["questions"][0]["rules"][0] |= {"verdict": "silenced", "silenced_by": ["SIZE-009"]}

    text = render(retraced("size-4cm-off", silenced), trace=True)
    assert "⊘ SIZE-002 → quality   silenced by SIZE-009 · the measured size" in text


def test_an_open_rule_shows_which_condition_is_open() -> None:
    text = render(decided("size-not-measured"), trace=True)
    assert "├─ issue_class: may be non_quality or quality" in text
    assert "? SIZE-002 → quality   open ·" in text
    assert "? claim.size_deviation_cm = unknown (wanted > size_tolerance = 3 cm)" in text
    assert "it hangs on claim.measurements" in text


def test_past_the_bound_the_tree_says_so() -> None:
    def bounded(trace: dict[str, Any], _: Any) -> None:
        trace["completion"]["bounded"] = True

    assert "too many to work out one by one" in render(retraced("size-not-measured", bounded), trace=True)


@pytest.mark.parametrize(
    ("review", "told"),
    [
        ({"kind": "gap", "question": "outcome", "rules": []}, "no rule answers outcome"),
        ({"kind": "conflict", "question": "fault", "rules": ["SIZE-002", "MIND-005"]}, "rules disagree on fault"),
        ({"kind": "guarantee", "question": "LAW-X", "rules": []}, "it would fall below the guarantee LAW-X"),
        ({"kind": "referral", "question": "specialist", "rules": []}, "the rules hand it to a specialist"),
        ({"kind": "rule", "question": "outcome", "rules": ["SIZE-002"]}, "the rules want a person to decide"),
    ],
)
def test_a_manual_review_says_why(review: dict[str, Any], told: str) -> None:
    def reviewed(trace: dict[str, Any], claim: dict[str, Any]) -> None:
        trace["review"] = review
        claim["outcome"] = "manual_review"

    text = render(retraced("size-4cm-off", reviewed))
    assert f"  A person  {told}\n" in text
    for rule in review["rules"]:
        assert f"[{rule}" in text


def test_a_place_the_policy_does_not_cover_is_named() -> None:
    data = case("size-4cm-off")
    decision = ENGINE.decide({**data, "order": {**data["order"], "jurisdiction": "DE"}})
    assert "A person  the policy does not cover DE" in render(decision, trace=True)


# -- where it is printed ------------------------------------------------------------


def test_without_colour_the_plain_text_is_printed() -> None:
    printed = io.StringIO()
    decision = decided("size-4cm-off")
    print_decision(decision, trace=True, colour=False, file=printed)
    assert printed.getvalue() == render(decision, trace=True) + "\n"


def test_without_colour_a_terminal_is_filled_but_not_overflowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    printed = io.StringIO()
    printed.isatty = lambda: True  # type: ignore[method-assign]
    print_decision(decided("size-4cm-off"), trace=False, colour=False, file=printed)
    assert 50 < max(map(width, printed.getvalue().splitlines())) <= 60


def test_with_colour_it_is_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    printed = io.StringIO()
    print_decision(decided("size-4cm-off"), trace=True, colour=True, file=printed)
    assert "\x1b[1;32m✓ approved" in printed.getvalue()
    from rich.text import Text

    assert all(width(Text.from_ansi(line).plain) <= 60 for line in printed.getvalue().splitlines())


@pytest.mark.process
def test_plain_text_needs_no_terminal_library() -> None:
    code = (
        "import sys; from refundrules import Engine, load_policy; from refundrules.rendering.forms import render\n"
        "order = {'id': 'O', 'status': 'paid', 'lines': [{'id': 'L', 'category': 'apparel', 'unit_price': '9.00'}]}\n"
        "case = {'id': 'C', 'order': order, 'claims': [{'reason': 'wrong_address', 'requested': 'amend_order'}]}\n"
        "decision = Engine(load_policy('cn-apparel-shop')).decide(case)\n"
        "print(len(render(decision)) + len(render(decision, 'html')), 'rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False\n")
