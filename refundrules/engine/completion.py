"""Completion: what an open case can still become, exactly.

The unknown facts that open rules read are split into classes of values the policy cannot tell
apart; every completion is decided, stopping where the core is settled. The result is a decision
diagram. A fact is missing exactly when two completions that differ only in it differ in the core.

Numbers are represented by the ends of their classes: exact where a formula is monotone in each
of its facts, which `min`, `max`, sums and products of non-negative facts are.

Deciding with what is known and leaving the rest open is partial evaluation (N. D. Jones, C. K. Gomard, P. Sestoft, *Partial
Evaluation and Automatic Program Generation*, 1993); that all completions must agree is supervaluation (B. van Fraassen, 1966).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from refundrules.case.facts import largest
from refundrules.engine.breakpoints import breakpoints_of
from refundrules.engine.result import ClaimResult
from refundrules.engine.ruleset import Plan

BOUND = 6000
"""At most so many resolutions for one claim; past it the trace says `bounded`."""


Until = Callable[[ClaimResult], bool]
"""Whether a settled completion is enough to know, and nothing more is worked out."""


class Leaf:
    """A settled completion (or several with one result)."""

    __slots__ = ("core", "result")

    def __init__(self, core: tuple[Any, ...], result: ClaimResult) -> None:
        self.core, self.result = core, result


class Fork:
    """A fact that still decides: its classes' representatives, each with what follows."""

    __slots__ = ("branches", "fact")

    def __init__(self, fact: int, branches: tuple[tuple[Any, Node], ...]) -> None:
        self.fact, self.branches = fact, branches


Node = Leaf | Fork


class Bounded(Exception):  # noqa: N818 (not an error: the bound is a documented outcome)
    """More completions than the bound."""


class Completion:
    """The decision diagram of one open claim."""

    def __init__(
        self,
        plan: Plan,
        resolve: Callable[[list[Any]], ClaimResult],
        first: ClaimResult,
        facts: list[Any],
        points: Mapping[int, Iterable[int]] | None = None,
        bound: int = BOUND,
        until: Until | None = None,
    ) -> None:
        self.plan, self.resolve, self.bound, self.points = plan, resolve, bound, points or {}
        """`points` adds ends of classes that no single comparison shows."""
        self.until = until
        """A result for which this holds is enough to know: the completion ends there, as one past its bound does."""
        self.candidates = frozenset(first.candidates)
        self.count = 0
        self.leaves: dict[tuple[Any, ...], Leaf] = {}
        self.forks: dict[tuple[Any, ...], Fork] = {}
        self._classes: dict[int, tuple[Any, ...]] = {}
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._said: dict[tuple[int, int], tuple[int, ClaimResult]] = {}
        """Keeps the results, so that what is known by its id stays what it was."""
        self._start = facts
        self.root: Node | None = self._explore(facts, first)

    def _explore(self, facts: list[Any], result: ClaimResult) -> Node | None:
        if result.settled:
            return self._leaf(result)
        unknown = self.open_facts(result)
        if not unknown:
            raise Bounded
        fact, ways = self._ways(facts, result, unknown[0])
        branches = []
        for value, completed in ways:
            if not self._possible(completed):
                continue
            self.count += 1
            if self.count > self.bound:
                raise Bounded
            node = self._explore(completed, self.resolve(completed))
            if node is not None:
                branches.append((value, node))
        return self._fork(fact, tuple(branches), len(ways))

    def _ways(self, facts: list[Any], result: ClaimResult, fact: int) -> tuple[int, list[tuple[Any, list[Any]]]]:
        """Return an unknown fact and each class of its values, with the facts as they then are.

        What the order's claims come to together is known or open as one, by what the other claims send back.
        """
        joined = self.plan.ruleset.joined
        if not result.ways or fact not in joined:
            return fact, [(value, _with(facts, (fact,), (value,))) for value in self.classes(fact)]
        ways = [_with(facts, joined, way[: len(joined)]) for way in result.ways]
        return joined[0], list(enumerate(ways))

    def open_facts(self, result: ClaimResult) -> list[int]:
        """Return the unknown facts that what is open reads, in the order they are asked for."""
        reads: set[int] = set(result.open_facts)
        ruleset = self.plan.ruleset
        for at in result.open_rules:
            reads |= self.plan.reads[at]
        if result.awaited and not reads.isdisjoint(ruleset.joined):
            reads |= result.awaited
        return sorted(at for at in reads if result.facts[at] is None)

    def _leaf(self, result: ClaimResult) -> Leaf:
        if self.until is not None and self.until(result):
            raise Bounded
        core = result.core()
        key = (core, *self._told_apart(result))
        leaf = self.leaves.get(key)
        if leaf is None:
            leaf = self.leaves[key] = Leaf(core, result)
        return leaf

    def _told_apart(self, result: ClaimResult) -> tuple[Any, ...]:
        """Return what tells results of one core apart: all that a decision shows of one."""
        review = result.review
        return (
            tuple(result.answers),
            (review.kind, review.question, review.rules) if review else None,
            tuple([(kind, amount, item.rule if item else None) for kind, amount, item in result.parts]),
            tuple(result.steps or ()),
            self._said_of(result),
            result.difference,
        )

    def _said_of(self, result: ClaimResult) -> int:
        """Return a number for which rules answered what; results of one skeleton share what it follows from."""
        key = (id(result.reasons), id(result.collected))
        known = self._said.get(key)
        if known is None:
            number = self._numbers.setdefault(_said(result), len(self._numbers))
            known = self._said[key] = number, result
        return known[0]

    def _fork(self, fact: int, branches: tuple[tuple[Any, Node], ...], ways: int) -> Node | None:
        if not branches:
            return None
        if all(node is branches[0][1] for _, node in branches) and len(branches) == ways:
            return branches[0][1]
        key = (fact, *((value, id(node)) for value, node in branches))
        return self.forks.setdefault(key, Fork(fact, branches))

    def _possible(self, facts: list[Any]) -> bool:
        return all(test(facts, (), ()) for test in self.plan.assumptions)

    # -- classes of values --------------------------------------------------------------------

    def classes(self, fact: int) -> tuple[Any, ...]:
        """Return one representative for each class of values (both ends of a number's class)."""
        found = self._classes.get(fact)
        if found is None:
            declared = self.plan.ruleset.facts[fact]
            if declared.kind == "bool":
                found = (True, False)
            elif declared.kind == "enum":
                found = declared.values
            else:
                found = self._number_classes(fact, largest(declared))
            self._classes[fact] = found
        return found

    def _number_classes(self, fact: int, most: int) -> tuple[int, ...]:
        points = {0, most, *self.points.get(fact, ())}
        for holds in self._comparisons(fact):
            for cut in cuts(holds, most):
                points |= {cut - 1, cut}
        return tuple(sorted(point for point in points if 0 <= point <= most))

    def _comparisons(self, fact: int) -> Iterator[Callable[[int], bool]]:
        """Yield each test of the fact's value that something in the plan makes; other unknowns at both their ends."""
        ruleset = self.plan.ruleset
        candidates = self.candidates
        for test, needs, rules, _ in breakpoints_of(self.plan, fact):
            if any(candidates.isdisjoint(one) for one in rules):
                continue
            others = [at for at in needs if at != fact and self._start[at] is None]
            for ends in corners(others):
                facts = list(self._start)
                for at, high in ends:
                    facts[at] = largest(ruleset.facts[at]) if high else 0
                yield at_value(test, facts, fact)

    def cores(self) -> set[tuple[Any, ...]]:
        """Return every core that a completion has."""
        return {leaf.core for leaf in self.leaves.values()}


