"""Reading the sections that declare things: sources, parameters, facts, groups, definitions, assumptions, texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple, get_args

from refundrules.case.facts import Fact, Kind
from refundrules.errors import CaseError, did_you_mean, listed
from refundrules.expr import formula as fm
from refundrules.io.strict_yaml import Map, Seq
from refundrules.money.currency import exponent
from refundrules.money.reading import Minors, read
from refundrules.money.settings import DEFAULTS, MoneySettings
from refundrules.policy.loading.context import ID, NAME
from refundrules.policy.loading.expressions import Reader, Reading
from refundrules.policy.loading.files import PackFiles
from refundrules.policy.parts import Assumption, DatedValue, Parameter, Source
from refundrules.policy.questions import ADDED, BY_ID, GUARDRAILS

_KINDS = get_args(Kind)
_NUMBER_KINDS = ("money", "share", "days", "hours", "count", "cm")


class Declarations(Reading):
    """Reads what packs declare; a section may stand in any file."""

    def items(self, file: str, document: Map, section: str) -> Iterator[tuple[str, Any, str]]:
        value = document[section]
        where = f"{file}:{document.lines[section]}"
        if not isinstance(value, Map):
            self.wrong(where, f"`{section}` is not a mapping of names")
            return
        for key, item in value.items():
            yield key, item, f"{file}:{value.lines[key]}"

    def listed_items(self, file: str, document: Map, section: str) -> Iterator[tuple[Any, str]]:
        items = document[section]
        if items is None:
            return
        if not isinstance(items, Seq):
            self.wrong(f"{file}:{document.lines[section]}", f"`{section}` is not a list")
            return
        for item, line in zip(items, items.lines, strict=True):
            yield item, f"{file}:{line}"

    def cite(self, item: Map, where: str, what: str) -> tuple[str, ...]:
        cites = item.get("cite")
        if isinstance(cites, str):
            cites = [cites]
        if not isinstance(cites, list) or not cites:
            self.wrong(where, f"{what} cites nothing", "add `cite: [SOURCE]`")
            return ()
        for cite in cites:
            if not isinstance(cite, str) or cite not in self.sources:
                self.wrong(
                    where, f"`{cite}` is not a source", did_you_mean(cite, self.sources, "declare it under `sources`")
                )
        return tuple(sorted(str(cite) for cite in cites))

    def read_money(self, pack: PackFiles, file: str, document: Map) -> None:
        """Read how a pack works amounts out; what it does not say is as the packs it extends say."""
        given, where = document["money"], f"{file}:{document.lines['money']}"
        if not isinstance(given, Map):
            self.wrong(where, "`money` is not a mapping of settings")
            return
        before = self.places.setdefault(("money", pack.name), where)
        if before != where:
            self.wrong(where, "`money` is given twice", f"first at {before}")
            return
        try:
            read([(MoneySettings, given, "money")])
        except CaseError as error:
            for problem in error.problems:
                key = problem.where.split(".")[1].partition("[")[0] if "." in problem.where else ""
                line = given.lines.get(key, given.line)
                self.wrong(f"{file}:{line}", f"`{problem.where}` {problem.what}", problem.remedy)
            return
        self.money |= given

    def money_settings(self) -> MoneySettings:
        """Return how the packs together work amounts out."""
        return MoneySettings.model_validate(self.money) if self.money else DEFAULTS

    def check_money(self, currency: str) -> None:
        """Note amounts of the settings that the policy's currency cannot hold."""
        settings, minors = self.money_settings(), Minors(exponent(currency))
        minors.same_currency(settings.currency, currency, "currency")
        for name in ("return_label", "handling", "waiver"):
            minors.of(getattr(settings, name), name)
        if settings.restocking is not None:
            minors.of(settings.restocking.flat, "restocking")
        where = next((place for (section, _), place in reversed(self.places.items()) if section == "money"), "")
        for problem in minors.problems:
            self.wrong(where, f"`money.{problem.where}` {problem.what}", problem.remedy)

    def read_sources(self, pack: PackFiles, file: str, document: Map) -> None:
        for key, item, where in self.items(file, document, "sources"):
            if not self.closed(item, ("title", "instrument", "url", "confidence"), where, f"source `{key}`"):
                continue
            before = self.places.setdefault(("sources", key), where)
            if before != where:
                self.wrong(where, f"source `{key}` is defined twice", f"first at {before}")
                continue
            more = {
                name: self.text(item[name], where, f"`{name}`")
                for name in ("instrument", "url", "confidence")
                if name in item
            }
            self.sources[key] = Source(key, self.words(item.get("title"), where, "`title`"), **more)

    def read_parameters(self, pack: PackFiles, file: str, document: Map) -> None:
        for key, item, where in self.items(file, document, "parameters"):
            known = ("kind", "title", "by", "better", "values")
            if not self.closed(item, known, where, f"parameter `{key}`"):
                continue
            older = self.parameters.get(key)
            if older is not None and older.pack != pack.name:
                self.older[key] = older
            elif not self.new("names", key, where, NAME, "parameter"):
                continue
            if key in ADDED or key in BY_ID or key in fm.FUNCTIONS:
                self.wrong(where, f"`{key}` is a word of the library", "choose another name")
            kind = self.one_of(item.get("kind", older.kind if older else None), _NUMBER_KINDS, where, "`kind`")
            title = (
                older.title
                if older is not None and "title" not in item
                else self.words(item.get("title"), where, "`title`")
            )
            by = self.one_of(
                item.get("by", older.by if older else "order_placed"), ("order_placed", "claim_opened"), where, "`by`"
            )
            better = item.get("better", older.better if older else None)
            if better is not None:
                better = self.one_of(better, ("higher", "lower"), where, "`better`")
            values = self._values(item.get("values"), kind, where, key)
            if values:
                self.parameters[key] = Parameter(key, kind, title, by, better, values, pack.name, where)  # type: ignore[arg-type]

    def _values(self, values: Any, kind: str, where: str, name: str) -> tuple[DatedValue, ...]:
        if not isinstance(values, Seq) or not values:
            self.wrong(
                where, f"parameter `{name}` has no values", "write `values: [{from: beginning, value: …, cite: …}]`"
            )
            return ()
        file, found = where.rpartition(":")[0], []
        for item, line in zip(values, values.lines, strict=True):
            place = f"{file}:{line}"
            if not self.closed(item, ("from", "value", "cite", "verified"), place, f"a value of `{name}`"):
                continue
            start = None if item.get("from") == "beginning" else self.date(item.get("from"), place, "`from`")
            number = self.number(item.get("value"), kind, place, name)
            verified = item.get("verified", False)
            checked = None if verified is False else self.date(verified, place, "`verified`")
            found.append(DatedValue(start, number, self.cite(item, place, f"a value of `{name}`"), checked))
        starts = [value.start for value in found]
        if len(set(starts)) != len(starts):
            self.wrong(where, f"two values of `{name}` start on the same day", "keep one")
        if None not in starts:
            self.wrong(where, f"`{name}` has no value from the beginning", "give one `from: beginning`")
        return tuple(sorted(found, key=lambda value: value.start or date.min))

    def read_facts(self, pack: PackFiles, file: str, document: Map) -> None:
        for key, item, where in self.items(file, document, "facts"):
            if not self.closed(item, ("kind", "values", "default", "question"), where, f"fact `{key}`"):
                continue
            name = key.removeprefix("facts.")
            if name == key or not self.new("names", name, where, NAME, "fact"):
                if name == key:
                    self.wrong(where, f"`{key}` must start with `facts.`", f"write `facts.{key}`")
                continue
            kind = self.one_of(item.get("kind"), [word for word in _KINDS if word != "share"], where, "`kind`")
            values = tuple(str(value) for value in item.get("values") or ())
            if (kind == "enum") != bool(values):
                self.wrong(where, "`values` go with `kind: enum`, and only with it")
            default = item.get("default")
            if "default" in item and not _fits(default, kind, values):
                self.wrong(where, f"default `{default}` is not a value of fact `{key}`")
            question = self.words(item["question"], where, "`question`") if "question" in item else None
            if "default" not in item and question is None:
                self.wrong(where, f"fact `{key}` may be unknown but has no `question`", "add one, or a `default`")
            fact = Fact(
                key, kind, _PackFact(name, default), (f"facts.{name}",), "", "default" not in item,  # type: ignore[arg-type]
                values, question, changeable=True, default=default,
            )  # fmt: skip
            self.facts[key] = fact
            self.own_facts.append(fact)

    def read_groups(self, pack: PackFiles, file: str, document: Map) -> None:
        for key, item, where in self.items(file, document, "groups"):
            if not self.closed(item, ("of", "values"), where, f"group `{key}`") or not self.new(
                "names", key, where, NAME, "group"
            ):
                continue
            fact = self.facts.get(item.get("of"))
            if fact is None or fact.kind != "enum":
                self.wrong(
                    where,
                    f"`{item.get('of')}` is not a fact with named values",
                    did_you_mean(item.get("of"), self.facts),
                )
                continue
            values = item.get("values")
            if not isinstance(values, list) or not values:
                self.wrong(where, f"group `{key}` has no values")
                continue
            for value in values:
                self.check_value(value, fact.values, where, fact.name)
            self.groups[key] = (fact.name, tuple(values))

    def read_definitions(self, pack: PackFiles, file: str, document: Map) -> None:
        """Note the definitions of a file; each is read when first named, so they may stand in any order."""
        for key, item, where in self.items(file, document, "definitions"):
            if not self.closed(item, ("title", "formula", "when"), where, f"definition `{key}`") or not self.new(
                "names", key, where, NAME, "definition"
            ):
                continue
            if key in ADDED or key in BY_ID or key in fm.FUNCTIONS:
                self.wrong(where, f"`{key}` is a word of the library", "choose another name")
                continue
            self.pending[key] = (item, where)

    def read_assumptions(self, pack: PackFiles, file: str, document: Map) -> None:
        for item, where in self.listed_items(file, document, "assumptions"):
            if not self.closed(item, ("id", "assume", "because"), where, "the assumption"):
                continue
            if self.new("ids", item.get("id"), where, ID, "assumption"):
                condition = self.condition(item.get("assume"), where, Reader(0))
                self.assumptions[item["id"]] = Assumption(
                    item["id"], condition, self.words(item.get("because"), where, "`because`"), where
                )

    def read_texts(self, pack: PackFiles, file: str, document: Map) -> None:
        for section in ("instructions", "guardrails"):
            if section not in document or (file, section) in self.places:
                continue
            self.places[(file, section)] = file
            for key, item, where in self.items(file, document, section):
                allowed = GUARDRAILS if section == "guardrails" else None
                if allowed and key not in allowed:
                    self.wrong(
                        where,
                        f"`{key}` is not one of the {section}",
                        did_you_mean(key, allowed, f"one of {listed(allowed, 20)}"),
                    )
                if allowed is None and not NAME.fullmatch(key):
                    self.wrong(
                        where,
                        f"`{key}` is not a name for an instruction",
                        "use lower case letters, digits and underscores",
                    )
                self.texts[section][key] = self.words(item, where, f"`{key}`")


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
