"""What tests of a policy should show: every rule, answer, comparison, edge, exception, guarantee and parameter.

A goal looks at a state and says whether that state shows it. docs/testing.md says what each kind means. That each comparison
must be seen to matter by itself is modified condition/decision coverage (J. J. Chilenski, S. P. Miller, 1994); that both
sides of each number must be seen is boundary value analysis (G. J. Myers, *The Art of Software Testing*, 1979).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition, Leaf
from refundrules.expr.formula import Formula
from refundrules.expr.walk import Path, changed, closure, leaf_places, reads
from refundrules.policy.model import Policy
from refundrules.policy.parts import Answer, Deadline, Definition, Rule
from refundrules.testing.observation import Observed, Probe, State, Test

KINDS = ("rules", "answers", "conditions", "edges", "exceptions", "guarantees", "parameters")
Shows = Callable[[State], bool]


class GoalPlace(NamedTuple):
    """A comparison of the policy, where it stands, and the rules that read it."""

    owner: str
    pack: str
    where: str
    path: Path
    leaf: Leaf
    readers: tuple[tuple[str, Condition, str], ...]
    """Each rule that reads it, with the condition in which it stands and the definition that condition is the body of."""


class CoverageGoal(NamedTuple):
    """One thing for tests to show."""

    kind: str
    pack: str
    owner: str
    """The rule, definition, guarantee or parameter; `given` for what a file gives to all its rules."""
    where: str
    what: str
    """In words, what is to be shown."""
    shows: Shows
    rules: tuple[str, ...]
    """The rules through which it can be shown."""
    near: tuple[GoalPlace, bool | None] | None = None
    """The comparison it is about, and the truth that is to be seen; None: either."""

    @property
    def id(self) -> str:
        """What it is called: the same as long as it is about the same."""
        owner = f"{file_of(self.where).rpartition('/')[2]} given" if self.owner == "given" else self.owner
        return f"{self.kind}:{owner}:{self.what}"


def is_given(rule: Rule, path: Path) -> bool:
    """Return whether a place of a rule's condition stands in what its file gives to all its rules."""
    if rule.given == cn.ALWAYS:
        return False
    if not isinstance(rule.when, cn.All):
        return True
    count = len(rule.given.parts) if isinstance(rule.given, cn.All) else 1
    return bool(path) and path[0] < count


def file_of(where: str) -> str:
    """Return the file of a place `file:line`."""
    return where.rpartition(":")[0]


def readers_of(policy: Policy) -> dict[str, tuple[Rule, ...]]:
    """Return, for each definition, the rules that read it, themselves or through another."""
    found: dict[str, list[Rule]] = {name: [] for name in policy.definitions}
    for rule in policy.rules:
        for name in closure(reads(rule.when), policy.defined) & found.keys():
            found[name].append(rule)
    return {name: tuple(rules) for name, rules in found.items()}


def comparisons(policy: Policy) -> Iterator[GoalPlace]:
    """Yield every comparison once: those of a file's `given` and of a definition for all rules that read them."""
    given: dict[tuple[str, Path], GoalPlace] = {}
    for rule in policy.rules:
        for path, leaf in leaf_places(rule.when):
            if is_given(rule, path):
                file = file_of(rule.where)
                key = file, path if isinstance(rule.when, cn.All) else (0, *path)
                before = given.get(key, GoalPlace("given", rule.pack, rule.where, path, leaf, ()))
                given[key] = before._replace(readers=(*before.readers, (rule.id, rule.when, "")))
            else:
                yield GoalPlace(rule.id, rule.pack, rule.where, path, leaf, ((rule.id, rule.when, ""),))
    yield from given.values()
    for name, rules in readers_of(policy).items():
        item = policy.definitions[name]
        if not isinstance(item.body, fm.Formula):
            for path, leaf in leaf_places(item.body):
                readers = tuple((rule.id, rule.when, name) for rule in rules)
                yield GoalPlace(name, _pack_of(policy, item), item.where, path, leaf, readers)


def _pack_of(policy: Policy, item: Definition) -> str:
    file = file_of(item.where)
    return next((rule.pack for rule in policy.rules if file_of(rule.where) == file), policy.id)


class _PerLens:
    """A test made once for each ruleset that it meets."""

    def __init__(self, make: Callable[[Probe], Test | None]) -> None:
        self.make, self.made = make, {}  # type: ignore[var-annotated]

    def __call__(self, state: State) -> object:
        key = id(state.lens)
        if key not in self.made:
            self.made[key] = self.make(state.lens)
        test = self.made[key]
        return None if test is None else test(state)


