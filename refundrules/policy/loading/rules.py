"""Reading rules and guarantees."""

from __future__ import annotations

import re
from typing import Any

from refundrules.case.facts import Words
from refundrules.errors import did_you_mean, listed, plain, quoted
from refundrules.expr import condition as cn
from refundrules.io.strict_yaml import Map
from refundrules.policy.loading.context import ID
from refundrules.policy.loading.declarations import Declarations
from refundrules.policy.loading.expressions import Reader
from refundrules.policy.loading.files import PackFiles
from refundrules.policy.parts import Acceptance, Answer, Deadline, Floor, Guarantee, InForce, Invariant, Monotone, Rule
from refundrules.policy.questions import AFTER, BY_ID, NESTED, POSITION, QUESTIONS, Question

_RULE_KEYS = ("id", "cite", "when", "then", "overrides", "because", "in_force", "jurisdictions", "chapter")
_GUARANTEE_KEYS = ("id", "cite", "when", "must", "because", "in_force", "jurisdictions")
_JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class RuleReading(Declarations):
    """Reads rules and guarantees, once everything they name is declared."""

    def _span(self, item: Map, where: str) -> tuple[InForce, tuple[str, ...]]:
        listed_ = item.get("jurisdictions") or []
        if not are_jurisdictions(listed_) and listed_:
            self.wrong(where, f"`jurisdictions: {listed_}` is not a list of ISO 3166 codes", "write [CN-ZJ]")
            listed_ = []
        span = item.get("in_force")
        if span is None:
            return InForce(), tuple(sorted(listed_))
        if not self.closed(span, ("from", "until", "by"), where, "`in_force`"):
            return InForce(), ()
        start = self.date(span["from"], where, "`from`") if "from" in span else None
        until = self.date(span["until"], where, "`until`") if "until" in span else None
        if start and until and until <= start:
            self.wrong(where, f"it ends on {until}, before it starts on {start}")
        by = self.one_of(span.get("by", "claim_opened"), ("order_placed", "claim_opened"), where, "`by`")
        return InForce(start, until, by), tuple(sorted(listed_))  # type: ignore[arg-type]

    def read_guarantees(self, pack: PackFiles, file: str, document: Map) -> None:
        for item, where in self.listed_items(file, document, "guarantees"):
            if not self.closed(item, _GUARANTEE_KEYS, where, "the guarantee"):
                continue
            if not self.new("ids", item.get("id"), where, ID, "guarantee"):
                continue
            reader = Reader(POSITION["fault"])
            condition = self.condition(item.get("when"), where, reader)
            must = self._floor(item.get("must"), where)
            self.guarantees[item["id"]] = Guarantee(
                item["id"], self.cite(item, where, "the guarantee"), condition, must,
                self.words(item.get("because"), where, "`because`"), *self._span(item, where), pack.name, where,
            )  # fmt: skip

    def _floor(self, must: Any, where: str) -> Floor:
        if not self.closed(must, Floor._fields, where, "`must`") or not must:
            self.wrong(where, "the guarantee promises nothing", f"`must` may hold {listed(Floor._fields)}")
            return Floor()
        if must.get("not_declined", True) is not True:
            self.wrong(where, "`not_declined` can only be true")
        at_least = None
        if "refund_at_least" in must:
            at_least, kind = self.formula(must["refund_at_least"], where, Reader(POSITION["fault"]))
            self.is_money(kind, where, "refund_at_least")
        payers = {}
        for key in ("return_payer_not", "replacement_payer_not"):
            if key in must:
                payers[key] = self.one_of(must[key], ("buyer",), where, f"`{key}`")
        return Floor("not_declined" in must, at_least, **payers)

    def is_money(self, kind: str, where: str, what: str) -> None:
        if kind not in ("money", "zero", ""):
            self.wrong(where, f"`{what}` is {kind}, not money")

    def read_rules(self, pack: PackFiles, file: str, document: Map) -> None:
        given = document.get("given")
        given_where = f"{file}:{document.lines['given']}" if "given" in document else file
        if "given" in document:
            self.condition(given, given_where, Reader(len(QUESTIONS)))
        chapter = document.get("chapter")
        for item, where in self.listed_items(file, document, "rules"):
            if not self.closed(item, _RULE_KEYS, where, "the rule"):
                continue
            if not self.new("ids", item.get("id"), where, ID, "rule"):
                continue
            self._rule(pack, item, where, given, item.get("chapter", chapter))

    def _rule(self, pack: PackFiles, item: Map, where: str, given: Any, chapter: Any) -> None:
        file = where.rpartition(":")[0]
        answers = self._then(item.get("then"), file, where)
        if not answers:
            return
        first = min(POSITION[answer.question] for answer in answers)
        collected = all(BY_ID[answer.question].kind == "mark" for answer in answers)
        reader = Reader(first, known_allowed=collected)
        when = self.condition(item["when"], f"{file}:{item.lines['when']}", reader) if "when" in item else cn.ALWAYS
        before: cn.Condition = cn.ALWAYS
        if given is not None:
            noted, self.problems = self.problems, []
            before = self.condition(given, where, Reader(first))
            self.problems = noted + [problem for problem in self.problems if problem not in noted]
            when = cn.both(before, when)
        overrides = item.get("overrides") or []
        if not isinstance(overrides, list) or not all(isinstance(name, str) for name in overrides):
            self.wrong(where, "`overrides` is not a list of rule ids")
            overrides = []
        because = self.words(item.get("because"), where, "`because`")
        self.placeholders(because, where)
        self.rules[item["id"]] = Rule(
            item["id"], self.cite(item, where, "the rule"), when, answers, tuple(sorted(set(overrides))), because,
            *self._span(item, where), Words(**chapter) if isinstance(chapter, dict) and set(chapter) == {"zh", "en"} else Words("", ""),
            pack.name, where, before,
        )  # fmt: skip

    def _then(self, then: Any, file: str, where: str) -> tuple[Answer, ...]:
        if not isinstance(then, Map) or not then:
            self.wrong(where, "the rule answers nothing", "add `then:`")
            return ()
        answers: list[Answer] = []
        for key, value in then.items():
            place = f"{file}:{then.lines[key]}"
            if isinstance(value, Map | list) and not value:
                self.wrong(place, f"`{key}` answers nothing", "give an answer or leave it out")
            if key in NESTED and isinstance(value, Map):
                for inner, answer in value.items():
                    answers += self._answers(f"{key}.{inner}", answer, f"{file}:{value.lines[inner]}")
            else:
                answers += self._answers(key, value, place)
        return tuple(sorted(answers, key=lambda answer: (POSITION[answer.question], answer.key or "")))

    def _answers(self, name: str, value: Any, where: str) -> list[Answer]:
        question = BY_ID.get(name)
        if question is None:
            known = [q.id for q in QUESTIONS]
            self.wrong(where, f"`{name}` is not a question", did_you_mean(name, known, f"one of {listed(known, 30)}"))
            return []
        if not question.keyed:
            answer = self._answer(question, value, where)
            return [] if answer is None else [Answer(name, None, answer)]
        if question.kind == "mark":
            if not isinstance(value, list):
                self.wrong(where, f"`{name}` is not a list")
                return []
            keys = dict.fromkeys([key for key in value if self._key(question, key, where)])
            return [Answer(name, key, True) for key in keys]
        if not isinstance(value, Map):
            self.wrong(where, f"`{name}` is not a mapping")
            return []
        file, found = where.rpartition(":")[0], []
        for key, inner in value.items():
            place = f"{file}:{value.lines[key]}"
            answer = self._answer(question, inner, place) if self._key(question, key, place) else None
            if answer is not None:
                found.append(Answer(name, key, answer))
        return found

    def _key(self, question: Question, key: Any, where: str) -> bool:
        if question.id == "offer.steps":
            if not re.fullmatch(r"[1-9]", str(key)):
                self.wrong(where, f"`{key}` is not a step number", "number the steps 1, 2, 3 …, up to 9")
                return False
            return True
        if not isinstance(key, str):
            self.wrong(where, f"`{key}` is not one of the {question.id}", "write its name")
            return False
        known = question.keys or (self.texts["instructions"] if question.id == "instructions" else None)
        if known is None:
            return True
        if key not in known:
            self.wrong(
                where,
                f"`{key}` is not one of the {question.id}",
                did_you_mean(key, known, f"one of {listed(list(known), 24)}"),
            )
            return False
        return True

    def _answer(self, question: Question, value: Any, where: str) -> Any:
        if question.kind == "bool":
            if isinstance(value, bool):
                return value
            self.wrong(where, f"`{question.id}: {plain(value)}` is not true or false")
            return None
        if question.kind == "enum":
            if value in question.values:
                return value
            self.wrong(
                where,
                f"{quoted(value)} is not an answer to `{question.id}`",
                did_you_mean(value, question.values, f"one of {listed(question.values)}"),
            )
            return None
        if question.kind == "deadline":
            return self._deadline(value, where)
        formula, kind = self.formula(value, where, Reader(POSITION[question.id]))
        self.is_money(kind, where, question.id)
        return formula

    def _deadline(self, value: Any, where: str) -> Deadline | None:
        if not self.closed(value, ("within_hours", "after"), where, "the deadline"):
            return None
        name = value.get("within_hours")
        parameter = self.parameters.get(name) if isinstance(name, str) else None
        if parameter is None or parameter.kind != "hours":
            self.wrong(
                where, f"`within_hours: {name}` is not a parameter of kind hours", did_you_mean(name, self.parameters)
            )
            return None
        self.read_names.add(name)
        return Deadline(name, self.one_of(value.get("after"), AFTER, where, "`after`"))


