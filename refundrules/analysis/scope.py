"""One set of rules in force, ready to be looked at as a whole: its cases, what it says of them, and its engine.

Whatever is found is decided again by the engine before it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from refundrules.analysis.background import Background, background
from refundrules.analysis.counterexample import CounterexampleWriter, Period
from refundrules.analysis.encoding import Space
from refundrules.analysis.model_search import Model, ModelSearch
from refundrules.analysis.symbolic import SymbolicRuleset
from refundrules.case.claim_context import ClaimContext
from refundrules.case.facts import Fact, Words
from refundrules.case.models import Case
from refundrules.engine.claim_evaluation import ClaimEvaluation
from refundrules.engine.decision import Decision
from refundrules.engine.engine import Engine
from refundrules.engine.result import ClaimResult
from refundrules.engine.ruleset import Ruleset
from refundrules.errors import CaseError
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition
from refundrules.expr.walk import transform
from refundrules.policy.model import Policy
from refundrules.policy.parts import Guarantee, Rule
from refundrules.policy.questions import MOST, POSITION, REFUND_TOTAL, SLOTS
from refundrules.text.words import joined

MOST_PERIODS = 16


class Redecided(NamedTuple):
    """A case as the engine decides it."""

    case: dict[str, Any]
    decision: Decision
    result: ClaimResult
    scene: ClaimContext

    def value(self, name: str) -> Any:
        """Return a fact, whether or not the rules of the claim's reason read it; None: unknown."""
        ruleset = self.result.plan.ruleset
        at = ruleset.index[name]
        known = self.result.facts[at]
        return ruleset.facts[at].derive(self.scene) if known is None else known


class Witness(NamedTuple):
    """A case that shows a finding, with the engine's decision of it."""

    case: dict[str, Any]
    facts: Model
    decision: Decision


class Scope:
    """One ruleset with everything needed to look at all its cases."""

    def __init__(self, policy: Policy, engine: Engine, space: Space, ruleset: Ruleset, period: Period) -> None:
        self.policy, self.engine, self.space, self.ruleset, self.period = policy, engine, space, ruleset, period
        self.background: Background = background(space, ruleset)
        longest = {} if period.longest is None else dict.fromkeys(_DAYS, period.longest)
        self.finder = ModelSearch(space, self.background, longest)
        self.meaning = SymbolicRuleset(space, ruleset)
        self.maker = CounterexampleWriter(policy, period)

    @property
    def possible_named(self) -> Sequence[Any]:
        """What is taken to be impossible, and says so."""
        return self.background.used

    def decided(self, found: Model) -> Redecided | None:
        """Return a case with these facts as the engine decides it; None when no case can have them."""
        case = self.maker.case(found)
        try:
            read = Case.read(case)
            decision = self.engine.decide(read)
            _, works = self.engine.works(read)
        except CaseError:
            return None
        work: ClaimEvaluation = works[0]
        work.decide()
        return Redecided(case, decision, work.findings[0].results[0], work.scene) if work.findings else None

    def witness(self, cases: int, shows: Callable[[Redecided], bool]) -> Witness | None:
        """Return the smallest case of the set that shows something, or None: no case is in the set.

        Raises `Unsolved` when there may be one that was not found.
        """
        shown: list[Witness] = []

        def suits(found: Model) -> bool:
            def still(facts: Model) -> bool:
                again = self.decided(facts)
                return again is not None and shows(again)

            facts = self.told(found, self.needed(found), still)
            again = None if facts is None else self.decided(facts)
            if facts is not None and again is not None:
                shown.append(Witness(again.case, facts, again.decision))
            return facts is not None

        return shown[0] if self.finder.find(cases, suits) is not None else None

    def told(self, found: Model, needed: Mapping[str, Fact], shows: Callable[[Model], bool]) -> Model | None:
        """Return the facts with as few more of those needed as it takes to show something; None when it does not."""
        if shows(found):
            return found
        facts = self.maker.complete(found, needed)
        if not shows(facts):
            return None
        for name in sorted(set(facts.facts) - set(found.facts)):
            fewer = Model({other: value for other, value in facts.facts.items() if other != name}, facts.unknown)
            if shows(fewer):
                facts = fewer
        return facts

    def needed(self, found: Model) -> dict[str, Fact]:
        plan = self.ruleset.plan(str(found.facts.get("claim.reason", "stain")))
        return {fact.name: fact for fact in (self.ruleset.facts[at] for at in sorted(plan.needed))}


