"""What is known of a policy while its packs are linked, and what is wrong so far; every function that links shares it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from refundrules.case.facts import FACTS, Fact, Words
from refundrules.errors import Problem, did_you_mean, listed, quoted
from refundrules.io.strict_models import read
from refundrules.io.strict_yaml import Map
from refundrules.money.settings import DEFAULTS, MoneySettings
from refundrules.policy.loading.files import PackFiles
from refundrules.policy.loading.sections import ID, NAME, PackFile, PackHead
from refundrules.policy.parts import (
    Acceptance,
    Assumption,
    Definition,
    Guarantee,
    Invariant,
    Parameter,
    Rule,
    Source,
)
from refundrules.policy.templates import Wording


class Document(NamedTuple):
    """One file of a pack: what it holds, and the same as written, with lines."""

    pack: str
    file: str
    data: PackFile
    written: Map

    def line(self, word: str) -> str:
        """Return the file and the line of a word of it; of the whole where the word is not there."""
        return f"{self.file}:{self.written.lines.get(word, self.written.line)}"


class Entry(NamedTuple):
    """One entry of a section: its name or number, what it holds, and the same as written, with its place."""

    document: Document
    name: str
    item: Any
    written: Any
    where: str

    @property
    def pack(self) -> str:
        """The pack it stands in."""
        return self.document.pack

    def line(self, word: str) -> str:
        """Return the file and the line of a word of it."""
        return f"{self.document.file}:{self.written.lines[word]}"


@dataclass
class LoadContext:
    """What has been declared so far, and what is wrong so far."""

    packs: list[PackFiles]
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=lambda: {fact.name: fact for fact in FACTS})
    own_facts: list[Fact] = field(default_factory=list)
    money: MoneySettings = DEFAULTS
    sources: dict[str, Source] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    older: dict[str, Parameter] = field(default_factory=dict)
    """The parameters of extended packs that an extending one restates."""
    definitions: dict[str, Definition] = field(default_factory=dict)
    pending: dict[str, Entry] = field(default_factory=dict)
    """Definitions that are noted and not read yet: they may stand in any order."""
    defining: list[str] = field(default_factory=list)
    groups: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    guarantees: dict[str, Guarantee] = field(default_factory=dict)
    assumptions: dict[str, Assumption] = field(default_factory=dict)
    invariants: dict[str, Invariant] = field(default_factory=dict)
    accepted: list[Acceptance] = field(default_factory=list)
    instructions: dict[str, Words] = field(default_factory=dict)
    guardrails: dict[str, Words] = field(default_factory=dict)
    wordings: dict[str, list[Wording]] = field(default_factory=lambda: {"messages": [], "scripts": []})
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    """Where each name and id was declared first."""
    read_names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for pack in self.packs:
            for file, written in pack.sections:
                model = PackHead if written is pack.head else PackFile
                data, problems = read(model, written, file, written.line)
                self.problems += problems
                if data is not None:
                    self.documents.append(Document(pack.name, file, data, written))

    @property
    def root(self) -> PackFiles:
        """The pack that extends all the others."""
        return self.packs[-1]

    @property
    def complete(self) -> bool:
        """Whether the policy is to be without gaps."""
        return self.root.head.get("complete", True) is True

    def inherited(self, word: str) -> Any:
        """Return what the packs' heads say, the extending ones first; None where none says it."""
        return next((pack.head[word] for pack in reversed(self.packs) if word in pack.head), None)

    def entries(self, section: str) -> Iterator[Entry]:
        """Yield the entries of a section in all files, the extended packs' first, but those that are no mappings."""
        for document in self.documents:
            items = getattr(document.data, section)
            for key, item in items.items() if isinstance(items, dict) else enumerate(items or ()):
                if item is not None:
                    written = document.written[section]
                    yield Entry(document, str(key), item, written[key], f"{document.file}:{written.lines[key]}")

    def wrong(self, where: str, what: str, remedy: str = "") -> None:
        """Note a problem, and go on."""
        self.problems.append(Problem(where, what, remedy))

    def declares(self, section: str, name: Any, where: str, what: str) -> bool:
        """Note where a name or an id is declared; False, and a problem, if it is none or is declared already."""
        pattern, shape = _SHAPES[section]
        if not isinstance(name, str) or not re.fullmatch(pattern, name):
            self.wrong(where, f"{quoted(name)} is not a name for a {what}", f"use {shape}")
            return False
        return self.is_first(section, name, where, f"{what} `{name}` is defined twice")

    def is_first(self, section: str, name: str, where: str, twice: str) -> bool:
        """Note where something stands; False, and the problem `twice`, if it stands elsewhere already."""
        before = self.places.setdefault((section, name), where)
        if before != where:
            self.wrong(where, twice, f"first at {before}")
        return before == where

    def checked_value(self, value: Any, allowed: tuple[bool | str, ...], where: str, name: str) -> None:
        """Note a value that is none of those allowed; nothing is known where there are none."""
        if not allowed or (value in allowed and isinstance(value, bool) == isinstance(allowed[0], bool)):
            return
        words = [str(word).lower() for word in allowed]
        remedy = did_you_mean(value, words, f"one of {listed(words, 30)}")
        self.wrong(where, f"{quoted(value)} is not a value of `{name}`", remedy)

    def known(self, name: Any, known: Collection[str], where: str, what: str, otherwise: str | int = "") -> bool:
        """Return whether a name is one of those known; if not, note that it is not `what`.

        Where none is near, `otherwise` is the way out, or says how many of the names are told.
        """
        if isinstance(name, str) and name in known:
            return True
        if isinstance(otherwise, int):
            otherwise = f"one of {listed(list(known), otherwise)}"
        self.wrong(where, f"{quoted(name)} is not {what}", did_you_mean(name, known, otherwise))
        return False


_SHAPES = {
    "ids": (ID, "upper case letters, digits and dashes"),
    "names": (NAME, "lower case letters, digits and underscores"),
}
