"""What a pack's files may hold: each section is a model, and the JSON Schema of packs is made from them.

Conditions, formulas and answers are a small language with one word for every fact and question; `expressions` and
`rules` read them and say what they may hold. Whether names name anything is known when all files are read, so not here.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, PlainValidator

from refundrules.case.facts import FACTS, Kind, Words
from refundrules.io.schema_paths import Schema
from refundrules.io.strict_models import (
    ABSENT,
    WRONG,
    OneOf,
    RefusedError,
    SchemaOf,
    Section,
    checked,
    closed,
    named,
    one_or_several,
    schema,
    several,
)
from refundrules.money.currency import is_currency
from refundrules.money.settings import MoneySettings
from refundrules.policy.guardrail_lint import lint
from refundrules.policy.parts import DateBy
from refundrules.policy.questions import AFTER, GUARDRAILS
from refundrules.policy.templates import KEYS, PLACES, MessagePlace

ID = r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$"
NAME = "[a-z][a-z0-9_]*"
OWN_FACT = rf"^facts\.{NAME}$"
NUMBER_KINDS = tuple(kind for kind in get_args(Kind) if kind not in ("bool", "enum"))
FACT_KINDS = tuple(kind for kind in get_args(Kind) if kind != "share")
NO_WORDS = Words("", "")
_JURISDICTION = r"[A-Z]{2}(-[A-Z0-9]{1,3})?"
_VERSION = r"^\d+\.\d+\.\d+([-+][0-9A-Za-z.-]+)?$"
_FRACTION = re.compile(r"(\d+(?:\.\d+)?)(%)?(?:/(\d+))?")


# -- what stands in fields --------------------------------------------------------------------


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _title(value: Any) -> Words:
    if not isinstance(value, dict) or set(value) != set(Words._fields):
        raise RefusedError(("`{field}` is not a text in both languages", "write {zh: …, en: …}"))
    if wrong := [key for key in Words._fields if not _is_text(value[key])]:
        raise RefusedError(*((f"`{{field}}` `{key}` is not a text", "put it in quotes") for key in wrong))
    return Words(**value)


def _words(value: Any) -> Words:
    if value is WRONG:
        return NO_WORDS
    words = _title(value)
    if breaches := [breach for text in words for breach in lint(text)]:
        raise RefusedError(
            *((f"`{{field}}` breaks guardrail {one.guardrail}: `{{said}}`", one.why, one.excerpt) for one in breaches)
        )
    return words


def _day(but: object = WRONG) -> PlainValidator:
    """Mark a date, None where `but` is written instead."""

    def read(value: Any) -> date | None:
        try:
            return None if value == but and type(value) is type(but) else date.fromisoformat(value)
        except (TypeError, ValueError):
            raise RefusedError(("`{field}` {value} is not a date", "write it like 2026-01-31")) from None

    return PlainValidator(read)


def exact(value: Any) -> Fraction | None:
    """Return a number as it may be written in a pack; None for anything else.

    >>> exact(3), exact("5/6"), exact("30%"), exact("1e3")
    (Fraction(3, 1), Fraction(5, 6), Fraction(3, 10), None)
    """
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    found = _FRACTION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or (found[2] and found[3]) or found[3] == "0":
        return None
    return Fraction(found[1]) / (100 if found[2] else int(found[3] or 1))


def _are_texts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def are_jurisdictions(value: Any) -> bool:
    """Return whether a value is a list of ISO 3166 codes."""
    return bool(value) and _are_texts(value) and all(re.fullmatch(_JURISDICTION, item) for item in value)


def _is_zone(value: Any) -> bool:
    try:
        return bool(ZoneInfo(value))
    except (KeyError, ValueError, TypeError, OSError):
        return False


def _is_some(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


INHERITED = {
    "jurisdictions": "a list of ISO 3166 codes such as [CN]",
    "currency": "an ISO 4217 code such as CNY",
    "time_zone": "a time zone such as Asia/Shanghai",
    "language": "`zh` or `en`",
}
"""What a pack may leave to those it extends, and what it must be."""
_TEXT = {"type": "string", "pattern": r"\S"}
_DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_NUMBER = [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^\d+(\.\d+)?(%|/[1-9]\d*)?$"}]
_TEXTS = {"type": "array", "minItems": 1, "items": {"type": "string"}}
VALUES: dict[str, Schema] = {
    "words": closed(dict.fromkeys(Words._fields, _TEXT), Words._fields),
    "cite": {**one_or_several({"type": "string"}), "description": "sources"},
    "jurisdictions": {
        **several({"type": "string", "pattern": f"^{_JURISDICTION}$"}),
        "description": "ISO 3166 codes",
    },
}
"""The definitions of the values below that models name."""

Text = Annotated[str, checked(_is_text, "`{field}` is not a text", "put it in quotes"), schema(_TEXT)]
Spoken = Annotated[
    Text, checked(lambda value: value is not None, "{noun} has no `{field}`", "write it in both languages")
]
Title = Annotated[Words, PlainValidator(_title), named("words")]
Said = Annotated[Words, PlainValidator(_words), named("words")]
"""A text in both languages that may reach a person: no guardrail is broken by it."""
Day = Annotated[date, _day(), schema(_DAY)]
Number = Annotated[
    Any,
    checked(lambda value: exact(value) is not None, "{value} is not a number", "write 3, 12.50, 5/6 or 30%"),
    schema({"anyOf": _NUMBER}),
]
Cites = Annotated[
    Any,
    checked(lambda value: isinstance(value, str) or _is_some(value), "{noun} cites nothing", "add `cite: [SOURCE]`"),
    named("cite"),
]
Codes = Annotated[
    list[str] | None,
    checked(
        lambda value: not value or are_jurisdictions(value),
        "`{field}: {shown}` is not a list of ISO 3166 codes",
        "write [CN-ZJ]",
    ),
    named("jurisdictions"),
]
Condition = Annotated[Any, named("condition")]
Formula = Annotated[Any, named("formula")]
Name = Annotated[str, schema({"type": "string", "pattern": f"^{NAME}$"})]
OwnFact = Annotated[str, schema({"type": "string", "pattern": OWN_FACT})]
Guardrail = Annotated[str, schema({"type": "string", "pattern": f"^({'|'.join(GUARDRAILS)})$"})]
Id = Annotated[
    Any, schema({"type": "string", "pattern": ID, "description": "upper case letters, digits and dashes; never reused"})
]
Key = Annotated[Any, schema({"type": "string"})]


# -- what packs declare -----------------------------------------------------------------------


class SourceItem(Section, noun="source `{key}`"):
    """What `cite` may name."""

    title: Title
    instrument: Text = ""
    url: Text = ""
    confidence: Text = ""


class ValueItem(Section, noun="a value of `{key}`"):
    """A parameter's value from a day on."""

    start: Annotated[date | None, _day("beginning"), schema({"anyOf": [{"const": "beginning"}, _DAY]})] = Field(
        alias="from", description="the first day it holds, or `beginning`"
    )
    value: Number = Field(description="such as 3, 12.50, 5/6 or 30%")
    cite: Cites
    verified: Annotated[date | None, _day(False), schema({"anyOf": [{"const": False}, _DAY]})] = Field(
        default=None, description="when somebody checked it, or false"
    )


