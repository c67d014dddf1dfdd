"""Mutants of a policy: the same policy with one small thing changed, as a slip of the pen would change it.

A mutant that no test catches is a part of the policy that could be wrong without anybody noticing (mutation analysis:
R. A. DeMillo, R. J. Lipton, F. G. Sayward, "Hints on test data selection", Computer 11, 1978).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from refundrules.case.derive import CM_SCALE
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Formula
from refundrules.expr.walk import Path, changed, places
from refundrules.io.numbers import exact_text
from refundrules.money.currency import exponent
from refundrules.policy.model import Policy
from refundrules.policy.parts import Answer, DatedValue, Deadline, Definition, InForce, Parameter, Rule
from refundrules.policy.questions import AFTER, BY_ID
from refundrules.testing.coverage_goals import answer_text, file_of, is_given

_EDGE = {"above": "at_least", "at_least": "above", "below": "at_most", "at_most": "below"}
_SIGNS = {"+": "-", "-": "+", "min": "max", "max": "min", "floor": "ceil", "ceil": "floor"}


class Mutant(NamedTuple):
    """A policy with one thing changed."""

    owner: str
    """The rule, definition or parameter; `given` of a file."""
    pack: str
    where: str
    what: str
    """What was changed into what."""
    rules: Mapping[str, Rule | None]
    """Rules that are otherwise, None: gone."""
    definitions: Mapping[str, Definition]
    parameters: Mapping[str, Parameter]

    @property
    def id(self) -> str:
        """What `accept` calls it: the same as long as the changed thing is."""
        return f"mutant:{self.owner}:{self.what}"

    def of(self, policy: Policy) -> Policy:
        """Return the policy so changed."""
        rules = tuple(new for rule in policy.rules if (new := self.rules.get(rule.id, rule)) is not None)
        return replace(
            policy,
            rules=rules,
            definitions={**policy.definitions, **self.definitions},
            parameters={**policy.parameters, **self.parameters},
        )


def mutants(policy: Policy, only: str = "") -> list[Mutant]:
    """Return the mutants of a policy in its order; with `only`, those whose id or owner starts with it."""
    found: list[Mutant] = []
    times: dict[str, int] = {}
    for mutant in _all(policy):
        count = times[mutant.id] = times.get(mutant.id, 0) + 1
        named = mutant._replace(what=f"{mutant.what} ({count})") if count > 1 else mutant
        if named.owner.startswith(only) or named.id.startswith(only):
            found.append(named)
    return found


def _all(policy: Policy) -> Iterator[Mutant]:
    for rule in policy.rules:
        yield from _of_rule(rule)
    yield from _given(policy)
    for name, item in policy.definitions.items():
        yield from _of_definition(name, item, policy)
    for name, parameter in policy.parameters.items():
        for what, value in _of_parameter(parameter, policy.currency):
            yield Mutant(name, parameter.pack, parameter.where, what, {}, {}, {name: value})


def _of_rule(rule: Rule) -> Iterator[Mutant]:
    def one(what: str, new: Rule | None) -> Mutant:
        return Mutant(rule.id, rule.pack, rule.where, what, {rule.id: new}, {}, {})

    yield one("dropped", None)
    for what, when in _conditions(rule.when, lambda path: not is_given(rule, path)):
        yield one(what, replace(rule, when=when))
    for at, answer in enumerate(rule.then):
        for what, value in _answers(answer):
            yield one(what, replace(rule, then=(*rule.then[:at], answer._replace(value=value), *rule.then[at + 1 :])))
        if len(rule.then) > 1:
            yield one(f"`{answer_text(answer)}` dropped", replace(rule, then=(*rule.then[:at], *rule.then[at + 1 :])))
    for other in rule.overrides:
        left = tuple(name for name in rule.overrides if name != other)
        yield one(f"overrides {other} no more", replace(rule, overrides=left))
    for what, span in _spans(rule.in_force):
        yield one(what, replace(rule, in_force=span))


def _spans(span: InForce) -> Iterator[tuple[str, InForce]]:
    for name in ("start", "until"):
        day: date | None = getattr(span, name)
        for step in (-1, 1) if day else ():
            other = day + timedelta(days=step)  # type: ignore[operator]
            yield f"in force {'from' if name == 'start' else 'until'} {day} -> {other}", replace(span, **{name: other})  # type: ignore[arg-type]


def _given(policy: Policy) -> Iterator[Mutant]:
    """Yield what a slip in a file's `given` does to all the rules of the file."""
    files: dict[str, list[Rule]] = {}
    for rule in policy.rules:
        if rule.given != cn.ALWAYS:
            files.setdefault(file_of(rule.where), []).append(rule)
    for file, rules in files.items():
        name = f"given of {file.rpartition('/')[2]}"
        made: dict[str, dict[str, Rule | None]] = {}
        for rule in rules:
            for what, when in _conditions(rule.when, lambda path, rule=rule: is_given(rule, path)):  # type: ignore[misc]
                made.setdefault(what, {})[rule.id] = replace(rule, when=when)
        for what, changes in made.items():
            yield Mutant(name, rules[0].pack, rules[0].where, what, changes, {}, {})


def _of_definition(name: str, item: Definition, policy: Policy) -> Iterator[Mutant]:
    file = file_of(item.where)
    pack = next((rule.pack for rule in policy.rules if file_of(rule.where) == file), policy.id)
    body = item.body
    found: Iterator[tuple[str, Any]]
    found = _formulas(body) if isinstance(body, fm.Formula) else _conditions(body, lambda path: True)
    for what, other in found:
        yield Mutant(name, pack, item.where, what, {}, {name: replace(item, body=other)}, {})


