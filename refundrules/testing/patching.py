"""An engine of a changed policy, made from the engine of the policy it was changed from.

Only the changed rules and those that read what changed are compiled again, which is what makes it cheap to
try thousands of mutants. It decides exactly as an engine made from the changed policy would.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from refundrules.engine import cache_keys as likeness
from refundrules.engine.engine import Engine
from refundrules.engine.matchers.matcher import CompiledMatcher
from refundrules.engine.ruleset import CodeNames, Key, Plan, Ruleset, compile_key, rule_names, silencers_of
from refundrules.expr import condition as cn
from refundrules.expr.compile import function, may_code
from refundrules.policy.model import Policy
from refundrules.policy.parts import Rule
from refundrules.testing.coverage_goals import names_of_rule
from refundrules.testing.mutants import Mutant


class PatchedRuleset(Ruleset):
    """A ruleset with some rules, definitions or parameter values replaced; rules keep their places."""

    def __init__(self, base: Ruleset, mutant: Mutant, touched: frozenset[str], policy: Policy) -> None:
        self.__dict__.update(base.__dict__)
        self.base, self.policy = base, policy
        self.touched = tuple(base.rule_index[name] for name in sorted(touched) if name in base.rule_index)
        gone = {rule.id: _never(rule) for rule in base.rules if mutant.rules.get(rule.id, rule) is None}
        self.rules = tuple(gone.get(rule.id) or mutant.rules.get(rule.id) or rule for rule in base.rules)
        self.bodies = {**base.bodies, **{name: item.body for name, item in mutant.definitions.items()}}
        values = {name: item.on(self.dates[item.by]) for name, item in mutant.parameters.items()}
        self.values = {**base.values, **values}
        self.scaled = base.scaled | {
            name: self.scale(item.kind, values[name].value) for name, item in mutant.parameters.items()
        }
        self.reads_elsewhere = not (mutant.definitions or mutant.parameters)
        self.plans, self._plain, self._on_facts, self._amounts = {}, {}, {}, {}
        self.silencers = silencers_of(self.rules)

    def plan(self, reason: str) -> Plan:
        plan = self.plans.get(reason)
        if plan is None:
            plan = self.plans[reason] = _PatchedPlan(self, self.base.plan(reason))
        return plan


def _never(rule: Rule) -> Rule:
    return Rule(
        rule.id, rule.cite, cn.Any(()), rule.then, rule.overrides, rule.because, rule.in_force, rule.jurisdictions,
        rule.chapter, rule.pack, rule.where,
    )  # fmt: skip


class _PatchedPlan(Plan):
    """A plan of which only the touched rules are compiled again."""

    def __init__(self, ruleset: PatchedRuleset, base: Plan) -> None:
        self.__dict__.update(base.__dict__)
        self.__dict__.pop("outline", None)
        self.base, self.ruleset, self.names = base, ruleset, CodeNames(ruleset, base.reason)
        self.touched = ruleset.touched
        self.skeletons, self.outlines, self.turning, self._layouts = {}, {}, {}, {}
        fresh = self._recompile(base, ruleset.touched)
        self.reads = {
            at: ruleset.reads(ruleset.rules[at].when) if at in fresh else base.reads[at] for at in self.relevant
        }
        over = {at for at, _ in (*ruleset.silencers, *ruleset.base.silencers)}
        self.answers = {
            at: self.spoken_by(at) if at in fresh or at in over else base.answers[at] for at in self.relevant
        }
        self._needs(base)
        if not ruleset.reads_elsewhere:
            self.floors = tuple(self.floor(item) for item in ruleset.guarantees)
            self.assumptions = tuple(self.test(item.assume) for item in ruleset.policy.assumptions)
        self.key = self._key()

    def _recompile(self, base: Plan, touched: Iterable[int]) -> frozenset[int]:
        names, again = self.names, frozenset(touched)
        table = {at: tests for at, tests in base.table.items() if at not in again}
        match: list[tuple[int, Callable[..., bool]]] = []
        for at in sorted(again):
            when = self.ruleset.rules[at].when
            on_facts = may_code(self.ruleset.on_facts(at), names)
            if on_facts == "False":
                continue
            table[at] = self.tests(when)
            match.append((at, function("f, k", on_facts)))
        self.table, self.relevant = table, sorted(table)
        before = base.match

        def matched(facts: Any, known: Any) -> tuple[int, ...]:
            kept = [at for at in before(facts, known) if at not in again]
            return tuple(sorted([*kept, *[at for at, test in match if test(facts, known)]]))

        self.match = matched
        return again

    def _needs(self, base: Plan) -> None:
        """Work out what hangs on which facts the rules read; as `Plan` does."""
        self.hang_on_reads()
        names = self.ruleset.spelled_out(name for at in self.touched for name in rule_names(self.ruleset.rules[at]))
        self.needed = base.needed | {self.ruleset.index[name] for name in names if name in self.ruleset.index}
        if len(self.needed) > len(base.needed):
            self.derivers = tuple((at, self.ruleset.facts[at].derive) for at in sorted(self.needed))

    def _key(self) -> Key:
        return self._with_touched(self.base.key, likeness.comparisons) or super()._key()

    @cached_property
    def outline(self) -> Key:
        return self._with_touched(self.base.outline, likeness.outline) or self.telling_apart(likeness.outline, [])

    def _with_touched(self, before: Key, apart: Callable[..., list[str]]) -> Key | None:
        """Return what tells apart all that the first plan does, and what the touched rules read; None if it reads otherwise."""
        if not self.ruleset.reads_elsewhere:  # type: ignore[attr-defined]
            return None
        conditions = [self.ruleset.rules[at].when for at in self.touched]
        spoken = [item for at in self.touched for _, item in self.answers.get(at, ())]
        needs = [need for item in spoken if item.amount for need in item.amount.needs]
        now = compile_key(apart(conditions, needs, self.names))
        return lambda facts, known: (before(facts, known), now(facts, known))


def touched_by(mutant: Mutant, policy: Policy) -> frozenset[str]:
    """Return the rules that a mutant changes, or that read what it changes."""
    read = mutant.definitions.keys() | mutant.parameters.keys()
    if not read:
        return frozenset(mutant.rules)
    return frozenset(rule.id for rule in policy.rules if not read.isdisjoint(names_of_rule(policy, rule)))


def dates_differ(mutant: Mutant, policy: Policy) -> bool:
    """Return whether a mutant holds on other days, so that nothing made for the policy's periods can be kept."""
    rules = (policy.rule[name].in_force != new.in_force for name, new in mutant.rules.items() if new is not None)
    starts = (
        [value.start for value in policy.parameters[name].values] != [value.start for value in new.values]
        for name, new in mutant.parameters.items()
    )
    return any(rules) or any(starts)


class PatchedEngine(Engine):
    """The engine of a mutant, made from the engine of its policy."""

    def __init__(self, base: Engine, mutant: Mutant, touched: frozenset[str]) -> None:
        self.__dict__.update(copy.copy(base.__dict__))
        self._base, self._mutant, self._touched = base, mutant, touched
        self._changed = mutant.of(base.policy)
        self._matcher = CompiledMatcher()
        self._patched: dict[int, PatchedRuleset] = {}

    def ruleset_on(self, jurisdiction: str, placed: int, opened: int) -> Ruleset:
        base = self._base.ruleset_on(jurisdiction, placed, opened)
        found = self._patched.get(id(base))
        if found is None:
            found = self._patched[id(base)] = PatchedRuleset(base, self._mutant, self._touched, self._changed)
        return found


def engine_of(mutant: Mutant, base: Engine) -> Engine:
    """Return an engine that decides by the mutant of a policy; `base` decides by the policy."""
    policy = base.policy
    if dates_differ(mutant, policy):
        return Engine(mutant.of(policy), matcher="compiled")
    return PatchedEngine(base, mutant, touched_by(mutant, policy))
