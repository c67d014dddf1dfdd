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
from functools import cached_property, lru_cache
from typing import Any

from refundrules.case.axioms import AXIOMS
from refundrules.case.derive import CM_SCALE
from refundrules.case.facts import JOINED, OUTBOUND_COST, THRESHOLD, Fact
from refundrules.engine import cache_keys as likeness
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Formula
from refundrules.money.currency import exponent, round_half_up, to_minor
from refundrules.policy.model import Policy
from refundrules.policy.parts import DatedValue, Deadline, Guarantee, Rule, within
from refundrules.policy.questions import POSITION, QUESTIONS, SLOTS
from refundrules.policy.templates import PLACEHOLDER


def rule_names(rule: Rule) -> set[str]:
    """Return the names that a rule's condition, amounts and text read."""
    names = {*cn.reads(rule.when), *PLACEHOLDER.findall(rule.because.zh + rule.because.en)}
    return names | {name for answer in rule.then for name in formula_names(answer.value)}


def formula_names(value: object) -> Iterable[str]:
    """Return the names that a formula reads; none of what is no formula."""
    return fm.names(value) if isinstance(value, fm.Number | fm.Ref | fm.Apply) else ()


def facts_only(condition: Condition, *, positive: bool = True) -> Condition:
    """Return what a condition asks of the facts alone: it may hold whenever the whole may."""
    if isinstance(condition, cn.All):
        return cn.All(tuple(facts_only(part, positive=positive) for part in condition.parts))
    if isinstance(condition, cn.Any):
        return cn.Any(tuple(facts_only(part, positive=positive) for part in condition.parts))
    if isinstance(condition, cn.Not):
        return cn.Not(facts_only(condition.part, positive=not positive))
    reads_answer = condition.name in SLOTS or (
        isinstance(condition, cn.Compare) and any(name in SLOTS for name in fm.names(condition.right))
    )
    if reads_answer:
        return cn.All(()) if positive else cn.Any(())
    return condition


FactValues = Sequence[Any]
Test = Callable[[FactValues, Sequence[Any], Sequence[bool]], bool]
Key = Callable[[FactValues, Sequence[bool]], tuple[Any, ...]]

GIVEN = "claim.reason"
"""The fact a plan is specialised for."""


@lru_cache(maxsize=8192)
def made(text: str) -> Callable[..., Any]:
    """Return a function of our own text; kept, since rules read the same in many plans, rulesets and policies."""
    found: Callable[..., Any] = eval(f"lambda {text}", {"fs": frozenset, "_half": round_half_up})  # noqa: S307
    return found


class Amount:
    """A compiled formula: call it with the facts for minor units, or None while an operand is unknown."""

    __slots__ = ("compute", "needs", "text")

    def __init__(self, formula: Formula, ruleset: Ruleset) -> None:
        expanded = cn.expanded(formula, ruleset.defined)
        names = set(fm.names(expanded))
        self.text = fm.to_text(formula)
        self.needs = tuple(
            sorted(
                ruleset.index[name]
                for name in names
                if name in ruleset.index and ruleset.facts[ruleset.index[name]].optional
            )
        )
        num, den = fm.compile_(expanded, ruleset.code_of)
        guard = " or ".join(f"f[{index}] is None" for index in self.needs)
        whole = num if den == 1 else f"_half({num}, {den})"
        self.compute: Callable[[FactValues], int | None] = made(
            f"f: None if {guard} else {whole}" if guard else f"f: {whole}"
        )


