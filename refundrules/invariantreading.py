"""Reading what a pack says to `check`: invariants to prove, and findings it lives with."""

from __future__ import annotations

from typing import Any

from refundrules.errors import did_you_mean
from refundrules.io.strict_yaml import Map
from refundrules.lexicon import ID
from refundrules.packfiles import PackFiles
from refundrules.policyparts import Acceptance, Invariant, Monotone
from refundrules.questions import QUESTIONS
from refundrules.reading import Reader
from refundrules.rulereading import RuleReading

_INVARIANT_KEYS = ("id", "when", "must", "monotone", "because")
_BUYER = ("never_worse", "never_better")


class InvariantReading(RuleReading):
    """Reads invariants and accepted findings, once everything they name is declared."""

    def __init__(self, packs: list[PackFiles]) -> None:
        super().__init__(packs)
        self.invariants: dict[str, Invariant] = {}
        self.accepted: list[Acceptance] = []

    def read_invariants(self, pack: PackFiles, file: str, document: Map) -> None:
        everything = Reader(len(QUESTIONS))
        for item, where in self.listed_items(file, document, "invariants"):
            if not self.closed(item, _INVARIANT_KEYS, where, "the invariant"):
                continue
            if not self.new("ids", item.get("id"), where, ID, "invariant"):
                continue
            if ("must" in item) == ("monotone" in item):
                self.wrong(where, f"invariant `{item['id']}` says nothing, or two things", "write `must` or `monotone`")
                continue
            when = self.condition(item["when"] if "when" in item else Map(0), where, everything)
            must = self.condition(item["must"], where, everything) if "must" in item else None
            monotone = self._monotone(item["monotone"], where) if "monotone" in item else None
            because = self.words(item.get("because"), where, "`because`")
            self.placeholders(because, where)
            self.invariants[item["id"]] = Invariant(item["id"], when, must, monotone, because, pack.name, where)

    def _monotone(self, data: Any, where: str) -> Monotone | None:
        if not self.closed(data, ("fact", "buyer"), where, "`monotone`"):
            return None
        fact = self.facts.get(data.get("fact"))
        if fact is None or fact.kind in ("bool", "enum"):
            numbers = [name for name, item in self.facts.items() if item.kind not in ("bool", "enum")]
            self.wrong(
                where, f"`{data.get('fact')}` is not a fact with numbers", did_you_mean(data.get("fact"), numbers)
            )
            return None
        return Monotone(fact.name, self.one_of(data.get("buyer"), _BUYER, where, "`buyer`"))  # type: ignore[arg-type]

    def read_accepted(self, pack: PackFiles, file: str, document: Map) -> None:
        for item, where in self.listed_items(file, document, "accept"):
            if not self.closed(item, ("finding", "because"), where, "the accepted finding"):
                continue
            finding = self.text(item.get("finding"), where, "`finding`")
            self.accepted.append(
                Acceptance(finding, self.words(item.get("because"), where, "`because`"), pack.name, where)
            )
