"""Going through conditions: their parts, places, comparisons and names, and the condition with some of it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition, Group, Leaf, Not, inner
from refundrules.expr.formula import Formula

T = TypeVar("T")
Path = tuple[int, ...]
"""Where a part stands: which part of which part, from the outside in."""
Defined = Callable[[str], Condition | Formula | None]
"""What a definition stands for; None when the name is not one."""


def places(condition: Condition, path: Path = ()) -> Iterator[tuple[Path, Condition]]:
    """Yield the condition and every part of it, from the outside in, each with its place."""
    yield path, condition
    for at, part in enumerate(inner(condition)):
        yield from places(part, (*path, at))


def leaf_places(condition: Condition) -> Iterator[tuple[Path, Leaf]]:
    """Yield every comparison with its place."""
    return ((path, part) for path, part in places(condition) if isinstance(part, Leaf))


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield every comparison in the condition."""
    if isinstance(condition, Group):
        for part in condition.parts:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.part)
    else:
        yield condition


def all_leaves(condition: Condition, defined: Defined) -> Iterator[Leaf]:
    """Yield every comparison, those of named conditions instead of their names."""
    for leaf in leaves(condition):
        body = defined(leaf.name) if isinstance(leaf, cn.Is) else None
        if isinstance(body, Condition):
            yield from all_leaves(body, defined)
        else:
            yield leaf


def reads(*parts: object) -> Iterator[str]:
    """Yield every name that conditions and formulas read; what is neither (a word, a deadline, None) reads nothing."""
    for part in parts:
        if isinstance(part, Formula):
            yield from fm.names(part)
        elif isinstance(part, Condition):
            for leaf in leaves(part):
                yield leaf.name
                if isinstance(leaf, cn.Compare):
                    yield from fm.names(leaf.right)


def closure(names: Iterable[str], defined: Defined) -> set[str]:
    """Return the names and all that their definitions read, and those of these, to the end."""
    found: set[str] = set()
    todo = set(names)
    while todo:
        found |= todo
        todo = {read for name in todo for read in reads(defined(name))} - found
    return found


def fold(
    condition: Condition,
    leaf: Callable[[Leaf, bool], T],
    joined: Callable[[type[Group], Sequence[T]], T],
    negated: Callable[[T], T],
    *,
    positive: bool = True,
) -> T:
    """Return what a condition comes to, from its comparisons outwards.

    `leaf` is also told whether its comparison stands under an even number of negations; `joined` gets `All` or `Any`
    and what the parts come to.
    """
    if isinstance(condition, Group):
        return joined(
            type(condition), [fold(part, leaf, joined, negated, positive=positive) for part in condition.parts]
        )
    if isinstance(condition, Not):
        return negated(fold(condition.part, leaf, joined, negated, positive=not positive))
    return leaf(condition, positive)


def transform(condition: Condition, change: Callable[[Leaf, bool], Condition]) -> Condition:
    """Return the condition with every comparison changed; `change` is told whether negations around it cancel out."""
    return fold(condition, change, lambda kind, parts: kind(tuple(parts)), Not)


def changed(condition: Condition, path: Path, part: Condition | None) -> Condition:
    """Return the condition with another part at a place, or without that part where it is None."""
    if not path:
        return cn.ALWAYS if part is None else part
    at, *rest = path
    if isinstance(condition, Not):
        return Not(changed(condition.part, tuple(rest), part))
    assert isinstance(condition, Group)
    before, after = condition.parts[:at], condition.parts[at + 1 :]
    if not rest and part is None:
        return type(condition)((*before, *after))
    return type(condition)((*before, changed(condition.parts[at], tuple(rest), part), *after))
