"""The parts of a condition by their place in it, and the condition with one of them changed."""

from __future__ import annotations

from collections.abc import Iterator

from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition

Path = tuple[int, ...]
"""Where a part stands: which part of which part, from the outside in."""
Leaf = cn.Is | cn.Compare | cn.Known
YES, NO = cn.All(()), cn.Any(())


def inner(condition: Condition) -> tuple[Condition, ...]:
    """Return what a condition is made of; empty for a comparison."""
    if isinstance(condition, cn.All | cn.Any):
        return condition.parts
    return (condition.part,) if isinstance(condition, cn.Not) else ()


def places(condition: Condition, path: Path = ()) -> Iterator[tuple[Path, Condition]]:
    """Yield the condition and every part of it, each with its place."""
    yield path, condition
    for at, part in enumerate(inner(condition)):
        yield from places(part, (*path, at))


def leaf_places(condition: Condition) -> Iterator[tuple[Path, Leaf]]:
    """Yield every comparison with its place."""
    for path, part in places(condition):
        if isinstance(part, cn.Is | cn.Compare | cn.Known):
            yield path, part


def changed(condition: Condition, path: Path, part: Condition | None) -> Condition:
    """Return the condition with another part at a place, or without that part where it is None."""
    if not path:
        return YES if part is None else part
    at, *rest = path
    if isinstance(condition, cn.Not):
        return cn.Not(changed(condition.part, tuple(rest), part))
    assert isinstance(condition, cn.All | cn.Any)
    before, after = condition.parts[:at], condition.parts[at + 1 :]
    if not rest and part is None:
        return type(condition)((*before, *after))
    return type(condition)((*before, changed(condition.parts[at], tuple(rest), part), *after))


def to_text(condition: Condition) -> str:
    """Return a condition on one line.

    >>> to_text(cn.Not(cn.All((cn.Is("claim.reason", ("stain", "damage")), cn.Known("claim.severity")))))
    'not (claim.reason: stain or damage and known claim.severity)'
    """
    if isinstance(condition, cn.All | cn.Any):
        word = " and " if isinstance(condition, cn.All) else " or "
        shown = [f"({to_text(part)})" if len(inner(part)) > 1 else to_text(part) for part in condition.parts]
        return word.join(shown) or ("always" if isinstance(condition, cn.All) else "never")
    if isinstance(condition, cn.Not):
        return f"not ({to_text(condition.part)})" if inner(condition.part) else f"not {to_text(condition.part)}"
    if isinstance(condition, cn.Is):
        return f"{condition.name}: {' or '.join(str(value).lower() if isinstance(value, bool) else value for value in condition.values)}"
    if isinstance(condition, cn.Known):
        return f"known {condition.name}"
    return f"{condition.name} {condition.operator} {fm.to_text(condition.right)}"
