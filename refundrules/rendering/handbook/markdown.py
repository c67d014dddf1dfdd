"""A policy written out as Markdown; nothing in it is read as markup or HTML. Its template is `templates/handbook.md`."""

from __future__ import annotations

from collections.abc import Sequence

from refundrules.case.facts import Words
from refundrules.rendering.handbook.model import PolicyBook, is_link
from refundrules.rendering.pages import fill
from refundrules.text.sentences import flat, opening
from refundrules.text.to_markdown import literal


def policy_markdown(book: PolicyBook, languages: Sequence[str]) -> str:
    """Return the document; every text in it is made literal."""

    def say(both: Words) -> str:
        return " / ".join(dict.fromkeys(literal(both.to(language)) for language in languages))

    def plain(name: str, *parts: object) -> str:
        return say(Words.of(f"handbook.{name}", *parts))

    def around(name: str) -> list[str]:
        """Return what stands before, between and after the place in a text that links are put in."""
        return plain(name, "\x00").split("\x00")

    return fill(
        "handbook.md",
        book=book, policy=book.policy, say=say, plain=plain, around=around, literal=literal, flat=flat, opening=opening,
        is_link=is_link,
    )  # fmt: skip
