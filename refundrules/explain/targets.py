"""What a question about a decision is aimed at: an outcome, a resolution, another answer, or a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from refundrules.engine.claim_evaluation import RulesetOutcome
from refundrules.engine.decision_models import IN_CORE, ClaimDecision, Core, core_of
from refundrules.engine.result import ClaimResult
from refundrules.errors import CaseError, Problem, did_you_mean
from refundrules.policy.questions import BY_ID, OUTCOMES, QUESTIONS

RULE = "rule"
ANY = None


class Target(NamedTuple):
    """An answer to one question (`value` None: any), or, for question `rule`, a rule's id."""

    question: str
    value: bool | str | None

    @property
    def text(self) -> str:
        """As it may be written: `resolution=exchange`."""
        if self.value is ANY or self.question == RULE:
            return str(self.value or self.question)
        return f"{self.question}={str(self.value).lower() if isinstance(self.value, bool) else self.value}"


_ALIASES = {
    "freight.return.payer": "freight.return",
    "freight.replacement.payer": "freight.replacement",
    "application.required": "application",
    "refund.parts": "parts",
}
_FIRST = ("outcome", "resolution", "issue_class", "alternatives")
"""Where a bare word is looked for first; elsewhere it must be one question's alone."""
_MORE = {"outcome": (*OUTCOMES, "needs_information"), "resolution": (*BY_ID["resolution"].values, "none")}
_BOOLS: dict[str, bool | str] = {"true": True, "yes": True, "false": False, "no": False}


def read_target(text: str, rules: Iterable[str], marks: Mapping[str, Iterable[str]], where: str = "target") -> Target:
    """Return what `text` names: a rule's id, `question=value`, or a value alone where it is clear.

    `rules` are the ids there are, `marks` the keys of questions whose answers a pack names (instructions, deadlines).
    Raises `CaseError`, with the nearest word, when it names nothing.
    """
    known = {question.id: _values(question.id, marks) for question in QUESTIONS}
    ids = list(rules)
    name, equals, value = (part.strip() for part in text.partition("="))
    if equals:
        return _of_question(_ALIASES.get(name, name), value, known, where)
    if name in ids:
        return Target(RULE, name)
    if _ALIASES.get(name, name) in known:
        return Target(_ALIASES.get(name, name), ANY)
    found = [question for question, values in known.items() if name in values and not isinstance(values, _Bools)]
    first = [question for question in _FIRST if question in found]
    if not found:
        words = [*ids, *known, *(word for values in known.values() for word in values)]
        remedy = did_you_mean(name, words, "name an outcome, a resolution, a rule, or `question=value`")
        raise CaseError([Problem(where, f"`{name}` is neither an answer nor a rule", remedy)])
    if not first and len(found) > 1:
        choices = ", ".join(f"`{question}={name}`" for question in found)
        raise CaseError([Problem(where, f"`{name}` answers several questions", f"write one of {choices}")])
    return Target((first or found)[0], name)


class _Bools(tuple[str, ...]):
    """The words for true and false: they name an answer only together with its question."""

    __slots__ = ()


