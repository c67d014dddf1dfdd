"""What a pack's files may hold: each section is a model, and the JSON Schema of packs is made from them.

Conditions, formulas and answers are a small language with one word for every fact and question; `expressions` and
`rules` read them and say what they may hold. Whether names name anything is known when all files are read, so not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from refundrules.case.facts import FACTS, Kind, Words
from refundrules.errors import plain as shown
from refundrules.errors import quoted
from refundrules.io.strict_models import ABSENT, OneOf, RefusedError, Schema, SchemaOf, Section, named, plain
from refundrules.money.currency import is_currency
from refundrules.money.settings import MoneySettings
from refundrules.policy.guardrail_lint import lint
from refundrules.policy.parts import DateBy
from refundrules.policy.questions import AFTER, GUARDRAILS
from refundrules.policy.templates import KEYS, PLACES, Place

ID = r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$"
NAME = "[a-z][a-z0-9_]*"
OWN_FACT = rf"^facts\.{NAME}$"
NUMBER_KINDS = tuple(kind for kind in get_args(Kind) if kind not in ("bool", "enum"))
NO_WORDS = Words("", "")
FACT_KINDS = tuple(kind for kind in get_args(Kind) if kind != "share")
_JURISDICTION = r"[A-Z]{2}(-[A-Z0-9]{1,3})?"
_FRACTION = re.compile(r"(\d+(?:\.\d+)?)(%)?(?:/(\d+))?")


# -- what stands in fields --------------------------------------------------------------------


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _text(value: Any) -> str:
    if not _is_text(value):
        raise RefusedError("is not a text", "put it in quotes")
    return str(value)


def _title(value: Any) -> Words:
    if not isinstance(value, dict) or set(value) != {"zh", "en"}:
        raise RefusedError("is not a text in both languages", "write {zh: …, en: …}")
    wrong = [(f"`{key}` is not a text", "put it in quotes") for key in ("zh", "en") if not _is_text(value[key])]
    if wrong:
        raise RefusedError(*wrong[0], *wrong[1:])
    return Words(value["zh"], value["en"])


def _words(value: Any) -> Words:
    words = _title(value)
    breaches = [breach for text in words for breach in lint(text)]
    found = [(f"breaks guardrail {breach.guardrail}: `{breach.excerpt}`", breach.why) for breach in breaches]
    if found:
        raise RefusedError(*found[0], *found[1:])
    return words


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise RefusedError(f"{quoted(value)} is not a date", "write it like 2026-01-31") from None


def _start(value: Any) -> date | None:
    return None if value == "beginning" else _day(value)


def _verified(value: Any) -> date | None:
    return None if value is False else _day(value)


def _cited(value: Any) -> list[Any]:
    cites = [value] if isinstance(value, str) else value
    if not isinstance(cites, list) or not cites:
        raise RefusedError("cites nothing", "add `cite: [SOURCE]`", subject="{noun} ")
    return cites


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


def _number(value: Any) -> Any:
    if exact(value) is None:
        raise RefusedError(f"{quoted(value)} is not a number", "write 3, 12.50, 5/6 or 30%", subject="")
    return value


def are_jurisdictions(value: Any) -> bool:
    """Return whether a value is a list of ISO 3166 codes."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, str) and re.fullmatch(_JURISDICTION, item) for item in value)
    )


def _codes(value: Any) -> list[str]:
    if value and not are_jurisdictions(value):
        raise RefusedError(
            f"`jurisdictions: {shown(value)}` is not a list of ISO 3166 codes", "write [CN-ZJ]", subject=""
        )
    return list(value or ())


def _overrides(value: Any) -> list[str]:
    if not isinstance(value or [], list) or not all(isinstance(name, str) for name in value or ()):
        raise RefusedError("is not a list of rule ids")
    return list(value or ())


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value or [], list) or not all(isinstance(one, str) for one in value or ()):
        raise RefusedError("is not a list of texts", "put each in quotes")
    return tuple(value or ())


def _promise(value: Any) -> bool:
    if value is not True:
        raise RefusedError("can only be true")
    return True


