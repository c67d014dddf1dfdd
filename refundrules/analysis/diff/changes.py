"""What moves between two policies, question by question: the cases in which each thing is one before and another after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from refundrules.analysis.mdd import EVERY, NONE, Diagrams
from refundrules.analysis.relations import ZERO, Relation, minus
from refundrules.analysis.symbolic import GuardedAmount, SymbolicRuleset, limited_amounts
from refundrules.expr import formula as fm
from refundrules.expr.formula import Formula
from refundrules.policy.questions import QUESTIONS, Question

T = TypeVar("T")
Value = bool | str | None
GRADES = {"decline": 0, "manual_review": 1, "approve": 2}
_ONE_VALUED = tuple(
    q for q in QUESTIONS if q.kind in ("enum", "bool") and not q.keyed and q.id not in ("outcome", "referral")
)
_AMOUNTS = ("freight.allowance", "exchange.waiver", "exchange.depreciation")
_IN_PART = frozenset({"parts", "offer.ceiling", "deadlines", "referral"})
"""Questions of which not all is compared: of parts the sum, of a ceiling what it cuts, of a deadline its names."""
_OF_MOST = frozenset({"offer.steps", "offer.ceiling", "resolution", "parts", "extras"})
"""Answers of which the most there is to grant follows: it is shown of a claim that is referred."""
_TO_BUYER = {"freight.allowance": 1, "exchange.waiver": 1, "exchange.depreciation": -1, "extras": 1, "refund.total": 1}
"""Amounts that are the better for the buyer the higher they are (1), or the lower (-1)."""


class AnswerChange(NamedTuple):
    """Cases in which something is one thing before and another after."""

    what: str
    before: str
    after: str
    cases: int
    gains: str = ""
    """`buyer` or `shop` where one of them gains by it; empty: neither clearly does."""


def changes(old: SymbolicRuleset, new: SymbolicRuleset) -> Iterator[AnswerChange]:
    """Yield everything that moves. The meanings share a space."""
    d = old.space.diagrams
    for before, one in _outcomes(old).items():
        for after, other in _outcomes(new).items():
            if before != after:
                gains = "buyer" if GRADES[after] > GRADES[before] else "shop"
                yield AnswerChange("outcome", before, after, d.conj(one, other), gains)
    for question in _ONE_VALUED:
        yield from _answers(old, new, question, _within(old, new, question))
    yield from _amounts(old, new, _approved(old, new))
    for question in QUESTIONS:
        if question.kind in ("mark", "deadline"):
            yield from _marks(old, new, question, _within(old, new, question))


def looked_at(old: SymbolicRuleset, new: SymbolicRuleset, question: Question) -> int:
    """Return the cases in which `changes` tells of every difference in what rules answer to a question, or none shows."""
    d = old.space.diagrams
    hidden = _hidden(old, new, question)
    if question.id == "outcome":
        return EVERY
    if question.id in _IN_PART:
        return hidden
    within = d.disj(_within(old, new, question), hidden)
    if question.id not in _AMOUNTS:
        return within
    silent = apart(old, old.silent(question.id), new.silent(question.id))  # nothing said is compared as 0
    return d.disj(d.minus(within, silent), hidden)


def _hidden(old: SymbolicRuleset, new: SymbolicRuleset, question: Question) -> int:
    """Return the cases of which neither decision shows what is answered to a question."""
    d = old.space.diagrams
    if question.id == "fault":
        return d.conj(_outcomes(old)["decline"], _outcomes(new)["decline"])
    if question.id == "instructions":
        return d.conj(old.referred, new.referred)
    if question.id == "deadlines" or not (question.always or question.id in _OF_MOST):
        return d.conj(old.reviewed, new.reviewed)
    return NONE


def _within(old: SymbolicRuleset, new: SymbolicRuleset, question: Question) -> int:
    """Return the cases in which the answers to a question are compared."""
    d = old.space.diagrams
    approved = _approved(old, new)
    if not question.always:
        return approved
    decided = d.disj(approved, d.conj(_outcomes(old)["decline"], _outcomes(new)["decline"]))
    if question.id == "fault":
        return approved
    if question.kind == "enum":
        return decided
    # What a rule sends to a person is instructed too; what conflicts, lacks an answer or is referred is not.
    reviewed = d.conj(*(meaning.answers("outcome").get("manual_review", NONE) for meaning in (old, new)))
    return d.disj(decided, reviewed)


def _approved(old: SymbolicRuleset, new: SymbolicRuleset) -> int:
    return old.space.diagrams.conj(_outcomes(old)["approve"], _outcomes(new)["approve"])


def _outcomes(meaning: SymbolicRuleset) -> dict[str, int]:
    """Return the cases of each outcome as it is shown: what goes to a person is not decided."""
    d = meaning.space.diagrams
    shown = {
        word: d.minus(meaning.answers("outcome").get(word, NONE), meaning.reviewed) for word in ("approve", "decline")
    }
    return {"manual_review": meaning.reviewed, **shown}


def _answers(old: SymbolicRuleset, new: SymbolicRuleset, question: Question, within: int) -> Iterator[AnswerChange]:
    d = old.space.diagrams
    for before, one in _valued(old, question, within):
        for after, other in _valued(new, question, within):
            if before != after:
                cases = d.conj(one, other)
                if cases != NONE:
                    yield AnswerChange(
                        question.id, _word(before), _word(after), cases, _payer_gains(question.id, before, after)
                    )


def _valued(meaning: SymbolicRuleset, question: Question, within: int) -> Iterator[tuple[Value, int]]:
    d, left = meaning.space.diagrams, within
    for value, cases in meaning.answers(question.id).items():
        here = d.conj(cases, within)
        left = d.minus(left, here)
        yield value, here
    yield None, left


def _word(value: Value) -> str:
    return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else value


def _payer_gains(question: str, before: Value, after: Value) -> str:
    if question not in ("freight.return", "freight.replacement", "repair.payer"):
        return ""
    return "shop" if after == "buyer" else "buyer" if before == "buyer" else ""


# -- amounts ----------------------------------------------------------------------------------


def _amounts(old: SymbolicRuleset, new: SymbolicRuleset, within: int) -> Iterator[AnswerChange]:
    d = old.space.diagrams
    moved = _parts_moved(old, new, within)
    if moved != NONE:
        yield from _compared(old, "refund.total", _totals(old, moved), _totals(new, moved))
    for name in _AMOUNTS:
        yield from _compared(old, name, _pieces(old, name, None, within), _pieces(new, name, None, within))
    for key in sorted({item.answer.key or "" for meaning in (old, new) for item in meaning.spoken("extras")}):
        pieces = (_pieces(meaning, "extras", key, within) for meaning in (old, new))
        yield from _compared(old, f"extras.{key}", *pieces)
    offered, anew = _unlike(old.offers, new.offers)
    for cases, steps in offered:
        for both, later in _met(d, d.conj(cases, within), [part for part in anew if part[1] != steps]):
            yield from _steps(old, both, steps, later)


def _parts_moved(old: SymbolicRuleset, new: SymbolicRuleset, within: int) -> int:
    """Return the cases in which some part of the refund is made out differently."""
    d, found = old.space.diagrams, NONE
    for question in ("parts", "offer.steps", "offer.ceiling"):
        one, other = (_by_formula(meaning, question) for meaning in (old, new))
        for key in {**one, **other}:
            found = d.disj(found, apart(old, one.get(key, NONE), other.get(key, NONE)))
    for name in ("offer.open", "resolution"):
        for value in {**old.answers(name), **new.answers(name)}:
            found = d.disj(found, apart(old, old.answers(name).get(value, NONE), new.answers(name).get(value, NONE)))
    return d.conj(found, within)


def _by_formula(meaning: SymbolicRuleset, question: str) -> dict[tuple[str | None, str], int]:
    d = meaning.space.diagrams
    found: dict[tuple[str | None, str], int] = {}
    for item in meaning.spoken(question):
        assert isinstance(item.answer.value, fm.Formula)
        key = (item.answer.key, fm.to_text(meaning.amount(item.answer.value)))
        found[key] = d.disj(found.get(key, NONE), item.stands)
    return found


def apart(meaning: SymbolicRuleset, one: int, other: int) -> int:
    """Return the cases that are in one set and not in the other."""
    d = meaning.space.diagrams
    return d.disj(d.minus(one, other), d.minus(other, one))


def _totals(meaning: SymbolicRuleset, cases: int) -> list[GuardedAmount]:
    return [GuardedAmount(piece.cases, limited_amounts(piece.amount)) for piece in meaning.totals(cases)]


def _pieces(meaning: SymbolicRuleset, question: str, key: str | None, within: int) -> list[GuardedAmount]:
    d, left, found = meaning.space.diagrams, within, []
    for item in meaning.spoken(question):
        if item.answer.key == key:
            assert isinstance(item.answer.value, fm.Formula)
            here = d.conj(left, item.stands)
            left = d.minus(left, here)
            found.append(GuardedAmount(here, meaning.amount(item.answer.value)))
    return [piece for piece in (*found, GuardedAmount(left, ZERO)) if piece.cases != NONE]


def _unlike(one: Iterable[T], other: Iterable[T]) -> tuple[list[T], list[T]]:
    """Return the parts of two partitions without those in both: nothing else of either has cases in common with these."""
    before, after = list(one), list(other)
    return [part for part in before if part not in after], [part for part in after if part not in before]


def _met(d: Diagrams, cases: int, parts: Sequence[tuple[int, T]]) -> Iterator[tuple[int, T]]:
    """Yield what some cases have in common with each part of a partition, where that is anything."""
    for here, held in d.split(cases, [part[0] for part in parts]):
        for at in held:
            yield here, parts[at][1]


def _compared(
    old: SymbolicRuleset, what: str, one: Iterable[GuardedAmount], other: Iterable[GuardedAmount]
) -> Iterator[AnswerChange]:
    earlier, later = _unlike(one, other)
    up, down = NONE, NONE
    d = old.space.diagrams
    for before in earlier:
        for cases, amount in _met(d, before.cases, [part for part in later if part.amount != before.amount]):
            up = d.disj(up, d.conj(cases, _above(old, amount, before.amount)))
            down = d.disj(down, d.conj(cases, _above(old, before.amount, amount)))
    good = _TO_BUYER.get(what.partition(".")[0] if what.startswith("extras") else what, 0)
    gains = {1: ("buyer", "shop"), -1: ("shop", "buyer"), 0: ("", "")}[good]
    yield AnswerChange(what, "less", "more", up, gains[0])
    yield AnswerChange(what, "more", "less", down, gains[1])


def _above(meaning: SymbolicRuleset, one: Formula, other: Formula) -> int:
    return meaning.space.holds(Relation(minus(one, other), strict=True))


def _steps(
    old: SymbolicRuleset, cases: int, steps: tuple[Formula, ...], later: tuple[Formula, ...]
) -> Iterator[AnswerChange]:
    d = old.space.diagrams
    if len(steps) != len(later):
        words = ("fewer", "more") if len(steps) < len(later) else ("more", "fewer")
        yield AnswerChange("offer.steps", *words, cases)
        return
    apart = [d.disj(_above(old, one, two), _above(old, two, one)) for one, two in zip(steps, later, strict=True)]
    yield AnswerChange("offer.steps", "one", "another", d.conj(cases, d.any_of(apart)))


# -- lists ------------------------------------------------------------------------------------


def _marks(old: SymbolicRuleset, new: SymbolicRuleset, question: Question, within: int) -> Iterator[AnswerChange]:
    d = old.space.diagrams
    one, other = (
        {_mark(item.answer.key, item.answer.value): NONE for item in meaning.spoken(question.id)}
        for meaning in (old, new)
    )
    for meaning, found in ((old, one), (new, other)):
        for item in meaning.spoken(question.id):
            key = _mark(item.answer.key, item.answer.value)
            found[key] = d.disj(found[key], item.stands)
    for key in sorted({**one, **other}):
        gone = d.conj(within, d.minus(one.get(key, NONE), other.get(key, NONE)))
        come = d.conj(within, d.minus(other.get(key, NONE), one.get(key, NONE)))
        yield AnswerChange(question.id, key, "nothing", gone)
        yield AnswerChange(question.id, "nothing", key, come)


def _mark(key: str | None, value: object) -> str:
    within, after = getattr(value, "within", ""), getattr(value, "after", "")
    return f"{key} ({within}, {after})" if within else key or ""
