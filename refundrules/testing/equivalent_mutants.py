"""Telling that no case can tell a mutant from its policy: the same answers in every class of facts.

The facts that matter are split into the classes a policy tells apart, as `engine.completion` does for an open case,
only here every fact is open at first. A branch ends as soon as what differs can make no difference there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from refundrules.case.facts import largest
from refundrules.engine.breakpoints import breakpoints_of
from refundrules.engine.completion import Completion, at_value
from refundrules.engine.evaluate import Evaluator
from refundrules.engine.limits import Limits
from refundrules.engine.order_effects import OrderEffects
from refundrules.engine.result import UNSETTLED, ClaimResult
from refundrules.engine.ruleset import GIVEN, CodeNames, Plan, Ruleset, facts_only, silencers_of
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.compile import may_code
from refundrules.expr.walk import closure, leaves, reads
from refundrules.policy.model import Policy
from refundrules.policy.parts import Guarantee, Rule
from refundrules.policy.questions import BY_ID, POSITION, QUESTIONS, SLOTS, Question
from refundrules.testing.mutants import Mutant
from refundrules.testing.patching import PatchedRuleset, touched_by

BOUND = 4000
"""At most so many looks for one mutant; past it nothing is said."""
_OUTCOME, _REFERRAL = POSITION["outcome"], POSITION["referral"]
_OPEN, _TOTAL, _MOST = SLOTS["offer.open"], SLOTS["refund_total"], SLOTS["most"]
_ANY_DAY = date(2026, 1, 1).toordinal()
_NO_LIMITS = Limits(10**15, 10**15)


class Distinguished(Exception):  # noqa: N818 (not an error: how a search ends)
    """A class of facts in which the mutant may be told from the policy, or too many classes to look at."""


class _OpenRuleset(Ruleset):
    """A ruleset in which every fact may be unknown."""

    def __init__(self, of: Ruleset, policy: Policy) -> None:
        super().__init__(policy, policy.jurisdictions[0], of.dates["order_placed"], of.dates["claim_opened"])
        keep = [rule for rule in policy.rules if rule.id in of.rule_index]
        self.rules = tuple(keep)
        self.rule_index = {rule.id: at for at, rule in enumerate(keep)}
        self.guarantees = ()
        self.facts = tuple(fact._replace(optional=fact.name != GIVEN) for fact in self.facts)
        self.silencers = silencers_of(self.rules)


class _OpenEvaluator(Evaluator):
    """Resolves what does not hang on amounts; amounts, and what hangs on them, stay open."""

    def _offer(self) -> None:
        steps = POSITION["offer.steps"]
        sure = not self.result.collected.get(steps) and steps not in self.result.open_questions
        self.result.answers[_OPEN] = False if sure else frozenset({True, False})

    def _money(self) -> None:
        self.result.total = UNSETTLED

    def _refer(self, spoken: Any, most_of: Any) -> None:
        self.result.answers[_TOTAL] = self.result.answers[_MOST] = None
        self.result.answers[_REFERRAL] = self.one_answer(_REFERRAL, spoken)

    def _join_claims(self) -> None:
        return


class _Classes(Completion):
    """The classes of values of each fact, while every other may be anything."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.points, self.candidates = plan, {}, frozenset(plan.relevant)
        self._start: list[Any] = [None] * len(plan.ruleset.facts)
        self._classes: dict[int, tuple[Any, ...]] = {}

    def _comparisons(self, fact: int) -> Iterator[Callable[[int], bool]]:
        facts = self.plan.ruleset.facts
        for test, needs, *_ in breakpoints_of(self.plan, fact):
            others = [at for at in needs if at != fact]
            for ends in product((False, True), repeat=min(len(others), 4)):
                values: list[Any] = [0] * len(facts)
                for at, high in zip(others, ends, strict=False):
                    values[at] = largest(facts[at]) if high else 0
                yield at_value(test, values, fact)


class _Variant(NamedTuple):
    """A policy for one reason, with every fact open."""

    plan: Plan
    classes: _Classes

    def resolved(self, facts: list[Any], known: Sequence[bool]) -> ClaimResult:
        candidates = tuple(self.plan.relevant)
        return _OpenEvaluator(self.plan, facts, known, candidates, _together, lambda result: None, _NO_LIMITS).run()


def _together(counts: bool, facts: Sequence[Any]) -> OrderEffects:
    return OrderEffects(None, None, None)