def _spoken(value: Any) -> str:
    if value is None:
        raise RefusedError("", "write it in both languages", subject="{noun} has no `{field}`")
    return _text(value)


_VERSION = r"^\d+\.\d+\.\d+([-+][0-9A-Za-z.-]+)?$"
INHERITED = {
    "jurisdictions": "a list of ISO 3166 codes such as [CN]",
    "currency": "an ISO 4217 code such as CNY",
    "time_zone": "a time zone such as Asia/Shanghai",
    "language": "`zh` or `en`",
}
"""What a pack may leave to those it extends, and what it must be."""


def _version(value: Any) -> str:
    if not re.fullmatch(_VERSION, str(value)):
        raise RefusedError(f"{quoted(value)} is not a version", "write 1.0.0", subject="")
    return str(value)


def _head(name: str, fits: Callable[[Any], bool]) -> PlainValidator:
    """Mark a value of the head that a function knows whether it fits."""

    def read(value: Any) -> Any:
        if not fits(value):
            raise RefusedError(f"`{name}: {shown(value)}` is not {INHERITED[name]}", subject="")
        return value

    return plain(read)


def _is_zone(value: Any) -> bool:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, TypeError, OSError):
        return False
    return True


def _some(remedy: str) -> BeforeValidator:
    """Mark a list that is not empty; else the remedy is told."""

    def some(value: Any) -> Any:
        if not isinstance(value, list) or not value:
            raise RefusedError("has no values", remedy, subject="{noun} ")
        return value

    return BeforeValidator(some)


def _schema(kind: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **more})


_DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_NUMBER = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": r"^\d+(\.\d+)?(%|/[1-9]\d*)?$"},
    ]
}
Text = Annotated[str, plain(_text), _schema("string", pattern=r"\S")]
Title = Annotated[Words, plain(_title), named("words")]
Said = Annotated[Words, plain(_words, NO_WORDS), named("words")]
"""A text in both languages that may reach a person: no guardrail is broken by it."""
Day = Annotated[date, plain(_day), WithJsonSchema(_DAY)]
Cites = Annotated[list[Any], plain(_cited), named("cite")]
Codes = Annotated[list[str], plain(_codes), named("jurisdictions")]
Condition = Annotated[Any, named("condition")]
Formula = Annotated[Any, named("formula")]
Name = Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^{NAME}$"})]
OwnFact = Annotated[str, WithJsonSchema({"type": "string", "pattern": OWN_FACT})]
Guardrail = Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^({'|'.join(GUARDRAILS)})$"})]
Id = Annotated[
    Any,
    _schema("string", pattern=ID),
    Field(description="upper case letters, digits and dashes; never reused"),
]
Key = Annotated[Any, _schema("string")]

_TEXT = {"type": "string", "pattern": r"\S"}
VALUES: dict[str, Schema] = {
    "words": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"zh": _TEXT, "en": _TEXT},
        "required": ["zh", "en"],
    },
    "cite": {
        "anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}],
        "description": "sources",
    },
    "jurisdictions": {
        "type": "array",
        "minItems": 1,
        "items": {"type": "string", "pattern": f"^{_JURISDICTION}$"},
        "description": "ISO 3166 codes",
    },
}
"""The definitions of the values above that models name."""


# -- what packs declare -----------------------------------------------------------------------


class SourceItem(Section):
    """What `cite` may name."""

    noun = "source `{key}`"
    title: Title
    instrument: Text = ""
    url: Text = ""
    confidence: Text = ""


class ValueItem(Section):
    """A parameter's value from a day on."""

    noun = "a value of `{key}`"
    start: Annotated[date | None, plain(_start), WithJsonSchema({"anyOf": [{"const": "beginning"}, _DAY]})] = Field(
        alias="from", description="the first day it holds, or `beginning`"
    )
    value: Annotated[Any, plain(_number), WithJsonSchema(_NUMBER)] = Field(description="such as 3, 12.50, 5/6 or 30%")
    cite: Cites
    verified: Annotated[date | None, plain(_verified), WithJsonSchema({"anyOf": [{"const": False}, _DAY]})] = Field(
        default=None, description="when somebody checked it, or false"
    )


