"""A policy as it is in force for one case, compiled once and kept.

A `Ruleset` is the policy at a jurisdiction and at the dates that choose parameters and rules.
A `Plan` is the ruleset specialised for one claim reason: the rules that can matter for it, as
plain Python functions generated from the same conditions and formulas that everything else
reads. Generated text holds only indices, numbers and quoted vocabulary words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from refundrules.case.axioms import AXIOMS
from refundrules.case.derive import CM_SCALE
from refundrules.case.facts import JOINED, OUTBOUND_COST, THRESHOLD, Fact
from refundrules.engine import cache_keys as likeness
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.compile import formula_code, function, may_code, must_code, selection
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Formula
from refundrules.expr.walk import all_leaves, closure, reads, transform
from refundrules.money.currency import exponent, to_minor
from refundrules.policy.model import Policy
from refundrules.policy.parts import DatedValue, Deadline, Guarantee, Rule, within
from refundrules.policy.questions import POSITION, QUESTIONS, SLOTS
from refundrules.policy.templates import PLACEHOLDER


def rule_names(rule: Rule) -> set[str]:
    """Return the names that a rule's condition, amounts and text read."""
    read = reads(rule.when, *[answer.value for answer in rule.then])
    return {*read, *PLACEHOLDER.findall("".join(rule.because))}


def facts_only(condition: Condition) -> Condition:
    """Return what a condition asks of the facts alone: it may hold whenever the whole may."""

    def of_facts(leaf: cn.Leaf, positive: bool) -> Condition:
        if not SLOTS.keys().isdisjoint(reads(leaf)):
            return cn.ALWAYS if positive else cn.NEVER
        return leaf

    return transform(condition, of_facts)


FactValues = Sequence[Any]
Test = Callable[[FactValues, Sequence[Any], Sequence[bool]], bool]
Key = Callable[[FactValues, Sequence[bool]], tuple[Any, ...]]

_TESTED = "f, a, k"
"""What a test is called with: facts, answers, and which facts are known."""
GIVEN = "claim.reason"
"""The fact a plan is specialised for."""


class Amount:
    """A compiled formula: call it with the facts for minor units, or None while an operand is unknown."""

    __slots__ = ("compute", "needs", "text")

    def __init__(self, formula: Formula, ruleset: Ruleset) -> None:
        expanded = fm.expanded(formula, ruleset.defined)
        names = set(fm.names(expanded))
        self.text = fm.to_text(formula)
        self.needs = tuple(
            sorted(
                ruleset.index[name]
                for name in names
                if name in ruleset.index and ruleset.facts[ruleset.index[name]].optional
            )
        )
        num, den = formula_code(expanded, ruleset.code_of)
        guard = " or ".join(f"f[{index}] is None" for index in self.needs)
        whole = num if den == 1 else f"_half({num}, {den})"
        self.compute: Callable[[FactValues], int | None] = function(
            "f", f"None if {guard} else {whole}" if guard else whole
        )


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """One answer of one rule, ready for the resolver."""

    rule: int
    key: str | None
    value: Any
    amount: Amount | None
    silencers: tuple[int, ...]
    """Rules that override this one in this question."""


class CodeNames:
    """How names become text in generated code."""

    def __init__(self, ruleset: Ruleset, reason: str | None) -> None:
        self.ruleset, self.reason = ruleset, reason
        self.named: dict[tuple[str, bool], str] = {}

    def fact(self, name: str) -> tuple[str, bool] | None:
        at = self.ruleset.index.get(name)
        return None if at is None else (f"f[{at}]", self.ruleset.facts[at].optional)

    def answer(self, name: str) -> str | None:
        at = SLOTS.get(name)
        return None if at is None else f"a[{at}]"

    def known(self, name: str) -> str:
        return f"k[{self.ruleset.index[name]}]"

    def parameter(self, name: str) -> Fraction:
        return self.ruleset.scaled[name]

    def defined(self, name: str) -> Condition | Formula | None:
        return self.ruleset.defined(name)

    def fixed(self, name: str) -> bool | str | None:
        return self.reason if name == GIVEN else None


