"""Decisions kept for the record: the page, the picture of the path, those read back years later, and hostile texts."""

from __future__ import annotations

import html
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import shipped
from click.testing import CliRunner
from hostile import HOSTILE, decided, hostile_case, hostile_decisions, spoilt
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples

from refundrules import CaseError, Decision, message, render, why, why_not
from refundrules.cli.main import commands
from refundrules.engine.trace_schema import shape_problems
from refundrules.rendering.forms import FORMS, print_decision

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))
KEPT = sorted((ROOT / "tests" / "fixtures").glob("*/*.json"))
"""Whole decisions take too long to shrink."""
SVG = "{http://www.w3.org/2000/svg}"


def kept(path: Path) -> Decision:
    return Decision.read(path.read_text(encoding="utf-8"))


def every_form(decision: Decision) -> dict[str, str]:
    printed = io.StringIO()
    print_decision(decision, trace=True, colour=True, file=printed)
    return {
        "text": render(decision, trace=True),
        "markdown": render(decision, "markdown"),
        "card": render(decision, "html"),
        "terminal": printed.getvalue(),
        "page": render(decision, "record"),
        "picture": "".join(render(decision, "svg", claim=at) for at in range(len(decision.claims))),
        "json": decision.to_json(),
    }


class _Page(HTMLParser):
    """Collects the texts of a page, and asserts that its elements are closed in order."""

    VOID = frozenset({"meta", "br", "!doctype"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)


# -- decisions kept from before -------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_decision_kept_from_before_renders_in_every_form(path: Path) -> None:
    decision = kept(path)
    for name, form in every_form(decision).items():
        assert form, name
        assert name == "picture" or decision.case in form.replace("\\", "")
    assert render(decision, "record").count("<svg") == len(decision.claims)
    assert holds(json.loads(decision.to_json()), json.loads(path.read_text(encoding="utf-8")))


def holds(now: Any, before: Any) -> bool:
    """Return whether data still says all it said before; fields added since may stand beside it."""
    if isinstance(before, dict):
        return all(name in now and holds(now[name], value) for name, value in before.items())
    if isinstance(before, list):
        return len(now) == len(before) and all(map(holds, now, before))
    return bool(now == before)


def test_decisions_of_every_outcome_and_of_several_claims_are_kept_of_each_version() -> None:
    for folder in {path.parent for path in KEPT}:
        decisions = [kept(path) for path in KEPT if path.parent == folder]
        assert {decision.outcome for decision in decisions} == {
            "approve",
            "decline",
            "needs_information",
            "manual_review",
        }
        assert max(len(decision.claims) for decision in decisions) > 1
        assert any(decision.rulings for decision in decisions)
    assert len({path.parent for path in KEPT}) == 3


@pytest.mark.slow
def test_what_was_said_of_a_kept_decision_is_said_again_and_the_first_ones_short_text_is_shown() -> None:
    for path in KEPT:
        decision, texts = kept(path), json.loads(path.read_text(encoding="utf-8"))["trace"]["texts"]
        if path.parent.name == "decision-1-first":
            assert message(decision, "buyer") == ""
            assert any(text in html.unescape(render(decision, "html")) for text in texts["messages"].values())
        else:
            assert message(decision, "buyer", "zh")
            assert message(decision, "agent", "en")


@pytest.mark.slow
@pytest.mark.parametrize("path", KEPT[::3], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_fields_that_a_newer_trace_adds_are_passed_over(path: Path) -> None:
    def newer(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value if key == "texts" else newer(value) for key, value in data.items()} | {
                "newer": [{"a": 1}]
            }
        return [newer(item) for item in data] if isinstance(data, list) else data

    data = json.loads(path.read_text(encoding="utf-8"))
    was = every_form(Decision.read(json.dumps(data)))
    data["trace"] = newer(data["trace"])
    assert every_form(Decision.read(data)) | {"json": ""} == was | {"json": ""}


def test_a_trace_that_lacks_what_its_schema_has_is_one_error_that_says_where() -> None:
    data = json.loads(KEPT[0].read_text(encoding="utf-8"))
    del data["trace"]["claims"][0]["questions"][1]["rules"]
    with pytest.raises(CaseError) as error:
        Decision.read(data)
    assert str(error.value) == (
        "trace.claims[0].questions[1].rules: is not as schema `refundrules.trace/1` has it: field required"
    )


@pytest.mark.parametrize(
    ("says", "error"),
    [
        ({}, ".within_hours: is not as schema `refundrules.trace/1` has it: field required"),
        (3, ": is not as schema `refundrules.trace/1` has it: input should be a valid boolean"),
        ({"within_hours": 3, "after": "x"}, ".within_hours: is not as schema `refundrules.trace/1` has it: input should be a valid string"),
    ],
)  # fmt: skip
def test_an_answer_of_no_kind_is_one_error_that_says_where(says: object, error: str) -> None:
    data = json.loads(KEPT[0].read_text(encoding="utf-8"))
    data["trace"]["claims"][0]["questions"][1]["rules"][0]["says"] = says
    with pytest.raises(CaseError) as raised:
        Decision.read(data)
    assert str(raised.value) == f"trace.claims[0].questions[1].rules[0].says{error}"


def test_a_kept_decision_that_is_none_is_told_field_by_field() -> None:
    data = json.loads(KEPT[0].read_text(encoding="utf-8"))
    data["claims"][0].pop("outcome")
    data["refund"]["total"] = "much"
    with pytest.raises(CaseError) as error:
        Decision.read(data)
    assert [problem.where for problem in error.value.problems] == [
        "decision.claims[0].outcome",
        "decision.refund.total",
    ]
    with pytest.raises(CaseError, match=r"^decision\.claims: is not a decision of schema"):
        Decision.read({**data, "claims": []})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda claim: claim["rules"][0].update(when={"truth": True}),
        lambda claim: claim["questions"][0]["rules"][0].pop("says"),
        lambda claim: [said.update(rule="X-1") for question in claim["questions"] for said in question["rules"]],
        lambda claim: claim["facts"][0].update(kind="colour", origin="hearsay"),
    ],
    ids=["a condition", "an answer", "a rule", "a fact"],
)
def test_a_trace_that_was_tampered_with_is_no_bug_of_ours(spoil: Callable[[Any], object]) -> None:
    data = json.loads(KEPT[-1].read_text(encoding="utf-8"))
    spoil(data["trace"]["claims"][0])
    decision = Decision.read(data)
    for read in (
        why,
        partial(why_not, target="exchange"),
        message,
        *[partial(render, form=form) for form in FORMS],
    ):
        with suppress(CaseError):
            read(decision)