class ParameterItem(Section):
    """A value that a shop might change; one of an extended pack is restated with new values alone."""

    noun = "parameter `{key}`"
    kind: Annotated[Kind, OneOf(NUMBER_KINDS)] = ABSENT
    title: Title = ABSENT
    by: DateBy = Field(default=ABSENT, description="which date chooses the value")
    better: Literal["higher", "lower"] | None = Field(
        default=None, description="for the buyer; needed when a guarantee reads it"
    )
    values: Annotated[
        list[ValueItem],
        _some("write `values: [{from: beginning, value: …, cite: …}]`"),
        Field(min_length=1),
    ]


class FactItem(Section):
    """A fact that a case gives under `facts`."""

    noun = "fact `{key}`"
    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["default"]}, {"required": ["question"]}],
            "if": {"properties": {"kind": {"const": "enum"}}},
            "then": {"required": ["values"]},
            "else": {"properties": {"values": False}},
        }
    )
    kind: Annotated[Kind, OneOf(FACT_KINDS)]
    values: Annotated[tuple[str, ...], plain(_texts), _schema("array", minItems=1, items={"type": "string"})] = ()
    default: Annotated[Any, WithJsonSchema({"type": ["boolean", "integer", "string"]})] = Field(
        default=None, description="what absent means"
    )
    question: Said = Field(default=ABSENT, description="asked for it where it may be unknown")


def _named_values() -> list[Any]:
    return [
        {
            "if": {"properties": {"of": {"const": fact.name}}},
            "then": {"properties": {"values": {"items": {"enum": list(fact.values)}}}},
        }
        for fact in FACTS
        if fact.kind == "enum"
    ]


_WITH_VALUES = {
    "anyOf": [{"enum": [fact.name for fact in FACTS if fact.kind == "enum"]}, {"type": "string", "pattern": OWN_FACT}]
}


class GroupItem(Section):
    """A named list of a fact's values."""

    noun = "group `{key}`"
    model_config = ConfigDict(json_schema_extra={"allOf": _named_values()})
    of: Annotated[Any, WithJsonSchema(_WITH_VALUES)]
    values: Annotated[list[Any], _some(""), _schema("array", minItems=1, items={"type": "string"})]


class DefinitionItem(Section):
    """A named formula or a named condition."""

    noun = "definition `{key}`"
    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["formula"]}, {"required": ["when"]}]})
    title: Title
    formula: Formula = None
    when: Condition = None


class AssumptionItem(Section):
    """What cannot be otherwise."""

    noun = "the assumption"
    id: Id
    assume: Condition
    because: Said


# -- rules and guarantees ---------------------------------------------------------------------


class InForceItem(Section):
    """The days on which something holds; on `until` it no longer does."""

    noun = "`in_force`"
    start: Day = Field(default=ABSENT, alias="from")
    until: Day = ABSENT
    by: DateBy = "claim_opened"


class RuleItem(Section):
    """A rule: when its condition holds and nothing overrides it, its answers stand."""

    noun = "the rule"
    id: Id
    cite: Cites
    when: Condition = None
    then: Annotated[Any, named("then")]
    overrides: Annotated[list[str], plain(_overrides), _schema("array", items={"type": "string", "pattern": ID})] = (
        Field(default=ABSENT, description="rules it silences")
    )
    because: Annotated[Said, Field(description="shown as the reason; facts and parameters in braces")]
    in_force: InForceItem | None = None
    jurisdictions: Codes = ABSENT
    chapter: Said = ABSENT


class DeadlineItem(Section):
    """Something due so many hours after a moment."""

    noun = "the deadline"
    within_hours: Annotated[Any, WithJsonSchema({"type": "string", "pattern": f"^{NAME}$"})]
    after: Annotated[str, OneOf(AFTER)]


class FloorItem(Section):
    """What no decision falls below."""

    noun = "`must`"
    model_config = ConfigDict(json_schema_extra={"minProperties": 1})
    not_declined: Annotated[bool, plain(_promise), WithJsonSchema({"const": True})] = False
    refund_at_least: Formula = None
    return_payer_not: Literal["buyer"] = ABSENT
    replacement_payer_not: Literal["buyer"] = ABSENT