def silencers_of(rules: Sequence[Rule]) -> dict[tuple[int, str], tuple[int, ...]]:
    """Return, for a rule by its place and a question, the rules that override it there."""
    index = {rule.id: at for at, rule in enumerate(rules)}
    found: dict[tuple[int, str], list[int]] = {}
    for at, rule in enumerate(rules):
        for other in [other for other in rule.overrides if other in index]:
            for question in rule.questions & rules[index[other]].questions:
                found.setdefault((index[other], question), []).append(at)
    return {key: tuple(sorted(value)) for key, value in found.items()}


class Ruleset:
    """The policy in force for one jurisdiction and one pair of dates."""

    opened: Any = None
    """The same with every fact open, kept by `reach`."""

    def __init__(self, policy: Policy, jurisdiction: str, placed: date, opened: date) -> None:
        self.policy = policy
        self.facts: tuple[Fact, ...] = tuple(policy.vocabulary.values())
        self.index: dict[str, int] = {fact.name: at for at, fact in enumerate(self.facts)}
        self.dates = {"order_placed": placed, "claim_opened": opened}
        self.values: dict[str, DatedValue] = {
            name: parameter.on(self.dates[parameter.by]) for name, parameter in policy.parameters.items()
        }
        self.scaled = {
            name: self.scale(policy.parameters[name].kind, value.value) for name, value in self.values.items()
        }

        def active(item: Rule | Guarantee) -> bool:
            held = not item.jurisdictions or within(jurisdiction, item.jurisdictions)
            return held and item.in_force.on(placed, opened)

        self.rules = tuple(rule for rule in policy.rules if active(rule))
        self.rule_index = {rule.id: at for at, rule in enumerate(self.rules)}
        self.guarantees = tuple(item for item in policy.guarantees if active(item))
        self.bodies: dict[str, Condition | Formula] = {key: item.body for key, item in policy.definitions.items()}
        self.plans: dict[str, Plan] = {}
        self._plain: dict[int, bool] = {}
        self._names_read: dict[int, tuple[Rule | Guarantee, frozenset[str]]] = {}
        self._on_facts: dict[int, Condition] = {}
        self._amounts: dict[Formula, Amount] = {}
        self.silencers = silencers_of(self.rules)
        self.joined = tuple([self.index[name] for name in JOINED])
        """What the claims of an order come to together: `JOINED`."""
        self.waiver = to_minor(policy.money.waiver, exponent(policy.currency))

    def scale(self, kind: str, value: Fraction) -> Fraction:
        """Return a parameter's number in the integers of the facts."""
        if kind == "money":
            return Fraction(10) ** exponent(self.policy.currency) * value
        return value * CM_SCALE if kind == "cm" else value

    def defined(self, name: str) -> Condition | Formula | None:
        """Return what a definition stands for."""
        return self.bodies.get(name)

    def code_of(self, name: str) -> str | Fraction:
        """Return the text that reads a fact, or a parameter's value."""
        at = self.index.get(name)
        return self.scaled[name] if at is None else f"f[{at}]"

    def is_plain(self, at: int) -> bool:
        """Return whether what a trace says of a rule follows from truths alone: it shows no number of the case."""
        known = self._plain.get(at)
        if known is None:
            rule = self.rules[at]
            numbers = any(isinstance(leaf, cn.Compare) for leaf in all_leaves(rule.when, self.defined))
            known = self._plain[at] = not numbers and "{" not in "".join(rule.because)
        return known

    def on_facts(self, at: int) -> Condition:
        """Return what a rule asks of the facts alone; kept for every plan."""
        found = self._on_facts.get(at)
        if found is None:
            found = self._on_facts[at] = facts_only(self.rules[at].when)
        return found

    def amount(self, formula: Formula) -> Amount:
        """Return a formula compiled; kept for every plan."""
        found = self._amounts.get(formula)
        if found is None:
            found = self._amounts[formula] = Amount(formula, self)
        return found

    def plan(self, reason: str) -> Plan:
        """Return the ruleset specialised for a claim's reason."""
        plan = self.plans.get(reason)
        if plan is None:
            plan = self.plans[reason] = Plan(self, reason)
        return plan

    def spelled_out(self, names: Iterable[str]) -> set[str]:
        """Return the names and every name their definitions read."""
        return closure(names, self.defined)

    def names_read(self, of: Rule | Guarantee) -> frozenset[str]:
        """Return the names a rule's condition and answers, or a guarantee's condition, read, definitions written out."""
        kept = self._names_read.get(id(of))
        if kept is None:
            answers = [answer.value for answer in of.then] if isinstance(of, Rule) else []
            # Kept with what it is of, so that the place of another object in memory is never taken for its.
            kept = self._names_read[id(of)] = of, frozenset(self.spelled_out(reads(of.when, *answers)))
        return kept[1]

    def reads(self, condition: Condition) -> frozenset[int]:
        """Return the positions of the optional facts a condition reads, definitions written out."""
        found = [self.index[name] for name in self.spelled_out(reads(condition)) if name in self.index]
        return frozenset([at for at in found if self.facts[at].optional])


