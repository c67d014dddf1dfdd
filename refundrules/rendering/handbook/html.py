"""A policy written out as one HTML page, to read on a phone or a screen, to print and to hear; nothing loaded, no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from refundrules.case.facts import Words
from refundrules.io.catalog import say
from refundrules.policy.parts import Source
from refundrules.rendering.handbook.map_svg import map_svg
from refundrules.rendering.handbook.model import Chapter, Entry, Group, ParameterRow, PolicyBook, Table, is_link
from refundrules.rendering.style import STYLE
from refundrules.text.sentences import Clause, flat, opening
from refundrules.text.words import safe


def policy_page(book: PolicyBook, languages: Sequence[str]) -> Iterator[str]:
    """Yield the page line by line; every text in it is escaped."""
    return _Page(book, languages).lines()


class _Page:
    def __init__(self, book: PolicyBook, languages: Sequence[str]) -> None:
        self.book, self.languages = book, languages
        self.places = {source.id: f"s{at + 1}" for at, source in enumerate(book.sources)}

    # -- texts ------------------------------------------------------------------------------------

    def say(self, both: Words) -> str:
        """Return a text in the languages shown, escaped; the second one under the first."""
        first, *others = self.languages
        if not others or both.zh == both.en:
            return escape(both.to(first))
        marked = "".join(
            f'<span class="two" lang="{say("language.tag", language)}">{escape(both.to(language))}</span>'
            for language in others
        )
        return f"{escape(both.to(first))}{marked}"

    def inline(self, both: Words) -> str:
        """Return a short text on one line."""
        return escape(" / ".join(dict.fromkeys(both.to(language) for language in self.languages)))

    def plain(self, name: str, *parts: object) -> str:
        return self.say(Words.of(f"handbook.{name}", *parts))

    def label(self, name: str, *parts: object) -> str:
        return self.inline(Words.of(f"handbook.{name}", *parts))

    def named(self, title: Words) -> Words:
        return title.map(safe)

    # -- the page ---------------------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        policy, title = self.book.policy, self.inline(self.named(self.book.policy.title))
        yield "<!doctype html>"
        yield f'<html lang="{say("language.tag", self.languages[0])}">'
        yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">"
        yield f"<title>{title} · {escape(safe(policy.id))} {escape(policy.version)}</title><style>{STYLE}</style></head>"
        yield "<body>"
        yield from self._header()
        yield from self._contents()
        yield "<main>"
        for chapter in self.book.chapters:
            yield from self._chapter(chapter)
        yield from self._entries("guarantees", self.book.guarantees, "g-")
        yield from self._parameters()
        yield from self._definitions()
        yield from self._entries("assumptions", self.book.assumptions, "a-")
        yield from self._sources()
        yield from self._map()
        yield "</main>"
        yield f"<footer>{escape(safe(policy.id))} {escape(policy.version)} · {self.label('digest')} {policy.digest}</footer>"
        yield "</body></html>"

    def _header(self) -> Iterator[str]:
        book, policy = self.book, self.book.policy
        yield f"<header><h1>{self.say(self.named(policy.title))}</h1>"
        day = self.label("on", book.day) if book.day else self.label("latest")
        counts = self.label("counts", len(policy.rules), len(policy.guarantees), len(policy.parameters))
        places = self.label("holds_in", ", ".join(policy.jurisdictions), policy.currency, policy.time_zone)
        packs = self.label("made_of", safe(" ← ".join(reversed(policy.packs))))
        yield f'<ul class="meta"><li>{counts} · {day}</li><li>{places}</li><li>{packs}</li></ul>'
        yield f"<p>{self.plain('how')}</p><p>{self.plain('gaps')}</p>"
        if not policy.complete:
            yield f"<p>{self.plain('unfinished')}</p>"
        yield "</header>"

    def _contents(self) -> Iterator[str]:
        book = self.book
        yield f'<nav aria-labelledby="contents"><h2 id="contents">{self.label("contents")}</h2><ol>'
        for chapter in book.chapters:
            count = len(chapter.entries)
            yield f'<li><a href="#c-{chapter.id}">{self.inline(chapter.title)}</a> <span class="n">{count or ""}</span></li>'
        yield "</ol><ul>"
        sections = {
            "guarantees": book.guarantees, "parameters": book.parameters, "definitions": book.definitions,
            "assumptions": book.assumptions, "sources": book.sources,
        }  # fmt: skip
        for name, items in sections.items():
            if items:
                yield f'<li><a href="#{name}">{self.label(name)}</a> <span class="n">{len(items)}</span></li>'
        if book.policy.rules:
            yield f'<li><a href="#map">{self.label("map")}</a></li>'
        yield "</ul></nav>"

    # -- chapters ---------------------------------------------------------------------------------

    def _section(self, anchor: str, title: str, about: str) -> str:
        return f'<section aria-labelledby="{anchor}"><h2 id="{anchor}">{title}</h2><p class="soft">{about}</p>'

    def _chapter(self, chapter: Chapter) -> Iterator[str]:
        yield self._section(f"c-{chapter.id}", self.say(chapter.title), self.say(chapter.about))
        if chapter.also:
            links = self._links(chapter.also)
            yield f'<p class="more">{self.label("also", _HERE).replace(_HERE, links)}</p>'
        for group in chapter.groups:
            yield from self._group(group)
        yield "</section>"

    def _group(self, group: Group) -> Iterator[str]:
        yield f"<h3>{self.say(group.title)}</h3>"
        if group.always:
            yield f'<div class="always">{self.label("always")}<ul>'
            yield from (self._item(clause) for clause in group.always)
            yield "</ul></div>"
        if group.table:
            yield from self._table(group.table)
        for entry in group.entries:
            yield from self._entry(entry, "r-", in_section=bool(group.always))

    def _entries(self, name: str, entries: Sequence[Entry], prefix: str) -> Iterator[str]:
        if entries:
            yield self._section(name, self.plain(name), self.plain(f"{name}_about"))
            for entry in entries:
                yield from self._entry(entry, prefix)
            yield "</section>"

    def _entry(self, entry: Entry, prefix: str, *, in_section: bool = False) -> Iterator[str]:
        anchor = f"{prefix}{escape(entry.id)}"
        refs = " ".join(self._ref(cite) for cite in entry.cite)
        yield f'<article class="rule" id="{anchor}" aria-labelledby="{anchor}-t">'
        level = "h4" if prefix == "r-" else "h3"
        name = f'<a class="self" href="#{anchor}">{escape(entry.id)}</a>'
        yield f'<{level} class="id" id="{anchor}-t">{name}<span>{refs}</span></{level}>'
        if entry.because is not None:
            yield f'<p class="because">{self.say(opening(entry.because))}</p>'
        yield self._when(entry.when, in_section=in_section)
        rows = [(self.say(said.about), self.say(said.value)) for said in entry.then]
        rows += [(self.plain("promise"), self.say(promise)) for promise in entry.must]
        if rows:
            yield f"<dl>{''.join(f'<dt>{about}</dt><dd>{value}</dd>' for about, value in rows)}</dl>"
        yield from (f'<p class="more">{line}</p>' for line in self._more(entry))
        yield "</article>"

    def _more(self, entry: Entry) -> Iterator[str]:
        if entry.overridden:
            links = self._links(entry.overridden)
            yield f"{self.label('unless')} {self.label('overridden', _HERE).replace(_HERE, links)}"
        if entry.overrides:
            yield self.label("overrides", _HERE).replace(_HERE, self._links(entry.overrides))
        yield from (self.say(note) for note in entry.notes)

    def _when(self, clause: Clause, *, in_section: bool) -> str:
        lead = "and_when" if in_section and not clause.is_always else "when"
        if clause.is_always:
            inner = self.plain("all_of_section") if in_section else self.say(clause.text)
        else:
            inner = self._leaf(clause) if clause.joint == "leaf" else self.say(flat(clause))
        if clause.is_short:
            return f'<p class="when"><span class="lead">{self.label(lead)}</span>{inner}</p>'
        items = "".join(self._item(part) for part in clause.parts)
        return (
            f'<div class="when"><span class="lead">{self.label(f"{lead}_{clause.joint}")}</span><ul>{items}</ul></div>'
        )

    def _item(self, clause: Clause) -> str:
        parts = f"<ul>{''.join(self._item(part) for part in clause.parts)}</ul>" if clause.parts else ""
        return f"<li>{self._leaf(clause)}{parts}</li>"

    def _leaf(self, clause: Clause) -> str:
        shown = self.say(clause.text)
        return f'<a href="#d-{escape(clause.definition)}">{shown}</a>' if clause.definition else shown

    def _links(self, ids: Sequence[str]) -> str:
        return ", ".join(f'<a href="#r-{escape(name)}">{escape(name)}</a>' for name in ids)

    def _ref(self, cite: str) -> str:
        title = self.inline(self.named(self.book.policy.sources[cite].title))
        return f'<a class="ref" href="#{self.places[cite]}" title="{title}">{escape(safe(cite))}</a>'

    # -- tables -----------------------------------------------------------------------------------

    def _table(self, table: Table) -> Iterator[str]:
        glance = self.label("glance")
        yield f'<div class="wide glance"><table><caption>{glance}</caption>'
        heads = [self.label("rule"), *map(self.say, table.columns), *map(self.say, table.about)]
        columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
        yield f"<thead><tr>{columns}</tr></thead><tbody>"
        about = [self.inline(column) for column in (*table.columns, *table.about)]
        for rule, wanted, said in table.rows:
            cells = [("free soft", "any") if cell is None else ("", cell) for cell in wanted]
            cells += [("free", "nothing") if cell is None else ("says", cell) for cell in said]
            row = "".join(
                f'<td class="{style}" data-of="{column}">{self.plain(cell) if isinstance(cell, str) else self.say(cell)}</td>'
                for column, (style, cell) in zip(about, cells, strict=True)
            )
            yield f'<tr><th scope="row">{self._links([rule])}</th>{row}</tr>'
        yield "</tbody></table></div>"

    def _parameters(self) -> Iterator[str]:
        if not self.book.parameters:
            return
        yield self._section("parameters", self.plain("parameters"), self.plain("parameters_about"))
        heads = "".join(f'<th scope="col">{self.label(name)}</th>' for name in ("parameter", "value", "sources"))
        yield f'<table class="params"><thead><tr>{heads}</tr></thead>'
        for rows in self.book.parameters:
            yield f'<tbody id="p-{rows[0].parameter.id}">'
            yield from (self._parameter(row, len(rows) if at == 0 else 0) for at, row in enumerate(rows))
            yield "</tbody>"
        yield "</table></section>"

    def _parameter(self, row: ParameterRow, rows: int) -> str:
        item, value = row.parameter, row.value
        since = self.label("since", _HERE).replace(_HERE, _day(value.start)) if value.start else self.label("beginning")
        shown = self.inline(row.shown)
        shown = f"<strong>{shown}</strong>" if row.in_force else shown
        checked = f'<span class="open">{self.label("unverified")}</span>'
        if value.verified:
            checked = f'<span class="soft">{self.label("verified", _HERE).replace(_HERE, _day(value.verified))}</span>'
        by = f'<br><span class="soft">{self.label(f"by_{item.by}")}</span>' if len(item.values) > 1 else ""
        head = ""
        if rows:
            head = f'<th scope="rowgroup" rowspan="{rows}">{self.say(self.named(item.title))} <code>{item.id}</code>{by}</th>'
        refs = " ".join(self._ref(cite) for cite in value.cite)
        later = "" if rows else ' class="later"'
        return f'<tr{later}>{head}<td>{shown} <span class="soft">{since}</span></td><td>{refs} {checked}</td></tr>'

    def _definitions(self) -> Iterator[str]:
        if not self.book.definitions:
            return
        yield self._section("definitions", self.plain("definitions"), self.plain("definitions_about"))
        for item in self.book.definitions:
            anchor = f"d-{item.id}"
            yield f'<article class="rule" id="{anchor}" aria-labelledby="{anchor}-t">'
            yield f'<h3 class="id" id="{anchor}-t"><a class="self" href="#{anchor}">{item.id}</a></h3>'
            yield f'<p class="because">{self.say(opening(item.title))}</p>'
            if item.formula is not None:
                yield f'<p class="when"><span class="lead">{self.label("is")}</span>{self.say(item.formula)}</p>'
            if item.when is not None:
                yield self._when(item.when, in_section=False)
            yield "</article>"
        yield "</section>"

    def _sources(self) -> Iterator[str]:
        if not self.book.sources:
            return
        yield self._section("sources", self.plain("sources"), self.plain("sources_about"))
        yield f'<table><thead><tr><th scope="col">{self.label("source")}</th><th scope="col">{self.label("what")}</th></tr></thead><tbody>'
        for source in self.book.sources:
            yield f'<tr id="{self.places[source.id]}"><th scope="row">{escape(safe(source.id))}</th><td>{self._source(source)}</td></tr>'
        yield "</tbody></table></section>"

    def _source(self, source: Source) -> str:
        details = [escape(safe(source.instrument))] if source.instrument else []
        if source.url:
            shown = escape(safe(source.url))
            details.append(
                f'<a href="{escape(source.url)}" rel="noreferrer">{shown}</a>' if is_link(source.url) else shown
            )
        if source.confidence:
            details.append(self.label("confidence", safe(source.confidence)))
        about = f'<br><span class="soft">{" · ".join(details)}</span>' if details else ""
        return f"{self.say(self.named(source.title))}{about}"

    def _map(self) -> Iterator[str]:
        picture = map_svg(self.book, self.languages)
        if picture:
            yield self._section("map", self.plain("map"), self.plain("map_about"))
            yield f"<figure>{picture}</figure></section>"


def _day(day: date) -> str:
    return f'<span class="nb">{day}</span>'


_HERE = "\x00"
"""What holds the place of links while the text around them is escaped."""
