"""Writes the reference pages of docs/reference from the models, the facts and the commands.

`python tests/documents.py` writes them; `test_docs.py` fails while one is stale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from refundrules.case.facts import FACTS
from refundrules.cli.main import commands
from refundrules.cli.schema import json_schema

Schema = dict[str, Any]
ROOT = Path(__file__).resolve().parent.parent


def pages() -> dict[str, str]:
    """Return every reference page: its name in docs/reference, and its text."""
    return {name: f"{_HEAD}{write()}".rstrip() + "\n" for name, write in _PAGES.items()}


_HEAD = "<!-- Written by scripts/reference.py; edit what it reads instead. -->\n"


def _case() -> str:
    schema = json_schema("case")
    text = (
        "# The case\n\nEvery field of a case, from its models. Absent and null mean the same; a field marked `?` is unknown "
        "while it is\nabsent, one with a default has it. Amounts are decimals in the order's currency, never floats.\n"
    )
    return text + _models(schema, "Case", "case")


def _decision() -> str:
    schema = json_schema("decision")
    text = (
        "# The decision\n\nEvery field of a decision, from its models (schema `refundrules.decision/1`). What does not apply, "
        "or is not definite yet,\nis null. [trace.md](../trace.md) describes the trace.\n"
    )
    return text + _models(schema, "Decision", "decision")


def _models(schema: Schema, root: str, title: str) -> str:
    """Return a table for each model, in the order they are met."""
    models, text = {root: schema, **schema["$defs"]}, ""
    places: dict[str, str] = {root: title}
    queue = [root]
    for name in queue:
        model = models[name]
        text += f"\n## {places[name]}\n\n"
        if "description" in model:
            text += f"{model['description'].splitlines()[0]}\n\n"
        text += "| field | type | default | meaning |\n|---|---|---|---|\n"
        required = model.get("required", ())
        for field, data in model["properties"].items():
            inner, many = _inner(data, models)
            if inner and inner not in places:
                prefix = "" if name == root else f"{places[name].strip('`')}."
                places[inner] = f"`{prefix}{field}{'[]' if many else ''}`"
                queue.append(inner)
            default = "required" if title == "case" and field in required else _default(data)
            meaning = data.get("description", "").replace("|", "\\|").replace("\n", " ")
            text += f"| `{field}` | {_type(data, models)} | {default} | {meaning} |\n"
    return text


def _inner(data: Schema, models: dict[str, Schema]) -> tuple[str | None, bool]:
    """Return the model a field holds, and whether it holds a list of them."""
    for part in (data, *data.get("anyOf", ())):
        if "$ref" in part:
            return part["$ref"].rpartition("/")[2], False
        if "$ref" in part.get("items", {}):
            return part["items"]["$ref"].rpartition("/")[2], True
    return None, False


def _type(data: Schema, models: dict[str, Schema]) -> str:
    if "$ref" in data:
        return "mapping"
    if "enum" in data:
        return " ".join(f"`{word}`" for word in data["enum"])
    if "const" in data:
        return f"`{data['const']}`"
    if "anyOf" in data:
        kinds = list(dict.fromkeys(_type(part, models) for part in data["anyOf"]))
        unknown = " ?" if "null" in kinds else ""
        kinds = [kind for kind in kinds if kind != "null"]
        return ("decimal" if kinds == ["text", "number"] else " or ".join(kinds)) + unknown
    if data.get("type") == "array":
        return f"list of {_type(data.get('items', {}), models)}"
    if "pattern" in data and data["pattern"].startswith(_TIME):
        return "time"
    return _NAMES.get(data.get("type", ""), "anything")


_TIME = r"^\d{4}"
_NAMES = {
    "string": "text", "integer": "whole number", "boolean": "true or false", "object": "mapping", "number": "number",
    "null": "null", "array": "list",
}  # fmt: skip


def _default(data: Schema) -> str:
    value = data.get("default")
    return "" if value is None or value in ([], {}) else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _facts() -> str:
    text = (
        "# Facts\n\nThe facts that rules may read. `?` marks one that may be unknown: a rule never takes that for no. A pack "
        "may declare\nmore. `refundrules facts` prints the same for a pack.\n\n"
        "| fact | kind | how it follows, or what is asked | input |\n|---|---|---|---|\n"
    )
    for fact in FACTS:
        kind = fact.kind + (" ?" if fact.optional else "")
        about = fact.derivation or (fact.question.en if fact.question else "")
        if fact.values:
            about += (": " if about else "") + " ".join(f"`{value}`" for value in fact.values)
        paths = " ".join(f"`{path}`" for path in fact.inputs if path != fact.name)
        text += f"| `{fact.name}` | {kind} | {about.replace('|', chr(92) + '|')} | {paths} |\n"
    return text


def _commands() -> str:
    text = "# Commands\n\nExit status: 0 done, 1 a check or test found something, 2 bad input or bad policy, 3 a bug of ours.\n"
    for context in _walk(commands, "refundrules"):
        text += f"\n## {context.command_path}\n\n```text\n{context.command.get_help(context)}\n```\n"
    return text


def _walk(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[click.Context]:
    """Yield a context for a command and each below it; as in a call, options of help come from the parent."""
    settings = {**command.context_settings, "terminal_width": 100, "max_content_width": 100}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield context
    if isinstance(command, click.Group):
        for inner in sorted(command.commands):
            yield from _walk(command.commands[inner], inner, context)


_PAGES: dict[str, Callable[[], str]] = {
    "case.md": _case, "decision.md": _decision, "facts.md": _facts, "commands.md": _commands,
}  # fmt: skip