class Plan:
    """A ruleset for one reason: candidate test, truth of each rule, and who answers what."""

    def __init__(self, ruleset: Ruleset, reason: str) -> None:
        self.ruleset, self.reason, self.names = ruleset, reason, CodeNames(ruleset, reason)
        self.declined_at = ruleset.index["claim.declined_offers"]
        self._compile()
        self.reads: dict[int, frozenset[int]] = {at: ruleset.reads(ruleset.rules[at].when) for at in self.relevant}
        self.answers: dict[int, tuple[tuple[int, RuleAnswer], ...]] = {at: self.spoken_by(at) for at in self.relevant}
        self.skeletons: dict[tuple[Any, ...], Any] = {}
        self.outlines: dict[tuple[Any, ...], Any] = {}
        """Resolutions kept by `engine.cache`, for cases that are alike and for those alike in outline."""
        self.turning: dict[int, Any] = {}
        """Where outcomes turn on a number, kept by `engine.breakpoints`."""
        self._layouts: dict[tuple[int, ...], tuple[tuple[RuleAnswer, ...], ...]] = {}
        self.hang_on_reads()
        self.key = self._key()
        self.needed = self._needed()
        self.derivers = tuple((at, ruleset.facts[at].derive) for at in sorted(self.needed))
        self.floors = tuple(self.floor(item) for item in ruleset.guarantees)
        self.assumptions: tuple[Test, ...] = tuple(map(self.test, self._always_so()))

    def hang_on_reads(self) -> None:
        """Work out what follows from the facts that its rules and amounts read."""
        ruleset = self.ruleset
        self._asks = {at: found for at in self.relevant if (found := _awaited(ruleset, ruleset.rules[at].when))}
        read_ahead = frozenset().union(
            *self.reads.values(), *(s.amount.needs for ss in self.answers.values() for _, s in ss if s.amount)
        )
        self.needs_aggregate = not read_ahead.isdisjoint(ruleset.joined)
        self.findings = tuple(at for at in sorted(read_ahead) if ruleset.facts[at].assumed is not None)
        """Findings known only after the return, which its rules read."""
        self.deadline_hours = {
            answer.value.within: int(ruleset.scaled[answer.value.within])
            for at in self.relevant
            for answer in ruleset.rules[at].then
            if isinstance(answer.value, Deadline)
        }

    def _compile(self) -> None:
        ruleset = self.ruleset
        names = self.names
        tests: list[tuple[int, str]] = []
        self.table: dict[int, tuple[Test, Test | None]] = {}
        self.relevant: list[int] = []
        for at, rule in enumerate(ruleset.rules):
            on_facts = may_code(ruleset.on_facts(at), names)
            if on_facts == "False":
                continue
            self.relevant.append(at)
            tests.append((at, on_facts))
            self.table[at] = self.tests(rule.when)
        self.match: Callable[[FactValues, Sequence[bool]], tuple[int, ...]] = selection(
            tests, f"<{ruleset.policy.id}: {self.reason}>"
        )

    def test(self, condition: Condition, *, sure: bool = False) -> Test:
        """Return a function that says whether a condition is not false, or with `sure` whether it is true."""
        return function(_TESTED, (must_code if sure else may_code)(condition, self.names))

    def tests(self, condition: Condition) -> tuple[Test, Test | None]:
        """Return functions that say whether a condition is true and whether it is not false; None for the same one."""
        must, may = must_code(condition, self.names), may_code(condition, self.names)
        return function(_TESTED, must), None if may == must else function(_TESTED, may)

    def floor(self, item: Guarantee) -> tuple[Guarantee, Test, Test, frozenset[int], Amount | None]:
        """Return a guarantee, whether it applies and may apply, the facts that decides on, and what it promises."""
        least = item.must.refund_at_least
        amount = None if least is None else self.ruleset.amount(least)
        must, may = self.test(item.when, sure=True), self.test(item.when)
        return item, must, may, self.ruleset.reads(item.when), amount

    def spoken_by(self, at: int) -> tuple[tuple[int, RuleAnswer], ...]:
        """Return the answers of a rule, each with its question's place."""
        ruleset, found = self.ruleset, []
        for answer in ruleset.rules[at].then:
            value = answer.value
            amount = ruleset.amount(value) if isinstance(value, fm.Formula) else None
            silencers = tuple(
                other for other in ruleset.silencers.get((at, answer.question), ()) if other in self.table
            )
            found.append((POSITION[answer.question], RuleAnswer(at, answer.key, value, amount, silencers)))
        return tuple(found)

    def _key(self) -> Key:
        """Return a function that gives the truth of everything the plan's rules and guarantees compare."""
        return self.telling_apart(likeness.comparisons, [item.when for item in self.ruleset.guarantees])

    @cached_property
    def outline(self) -> Key:
        """A function that gives the truth of what each rule asks of the facts; made when it is first read."""
        return self.telling_apart(likeness.outline, [])

    def telling_apart(self, apart: Callable[..., list[str]], more: list[Condition]) -> Key:
        """Return what tells cases apart by the relevant rules, more conditions, and what amounts need."""
        conditions = [self.ruleset.rules[at].when for at in self.relevant] + more
        needs = [
            at for spoken in self.answers.values() for _, item in spoken if item.amount for at in item.amount.needs
        ]
        return compile_key(apart(conditions, needs, self.names))

    def _needed(self) -> set[int]:
        """Return the facts that this plan's rules, amounts, texts and guarantees read."""
        ruleset = self.ruleset
        names: set[str] = {"claim.declined_offers", "claim.requested", "claim.paid", "claim.freight.advanced"}
        names |= {GIVEN, "claim.replacement_chosen", "claim.replacement_total", *JOINED}
        names |= {THRESHOLD, OUTBOUND_COST, "claim.exchange_credit"}
        for at in self.relevant:
            names |= rule_names(ruleset.rules[at])
        for item in ruleset.guarantees:
            names |= {*reads(item.when, item.must.refund_at_least)}
        for assumption in ruleset.policy.assumptions:
            names |= set(reads(assumption.assume))
        return {ruleset.index[name] for name in ruleset.spelled_out(names) if name in ruleset.index}

    def _always_so(self) -> Iterator[Condition]:
        """Yield what no completion may break: what the pack assumes, and what follows from how its facts are derived."""
        facts, index = self.ruleset.facts, self.ruleset.index
        yield from (item.assume for item in self.ruleset.policy.assumptions)
        for axiom in AXIOMS:
            places = {index[name] for name in axiom.facts}
            if not axiom.untaxed and places <= self.needed and any(facts[at].optional for at in places):
                yield axiom.holds

    def asks(self, at: int) -> tuple[int, ...]:
        """Return the facts whose being unknown a rule waits for."""
        return self._asks.get(at, ())

    def layout(self, candidates: tuple[int, ...]) -> tuple[tuple[RuleAnswer, ...], ...]:
        """Return, for each question, what the candidates answer; kept, since few candidate sets recur."""
        layout = self._layouts.get(candidates)
        if layout is None:
            if len(self._layouts) > 5000:
                self._layouts.clear()
            by_question: list[list[RuleAnswer]] = [[] for _ in QUESTIONS]
            here = frozenset(candidates)
            for at in candidates:
                for position, spoken in self.answers[at]:
                    kept = tuple(other for other in spoken.silencers if other in here)
                    by_question[position].append(
                        spoken
                        if kept == spoken.silencers
                        else RuleAnswer(at, spoken.key, spoken.value, spoken.amount, kept)
                    )
            layout = self._layouts[candidates] = tuple(tuple(spoken) for spoken in by_question)
        return layout


def compile_key(codes: Iterable[str]) -> Key:
    """Return a function of the facts, and whether each is known, that gives what some expressions come to."""
    return function("f, k", f"({''.join(code + ', ' for code in codes)})")


def _awaited(ruleset: Ruleset, condition: Condition) -> tuple[int, ...]:
    parts = condition.parts if isinstance(condition, cn.All) else (condition,)
    waits = [part.part for part in parts if isinstance(part, cn.Not)]
    return tuple(ruleset.index[part.name] for part in waits if isinstance(part, cn.Known))
