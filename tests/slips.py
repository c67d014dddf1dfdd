"""Packs with one slip in them, and what is said of it."""

from __future__ import annotations

import pytest
import strategies
from tiny_pack import PACK

from refundrules import PackError
from refundrules.errors import Problem


def problems(text: str) -> tuple[Problem, ...]:
    """Return what is wrong with a pack's text."""
    with pytest.raises(PackError) as caught:
        strategies.load_text(text)
    return caught.value.problems


def said_of(old: str, new: str) -> str:
    """Return what is said of the tiny pack with one thing written otherwise."""
    text = PACK.replace(old, new, 1)
    assert text != PACK
    return "\n".join(f"{problem.what} ({problem.remedy})" for problem in problems(text))