def turning(place: GoalPlace, policy: Policy) -> Shows:
    """Return whether a comparison alone turns a rule whose truth matters, in a state."""
    tests = [(name, _PerLens(_turned(place, when, inside, policy))) for name, when, inside in place.readers]

    def turns(state: State) -> bool:
        index = state.lens.ruleset.rule_index
        for name, turned in tests:
            at = index.get(name)
            if at is None or state.truths[at] is None or not state.counts(at):
                continue
            if turned(state) is (not state.truths[at]):
                return True
        return False

    return turns


def _turned(place: GoalPlace, when: Condition, inside: str, policy: Policy) -> Callable[[Probe], Test]:
    negated = cn.Not(place.leaf)

    def make(lens: Probe) -> Test:
        if not inside:
            return lens.test(changed(when, place.path, negated))
        body: Condition = policy.definitions[inside].body  # type: ignore[assignment]
        return lens.test(when, {inside: changed(body, place.path, negated)})

    return make


def goals(policy: Policy) -> Iterator[CoverageGoal]:
    """Yield everything that tests of a policy should show."""
    for rule in policy.rules:
        yield CoverageGoal("rules", rule.pack, rule.id, rule.where, "determines a decision", _never, (rule.id,))
        for answer in rule.then:
            what = f"answers {answer_text(answer)}"
            yield CoverageGoal("answers", rule.pack, rule.id, rule.where, what, _answering(rule, answer), (rule.id,))
        for other in rule.overrides:
            what = f"overrides {other}"
            yield CoverageGoal(
                "exceptions", rule.pack, rule.id, rule.where, what, _biting(rule, other), (rule.id, other)
            )
    turns = {place: turning(place, policy) for place in comparisons(policy)}
    for place, turned in turns.items():
        yield from _both_ways(place, turned)
    yield from _edges(policy, turns)
    for item in policy.guarantees:
        applies = _PerLens(lambda lens, item=item: lens.test(item.when) if item in lens.ruleset.guarantees else None)  # type: ignore[misc]
        shows = _is_true(applies)
        yield CoverageGoal("guarantees", item.pack, item.id, item.where, "applies", shows, ())
    yield from _parameters(policy)


def _never(state: State) -> bool:
    """What determines is told by the decision, not by a state: `Seen.reasons`."""
    return False


def _is_true(test: Callable[[State], object]) -> Shows:
    return lambda state: test(state) is True


def shown_by(goal: CoverageGoal, seen: Observed) -> bool:
    """Return whether a case shows a goal."""
    if goal.kind == "rules":
        return goal.owner in seen.reasons
    return any(goal.shows(state) for state in seen.states)


_NEVER = {"edges": "never has"}


def said_of(goal: CoverageGoal, *, held: bool = False) -> str:
    """Return what is not shown, in words; `held`: the rule held in some test all the same."""
    if goal.kind == "rules":
        return f"{goal.owner} {'holds in a test but determines none' if held else 'holds in no test'}"
    name = "what its file gives to all rules:" if goal.owner == "given" else goal.owner
    return f"{name} {_NEVER.get(goal.kind, 'never')} {goal.what}"


def stands(state: State, rule: str, question: str) -> bool:
    """Return whether a rule holds in a state, and its answer to a question that is asked is not overridden."""
    at = state.lens.ruleset.rule_index.get(rule)
    return at is not None and state.truths[at] is True and state.matters(at, question)


def _answering(rule: Rule, answer: Answer) -> Shows:
    return lambda state: stands(state, rule.id, answer.question)


def _biting(rule: Rule, other: str) -> Shows:
    def bites(state: State) -> bool:
        index = state.lens.ruleset.rule_index
        one, silenced = index.get(rule.id), index.get(other)
        if one is None or silenced is None or not state.truths[one] or not state.truths[silenced]:
            return False
        common = rule.questions & state.lens.ruleset.rules[silenced].questions
        return any(state.asked(question) for question in common)

    return bites


