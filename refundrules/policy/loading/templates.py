"""Reading the texts to the buyer and the scripts for the agent, so that every decision has exactly one of each."""

from __future__ import annotations

from typing import Any

from refundrules.case.facts import Words
from refundrules.errors import did_you_mean, listed
from refundrules.io.schema_paths import Schema
from refundrules.io.strict_models import closed, one_or_several, unknown_word
from refundrules.io.strict_yaml import Map
from refundrules.policy.guardrail_lint import lint
from refundrules.policy.loading.context import Entry, LoadContext
from refundrules.policy.templates import (
    FILLED,
    KEYS,
    NEVER,
    ONLY,
    PLACEHOLDER,
    PLACES,
    TRAITS,
    MessagePlace,
    Value,
    Wording,
    box_text,
    clash,
    left_over,
    present,
    sample,
)

_ENDS = "。！？.!?"
_QUOTES = "”』」\"')）"


def link_wording(ctx: LoadContext, entry: Entry, section: str) -> None:
    """Note a text."""
    item, where = entry.item, entry.where
    ctx.places[("wordings", section)] = entry.document.line(section)
    place = next((place for place in PLACES[section] if place.name == item.say), PLACES[section][0])
    for name in KEYS:
        if name in item.model_fields_set and name != place.key:
            ctx.wrong(where, f"`{name}` does not go with `say: {place.name}`", "leave it out")
    key = str(getattr(item, place.key)) if place.key else ""
    if place.key and not key:
        ctx.wrong(where, f"`say: {place.name}` needs `{place.key}`", f"write which {place.key} it is for")
    when = _traits(ctx, item.when, where) if "when" in item.model_fields_set else ()
    words = Words(item.zh or "", item.en or "")
    _check_text(ctx, words, where)
    _check_braces(ctx, words, place, dict(when), where)
    ctx.wordings[section].append(Wording(place.name, key, when, words, entry.pack, where))


def _traits(ctx: LoadContext, data: Any, where: str) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    if not isinstance(data, Map):
        ctx.wrong(where, "`when` of a text is not a mapping")
        return ()
    found = []
    file = where.rpartition(":")[0]
    for name, value in data.items():
        place = f"{file}:{data.lines[name]}"
        if name not in TRAITS:
            ctx.problems.append(unknown_word(place, name, TRAITS, "`when` of a text"))
            continue
        values = value if isinstance(value, list) else [value]
        if not values:
            ctx.wrong(place, f"`{name}` is compared with an empty list")
        for one in values:
            ctx.checked_value(one, TRAITS[name], place, name)
        found.append((name, tuple(one for one in TRAITS[name] if one in values)))
    return tuple(sorted(found))


def trait_schema() -> Schema:
    """Return the definition of what chooses a text."""
    return closed({name: one_or_several({"enum": list(values)}) for name, values in TRAITS.items()})


def _check_text(ctx: LoadContext, words: Words, where: str) -> None:
    for language, text in zip(Words._fields, words, strict=True):
        unseen = next((char for char in text if not char.isprintable()), "")
        if unseen:
            ctx.wrong(where, f"`{language}` holds U+{ord(unseen):04X}, which cannot be seen", "take it out")
        if text and text.rstrip(_QUOTES)[-1:] not in _ENDS:
            ctx.wrong(where, f"`{language}` does not end a sentence", "a text is read by itself, so end it")
        for breach in dict.fromkeys((*lint(text), *lint(sample(text, language)))):
            ctx.wrong(where, f"`{language}` breaks guardrail {breach.guardrail}: `{breach.excerpt}`", breach.why)


def _check_braces(
    ctx: LoadContext, words: Words, place: MessagePlace, when: dict[str, tuple[Value, ...]], where: str
) -> None:
    found = [set(PLACEHOLDER.findall(text)) for text in words]
    for name in sorted(set.union(*found) - set.intersection(*found)):
        ctx.wrong(where, f"`{{{name}}}` stands in one language only")
    for text in words:
        if set("{}") & set(PLACEHOLDER.sub("", text)):
            ctx.wrong(where, "a brace is open or closed alone", "write the name of one thing in each pair")
    for name in sorted(set.union(*found)):
        if name not in FILLED:
            known = [word for word in FILLED if word not in ONLY or word in place.fills]
            ctx.wrong(
                where, f"`{{{name}}}` cannot be filled in", did_you_mean(name, known, f"one of {listed(known, 20)}")
            )
        elif name in ONLY and name not in place.fills:
            ctx.wrong(where, f"`{{{name}}}` can be filled in only where the text has `say: {ONLY[name]}`")
        elif (trait := FILLED[name]) and not set(when.get(trait, TRAITS[trait])) <= set(present(name)):
            wanted = box_text({trait: frozenset(present(name))})
            ctx.wrong(where, f"`{{{name}}}` may not be there", f"add `{wanted}` to `when`")


