"""Conditions, formulas and answers of a policy as sentences, in both languages.

A sentence says exactly what its condition says: what is unknown makes it neither so nor not so, and "not" turns it round.
Numbers are those in force on a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

from refundrules.case.derive import CM_SCALE
from refundrules.case.facts import Words
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Compare, Condition, Is, Known
from refundrules.expr.formula import Apply, Formula, Number, Ref
from refundrules.io.catalog import alternatives, say
from refundrules.money.currency import exponent
from refundrules.policy.model import Policy
from refundrules.policy.parts import Answer, Deadline, Floor
from refundrules.policy.questions import BY_ID
from refundrules.text.values import filled, shown
from refundrules.text.words import fact_name, joined, label, safe, word, yes_or_no

Joint = Literal["leaf", "all", "any", "not_all", "none"]


class Clause(NamedTuple):
    """A condition as a sentence: one statement, or several joined."""

    joint: Joint
    text: Words
    """What a leaf states; what is said above the parts of the others."""
    parts: tuple[Clause, ...] = ()
    definition: str = ""
    """The definition a leaf goes by; empty when it goes by none."""

    @property
    def is_always(self) -> bool:
        """Whether it asks for nothing."""
        return self.text == ALWAYS

    @property
    def is_short(self) -> bool:
        """Whether it reads well as one sentence; a longer or a nested one is better a list."""
        return self.joint == "leaf" or (len(self.parts) <= _FEW and all(not part.parts for part in self.parts))


class Phrase(NamedTuple):
    """One answer: the question, what it is about, and what it is."""

    question: str
    about: Words
    value: Words


_FEW = 2
ALWAYS, NEVER = Words.of("sentence.always"), Words.of("sentence.never")
_TURNED = {"above": "at_most", "at_most": "above", "below": "at_least", "at_least": "below"}
_PARTIES = ("fault", "freight.return", "freight.replacement", "repair.payer")
"""Questions whose answer is somebody."""
_TABLES = {
    "issue_class": "issue_class", "outcome": "outcome", "resolution": "resolution", "exchange.propose": "propose",
    "application": "application", "referral": "referral", **dict.fromkeys(_PARTIES, "party"),
}  # fmt: skip
_KEYS = {"parts": "part", "extras": "extra"}
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_CALLS = ("floor", "ceil", "round", "min", "max")


def listed(items: Sequence[Words], last: str) -> Words:
    """Return several things as one text, the last joined to the others as the entry `last` says."""
    if len(items) == 1:
        return items[0]
    return Words.of(last, joined(items[:-1], "list.comma"), items[-1])


class Sentences:
    """Says what a policy's conditions, formulas and answers mean, with the numbers of a day (None: the latest)."""

    def __init__(self, policy: Policy, day: date | None = None) -> None:
        self.policy, self.day = policy, day

    def clause(self, condition: Condition) -> Clause:
        """Return a condition as a sentence; joined parts are joined, a single one stands alone."""
        if isinstance(condition, cn.Group):
            joint: Joint = "all" if isinstance(condition, cn.All) else "any"
            return self._joined(condition.parts, joint)
        if isinstance(condition, cn.Not):
            return self._turned(condition.part)
        return self._leaf(condition, so=True)

    def _joined(self, conditions: Sequence[Condition], joint: Joint) -> Clause:
        if not conditions:
            return Clause("leaf", ALWAYS if joint in ("all", "none") else NEVER)
        if len(conditions) == 1:
            return self.clause(conditions[0]) if joint in ("all", "any") else self._turned(conditions[0])
        parts: list[Clause] = []
        for condition in conditions:
            made = self.clause(condition)
            # What is joined the same way inside is said in one go; a negation must not be opened up.
            parts += made.parts if made.joint == joint and joint in ("all", "any") else (made,)
        return Clause(joint, Words.of(f"sentence.these.{joint}"), tuple(parts))

    def _turned(self, condition: Condition) -> Clause:
        if isinstance(condition, cn.Not):
            return self.clause(condition.part)
        if isinstance(condition, cn.Group):
            return self._joined(condition.parts, "not_all" if isinstance(condition, cn.All) else "none")
        return self._leaf(condition, so=False)

    def _leaf(self, leaf: Is | Compare | Known, *, so: bool) -> Clause:
        definition = self.policy.definitions.get(leaf.name)
        if isinstance(leaf, Is) and definition is not None and len(leaf.values) == 1:
            verb = "sentence.so" if (leaf.values[0] is True) is so else "sentence.not_so"
            return Clause("leaf", Words.of(verb, definition.title.map(safe)), (), leaf.name)
        named = fact_name(leaf.name, self.policy.vocabulary.get(leaf.name))
        if isinstance(leaf, Is) and named.opposite and len(leaf.values) == 1:
            return Clause("leaf", named.name if (leaf.values[0] is True) is so else named.opposite)
        says = "sentence.compares"
        if isinstance(leaf, Is) and so:
            says = "sentence.is"
        elif isinstance(leaf, Known) and named.opposite:
            says = "sentence.whether"
        return Clause("leaf", Words.of(says, self.name(leaf.name), self.wanted(leaf, so=so)))

    def wanted(self, leaf: Is | Compare | Known, *, so: bool = True) -> Words:
        """Return what a comparison wants, without of what; `so` false turns it round."""
        if isinstance(leaf, Known):
            return Words.of("sentence.known" if so else "sentence.not_known")
        if isinstance(leaf, Compare):
            operator = leaf.operator if so else _TURNED[leaf.operator]
            return Words.of(f"sentence.{operator}", self.formula(leaf.right))
        values = listed([Words.of("sentence.quoted", self.value(leaf.name, value)) for value in leaf.values], "list.or")
        turned = "sentence.not_this" if len(leaf.values) == 1 else "sentence.none_of"
        return values if so else Words.of(turned, values)

    def value(self, name: str, value: bool | str) -> Words:
        """Return what a value of a fact or an answer is called."""
        if isinstance(value, bool):
            return yes_or_no(value)
        if name in _TABLES:
            return Words.each(lambda language: word(_TABLES[name], value, language))
        return label(name.rpartition(".")[2], value).map(safe)

    def name(self, name: str) -> Words:
        """Return what a fact, answer, parameter (with its value) or definition is called."""
        if name in self.policy.parameters:
            item = self.policy.parameters[name]
            return Words.of("sentence.with_value", _the(item.title), self.amount(item.on(self.day).value, item.kind))
        if name in self.policy.definitions:
            return _the(self.policy.definitions[name].title)
        return fact_name(name, self.policy.vocabulary.get(name)).name.map(safe)

    def amount(self, value: Fraction, kind: str) -> Words:
        """Return a parameter's number with its unit."""
        currency = self.policy.currency
        scale = {"money": 10 ** exponent(currency), "cm": CM_SCALE}.get(kind, 1)
        if value == 1 and kind in ("days", "hours"):
            return Words.of("phrase.quantity", 1, Words.of(f"unit.{kind}.one"))
        return Words.each(lambda language: shown(value * scale, kind, language, currency))

    def formula(self, formula: Formula) -> Words:
        """Return a formula in words: names as they are called, operators as signs."""
        return self._formula(formula, 0)

    def _formula(self, formula: Formula, level: int) -> Words:
        if isinstance(formula, Number):
            return Words.each(lambda _: fm.to_text(formula))
        if isinstance(formula, Ref):
            return self.name(formula.name)
        if formula.what in _CALLS:
            return _bracketed(self._call(formula), needed=level > 0)
        rank = 1 if formula.what in "+-" else 2
        left, right = formula.args
        if formula.what == "-" and left == Number(Fraction(0)):
            return _bracketed(self._formula(right, 3).map("−{}".format), needed=level > 1)
        one, other = self._formula(left, rank), self._formula(right, rank + 1)
        made = Words.each(lambda language: f"{one.to(language)} {_SIGNS[formula.what]} {other.to(language)}")
        return _bracketed(made, needed=rank < level)

    def _call(self, formula: Apply) -> Words:
        args = [self._formula(arg, 3) for arg in formula.args]
        if formula.what in ("min", "max"):
            if len(args) == 2:
                return Words.of(f"sentence.of_two.{formula.what}", *args)
            args = [listed(args, "list.and")]
        return Words.of(f"sentence.call.{formula.what}", *args)

    def answer(self, answer: Answer) -> Phrase:
        """Return an answer of a rule as what it is about and what it is."""
        question, value = answer.question, answer.value
        about = Words.each(lambda language: word("question", question, language))
        if isinstance(value, Deadline):
            return Phrase(question, about, self._deadline(answer.key or "", value))
        if BY_ID[question].kind == "mark":
            return Phrase(question, about, self._mark(question, answer.key or ""))
        if isinstance(value, bool):
            named = fact_name(question)
            return Phrase(question, about, named.name if value or named.opposite is None else named.opposite)
        if isinstance(value, str):
            return Phrase(question, about, self.value(question, value))
        amount = self.formula(value)
        if answer.key is None:
            return Phrase(question, about, amount)
        return Phrase(question, about, Words.of("sentence.keyed", _key(question, answer.key), amount))

    def _deadline(self, key: str, deadline: Deadline) -> Words:
        after = Words.of(f"after.{deadline.after}")
        due = Words.each(lambda language: word("due", key, language))
        item = self.policy.parameters[deadline.within]
        within = self.amount(item.on(self.day).value, item.kind)
        return Words.of("sentence.deadline", due, after, within, item.title.map(safe))

    def _mark(self, question: str, key: str) -> Words:
        if question == "alternatives":
            return Words.each(lambda language: word("resolution", key, language))
        texts = self.policy.instructions if question == "instructions" else self.policy.guardrails
        text = texts[key].map(safe) if key in texts else Words.each(lambda _: safe(key))
        return text if question == "instructions" else Words.of("sentence.keyed", key, text)

    def floor(self, floor: Floor) -> tuple[Words, ...]:
        """Return what a guarantee promises, one text for each promise."""
        found = []
        if floor.not_declined:
            found.append(Words.of("sentence.not_declined"))
        if floor.refund_at_least is not None:
            found.append(Words.of("sentence.refund_at_least", self.formula(floor.refund_at_least)))
        for name in ("return_payer_not", "replacement_payer_not"):
            payer = getattr(floor, name)
            if payer is not None:
                found.append(Words.of(f"sentence.{name}", Words.of(f"party.{payer}")))
        return tuple(found)

    def because(self, text: Words) -> Words:
        """Return a reason with the numbers of parameters filled in, and what a case fills in by name in brackets."""
        return Words.each(
            lambda language: safe(filled(text.to(language), lambda name: self._filled(name).to(language)))
        )

    def _filled(self, name: str) -> Words:
        if name in self.policy.parameters:
            item = self.policy.parameters[name]
            return self.amount(item.on(self.day).value, item.kind)
        article = Words.of("sentence.the", "")
        bare = Words.each(lambda language: self.name(name).to(language).removeprefix(article.to(language)))
        return Words.of("sentence.case_fills", bare)


