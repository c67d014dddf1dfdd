"""The rules of a policy as a picture: questions from top to bottom, each with its rules, and who overrides whom.

Narrow enough for a phone, as the path of a decision is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from refundrules.case.facts import Words
from refundrules.rendering.handbook.model import Chapter, PolicyBook
from refundrules.text.columns import wrapped
from refundrules.text.svg import FONT, colours, ems, picture

WIDTH = 360
_RAIL, _LEFT, _RIGHT, _ROW, _CHIP, _SIZE = 12, 28, 318, 23, 18, 10.5
_LANES = (326, 332, 338, 344, 350)
_EM = 0.66
"""How wide a letter of an id is at most, in units of its size: ids are upper case letters, digits and dashes."""
_STYLE = (
    colours(
        "rg",
        "--ink:#1b2330;--soft:#55606e;--line:#aab3bf;--chip:#f0f3f7;--over:#b42318",
        "--ink:#e6eaf0;--soft:#a3adba;--line:#5a6472;--chip:#232a35;--over:#ff8a80",
        "--ink:#000;--soft:#444;--line:#888;--chip:#fff;--over:#b42318",
    )
    + f".rg text{{font-family:{FONT};fill:var(--ink)}}.rg .b{{font-weight:600}}.rg .soft{{fill:var(--soft)}}"
    ".rg .rail{stroke:var(--line);stroke-width:1.5}.rg .dot{fill:var(--soft)}.rg a{text-decoration:none}"
    ".rg rect{fill:var(--chip);stroke:var(--line)}.rg .under rect{stroke:var(--over);stroke-dasharray:3 2}"
    ".rg .arrow{fill:none;stroke:var(--over);stroke-width:1.5}.rg .tip{fill:var(--over)}"
)


def map_svg(book: PolicyBook, languages: Sequence[str]) -> str:
    """Return the picture as one `<svg>`; empty for a policy without rules. Its chips lead to `#r-` and the rule's id."""
    return _MapDrawing(book, languages).svg() if any(chapter.groups for chapter in book.chapters) else ""


class _MapDrawing:
    def __init__(self, book: PolicyBook, languages: Sequence[str]) -> None:
        self.book, self.languages = book, languages
        self.y = 8.0
        self.drawn: list[str] = []
        self.dots: list[float] = []
        self.places: dict[str, tuple[float, float]] = {}
        """Where each rule's chip ends to the right, and its middle."""
        self.said: list[Words] = []

    def words(self, both: Words) -> str:
        return " · ".join(both.to(language) for language in self.languages)

    def svg(self) -> str:
        chapters = [chapter for chapter in self.book.chapters if chapter.groups]
        for chapter in chapters:
            self._chapter(chapter)
        arrows = list(self._arrows(chapters))
        rail = f'<path class="rail" d="M{_RAIL} {self.dots[0]:g}V{self.dots[-1]:g}"/>'
        dots = [f'<circle class="dot" cx="{_RAIL}" cy="{y:g}" r="4.5"/>' for y in self.dots]
        said = "; ".join(self.words(both) for both in self.said)
        return picture(
            "rg", "rg", (WIDTH, round(self.y + 8)), _STYLE, self.words(Words.of("handbook.map")), said,
            (rail, *dots, *self.drawn, *arrows), role="group",
        )  # fmt: skip

    def _chapter(self, chapter: Chapter) -> None:
        count = len(chapter.entries)
        self.said.append(Words.of("handbook.map_said", chapter.title, count))
        self.y += 8
        self.dots.append(self.y + 9)
        for line in wrapped(f"{self.words(chapter.title)} ({count})", (_RIGHT - _LEFT) / 13, breaks=True, measure=ems):
            self.y += 17
            self.drawn.append(f'<text class="b" x="{_LEFT}" y="{self.y - 4:g}" font-size="13">{escape(line)}</text>')
        x = float(_LEFT)
        self.y += 3
        for entry in chapter.entries:
            wide = min(len(entry.id) * _SIZE * _EM + 12, _RIGHT - _LEFT)
            if x + wide > _RIGHT:
                x, self.y = float(_LEFT), self.y + _ROW
            self._chip(entry.id, x, wide, under=bool(entry.overridden))
            x += wide + 5
        self.y += _ROW

    def _chip(self, rule: str, x: float, wide: float, *, under: bool) -> None:
        style = ' class="under"' if under else ""
        # The text is made to fit where a reader's font, or a very long id, would not.
        self.drawn.append(
            f'<a href="#r-{escape(rule)}"{style}><rect x="{x:g}" y="{self.y:g}" width="{wide:g}" height="{_CHIP}" rx="4"/>'
            f'<text x="{x + 6:g}" y="{self.y + 12.7:g}" font-size="{_SIZE}" textLength="{wide - 12:g}" '
            f'lengthAdjust="spacingAndGlyphs">{escape(rule)}</text></a>'
        )
        self.places[rule] = (x + wide, self.y + _CHIP / 2)

    def _arrows(self, chapters: Sequence[Chapter]) -> Iterator[str]:
        """Yield an arrow for each override, out to a lane on the right and back, under its chip's row."""
        pairs = [(entry.id, other) for chapter in chapters for entry in chapter.entries for other in entry.overrides]
        for at, (one, other) in enumerate(pair for pair in pairs if pair[1] in self.places):
            self.said.append(Words.of("handbook.map_arrow", one, other))
            lane = _LANES[at % len(_LANES)]
            (x, y), (x2, y2) = self.places[one], self.places[other]
            # Between rows there is room for a line: chips further right are passed below.
            start, end = y + _CHIP / 2 + 2.5, y2 + _CHIP / 2 + 2.5
            way = "" if y == y2 else f"H{lane}V{end:g}"
            yield (
                f'<path class="arrow" d="M{x - 5:g} {y + _CHIP / 2:g}V{start:g}{way}H{x2 - 9:g}"/>'
                f'<path class="tip" d="M{x2 - 9:g} {y2 + _CHIP / 2:g}l-3.5 5h7z"/>'
            )
