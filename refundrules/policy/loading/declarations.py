"""What packs declare: sources, parameters, facts, groups, definitions, assumptions, texts, settings of money."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from refundrules.case.facts import Fact
from refundrules.errors import CaseError, did_you_mean, quoted
from refundrules.expr import formula as fm
from refundrules.io.strict_models import not_one_of
from refundrules.io.strict_yaml import Map
from refundrules.money.currency import exponent, is_currency
from refundrules.money.reading import Minors, read
from refundrules.money.settings import MoneySettings
from refundrules.policy.loading.context import Document, Entry, LoadContext
from refundrules.policy.loading.expressions import Scope, condition
from refundrules.policy.loading.sections import NAME, NO_WORDS, NUMBER_KINDS, exact
from refundrules.policy.parts import Assumption, DatedValue, Parameter, Source
from refundrules.policy.questions import ADDED, BY_ID, GUARDRAILS


def cited(ctx: LoadContext, cite: str | list[Any] | None, where: str) -> tuple[str, ...]:
    """Return the sources that something cites, in order."""
    cites = [cite] if isinstance(cite, str) else cite or []
    for name in cites:
        ctx.known(name, ctx.sources, where, "a source", "declare it under `sources`")
    return tuple(sorted(map(str, cites)))


def link_money(ctx: LoadContext, document: Document) -> None:
    """Read how a pack works amounts out; what it does not say is as the packs it extends say."""
    given, where = document.written["money"], document.line("money")
    if not isinstance(given, Map):
        ctx.wrong(where, "`money` is not a mapping of settings")
    elif ctx.is_first("money", document.pack, where, "`money` is given twice"):
        try:
            (settings,) = read([(MoneySettings, given, "money")])
        except CaseError as error:
            for problem in error.problems:
                key = problem.where.split(".")[1].partition("[")[0] if "." in problem.where else ""
                line = given.lines.get(key, given.line)
                ctx.wrong(f"{document.file}:{line}", f"`{problem.where}` {problem.what}", problem.remedy)
            return
        ctx.money = ctx.money.model_copy(update={name: getattr(settings, name) for name in given})


def check_money(ctx: LoadContext) -> None:
    """Note amounts of the settings that the policy's currency cannot hold."""
    currency, settings = ctx.inherited("currency"), ctx.money
    if not isinstance(currency, str) or not is_currency(currency):
        return
    minors = Minors(exponent(currency))
    minors.same_currency(settings.currency, currency, "currency")
    for name in ("return_label", "handling", "waiver"):
        minors.of(getattr(settings, name), name)
    if settings.restocking is not None:
        minors.of(settings.restocking.flat, "restocking")
    where = next((place for (section, _), place in reversed(ctx.places.items()) if section == "money"), "")
    for problem in minors.problems:
        ctx.wrong(where, f"`money.{problem.where}` {problem.what}", problem.remedy)


def link_source(ctx: LoadContext, entry: Entry) -> None:
    """Declare a source."""
    if ctx.is_first("sources", entry.name, entry.where, f"source `{entry.name}` is defined twice"):
        item = entry.item
        ctx.sources[entry.name] = Source(entry.name, item.title or NO_WORDS, item.instrument, item.url, item.confidence)


def _is_free(ctx: LoadContext, name: str, where: str) -> bool:
    """Return whether a name is none of the library's own words."""
    if name in ADDED or name in BY_ID or name in fm.FUNCTIONS:
        ctx.wrong(where, f"`{name}` is a word of the library", "choose another name")
        return False
    return True


def link_parameter(ctx: LoadContext, entry: Entry) -> None:
    """Declare a parameter; what one that restates another does not say is as the other says."""
    name, item, where = entry.name, entry.item, entry.where
    older = ctx.parameters.get(name)
    if older is not None and older.pack != entry.pack:
        ctx.older[name] = older
    elif not ctx.declares("names", name, where, "parameter"):
        return
    _is_free(ctx, name, where)
    said = item.model_fields_set
    if older is None and "kind" not in said:
        ctx.problems.append(not_one_of(where, "`kind`", None, NUMBER_KINDS))
    if older is None and "title" not in said:
        ctx.wrong(where, "`title` is not a text in both languages", "write {zh: …, en: …}")
    first = older or Parameter(
        name, NUMBER_KINDS[0], NO_WORDS, "order_placed", "higher" if "better" in said else None, ()
    )
    kind, title, by, better = (
        getattr(item if word in said else first, word) or getattr(first, word)
        for word in ("kind", "title", "by", "better")
    )
    values = _values(ctx, entry, kind)
    if values:
        ctx.parameters[name] = Parameter(name, kind, title, by, better, values, entry.pack, where)


