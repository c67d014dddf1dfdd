"""Search for cases in which a law does not hold, round after round with fresh seeds, until the time is up.

    python scripts/hunt.py MINUTES [options for pytest]

Each finding is printed as a test to paste beside its law, and kept in `.hunt/`. Exits 1 when there is one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

FOUND = Path(__file__).parents[1] / ".hunt"


def run_round(number: int, until: float, options: list[str]) -> int:
    """Search every law once, in an order of the round's own; return pytest's exit code."""
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "hunt", "HUNT_UNTIL": str(until), "HUNT_ROUND": str(number)}
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=line", "-n", "auto", "--maxprocesses=2"]
    return subprocess.run([*command, "-m", "law", "tests", *options], env=environment, check=False).returncode


def main(minutes: str, *options: str) -> int:
    """Search for some minutes, print what is found, and return 1 when anything is."""
    started = time.time()
    until = started + 60 * float(minutes)
    number = code = 0
    while time.time() < until and code in (0, 1):
        number += 1
        print(f"hunt: round {number}, {max(0, until - time.time()) / 60:.0f} minutes left", flush=True)
        code = run_round(number, until, list(options))
    found = sorted(path for path in FOUND.glob("*.py") if path.stat().st_mtime >= started)
    if found:
        subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", *found], check=True)
    for path in found:
        print(f"\n# {path.relative_to(FOUND.parent)}\n{path.read_text(encoding='utf-8')}")
    print(f"hunt: {len(found)} found in {number} rounds")
    return 1 if found else code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
