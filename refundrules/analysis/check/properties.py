"""Guarantees and invariants: proved for every case, refuted by one, or honestly undecided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from refundrules.analysis.check.findings import CheckFinding, FindingPlace, first_shown
from refundrules.analysis.encoding import Numbers, Test
from refundrules.analysis.linear import Unsolved
from refundrules.analysis.mdd import NONE
from refundrules.analysis.model_search import Model
from refundrules.analysis.relations import ZERO, Relation, minus
from refundrules.analysis.scope import Redecided, Scope, Witness, is_so
from refundrules.analysis.symbolic import GuardedAmount, SymbolicAnswer, SymbolicRuleset, violations
from refundrules.case.facts import Words
from refundrules.engine.result import ClaimResult
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Formula
from refundrules.expr.walk import reads
from refundrules.policy.parts import Invariant, Monotone
from refundrules.policy.questions import POSITION, QUESTIONS, REFUND_TOTAL

Proof = str | CheckFinding
"""The id of what was proved, or the finding that refutes it."""


def promising_rules(scopes: Sequence[Scope]) -> list[Scope]:
    """Return the scopes that a promise has to be looked at in: one of those that agree in all it could be about."""
    found: dict[object, Scope] = {}
    for scope in scopes:
        found.setdefault(_about(scope), scope)
    return list(found.values())


def _about(scope: Scope) -> object:
    """Return all that a guarantee or an invariant could be about: answers, refunds, and the values promises read."""
    ruleset, meaning = scope.ruleset, scope.meaning
    said = tuple(
        (question.id, item.answer.key, item.stands, _told(meaning, item))
        for question in QUESTIONS
        if question.kind in ("enum", "bool") or question.id in ("offer.steps", "offer.ceiling", "parts")
        for item in meaning.spoken(question.id)
    )
    names: set[str] = set()
    for item in ruleset.guarantees:
        names |= {*reads(item.when, item.must.refund_at_least)}
    for invariant in scope.policy.invariants:
        names |= {*reads(invariant.when, invariant.must)}
    values = tuple(
        sorted((name, ruleset.scaled[name]) for name in ruleset.spelled_out(names) if name in ruleset.scaled)
    )
    return said, values, tuple(item.id for item in ruleset.guarantees), scope.period.longest


def _told(meaning: SymbolicRuleset, item: SymbolicAnswer) -> object:
    value = item.answer.value
    return meaning.amount(value) if isinstance(value, fm.Formula) else value


def guarantees(scopes: Sequence[Scope]) -> Iterator[Proof]:
    """Yield the id of each guarantee that no decision falls below, and a finding for each other one."""
    names = {item.id: item for scope in scopes for item in scope.ruleset.guarantees}
    for name, item in sorted(names.items()):
        places = [
            FindingPlace(scope, violations(scope.meaning, item), _breaks(name))
            for scope in scopes
            if item in scope.ruleset.guarantees
        ]
        yield from _proof(
            places, name, f"guarantee:{name}", item.where,
            Words.of("check.guarantee", name),
        )  # fmt: skip


def _breaks(name: str) -> Callable[[Redecided], bool]:
    def shows(again: Redecided) -> bool:
        review = again.result.review
        return review is not None and (review.kind, review.question) == ("guarantee", name)

    return shows


def _proof(places: Sequence[FindingPlace], name: str, key: str, where: str, what: Words) -> Iterator[Proof]:
    refuted = False
    for witness, scope in first_shown(places):
        refuted = True
        yield CheckFinding(
            key, key.partition(":")[0], what, (name,), (where,), witness, period=scope.period, undecided=witness is None
        )
    if not refuted:
        yield name


def invariants(scopes: Sequence[Scope]) -> Iterator[Proof]:
    """Yield the id of each invariant that holds of every decision, and a finding for each other one."""
    for item in scopes[0].policy.invariants if scopes else ():
        if item.must is not None:
            denies = _denies(item, item.must)
            places = [
                FindingPlace(scope, cases, denies) for scope in scopes for cases in _broken(scope, item, item.must)
            ]
            what = Words.of("check.invariant", item.id)
            yield from _proof(places, item.id, f"invariant:{item.id}", item.where, what)
        elif item.monotone is not None:
            yield from _monotone(scopes, item, item.monotone)


def _decided_cases(scope: Scope, when: Condition) -> int:
    meaning, d = scope.meaning, scope.space.diagrams
    return d.minus(scope.space.condition(when, scope.ruleset, meaning), meaning.reviewed)


def _broken(scope: Scope, item: Invariant, must: Condition) -> Iterator[int]:
    """Yield the cases that would break an invariant; refund by refund where it is about the refund."""
    cases, d = _decided_cases(scope, item.when), scope.space.diagrams
    pieces = _refunds(scope, cases) if REFUND_TOTAL in set(reads(must)) else [GuardedAmount(cases, ZERO)]
    for piece in pieces:
        held = scope.space.condition(must, scope.ruleset, _Within(scope.meaning, piece))
        yield d.minus(piece.cases, held)


class _Within:
    """What a meaning says of the cases of one refund."""

    def __init__(self, meaning: SymbolicRuleset, piece: GuardedAmount) -> None:
        self.meaning, self.piece = meaning, piece

    def answers(self, name: str) -> Mapping[bool | str, int]:
        """Return the cases of each value of an answer."""
        return self.meaning.answers(name)

    def compared(self, leaf: cn.Compare) -> int | None:
        """Return the cases in which a comparison with the refund's total holds."""
        return self.meaning.compared_among(leaf, [self.piece])