class ParameterItem(Section, noun="parameter `{key}`"):
    """A value that a shop might change; one of an extended pack is restated with new values alone."""

    kind: Annotated[Kind, OneOf(NUMBER_KINDS)] = ABSENT
    title: Title = ABSENT
    by: DateBy = Field(default=ABSENT, description="which date chooses the value")
    better: Literal["higher", "lower"] = Field(
        default=ABSENT, description="for the buyer; needed when a guarantee reads it"
    )
    values: Annotated[
        list[ValueItem],
        checked(_is_some, "{noun} has no values", "write `values: [{from: beginning, value: …, cite: …}]`"),
        Field(min_length=1),
    ]


class FactItem(
    Section,
    noun="fact `{key}`",
    json_schema_extra={
        "anyOf": [{"required": ["default"]}, {"required": ["question"]}],
        "if": {"properties": {"kind": {"const": "enum"}}},
        "then": {"required": ["values"]},
        "else": {"properties": {"values": False}},
    },
):
    """A fact that a case gives under `facts`."""

    kind: Annotated[Kind, OneOf(FACT_KINDS)]
    values: Annotated[
        list[str],
        checked(
            lambda value: value is not None and _are_texts(value),
            "`{field}` is not a list of texts",
            "put each in quotes",
        ),
        schema(_TEXTS),
    ] = ABSENT
    default: Annotated[Any, schema({"type": ["boolean", "integer", "string"]})] = Field(
        default=None, description="what absent means"
    )
    question: Said = Field(default=ABSENT, description="asked for it where it may be unknown")