def test_every_trace_we_make_has_the_shape_of_its_schema() -> None:
    for name in EXAMPLES[::3]:
        assert shape_problems(json.loads(decided(name).to_json())["trace"]) == []


def spots(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*at, key)
        yield from spots(value, (*at, key))


DAMAGED = {path: list(spots(json.loads(path.read_text(encoding="utf-8"))["trace"])) for path in KEPT}


@examples(20)
@given(st.data())
def test_a_damaged_trace_is_shown_or_is_one_error(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(KEPT))
    decision = json.loads(path.read_text(encoding="utf-8"))
    *steps, last = data.draw(st.sampled_from(DAMAGED[path]))
    at = decision["trace"]
    for step in steps:
        at = at[step]
    other = data.draw(st.sampled_from([None, True, 3, "other", [], {}, ["x"], ...]))
    if other is ...:
        del at[last]
    else:
        at[last] = other
    try:
        again = Decision.read(decision)
    except CaseError as error:
        problems = error.problems
    else:
        problems = []
        assert all(every_form(again)[name] for name in ("text", "markdown", "card", "terminal", "page"))
    assert len(problems) <= 1


# -- hostile texts --------------------------------------------------------------------------------

_SPOILT = {name: decision.to_json() for name, decision in hostile_decisions().items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", _SPOILT)
def test_a_script_in_every_string_is_text_in_every_form(name: str) -> None:
    decision = Decision.read(_SPOILT[name])
    forms = every_form(decision)
    for form in ("card", "page", "markdown", "picture"):
        assert "<script" not in forms[form]
        assert "<img" not in forms[form]
    for form in ("card", "page"):
        page = _Page(forms[form])
        assert not {"script", "img", "iframe", "link", "object", "form", "a"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("href", "src")]
        assert HOSTILE in "".join(page.texts)
    for at in range(len(decision.claims)):
        assert {element.tag for element in ET.fromstring(render(decision, "svg", claim=at)).iter()} <= {
            f"{SVG}{tag}" for tag in ("svg", "title", "desc", "style", "rect", "path", "circle", "text")
        }


ODD = st.sampled_from(
    ["\x1b[2J", "\x07", "\u202e", "\u2066", "\r", "\n# ", "\x00", "\u2028", "\ufeff", "<b>", "&lt;", "]]>", "`|*"]
)


@examples(15)
@given(
    st.sampled_from([path for path in KEPT if "messages" in path.parent.name]),
    st.lists(ODD, min_size=1, max_size=3),
    st.text(max_size=3),
)
def test_controls_in_every_string_of_a_decision_reach_no_reader(path: Path, odd: list[str], more: str) -> None:
    bad = "".join(odd) + more
    text = json.dumps(spoilt(json.loads(path.read_text(encoding="utf-8")))).replace(
        json.dumps(HOSTILE)[1:-1], json.dumps(bad)[1:-1]
    )
    forms = every_form(Decision.read(text.replace(json.dumps("CNY<script>"), '"CNY"')))
    for name in ("text", "markdown", "card", "page", "picture"):
        assert not set(forms[name]) & set("\x1b\x07\u202e\u2066\r\x00\u2028\ufeff"), name
    assert "\x1b[2J" not in forms["terminal"]
    assert not set(forms["terminal"]) & set("\x07\u202e\u2066\r\x00\u2028\ufeff")
    _Page(forms["page"])
    for at in re.findall("<svg.*?</svg>", forms["picture"], re.DOTALL):
        ET.fromstring(at)


def test_a_hostile_case_is_shown_and_its_free_texts_are_not() -> None:
    forms = every_form(hostile_case())
    for name in ("card", "page"):
        assert "&lt;script&gt;window.ran=1&lt;/script&gt;" in forms[name]
        assert "<script" not in forms[name]
    assert "script" not in forms["picture"]
    assert "script" not in message(hostile_case())


# -- the page -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_page_holds_the_decision_what_is_said_and_its_trace_and_loads_nothing(name: str, language: str) -> None:
    decision = decided(name, language)
    text = render(decision, "record")
    page = _Page(text)
    told = " ".join("".join(page.texts).split())
    for claim in decision.claims:
        for code in (*claim.reasons, *claim.cites, *claim.guardrails, *(item.question for item in claim.missing)):
            assert code in told
    for paragraph in message(decision, "buyer").split("\n\n"):
        assert paragraph in told
    assert decision.policy.digest in told
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert "@import" not in text
    assert "url(" not in text
    assert "None" not in told


def test_the_page_is_the_same_each_time() -> None:
    assert render(decided("two-claims"), "record") == render(decided("two-claims"), "record")


def test_without_a_trace_the_page_has_neither_picture_nor_trace() -> None:
    bare = Decision.read(decided("size-4cm-off").to_json(trace=False))
    assert render(bare, "svg") == ""
    assert "<svg" not in render(bare, "record")
    assert "<details" not in render(bare, "record")
    assert "99.00 CNY" in render(bare, "record")


# -- the picture ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_picture_shows_every_reason_and_says_what_it_shows(name: str, language: str) -> None:
    decision = decided(name, language)
    for at, claim in enumerate(decision.claims):
        picture = ET.fromstring(render(decision, "svg", claim=at))
        texts = "".join(element.text or "" for element in picture.iter(f"{SVG}text"))
        assert picture[0].tag == f"{SVG}title"
        assert picture[1].tag == f"{SVG}desc"
        assert picture[0].text
        assert picture[1].text or claim.outcome == "manual_review"
        assert all(reason in texts for reason in claim.reasons) or claim.outcome == "needs_information"
        wide, high = map(float, picture.attrib["viewBox"].split()[2:])
        places = [(float(text.attrib["x"]), float(text.attrib["y"])) for text in picture.iter(f"{SVG}text")]
        assert all(0 < x < wide and 0 < y < high for x, y in places)


def test_a_rule_that_is_overridden_is_struck_out_and_an_arrow_comes_from_what_overrides_it() -> None:
    data = json.loads(decided("size-4cm-off").to_json())
    question = data["trace"]["claims"][0]["questions"][2]
    question["rules"][0] |= {"verdict": "silenced", "silenced_by": ["SIZE-010"]}
    picture = ET.fromstring(render(Decision.read(data), "svg"))
    struck = [text.text for text in picture.iter(f"{SVG}text") if text.get("class") == "over"]
    assert struck == ["MIND-005 → approved"]
    assert "silenced by SIZE-010" in [text.text for text in picture.iter(f"{SVG}text")]
    assert [path.get("class") for path in picture.iter(f"{SVG}path")] == ["rail", "arrow", "tip"]


def test_a_claim_that_is_not_there_has_no_picture() -> None:
    assert render(decided("size-4cm-off"), "svg", claim=1) == render(decided("size-4cm-off"), "svg", claim=-1) == ""


# -- the commands ---------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(commands, arguments, catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def example(name: str) -> str:
    return str(ROOT / "examples" / f"{name}.yaml")


@pytest.mark.slow
def test_the_command_says_what_the_library_says() -> None:
    assert run("message", example("minor-stain"), "--language", "en") == (
        0,
        message(decided("minor-stain")) + "\n",
        "",
    )
    told = run("message", example("minor-stain"), "--to", "agent", "--language", "zh")
    assert told == (0, message(decided("minor-stain", "zh"), "agent") + "\n", "")
    several = run("message", example("minor-stain"), example("two-claims"), "--language", "en")[1]
    assert several == f"{message(decided('minor-stain'))}\n\n{message(decided('two-claims'))}\n"


@pytest.mark.slow
def test_the_command_reports_a_kept_decision_as_it_was() -> None:
    path = next(path for path in KEPT if path.stem == "two-claims" and "messages" in path.parent.name)
    assert run("report", str(path)) == (0, render(kept(path), "record") + "\n", "")
    assert run("message", str(path))[1] == message(kept(path)) + "\n"
    assert run("report", str(path), "--svg") == (0, render(kept(path), "svg") + "\n", "")


def test_the_command_writes_a_report_into_a_file(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert run("report", example("size-4cm-off"), "--language", "en", "-o", str(page)) == (0, "", "")
    assert page.read_text(encoding="utf-8") == render(decided("size-4cm-off"), "record") + "\n"


@pytest.mark.slow
def test_what_cannot_be_said_or_reported_is_an_error(tmp_path: Path) -> None:
    old = str(next(path for path in KEPT if path.parent.name == "decision-1-first"))
    status, out, error = run("message", old)
    assert (status, out) == (2, "")
    assert error.endswith("nothing is said to the buyer by cn-apparel-shop 1.0.0 (its pack has no texts)\n")
    status, out, error = run("report", example("size-4cm-off"), example("two-claims"))
    assert (status, out) == (2, "")
    assert error == "CASE: a report is of one decision, and there are 2 (give one case)\n"
    broken = tmp_path / "broken.json"
    broken.write_text('{"schema": "refundrules.decision/1", "case": "C"}', encoding="utf-8")
    status, out, error = run("report", str(broken))
    assert (status, out) == (2, "")
    assert "is not a decision of schema `refundrules.decision/1`" in error


@pytest.mark.process
def test_without_a_browser_and_nobody_to_install_one_the_tests_for_it_say_so() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "find_browser.py")]
    done = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "there is no Chromium with Chinese fonts here, and nobody to install it "
        "(as root: apt-get install chromium fonts-noto-cjk fontconfig)\n"
    )


def test_a_message_of_a_policy_is_the_same_for_every_reader() -> None:
    policy = shipped.policy()
    for name in EXAMPLES[::4]:
        decision = decided(name)
        assert message(decision) == message(decision, policy=policy) == message(Decision.read(decision.to_json()))
