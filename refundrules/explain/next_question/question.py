"""One question to a person: what it asks, which answers it takes, and the case that an answer makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from refundrules.case.facts import Words
from refundrules.case.models import Case
from refundrules.case.paths import data_of, plain_data, replaced, value_at
from refundrules.errors import CaseError, Problem, did_you_mean, listed, quoted
from refundrules.text.words import label

AskKind = Literal[
    "bool", "enum", "money", "days", "hours", "count", "cm", "time", "text", "measurement", "form", "any_of"
]
"""What an answer is; `measurement`, `form` (all fields) and `any_of` (those that apply) have several fields."""

_MOST: dict[str, int | str] = {"days": 1_000_000, "hours": 1_000_000, "count": 1_000_000, "cm": "99999.999"}


class Choice(NamedTuple):
    """One answer to choose: its value in the case, and what it is called."""

    value: bool | str
    label: Words


@dataclass(frozen=True, slots=True)
class AskField:
    """One thing to fill in."""

    path: str
    """Where the case holds it: `claims[0].severity`."""
    kind: AskKind
    question: Words
    values: tuple[str, ...] = ()
    default: Any = None
    """What is written when it does not apply; only for a field of `any_of`."""
    currency: str = ""
    applies: Words | None = None
    """Of a field of `any_of`: what to say of it in a list, `The buyer demands a sum`; None: its question."""

    @property
    def name(self) -> str:
        """The last word of its path."""
        return self.path.rpartition(".")[2]

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The answers to choose from; empty where one is free."""
        values: tuple[bool | str, ...] = (True, False) if self.kind == "bool" else self.values
        return tuple(Choice(value, label(self.name, value)) for value in values)

    @property
    def unit(self) -> Words | None:
        """The unit of a number; None for anything else."""
        return Words.each(lambda _: self.currency) if self.kind == "money" else Words.find(f"unit.{self.kind}.other")

    @property
    def least(self) -> int | None:
        """The least number allowed; None for anything but a number."""
        return 0 if self.kind in (*_MOST, "money") else None

    @property
    def most(self) -> int | str | None:
        """The largest number allowed; None where nothing bounds it."""
        return _MOST.get(self.kind)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        return {
            "path": self.path,
            "kind": self.kind,
            "question": self.question._asdict(),
            "applies": self.applies._asdict() if self.applies else None,
            "choices": [{"value": item.value, "label": item.label._asdict()} for item in self.choices],
            "unit": self.unit._asdict() if self.unit else None,
            "least": self.least,
            "most": self.most,
            "default": self.default,
        }


@dataclass(frozen=True, slots=True)
class Ask:
    """The next question of a case; `Engine.next_question` makes it."""

    fact: str
    """The fact it is asked for, such as `claim.severity`; `claim` for the circumstances of a claim."""
    path: str
    """Where the case holds the answer: `claims[0].severity`. Give it as `skip` to be asked no more."""
    kind: AskKind
    question: Words
    fields: tuple[AskField, ...]
    claim: int | None = None
    """Which claim it is about, counted from 0; None for the order or the shop."""
    may_be_unknown: bool = True
    """Whether nobody may know: then `skip` its path."""
    _check: Callable[[Mapping[str, Any]], object] | None = field(default=None, repr=False, compare=False)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The answers to choose from; empty where one is free or has several fields."""
        return self.fields[0].choices if len(self.fields) == 1 and self.kind != "any_of" else ()

    @property
    def unit(self) -> Words | None:
        """The unit of the number asked for; None for anything else."""
        return self.fields[0].unit if len(self.fields) == 1 and self.kind != "any_of" else None

    def to_dict(self) -> dict[str, Any]:
        """Return the question as plain JSON data for a backend or a chatbot."""
        return {
            "fact": self.fact,
            "path": self.path,
            "claim": self.claim,
            "kind": self.kind,
            "question": self.question._asdict(),
            "may_be_unknown": self.may_be_unknown,
            "fields": [one.to_dict() for one in self.fields],
        }

    def value_in(self, case: Mapping[str, Any]) -> Any:
        """Return the answer that another record of the case holds, None when it holds none.

        For several fields it is a mapping of those that it holds.
        """
        if self.kind == "measurement":
            return value_at(case, self.path) or None
        if self.kind in ("form", "any_of"):
            held = {one.name: value_at(case, one.path) for one in self.fields}
            found = {name: value for name, value in held.items() if value is not None}
            return found or ({} if self.kind == "any_of" else None)
        return value_at(case, self.path)

    def answer(self, case: Case | Mapping[str, Any], value: Any) -> dict[str, Any]:
        """Return the case with the answer put in, as a new mapping; `case` stays as it is.

        `value` is what the field takes; where there are several fields, a mapping from their names. Of `any_of`,
        what is left out does not apply. Raises `CaseError` with the problem when it is no answer to this question.
        """
        made = data_of(case)
        for path, given in self._given(value):
            made = replaced(made, path, plain_data(given))
        try:
            (self._check or Case.read)(made)
        except CaseError as error:
            paths = (self.path, *[one.path for one in self.fields])
            mine = [problem for problem in error.problems if problem.where.startswith(paths)]
            raise CaseError((mine or list(error.problems))[:1]) from None
        return made

    def _given(self, value: Any) -> list[tuple[str, Any]]:
        if self.kind == "measurement" and isinstance(value, list | tuple):
            return [(self.path, list(value))]
        if self.kind not in ("measurement", "form", "any_of"):
            if value is None:
                raise CaseError([Problem(self.path, "is not answered", "answer it, or skip it")])
            return [(self.path, value)]
        names = [one.name for one in self.fields]
        if not isinstance(value, Mapping):
            raise CaseError(
                [Problem(self.path, f"{quoted(value)} is not a mapping of fields", f"fields: {listed(names)}")]
            )
        for name in value:
            if name not in names:
                remedy = did_you_mean(name, names, f"fields: {listed(names)}")
                raise CaseError([Problem(self.path, f"`{name}` is not asked for", remedy)])
        if self.kind == "any_of":
            return [(one.path, value.get(one.name, one.default)) for one in self.fields]
        for one in self.fields:
            if value.get(one.name) is None:
                raise CaseError([Problem(one.path, "is not answered", "answer every field, or skip the question")])
        return [(one.path, value[one.name]) for one in self.fields]
