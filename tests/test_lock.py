"""The locked packages: all that is asked for, in versions that fit, with hashes, and without saying where they come from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.set_up import locked

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT, EXTRAS = PYPROJECT["project"], PYPROJECT["project"]["optional-dependencies"]
FILES = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "requirements").iterdir()}
ENTRY = re.compile(r"^([a-z0-9-]+)==([A-Za-z0-9.+!]+)(?: ; .+?)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n", re.MULTILINE)


def versions(name: str) -> dict[str, set[str]]:
    """Return the versions of each package that a file locks; more than one only where Pythons or systems differ."""
    found: dict[str, set[str]] = {}
    for entry in ENTRY.finditer(FILES[name]):
        found.setdefault(entry[1], set()).add(entry[2])
    return found


def test_every_extra_has_a_lock() -> None:
    assert FILES.keys() == {"build", "source", "run", *EXTRAS}


@pytest.mark.parametrize("name", FILES)
def test_a_lock_holds_versions_with_hashes_and_nothing_else(name: str) -> None:
    assert ENTRY.sub("", FILES[name]) == "# Written by `make lock`.\n"


@pytest.mark.parametrize("word", ["http", "://", "index", "find-links", "@"])
def test_a_lock_says_nowhere_where_packages_come_from(word: str) -> None:
    assert [name for name, text in FILES.items() if word in text] == []


@pytest.mark.parametrize("name", ["build", "run", *EXTRAS])
def test_a_lock_holds_a_fitting_version_of_every_package_asked_for(name: str) -> None:
    asked = PYPROJECT["build-system"]["requires"] if name == "build" else PROJECT["dependencies"] + EXTRAS.get(name, [])
    held = versions(name) | versions("source")
    for line in asked:
        wanted = Requirement(line)
        fitting = held.get(canonicalize_name(wanted.name), set())
        assert fitting, f"{name} lacks {line} (make lock)"
        assert all(wanted.specifier.contains(version) for version in fitting), f"{name}: {line} (make lock)"


def test_the_locks_agree() -> None:
    together: dict[str, set[str]] = {}
    for name in FILES:
        for package, found in versions(name).items():
            assert together.setdefault(package, found) == found, package


def test_whatever_is_set_up_from_the_lock_has_a_hash_or_is_here_already() -> None:
    for kind in ("run", *EXTRAS):
        needed, source_only = locked(kind)
        for what in (*needed, source_only):
            assert "--require-hashes" in what or "--no-index" in what
            assert "--only-binary" in what or "--no-build-isolation" in what, (
                "a build of its own fetches what it builds with"
            )


def test_make_installs_nothing_but_through_the_set_up() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in re.findall(r"^.*pip install.*$", makefile, re.MULTILINE):
        assert {"--no-index", "--no-build-isolation"} <= set(line.split())
