"""Gaps, conflicts, rules that never hold or never decide, and overrides that never matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from refundrules.analysis.check.findings import CheckFinding, FindingPlace, first_shown, is_somewhere
from refundrules.analysis.encoding import EncodedChoice
from refundrules.analysis.mdd import NONE
from refundrules.analysis.scope import Redecided, Scope, Witness
from refundrules.analysis.symbolic import SymbolicRuleset
from refundrules.case.facts import Words
from refundrules.engine.ruleset import GIVEN
from refundrules.errors import listed
from refundrules.policy.parts import Rule
from refundrules.policy.questions import BY_ID, POSITION


def gaps(scopes: Sequence[Scope]) -> Iterator[CheckFinding]:
    """Yield each question that needs an answer and gets none, once for reasons that lack it alike."""
    found: dict[tuple[str, tuple[str, ...]], list[FindingPlace]] = {}
    for scope in scopes:
        for gap in scope.meaning.gaps:
            for reasons, cases in _alike(scope, gap.cases):
                place = FindingPlace(scope, cases, _is_review("gap", gap.question))
                found.setdefault((gap.question, reasons), []).append(place)
    for (question, reasons), places in found.items():
        for witness, scope in first_shown(places):
            more = len(reasons) - 1
            yield CheckFinding(
                f"gap:{question}:{reasons[0]}", "gap",
                Words.of("check.gap.other" if more else "check.gap.one", question, reasons[0], more=more, count=more + 1),
                witness=witness, period=scope.period, undecided=witness is None,
            )  # fmt: skip


def _alike(scope: Scope, cases: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield reasons whose cases of a set are otherwise the same."""
    space, d = scope.space, scope.space.diagrams
    at = space.variable_of(GIVEN)
    assert at is not None
    variable = space.variables[at]
    assert isinstance(variable, EncodedChoice)
    groups: dict[int, list[int]] = {}
    for value in range(len(variable.values)):
        groups.setdefault(d.restrict(cases, {at: value}), []).append(value)
    for rest, values in groups.items():
        if rest != NONE:
            yield tuple(str(variable.values[value]) for value in values), d.conj(rest, d.among(at, values))


def _is_review(kind: str, question: str) -> Callable[[Redecided], bool]:
    def shows(again: Redecided) -> bool:
        review = again.result.review
        return review is not None and (review.kind, review.question) == (kind, question)

    return shows


def conflicts(scopes: Sequence[Scope]) -> Iterator[CheckFinding]:
    """Yield each pair of rules that disagree, where neither overrides the other."""
    found: dict[tuple[str, str | None, tuple[str, ...]], list[FindingPlace]] = {}
    for scope in scopes:
        for clash in scope.meaning.conflicts:
            names = tuple(sorted(scope.ruleset.rules[at].id for at in clash.rules))
            shows = _is_conflict(clash.question, clash.rules)
            found.setdefault((clash.question, clash.key, names), []).append(FindingPlace(scope, clash.cases, shows))
    for (question, key, names), places in found.items():
        for witness, scope in first_shown(places):
            about = f"{question}.{key}" if key else question
            yield CheckFinding(
                f"conflict:{about}:{':'.join(names)}", "conflict",
                Words.of("check.conflict", *names, about),
                names, _where(scope, names), witness, period=scope.period, undecided=witness is None,
            )  # fmt: skip


def _is_conflict(question: str, rules: tuple[int, int]) -> Callable[[Redecided], bool]:
    def shows(again: Redecided) -> bool:
        review = again.result.review
        return (
            review is not None
            and (review.kind, review.question) == ("conflict", question)
            and set(rules) <= set(review.rules)
        )

    return shows


