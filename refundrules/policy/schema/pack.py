"""The JSON Schema of a pack's files, made from the vocabulary, so that editors complete and check them.

Names that packs declare (facts, definitions, parameters, groups) are allowed by their shape; the
loader checks that they exist.
"""

from __future__ import annotations

from typing import Any, get_args

from refundrules.case.facts import FACTS, Fact, Kind
from refundrules.expr.condition import OPERATORS
from refundrules.policy.parts import Floor
from refundrules.policy.questions import ADDED, AFTER, GUARDRAILS, NESTED, OFFER_OPEN, QUESTIONS, Question
from refundrules.policy.schema.case import tidy
from refundrules.policy.templates import PLACES, TRAITS, Place

Schema = dict[str, Any]

OWN_FACT = r"^facts\.[a-z][a-z0-9_]*$"
NAME = "[a-z][a-z0-9_]*"
CODE = r"[A-Z]{2}(-[A-Z0-9]{1,3})?"
ID = r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$"
DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
TEXT = {"type": "string", "pattern": r"\S"}
WORDS = {"$ref": "#/$defs/words"}
CONDITION = {"$ref": "#/$defs/condition"}
FORMULA = {"$ref": "#/$defs/formula"}
CITE = {"$ref": "#/$defs/cite"}


def closed(properties: Schema, required: tuple[str, ...] = (), **more: Any) -> Schema:
    """Return the schema of a mapping of these fields and no others."""
    shape: Schema = {"type": "object", "additionalProperties": False, "properties": properties, **more}
    return {**shape, "required": list(required)} if required else shape


def named(item: Schema, pattern: str = f"^{NAME}$", about: str = "") -> Schema:
    """Return the schema of a mapping from names of that shape to items."""
    shape = {"type": "object", "additionalProperties": False, "patternProperties": {pattern: item}}
    return {**shape, "description": about} if about else shape


def several(item: Schema) -> Schema:
    """Return the schema of a list of one item or more."""
    return {"type": "array", "minItems": 1, "items": item}


def one_or_several(item: Schema) -> Schema:
    """Return the schema of an item, or a list of such items."""
    return {"anyOf": [item, several(item)]}


def enum(words: Any) -> Schema:
    """Return the schema of one of these words."""
    return {"enum": list(words)}


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


