"""What there is to show of a decision: headlines, and labelled lines in the order they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

SIGNS = {"approve": "✓", "decline": "✗", "needs_information": "?", "manual_review": "!"}
STYLES = {"approve": "good", "decline": "bad", "needs_information": "open", "manual_review": "open"}


class Entry(NamedTuple):
    """One line: an amount or a code first where there is one, the text, and the rules and sources behind it."""

    text: str
    lead: str = ""
    refs: tuple[str, ...] = ()


class Section(NamedTuple):
    """Lines under one label; `name` is the label's code."""

    name: str
    label: str
    entries: tuple[Entry, ...]


class ClaimView(NamedTuple):
    """What there is to show of one claim."""

    outcome: str
    headline: str
    about: str
    sections: tuple[Section, ...]


class View(NamedTuple):
    """What there is to show of a decision. `headline` is empty when the only claim's says it all."""

    outcome: str
    headline: str
    claims: tuple[ClaimView, ...]
    sections: tuple[Section, ...]
    footer: str
    sources: Mapping[str, str]
    """What the cited sources are called, by their id."""


def moment_text(at: datetime) -> str:
    """Return a moment as a person reads it, to the minute."""
    return at.strftime("%Y-%m-%d %H:%M")
