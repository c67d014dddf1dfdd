"""Loading a policy: strict, with every problem of every file at once.

Whatever could be a mistake is an error that names the file and line, the word and the way out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from refundrules.case.facts import Words
from refundrules.errors import PackError, Problem, did_you_mean, plain, quoted
from refundrules.expr.walk import reads
from refundrules.io.strict_yaml import Map
from refundrules.money.currency import is_currency
from refundrules.policy.dump import invariant_data
from refundrules.policy.loading.files import PackFiles, PackReader, pack_names, shipped_packs
from refundrules.policy.loading.rules import InvariantReading, are_jurisdictions
from refundrules.policy.loading.templates import WordingReading
from refundrules.policy.model import Policy, to_data
from refundrules.policy.parts import Parameter
from refundrules.policy.templates import PLACES, Wording

HEAD = ("pack", "version", "title", "extends", "jurisdictions", "currency", "time_zone", "language", "complete")
SECTIONS = (
    "chapter", "given", "money", "rules", "parameters", "definitions", "groups", "facts", "assumptions", "guarantees",
    "invariants", "accept", "instructions", "guardrails", "messages", "scripts", "sources",
)  # fmt: skip
_VERSION = re.compile(r"\d+\.\d+\.\d+([-+][0-9A-Za-z.-]+)?")


def load_policy(pack: str | os.PathLike[str] = "cn-apparel-shop") -> Policy:
    """Return the policy of a shipped pack (by name), a pack folder, or a pack in one YAML file.

    Raises `PackError` with every problem found.
    """
    loading = PackReader()
    place = loading.find(os.fspath(pack), None)
    if place is not None:
        loading.read(place, ())
    if loading.problems:
        raise PackError(loading.problems)
    return _Linking(loading.packs).policy()


def dump_policy(policy: Policy) -> str:
    """Return the policy as one YAML pack; `load_policy` of it gives an equal policy."""
    data = to_data(policy)
    # No decision hangs on these, so the digest does not cover them.
    data |= {"invariants": [invariant_data(item) for item in policy.invariants]} if policy.invariants else {}
    accepted = [{"finding": item.finding, "because": item.because._asdict()} for item in policy.accepted]
    data |= {"accept": accepted} if accepted else {}
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)
    return text


class _Linking(WordingReading, InvariantReading):
    """Turns what was read into a policy; every method notes problems and goes on."""

    def policy(self) -> Policy:
        for pack in self.packs:
            self._head(pack)
        for section, read in self._passes():
            for pack in self.packs:
                for file, document in pack.sections:
                    if section in document:
                        read(pack, file, document)
            if section == "definitions":
                self.define_all()
        currency = self.inherited("currency")
        if isinstance(currency, str) and is_currency(currency):
            self.check_money(currency)
        self._overrides()
        self._sealed()
        self._texts_used()
        self.check_wordings()
        self._unread()
        if self.problems:
            raise PackError(sorted(self.problems, key=_by_place))
        return self._built()

    def _passes(self) -> list[tuple[str, Callable[[PackFiles, str, Map], None]]]:
        return [
            ("money", self.read_money),
            ("sources", self.read_sources),
            ("parameters", self.read_parameters),
            ("facts", self.read_facts),
            ("groups", self.read_groups),
            ("definitions", self.read_definitions),
            ("assumptions", self.read_assumptions),
            ("instructions", self.read_texts),
            ("guardrails", self.read_texts),
            ("guarantees", self.read_guarantees),
            ("rules", self.read_rules),
            ("messages", self.read_wordings),
            ("scripts", self.read_wordings),
            ("invariants", self.read_invariants),
            ("accept", self.read_accepted),
        ]

    def _built(self) -> Policy:
        head = self.root.head
        return Policy(
            id=self.root.name,
            version=str(head["version"]),
            title=Words(**head["title"]),
            jurisdictions=tuple(sorted(self.inherited("jurisdictions"))),
            currency=self.inherited("currency"),
            time_zone=self.inherited("time_zone"),
            language=self.inherited("language"),
            sources=dict(sorted(self.sources.items())),
            parameters=dict(sorted(self.parameters.items())),
            definitions=dict(sorted(self.definitions.items())),
            facts=tuple(sorted(self.own_facts, key=lambda fact: fact.name)),
            rules=tuple(self.rules[key] for key in sorted(self.rules)),
            guarantees=tuple(self.guarantees[key] for key in sorted(self.guarantees)),
            assumptions=tuple(self.assumptions[key] for key in sorted(self.assumptions)),
            complete=bool(head.get("complete", True)),
            unfinished=self._unfinished(),
            invariants=tuple(self.invariants[key] for key in sorted(self.invariants)),
            accepted=tuple(self.accepted),
            packs=tuple(f"{pack.name} {pack.head['version']}" for pack in self.packs),
            money=self.money_settings(),
            instructions=dict(sorted(self.texts["instructions"].items())),
            guardrails=dict(sorted(self.texts["guardrails"].items())),
            messages=self._in_place("messages"),
            scripts=self._in_place("scripts"),
        )

    def _in_place(self, section: str) -> tuple[Wording, ...]:
        """Return the texts in the order of their places."""
        order = [place.name for place in PLACES[section]]
        return tuple(sorted(self.wordings[section], key=lambda text: (order.index(text.say), text.key, str(text.when))))

    def _unfinished(self) -> frozenset[str]:
        """Return the extended packs that no complete pack stands on yet."""
        extended = {pack.name: pack.head.get("complete", True) for pack in self.packs[:-1]}
        return frozenset() if any(extended.values()) else frozenset(extended)

    def _head(self, pack: PackFiles) -> None:
        head, where = pack.head, f"{pack.where}:{pack.head.line}"
        for file, document in pack.sections:
            keys = (*HEAD, *SECTIONS) if document is head else SECTIONS
            self.closed(document, keys, f"{file}:{document.line}", "the pack" if document is head else "the file")
            if "chapter" in document:
                self.words(document["chapter"], f"{file}:{document.lines['chapter']}", "`chapter`")
        for key in ("version", "title"):
            if key not in head:
                self.wrong(where, f"`{key}` is missing", "add it")
        if "version" in head and not _VERSION.fullmatch(str(head["version"])):
            self.wrong(
                f"{pack.where}:{head.lines['version']}", f"{quoted(head['version'])} is not a version", "write 1.0.0"
            )
        if "title" in head:
            self.words(head["title"], f"{pack.where}:{head.lines['title']}", "`title`")
        if not isinstance(head.get("complete", True), bool):
            self.wrong(f"{pack.where}:{head.lines['complete']}", f"{quoted(head['complete'])} is not true or false")
        for key, (fits, wanted) in _HEAD_CHECKS.items():
            if key in head and not fits(head[key]):
                self.wrong(f"{pack.where}:{head.lines[key]}", f"`{key}: {plain(head[key])}` is not {wanted}")
            elif pack is self.root and self.inherited(key) is None:
                self.wrong(where, f"`{key}` is missing, and no extended pack has it", f"write {wanted}")

    def _overrides(self) -> None:
        for rule in self.rules.values():
            for other in rule.overrides:
                if other == rule.id:
                    self.wrong(rule.where, f"`{rule.id}` overrides itself")
                elif other not in self.rules:
                    self.wrong(
                        rule.where,
                        f"`{rule.id}` overrides `{other}`, which is not a rule",
                        did_you_mean(other, self.rules),
                    )
                elif not rule.questions & self.rules[other].questions:
                    self.wrong(rule.where, f"`{rule.id}` overrides `{other}`, but they answer no common question")
        self._override_cycles()

    def _override_cycles(self) -> None:
        done: set[str] = set()

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in path:
                cycle = path[path.index(name) :]
                if name == min(cycle):
                    self.wrong(
                        self.rules[name].where, f"rules override each other in a circle: {' → '.join((*cycle, name))}"
                    )
                return
            if name in done:
                return
            for other in self.rules[name].overrides:
                if other in self.rules and other != name:
                    visit(other, (*path, name))
            done.add(name)

        for name in sorted(self.rules):
            visit(name, ())

    def _sealed(self) -> None:
        """A parameter that a guarantee reads may only get better for the buyer."""
        for guarantee in self.guarantees.values():
            read = set(reads(guarantee.when, guarantee.must.refund_at_least))
            for name in sorted(self.through_definitions(read) & set(self.parameters)):
                parameter = self.parameters[name]
                if parameter.better is None:
                    self.wrong(
                        parameter.where,
                        f"guarantee `{guarantee.id}` reads `{name}`, which does not say what is better",
                        "add `better: higher` or `better: lower` (for the buyer)",
                    )
                older = self.older.get(name)
                if older is not None and older.better and _worse(parameter, older):
                    self.wrong(
                        parameter.where,
                        f"`{name}` is sealed by guarantee `{guarantee.id}` and may not get worse for the buyer",
                        f"keep it {'at least' if older.better == 'higher' else 'at most'} what `{older.pack}` says",
                    )

    def _texts_used(self) -> None:
        for rule in self.rules.values():
            for answer in rule.then:
                section = answer.question
                if section == "guardrails" and answer.key not in self.texts[section]:
                    self.wrong(
                        rule.where, f"`{rule.id}` names {answer.key}, which has no text", "add it under `guardrails`"
                    )

    def _unread(self) -> None:
        if self.root.head.get("complete", True) is not True:
            return
        own = {file for file, _ in self.root.sections}
        for (section, name), where in self.places.items():
            if (
                section == "names"
                and name not in self.read_names
                and f"facts.{name}" not in self.read_names
                and where.rpartition(":")[0] in own
            ):
                self.wrong(where, f"`{name}` is declared but nothing reads it", "use it or delete it")


def _by_place(problem: Problem) -> tuple[str, int, str]:
    file, _, line = problem.where.rpartition(":")
    return (file, int(line), problem.what) if line.isdigit() else (problem.where, 0, problem.what)


def _is_zone(value: Any) -> bool:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, TypeError, OSError):
        return False
    return True


_HEAD_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "jurisdictions": (are_jurisdictions, "a list of ISO 3166 codes such as [CN]"),
    "currency": (lambda value: isinstance(value, str) and is_currency(value), "an ISO 4217 code such as CNY"),
    "time_zone": (_is_zone, "a time zone such as Asia/Shanghai"),
    "language": (lambda value: value in ("zh", "en"), "`zh` or `en`"),
}


def _worse(new: Parameter, old: Parameter) -> bool:
    days = {value.start for value in (*new.values, *old.values) if value.start}
    for day in [date.min, *sorted(days)]:
        now, before = new.on(day).value, old.on(day).value
        if (now < before) if old.better == "higher" else (now > before):
            return True
    return False


__all__ = ["dump_policy", "load_policy", "pack_names", "shipped_packs"]
