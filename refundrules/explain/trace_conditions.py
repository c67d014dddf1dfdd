"""What of a traced condition made it what it is, and what would make it true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from refundrules.expr import formula as fm

Traced = Mapping[str, Any]
"""A condition as the trace has it."""


def decisive(condition: Traced) -> Iterator[Traced]:
    """Yield the comparisons that give a condition its truth; of a definition, those of what it means.

    Where one part is enough (a false one of a conjunction, a true one of a disjunction) that is the first such.
    """
    truth = condition["truth"]
    for joined, enough in (("all", False), ("any", True)):
        if joined in condition:
            parts = [part for part in condition[joined] if part["truth"] is truth]
            for part in parts[:1] if truth is enough else parts:
                yield from decisive(part)
            return
    if "not" in condition:
        yield from decisive(condition["not"])
    elif "means" in condition:
        yield from decisive(condition["means"])
    else:
        yield condition


def names_in(condition: Traced) -> Iterator[str]:
    """Yield the names that a comparison reads, on both sides."""
    yield condition["name"]
    if "than" in condition:
        yield from fm.names(fm.parse(condition["than"]))


def wanting(condition: Traced, goal: bool = True) -> dict[str, Any] | None:
    """Return what would have to become true (or false) for a condition to be `goal`; None when it is already.

    A tree of `all` and `any` over comparisons, each with its `goal`; a definition's stands under `means`. If all that it
    lists were so, the condition would be `goal`.
    """
    if condition["truth"] is goal:
        return None
    if "not" in condition:
        return wanting(condition["not"], not goal)
    for joined in ("all", "any"):
        if joined in condition:
            parts = [found for part in condition[joined] if (found := wanting(part, goal)) is not None]
            # To make a conjunction false, or a disjunction true, one part is enough.
            needs_all = (joined == "all") is goal
            return parts[0] if len(parts) == 1 else {"all" if needs_all else "any": parts}
    found = {**condition, "goal": goal}
    if "means" in condition:
        body = (True in condition["wanted"]) is goal
        found["means"] = wanting(condition["means"], body)
    return found


def leaves_of(tree: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    """Yield the comparisons of what `wanting` returns, those of a definition instead of its name."""
    if tree is None:
        return
    for joined in ("all", "any"):
        for part in tree.get(joined, ()):
            yield from leaves_of(part)
    if tree.get("means"):
        yield from leaves_of(tree["means"])
    elif "name" in tree:
        yield tree


def waits_on(condition: Traced) -> Iterator[str]:
    """Yield the names of unknown facts and open answers that a condition, unknown itself, hangs on."""
    if condition["truth"] is None:
        for leaf in decisive(condition):
            if leaf["actual"] is None or isinstance(leaf["actual"], list):
                yield leaf["name"]
            elif leaf.get("which_is", 0) is None:
                yield from fm.names(fm.parse(leaf["than"]))