def _values(ctx: LoadContext, entry: Entry, kind: str) -> tuple[DatedValue, ...]:
    found = []
    for at, item in enumerate(entry.item.values or ()):
        if item is not None:
            place = f"{entry.document.file}:{entry.written['values'].lines[at]}"
            number = exact(item.value)
            if number is not None:
                _check_number(ctx, item.value, number, kind, place, entry.name)
            found.append(DatedValue(item.start, number or Fraction(0), cited(ctx, item.cite, place), item.verified))
    starts = [value.start for value in found]
    if len(set(starts)) != len(starts):
        ctx.wrong(entry.where, f"two values of `{entry.name}` start on the same day", "keep one")
    if entry.item.values and None not in starts:
        ctx.wrong(entry.where, f"`{entry.name}` has no value from the beginning", "give one `from: beginning`")
    return tuple(sorted(found, key=lambda value: value.start or date.min))


def _check_number(ctx: LoadContext, written: Any, number: Fraction, kind: str, where: str, name: str) -> None:
    currency = ctx.inherited("currency")
    if kind == "money":
        if isinstance(currency, str) and (number * 10 ** exponent(currency)).denominator != 1:
            ctx.wrong(where, f"`{written}` has more decimals than {currency} has")
    elif kind in ("days", "hours", "count") and number.denominator != 1:
        ctx.wrong(where, f"`{written}` is not a whole number of {kind}")
    elif kind == "cm" and (number * 1000).denominator != 1:
        ctx.wrong(where, f"`{written}` has more than three decimals")
    if number < 0:
        ctx.wrong(where, f"`{name}` is below zero", "write the amount and subtract it in the formula")


def link_fact(ctx: LoadContext, entry: Entry) -> None:
    """Declare a fact that a case gives under `facts`."""
    item, where = entry.item, entry.where
    name = entry.name.removeprefix("facts.")
    if name == entry.name:
        ctx.wrong(where, f"`{name}` must start with `facts.`", f"write `facts.{name}`")
        return
    if not ctx.declares("names", name, where, "fact"):
        return
    said, values = item.model_fields_set, tuple(item.values or ())
    kind, optional = item.kind or ("enum" if values else "bool"), "default" not in said
    if (kind == "enum") != ("values" in said and item.values != []):
        ctx.wrong(where, "`values` go with `kind: enum`, and only with it")
    if not optional and (values or kind != "enum") and not _fits(item.default, kind, values):
        ctx.wrong(where, f"default `{item.default}` is not a value of fact `{entry.name}`")
    if optional and "question" not in said:
        ctx.wrong(where, f"fact `{entry.name}` may be unknown but has no `question`", "add one, or a `default`")
    fact = Fact(
        entry.name, kind, _PackFact(name, item.default), (entry.name,), "", optional,  # type: ignore[arg-type]
        values, item.question, changeable=True, default=item.default,
    )  # fmt: skip
    ctx.facts[entry.name] = fact
    ctx.own_facts.append(fact)


def _fits(value: Any, kind: str, values: tuple[str, ...]) -> bool:
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "enum":
        return value in values
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


class _PackFact(NamedTuple):
    """Derives a fact that a pack declares from what the engine read of `case.facts`."""

    name: str
    default: Any

    def __call__(self, scene: Any) -> Any:
        return scene.pack_facts.get(self.name, self.default)


def link_group(ctx: LoadContext, entry: Entry) -> None:
    """Declare a group of a fact's values."""
    item, where = entry.item, entry.where
    if not ctx.declares("names", entry.name, where, "group"):
        return
    fact = ctx.facts.get(item.of) if isinstance(item.of, str) else None
    if fact is None or fact.kind != "enum":
        ctx.wrong(where, f"{quoted(item.of)} is not a fact with named values", did_you_mean(item.of, ctx.facts))
    elif item.values:
        for value in item.values:
            ctx.checked_value(value, fact.values, where, fact.name)
        ctx.groups[entry.name] = (fact.name, tuple(item.values))


def note_definition(ctx: LoadContext, entry: Entry) -> None:
    """Note a definition; it is read when first named, so that definitions may stand in any order."""
    name = entry.name
    if ctx.declares("names", name, entry.where, "definition") and _is_free(ctx, name, entry.where):
        ctx.pending[name] = entry


def link_assumption(ctx: LoadContext, entry: Entry) -> None:
    """Declare an assumption."""
    item, where = entry.item, entry.where
    if ctx.declares("ids", item.id, where, "assumption"):
        assumed = condition(ctx, item.assume, where, Scope(0))
        ctx.assumptions[item.id] = Assumption(item.id, assumed, item.because or NO_WORDS, where)


def link_instruction(ctx: LoadContext, entry: Entry) -> None:
    """Give an instruction its text."""
    if not re.fullmatch(NAME, entry.name):
        what = f"`{entry.name}` is not a name for an instruction"
        ctx.wrong(entry.where, what, "use lower case letters, digits and underscores")
    ctx.instructions[entry.name] = entry.item


def link_guardrail(ctx: LoadContext, entry: Entry) -> None:
    """Give a guardrail its text."""
    ctx.known(entry.name, GUARDRAILS, entry.where, "one of the guardrails", 20)
    ctx.guardrails[entry.name] = entry.item
