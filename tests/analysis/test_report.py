"""What `check` found, as text for people and as tests of the pack."""

from __future__ import annotations

import pytest
import strategies
import yaml
from tiny_pack import PACK, WHOLE

from refundrules.analysis.check import report
from refundrules.analysis.check.check import CheckReport, check_policy
from refundrules.engine.engine import Engine


@pytest.fixture(scope="module")
def found() -> CheckReport:
    return check_policy(strategies.load_text(PACK))


@pytest.fixture(scope="module")
def nothing() -> CheckReport:
    return check_policy(strategies.load_text(WHOLE))


@pytest.mark.parametrize(("language", "last"), [("en", "nothing is left"), ("zh", "没有遗留问题")])
def test_a_report_of_nothing_is_its_head_and_its_end(nothing: CheckReport, language: str, last: str) -> None:
    lines = list(report.report_text(nothing, language))
    assert lines[0].startswith("tiny 1.0.0")
    assert lines[-1] == last


def test_each_finding_is_told_with_its_id_its_case_and_what_was_decided(found: CheckReport) -> None:
    lines = list(report.report_text(found, "en"))
    assert lines[-1] == f"left: {len(found.findings)} found, 0 undecided"
    for item in found.findings:
        assert f"  {item.id}" in lines
        told = list(report.finding_text(item, found.policy, "en"))
        assert told[-1].strip().startswith("decided")
        assert any("claim.reason = " in line for line in told)
    assert "manual_review: gap issue_class" in "\n".join(lines)


def test_a_finding_becomes_a_test_that_holds_now(found: CheckReport) -> None:
    tests = [test for item in found.findings if (test := report.test_of(item, found.policy)) is not None]
    assert [test["id"] for test in tests] == [
        "gap-issue-class-color-difference",
        "gap-freight-replacement-size-deviation",
    ]
    text = report.tests_text(tests)
    assert text.startswith("# Found by `refundrules check`")
    assert yaml.safe_load(text) == {"tests": tests}
    for test in tests:
        assert test["expect"]["outcome"] == Engine(found.policy).decide(test["given"]).outcome == "manual_review"


def test_a_case_is_written_in_its_own_order() -> None:
    assert report.case_yaml({"b": "一", "a": [1]}) == "b: 一\na:\n- 1\n"
