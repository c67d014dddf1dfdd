"""What several completions of a claim have in common: the fields that are already definite."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from refundrules.decision import ClaimDecision, Refund, trusted


def merged(one: ClaimDecision, other: ClaimDecision) -> ClaimDecision:
    """Return the fields both agree on; what differs is None or left out."""
    made: ClaimDecision = _model(one, other)
    return made


def _model(one: Any, other: Any) -> Any:
    theirs = other.__dict__
    return trusted(type(one), {name: _value(value, theirs[name]) for name, value in one.__dict__.items()})


def _value(one: Any, other: Any) -> Any:
    if one == other:
        return one
    if isinstance(one, Refund) and isinstance(other, Refund):
        return one if one.total == other.total else None
    if isinstance(one, BaseModel) and type(one) is type(other):
        return _model(one, other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return tuple(item for item in one if isinstance(item, str | BaseModel) and item in other)
    return None
