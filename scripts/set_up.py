"""Make a virtual environment with this package (editable) and what it needs.

`set_up.py FOLDER KIND`, where KIND is `run` or an extra (`dev`, `bench`). An existing environment is brought up to date.
What is installed is the locked set of `requirements/` (wheels with the hashes written there, and nothing else, to build
with either), or with a third argument `newest`, the newest of everything that pyproject.toml allows.
durable-rules is shipped as source only. Where it cannot be built, everything else is installed and one line says so, because
the compiled matcher decides the same without it; with REQUIRE_DURABLE_RULES set, that is a failure instead.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import IO

SOURCE_ONLY = "durable-rules"
ROOT = Path(__file__).resolve().parent.parent


def main(folder: Path, kind: str, choice: str = "locked") -> int:
    folder = folder.absolute()
    python = folder / "bin" / "python"
    log = folder / "set-up.log"
    version = sys.version.split()[0]
    print(
        f"setting up {folder.name} ({kind}, {choice}) with Python {version}; the first time takes a minute", flush=True
    )
    if not (is_like_this_one(python) or succeeds([sys.executable, "-m", "venv", "--clear", str(folder)])):
        return fail(f"{folder} cannot be made (on Debian and Ubuntu: apt-get install python3-venv)")
    log.write_text("")

    needed, source_only = newest(kind) if choice == "newest" else locked(kind)
    if not all(install(python, log, *what) for what in needed):
        print("\n".join(log.read_text(errors="replace").splitlines()[-20:]), file=sys.stderr)
        return fail(f"the packages cannot be installed (all of pip's output: {log})")
    if not install(python, log, *source_only):
        why = f"{SOURCE_ONLY} cannot be built here: it needs a C compiler and Python's headers"
        if os.environ.get("REQUIRE_DURABLE_RULES"):
            return fail(f"{why} (all of pip's output: {log})")
        print(f"{why}; the compiled matcher, pure Python, decides instead (to change that: install both, make clean)")
    for done in {"run", kind}:
        (folder / f".ready-{done}").write_text(f"the {choice} set of packages\n")
    return 0


def locked(kind: str) -> tuple[list[list[str]], list[str]]:
    """Return what to tell pip, call by call, to install the locked set, and the source-only package of it."""
    hashed = ["--require-hashes", "-r"]
    return [
        ["--only-binary", ":all:", *hashed, "requirements/build.txt", *hashed, f"requirements/{kind}.txt"],
        ["--no-index", "--no-deps", "--no-build-isolation", "-e", "."],
    ], ["--no-deps", "--no-build-isolation", "--use-pep517", *hashed, "requirements/source.txt"]


def newest(kind: str) -> tuple[list[list[str]], list[str]]:
    """Return what to tell pip, call by call, to install the newest set, and the source-only package of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = project["dependencies"] + (project["optional-dependencies"][kind] if kind != "run" else [])
    is_source_only = re.compile(rf"{SOURCE_ONLY}\b").match
    (source_only,) = filter(is_source_only, asked)
    upgrade = ["--upgrade", "--upgrade-strategy", "eager"]
    return [[*upgrade, *(line for line in asked if line != source_only)], ["--no-deps", "-e", "."]], [
        *upgrade,
        source_only,
    ]


def is_like_this_one(python: Path) -> bool:
    """Return whether `python` runs and has the version of the running one."""
    command = [str(python), "-c", "import sys, pip; print(sys.version)"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.strip() == sys.version


def install(python: Path, log: Path, *what: str) -> bool:
    with log.open("a") as output:
        return succeeds([str(python), "-m", "pip", "install", "--disable-pip-version-check", *what], output)


def succeeds(command: list[str], output: IO[str] | None = None) -> bool:
    return subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, check=False).returncode == 0


def fail(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
