"""The facts, answers and parameters of one result by name: what the reference meaning of a condition reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from refundrules.engine.ruleset import Ruleset
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Formula
from refundrules.policy.questions import SLOTS


class Environment:
    """Facts, answers and parameters by name, for the reference meaning."""

    def __init__(self, ruleset: Ruleset, facts: Sequence[Any], answers: Sequence[Any], known: Sequence[bool]) -> None:
        self.ruleset, self.facts, self.answers, self._known = ruleset, facts, answers, known

    def value(self, name: str) -> Any:
        """Return a fact's, answer's or parameter's value; None when unknown."""
        at = self.ruleset.index.get(name)
        if at is not None:
            return self.facts[at]
        slot = SLOTS.get(name)
        return self.ruleset.scaled[name] if slot is None else self.answers[slot]

    def possible(self, name: str) -> frozenset[object] | None:
        """Return what an answer may be, as a set; None when the name is not an answer."""
        slot = SLOTS.get(name)
        if slot is None:
            return None
        answer = self.answers[slot]
        return answer if isinstance(answer, frozenset) else frozenset({answer})

    def known(self, name: str) -> bool:
        """Return whether the case gives the fact."""
        return self._known[self.ruleset.index[name]]

    def defined(self, name: str) -> Condition | Formula | None:
        """Return what a definition stands for."""
        return self.ruleset.defined(name)
