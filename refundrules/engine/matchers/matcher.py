"""Matchers: from a claim's facts to the candidate rules.

A candidate is a rule whose condition is not false, with answers not yet known. Every matcher
gives the same candidates for every policy and case; the engine checks that of foreign ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from refundrules.engine.ruleset import FactValues, Plan
from refundrules.errors import EngineError

MatcherName = Literal["auto", "durable", "compiled"]


class Matcher(Protocol):
    """Finds candidates; shared by threads, so it must lock what it cannot share."""

    name: str

    def candidates(self, plan: Plan, facts: FactValues, known: Sequence[bool]) -> tuple[int, ...]:
        """Return the positions of the candidate rules, rising."""


class CompiledMatcher:
    """Matches with plain Python generated from the policy; needs nothing installed."""

    name = "compiled"

    def candidates(self, plan: Plan, facts: FactValues, known: Sequence[bool]) -> tuple[int, ...]:
        """Return the positions of the candidate rules, rising."""
        return plan.match(facts, known)


def choose_matcher(name: MatcherName | Matcher) -> Matcher:
    """Return the matcher of that name; `auto` is durable-rules where it can be imported.

    Raises `EngineError` when `durable` is asked for and cannot be had.
    """
    if not isinstance(name, str):
        return name
    if name == "compiled":
        return CompiledMatcher()
    if name not in ("auto", "durable"):
        raise EngineError(f"there is no matcher `{name}` (one of `auto`, `durable`, `compiled`)")
    from refundrules.engine.matchers.durable import DurableMatcher, why_unavailable

    reason = why_unavailable()
    if reason is None:
        return DurableMatcher()
    if name == "durable":
        raise EngineError(f'durable-rules cannot be used here: {reason} (use `matcher="compiled"`)')
    return CompiledMatcher()
