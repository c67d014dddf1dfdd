"""What all pictures share: how wide a text is in them, and the frame that says what they show and how they look.

SVG without script, fonts or anything else from outside.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape

FONT = "system-ui,-apple-system,'PingFang SC','Hiragino Sans GB','Microsoft YaHei','Noto Sans CJK SC',sans-serif"


def colours(name: str, light: str, dark: str, printed: str) -> str:
    """Return the start of the style of a class of pictures: its colours on a light screen, a dark one and on paper."""
    return (
        f".{name}{{{light}}}@media (prefers-color-scheme:dark){{.{name}{{{dark}}}}}@media print{{.{name}{{{printed}}}}}"
    )


def picture(
    name: str, mark: str, size: tuple[int, int], look: str, title: str, about: str, drawn: Iterable[str],
    *, role: str = "img", language: str = "",
) -> str:  # fmt: skip
    """Return the picture of a class: `mark` begins its ids, `look` is its style, `title` and `about` say what it shows."""
    wide, high = size
    lang = f' lang="{language}"' if language else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{name}" viewBox="0 0 {wide} {high}" width="{wide}" '
        f'height="{high}" role="{role}"{lang} aria-labelledby="{mark}t {mark}d">'
        f'<title id="{mark}t">{escape(title)}</title><desc id="{mark}d">{escape(about)}</desc>'
        f"<style>{look}</style>{''.join(drawn)}</svg>"
    )


def ems(text: str) -> float:
    """Return how wide a text is at most, in units of its size; no reader's font is wider."""
    return sum(map(_em, text))


def _em(char: str) -> float:
    if unicodedata.combining(char):
        return 0
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.02
    if char in " .,:;'!|ilIj()[]·":
        return 0.36
    return 0.92 if char in "MWmw@%→" else 0.68 if char.isupper() or not char.isascii() else 0.6