_ENUMS = {fact.name: list(fact.values) for fact in FACTS if fact.kind == "enum"}
_OF_EACH: list[Any] = [
    {"if": {"properties": {"of": {"const": name}}}, "then": {"properties": {"values": {"items": {"enum": values}}}}}
    for name, values in _ENUMS.items()
]


class GroupItem(Section, noun="group `{key}`", json_schema_extra={"allOf": _OF_EACH}):
    """A named list of a fact's values."""

    of: Annotated[Any, schema({"anyOf": [{"enum": list(_ENUMS)}, {"type": "string", "pattern": OWN_FACT}]})]
    values: Annotated[Any, checked(_is_some, "{noun} has no values"), schema(_TEXTS)]


class DefinitionItem(
    Section,
    noun="definition `{key}`",
    json_schema_extra={"oneOf": [{"required": ["formula"]}, {"required": ["when"]}]},
):
    """A named formula or a named condition."""

    title: Title
    formula: Formula = None
    when: Condition = None


class AssumptionItem(Section, noun="the assumption"):
    """What cannot be otherwise."""

    id: Id
    assume: Condition
    because: Said


# -- rules and guarantees ---------------------------------------------------------------------


class InForceItem(Section, noun="`in_force`"):
    """The days on which something holds; on `until` it no longer does."""

    start: Day = Field(default=ABSENT, alias="from")
    until: Day = ABSENT
    by: DateBy = "claim_opened"


class RuleItem(Section, noun="the rule"):
    """A rule: when its condition holds and nothing overrides it, its answers stand."""

    id: Id
    cite: Cites
    when: Condition = None
    then: Annotated[Any, named("then")]
    overrides: Annotated[
        list[str] | None,
        checked(_are_texts, "`{field}` is not a list of rule ids"),
        schema({"type": "array", "items": {"type": "string", "pattern": ID}}),
    ] = Field(default=None, description="rules it silences")
    because: Said = Field(description="shown as the reason; facts and parameters in braces")
    in_force: InForceItem | None = None
    jurisdictions: Codes = None
    chapter: Said = ABSENT


class DeadlineItem(Section, noun="the deadline"):
    """Something due so many hours after a moment."""

    within_hours: Annotated[Any, schema({"type": "string", "pattern": f"^{NAME}$"})]
    after: Annotated[str, OneOf(AFTER)]


class FloorItem(Section, noun="`must`", json_schema_extra={"minProperties": 1}):
    """What no decision falls below."""

    not_declined: Annotated[
        bool, checked(lambda value: value is True, "`{field}` can only be true"), schema({"const": True})
    ] = False
    refund_at_least: Formula = None
    return_payer_not: Literal["buyer"] = ABSENT
    replacement_payer_not: Literal["buyer"] = ABSENT


class GuaranteeItem(Section, noun="the guarantee"):
    """A floor under every decision."""

    id: Id
    cite: Cites
    when: Condition
    must: FloorItem
    because: Said
    in_force: InForceItem | None = None
    jurisdictions: Codes = None


class MonotoneItem(Section, noun="`monotone`"):
    """What more of a fact does to the buyer."""

    fact: Key
    buyer: Literal["never_worse", "never_better"]


class InvariantItem(
    Section,
    noun="the invariant",
    json_schema_extra={"oneOf": [{"required": ["must"]}, {"required": ["monotone"]}]},
):
    """What is so of every decision that no person has to make."""

    id: Id
    when: Condition = None
    must: Condition = Field(default=None, description="what is so of every decision; may read facts and answers")
    monotone: MonotoneItem = ABSENT
    because: Said


class AcceptedItem(Section, noun="the accepted finding"):
    """A finding of `check` that the pack lives with, and why."""

    finding: Text
    because: Said


# -- what is said to people -------------------------------------------------------------------


def _key(place: MessagePlace) -> dict[str, Any]:
    """Return the schema that says which key goes with a place."""
    then: Schema = {"properties": {key: False for key in KEYS if key != place.key}}
    is_said = {"properties": {"say": {"const": place.name}}, "required": ["say"]}
    return {"if": is_said, "then": {**then, "required": [place.key]} if place.key else then}


