"""Conditions, formulas and answers of a policy as sentences, in both languages.

A sentence says exactly what its condition says: what is unknown makes it neither so nor not so, and "not" turns it round.
Numbers are those in force on a day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple

from refundrules.case.derive import CM_SCALE
from refundrules.case.facts import Words
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Compare, Condition, Is, Known
from refundrules.expr.formula import Apply, Formula, Number, Ref
from refundrules.money.currency import exponent
from refundrules.policy.model import Policy
from refundrules.policy.parts import Answer, Deadline, Floor
from refundrules.policy.questions import BY_ID
from refundrules.text.decision_words import safe, word
from refundrules.text.fact_words import fact_name
from refundrules.text.question_words import label
from refundrules.text.values import filled, shown

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


class Said(NamedTuple):
    """One answer: the question, what it is about, and what it is."""

    question: str
    about: Words
    value: Words


_ABOVE: dict[Joint, Words] = {
    "leaf": Words("", ""),
    "all": Words("以下全部成立", "all of these hold"),
    "any": Words("以下至少一项成立", "at least one of these holds"),
    "not_all": Words("以下不是全部成立", "not all of these hold"),
    "none": Words("以下都不成立", "none of these holds"),
}
_FEW = 2
ALWAYS, NEVER = Words("任何情况下", "in every case"), Words("从不", "never")
_OPERATORS = {
    "above": Words("超过{0}", "more than {0}"),
    "below": Words("少于{0}", "less than {0}"),
    "at_most": Words("不超过{0}", "at most {0}"),
    "at_least": Words("不少于{0}", "at least {0}"),
}
_TURNED = {"above": "at_most", "at_most": "above", "below": "at_least", "at_least": "below"}
_PARTIES = {
    "seller": Words("商家", "the shop"), "buyer": Words("买家", "the buyer"), "carrier": Words("快递公司", "the carrier"),
    "insurer": Words("运费险", "the insurer"), "none": Words("无人", "nobody"),
}  # fmt: skip
_VALUES = {
    "order.channel": {"online": Words("网购", "online"), "in_store": Words("实体店", "in the shop")},
    **dict.fromkeys(("fault", "freight.return", "freight.replacement", "repair.payer"), _PARTIES),
}
_TABLES = {
    "issue_class": "issue_class", "outcome": "outcome", "resolution": "resolution", "exchange.propose": "propose",
    "application": "application", "referral": "referral",
}  # fmt: skip
_KEYS = {"parts": "part", "extras": "extra"}
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_CALLS = {
    "floor": Words("{0}向下取到{1}的倍数", "{0} rounded down to a multiple of {1}"),
    "ceil": Words("{0}向上取到{1}的倍数", "{0} rounded up to a multiple of {1}"),
    "round": Words("{0}四舍五入到{1}的倍数", "{0} rounded half up to a multiple of {1}"),
    "min": Words("{0}中最低的一个", "the lowest of {0}"),
    "max": Words("{0}中最高的一个", "the highest of {0}"),
}
_OF_TWO = {
    "min": Words("{0}和{1}中较低的一个", "the lower of {0} and {1}"),
    "max": Words("{0}和{1}中较高的一个", "the higher of {0} and {1}"),
}
_ARTICLES = ("a ", "an ", "the ")


def each(make: Callable[[str], str]) -> Words:
    """Return what is made for each language."""
    return Words(make("zh"), make("en"))


def fill(pattern: Words, *parts: Words) -> Words:
    """Return a pattern in both languages with its places filled in."""
    return Words(pattern.zh.format(*[part.zh for part in parts]), pattern.en.format(*[part.en for part in parts]))


def listed(items: Sequence[Words], last: Words) -> Words:
    """Return several things as one text, with a word before the last."""
    if len(items) == 1:
        return items[0]
    head = Words("、".join(item.zh for item in items[:-1]), ", ".join(item.en for item in items[:-1]))
    return Words(f"{head.zh}{last.zh}{items[-1].zh}", f"{head.en} {last.en} {items[-1].en}")


_QUOTED = Words("“{0}”", "“{0}”")
_OR, _AND = Words("或", "or"), Words("和", "and")


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
        return Clause(joint, _ABOVE[joint], tuple(parts))

    def _turned(self, condition: Condition) -> Clause:
        if isinstance(condition, cn.Not):
            return self.clause(condition.part)
        if isinstance(condition, cn.Group):
            return self._joined(condition.parts, "not_all" if isinstance(condition, cn.All) else "none")
        return self._leaf(condition, so=False)

    def _leaf(self, leaf: Is | Compare | Known, *, so: bool) -> Clause:
        definition = self.policy.definitions.get(leaf.name)
        if isinstance(leaf, Is) and definition is not None and len(leaf.values) == 1:
            verb = (
                Words("符合“{0}”", "“{0}” applies")
                if (leaf.values[0] is True) is so
                else Words("不符合“{0}”", "“{0}” does not apply")
            )
            return Clause("leaf", fill(verb, _shown(definition.title)), (), leaf.name)
        named = fact_name(leaf.name, self.policy.vocabulary.get(leaf.name))
        if isinstance(leaf, Is) and named.opposite and len(leaf.values) == 1:
            return Clause("leaf", named.name if (leaf.values[0] is True) is so else named.opposite)
        says = Words("{0}{1}", "{0} is {1}")
        if isinstance(leaf, Is) and so:
            says = Words("{0}是{1}", "{0} is {1}")
        elif isinstance(leaf, Known) and named.opposite:
            says = Words("是否{0}{1}", "whether {0} is {1}")
        return Clause("leaf", fill(says, self.name(leaf.name), self.wanted(leaf, so=so)))

    def wanted(self, leaf: Is | Compare | Known, *, so: bool = True) -> Words:
        """Return what a comparison wants, without of what; `so` false turns it round."""
        if isinstance(leaf, Known):
            return Words("已知", "known") if so else Words("未知", "not known")
        if isinstance(leaf, Compare):
            operator = leaf.operator if so else _TURNED[leaf.operator]
            return fill(_OPERATORS[operator], self.formula(leaf.right))
        values = listed([fill(_QUOTED, self.value(leaf.name, value)) for value in leaf.values], _OR)
        one_of = "not {0}" if len(leaf.values) == 1 else "not one of {0}"
        return values if so else fill(Words("非{0}", one_of), values)

    def value(self, name: str, value: bool | str) -> Words:
        """Return what a value of a fact or an answer is called."""
        if isinstance(value, bool):
            return Words("是", "yes") if value else Words("否", "no")
        own = _VALUES.get(name, {}).get(value)
        if own is None and name in _TABLES:
            own = each(lambda language: word(_TABLES[name], value, language))
        return own or _shown(label(name.rpartition(".")[2], value))

    def name(self, name: str) -> Words:
        """Return what a fact, answer, parameter (with its value) or definition is called."""
        if name in self.policy.parameters:
            item = self.policy.parameters[name]
            return fill(
                Words("{0}（{1}）", "{0} ({1})"), _the(item.title), self.amount(item.on(self.day).value, item.kind)
            )
        if name in self.policy.definitions:
            return _the(self.policy.definitions[name].title)
        return _shown(fact_name(name, self.policy.vocabulary.get(name)).name)

    def amount(self, value: Fraction, kind: str) -> Words:
        """Return a parameter's number with its unit."""
        currency = self.policy.currency
        scale = {"money": 10 ** exponent(currency), "cm": CM_SCALE}.get(kind, 1)
        text = each(lambda language: shown(value * scale, kind, language, currency))
        return Words(text.zh, text.en.removesuffix("s")) if value == 1 and kind in ("days", "hours") else text

    def formula(self, formula: Formula) -> Words:
        """Return a formula in words: names as they are called, operators as signs."""
        return self._formula(formula, 0)

    def _formula(self, formula: Formula, level: int) -> Words:
        if isinstance(formula, Number):
            return each(lambda _: fm.to_text(formula))
        if isinstance(formula, Ref):
            return self.name(formula.name)
        if formula.what in _CALLS:
            return _bracketed(self._call(formula), needed=level > 0)
        rank = 1 if formula.what in "+-" else 2
        left, right = formula.args
        if formula.what == "-" and left == Number(Fraction(0)):
            negative = fill(Words("−{0}", "−{0}"), self._formula(right, 3))
            return _bracketed(negative, needed=level > 1)
        sign = _SIGNS[formula.what]
        made = fill(
            Words(f"{{0}} {sign} {{1}}", f"{{0}} {sign} {{1}}"),
            self._formula(left, rank),
            self._formula(right, rank + 1),
        )
        return _bracketed(made, needed=rank < level)

    def _call(self, formula: Apply) -> Words:
        args = [self._formula(arg, 3) for arg in formula.args]
        if formula.what in _OF_TWO:
            return (
                fill(_OF_TWO[formula.what], *args) if len(args) == 2 else fill(_CALLS[formula.what], listed(args, _AND))
            )
        return fill(_CALLS[formula.what], *args)

    def answer(self, answer: Answer) -> Said:
        """Return an answer of a rule as what it is about and what it is."""
        question, value = answer.question, answer.value
        about = each(lambda language: word("question", question, language))
        if isinstance(value, Deadline):
            return Said(question, about, self._deadline(answer.key or "", value))
        if BY_ID[question].kind == "mark":
            return Said(question, about, self._mark(question, answer.key or ""))
        if isinstance(value, bool):
            named = fact_name(question)
            return Said(question, about, named.name if value or named.opposite is None else named.opposite)
        if isinstance(value, str):
            return Said(question, about, self.value(question, value))
        amount = self.formula(value)
        if answer.key is None:
            return Said(question, about, amount)
        return Said(question, about, fill(Words("{0}：{1}", "{0}: {1}"), _key(question, answer.key), amount))

    def _deadline(self, key: str, deadline: Deadline) -> Words:
        after = each(lambda language: word("after", deadline.after, language))
        due = each(lambda language: word("due", key, language))
        item = self.policy.parameters[deadline.within]
        within = self.amount(item.on(self.day).value, item.kind)
        return fill(Words("{0}：{1} {2}内（{3}）", "{0}: within {2} {1} ({3})"), due, after, within, _shown(item.title))

    def _mark(self, question: str, key: str) -> Words:
        if question == "alternatives":
            return each(lambda language: word("resolution", key, language))
        texts = self.policy.instructions if question == "instructions" else self.policy.guardrails
        text = _shown(texts[key]) if key in texts else Words(safe(key), safe(key))
        return text if question == "instructions" else fill(Words(f"{key}：{{0}}", f"{key}: {{0}}"), text)

    def floor(self, floor: Floor) -> tuple[Words, ...]:
        """Return what a guarantee promises, one text for each promise."""
        found = []
        if floor.not_declined:
            found.append(Words("不得拒绝", "the claim is not declined"))
        if floor.refund_at_least is not None:
            text = Words("退款不少于{0}", "the refund is at least {0}")
            found.append(fill(text, self.formula(floor.refund_at_least)))
        for payer, text in (
            (floor.return_payer_not, Words("退回运费不由{0}承担", "{0} does not pay the way back")),
            (floor.replacement_payer_not, Words("寄给买家的运费不由{0}承担", "{0} does not pay the way to the buyer")),
        ):
            if payer is not None:
                found.append(fill(text, _PARTIES[payer]))
        return tuple(found)

    def because(self, text: Words) -> Words:
        """Return a reason with the numbers of parameters filled in, and what a case fills in by name in brackets."""
        return Words(
            safe(filled(text.zh, lambda name: self._filled(name).zh)),
            safe(filled(text.en, lambda name: self._filled(name).en)),
        )

    def _filled(self, name: str) -> Words:
        if name in self.policy.parameters:
            item = self.policy.parameters[name]
            return self.amount(item.on(self.day).value, item.kind)
        name_of = self.name(name)
        return Words(f"［{name_of.zh}］", f"[{name_of.en.removeprefix('the ')}]")


