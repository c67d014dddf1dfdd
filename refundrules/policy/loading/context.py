"""The names a policy is made of while its packs are read, and the small checks every section shares."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from refundrules.case.facts import FACTS, Fact, Words
from refundrules.errors import Problem, did_you_mean, listed, quoted
from refundrules.io.strict_yaml import Map
from refundrules.money.currency import exponent
from refundrules.policy.guardrail_lint import lint
from refundrules.policy.loading.files import PackFiles
from refundrules.policy.parts import Assumption, Definition, Guarantee, Parameter, Rule, Source
from refundrules.policy.templates import Wording

ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")
NAME = re.compile(r"[a-z][a-z0-9_]*")
_FRACTION = re.compile(r"(\d+(?:\.\d+)?)(%)?(?:/(\d+))?")

_SHAPES = {ID: "upper case letters, digits and dashes", NAME: "lower case letters, digits and underscores"}


class Lexicon:
    """What has been declared so far, and what is wrong so far."""

    def __init__(self, packs: list[PackFiles]) -> None:
        self.packs = packs
        self.problems: list[Problem] = []
        self.root = packs[-1]
        self.facts: dict[str, Fact] = {fact.name: fact for fact in FACTS}
        self.own_facts: list[Fact] = []
        self.money: dict[str, Any] = {}
        self.sources: dict[str, Source] = {}
        self.parameters: dict[str, Parameter] = {}
        self.definitions: dict[str, Definition] = {}
        self.groups: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.rules: dict[str, Rule] = {}
        self.guarantees: dict[str, Guarantee] = {}
        self.assumptions: dict[str, Assumption] = {}
        self.texts: dict[str, dict[str, Words]] = {"instructions": {}, "guardrails": {}}
        self.wordings: dict[str, list[Wording]] = {"messages": [], "scripts": []}
        self.places: dict[tuple[str, str], str] = {}
        self.read_names: set[str] = set()
        self.older: dict[str, Parameter] = {}
        self.pending: dict[str, tuple[Map, str]] = {}
        self.defining: list[str] = []

    def inherited(self, key: str) -> Any:
        for pack in reversed(self.packs):
            if key in pack.head:
                return pack.head[key]
        return None

    def wrong(self, where: str, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(where, what, remedy))

    def text(self, value: Any, where: str, what: str) -> str:
        if isinstance(value, str) and value.strip():
            return value
        self.wrong(where, f"{what} is not a text", "put it in quotes")
        return ""

    def words(self, value: Any, where: str, what: str) -> Words:
        if not isinstance(value, Map) or set(value) != {"zh", "en"}:
            self.wrong(where, f"{what} is not a text in both languages", "write {zh: …, en: …}")
            return Words("", "")
        words = Words(*(self.text(value[key], f"{where}", f"{what} `{key}`") for key in ("zh", "en")))
        for text in words if what != "`title`" else ():
            for breach in lint(text):
                self.wrong(where, f"{what} breaks guardrail {breach.guardrail}: `{breach.excerpt}`", breach.why)
        return words

    def closed(self, value: Any, keys: Iterable[str], where: str, what: str) -> bool:
        """Return whether the value is a mapping; note every key that is not one of the known words."""
        if not isinstance(value, Map):
            self.wrong(where, f"{what} is not a mapping")
            return False
        known = list(keys)
        file = where.rpartition(":")[0]
        for key in value:
            if key not in known:
                self.wrong(
                    f"{file}:{value.lines[key]}",
                    f"unknown word `{key}` in {what}",
                    did_you_mean(key, known, f"one of {listed(known, 24)}"),
                )
        return True

    def new(self, section: str, name: Any, where: str, pattern: re.Pattern[str], what: str) -> bool:
        if not isinstance(name, str) or not pattern.fullmatch(name):
            shape = _SHAPES[pattern]
            self.wrong(where, f"{quoted(name)} is not a name for a {what}", f"use {shape}")
            return False
        before = self.places.setdefault((section, name), where)
        if before != where:
            self.wrong(where, f"{what} `{name}` is defined twice", f"first at {before}")
            return False
        return True

    def one_of(self, value: Any, known: Iterable[str], where: str, what: str) -> str:
        words = list(known)
        if value not in words:
            shown = "is missing" if value is None else f"{quoted(value)} is not one of its values"
            self.wrong(where, f"{what} {shown}", did_you_mean(value, words, f"one of {listed(words)}"))
            return words[0]
        return str(value)

    def date(self, value: Any, where: str, what: str) -> date | None:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong(where, f"{what} {quoted(value)} is not a date", "write it like 2026-01-31")
            return None

    def number(self, value: Any, kind: str, where: str, name: str) -> Fraction:
        number = _fraction(value)
        if number is None:
            self.wrong(where, f"{quoted(value)} is not a number", "write 3, 12.50, 5/6 or 30%")
            return Fraction(0)
        if kind == "money":
            currency = self.inherited("currency")
            if isinstance(currency, str) and (number * 10 ** exponent(currency)).denominator != 1:
                self.wrong(where, f"`{value}` has more decimals than {currency} has")
        elif kind in ("days", "hours", "count") and number.denominator != 1:
            self.wrong(where, f"`{value}` is not a whole number of {kind}")
        elif kind == "cm" and (number * 1000).denominator != 1:
            self.wrong(where, f"`{value}` has more than three decimals")
        if number < 0:
            self.wrong(where, f"`{name}` is below zero", "write the amount and subtract it in the formula")
        return number


def _fraction(value: Any) -> Fraction | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Fraction(value)
    if isinstance(value, str):
        found = _FRACTION.fullmatch(value.strip())
        if found and not (found[2] and found[3]) and found[3] != "0":
            return Fraction(found[1]) / (100 if found[2] else int(found[3] or 1))
    return None
