"""What several completions of a claim have in common: the fields that are already definite."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from refundrules.decisionparts import ClaimDecision, Part, Refund, trusted


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
        return _refund(one, other) if one.total == other.total else None
    if isinstance(one, BaseModel) and type(one) is type(other):
        return _model(one, other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return tuple(item for item in one if isinstance(item, str | BaseModel) and item in other)
    return None


def _refund(one: Refund, other: Refund) -> Refund:
    """Return a refund of one total; where different rules may grant a part, it names them all."""
    pairs = list(zip(one.parts, other.parts, strict=False))
    if len(one.parts) != len(other.parts) or any(
        (a.kind, a.name) != (b.kind, b.name) or a.amount != b.amount for a, b in pairs
    ):
        every = (*one.parts, *other.parts)
        if not one.total:
            return trusted(Refund, {"total": one.total, "parts": ()})
        rules = _either([part.rule for part in every], " or ")
        why = _either([part.why for part in every], " / ")
        part = trusted(
            Part, {"kind": every[0].kind, "name": every[0].name, "amount": one.total, "rule": rules, "why": why}
        )
        return trusted(Refund, {"total": one.total, "parts": (part,)})
    parts = tuple(
        trusted(Part, {**a.__dict__, "rule": _either([a.rule, b.rule], " or "), "why": _either([a.why, b.why], " / ")})
        for a, b in pairs
    )
    return trusted(Refund, {"total": one.total, "parts": parts})


def _either(texts: list[str], between: str) -> str:
    return between.join(dict.fromkeys(piece for text in texts for piece in text.split(between)))