def _values(question: str, marks: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    asked = BY_ID[question]
    if asked.kind == "bool":
        return _Bools(("true", "false"))
    return _MORE.get(question) or (asked.values or asked.keys or tuple(sorted(set(marks.get(question, ())))))


def _of_question(name: str, value: str, known: Mapping[str, tuple[str, ...]], where: str) -> Target:
    if name not in known:
        raise CaseError(
            [Problem(where, f"`{name}` is not a question", did_you_mean(name, known, "see docs/pack-format.md"))]
        )
    asked = BY_ID[name]
    if asked.kind == "bool" and value.lower() in _BOOLS:
        return Target(name, _BOOLS[value.lower()])
    if asked.kind == "formula" and not asked.keyed:
        raise CaseError([Problem(where, f"`{name}` is an amount", f"ask for `{name}` alone")])
    if value in known[name]:
        return Target(name, value)
    words = known[name]
    remedy = did_you_mean(value, words, "one of " + ", ".join(f"`{word}`" for word in words) if words else "")
    raise CaseError([Problem(where, f"`{value}` is not an answer to `{name}`", remedy)])


_DECIDED: dict[str, Callable[[ClaimDecision], Any]] = {
    **{name: lambda c, name=name: core_of(c).answer(name) for name in IN_CORE},  # type: ignore[misc]
    "exchange.propose": lambda c: c.exchange and c.exchange.propose,
    "repair.payer": lambda c: c.repair and c.repair.payer,
    "parts": lambda c: tuple(part.kind for part in c.refund.parts) if c.refund else (),
    "extras": lambda c: tuple(extra.kind for extra in c.extras),
    "deadlines": lambda c: tuple(item.what for item in c.deadlines),
    "instructions": lambda c: c.instructions,
    "guardrails": lambda c: c.guardrails,
    "alternatives": lambda c: c.alternatives,
    RULE: lambda c: c.reasons,
}
"""What a claim's decision says to each question it shows."""
SHOWN = frozenset(_DECIDED)


def decided_answer(target: Target, claim: ClaimDecision, answers: Mapping[str, Any]) -> bool:
    """Return whether the claim was decided so; `answers` are the trace's, for what a decision does not show."""
    found = answer_to(target.question, claim, answers)
    if isinstance(found, tuple):
        return bool(found) if target.value is ANY else target.value in found
    return found is not None if target.value is ANY else found == target.value and type(found) is type(target.value)


def answer_to(question: str, claim: ClaimDecision, answers: Mapping[str, Any]) -> Any:
    """Return what was answered to a question: None for nothing, a tuple of keys where answers are collected."""
    if question in _DECIDED:
        return _DECIDED[question](claim)
    found = answers.get(question)
    return None if isinstance(found, Mapping) else found


def marks_of(said: Iterable[tuple[str, str | None]]) -> dict[str, list[str]]:
    """Return the keys that questions were answered with, from pairs of both."""
    found: dict[str, list[str]] = {}
    for question, key in said:
        if key is not None:
            found.setdefault(question, []).append(key)
    return found


def matching(target: Target, said: Iterable[Any]) -> Iterator[Any]:
    """Yield of what rules say (each with `rule`, `question`, `key`, `says`) that which leads to the target."""
    for item in said:
        if target.question == RULE:
            if item.rule == target.value:
                yield item
        elif item.question == target.question:
            given = item.says if item.key is None else item.key
            if target.value is ANY or given == target.value:
                yield item


OPEN = Target("outcome", "needs_information")


class CounterfactualGoal(NamedTuple):
    """What is wanted (None: anything else), and the decision that is to be changed."""

    want: Target | None
    base: ClaimDecision

    def met(self, claim: ClaimDecision) -> bool:
        """Return whether a decision is what was wanted; open ones are not, unless wanted."""
        if self.want == OPEN:
            return claim.outcome == "needs_information"
        if claim.outcome == "needs_information":
            return False
        return outcome_of(claim) != outcome_of(self.base) if self.want is None else decided_answer(self.want, claim, {})

    def may_be_met(self, finding: RulesetOutcome) -> bool:
        """Return whether what was found from facts alone may meet it: a first look, before the case is decided."""
        if self.want == OPEN:
            return not finding.definite
        return finding.definite and self.may_be_met_by(finding.results[0])

    def may_be_met_by(self, result: ClaimResult) -> bool:
        """Return the same of one settled result; what is wanted open is met by none."""
        if self.want == OPEN:
            return False
        shown = result.shown()
        if self.want is None:
            return outcome_of(shown) != outcome_of(self.base)
        question, value = self.want
        return question not in IN_CORE or value is None or shown.answer(question) == value


def outcome_of(claim: ClaimDecision | Core) -> tuple[str, str | None]:
    """Return what tells decisions apart when no target was named."""
    return claim.outcome, claim.resolution if claim.outcome == "approve" else None