# -- all of them together -------------------------------------------------------------------


def check_wordings(ctx: LoadContext) -> None:
    """Note texts that clash, decisions without a text, and keys that nothing gives."""
    for section, places in PLACES.items():
        texts = ctx.wordings[section] = _replaced(ctx.wordings[section])
        if not texts:
            continue
        _clashes(ctx, texts)
        _keys(ctx, texts, {place.name: place.key for place in places})
        if ctx.complete:
            _gaps(ctx, section, places, texts)
    _declines(ctx)


def _clashes(ctx: LoadContext, texts: list[Wording]) -> None:
    for at, one in enumerate(texts):
        for other in texts[at + 1 :]:
            both = clash(one, other)
            if both is not None:
                named = f"`{one.say}` of {one.key}" if one.key else f"`{one.say}`"
                ctx.wrong(
                    other.where,
                    f"two texts say {named} where {box_text(both)}",
                    f"the other is at {one.where}; narrow one `when`",
                )


def _gaps(ctx: LoadContext, section: str, places: tuple[MessagePlace, ...], texts: list[Wording]) -> None:
    for place in places:
        if place.needed is not None:
            covers = [text.box for text in texts if text.say == place.name]
            wanted = {name: frozenset(values) for name, values in place.needed.items()}
            gap = left_over(wanted, [*NEVER, *covers])
            if gap is not None:
                told = {name for box in (wanted, *covers) for name in box}
                gap = {name: values for name, values in gap.items() if name in told}
                ctx.wrong(
                    ctx.places[("wordings", section)],
                    f"no text of `{section}` says `{place.name}` where {box_text(gap)}",
                    f"add one with `say: {place.name}`",
                )


def _keys(ctx: LoadContext, texts: list[Wording], keys: dict[str, str]) -> None:
    answers = [(answer.question, answer.key) for rule in ctx.rules.values() for answer in rule.then]
    known: dict[str, list[str | None]] = {
        "rule": [rule.id for rule in ctx.rules.values()],
        "fact": [path for fact in ctx.facts.values() if fact.optional for path in fact.inputs],
        "instruction": list(ctx.instructions),
        "deadline": [key for question, key in answers if question == "deadlines"],
    }
    for text in texts:
        kind = keys[text.say]
        if kind and text.key and text.key not in known[kind]:
            what = {"fact": "an input that may be unknown", "deadline": "a deadline that a rule gives"}.get(kind)
            found = list(dict.fromkeys(str(name) for name in known[kind]))
            ctx.wrong(text.where, f"`{text.key}` is not {what or f'one of the {kind}s'}", did_you_mean(text.key, found))


def _declines(ctx: LoadContext) -> None:
    """Note a rule that declines without a word: of a pack that gives reasons, or of one it extends."""
    reasons = [text for text in ctx.wordings["messages"] if text.say == "because"]
    told = {text.key for text in reasons}
    order = [pack.name for pack in ctx.packs]
    bound = order[: max((order.index(text.pack) + 1 for text in reasons), default=0)]
    for rule in ctx.rules.values():
        if rule.pack not in bound:
            continue
        declines = any((answer.question, answer.value) == ("outcome", "decline") for answer in rule.then)
        if declines and rule.id not in told:
            ctx.wrong(
                rule.where,
                f"`{rule.id}` declines, and no message tells the buyer why",
                f"add one with `say: because` and `rule: {rule.id}`",
            )


def _replaced(texts: list[Wording]) -> list[Wording]:
    """Return the texts, each of an extending pack in the place of the extended one's that is for the same decisions."""
    found: list[Wording] = []
    for text in texts:
        same = (text.say, text.key, text.when)
        found = [one for one in found if (one.say, one.key, one.when) != same or one.pack == text.pack]
        found.append(text)
    return found
