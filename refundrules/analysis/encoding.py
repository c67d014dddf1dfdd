"""The space of all cases of a policy: what its comparisons tell apart, as variables of decision diagrams.

A fact compared with constants is one variable, whose values are its words or the intervals between
thresholds. A comparison of several facts with each other is a variable of its own, true or false;
which of them can be true together is a matter of arithmetic, learnt where it is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from refundrules.analysis.mdd import EVERY, NONE, Cube, Diagrams
from refundrules.analysis.relations import Relation, as_constraint, linear, minus
from refundrules.case.facts import FACTS, PROMOTION, Fact, largest
from refundrules.engine.ruleset import GIVEN, Ruleset
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Apply, Formula, Number
from refundrules.expr.walk import all_leaves, fold, leaves, reads
from refundrules.money.settings import MoneySettings
from refundrules.policy.questions import BY_ID, SLOTS

LEFT = "order.left"
"""What is left of the order's money: captured less refunded. No rule reads it, but no refund is above it."""
ALWAYS_CUT = frozenset({"days", "money", "count"})
"""Kinds of numbers of which 0 is told from the rest, since other facts can force it."""

Interval = tuple[int, int]


class Answers(Protocol):
    """What conditions read beside facts."""

    def answers(self, name: str) -> Mapping[bool | str, int]:
        """Return, for each value of an answer, the cases in which it is that."""

    def compared(self, leaf: cn.Compare) -> int | None:
        """Return the cases in which a comparison with an amount that was worked out holds; None: not worked out."""


class EncodedChoice(NamedTuple):
    """A fact that is one of some values."""

    name: str
    values: tuple[bool | str, ...]


class Numbers(NamedTuple):
    """A fact that is in one of some intervals."""

    name: str
    intervals: tuple[Interval, ...]


class Test(NamedTuple):
    """A relation between facts: false, true."""

    relation: Relation


class Flag(NamedTuple):
    """Something that is so or not: false, true."""

    name: str


Variable = EncodedChoice | Numbers | Test | Flag


def with_numbers(formula: Formula, ruleset: Ruleset) -> Formula:
    """Return the formula with definitions and parameters written out: facts and numbers are left."""
    settled = _settled(ruleset.policy.money)

    def walk(part: Formula) -> Formula:
        if isinstance(part, fm.Ref):
            if part.name in settled:
                return settled[part.name]
            return Number(ruleset.scaled[part.name]) if part.name in ruleset.scaled else part
        return Apply(part.what, tuple(map(walk, part.args))) if isinstance(part, Apply) else part

    return walk(fm.expanded(formula, ruleset.defined))


def _settled(money: MoneySettings) -> dict[str, Formula]:
    """Return the facts that a policy's money settings fix, and what they are: a fee that is off is nothing."""
    nothing, found = Number(Fraction(0)), dict[str, Formula]()
    off = {
        "claim.restocking_fee": money.restocking is None, "claim.condition_deduction": not money.conditions,
        "claim.use_deduction": money.use is None, "claim.handling_fee": not money.handling,
        "claim.shipping_refund": money.shipping == "none", PROMOTION: money.broken_promotion == "keep",
    }  # fmt: skip
    found |= {name: nothing for name, is_off in off.items() if is_off}
    if money.shipping == "share":
        found["claim.shipping_refund"] = fm.Ref("claim.shipping_share")
    if money.exchange_credit == "paid":
        found["claim.exchange_credit"] = fm.Ref("claim.paid")
    return found


def relation_of(leaf: cn.Compare, ruleset: Ruleset) -> Relation:
    """Return a comparison as a relation to zero."""
    left, right = with_numbers(fm.Ref(leaf.name), ruleset), with_numbers(leaf.right, ruleset)
    above = leaf.operator in ("above", "at_least")
    return Relation(minus(left, right) if above else minus(right, left), leaf.operator in ("above", "below"))


class FreeAnswers:
    """Answers that may be anything."""

    def __init__(self, space: Space) -> None:
        self.space = space

    def answers(self, name: str) -> Mapping[bool | str, int]:
        """Return a variable of its own for each answer."""
        return self.space.free_answer(name)

    def compared(self, leaf: cn.Compare) -> int | None:
        """Return None: amounts may be anything too."""
        return None