@dataclass(frozen=True, slots=True)
class Spoken:
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
        self._bodies: dict[str, Condition | Formula] = {key: item.body for key, item in policy.definitions.items()}
        self._plans: dict[str, Plan] = {}
        self._plain: dict[int, bool] = {}
        self._on_facts: dict[int, Condition] = {}
        self._amounts: dict[Formula, Amount] = {}
        self.silencers = self._silencers()
        self.joined = tuple([self.index[name] for name in JOINED])
        """What the claims of an order come to together: the facts of `Joined`."""
        self.waiver = to_minor(policy.money.waiver, exponent(policy.currency))

    def scale(self, kind: str, value: Fraction) -> Fraction:
        """Return a parameter's number in the integers of the facts."""
        if kind == "money":
            return Fraction(10) ** exponent(self.policy.currency) * value
        return value * CM_SCALE if kind == "cm" else value

    def defined(self, name: str) -> Condition | Formula | None:
        """Return what a definition stands for."""
        return self._bodies.get(name)

    def code_of(self, name: str) -> str | Fraction:
        """Return the text that reads a fact, or a parameter's value."""
        at = self.index.get(name)
        return self.scaled[name] if at is None else f"f[{at}]"

    def _silencers(self) -> dict[tuple[int, str], tuple[int, ...]]:
        found: dict[tuple[int, str], list[int]] = {}
        for at, rule in enumerate(self.rules):
            for other in rule.overrides:
                if other in self.rule_index:
                    silenced = self.rule_index[other]
                    for question in rule.questions & self.rules[silenced].questions:
                        found.setdefault((silenced, question), []).append(at)
        return {key: tuple(sorted(value)) for key, value in found.items()}

    def is_plain(self, at: int) -> bool:
        """Return whether what a trace says of a rule follows from truths alone: it shows no number of the case."""
        known = self._plain.get(at)
        if known is None:
            rule = self.rules[at]
            numbers = any(isinstance(leaf, cn.Compare) for leaf in cn.all_leaves(rule.when, self.defined))
            known = self._plain[at] = not numbers and "{" not in rule.because.zh + rule.because.en
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

    def plans(self) -> Iterable[Plan]:
        """Return the plans made so far."""
        return tuple(self._plans.values())

    def plan(self, reason: str) -> Plan:
        """Return the ruleset specialised for a claim's reason."""
        plan = self._plans.get(reason)
        if plan is None:
            plan = self._plans[reason] = Plan(self, reason)
        return plan

    def spelled_out(self, names: Iterable[str]) -> set[str]:
        """Return the names and every name their definitions read."""
        found, todo = set(), set(names)
        while todo:
            name = todo.pop()
            found.add(name)
            body = self._bodies.get(name)
            if body is not None:
                inner = fm.names(body) if isinstance(body, fm.Number | fm.Ref | fm.Apply) else cn.reads(body)
                todo |= set(inner) - found
        return found

    def reads(self, condition: Condition) -> frozenset[int]:
        """Return the positions of the optional facts a condition reads, definitions written out."""
        found: set[int] = set()
        for name in cn.reads(condition):
            found |= self._reads_name(name)
        return frozenset(found)

    def _reads_name(self, name: str) -> frozenset[int]:
        at = self.index.get(name)
        if at is not None:
            return frozenset({at}) if self.facts[at].optional else frozenset()
        body = self._bodies.get(name)
        if body is None:
            return frozenset()
        if isinstance(body, fm.Number | fm.Ref | fm.Apply):
            return frozenset().union(*(self._reads_name(inner) for inner in fm.names(body)))
        return self.reads(body)


