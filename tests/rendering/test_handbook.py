"""A policy written out for people: complete, escaped, and never behind its numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import shipped
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples, load_pack, policies
from tiny_pack import write_pack

from refundrules import Policy, load_policy, pack_names, render_policy
from refundrules.cli.main import commands
from refundrules.policy.questions import QUESTIONS
from refundrules.rendering.handbook.map_svg import map_svg
from refundrules.rendering.handbook.model import CHAPTERS, is_link, read_book
from refundrules.text.sentences import Clause, Sentences
from refundrules.text.to_markdown import literal

LANGUAGES, STYLES = ("zh", "en", "both"), ("html", "markdown")
FORMS = [(language, style) for language in LANGUAGES for style in STYLES]
HOSTILE = "<script>window.ran=1</script></style></title>\"'><img src=x onerror=window.ran=1>|`**[x](y)_$&amp;"
_VOID = {"meta", "br", "rect", "path", "circle"}


def written(policy: Policy, language: Any, style: Any, day: date | None = None) -> str:
    return render_policy(policy, language=language, style=style, day=day)


@cache
def shop() -> Policy:
    return shipped.policy()


class Page(HTMLParser):
    """Reads a page strictly: every tag closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def entries(text: str, style: str) -> list[str]:
    """Return the ids of rules, guarantees, assumptions and parameters in the order of their entries."""
    if style == "html":
        return [name[2:] for name in Page(text).ids if name[:2] in ("r-", "g-", "a-", "p-") and not name.endswith("-t")]
    named = r"^#{3,4} ([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*)$|^\| .*\(`(\w+)`\) \|"
    return [one or other for one, other in re.findall(named, text, re.MULTILINE)]


def all_of(policy: Policy) -> list[str]:
    items = (*policy.rules, *policy.guarantees, *policy.assumptions)
    return sorted([*(item.id for item in items), *policy.parameters])


# -- the shipped packs ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("pack", pack_names())
@pytest.mark.parametrize(("language", "style"), FORMS)
def test_everything_stands_in_the_document_once(pack: str, language: str, style: str) -> None:
    policy = load_policy(pack)
    text = written(policy, language, style)
    assert sorted(entries(text, style)) == all_of(policy)
    assert text == written(policy, language, style)
    assert text.endswith("\n")


def test_every_link_of_the_page_leads_to_a_place_on_it_or_to_a_source() -> None:
    page = Page(written(shop(), "both", "html"))
    assert len(set(page.ids)) == len(page.ids)
    within = {link[1:] for link in page.links if link.startswith("#")}
    assert within <= set(page.ids)
    addresses = {source.url for source in shop().sources.values() if source.url}
    assert {link for link in page.links if not link.startswith("#")} == addresses


def test_every_reason_and_every_source_is_there_in_its_language() -> None:
    for language in ("zh", "en"):
        text = Page(written(shop(), language, "html")).text
        for rule in shop().rules:
            if "{" not in rule.because.to(language):
                assert rule.because.to(language)[1:] in text
        for source in shop().sources.values():
            assert source.title.to(language) in text
            assert source.instrument in text


def test_both_languages_say_what_each_says_alone() -> None:
    both = Page(written(shop(), "both", "html")).text
    for language in ("zh", "en"):
        for chapter in read_book(shop()).chapters:
            for entry in chapter.entries:
                assert all(said.value.to(language) in both for said in entry.then)


def test_every_question_has_a_chapter_and_only_one() -> None:
    answered = [question for questions in CHAPTERS.values() for question in questions]
    assert sorted(answered) == sorted(question.id for question in QUESTIONS)


@pytest.mark.parametrize("pack", pack_names())
def test_a_section_and_a_sentence_together_say_what_the_rule_asks(pack: str) -> None:
    assert_whole(load_policy(pack))


def assert_whole(policy: Policy) -> None:
    """Find every part of every rule's condition in its section or its sentence, and nothing else there."""
    say = Sentences(policy)
    for chapter in read_book(policy).chapters:
        asked = set(CHAPTERS[chapter.id])
        for group in chapter.groups:
            for entry in group.entries:
                whole = asks(say.clause(policy.rule[entry.id].when))
                assert {*group.always, *asks(entry.when)} == whole
                assert len(group.entries) > 1 or not group.always
            if group.table:
                assert [rule for rule, _, _ in group.table.rows] == [entry.id for entry in group.entries]
                for (_, wanted, said), entry in zip(group.table.rows, group.entries, strict=True):
                    given_answers = dict(zip(group.table.about, said, strict=True))
                    assert {about: one for about, one in given_answers.items() if one} == {
                        answer.about: answer.value for answer in entry.then
                    }
                    assert sum(cell is not None for cell in wanted) <= len(asks(entry.when))
                    assert any(wanted) == (not entry.when.is_always)
        here = {entry.id for entry in chapter.entries}
        assert {*here, *chapter.also} == {rule.id for rule in policy.rules if rule.questions & asked}
        assert here.isdisjoint(chapter.also)


