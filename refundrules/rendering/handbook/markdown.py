"""A policy written out as Markdown; nothing in it is read as markup or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from refundrules.case.facts import Words
from refundrules.policy.parts import Source
from refundrules.rendering.handbook.model import Chapter, Entry, Group, ParameterRow, PolicyBook, Table, is_link
from refundrules.text.sentences import Clause, flat, opening
from refundrules.text.words import safe

_MEANS_SOMETHING = re.compile(r"([\\`*|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|\](?=[(\[:]))")
_AT_START = re.compile(r"^()([-+#=\[])|^(\d+)([.)])(?=\s|$)")


def policy_markdown(book: PolicyBook, languages: Sequence[str]) -> Iterator[str]:
    """Yield the document line by line."""
    return _Page(book, languages).lines()


class _Page:
    def __init__(self, book: PolicyBook, languages: Sequence[str]) -> None:
        self.book, self.languages = book, languages

    def say(self, both: Words) -> str:
        """Return a text in the languages shown, made literal."""
        return " / ".join(dict.fromkeys(literal(both.to(language)) for language in self.languages))

    def plain(self, name: str, *parts: object) -> str:
        return self.say(Words.of(f"handbook.{name}", *parts))

    def lines(self) -> Iterator[str]:
        book, policy = self.book, self.book.policy
        yield f"# {self.say(Words(safe(policy.title.zh), safe(policy.title.en)))}"
        yield ""
        yield f"{literal(safe(policy.id))} {literal(policy.version)} · {self.plain('on', book.day) if book.day else self.plain('latest')}"
        yield ""
        yield f"- {self.plain('counts', len(policy.rules), len(policy.guarantees), len(policy.parameters))}"
        yield f"- {self.plain('holds_in', ', '.join(policy.jurisdictions), policy.currency, policy.time_zone)}"
        yield f"- {self.plain('made_of', safe(' ← '.join(reversed(policy.packs))))}"
        if not policy.complete:
            yield f"- {self.plain('unfinished')}"
        for name in ("how", "gaps"):
            yield ""
            yield self.plain(name)
        for chapter in book.chapters:
            yield from self._chapter(chapter)
        yield from self._entries("guarantees", book.guarantees)
        yield from self._parameters()
        yield from self._definitions()
        yield from self._entries("assumptions", book.assumptions)
        yield from self._sources()

    # -- chapters ---------------------------------------------------------------------------------

    def _head(self, level: int, title: str, about: str = "") -> Iterator[str]:
        yield ""
        yield f"{'#' * level} {title}"
        if about:
            yield ""
            yield about

    def _chapter(self, chapter: Chapter) -> Iterator[str]:
        yield from self._head(2, self.say(chapter.title), self.say(chapter.about))
        if chapter.also:
            yield ""
            yield self.plain("also", "{0}").replace("{0}", self._links(chapter.also))
        for group in chapter.groups:
            yield from self._group(group)

    def _group(self, group: Group) -> Iterator[str]:
        yield from self._head(3, self.say(group.title))
        if group.always:
            yield ""
            yield f"{self.plain('always')}:"
            yield ""
            for clause in group.always:
                yield from self._clause(clause, "")
        if group.table:
            yield ""
            yield from self._table(group.table)
        for entry in group.entries:
            yield from self._entry(entry, in_section=bool(group.always))

    def _entries(self, name: str, entries: Sequence[Entry]) -> Iterator[str]:
        if entries:
            yield from self._head(2, self.plain(name), self.plain(f"{name}_about"))
        for entry in entries:
            yield from self._entry(entry, level=3)

    def _entry(self, entry: Entry, *, level: int = 4, in_section: bool = False) -> Iterator[str]:
        yield from self._head(level, entry.id)
        yield ""
        if entry.because is not None:
            yield self.say(opening(entry.because))
            yield ""
        yield from self._when(entry.when, in_section=in_section)
        for said in entry.then:
            yield f"- → {self.say(said.about)}: **{self.say(said.value)}**"
        for promise in entry.must:
            yield f"- {self.plain('promise')}: **{self.say(promise)}**"
        if entry.overridden:
            yield f"- {self.plain('unless')} {self.plain('overridden', '{0}').replace('{0}', self._links(entry.overridden))}"
        if entry.overrides:
            yield f"- {self.plain('overrides', '{0}').replace('{0}', self._links(entry.overrides))}"
        for note in entry.notes:
            yield f"- {self.say(note)}"
        if entry.cite:
            yield f"- {self.plain('sources')}: {self._cites(entry.cite)}"

    def _when(self, clause: Clause, *, in_section: bool) -> Iterator[str]:
        lead = "and_when" if in_section and not clause.is_always else "when"
        if clause.is_short:
            shown = Words.of("handbook.all_of_section") if in_section and clause.is_always else flat(clause)
            yield f"- {self.plain(lead)}: {self.say(shown)}"
        else:
            yield f"- {self.plain(f'{lead}_{clause.joint}')}:"
            for part in clause.parts:
                yield from self._clause(part, "  ")

    def _clause(self, clause: Clause, indent: str) -> Iterator[str]:
        yield f"{indent}- {self.say(clause.text)}{':' if clause.parts else ''}"
        for part in clause.parts:
            yield from self._clause(part, f"{indent}  ")

    def _links(self, ids: Sequence[str]) -> str:
        return ", ".join(f"[{name}](#{name.lower()})" for name in ids)

    def _cites(self, cites: Sequence[str]) -> str:
        found = []
        for cite in cites:
            title = self.book.policy.sources[cite].title
            found.append(f"{literal(safe(cite))} ({self.say(Words(safe(title.zh), safe(title.en)))})")
        return "; ".join(found)

    # -- tables -----------------------------------------------------------------------------------

    def _row(self, cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    def _table(self, table: Table) -> Iterator[str]:
        heads = [self.plain("rule"), *map(self.say, table.columns), *(f"→ {self.say(one)}" for one in table.about)]
        yield self._row(heads)
        yield self._row(["---"] * len(heads))
        for rule, wanted, said in table.rows:
            cells = [self.plain("any") if cell is None else self.say(cell) for cell in wanted]
            answers = [self.plain("nothing") if cell is None else f"**{self.say(cell)}**" for cell in said]
            yield self._row([self._links([rule]), *cells, *answers])

    def _parameters(self) -> Iterator[str]:
        if not self.book.parameters:
            return
        yield from self._head(2, self.plain("parameters"), self.plain("parameters_about"))
        yield ""
        heads = [self.plain(name) for name in ("parameter", "value", "sources")]
        yield self._row(heads)
        yield self._row(["---"] * 3)
        for rows in self.book.parameters:
            for at, row in enumerate(rows):
                yield self._row(self._parameter(row, first=at == 0))

    def _parameter(self, row: ParameterRow, *, first: bool) -> list[str]:
        item = row.parameter
        since = self.plain("since", row.value.start) if row.value.start else self.plain("beginning")
        shown = f"**{self.say(row.shown)}**" if row.in_force else self.say(row.shown)
        checked = self.plain("verified", row.value.verified) if row.value.verified else self.plain("unverified")
        title = f"{self.say(Words(safe(item.title.zh), safe(item.title.en)))} (`{item.id}`)" if first else ""
        cites = ", ".join(literal(safe(cite)) for cite in row.value.cite)
        return [title, f"{shown}, {since}", f"{cites}, {checked}"]

    def _definitions(self) -> Iterator[str]:
        if not self.book.definitions:
            return
        yield from self._head(2, self.plain("definitions"), self.plain("definitions_about"))
        for item in self.book.definitions:
            name, title = item.id, item.title
            yield ""
            yield f"**{self.say(opening(title))}** (`{name}`)"
            yield ""
            if item.formula is not None:
                yield f"- {self.plain('is')}: {self.say(item.formula)}"
            if item.when is not None:
                yield from self._when(item.when, in_section=False)

    def _sources(self) -> Iterator[str]:
        if not self.book.sources:
            return
        yield from self._head(2, self.plain("sources"), self.plain("sources_about"))
        yield ""
        yield self._row([self.plain("source"), self.plain("what")])
        yield self._row(["---"] * 2)
        for source in self.book.sources:
            yield self._row([literal(safe(source.id)), self._source(source)])

    def _source(self, source: Source) -> str:
        parts = [self.say(Words(safe(source.title.zh), safe(source.title.en)))]
        if source.instrument:
            parts.append(literal(safe(source.instrument)))
        if source.url and is_link(source.url):
            parts.append(f"<{source.url}>")
        elif source.url:
            parts.append(literal(safe(source.url)))
        if source.confidence:
            parts.append(self.plain("confidence", safe(source.confidence)))
        return " · ".join(parts)


def literal(words: str) -> str:
    r"""Return a text so that Markdown shows it as it stands.

    >>> print(literal("<b>*L1*</b> (2 cm)"))
    &lt;b&gt;\*L1\*&lt;/b&gt; (2 cm)
    """
    escaped = _AT_START.sub(r"\1\3\\\2\4", _MEANS_SOMETHING.sub(r"\\\1", words))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