class Plan:
    """A ruleset for one reason: candidate test, truth of each rule, and who answers what."""

    def __init__(self, ruleset: Ruleset, reason: str) -> None:
        self.ruleset, self.reason, self.names = ruleset, reason, CodeNames(ruleset, reason)
        self.declined_at = ruleset.index["claim.declined_offers"]
        self._compile()
        self.reads: dict[int, frozenset[int]] = {at: ruleset.reads(ruleset.rules[at].when) for at in self.relevant}
        self.answers: dict[int, tuple[tuple[int, Spoken], ...]] = {at: self._spoken(at) for at in self.relevant}
        self.skeletons: dict[tuple[Any, ...], Any] = {}
        self.outlines: dict[tuple[Any, ...], Any] = {}
        """Resolutions kept by `skeleton`, for cases that are alike and for those alike in outline."""
        self.turning: dict[int, Any] = {}
        """Where outcomes turn on a number, kept by `turning`."""
        self._layouts: dict[tuple[int, ...], tuple[tuple[Spoken, ...], ...]] = {}
        self.hang_on_reads()
        self.key = self._key()
        self.needed = self._needed()
        self.derivers = tuple((at, ruleset.facts[at].derive) for at in sorted(self.needed))
        self.floors = tuple(self._floor(item) for item in ruleset.guarantees)
        self.assumptions: tuple[Test, ...] = tuple(map(self._test, self._always_so()))

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
        lines = ["def match(f, k):", "    c = []"]
        self.table: dict[int, tuple[Test, Test | None]] = {}
        self.relevant: list[int] = []
        for at, rule in enumerate(ruleset.rules):
            on_facts = cn.may_code(ruleset.on_facts(at), names)
            if on_facts == "False":
                continue
            self.relevant.append(at)
            lines.append(f"    if {on_facts}: c.append({at})" if on_facts != "True" else f"    c.append({at})")
            must, may = cn.must_code(rule.when, names), cn.may_code(rule.when, names)
            self.table[at] = made(f"f, a, k: {must}"), None if may == must else made(f"f, a, k: {may}")
        source = "\n".join([*lines, "    return tuple(c)"])
        space: dict[str, Any] = {"fs": frozenset}
        exec(compile(source, f"<{ruleset.policy.id}: {self.reason}>", "exec"), space)  # noqa: S102 (our own text)
        self.match: Callable[[FactValues, Sequence[bool]], tuple[int, ...]] = space["match"]

    def _test(self, condition: Condition, *, sure: bool = False) -> Test:
        code = (cn.must_code if sure else cn.may_code)(condition, self.names)
        return made(f"f, a, k: {code}")

    def _floor(self, item: Guarantee) -> tuple[Guarantee, Test, Test, frozenset[int], Amount | None]:
        least = item.must.refund_at_least
        amount = None if least is None else self.ruleset.amount(least)
        must, may = self._test(item.when, sure=True), self._test(item.when)
        return item, must, may, self.ruleset.reads(item.when), amount

    def _spoken(self, at: int) -> tuple[tuple[int, Spoken], ...]:
        ruleset, found = self.ruleset, []
        for answer in ruleset.rules[at].then:
            value = answer.value
            amount = ruleset.amount(value) if isinstance(value, fm.Number | fm.Ref | fm.Apply) else None
            silencers = tuple(
                other for other in ruleset.silencers.get((at, answer.question), ()) if other in self.table
            )
            found.append((POSITION[answer.question], Spoken(at, answer.key, value, amount, silencers)))
        return tuple(found)

    def _key(self) -> Key:
        """Return a function that gives the truth of everything the plan's rules and guarantees compare."""
        return self._telling(likeness.comparisons, [item.when for item in self.ruleset.guarantees])

    @cached_property
    def outline(self) -> Key:
        """A function that gives the truth of what each rule asks of the facts; made when it is first read."""
        return self._telling(likeness.outline, [])

    def _telling(self, apart: Callable[..., list[str]], more: list[Condition]) -> Key:
        conditions = [self.ruleset.rules[at].when for at in self.relevant] + more
        needs = [
            at for spoken in self.answers.values() for _, item in spoken if item.amount for at in item.amount.needs
        ]
        return telling(apart(conditions, needs, self.names))

    def _needed(self) -> set[int]:
        """Return the facts that this plan's rules, amounts, texts and guarantees read."""
        ruleset = self.ruleset
        names: set[str] = {"claim.declined_offers", "claim.requested", "claim.paid", "claim.freight.advanced"}
        names |= {GIVEN, "claim.replacement_chosen", "claim.replacement_total", *JOINED}
        names |= {THRESHOLD, OUTBOUND_COST, "claim.exchange_credit"}
        for at in self.relevant:
            names |= rule_names(ruleset.rules[at])
        for item in ruleset.guarantees:
            names |= {*cn.reads(item.when), *formula_names(item.must.refund_at_least)}
        for assumption in ruleset.policy.assumptions:
            names |= set(cn.reads(assumption.assume))
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

    def layout(self, candidates: tuple[int, ...]) -> tuple[tuple[Spoken, ...], ...]:
        """Return, for each question, what the candidates answer; kept, since few candidate sets recur."""
        layout = self._layouts.get(candidates)
        if layout is None:
            if len(self._layouts) > 5000:
                self._layouts.clear()
            by_question: list[list[Spoken]] = [[] for _ in QUESTIONS]
            here = frozenset(candidates)
            for at in candidates:
                for position, spoken in self.answers[at]:
                    kept = tuple(other for other in spoken.silencers if other in here)
                    by_question[position].append(
                        spoken
                        if kept == spoken.silencers
                        else Spoken(at, spoken.key, spoken.value, spoken.amount, kept)
                    )
            layout = self._layouts[candidates] = tuple(tuple(spoken) for spoken in by_question)
        return layout


def telling(codes: Iterable[str]) -> Key:
    """Return a function of the facts, and whether each is known, that gives what some expressions come to."""
    return made(f"f, k: ({''.join(code + ', ' for code in codes)})")


def _awaited(ruleset: Ruleset, condition: Condition) -> tuple[int, ...]:
    parts = condition.parts if isinstance(condition, cn.All) else (condition,)
    waits = [part.part for part in parts if isinstance(part, cn.Not)]
    return tuple(ruleset.index[part.name] for part in waits if isinstance(part, cn.Known))