def _denies(item: Invariant, must: Condition) -> Callable[[Redecided], bool]:
    def shows(again: Redecided) -> bool:
        result = again.result
        if result.outcome not in ("approve", "decline") or not result.settled:
            return False
        return is_so(item.when, again) is True and is_so(must, again) is False

    return shows


# -- more of a fact ---------------------------------------------------------------------------


def _monotone(scopes: Sequence[Scope], item: Invariant, law: Monotone) -> Iterator[Proof]:
    """Compare what is decided with less and with more of a fact, everything else being the same."""
    what = Words.of(f"check.{law.buyer}", law.fact, item.id)
    open_: Scope | None = None
    for scope in scopes:
        try:
            pair = _worse_pair(scope, item, law)
        except Unsolved:
            open_ = open_ or scope
            continue
        if pair is not None:
            yield CheckFinding(
                f"invariant:{item.id}", "invariant", what, (item.id,), (item.where,), pair[0], pair[1], scope.period
            )
            return
    if open_ is not None:
        yield CheckFinding(
            f"invariant:{item.id}", "invariant", what, (item.id,), (item.where,), period=open_.period, undecided=True
        )
    else:
        yield item.id


def _worse_pair(scope: Scope, item: Invariant, law: Monotone) -> tuple[Witness, Witness] | None:
    space, d = scope.space, scope.space.diagrams
    at = space.variable_of(law.fact)
    if at is None:
        return None
    variable = space.variables[at]
    assert isinstance(variable, Numbers)
    cases = _decided_cases(scope, item.when)
    refunds = {word: _refunds(scope, d.conj(cases, some)) for word, some in scope.meaning.answers("resolution").items()}
    for low in range(d.sizes[at]):
        for high in range(low + 1, d.sizes[at]):
            less, more = (low, high) if law.buyer == "never_worse" else (high, low)
            for worse in _worse(scope, cases, at, (less, more), refunds):
                found = _pair(scope, law, worse, variable, low, high)
                if found is not None:
                    return found
    if any(law.fact in set(fm.names(piece.amount)) for piece in scope.meaning.totals(_approved(scope, cases))):
        raise Unsolved  # within one interval the refund itself depends on the fact
    return None


def _approved(scope: Scope, cases: int) -> int:
    return scope.space.diagrams.conj(cases, scope.meaning.answers("outcome").get("approve", NONE))


