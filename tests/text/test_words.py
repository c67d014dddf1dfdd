"""What the library says: every language says everything, fills in the same, and nothing is written that nobody says.

Copy `words/en.yaml` to a new language, and these tests tell what is still missing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
import shipped

import refundrules
from refundrules.case import models
from refundrules.case.axioms import AXIOMS
from refundrules.case.facts import FACTS, Words
from refundrules.cli import ask_dialog
from refundrules.engine.decision_models import Outcome
from refundrules.engine.limits import FLOOR, LINE_CAP, ORDER_CAP, SHIPPING_CAP
from refundrules.explain.next_question import next_question
from refundrules.expr.formula import FUNCTIONS
from refundrules.io.case_files import read_files
from refundrules.io.catalog import FOLDER, entries, languages
from refundrules.money.settings import TenderKind
from refundrules.policy import questions as qs
from refundrules.policy.templates import AGENT
from refundrules.rendering.handbook.model import CHAPTERS
from refundrules.text.sentences import Joint
from refundrules.text.words import answer_words, fact_name, label, word

ROOT = Path(refundrules.__file__).parent
SOURCE = "en"
LIMITS = (ORDER_CAP, LINE_CAP, SHIPPING_CAP, FLOOR)
EMPTY = {"list.sentences", "sentence.articles", "typed.day_before"}
"""What a language may have nothing for."""
CHOSEN = {
    "check.gap.other": {"count", "more"},
    "explain.answers": {"id", "name"},
    "message.due": {"year", "month", "day", "clock"},
}
"""What is offered by name, for a language to fill in what reads well."""


@cache
def catalog(language: str) -> dict[str, str]:
    return entries((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"), f"{language}.yaml")


def section(name: str, language: str = SOURCE) -> set[str]:
    """Return what a section holds, without its name."""
    return {key.partition(".")[2] for key in catalog(language) if key.partition(".")[0] == name}


# -- every language -------------------------------------------------------------------------------


def test_there_are_words_for_every_language_that_a_policy_is_written_in() -> None:
    assert set(languages()) >= set(Words._fields) == set(get_args(models.Language))


@pytest.mark.parametrize("language", languages())
def test_every_language_says_everything_and_nothing_else(language: str) -> None:
    missing = sorted(catalog(SOURCE).keys() - catalog(language).keys())
    unknown = sorted(catalog(language).keys() - catalog(SOURCE).keys())
    assert (missing, unknown) == ([], [])


@pytest.mark.parametrize("language", languages())
def test_no_entry_is_empty(language: str) -> None:
    assert {key for key, text in catalog(language).items() if not text} <= EMPTY


@pytest.mark.parametrize("language", languages())
def test_every_language_fills_in_the_same_places(language: str) -> None:
    for key, text in catalog(language).items():
        found, wanted = places(text), places(catalog(SOURCE).get(key, text))
        if key in CHOSEN:
            numbered = {place for place in wanted if place.isdigit()}
            assert numbered <= found <= numbered | CHOSEN[key], key
            assert found & CHOSEN[key], key
        else:
            assert found == wanted, key


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


# -- every code -----------------------------------------------------------------------------------

FREE = ("language", "list", "label", "phrase", "ask", "typed", "script", "message", "explain", "sentence", "handbook",
        "period", "check", "diff", "review", "verdict", "origin", "currency", "due")  # fmt: skip
"""Sections that no table of codes gives: each entry is said by name somewhere; the last two are words of cases and packs."""
SHARED = ("requested", "application")
CODES: dict[str, set[str]] = {
    "outcome": set(get_args(Outcome)),
    "issue_class": set(qs.ISSUE_CLASSES),
    "fault": set(qs.FAULTS),
    "resolution": {*qs.RESOLUTIONS, "none"},
    "payer": set(qs.PAYERS),
    "propose": set(qs.PROPOSALS),
    "part": {*qs.PART_KEYS, *LIMITS, "cap", "freight"},
    "extra": set(qs.EXTRA_KINDS),
    "application": set(qs.APPLICATIONS),
    "after": set(qs.AFTER),
    "question": {question.id for question in qs.QUESTIONS},
    "reason": set(get_args(models.Reason)),
    "referral": set(qs.REFERRALS),
    "tender": set(get_args(TenderKind)),
    "party": {*qs.FAULTS, *qs.PAYERS},
    "unit": {f"{kind}.{number}" for kind in ("days", "hours", "cm") for number in ("one", "other")},
    "month": {str(month) for month in range(1, 13)},
    "choice": {
        f"{field}.{value}"
        for fact in FACTS
        for field in [fact.name.rpartition(".")[2]]
        for value in fact.values
        if field not in SHARED
    },
    "statement": {
        f"{name}.{so}"
        for name in (*[fact.name for fact in FACTS if fact.kind == "bool"], qs.OFFER_OPEN, "return_required")
        for so in ("so", "not")
    },
    "fact": {
        *[fact.name for fact in FACTS if fact.kind != "bool"],
        *({question.id for question in qs.QUESTIONS if not question.keyed} - {"return_required"}),
        *(set(qs.ADDED) - {qs.OFFER_OPEN}),
    },
    "asked": {fact.name for fact in FACTS if fact.optional},
    "when": set(next_question._TIMES),
    "measured": set(models.Measurement.model_fields),
    "circumstance": {
        "any",
        *[f"{closed.path}.{how}" for closed in next_question._CLOSED for how in ("applies", "question")],
    },
    "basic": {basic.path.replace("[*]", "") for basic in ask_dialog._BASICS},
    "axiom": {axiom.id for axiom in AXIOMS},
    "why": set(LIMITS),
    "step": {place.name for place in AGENT} - {"about"},
}


@pytest.mark.parametrize("name", CODES)
def test_every_code_has_its_words_and_every_word_its_code(name: str) -> None:
    assert section(name) == CODES[name]


def test_every_section_is_of_codes_or_said_by_name() -> None:
    assert {key.partition(".")[0] for key in catalog(SOURCE)} == {*CODES, *FREE}


def test_what_a_code_leads_to_is_there_for_every_code() -> None:
    keys = set(catalog(SOURCE))
    assert {f"message.within.{after}" for after in qs.AFTER} <= keys
    assert {f"handbook.chapter.{name}.{part}" for name in CHAPTERS for part in ("title", "about")} <= keys
    assert {f"sentence.{'of_two' if two else 'call'}.{name}" for name, (_, most) in FUNCTIONS.items()
            for two in (False, most > 2)} <= keys  # fmt: skip
    assert {f"handbook.{lead}" for lead in leads()} <= keys


def test_what_a_trace_holds_has_its_words() -> None:
    engine = shipped.engine()
    documents, _ = read_files([str(path) for path in sorted((ROOT.parent / "examples").glob("*.yaml"))], lambda: b"")
    assert len(documents) > 15
    for claim in (claim for document in documents for claim in engine.decide(document.data).trace["claims"]):
        assert {fact["origin"] for fact in claim["facts"]} <= section("origin")
        assert {said["verdict"] for question in claim["questions"] for said in question["rules"]} <= section("verdict")
        assert claim["review"] is None or claim["review"]["kind"] in section("review")


def leads() -> set[str]:
    joints = [f"_{joint}" for joint in get_args(Joint) if joint != "leaf"]
    return {f"{lead}{joint}" for lead, joint in product(("when", "and_when"), ("", *joints))}


# -- what the code says ---------------------------------------------------------------------------

SAYS = {"say", "says", "_say", "phrase", "of", "find", "plain", "inline", "alternatives"}


@cache
def constants() -> tuple[set[str], set[str], list[re.Pattern[str]]]:
    """Return all texts in the code, those that are said, and patterns of keys that are put together."""
    found, said, made = set(), set(), []
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.Call):
                said |= {text for text in first_texts(node) if re.fullmatch(r"[a-z][\w.-]*", text)}
            elif isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
                fixed = "".join(str(part) for part in parts if part)
                if len(fixed) > 2 and fixed not in {f"{name}." for name in FREE}:
                    made.append(re.compile("".join(".+" if part is None else re.escape(str(part)) for part in parts)))
    for path in ROOT.rglob("*"):
        if path.is_file() and path.suffix not in (".py", ".pyc", ".yaml"):
            found |= set(re.findall(r"""['"]([\w.-]+)['"]""", path.read_text(encoding="utf-8")))
    return found, said, made


