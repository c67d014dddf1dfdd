"""What looking at every case at once costs: `check` of the shipped shop, and `diff` against it with one thing edited.

    python -m benchmarks.whole [ROUNDS]

Each command runs in a process of its own, from start to end; the least of the rounds counts. Processor time is what
may be compared: it hardly depends on what else runs.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from refundrules.policy.loading.files import shipped_packs

SHOP = "cn-apparel-shop"


class Edit(NamedTuple):
    """One edit of the shop: what is replaced after a text in one of its files, and by what."""

    what: str
    file: str
    after: str
    old: str
    new: str


EDITS = (
    Edit("nothing", "size.yaml", "", "", ""),
    Edit("a size tolerance", "size.yaml", "size_tolerance:", "value: 3", "value: 2"),
    Edit("a cap", "fading-remedies.yaml", "concession_most:", "value: 40%", "value: 35%"),
    Edit("a number of orders", "offers.yaml", "loyal_orders:", "value: 2", "value: 3"),
    Edit("a number of days", "basics.yaml", "claim_window_days:", "value: 15", "value: 14"),
    Edit("days of wear", "fading-remedies.yaml", "wear_free_days:", "value: 30", "value: 20"),
    Edit("an override removed", "fading-remedies.yaml", "id: FADE-028", "    overrides: [FADE-027]\n", ""),
    Edit("a payer flipped", "money.yaml", "id: FREIGHT-001", "return: seller", "return: buyer"),
    Edit("an amount's formula", "quality.yaml", "id: QUAL-003", "claim.assessed_loss, claim.paid", "claim.assessed_loss, order.goods_paid"),
    Edit("an operator", "size.yaml", "id: SIZE-002", "above:", "at_least:"),
    Edit("an outcome", "logistics.yaml", "id: LOG-004", "decline", "manual_review"),
)  # fmt: skip


def edited(folder: Path, edit: Edit) -> Path:
    """Return a copy of the shop with the edit, beside copies of what it extends."""
    shutil.copytree(shipped_packs(), folder, ignore=shutil.ignore_patterns("tests"))
    file = folder / SHOP / edit.file
    before, mark, after = file.read_text(encoding="utf-8").partition(edit.after) if edit.after else ("", "", "")
    if edit.after:
        assert edit.old in after, f"{edit.file} has no `{edit.old}` after `{edit.after}`"
        file.write_text(before + mark + after.replace(edit.old, edit.new, 1), encoding="utf-8")
    return folder / SHOP


def measured(arguments: list[str], rounds: int) -> tuple[float, float]:
    """Return the fewest seconds on the clock and of processor time that the command takes."""
    found = []
    for _ in range(rounds):
        clock, spent = time.perf_counter(), _processor()
        done = subprocess.run([sys.executable, "-m", "refundrules", *arguments], stdout=subprocess.DEVNULL, check=False)
        assert done.returncode in (0, 1), arguments
        found.append((time.perf_counter() - clock, _processor() - spent))
    return min(clock for clock, _ in found), min(spent for _, spent in found)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(rounds: int = 3) -> None:
    """Measure and print the table."""
    print(f"{'command':<30}{'s':>8}{'processor s':>14}")
    _print("check", *measured(["check", SHOP], rounds))
    with tempfile.TemporaryDirectory() as folder:
        for at, edit in enumerate(EDITS):
            pack = edited(Path(folder) / str(at), edit)
            _print(f"diff: {edit.what}", *measured(["diff", SHOP, str(pack)], rounds))


def _print(what: str, clock: float, spent: float) -> None:
    print(f"{what:<30}{clock:>8.2f}{spent:>14.2f}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