class WordingItem(Section):
    """A text to the buyer or the agent."""

    say: str = Field(description="its place in the message")
    when: Annotated[Any, named("traits")] = Field(default=None, description="the decisions it is for")
    rule: Key = ""
    fact: Key = ""
    instruction: Key = ""
    deadline: Key = ""
    zh: Spoken
    en: Spoken


class MessageItem(
    WordingItem, noun="the text", json_schema_extra={"allOf": [_key(place) for place in PLACES["messages"]]}
):
    """A text to the buyer."""

    say: Annotated[str, OneOf(place.name for place in PLACES["messages"])] = Field(
        description="its place in the message"
    )


class ScriptItem(
    WordingItem, noun="the text", json_schema_extra={"allOf": [_key(place) for place in PLACES["scripts"]]}
):
    """A text to the agent."""

    say: Annotated[str, OneOf(place.name for place in PLACES["scripts"])] = Field(description="its step of the script")


# -- files ------------------------------------------------------------------------------------


def _head(name: str, fits: Any) -> Any:
    return checked(fits, f"`{name}: {{shown}}` is not {INHERITED[name]}")


class Head(Section):
    """What a pack is."""

    pack: Annotated[Any, schema({"type": "string", "pattern": "^[^/]+$"})] = Field(
        default=None, description="the folder's name"
    )
    version: Annotated[
        Any,
        checked(lambda value: re.fullmatch(_VERSION, str(value)), "{value} is not a version", "write 1.0.0"),
        schema({"type": "string", "pattern": _VERSION}),
    ] = None
    title: Title = ABSENT
    extends: Annotated[Any, schema({"type": "array", "items": {"type": "string"}})] = Field(
        default=None, description="packs beside this one, or paths"
    )
    jurisdictions: Annotated[Any, _head("jurisdictions", are_jurisdictions), named("jurisdictions")] = None
    currency: Annotated[
        Any,
        _head("currency", lambda value: isinstance(value, str) and is_currency(value)),
        schema({"type": "string", "pattern": "^[A-Z]{3}$"}),
    ] = Field(default=None, description="ISO 4217, such as `CNY`")
    time_zone: Annotated[Any, _head("time_zone", _is_zone), schema({"type": "string"})] = Field(
        default=None, description="such as `Asia/Shanghai`"
    )
    language: Annotated[
        Any, _head("language", lambda value: value in Words._fields), schema({"enum": list(Words._fields)})
    ] = None
    complete: bool = Field(default=True, description="false: made to be extended")


class PackFile(Section, noun="the file"):
    """A file of a pack, but for the one with its head."""

    chapter: Said = Field(default=ABSENT, description="the heading of this file's rules")
    given: Condition = Field(default=None, description="holds for every rule of this file")
    money: Annotated[Any, SchemaOf(MoneySettings)] = Field(
        default=None, description="how amounts are worked out where shops differ"
    )
    rules: list[RuleItem] | None = None
    parameters: dict[Name, ParameterItem] = Field(
        default=ABSENT, description="values a shop might change, dated and cited"
    )
    definitions: dict[Name, DefinitionItem] = Field(default=ABSENT, description="named formulas and named conditions")
    groups: dict[Name, GroupItem] = Field(default=ABSENT, description="named lists of a fact's values")
    facts: dict[OwnFact, FactItem] = Field(default=ABSENT, description="facts that a case gives under `facts`")
    assumptions: list[AssumptionItem] | None = None
    guarantees: list[GuaranteeItem] | None = None
    invariants: list[InvariantItem] | None = None
    accept: list[AcceptedItem] | None = None
    instructions: dict[Name, Said] = Field(default=ABSENT, description="what is to be done, by code")
    guardrails: dict[Guardrail, Said] = Field(default=ABSENT, description="what is never done")
    messages: list[MessageItem] | None = None
    scripts: list[ScriptItem] | None = None
    sources: dict[str, SourceItem] = Field(default=ABSENT, description="what `cite` may name")


_WITH_PACK: dict[str, Any] = {name: ["pack"] for name in Head.model_fields if name != "pack"}


class PackHead(
    PackFile,
    Head,
    noun="the pack",
    json_schema_extra={"dependentRequired": {"pack": ["version", "title"], **_WITH_PACK}},
):
    """The file of a pack that says what it is, and may hold all that others may."""

    model_config = ConfigDict(title="A file of a refundrules pack")
