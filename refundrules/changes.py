"""The search for the smallest changes of a case that give what is wanted, each decided before it is given.

Facts are tried class by class, as the policy's own comparisons split them, one fact at a time, then two, then three;
the first size at which something is found is shown whole, unless a bound on the number of decisions was reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from refundrules.case import Case
from refundrules.casechange import data_of, whole_path, with_values
from refundrules.claimwork import Finding
from refundrules.complete import LARGEST
from refundrules.decision import Decision
from refundrules.decisionparts import ClaimDecision
from refundrules.errors import CaseError
from refundrules.levers import Lever, Settings, levers_of, written
from refundrules.livetrace import LiveTrace
from refundrules.ruleset import Plan
from refundrules.targets import Target, decided
from refundrules.turning import tests_of

TRIED = 6000
"""At most so many possibilities tried for one question."""
_OPEN_COSTS = 8
"""An open case counts for so many: all it can still become is worked out."""
FACTS = 3
"""At most so many facts changed together."""

Decide = Callable[[Case], Decision]
Chosen = tuple[tuple[int, Any], ...]
"""Levers by place, with the value each is given."""


class Setting(NamedTuple):
    """One fact that would be otherwise: a value that does it, and the values from `low` to `high` that do."""

    fact: str
    kind: str
    now: Any
    """As a fact has it; None: unknown."""
    value: Any
    low: Any
    high: Any
    """None: without end."""
    settings: Settings
    """How the case gives the value, as paths from the case."""
    scale: int
    """Decimals of the currency."""

    def data(self) -> dict[str, Any]:
        """Return the setting as plain data, amounts and lengths as a case has them."""
        shown = {
            name: None if value is None else written(value, self.kind, self.scale)
            for name, value in (("now", self.now), ("value", self.value), ("from", self.low), ("to", self.high))
        }
        return {"fact": self.fact, **shown, "set": [{"path": path, "value": given} for path, given in self.settings]}


class Change(NamedTuple):
    """A smallest change: the facts that would be otherwise, the case with them, and how that is decided."""

    settings: tuple[Setting, ...]
    case: Case
    decision: Decision


class Found(NamedTuple):
    """What a search found."""

    changes: tuple[Change, ...]
    bounded: bool
    searched: int


class _Bounded(Exception):  # noqa: N818 (the bound is a documented outcome)
    """More decisions than the bound."""


_OPEN = Target("outcome", "needs_information")
_SHOWN = {
    "outcome": 0,
    "issue_class": 1,
    "fault": 2,
    "resolution": 3,
    "return_required": 4,
    "freight.return": 6,
    "freight.replacement": 7,
}
"""Where a result shows the answers to questions of the core."""


class Goal(NamedTuple):
    """What a change should give: a target, or anything else than what is."""

    want: Target | None
    base: ClaimDecision

    def met(self, claim: ClaimDecision) -> bool:
        """Return whether a decision is what was wanted; open ones are not, unless wanted."""
        if self.want == _OPEN:
            return claim.outcome == "needs_information"
        if claim.outcome == "needs_information":
            return False
        return outcome_of(claim) != outcome_of(self.base) if self.want is None else decided(self.want, claim, {})

    def may_be_met(self, finding: Finding) -> bool:
        """Return whether what was found from facts alone may meet it: a first look, before the case is decided."""
        if self.want == _OPEN:
            return not finding.definite
        if not finding.definite:
            return False
        shown = finding.results[0].shown()
        if self.want is None:
            return (shown[0], shown[3] if shown[0] == "approve" else None) != outcome_of(self.base)
        at = _SHOWN.get(self.want.question)
        return at is None or self.want.value is None or shown[at] == self.want.value


def outcome_of(claim: ClaimDecision) -> tuple[str, str | None]:
    """Return what tells decisions apart when no target was named."""
    return claim.outcome, claim.resolution if claim.outcome == "approve" else None


class Search:
    """Searches one claim of one case."""

    def __init__(self, decide: Decide, case: Case, decision: Decision, claim: int, goal: Goal, bound: int) -> None:
        self.decide, self.claim, self.goal, self.bound = decide, claim, goal, bound
        trace = decision.trace
        assert isinstance(trace, LiveTrace)
        work = trace.works[claim]
        self.data = {**data_of(case), "decided_at": decision.decided_at.isoformat()}
        self.finding = work.findings[0] if work.findings else None
        self.levers: list[Lever] = [] if self.finding is None else levers_of(self.finding, work.scene)
        self.work, self.tried = work, 0
        self.looked: dict[Chosen, bool] = {}
        self.meets: dict[int, tuple[int, ...]] = {}
        """The facts that a lever's numbers are compared with."""
        self.options: dict[tuple[Any, ...], tuple[tuple[Any, Any], ...]] = {}
        self.scale = work.scene.order_scene.decimals
        self.seen: dict[Chosen, tuple[Case, Decision] | None] = {(): (case, decision)}

    def run(self) -> Found:
        """Return the smallest changes that meet the goal."""
        found: list[Change] = []
        size = 0
        try:
            for size in range(1, min(FACTS, len(self.levers)) + 1):
                for change in self._of_size(size):
                    found.append(change)  # noqa: PERF402 (what was found before the bound is kept)
                if found:
                    return Found(tuple(found), False, size)
        except _Bounded:
            return Found(tuple(found), True, size - 1)
        return Found((), False, FACTS)

    def _of_size(self, size: int) -> Iterator[Change]:
        for places in combinations(range(len(self.levers)), size):
            for before in self._chosen(places[:-1], ()):
                parts = (part for count in range(1, size) for part in combinations(before, count))
                if not any(self._met(part) for part in parts):
                    yield from self._last(before, places[-1])

    def _options(self, place: int, others: Chosen) -> tuple[tuple[Any, Any], ...]:
        """Return a lever's classes beside other changes; they depend on these where numbers meet."""
        if place not in self.meets:
            facts = self.levers[place].effect(0)
            tests = [test for at in facts for test in tests_of(self._plan, at)]
            self.meets[place] = tuple(sorted({at for test in tests for at in test.needs if at not in facts}))
        facts_now = self._facts(others)
        key = (place, *(facts_now[at] for at in self.meets[place]))
        if key not in self.options:
            self.options[key] = self.levers[place].options(self._plan, facts_now)
        return self.options[key]

    def _facts(self, chosen: Chosen = ()) -> list[Any]:
        """Return the facts with a change."""
        assert self.finding is not None
        facts = list(self.finding.facts)
        for place, value in chosen:
            for at, made in self.levers[place].effect(value).items():
                facts[at] = made
        return facts

    @property
    def _plan(self) -> Plan:
        assert self.finding is not None
        return self.finding.plan

    def _chosen(self, places: Sequence[int], before: Chosen) -> Iterator[Chosen]:
        """Yield each choice of a value for each lever, of every class the end that is nearest to now."""
        if not places:
            yield before
            return
        lever = self.levers[places[0]]
        for low, high in self._options(places[0], before):
            yield from self._chosen(places[1:], (*before, (places[0], lever.nearest(low, high))))

    def _last(self, before: Chosen, place: int) -> Iterator[Change]:
        """Yield the changes that the last lever completes."""
        for low, high, _ in self._spans(before, place):
            chosen = (*before, (place, self.levers[place].nearest(low, high)))
            if not self._has_met_part(chosen):
                yield self._change(chosen, low, high)

    def _spans(self, others: Chosen, place: int) -> list[tuple[Any, Any, Any]]:
        """Return the values of a lever that meet the goal beside others; classes beside each other that give the same as one."""
        lever = self.levers[place]
        spans: list[tuple[Any, Any, Any]] = []
        for low, high in self._options(place, others):
            span = self._span(others, place, low, high)
            if span is None:
                continue
            gives = self._gives(_with(others, place, lever.nearest(*span)))
            if spans and _beside(spans[-1][1], span[0]) and spans[-1][2] == gives:
                spans[-1] = (spans[-1][0], span[1], gives)
            else:
                spans.append((*span, gives))
        return spans

    def _span(self, others: Chosen, place: int, low: Any, high: Any) -> tuple[Any, Any] | None:
        """Return the part of a class that meets the goal; None when neither end does."""

        def met(value: Any) -> bool:
            return self._met(_with(others, place, value))

        ends = met(low), low == high or met(high)
        if low == high or ends == (True, True):
            return (low, high) if ends[0] else None
        if ends == (False, False):
            return None
        good, bad = (low, high) if ends[0] else (high, low)
        while abs(good - bad) > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if met(middle) else (good, middle)
        return (low, good) if ends[0] else (good, high)

    def _has_met_part(self, chosen: Chosen) -> bool:
        """Return whether a part of the change, decided, meets the goal already: then it is not a smallest one."""
        sizes = range(1, len(chosen))
        return any(self._decided_met(part) for size in sizes for part in combinations(chosen, size))

    def _met(self, chosen: Chosen) -> bool:
        return self._may_be_met(chosen) and self._decided_met(chosen)

    def _may_be_met(self, chosen: Chosen) -> bool:
        assert self.finding is not None
        if len(self.work.findings) > 1:
            return True
        if chosen not in self.looked:
            if self.tried > self.bound:
                raise _Bounded
            facts, known = self._facts(chosen), list(self.finding.known)
            changed = {at for place, value in chosen for at in self.levers[place].effect(value)}
            for at in changed:
                known[at] = True
            assumed = tuple(at for at in self.finding.assumed if at not in changed)
            finding = self.work._solve(self._plan, facts, tuple(known), assumed)
            self.tried += 1 if finding.first.settled else _OPEN_COSTS
            self.looked[chosen] = self.goal.may_be_met(finding)
        return self.looked[chosen]

    def _decided_met(self, chosen: Chosen) -> bool:
        made = self._decided(chosen)
        return made is not None and self.goal.met(made[1].claims[self.claim])

    def _gives(self, chosen: Chosen) -> Any:
        """Return what tells two classes of values apart: who pays the freight too, where no target was named."""
        made = self._decided(chosen)
        if made is None:
            return None
        claim = made[1].claims[self.claim]
        payers = claim.freight.return_.payer, claim.freight.replacement.payer
        return (*outcome_of(claim), *(payers if self.goal.want is None else ()))

    def _decided(self, chosen: Chosen) -> tuple[Case, Decision] | None:
        """Return the case with a change, decided; None where no case can be so."""
        if chosen not in self.seen:
            if len(self.seen) > self.bound // 8:
                raise _Bounded
            made = None
            values = self._values(chosen)
            if values is not None:
                try:
                    case = Case.read(with_values(self.data, values))
                    made = case, self.decide(case)
                except CaseError:
                    made = None
            self.seen[chosen] = made
        return self.seen[chosen]

    def _values(self, chosen: Chosen) -> Settings | None:
        found: list[tuple[str, Any]] = []
        for at, value in chosen:
            given = self.levers[at].given(value)
            if given is None:
                return None
            found += [(whole_path(self.data, path, self.claim), inner) for path, inner in given]
        return tuple(found)

    def _change(self, chosen: Chosen, low: Any, high: Any) -> Change:
        made = self._decided(chosen)
        assert made is not None
        settings = []
        for number, (place, value) in enumerate(chosen):
            fact = self.levers[place].fact
            ends = (low, high) if number == len(chosen) - 1 else self._ends(chosen, place, value)
            top = None if ends[1] == LARGEST.get(fact.kind) else ends[1]
            given = self._values(((place, value),)) or ()
            settings.append(
                Setting(fact.name, fact.kind, self.levers[place].now, value, ends[0], top, given, self.scale)
            )
        return Change(tuple(settings), *made)

    def _ends(self, chosen: Chosen, place: int, value: Any) -> tuple[Any, Any]:
        """Return from where to where a value may go, the rest of the change being as it is."""
        if not _is_number(value):
            return value, value
        others = tuple(item for item in chosen if item[0] != place)
        spans = self._spans(others, place)
        return next(((low, high) for low, high, _ in spans if low <= value <= high), (value, value))


def _with(others: Chosen, place: int, value: Any) -> Chosen:
    return tuple(sorted((*others, (place, value)), key=lambda item: item[0]))


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _beside(one: Any, other: Any) -> bool:
    return _is_number(one) and one + 1 == other