def asks(clause: Clause) -> set[Clause]:
    """Return the parts of a conjunction; nothing for a condition that always holds."""
    return set() if clause.is_always else set(clause.parts) if clause.joint == "all" else {clause}


def test_an_override_is_told_on_both_sides_and_drawn() -> None:
    text = written(shop(), "en", "markdown")
    over, under = (text.split(f"#### {rule}\n")[1].split("\n#")[0] for rule in ("FADE-028", "FADE-027"))
    assert "- Overrides [FADE-027](#fade-027)" in over
    assert "- Unless [FADE-028](#fade-028) holds, which overrides it" in under
    picture = map_svg(read_book(shop()), ["en"])
    assert picture.count('class="arrow"') == 1
    assert "FADE-028 overrides FADE-027" in picture


def test_a_table_stands_where_rules_ask_few_things() -> None:
    text = written(shop(), "en", "markdown")
    assert "| [EXCH-003](#exch-003) | “quality problem” | “the size is off the chart” | **another style** | — |" in text


def test_the_numbers_are_those_of_the_day() -> None:
    before, after = (written(shop(), "en", "markdown", day) for day in (date(2025, 2, 12), date(2025, 2, 13)))
    assert "the late-dispatch rate for a long promise (30%)" in before
    assert "the late-dispatch rate for a long promise (5%)" in after
    assert "numbers as of 2025-02-13" in after
    assert "**30%**, from the beginning" in before
    assert "30%, from the beginning" in after.replace("**30%**", "")
    assert written(shop(), "en", "markdown") == after.replace("numbers as of 2025-02-13", "numbers as last set")


def test_what_is_bounded_in_time_or_place_says_so() -> None:
    rule = {"id": "R-1", "cite": ["S"], "because": {"zh": "因", "en": "so"}, "then": {"outcome": "decline"}}
    span = {"from": "2026-01-01", "until": "2026-06-01", "by": "order_placed"}
    pack = _HEAD | {"rules": [rule | {"in_force": span, "jurisdictions": ["CN-ZJ"]}]}
    text = written(load_pack(pack), "en", "markdown", date(2026, 6, 1))
    for note in (
        "in force from 2026-01-01, by the day the order was placed",
        "in force until the day before 2026-06-01, by the day the order was placed",
        "not in force on 2026-06-01",
        "only in CN-ZJ",
    ):
        assert f"- {note}\n" in text
    assert "not in force" not in written(load_pack(pack), "en", "markdown", date(2026, 5, 31))


_HEAD: dict[str, Any] = {
    "pack": "small", "version": "1.0.0", "complete": False, "title": {"zh": "小", "en": "small"}, "jurisdictions": ["CN"],
    "currency": "CNY", "time_zone": "Asia/Shanghai", "language": "zh", "sources": {"S": {"title": {"zh": "源", "en": "a source"}}},
}  # fmt: skip


@pytest.mark.parametrize(("language", "style"), FORMS)
def test_a_policy_without_rules_is_a_document_too(language: str, style: str) -> None:
    text = written(load_pack(_HEAD), language, style)
    assert entries(text, style) == []
    assert "<svg" not in text


# -- numbers --------------------------------------------------------------------------------------


def changed(policy: Policy, name: str, at: int) -> Policy:
    """Return the policy with one value of a parameter raised."""
    item = policy.parameters[name]
    values = tuple(
        value._replace(value=value.value + 1) if number == at else value for number, value in enumerate(item.values)
    )
    return replace(policy, parameters={**policy.parameters, name: replace(item, values=values)})


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_changing_any_number_changes_the_document(style: str) -> None:
    before = written(shop(), "en", style)
    sentences = before.partition("Guarantees</h2>" if style == "html" else "\n## Guarantees")[0]
    for name, item in shop().parameters.items():
        for at in range(len(item.values)):
            after = written(changed(shop(), name, at), "en", style)
            assert _said(after) != _said(before), name
        # The last is the one in force: the sentences of the rules that read it change too.
        if name in {parameter for rule in shop().rules for parameter in _read_directly(rule)}:
            assert sentences != after.partition("Guarantees</h2>" if style == "html" else "\n## Guarantees")[0], name


