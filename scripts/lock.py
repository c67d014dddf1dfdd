"""Write `requirements/*.txt`: the newest set of packages that pyproject.toml allows, with the hash of every file.

One file for what builds (`build`), one for each kind of environment (`run` and every extra), and one for the package that
comes as source only, because an environment may have to do without it. All of them agree on the versions. They are for every
Python from 3.11 on and every system at once, and name no index: whoever installs chooses where from.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
SOURCE_ONLY = "durable-rules"
SOURCE_BUILDS_WITH = "setuptools"
HEADER = "# Written by `make lock`.\n"


def main() -> int:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = list(pyproject["project"]["optional-dependencies"])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        venv.create(folder / "venv", with_pip=True)
        python = str(folder / "venv" / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)

        build, source, everything = (folder / f"{name}.in" for name in ("build", "source", "everything"))
        build.write_text("\n".join([*pyproject["build-system"]["requires"], SOURCE_BUILDS_WITH]))
        (line,) = (line for line in pyproject["project"]["dependencies"] if line.startswith(SOURCE_ONLY))
        source.write_text(line)

        def resolve(*what: str | Path) -> str:
            command = [python, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
            command += ["--python-version", "3.11", "--no-header", "--no-annotate", *map(str, what)]
            return subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout

        everything.write_text(resolve("pyproject.toml", "--all-extras", build))
        kinds = {kind: ["pyproject.toml", *(["--extra", kind] if kind != "run" else [])] for kind in ("run", *extras)}
        FOLDER.mkdir(exist_ok=True)
        for name, what in {"build": [build], "source": [source], **kinds}.items():
            without = [] if name == "source" else ["--no-emit-package", SOURCE_ONLY]
            locked = resolve(*what, "--constraint", everything, *without)
            (FOLDER / f"{name}.txt").write_text(HEADER + locked, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
