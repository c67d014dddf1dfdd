"""What a comparison of two policies does not look at, so that it never claims more than it proved.

What differs is found field by field in the policies as they are dumped. Of rules, parameters and definitions it counts
what they come to: each answer to each question, and the cases in which it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from refundrules.analysis.diff.changes import apart, looked_at
from refundrules.analysis.mdd import NONE
from refundrules.analysis.symbolic import SymbolicRuleset
from refundrules.case.facts import Words
from refundrules.engine.ruleset import Ruleset
from refundrules.expr import formula as fm
from refundrules.expr.walk import reads
from refundrules.policy.model import Policy, to_data
from refundrules.policy.parts import Deadline
from refundrules.policy.questions import QUESTIONS
from refundrules.policy.templates import PLACES

HEADS = ("jurisdictions", "currency", "time_zone", "language", "complete")
"""What policies say of themselves: it is told as it is."""
_NAMES = ("pack", "version")
_TEXTS = frozenset({"sources", "instructions", "guardrails", *PLACES})
"""Sections that only say things: no decision hangs on them."""
_REMARKS = frozenset({"cite", "better"})
"""Fields that no decision hangs on, beside texts: where something comes from, and what `loader` holds it to."""
_BY_EFFECT: Mapping[str, frozenset[str]] = {
    "rules": frozenset({"id", "when", "then", "overrides", "in_force", "jurisdictions"}),
    "parameters": frozenset({"by", "values"}),
    "definitions": frozenset({"when", "formula"}),
}
"""Fields that count by what rules come to with them."""

_Place = tuple[str, ...]
_ABSENT = object()


def differences(old: Policy, new: Policy) -> tuple[list[str], bool]:
    """Return the places of two policies that differ and that no comparison of cases looks at, and whether texts differ."""
    sides = [to_data(policy) for policy in (old, new)]
    before, after = (dict(_leaves(side, ())) for side in sides)
    places = [at for at in {**before, **after} if before.get(at, _ABSENT) != after.get(at, _ABSENT)]
    telling = [at for at in places if at[0] not in (*HEADS, *_NAMES)]
    texts = [at for at in telling if _is_text(at)]
    kept = (_whole(at, sides) for at in telling if not _is_text(at))
    return sorted({".".join(at) for at in kept if not _counts_by_effect(at)}), bool(texts)


def _leaves(data: Any, place: _Place) -> Iterator[tuple[_Place, Any]]:
    """Yield what stands at each place; what has an id stands under it."""
    if isinstance(data, list) and data and all(isinstance(item, dict) and "id" in item for item in data):
        data = {item["id"]: item for item in data}
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, (*place, str(key)))
    else:
        yield place, data


def _is_text(place: _Place) -> bool:
    return place[0] in _TEXTS or place[-1] in Words._fields or place[-1] in _REMARKS


def _whole(place: _Place, sides: Iterable[Mapping[str, Any]]) -> _Place:
    """Return the place of the entry where only one policy has it, else of the field."""
    section, *inner = place
    if not inner:
        return place
    there = [_named(side.get(section, {})) for side in sides]
    return place[:3] if all(inner[0] in names for names in there) else place[:2]


def _named(section: Any) -> set[str]:
    return {item["id"] for item in section} if isinstance(section, list) else set(section)


def _counts_by_effect(place: _Place) -> bool:
    fields = _BY_EFFECT.get(place[0])
    return fields is not None and (len(place) < 3 or place[2] in fields)


# -- what rules come to -----------------------------------------------------------------------


def unlike(old: SymbolicRuleset, new: SymbolicRuleset, told: int, is_real: Callable[[int], bool]) -> Iterator[str]:
    """Yield what two policies say differently of cases that are not told to move (`told`), and that is not compared.

    The meanings share a space.
    """
    d = old.space.diagrams
    for question in QUESTIONS:
        cases = _differ(old, new, *(_said(meaning, question.id) for meaning in (old, new)))
        left = d.minus(cases, d.disj(told, looked_at(old, new, question)))
        if left != NONE and is_real(left):
            yield f"then.{question.id}"
    left = d.minus(d.conj(_differ(old, new, *map(_reviews, (old, new))), d.conj(old.reviewed, new.reviewed)), told)
    if left != NONE and is_real(left):
        yield "then.outcome"
    for section, read in (("assumptions", _assumed), ("guarantees", _guaranteed)):
        if read(old.ruleset) != read(new.ruleset):
            yield section


def _differ(old: SymbolicRuleset, new: SymbolicRuleset, one: Mapping[Any, int], other: Mapping[Any, int]) -> int:
    d = old.space.diagrams
    return d.any_of(apart(old, one.get(key, NONE), other.get(key, NONE)) for key in {**one, **other})


def _said(meaning: SymbolicRuleset, question: str) -> dict[tuple[str | None, str], int]:
    """Return the cases in which each answer to a question stands; an answer is what it comes to, not how it is written."""
    d = meaning.space.diagrams
    found: dict[tuple[str | None, str], int] = {}
    for item in meaning.spoken(question):
        key = (item.answer.key, _comes_to(meaning, item.answer.value))
        found[key] = d.disj(found.get(key, NONE), item.stands)
    return found


def _comes_to(meaning: SymbolicRuleset, value: Any) -> str:
    if isinstance(value, Deadline):
        return f"{meaning.ruleset.scaled[value.within]} {value.after}"
    return fm.to_text(meaning.amount(value)) if isinstance(value, fm.Formula) else str(value)


def _reviews(meaning: SymbolicRuleset) -> dict[str, int]:
    """Return the cases that go to a person for each kind of reason."""
    gaps = meaning.space.diagrams.any_of(item.cases for item in meaning.gaps)
    return {
        "conflict": meaning.conflicting,
        "gap": gaps,
        "rule": meaning.answers("outcome").get("manual_review", NONE),
        "referral": meaning.referred,
    }


def _assumed(ruleset: Ruleset) -> Any:
    return [(item.assume, _behind(ruleset, reads(item.assume))) for item in ruleset.policy.assumptions]


def _guaranteed(ruleset: Ruleset) -> Any:
    return [
        (item.when, item.must, _behind(ruleset, reads(item.when, item.must.refund_at_least)))
        for item in ruleset.guarantees
    ]


def _behind(ruleset: Ruleset, names: Iterable[str]) -> Any:
    """Return what definitions and parameters stand for that are read under some names."""
    spelled = sorted(ruleset.spelled_out(names))
    return [(name, ruleset.defined(name), ruleset.scaled.get(name)) for name in spelled]
