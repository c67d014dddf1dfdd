"""Reading conditions and formulas: every name, type and unit checked, with did-you-mean; and the schema of both.

They are a language, not a mapping with fields: which words a condition may hold hangs on what the packs declare, and
what may be wanted of each hangs on its kind, so functions read them.
"""

from __future__ import annotations

from collections import ChainMap
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from refundrules.case.facts import FACTS, JOINED, Fact, Words
from refundrules.errors import did_you_mean, quoted
from refundrules.expr import condition as cn
from refundrules.expr import formula as fm
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Formula
from refundrules.expr.units import kind_of, same_kind
from refundrules.expr.walk import closure, reads
from refundrules.io.schema_paths import Schema
from refundrules.io.strict_models import closed, one_or_several, several
from refundrules.io.strict_yaml import Map, Seq
from refundrules.policy.loading.context import LoadContext
from refundrules.policy.loading.sections import NAME, NO_WORDS, OWN_FACT
from refundrules.policy.parts import Definition
from refundrules.policy.questions import ADDED, BY_ID, FIRST_MONEY, OFFER_OPEN, POSITION, QUESTIONS
from refundrules.policy.templates import PLACEHOLDER


class Scope(NamedTuple):
    """Who reads: the position of the first question it answers, and what else it may read."""

    first: int
    known_allowed: bool = False
    """Whether it may ask what is known."""
    aggregates: bool = False
    """Whether it may read what depends on the other claims."""


def condition(ctx: LoadContext, data: Any, where: str, scope: Scope) -> Condition:
    """Return a condition; what of it is wrong is noted and left out."""
    if not isinstance(data, Map):
        ctx.wrong(where, "a condition is not a mapping", "write `fact: value`")
        return cn.ALWAYS
    file = where.rpartition(":")[0]
    parts: list[Condition] = []
    for key, value in data.items():
        parts += _entry(ctx, key, value, f"{file}:{data.lines[key]}", scope)
    return _conjunction(parts)


def _entry(ctx: LoadContext, key: str, value: Any, where: str, scope: Scope) -> list[Condition]:
    if key in ("all", "any"):
        if not isinstance(value, Seq) or not value:
            ctx.wrong(where, f"`{key}` is not a list of conditions")
            return []
        file = where.rpartition(":")[0]
        inner = [condition(ctx, item, f"{file}:{line}", scope) for item, line in zip(value, value.lines, strict=True)]
        return [_conjunction(inner) if key == "all" else inner[0] if len(inner) == 1 else cn.Any(tuple(inner))]
    if key == "not":
        return [cn.Not(condition(ctx, value, where, scope))]
    if key in ("known", "unknown"):
        return _known(ctx, key, value, where, scope)
    kind = readable(ctx, key, where, scope)
    if kind is None:
        return []
    if isinstance(value, Map):
        if not value:
            ctx.wrong(where, f"`{key}` is compared with nothing", "write a value or a comparison")
        return _operators(ctx, key, kind, value, where, scope)
    return [_is(ctx, key, value if isinstance(value, list) else [value], where)]


def _known(ctx: LoadContext, key: str, value: Any, where: str, scope: Scope) -> list[Condition]:
    if not scope.known_allowed:
        ctx.wrong(where, f"`{key}` may stand only in rules that answer instructions, guardrails or alternatives alone")
    found: list[Condition] = []
    for name in value if isinstance(value, list) else [value]:
        fact = ctx.facts.get(name) if isinstance(name, str) else None
        if fact is None or not fact.optional:
            remedy = did_you_mean(name, ctx.facts, "name a fact that may be unknown")
            ctx.wrong(where, f"`{name}` is not a fact that may be unknown", remedy)
            continue
        ctx.read_names.add(name)
        found.append(cn.Known(name) if key == "known" else cn.Not(cn.Known(name)))
    return found


