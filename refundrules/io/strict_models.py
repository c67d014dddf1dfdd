"""Mappings of YAML files as models: closed, read without a guess, every problem at once with its line and words.

A model says three things in one place: what a file may hold, what a message says of what it may not, and the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, TypeVar, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import core_schema

from refundrules.errors import Problem, did_you_mean, listed, quoted
from refundrules.io.strict_yaml import Map, Seq

Schema = dict[str, Any]
ABSENT: Any = None
"""The default of a field that may be left out but may not be null."""
WRONG: Any = object()
"""Stands in a document for a value that was refused; the model holds None there, and all the rest is read."""


class RefusedError(ValueError):
    """A value that is refused, with what messages say of it; `subject` may name the `{field}` and its section's `{noun}`."""

    def __init__(self, what: str, remedy: str = "", *more: tuple[str, str], subject: str = "`{field}` ") -> None:
        super().__init__(what)
        self.said, self.subject = ((what, remedy), *more), subject


class Section(BaseModel):
    """A mapping of a file. A required field that is missing is read as null, so that it says itself what it wants."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    noun: ClassVar[str] = "the file"
    """What messages call it; `{key}` is the name or number under which it stands in the file."""
    also: ClassVar[str] = ""
    """The way out where it is no mapping."""

    @model_validator(mode="wrap")
    @classmethod
    def _with_what_is_missing(cls, data: Any, handler: Callable[[Any], Any]) -> Any:
        if data is WRONG:
            return None
        return handler({**_required(cls), **data} if isinstance(data, dict) else data)

    @field_validator("*", mode="wrap")
    @classmethod
    def _unless_refused(cls, value: Any, handler: Callable[[Any], Any]) -> Any:
        return None if value is WRONG else handler(value)

    @classmethod
    def words(cls) -> dict[str, str]:
        """Return the words it may hold, each with the name of its field."""
        return {field.alias or name: name for name, field in cls.model_fields.items()}


@cache
def _required(section: type[Section]) -> dict[str, None]:
    return {word: None for word, name in section.words().items() if section.model_fields[name].is_required()}


class OneOf:
    """Marks a text that is one of these words."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = list(words)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.literal_schema(self.words)


