"""Explanations as their readers meet them: on a page, on the command line, and when what they ask is misspelt."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import shipped
from click.testing import CliRunner, Result
from tiny_pack import case_text, write_pack

from refundrules import Case, CaseError, Decision, Engine, load_policy, what_if, why, why_not
from refundrules.case.paths import with_values
from refundrules.cli.main import commands
from refundrules.explain.assignments import changed
from refundrules.explain.targets import Target, read_target
from refundrules.io.case_files import read_files

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@cache
def engine() -> Engine:
    return shipped.engine()


def example(name: str, language: str = "en") -> dict[str, Any]:
    documents, problems = read_files([str(EXAMPLES / f"{name}.yaml")], lambda: b"")
    assert not problems
    return {**documents[0].data, "language": language}


def decided(name: str, language: str = "en") -> Decision:
    return engine().decide(example(name, language))


def run(*args: str, **more: Any) -> Result:
    return CliRunner().invoke(commands, [*args, "--matcher", "compiled"], **more)


def case_file(name: str) -> str:
    return str(EXAMPLES / f"{name}.yaml")


def refused(result: Result) -> str:
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    line: str = result.stderr.rstrip("\n")
    assert "\n" not in line
    return line


# -- why ------------------------------------------------------------------------------------------


def test_a_line_says_what_was_decided_and_the_rule_that_weighed_most() -> None:
    assert why(decided("one-day-too-late"), "line").text == (
        "✗ declined — it is no quality problem and 8 days have passed since signing, more than 7 days"
        " [MIND-001 A1-01 A1-02 S39]"
    )


def test_an_open_case_says_on_its_line_what_to_ask() -> None:
    assert why(decided("size-not-measured"), "line").text.endswith(
        "— Measure the item against the size chart, with a photo: what is declared and what is actual, in cm?"
    )


def test_an_open_case_says_which_rules_wait_for_what_to_ask() -> None:
    assert "SIZE-001, SIZE-002 wait for it  [claim.measurements]" in why(decided("size-not-measured")).text


def test_an_agent_reads_reasons_facts_and_money_but_nothing_of_what_accompanies_the_remedy() -> None:
    text = why(decided("size-4cm-off")).text
    assert "[SIZE-010 S10 S20]" in text
    assert "claim.size_deviation_cm = 4 cm · derived · claim.measurements" in text
    assert "99.00  goods · claim.paid = 99.00 · REFUND-001" in text
    assert "GUARD-002" not in text
    assert "PROC-003" not in text


def test_an_auditor_reads_the_conditions_the_parameters_and_the_sources_as_well() -> None:
    text = why(decided("size-4cm-off"), "auditor").text
    assert "✓ claim.size_deviation_cm = 4 cm (wanted > size_tolerance = 3 cm)" in text
    assert "size_tolerance = 3 cm   from the beginning · verified 2026-11-22 · S05" in text
    assert "S05   A size within tolerance conforms" in text
    assert "sha256:" in text
    assert "do not hold" not in text


def test_a_rule_that_was_overridden_is_told_of_with_the_one_that_did_it(tmp_path: Path) -> None:
    policy = load_policy(write_pack(tmp_path))
    (document,), _ = read_files(["-"], lambda: case_text(reason="size_deviation").encode())
    measured = [{"attribute": "chest", "declared_cm": 100, "actual_cm": 96}]
    decision = Engine(policy, matcher="compiled").decide(
        with_values(document.data, [("claims[0].measurements", measured)])
    )
    told = why(decision)
    assert told.to_dict()["claims"][0]["overruled"] == [{"rule": "TINY-4", "question": "issue_class", "by": ["TINY-3"]}]
    text = " ".join(told.text.split())
    assert "TINY-4 (no quality problem) is overruled by TINY-3: it is off by more than the tolerance" in text
    assert (
        "TINY-4 holds, but TINY-3 overrides it: it is off by more than the tolerance"
        in why_not(decision, "decline").text
    )


def test_why_in_another_language_says_the_same_of_the_same() -> None:
    zh, en = why(decided("size-4cm-off", "zh")), why(decided("size-4cm-off"))
    assert why(decided("size-4cm-off", "zh"), language="en").text == en.text
    assert why(decided("size-4cm-off"), language="zh").text == zh.text
    assert "责任在商家" in zh.text


def test_a_kept_decision_has_no_texts_in_another_language() -> None:
    kept = Decision.read(decided("size-4cm-off").to_json())
    assert why(kept, language="en").text == why(decided("size-4cm-off")).text
    with pytest.raises(
        CaseError, match=r"^language: this decision was kept in `en`, so its reasons are not there in `zh`"
    ):
        why(kept, language="zh")


def test_a_decision_kept_without_its_trace_says_what_it_still_can() -> None:
    kept = Decision.read(decided("size-4cm-off").to_json(trace=False))
    assert "kept without its trace" in why(kept).text
    assert "99.00  goods" in why(kept).text
    assert why(kept, "line").text == "✓ approved · return and refund · 99.00 CNY"
    with pytest.raises(CaseError, match=r"^trace: is not in this decision \(decide the case again, or keep decisions"):
        why_not(kept, "exchange")


def test_a_misspelt_level_is_an_error_with_the_nearest_one() -> None:
    with pytest.raises(CaseError, match=r"^level: `auditr` is not a level \(did you mean `auditor`\?\)$"):
        why(decided("size-4cm-off"), "auditr")


def test_what_comes_from_outside_is_escaped_in_every_form() -> None:
    data = example("size-4cm-off")
    data["id"] = "<i>*\x1b[2J"
    told = why(engine().decide(data), "auditor")
    assert "\x1b" not in told.text
    assert "<i>" not in told.markdown
    assert "<i>" not in told._repr_html_()


@pytest.mark.parametrize("level", ["line", "agent", "auditor"])
def test_it_prints_in_colour_on_a_terminal_that_can(level: str) -> None:
    told, plain, coloured = why(decided("two-claims"), level), io.StringIO(), io.StringIO()
    told.print(plain, colour=False)
    told.print(coloured, colour=True)
    assert plain.getvalue() == told.text + "\n"
    assert ("\x1b[" in coloured.getvalue()) == (level != "line")
    assert "REFUND-001" in coloured.getvalue() or level == "line"


def test_to_dict_is_json() -> None:
    for name in ("size-4cm-off", "two-claims", "demands-too-much"):
        decision = decided(name)
        for told in (why(decision), why_not(decision, "exchange"), what_if(example(name), engine(), "decline")):
            assert json.loads(json.dumps(told.to_dict())) == told.to_dict()


# -- why not --------------------------------------------------------------------------------------


def test_the_nearest_rule_comes_first_with_all_it_lacks() -> None:
    told = why_not(decided("size-4cm-off"), "exchange")
    rule = told.to_dict()["claims"][0]["rules"][0]
    assert (rule["rule"], rule["first"]) == ("SIZE-011", "claim.requested = return_and_refund (wanted exchange)")
    assert [leaf["name"] for leaf in rule["failing"]] == ["claim.requested"]
    assert "SIZE-011 would need claim.requested = return_and_refund (wanted exchange)" in told.text


def test_a_number_is_told_with_its_limit_and_unit() -> None:
    text = " ".join(why_not(decided("one-day-too-late"), "approve").text.split())
    assert "order.days_since_delivery = 8 days (wanted ≤ no_reason_days = 7 days)" in text


def test_what_was_decided_is_said_to_be() -> None:
    told = why_not(decided("size-4cm-off"), "return_and_refund")
    assert "return and refund is what was decided" in told.text
    assert told.to_dict()["claims"][0]["decided"] is True


def test_a_target_that_no_rule_leads_to_is_said_to_be_one(tmp_path: Path) -> None:
    policy = load_policy(write_pack(tmp_path))
    (document,), _ = read_files(["-"], lambda: case_text().encode())
    decision = Engine(policy, matcher="compiled").decide(document.data)
    assert "no rule of the policy leads to repair" in why_not(decision, "repair").text
    kept = Decision.read(decision.to_json())
    assert "no rule in the trace leads to repair" in " ".join(why_not(kept, "repair").text.split())


def test_an_open_rule_waits_for_the_fact_nobody_knows() -> None:
    told = why_not(decided("size-not-measured"), "issue_class=quality").to_dict()["claims"][0]
    waiting = {rule["rule"]: rule["waits_on"] for rule in told["rules"] if rule["verdict"] == "open"}
    assert waiting["SIZE-002"] == ["claim.size_deviation_cm"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("exchnge", "`exchnge` is neither an answer nor a rule (did you mean `exchange`?)"),
        ("SIZE-0100", "`SIZE-0100` is neither an answer nor a rule (did you mean `SIZE-010`?)"),
        ("freight.retrn=seller", "`freight.retrn` is not a question (did you mean `freight.return`?)"),
        ("freight.return=sellr", "`sellr` is not an answer to `freight.return` (did you mean `seller`?)"),
        ("buyer", "`buyer` answers several questions (write one of `fault=buyer`, `freight.return=buyer`, "),
        ("freight.allowance=3", "`freight.allowance` is an amount (ask for `freight.allowance` alone)"),
        ("", "`` is neither an answer nor a rule"),
    ],
)
def test_a_misspelt_target_is_one_error_with_the_nearest_word(target: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        why_not(decided("size-4cm-off"), target)
    assert str(caught.value).startswith(f"target: {message}")
    assert len(caught.value.problems) == 1


def test_a_target_may_be_written_short() -> None:
    marks = {"instructions": ["follow_up"]}
    assert read_target("exchange", [], marks) == Target("resolution", "exchange")
    assert read_target("return_required=no", [], marks) == Target("return_required", False)
    assert read_target("follow_up", [], marks) == Target("instructions", "follow_up")
    assert read_target("freight.return.payer=buyer", [], marks) == Target("freight.return", "buyer")
    assert read_target("R-1", ["R-1"], marks) == Target("rule", "R-1")
    assert read_target("extras", [], marks) == Target("extras", None)


@pytest.mark.slow
def test_every_target_gets_an_answer_on_every_example() -> None:
    targets = ["approve", "needs_information", "manual_review", "none", "fault=buyer", "parts", "G2"]
    for path in sorted(EXAMPLES.glob("*.yaml"))[::3]:
        decision = decided(path.stem)
        for target in (*targets, *decision.claims[0].reasons[:1], "referral=supervisor", "offer.ceiling"):
            assert why_not(decision, target).text
            assert why_not(Decision.read(decision.to_json()), target).markdown


# -- what if --------------------------------------------------------------------------------------


def test_a_threshold_is_told_exactly_and_applied_as_a_measurement() -> None:
    found = what_if(example("size-not-measured"), engine(), "issue_class=quality")
    (change,) = found.changes
    assert "claim.size_deviation_cm is more than 3 cm (now unknown)" in found.text
    assert (change.settings[0].low, change.settings[0].high) == (3001, None)
    assert change.case.claims[0].measurements is not None
    assert engine().decide(change.case).claims[0].issue_class == "quality"


def test_a_day_that_has_passed_is_told_as_until_when() -> None:
    found = what_if(example("one-day-too-late"), engine())
    assert "a claim opened by 2026-06-12 24:00: approved · return and refund" in found.text
    (window,) = found.windows
    assert window.until is not None
    data = example("one-day-too-late")
    for day, outcome in ((window.until.isoformat(), "approve"), ("2026-06-13", "decline")):
        assert engine().decide(with_values(data, [("claims[0].opened_at", day)])).outcome == outcome


def test_a_day_to_come_is_told_as_until_when_the_decision_holds() -> None:
    found = what_if(example("size-4cm-off"), engine())
    assert "holds for a claim opened by 2026-06-21 24:00; from then on: manual review" in found.text
    data = example("size-4cm-off")
    for day, outcome in (("2026-06-21", "approve"), ("2026-06-22", "manual_review")):
        later = with_values(data, [("claims[0].opened_at", day), ("decided_at", day)])
        assert engine().decide(later).outcome == outcome


def test_what_is_already_so_needs_no_change() -> None:
    found = what_if(example("size-4cm-off"), engine(), "approve")
    assert (found.already, found.changes) == (True, ())
    assert "it is approved already" in found.text


def test_no_remedy_at_all_is_reached_by_what_declines_the_claim() -> None:
    found = what_if(example("size-4cm-off"), engine(), "resolution=none")
    claim = found.changes[0].decision.claims[0]
    assert (claim.outcome, claim.resolution) == ("decline", "none")
    assert {fact["fact"] for fact in found.to_dict()["changes"][0]["facts"]} == {
        "claim.requested",
        "claim.size_deviation_cm",
    }


def test_the_true_reason_is_never_suggested_away() -> None:
    for path in sorted(EXAMPLES.glob("*.yaml"))[::2]:
        for change in what_if(example(path.stem), engine()).changes:
            assert "claim.reason" not in [setting.fact for setting in change.settings]


@pytest.mark.parametrize(
    ("given", "path", "late", "in_time"),
    [
        ({"shipped_at": "2026-06-03"}, "order.ship_by", "2026-06-02", "2026-06-03"),
        ({"ship_by": "2026-06-03"}, "order.shipped_at", "2026-06-04", "2026-06-03"),
    ],
)
def test_a_fact_of_two_inputs_is_given_by_the_one_that_is_missing(
    given: dict[str, str], path: str, late: str, in_time: str
) -> None:
    order = {"id": "T1", "status": "shipped", "placed_at": "2026-06-01", "paid_at": "2026-06-01", **given}
    line = {"id": "L1", "category": "apparel", "unit_price": "99.00"}
    case = {
        "id": "C1",
        "decided_at": "2026-06-10T12:00:00+08:00",
        "language": "en",
        "order": {**order, "lines": [line]},
        "claims": [{"reason": "late_shipment", "requested": "refund_only"}],
    }
    found = what_if(case, engine())
    changes = {change.decision.outcome: change.settings for change in found.changes}
    assert changes["approve"][0].settings == ((path, late),)
    assert changes["decline"][0].settings == ((path, in_time),)
    # What is paid hangs on how late: the line promises no amount.
    assert "order.shipped_late is yes (now unknown) → approved · compensation  [" in " ".join(found.text.split("\n"))


def test_a_search_that_hits_its_bound_says_so() -> None:
    from refundrules.explain.what_if.what_if import what_if

    found = what_if(example("minor-stain"), engine(), "exchange", bound=200)
    assert (found.bounded, found.searched) == (True, 1)
    assert "all changes of up to 1 facts were tried" in found.text


@pytest.mark.parametrize(
    ("want", "claim", "message"),
    [
        ("exchnge", 0, "want: `exchnge` is neither an answer nor a rule (did you mean `exchange`?)"),
        ("exchange", 3, "claim: `3` is not a claim of this case (0 to 0)"),
        ("offer.ceiling", 0, "want: `offer.ceiling` is not shown by a decision (want an answer that is)"),
    ],
)
def test_a_wish_that_cannot_be_met_is_one_error(want: str, claim: int, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        what_if(example("size-4cm-off"), engine(), want, claim=claim)
    assert str(caught.value) == message


# -- the command ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_explain_prints_what_the_library_says() -> None:
    result = run("explain", case_file("size-4cm-off"), "--language", "en")
    assert (result.exit_code, result.stdout) == (0, why(decided("size-4cm-off")).text + "\n")
    result = run("explain", case_file("size-4cm-off"), "--language", "en", "--why-not", "exchange")
    assert result.stdout == why_not(decided("size-4cm-off"), "exchange").text + "\n"
    result = run("explain", case_file("size-4cm-off"), "--language", "en", "--what-if")
    assert result.stdout == what_if(example("size-4cm-off"), engine()).text + "\n"


def test_explain_reads_a_kept_decision(tmp_path: Path) -> None:
    kept = tmp_path / "decision.json"
    kept.write_text(decided("size-4cm-off").to_json(), encoding="utf-8")
    assert run("explain", str(kept)).stdout == why(decided("size-4cm-off")).text + "\n"
    assert "no rule in the trace leads to exchange" in run("explain", str(kept), "--why-not", "exchange").stdout
    assert refused(run("explain", str(kept), "--what-if")).startswith("--what-if: ")
    assert refused(run("explain", str(kept), "--language", "zh")).startswith(
        "--language: this decision was kept in `en`"
    )
    data = json.loads(kept.read_text(encoding="utf-8"))
    kept.write_text(json.dumps({**data, "outcome": "maybe"}), encoding="utf-8")
    assert refused(run("explain", str(kept))).startswith(f"{kept}: decision.outcome: is not a decision of schema")


@pytest.mark.slow
def test_only_the_claim_asked_for_is_explained() -> None:
    two = str(ROOT / "examples" / "two-claims.yaml")
    assert run("explain", two, "--claim", "1", "--level", "line").stdout.startswith("✓ hoodie: ")
    assert len(json.loads(run("explain", two, "--claim", "0", "--json").stdout)["claims"]) == 1
    for level in ("line", "agent", "auditor"):
        says = "--claim: `2` is not a claim of this case (0 to 1)"
        assert refused(run("explain", two, "--claim", "2", "--level", level)) == says


def test_answers_are_named_in_the_language_of_the_explanation() -> None:
    told = run("explain", str(ROOT / "examples" / "size-4cm-off.yaml"), "--language", "zh").stdout
    assert "应提交的申请：退货退款" in told
    told = run(
        "explain", str(ROOT / "examples" / "one-day-too-late.yaml"), "--language", "zh", "--why-not", "decline"
    ).stdout
    assert "没有不同意" not in told


@pytest.mark.slow
def test_explain_prints_one_object_a_line() -> None:
    result = run("explain", case_file("size-4cm-off"), case_file("two-claims"), "--json", "--level", "line")
    assert [json.loads(line)["case"] for line in result.stdout.splitlines()] == ["size-4cm-off", "two-claims"]
    result = run("explain", case_file("two-claims"), "--json", "--what-if", "exchange")
    assert [json.loads(line)["claim"] for line in result.stdout.splitlines()] == [0, 1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--why-not", "exchnge"], "--why-not: `exchnge` is neither an answer nor a rule (did you mean `exchange`?)"),
        (["--what-if", "exchnge"], "--what-if: `exchnge` is neither an answer nor a rule (did you mean `exchange`?)"),
        (["--why-not", "exchange", "--claim", "4"], "--claim: `4` is not a claim of this case (0 to 0)"),
        (["--why-not", "exchange", "--what-if"], "explain: takes one of --level, --why-not and --what-if"),
    ],
)
def test_a_bad_option_of_explain_is_one_line(args: list[str], message: str) -> None:
    assert refused(run("explain", case_file("size-4cm-off"), *args)) == message


# -- decide --set ---------------------------------------------------------------------------------


def test_a_changed_case_is_shown_beside_what_it_was() -> None:
    result = run("decide", case_file("minor-stain"), "--language", "en", "--set", "claim.severity=major")
    lines = result.stdout.splitlines()
    assert lines[0] == "before  ✓ approved · compensation · 13.00 CNY"
    assert lines[1] == "after   ✓ approved · return and refund · 98.00 CNY"
    assert any(line.split() == ["resolution", "compensation", "return_and_refund"] for line in lines)
    assert not any(line.startswith("outcome") for line in lines)


@pytest.mark.parametrize(
    "setting",
    [
        "claims[0].severity=major",
        "claim.size_deviation_cm=3.1",
        "order.days_since_completion=2",
        "facts.dangerous=true",
        "shop.in_stock=false",
        "line.promotional=true",
        "claim.measurements=[{attribute: chest, declared_cm: 100, actual_cm: 96}]",
        "claim.severity=null",
        "claim.freight.carrier_listed=false",
        "claim.return_received=true",
    ],
)
def test_whatever_a_case_can_hold_can_be_set(setting: str) -> None:
    data = example("size-not-measured")
    case = changed(engine(), Case.read(data), data, [setting])
    assert case != Case.read(data) or setting.endswith("=null")
    assert engine().decide(case).claims


def test_json_holds_both_decisions_and_what_differs() -> None:
    args = ["--json", "--set", "claim.size_deviation_cm=3.1", "--set", "claim.requested=exchange"]
    data = json.loads(run("decide", case_file("size-not-measured"), *args).stdout)
    changed = {
        "measurements": [{"attribute": "size", "declared_cm": "100", "actual_cm": "96.9"}],
        "requested": "exchange",
    }
    case = example("size-not-measured", data["before"]["language"])
    after = engine().decide(Case.read({**case, "claims": [{**case["claims"][0], **changed}]}))
    assert data["after"] == after.to_dict(trace=False)
    assert data["differs"]["claims[0].resolution"] == {"before": "return_and_refund", "after": "exchange"}
    assert data["set"] == ["claim.size_deviation_cm=3.1", "claim.requested=exchange"]


def test_a_setting_that_changes_nothing_says_so() -> None:
    result = run("decide", case_file("size-4cm-off"), "--language", "en", "--set", "claim.requested=return_and_refund")
    assert result.stdout.splitlines()[-1] == "nothing changes"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("claim.severty=minor", "`claim.severty` is not a path of a case (did you mean `claim.severity`?)"),
        ("clam.severity=minor", "`clam.severity` is not a path of a case (did you mean `claim.severity`?)"),
        ("claim.severity=mnor", "claims[0].severity: `mnor` is not one of its values (did you mean `minor`?)"),
        ("claims[3].severity=minor", "claims[3]: is not there (`claims` holds 1)"),
        (
            "claims.severity=minor",
            "leads inside `claims`, which has no fields (write `claims[0].severity`)",
        ),
        ("severity", "is not a setting (write it like `claim.severity=minor`)"),
        ("claim.severity=", "is set to nothing (`null` takes a value away)"),
        ("claim.paid=3", "follows from `order.lines` (set that)"),
        ("order.shipped_late=true", "follows from `order.ship_by` and `order.shipped_at` (set that)"),
        ("claim.size_deviation_cm=long", "`long` is not a number of centimetres"),
        ("claim.size_deviation_cm=3.0001", "`3.0001` is not a number of centimetres"),
        ("claim.return_received=maybe", "`maybe` is not true or false"),
        ("line.unit_price=dear", "order.lines[0].unit_price: `dear` is not a decimal number"),
    ],
)
def test_a_bad_setting_is_one_line_with_the_nearest_path(setting: str, message: str) -> None:
    data = example("size-not-measured")
    with pytest.raises(CaseError) as caught:
        changed(engine(), Case.read(data), data, [setting])
    assert str(caught.value).startswith(f"--set {setting}: {message}")
    assert len(caught.value.problems) == 1


@pytest.mark.slow
def test_a_bad_setting_ends_the_command_with_its_message() -> None:
    result = run(
        "decide", case_file("minor-stain"), "--set", "claim.severity=major", "--set", "claims[0].severity=minor"
    )
    assert refused(result) == (
        "--set claims[0].severity=minor: sets `claims[0].severity`, which `claim.severity=major` sets (leave one of them out)"
    )
    result = run("decide", case_file("size-not-measured"), "--set", "claim.severty=minor")
    assert refused(result).startswith("--set claim.severty=minor: `claim.severty` is not a path of a case")
    result = run("decide", case_file("size-not-measured"), "--set", "order.completed_at=2026-01-01")
    assert refused(result).startswith("--set order.completed_at=2026-01-01: order.completed_at: is before ")
