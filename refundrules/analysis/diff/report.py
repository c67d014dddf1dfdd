"""What a change of a policy does, as text for people and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from refundrules.analysis.check.report import case_yaml, decided_text
from refundrules.analysis.diff.diff import LISTS, TERMS, Moved, PolicyDiff, Region
from refundrules.analysis.scope import period_words
from refundrules.case.facts import Words
from refundrules.text.decision_words import safe
from refundrules.text.to_markdown import literal

_WORDS = {
    "same": Words("这次改动不改变任何裁决（已对全部案件证明）", "this edit changes no decision, proved for every case there can be"),
    "alike": Words("比较过的部分没有变化，但不是全部都比较过", "nothing moves in what was compared, which is not all that differs"),
    "unlooked": Words("没有比较：{}", "not looked at: {}"),
    "texts": Words("文字或出处不同，它们不是裁决", "texts or citations differ, which are no decisions"),
    "written": Words("只有写法或版本不同", "only the way it is written, or its version, differs"),
    "outcome": Words("结论 {} → {}", "outcome {} → {}"),
    "resolution": Words("处理方式 {} → {}", "remedy {} → {}"),
    "terms": Words("处理方式相同，条件不同", "the same remedy, on other terms"),
    "lists": Words("裁决相同，期限、指示、红线或备选不同", "the same decision, with other deadlines, instructions, guardrails or alternatives"),
    "buyer": Words("有利于买家", "the buyer gains"),
    "shop": Words("有利于商家", "the shop gains"),
    "both": Words("有的利于买家，有的利于商家", "the buyer gains in some, the shop in others"),
    "": Words("", ""),
    "where": Words("当", "where"),
    "some": Words("其中一部分", "in some of them"),
    "all": Words("全部如此", "all of them"),
    "moves": Words("变化", "moves"),
    "in": Words("范围", "in"),
    "case": Words("例如", "such as"),
    "before": Words("改前", "before"),
    "after": Words("改后", "after"),
    "undecided": Words("未能判定是否有这样的案件", "whether there is such a case could not be told"),
    "unseen": Words("还有 {} 个时期没有比较", "{} more periods were not compared"),
    "nothing": Words("无", "nothing"),
    "less": Words("较少", "less"),
    "more": Words("较多", "more"),
    "fewer": Words("较少", "fewer"),
    "one": Words("原来的", "one"),
    "another": Words("别的", "another"),
    "regions": Words("{} 类案件的裁决会变", "decisions move in {} kind{s} of case{s}"),
}  # fmt: skip


def _say(name: str, language: str, *parts: object, **more: object) -> str:
    return _WORDS[name].to(language).format(*parts, **more)


_AMOUNTS = ("nothing", "less", "more", "fewer", "one", "another")


def title_text(region: Region, language: str) -> str:
    """Return what moves in a region."""
    kind = region.title[0]
    return _say(kind, language, *(region.title[1:] if region.title not in (TERMS, LISTS) else ()))


def conditions(region: Region, language: str) -> list[str]:
    """Return what the cases of a region have in common."""
    return [zh if language == "zh" else en for zh, en in region.conditions]


def moved_text(item: Moved, region: Region, language: str) -> str:
    """Return one thing that moves."""
    how = "" if item.everywhere else f" ({_say('some', language)})"
    before, after = (_say(word, language) if word in _AMOUNTS else word for word in (item.before, item.after))
    return f"{item.what}: {before} → {after}{how}"


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
    yield _say("regions", language, many, s="" if many == 1 else "s")
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
    gains = _say(region.gains, language)
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