def flat(clause: Clause) -> Words:
    """Return a clause as one text, with brackets where parts would run together."""
    if clause.joint == "leaf":
        return clause.text
    parts = [_bracketed(flat(part), needed=part.joint in ("all", "any")) for part in clause.parts]
    strung = joined(parts, f"sentence.joint.{'all' if clause.joint in ('all', 'not_all') else 'any'}")
    return Words.of("sentence.not_all", strung) if clause.joint in ("not_all", "none") else strung


def opening(words: Words) -> Words:
    """Return a text as it opens a paragraph: with a capital where the language has them."""

    def opened(language: str) -> str:
        text = words.to(language)
        return text[:1].upper() + text[1:] if say("language.capitals", language) == "yes" else text

    return Words.each(opened)


def _key(question: str, key: str) -> Words:
    if question == "offer.steps":
        return Words.of("sentence.step", key)
    return Words.each(lambda language: word(_KEYS.get(question, "part"), key, language))


def _the(title: Words) -> Words:
    """Return a title with an article before it where it has none."""

    def named(language: str) -> str:
        text = safe(title.to(language))
        articles = tuple(f"{article} " for article in alternatives("sentence.articles", language))
        return text if text.lower().startswith(articles) else say("sentence.the", language, text)

    return Words.each(named)


def _bracketed(text: Words, *, needed: bool) -> Words:
    return Words.of("sentence.bracketed", text) if needed else text
