"""What the library says, in each language: one file a language beside this package, `words/en.yaml`.

A file is sections of entries. An entry goes by its path, `phrase.decided`; a section is read when something of it is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from refundrules.errors import EngineError
from refundrules.io.strict_yaml import read_yaml

FOLDER = Path(__file__).resolve().parent.parent / "words"
_SECTION = re.compile(r"^(?=([\w-]+):)", re.MULTILINE)


def languages() -> tuple[str, ...]:
    """Return the languages there is a file for."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def say(key: str, language: str, *parts: object, **named: object) -> str:
    """Return an entry with its places filled in. Raises `EngineError` where there is none."""
    return _texts(language)[key].format(*parts, **named)


def alternatives(key: str, language: str) -> list[str]:
    """Return the texts that an entry holds, separated by commas."""
    return [text.strip() for text in say(key, language).split(",") if text.strip()]


def has(key: str, language: str) -> bool:
    """Return whether there is such an entry."""
    return _texts(language).has(key)


def entries(text: str, name: str) -> dict[str, str]:
    """Return the entries of a file, or of some of its sections, each by its path."""
    documents, problems = read_yaml(text, name)
    for document in documents if not problems else ():
        return dict(_flat(document, "", name))
    raise EngineError(f"the words cannot be read: {'; '.join(map(str, problems)) or f'{name} is empty'}")


def _flat(value: Any, path: str, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, f"{path}.{key}" if path else key, name)
    elif isinstance(value, str):
        yield path, value
    else:
        raise EngineError(f"{name}: `{path}` is not a text (put it in quotes)")


class _Texts(dict[str, str]):
    """The entries of a language that were read so far."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.name = f"{language}.yaml"
        _, *parts = _SECTION.split((FOLDER / self.name).read_text(encoding="utf-8"))
        self.unread = dict(zip(parts[::2], parts[1::2], strict=True))

    def has(self, key: str) -> bool:
        section = key.partition(".")[0]
        if section in self.unread:
            self.update(entries(self.unread[section], self.name))
            self.unread.pop(section, None)
        return key in self

    def __missing__(self, key: str) -> str:
        if self.has(key):
            return self[key]
        raise EngineError(f"{self.name} has no `{key}`")


@cache
def _texts(language: str) -> _Texts:
    return _Texts(language)
