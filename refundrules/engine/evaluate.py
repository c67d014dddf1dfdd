"""Resolution: question by question, by rules that hold and are not overridden.

An answer that is not settled is the set of what it may still be. A question that rules answer
differently is a conflict; one that needs an answer and gets none is a gap. Both send the claim
to a person. The order of rules is never looked at.

A rule that another overrides is a default with an exception: it answers unless the exception holds, as in
R. Reiter, "A logic for default reasoning", Artificial Intelligence 13 (1980). Who overrides whom is written in the
rules and never goes in a circle, so there is one extension, found question by question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from refundrules.engine.limits import Limits, cuts
from refundrules.engine.order_effects import Aggregate, hangs_on_other_claims, with_order_effects
from refundrules.engine.result import (
    CONFLICT,
    UNSETTLED,
    ClaimResult,
    ReviewCause,
    counts_as_return,
    offered_steps,
    part_order,
)
from refundrules.engine.ruleset import Plan, RuleAnswer
from refundrules.money.exchange import waiver_of
from refundrules.policy.questions import (
    POSITION,
    QUESTIONS,
    SLOTS,
)

_CLASS, _OUTCOME = POSITION["issue_class"], POSITION["outcome"]
_STEPS, _CEILING = POSITION["offer.steps"], POSITION["offer.ceiling"]
_RESOLUTION, _RETURN = POSITION["resolution"], POSITION["return_required"]
_WAIVER, _DEPRECIATION = POSITION["exchange.waiver"], POSITION["exchange.depreciation"]
_PARTS, _REFERRAL = POSITION["parts"], POSITION["referral"]
_OPEN, _TOTAL, _MOST = SLOTS["offer.open"], SLOTS["refund_total"], SLOTS["most"]
_AGGREGATE_FROM = POSITION["exchange.propose"]
_EITHER = frozenset({True, False})
_CORE_QUESTIONS = frozenset(position for position, question in enumerate(QUESTIONS) if question.core)
_NEEDED = tuple(position for position, question in enumerate(QUESTIONS) if question.needed)
_ANYTHING: tuple[Any, ...] = tuple(
    UNSETTLED if question.kind in ("formula", "deadline", "mark")
    else frozenset({*(question.values or (True, False)), None})
    for question in QUESTIONS
)  # fmt: skip


class Evaluator:
    """Resolves one claim; made for one plan, facts and candidates."""

    __slots__ = ("aggregate", "facts", "known", "layout", "limits", "most_of", "plan", "result", "table")

    def __init__(
        self, plan: Plan, facts: list[Any], known: Sequence[bool], candidates: tuple[int, ...],
        aggregate: Aggregate, most_of: Callable[[ClaimResult], int | None] | None, limits: Limits,
    ) -> None:  # fmt: skip
        self.plan, self.facts, self.known = plan, facts, known
        self.layout, self.table = plan.layout(candidates), plan.table
        self.result = ClaimResult(plan, facts, known, candidates)
        self.aggregate, self.most_of, self.limits = aggregate, most_of, limits

    def refer(self, result: ClaimResult) -> None:
        """Let the rules that answer `referral` speak on a result whose money is known again."""
        spoken = self.layout[_REFERRAL]
        if spoken and self.most_of is not None:
            self.result = result
            self._refer(spoken, self.most_of)

    def run(self) -> ClaimResult:
        """Return the result: every question in order."""
        result, answers, layout = self.result, self.result.answers, self.layout
        asked: bool | None = True
        for position, question in enumerate(QUESTIONS):
            spoken = layout[position]
            if position == _AGGREGATE_FROM:
                self._join_claims()
            if not question.always and asked is not True:
                answers[position] = None if asked is False else _ANYTHING[position]
                if position == _RESOLUTION:
                    answers[_OPEN] = False if asked is False else _EITHER
                continue
            if position == _REFERRAL:
                if spoken and self.most_of is not None:
                    self._refer(spoken, self.most_of)
                continue
            if question.keyed:
                if spoken:
                    result.collected[position] = self._collected(position, spoken)
                if position == _STEPS:
                    continue
            else:
                answers[position] = self.one_answer(position, spoken)
            if position == _OUTCOME:
                outcome = answers[_OUTCOME]
                if outcome.__class__ is frozenset:
                    asked = None if "approve" in outcome else False
                else:
                    asked = outcome == "approve"
            elif position == _CEILING:
                self._offer()
            elif position == _PARTS:
                self._money()
        self._gaps(asked)
        return result

    def truth(self, at: int) -> int:
        """Return 1 when the rule holds, 0 when it does not, 2 when that is unknown."""
        found = self.result.truths.get(at)
        if found is None:
            must, may = self.table[at]
            facts, answers, known = self.facts, self.result.answers, self.known
            if may is not None and not may(facts, answers, known):
                found = 0  # asked first: most rules do not hold
            elif must(facts, answers, known):
                found = 1
            else:
                found = 0 if may is None else 2
            self.result.truths[at] = found
        return found

    def _standing(self, spoken: RuleAnswer) -> int:
        """Return the truth of "it holds, and nothing that overrides it here holds"."""
        found = self.truth(spoken.rule)
        if found and spoken.silencers:
            for other in spoken.silencers:
                over = self.truth(other)
                if over == 1:
                    return 0
                if over == 2:
                    found = 2
        return found

    def _note_open(self, position: int, spoken: RuleAnswer) -> None:
        if position in _CORE_QUESTIONS:
            open_rules, truths = self.result.open_rules, self.result.truths
            for at in (spoken.rule, *spoken.silencers):
                if truths[at] == 2:
                    open_rules.add(at)

    def one_answer(self, position: int, spoken: tuple[RuleAnswer, ...]) -> Any:
        if not spoken:
            return self._silence(position)
        sure: list[RuleAnswer] = []
        maybe: list[RuleAnswer] = []
        for item in spoken:
            found = self._standing(item)
            if found == 1:
                sure.append(item)
            elif found == 2:
                maybe.append(item)
        if not maybe and not sure:
            return self._silence(position)
        values = {self._value(item) for item in sure}
        if len(values - {UNSETTLED}) > 1:
            return self._conflict(position, sure)
        if len(values) > 1:
            values = {UNSETTLED}
        if not maybe:
            self.result.reasons[position] = tuple(item.rule for item in sure)
            value = values.pop()
            if value is UNSETTLED and position in _CORE_QUESTIONS:
                self.result.open_questions.add(position)
            return value
        possible = values | {self._value(item) for item in maybe}
        if sure and len(possible) == 1 and UNSETTLED not in possible:
            self.result.reasons[position] = tuple(item.rule for item in sure)
            return possible.pop()
        for item in maybe:
            self._note_open(position, item)
        if position in _CORE_QUESTIONS:
            self.result.open_questions.add(position)
        if UNSETTLED in possible or QUESTIONS[position].kind == "formula":
            return UNSETTLED
        possible.add(CONFLICT)
        if not sure:
            possible.add(self._silence(position))
        return frozenset(possible)

    def _value(self, spoken: RuleAnswer) -> Any:
        if spoken.amount is None:
            return spoken.value
        value = spoken.amount.compute(self.facts)
        return self._unknown_amount(spoken) if value is None else value

    def _unknown_amount(self, spoken: RuleAnswer) -> Any:
        assert spoken.amount is not None
        self.result.open_facts.update(at for at in spoken.amount.needs if self.facts[at] is None)
        return UNSETTLED

    def _silence(self, position: int) -> Any:
        silence = QUESTIONS[position].silence
        if silence is None:
            return None
        if not silence.after:
            return silence.means
        before = self.result.answers[POSITION[silence.after]]
        return silence.means if before.__class__ is not frozenset and before in silence.among else None

    def _conflict(self, position: int, sure: list[RuleAnswer]) -> None:
        if self.result.review is None:
            rules = tuple(sorted({item.rule for item in sure}))
            self.result.review = ReviewCause(CONFLICT, QUESTIONS[position].id, rules)

    def _collected(self, position: int, spoken: tuple[RuleAnswer, ...]) -> list[RuleAnswer]:
        """Return what stands, one for each key; note conflicts, and what is open where the core needs it."""
        standing: dict[str | None, RuleAnswer] = {}
        core = position in _CORE_QUESTIONS
        for item in spoken:
            found = self._standing(item)
            if found == 1:
                before = standing.get(item.key)
                agree = before is None or self._agree(before, item)
                if agree is False and before is not None:
                    self._conflict(position, [before, item])
                elif agree is None and core:
                    self.result.open_questions.add(position)
                elif before is None:
                    standing[item.key] = item
                self.result.reasons[position] = (*self.result.reasons.get(position, ()), item.rule)
            elif found == 2 and core:
                self._note_open(position, item)
                self.result.open_questions.add(position)
        return list(standing.values())

    def _agree(self, one: RuleAnswer, other: RuleAnswer) -> bool | None:
        """Return whether two answers under one key agree; None while an amount is unknown."""
        if one.amount is None or other.amount is None or one.value == other.value:
            return bool(one.value == other.value)
        first, second = self._value(one), self._value(other)
        return None if first is UNSETTLED or second is UNSETTLED else bool(first == second)

    # -- offers, money, referral --------------------------------------------------------------

    def _offer(self) -> None:
        result, answers = self.result, self.result.answers
        steps = sorted(result.collected.get(_STEPS, ()), key=lambda item: item.key or "")
        if _STEPS in result.open_questions or _CEILING in result.open_questions:
            answers[_OPEN] = _EITHER
            return
        if not steps:
            answers[_OPEN] = False
            return
        amounts = [self._value(item) for item in steps]
        ceiling = answers[_CEILING]
        if ceiling is UNSETTLED or UNSETTLED in amounts:
            result.open_questions.add(_STEPS)
            answers[_OPEN] = _EITHER
            return
        result.ceiling = ceiling
        result.steps, result.step_rules = offered_steps(steps, amounts, ceiling)
        answers[_OPEN] = self._declined() < len(result.steps)

    def _declined(self) -> int:
        declined: int = self.facts[self.plan.declined_at]
        return declined

    def _money(self) -> None:
        result, answers = self.result, self.result.answers
        total: Any = 0
        resolution, offer_open = answers[_RESOLUTION], answers[_OPEN]
        if resolution == "compensation" and offer_open is True and result.steps:
            at = self._declined()
            rule = result.step_rules[at]
            total = result.steps[at]
            result.parts.append(("compensation", total, RuleAnswer(rule, "compensation", None, None, ())))
        for item in sorted(result.collected.get(_PARTS, ()), key=part_order):
            value = self._value(item)
            if value is UNSETTLED:
                result.parts.append((item.key or "", None, item))
                total = UNSETTLED
            else:
                if value:
                    result.parts.append((item.key or "", value, item))
                if total is not UNSETTLED:
                    total += value
        unsure = resolution.__class__ is frozenset or (offer_open is _EITHER and resolution == "compensation")
        if unsure or _PARTS in result.open_questions:
            total = UNSETTLED
        if total is not UNSETTLED:
            for cut in cuts(result.parts, total, self.limits):
                result.parts.append(cut)
                total += cut[1]
        result.total = total
        if resolution == "exchange":
            self.exchange(result)
        elif resolution.__class__ is frozenset and "exchange" in resolution:
            result.buyer_pays = UNSETTLED

    @staticmethod
    def exchange(result: ClaimResult) -> None:
        """Work out what an exchange comes to."""
        answers, facts = result.answers, result.facts
        index = result.plan.ruleset.index
        depreciation = answers[_DEPRECIATION]
        if depreciation is UNSETTLED:
            result.buyer_pays = UNSETTLED
        else:
            result.depreciation = result.buyer_pays = depreciation or 0
        if not facts[index["claim.replacement_chosen"]]:
            return
        ruleset = result.plan.ruleset
        difference = facts[index["claim.replacement_total"]] - facts[index["claim.exchange_credit"]]
        result.difference = difference
        waiver = ruleset.waiver if answers[_WAIVER] is None else answers[_WAIVER]
        if waiver is UNSETTLED:
            result.buyer_pays = UNSETTLED
        elif result.buyer_pays is not UNSETTLED:
            result.buyer_pays += max(0, difference - waiver_of(difference, ruleset.policy.money, waiver))

    def _refer(self, spoken: tuple[RuleAnswer, ...], most_of: Callable[[ClaimResult], int | None]) -> None:
        result, answers = self.result, self.result.answers
        if result.review is not None or answers[_OUTCOME] == "manual_review":
            return
        if result.open_questions or result.open_facts:
            answers[_TOTAL] = answers[_MOST] = None
        else:
            answers[_TOTAL] = 0 if answers[_OUTCOME] == "decline" else max(0, result.total)
            answers[_MOST] = most_of(result)
        referral = self.one_answer(_REFERRAL, spoken)
        answers[_REFERRAL] = referral
        if isinstance(referral, str) and result.review is None:
            result.review = ReviewCause("referral", referral, result.reasons[_REFERRAL])

    def _join_claims(self) -> None:
        """Put in the facts that depend on what the order's other claims decide."""
        plan = self.plan
        if not plan.needs_aggregate:
            return
        ruleset = plan.ruleset
        if not hangs_on_other_claims(ruleset, self.facts):
            return
        answers = self.result.answers
        deciding = (answers[_OUTCOME], answers[_CLASS], answers[_RESOLUTION], answers[_RETURN])
        if any(value.__class__ is frozenset for value in deciding):
            return
        self.result.joined = True
        joined = self.aggregate(counts_as_return(self.result), self.facts)
        self.result.awaited.update(joined.needs)
        self.result.ways = joined.ways
        self.facts = self.result.facts = with_order_effects(ruleset, self.facts, joined)

    def _gaps(self, asked: bool | None) -> None:
        result, answers = self.result, self.result.answers
        if result.review is not None:
            return
        for position in _NEEDED:
            if answers[position] is None and (asked or QUESTIONS[position].always) and not self._excused(position):
                result.review = ReviewCause("gap", QUESTIONS[position].id)
                return
        if answers[_OUTCOME] == "manual_review":
            result.review = ReviewCause("rule", "outcome", result.reasons[_OUTCOME])

    def _excused(self, position: int) -> bool:
        """Return whether a question needs no answer, or may turn out to need none: by the outcome, or an earlier answer."""
        question, outcome = QUESTIONS[position], self.result.answers[_OUTCOME]
        if question.silence is not None:
            before = self.result.answers[POSITION[question.silence.after]]
            return before is None or before.__class__ is frozenset or before in question.silence.among
        return position != _OUTCOME if outcome.__class__ is frozenset else outcome in question.excused