def are_jurisdictions(value: Any) -> bool:
    """Return whether a value is a list of ISO 3166 codes."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, str) and _JURISDICTION.fullmatch(item) for item in value)
    )


_INVARIANT_KEYS = ("id", "when", "must", "monotone", "because")
_BUYER = ("never_worse", "never_better")


class InvariantReading(RuleReading):
    """Reads invariants and accepted findings, once everything they name is declared."""

    def __init__(self, packs: list[PackFiles]) -> None:
        super().__init__(packs)
        self.invariants: dict[str, Invariant] = {}
        self.accepted: list[Acceptance] = []

    def read_invariants(self, pack: PackFiles, file: str, document: Map) -> None:
        everything = Reader(len(QUESTIONS))
        for item, where in self.listed_items(file, document, "invariants"):
            if not self.closed(item, _INVARIANT_KEYS, where, "the invariant"):
                continue
            if not self.new("ids", item.get("id"), where, ID, "invariant"):
                continue
            if ("must" in item) == ("monotone" in item):
                self.wrong(where, f"invariant `{item['id']}` says nothing, or two things", "write `must` or `monotone`")
                continue
            when = self.condition(item["when"] if "when" in item else Map(0), where, everything)
            must = self.condition(item["must"], where, everything) if "must" in item else None
            monotone = self._monotone(item["monotone"], where) if "monotone" in item else None
            because = self.words(item.get("because"), where, "`because`")
            self.placeholders(because, where)
            self.invariants[item["id"]] = Invariant(item["id"], when, must, monotone, because, pack.name, where)

    def _monotone(self, data: Any, where: str) -> Monotone | None:
        if not self.closed(data, ("fact", "buyer"), where, "`monotone`"):
            return None
        fact = self.facts.get(data.get("fact"))
        if fact is None or fact.kind in ("bool", "enum"):
            numbers = [name for name, item in self.facts.items() if item.kind not in ("bool", "enum")]
            self.wrong(
                where, f"`{data.get('fact')}` is not a fact with numbers", did_you_mean(data.get("fact"), numbers)
            )
            return None
        return Monotone(fact.name, self.one_of(data.get("buyer"), _BUYER, where, "`buyer`"))  # type: ignore[arg-type]

    def read_accepted(self, pack: PackFiles, file: str, document: Map) -> None:
        for item, where in self.listed_items(file, document, "accept"):
            if not self.closed(item, ("finding", "because"), where, "the accepted finding"):
                continue
            finding = self.text(item.get("finding"), where, "`finding`")
            self.accepted.append(
                Acceptance(finding, self.words(item.get("because"), where, "`because`"), pack.name, where)
            )
