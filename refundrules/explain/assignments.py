"""Settings as a person writes them, `claim.severity=minor`, read into values at paths of a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from refundrules.case.claim_context import ClaimContext
from refundrules.case.derive import CM_SCALE
from refundrules.case.facts import Fact
from refundrules.case.inputs import TURNED, Settings, surroundings
from refundrules.case.models import Case
from refundrules.case.paths import paths_of_a_case, whole_path, with_values
from refundrules.engine.engine import Engine
from refundrules.engine.live_trace import LiveTrace
from refundrules.errors import CaseError, Problem, did_you_mean
from refundrules.io.strict_yaml import read_yaml
from refundrules.money.currency import exponent, to_minor

_EXAMPLE = "write it like `claim.severity=minor`"


def changed(engine: Engine, case: Case, data: Mapping[str, Any], settings: Iterable[str]) -> Case:
    """Return the case, whose plain data `data` is, with settings such as `claim.severity=minor` made one after another.

    A path is one of case files, with `claim.…` and `line.…` for the only or first claim and its line; or a fact that
    one input gives. `null` takes a value away. Raises `CaseError` with the nearest path for one that is not there, and
    for two that set one value.
    """
    made, before = dict(data), dict[str, str]()
    for text in settings:
        path, equals, value = text.partition("=")
        path = path.strip()
        if not equals or not path:
            raise _wrong(text, "is not a setting", _EXAMPLE)
        try:
            values = _values(engine, case, made, path, value)
            made = with_values(made, values)
            case = Case.read(made)
        except CaseError as error:
            raise CaseError([_of_setting(text, path, problem, engine) for problem in error.problems]) from None
        for place, _ in values:
            if place in before:
                raise _wrong(text, f"sets `{place}`, which `{before[place]}` sets", "leave one of them out")
            before[place] = text
    return case


def _wrong(text: str, what: str, remedy: str) -> CaseError:
    return CaseError([Problem(f"--set {text}", what, remedy)])


def _of_setting(text: str, path: str, problem: Problem, engine: Engine) -> Problem:
    """Return a problem of a changed case as one of the setting that made it, with the nearest whole path."""
    where = f"--set {text}"
    if problem.what.startswith("unknown field"):
        remedy = did_you_mean(path, paths(engine), problem.remedy)
        return Problem(where, f"`{path}` is not a path of a case", remedy)
    same = problem.where in (path, "")
    return Problem(where, problem.what if same else f"{problem.where}: {problem.what}", problem.remedy)


def _values(engine: Engine, case: Case, data: Mapping[str, Any], path: str, text: str) -> Settings:
    fact = engine.policy.vocabulary.get(path)
    if fact is not None and (len(fact.inputs) > 1 or fact.inputs[0] != fact.name):
        return _turned(engine, case, data, fact, text)
    if fact is None and path.startswith("facts."):
        known = [name for name in engine.policy.vocabulary if name.startswith("facts.")]
        raise CaseError(
            [Problem(path, "is not a fact of the policy", did_you_mean(path, known, "it declares none like it"))]
        )
    values, problems = read_yaml(text, path)
    if problems or len(values) != 1:
        if not text.strip():
            raise CaseError([Problem(path, "is set to nothing", "`null` takes a value away")])
        raise CaseError([Problem(path, f"`{text}` cannot be read as a value", "write it as in a case file")])
    return ((whole_path(data, path), values[0]),)


def _turned(engine: Engine, case: Case, data: Mapping[str, Any], fact: Fact, text: str) -> Settings:
    """Return how the case gives a value of a fact that follows from an input."""
    turn = TURNED.get(fact.name)
    named = " and ".join(f"`{path}`" for path in fact.inputs)
    if turn is None:
        raise CaseError([Problem(fact.name, f"follows from {named}", "set that")])
    trace = engine.decide(case).trace
    assert isinstance(trace, LiveTrace)
    scene: ClaimContext = trace.works[0].scene
    given = turn(_fact_value(fact, text.strip(), engine), surroundings(scene))
    if given is None:
        raise CaseError([Problem(fact.name, f"cannot be made `{text}` in this case", f"set {named}")])
    return tuple((whole_path(data, path), inner) for path, inner in given)


def _fact_value(fact: Fact, text: str, engine: Engine) -> Any:
    if fact.kind == "bool":
        if text not in ("true", "false"):
            raise CaseError([Problem(fact.name, f"`{text}` is not true or false")])
        return text == "true"
    values, problems = read_yaml(text, fact.name)
    decimals = {"money": exponent(engine.policy.currency), "cm": len(str(CM_SCALE)) - 1}.get(fact.kind, 0)
    try:
        if problems or len(values) != 1 or isinstance(values[0], bool):
            raise ValueError
        value = to_minor(Decimal(values[0]), decimals)
    except (ValueError, ArithmeticError, TypeError):
        raise CaseError([Problem(fact.name, f"`{text}` is not a number of {_UNITS[fact.kind]}")]) from None
    if value < 0:
        raise CaseError([Problem(fact.name, f"`{text}` is below zero")])
    return value


_UNITS = {"money": "the currency", "cm": "centimetres", "days": "days", "hours": "hours", "count": "times"}


def paths(engine: Engine) -> list[str]:
    """Return the paths that may be set: those of a case, claims and lines as `claim.…` and `line.…`, and facts."""
    found = paths_of_a_case()
    short = [path.replace("claims[0].", "claim.", 1).replace("order.lines[0].", "line.", 1) for path in found]
    return [*short, *found, *engine.policy.vocabulary]
