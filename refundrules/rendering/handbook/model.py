"""A policy as a book for people: chapters by question, each rule as sentences, and the tables at its end.

Everything is in both languages; what shows it chooses. `docs/decisions/0018-policy-as-a-document.md` says why it is so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

from refundrules.case.facts import Words
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Compare, Condition, Is, Known, Not
from refundrules.policy.model import Policy
from refundrules.policy.parts import DatedValue, Guarantee, InForce, Parameter, Rule, Source
from refundrules.policy.questions import POSITION
from refundrules.text.sentences import Clause, Phrase, Sentences
from refundrules.text.words import joined, safe, yes_or_no

_LINK = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")
_LONGEST = 60
"""Letters of an answer that still fit a cell."""
_MOST_COLUMNS, _FEWEST_ROWS, _MOST_ROWS = 5, 3, 14


class HandbookEntry(NamedTuple):
    """A rule, a guarantee or an assumption, as sentences."""

    id: str
    when: Clause
    then: tuple[Phrase, ...] = ()
    must: tuple[Words, ...] = ()
    because: Words | None = None
    cite: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    overridden: tuple[str, ...] = ()
    """The rules that silence it where they hold too."""
    notes: tuple[Words, ...] = ()
    """Where and when it is in force, as far as that is bounded."""


class Term(NamedTuple):
    """A definition: a condition, or an amount."""

    id: str
    title: Words
    when: Clause | None
    formula: Words | None


class Table(NamedTuple):
    """Rules side by side: what differs between their conditions, and what they answer."""

    columns: tuple[Words, ...]
    about: tuple[Words, ...]
    rows: tuple[tuple[str, tuple[Words | None, ...], tuple[Words | None, ...]], ...]
    """A rule's id, what it wants in each column (None: anything), and its answers (None: it gives none)."""


class Group(NamedTuple):
    """The rules of one of the packs' chapters that answer the questions of one chapter of the book."""

    title: Words
    always: tuple[Clause, ...]
    """What every rule of the group asks for; the sentences of the rules say only what each asks besides."""
    entries: tuple[HandbookEntry, ...]
    table: Table | None


class Chapter(NamedTuple):
    """The rules that answer some questions first, and the ids of rules elsewhere that answer them too."""

    id: str
    title: Words
    about: Words
    groups: tuple[Group, ...]
    also: tuple[str, ...]

    @property
    def entries(self) -> tuple[HandbookEntry, ...]:
        return tuple(entry for group in self.groups for entry in group.entries)


class ParameterRow(NamedTuple):
    """A value of a parameter: since when, what, by which sources, and whether it is the one in force."""

    parameter: Parameter
    value: DatedValue
    shown: Words
    in_force: bool


@dataclass(frozen=True)
class PolicyBook:
    """All there is to say of a policy."""

    policy: Policy
    day: date | None
    chapters: tuple[Chapter, ...]
    parameters: tuple[tuple[ParameterRow, ...], ...]
    """Each parameter with all its values, the earliest first."""
    guarantees: tuple[HandbookEntry, ...]
    definitions: tuple[Term, ...]
    assumptions: tuple[HandbookEntry, ...]
    sources: tuple[Source, ...]


CHAPTERS: dict[str, tuple[str, ...]] = {
    "class": ("issue_class", "fault"),
    "outcome": ("outcome",),
    "offer": ("offer.steps", "offer.ceiling"),
    "resolution": ("resolution", "return_required"),
    "freight": ("freight.return", "freight.replacement", "freight.allowance"),
    "exchange": ("exchange.propose", "exchange.waiver", "exchange.depreciation"),
    "repair": ("repair.payer",),
    "money": ("parts", "extras"),
    "application": ("application",),
    "deadlines": ("deadlines",),
    "instructions": ("instructions",),
    "guardrails": ("guardrails",),
    "alternatives": ("alternatives",),
    "referral": ("referral",),
}
"""The chapters, each with the questions it is about."""


def read_book(policy: Policy, day: date | None = None) -> PolicyBook:
    """Return the book of a policy, with the numbers in force on a day (None: the latest)."""
    return _Writing(policy, day).book()


