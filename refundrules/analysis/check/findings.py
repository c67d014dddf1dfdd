"""What `check` found: findings, each with a case that shows it, and what was proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from refundrules.analysis.counterexample import Period
from refundrules.analysis.linear import Unsolved
from refundrules.analysis.scope import Redecided, Scope, Witness
from refundrules.case.facts import Words


class CheckFinding(NamedTuple):
    """Something wrong with a policy, or that could not be told."""

    id: str
    """Names it in `accept`: its kind and what it is about, the same as long as that is so."""
    kind: str
    what: Words
    rules: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    """File and line of the rules at fault."""
    witness: Witness | None = None
    other: Witness | None = None
    """The case it is compared with, where a finding is about two."""
    period: Period | None = None
    undecided: bool = False


class FindingPlace(NamedTuple):
    """A set of cases that would show something, in one scope."""

    scope: Scope
    cases: int
    shows: Callable[[Redecided], bool]


def first_shown(places: Iterable[FindingPlace]) -> Iterator[tuple[Witness | None, Scope]]:
    """Yield at most one witness, the first found, with its scope; without a witness when that could not be told."""
    open_: Scope | None = None
    empty: set[int] = set()
    for place in places:
        if place.cases in empty:
            continue
        try:
            witness = place.scope.witness(place.cases, place.shows)
        except Unsolved:
            open_ = open_ or place.scope
            continue
        if witness is not None:
            yield witness, place.scope
            return
        if place.scope.period.longest is None:
            empty.add(place.cases)
    if open_ is not None:
        yield None, open_


def is_somewhere(places: Iterable[tuple[Scope, int]]) -> bool:
    """Return whether some case is in one of the sets, or may be."""
    empty: set[int] = set()
    for scope, cases in places:
        if cases in empty:
            continue
        try:
            if not scope.finder.is_empty(cases):
                return True
            if scope.period.longest is None:
                empty.add(cases)
        except Unsolved:
            return True
    return False
