"""What a backtest costs: made-up past cases, decided by the shipped shop in one process and in two.

    python -m benchmarks.history [CASES]

The fixed cost (starting, loading, compiling plans) is told apart from the cost of a case by deciding a
tenth of the cases first. Processor time is what may be compared: it hardly depends on what else runs.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from refundrules import Engine, load_policy, synthetic_cases
from refundrules.backtesting.backtest import run_backtest
from refundrules.backtesting.history import read_batches


def measured(file: Path, jobs: int) -> tuple[float, float]:
    """Return the seconds on the clock and of processor time that a backtest of the file takes."""
    engine = Engine(load_policy("cn-apparel-shop"), matcher="compiled")
    clock, spent = time.perf_counter(), _processor()
    run_backtest(engine, read_batches([str(file)], sys.stdin.buffer), jobs=jobs)
    return time.perf_counter() - clock, _processor() - spent


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Measure and print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few.jsonl", Path(folder) / "many.jsonl"
        for file, size in ((few, count // 10), (many, count)):
            with file.open("w", encoding="utf-8") as stream:
                stream.writelines(json.dumps(case) + "\n" for case in synthetic_cases(size, seed=7))
        print(f"{'processes':>10}{'s for all':>12}{'µs a case':>12}{'processor µs':>14}")
        for jobs in (1, 2):
            (first, first_spent), (clock, spent) = measured(few, jobs), measured(many, jobs)
            rest = (count - count // 10) / 1e6
            print(f"{jobs:>10}{clock:>12.1f}{(clock - first) / rest:>12.0f}{(spent - first_spent) / rest:>14.0f}")
    largest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"largest process: {largest // 1024} MB")


if __name__ == "__main__":
    main()
