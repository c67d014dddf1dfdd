"""Text in columns: how wide it is, and texts wrapped, padded and cut to a width. Wide characters take two columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

_NEVER_FIRST = "，。、；：？！）”’》"


def width(text: str) -> int:
    """Return how many columns a text takes in a terminal.

    >>> width("ab"), width("ａｂ")
    (2, 4)
    """
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def wrapped(
    text: str,
    room: float,
    first: str = "",
    rest: str = "",
    *,
    breaks: bool = False,
    measure: Callable[[str], float] = width,
) -> Iterator[str]:
    """Yield a text in lines no wider than `room`; `first` goes before the first, `rest` before each other.

    A word that is wider stays whole, unless it `breaks`.

    >>> list(wrapped("a very long word", 7, "* ", "  "))
    ['* a', '  very', '  long', '  word']
    >>> list(wrapped("abcdefgh", 3, breaks=True))
    ['abc', 'def', 'gh']
    """
    start, line = first, ""
    for piece in _pieces(text):
        if line and measure(start + line + piece.rstrip()) > room:
            yield (start + line).rstrip()
            start, line = rest, ""
        line += piece
        while breaks and measure(start + line.rstrip()) > room:
            fits = next(at for at in range(len(line), 0, -1) if at == 1 or measure(start + line[:at]) <= room)
            yield start + line[:fits]
            start, line = rest, line[fits:]
    yield (start + line).rstrip()


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """Return a text filled up to so many columns, to the `right` of them where that is said.

    >>> padded("ab", 3) + "|" + padded("ab", 3, right=True)
    'ab | ab'
    """
    space = " " * (columns - width(text))
    return space + text if right else text + space


def cut(text: str, columns: int) -> str:
    """Return a text cut to so many columns, with an ellipsis where something is left out.

    >>> cut("a long text", 7)
    'a long…'
    """
    if width(text) <= columns:
        return text
    while text and width(text) > columns - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def _pieces(text: str) -> Iterator[str]:
    """Yield what may not be broken: a word with the space after it, a wide character with its punctuation."""
    piece = ""
    for char in text:
        is_wide = width(char) == 2 and char not in _NEVER_FIRST
        if piece and (is_wide or (piece[-1] == " " and char != " ")):
            yield piece
            piece = ""
        piece += char
    yield piece
