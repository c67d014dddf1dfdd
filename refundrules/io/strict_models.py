"""Mappings of YAML files as models: closed, read without a guess, every problem at once with its line and words.

A model says three things in one place: what a file may hold, what a message says of what it may not, and the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import core_schema

from refundrules.errors import Problem, did_you_mean, listed, quoted
from refundrules.errors import plain as shown
from refundrules.io.schema_paths import Schema
from refundrules.io.strict_yaml import Map, Seq

ABSENT: Any = None
"""The default of a field that may be left out but may not be null."""
WRONG: Any = object()
"""Stands in a document for a value that was refused; the model holds None there, and all the rest is read."""


class RefusedError(ValueError):
    """A value that is refused: of each problem what, the remedy, and an excerpt where `{said}` stands.

    What is said may also name the `{field}`, the `{noun}` of its section and the `{value}`, or as `{shown}` without quotes.
    """

    def __init__(self, *said: tuple[str, str] | tuple[str, str, str]) -> None:
        super().__init__(said[0][0])
        self.said = said


class Section(BaseModel):
    """A mapping of a file. What is refused in it is noted and is None, so that all the rest is read and checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    noun: ClassVar[str]
    """What messages call it; `{key}` is the name or number under which it stands in the file."""

    def __init_subclass__(cls, noun: str = "", **config: Any) -> None:
        cls.noun = noun

    @classmethod
    def words(cls) -> dict[str, FieldInfo]:
        """Return the words it may hold, and the field of each."""
        return {field.alias or name: field for name, field in cls.model_fields.items()}

    @model_validator(mode="wrap")
    @classmethod
    def _noted(cls, data: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
        if data is WRONG:
            return None
        if not isinstance(data, Map):
            raise RefusedError((f"{cls.noun} is not a mapping", f"it may hold {listed(list(cls.words()), 24)}"))
        whole = {**_required(cls), **data}
        try:
            return handler(whole)
        except ValidationError as error:
            notes: Any = info.context
            refusals: list[Any] = error.errors(include_url=False)
            for refused in refusals:
                notes.problems += _problems(cls, data, refused, notes)
                word, *entry = refused["loc"]
                if refused["type"] == "extra_forbidden":
                    whole.pop(word, None)
                elif entry:
                    container = whole[word] = copy(whole[word])
                    container[entry[0]] = WRONG
                else:
                    whole[word] = WRONG
            return handler(whole)

    @field_validator("*", mode="wrap")
    @classmethod
    def _unless_refused(cls, value: Any, handler: Callable[[Any], Any]) -> Any:
        return None if value is WRONG else handler(value)


@cache
def _required(section: type[Section]) -> dict[str, None]:
    """Return what must be there as null: what is missing says itself, in its field's words, what it wants."""
    return {word: None for word, field in section.words().items() if field.is_required()}


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


schema = WithJsonSchema


def checked(fits: Callable[[Any], object], what: str, remedy: str = "") -> BeforeValidator:
    """Mark a value that fits; else `what` is said of it, as in `RefusedError`."""

    def check(value: Any) -> Any:
        if not fits(value):
            raise RefusedError((what, remedy))
        return value

    return BeforeValidator(check)


# -- reading ----------------------------------------------------------------------------------

_S = TypeVar("_S", bound=Section)


class _Notes:
    """What is wrong so far with a document."""

    def __init__(self, document: Any, file: str, line: int) -> None:
        self.document, self.file, self.line = document, file, line
        self.problems: list[Problem] = []

    @cached_property
    def places(self) -> dict[int, tuple[int, str]]:
        """The line of each mapping, or of the entry of a section it is in, and the name or number of the entry."""
        return dict(_places(self.document, self.line, ""))


def _places(data: Any, line: int, key: str) -> Iterator[tuple[int, tuple[int, str]]]:
    yield id(data), (line, key)
    for value in data.values() if isinstance(data, Map) else ():
        yield id(value), (line, key)
        if isinstance(value, Map):
            for name, entry in value.items():
                yield from _places(entry, value.lines[name], key or name)
        elif isinstance(value, Seq):
            for at, entry in enumerate(value):
                yield from _places(entry, value.lines[at], key or str(at))


def read(model: type[_S], data: Any, file: str, line: int) -> tuple[_S | None, list[Problem]]:
    """Return what a mapping on a line of a file holds, and everything that is wrong with it; None: it is no mapping."""
    notes = _Notes(data, file, line)
    try:
        return model.model_validate(data, context=notes), list(dict.fromkeys(notes.problems))
    except ValidationError as error:
        what, remedy = error.errors()[0]["ctx"]["error"].said[0]
        return None, [Problem(f"{file}:{line}", what, remedy)]


def _problems(section: type[Section], data: Map, refused: Any, notes: _Notes) -> Iterator[Problem]:
    word, *entry = refused["loc"]
    line, key = notes.places[id(data)]
    if entry:
        line, word, key = data[word].lines[entry[0]], entry[0], key or str(entry[0])
    elif refused["type"] == "extra_forbidden" or not key:
        line = data.lines.get(word, line)
    where, value, error = f"{notes.file}:{line}", refused["input"], refused.get("ctx", {}).get("error")
    words = {"field": word, "noun": section.noun.format(key=key), "value": quoted(value), "shown": shown(value)}
    if refused["type"] == "extra_forbidden":
        yield unknown_word(where, word, section.words(), words["noun"])
    elif isinstance(error, RefusedError):
        for what, remedy, *said in error.said:
            yield Problem(where, what.format(**words, key=key, said="".join(said)), remedy)
    elif refused["type"] == "literal_error":
        yield not_one_of(where, f"`{word}`", value, _expected(refused))
    else:
        yield Problem(where, _SHAPES[refused["type"]].format(**words))


_SHAPES = {
    "list_type": "`{field}` is not a list",
    "dict_type": "`{field}` is not a mapping of names",
    "bool_type": "{value} is not true or false",
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
