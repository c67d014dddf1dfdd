"""What a hunt finds, as a test to paste beside the law that does not hold."""

from __future__ import annotations

import ast
import builtins
import hashlib
import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SEARCH = re.compile(r"@reproduce_failure\(.*\)")


class Drawn:
    """Stands for `st.data()` in a test without Hypothesis: each draw gives the next of some values."""

    def __init__(self, *values: Any) -> None:
        self._values = iter(values)

    def draw(self, *_: Any, **__: Any) -> Any:
        return next(self._values)


class _Recorder:
    """Stands for `st.data()` in a law, and remembers what was drawn."""

    def __init__(self, data: Any) -> None:
        self._data = data
        self._drawn: list[str] = []

    def draw(self, *args: Any, **kwargs: Any) -> Any:
        value = self._data.draw(*args, **kwargs)
        self._drawn.append(repr(value))
        return value

    def __repr__(self) -> str:
        return f"Drawn({', '.join(self._drawn)})"


class Finding:
    """The last case in which a law did not hold: once the search is over, the smallest."""

    def __init__(self, item: Any) -> None:
        self._item = item
        self._law = item.parent.name if item.name == "runTest" else item.originalname
        self._arguments: dict[str, str] = {}

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Remember what the law is called with, for as long as it is searched."""
        handle = getattr(self._item.obj, "hypothesis", None)
        if handle is None:  # a state machine, whose steps Hypothesis tells
            yield
            return
        inner, signature = handle.inner_test, inspect.signature(handle.inner_test)

        def recorded(*args: Any, **kwargs: Any) -> Any:
            given = signature.bind(*args, **kwargs).arguments
            given = {name: _Recorder(value) if _is_data(value) else value for name, value in given.items()}
            told = {name: repr(value) for name, value in given.items() if not isinstance(value, _Recorder)}
            try:
                return inner(**given)
            except Exception:
                self._arguments = {name: told.get(name) or repr(value) for name, value in given.items()}
                raise

        handle.inner_test = recorded
        try:
            yield
        finally:
            handle.inner_test = inner

    def write(self, error: BaseException, folder: Path) -> None:
        """Write a test of the finding to a file of its own, named for the law and the case."""
        folder.mkdir(exist_ok=True)
        (folder / f"{self._name()}.py").write_text(self.text(error), encoding="utf-8")

    def text(self, error: BaseException) -> str:
        """Return a test of the finding, to paste into the law's own file."""
        notes = "\n".join(getattr(error, "__notes__", ()))
        search = _SEARCH.search(notes)
        lines = [f"# {self._item.nodeid} does not hold:", *_comment(f"{type(error).__name__}: {error}")]
        if search:
            lines += ["# Over the law, this repeats the search that found it:", *_comment(search[0])]
        if not self._arguments or not all(map(_is_code, self._arguments.values())):
            return "\n".join([*lines, "# What it found cannot be written as a test:", *_comment(notes), ""])
        fixtures = {
            name: getattr(self._item, "callspec", None) for name in self._arguments if name in self._item.funcargs
        }
        drawn = {name: text for name, text in self._arguments.items() if name not in fixtures}
        if not any(text.startswith("Drawn(") for text in drawn.values()):
            arguments = ", ".join(f"{name}={text}" for name, text in drawn.items())
            lines += ["# Over the law, this keeps the case among those it always looks at:", f"# @example({arguments})"]
        values = {name: spec.params[name] for name, spec in fixtures.items() if spec and name in spec.params}
        asked = ", ".join(name for name in fixtures if name not in values)
        body = [f"{name} = {value!r}" for name, value in values.items()]
        body += [f"{name} = {text}" for name, text in drawn.items()]
        body += [f"{self._law}.hypothesis.inner_test({', '.join(f'{name}={name}' for name in self._arguments)})"]
        lines += _imports(drawn.values(), self._item.module)
        lines += ["", "", f"def {self._name()}({asked}) -> None:"]
        lines += [f"    {line}" for piece in body for line in piece.splitlines()]
        return "\n".join([*lines, ""])

    def _name(self) -> str:
        told = f"{self._item.nodeid} {sorted(self._arguments.items())}"
        return f"{self._law}_found_{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def _is_data(value: Any) -> bool:
    return type(value).__name__ == "DataObject"


def _comment(text: str) -> list[str]:
    return [f"#   {line}".rstrip() for line in text.splitlines()]


def _is_code(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True


def _imports(texts: Any, module: Any) -> list[str]:
    """Return the import of what stands for drawn data, and the names that the law's file does not know."""
    names = {node.id for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    names -= {name for name in names if hasattr(builtins, name) or hasattr(module, name)}
    lines = ["from findings import Drawn"] if "Drawn" in names else []
    lines += ["from random import Random"] if "Random" in names else []
    strange = sorted(names - {"Drawn", "Random"})
    return [*lines, f"# To be imported too: {', '.join(strange)}"] if strange else lines
