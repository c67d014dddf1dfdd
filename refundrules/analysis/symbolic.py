"""What a policy says of all cases at once: the cases in which each rule holds, and each answer stands.

It follows `engine.evaluate` question by question, with sets of cases instead of truths. Facts have some
value here, known or not: a policy's decisions on complete cases are all there is to prove.

Evaluating once for all inputs, each result under the condition on which it holds, is symbolic execution: J. C. King,
"Symbolic execution and program testing", Communications of the ACM 19 (1976).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, reduce
from typing import Any, NamedTuple, TypeVar

from refundrules.analysis.encoding import LEFT, Space, with_numbers
from refundrules.analysis.mdd import EVERY, NONE
from refundrules.analysis.relations import ONE, ZERO, Relation, minus
from refundrules.case.facts import PROMOTION
from refundrules.engine.limits import of_goods
from refundrules.engine.ruleset import Ruleset
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.formula import Apply, Formula, Ref
from refundrules.policy.parts import Answer, Guarantee
from refundrules.policy.questions import BY_ID, QUESTIONS, REFUND_TOTAL, SLOTS, Question, Silence


def violations(meaning: SymbolicRuleset, item: Guarantee) -> int:
    """Return the cases in which a decision falls below a guarantee."""
    d, answers = meaning.space.diagrams, meaning.answers
    when = meaning.space.condition(item.when, meaning.ruleset, meaning)
    below = _below(meaning, item, d.minus(d.conj(meaning.possible, when), meaning.reviewed))
    offered = d.all_of([below, meaning.offer_open, answers("resolution").get("compensation", NONE)])
    if offered == NONE:
        return below
    # An offer is as good as what follows when all offers are declined.
    at = meaning.space.variable_of(OFFER_FACT)
    assert at is not None
    last = d.sizes[at] - 1
    there = d.conj(d.minus(when, meaning.reviewed), d.among(at, (last,)))
    after = d.restrict(there, {at: last})
    after_below = d.restrict(_below(meaning, item, there), {at: last})
    return d.minus(below, d.all_of([offered, after, d.negate(after_below)]))


def _below(meaning: SymbolicRuleset, item: Guarantee, cases: int) -> int:
    """Return those of the cases in which the decision is less than a guarantee promises, its offers aside."""
    d, must = meaning.space.diagrams, item.must
    found = NONE
    if must.not_declined:
        found = d.conj(cases, meaning.answers("outcome").get("decline", NONE))
    if must.refund_at_least is not None:
        floor = Apply("min", (meaning.amount(must.refund_at_least), Ref(LEFT)))
        for part, amount in meaning.refunds(cases):
            short = meaning.space.holds(Relation(minus(floor, amount), strict=True))
            found = d.disj(found, d.conj(part, short))
    for question, payer in (
        ("freight.return", must.return_payer_not),
        ("freight.replacement", must.replacement_payer_not),
    ):
        if payer is not None:
            found = d.disj(found, d.conj(cases, meaning.answers(question).get(payer, NONE)))
    return found


T = TypeVar("T")

OFFER_FACT = "claim.declined_offers"
PAID = Ref("claim.paid")


class SymbolicAnswer(NamedTuple):
    """One answer of one rule, and the cases in which it stands."""

    rule: int
    answer: Answer
    stands: int


class Clash(NamedTuple):
    """Two rules that answer one thing differently, and where."""

    question: str
    key: str | None
    rules: tuple[int, int]
    cases: int


class ReviewCases(NamedTuple):
    """Cases that go to a person, and why."""

    kind: str
    question: str
    cases: int


class GuardedAmount(NamedTuple):
    """An amount, and the cases in which it is that."""

    cases: int
    amount: Formula


class SymbolicRuleset:
    """What one ruleset says of every case of a space."""

    def __init__(self, space: Space, ruleset: Ruleset, possible: int = EVERY) -> None:
        self.space, self.ruleset, self.possible = space, ruleset, possible
        """`possible`: cases beyond these need not be told apart."""
        self._holds: dict[int, int] = {}
        self._answers: dict[str, dict[bool | str, int]] = {}
        self._spoken: dict[str, tuple[SymbolicAnswer, ...]] = {}
        self._clashes: dict[str, tuple[Clash, ...]] = {}
        self.speakers: dict[str, list[tuple[int, Answer]]] = {question.id: [] for question in QUESTIONS}
        for at, rule in enumerate(ruleset.rules):
            for answer in rule.then:
                self.speakers[answer.question].append((at, answer))

    # -- rules --------------------------------------------------------------------------------

    def holds(self, at: int) -> int:
        """Return the cases in which a rule's condition holds."""
        found = self._holds.get(at)
        if found is None:
            made = self.space.condition(self.ruleset.rules[at].when, self.ruleset, self)
            found = self._holds[at] = self.space.diagrams.conj(made, self.possible)
        return found

    def stands(self, at: int, question: str) -> int:
        """Return the cases in which a rule holds and nothing that overrides it in the question does."""
        d = self.space.diagrams
        over = [self.holds(other) for other in self.ruleset.silencers.get((at, question), ())]
        return reduce(d.minus, over, self.holds(at))

    def asked(self, question: Question) -> int:
        """Return the cases in which a question is asked."""
        if question.id == "referral":
            return self._referable
        return self.possible if question.always else self.answers("outcome").get("approve", NONE)

    def spoken(self, name: str) -> tuple[SymbolicAnswer, ...]:
        """Return who may answer a question, and where each does."""
        found = self._spoken.get(name)
        if found is None:
            d, asked = self.space.diagrams, self.asked(BY_ID[name])
            said = [
                SymbolicAnswer(at, answer, d.conj(asked, self.stands(at, name))) for at, answer in self.speakers[name]
            ]
            found = self._spoken[name] = tuple(item for item in said if item.stands != NONE)
        return found

    # -- answers ------------------------------------------------------------------------------

    def answers(self, name: str) -> Mapping[bool | str, int]:
        """Return, for each answer to a question that has one, the cases in which it is that."""
        found = self._answers.get(name)
        if found is None:
            found = self._answers[name] = dict(self._answered(name))
        return found

    def _answered(self, name: str) -> Iterator[tuple[bool | str, int]]:
        d = self.space.diagrams
        if name == "offer.open":
            yield True, self.offer_open
            yield False, d.negate(self.offer_open)
            return
        question = BY_ID[name]
        wrong = d.any_of(clash.cases for clash in self.clashes(name))
        by_value: dict[Any, int] = {}
        for item in self.spoken(name):
            value = item.answer.value
            by_value[value] = d.disj(by_value.get(value, NONE), item.stands)
        silent = self.silent(name)
        for value, cases in self._defaults(name, silent, self.asked(question)):
            by_value[value] = d.disj(by_value.get(value, NONE), cases)
        for value, cases in by_value.items():
            yield value, d.minus(cases, wrong)

    def compared(self, leaf: cn.Compare) -> int | None:
        """Return the cases in which the refund's total compares like that; None for what else rules may have granted."""
        return self.compared_among(leaf, self.refunds(self._referable))

    def compared_among(self, leaf: cn.Compare, pieces: Iterable[GuardedAmount]) -> int | None:
        """Return those of the cases of some refunds in which the total compares like that."""
        if leaf.name != REFUND_TOTAL or set(fm.names(leaf.right)) & set(SLOTS):
            return None
        d, right = self.space.diagrams, with_numbers(leaf.right, self.ruleset)
        found = NONE
        for cases, amount in pieces:
            above = leaf.operator in ("above", "at_least")
            rest = minus(amount, right) if above else minus(right, amount)
            held = self.space.holds(Relation(rest, leaf.operator in ("above", "below")))
            found = d.disj(found, d.conj(cases, held))
        return found

    @cached_property
    def _referable(self) -> int:
        """The cases in which it is asked, last of all, whether a person should decide after all."""
        d = self.space.diagrams
        disputed = d.any_of(clash.cases for question in QUESTIONS[:-1] for clash in self.clashes(question.id))
        reviewed = self.answers("outcome").get("manual_review", NONE)
        return d.minus(self.possible, d.disj(disputed, reviewed))

    def silent(self, name: str) -> int:
        """Return the cases in which a question is asked and no rule answers it."""
        return reduce(self.space.diagrams.minus, (item.stands for item in self.spoken(name)), self.asked(BY_ID[name]))

    def _defaults(self, name: str, silent: int, asked: int) -> Iterator[tuple[bool | str, int]]:
        """Yield what silence means, for questions in which it means something."""
        d, silence = self.space.diagrams, BY_ID[name].silence
        if silence is None:
            return
        if not silence.after:
            yield silence.means, silent
            return
        others = self._answered_otherwise(silence)
        if None not in silence.among:
            others = d.disj(others, self.unanswered(silence.after))
        yield silence.means, d.minus(d.conj(silent, asked), others)

    def _answered_otherwise(self, silence: Silence) -> int:
        """Return the cases with an answer that gives silence no meaning."""
        before = self.answers(silence.after).items()
        return self.space.diagrams.any_of(cases for value, cases in before if value not in silence.among)

    def unanswered(self, name: str) -> int:
        """Return the cases in which a question with one answer is asked and has none."""
        d = self.space.diagrams
        return reduce(d.minus, self.answers(name).values(), self.asked(BY_ID[name]))

    def clashes(self, name: str) -> tuple[Clash, ...]:
        """Return where two rules that stand answer a question differently."""
        found = self._clashes.get(name)
        if found is None:
            found = self._clashes[name] = tuple(self._found_clashes(name))
        return found

    def _found_clashes(self, name: str) -> Iterator[Clash]:
        d = self.space.diagrams
        if BY_ID[name].kind == "mark":
            return
        disputed = self._disputed(name)
        said = [item for item in self.spoken(name) if item.answer.key in disputed]
        for at, one in enumerate(said):
            for other in said[at + 1 :]:
                if (
                    one.rule == other.rule
                    or one.answer.key != other.answer.key
                    or one.answer.value == other.answer.value
                ):
                    continue
                cases = d.conj(one.stands, other.stands)
                if cases != NONE:
                    cases = d.conj(cases, self._differ(one.answer.value, other.answer.value))
                if cases != NONE:
                    yield Clash(name, one.answer.key, (one.rule, other.rule), cases)

    def _disputed(self, name: str) -> set[str | None]:
        """Return the keys under which some case has two values: few do, and only there each pair of rules is looked at."""
        d = self.space.diagrams
        by_key: dict[str | None, dict[Any, int]] = {}
        for item in self.spoken(name):
            by_value = by_key.setdefault(item.answer.key, {})
            by_value[item.answer.value] = d.disj(by_value.get(item.answer.value, NONE), item.stands)
        return {key for key, by_value in by_key.items() if not d.are_apart(by_value.values())}

    def _differ(self, one: Any, other: Any) -> int:
        if not isinstance(one, fm.Formula):
            return EVERY
        first, second = self.amount(one), self.amount(other)
        more, less = Relation(minus(first, second), strict=True), Relation(minus(second, first), strict=True)
        return self.space.diagrams.disj(self.space.holds(more), self.space.holds(less))

    # -- amounts ------------------------------------------------------------------------------

    def amount(self, formula: Formula) -> Formula:
        """Return an answer's formula over facts, rounded to the minor unit."""
        return Apply("round", (with_numbers(formula, self.ruleset), ONE))

    def partition(self, cases: int, items: Iterable[tuple[T, int]]) -> list[tuple[int, tuple[T, ...]]]:
        """Split cases by which of the items' cases they are in."""
        items = list(items)
        parts = self.space.diagrams.split(cases, [where for _, where in items])
        return [(part, tuple(items[at][0] for at in held)) for part, held in parts]

    @cached_property
    def offers(self) -> list[tuple[int, tuple[Formula, ...]]]:
        """The cases in which each list of steps is offered, one above another; the steps are what is really offered."""
        d = self.space.diagrams
        said = sorted(self.spoken("offer.steps"), key=lambda item: (item.answer.key or "", item.rule))
        some = d.any_of(item.stands for item in said)
        ceilings = [(item, item.stands) for item in self.spoken("offer.ceiling")]
        found = []
        for cases, items in self.partition(some, [(item, item.stands) for item in said]):
            for inner, limits in self.partition(cases, ceilings):
                ceiling = self.amount(limits[0].answer.value) if limits else None  # type: ignore[arg-type]
                by_key = {item.answer.key: item for item in reversed(items)}
                amounts = [self.amount(by_key[key].answer.value) for key in sorted(by_key, key=str)]  # type: ignore[arg-type]
                steps = [amount if ceiling is None else Apply("min", (amount, ceiling)) for amount in amounts]
                found += self._rising(inner, steps)
        return found

    def _rising(self, cases: int, steps: Sequence[Formula]) -> list[tuple[int, tuple[Formula, ...]]]:
        """Split cases by which steps are above all steps before them."""
        rises = []
        for at, step in enumerate(steps):
            before = Apply("max", (ZERO, *steps[:at])) if at else ZERO
            rises.append((step, self.space.holds(Relation(minus(step, before), strict=True))))
        return self.partition(cases, rises)

    def _declined(self, low: int, high: int) -> int:
        found = self.space.between(OFFER_FACT, low, high)
        assert found is not None, "the space tells every number of declined offers apart that matters"
        return found

    @cached_property
    def offer_open(self) -> int:
        """The cases in which a step is offered that was not declined yet."""
        d = self.space.diagrams
        return d.any_of(d.conj(cases, self._declined(0, len(steps) - 1)) for cases, steps in self.offers if steps)

    @cached_property
    def offered(self) -> tuple[GuardedAmount, ...]:
        """The step on offer, where one is."""
        d = self.space.diagrams
        return tuple(
            GuardedAmount(found, step)
            for cases, steps in self.offers
            for at, step in enumerate(steps)
            if (found := d.conj(cases, self._declined(at, at))) != NONE
        )

    def totals(self, cases: int) -> list[GuardedAmount]:
        """Return what is refunded in the cases, before any limit. Few cases make few pieces."""
        d = self.space.diagrams
        paying = d.all_of([self.offer_open, self.answers("resolution").get("compensation", NONE)])
        offers = [(piece.amount, d.conj(piece.cases, paying)) for piece in self.offered]
        said = sorted(self.spoken("parts"), key=lambda item: (item.answer.key or "", item.rule))
        found = []
        for part, standing in self.partition(cases, [(item, item.stands) for item in said]):
            for inner, steps in self.partition(part, offers):
                by_key = {item.answer.key: item for item in reversed(standing)}
                goods = [self.amount(item.answer.value) for key, item in by_key.items() if of_goods(key or "")]  # type: ignore[arg-type]
                rest = [self.amount(item.answer.value) for key, item in by_key.items() if not of_goods(key or "")]  # type: ignore[arg-type]
                found.append(GuardedAmount(inner, _sum([*steps, *([refund_for_goods(goods)] if goods else []), *rest])))
        return found

    def refunds(self, cases: int) -> list[GuardedAmount]:
        """Return what is refunded in the cases, never below zero nor above what is left of the order's money."""
        approved = self.answers("outcome").get("approve", NONE)
        d = self.space.diagrams
        none = GuardedAmount(d.minus(cases, approved), ZERO)
        pieces = [GuardedAmount(part, limited_amounts(amount)) for part, amount in self.totals(d.conj(cases, approved))]
        return [piece for piece in (none, *pieces) if piece.cases != NONE]

    # -- what goes to a person ----------------------------------------------------------------

    @cached_property
    def conflicts(self) -> tuple[Clash, ...]:
        """Every pair of rules that disagree, in cases in which no earlier question is in conflict."""
        d = self.space.diagrams
        found: list[Clash] = []
        before = NONE
        for question in QUESTIONS:
            here = [
                clash._replace(cases=left)
                for clash in self.clashes(question.id)
                if (left := d.minus(clash.cases, before)) != NONE
            ]
            found += here
            before = d.disj(before, d.any_of(clash.cases for clash in here))
        return tuple(found)

    @cached_property
    def conflicting(self) -> int:
        """The cases in which some rules disagree."""
        return self.space.diagrams.any_of(clash.cases for clash in self.conflicts)

    @cached_property
    def gaps(self) -> tuple[ReviewCases, ...]:
        """The questions that need an answer and get none, first come first named."""
        d = self.space.diagrams
        outcomes, found = self.answers("outcome"), []
        left = d.minus(self.possible, d.disj(self.conflicting, self.referred))
        for question in QUESTIONS:
            if question.needed:
                cases = self.unanswered(question.id)
                if question.silence is not None:
                    cases = d.conj(cases, self._answered_otherwise(question.silence))
                excused = d.any_of(outcomes.get(outcome, NONE) for outcome in question.excused)
                here = d.conj(d.minus(cases, excused), left)
                left = d.minus(left, here)
                if here != NONE:
                    found.append(ReviewCases("gap", question.id, here))
        return tuple(found)

    @cached_property
    def referred(self) -> int:
        """The cases sent to a person after all, because of what the money comes to."""
        return self.space.diagrams.any_of(self.answers("referral").values())

    @cached_property
    def reviewed(self) -> int:
        """The cases that surely go to a person: conflicts, gaps, and rules that say so."""
        d = self.space.diagrams
        gaps = d.any_of(item.cases for item in self.gaps)
        return d.any_of([self.conflicting, self.referred, gaps, self.answers("outcome").get("manual_review", NONE)])


