"""What a change of a policy does, as text for people and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from refundrules.analysis.check.report import case_yaml, decided_text
from refundrules.analysis.diff.diff import LISTS, TERMS, Moved, PolicyDiff, Region
from refundrules.analysis.scope import period_words
from refundrules.io.catalog import say
from refundrules.text.to_markdown import literal
from refundrules.text.words import safe


def _say(name: str, language: str, *parts: object) -> str:
    return say(f"diff.{name}", language, *parts)


_AMOUNTS = ("nothing", "less", "more", "fewer", "one", "another")


def title_text(region: Region, language: str) -> str:
    """Return what moves in a region."""
    kind = region.title[0]
    return _say(kind, language, *(region.title[1:] if region.title not in (TERMS, LISTS) else ()))


def conditions(region: Region, language: str) -> list[str]:
    """Return what the cases of a region have in common."""
    return [words.to(language) for words in region.conditions]


def moved_text(item: Moved, region: Region, language: str) -> str:
    """Return one thing that moves."""
    how = "" if item.everywhere else f" ({_say('some', language)})"
    before, after = (_say(word, language) if word in _AMOUNTS else word for word in (item.before, item.after))
    return f"{item.what}: {before} → {after}{how}"


def _gains(region: Region, language: str) -> str:
    return _say(region.gains, language) if region.gains else ""


def _told(region: Region) -> list[Moved]:
    return [item for item in region.moved if (item.what, item.before, item.after) != region.title]


def diff_text(diff: PolicyDiff, language: str) -> Iterator[str]:
    """Yield the lines of a comparison."""
    yield f"{diff.old.id} {diff.old.version} → {diff.new.id} {diff.new.version}"
    for what, before, after in diff.heads:
        yield f"  {what}: {before} → {after}"
    if diff.same:
        yield from _alike(diff, language)
        return
    many = len(diff.regions)
    yield _say("regions.one" if many == 1 else "regions.other", language, many)
    shared = _shared(diff, language) if many > 1 else []
    for number, text in enumerate(shared):
        yield f"   {_say('where', language) if number == 0 else '':<7}{safe(text)}"
    for at, region in enumerate(diff.regions, 1):
        yield ""
        yield from _region_text(region, diff, at, language, shared)
    yield from _rest(diff, language)


def _alike(diff: PolicyDiff, language: str) -> Iterator[str]:
    yield _say("same" if diff.proved else "alike", language)
    if diff.proved and not diff.texts and diff.old.digest != diff.new.digest:
        yield _say("written", language)
    yield from _rest(diff, language)


def _rest(diff: PolicyDiff, language: str) -> Iterator[str]:
    """Yield what was not compared, and that texts differ."""
    if diff.unseen:
        yield _say("unseen", language, diff.unseen)
    if diff.unlooked:
        yield _say("unlooked", language, safe(", ".join(diff.unlooked)))
    if diff.texts:
        yield _say("texts", language)


def _shared(diff: PolicyDiff, language: str) -> list[str]:
    """Return the conditions that every region has."""
    first, *others = (conditions(region, language) for region in diff.regions)
    return [text for text in first if all(text in other for other in others)]


def _region_text(region: Region, diff: PolicyDiff, at: int, language: str, shared: list[str]) -> Iterator[str]:
    gains = _gains(region, language)
    yield f"{at}. {title_text(region, language)}{f' · {gains}' if gains else ''}"
    said = conditions(region, language)
    exact = _say("all" if region.exact else "some", language)
    for number, text in enumerate([*(text for text in said if text not in shared), exact]):
        yield f"   {_say('where', language) if number == 0 else '':<7}{safe(text)}"
    for number, item in enumerate(_told(region)):
        yield f"   {_say('moves', language) if number == 0 else '':<7}{safe(moved_text(item, region, language))}"
    for scope in _scopes(region, diff, language):
        yield f"   {_say('in', language):<7}{scope}"
    if region.before is None or region.after is None:
        yield f"   {_say('undecided', language)}"
        return
    yield f"   {_say('case', language)}"
    for line in case_yaml(region.before.case).splitlines():
        yield f"     {line}"
    yield f"   {_say('before', language):<7}{decided_text(region.before)}"
    yield f"   {_say('after', language):<7}{decided_text(region.after)}"


def _scopes(region: Region, diff: PolicyDiff, language: str) -> list[str]:
    """Return the places and times a region is of; none where it is of all that were compared."""
    every = len(region.periods) == len(diff.periods)
    return [] if every else [period_words(period).to(language) for period in region.periods]


def diff_markdown(diff: PolicyDiff, language: str) -> Iterator[str]:
    """Yield the lines of a comparison for a pull request."""
    yield f"### {diff.old.id} {diff.old.version} → {diff.new.id} {diff.new.version}"
    yield ""
    if diff.same:
        yield from map(_literal, _alike(diff, language))
        return
    for what, before, after in diff.heads:
        yield f"- `{what}`: {before} → {after}"
    if diff.regions:
        yield from [""] * bool(diff.heads)
        yield f"| | {_say('where', language)} | {_say('before', language)} | {_say('after', language)} | |"
        yield "|---|---|---|---|---|"
    for region in diff.regions:
        before = _say("undecided", language) if region.before is None else decided_text(region.before)
        after = "" if region.after is None else decided_text(region.after)
        exact = _say("all" if region.exact else "some", language)
        said = [*_scopes(region, diff, language), *conditions(region, language), exact]
        where = "<br>".join(map(_literal, said))
        cells = (title_text(region, language), where, before, after, _say(region.gains, language))
        yield "| " + " | ".join([cells[0], cells[1], *map(_literal, cells[2:])]) + " |"
    for region in diff.regions:
        if region.before is not None:
            yield ""
            yield f"<details><summary>{title_text(region, language)}</summary>"
            yield ""
            yield from (f"- {_literal(moved_text(item, region, language))}" for item in _told(region))
            yield ""
            yield "```yaml"
            yield from case_yaml(region.before.case).splitlines()
            yield "```"
            yield "</details>"
    for text in _rest(diff, language):
        yield ""
        yield _literal(text)


def _literal(text: str) -> str:
    return literal(safe(text))
