"""What to ask next: first what nobody knows yet, then once what the case leaves at a default.

A question is asked only where another answer would change the core of the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from functools import lru_cache, partial
from itertools import combinations, product
from typing import Any, NamedTuple

from refundrules.case.facts import OUTBOUND_SHARE, THRESHOLD_BROKEN, Fact, Words
from refundrules.case.inputs import facts_given_by, written
from refundrules.case.models import Case
from refundrules.case.paths import data_of, is_given, replaced
from refundrules.engine.build_decision import absent_inputs
from refundrules.engine.claim_evaluation import ClaimEvaluation, RulesetOutcome
from refundrules.engine.completion import Completion, Until
from refundrules.engine.engine import Engine
from refundrules.engine.ruleset import Plan
from refundrules.explain.next_question.information import ExpectedQuestions
from refundrules.explain.next_question.question import Ask, AskField, AskKind
from refundrules.expr.walk import reads
from refundrules.money.currency import LARGEST_MINOR, exponent
from refundrules.policy.model import Policy

Given = Mapping[str, Any]

TRIALS = 80
"""What may be spent on finding whether what is left at a default matters: a settled trial costs 1."""

_MEASUREMENT: tuple[tuple[str, AskKind], ...] = (("attribute", "text"), ("declared_cm", "cm"), ("actual_cm", "cm"))
_TIMES = (
    "order.placed_at", "order.paid_at", "order.ship_by", "order.shipped_at", "order.deliver_by", "order.delivered_at",
    "order.completed_at",
)  # fmt: skip


class _Closed(NamedTuple):
    """An input whose absence means something: what it means."""

    path: str
    kind: AskKind
    default: Any = None

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it gives: a pack's own is its own input."""
        return facts_given_by(f"claim.{self.path}") or (self.path,)


_CLOSED = (
    _Closed("opened_at", "time"),
    _Closed("declined_offers", "count", 0),
    _Closed("demanded", "money"),
    _Closed("insists", "bool", False),
    _Closed("replacement_price", "money"),
    _Closed("repairs_of_same_part", "count", 0),
    _Closed("recoloring_declined", "bool", False),
    _Closed("tests.batch_complaints", "count", 0),
    _Closed("return_received_at", "time"),
    _Closed("goods.resalable", "bool"),
)
"""The inputs of a claim that have a default, and the finding that is assumed before the return."""


def next_question(
    case: Case | Given, engine: Engine, *, skip: Collection[str] = (), defaults: bool = True
) -> Ask | None:
    """Return what to ask next of a case that may be partial; None when nothing more can change the decision's core.

    First comes what nobody knows yet, the most telling first. When nothing of that is open, one question lists
    what the case leaves at a default and would change the core; without `defaults` it is left at that. `skip`
    holds the paths or facts that nobody can answer: they are asked no more. Raises `CaseError` like `Engine.decide`.
    """

    def find(one: Case, until: Until | None = None) -> list[ClaimEvaluation]:
        return engine.evaluate(one, brief=True, until=until)[1]

    given = data_of(case)
    works = find(case if isinstance(case, Case) else Case.read(case))
    asking = _Asking(engine.policy, given, frozenset(skip), lambda changed, until: find(Case.read(changed), until))
    ask = next(asking.unknown(works), None)
    if ask is None and defaults and all(work.outcome != "needs_information" for work in works):
        ask = next(asking.circumstances(works), None)
    return ask


