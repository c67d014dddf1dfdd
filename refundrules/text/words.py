"""What facts, answers, choices and phrases are called, and how a text is made safe to show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from refundrules.case.facts import Fact, Words
from refundrules.io.catalog import has, say

_SHARED = {"requested": "resolution", "application": "application"}
"""The fields of a case whose values are answers too."""
_TABLES = {
    "outcome": "outcome",
    "resolution": "resolution",
    "issue_class": "issue_class",
    "fault": "fault",
    "alternatives": "resolution",
    "application": "application",
    "parts": "part",
    "extras": "extra",
    "deadlines": "due",
    "exchange.propose": "propose",
    "referral": "referral",
}
_PLAIN = ("outcome", "resolution", "issue_class", "fault")
_PAYERS = {"freight.return": "way_back", "freight.replacement": "way_forth", "repair.payer": "repair_payer"}


def word(table: str, code: str, language: str, *parts: object) -> str:
    """Return what a code is called; the code itself when the table does not have it (a pack's own word)."""
    key = f"{table}.{code}"
    return say(key, language, *parts) if has(key, language) else safe(code)


def phrase(name: str, language: str, *parts: object) -> str:
    """Return a phrase with its places filled in."""
    return say(f"phrase.{name}", language, *parts)


def yes_or_no(value: bool) -> Words:
    """Return what a truth is called as a value."""
    return Words.of("phrase.yes" if value else "phrase.no")


def joined(items: Iterable[Words], joint: str) -> Words:
    """Return several texts as one, with the entry `joint` between them."""
    texts = list(items)
    return Words.each(lambda language: say(joint, language).join(text.to(language) for text in texts))


def label(field: str, value: bool | str) -> Words:
    """Return what a choice of a field (`severity`) is called; the value itself for a pack's own word."""
    if isinstance(value, bool):
        return yes_or_no(value)
    return Words.find(f"choice.{field}.{value}") or Words.each(
        lambda language: word(_SHARED[field], value, language) if field in _SHARED else value
    )


class FactName(NamedTuple):
    """What a fact or answer is called: a name, or a statement with its opposite."""

    name: Words
    opposite: Words | None = None
    """What is so when the statement is not; None for what is not yes or no."""


def fact_name(name: str, fact: Fact | None = None) -> FactName:
    """Return what a fact or an answer is called; a pack's own fact by its question, without one by its bare name."""
    statement = Words.find(f"statement.{name}.so")
    if statement is not None:
        return FactName(statement, Words.of(f"statement.{name}.not"))
    named = Words.find(f"fact.{name}")
    if named is not None:
        return FactName(named)
    if fact is not None and fact.question is not None:
        return FactName(Words.of("sentence.answer_to", fact.question))
    return FactName(Words.of("sentence.quoted", name))


def answer_words(question: str, value: object, language: str) -> str:
    """Return an answer as a person reads it, with its question where the answer alone would not say which."""
    if question in _PAYERS:
        return phrase(_PAYERS[question], language, word("payer", safe(value), language))
    if question == "return_required":
        return phrase("comes_back" if value else "kept", language)
    table = _TABLES.get(question)
    shown = word(table, safe(value), language) if table else value_text(value, "", language)
    if question in _PLAIN:
        return shown
    return say("explain.answers", language, shown, id=question, name=word("question", question, language))


def safe(text: object) -> str:
    r"""Return a text with control, format and line-breaking characters made visible.

    Ids come from outside; shown as they are they could move the cursor of a terminal.

    >>> safe("L1\x1b[2J")
    'L1\\x1b[2J'
    """
    plain = str(text)
    if plain.isprintable():
        return plain
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in plain)


def value_text(value: Any, kind: str, language: str) -> str:
    """Return a trace value as a person reads it, with its unit; amounts are without their currency."""
    if value is None:
        return phrase("open", language)
    if isinstance(value, bool):
        return phrase("yes" if value else "no", language)
    return quantity(safe(value), kind, language)


def quantity(number: str, kind: str, language: str) -> str:
    """Return a number with the unit of its kind, if it has one."""
    unit = f"unit.{kind}.other"
    return say("phrase.quantity", language, number, say(unit, language)) if has(unit, language) else number
