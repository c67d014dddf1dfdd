"""What a policy is made of: parameters, definitions, rules, guarantees and their parts, typed and frozen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

from refundrules.case.facts import Kind, Words
from refundrules.expr.condition import ALWAYS, Condition
from refundrules.expr.formula import Formula
from refundrules.policy.questions import POSITION

DateBy = Literal["order_placed", "claim_opened"]


class Source(NamedTuple):
    """What a `cite` names: a shop rule, an article of law, a platform rule."""

    id: str
    title: Words
    instrument: str = ""
    url: str = ""
    confidence: str = ""


class DatedValue(NamedTuple):
    """A parameter's value from a day on (`None`: from the beginning)."""

    start: date | None
    value: Fraction
    cite: tuple[str, ...]
    verified: date | None
    """The day somebody checked it against its source; None: unverified."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named, dated, cited value that a shop might change."""

    id: str
    kind: Kind
    title: Words
    by: DateBy
    better: Literal["higher", "lower"] | None
    values: tuple[DatedValue, ...]
    pack: str = field(default="", compare=False)
    where: str = field(default="", compare=False)

    def on(self, day: date | None) -> DatedValue:
        """Return the value in force on `day` (None: the latest)."""
        found = self.values[0] if day is not None else self.values[-1]
        if day is not None:
            for value in self.values:
                if value.start is None or value.start <= day:
                    found = value
        return found


@dataclass(frozen=True, slots=True)
class Definition:
    """A named formula, or a named condition over facts."""

    id: str
    title: Words
    body: Formula | Condition
    kind: Kind
    where: str = field(default="", compare=False)


class Deadline(NamedTuple):
    """Something due so many hours (a parameter's name) after a moment."""

    within: str
    after: str


class Answer(NamedTuple):
    """One answer of a rule: to a question, under a key where the question collects."""

    question: str
    key: str | None
    value: bool | str | Formula | Deadline


@dataclass(frozen=True, slots=True)
class InForce:
    """When something holds: from a day, until the day before another, judged by a date of the case."""

    start: date | None = None
    until: date | None = None
    by: DateBy = "claim_opened"

    def on(self, placed: date, opened: date) -> bool:
        """Return whether it holds for an order placed and a claim opened on these days."""
        day = placed if self.by == "order_placed" else opened
        return (self.start is None or self.start <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Rule:
    """When its condition holds and nothing overrides it, its answers stand."""

    id: str
    cite: tuple[str, ...]
    when: Condition
    then: tuple[Answer, ...]
    overrides: tuple[str, ...]
    because: Words
    in_force: InForce
    jurisdictions: tuple[str, ...]
    chapter: Words
    pack: str = field(default="", compare=False)
    where: str = field(default="", compare=False)
    given: Condition = field(default=ALWAYS, compare=False)
    """The part of its condition that its file gives to all its rules."""

    @property
    def first(self) -> int:
        """The position of the first question it answers."""
        return min(POSITION[answer.question] for answer in self.then)

    @property
    def questions(self) -> frozenset[str]:
        """The questions it answers."""
        return frozenset(answer.question for answer in self.then)


class Floor(NamedTuple):
    """What a guarantee promises, in terms that favour the buyer only."""

    not_declined: bool = False
    refund_at_least: Formula | None = None
    return_payer_not: str | None = None
    replacement_payer_not: str | None = None


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A floor under every decision: no pack that extends can remove it."""

    id: str
    cite: tuple[str, ...]
    when: Condition
    must: Floor
    because: Words
    in_force: InForce
    jurisdictions: tuple[str, ...]
    pack: str = field(default="", compare=False)
    where: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Assumption:
    """A condition over facts that cannot be otherwise; impossible completions are left out by it."""

    id: str
    assume: Condition
    because: Words
    where: str = field(default="", compare=False)


class Monotone(NamedTuple):
    """What more of a fact does to the buyer: never makes a decision worse, or never better."""

    fact: str
    buyer: Literal["never_worse", "never_better"]


@dataclass(frozen=True, slots=True)
class Invariant:
    """What a pack says is so of every decision that no person has to make; `check` proves it."""

    id: str
    when: Condition
    must: Condition | None
    monotone: Monotone | None
    because: Words
    pack: str = field(default="", compare=False)
    where: str = field(default="", compare=False)


class Acceptance(NamedTuple):
    """A finding of `check`, or a mutant of `test --mutate`, that the pack lives with, and why."""

    finding: str
    because: Words
    pack: str
    where: str

    @property
    def of_mutant(self) -> bool:
        """Whether it is a mutant that is accepted."""
        return self.finding.startswith("mutant:")


def within(jurisdiction: str, listed: Iterable[str]) -> bool:
    """Return whether a jurisdiction is one of those listed, or inside one.

    >>> within("CN-ZJ", ["CN"]), within("CN", ["CN-ZJ"])
    (True, False)
    """
    return jurisdiction in (known := tuple(listed)) or jurisdiction.partition("-")[0] in known
