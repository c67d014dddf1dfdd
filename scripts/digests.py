"""Digests of what the shipped shop decides of 20,000 generated cases and of its packs' tests, trace and all.

`python -m scripts.digests` compares with tests/fixtures/decisions.sha256 and says which hundred cases are decided otherwise;
`--write` writes the file, which is right only together with an entry under "Decisions changed" in the CHANGELOG. What names the
policy and the engine (`policy.digest`, `engine.version`, the trace's `policy`) does not count.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from refundrules import Decision, Engine, load_policy, synthetic_cases
from refundrules.testing.runner import read_pack_tests

FILE = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "decisions.sha256"
CASES, SEED, BLOCK = 20_000, 2026, 100
PACKS = ("cn-apparel-shop", "cn-platform", "cn-consumer-law")


def digests(blocks: int = CASES // BLOCK) -> Iterator[tuple[str, str]]:
    """Yield a name and a digest for the tests of each pack, then for each hundred generated cases, `blocks` of them."""
    for pack in PACKS:
        policy = load_policy(pack)
        engine = Engine(policy, matcher="compiled")
        tests = read_pack_tests(pack, policy)
        yield f"tests of {pack}", _digest(engine.decide(test.case) for test in tests)
    engine = Engine(load_policy(PACKS[0]), matcher="compiled")
    cases = synthetic_cases(blocks * BLOCK, SEED)
    for number in range(blocks):
        made = ({key: value for key, value in case.items() if key != "actual"} for case in islice(cases, BLOCK))
        yield f"generated {number * BLOCK + 1:05}", _digest(engine.decide(case) for case in made)


def _digest(decisions: Iterator[Decision]) -> str:
    found = hashlib.sha256()
    for decision in decisions:
        data: dict[str, Any] = decision.to_dict()
        del data["policy"]["digest"], data["engine"]["version"]
        data["trace"] = {key: value for key, value in data["trace"].items() if key != "policy"}
        found.update(json.dumps(data, ensure_ascii=False, sort_keys=True).encode())
    return found.hexdigest()


def kept() -> dict[str, str]:
    """Return the digests as they were written, by name."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def main(arguments: list[str]) -> int:
    if arguments == ["--write"]:
        FILE.write_text("".join(f"{digest}  {name}\n" for name, digest in digests()), encoding="utf-8")
        return 0
    before = kept()
    other = [name for name, digest in digests() if before.get(name) != digest]
    print("\n".join(other) or f"all {len(before)} digests are as before")
    return bool(other)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