def _with(facts: list[Any], places: Iterable[int], values: Iterable[Any]) -> list[Any]:
    completed = list(facts)
    for at, value in zip(places, values, strict=True):
        completed[at] = value
    return completed


def at_value(test: Callable[[list[Any]], bool], facts: list[Any], fact: int) -> Callable[[int], bool]:
    """Return the test as one of the fact's value, the other facts as they are."""

    def holds(value: int) -> bool:
        facts[fact] = value
        return test(facts)

    return holds


def corners(others: list[int]) -> Iterator[tuple[tuple[int, bool], ...]]:
    """Yield each way to put the first three of some numbers at their lowest (False) or highest (True)."""
    kept = others[:3]
    for bits in range(2 ** len(kept)):
        yield tuple((at, bool(bits >> index & 1)) for index, at in enumerate(kept))


def cuts(holds: Callable[[int], bool], most: int) -> Iterator[int]:
    """Yield where a comparison changes (once, since it is monotone), by bisection."""
    low, high = 0, most
    first = holds(low)
    if holds(high) == first:
        return
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle) == first:
            low = middle
        else:
            high = middle
    yield high


def core_of(leaf: Leaf) -> Any:
    """Return the core of a settled completion."""
    return leaf.core


def deciding(root: Node | None, tell: Callable[[Leaf], Any] = core_of) -> list[int]:
    """Return the facts for which two completions that differ only in them differ in what `tell` says of them."""
    forks: dict[int, Fork] = {}
    _walk(root, forks)
    found: set[int] = set()
    for fork in forks.values():
        if fork.fact not in found and _decides(fork, tell):
            found.add(fork.fact)
    return sorted(found)


def _walk(node: Node | None, forks: dict[int, Fork]) -> None:
    if isinstance(node, Fork) and id(node) not in forks:
        forks[id(node)] = node
        for _, inner in node.branches:
            _walk(inner, forks)


def _decides(fork: Fork, tell: Callable[[Leaf], Any]) -> bool:
    nodes = list({id(node): node for _, node in fork.branches}.values())
    return any(differ(one, other, tell) for index, one in enumerate(nodes) for other in nodes[index + 1 :])


def differ(one: Node, other: Node, tell: Callable[[Leaf], Any] = core_of, chosen: dict[int, Any] | None = None) -> bool:
    """Return whether some completion common to both nodes gives them different things to tell, by default cores."""
    if one is other:
        return False
    chosen = chosen or {}
    if isinstance(one, Leaf) and isinstance(other, Leaf):
        return bool(tell(one) != tell(other))
    fork, rest = (one, other) if isinstance(one, Fork) else (other, one)
    assert isinstance(fork, Fork)
    if fork.fact in chosen:
        wanted = chosen[fork.fact]
        return any(differ(node, rest, tell, chosen) for value, node in fork.branches if value == wanted)
    return any(differ(node, rest, tell, {**chosen, fork.fact: value}) for value, node in fork.branches)


def _said(result: ClaimResult) -> tuple[Any, ...]:
    """Return which rules answered what."""
    return (
        tuple((position, tuple(result.reasons[position])) for position in sorted(result.reasons)),
        tuple(
            (position, tuple((item.key, item.rule) for item in items))
            for position, items in sorted(result.collected.items())
            if items
        ),
    )
