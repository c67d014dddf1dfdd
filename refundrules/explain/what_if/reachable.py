"""What a claim can still come to while some of its facts are left open: no change of those gives anything else.

The rules are compiled once more with every fact optional. An open fact is then unknown, `engine.evaluate` tells what each
answer may still be, and what a goal hangs on are the open facts of rules whose truth is still open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from refundrules.case.facts import Fact
from refundrules.engine.claim_evaluation import ClaimEvaluation, RulesetOutcome
from refundrules.engine.evaluate import Evaluator
from refundrules.engine.result import UNSETTLED, ClaimResult
from refundrules.engine.ruleset import GIVEN, RuleAnswer, Ruleset
from refundrules.explain.targets import OPEN, RULE, CounterfactualGoal
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition
from refundrules.expr.walk import leaves, transform
from refundrules.policy.questions import BY_ID, MOST, POSITION, REFUND_TOTAL, SLOTS

_OUTCOME, _REFERRAL = POSITION["outcome"], POSITION["referral"]
_OFFER_OPEN, _TOTAL, _MOST = SLOTS["offer.open"], SLOTS[REFUND_TOTAL], SLOTS[MOST]
_PAYERS = ("freight.return", "freight.replacement")
_GIVEN_BY_US = frozenset(
    {("parts", "compensation"), ("instructions", "inspect_on_arrival"), ("instructions", "supervisor_approval")}
)
"""What a decision may say without a rule that answers it so."""


class OpenRuleset(Ruleset):
    """A ruleset in which every fact, and whether the case gives it, may be unknown."""

    def __init__(self, of: Ruleset) -> None:
        self.__dict__.update(of.__dict__)
        self.told = tuple(sorted({name for condition in _conditions(of) for name in _asked(condition)}))
        """The facts of which rules ask whether the case gives them; each is a fact of its own here, after all others."""
        told = [Fact(_known(name), "bool", of.facts[0].derive, (), "", True) for name in self.told]
        facts = [fact._replace(optional=fact.name != GIVEN) for fact in of.facts]
        self.facts = (*facts, *told)
        self.index = {fact.name: at for at, fact in enumerate(self.facts)}
        self.rules = tuple(replace(rule, when=_opened(rule.when)) for rule in of.rules)
        self.guarantees = tuple(replace(item, when=_opened(item.when)) for item in of.guarantees)
        self.bodies = {
            name: body if isinstance(body, fm.Formula) else _opened(body) for name, body in of.bodies.items()
        }
        self.plans, self._plain = {}, {}


def _needs(spoken: Iterable[tuple[int, RuleAnswer]]) -> Iterator[int]:
    return (at for _, item in spoken if item.amount for at in item.amount.needs)


def _conditions(ruleset: Ruleset) -> Iterator[Condition]:
    yield from (rule.when for rule in ruleset.rules)
    yield from (item.when for item in ruleset.guarantees)
    for body in ruleset.bodies.values():
        if not isinstance(body, fm.Formula):
            yield body


def _asked(condition: Condition) -> Iterator[str]:
    return (leaf.name for leaf in leaves(condition) if isinstance(leaf, cn.Known))


def _known(name: str) -> str:
    return f"known {name}"


def _opened(condition: Condition) -> Condition:
    """Return the condition with whether a fact is given as a fact of its own."""
    return transform(
        condition, lambda leaf, _: cn.Is(_known(leaf.name), (True,)) if isinstance(leaf, cn.Known) else leaf
    )


class _OpenEvaluator(Evaluator):
    """Resolves with any fact unknown; what hangs on how offers end stays open."""

    def _declined(self) -> int:
        return self.facts[self.plan.declined_at] or 0

    def _offer(self) -> None:
        super()._offer()
        if self.facts[self.plan.declined_at] is None and self.result.answers[_OFFER_OPEN] is True:
            self.result.answers[_OFFER_OPEN] = frozenset({True, False})
            self.result.open_facts.add(self.plan.declined_at)

    def _refer(self, spoken: Any, most_of: Any) -> None:
        result = self.result
        if result.review is not None or result.answers[_OUTCOME] == "manual_review":
            return
        known = not (result.open_questions or result.open_facts) and result.total is not UNSETTLED
        result.answers[_TOTAL] = (0 if result.outcome == "decline" else max(0, result.total)) if known else None
        result.answers[_MOST] = None
        result.answers[_REFERRAL] = self.one_answer(_REFERRAL, spoken)


class Look(NamedTuple):
    """Whether a goal can still be met, on which facts that hangs now, and on which it may once these are settled."""

    possible: bool
    now: frozenset[int]
    ever: frozenset[int]


class Reach:
    """What one claim can come to under one ruleset, with a goal in view."""

    def __init__(self, work: ClaimEvaluation, finding: RulesetOutcome, goal: CounterfactualGoal) -> None:
        of = finding.plan.ruleset
        if of.opened is None:
            of.opened = OpenRuleset(of)
        ruleset: OpenRuleset = of.opened
        self.work, self.goal, self.plan = work, goal, ruleset.plan(finding.plan.reason)
        self.told = {of.index[name]: ruleset.index[_known(name)] for name in ruleset.told}
        """Where it is told whether the case gives a fact."""
        self.facts = [*finding.facts, *[finding.known[at] for at in self.told]]
        self._needs = {at: frozenset(_needs(spoken)) for at, spoken in self.plan.answers.items()}
        """What the amounts of a rule read."""
        self._candidates = tuple(self.plan.relevant)
        self._deciding = frozenset(at for at in self.plan.relevant if self._decides(at))

    def _decides(self, at: int) -> bool:
        """Return whether a rule's truth can matter to the goal: marks decide nothing, unless they are wanted."""
        want = self.goal.want
        if want is not None and (want.question == RULE or BY_ID[want.question].kind == "mark"):
            return True
        return any(BY_ID[answer.question].kind != "mark" for answer in self.plan.ruleset.rules[at].then)

    def narrow(self, facts: list[Any]) -> frozenset[int]:
        """Look from now on only at the rules that may hold when these open facts are otherwise; return them."""
        result = self._resolved(facts)
        self._candidates = tuple(at for at in self._candidates if result.truths.get(at, 2) != 0)
        return frozenset(self._candidates)

    def look(self, facts: list[Any]) -> Look:
        """Return what can still come of facts of which the open ones are None."""
        result = self._resolved(facts)
        floors = self._floors(result)
        if not self._possible(result, bites=bool(floors)):
            return Look(False, frozenset(), frozenset())
        now = frozenset(floors).union(*(self.plan.reads[at] for at in self._deciding if result.truths.get(at) == 2))
        if self._amounts_matter(result):
            now |= result.open_facts
        unread = (self.plan.reads[at] for at in self._candidates if at not in result.truths)
        amounts = (self._needs[at] for at in self._candidates if result.truths.get(at) != 0)
        ever = now.union(result.open_facts, *unread, *amounts)
        return Look(True, now, ever)

    def may_come(self, first: ClaimResult) -> bool:
        """Return whether an open claim, resolved as far as it is known, may still meet the goal."""
        return self._possible(first, bites=True)

    def _resolved(self, facts: list[Any]) -> ClaimResult:
        work = self.work
        return _OpenEvaluator(
            self.plan, facts, (), self._candidates, work.aggregate, lambda result: None, work.limits
        ).run()

    def _amounts_matter(self, result: ClaimResult) -> bool:
        """Return whether anything but amounts may hang on an open amount."""
        referred = self.plan.layout(self._candidates)[_REFERRAL]
        return bool(referred) or result.answers[_OFFER_OPEN].__class__ is frozenset

    def _floors(self, result: ClaimResult) -> set[int]:
        """Return what the guarantees read that may send the claim to a person."""
        found: set[int] = set()
        for guarantee, _, may, reads, least in self.plan.floors:
            if not may(result.facts, result.answers, ()):
                continue
            must = guarantee.must
            found |= reads if must.not_declined and "decline" in self._answers(result, "outcome") else frozenset()
            if least is not None:
                found |= {*reads, *least.needs, *result.open_facts}
            for payer, question in ((must.return_payer_not, _PAYERS[0]), (must.replacement_payer_not, _PAYERS[1])):
                found |= reads if payer in self._answers(result, question) else frozenset()
        return found

    # -- what may still be --------------------------------------------------------------------

    def _answers(self, result: ClaimResult, question: str) -> frozenset[Any]:
        """Return what a question may still be answered."""
        answer = result.answers[POSITION[question]]
        found: frozenset[Any] = answer if answer.__class__ is frozenset else frozenset({answer})
        return found | {"none"} if question in _PAYERS and None in found else found

    def _outcomes(self, result: ClaimResult, *, bites: bool) -> frozenset[str]:
        if result.review is not None:
            return frozenset({"manual_review"})
        found = self._answers(result, "outcome") & {"approve", "decline", "manual_review"}
        if bites or not self._is_settled(result):
            return found | {"manual_review"}
        return found

    def _is_settled(self, result: ClaimResult) -> bool:
        """Return whether nothing is open that could hand the claim to a person."""
        if result.open_questions or (self._amounts_matter(result) and result.open_facts):
            return False
        return not any(result.truths.get(at) == 2 for at in self._deciding)

    def _possible(self, result: ClaimResult, *, bites: bool) -> bool:
        want, base = self.goal.want, self.goal.base
        if want == OPEN:
            return not (result.settled and result.review is not None) and not (
                result.settled and self._is_settled(result) and not bites
            )
        outcomes = self._outcomes(result, bites=bites)
        if want is None:
            if outcomes != {base.outcome}:
                return True
            return base.outcome == "approve" and self._answers(result, "resolution") != {base.resolution}
        if want.question == RULE:
            at = self.plan.ruleset.rule_index.get(str(want.value))
            return at in self._candidates and result.truths.get(at, 2) != 0
        if BY_ID[want.question].keyed:
            return (want.question, want.value) in _GIVEN_BY_US or self._may_say(result, want.question, want.value)
        return want.value is None or any(self._may_show(result, outcome, want) for outcome in outcomes)

    def _may_show(self, result: ClaimResult, outcome: str, want: Any) -> bool:
        question, value = want
        if question == "outcome":
            return bool(outcome == value)
        if outcome == "approve" or question == "issue_class":
            return value in self._answers(result, question)
        if outcome == "decline":
            return bool(BY_ID[question].declined == value)
        return question == "fault" and value in self._answers(result, question)

    def _may_say(self, result: ClaimResult, question: str, key: Any) -> bool:
        """Return whether a rule may stand that says something under a key (None: any)."""
        truths = result.truths
        return any(
            (key is None or spoken.key == key)
            and truths.get(spoken.rule, 2) != 0
            and not any(truths.get(other) == 1 for other in spoken.silencers)
            for spoken in self.plan.layout(self._candidates)[POSITION[question]]
        ) or (question == "parts" and key is None)