class GuaranteeItem(Section):
    """A floor under every decision."""

    noun = "the guarantee"
    id: Id
    cite: Cites
    when: Condition
    must: FloorItem
    because: Said
    in_force: InForceItem | None = None
    jurisdictions: Codes = ABSENT


class MonotoneItem(Section):
    """What more of a fact does to the buyer."""

    noun = "`monotone`"
    fact: Key
    buyer: Literal["never_worse", "never_better"]


class InvariantItem(Section):
    """What is so of every decision that no person has to make."""

    noun = "the invariant"
    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["must"]}, {"required": ["monotone"]}]})
    id: Id
    when: Condition = None
    must: Condition = Field(default=None, description="what is so of every decision; may read facts and answers")
    monotone: MonotoneItem = ABSENT
    because: Said


class AcceptedItem(Section):
    """A finding of `check` that the pack lives with, and why."""

    noun = "the accepted finding"
    finding: Text
    because: Said


# -- what is said to people -------------------------------------------------------------------


def _keyed(places: tuple[Place, ...]) -> dict[str, Any]:
    """Return the schema that says which of the keys goes with which place."""
    keyed = []
    for place in places:
        then: Schema = {"properties": {key: False for key in KEYS if key != place.key}}
        keyed.append(
            {
                "if": {"properties": {"say": {"const": place.name}}, "required": ["say"]},
                "then": {**then, "required": [place.key]} if place.key else then,
            }
        )
    return {"allOf": keyed}


class WordingItem(Section):
    """A text to the buyer or the agent."""

    noun = "the text"
    say: str
    when: Annotated[Any, named("traits")] = Field(default=None, description="the decisions it is for")
    rule: Key = ""
    fact: Key = ""
    instruction: Key = ""
    deadline: Key = ""
    zh: Annotated[str, plain(_spoken), _schema("string", pattern=r"\S")]
    en: Annotated[str, plain(_spoken), _schema("string", pattern=r"\S")]


_PLACE = Field(description="its place in the message")


class MessageItem(WordingItem):
    """A text to the buyer."""

    model_config = ConfigDict(json_schema_extra=_keyed(PLACES["messages"]))
    say: Annotated[str, OneOf(place.name for place in PLACES["messages"]), _PLACE]


class ScriptItem(WordingItem):
    """A text to the agent."""

    model_config = ConfigDict(json_schema_extra=_keyed(PLACES["scripts"]))
    say: Annotated[str, OneOf(place.name for place in PLACES["scripts"]), _PLACE]


# -- files ------------------------------------------------------------------------------------


class Head(Section):
    """What a pack is."""

    pack: Annotated[Any, _schema("string", pattern="^[^/]+$")] = Field(default=None, description="the folder's name")
    version: Annotated[str, plain(_version), _schema("string", pattern=_VERSION)] = ABSENT
    title: Title = ABSENT
    extends: Annotated[Any, _schema("array", items={"type": "string"})] = Field(
        default=None, description="packs beside this one, or paths"
    )
    jurisdictions: Annotated[list[str], _head("jurisdictions", are_jurisdictions), named("jurisdictions")] = ABSENT
    currency: Annotated[
        str,
        _head("currency", lambda value: isinstance(value, str) and is_currency(value)),
        _schema("string", pattern="^[A-Z]{3}$"),
    ] = Field(default=ABSENT, description="ISO 4217, such as `CNY`")
    time_zone: Annotated[str, _head("time_zone", _is_zone), _schema("string")] = Field(
        default=ABSENT, description="such as `Asia/Shanghai`"
    )
    language: Annotated[
        str, _head("language", lambda value: value in ("zh", "en")), WithJsonSchema({"enum": ["zh", "en"]})
    ] = ABSENT
    complete: bool = Field(default=True, description="false: made to be extended")


class PackFile(Section):
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


class PackHead(PackFile, Head):
    """The file of a pack that says what it is, and may hold all that others may."""

    noun = "the pack"
    model_config = ConfigDict(
        title="A file of a refundrules pack",
        json_schema_extra={"dependentRequired": {"pack": ["version", "title"], **_WITH_PACK}},
    )
