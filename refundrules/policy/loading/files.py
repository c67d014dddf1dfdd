"""Finding and reading the files of packs, the extended ones first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from refundrules.errors import Problem, did_you_mean, listed
from refundrules.io.strict_yaml import Map, Seq, read_text, read_yaml


def shipped_packs() -> Path:
    """Return the folder of the packs that come with the library."""
    here = Path(__file__).resolve().parents[2]
    inside = here / "rules"
    return inside if inside.is_dir() else here.parent / "rules"


def pack_names() -> list[str]:
    """Return the names of the packs that come with the library."""
    return sorted(path.parent.name for path in shipped_packs().glob("*/pack.yaml"))


class PackFiles:
    """One pack as read: its head and its sections, each item with its place."""

    def __init__(self, name: str, head: Map, where: str) -> None:
        self.name, self.head, self.where = name, head, where
        self.sections: list[tuple[str, Map]] = []


class PackReader:
    """Finds and reads packs, the extended ones first."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.packs: list[PackFiles] = []

    def find(self, name: str, beside: Path | None, where: str = "") -> Path | None:
        candidates = [Path(name)] if beside is None else []
        if beside is not None:
            candidates = [beside / name, beside / f"{name}.yaml", beside / name / "pack.yaml"]
        if "/" not in name and os.sep not in name:
            candidates.append(shipped_packs() / name)
        for path in candidates:
            if _is_pack(path):
                return path.parent if path.name == "pack.yaml" else path
        known = pack_names()
        what = f"there is no pack `{name}`" if not _is_folder(Path(name)) else f"the folder `{name}` has no pack.yaml"
        self.problems.append(Problem(where, what, did_you_mean(name, known, f"shipped packs: {listed(known)}")))
        return None

    def read(self, place: Path, inside: tuple[str, ...]) -> None:
        files = [place] if place.is_file() else sorted([*place.glob("*.yaml"), *place.glob("*.yml")])
        parsed = [(name, document) for path in files for name, document in self._documents(path)]
        heads = [(name, document) for name, document in parsed if "pack" in document]
        if len(heads) != 1:
            if not self.problems:
                self.problems.append(
                    Problem(_shown(place), "has no `pack:`" if not heads else "names `pack:` more than once")
                )
            return
        where, head = heads[0]
        name = str(head["pack"])
        if place.is_dir() and place.name != name:
            self.problems.append(
                Problem(f"{where}:{head.lines['pack']}", f"`{name}` is not the folder's name", f"write `{place.name}`")
            )
        if name in inside:
            self.problems.append(
                Problem(f"{where}:{head.lines['pack']}", f"`{name}` extends itself", f"by way of {listed(inside)}")
            )
            return
        if any(pack.name == name for pack in self.packs):
            return
        self._extended(head, where, place, (*inside, name))
        pack = PackFiles(name, head, where)
        pack.sections = parsed
        self.packs.append(pack)

    def _documents(self, path: Path) -> Iterator[tuple[str, Map]]:
        name = _shown(path)
        text, problems = read_text(path, name)
        documents, more = read_yaml(text, name)
        self.problems += [*problems, *more]
        for document in documents:
            if isinstance(document, Map):
                yield name, document
            elif document is not None:
                self.problems.append(Problem(name, "is not a mapping of sections"))

    def _extended(self, head: Map, where: str, place: Path, inside: tuple[str, ...]) -> None:
        names = head.get("extends") or Seq(0)
        line = head.lines.get("extends", head.line)
        if not isinstance(names, Seq) or not all(isinstance(name, str) for name in names):
            self.problems.append(Problem(f"{where}:{line}", "`extends` is not a list of pack names"))
            return
        for name in names:
            found = self.find(name, place.parent, f"{where}:{line}")
            if found is not None:
                self.read(found, inside)


def _is_pack(path: Path) -> bool:
    try:
        return path.is_file() or (path / "pack.yaml").is_file()
    except OSError:  # a name too long, a folder that may not be entered
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
