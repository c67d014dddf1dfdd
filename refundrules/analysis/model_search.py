"""Finding the smallest case in a set of cases, or proving that there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from refundrules.analysis.background import Background, relevant_background
from refundrules.analysis.encoding import LEFT, EncodedChoice, Flag, Numbers, Space, Test
from refundrules.analysis.linear import Unsolved
from refundrules.analysis.mdd import NONE, Cube
from refundrules.analysis.relations import Relation
from refundrules.analysis.solver import model
from refundrules.case.facts import LARGEST, LARGEST_WORKED_OUT, Fact, largest
from refundrules.case.inputs import USUAL_AMOUNTS
from refundrules.expr import formula as fm

_OPEN_CUBES = 8
"""After so many combinations of comparisons that arithmetic could not decide, the question is left open."""

USUAL: dict[str, object] = {
    "order.status": "delivered", "order.channel": "online", "line.category": "apparel", "line.exclusion": "none",
    "order.free_shipping": "none", "claim.paid": 10000, "order.goods_paid": 10000, "line.unit_price": 10000,
    "claim.quantity": 1, "claim.freight.return_quote": 1200, "claim.freight.replacement_quote": 1200,
    "claim.assessed_loss": 2000, "claim.rightful_price": 8000, "order.shipping_cost": 800,
    "order.free_shipping_threshold": 9900, "order.days_since_delivery": 3, "order.days_since_completion": 2,
    "order.ship_promise_hours": 48, LEFT: 10000, **USUAL_AMOUNTS,
    "claim.requested": "return_and_refund",
}  # fmt: skip
"""What a case is where nothing else is asked of it: plain values that read well."""


class Model(NamedTuple):
    """Values of facts that put a case in a set; facts that are not named may be anything."""

    facts: Mapping[str, bool | int | str]
    unknown: frozenset[str]
    """Facts that the case must leave out."""


class ModelSearch:
    """Searches the cases of a space; what arithmetic teaches it is kept."""

    def __init__(self, space: Space, background: Background, bounds: Mapping[str, int] | None = None) -> None:
        self.space, self.background = space, background
        self._rules: list[tuple[int, frozenset[int]]] = []
        """What every case is in, and the facts and tests each of these hangs on; it grows."""
        for cases in background.possible:
            self._rule(cases)
        self.largest = bounds or {}
        self._bounds = {
            name: (0, min(largest(fact), self.largest.get(name, largest(fact))))
            for name, fact in space.facts.items()
            if fact.kind in LARGEST
        }
        self._bounds[LEFT] = (0, LARGEST_WORKED_OUT)
        self._costs: dict[int, tuple[int, ...]] = {}
        self._solved, self._refuted = space.solved.setdefault(
            (background.relations, tuple(sorted(self.largest.items()))), ({}, {})
        )

    def find(self, cases: int, suits: Callable[[Model], bool] | None = None) -> Model | None:
        """Return the smallest case of the set, None when it has none. Raises `Unsolved` when that cannot be told.

        A case that does not suit is passed over, and then an empty answer proves nothing.
        """
        found = self.search(cases, suits)
        return None if found is None else found[1]

    def search(self, cases: int, suits: Callable[[Model], bool] | None = None) -> tuple[Cube, Model] | None:
        """Return the same as `find`, with the values of the variables that make the case."""
        d = self.space.diagrams
        open_ = 0
        about = d.variables(cases)
        cases = self.possible(cases, about)
        while cases != NONE:
            cube = d.cheapest(cases, self._cost)
            here = d.cube((var, (value,)) for var, value in cube)
            wider = self.possible(here, {var for var, _ in cube})
            if wider == NONE:
                cases = d.minus(cases, here)
                continue
            try:
                found = self._numbers(cube)
            except Unsolved:
                open_ += 1
            else:
                if found is None:
                    cases = d.conj(cases, self._learn(cube))
                    continue
                case = self._named(cube, found)
                if suits is None or suits(case):
                    return cube, case
                open_ += 1
            if open_ > _OPEN_CUBES:
                raise Unsolved
            cases = d.minus(cases, here)
        if open_:
            raise Unsolved
        return None

    def _rule(self, cases: int) -> int:
        self._rules.append((cases, frozenset(self.space.diagrams.variables(cases))))
        return cases

    def possible(self, cases: int, about: set[int]) -> int:
        """Return the cases without those known to be impossible by what they are about."""
        for rule, variables in self._rules:
            if not variables.isdisjoint(about):
                cases = self.space.diagrams.conj(cases, rule)
        return cases

    def is_empty(self, cases: int) -> bool:
        """Return whether no case is in the set. Raises `Unsolved`."""
        about = self.space.diagrams.variables(cases)
        cases = self.possible(cases, about)
        if cases == NONE:
            return True
        compared = [self.space.variables[var] for var in self.space.diagrams.variables(cases)]
        numbers_ = {variable.name for variable in compared if isinstance(variable, Numbers)}
        tied = any(isinstance(variable, Test) for variable in compared)
        if tied or any(True for _ in relevant_background(self.background.relations, numbers_)):
            return self.find(cases) is None
        return False

    # -- one combination of truths ------------------------------------------------------------

    def _numbers(self, cube: Cube) -> dict[str, int] | None:
        """Return numbers for the facts that the combination ties together; None when no numbers are like that."""
        compared = tuple([item for item in cube if isinstance(self.space.variables[item[0]], Test | Numbers)])
        if compared not in self._solved:
            try:
                self._solved[compared] = True, self._worked_out(compared)
            except Unsolved:
                self._solved[compared] = False, None
        is_solved, found = self._solved[compared]
        if not is_solved:
            raise Unsolved
        return found

    def _worked_out(self, cube: Cube) -> dict[str, int] | None:
        relations, bounds, tied = self._problem(cube)
        if not relations:
            return {} if all(low <= high for low, high in bounds.values()) else None
        wishes = {name: self._wish(name, *bounds[name]) for name in tied}
        return model(relations, bounds, wishes)

    def _problem(self, cube: Cube) -> tuple[list[Relation], dict[str, tuple[int, int]], set[str]]:
        bounds, relations = dict(self._bounds), []
        compared = set()
        for var, value in cube:
            variable = self.space.variables[var]
            if isinstance(variable, Test):
                relations.append(variable.relation if value else variable.relation.denied())
            elif isinstance(variable, Numbers):
                low, high = variable.intervals[value]
                most = bounds[variable.name][1]
                bounds[variable.name] = (low, min(high, most))
                compared.add(variable.name)
        names = {name for relation in relations for name in fm.names(relation.formula)} | compared
        relations += relevant_background(self.background.relations, names)
        tied = {name for relation in relations for name in fm.names(relation.formula)}
        return relations, bounds, tied

    def _learn(self, cube: Cube) -> int:
        """Return the cases left when the combination is impossible, by as few of its truths as show it."""
        d = self.space.diagrams
        kept: list[tuple[int, tuple[int, ...]]] = [
            (var, (value,)) for var, value in cube if isinstance(self.space.variables[var], Test | Numbers)
        ]
        for item in list(kept):
            fewer = [other for other in kept if other != item]
            if self._impossible(fewer):
                kept = fewer
        for at, (var, (value, *_)) in enumerate(kept):
            if isinstance(self.space.variables[var], Numbers):
                for wider in (tuple(range(d.sizes[var]))[value:], tuple(range(value + 1))):
                    wide = [*kept[:at], (var, wider), *kept[at + 1 :]]
                    if len(wider) > 1 and self._impossible(wide):
                        kept = wide
                        break
        return self._rule(d.negate(d.cube(kept)))

    def _impossible(self, ranges: list[tuple[int, tuple[int, ...]]]) -> bool:
        key = tuple(ranges)
        found = self._refuted.get(key)
        if found is None:
            found = self._refuted[key] = self._refutes(key)
        return found

    def _refutes(self, ranges: Sequence[tuple[int, tuple[int, ...]]]) -> bool:
        relations, bounds, names = [], dict(self._bounds), set()
        for var, values in ranges:
            variable = self.space.variables[var]
            if isinstance(variable, Test):
                relations.append(variable.relation if values[0] else variable.relation.denied())
            elif isinstance(variable, Numbers):
                low, high = variable.intervals[values[0]][0], variable.intervals[values[-1]][1]
                bounds[variable.name] = (low, min(high, bounds[variable.name][1]))
                names.add(variable.name)
        names |= {name for relation in relations for name in fm.names(relation.formula)}
        if any(low > high for low, high in bounds.values()):
            return True
        relations += relevant_background(self.background.relations, names)
        if not relations:
            return False
        try:
            return model(relations, bounds, {}) is None
        except Unsolved:
            return False

    # -- words and costs ----------------------------------------------------------------------

    def _named(self, cube: Cube, found: Mapping[str, int]) -> Model:
        facts: dict[str, bool | int | str] = {name: value for name, value in found.items() if not name.startswith("=")}
        unknown = set()
        for var, value in cube:
            variable = self.space.variables[var]
            if isinstance(variable, EncodedChoice):
                facts[variable.name] = variable.values[value]
            elif isinstance(variable, Numbers) and variable.name not in facts:
                low, high = variable.intervals[value]
                facts[variable.name] = self._wish(variable.name, low, min(high, self._bounds[variable.name][1]))
            elif isinstance(variable, Flag) and variable.name.startswith("known ") and not value:
                unknown.add(variable.name.removeprefix("known "))
        return Model({name: facts[name] for name in sorted(facts)}, frozenset(unknown))

    def _wish(self, name: str, low: int, high: int) -> int:
        fact = self.space.facts.get(name)
        usual = USUAL.get(name, 0)
        wish = usual if isinstance(usual, int) else 0
        if low <= wish <= high:
            return wish
        step = {"cm": 1000, "money": 100}.get(fact.kind if fact else "money", 1)
        nearest = low if wish < low else high
        rounded = -(-nearest // step) * step if wish < low else nearest // step * step
        return rounded if low <= rounded <= high else nearest

    def _cost(self, var: int, value: int) -> int:
        costs = self._costs.get(var)
        if costs is None:
            costs = self._costs[var] = tuple(self._value_costs(var))
        return costs[value]

    def _value_costs(self, var: int) -> list[int]:
        variable = self.space.variables[var]
        if isinstance(variable, Test | Flag):
            return [1, 1]
        if variable.name not in self.space.facts:
            return [0] * self.space.diagrams.sizes[var]
        fact = self.space.facts[variable.name]
        each = 100 if fact.optional or variable.name == "claim.reason" else 0
        if isinstance(variable, Numbers):
            usual = USUAL.get(variable.name, fact.default or 0)
            return [
                each + (0 if low <= int(usual) <= high else 60 if not fact.optional else 2) + at  # type: ignore[call-overload]
                for at, (low, high) in enumerate(variable.intervals)
            ]
        plain = usual_word(fact)
        return [
            each + (0 if value == plain else 100 if not fact.optional else 2 + at)
            for at, value in enumerate(variable.values)
        ]


def usual_word(fact: Fact) -> object:
    """Return what a fact with named values is where nothing is said of it."""
    if fact.name in USUAL:
        return USUAL[fact.name]
    if fact.default is not None:
        return fact.default
    return False if fact.kind == "bool" and not fact.optional else fact.values[0] if fact.values else True