class Space:
    """The variables, and conditions as sets of cases."""

    def __init__(self, rulesets: Sequence[Ruleset], more: Iterable[Condition] = ()) -> None:
        self.diagrams = Diagrams()
        self.variables: list[Variable] = []
        self.facts: dict[str, Fact] = {}
        for ruleset in rulesets:
            for fact in ruleset.facts:
                self.facts.setdefault(fact.name, fact)
        self._at: dict[str, int] = {}
        self._tests: dict[object, int] = {}
        self._flags: dict[str, int] = {}
        self.solved: dict[object, tuple[dict[Cube, tuple[bool, dict[str, int] | None]], dict[Any, bool]]] = {}
        """What arithmetic said of combinations of comparisons, by what bears on all of them; `analysis.model_search` keeps it here."""
        self._held: dict[Relation, int] = {}
        self._definitions: dict[tuple[str, int], int] = {}
        self._rulesets = rulesets
        """Kept alive: the definitions above are known by the identity of theirs."""
        self._cut(rulesets, tuple(more))

    # -- variables ----------------------------------------------------------------------------

    def _cut(self, rulesets: Sequence[Ruleset], more: Sequence[Condition]) -> None:
        read: set[str] = {GIVEN, "order.status", "claim.declined_offers"}
        cuts: dict[str, set[int]] = {}
        for ruleset in rulesets:
            for leaf in _every_leaf(ruleset, more):
                read |= ruleset.spelled_out(reads(leaf))
                if isinstance(leaf, cn.Compare) and not set(reads(leaf)) & set(SLOTS):
                    for name, at in _cuts(relation_of(leaf, ruleset)):
                        cuts.setdefault(name, set()).add(at)
            amounts = [answer.value for rule in ruleset.rules for answer in rule.then]
            floors = [item.must.refund_at_least for item in ruleset.guarantees]
            read |= ruleset.spelled_out(reads(*amounts, *floors))
            steps = {answer.key for rule in ruleset.rules for answer in rule.then if answer.question == "offer.steps"}
            cuts.setdefault("claim.declined_offers", set()).update(range(1, len(steps) + 1))
        self.read = frozenset(read & set(self.facts))
        """The facts that something reads."""
        order = {GIVEN: -2, "order.status": -1, **{fact.name: at for at, fact in enumerate(FACTS)}}
        for name in sorted(self.read, key=lambda name: (order.get(name, len(order)), name)):
            self._declare(self.facts[name], cuts.get(name, set()))

    def _declare(self, fact: Fact, cuts: set[int]) -> None:
        if fact.kind == "bool":
            self._new(fact.name, EncodedChoice(fact.name, (False, True)), 2)
        elif fact.kind == "enum":
            self._new(fact.name, EncodedChoice(fact.name, fact.values), len(fact.values))
        else:
            most = largest(fact)
            lows = sorted({0} | {cut for cut in cuts | ({1} if fact.kind in ALWAYS_CUT else set()) if 0 < cut <= most})
            ends = [*(low - 1 for low in lows[1:]), most]
            self._new(fact.name, Numbers(fact.name, tuple(zip(lows, ends, strict=True))), len(lows))

    def _new(self, name: str, variable: Variable, size: int) -> None:
        self._at[name] = self.diagrams.add(size)
        self.variables.append(variable)

    def variable_of(self, name: str) -> int | None:
        """Return the variable of a fact; None when nothing compares it."""
        return self._at.get(name)

    def flag(self, name: str) -> int:
        """Return the cases in which something not worked out any further is so."""
        at = self._flags.get(name)
        if at is None:
            at = self._flags[name] = self.diagrams.add(2)
            self.variables.append(Flag(name))
        return self.diagrams.among(at, (1,))

    def free_answer(self, name: str) -> Mapping[bool | str, int]:
        """Return an answer as if any rule could give any answer: a variable of its own, for what a rule says by itself."""
        question = BY_ID.get(name)
        values: tuple[bool | str, ...] = (
            (True, False) if question is None or question.kind == "bool" else question.values
        )
        key = f"answer {name}"
        if key not in self._at:
            self._new(key, EncodedChoice(key, (*values, "nothing")), len(values) + 1)
        return {value: self.diagrams.among(self._at[key], (at,)) for at, value in enumerate(values)}

    def values(self, name: str, values: Iterable[object]) -> int:
        """Return the cases in which a fact is one of the words."""
        at = self._at[name]
        variable = self.variables[at]
        assert isinstance(variable, EncodedChoice)
        wanted = set(values)
        return self.diagrams.among(at, [i for i, value in enumerate(variable.values) if value in wanted])

    def between(self, name: str, low: int, high: int) -> int | None:
        """Return the cases in which a number is within bounds; None when its intervals do not tell."""
        at = self._at.get(name)
        if at is None:
            return None
        variable = self.variables[at]
        assert isinstance(variable, Numbers)
        inside = [i for i, (a, b) in enumerate(variable.intervals) if a >= low and b <= high]
        cut = any(a < low <= b or a <= high < b for a, b in variable.intervals)
        return None if cut else self.diagrams.among(at, inside)

    def holds(self, relation: Relation) -> int:
        """Return the cases in which a relation between facts holds."""
        found = self._held.get(relation)
        if found is None:
            found = self._held[relation] = self._holds(relation)
        return found

    def _holds(self, relation: Relation) -> int:
        line = linear(relation.formula)
        if line is not None:
            constraint = as_constraint(line, strict=relation.strict)
            if isinstance(constraint, bool):
                return EVERY if constraint else NONE
            if len(constraint.terms) == 1:
                ((name, factor),) = constraint.terms
                low, high = _solution(factor, constraint.constant)
                found = self.between(name, low, high)
                if found is not None:
                    return found
            if constraint.terms[0][1] < 0:
                return self.diagrams.negate(self.holds(relation.denied()))
            return self._test(constraint, relation)
        assert isinstance(relation.formula, Apply)
        left, right = (fm.to_text(arg) for arg in relation.formula.args) if relation.formula.what == "-" else ("", "")
        if left > right:
            one, other = relation.formula.args
            return self.diagrams.negate(self.holds(Relation(minus(other, one), not relation.strict)))
        return self._test((fm.to_text(relation.formula), relation.strict), relation)

    def _test(self, key: object, relation: Relation) -> int:
        at = self._tests.get(key)
        if at is None:
            at = self._tests[key] = self.diagrams.add(2)
            self.variables.append(Test(relation))
        return self.diagrams.among(at, (1,))

    # -- conditions ---------------------------------------------------------------------------

    def condition(self, condition: Condition, ruleset: Ruleset, answers: Answers) -> int:
        """Return the cases in which a condition holds, every fact having some value."""
        asked = {leaf.name for leaf in leaves(condition) if isinstance(leaf, cn.Known)}
        return self._walk(condition, ruleset, answers, asked, sure=True)

    def _walk(self, condition: Condition, ruleset: Ruleset, answers: Answers, asked: set[str], *, sure: bool) -> int:
        d = self.diagrams
        return fold(
            condition,
            lambda leaf, positive: self._compared(leaf, ruleset, answers, asked, sure=positive),
            lambda kind, parts: d.all_of(parts) if kind is cn.All else d.any_of(parts),
            d.negate,
            positive=sure,
        )

    def _compared(self, leaf: cn.Leaf, ruleset: Ruleset, answers: Answers, asked: set[str], *, sure: bool) -> int:
        d = self.diagrams
        if isinstance(leaf, cn.Known):
            return self.flag(f"known {leaf.name}")
        body = ruleset.defined(leaf.name) if isinstance(leaf, cn.Is) else None
        if isinstance(leaf, cn.Is) and isinstance(body, cn.Condition):
            yes = self._named(leaf.name, body, ruleset, answers, asked, sure=sure)
            no = d.negate(self._named(leaf.name, body, ruleset, answers, asked, sure=not sure))
            return d.any_of(cases for value, cases in ((True, yes), (False, no)) if value in leaf.values)
        found = self.leaf(leaf, ruleset, answers)
        # A rule that asks whether a fact is known does not hold by a comparison with it while it is not.
        for name in asked & ruleset.spelled_out(reads(leaf)):
            known = self.flag(f"known {name}")
            found = d.conj(found, known) if sure else d.disj(found, d.negate(known))
        return found

    def _named(
        self, name: str, body: Condition, ruleset: Ruleset, answers: Answers, asked: set[str], *, sure: bool
    ) -> int:
        """Return the cases in which a named condition holds; kept, since it reads facts alone and many rules read it."""
        if asked:
            return self._walk(body, ruleset, answers, asked, sure=sure)
        key = (name, id(ruleset))
        if key not in self._definitions:
            self._definitions[key] = self._walk(body, ruleset, answers, asked, sure=sure)
        return self._definitions[key]

    def leaf(self, leaf: cn.Is | cn.Compare, ruleset: Ruleset, answers: Answers) -> int:
        """Return the cases in which one comparison holds, of facts, amounts or an answer."""
        if isinstance(leaf, cn.Compare):
            if set(ruleset.spelled_out(reads(leaf))) & set(SLOTS):
                found = answers.compared(leaf)
                if found is not None:
                    return found
                return self.flag(f"{leaf.name} {leaf.operator} {fm.to_text(with_numbers(leaf.right, ruleset))}")
            return self.holds(relation_of(leaf, ruleset))
        if leaf.name in SLOTS:
            by_value = answers.answers(leaf.name)
            return self.diagrams.any_of(by_value.get(value, NONE) for value in leaf.values)
        return self.values(leaf.name, leaf.values)


def _every_leaf(ruleset: Ruleset, more: Iterable[Condition]) -> Iterator[cn.Leaf]:
    policy = ruleset.policy
    conditions = [rule.when for rule in ruleset.rules] + [item.when for item in ruleset.guarantees]
    conditions += [item.assume for item in policy.assumptions]
    bodies = (item.body for item in policy.definitions.values())
    conditions += [body for body in bodies if not isinstance(body, fm.Formula)]
    for condition in [*conditions, *more]:
        yield from all_leaves(condition, ruleset.defined)


def _cuts(relation: Relation) -> Iterator[tuple[str, int]]:
    """Yield the first number of the upper interval, where a relation of one fact changes."""
    line = linear(relation.formula)
    constraint = None if line is None else as_constraint(line, strict=relation.strict)
    if constraint is None or isinstance(constraint, bool) or len(constraint.terms) != 1:
        return
    ((name, factor),) = constraint.terms
    low, high = _solution(factor, constraint.constant)
    yield name, low if factor > 0 else high + 1


def _solution(factor: int, constant: int) -> Interval:
    """Return the bounds of `factor × x + constant ≥ 0`."""
    huge = 10**18
    return (-(constant // factor), huge) if factor > 0 else (-huge, constant // -factor)
