"""The tally of a backtest: sums and the foremost examples, added up in any order to the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Key = tuple[str, ...]


class Example(NamedTuple):
    """One case worth looking at; the foremost have the smallest `rank`."""

    rank: tuple[int, str, str]
    """Less the money it moves, its id and where it stands: no two examples tie."""
    row: dict[str, Any]


class Tally:
    """Counts and sums of whole numbers under keys, and the foremost examples of each kind.

    Adding tallies is associative and commutative, so neither batches nor processes nor the order of
    files show in what comes out.
    """

    __slots__ = ("examples", "kept", "sums")

    def __init__(self, kept: int) -> None:
        self.kept = kept
        self.sums: dict[Key, int] = {}
        self.examples: dict[str, list[Example]] = {}

    def add(self, key: Key, amount: int = 1) -> None:
        """Add to what stands under a key."""
        self.sums[key] = self.sums.get(key, 0) + amount

    def show(self, kind: str, example: Example) -> None:
        """Keep an example if it is among the foremost of its kind."""
        found = self.examples.setdefault(kind, [])
        found.append(example)
        if len(found) >= 2 * self.kept + 8:
            self._trim(kind)

    def _trim(self, kind: str) -> None:
        self.examples[kind] = sorted(self.examples[kind], key=lambda item: item.rank)[: self.kept]

    def merge(self, other: Tally) -> None:
        """Add another tally to this one."""
        for key, amount in other.sums.items():
            self.add(key, amount)
        for kind, found in other.examples.items():
            self.examples[kind] = [*self.examples.get(kind, ()), *found]
            self._trim(kind)

    def foremost(self, kind: str) -> list[dict[str, Any]]:
        """Return the foremost examples of a kind, the first first."""
        self._trim(kind) if kind in self.examples else None
        return [example.row for example in self.examples.get(kind, ())]

    def under(self, *start: str) -> Iterator[tuple[Key, int]]:
        """Yield what stands under keys that begin so, without their beginning, in the order of the keys."""
        depth = len(start)
        for key in sorted(key for key in self.sums if key[:depth] == start):
            yield key[depth:], self.sums[key]

    def sum(self, *key: str) -> int:
        """Return what stands under a key; 0 when nothing does."""
        return self.sums.get(key, 0)
