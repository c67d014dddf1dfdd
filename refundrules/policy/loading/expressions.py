"""Reading conditions and formulas: every name, type and unit checked, with did-you-mean."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

from refundrules.case.facts import JOINED, Words
from refundrules.errors import did_you_mean, listed, quoted
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Formula
from refundrules.expr.units import kind_of, same_kind
from refundrules.expr.walk import closure, reads
from refundrules.io.strict_yaml import Map, Seq
from refundrules.policy.loading.context import Lexicon
from refundrules.policy.parts import Definition
from refundrules.policy.questions import ADDED, BY_ID, FIRST_MONEY, OFFER_OPEN, POSITION, QUESTIONS
from refundrules.policy.templates import PLACEHOLDER


class Reader:
    """Who reads: the position of the first question it answers, and whether it may ask what is known."""

    __slots__ = ("aggregates", "first", "known_allowed")

    def __init__(self, first: int, *, known_allowed: bool = False, aggregates: bool = False) -> None:
        self.first, self.known_allowed, self.aggregates = first, known_allowed, aggregates


class Reading(Lexicon):
    """Reads conditions, formulas and the definitions they name."""

    def condition(self, data: Any, where: str, reader: Reader) -> Condition:
        if not isinstance(data, Map):
            self.wrong(where, "a condition is not a mapping", "write `fact: value`")
            return cn.ALWAYS
        file = where.rpartition(":")[0]
        parts: list[Condition] = []
        for key, value in data.items():
            parts += self._entry(key, value, f"{file}:{data.lines[key]}", reader)
        return _conjunction(parts)

    def _entry(self, key: str, value: Any, where: str, reader: Reader) -> list[Condition]:
        if key in ("all", "any"):
            if not isinstance(value, Seq) or not value:
                self.wrong(where, f"`{key}` is not a list of conditions")
                return []
            file = where.rpartition(":")[0]
            inner = [
                self.condition(item, f"{file}:{line}", reader) for item, line in zip(value, value.lines, strict=True)
            ]
            return [_conjunction(inner) if key == "all" else inner[0] if len(inner) == 1 else cn.Any(tuple(inner))]
        if key == "not":
            return [cn.Not(self.condition(value, where, reader))]
        if key in ("known", "unknown"):
            return self._known(key, value, where, reader)
        kind = self.readable(key, where, reader)
        if kind is None:
            return []
        if isinstance(value, Map):
            if not value:
                self.wrong(where, f"`{key}` is compared with nothing", "write a value or a comparison")
            return self._operators(key, kind, value, where, reader)
        return [self._is(key, value if isinstance(value, list) else [value], where)]

    def _known(self, key: str, value: Any, where: str, reader: Reader) -> list[Condition]:
        if not reader.known_allowed:
            self.wrong(
                where, f"`{key}` may stand only in rules that answer instructions, guardrails or alternatives alone"
            )
        found: list[Condition] = []
        for name in value if isinstance(value, list) else [value]:
            fact = self.facts.get(name) if isinstance(name, str) else None
            if fact is None or not fact.optional:
                remedy = did_you_mean(name, self.facts, "name a fact that may be unknown")
                self.wrong(where, f"`{name}` is not a fact that may be unknown", remedy)
                continue
            self.read_names.add(name)
            found.append(cn.Known(name) if key == "known" else cn.Not(cn.Known(name)))
        return found

    def readable(self, name: str, where: str, reader: Reader) -> str | None:
        """Note that `name` is read, and return its kind; None when it cannot be read here."""
        self.read_names.add(name)
        if name in self.facts:
            if name in JOINED and reader.first < FIRST_MONEY and not reader.aggregates:
                self.wrong(
                    where, f"`{name}` depends on the other claims; only rules that answer money and later may read it"
                )
            return self.facts[name].kind
        if self._is_defined(name, where):
            self._definition_reads(name, where, reader)
            return self.definitions[name].kind
        position = ADDED.get(name, POSITION.get(name, -1) + 1 if name in POSITION else None)
        if position is not None:
            if position > reader.first or (name in POSITION and POSITION[name] >= reader.first):
                at = QUESTIONS[reader.first].id if reader.first < len(QUESTIONS) else ""
                self.wrong(
                    where,
                    f"`{name}` is answered too late to be read by a rule that answers `{at}`",
                    "read only facts and earlier answers",
                )
            if name in POSITION and (BY_ID[name].keyed or BY_ID[name].kind == "formula"):
                self.wrong(where, f"answers to `{name}` cannot be read")
                return None
            return "money" if name in ("refund_total", "most") else "bool" if name == OFFER_OPEN else BY_ID[name].kind
        if name in self.parameters:
            self.wrong(
                where, f"`{name}` is a parameter; it stands on the right of a comparison", "put a fact on the left"
            )
            return None
        known = [*self.facts, *self.definitions, *POSITION, *ADDED]
        self.wrong(where, f"unknown fact `{name}`", did_you_mean(name, known, "`refundrules facts` lists them"))
        return None

    def _definition_reads(self, name: str, where: str, reader: Reader) -> None:
        for other in reads(self.definitions[name].body):
            if other in JOINED and reader.first < FIRST_MONEY:
                self.wrong(where, f"`{name}` reads `{other}`, which depends on the other claims")
            elif other in self.definitions:
                self._definition_reads(other, where, reader)

    def _values_of(self, name: str) -> tuple[bool | str, ...]:
        if name in self.facts:
            fact = self.facts[name]
            return (True, False) if fact.kind == "bool" else fact.values
        if name in self.definitions or name == OFFER_OPEN:
            return (True, False)
        question = BY_ID[name]
        return (True, False) if question.kind == "bool" else question.values

    def _is(self, name: str, values: list[Any], where: str) -> Condition:
        if not values:
            self.wrong(where, f"`{name}` is compared with an empty list")
            return cn.ALWAYS
        allowed = self._values_of(name)
        if not allowed:
            self.wrong(
                where,
                f"`{name}` is a number; equality with {quoted(values[0])} is not a comparison",
                "use `at_least`, `above`, `at_most` or `below`",
            )
            return cn.ALWAYS
        for value in values:
            self.check_value(value, allowed, where, name)
        values = [value for value in values if isinstance(value, bool | str)]
        return cn.Is(name, tuple(dict.fromkeys(values)))

    def check_value(self, value: Any, allowed: tuple[bool | str, ...], where: str, name: str) -> None:
        if value in allowed and isinstance(value, bool) == isinstance(allowed[0], bool):
            return
        words = [str(word).lower() for word in allowed]
        self.wrong(
            where,
            f"{quoted(value)} is not a value of `{name}`",
            did_you_mean(value, words, f"one of {listed(words, 30)}"),
        )

    def _operators(self, name: str, kind: str, value: Map, where: str, reader: Reader) -> list[Condition]:
        found: list[Condition] = []
        file = where.rpartition(":")[0]
        for operator, operand in value.items():
            place = f"{file}:{value.lines[operator]}"
            if operator in cn.OPERATORS:
                found += self._compare(name, kind, operator, operand, place, reader)
            elif operator == "between":
                if not isinstance(operand, list) or len(operand) != 2:
                    self.wrong(place, "`between` takes two ends", "write {between: [low, high]}")
                    continue
                found += self._compare(name, kind, "at_least", operand[0], place, reader)
                found += self._compare(name, kind, "at_most", operand[1], place, reader)
            elif operator == "not":
                found.append(cn.Not(self._is(name, operand if isinstance(operand, list) else [operand], place)))
            elif operator in ("in", "not_in"):
                group = self._group(name, operand, place)
                if group is not None:
                    found.append(group if operator == "in" else cn.Not(group))
            else:
                known = [*cn.OPERATORS, "between", "not", "in", "not_in"]
                self.wrong(
                    place, f"`{operator}` is not a comparison", did_you_mean(operator, known, f"one of {listed(known)}")
                )
        return found

    def _group(self, name: str, group: Any, where: str) -> Condition | None:
        self.read_names.add(str(group))
        if not isinstance(group, str) or group not in self.groups:
            self.wrong(
                where, f"{quoted(group)} is not a group", did_you_mean(group, self.groups, "declare it under `groups`")
            )
            return None
        of, values = self.groups[group]
        if of != name:
            self.wrong(where, f"`{group}` is a group of `{of}`, not of `{name}`")
            return None
        return cn.Is(name, values)

    def _compare(
        self, name: str, kind: str, operator: str, operand: Any, where: str, reader: Reader
    ) -> list[Condition]:
        if kind in ("bool", "enum"):
            self.wrong(where, f"`{name}` is not a number; `{operator}` cannot compare it")
            return []
        right, right_kind = self.formula(operand, where, reader)
        if not right_kind:
            return []
        try:
            same_kind(kind, right_kind)
        except fm.FormulaError as error:
            self.wrong(where, f"`{name}` cannot be compared with `{operand}`: {error}")
        return [cn.Compare(name, operator, right)]

    def formula(self, text: Any, where: str, reader: Reader) -> tuple[Formula, str]:
        zero = fm.Number(Fraction(0))
        if isinstance(text, bool) or not isinstance(text, str | int | Decimal):
            self.wrong(
                where,
                f"{quoted(text)} is not a formula",
                "write names, numbers 0 and 1, + - * /, min, max, floor, ceil, round",
            )
            return zero, ""
        try:
            tree = fm.parse(str(text))
        except fm.FormulaError as error:
            self.wrong(where, f"`{text}` is not a formula: {error}")
            return zero, ""
        for literal in fm.literals(tree):
            if literal not in (0, 1):
                self.wrong(where, f"`{text}` holds the bare number {literal}", "name it as a parameter")
        kinds = {name: self._operand_kind(name, where, reader) for name in fm.names(tree)}
        if not all(kinds.values()):
            return zero, ""
        try:
            kind = kind_of(tree, kinds, self.parameters.__contains__)
            self._check_divisors(tree, str(text), where)
            return tree, kind
        except fm.FormulaError as error:
            self.wrong(where, f"`{text}`: {error}")
            return zero, ""

    def _check_divisors(self, tree: Formula, text: str, where: str) -> None:
        """Note a divisor or step that is not above zero, whichever values of its parameters are in force."""
        for divisor in fm.divisors(tree):
            names = list(dict.fromkeys(fm.names(divisor)))
            choices = [[value.value for value in self.parameters[name].values] for name in names]
            for values in product(*choices):
                value = fm.evaluate(divisor, dict(zip(names, values, strict=True)).get)
                if value is None or value <= 0:
                    shown = fm.to_text(divisor)
                    self.wrong(
                        where,
                        f"`{text}` divides or rounds by `{shown}`, which may be zero or below",
                        "keep it above zero",
                    )
                    break

    def _operand_kind(self, name: str, where: str, reader: Reader) -> str:
        self.read_names.add(name)
        if name in self.parameters:
            return self.parameters[name].kind
        known = [*self.facts, *self.definitions, *self.parameters]
        if name not in self.facts and name not in ADDED and not self._is_defined(name, where):
            self.wrong(
                where, f"unknown name `{name}`", did_you_mean(name, known, "name a fact, parameter or definition")
            )
            return ""
        kind = self.readable(name, where, reader)
        if kind in ("bool", "enum"):
            self.wrong(where, f"`{name}` is not a number")
            return ""
        return kind or ""

    def define_all(self) -> None:
        for key in list(self.pending):
            self._define(key)

    def _define(self, key: str) -> None:
        """Read a definition that is noted and not read yet."""
        if key not in self.pending:
            return
        item, where = self.pending.pop(key)
        self.defining.append(key)
        title = self.words(item.get("title"), where, "`title`")
        file = where.rpartition(":")[0]
        if ("formula" in item) == ("when" in item):
            self.wrong(where, f"definition `{key}` needs either a `formula` or a `when`")
        elif "when" in item:
            body = self.condition(item["when"], f"{file}:{item.lines['when']}", Reader(0))
            self.definitions[key] = Definition(key, title, body, "bool", where)
        else:
            tree, kind = self.formula(item["formula"], f"{file}:{item.lines['formula']}", Reader(0, aggregates=True))
            self.definitions[key] = Definition(key, title, tree, kind or "share", where)  # type: ignore[arg-type]
        self.defining.pop()

    def _is_defined(self, name: Any, where: str) -> bool:
        """Return whether `name` is a definition, reading it if need be."""
        if name in self.defining:
            self.wrong(where, f"definitions go round in a circle: {' → '.join([*self.defining, str(name)])}")
            return False
        if name in self.pending:
            self._define(name)
        return name in self.definitions

    def placeholders(self, words: Words, where: str) -> None:
        names = {**self.facts, **self.parameters, **self.definitions}
        for text in words:
            for name in PLACEHOLDER.findall(text):
                self.read_names.add(name)
                if name not in names:
                    self.wrong(where, f"`{{{name}}}` is not a fact, parameter or definition", did_you_mean(name, names))

    def through_definitions(self, names: set[str]) -> set[str]:
        bodies = {name: item.body for name, item in self.definitions.items()}
        return closure(names, bodies.get)


def _conjunction(parts: list[Condition]) -> Condition:
    result: Condition = cn.ALWAYS
    for part in parts:
        result = cn.both(result, part)
    return result