def _said(text: str) -> str:
    """Return a document without its digest, which changes in any case."""
    return re.sub(r"sha256:[0-9a-f]+", "", text)


def _read_directly(rule: Any) -> set[str]:
    from refundrules.expr.walk import reads

    return set(reads(rule.when))


# -- any policy -----------------------------------------------------------------------------------


@examples(60)
@given(policies(), st.sampled_from(FORMS), st.sampled_from([None, date(2026, 5, 31), date(2026, 6, 1)]))
def test_any_policy_is_written_out_completely(pack: dict[str, Any], form: tuple[str, str], day: date | None) -> None:
    policy = load_pack(pack)
    language, style = form
    text = written(policy, language, style, day)
    assert sorted(entries(text, style)) == all_of(policy)
    assert_whole(policy)
    for name, item in policy.parameters.items():
        at = item.values.index(item.on(day))
        assert _said(written(changed(policy, name, at), language, style, day)) != _said(text)


@examples(40)
@given(policies(), st.sampled_from(LANGUAGES))
def test_no_text_of_any_policy_is_read_as_markup(pack: dict[str, Any], language: str) -> None:
    policy = load_pack(spoilt(pack))
    page = Page(written(policy, language, "html"))
    assert page.tags <= _TAGS
    assert "<script>window.ran=1</script>" in page.text
    text = written(policy, language, "markdown")
    assert not re.search(r"<[a-z/]", text)
    assert r"\*\*[x\](y)\_\$&amp;amp;" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows if "`" in row and "(`" in row} <= {4}


_TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "nav", "main", "footer", "section", "article", "h1", "h2",
    "h3", "h4", "p", "ul", "ol", "li", "a", "span", "div", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr",
    "th", "td", "strong", "code", "br", "figure", "svg", "desc", "path", "circle", "rect", "text",
}  # fmt: skip


def spoilt(value: Any) -> Any:
    """Return pack data with a hostile text in every text for people."""
    if isinstance(value, dict) and set(value) == {"zh", "en"}:
        return {language: text + HOSTILE for language, text in value.items()}
    if isinstance(value, dict):
        return {key: spoilt(item) for key, item in value.items()}
    return [spoilt(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", 'https://a.example/"onclick=x', "https://a b", "data:text/html,x", "https://a\n", ""],
)
def test_an_address_that_is_none_is_no_link(address: str) -> None:
    assert not is_link(address)
    sources = {"S": {"title": {"zh": "源", "en": "a source"}, "url": address or "x", "instrument": "house rules"}}
    policy = load_pack(_HEAD | {"sources": sources})
    assert [link for link in Page(written(policy, "en", "html")).links if not link.startswith("#")] == []
    assert "<http" not in written(policy, "en", "markdown")


def test_markdown_escapes_only_what_would_mean_something() -> None:
    assert literal("1.0.0 (2 cm)") == "1.0.0 (2 cm)"
    assert literal("1. one") == r"1\. one"
    assert literal("# a") == r"\# a"
    assert literal("- a_b|c") == r"\- a_b\|c"
    assert literal("so [it] is_ [x](y) [z]: w") == r"so [it] is\_ [x\](y) [z\]: w"
    assert literal("[x]") == r"\[x]"


# -- the command ----------------------------------------------------------------------------------


def invoke(*args: str) -> Result:
    return CliRunner().invoke(commands, ["docs", *args])


def test_the_command_writes_what_the_library_returns(tmp_path: Path) -> None:
    pack = write_pack(tmp_path)
    policy = load_policy(pack)
    assert invoke(str(pack)).output == render_policy(policy)
    assert invoke(str(pack), "--language", "both", "--format", "markdown").output == render_policy(
        policy, language="both", style="markdown"
    )
    place = tmp_path / "policy.html"
    done = invoke(str(pack), "--date", "2026-01-31", "-o", str(place))
    assert (done.exit_code, done.output) == (0, "")
    assert place.read_text(encoding="utf-8") == render_policy(policy, day=date(2026, 1, 31))


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", ""])
def test_a_day_that_is_none_is_said(day: str) -> None:
    done = invoke("--date", day)
    assert (done.exit_code, done.output) == (2, f"--date: `{day}` is not a day (write it like 2026-01-31)\n")


def test_a_pack_that_is_not_there_is_said() -> None:
    done = invoke("cn-aparel-shop")
    assert done.exit_code == 2
    assert done.output == "there is no pack `cn-aparel-shop` (did you mean `cn-apparel-shop`?)\n"
