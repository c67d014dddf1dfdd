"""The trace of a decision made here: it can also tell of rules that were never candidates, and in another language.

A trace lists the rules that could speak. Asked why some other thing was not decided, one wants to hear of those
that could not as well; while the engine's work is at hand they are evaluated too, by the same code, when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from refundrules.engine.build_decision import build_claim_decision
from refundrules.engine.claim_evaluation import ClaimEvaluation
from refundrules.engine.decision import Decision
from refundrules.engine.decision_models import ClaimDecision, OrderRefund, unvalidated
from refundrules.engine.environment import Environment
from refundrules.engine.trace import SCHEMA, TraceWriter, build_trace
from refundrules.errors import CaseError, Problem
from refundrules.policy.dump import answer_data
from refundrules.policy.model import Policy
from refundrules.policy.parts import Rule
from refundrules.policy.questions import BY_ID, OUTCOMES, POSITION

_P = ParamSpec("_P")
_T = TypeVar("_T")


class RuleStatement(NamedTuple):
    """What one rule says to one question, and what became of it."""

    rule: str
    question: str
    key: str | None
    says: Any
    verdict: str
    """As in the trace, or `not asked`, or `not in force`."""
    silenced_by: tuple[str, ...] = ()


class Ground(NamedTuple):
    """What a claim's explanations stand on: rules with their conditions, and what each says."""

    rules: Mapping[str, Mapping[str, Any]]
    """As in the trace, by id."""
    said: tuple[RuleStatement, ...]
    complete: bool
    """Whether every rule of the policy is there; a trace alone holds those that could speak."""
    kinds: Mapping[str, str]
    """The type of every fact and parameter, by name."""


class LiveTrace(dict[str, Any]):
    """A trace that knows the work it came from. Copied or pickled, it is a plain mapping."""

    __slots__ = ("policy", "works")

    policy: Policy
    works: Sequence[ClaimEvaluation]

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


class DecisionSource(NamedTuple):
    """What a fresh decision's trace is worked out from, when it is first read."""

    policy: Policy
    works: Sequence[ClaimEvaluation]
    claims: Sequence[ClaimDecision]
    language: str
    refund: OrderRefund

    def trace(self) -> LiveTrace:
        """Return the trace of the decision, with the work behind it at hand."""
        made = LiveTrace(build_trace(self.policy, self.works, self.claims, self.language, self.refund))
        made.policy, made.works = self.policy, self.works
        return made


def readable_trace(decision: Decision) -> Mapping[str, Any]:
    """Return the decision's trace; empty when it has none, or one of another schema or for other claims."""
    trace = decision.trace
    is_readable = trace.get("schema") == SCHEMA and len(trace["claims"]) == len(decision.claims)
    return trace if is_readable else {}


def reads_trace(read: Callable[_P, _T]) -> Callable[_P, _T]:
    """Make what a trace from elsewhere does not allow to be read a problem of that trace, not of the library.

    A trace read from JSON may have been changed since, beyond what its shape shows: `read` then raises `CaseError`.
    """

    @wraps(read)
    def reading(*args: _P.args, **options: _P.kwargs) -> _T:
        try:
            return read(*args, **options)
        except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError):
            decision = args[0] if args else options["decision"]
            if isinstance(decision, Decision) and isinstance(decision.trace, LiveTrace):
                raise
            what = "is not as it was written with the decision"
            raise CaseError([Problem("trace", what, "decide the case again")]) from None

    return reading


def in_other_language(decision: Decision, language: str) -> Decision | None:
    """Return the decision with its texts in another language; None when the work behind it is not at hand."""
    trace = decision.trace
    if language == decision.language:
        return decision
    if not isinstance(trace, LiveTrace):
        return None
    claims = tuple([build_claim_decision(work, language) for work in trace.works])
    made = unvalidated(Decision, {**decision.__dict__, "language": language, "claims": claims})
    policy, works = trace.policy, trace.works
    return made.with_source(DecisionSource(policy, works, claims, language, decision.refund))


def ground_of(decision: Decision, claim: int) -> Ground:
    """Return what there is to explain a claim from: every rule of the policy, or those of a trace read back."""
    trace = decision.trace
    if isinstance(trace, LiveTrace) and trace.works[claim].findings:
        return _every_rule(trace.works[claim], decision.language)
    data = trace["claims"][claim]
    kinds = {item["fact"]: item["kind"] for item in data.get("facts", ())}
    kinds |= {item["parameter"]: item["kind"] for item in data.get("parameters", ())}
    return Ground({item["rule"]: item for item in data.get("rules", ())}, tuple(_traced_said(data)), False, kinds)


def _traced_said(data: Mapping[str, Any]) -> Iterator[RuleStatement]:
    for question in data.get("questions", ()):
        for item in question["rules"]:
            says = item.get("says", True)
            over = tuple(item.get("silenced_by", ()))
            yield RuleStatement(item["rule"], question["question"], item.get("key"), says, item["verdict"], over)


def _every_rule(work: ClaimEvaluation, language: str) -> Ground:
    finding = work.findings[0]
    result = copy(finding.results[0] if len(finding.results) == 1 else finding.first)
    ruleset = finding.plan.ruleset
    derived = [fact.derive(work.scene) for fact in ruleset.facts]
    # Facts that no rule for this reason reads were not worked out when deciding.
    result.facts = [
        found if found is not None or at in finding.plan.needed else derived[at]
        for at, found in enumerate(result.facts)
    ]
    known = tuple(value is not None for value in derived)
    tracing = TraceWriter(work, finding, result, language)
    tracing.reading = Environment(ruleset, result.facts, result.answers, known)
    rules = {rule.id: tracing.rule(at) for at, rule in enumerate(ruleset.rules)}
    asked = result.answers[POSITION["outcome"]] not in OUTCOMES[1:]
    said = [item for at, rule in enumerate(ruleset.rules) for item in _said(tracing, at, rule, asked=asked)]
    elsewhere = [rule for rule in ruleset.policy.rules if rule.id not in ruleset.rule_index]
    said += [
        RuleStatement(rule.id, answer.question, answer.key, answer_data(answer.value), "not in force")
        for rule in elsewhere
        for answer in rule.then
    ]
    kinds = {fact.name: fact.kind for fact in ruleset.facts}
    kinds |= {name: item.kind for name, item in ruleset.policy.parameters.items()}
    kinds |= {name: item.kind for name, item in ruleset.policy.definitions.items()}
    return Ground(rules, tuple(said), True, kinds)


def _said(tracing: TraceWriter, at: int, rule: Rule, *, asked: bool) -> Iterator[RuleStatement]:
    held = tracing.held(at)
    for answer in rule.then:
        silencers = tracing.ruleset.silencers.get((at, answer.question), ())
        over = [other for other in silencers if tracing.held(other) is not False]
        sure = any(tracing.held(other) for other in over)
        if held is False:
            verdict = "does not hold"
        elif not asked and not BY_ID[answer.question].always:
            verdict = "not asked"
        else:
            verdict = "silenced" if sure else "open" if held is None or over else "stands"
        named = tuple(tracing.ruleset.rules[other].id for other in over) if held is not False else ()
        yield RuleStatement(rule.id, answer.question, answer.key, answer_data(answer.value), verdict, named)
