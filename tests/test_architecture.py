"""How the library is put together: who may import whom, what is public, and what stays small and light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

import refundrules
from scripts.layout import READING_ORDER

FOLDER = Path(refundrules.__file__).parent
MODULES = {path.stem: path for path in sorted(FOLDER.glob("*.py"))}

LATER = {
    ("decision", "render"): "`Decision.render` shows itself; what it shows with is loaded only then",
    ("decision", "explanation"): "the type of what `Decision.why` returns",
    ("decision", "why"): "`Decision.why` explains itself when asked to",
    ("decision", "whynot"): "`Decision.why_not` too",
    ("engine", "ask"): "the type of what `Engine.next_question` returns",
    ("engine", "asking"): "`Engine.next_question` asks only when asked to",
    ("engine", "whatif"): "`Engine.what_if` decides many cases, and is loaded only then",
    ("backtestreport", "render_backtest"): "a report shows itself, too",
    ("backtestreport", "render_backtest_html"): "and as a page",
}
"""Imports, inside functions or for types only, of what comes later; each with its reason."""

LARGEST = 400
LONGER = {"trace": 440}
"""Modules longer than the rest may be, and how long: none may grow further."""


class Import(NamedTuple):
    module: str
    target: str
    lazy: bool


def imports_of(name: str) -> Iterator[Import]:
    """Yield every import of a module: the first word outside the library, the module's name inside it."""

    def walk(node: ast.AST, *, lazy: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(name, alias.name.removeprefix("refundrules.").partition(".")[0], lazy)
            elif isinstance(child, ast.ImportFrom):
                whole = child.module or ""
                if whole == "refundrules":
                    for alias in child.names:
                        yield Import(name, alias.name if alias.name in MODULES else "refundrules", lazy)
                else:
                    yield Import(name, whole.removeprefix("refundrules.").partition(".")[0], lazy)
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or for_types_only(child)
            yield from walk(child, lazy=lazy or inside)

    yield from walk(ast.parse(MODULES[name].read_text(encoding="utf-8")), lazy=False)


def for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def words_of(path: Path) -> Iterator[str]:
    """Yield the whole dotted name of everything a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


ORDERED = [name for name in MODULES if name != "__init__"]
WORDS = {name: list(words_of(path)) for name, path in MODULES.items()}
IMPORTS = {name: list(imports_of(name)) for name in MODULES}


def in_a_new_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=FOLDER.parent, timeout=60
    )
    return done.stdout.strip()


def test_every_module_has_its_place_in_the_reading_order() -> None:
    assert len(set(READING_ORDER)) == len(READING_ORDER)
    assert [name for name in ORDERED if name not in READING_ORDER] == []


@pytest.mark.parametrize("name", ORDERED)
def test_a_module_imports_only_from_modules_before_it(name: str) -> None:
    place = READING_ORDER.index(name)
    wrong = [
        found.target
        for found in IMPORTS[name]
        if found.target in MODULES
        and not (found.lazy and (name, found.target) in LATER)
        and READING_ORDER.index(found.target) >= place
    ]
    assert wrong == []


@pytest.mark.parametrize(("name", "target"), LATER)
def test_every_exception_from_the_order_is_still_needed(name: str, target: str) -> None:
    assert Import(name, target, True) in IMPORTS[name]
    assert READING_ORDER.index(target) > READING_ORDER.index(name)


@pytest.mark.parametrize("name", ORDERED)
def test_no_module_imports_from_the_public_face(name: str) -> None:
    assert "refundrules" not in [found.target for found in IMPORTS[name]]


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("durable", {"durable"}),
        ("durable_rules", {"durable"}),
        ("durable_rules_engine", {"durable"}),
        ("rich", {"render_terminal", "render_tables"}),
        ("pyarrow", {"pastcases"}),
        ("click", {name for name in MODULES if name == "shell" or name.partition("_")[0] == "cli"}),
    ],
)
def test_a_foreign_library_stays_where_it_is_used(library: str, homes: set[str]) -> None:
    # One of our modules is called `durable` too, so whole dotted names are compared.
    homes |= {name for name in ORDERED if library == "click" and name.startswith("cli_")}
    users = {name for name, words in WORDS.items() if any(word.partition(".")[0] == library for word in words)}
    assert users <= homes


def test_durable_rules_is_imported_somewhere() -> None:
    text = MODULES["durable"].read_text(encoding="utf-8")
    assert "durable_rules_engine" in text
    assert [name for name in ORDERED if "durable_rules" in MODULES[name].read_text(encoding="utf-8")] == ["durable"]


def test_the_public_names_are_sorted_and_each_one_is_there_with_a_docstring() -> None:
    assert refundrules.__all__ == sorted(refundrules.__all__)
    assert sorted(refundrules._HOMES) == refundrules.__all__
    for name in refundrules.__all__:
        assert (getattr(refundrules, name).__doc__ or "").strip(), name


def test_public_names_of_modules_are_sorted_and_there() -> None:
    for name in ORDERED:
        if name != "__main__":
            public = getattr(import_module(f"refundrules.{name}"), "__all__", [])
            assert public == sorted(public), name
            assert [word for word in public if not hasattr(import_module(f"refundrules.{name}"), word)] == []


def test_dir_shows_the_public_names() -> None:
    assert dir(refundrules) == refundrules.__all__


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module `refundrules` has no `Refund`$"):
        refundrules.Refund  # noqa: B018


def test_no_module_is_named_for_nothing_in_particular() -> None:
    assert {"base", "common", "core", "helpers", "misc", "utils"} & set(MODULES) == set()


@pytest.mark.parametrize("name", MODULES)
def test_a_module_fits_in_one_reading(name: str) -> None:
    lines = len(MODULES[name].read_text(encoding="utf-8").splitlines())
    assert lines <= LONGER.get(name, LARGEST)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_what_it_is_for(name: str) -> None:
    first = (ast.get_docstring(ast.parse(MODULES[name].read_text(encoding="utf-8"))) or "").partition("\n")[0]
    assert len(first) > 10


def test_importing_the_library_loads_neither_pydantic_nor_yaml() -> None:
    code = "import sys, refundrules; print(sorted({'pydantic', 'yaml', 'rich', 'click'} & set(sys.modules)))"
    assert in_a_new_python(code) == "[]"


@pytest.mark.parametrize("name", MODULES)
def test_a_default_is_named_so_that_every_type_checker_sees_it(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    fields = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and ast.unparse(call.func) == "Field"]
    assert [ast.unparse(call) for call in fields if call.args] == []