def _both_ways(place: GoalPlace, turned: Shows) -> Iterator[CoverageGoal]:
    is_so = _PerLens(lambda lens: lens.test(place.leaf))
    rules = tuple(name for name, _, _ in place.readers)
    for wanted in (True, False):

        def shows(state: State, wanted: bool = wanted) -> bool:
            return is_so(state) is wanted and turned(state)

        what = f"`{cn.to_text(place.leaf)}` {'true' if wanted else 'false'} where that decides"
        yield CoverageGoal("conditions", place.pack, place.owner, place.where, what, shows, rules, (place, wanted))


# -- edges ------------------------------------------------------------------------------------

SIDES = ("just below", "at", "just above")


class Edge(NamedTuple):
    """A number and what it is compared with."""

    name: str
    right: Formula


def side_of(left: Fraction, right: Fraction) -> str | None:
    """Return at which edge a number is, in the unit of its facts.

    >>> side_of(Fraction(3001), Fraction(3000)), side_of(Fraction(7), Fraction(15, 2)), side_of(Fraction(2), Fraction(4))
    ('just above', 'just below', None)
    """
    if left == right:
        return "at"
    if left == right.__ceil__() - 1:
        return "just below"
    return "just above" if left == right.__floor__() + 1 else None


def _edges(policy: Policy, turns: dict[GoalPlace, Shows]) -> Iterator[CoverageGoal]:
    found: dict[Edge, list[GoalPlace]] = {}
    for place in turns:
        if isinstance(place.leaf, cn.Compare):
            found.setdefault(Edge(place.leaf.name, place.leaf.right), []).append(place)
    for edge, places in found.items():
        numbers = edge_numbers(edge)
        turned = [turns[place] for place in places]
        rules = tuple(dict.fromkeys(name for place in places for name, _, _ in place.readers))
        zero = edge.right == fm.Number(Fraction(0))
        for side in SIDES[zero:]:

            def shows(state: State, side: str = side, numbers: Numbers = numbers, turned: list[Shows] = turned) -> bool:
                pair = numbers(state)
                return pair is not None and side_of(*pair) == side and any(turn(state) for turn in turned)

            what = f"`{edge.name}` {side} `{fm.to_text(edge.right)}`"
            yield CoverageGoal(
                "edges", places[0].pack, places[0].owner, places[0].where, what, shows, rules, (places[0], None)
            )


Numbers = Callable[[State], "tuple[Fraction, Fraction] | None"]


def edge_numbers(edge: Edge) -> Numbers:
    """Return a function that gives both sides of a comparison of numbers in a state; None while one is unknown."""
    made: dict[int, tuple[Callable[[State], tuple[int, int] | None], ...]] = {}

    def numbers(state: State) -> tuple[Fraction, Fraction] | None:
        key = id(state.lens)
        if key not in made:
            made[key] = state.lens.number(fm.Ref(edge.name)), state.lens.number(edge.right)
        left, right = (read(state) for read in made[key])
        return None if left is None or right is None else (Fraction(*left), Fraction(*right))

    return numbers


# -- parameters -------------------------------------------------------------------------------


def answer_text(answer: Answer) -> str:
    """Return an answer on one line."""
    name = answer.question if answer.key is None else f"{answer.question}.{answer.key}"
    value = answer.value
    if isinstance(value, Deadline):
        return f"{name}: {value.within} after {value.after}"
    if isinstance(value, bool):
        return name if answer.key is not None else f"{name}: {str(value).lower()}"
    return f"{name}: {value if isinstance(value, str) else fm.to_text(value)}"


def names_of_rule(policy: Policy, rule: Rule) -> set[str]:
    """Return every name that a rule's condition and answers read, through definitions too."""
    values = [answer.value for answer in rule.then]
    within = [value.within for value in values if isinstance(value, Deadline)]
    return closure([*reads(rule.when, *values), *within], policy.defined)


def _parameters(policy: Policy) -> Iterator[CoverageGoal]:
    read = {rule.id: names_of_rule(policy, rule) for rule in policy.rules}
    for name, parameter in policy.parameters.items():
        readers = tuple(rule for rule in policy.rules if name in read[rule.id])
        for value in parameter.values:
            since = f"from {value.start}" if value.start else "from the beginning"

            def shows(
                state: State, name: str = name, value: object = value, readers: tuple[Rule, ...] = readers
            ) -> bool:
                if state.lens.ruleset.values[name] is not value:
                    return False
                return any(stands(state, rule.id, question) for rule in readers for question in rule.questions)

            rules = tuple(rule.id for rule in readers)
            yield CoverageGoal("parameters", parameter.pack, name, parameter.where, f"is read, {since}", shows, rules)