class _Writing:
    def __init__(self, policy: Policy, day: date | None) -> None:
        self.policy, self.day, self.say = policy, day, Sentences(policy, day)
        self.overridden: dict[str, list[str]] = {}
        for rule in policy.rules:
            for other in rule.overrides:
                self.overridden.setdefault(other, []).append(rule.id)

    def book(self) -> PolicyBook:
        policy = self.policy
        return PolicyBook(
            policy,
            self.day,
            tuple(made for each in CHAPTERS.items() if (made := self._chapter(*each)).groups or made.also),
            tuple(self._values(item) for item in policy.parameters.values()),
            tuple(self._guarantee(item) for item in sorted(policy.guarantees, key=lambda item: item.id)),
            tuple(self._definition(name) for name in sorted(policy.definitions)),
            tuple(
                HandbookEntry(item.id, self.say.clause(item.assume), because=self.say.because(item.because))
                for item in sorted(policy.assumptions, key=lambda item: item.id)
            ),
            tuple(policy.sources[name] for name in sorted(policy.sources)),
        )

    # -- chapters ---------------------------------------------------------------------------------

    def _chapter(self, name: str, questions: tuple[str, ...]) -> Chapter:
        asked = {POSITION[question] for question in questions}
        mine = [rule for rule in self.policy.rules if rule.first in asked]
        also = [rule.id for rule in self.policy.rules if rule.first not in asked and rule.questions & set(questions)]
        packs = [pack.partition(" ")[0] for pack in reversed(self.policy.packs)]

        def place(rule: Rule) -> tuple[int, Words]:
            return packs.index(rule.pack) if rule.pack in packs else len(packs), rule.chapter

        first = {key: min(rule.id for rule in rules) for key, rules in _grouped(mine, place)}
        mine.sort(key=lambda rule: (place(rule)[0], first[place(rule)], place(rule)[1], rule.id))
        groups = tuple(self._group(list(rules)) for _, rules in groupby(mine, key=place))
        says = f"handbook.chapter.{name}"
        return Chapter(name, Words.of(f"{says}.title"), Words.of(f"{says}.about"), groups, tuple(sorted(also)))

    def _group(self, rules: Sequence[Rule]) -> Group:
        chapter = rules[0].chapter
        title = chapter if any(chapter) else Words.each(lambda _: rules[0].pack)
        common, own = _factored([rule.when for rule in rules])
        return Group(
            title.map(safe),
            tuple(self.say.clause(part) for part in common),
            tuple(self._rule(rule, cn.All(tuple(parts))) for rule, parts in zip(rules, own, strict=True)),
            self._table(rules, own),
        )

    def _rule(self, rule: Rule, when: Condition) -> HandbookEntry:
        return HandbookEntry(
            rule.id,
            self.say.clause(when),
            tuple(self._answers(rule)),
            because=self.say.because(rule.because),
            cite=tuple(sorted(rule.cite)),
            overrides=tuple(sorted(rule.overrides)),
            overridden=tuple(sorted(self.overridden.get(rule.id, ()))),
            notes=self._notes(rule.in_force, rule.jurisdictions),
        )

    def _notes(self, span: InForce, places: Iterable[str]) -> tuple[Words, ...]:
        notes, by = [], Words.of(f"handbook.by.{span.by}")
        if span.start:
            notes.append(Words.of("handbook.in_force_from", span.start, by))
        if span.until:
            notes.append(Words.of("handbook.in_force_until", span.until, by))
        if self.day and not span.on(self.day, self.day):
            notes.append(Words.of("handbook.not_in_force", self.day))
        if listed := ", ".join(sorted(places)):
            notes.append(Words.of("handbook.only_in", listed))
        return tuple(notes)

    # -- tables of decisions ----------------------------------------------------------------------

    def _table(self, rules: Sequence[Rule], own: Sequence[Sequence[Condition]]) -> Table | None:
        """Return rules that ask few things side by side; None where that would say less than their sentences."""
        if not _FEWEST_ROWS <= len(rules) <= _MOST_ROWS or not all(
            _comparison(part) for parts in own for part in parts
        ):
            return None
        columns = list(dict.fromkeys(_name(part) for parts in own for part in parts))
        about = sorted({answer.question for rule in rules for answer in rule.then}, key=POSITION.__getitem__)
        if not columns or len(columns) + len(about) > _MOST_COLUMNS:
            return None
        said = [{each.question: each for each in self._answers(rule)} for rule in rules]
        if any(len(each.value.en) > _LONGEST for found in said for each in found.values()):
            return None
        rows = tuple(
            (
                rule.id,
                tuple(self._cell(parts, name) for name in columns),
                tuple(_value(found.get(name)) for name in about),
            )
            for rule, parts, found in zip(rules, own, said, strict=True)
        )
        heads = {each.question: each.about for found in said for each in found.values()}
        return Table(tuple(self.say.name(name) for name in columns), tuple(heads[name] for name in about), rows)

    def _cell(self, leaves: Sequence[Condition], name: str) -> Words | None:
        found = [self._wish(leaf) for leaf in leaves if _name(leaf) == name]
        return joined(found, "list.wishes") if found else None

    def _wish(self, leaf: Condition) -> Words:
        so, inner = (False, leaf.part) if isinstance(leaf, Not) else (True, leaf)
        assert isinstance(inner, Is | Compare | Known), "only comparisons make a table"
        if isinstance(inner, Is) and len(inner.values) == 1 and isinstance(inner.values[0], bool):
            return yes_or_no(inner.values[0] is so)
        return self.say.wanted(inner, so=so)

    def _answers(self, rule: Rule) -> Iterator[Phrase]:
        """Yield the answers of a rule, one for each question: what is collected there is said together."""
        ordered = sorted(rule.then, key=lambda answer: (POSITION[answer.question], answer.key or ""))
        for question, answers in groupby(ordered, key=lambda answer: answer.question):
            said = [self.say.answer(answer) for answer in answers]
            yield Phrase(question, said[0].about, joined([each.value for each in said], "list.answers"))

    # -- the rest ---------------------------------------------------------------------------------

    def _values(self, item: Parameter) -> tuple[ParameterRow, ...]:
        now = item.on(self.day)
        return tuple(
            ParameterRow(item, value, self.say.amount(value.value, item.kind), value is now) for value in item.values
        )

    def _guarantee(self, item: Guarantee) -> HandbookEntry:
        return HandbookEntry(
            item.id,
            self.say.clause(item.when),
            must=self.say.floor(item.must),
            because=self.say.because(item.because),
            cite=tuple(sorted(item.cite)),
            notes=self._notes(item.in_force, item.jurisdictions),
        )

    def _definition(self, name: str) -> Term:
        item = self.policy.definitions[name]
        title = item.title.map(safe)
        if isinstance(item.body, fm.Formula):
            return Term(name, title, None, self.say.formula(item.body))
        return Term(name, title, self.say.clause(item.body), None)


