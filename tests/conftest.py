"""What every test shares: how hard Hypothesis looks, and which tests are laws.

`fixed` looks at the same few examples each time, `brief` at fewer still (where the same tests have run on another Python
already), `thorough` at the same ones and many more, `hunt` at many that nobody has seen: see `scripts/hunt.py`.
HYPOTHESIS_PROFILE chooses one.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from findings import Finding
from hypothesis import HealthCheck, settings

LAWS = Path(__file__).parent / "laws"

# A slow machine is no finding.
ANY = settings(
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

settings.register_profile("fixed", ANY, derandomize=True, max_examples=20)
settings.register_profile("brief", ANY, derandomize=True, max_examples=10)
settings.register_profile("thorough", ANY, derandomize=True, max_examples=2000)
settings.register_profile("hunt", ANY, derandomize=False, max_examples=500, report_multiple_bugs=False)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or "fixed"
settings.load_profile(PROFILE)


def draws(item: pytest.Item) -> bool:
    """Return whether a test draws its cases."""
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if draws(item) or LAWS in item.path.parents:
            item.add_marker("law")
    if PROFILE == "hunt":  # what draws nothing would only find the same again
        config.hook.pytest_deselected(items=[item for item in items if not draws(item)])
        items[:] = [item for item in items if draws(item)]
        random.Random(os.environ.get("HUNT_ROUND")).shuffle(items)


def pytest_runtest_setup() -> None:
    if time.time() > float(os.environ.get("HUNT_UNTIL", "inf")):
        pytest.skip("the time is up")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    if PROFILE != "hunt":
        return (yield)
    finding = Finding(item)
    try:
        with finding.watch():
            return (yield)
    except Exception as error:
        finding.write(error, item.config.rootpath / ".hunt")
        raise