def readable(ctx: LoadContext, name: str, where: str, scope: Scope) -> str | None:
    """Note that `name` is read, and return its kind; None when it cannot be read here."""
    ctx.read_names.add(name)
    if name in ctx.facts:
        if name in JOINED and scope.first < FIRST_MONEY and not scope.aggregates:
            ctx.wrong(
                where, f"`{name}` depends on the other claims; only rules that answer money and later may read it"
            )
        return ctx.facts[name].kind
    if _is_defined(ctx, name, where):
        _definition_reads(ctx, name, where, scope)
        return ctx.definitions[name].kind
    position = ADDED.get(name, POSITION.get(name, -1) + 1 if name in POSITION else None)
    if position is not None:
        if position > scope.first or (name in POSITION and POSITION[name] >= scope.first):
            at = QUESTIONS[scope.first].id if scope.first < len(QUESTIONS) else ""
            ctx.wrong(
                where,
                f"`{name}` is answered too late to be read by a rule that answers `{at}`",
                "read only facts and earlier answers",
            )
        if name in POSITION and (BY_ID[name].keyed or BY_ID[name].kind == "formula"):
            ctx.wrong(where, f"answers to `{name}` cannot be read")
            return None
        return "money" if name in ("refund_total", "most") else "bool" if name == OFFER_OPEN else BY_ID[name].kind
    if name in ctx.parameters:
        ctx.wrong(where, f"`{name}` is a parameter; it stands on the right of a comparison", "put a fact on the left")
        return None
    known = [*ctx.facts, *ctx.definitions, *POSITION, *ADDED]
    ctx.wrong(where, f"unknown fact `{name}`", did_you_mean(name, known, "`refundrules facts` lists them"))
    return None


def _definition_reads(ctx: LoadContext, name: str, where: str, scope: Scope) -> None:
    for other in reads(ctx.definitions[name].body):
        if other in JOINED and scope.first < FIRST_MONEY:
            ctx.wrong(where, f"`{name}` reads `{other}`, which depends on the other claims")
        elif other in ctx.definitions:
            _definition_reads(ctx, other, where, scope)


def _values_of(ctx: LoadContext, name: str) -> tuple[bool | str, ...]:
    if name in ctx.facts:
        fact = ctx.facts[name]
        return (True, False) if fact.kind == "bool" else fact.values
    if name in ctx.definitions or name == OFFER_OPEN:
        return (True, False)
    question = BY_ID[name]
    return (True, False) if question.kind == "bool" else question.values


def _is(ctx: LoadContext, name: str, values: list[Any], where: str) -> Condition:
    if not values:
        ctx.wrong(where, f"`{name}` is compared with an empty list")
        return cn.ALWAYS
    allowed = _values_of(ctx, name)
    if not allowed and not (name in ctx.facts and ctx.facts[name].kind == "enum"):
        ctx.wrong(
            where,
            f"`{name}` is a number; equality with {quoted(values[0])} is not a comparison",
            "use `at_least`, `above`, `at_most` or `below`",
        )
        return cn.ALWAYS
    for value in values:
        ctx.checked_value(value, allowed, where, name)
    values = [value for value in values if isinstance(value, bool | str)]
    return cn.Is(name, tuple(dict.fromkeys(values)))


def _operators(ctx: LoadContext, name: str, kind: str, value: Map, where: str, scope: Scope) -> list[Condition]:
    found: list[Condition] = []
    file = where.rpartition(":")[0]
    for operator, operand in value.items():
        place = f"{file}:{value.lines[operator]}"
        if operator in cn.OPERATORS:
            found += _compare(ctx, name, kind, operator, operand, place, scope)
        elif operator == "between":
            if not isinstance(operand, list) or len(operand) != 2:
                ctx.wrong(place, "`between` takes two ends", "write {between: [low, high]}")
                continue
            found += _compare(ctx, name, kind, "at_least", operand[0], place, scope)
            found += _compare(ctx, name, kind, "at_most", operand[1], place, scope)
        elif operator == "not":
            found.append(cn.Not(_is(ctx, name, operand if isinstance(operand, list) else [operand], place)))
        elif operator in ("in", "not_in"):
            group = _group(ctx, name, operand, place)
            if group is not None:
                found.append(group if operator == "in" else cn.Not(group))
        else:
            known = [*cn.OPERATORS, "between", "not", "in", "not_in"]
            ctx.known(operator, known, place, "a comparison", 12)
    return found


def _group(ctx: LoadContext, name: str, group: Any, where: str) -> Condition | None:
    ctx.read_names.add(str(group))
    if not ctx.known(group, ctx.groups, where, "a group", "declare it under `groups`"):
        return None
    of, values = ctx.groups[group]
    if of != name:
        ctx.wrong(where, f"`{group}` is a group of `{of}`, not of `{name}`")
        return None
    return cn.Is(name, values)


