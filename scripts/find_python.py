"""Print the path of an interpreter of the asked version that really runs; exit 1 if there is none.

`find_python.py 3.12` looks on the PATH and among pyenv's versions: a pyenv shim may be on the PATH and yet
not run. `find_python.py --is 3.12` only says, by its exit status, whether the running Python is a 3.12.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


def main(args: list[str]) -> int:
    if args[0] == "--is":
        return 0 if args[1] == f"{sys.version_info.major}.{sys.version_info.minor}" else 1
    for candidate in candidates(args[0]):
        if runs(candidate, args[0]):
            print(candidate)
            return 0
    return 1


def candidates(version: str) -> Iterator[Path]:
    for folder in os.get_exec_path():
        yield Path(folder, f"python{version}")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    yield from (folder / "bin" / "python" for folder in sorted(pyenv.glob(f"{version}.*"), key=patch, reverse=True))


def patch(folder: Path) -> int:
    number = folder.name.rpartition(".")[2]
    return int(number) if number.isdigit() else -1


def runs(python: Path, version: str) -> bool:
    code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.strip() == version


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
