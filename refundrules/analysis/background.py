"""What no case can be: how facts follow from each other, and what the pack assumes of them.

Each is listed by `check`, since a proof holds only as far as they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from refundrules.analysis.encoding import FreeAnswers, Space, relation_of
from refundrules.analysis.relations import Relation
from refundrules.case.axioms import AXIOMS, Axiom
from refundrules.engine.ruleset import Ruleset
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition
from refundrules.policy.parts import Assumption


class Background(NamedTuple):
    """What holds of every case."""

    possible: tuple[int, ...]
    """The cases left by each thing that is not about amounts."""
    relations: tuple[Relation, ...]
    used: tuple[Axiom | Assumption, ...]


def background(space: Space, ruleset: Ruleset) -> Background:
    """Return what holds of every case of a ruleset, as far as its facts are read."""
    possible: list[int] = []
    relations: list[Relation] = []
    used: list[Axiom] = []
    for item in AXIOMS:
        relation = _as_relation(item.holds, ruleset)
        if relation is not None:
            relations.append(relation)
            if space.read.isdisjoint(item.facts):
                continue
        elif space.read.issuperset(item.facts):
            possible.append(space.condition(item.holds, ruleset, FreeAnswers(space)))
        else:
            continue
        used.append(item)
    for assumption in ruleset.policy.assumptions:
        relation = _as_relation(assumption.assume, ruleset)
        if relation is not None:
            relations.append(relation)
        else:
            possible.append(space.condition(assumption.assume, ruleset, FreeAnswers(space)))
    return Background(tuple(possible), tuple(relations), (*used, *ruleset.policy.assumptions))


def _as_relation(condition: Condition, ruleset: Ruleset) -> Relation | None:
    """Return a comparison of several facts with each other as a relation; None of anything else."""
    if not isinstance(condition, cn.Compare):
        return None
    relation = relation_of(condition, ruleset)
    return relation if len(set(fm.names(relation.formula))) > 1 else None


def relevant_background(relations: Sequence[Relation], names: set[str]) -> Iterator[Relation]:
    """Yield the relations that tie facts of `names` to each other."""
    for relation in relations:
        reads = set(fm.names(relation.formula))
        if len(reads & names) > 1:
            yield relation