def _sum(amounts: Sequence[Formula]) -> Formula:
    return reduce(lambda one, other: Apply("+", (one, other)), amounts) if amounts else ZERO


def refund_for_goods(amounts: Sequence[Formula]) -> Formula:
    """Return what is refunded for goods, no more than was paid for them: `amounts` and the fees off them."""
    whole = _sum(amounts)
    paid = [amount for amount in amounts if amount == Apply("round", (PAID, ONE))]
    fees = [amount for amount in amounts if amount not in paid]
    if len(paid) <= 1 and all(_is_fee(fee) for fee in fees):
        return whole
    return Apply("min", (whole, PAID))


def _is_fee(amount: Formula) -> bool:
    """Return whether an amount is surely not above zero."""
    inner = amount.args[0] if isinstance(amount, Apply) and amount.what == "round" else amount
    return isinstance(inner, Apply) and inner.what == "-" and inner.args[0] == ZERO and _is_no_loss(inner.args[1])


def _is_no_loss(amount: Formula) -> bool:
    """Return whether an amount is surely not below zero: facts and parameters are not, but for one."""
    if isinstance(amount, Apply):
        return amount.what != "-" and all(map(_is_no_loss, amount.args))
    return amount != Ref(PROMOTION) and (isinstance(amount, Ref) or amount.value >= 0)


def limited_amounts(amount: Formula) -> Formula:
    """Return an amount cut to what is left of the order's money, and never below zero."""
    return Apply("min", (Apply("max", (amount, ZERO)), Ref(LEFT)))
