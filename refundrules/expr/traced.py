"""A condition as a trace has it: what of it made it what it is, and what would make it true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NotRequired

from typing_extensions import TypedDict

from refundrules.expr import formula as fm

Traced = TypedDict(  # a condition with what it found
    "Traced",
    {
        "truth": bool | None,
        "all": NotRequired[list["Traced"]],
        "any": NotRequired[list["Traced"]],
        "not": NotRequired["Traced"],
        "name": NotRequired[str],
        "wanted": NotRequired[str | list[bool | str]],
        "actual": NotRequired[Any],
        "than": NotRequired[str],
        "which_is": NotRequired[Any],
        "means": NotRequired["Traced"],
    },
)


def joined(condition: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return `all` or `any` and the parts so joined; no word and no parts for what is not joined."""
    return next(((word, condition[word]) for word in ("all", "any") if word in condition), ("", []))


def deciding(condition: Mapping[str, Any]) -> list[Any]:
    """Return the parts with the truth of the whole: one false part makes a conjunction false."""
    return [part for part in joined(condition)[1] if part["truth"] is condition["truth"]]


def causes(condition: Traced) -> Iterator[Traced]:
    """Yield the comparisons that give a condition its truth; of a definition, those of what it means.

    Where one part is enough (a false one of a conjunction, a true one of a disjunction) that is the first such.
    """
    word, _ = joined(condition)
    if word:
        parts = deciding(condition)
        for part in parts[:1] if condition["truth"] is (word == "any") else parts:
            yield from causes(part)
    elif "not" in condition:
        yield from causes(condition["not"])
    elif "means" in condition:
        yield from causes(condition["means"])
    else:
        yield condition


def names_in(condition: Traced) -> Iterator[str]:
    """Yield the names that a comparison reads, on both sides."""
    yield condition["name"]
    if "than" in condition:
        yield from fm.names(fm.parse(condition["than"]))


def unmet(condition: Traced, goal: bool = True) -> dict[str, Any] | None:
    """Return what would have to become true (or false) for a condition to be `goal`; None when it is already.

    A tree of `all` and `any` over comparisons, each with its `goal`; a definition's stands under `means`. If all that it
    lists were so, the condition would be `goal`.
    """
    if condition["truth"] is goal:
        return None
    if "not" in condition:
        return unmet(condition["not"], not goal)
    word, all_parts = joined(condition)
    if word:
        parts = [found for part in all_parts if (found := unmet(part, goal)) is not None]
        # To make a conjunction false, or a disjunction true, one part is enough.
        needs_all = (word == "all") is goal
        return parts[0] if len(parts) == 1 else {"all" if needs_all else "any": parts}
    found = {**condition, "goal": goal}
    if "means" in condition:
        body = (True in condition["wanted"]) is goal
        found["means"] = unmet(condition["means"], body)
    return found


def leaves_of(tree: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    """Yield the comparisons of what `unmet` returns, those of a definition instead of its name."""
    if tree is None:
        return
    for part in joined(tree)[1]:
        yield from leaves_of(part)
    if tree.get("means"):
        yield from leaves_of(tree["means"])
    elif "name" in tree:
        yield tree


def waits_on(condition: Traced) -> Iterator[str]:
    """Yield the names of unknown facts and open answers that a condition, unknown itself, hangs on."""
    if condition["truth"] is None:
        for leaf in causes(condition):
            if leaf["actual"] is None or isinstance(leaf["actual"], list):
                yield leaf["name"]
            elif leaf.get("which_is", 0) is None:
                yield from fm.names(fm.parse(leaf["than"]))