class SchemaOf:
    """Marks a value that is read elsewhere, and has the JSON Schema of a model."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model

    def __get_pydantic_json_schema__(self, schema: Any, handler: Callable[[Any], Schema]) -> Schema:
        return handler(self.model.__pydantic_core_schema__)


def named(name: str) -> WithJsonSchema:
    """Mark a value whose JSON Schema is the definition of that name, given to `schema_of`."""
    return WithJsonSchema({"named": name})


def plain(read: Callable[[Any], Any], otherwise: Any = None) -> PlainValidator:
    """Mark a value that a function returns, or raises `RefusedError` for; `otherwise` then stands in a mapping of such values."""
    return PlainValidator(lambda value: otherwise if value is WRONG else read(value))


# -- reading ----------------------------------------------------------------------------------

_S = TypeVar("_S", bound=Section)


def read(model: type[_S], data: Any, file: str, line: int) -> tuple[_S | None, list[Problem]]:
    """Return what a mapping on a line of a file holds, and everything that is wrong with it.

    What is refused is left out of the mapping, so that the rest can be read and checked. None: it is no mapping.
    """
    problems: dict[Problem, None] = {}
    while True:
        try:
            return model.model_validate(data), list(problems)
        except ValidationError as error:
            for refused in error.errors(include_url=False):
                spot = _spot(model, refused)
                problems |= dict.fromkeys(_problems(spot, refused, f"{file}:{_line(data, spot, line)}"))
                if not spot.path:
                    return None, list(problems)
                inner = data
                for step in spot.path[:-1]:
                    inner = inner[step]
                if spot.unknown:
                    inner.pop(spot.path[-1], None)
                else:
                    inner[spot.path[-1]] = WRONG


class _Spot(NamedTuple):
    """What was refused: the way to it, the section it is a field of, whether as an unknown word, and what it should be."""

    path: tuple[str | int, ...]
    section: type[Section]
    unknown: bool
    wanted: type[Section] | None


def _spot(model: type[Section], refused: Any) -> _Spot:
    """Follow the way to a refused value, as far as to a field or to an entry in it."""
    section: type[Section] = model
    here: type[Section] | None = model
    entries = False
    path: tuple[str | int, ...] = ()
    for step in refused["loc"]:
        if here is not None and not entries:
            section, path = here, (*path, step)
            if step not in here.words():
                return _Spot(path, section, unknown=True, wanted=None)
            here, entries = _held(here.model_fields[here.words()[step]].annotation)
            continue
        if entries:
            path, entries = (*path, step), False
            if here is not None:
                continue
        break
    return _Spot(path, section, unknown=False, wanted=None if entries else here)


def _held(annotation: Any) -> tuple[type[Section] | None, bool]:
    """Return the section that a field holds, None where it holds plain values, and whether it holds several."""
    if get_origin(annotation) in (list, dict):
        return _held(get_args(annotation)[-1])[0], True
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation, False
    inner = [_held(one) for one in get_args(annotation) if one is not type(None)]
    return inner[0] if inner else (None, False)


def _line(data: Any, spot: _Spot, line: int) -> int:
    """Return the line of the innermost entry on the way; of an unknown word and of a field of the file, its own."""
    for at, step in enumerate(spot.path):
        if at < 2 or isinstance(step, int) or (spot.unknown and at == len(spot.path) - 1):
            lines = dict(enumerate(data.lines)) if isinstance(data, Seq) else data.lines
            line = lines.get(step, line)
        if isinstance(data, Map) and step not in data:
            break
        data = data[step]
    return line


def _problems(spot: _Spot, refused: Any, where: str) -> Iterator[Problem]:
    value, error = refused["input"], refused.get("ctx", {}).get("error")
    field = spot.path[-1] if spot.path else ""
    key = str(spot.path[1]) if len(spot.path) > 1 else ""
    if spot.unknown:
        yield unknown_word(where, field, spot.section.words(), spot.section.noun.format(key=key))
    elif isinstance(error, RefusedError):
        subject = error.subject.format(field=field, noun=spot.section.noun.format(key=key))
        for what, remedy in error.said:
            yield Problem(where, f"{subject}{what}", remedy)
    elif spot.wanted is not None:
        yield Problem(where, f"{spot.wanted.noun.format(key=key)} is not a mapping", spot.wanted.also)
    elif refused["type"] == "literal_error":
        yield not_one_of(where, f"`{field}`", value, _expected(refused))
    else:
        what, remedy = _SHAPES[refused["type"]]
        yield Problem(where, what.format(field=field, value=quoted(value)), remedy)


_SHAPES = {
    "list_type": ("`{field}` is not a list", ""),
    "dict_type": ("`{field}` is not a mapping of names", ""),
    "bool_type": ("{value} is not true or false", ""),
}


def _expected(refused: Any) -> list[str]:
    return [word.strip("'") for word in refused["ctx"]["expected"].replace(" or ", ", ").split(", ")]


def unknown_word(where: str, word: object, known: Iterable[str], noun: str) -> Problem:
    """Return the problem that a word is none of those that a section may hold."""
    words = list(known)
    return Problem(where, f"unknown word `{word}` in {noun}", did_you_mean(word, words, f"one of {listed(words, 24)}"))


def not_one_of(where: str, what: str, value: object, known: Iterable[str]) -> Problem:
    """Return the problem that a value is none of the known words, or missing."""
    words = list(known)
    shown = "is missing" if value is None else f"{quoted(value)} is not one of its values"
    return Problem(where, f"{what} {shown}", did_you_mean(value, words, f"one of {listed(words)}"))


# -- the JSON Schema --------------------------------------------------------------------------


def schema_of(model: type[BaseModel], definitions: Mapping[str, Schema] = MappingProxyType({})) -> Schema:
    """Return the JSON Schema of a model, with the definitions that its fields name."""
    schema: Schema = _tidied(model.model_json_schema())
    inner = {**schema.pop("$defs", {}), **definitions}
    title = {"title": model.model_config["title"]} if "title" in model.model_config else {}
    return {**title, **schema, **({"$defs": inner} if inner else {})}


def _tidied(schema: Any) -> Any:
    """Return a generated schema without what only repeats names and nulls; names in patterns are all there are."""
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "named" in schema:
        schema = {"$ref": f"#/$defs/{schema['named']}", **{key: schema[key] for key in schema if key != "named"}}
    if "patternProperties" in schema:
        schema = {"additionalProperties": False, **schema}
    return {
        key: _tidied(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and value in (None, ""))
    }


def closed(properties: Schema, required: tuple[str, ...] = (), **more: Any) -> Schema:
    """Return the schema of a mapping of these fields and no others."""
    shape: Schema = {"type": "object", "additionalProperties": False, "properties": properties, **more}
    return {**shape, "required": list(required)} if required else shape


def several(item: Schema) -> Schema:
    """Return the schema of a list of one item or more."""
    return {"type": "array", "minItems": 1, "items": item}


def one_or_several(item: Schema) -> Schema:
    """Return the schema of an item, or a list of such items."""
    return {"anyOf": [item, several(item)]}
