"""The parts of a policy as plain data in the pack format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from refundrules.case.facts import Fact
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Formula
from refundrules.expr.walk import fold
from refundrules.io.numbers import exact_text
from refundrules.policy.parts import (
    Answer,
    Assumption,
    Deadline,
    Definition,
    Guarantee,
    Invariant,
    Parameter,
    Rule,
    Source,
)
from refundrules.policy.questions import BY_ID, POSITION


def source_data(source: Source) -> dict[str, Any]:
    """Return a source as it is written in a pack."""
    more = {
        key: value for key, value in source._asdict().items() if key in ("instrument", "url", "confidence") and value
    }
    return {"title": source.title._asdict(), **more}


def number_text(value: Fraction) -> int | str:
    """Return a parameter's number as it may be written in a pack.

    >>> number_text(Fraction(3)), number_text(Fraction(1, 4)), number_text(Fraction(5, 6))
    (3, '0.25', '5/6')
    """
    return int(value) if value.denominator == 1 else exact_text(value)


def parameter_data(item: Parameter) -> dict[str, Any]:
    """Return a parameter as it is written in a pack."""
    values = [
        {
            "from": value.start.isoformat() if value.start else "beginning",
            "value": number_text(value.value),
            "cite": sorted(value.cite),
            "verified": value.verified.isoformat() if value.verified else False,
        }
        for value in item.values
    ]
    better = {"better": item.better} if item.better else {}
    return {"kind": item.kind, "title": item.title._asdict(), "by": item.by, **better, "values": values}


def definition_data(item: Definition) -> dict[str, Any]:
    """Return a definition as it is written in a pack."""
    if isinstance(item.body, fm.Formula):
        return {"title": item.title._asdict(), "formula": fm.to_text(item.body)}
    return {"title": item.title._asdict(), "when": condition_data(item.body)}


def fact_data(fact: Fact) -> dict[str, Any]:
    """Return a declared fact as it is written in a pack."""
    data: dict[str, Any] = {"kind": fact.kind}
    if fact.values:
        data["values"] = list(fact.values)
    if fact.question:
        data["question"] = fact.question._asdict()
    if not fact.optional:
        data["default"] = fact.default
    return data


def assumption_data(item: Assumption) -> dict[str, Any]:
    """Return an assumption as it is written in a pack."""
    return {"id": item.id, "assume": condition_data(item.assume), "because": item.because._asdict()}


def invariant_data(item: Invariant) -> dict[str, Any]:
    """Return an invariant as it is written in a pack."""
    said = {"monotone": item.monotone._asdict()} if item.monotone else {"must": condition_data(item.must or cn.ALWAYS)}
    return {"id": item.id, "when": condition_data(item.when), **said, "because": item.because._asdict()}


def _in_force(item: Rule | Guarantee) -> dict[str, Any]:
    data: dict[str, Any] = {}
    span = item.in_force
    if span.start or span.until:
        data["in_force"] = {
            **({"from": span.start.isoformat()} if span.start else {}),
            **({"until": span.until.isoformat()} if span.until else {}),
            "by": span.by,
        }
    if item.jurisdictions:
        data["jurisdictions"] = sorted(item.jurisdictions)
    return data


def guarantee_data(item: Guarantee) -> dict[str, Any]:
    """Return a guarantee as it is written in a pack."""
    must: dict[str, Any] = {}
    for name, value in item.must._asdict().items():
        if value:
            must[name] = fm.to_text(value) if name == "refund_at_least" else value
    return {
        "id": item.id,
        "cite": sorted(item.cite),
        "when": condition_data(item.when),
        "must": must,
        "because": item.because._asdict(),
        **_in_force(item),
    }


def rule_data(rule: Rule) -> dict[str, Any]:
    """Return a rule as it is written in a pack."""
    return {
        "id": rule.id,
        "cite": sorted(rule.cite),
        "when": condition_data(rule.when),
        "then": _then(rule.then),
        "overrides": sorted(rule.overrides),
        "because": rule.because._asdict(),
        "chapter": rule.chapter._asdict(),
        **_in_force(rule),
    }


def _then(answers: Iterable[Answer]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for answer in sorted(answers, key=lambda answer: (POSITION[answer.question], answer.key or "")):
        value = answer_data(answer.value)
        if answer.key is None:
            data[answer.question] = value
        elif BY_ID[answer.question].kind == "mark":
            data.setdefault(answer.question, []).append(answer.key)
        else:
            data.setdefault(answer.question, {})[answer.key] = value
    return data


def answer_data(value: bool | str | Formula | Deadline) -> Any:
    """Return an answer as it is written in a pack."""
    if isinstance(value, Deadline):
        return {"within_hours": value.within, "after": value.after}
    return value if isinstance(value, bool | str) else fm.to_text(value)


def condition_data(condition: Condition) -> dict[str, Any]:
    """Return a condition as it is written in a pack."""
    return fold(condition, _leaf_data, _joined_data, lambda part: {"not": part})


def _joined_data(kind: type[cn.Group], parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    if kind is cn.Any:
        return {"any": list(parts)}
    return {"all": list(parts)} if parts else {}


def _leaf_data(leaf: cn.Leaf, _: bool) -> dict[str, Any]:
    if isinstance(leaf, cn.Known):
        return {"known": leaf.name}
    if isinstance(leaf, cn.Compare):
        return {leaf.name: {leaf.operator: fm.to_text(leaf.right)}}
    return {leaf.name: leaf.values[0] if len(leaf.values) == 1 else list(leaf.values)}