def pack_schema() -> Schema:
    """Return the JSON Schema of one file of a pack: its head, or any of its sections."""
    head: Schema = {
        "pack": {"type": "string", "pattern": "^[^/]+$", "description": "the folder's name"},
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+([-+][0-9A-Za-z.-]+)?$"},
        "title": WORDS,
        "extends": {"type": "array", "items": {"type": "string"}, "description": "packs beside this one, or paths"},
        "jurisdictions": {"$ref": "#/$defs/jurisdictions"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217, such as `CNY`"},
        "time_zone": {"type": "string", "description": "such as `Asia/Shanghai`"},
        "language": enum(("zh", "en")),
        "complete": {"type": "boolean", "default": True, "description": "false: made to be extended"},
    }
    only_head = [name for name in head if name != "pack"]
    return {
        "title": "A file of a refundrules pack",
        **closed({**head, **_sections()}),
        "dependentRequired": {"pack": ["version", "title"], **{name: ["pack"] for name in only_head}},
        "$defs": _definitions(),
    }


def _sections() -> Schema:
    texts = {"type": "object", "additionalProperties": False}
    return {
        "chapter": {**WORDS, "description": "the heading of this file's rules"},
        "given": {**CONDITION, "description": "holds for every rule of this file"},
        "money": {"$ref": "#/$defs/MoneySettings", "description": "how amounts are worked out where shops differ"},
        "rules": {"type": ["array", "null"], "items": {"$ref": "#/$defs/rule"}},
        "parameters": named({"$ref": "#/$defs/parameter"}, about="values a shop might change, dated and cited"),
        "definitions": named({"$ref": "#/$defs/definition"}, about="named formulas and named conditions"),
        "groups": named({"$ref": "#/$defs/group"}, about="named lists of a fact's values"),
        "facts": named({"$ref": "#/$defs/fact"}, OWN_FACT, "facts that a case gives under `facts`"),
        "assumptions": {"type": ["array", "null"], "items": {"$ref": "#/$defs/assumption"}},
        "guarantees": {"type": ["array", "null"], "items": {"$ref": "#/$defs/guarantee"}},
        "invariants": {"type": ["array", "null"], "items": {"$ref": "#/$defs/invariant"}},
        "accept": {"type": ["array", "null"], "items": {"$ref": "#/$defs/accepted"}},
        "instructions": named(WORDS, about="what is to be done, by code"),
        "guardrails": {**texts, "properties": dict.fromkeys(GUARDRAILS, WORDS), "description": "what is never done"},
        **{section: {"type": ["array", "null"], "items": {"$ref": f"#/$defs/{section}"}} for section in PLACES},
        "sources": {
            "type": "object",
            "additionalProperties": {"$ref": "#/$defs/source"},
            "description": "what `cite` may name",
        },
    }


def _money() -> Schema:
    from refundrules.money.settings import MoneySettings

    data = tidy(MoneySettings.model_json_schema())
    return {**data.pop("$defs"), "MoneySettings": data}


def _definitions() -> Schema:
    return {
        **_money(),
        "words": closed({"zh": TEXT, "en": TEXT}, ("zh", "en")),
        "cite": {**one_or_several({"type": "string"}), "description": "sources"},
        "formula": {
            "anyOf": [
                {
                    "type": "string",
                    "pattern": r"^[a-z0-9_.,+*/() -]+$",
                    "not": {"pattern": r"(^|[-+*/(, ])([2-9]|\d\d|\d\.)"},
                },
                enum((0, 1)),
            ],
            "description": "names, the numbers 0 and 1, + - * /, min, max, floor, ceil, round",
        },
        "jurisdictions": {**several({"type": "string", "pattern": f"^{CODE}$"}), "description": "ISO 3166 codes"},
        "in_force": closed({"from": DATE, "until": DATE, "by": enum(("order_placed", "claim_opened"))}),
        "condition": condition_schema(),
        "number": number_schema(),
        "then": _then(),
        "deadline": closed(
            {"within_hours": {"type": "string", "pattern": f"^{NAME}$"}, "after": enum(AFTER)},
            ("within_hours", "after"),
        ),
        "rule": _rule(),
        "guarantee": _guarantee(),
        "assumption": closed({"id": _id(), "assume": CONDITION, "because": WORDS}, ("id", "assume", "because")),
        "invariant": _invariant(),
        "accepted": closed({"finding": TEXT, "because": WORDS}, ("finding", "because")),
        "source": closed({"title": WORDS, "instrument": TEXT, "url": TEXT, "confidence": TEXT}, ("title",)),
        "parameter": _parameter(),
        "definition": {
            **closed({"title": WORDS, "formula": FORMULA, "when": CONDITION}, ("title",)),
            "oneOf": [{"required": ["formula"]}, {"required": ["when"]}],
        },
        "group": _group(),
        "fact": _fact(),
        **{section: _wording(places) for section, places in PLACES.items()},
    }


def _id() -> Schema:
    return {"type": "string", "pattern": ID, "description": "upper case letters, digits and dashes; never reused"}


# -- rules and guarantees ---------------------------------------------------------------------


def _rule() -> Schema:
    return closed(
        {
            "id": _id(),
            "cite": CITE,
            "when": CONDITION,
            "then": {"$ref": "#/$defs/then"},
            "overrides": {
                "type": "array",
                "items": {"type": "string", "pattern": ID},
                "description": "rules it silences",
            },
            "because": {**WORDS, "description": "shown as the reason; facts and parameters in braces"},
            "in_force": {"$ref": "#/$defs/in_force"},
            "jurisdictions": {"$ref": "#/$defs/jurisdictions"},
            "chapter": WORDS,
        },
        ("id", "cite", "then", "because"),
    )


def _then() -> Schema:
    properties: Schema = {question.id: _answer(question) for question in QUESTIONS}
    for group in NESTED:
        inner = {name.partition(".")[2]: answer for name, answer in properties.items() if name.startswith(f"{group}.")}
        properties[group] = closed(inner, minProperties=1)
    return closed(properties, minProperties=1, description="the questions it answers")


def _answer(question: Question) -> Schema:
    if question.kind == "mark":
        item = enum(question.keys) if question.keys else {"type": "string", "pattern": f"^{NAME}$"}
        return {"type": "array", "items": item}
    one = {"bool": {"type": "boolean"}, "enum": enum(question.values), "deadline": {"$ref": "#/$defs/deadline"}}
    answer = one.get(question.kind, FORMULA)
    if not question.keyed:
        return answer
    if question.keys:
        return closed(dict.fromkeys(question.keys, answer), minProperties=1)
    if question.id == "offer.steps":
        return {**named(answer, "^[1-9]$"), "minProperties": 1}
    return {"type": "object", "additionalProperties": answer, "minProperties": 1}


def _guarantee() -> Schema:
    floor: Schema = {
        "not_declined": {"const": True},
        "refund_at_least": FORMULA,
        "return_payer_not": {"const": "buyer"},
        "replacement_payer_not": {"const": "buyer"},
    }
    assert set(floor) == set(Floor._fields)
    return closed(
        {
            "id": _id(),
            "cite": CITE,
            "when": CONDITION,
            "must": closed(floor, minProperties=1, description="what no decision falls below"),
            "because": WORDS,
            "in_force": {"$ref": "#/$defs/in_force"},
            "jurisdictions": {"$ref": "#/$defs/jurisdictions"},
        },
        ("id", "cite", "when", "must", "because"),
    )


# -- what is said to people -------------------------------------------------------------------


def _wording(places: tuple[Place, ...]) -> Schema:
    """Return the schema of one text, said at one of these places."""
    traits = {name: one_or_several(enum(values)) for name, values in TRAITS.items()}
    keys = {place.key: {"type": "string"} for place in places if place.key}
    return {
        **closed(
            {
                "say": {**enum(place.name for place in places), "description": "its place in the message"},
                "when": closed(traits, description="the decisions it is for"),
                **keys,
                "zh": TEXT,
                "en": TEXT,
            },
            ("say", "zh", "en"),
        ),
        "allOf": [_keyed(place, tuple(keys)) for place in places] if keys else [True],
    }


def _keyed(place: Place, keys: tuple[str, ...]) -> Schema:
    then: Schema = {"properties": {key: False for key in keys if key != place.key}}
    return {
        "if": {"properties": {"say": {"const": place.name}}, "required": ["say"]},
        "then": {**then, "required": [place.key]} if place.key else then,
    }


def _invariant() -> Schema:
    monotone = closed({"fact": {"type": "string"}, "buyer": enum(("never_worse", "never_better"))}, ("fact", "buyer"))
    return {
        **closed(
            {
                "id": _id(),
                "when": CONDITION,
                "must": {**CONDITION, "description": "what is so of every decision; may read facts and answers"},
                "monotone": {**monotone, "description": "what more of a fact does to the buyer"},
                "because": WORDS,
            },
            ("id", "because"),
        ),
        "oneOf": [{"required": ["must"]}, {"required": ["monotone"]}],
    }


# -- what packs declare -----------------------------------------------------------------------

_NUMBERS = tuple(kind for kind in get_args(Kind) if kind not in ("bool", "enum"))


def _parameter() -> Schema:
    number = {
        "anyOf": [
            {"type": "number", "minimum": 0},
            {"type": "string", "pattern": r"^\d+(\.\d+)?(%|/[1-9]\d*)?$"},
        ],
        "description": "such as 3, 12.50, 5/6 or 30%",
    }
    value = closed(
        {
            "from": {"anyOf": [{"const": "beginning"}, DATE], "description": "the first day it holds, or `beginning`"},
            "value": number,
            "cite": CITE,
            "verified": {"anyOf": [{"const": False}, DATE], "description": "when somebody checked it, or false"},
        },
        ("from", "value", "cite"),
    )
    return closed(
        {
            "kind": enum(_NUMBERS),
            "title": WORDS,
            "by": {**enum(("order_placed", "claim_opened")), "description": "which date chooses the value"},
            "better": {**enum(("higher", "lower")), "description": "for the buyer; needed when a guarantee reads it"},
            "values": several(value),
        },
        ("values",),
    )


def _group() -> Schema:
    named = {fact.name: fact.values for fact in FACTS if fact.kind == "enum"}
    return {
        **closed(
            {
                "of": {"anyOf": [enum(named), {"type": "string", "pattern": OWN_FACT}]},
                "values": several({"type": "string"}),
            },
            ("of", "values"),
        ),
        "allOf": [
            {
                "if": {"properties": {"of": {"const": name}}},
                "then": {"properties": {"values": {"items": enum(values)}}},
            }
            for name, values in named.items()
        ],
    }


def _fact() -> Schema:
    is_enum = {"properties": {"kind": {"const": "enum"}}}
    return {
        **closed(
            {
                "kind": enum(kind for kind in get_args(Kind) if kind != "share"),
                "values": several({"type": "string"}),
                "default": {"type": ["boolean", "integer", "string"], "description": "what absent means"},
                "question": {**WORDS, "description": "asked for it where it may be unknown"},
            },
            ("kind",),
        ),
        "anyOf": [{"required": ["default"]}, {"required": ["question"]}],
        "if": is_enum,
        "then": {"required": ["values"]},
        "else": {"properties": {"values": False}},
    }