def flat(clause: Clause) -> Words:
    """Return a clause as one text, with brackets where parts would run together."""
    if clause.joint == "leaf":
        return clause.text
    parts = [_bracketed(flat(part), needed=part.joint in ("all", "any")) for part in clause.parts]
    joined = _strung(parts, clause.joint)
    if clause.joint in ("not_all", "none"):
        return fill(Words("并非（{0}）", "not ({0})"), joined)
    return joined


def opening(words: Words) -> Words:
    """Return a text as it opens a paragraph: in English with a capital."""
    return Words(words.zh, words.en[:1].upper() + words.en[1:])


def _strung(parts: Sequence[Words], joint: Joint) -> Words:
    zh, en = ("，且", ", and ") if joint in ("all", "not_all") else ("，或", ", or ")
    return Words(zh.join(part.zh for part in parts), en.join(part.en for part in parts))


def _key(question: str, key: str) -> Words:
    if question == "offer.steps":
        return Words(f"第 {key} 次", f"step {key}")
    return each(lambda language: word(_KEYS.get(question, "part"), key, language))


def _shown(words: Words) -> Words:
    return Words(safe(words.zh), safe(words.en))


def _the(title: Words) -> Words:
    shown_title = _shown(title)
    has_article = shown_title.en.lower().startswith(_ARTICLES)
    return shown_title if has_article else Words(shown_title.zh, f"the {shown_title.en}")


def _bracketed(text: Words, *, needed: bool) -> Words:
    return fill(Words("（{0}）", "({0})"), text) if needed else text