def _compare(
    ctx: LoadContext, name: str, kind: str, operator: str, operand: Any, where: str, scope: Scope
) -> list[Condition]:
    if kind in ("bool", "enum"):
        ctx.wrong(where, f"`{name}` is not a number; `{operator}` cannot compare it")
        return []
    right, right_kind = formula(ctx, operand, where, scope)
    if not right_kind:
        return []
    try:
        same_kind(kind, right_kind)
    except fm.FormulaError as error:
        ctx.wrong(where, f"`{name}` cannot be compared with `{operand}`: {error}")
    return [cn.Compare(name, operator, right)]


def formula(ctx: LoadContext, text: Any, where: str, scope: Scope) -> tuple[Formula, str]:
    """Return a formula and its kind, which is empty where something is wrong with it."""
    zero = fm.Number(Fraction(0))
    if isinstance(text, bool) or not isinstance(text, str | int | Decimal):
        ctx.wrong(
            where,
            f"{quoted(text)} is not a formula",
            "write names, numbers 0 and 1, + - * /, min, max, floor, ceil, round",
        )
        return zero, ""
    try:
        tree = fm.parse(str(text))
    except fm.FormulaError as error:
        ctx.wrong(where, f"`{text}` is not a formula: {error}")
        return zero, ""
    for literal in fm.literals(tree):
        if literal not in (0, 1):
            ctx.wrong(where, f"`{text}` holds the bare number {literal}", "name it as a parameter")
    kinds = {name: _operand_kind(ctx, name, where, scope) for name in fm.names(tree)}
    if not all(kinds.values()):
        return zero, ""
    try:
        kind = kind_of(tree, kinds, ctx.parameters.__contains__)
        _check_divisors(ctx, tree, str(text), where)
        return tree, kind
    except fm.FormulaError as error:
        ctx.wrong(where, f"`{text}`: {error}")
        return zero, ""


def _check_divisors(ctx: LoadContext, tree: Formula, text: str, where: str) -> None:
    """Note a divisor or step that is not above zero, whichever values of its parameters are in force."""
    for divisor in fm.divisors(tree):
        names = list(dict.fromkeys(fm.names(divisor)))
        choices = [[value.value for value in ctx.parameters[name].values] for name in names]
        for values in product(*choices):
            value = fm.evaluate(divisor, dict(zip(names, values, strict=True)).get)
            if value is None or value <= 0:
                shown = fm.to_text(divisor)
                ctx.wrong(
                    where,
                    f"`{text}` divides or rounds by `{shown}`, which may be zero or below",
                    "keep it above zero",
                )
                break


def _operand_kind(ctx: LoadContext, name: str, where: str, scope: Scope) -> str:
    ctx.read_names.add(name)
    if name in ctx.parameters:
        return ctx.parameters[name].kind
    known = [*ctx.facts, *ctx.definitions, *ctx.parameters]
    if name not in ctx.facts and name not in ADDED and not _is_defined(ctx, name, where):
        ctx.wrong(where, f"unknown name `{name}`", did_you_mean(name, known, "name a fact, parameter or definition"))
        return ""
    kind = readable(ctx, name, where, scope)
    if kind in ("bool", "enum"):
        ctx.wrong(where, f"`{name}` is not a number")
        return ""
    return kind or ""


def define_all(ctx: LoadContext) -> None:
    """Read the definitions that are noted and not read yet."""
    for name in list(ctx.pending):
        _define(ctx, name)


def _define(ctx: LoadContext, name: str) -> None:
    entry = ctx.pending.pop(name, None)
    if entry is None:
        return
    ctx.defining.append(name)
    title = entry.item.title or NO_WORDS
    given = {"formula", "when"} & entry.item.model_fields_set
    if len(given) != 1:
        ctx.wrong(entry.where, f"definition `{name}` needs either a `formula` or a `when`")
    elif "when" in given:
        body = condition(ctx, entry.item.when, entry.line("when"), Scope(0))
        ctx.definitions[name] = Definition(name, title, body, "bool", entry.where)
    else:
        tree, kind = formula(ctx, entry.item.formula, entry.line("formula"), Scope(0, aggregates=True))
        ctx.definitions[name] = Definition(name, title, tree, kind or "share", entry.where)  # type: ignore[arg-type]
    ctx.defining.pop()


def _is_defined(ctx: LoadContext, name: Any, where: str) -> bool:
    """Return whether `name` is a definition, reading it if need be."""
    if name in ctx.defining:
        ctx.wrong(where, f"definitions go round in a circle: {' → '.join([*ctx.defining, str(name)])}")
        return False
    if name in ctx.pending:
        _define(ctx, name)
    return name in ctx.definitions