def first_texts(call: ast.Call) -> Iterator[str]:
    """Yield what a call says: its first text, or both where it chooses between two."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in SAYS and call.args:
        both = [call.args[0].body, call.args[0].orelse] if isinstance(call.args[0], ast.IfExp) else call.args[:1]
        yield from (str(one.value) for one in both if isinstance(one, ast.Constant))


@pytest.mark.parametrize("name", sorted({*FREE} - {"currency", "due"}))
def test_nothing_is_written_that_nobody_says(name: str) -> None:
    found, _, made = constants()
    unsaid = {
        key
        for key in section(name) - leads()
        if not {key, f"{name}.{key}"} & found
        and not any(pattern.fullmatch(f"{name}.{key}") or pattern.fullmatch(key) for pattern in made)
    }
    assert unsaid == set()


def test_nothing_is_said_that_is_not_written() -> None:
    keys = set(catalog(SOURCE))
    known = keys | {key.partition(".")[2] for key in keys}
    assert {text for text in constants()[1] if text not in known} == set()


def test_only_tests_and_files_of_words_hold_chinese() -> None:
    written = [path for path in ROOT.rglob("*.py") if re.search("[\u4e00-\u9fff]", path.read_text(encoding="utf-8"))]
    assert {path.relative_to(ROOT).as_posix() for path in written} == set()


# -- what words are made of -----------------------------------------------------------------------


def test_a_word_of_a_pack_goes_by_its_code() -> None:
    assert word("due", "send_a_letter", "zh") == "send_a_letter"
    assert label("color", "mauve") == Words("mauve", "mauve")
    assert label("requested", "exchange") == Words("换货", "exchange")
    assert fact_name("facts.closed").name == Words("“facts.closed”", "“facts.closed”")


def test_an_answer_names_its_question_where_it_does_not_say_which_it_answers() -> None:
    assert answer_words("resolution", "exchange", "en") == "exchange"
    assert answer_words("exchange.propose", "same", "en") == "exchange.propose: the same item"
    assert answer_words("exchange.propose", "same", "zh") == "建议换成：同款"
    assert answer_words("freight.return", "buyer", "zh") == "退回运费：买家承担"
    assert answer_words("offer.ceiling", "20.00", "zh") == "补偿的上限：20.00"
