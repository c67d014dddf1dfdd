"""What the shipped shop decides changes only when somebody says so: `python -m scripts.digests` compares all 20,000 cases."""

from __future__ import annotations

import pytest

from scripts.digests import digests, kept


@pytest.mark.slow
def test_decisions_and_traces_are_to_the_byte_what_they_were() -> None:
    before, now = kept(), dict(digests(blocks=2))
    assert {name: before[name] for name in now} == now, (
        "decisions or traces changed: name what changed under `Decisions changed` in the CHANGELOG, "
        "then run `python -m scripts.digests --write`"
    )