class _Asking:
    """What is asked of one case."""

    def __init__(
        self, policy: Policy, given: Given, skip: frozenset[str],
        find: Callable[[Given, Until | None], list[ClaimEvaluation]],
    ) -> None:  # fmt: skip
        self.policy, self.given, self.skip, self.find = policy, given, skip, find
        self.decimals = exponent(policy.currency)

    def unknown(self, works: list[ClaimEvaluation]) -> Iterator[Ask]:
        """Yield, claim by claim, the most telling question about what nobody knows yet."""
        for work in works:
            if work.outcome != "needs_information":
                continue
            if not work.same_whenever_placed() and "order.placed_at" not in self.skip:
                field = _time("order.placed_at")
                yield self._ask("order.placed_at", field.question, (field,), None)
            for finding in work.findings:
                at = _most_telling(finding, [at for at in finding.missing if self._is_askable(work, finding, at)])
                if at is not None:
                    yield self._about(work, finding.plan.ruleset.facts[at])

    def _is_askable(self, work: ClaimEvaluation, finding: RulesetOutcome, at: int) -> bool:
        fact = finding.plan.ruleset.facts[at]
        if fact.name in (THRESHOLD_BROKEN, OUTBOUND_SHARE):
            return False  # what the other claims miss is asked with them
        paths = [_in_case(path, work.scene.index) for path in absent_inputs(work, fact.inputs)]
        return bool(paths) and self.skip.isdisjoint({fact.name, *fact.inputs, *paths})

    def _about(self, work: ClaimEvaluation, fact: Fact) -> Ask:
        index = work.scene.index
        paths = [_in_case(path, index) for path in absent_inputs(work, fact.inputs)]
        claim = index if paths[0].startswith("claims") else None
        question = fact.question or Words(fact.name, fact.name)
        if fact.inputs == ("claim.measurements",):
            return self._ask(fact.name, question, _measured(paths[0]), claim, path=paths[0], kind="measurement")
        if paths[0] in _TIMES:
            fields = tuple(_time(path) for path in paths)
            return self._ask(fact.name, question, fields, claim)
        kind = "money" if paths[0] == "order.free_shipping_threshold" else fact.kind
        assert kind != "share"
        return self._ask(fact.name, question, (self._field(paths[0], kind, question, fact.values),), claim)

    def _field(
        self,
        path: str,
        kind: AskKind,
        question: Words,
        values: tuple[str, ...] = (),
        default: Any = None,
        applies: Words | None = None,
    ) -> AskField:
        currency = self.policy.currency if kind == "money" else ""
        return AskField(path, kind, question, values, default, currency, applies)

    def _ask(
        self, fact: str, question: Words, fields: tuple[AskField, ...], claim: int | None, path: str = "",
        kind: AskKind | None = None,
    ) -> Ask:  # fmt: skip
        kind = kind or (fields[0].kind if len(fields) == 1 else "form")
        return Ask(
            fact, path or fields[0].path, kind, question, fields, claim, _check=lambda made: self.find(made, None)
        )

    # -- what is left at a default ------------------------------------------------------------

    def circumstances(self, works: list[ClaimEvaluation]) -> Iterator[Ask]:
        """Yield, claim by claim, one question about everything left at a default that could change the core."""
        before = _cores(works)
        for work in works:
            index = work.scene.index
            path = f"claims[{index}]"
            if path in self.skip or not work.findings or _is_for_a_person(work):
                continue
            others = list(self._others(work))
            fields = tuple(others[at][0] for at in sorted(self._turning([values for _, values in others], before)))
            if fields:
                yield self._ask("claim", Words.of("circumstance.any"), fields, index, path, "any_of")

    def _others(self, work: ClaimEvaluation) -> Iterator[tuple[AskField, list[tuple[str, Any]]]]:
        """Yield what a claim leaves at a default, with other values as the case would hold them."""
        for closed in _CLOSED:
            path, says = f"claims[{work.scene.index}].{closed.path}", f"circumstance.{closed.path}"
            question, applies = Words.of(f"{says}.question"), Words.of(f"{says}.applies")
            yield from self._other(work, self._field(path, closed.kind, question, (), closed.default, applies), closed)
        for fact in self.policy.facts:
            if fact.default is not None and fact.kind != "share":
                question = fact.question or Words(fact.name, fact.name)
                field = self._field(fact.inputs[0], fact.kind, question, fact.values, self._value(fact, fact.default))
                yield from self._other(work, field, _Closed(fact.inputs[0], fact.kind), fact)

    def _other(
        self, work: ClaimEvaluation, field: AskField, closed: _Closed, fact: Fact | None = None
    ) -> Iterator[tuple[AskField, list[tuple[str, Any]]]]:
        finding = work.findings[0]
        ruleset = finding.plan.ruleset
        turning = _names_that_matter(finding.plan)
        read = [ruleset.index[name] for name in closed.facts if name in turning]
        skipped = {field.path, *closed.facts} & self.skip
        if not read or skipped or is_given(self.given, field.path):
            return
        if field.kind == "time":
            values: list[Any] = _moments(work, closed.path)
        elif closed.path == "goods.resalable":
            values = [False] if read[0] in finding.assumed else []
        else:
            made = ruleset.facts[read[0]]
            values = [self._value(made, value, work) for value in _classes(finding, read[0])]
        if values := [value for value in dict.fromkeys(values) if value != field.default]:
            yield field, [(field.path, value) for value in values]

    def _value(self, fact: Fact, value: Any, work: ClaimEvaluation | None = None) -> Any:
        """Return a fact's value as the case would hold it."""
        if fact.name == "claim.replacement_total" and work is not None:
            value //= work.scene.claim.quantity
        return written(value, fact.kind, self.decimals)

    def _turning(self, others: list[list[tuple[str, Any]]], before: Any) -> set[int]:
        """Return which of them would change the core: alone, or else the fewest together."""
        left, until = TRIALS, _other_than(before)
        for size in range(1, len(others) + 1):
            found: set[int] = set()
            for chosen in combinations(range(len(others)), size):
                if found.issuperset(chosen):
                    continue
                for values in product(*(others[at] for at in chosen)):
                    if left <= 0:
                        return found
                    works = self._tried(values, until)
                    left -= sum(_cost(finding) for work in works for finding in work.findings)
                    if _cores(works) != before:
                        found.update(chosen)
                        break
            if found:
                return found
        return set()

    def _tried(self, values: tuple[tuple[str, Any], ...], until: Until | None) -> list[ClaimEvaluation]:
        changed = self.given
        for path, value in values:
            changed = replaced(changed, path, value)
        return self.find(changed, until)


