"""The policy: typed, frozen data with one exact meaning. Everything else reads it.

A `Policy` comes from `load_policy`. Its `digest` covers all that can change a decision or its
words, and nothing that cannot: neither the order of rules nor the files they stand in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from refundrules.case.facts import FACTS, Fact, Words
from refundrules.expr.condition import Condition
from refundrules.expr.formula import Formula
from refundrules.money.settings import DEFAULTS, MoneySettings
from refundrules.policy import dump as packdata
from refundrules.policy.parts import (
    Acceptance,
    Assumption,
    Definition,
    Guarantee,
    Invariant,
    Parameter,
    Rule,
    Source,
    within,
)
from refundrules.policy.templates import PLACES, Wording, wording_data


@dataclass(frozen=True)
class Policy:
    """One policy: a pack with everything it extends, checked and linked."""

    id: str
    version: str
    title: Words
    jurisdictions: tuple[str, ...]
    currency: str
    time_zone: str
    language: str
    sources: Mapping[str, Source]
    parameters: Mapping[str, Parameter]
    definitions: Mapping[str, Definition]
    facts: tuple[Fact, ...]
    """Facts the packs declare, beside the library's."""
    rules: tuple[Rule, ...]
    guarantees: tuple[Guarantee, ...]
    assumptions: tuple[Assumption, ...]
    instructions: Mapping[str, Words]
    guardrails: Mapping[str, Words]
    messages: tuple[Wording, ...] = ()
    """What is said to the buyer, in the order of its places."""
    scripts: tuple[Wording, ...] = ()
    """What the agent is told to say and do, in the order of its steps."""
    money: MoneySettings = DEFAULTS
    """How amounts are worked out where good systems differ; `docs/money.md`."""
    complete: bool = True
    """False for a pack made to be extended: gaps are expected of it."""
    packs: tuple[str, ...] = field(default=(), compare=False)
    """The packs it was made of, the extended ones first, with their versions."""
    invariants: tuple[Invariant, ...] = field(default=(), compare=False)
    """What `check` proves of the policy beside its guarantees; no decision hangs on them."""
    accepted: tuple[Acceptance, ...] = field(default=(), compare=False)
    """Findings of `check` that the packs live with."""
    unfinished: frozenset[str] = field(default=frozenset(), compare=False)
    """The extended packs, while none of them is complete: this pack's tests show their rules too."""

    @cached_property
    def vocabulary(self) -> Mapping[str, Fact]:
        """Every fact by name: the library's, then the packs'."""
        return {fact.name: fact for fact in (*FACTS, *self.facts)}

    @cached_property
    def rule(self) -> Mapping[str, Rule]:
        """Every rule by id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the hash of everything that can change a decision or its words."""
        text = json.dumps(to_data(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def defined(self, name: str) -> Condition | Formula | None:
        """Return what a definition stands for; None when the name is not one."""
        item = self.definitions.get(name)
        return None if item is None else item.body

    def change_days(self, by: str) -> list[int]:
        """Return the days from which something else is in force, by `order_placed` or `claim_opened`, as ordinals."""
        days = {
            value.start for item in self.parameters.values() if item.by == by for value in item.values if value.start
        }
        for span in [rule.in_force for rule in self.rules] + [item.in_force for item in self.guarantees]:
            if span.by == by:
                days |= {day for day in (span.start, span.until) if day}
        return sorted(day.toordinal() for day in days)

    def __repr__(self) -> str:
        return f"<Policy {self.id} {self.version}: {len(self.rules)} rules, {len(self.guarantees)} guarantees>"

    def covers(self, jurisdiction: str) -> bool:
        """Return whether the policy holds there (`CN-ZJ` is within `CN`)."""
        return within(jurisdiction, self.jurisdictions)


def to_data(policy: Policy) -> dict[str, Any]:
    """Return the policy as one plain pack document: what `dump` writes and the digest covers."""
    data: dict[str, Any] = {
        "pack": policy.id,
        "version": policy.version,
        "title": policy.title._asdict(),
        "jurisdictions": sorted(policy.jurisdictions),
        "currency": policy.currency,
        "time_zone": policy.time_zone,
        "language": policy.language,
        "complete": policy.complete,
        "money": policy.money.model_dump(mode="json", exclude_defaults=True),
        "sources": {key: packdata.source_data(source) for key, source in sorted(policy.sources.items())},
        "parameters": {key: packdata.parameter_data(item) for key, item in sorted(policy.parameters.items())},
        "definitions": {key: packdata.definition_data(item) for key, item in sorted(policy.definitions.items())},
        "facts": {fact.name: packdata.fact_data(fact) for fact in sorted(policy.facts, key=lambda fact: fact.name)},
        "assumptions": [
            packdata.assumption_data(item) for item in sorted(policy.assumptions, key=lambda item: item.id)
        ],
        "guarantees": [packdata.guarantee_data(item) for item in sorted(policy.guarantees, key=lambda item: item.id)],
        "rules": [packdata.rule_data(rule) for rule in sorted(policy.rules, key=lambda rule: rule.id)],
    }
    for section in ("instructions", "guardrails"):
        data[section] = {key: words._asdict() for key, words in sorted(getattr(policy, section).items())}
    for section in PLACES:
        data[section] = [wording_data(text) for text in getattr(policy, section)]
    return {key: value for key, value in data.items() if value not in ({}, [])}
