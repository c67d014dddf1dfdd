"""Single comparisons that are always true, or always false, where they are read.

A rule is looked at by itself here: whatever other rules answer, and whatever the facts are. So a
comparison that the rule's own other comparisons imply is found, and one that merely repeats what
another rule has made sure of is not: saying that again is good style.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from refundrules.analysis.background import Background
from refundrules.analysis.check.findings import CheckFinding
from refundrules.analysis.encoding import FreeAnswers
from refundrules.analysis.linear import Unsolved
from refundrules.analysis.mdd import NONE
from refundrules.analysis.model_search import ModelSearch
from refundrules.analysis.scope import Scope, with_replaced
from refundrules.case.facts import Words
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition
from refundrules.expr.walk import leaves
from refundrules.policy.dump import condition_data


class _Read(NamedTuple):
    """A comparison where it is read: its owner, place, whether the whole file shares it, and what it always is."""

    owner: str
    where: str
    leaf: Condition
    shared: bool
    always: bool | None


def comparisons(scopes: Sequence[Scope]) -> Iterator[CheckFinding]:
    """Yield each comparison that is the same in every case in which it matters."""
    found: dict[tuple[str, str], list[_Read]] = {}
    varying: set[tuple[str, str]] = set()
    for scope in scopes:
        for read in _Looking(scope, varying).all():
            found.setdefault(_key(read), []).append(read)
            if read.always is None:
                varying.add(_key(read))
    for key, reads in sorted(found.items()):
        if key in varying or len({read.always for read in reads}) > 1:
            continue
        text = key[1]
        first = reads[0]
        always = first.always
        what = Words.of("check.always_true" if always else "check.always_false", first.owner, text)
        kind = "always-true" if always else "always-false"
        yield CheckFinding(f"{kind}:{first.owner}:{text}", kind, what, (first.owner,), (first.where,))


def _key(read: _Read) -> tuple[str, str]:
    """Return what a comparison is known by: the rule that reads it, or the file that gives it to all its rules."""
    owner = f"given in {read.where.rpartition(':')[0]}" if read.shared else read.owner
    return owner, text_of(read.leaf)


def text_of(condition: Condition) -> str:
    """Return a comparison as a pack would write it, on one line."""
    ((name, value),) = condition_data(condition).items()
    if isinstance(value, dict):
        ((operator, right),) = value.items()
        return f"{name} {operator} {right}"
    if isinstance(value, bool):
        return f"{name}: {str(value).lower()}"
    return f"{name}: {'[' + ', '.join(map(str, value)) + ']' if isinstance(value, list) else value}"


class _Looking:
    """Looks at the conditions of one scope, each by itself."""

    def __init__(self, scope: Scope, varying: set[tuple[str, str]]) -> None:
        self.varying = varying
        """Comparisons known not to be always the same: they are not looked at again."""
        self.scope, self.space = scope, scope.space
        self.finder = ModelSearch(scope.space, Background((), (), ()))

    def all(self) -> Iterator[_Read]:
        """Yield every comparison with what it always is, None: both happen."""
        for rule in self.scope.ruleset.rules:
            given = {id(leaf) for leaf in leaves(rule.given)}
            yield from self._of(rule.id, rule.where, rule.when, given)
        for definition in self.scope.policy.definitions.values():
            if not isinstance(definition.body, fm.Formula):
                yield from self._of(definition.id, definition.where, definition.body, set())

    def _of(self, owner: str, where: str, whole: Condition, given: set[int]) -> Iterator[_Read]:
        parts = [leaf for leaf in leaves(whole) if not isinstance(leaf, cn.Known)]
        reads = [_Read(owner, where, leaf, id(leaf) in given, None) for leaf in parts]
        open_ = [read for read in reads if _key(read) not in self.varying]
        if not open_:
            return
        cases = self._made(whole)
        if self._empty(cases):
            return
        together = {id(part) for part in whole.parts} if isinstance(whole, cn.All) else {id(whole)}
        for read in open_:
            yield read._replace(always=self._always(whole, read.leaf, cases if id(read.leaf) in together else NONE))

    def _always(self, whole: Condition, leaf: Condition, met: int) -> bool | None:
        """Return what a comparison always is where it matters; `met`: cases known to meet it where it must be met."""
        d = self.space.diagrams
        with_true, with_false = (self._made(with_replaced(whole, leaf, by)) for by in (True, False))
        matters = d.disj(d.minus(with_true, with_false), d.minus(with_false, with_true))
        here = self._made(leaf)
        if self._empty(d.minus(matters, here)):
            return True
        return False if met == NONE and self._empty(d.conj(matters, here)) else None

    def _made(self, condition: Condition) -> int:
        return self.space.condition(condition, self.scope.ruleset, FreeAnswers(self.space))

    def _empty(self, cases: int) -> bool:
        if cases == NONE:
            return True
        try:
            return self.finder.is_empty(cases)
        except Unsolved:
            return False