def _in_case(path: str, claim: int) -> str:
    return f"claims[{claim}].{path.removeprefix('claim.')}" if path.startswith("claim.") else path


def _measured(path: str) -> tuple[AskField, ...]:
    return tuple(AskField(f"{path}[0].{name}", kind, Words.of(f"measured.{name}")) for name, kind in _MEASUREMENT)


def _time(path: str) -> AskField:
    return AskField(path, "time", Words.of(f"when.{path}"))


def _most_telling(finding: RulesetOutcome, facts: list[int]) -> int | None:
    if not facts or finding.diagram is None or len(facts) == 1:
        return min(facts, default=None)
    declared = finding.plan.ruleset.facts
    choices = [at for at in range(len(declared)) if declared[at].kind in ("bool", "enum")]
    return ExpectedQuestions(finding.diagram, choices).best(facts)


def _cores(works: list[ClaimEvaluation]) -> tuple[Any, ...]:
    """Return what each claim's core is, or may still be."""
    return tuple(
        (frozenset(core for finding in work.findings for core in finding.cores), work.outcome) for work in works
    )


def _other_than(before: tuple[Any, ...]) -> Until | None:
    """Return what ends working out a changed case: a core that a definite claim does not have; None where there are others."""
    if len(before) > 1 or len(before[0][0]) != 1:
        return None
    (core,) = before[0][0]
    return lambda result: result.core() != core


def _classes(finding: RulesetOutcome, at: int) -> Iterator[Any]:
    """Yield values of a fact that the policy may tell apart."""
    plan = finding.plan
    if at == plan.declined_at:
        steps = max([len(result.steps or ()) for result in finding.results], default=0)
        yield from (*range(1, steps + 2), 1_000_000)
        return
    resolve = partial(_never, finding)
    completion = Completion(plan, resolve, finding.results[0], list(finding.facts))
    for value in completion.classes(at):
        yield min(value, LARGEST_MINOR) if isinstance(value, int) else value


def _never(finding: RulesetOutcome, facts: list[Any]) -> Any:
    raise AssertionError("a settled result is not completed")


def _is_for_a_person(work: ClaimEvaluation) -> bool:
    """Return whether a person decides whatever is still unknown: they will ask what they need."""
    return work.outcome == "manual_review" and any(finding.diagram for finding in work.findings)


def _cost(finding: RulesetOutcome) -> int:
    return 1 if finding.diagram is None else 3 + len(finding.results)


@lru_cache(maxsize=256)
def _names_that_matter(plan: Plan) -> frozenset[str]:
    """Return the facts that conditions, amounts and guarantees of the plan read, and those that offers and exchanges do."""
    names: set[str] = set()
    rules = [plan.ruleset.rules[at] for at in plan.relevant]
    names.update(reads(*[rule.when for rule in rules], *[item.when for item in plan.ruleset.guarantees]))
    for answer in [answer for rule in rules for answer in rule.then]:
        names.update(reads(answer.value))
        if answer.question == "offer.steps":
            names.add("claim.declined_offers")
        elif (answer.question, answer.value) == ("resolution", "exchange"):
            names.add("claim.replacement_total")
    return frozenset(plan.ruleset.spelled_out(names))


def _moments(work: ClaimEvaluation, name: str) -> list[str]:
    """Return when else it may have happened: a claim as early as its order's events, a return today."""
    order = work.scene.order_scene
    if name == "return_received_at":
        return [order.decided.at.isoformat()]
    moments = [order.moments[event] for event in ("completed_at", "delivered_at")]
    days = sorted({moment.day for moment in moments if moment is not None})
    return [date.fromordinal(day).isoformat() for day in days if day < work.scene.opened.day]