def check_placeholders(ctx: LoadContext, words: Words, where: str) -> None:
    """Note what in braces is not a name that can be shown."""
    names = ChainMap[str, Any](ctx.facts, ctx.parameters, ctx.definitions)
    for name in [name for text in words for name in PLACEHOLDER.findall(text)]:
        ctx.read_names.add(name)
        if name not in names:
            ctx.wrong(where, f"`{{{name}}}` is not a fact, parameter or definition", did_you_mean(name, names))


def through_definitions(ctx: LoadContext, names: set[str]) -> set[str]:
    """Return the names, and all that definitions among them read."""
    bodies = {name: item.body for name, item in ctx.definitions.items()}
    return closure(names, bodies.get)


def _conjunction(parts: list[Condition]) -> Condition:
    result: Condition = cn.ALWAYS
    for part in parts:
        result = cn.both(result, part)
    return result


# -- the JSON Schema --------------------------------------------------------------------------

_CONDITION = {"$ref": "#/$defs/condition"}
_FORMULA = {"$ref": "#/$defs/formula"}


def expression_schemas() -> dict[str, Schema]:
    """Return the definitions of conditions and formulas; names that packs declare are allowed by their shape."""
    formula = {
        "anyOf": [
            {
                "type": "string",
                "pattern": r"^[a-z0-9_.,+*/() -]+$",
                "not": {"pattern": r"(^|[-+*/(, ])([2-9]|\d\d|\d\.)"},
            },
            {"enum": [0, 1]},
        ],
        "description": "names, the numbers 0 and 1, + - * /, min, max, floor, ceil, round",
    }
    return {"formula": formula, "condition": _condition_schema(), "number": _number_schema()}


def _condition_schema() -> Schema:
    """Return the schema of a condition: every fact, answer and word of logic with what may be wanted of it."""
    readable = [question for question in QUESTIONS if not question.keyed and question.kind != "formula"]
    facts = {fact.name: {**_comparison(fact.kind, fact.values), **_about(fact)} for fact in FACTS}
    answers = {question.id: _comparison(question.kind, question.values) for question in readable}
    added = {name: _comparison("bool" if name == OFFER_OPEN else "money", ()) for name in ADDED}
    unknowable = {
        "anyOf": [{"enum": [fact.name for fact in FACTS if fact.optional]}, {"type": "string", "pattern": OWN_FACT}]
    }
    logic: Schema = {
        "all": {**several(_CONDITION), "description": "every one of these holds"},
        "any": {**several(_CONDITION), "description": "one of these holds, or several"},
        "not": {**_CONDITION, "description": "this does not hold"},
        "known": {**one_or_several(unknowable), "description": "the case gives all of these facts"},
        "unknown": {**one_or_several(unknowable), "description": "the case gives none of these facts"},
    }
    words = {**facts, **answers, **added, **logic}
    plain = "|".join(sorted(word for word in words if "." not in word))
    questions = {question.id for question in QUESTIONS}
    taken = "|".join(sorted(questions - set(words)))
    own = {"anyOf": [_comparison("bool", ()), _comparison("enum", ()), _comparison("count", ())]}
    return {
        "type": "object",
        "description": "true when all its entries are",
        "additionalProperties": False,
        "properties": words,
        "patternProperties": {
            OWN_FACT: own,
            f"^(?!({plain}|{taken})$){NAME}$": {
                "anyOf": [_comparison("bool", ()), _comparison("count", ())],
                "description": "a definition",
            },
        },
    }


def _about(fact: Fact) -> Schema:
    text = fact.derivation or (fact.question.en if fact.question else "")
    return {"description": text} if text else {}


def _comparison(kind: str, values: tuple[str, ...]) -> Schema:
    """Return what may be wanted of a name of that kind; no values: of an enum that a pack declares."""
    if kind == "bool":
        item: Schema = {"type": "boolean"}
        forms: Schema = {"not": one_or_several(item)}
    elif kind == "enum":
        item = {"enum": list(values)} if values else {"type": "string"}
        group = {"type": "string", "pattern": f"^{NAME}$", "description": "a group"}
        forms = {"not": one_or_several(item), "in": group, "not_in": group}
    else:
        return {"$ref": "#/$defs/number"}
    return {"anyOf": [item, several(item), closed(forms, minProperties=1)]}


def _number_schema() -> Schema:
    """Return the schema of what may be wanted of a number."""
    ends = {"type": "array", "minItems": 2, "maxItems": 2, "items": _FORMULA}
    return closed({**dict.fromkeys(cn.OPERATORS, _FORMULA), "between": ends}, minProperties=1)
