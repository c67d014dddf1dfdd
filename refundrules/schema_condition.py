"""The JSON Schema of conditions: every fact with its values, so that editors complete both."""

from __future__ import annotations

from refundrules.case.facts import FACTS, Fact
from refundrules.expr.condition import OPERATORS
from refundrules.questions import ADDED, OFFER_OPEN, QUESTIONS
from refundrules.schema_shapes import CONDITION, FORMULA, NAME, OWN_FACT, Schema, closed, enum, one_or_several, several


def condition_schema() -> Schema:
    """Return the schema of a condition: every fact, answer and word of logic with what may be wanted of it."""
    readable = [question for question in QUESTIONS if not question.keyed and question.kind != "formula"]
    facts = {fact.name: {**_comparison(fact.kind, fact.values), **_about(fact)} for fact in FACTS}
    answers = {question.id: _comparison(question.kind, question.values) for question in readable}
    added = {name: _comparison("bool" if name == OFFER_OPEN else "money", ()) for name in ADDED}
    unknowable = {
        "anyOf": [enum(fact.name for fact in FACTS if fact.optional), {"type": "string", "pattern": OWN_FACT}]
    }
    logic: Schema = {
        "all": {**several(CONDITION), "description": "every one of these holds"},
        "any": {**several(CONDITION), "description": "one of these holds, or several"},
        "not": {**CONDITION, "description": "this does not hold"},
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
        item = enum(values) if values else {"type": "string"}
        group = {"type": "string", "pattern": f"^{NAME}$", "description": "a group"}
        forms = {"not": one_or_several(item), "in": group, "not_in": group}
    else:
        return {"$ref": "#/$defs/number"}
    return {"anyOf": [item, several(item), closed(forms, minProperties=1)]}


def number_schema() -> Schema:
    """Return the schema of what may be wanted of a number."""
    ends = {"type": "array", "minItems": 2, "maxItems": 2, "items": FORMULA}
    return closed({**dict.fromkeys(OPERATORS, FORMULA), "between": ends}, minProperties=1)
