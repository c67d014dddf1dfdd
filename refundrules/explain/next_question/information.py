"""Which question tells most: the one after which the fewest are left, expected over its answers.

It reads the decision diagram of an open claim with everything but the cores forgotten. Answers
count alike; of a number, the classes that the policy tells apart do.

The expected number of questions of a decision tree is the measure; choosing the question greedily by what it tells is that of
J. R. Quinlan, "Induction of decision trees", Machine Learning 1 (1986), here counted exactly on the diagram.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refundrules.engine.completion import Fork, Node


class _Point:
    """A node of the diagram of cores: a fact and what follows each value, or (no branches) a core."""

    __slots__ = ("branches", "fact")

    def __init__(self, fact: int, branches: tuple[tuple[Any, _Point], ...]) -> None:
        self.fact, self.branches = fact, branches


class ExpectedQuestions:
    """The diagram of one claim's cores; `choices` are the facts whose every value is an answer of its own."""

    def __init__(self, diagram: Node, choices: Iterable[int]) -> None:
        self._choices = frozenset(choices)
        self._made: dict[tuple[Any, ...], _Point] = {}
        self._read: dict[int, _Point] = {}
        self._told: dict[tuple[int, int, Any], _Point | None] = {}
        self._lengths: dict[int, float] = {}
        self.root = self._read_node(diagram)

    def best(self, facts: Iterable[int]) -> int:
        """Return the fact to ask for first: the most telling, the earlier of two that tell alike."""
        values = self._values()
        order = sorted(facts)
        return min(order, key=lambda fact: (round(self._left_after(fact, values.get(fact, ())), 9), fact))

    def _read_node(self, node: Node) -> _Point:
        found = self._read.get(id(node))
        if found is None:
            if isinstance(node, Fork):
                inner = [(value, self._read_node(branch)) for value, branch in node.branches]
                made = self._point(node.fact, inner)
                assert made is not None
                found = made
            else:
                found = self._made.setdefault(("core", node.core), _Point(-1, ()))
            self._read[id(node)] = found
        return found

    def _point(self, fact: int, branches: list[tuple[Any, _Point]]) -> _Point | None:
        """Return the one node with these branches; what follows where they agree; None where nothing is possible."""
        if not branches:
            return None
        if all(inner is branches[0][1] for _, inner in branches):
            return branches[0][1]
        key = (fact, *((value, id(inner)) for value, inner in branches))
        return self._made.setdefault(key, _Point(fact, tuple(branches)))

    def _values(self) -> dict[int, tuple[Any, ...]]:
        found: dict[int, dict[Any, None]] = {}
        todo, seen = [self.root], set()
        while todo:
            point = todo.pop()
            if id(point) in seen:
                continue
            seen.add(id(point))
            for value, inner in point.branches:
                found.setdefault(point.fact, {})[value] = None
                todo.append(inner)
        return {fact: tuple(values) for fact, values in found.items()}

    def _after(self, point: _Point, fact: int, value: Any) -> _Point | None:
        """Return the diagram once the fact is known; None when it cannot have that value here."""
        if not point.branches:
            return point
        key = (id(point), fact, value)
        if key not in self._told:
            if point.fact == fact:
                found = next((inner for other, inner in point.branches if other == value), None)
            else:
                branches = [(other, self._after(inner, fact, value)) for other, inner in point.branches]
                found = self._point(point.fact, [(other, inner) for other, inner in branches if inner is not None])
            self._told[key] = found
        return self._told[key]

    def _left_after(self, fact: int, values: tuple[Any, ...]) -> float:
        told = [self._after(self.root, fact, value) for value in values]
        possible = [point for point in told if point is not None]
        if len({id(point) for point in possible}) < 2:
            return float("inf")
        return self._mean(fact, possible)

    def _mean(self, fact: int, points: list[_Point]) -> float:
        if fact not in self._choices:
            points = list({id(point): point for point in points}.values())
        return sum(self._length(point) for point in points) / len(points)

    def _length(self, point: _Point) -> float:
        """Return how many questions the diagram's own order would take from here on."""
        if not point.branches:
            return 0.0
        found = self._lengths.get(id(point))
        if found is None:
            found = 1 + self._mean(point.fact, [inner for _, inner in point.branches])
            self._lengths[id(point)] = found
        return found
