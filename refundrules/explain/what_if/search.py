"""The search for the smallest changes of a case that give what is wanted, each decided before it is given.

Facts are changed class by class, as the policy's own comparisons split them, one fact at a time, then two, then three;
the first size at which something is found is shown whole, unless a bound on the number of looks was reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

from refundrules.case.facts import LARGEST, largest
from refundrules.case.inputs import Settings, written
from refundrules.case.models import Case
from refundrules.case.paths import data_of, whole_path, with_values
from refundrules.engine.decision import Decision
from refundrules.engine.live_trace import LiveTrace
from refundrules.errors import CaseError
from refundrules.explain.targets import CounterfactualGoal, outcome_of
from refundrules.explain.what_if.candidates import CandidateSearch, Chosen, PastBound, is_number, with_value

TRIED = 12000
"""At most so many possibilities tried for one question."""
MAX_CHANGES = 3
"""At most so many facts changed together."""

Decide = Callable[[Case], Decision]


class Assignment(NamedTuple):
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

    settings: tuple[Assignment, ...]
    case: Case
    decision: Decision


class SearchResult(NamedTuple):
    """What a search found."""

    changes: tuple[Change, ...]
    bounded: bool
    searched: int


class Search:
    """Searches one claim of one case."""

    def __init__(
        self, decide: Decide, case: Case, decision: Decision, claim: int, goal: CounterfactualGoal, bound: int
    ) -> None:
        self.decide, self.claim, self.goal, self.bound = decide, claim, goal, bound
        trace = decision.trace
        assert isinstance(trace, LiveTrace)
        self.survey = CandidateSearch(trace.works[claim], goal, bound)
        self.levers = self.survey.levers
        self.data = {**data_of(case), "decided_at": decision.decided_at.isoformat()}
        self.scale = trace.works[claim].scene.order_scene.decimals
        self.seen: dict[Chosen, tuple[Case, Decision] | None] = {(): (case, decision)}

    def run(self) -> SearchResult:
        """Return the smallest changes that meet the goal."""
        found: dict[Any, Change] = {}
        size = 0
        try:
            for size in range(1, min(MAX_CHANGES, len(self.levers)) + 1):
                for change in self._of_size(size):
                    found.setdefault(self._shown(change), change)
                if found:
                    return SearchResult(tuple(found.values()), False, size)
        except PastBound:
            return SearchResult(tuple(found.values()), True, size - 1)
        return SearchResult((), False, MAX_CHANGES)

    def _shown(self, change: Change) -> tuple[Any, ...]:
        """Return what tells changes apart: other values of the same ranges that give the same are one."""
        ranges = tuple((item.fact, item.low, item.high) for item in change.settings)
        return ranges, outcome_of(change.decision.claims[self.claim])

    def _of_size(self, size: int) -> Iterator[Change]:
        for before, place in self.survey.starts(size):
            parts = (part for count in range(1, size) for part in combinations(before, count))
            if not any(self._met(part) for part in parts):
                yield from self._last(before, place)

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
        for low, high in self.survey.options(place, others):
            span = self._span(others, place, low, high)
            if span is None:
                continue
            gives = self._gives(with_value(others, place, lever.nearest(*span)))
            if spans and _beside(spans[-1][1], span[0]) and spans[-1][2] == gives:
                spans[-1] = (spans[-1][0], span[1], gives)
            else:
                spans.append((*span, gives))
        return spans

    def _span(self, others: Chosen, place: int, low: Any, high: Any) -> tuple[Any, Any] | None:
        """Return the part of a class that meets the goal; None when neither end does."""

        def met(value: Any) -> bool:
            return self._met(with_value(others, place, value))

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
        return self.survey.may_be_met(chosen) and self._decided_met(chosen)

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
            if len(self.seen) > self.bound // 16:
                raise PastBound
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
            top = None if fact.kind in LARGEST and ends[1] == largest(fact) else ends[1]
            given = self._values(((place, value),)) or ()
            settings.append(
                Assignment(fact.name, fact.kind, self.levers[place].now, value, ends[0], top, given, self.scale)
            )
        return Change(tuple(settings), *made)

    def _ends(self, chosen: Chosen, place: int, value: Any) -> tuple[Any, Any]:
        """Return from where to where a value may go, the rest of the change being as it is."""
        if not is_number(value):
            return value, value
        others = tuple(item for item in chosen if item[0] != place)
        spans = self._spans(others, place)
        return next(((low, high) for low, high, _ in spans if low <= value <= high), (value, value))


def _beside(one: Any, other: Any) -> bool:
    return is_number(one) and one + 1 == other
