"""What a test saw: each claim's facts and answers as the engine had them, and what conditions are there.

A state is what the engine knew when it stopped asking: unknown facts stay unknown in it, so what only some
completions passed through was not seen. What every completion says was seen: that settled the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from refundrules.case.models import Case
from refundrules.engine.claim_evaluation import ClaimEvaluation
from refundrules.engine.engine import Engine
from refundrules.engine.result import ClaimResult
from refundrules.engine.ruleset import CodeNames, Ruleset
from refundrules.expr import formula as fm
from refundrules.expr.compile import formula_code, function, may_code, must_code
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Formula
from refundrules.policy.questions import BY_ID, POSITION, SLOTS

Truth = bool | None
_OUTCOME = POSITION["outcome"]


class State:
    """One claim under one ruleset as it was decided, every fact derived."""

    __slots__ = ("answers", "facts", "known", "lens", "result", "standing", "truths")

    def __init__(
        self, lens: Probe, result: ClaimResult, ways: Sequence[ClaimResult], facts: Sequence[Any], known: Sequence[bool]
    ) -> None:
        self.lens, self.result, self.facts, self.known = lens, result, facts, known
        self.answers = _agreed(result.answers, [way.answers for way in ways])
        self.standing = frozenset[tuple[int, int]].intersection(*map(_standing, ways))
        """Each rule that determines a question, by its place and the question's, in every way the claim may settle."""
        sure = {at for at, _ in self.standing}
        self.truths: tuple[Truth, ...] = tuple([at in sure or rule(self) for at, rule in enumerate(lens.rules)])
        """Of each rule of the ruleset."""

    @property
    def reason(self) -> str:
        """The claim's reason."""
        return self.result.plan.reason

    def asked(self, question: str) -> bool:
        """Return whether a question was asked: one that only an approved claim has is not, after a decline."""
        return BY_ID[question].always or self.answers[_OUTCOME] == "approve"

    def matters(self, at: int, question: str) -> bool:
        """Return whether a rule's truth matters for a question: it is asked, and nothing that overrides it holds."""
        if (at, POSITION[question]) in self.standing:
            return True
        silencers = self.lens.ruleset.silencers.get((at, question), ())
        return self.asked(question) and all(self.truths[other] is False for other in silencers)

    def counts(self, at: int) -> bool:
        """Return whether a rule's truth matters for anything it answers."""
        return any(self.matters(at, question) for question in self.lens.ruleset.rules[at].questions)


def _agreed(open_: Sequence[Any], ways: Sequence[Sequence[Any]]) -> list[Any]:
    """Return each answer that is the same in every way; the open one of those that are not."""
    return [one if all(other == one for other in rest) else left for left, (one, *rest) in zip(open_, zip(*ways, strict=True), strict=True)]  # fmt: skip


def _standing(result: ClaimResult) -> frozenset[tuple[int, int]]:
    return frozenset([(at, position) for position, rules in result.reasons.items() for at in rules])


Test = Callable[[State], Truth]


class _ObservedNames(CodeNames):
    """Names for code that serves every claim reason, with some definitions replaced."""

    def __init__(self, ruleset: Ruleset, bodies: dict[str, Condition | Formula]) -> None:
        super().__init__(ruleset, None)
        self.bodies = bodies

    def defined(self, name: str) -> Condition | Formula | None:
        return self.bodies.get(name) or super().defined(name)


class Probe:
    """Looks at the states of one ruleset: conditions and amounts as functions of a state."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.leaves: dict[Condition, Test] = {}
        """Tests of single comparisons, kept by who needs them again and again."""

    @cached_property
    def rules(self) -> list[Test]:
        """The truth of each rule of the ruleset."""
        return [self.test(rule.when) for rule in self.ruleset.rules]

    def test(self, condition: Condition, bodies: dict[str, Condition | Formula] | None = None) -> Test:
        """Return a function that gives a condition's truth; `bodies` replaces definitions."""
        names = _ObservedNames(self.ruleset, bodies or {})
        may, must = may_code(condition, names), must_code(condition, names)
        found: Callable[..., Truth] = function("f, a, k", f"True if {must} else None if {may} else False")
        return lambda state: found(state.facts, state.answers, state.known)

    def number(self, formula: Formula) -> Callable[[State], tuple[int, int] | None]:
        """Return a function that gives a formula's value as a fraction; None while it is unknown."""
        expanded = fm.expanded(formula, self.ruleset.defined)
        slots = {name: f"a[{SLOTS[name]}]" for name in fm.names(expanded) if name in SLOTS}
        num, den = formula_code(expanded, lambda name: slots.get(name) or self.ruleset.code_of(name))
        read = [slots.get(name) or f"f[{self.ruleset.index[name]}]" for name in fm.names(expanded) if name in slots or name in self.ruleset.index]  # fmt: skip
        guard = " or ".join(f"{code}.__class__ is not int" for code in dict.fromkeys(read)) or "False"
        found = function("f, a", f"None if {guard} else ({num}, {den})")
        return lambda state: found(state.facts, state.answers)


class Observed(NamedTuple):
    """A case as the engine worked it out."""

    states: tuple[State, ...]
    reasons: frozenset[str]
    """The rules that determined any of its claims."""


class Watcher:
    """Works cases out with a policy's engine and keeps what was seen."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._lenses: dict[int, Probe] = {}

    def lens(self, ruleset: Ruleset) -> Probe:
        found = self._lenses.get(id(ruleset))
        if found is None:
            found = self._lenses[id(ruleset)] = Probe(ruleset)
        return found

    def see(self, case: Case) -> Observed:
        """Return what the engine sees of a case. Raises `CaseError`."""
        decision = self.engine.decide(case)
        return Observed(self.states(case), frozenset(reason for claim in decision.claims for reason in claim.reasons))

    def states(self, case: Case) -> tuple[State, ...]:
        """Return the states of a case alone. Raises `CaseError`."""
        _, works = self.engine.worked(case)
        return tuple(state for work in works for state in self._states(work))

    def _states(self, work: ClaimEvaluation) -> Iterator[State]:
        for finding in work.findings:
            ruleset = finding.plan.ruleset
            spare = [(at, fact) for at, fact in enumerate(ruleset.facts) if at not in finding.plan.needed]
            found = [(at, fact.derive(work.scene)) for at, fact in spare]
            looks = [(finding.first, finding.results)]
            if finding.first.fallback is not None:
                looks.append((finding.first.fallback, (finding.first.fallback,)))
            for result, ways in looks:
                facts, known = list(result.facts), list(finding.known)
                for at, value in found:
                    facts[at], known[at] = value, value is not None
                yield State(self.lens(ruleset), result, ways, facts, known)