def _worse(
    scope: Scope, cases: int, at: int, values: tuple[int, int], refunds: Mapping[bool | str, list[GuardedAmount]]
) -> Iterator[int]:
    """Yield cases (whatever the fact is) in which the buyer does worse with one value of it than with the other."""
    d, meaning, (better, worse) = scope.space.diagrams, scope.meaning, values

    def with_value(some: int, value: int) -> int:
        fixed = d.restrict(d.conj(cases, some), {at: value})
        tests = [scope.space.variables[var] for var in d.variables(fixed)]
        name = getattr(scope.space.variables[at], "name", "")
        if any(isinstance(test, Test) and name in set(fm.names(test.relation.formula)) for test in tests):
            raise Unsolved
        return fixed

    outcomes = meaning.answers("outcome")
    approved = outcomes.get("approve", NONE)
    yield d.conj(with_value(approved, better), with_value(outcomes.get("decline", NONE), worse))
    for word, resolution in meaning.answers("resolution").items():
        here = d.conj(approved, resolution)
        both = d.conj(with_value(here, better), with_value(here, worse))
        if both == NONE:
            continue
        for question in ("freight.return", "freight.replacement"):
            buyer = meaning.answers(question).get("buyer", NONE)
            free = d.minus(here, buyer)
            yield d.conj(with_value(free, better), with_value(d.conj(here, buyer), worse))
        yield from _less(scope, refunds[word], at, both, values)


def _less(scope: Scope, refunds: list[GuardedAmount], at: int, both: int, values: tuple[int, int]) -> Iterator[int]:
    """Yield cases in which the refund of one remedy is higher with the first value of a fact than with the second."""
    d = scope.space.diagrams
    sides = [
        [GuardedAmount(d.restrict(piece.cases, {at: value}), piece.amount) for piece in refunds] for value in values
    ]
    for one in sides[0]:
        for other in sides[1]:
            if one.amount != other.amount:
                here = d.all_of([both, one.cases, other.cases])
                if here != NONE:
                    yield d.conj(here, scope.space.holds(Relation(minus(one.amount, other.amount), strict=True)))


def _refunds(scope: Scope, cases: int) -> list[GuardedAmount]:
    """Return what is refunded in the cases, each amount once."""
    d = scope.space.diagrams
    found: dict[Formula, int] = {}
    for part, amount in scope.meaning.refunds(cases):
        found[amount] = d.disj(found.get(amount, NONE), part)
    return [GuardedAmount(part, amount) for amount, part in found.items()]


def _pair(
    scope: Scope, law: Monotone, cases: int, variable: Numbers, low: int, high: int
) -> tuple[Witness, Witness] | None:
    shown: list[tuple[Witness, Witness]] = []

    def suits(found: Model) -> bool:
        both = []
        for at in (low, high):
            start, end = variable.intervals[at]
            facts = Model({**found.facts, law.fact: start if at == high else end}, found.unknown)
            needed = scope.needed(facts)
            facts = scope.maker.complete(facts, needed)
            again = scope.decided(facts)
            if again is None:
                return False
            both.append((again, Witness(again.case, facts, again.decision)))
        (one, first), (other, second) = both
        worse, better = (other, one) if law.buyer == "never_worse" else (one, other)
        if not is_worse(worse.result, better.result):
            return False
        shown.append((first, second))
        return True

    return shown[0] if cases != NONE and scope.finder.find(cases, suits) is not None else None


def is_worse(one: ClaimResult, other: ClaimResult) -> bool:
    """Return whether the buyer does worse by one decided claim than by another, of the same remedy."""
    outcomes = (one.outcome, other.outcome)
    if outcomes == ("decline", "approve"):
        return True
    a, b = one.answers, other.answers
    if outcomes != ("approve", "approve") or a[POSITION["resolution"]] != b[POSITION["resolution"]]:
        return False
    legs = (POSITION["freight.return"], POSITION["freight.replacement"])
    return bool(one.total < other.total) or any(a[leg] == "buyer" != b[leg] for leg in legs)
