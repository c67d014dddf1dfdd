"""The core of a decision in plain data, and a case that learns a fact: what laws about unknown facts compare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import brute_force
import strategies
from strategies import Data, Situation

from refundrules.engine.matchers.matcher import choose_matcher
from refundrules.errors import EngineError


def matchers() -> Iterator[str]:
    """Yield the matchers that can be used on this machine."""
    for name in ("compiled", "durable"):
        try:
            choose_matcher(name)  # type: ignore[arg-type]
        except EngineError:
            continue
        yield name


MATCHERS = tuple(matchers())


def core_of(claim: Data) -> Data:
    """Return the core of a claim's decision; of a manual review only that it is one."""
    if claim["outcome"] == "manual_review":
        return {"outcome": "manual_review"}
    core = {name: claim[name] for name in ("outcome", "issue_class", "fault", "resolution", "return_required")}
    core["refund.total"] = claim["refund"] and claim["refund"]["total"]
    core["freight.return.payer"] = claim["freight"]["return"]["payer"]
    core["freight.replacement.payer"] = claim["freight"]["replacement"]["payer"]
    core["exchange.buyer_pays"] = claim["exchange"] and claim["exchange"]["buyer_pays"]
    return core


def told(situation: Situation, name: str, value: Any) -> Data:
    """Return the situation's case with an unknown fact given."""
    if brute_force.kind_of(situation.pack, name) == "money":
        value = strategies.fen(value)
    root, _, path = name.partition(".")
    if root == "facts":
        return strategies.with_value(situation.case, name, value)
    claim = strategies.with_value(situation.case["claims"][0], path, value)
    return {**situation.case, "claims": [claim]}