def rulesets_of(policy: Policy) -> list[Ruleset]:
    """Return every set of rules and values that is in force somewhere at some time, each once."""
    items: list[Rule | Guarantee] = [*policy.rules, *policy.guarantees]
    places = {place for item in items for place in item.jurisdictions}
    inside = [*policy.jurisdictions, *sorted(place for place in places if policy.covers(place))]
    days = [
        [cut - step for cut in policy.change_days(by) for step in (1, 0)] or [_ANY_DAY]
        for by in ("order_placed", "claim_opened")
    ]
    found: dict[tuple[Any, ...], Ruleset] = {}
    for place, placed, opened in product(dict.fromkeys(inside), *days):
        ruleset = Ruleset(policy, place, date.fromordinal(placed), date.fromordinal(opened))
        found.setdefault((tuple(ruleset.rule_index), tuple(ruleset.scaled.values())), ruleset)
    return list(found.values())


class Prover:
    """Tells mutants that no case can tell from the policy; what a policy compiles to is kept."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._open = [_OpenRuleset(ruleset, policy) for ruleset in rulesets_of(policy)]
        self._sides: dict[tuple[int, str], _Classes] = {}

    def equivalent(self, mutant: Mutant, bound: int = BOUND) -> bool:
        """Return whether no case can tell the mutant from the policy; False where that cannot be told either."""
        names = touched_by(mutant, self.policy)
        changed = [(self.policy.rule[name], new) for name, new in mutant.rules.items()]
        if any(new is None or new.in_force != old.in_force or new.overrides != old.overrides for old, new in changed):
            return False
        if mutant.parameters or any(isinstance(item.body, fm.Formula) for item in mutant.definitions.values()):
            return False
        read = closure(reads(*[item.when for item in self.policy.guarantees]), self.policy.defined)
        if read & mutant.definitions.keys():
            return False
        budget = [bound]
        try:
            for at, ruleset in enumerate(self._open):
                self._in(at, ruleset, mutant, sorted(names), budget)
        except Distinguished:
            return False
        return True

    def _in(self, at: int, ruleset: _OpenRuleset, mutant: Mutant, names: list[str], budget: list[int]) -> None:
        other = PatchedRuleset(ruleset, mutant, frozenset(names), self.policy)
        rules = [ruleset.rule_index[name] for name in names if name in ruleset.rule_index]
        for reason in ruleset.facts[ruleset.index[GIVEN]].values:
            mine = [rule for rule in rules if any(_may(one, rule, reason) for one in (ruleset, other))]
            if not mine:
                continue
            plans = ruleset.plan(reason), other.plan(reason)
            sides = _Variant(plans[0], self._classes(at, reason, plans[0])), _Variant(plans[1], _Classes(plans[1]))
            facts: list[Any] = [None] * len(ruleset.facts)
            facts[ruleset.index[GIVEN]] = reason
            known = tuple([True] * len(facts))
            for rule in mine:
                _Comparing(*sides, rule, mine == [rule], budget).compare(facts, known)

    def _classes(self, at: int, reason: str, plan: Plan) -> _Classes:
        return self._sides.setdefault((at, reason), _Classes(plan))


def _may(ruleset: Ruleset, rule: int, reason: str) -> bool:
    return may_code(facts_only(ruleset.rules[rule].when), CodeNames(ruleset, reason)) != "False"


class _Comparing:
    """Compares what one rule does in two policies, class of facts by class of facts."""

    def __init__(self, one: _Variant, other: _Variant, rule: int, alone: bool, budget: list[int]) -> None:
        self.one, self.other, self.at, self.alone, self.budget = one, other, rule, alone, budget
        rules = one.plan.ruleset.rules[self.at], other.plan.ruleset.rules[self.at]
        self.same_answers = rules[0].then == rules[1].then
        changed = set(rules[0].then) ^ set(rules[1].then)
        self.said = rules[0].questions if self.same_answers else frozenset(answer.question for answer in changed)
        self.kept = {answer.question for answer in set(rules[0].then) & set(rules[1].then)}
        self.asks_known = any(isinstance(leaf, cn.Known) for rule in rules for leaf in leaves(rule.when))

    def compare(self, facts: list[Any], known: Sequence[bool]) -> None:
        """Raise `Distinguished` unless both say the same whatever the open facts are."""
        self.budget[0] -= 1
        if self.budget[0] < 0 or self.asks_known:
            raise Distinguished
        results = self.one.resolved(facts, known), self.other.resolved(facts, known)
        if self._same(*results):
            return
        fact = self._open_fact(results, facts)
        if fact is None:
            raise Distinguished
        values = dict.fromkeys((*self.one.classes.classes(fact), *self.other.classes.classes(fact)))
        for value in values:
            completed = list(facts)
            completed[fact] = value
            if self._possible(completed):
                self.compare(completed, known)

    def _possible(self, facts: list[Any]) -> bool:
        return all(test(facts, (), ()) for side in (self.one, self.other) for test in side.plan.assumptions)

    def _truths(self, results: tuple[ClaimResult, ClaimResult]) -> tuple[bool | None, bool | None]:
        found: list[bool | None] = []
        for side, result in zip((self.one, self.other), results, strict=True):
            tests = side.plan.table.get(self.at)
            if tests is None:
                found.append(False)
                continue
            must, may = tests
            sure = must(result.facts, result.answers, result.known)
            open_ = may is not None and may(result.facts, result.answers, result.known)
            found.append(True if sure else None if open_ else False)
        return found[0], found[1]

    def _same(self, one: ClaimResult, other: ClaimResult) -> bool:
        before, after = self._truths((one, other))
        if before is False and after is False:
            return True
        if self.same_answers and before is not None and before is after:
            return True
        if all(not self._asked(BY_ID[name], one) and not self._asked(BY_ID[name], other) for name in self.said):
            return True
        if self.same_answers or before is not True or after is not True:
            return False
        return self._same_answers(one, other)

    def _asked(self, question: Question, result: ClaimResult) -> bool:
        """Return whether a question may be asked."""
        if question.always:
            return True
        outcome = result.answers[_OUTCOME]
        return "approve" in outcome if isinstance(outcome, frozenset) else outcome == "approve"

    def _same_answers(self, one: ClaimResult, other: ClaimResult) -> bool:
        """Return whether the rule holds and still determines, and the questions it answers otherwise come out the same."""
        determines = any(
            self.at in one.reasons.get(POSITION[name], ()) and self.at in other.reasons.get(POSITION[name], ())
            for name in self.kept
        )
        plain = all(not BY_ID[name].keyed and BY_ID[name].kind in ("enum", "bool") for name in self.said)
        if not determines or not plain or one.review is not None or other.review is not None:
            return False
        for name in self.said:
            values = one.answers[POSITION[name]], other.answers[POSITION[name]]
            if isinstance(values[0], frozenset) or isinstance(values[1], frozenset) or values[0] != values[1]:
                return False
            rest = [set(result.reasons.get(POSITION[name], ())) - {self.at} for result in (one, other)]
            if rest[0] != rest[1]:
                return False
        return True

    def _open_fact(self, results: tuple[ClaimResult, ClaimResult], facts: list[Any]) -> int | None:
        """Return an unknown fact that what differs hangs on, the nearest to the rule first."""
        for wanted in self._nearest(results):
            plan = self.one.plan
            names = plan.ruleset.spelled_out(wanted)
            found = sorted(plan.ruleset.index[name] for name in names if name in plan.ruleset.index)
            for at in found:
                if facts[at] is None:
                    return at
        return None

    def _nearest(self, results: tuple[ClaimResult, ClaimResult]) -> Iterator[set[str]]:
        sides = list(zip((self.one, self.other), results, strict=True))
        read: set[str] = set()
        for side, result in sides:
            read |= _open_names(side.plan.ruleset.rules[self.at].when, side, result)
        yield {name for name in read if name not in SLOTS}
        yield from self._behind({name for name in read if name in SLOTS} | set(self.said) | {"outcome"}, sides)

    def _behind(self, answers: set[str], sides: list[tuple[_Variant, ClaimResult]]) -> Iterator[set[str]]:
        """Yield what the rules read whose truth is open and that answer the open questions, question by question."""
        for question in QUESTIONS:
            if question.id not in answers and not (question.id.startswith("offer") and "offer.open" in answers):
                continue
            read: set[str] = set()
            for side, result in sides:
                for at in side.plan.relevant:
                    rule = side.plan.ruleset.rules[at]
                    if question.id in rule.questions and result.truths.get(at, 2) == 2:
                        read |= _open_names(rule.when, side, result)
            yield {name for name in read if name not in SLOTS}
            deeper = {name for name in read if name in POSITION and POSITION[name] < POSITION[question.id]} - answers
            if deeper or "offer.open" in read - answers:
                yield from self._behind(deeper | ({"offer.open"} & read), sides)


def _open_names(condition: cn.Condition, side: _Variant, result: ClaimResult) -> set[str]:
    found: set[str] = set()
    for leaf in leaves(condition):
        found.add(leaf.name)
        if isinstance(leaf, cn.Compare):
            found |= set(fm.names(leaf.right))
    return found
