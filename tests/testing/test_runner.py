"""The runner of packs' tests: what it reads, what it finds, what it says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import shipped
from tiny_pack import DEFAULTS, PACK, TESTS, write_pack

from refundrules import PackError, load_policy, pack_names
from refundrules.engine.decision import Decision
from refundrules.engine.decision_models import ClaimDecision
from refundrules.io.strict_yaml import Map, read_yaml
from refundrules.testing.expectations import FORMS, ExpectationError, field_names, plain, read_expectation
from refundrules.testing.files import merge_tests
from refundrules.testing.runner import Report, read_pack_tests, run_pack_tests


def run(folder: Path, tests: str = TESTS, pack: str = PACK) -> Report:
    return run_pack_tests(write_pack(folder, tests, pack), matcher="compiled")


def problems(folder: Path, tests: str) -> list[str]:
    with pytest.raises(PackError) as found:
        run(folder, tests)
    return [str(problem).replace(f"{folder}/tiny/tests/", "") for problem in found.value.problems]


def one(expect: str, given: str = "claims: [{line: L1, reason: stain}]") -> str:
    """Return a file with one test, on line 11."""
    return f"{DEFAULTS}tests:\n- id: one\n  rules: [S1]\n  given: {{{given}}}\n  expect: {expect}\n"


@pytest.mark.slow
@pytest.mark.parametrize("pack", pack_names())
def test_every_shipped_pack_passes_its_tests_and_shows_every_rule(pack: str) -> None:
    report = run_pack_tests(pack)
    assert [(result.test.id, result.failures) for result in report.results if not result.passed] == []
    assert [rule.id for rule in report.unshown] == []
    assert report.ok


def test_a_pack_whose_tests_pass_and_show_every_rule_is_fine(tmp_path: Path) -> None:
    report = run(tmp_path)
    assert (report.passed, report.failed, report.unshown, report.ok) == (4, 0, (), True)
    assert report.results[0].reasons == ("TINY-1",)


def test_a_failure_says_what_was_wanted_what_came_and_which_rules_determined(tmp_path: Path) -> None:
    report = run(
        tmp_path, one("{outcome: decline, refund.total: 198.00, freight.return.payer: null, cites: {lacks: S1}}")
    )
    assert [str(failure) for failure in report.results[0].failures] == [
        "outcome: wanted `decline`, got `approve`",
        "refund.total: wanted `198.00`, got `99.00`",
        "freight.return.payer: wanted `null`, got `none`",
        "cites: wanted lacks `S1`, got [`S1`]",
    ]
    assert report.results[0].explanation == ("determined by `TINY-1`",)
    assert not report.ok


def test_a_failure_names_what_sent_the_case_to_a_person(tmp_path: Path) -> None:
    report = run(tmp_path, one("{outcome: approve}", "claims: [{line: L1, reason: fading}]"))
    assert report.results[0].explanation == ("determined by no rule", "manual review: gap of `issue_class`")


def test_a_failure_names_what_is_missing_and_of_which_claim(tmp_path: Path) -> None:
    given = "claims: [{line: L1, reason: stain}, {line: L2, reason: size_deviation}]"
    report = run(tmp_path, one("{claims.1.outcome: approve}", given))
    assert report.results[0].explanation[-1] == "claim 1: missing `claim.measurements`"


def test_a_rule_that_no_test_shows_fails_the_pack(tmp_path: Path) -> None:
    report = run(tmp_path, one("{outcome: approve}"))
    assert (report.passed, report.failed) == (1, 0)
    assert [rule.id for rule in report.unshown] == ["TINY-2", "TINY-3", "TINY-4"]
    assert not report.ok


@pytest.mark.parametrize(("complete", "unshown"), [(True, []), (False, ["TINY-1", "TINY-2", "TINY-3", "TINY-4"])])
def test_only_rules_of_unfinished_packs_must_be_shown_by_who_extends_them(
    tmp_path: Path, complete: bool, unshown: list[str]
) -> None:
    write_pack(tmp_path)
    head = tmp_path / "tiny" / "pack.yaml"
    head.write_text(f"complete: {str(complete).lower()}\n{head.read_text(encoding='utf-8')}", encoding="utf-8")
    shop = tmp_path / "shop"
    (shop / "tests").mkdir(parents=True)
    (shop / "pack.yaml").write_text(
        "pack: shop\nversion: 1.0.0\ntitle: {zh: 店, en: shop}\nextends: [tiny]\n", encoding="utf-8"
    )
    assert [rule.id for rule in run_pack_tests(shop).unshown] == unshown


def test_a_pack_made_to_be_extended_need_not_show_its_rules(tmp_path: Path) -> None:
    report = run(tmp_path, one("{outcome: approve}"), PACK.replace("language: en\n", "language: en\ncomplete: false\n"))
    assert report.unshown == ()
    assert report.ok


def test_a_pack_made_to_be_extended_may_have_no_tests(tmp_path: Path) -> None:
    place = write_pack(tmp_path, TESTS, PACK.replace("language: en\n", "language: en\ncomplete: false\n"))
    (place / "tests" / "all.yaml").unlink()
    assert run_pack_tests(place).results == ()


def test_tests_stand_beside_a_pack_of_one_file_too(tmp_path: Path) -> None:
    place = write_pack(tmp_path)
    assert run_pack_tests(place / "pack.yaml").passed == 4


def test_only_some_tests_may_run_and_then_unshown_rules_do_not_count(tmp_path: Path) -> None:
    report = run_pack_tests(write_pack(tmp_path), only="declined")
    assert [result.test.id for result in report.results] == ["changed-mind-is-declined", "small-deviation-is-declined"]
    assert report.ok


def test_a_report_is_plain_json(tmp_path: Path) -> None:
    data = run(tmp_path, one("{outcome: {one_of: [decline]}}")).to_dict()
    assert json.loads(json.dumps(data)) == data
    assert (data["pack"], data["ok"], data["passed"], data["failed"]) == ("tiny", False, 0, 1)
    test = data["tests"][0]
    assert test["failures"] == [{"path": "outcome", "wanted": {"one_of": ["decline"]}, "got": "approve"}]
    assert test["where"].endswith("tests/all.yaml:11")
    assert [rule["rule"] for rule in data["unshown"]] == ["TINY-2", "TINY-3", "TINY-4"]


def test_both_matchers_report_the_same(tmp_path: Path) -> None:
    place = write_pack(tmp_path)
    assert run_pack_tests(place, matcher="auto").to_dict() == run_pack_tests(place, matcher="compiled").to_dict()


# -- what a file of tests may hold ------------------------------------------------------------


def test_given_is_merged_into_the_defaults() -> None:
    defaults = read_yaml("order: {id: O1, status: paid, lines: [1, 2]}\nshop: {in_stock: true}", "x")[0][0]
    given = read_yaml("order: {status: null, lines: [3]}\nid: a\nshop: null\ncustomer: {tier: null}", "x")[0][0]
    made = merge_tests(defaults, given)
    assert made == {"order": {"id": "O1", "lines": [3]}, "id": "a", "customer": {}}
    assert made["order"].lines == {"id": 1, "lines": 1}
    assert made.lines == {"order": 1, "id": 2, "customer": 4}
    assert isinstance(made["order"], Map)


def test_a_test_whose_case_has_no_id_lends_it_its_own(tmp_path: Path) -> None:
    assert run(tmp_path).results[0].decision.case == "stain-is-refunded"


def test_what_a_test_shows_is_known_without_running_it(tmp_path: Path) -> None:
    place = write_pack(tmp_path)
    tests = read_pack_tests(place, load_policy(place))
    assert [test.rules for test in tests] == [("S1", "TINY-1"), ("S2",), ("TINY-3",), ("TINY-4",)]


BAD_FILES = {
    "tests: 3\n": ["all.yaml:1: `tests` is not a list (write `tests:` and `- id: …`)"],
    "[]\n": ["all.yaml:1: the file of tests is not a mapping (it may hold `defaults`, `tests`)"],
    "defaults: 3\ntests: []\n": ["all.yaml:1: `defaults` is not a case (write it as a mapping)"],
    "test: []\ntests: []\n": ["all.yaml:1: unknown word `test` in the file of tests (did you mean `tests`?)"],
    "tests:\n  - 3\n": ["all.yaml:2: the test is not a mapping (it may hold `id`, `rules`, `given`, `expect`)"],
    "tests: [\n": ["all.yaml:2: is not readable YAML: did not find expected node content"],
}


@pytest.mark.parametrize("text", BAD_FILES)
def test_a_file_that_holds_no_tests_is_an_error_with_its_line(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text) == BAD_FILES[text]


BAD_TESTS = {
    "- rules: [S1]\n": [
        "all.yaml:11: the test has no `id` (give it one that reads as a sentence, like `size-4cm-return`)"
    ],
    "- id: a\n": ["all.yaml:11: test `a` is given no case (write the case under `given:`)"],
    "- id: a\n  expects: {}\n": [
        "all.yaml:12: unknown word `expects` in the test (did you mean `expect`?)",
        "all.yaml:11: test `a` is given no case (write the case under `given:`)",
    ],
    "- id: a\n  given: {claims: [{line: L1, reason: stain}]}\n": [
        "all.yaml:11: test `a` does not say what it shows (add `rules: [SOURCE or RULE-ID]`)",
        "all.yaml:11: test `a` expects nothing (add `expect:` with paths into the decision)",
    ],
    "- id: a\n  rules:\n    - S1\n    - TINY-5\n  given: {claims: [{line: L1, reason: stain}]}\n  expect: {outcome: approve}\n": [
        "all.yaml:14: `TINY-5` is neither a source nor a rule of the policy (did you mean `TINY-4`?)"
    ],
    "- id: a\n  rules: [S1]\n  given:\n    shop: {instock: true}\n    claims: [{line: L1, reason: stain}]\n  expect: {outcome: approve}\n": [
        "all.yaml:14: test `a`: shop.instock: unknown field `instock` (did you mean `in_stock`?)"
    ],
    "- id: a\n  rules: [S1]\n  given:\n    claims:\n      - {reason: stain}\n  expect: {outcome: approve}\n": [
        "all.yaml:15: test `a`: claims[0].line: is missing, and the order has several lines (one of `L1`, `L2`)"
    ],
    "- id: a\n  rules: [S1]\n  given: {decided_at: null, claims: [{line: L1, reason: stain}]}\n  expect: {outcome: approve}\n": [
        "all.yaml:11: the case of test `a` has no `decided_at` (give it one: a test must not depend on today)"
    ],
}


@pytest.mark.parametrize("text", BAD_TESTS)
def test_a_test_that_cannot_be_run_is_an_error_with_its_line(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, f"{DEFAULTS}tests:\n{text}") == BAD_TESTS[text]


def test_a_fault_in_the_defaults_is_named_on_its_own_line(tmp_path: Path) -> None:
    found = problems(tmp_path, one("{outcome: approve}").replace("status: delivered", "status: delivred"))
    assert found == [
        "all.yaml:5: test `one`: order.status: `delivred` is not one of its values (did you mean `delivered`?)"
    ]


def test_an_id_used_in_two_files_is_an_error(tmp_path: Path) -> None:
    place = write_pack(tmp_path)
    (place / "tests" / "more.yaml").write_text(one("{outcome: approve}").replace("id: one", "id: stain-is-refunded"))
    with pytest.raises(PackError) as found:
        run_pack_tests(place)
    text = str(found.value).replace(f"{place}/tests/", "")
    assert (
        text
        == "more.yaml:11: test `stain-is-refunded` is there twice (first at all.yaml:11) (give it an id of its own)"
    )


def test_all_problems_of_all_files_come_together(tmp_path: Path) -> None:
    place = write_pack(tmp_path, "tests: 3\n")
    (place / "tests" / "more.yaml").write_text("tests: 4\n")
    with pytest.raises(PackError) as found:
        run_pack_tests(place)
    assert len(found.value.problems) == 2


# -- expectations -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def decision() -> Decision:
    """An exchange with a difference to pay, and a claim that lacks a fact."""
    return shipped.engine().decide(
        {
            "id": "x",
            "decided_at": datetime(2026, 6, 10, 4, tzinfo=UTC),
            "order": {
                "id": "O1",
                "status": "completed",
                "placed_at": "2026-06-01",
                "delivered_at": "2026-06-05",
                "completed_at": "2026-06-06",
                "lines": [
                    {"id": "L1", "category": "apparel", "unit_price": "99.00"},
                    {"id": "L2", "category": "apparel", "unit_price": "10.00"},
                ],
            },
            "claims": [
                {
                    "line": "L1",
                    "reason": "stain",
                    "severity": "major",
                    "requested": "return_and_refund",
                    "return_received_at": "2026-06-09T10:00:00+08:00",
                    "goods": {"resalable": True},
                },
                {"line": "L2", "reason": "size_deviation", "requested": "exchange"},
            ],
        }
    )


MET: dict[str, Any] = {
    "outcome": "approve",
    "quantity": 1,
    "return_required": True,
    "refund.total": "99.0",
    "claims.0.refund.total": 99,
    "refund.parts.0.kind": "goods",
    "refund.parts": {"contains": "goods"},
    "offer": None,
    "offer.next": None,
    "offer.steps": {"lacks": "10.00"},
    "extras": [],
    "deadlines": {"contains": "refund"},
    "deadlines.0.due": "2026-06-16T02:00:00Z",
    "deadlines.0.rule": {"starts_with": "LAW-"},
    "deadlines.0.what": {"one_of": ["refund", "ship_replacement"]},
    "refund.parts.0.why": {"contains": "99.00"},
    "cites": {"contains_all": ["S10", "A2-02"], "lacks": ["S99", "S98"]},
    "claims.1.outcome": {"one_of": ["needs_information"]},
    "claims.1.missing": {"missing_any_of": ["claim.severity", "claim.measurements"]},
    "$.outcome": "needs_information",
    "$.policy.id": {"starts_with": "cn-"},
    "$.claims.1.line": "L2",
    "$.refund.currency": "CNY",
}
NOT_MET: dict[str, Any] = {
    "outcome": "decline",
    "quantity": True,
    "return_required": "true",
    "refund.total": True,
    "refund": "99.00",
    "refund.parts.1": None,
    "refund.parts.0": None,
    "offer.steps": {"contains": "10.00"},
    "extras": ["penalty"],
    "deadlines.0.due": "2026-06-16",
    "deadlines.0.rule": {"starts_with": "law-"},
    "cites": {"contains": "S10", "lacks": "A2-02"},
    "claims.1.missing": [],
}


@pytest.mark.parametrize("path", MET)
def test_an_expectation_is_met(decision: Decision, path: str) -> None:
    wish = read_expectation(path, MET[path], 2)
    assert wish.met(decision), plain(wish.found(decision))


@pytest.mark.parametrize("path", NOT_MET)
def test_an_expectation_is_not_met(decision: Decision, path: str) -> None:
    assert not read_expectation(path, NOT_MET[path], 2).met(decision)


BAD_EXPECTATIONS: dict[tuple[str, Any], tuple[str, str]] = {
    ("outcom", "approve"): ("`outcom` is not a path of a decision: it has no `outcom`", "did you mean `outcome`?"),
    ("freight.return.payr", 1): (
        "`freight.return.payr` is not a path of a decision: it has no `payr`",
        "did you mean `payer`?",
    ),
    ("freight.return_", 1): (
        "`freight.return_` is not a path of a decision: it has no `return_`",
        "did you mean `return`?",
    ),
    ("outcome.x", 1): ("`outcome.x` is not a path of a decision: there is nothing below to be `x`", ""),
    ("extras.first", 1): ("`extras.first`: `first` stands where a list is", "count its items from 0"),
    ("claims.0", 1): ("`claims.0` names no claim and field", "write it like `claims.1.outcome`"),
    ("claims.2.outcome", 1): ("`claims.2.outcome`: the case has no claim 2", "claims are counted from 0 to 1"),
    ("$.zzz", 1): (
        "`$.zzz` is not a path of a decision: it has no `zzz`",
        "one of `schema`, `case`, `policy`, `engine`, `decided_at`, `language`, `outcome`, `claims`, `refund`, `settlement`, `rulings`",
    ),
    ("cites", ()): ("nothing is expected of `cites`", "write a value, or `null`"),
    ("cites", "contain"): ("`contain` is not a form of expectation", "did you mean `contains`?"),
    ("cites", "contains_all"): ("`contains_all` takes a list", "write `contains_all: [...]`"),
    ("cites", "starts_with"): ("`starts_with` takes a text", "put it in quotes"),
    ("refund.total", "contains"): ("`contains` is expected of `refund.total`, which is neither a list nor a text", ""),
    ("cites", "missing_any_of"): ("`missing_any_of` is expected of `missing` alone", "use `contains` or `lacks`"),
}


@pytest.mark.parametrize(("path", "wanted"), BAD_EXPECTATIONS)
def test_an_expectation_that_no_decision_could_meet_is_an_error(path: str, wanted: Any) -> None:
    value = {"missing_any_of": ["x"]} if wanted == "missing_any_of" else {wanted: 3} if isinstance(wanted, str) else {}
    with pytest.raises(ExpectationError) as found:
        read_expectation(path, {} if wanted == () else wanted if wanted in (1, "approve") else value, 2)
    assert (found.value.what, found.value.remedy) == BAD_EXPECTATIONS[path, wanted]


def test_contains_takes_one_value() -> None:
    with pytest.raises(ExpectationError, match="`contains` takes one value"):
        read_expectation("cites", {"contains": ["a"]}, 1)


def test_a_wrong_expectation_is_named_with_its_line(tmp_path: Path) -> None:
    assert problems(tmp_path, one("\n    outcome: approve\n    resolutoin: x\n    cites: {has: S1}")) == [
        "all.yaml:16: `resolutoin` is not a path of a decision: it has no `resolutoin` (did you mean `resolution`?)",
        (
            "all.yaml:17: `has` is not a form of expectation (one of `contains`, `contains_all`, `lacks`, `starts_with`, "
            "`missing_any_of`, `one_of`)"
        ),
    ]


@pytest.mark.parametrize("name", field_names(ClaimDecision))
def test_every_field_of_a_claims_decision_is_a_path(name: str) -> None:
    assert read_expectation(name, None, 1).path == name


def test_the_forms_are_those_that_the_pack_format_describes() -> None:
    text = (Path(__file__).parents[2] / "docs" / "pack-format.md").read_text(encoding="utf-8")
    assert all(f"{{{form}: " in text for form in FORMS)