def _where(scope: Scope, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(scope.ruleset.rules[scope.ruleset.rule_index[name]].where for name in names)


def idle_rules(scopes: Sequence[Scope]) -> Iterator[CheckFinding]:
    """Yield rules that can never hold, rules that hold and never determine anything, and overrides without effect."""
    names = {rule.id: rule for scope in scopes for rule in scope.ruleset.rules}
    for name in sorted(names):
        here = [(scope, scope.ruleset.rule_index[name]) for scope in scopes if name in scope.ruleset.rule_index]
        rule = names[name]
        if not is_somewhere((scope, _decides(scope.meaning, at)) for scope, at in here):
            if not is_somewhere((scope, scope.meaning.holds(at)) for scope, at in here):
                what = Words.of("check.never_holds", name)
                yield CheckFinding(f"never-holds:{name}", "never-holds", what, (name,), (rule.where,))
            else:
                yield _never_decides(name, rule.where, here)
            continue
        yield from _never_answers(name, rule, here)
        for other in rule.overrides:
            both = [
                (scope, _meet(scope.meaning, at, scope.ruleset.rule_index[other]))
                for scope, at in here
                if other in scope.ruleset.rule_index
            ]
            if not is_somewhere(both):
                what = Words.of("check.idle_override", name, other)
                yield CheckFinding(f"idle-override:{name}:{other}", "idle-override", what, (name, other), (rule.where,))


def _never_answers(name: str, rule: Rule, here: Sequence[tuple[Scope, int]]) -> Iterator[CheckFinding]:
    """Yield the questions that a rule, which decides others, never gets to answer."""
    questions = [
        question
        for question in sorted(rule.questions, key=POSITION.__getitem__)
        if len(rule.questions) > 1
        and not is_somewhere((scope, _decides(scope.meaning, at, (question,))) for scope, at in here)
    ]
    if not questions:
        return
    witness: Witness | None = None
    for shown, _ in first_shown(
        [FindingPlace(scope, scope.meaning.holds(at), _is_silent(at, questions)) for scope, at in here]
    ):
        witness = shown
    by, told = listed(sorted(_silencers(here, questions))), listed(questions, 30)
    what = Words.of("check.never_answers_overridden" if by else "check.never_answers", name, told, by)
    yield CheckFinding(
        f"never-answers:{name}:{','.join(questions)}", "never-answers", what, (name,), (rule.where,), witness,
        period=here[0][0].period if witness else None,
    )  # fmt: skip


def _decides(meaning: SymbolicRuleset, at: int, questions: Sequence[str] = ()) -> int:
    """Return the cases in which some answer of a rule (to one of the questions) stands."""
    asked = questions or sorted(meaning.ruleset.rules[at].questions)
    return meaning.space.diagrams.any_of(
        item.stands for question in asked for item in meaning.spoken(question) if item.rule == at
    )


def _silencers(here: Sequence[tuple[Scope, int]], questions: Sequence[str] = ()) -> set[str]:
    """Return the rules that override one (in one of the questions)."""
    return {
        scope.ruleset.rules[other].id
        for scope, at in here
        for question in questions or sorted(scope.ruleset.rules[at].questions)
        for other in scope.ruleset.silencers.get((at, question), ())
    }


def _meet(meaning: SymbolicRuleset, one: int, other: int) -> int:
    d, rules = meaning.space.diagrams, meaning.ruleset.rules
    common = rules[one].questions & rules[other].questions
    asked = d.any_of(meaning.asked(BY_ID[question]) for question in sorted(common))
    return d.all_of([meaning.holds(one), meaning.holds(other), asked])


def _never_decides(name: str, where: str, here: Sequence[tuple[Scope, int]]) -> CheckFinding:
    places = [FindingPlace(scope, scope.meaning.holds(at), _is_silent(at)) for scope, at in here]
    witness: Witness | None = None
    for shown, _ in first_shown(places):
        witness = shown
    by = listed(sorted(_silencers(here)))
    what = Words.of("check.never_decides_overridden" if by else "check.never_decides", name, by)
    return CheckFinding(
        f"never-decides:{name}", "never-decides", what, (name,), (where,), witness,
        period=here[0][0].period if witness else None,
    )  # fmt: skip


def _is_silent(at: int, questions: Sequence[str] = ()) -> Callable[[Redecided], bool]:
    """Return a test of whether a rule holds, and determines nothing (of the questions)."""
    positions = {POSITION[question] for question in questions}

    def shows(again: Redecided) -> bool:
        result = again.result
        silent = all(at not in rules for place, rules in result.reasons.items() if not positions or place in positions)
        holds = result.plan.table.get(at)
        return silent and holds is not None and holds[0](result.facts, result.answers, result.known)

    return shows
