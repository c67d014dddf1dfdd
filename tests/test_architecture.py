"""How the library is put together: rooms and who may import whom, what is public, what stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

import refundrules

FOLDER = Path(refundrules.__file__).parent
ROOT = FOLDER.parent
FILES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(FOLDER.rglob("*.py"))
    if path != FOLDER / "__init__.py" and "rules" not in path.relative_to(FOLDER).parts[:1]
}
"""Every module by its name below `refundrules`; a package stands for its `__init__`."""
ROOMS = sorted(name for name, path in FILES.items() if path.name == "__init__.py" and "." not in name)
LONGEST = 800


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a file parsed; nothing may change it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def docstring(name: str) -> str:
    return ast.get_docstring(tree_of(FILES[name])) or ""


def room_of(name: str) -> str:
    return name.partition(".")[0]


def imports(path: Path) -> Iterator[str]:
    """Yield the modules of ours that a file imports, wherever in it, also for types only; the public face is ``."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            whole = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            whole = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for word in whole:
            if word.partition(".")[0] == "refundrules":
                inner = word.removeprefix("refundrules").removeprefix(".")
                yield inner if inner in FILES else inner.rpartition(".")[0]


def foreign(path: Path) -> set[str]:
    """Return the first word of everything from outside that a module imports."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found - {"refundrules"}


IMPORTS = {name: set(imports(path)) - {name} for name, path in FILES.items()}


def may_import(room: str) -> set[str]:
    """Return the rooms that a room says it may import from."""
    said = re.search(r"May import: ([^.]+)\.", docstring(room).replace("\n", " "))
    assert said, f"{room}/__init__.py does not say what it may import"
    return set(FILES) if said[1] == "everything" else {word.strip() for word in said[1].split(",")}


def in_a_new_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    return done.stdout.strip()


# -- rooms ----------------------------------------------------------------------------------------


def test_every_module_but_a_few_stands_in_a_room() -> None:
    assert sorted(name for name in FILES if "." not in name and name not in ROOMS) == ["__main__", "display", "errors"]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_where_it_says_it_may(room: str) -> None:
    allowed = may_import(room) | {room}
    wrong = [
        f"{name} imports {found or 'the public face'}"
        for name in FILES
        if room_of(name) == room
        for found in IMPORTS[name]
        if not found or room_of(found) not in allowed
    ]
    assert wrong == []


def test_what_rooms_may_import_has_no_circle_and_names_only_what_is_there() -> None:
    allowed = {room: may_import(room) - {room} for room in ROOMS if may_import(room) != set(FILES)}
    assert {word for words in allowed.values() for word in words} <= {*ROOMS, "display", "errors"}
    list(TopologicalSorter(allowed).static_order())


def test_no_module_is_part_of_a_circle_of_imports_not_even_inside_a_function_or_for_a_type() -> None:
    try:
        list(TopologicalSorter({name: found & set(FILES) for name, found in IMPORTS.items()}).static_order())
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_of_one_subject_and_says_which(name: str) -> None:
    lines = FILES[name].read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST
    assert len(docstring(name).partition("\n")[0]) > 10 or name == "__main__"


def test_no_module_is_named_for_nothing_in_particular() -> None:
    words = {word for name in FILES for word in name.split(".")}
    assert {"base", "common", "core", "helpers", "misc", "utils"} & words == set()


# -- who tests it --------------------------------------------------------------------------------

UNTESTED = {"engine.cache", "engine.cache_keys", "explain.what_if.reachable", "testing.patching"}
"""Only laws over whole decisions hold these; they are to go."""


def homes() -> dict[str, str]:
    """Return the module that each public name comes from, as the stub says."""
    stub = tree_of(FOLDER / "__init__.pyi")
    return {
        str(alias.asname): str(node.module).removeprefix("refundrules.")
        for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }  # fmt: skip


def held_by(path: Path) -> set[str]:
    """Return what a file of tests is of: what it is named for, and the modules that it imports, by public names too."""
    nodes = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.ImportFrom)]
    public = {alias.name for node in nodes if node.module == "refundrules" for alias in node.names}
    return {
        path.stem.removeprefix("test_"),
        *imports(path),
        *(home for name, home in homes().items() if name in public),
    }


@pytest.mark.parametrize("room", [*ROOMS, ""])
def test_every_module_has_a_test_in_its_room_that_would_name_it(room: str) -> None:
    held = {name for path in (ROOT / "tests" / room).glob("test_*.py") for name in held_by(path)}
    modules = {name for name, path in FILES.items() if path.name not in ("__init__.py", "__main__.py")} - UNTESTED
    inside = {name for name in modules if (room_of(name) if "." in name else "") == room}
    assert {name for name in inside if not {name, name.rpartition(".")[2]} & held} == set()


# -- what comes from outside ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("durable_rules_engine", {"engine.matchers.durable"}),
        ("durable", set()),
        ("jinja2", {"rendering.pages"}),
        ("rich", {"text.to_terminal", "cli.tables"}),
        ("pyarrow", {"backtesting.history"}),
    ],
)
def test_a_foreign_library_stays_where_it_is_used(library: str, homes: set[str]) -> None:
    assert {name for name, path in FILES.items() if library in foreign(path)} == homes


def test_click_stays_on_the_command_line() -> None:
    assert {room_of(name) for name, path in FILES.items() if "click" in foreign(path)} == {"cli"}


def test_only_one_module_knows_durable_rules() -> None:
    knows = [name for name, path in FILES.items() if "durable_rules" in path.read_text(encoding="utf-8")]
    assert knows == ["engine.matchers.durable"]


@pytest.mark.process
def test_importing_the_library_loads_nothing_from_outside_the_standard_library() -> None:
    code = (
        "import sys, sysconfig; before = set(sys.modules); import refundrules; "
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}; "
        "print(sorted(new - set(sys.stdlib_module_names) - {'refundrules'}))"
    )
    assert in_a_new_python(code) == "[]"


def test_deciding_and_printing_a_decision_reads_no_template() -> None:
    code = "import sys, refundrules.rendering.forms, refundrules.cli.main; print('jinja2' in sys.modules)"
    assert in_a_new_python(code) == "False"


# -- what no module does ----------------------------------------------------------------------------

COPYING = {"explain.what_if.reachable", "testing.patching"}
"""Made of another object's attributes; what decides by programs will do without them."""
_FIELDS_OF_TUPLES = {"_asdict", "_fields", "_make", "_replace"}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name not in _FIELDS_OF_TUPLES