def is_link(url: str) -> bool:
    """Return whether an address is one of the web, without anything that could end a link early."""
    return bool(_LINK.fullmatch(url))


def _grouped(rules: Iterable[Rule], key: object) -> list[tuple[tuple[int, Words], list[Rule]]]:
    found: dict[tuple[int, Words], list[Rule]] = {}
    for rule in rules:
        found.setdefault(key(rule), []).append(rule)  # type: ignore[operator]
    return list(found.items())


def _factored(conditions: Sequence[Condition]) -> tuple[list[Condition], list[list[Condition]]]:
    """Return the parts that all conditions ask for, where there are several, and what each asks besides."""
    parts = [list(_parts(condition)) for condition in conditions]
    common = [part for part in parts[0] if all(part in other for other in parts)] if len(parts) > 1 else []
    return common, [[part for part in own if part not in common] for own in parts]


def _parts(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, cn.All):
        for part in condition.parts:
            yield from _parts(part)
    else:
        yield condition


def _comparison(condition: Condition) -> bool:
    return isinstance(condition.part if isinstance(condition, Not) else condition, Is | Compare | Known)


def _value(said: Phrase | None) -> Words | None:
    return None if said is None else said.value


def _name(leaf: Condition) -> str:
    inner = leaf.part if isinstance(leaf, Not) else leaf
    assert isinstance(inner, Is | Compare | Known), "only comparisons make a table"
    return inner.name
