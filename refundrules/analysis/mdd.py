"""Decision diagrams: sets of cases, each case once, however many there are.

A node asks for one variable and has one child for each of its values; equal nodes are one node.
So two sets are equal exactly when they are the same number, and the empty set is `NONE`.

These are reduced ordered multi-valued decision diagrams: R. E. Bryant, "Graph-based algorithms for Boolean function
manipulation", IEEE Transactions on Computers C-35 (1986), with more than two values as in A. Srinivasan et al.,
"Algorithms for discrete function manipulation", ICCAD 1990. Nodes are kept in a unique table, operations are memoised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

NONE, EVERY = 0, 1
"""The empty set of cases, and the set of all of them."""

Cube = tuple[tuple[int, int], ...]
"""Values of some variables, in their order; whatever the others are."""
_Open = tuple[tuple[int, int], ...]
"""Sets that it is open whether a case is in, each with its bit."""
_LAST = 10**9


class TooLarge(Exception):  # noqa: N818 (not an error: the bound is a documented outcome)
    """More nodes than the bound."""


class Diagrams:
    """Keeps nodes; a set of cases is the number of its first node."""

    def __init__(self, bound: int = 1_500_000) -> None:
        self.sizes: list[int] = []
        """How many values each variable has."""
        self._var: list[int] = [_LAST, _LAST]
        self._kids: list[tuple[int, ...]] = [(), ()]
        self._unique: dict[tuple[int, tuple[int, ...]], int] = {}
        self._and: dict[tuple[int, int], int] = {}
        self._or: dict[tuple[int, int], int] = {}
        self._minus: dict[tuple[int, int], int] = {}
        self._not: dict[int, int] = {NONE: EVERY, EVERY: NONE}
        self._splits: dict[tuple[int, tuple[int, ...]], list[tuple[int, tuple[int, ...]]]] = {}
        self.bound = bound

    def add(self, size: int) -> int:
        """Return a new variable with so many values, after all others."""
        self.sizes.append(size)
        return len(self.sizes) - 1

    def made(self, var: int, kids: tuple[int, ...]) -> int:
        """Return the node that asks for `var`."""
        first = kids[0]
        if kids.count(first) == len(kids):
            return first
        key = (var, kids)
        node = self._unique.get(key)
        if node is None:
            node = self._unique[key] = len(self._var)
            if node > self.bound:
                raise TooLarge
            self._var.append(var)
            self._kids.append(kids)
        return node

    def among(self, var: int, values: Iterable[int]) -> int:
        """Return the cases in which `var` has one of the values."""
        wanted = set(values)
        return self.made(var, tuple(EVERY if at in wanted else NONE for at in range(self.sizes[var])))

    def negate(self, node: int) -> int:
        """Return the complement."""
        found = self._not.get(node)
        if found is None:
            found = self.made(self._var[node], tuple([self.negate(kid) for kid in self._kids[node]]))
            self._not[node], self._not[found] = found, node
        return found

    def conj(self, one: int, other: int) -> int:
        """Return the cases in both."""
        if one > other:
            one, other = other, one
        if one in (NONE, other):
            return one
        if one == EVERY:
            return other
        key = (one, other)
        found = self._and.get(key)
        if found is None:
            var, pairs = self._met(one, other)
            known = self._and.get
            kids = []
            for a, b in pairs:
                if a in (b, NONE) or b == EVERY:
                    kids.append(a)
                elif b == NONE or a == EVERY:
                    kids.append(b)
                else:
                    kid = known((a, b) if a < b else (b, a))
                    kids.append(self.conj(a, b) if kid is None else kid)
            found = self._and[key] = self.made(var, tuple(kids))
        return found

    def _met(self, one: int, other: int) -> tuple[int, Iterable[tuple[int, int]]]:
        """Return the first variable that either node asks for, and the pairs of what follows each of its values."""
        first, second = self._var[one], self._var[other]
        if first == second:
            return first, zip(self._kids[one], self._kids[other], strict=True)
        if first < second:
            return first, [(kid, other) for kid in self._kids[one]]
        return second, [(one, kid) for kid in self._kids[other]]

    def disj(self, one: int, other: int) -> int:
        """Return the cases in either."""
        if one > other:
            one, other = other, one
        if one == NONE:
            return other
        if one in (EVERY, other):
            return one
        key = (one, other)
        found = self._or.get(key)
        if found is None:
            var, pairs = self._met(one, other)
            kids = [
                a if a in (b, EVERY) or b == NONE else b if b == EVERY or a == NONE else self.disj(a, b)
                for a, b in pairs
            ]
            found = self._or[key] = self.made(var, tuple(kids))
        return found

    def all_of(self, nodes: Iterable[int]) -> int:
        """Return the cases in all; of no sets: every case."""
        found = EVERY
        for node in nodes:
            found = self.conj(found, node)
        return found

    def any_of(self, nodes: Iterable[int]) -> int:
        """Return the cases in any; of no sets: none."""
        found = NONE
        for node in nodes:
            found = self.disj(found, node)
        return found

    def are_apart(self, nodes: Iterable[int]) -> bool:
        """Return whether no case is in two of the sets."""
        before = NONE
        for node in nodes:
            if self.conj(before, node) != NONE:
                return False
            before = self.disj(before, node)
        return True

    def minus(self, one: int, other: int) -> int:
        """Return the cases in one and not in the other."""
        if one == NONE or other in (EVERY, one):
            return NONE
        if other == NONE:
            return one
        if one == EVERY:
            return self.negate(other)
        key = (one, other)
        found = self._minus.get(key)
        if found is None:
            var, pairs = self._met(one, other)
            kids = [a if NONE in (a, b) else NONE if a == b else self.minus(a, b) for a, b in pairs]
            found = self._minus[key] = self.made(var, tuple(kids))
        return found

    def split(self, cases: int, sets: Sequence[int]) -> list[tuple[int, tuple[int, ...]]]:
        """Return the cases by which of the sets they are in, with the positions of these: only parts with cases.

        Of two parts, the one in the first set that they differ in comes first.
        """
        key = (cases, tuple(sets))
        found = self._splits.get(key)
        if found is None:
            # The first set is the highest bit, so that in falling order the parts inside it come first.
            bits = [1 << (len(sets) - at) for at in range(len(sets))]
            inside = sum(bit for bit, node in zip(bits, sets, strict=True) if node == EVERY)
            open_ = tuple((bit, node) for bit, node in zip(bits, sets, strict=True) if node > EVERY)
            parts = self._apart(cases, inside, open_, {}) if cases != NONE else {}
            found = self._splits[key] = [
                (parts[inside], tuple(at for at, bit in enumerate(bits) if inside & bit))
                for inside in sorted(parts, reverse=True)
            ]
        return found

    def _apart(
        self, at: int, inside: int, open_: _Open, memo: dict[tuple[int, int, _Open], dict[int, int]]
    ) -> dict[int, int]:
        """Return the cases by the bits of the sets they are in: `inside` already, some of those open perhaps.

        All sets are gone through at once, since what keeps one of them open is mostly closed by the others.
        """
        if len(open_) < 2:
            if not open_:
                return {inside: at}
            ((bit, node),) = open_
            parts = {inside | bit: self.conj(at, node), inside: self.minus(at, node)}
            return {bits: part for bits, part in parts.items() if part != NONE}
        key = (at, inside, open_)
        found = memo.get(key)
        if found is None:
            var = min(self._var[at], *[self._var[node] for _, node in open_])
            size = self.sizes[var]
            kids = self._kids[at] if self._var[at] == var else (at,) * size
            followed = [(bit, self._kids[node] if self._var[node] == var else (node,) * size) for bit, node in open_]
            made: dict[int, list[int]] = {}
            for value, kid in enumerate(kids):
                if kid != NONE:
                    within = inside + sum([bit for bit, nodes in followed if nodes[value] == EVERY])
                    left = tuple([(bit, nodes[value]) for bit, nodes in followed if nodes[value] > EVERY])
                    for bits, part in self._apart(kid, within, left, memo).items():
                        made.setdefault(bits, [NONE] * size)[value] = part
            found = memo[key] = {bits: self.made(var, tuple(parts)) for bits, parts in made.items()}
        return found

    def contains(self, node: int, value_of: Callable[[int], int]) -> bool:
        """Return whether the case in which each variable has its value is in the set."""
        while node > EVERY:
            node = self._kids[node][value_of(self._var[node])]
        return node == EVERY

    def restrict(self, node: int, values: Mapping[int, int]) -> int:
        """Return the set with variables given values: it no longer asks for them."""
        memo: dict[int, int] = {}

        def walk(at: int) -> int:
            if at <= EVERY:
                return at
            found = memo.get(at)
            if found is None:
                var, kids = self._var[at], self._kids[at]
                found = memo[at] = walk(kids[values[var]]) if var in values else self.made(var, tuple(map(walk, kids)))
            return found

        return walk(node)

    def exists(self, node: int, variables: frozenset[int]) -> int:
        """Return the cases that are in the set for some values of the variables."""
        memo: dict[int, int] = {}

        def walk(at: int) -> int:
            if at <= EVERY:
                return at
            found = memo.get(at)
            if found is None:
                var, kids = self._var[at], [walk(kid) for kid in dict.fromkeys(self._kids[at])]
                if var in variables:
                    found = self.any_of(kids)
                else:
                    found = self.made(var, tuple([walk(kid) for kid in self._kids[at]]))
                memo[at] = found
            return found

        return walk(node)

    def cube(self, cube: Iterable[tuple[int, Iterable[int]]]) -> int:
        """Return the cases in which each variable has one of its values."""
        return self.all_of(self.among(var, values) for var, values in cube)

    def variables(self, node: int) -> set[int]:
        """Return the variables the set hangs on."""
        return {self._var[at] for at in self._reached(node) if at > EVERY}

    def _reached(self, node: int) -> Iterator[int]:
        seen, todo = {node}, [node]
        while todo:
            at = todo.pop()
            yield at
            for kid in self._kids[at]:
                if kid not in seen:
                    seen.add(kid)
                    todo.append(kid)

    def values(self, node: int) -> dict[int, frozenset[int]]:
        """Return, for each variable the set hangs on, the values with which some case is in the set."""
        hull: dict[int, set[int]] = {}
        through: dict[int, set[int]] = {}
        for at in self._reached(node):
            if at > EVERY:
                var = self._var[at]
                through.setdefault(var, set()).add(at)
                hull.setdefault(var, set()).update(i for i, kid in enumerate(self._kids[at]) if kid != NONE)
        skipped = self._skipping(node, set(hull))
        return {
            var: frozenset(range(self.sizes[var])) if var in skipped else frozenset(found)
            for var, found in hull.items()
        }

    def _skipping(self, node: int, wanted: set[int]) -> set[int]:
        """Return the variables that some way to a case of the set does not ask for."""
        ranks = sorted(wanted)
        found: set[int] = set()
        for at in self._reached(node):
            if at <= EVERY:
                continue
            for kid in set(self._kids[at]) - {NONE}:
                found.update(var for var in ranks if self._var[at] < var < self._var[kid])
        found.update(var for var in ranks if var < self._var[node])
        return found

    def cheapest(self, node: int, cost: Callable[[int, int], int]) -> Cube:
        """Return the cheapest values that put a case in the set; `cost` of a variable's value. The set is not empty."""
        best: dict[int, tuple[int, int]] = {}

        def walk(at: int) -> int:
            if at <= EVERY:
                return 0 if at == EVERY else _LAST
            known = best.get(at)
            if known is None:
                var = self._var[at]
                known = min(
                    (walk(kid) + cost(var, value), value) for value, kid in enumerate(self._kids[at]) if kid != NONE
                )
                best[at] = known
            return known[0]

        walk(node)
        found = []
        while node > EVERY:
            value = best[node][1]
            found.append((self._var[node], value))
            node = self._kids[node][value]
        return tuple(found)