# -- conditions -------------------------------------------------------------------------------


def _conditions(condition: Condition, mine: Callable[[Path], bool]) -> Iterator[tuple[str, Condition]]:
    """Yield each slip in a condition: a part left out, a comparison or value that is another."""
    for path, part in places(condition):
        if not mine(path):
            continue
        text = cn.to_text(part)
        if path and not isinstance(_at(condition, path[:-1]), cn.Not) and len(cn.inner(_at(condition, path[:-1]))) > 1:
            yield f"`{text}` dropped", changed(condition, path, None)
        elif not path and not isinstance(part, cn.Group):
            yield f"`{text}` dropped", cn.ALWAYS
        if path and isinstance(_at(condition, path[:-1]), cn.Not) and isinstance(part, cn.Is) and len(part.values) == 1:
            continue
        for what, other in _slips(part):
            yield what, changed(condition, path, other)


def _at(condition: Condition, path: Path) -> Condition:
    for step in path:
        condition = cn.inner(condition)[step]
    return condition


def _slips(part: Condition) -> Iterator[tuple[str, Condition]]:
    text = cn.to_text(part)
    if isinstance(part, cn.Is) and len(part.values) > 1 and not all(isinstance(value, bool) for value in part.values):
        for value in part.values:
            yield f"`{part.name}` without `{value}`", replace(part, values=tuple(v for v in part.values if v != value))
        return
    for other in _others(part):
        yield f"`{text}` -> `{cn.to_text(other)}`", other


def _others(part: Condition) -> Iterator[Condition]:
    if isinstance(part, cn.Compare):
        yield replace(part, operator=_EDGE[part.operator])
    elif isinstance(part, cn.Not):
        yield part.part
    elif isinstance(part, cn.Any) and len(part.parts) > 1:
        yield cn.All(part.parts)
    elif isinstance(part, cn.Is) and all(isinstance(value, bool) for value in part.values):
        yield replace(part, values=tuple(value for value in (True, False) if value not in part.values))
    elif isinstance(part, cn.Is):
        yield cn.Not(part)


# -- answers ----------------------------------------------------------------------------------


def _answers(answer: Answer) -> Iterator[tuple[str, Any]]:
    question, value = BY_ID[answer.question], answer.value
    others: Iterator[Any]
    if isinstance(value, Deadline):
        others = (value._replace(after=moment) for moment in AFTER if moment != value.after)
    elif isinstance(value, fm.Formula):
        others = (other for _, other in _formulas(value))
    elif question.kind == "bool":
        others = iter([not value])
    elif question.kind == "enum":
        others = (other for other in question.values if other != value)
    else:
        others = iter(())
    for other in others:
        yield f"`{answer_text(answer)}` -> `{answer_text(answer._replace(value=other)).partition(': ')[2]}`", other


def _formulas(formula: Formula) -> Iterator[tuple[str, Formula]]:
    """Yield each slip in a formula: another sign or function, or an operand left out."""
    for other in _other_formulas(formula):
        yield f"`{fm.to_text(formula)}` -> `{fm.to_text(other)}`", other


def _other_formulas(formula: Formula) -> Iterator[Formula]:
    if not isinstance(formula, fm.Apply):
        return
    if formula.what in _SIGNS:
        yield fm.Apply(_SIGNS[formula.what], formula.args)
    for at, arg in enumerate(formula.args):
        rest = (*formula.args[:at], *formula.args[at + 1 :])
        if formula.what in ("min", "max", "+", "*"):
            yield rest[0] if len(rest) == 1 else fm.Apply(formula.what, rest)
        for other in _other_formulas(arg):
            yield fm.Apply(formula.what, (*formula.args[:at], other, *formula.args[at + 1 :]))
    if formula.what in ("-", "/", "floor", "ceil", "round"):
        yield formula.args[0]


# -- parameters -------------------------------------------------------------------------------


def unit_step(kind: str, currency: str) -> Fraction:
    """Return the smallest step of a parameter: one minor unit, a thousandth of a centimetre, a day, one per cent.

    >>> unit_step("money", "CNY"), unit_step("days", "CNY"), unit_step("cm", "CNY")
    (Fraction(1, 100), Fraction(1, 1), Fraction(1, 1000))
    """
    if kind == "money":
        return Fraction(1, 10 ** exponent(currency))
    return {"cm": Fraction(1, CM_SCALE), "share": Fraction(1, 100)}.get(kind, Fraction(1))


def _of_parameter(item: Parameter, currency: str) -> Iterator[tuple[str, Parameter]]:
    step = unit_step(item.kind, currency)

    def other(at: int, value: DatedValue) -> Parameter:
        return replace(item, values=(*item.values[:at], value, *item.values[at + 1 :]))

    for at, value in enumerate(item.values):
        since = f" (from {value.start})" if value.start else ""
        for number in (value.value - step, value.value + step):
            if number > 0 or (number == 0 and item.kind not in ("share", "money")):
                what = f"{exact_text(value.value)}{since} -> {exact_text(number)}"
                yield what, other(at, value._replace(value=number))
        for days in (-1, 1) if value.start else ():
            start = date.fromordinal(value.start.toordinal() + days) if value.start else None
            yield f"from {value.start} -> from {start}", other(at, value._replace(start=start))
