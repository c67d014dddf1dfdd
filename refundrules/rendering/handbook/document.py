"""A policy written out for people: every rule as sentences, with its numbers, its reasons and what it cites."""

from __future__ import annotations

from datetime import date
from typing import Literal

from refundrules.case.facts import Words
from refundrules.policy.model import Policy
from refundrules.rendering.handbook.html import policy_page
from refundrules.rendering.handbook.markdown import policy_markdown
from refundrules.rendering.handbook.model import read_book

Language = Literal["zh", "en", "both"]
Format = Literal["html", "markdown"]

_WRITERS = {"html": policy_page, "markdown": policy_markdown}


def render_policy(
    policy: Policy, *, language: Language | None = None, day: date | None = None, style: Format = "html"
) -> str:
    """Return the policy as a document for people, ending in a newline.

    Chapters go by question; each rule and guarantee stands in it once, under its id, and so does each parameter with all its
    values. `language` None is the policy's own; `both` puts the policy's own first. The numbers in the sentences are those
    in force on `day`, for orders placed and claims opened then; None: the latest. The style `html` is one page that loads nothing.
    """
    wanted = language or policy.language
    every = sorted(Words._fields, key=lambda one: one != policy.language)
    languages = tuple(every) if wanted == "both" else (wanted,)
    return _WRITERS[style](read_book(policy, day), languages).rstrip() + "\n"
