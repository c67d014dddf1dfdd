"""The exceptions of refundrules. Each branch says who must act.

    RefundRulesError
    ├── PackError      edit the pack: it cannot be loaded
    ├── CaseError      fix the input: the case cannot be read
    └── EngineError    report a bug: the engine contradicted itself, or failed
        └── MatcherError   a matcher could not answer

`PackError` and `CaseError` carry every problem found, not the first one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong: where, what, and what to do about it."""

    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text} ({self.remedy})" if self.remedy else text


class RefundRulesError(Exception):
    """The root of every exception this library raises on purpose."""


class _ProblemsError(RefundRulesError):
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class PackError(_ProblemsError):
    """A pack cannot be loaded; `problems` names every place to edit."""


class CaseError(_ProblemsError):
    """A case cannot be read; `problems` names every path to fix."""


class EngineError(RefundRulesError):
    """The engine caught itself in a contradiction, or failed; this is a bug to report."""


class MatcherError(EngineError):
    """A matcher could not answer; no decision is made from a partial match."""


_LONGEST_SHOWN = 60


def plain(value: object) -> str:
    """Return a value as a pack or a case writes it: `null`, `true`, `[a, b]`, `{a: b}`, else its text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    try:
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{plain(key)}: {plain(item)}" for key, item in value.items()) + "}"
        if isinstance(value, list | tuple):
            return "[" + ", ".join(map(plain, value)) + "]"
        return str(value).encode("utf-8", "backslashreplace").decode()
    except ValueError:  # an integer of thousands of digits
        return "a number of thousands of digits"
    except RecursionError:
        return "…"


def quoted(value: object) -> str:
    """Return a value as it is written, in backticks and shortened, for a message."""
    text = plain(value)
    return f"`{text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + '...'}`"


def did_you_mean(word: object, known: Iterable[str], otherwise: str = "") -> str:
    """Return "did you mean `x`?" for a known word it has in it (`credit_card`: `card`), or the nearest; else `otherwise`."""
    words, given = list(known), plain(word)
    near = [one for one in given.split("_") if one in words] or get_close_matches(given, words, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else otherwise


def listed(words: Sequence[str], limit: int = 12) -> str:
    """Return words in backticks, shortened after `limit`."""
    shown = ", ".join(f"`{word}`" for word in words[:limit])
    return shown if len(words) <= limit else f"{shown} and {len(words) - limit} more"