def names_made(tree: ast.Module) -> Iterator[str]:
    """Yield what a module defines or sets, on whatever object."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def foreign_privates(text: str) -> list[str]:
    """Return the underscored names that a module takes from modules or objects which are not its own."""
    tree = ast.parse(text)
    made = set(names_made(tree))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("refundrules"):
            found += [f"{node.module}.{alias.name}" for alias in node.names if is_private(alias.name)]
        elif isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr not in made:
            found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("name", FILES)
def test_no_module_touches_a_private_name_of_another(name: str) -> None:
    assert foreign_privates(FILES[name].read_text(encoding="utf-8")) == []


def test_a_private_name_of_another_module_is_found() -> None:
    text = """
from refundrules.expr import formula as fm
from refundrules.expr.formula import _tokens
from refundrules.errors import __version__
class Own:
    def __init__(self, plan):
        self._kept = plan._test(fm._same)._replace(a=1)
        plan._kept
"""
    assert sorted(foreign_privates(text)) == ["fm._same", "plan._test", "refundrules.expr.formula._tokens"]


def calls(name: str) -> list[str]:
    tree = tree_of(FILES[name])
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_text_becomes_code_in_one_module_only() -> None:
    assert {name for name in FILES if {"eval", "exec", "compile"} & set(calls(name))} == {"expr.compile"}


def test_no_object_takes_over_the_attributes_of_another_but_those_that_are_to_go() -> None:
    assert {name for name in FILES if any(call.endswith("__dict__.update") for call in calls(name))} == COPYING


# -- what is public -------------------------------------------------------------------------------


def test_the_public_names_are_sorted_and_each_one_is_there_with_a_docstring() -> None:
    assert refundrules.__all__ == sorted(refundrules.__all__)
    assert len(refundrules.__all__) > 20
    for name in refundrules.__all__:
        assert (getattr(refundrules, name).__doc__ or "").strip(), name


def test_the_stub_says_what_is_there() -> None:
    stub = tree_of(FOLDER / "__init__.pyi")
    said = [alias.asname for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(map(str, said)) == refundrules.__all__


def test_public_names_of_modules_are_sorted_and_there() -> None:
    for name in FILES:
        if name != "__main__":
            module = import_module(f"refundrules.{name}")
            public = getattr(module, "__all__", [])
            assert public == sorted(public), name
            assert [word for word in public if not hasattr(module, word)] == []


def test_dir_shows_the_public_names() -> None:
    assert dir(refundrules) == refundrules.__all__


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module `refundrules` has no `Refund`$"):
        refundrules.Refund  # noqa: B018


@pytest.mark.parametrize("name", FILES)
def test_a_default_is_named_so_that_every_type_checker_sees_it(name: str) -> None:
    tree = tree_of(FILES[name])
    fields = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and ast.unparse(call.func) == "Field"]
    assert [ast.unparse(call) for call in fields if call.args] == []


# -- the page about it ----------------------------------------------------------------------------

PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_the_page_lists_the_rooms_in_their_order() -> None:
    table = PAGE.partition("## Rooms")[2].partition("\n## ")[0]
    listed = [word for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for word in re.findall(r"`(\w+)`", row)]
    assert sorted(listed) == sorted([*ROOMS, "display", "errors"])
    for room in ROOMS:
        above = set(listed[: listed.index(room)])
        assert may_import(room) == set(FILES) or may_import(room) <= above, room


def test_every_file_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`((?:[\w-]+/)+[\w-]*(?:\.\w+)?)`", PAGE)) - {"refundrules/adapters/"}
    assert len(named) > 20
    missing = [name for name in named if not ((FOLDER / name).exists() or (ROOT / name).exists())]
    assert [name for name in missing if "<" not in name] == []
