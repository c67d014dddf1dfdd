"""What a change of a policy does, before it is applied: the cases whose decisions move, and who gains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from refundrules.analysis.check.check import decided_data
from refundrules.analysis.counterexample import Period
from refundrules.analysis.diff.changes import AnswerChange, changes
from refundrules.analysis.diff.regions import box_around, box_text, readable
from refundrules.analysis.diff.unseen import HEADS, differences, unlike
from refundrules.analysis.encoding import Space
from refundrules.analysis.linear import Unsolved
from refundrules.analysis.mdd import EVERY, NONE, Diagrams, TooLarge
from refundrules.analysis.model_search import Model
from refundrules.analysis.scope import MOST_PERIODS, Redecided, Scope, Witness, period_words, periods, ruleset_of
from refundrules.analysis.symbolic import SymbolicRuleset, violations
from refundrules.case.facts import Words
from refundrules.engine.engine import Engine
from refundrules.engine.ruleset import Ruleset
from refundrules.expr.walk import reads
from refundrules.policy.model import Policy
from refundrules.policy.questions import QUESTIONS


class Moved(NamedTuple):
    """One thing that moves in a region."""

    what: str
    before: str
    after: str
    gains: str
    everywhere: bool
    """Whether it moves in every case of the region."""


class Region(NamedTuple):
    """Cases that are decided otherwise in one way, and the smallest of them before and after."""

    title: tuple[str, str, str]
    """What moves, from what to what."""
    conditions: tuple[Words, ...]
    """What they have in common, each in Chinese and in English."""
    exact: bool
    """Whether every case like that is one of them."""
    moved: tuple[Moved, ...]
    before: Witness | None
    after: Witness | None
    periods: tuple[Period, ...]

    @property
    def undecided(self) -> bool:
        """Whether it could not be told if there is such a case."""
        return self.before is None

    @property
    def gains(self) -> str:
        """Who gains: `buyer`, `shop`, `both` in different cases or things, or empty."""
        found = {item.gains for item in self.moved if item.gains}
        return found.pop() if len(found) == 1 else "both" if found else ""


@dataclass(frozen=True)
class PolicyDiff:
    """What differs between two policies."""

    old: Policy
    new: Policy
    regions: tuple[Region, ...]
    heads: tuple[tuple[str, Any, Any], ...]
    """What the policies say of themselves that differs: name, before, after."""
    periods: tuple[Period, ...]
    unseen: int = 0
    """How many periods were not looked at."""
    unlooked: tuple[str, ...] = ()
    """What differs, or is said differently, and was not compared: places of the policies as they are dumped."""
    texts: bool = False
    """Whether texts or sources differ."""

    @property
    def same(self) -> bool:
        """Whether nothing moves in what was compared."""
        return not (self.regions or self.heads or self.unseen)

    @property
    def proved(self) -> bool:
        """Whether every case is decided alike: nothing moves, and nothing that differs was not compared."""
        return self.same and not self.unlooked

    def to_dict(self) -> dict[str, Any]:
        """Return the differences as plain JSON data."""
        return {
            "schema": "refundrules.diff/1",
            "old": {"id": self.old.id, "version": self.old.version, "digest": self.old.digest},
            "new": {"id": self.new.id, "version": self.new.version, "digest": self.new.digest},
            "same": self.same,
            "proved": self.proved,
            "not_looked_at": list(self.unlooked),
            "texts": self.texts,
            "heads": [{"what": what, "before": before, "after": after} for what, before, after in self.heads],
            "regions": [region_data(region) for region in self.regions],
            "unseen": self.unseen,
            "periods": [period_words(period).en for period in self.periods],
        }


def region_data(region: Region) -> dict[str, Any]:
    """Return a region as plain JSON data."""
    return {
        "title": list(region.title),
        "when": [words.en for words in region.conditions],
        "exact": region.exact,
        "moved": [item._asdict() for item in region.moved],
        "gains": region.gains,
        "undecided": region.undecided,
        "case": None if region.before is None else region.before.case,
        "before": None if region.before is None else decided_data(region.before),
        "after": None if region.after is None else decided_data(region.after),
        "periods": [period_words(period).en for period in region.periods],
    }


def diff_policies(old: Policy, new: Policy) -> PolicyDiff:
    """Return what differs between two policies in any case there can be."""
    heads = tuple((name, _head(old, name), _head(new, name)) for name in HEADS if _head(old, name) != _head(new, name))
    every = [
        period
        for period in _common_periods(old, new)
        if old.covers(period.jurisdiction) and new.covers(period.jurisdiction)
    ]
    common = every[:MOST_PERIODS]
    engines = Engine(old, matcher="compiled"), Engine(new, matcher="compiled")
    rulesets = [(ruleset_of(engines[0], period), ruleset_of(engines[1], period)) for period in common]
    space = Space([ruleset for pair in rulesets for ruleset in pair])
    unlooked, texts = differences(old, new)
    found: dict[Any, Region] = {}
    seen = 0
    for (before, after), period in zip(rulesets, common, strict=True):
        one, other = Scope(old, engines[0], space, before, period), Scope(new, engines[1], space, after, period)
        try:
            moving = _moving(one, other)
            kinds = list(_kinds(one, moving))
            told = space.diagrams.any_of(change.cases for change in moving)
            unlooked += unlike(one.meaning, other.meaning, told, partial(_is_real, one))
        except TooLarge:
            break
        seen += 1
        for kind in kinds:
            # The same cases move the same way in several periods: one region tells of all of them.
            known = found.get(kind)
            region = _region(one, other, kind) if known is None else known
            if region is not None:
                found[kind] = region if known is None else region._replace(periods=(*region.periods, period))
    places = [name for name in dict.fromkeys(unlooked) if not any(other.startswith(f"{name}.") for other in unlooked)]
    unseen = len(every) - seen
    return PolicyDiff(old, new, tuple(found.values()), heads, tuple(common), unseen, tuple(places), texts)


def _head(policy: Policy, name: str) -> Any:
    value = getattr(policy, name)
    return list(value) if isinstance(value, tuple) else value


def _common_periods(old: Policy, new: Policy) -> list[Period]:
    """Return every period in which both policies stay what they are."""
    found = {period: None for policy in (old, new) for period in periods(policy)}
    days = {by: sorted({*old.change_days(by), *new.change_days(by)}) for by in ("order_placed", "claim_opened")}
    places = list(dict.fromkeys(period.jurisdiction for period in found))
    return periods(old, places=places, days=days)


# -- regions ----------------------------------------------------------------------------------


class _Kind(NamedTuple):
    """Cases that move in one way, and all that moves in them."""

    title: tuple[str, str, str]
    cases: int
    changes: tuple[AnswerChange, ...]


_LISTS = frozenset(question.id for question in QUESTIONS if question.kind in ("mark", "deadline"))
TERMS, LISTS = ("terms", "", ""), ("lists", "", "")


def _moving(one: Scope, other: Scope) -> list[AnswerChange]:
    """Return everything that moves, and where."""
    every = (*changes(one.meaning, other.meaning), *_floors_moved(one, other))
    return _told_once(one.space.diagrams, [change for change in every if change.cases])


def _kinds(scope: Scope, found: list[AnswerChange]) -> Iterator[_Kind]:
    """Yield the ways in which cases move: another outcome, another remedy, other terms, other lists."""
    d = scope.space.diagrams
    told = NONE
    for change in found:
        if change.what in ("outcome", "resolution"):
            told = d.disj(told, change.cases)
            yield _Kind((change.what, change.before, change.after), change.cases, tuple(found))
    for title, lists in ((TERMS, False), (LISTS, True)):
        here = [change for change in found if (change.what in _LISTS) == lists]
        cases = d.minus(d.any_of(change.cases for change in here), told)
        told = d.disj(told, cases)
        if cases != NONE:
            yield _Kind(title, cases, tuple(here))


def _told_once(d: Diagrams, found: list[AnswerChange]) -> list[AnswerChange]:
    """Return what moves, each way of moving once: several steps of an offer that change alike are one change."""
    alike: dict[AnswerChange, list[int]] = {}
    for change in found:
        alike.setdefault(change._replace(cases=NONE), []).append(change.cases)
    return [change._replace(cases=d.any_of(cases)) for change, cases in alike.items()]


def _region(one: Scope, other: Scope, kind: _Kind) -> Region | None:
    """Return the cases of a kind as a region; None when there are none after all."""
    d, space = one.space.diagrams, one.space
    shown: list[tuple[Witness, Witness]] = []

    def suits(found: Model) -> bool:
        pair = _both_decided(one, other, found, kind.title)
        if pair is not None:
            shown.append(pair)
        return pair is not None

    try:
        if one.finder.find(kind.cases, suits) is None:
            return None
    except Unsolved:
        shown = []
    possible = one.finder.possible(EVERY, d.variables(kind.cases))
    box = box_around(space, kind.cases, possible)
    real = d.conj(kind.cases, possible)
    moved = []
    for change in kind.changes:
        if (kind.title == LISTS) == (change.what in _LISTS) and _is_real(one, d.conj(real, change.cases)):
            everywhere = d.minus(real, change.cases) == NONE
            moved.append(Moved(change.what, change.before, change.after, change.gains, everywhere))
    currency = one.policy.currency
    sides = readable(space, box.sides)
    words = map(Words, *(box_text(space, sides, currency, language) for language in Words._fields))
    exact = box.exact and sides == box.sides
    before, after = shown[0] if shown else (None, None)
    return Region(kind.title, tuple(words), exact, tuple(moved), before, after, (one.period,))


def _is_real(scope: Scope, cases: int) -> bool:
    try:
        return cases != NONE and not scope.finder.is_empty(cases)
    except Unsolved:
        return True


def _both_decided(
    one: Scope, other: Scope, found: Model, title: tuple[str, str, str]
) -> tuple[Witness, Witness] | None:
    """Return a case as each policy decides it; None where it makes no such difference."""

    def both(facts: Model) -> tuple[Redecided, Redecided] | None:
        before, after = one.decided(facts), other.decided(facts)
        if before is None or after is None or _shown(before) == _shown(after) or not _moves(before, after, title):
            return None
        return before, after

    facts = one.told(found, {**one.needed(found), **other.needed(found)}, lambda facts: both(facts) is not None)
    pair = None if facts is None else both(facts)
    if facts is None or pair is None:
        return None
    before, after = pair
    return Witness(before.case, facts, before.decision), Witness(after.case, facts, after.decision)


def _moves(before: Redecided, after: Redecided, title: tuple[str, str, str]) -> bool:
    """Return whether a case moves in the way of a region."""
    if title in (TERMS, LISTS):
        return all(_word(before, what) == _word(after, what) for what in ("outcome", "resolution"))
    return (_word(before, title[0]), _word(after, title[0])) == title[1:]


def _word(again: Redecided, what: str) -> Any:
    """Return the outcome or the remedy of a decision."""
    return getattr(again.decision.claims[0], what)


def _shown(again: Redecided) -> Any:
    """Return what a decision says, without the rules that say it."""
    claim = again.decision.to_dict(trace=False)["claims"][0]
    for name in ("reasons", "cites", "missing", "subject_to"):
        claim.pop(name, None)
    for part in (claim.get("refund") or {}).get("parts", ()):
        part.pop("rule"), part.pop("why")
    for item in (*(claim.get("extras") or ()), *(claim.get("deadlines") or ())):
        item.pop("rule", None), item.pop("why", None)
    return claim


def _floors_moved(one: Scope, other: Scope) -> Iterator[AnswerChange]:
    """Yield the cases that go to a person for a guarantee before or after, where the guarantees differ."""
    if _floors(one.ruleset) == _floors(other.ruleset):
        return
    d = one.space.diagrams
    below = [_below_any(scope.meaning) for scope in (one, other)]
    for word in ("approve", "decline"):
        before, after = (scope.meaning.answers("outcome").get(word, NONE) for scope in (one, other))
        yield AnswerChange("outcome", "manual_review", word, d.conj(after, d.minus(below[0], below[1])))
        yield AnswerChange("outcome", word, "manual_review", d.conj(before, d.minus(below[1], below[0])))


def _floors(ruleset: Ruleset) -> Any:
    """Return the guarantees with the values of the parameters they read."""
    spelled = ruleset.spelled_out(
        name for item in ruleset.guarantees for name in reads(item.when, item.must.refund_at_least)
    )
    bodies = {name: ruleset.defined(name) for name in spelled}
    return ruleset.guarantees, bodies, {name: ruleset.scaled[name] for name in spelled if name in ruleset.scaled}


def _below_any(meaning: SymbolicRuleset) -> int:
    return meaning.space.diagrams.any_of(violations(meaning, item) for item in meaning.ruleset.guarantees)
