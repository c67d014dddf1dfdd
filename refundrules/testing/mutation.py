"""Running a pack's tests against mutants of its policy: which test catches each, and which no test does."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from refundrules.case.models import Case
from refundrules.engine.decision import Decision
from refundrules.engine.engine import Engine
from refundrules.engine.ruleset import Plan, Ruleset
from refundrules.errors import CaseError
from refundrules.expr import condition as cn
from refundrules.expr.condition import Condition
from refundrules.policy.loading.loader import load_policy
from refundrules.policy.model import Policy
from refundrules.policy.questions import ADDED, MOST, QUESTIONS, REFUND_TOTAL, SLOTS
from refundrules.testing.coverage_goals import names_of_rule
from refundrules.testing.expectations import differing, values_said
from refundrules.testing.files import PackTest
from refundrules.testing.mutants import Mutant, mutants
from refundrules.testing.observation import Probe, Truth
from refundrules.testing.patching import PatchedRuleset, dates_differ, engine_of, touched_by
from refundrules.testing.runner import read_pack_tests

_OPEN: list[Any] = [None] * len(SLOTS)
for _question in QUESTIONS:
    if _question.kind in ("enum", "bool"):
        _OPEN[SLOTS[_question.id]] = frozenset({*(_question.values or (True, False)), None})
for _name in ADDED:
    _OPEN[SLOTS[_name]] = None if _name in (REFUND_TOTAL, MOST) else frozenset({True, False})


class Progress(NamedTuple):
    """Facts that the engine resolved a claim of a test with; answers are anything."""

    ruleset: Ruleset
    facts: tuple[Any, ...]
    known: tuple[bool, ...]
    answers: Sequence[Any] = _OPEN


class Fate(NamedTuple):
    """What became of a mutant."""

    killed_by: str | None
    """The test that fails on it; None: it survives."""
    told_by: str | None = None
    """Of a survivor: a test whose case it decides otherwise, though the test does not say so."""
    differs: tuple[str, ...] = ()
    """Where that decision is otherwise."""
    equivalent: bool = False
    """Whether no case can tell it from the policy."""


class _Recording(Engine):
    """An engine that notes every set of facts it resolves."""

    noted: list[Progress] | None = None

    def make_ruleset(self, jurisdiction: str, placed: date, opened: date) -> Ruleset:
        return _RecordingRuleset(self, jurisdiction, placed, opened)


class _RecordingRuleset(Ruleset):
    def __init__(self, engine: _Recording, jurisdiction: str, placed: date, opened: date) -> None:
        super().__init__(engine.policy, jurisdiction, placed, opened)
        self.engine = engine

    def plan(self, reason: str) -> Plan:
        new = reason not in self.plans
        plan = super().plan(reason)
        if new:
            key, engine = plan.key, self.engine

            def noting(facts: Any, known: Any) -> Any:
                if engine.noted is not None:
                    engine.noted.append(Progress(self, tuple(facts), tuple(known)))
                return key(facts, known)

            plan.key = noting
            plan.derivers = tuple((at, fact.derive) for at, fact in enumerate(self.facts))
        return plan


@dataclass(slots=True)
class _Tried:
    """A test as it went on the policy itself."""

    test: PackTest
    moments: list[Progress]
    reasons: frozenset[str]
    said: dict[str, Any]


class Trial:
    """A policy, its tests as they go, and the trying of mutants on them."""

    def __init__(self, policy: Policy, tests: Iterable[PackTest]) -> None:
        self.policy = policy
        self.engine = _Recording(policy, matcher="compiled")
        self.base = Engine(policy, matcher="compiled")
        self.tried = [self._try(test) for test in tests]
        self._lenses: dict[int, Probe] = {}

    def _try(self, test: PackTest) -> _Tried:
        self.engine.noted = []
        decision = self.engine.decide(test.case)
        moments = list({(id(m.ruleset), m.facts, m.known): m for m in self.engine.noted}.values())
        self.engine.noted = None
        reasons = frozenset(reason for claim in decision.claims for reason in claim.reasons)
        return _Tried(test, moments, reasons, values_said(decision))

    def fate(self, mutant: Mutant) -> Fate:
        """Return what becomes of a mutant under the tests."""
        engine = engine_of(mutant, self.base)
        told: Fate | None = None
        for tried in self._affected(mutant):
            decision = decide_mutant(engine, tried.test.case)
            if decision is None or not all(wish.met(decision) for wish in tried.test.expectations):
                return Fate(tried.test.id)
            if told is None:
                paths = differing(tried.said, values_said(decision))
                told = Fate(None, tried.test.id, tuple(paths)) if paths else None
        return told or Fate(None)

    def _affected(self, mutant: Mutant) -> list[_Tried]:
        """Return the tests whose decision may be otherwise, those most likely to tell first."""
        if dates_differ(mutant, self.policy):
            return self.tried
        touched = touched_by(mutant, self.policy)
        looks: dict[int, list[_Look]] = {}
        found = [tried for tried in self.tried if any(self._turns(m, mutant, touched, looks) for m in tried.moments)]
        return sorted(found, key=lambda tried: (touched.isdisjoint(tried.reasons), len(tried.moments)))

    def _turns(self, moment: Progress, mutant: Mutant, touched: frozenset[str], looks: dict[int, list[_Look]]) -> bool:
        key = id(moment.ruleset)
        found = looks.get(key)
        if found is None:
            found = looks[key] = list(self._looks(moment.ruleset, mutant, touched))
        return any(look(moment) for look in found)

    def _looks(self, ruleset: Ruleset, mutant: Mutant, touched: frozenset[str]) -> Iterator[_Look]:
        lens = self._lenses.setdefault(id(ruleset), Probe(ruleset))
        other = _lens_of(mutant, ruleset, lens, self.policy)
        bodies = {name: item.body for name, item in mutant.definitions.items()}
        changed = mutant.definitions.keys() | mutant.parameters.keys()
        for name in sorted(touched):
            at = ruleset.rule_index.get(name)
            if at is None:
                continue
            rule = ruleset.rules[at]
            new = mutant.rules.get(name, rule)
            when: Condition = cn.Any(()) if new is None else new.when
            says = new is None or new.then != rule.then or new.overrides != rule.overrides
            if changed and not says:
                says = not changed.isdisjoint(names_of_rule(self.policy, rule))
            yield _Look(lens.rules[at], other.test(when, bodies), says)
        if changed:
            for item in ruleset.guarantees:
                yield _Look(lens.test(item.when), lens.test(item.when), True)


class _Look(NamedTuple):
    """Whether a rule may be otherwise at a moment: its truth, or what it says while it may hold."""

    old: Any
    new: Any
    says: bool

    def __call__(self, moment: Progress) -> bool:
        before: Truth = self.old(moment)
        if before is not False and self.says:
            return True
        return before is None or self.new(moment) is not before


def _lens_of(mutant: Mutant, ruleset: Ruleset, lens: Probe, policy: Policy) -> Probe:
    if not mutant.parameters:
        return lens
    return Probe(PatchedRuleset(ruleset, mutant, frozenset(), policy))


def decide_mutant(engine: Engine, case: Case) -> Decision | None:
    """Return the decision of a case by a mutant; None where the mutant is no policy that could decide it."""
    try:
        return engine.decide(case)
    except CaseError:
        return None
    except Exception:  # noqa: BLE001 - a mutant may break what loading a pack makes sure of
        return None


# -- several at once --------------------------------------------------------------------------

_trial: Trial
_mutants: list[Mutant]


def _start(pack: str, only: str) -> None:
    global _trial, _mutants
    policy = load_policy(pack)
    _trial, _mutants = Trial(policy, read_pack_tests(pack, policy)), mutants(policy, only)


def _fates(numbers: Sequence[int]) -> list[Fate]:
    return [_trial.fate(_mutants[number]) for number in numbers]


def fates(pack: str | os.PathLike[str], only: str, count: int, processes: int) -> Iterator[list[tuple[int, Fate]]]:
    """Yield the fates of a pack's mutants by their numbers, some at a time, as they become known."""
    chunks = [range(start, min(start + 40, count)) for start in range(0, count, 40)]
    if processes < 2 or len(chunks) < 4:
        _start(os.fspath(pack), only)
        for chunk in chunks:
            yield list(zip(chunk, _fates(chunk), strict=True))
        return
    with ProcessPoolExecutor(processes, initializer=_start, initargs=(os.fspath(pack), only)) as pool:
        for chunk, found in zip(chunks, pool.map(_fates, chunks), strict=True):
            yield list(zip(chunk, found, strict=True))
