"""A policy written out as one HTML page, to read on a phone or a screen, to print and to hear; nothing loaded, no script.

Its template is `templates/handbook.html`.
"""

from __future__ import annotations

from collections.abc import Sequence

from refundrules.case.facts import Words
from refundrules.rendering.handbook.map_svg import map_svg
from refundrules.rendering.handbook.model import PolicyBook, is_link
from refundrules.rendering.pages import fill
from refundrules.text.sentences import flat, opening


def policy_page(book: PolicyBook, languages: Sequence[str]) -> str:
    """Return the page; every text in it is escaped."""

    def text(name: str, *parts: object) -> Words:
        return Words.of(f"handbook.{name}", *parts)

    def inline(both: Words) -> str:
        return " / ".join(dict.fromkeys(both.to(language) for language in languages))

    def around(name: str) -> list[str]:
        """Return what stands before, between and after the place in a text that links are put in."""
        return inline(text(name, "\x00")).split("\x00")

    return fill(
        "handbook.html",
        book=book, policy=book.policy, languages=languages, language=languages[0], map=map_svg(book, languages),
        places={source.id: f"s{at}" for at, source in enumerate(book.sources, 1)},
        text=text, inline=inline, around=around, flat=flat, opening=opening, is_link=is_link,
    )  # fmt: skip