_DAYS = ("order.days_since_delivery", "order.days_since_completion")


def periods(
    policy: Policy, places: Sequence[str] | None = None, days: Mapping[str, Sequence[int]] | None = None
) -> list[Period]:
    """Return every combination of place and dates in which another set of rules is in force, the latest first.

    `places` and `days` (by the date that selects, as ordinals) stand for the policy's own.
    """
    spans = [_spans(policy.change_days(by) if days is None else days[by]) for by in ("order_placed", "claim_opened")]
    return [
        Period(place, placed, opened)
        for opened in reversed(spans[1])
        for placed in reversed(spans[0])
        if placed[0] is None or opened[1] is None or placed[0] < opened[1]
        for place in (_places(policy) if places is None else places)
    ]


def _places(policy: Policy) -> list[str]:
    """Return the jurisdictions of a policy, and those within them that something is said of."""
    items: list[Rule | Guarantee] = [*policy.rules, *policy.guarantees]
    inside = [place for item in items for place in item.jurisdictions if policy.covers(place)]
    return list(dict.fromkeys([*policy.jurisdictions, *inside]))


def _spans(days: Sequence[int]) -> list[tuple[date | None, date | None]]:
    cuts = [date.fromordinal(day) for day in days]
    return list(zip([None, *cuts], [*cuts, None], strict=True))


def ruleset_of(engine: Engine, period: Period) -> Ruleset:
    """Return what is in force in a period: the very one that the engine decides by, so that it is made ready once."""
    return engine.ruleset(period.jurisdiction, *period.sample())


def period_words(period: Period) -> Words:
    """Return where and when a period is."""
    said = [Words.each(lambda _: period.jurisdiction)]
    for (start, end), what in ((period.placed, "placed"), (period.opened, "opened")):
        if start is not None:
            said.append(Words.of(f"period.{what}_from", start))
        if end is not None:
            said.append(Words.of(f"period.{what}_until", end - timedelta(days=1)))
    return joined(said, "list.places")


class _Settled:
    """A result as what conditions are evaluated against: facts, answers and what the money comes to."""

    def __init__(self, again: Redecided) -> None:
        self.again, self.result, self.ruleset = again, again.result, again.result.plan.ruleset

    def value(self, name: str) -> Any:
        if name == REFUND_TOTAL:
            return 0 if self.result.outcome == "decline" else max(0, self.result.total)
        if name in self.ruleset.index:
            return self.again.value(name)
        if name in SLOTS:
            return self.result.answers[SLOTS[name]]
        return self.ruleset.scaled[name]

    def possible(self, name: str) -> frozenset[object] | None:
        if (name not in POSITION and name not in SLOTS) or name in (REFUND_TOTAL, MOST):
            return None
        value = self.result.answers[SLOTS[name]]
        return value if isinstance(value, frozenset) else frozenset({value})

    def known(self, name: str) -> bool:
        return bool(self.result.known[self.ruleset.index[name]])

    def defined(self, name: str) -> Condition | fm.Formula | None:
        return self.ruleset.defined(name)


def is_so(condition: Condition, again: Redecided) -> bool | None:
    """Return whether a condition over facts and answers is so of a decided claim; None: it is open."""
    return cn.truth(condition, _Settled(again))


def with_replaced(condition: Condition, leaf: Condition, by: bool) -> Condition:
    """Return the condition with one of its comparisons (that very one) replaced by true or false."""
    return transform(condition, lambda one, _: one if one is not leaf else cn.ALWAYS if by else cn.NEVER)


def scopes(policy: Policy, more: Sequence[Condition] = ()) -> Iterator[Scope]:
    """Yield a scope for each period of a policy, all in one space, so that what they share is worked out once."""
    found = periods(policy)[:MOST_PERIODS]
    engine = Engine(policy, matcher="compiled")
    rulesets = [ruleset_of(engine, period) for period in found]
    space = Space(rulesets, more)
    for ruleset, period in zip(rulesets, found, strict=True):
        yield Scope(policy, engine, space, ruleset, period)
