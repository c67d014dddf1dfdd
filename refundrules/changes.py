"""The search for the smallest changes of a case that give what is wanted, each decided before it is given.

Facts are changed class by class, as the policy's own comparisons split them, one fact at a time, then two, then three;
the first size at which something is found is shown whole, unless a bound on the number of looks was reached. Of several
facts, one is changed or kept after another, and what can then no more give what is wanted is not tried: see `reach`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from copy import copy
from itertools import combinations
from typing import Any, NamedTuple

from refundrules.case import Case
from refundrules.casechange import data_of, whole_path, with_values
from refundrules.complete import LARGEST
from refundrules.decision import Decision
from refundrules.errors import CaseError
from refundrules.levers import Lever, Settings, levers_of, written
from refundrules.livetrace import LiveTrace
from refundrules.matcher import CompiledMatcher
from refundrules.reach import Look, Reach
from refundrules.result import Result
from refundrules.ruleset import Plan
from refundrules.turning import tests_of
from refundrules.wish import OPEN, Goal, outcome_of

TRIED = 6000
"""At most so many possibilities tried for one question."""
_OPEN_COSTS = 4
"""An open case counts for so many, and so does a look at what a change may still lead to."""
_PAIRS = 3
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


class Search:
    """Searches one claim of one case."""

    def __init__(self, decide: Decide, case: Case, decision: Decision, claim: int, goal: Goal, bound: int) -> None:
        self.decide, self.claim, self.goal, self.bound = decide, claim, goal, bound
        trace = decision.trace
        assert isinstance(trace, LiveTrace)
        self.work = work = copy(trace.works[claim])
        work.matcher, work.until = CompiledMatcher(), self._is_another
        self.first: Result | None = None
        """The first completion found by the look under way."""
        self.pairs: deque[tuple[list[Any], list[Any]]] = deque(maxlen=_PAIRS)
        """The facts of completions that kept a claim open: they mostly keep the next one open too."""
        self.data = {**data_of(case), "decided_at": decision.decided_at.isoformat()}
        self.findings = work.findings
        self.levers: list[Lever] = levers_of(self.findings[0], work.scene) if self.findings else []
        self.tried = 0
        self.reach: list[Reach] = []
        """What the claim can come to, by its findings; empty until several facts are changed together."""
        self.spots: list[frozenset[int]] = []
        """The facts that each lever moves."""
        self.rules: frozenset[int] | None = None
        """The rules that may hold when the levers are moved; None: any."""
        self.looked: dict[Chosen, bool] = {}
        self.meets: dict[int, tuple[int, ...]] = {}
        """The facts that a lever's numbers are compared with."""
        self.options: dict[tuple[Any, ...], tuple[tuple[Any, Any], ...]] = {}
        self.scale = work.scene.order_scene.decimals
        self.seen: dict[Chosen, tuple[Case, Decision] | None] = {(): (case, decision)}

    def _is_another(self, result: Result) -> bool:
        """Return whether a completion shows that a claim is open: it has another core than the first one."""
        if self.first is None or result.core() == self.first.core():
            self.first = self.first or result
            return False
        self.pairs.appendleft((self.first.facts, result.facts))
        return True

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
        for before, place in self.starts(size):
            parts = (part for count in range(1, size) for part in combinations(before, count))
            if not any(self._met(part) for part in parts):
                yield from self._last(before, place)

    def starts(self, size: int) -> Iterator[tuple[Chosen, int]]:
        """Yield what may become a change of so many facts: all but the last with their values, and the last lever."""
        if size == 1:
            yield from (((), place) for place in range(len(self.levers)))
            return
        if not self.reach:
            self._open()
        found: dict[tuple[Any, ...], tuple[Chosen, int]] = {}
        for chosen in self._reaching((), frozenset(), size):
            *before, (place, _) = chosen
            order, nearest = self._place_in(tuple(before))
            # The end of a class that is farther from now stands for it only where the nearer does not do.
            kept = found.get((*order, place))
            if kept is None or nearest:
                found[*order, place] = tuple(before), place
        for order in sorted(found, key=lambda order: ([at for at, _ in order[:-1]], order[-1], order)):
            yield found[order]

    def _open(self) -> None:
        """Find which rules may hold at all when levers are moved."""
        self.reach = [Reach(self.work, finding, self.goal) for finding in self.findings]
        self.spots = [frozenset(self._made(place, None)) for place in range(len(self.levers))]
        self.rules = frozenset().union(*(reach.narrow(self._opened(reach, (), frozenset())) for reach in self.reach))
        self.options.clear()

    def _place_in(self, before: Chosen) -> tuple[tuple[tuple[int, int], ...], bool]:
        """Return each lever with the number of its class, and whether each value is the one of its class nearest to now."""
        order, nearest = [], True
        for number, (place, value) in enumerate(before):
            classes = self._options(place, before[:number])
            at = next((at for at, (low, high) in enumerate(classes) if _within(value, low, high)), len(classes))
            order.append((place, at))
            nearest = nearest and at < len(classes) and value == self.levers[place].nearest(*classes[at])
        return tuple(order), nearest

    def _reaching(self, chosen: Chosen, kept: frozenset[int], size: int) -> Iterator[Chosen]:
        """Yield the changes of so many facts that may meet the goal, the kept levers staying as they are."""
        look = self._look(chosen, kept)
        if not look.possible:
            return
        moved = {place for place, _ in chosen}
        left = [place for place in range(len(self.levers)) if place not in kept and place not in moved]
        free = [place for place in left if not self.spots[place].isdisjoint(look.now)]
        free = free or [place for place in left if not self.spots[place].isdisjoint(look.ever)]
        if free and size - len(chosen) == 1:
            for place in free:
                for value in self._values_of(place, chosen):
                    made = _with(chosen, place, value)
                    if self._may_be_met(made):
                        yield made
            yield from self._reaching(chosen, kept.union(free), size)
        elif free:
            for value in self._values_of(free[0], chosen):
                yield from self._reaching(_with(chosen, free[0], value), kept, size)
            yield from self._reaching(chosen, kept | {free[0]}, size)

    def _values_of(self, place: int, others: Chosen) -> Iterator[Any]:
        """Yield both ends of each class of a lever."""
        for low, high in self._options(place, others):
            yield from dict.fromkeys((low, high))

    def _look(self, chosen: Chosen, kept: frozenset[int]) -> Look:
        """Look at what may become of a change when all levers that are not kept may be moved too."""
        if self.tried > self.bound:
            raise _Bounded
        self.tried += _OPEN_COSTS * len(self.reach)
        looks = [reach.look(self._opened(reach, chosen, kept)) for reach in self.reach]
        now = frozenset().union(*(look.now for look in looks))
        return Look(all(look.possible for look in looks), now, frozenset().union(*(look.ever for look in looks)))

    def _opened(self, reach: Reach, chosen: Chosen, kept: frozenset[int]) -> list[Any]:
        """Return the facts with a change, every lever neither moved nor kept being open."""
        facts = list(reach.facts)
        for place, spots in enumerate(self.spots):
            if place not in kept:
                for at in spots:
                    facts[at] = None
        for place, value in chosen:
            for at, made in self._made(place, value).items():
                facts[at] = made
        return facts

    def _made(self, place: int, value: Any) -> dict[int, Any]:
        """Return what a lever makes of the facts, and of whether they are given."""
        lever, told = self.levers[place], self.reach[0].told
        made = lever.effect(value)
        given = {told[at]: True for at in made if at in told and lever.now is None}
        return {**made, **given}

    def _options(self, place: int, others: Chosen) -> tuple[tuple[Any, Any], ...]:
        """Return a lever's classes beside other changes; they depend on these where numbers meet."""
        if place not in self.meets:
            facts = self.levers[place].effect(0)
            tests = [test for at in facts for test in tests_of(self._plan, at)]
            self.meets[place] = tuple(sorted({at for test in tests for at in test.needs if at not in facts}))
        facts_now = self._facts(others)
        key = (place, *(facts_now[at] for at in self.meets[place]))
        if key not in self.options:
            self.options[key] = self.levers[place].options(self._plan, facts_now, self.rules)
        return self.options[key]

    def _facts(self, chosen: Chosen = ()) -> list[Any]:
        """Return the facts with a change."""
        facts = list(self.findings[0].facts)
        for place, value in chosen:
            for at, made in self.levers[place].effect(value).items():
                facts[at] = made
        return facts

    @property
    def _plan(self) -> Plan:
        return self.findings[0].plan

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
        """Return whether a change may meet the goal, from facts alone."""
        if chosen not in self.looked:
            if self.tried > self.bound:
                raise _Bounded
            self.looked[chosen] = all(self._may_meet(at, chosen) for at in range(len(self.findings)))
        return self.looked[chosen]

    def _may_meet(self, at: int, chosen: Chosen) -> bool:
        """Return the same under one ruleset; of an open claim, that it has more than one core is enough."""
        finding = self.findings[at]
        plan, facts, given = finding.plan, list(finding.facts), list(finding.known)
        for place, value in chosen:
            for fact, made in self.levers[place].effect(value).items():
                facts[fact], given[fact] = made, True
        known = tuple(given)
        self.tried += 1
        if any(self._tells_apart(plan, facts, known, pair) for pair in self.pairs):
            return self.goal.want == OPEN
        assumed = tuple(fact for fact in finding.assumed if facts[fact] is finding.facts[fact])
        self.first, self.work.worth = None, self.reach[at].may_come if self.reach else None
        found = self.work._solve(plan, facts, known, assumed)
        if self.first is not None:
            self.tried += _OPEN_COSTS
        return self.goal.may_be_met(found)

    def _tells_apart(
        self, plan: Plan, facts: list[Any], known: tuple[bool, ...], pair: tuple[list[Any], list[Any]]
    ) -> bool:
        """Return whether two completions, as another open claim had them, show that this one is open."""
        ruleset = plan.ruleset
        joined = (ruleset.broken_at, ruleset.share_at, ruleset.promotion_at)
        unknown = [at for at, value in enumerate(facts) if value is None and at not in joined]
        cores = []
        for other in pair if unknown else ():
            made = list(facts)
            for at in unknown:
                made[at] = other[at]
            if not all(test(made, (), ()) for test in plan.assumptions):
                return False
            result = self.work._resolve(plan, made, known, plan.match(made, known))
            if not result.settled:
                return False
            cores.append(result.core())
        return len(set(cores)) > 1

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


def _within(value: Any, low: Any, high: Any) -> bool:
    return low <= value <= high if _is_number(value) else bool(value == low)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _beside(one: Any, other: Any) -> bool:
    return _is_number(one) and one + 1 == other
