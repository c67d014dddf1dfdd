"""Charts as inline SVG: bars of counts and of money gained and lost. No script, nothing from elsewhere, readable in print."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_BAR, _VALUE, _STEP = 370, 110, 36
_WIDE = _BAR + _VALUE
"""Narrow enough that a phone need not shrink the words; labels stand above their bars for the same reason."""
_FITS = 66


class Bar(NamedTuple):
    """One bar: what it is of, how long (whole numbers; below zero to the left), what is written at its end, its tone."""

    label: str
    size: int
    value: str
    tone: str = "plain"
    """`plain`, `good`, `bad` or `open`: a class of the page's style."""


def bars(items: Sequence[Bar], about: str) -> str:
    """Return horizontal bars from a common zero; `about` says what they show to those who cannot see them."""
    high, low = max([0, *(bar.size for bar in items)]), min([0, *(bar.size for bar in items)])
    whole = max(1, high - low)
    zero = _BAR * -low // whole
    drawn = []
    for at, bar in enumerate(items):
        top, length = at * _STEP, max(1 if bar.size else 0, _BAR * abs(bar.size) // whole)
        left = zero if bar.size >= 0 else zero - length
        drawn.append(
            f"<g><title>{escape(bar.label)}: {escape(bar.value)}</title>"
            f'<text x="0" y="{top + 12}">{escape(_short(bar.label))}</text>'
            f'<rect class="{bar.tone}" x="{left}" y="{top + 17}" width="{length}" height="12" rx="2"/>'
            f'<text class="value" x="{max(zero, left + length) + 6}" y="{top + 28}">{escape(bar.value)}</text></g>'
        )
    tall = len(items) * _STEP
    axis = f'<line x1="{zero}" x2="{zero}" y1="0" y2="{tall}"/>' if low else ""
    return f'<svg viewBox="0 0 {_WIDE} {tall}" role="img" aria-label="{escape(about)}">{axis}{"".join(drawn)}</svg>'


class ChartPiece(NamedTuple):
    """One part of a whole: what it is, how much, its tone."""

    label: str
    size: int
    tone: str


def strip(pieces: Sequence[ChartPiece], about: str) -> str:
    """Return one bar of the parts of a whole, end to end."""
    whole, left, drawn = max(1, sum(piece.size for piece in pieces)), 0, []
    for piece in pieces:
        right = left + piece.size
        start, end = _WIDE * left // whole, _WIDE * right // whole
        drawn.append(
            f'<rect class="{piece.tone}" x="{start}" y="0" width="{max(0, end - start - 1)}" height="22">'
            f"<title>{escape(piece.label)}: {piece.size:,}</title></rect>"
        )
        left = right
    return f'<svg viewBox="0 0 {_WIDE} 22" role="img" aria-label="{escape(about)}">{"".join(drawn)}</svg>'


def _short(label: str) -> str:
    return label if len(label) <= _FITS else f"{label[: _FITS - 1]}…"
