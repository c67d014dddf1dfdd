"""Checking a policy before it meets a case: every case there could be, not samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from refundrules.analysis.check.amounts import amounts
from refundrules.analysis.check.comparisons import comparisons
from refundrules.analysis.check.declarations import stale, unread
from refundrules.analysis.check.findings import CheckFinding
from refundrules.analysis.check.properties import Proof, guarantees, invariants, promising_rules
from refundrules.analysis.check.rules import conflicts, gaps, idle_rules
from refundrules.analysis.counterexample import Period
from refundrules.analysis.mdd import TooLarge
from refundrules.analysis.scope import MOST_PERIODS, Scope, Witness, period_words, periods, scopes
from refundrules.case.facts import Words
from refundrules.expr.condition import Condition
from refundrules.policy.model import Policy
from refundrules.policy.parts import Acceptance


@dataclass(frozen=True)
class CheckReport:
    """What `check` found of a policy."""

    policy: Policy
    findings: tuple[CheckFinding, ...]
    """What is left: neither proved nor accepted."""
    accepted: tuple[tuple[CheckFinding, Acceptance], ...]
    proved: tuple[str, ...]
    """The guarantees and invariants that hold in every case."""
    periods: tuple[Period, ...]
    assumed: tuple[tuple[str, Words], ...]
    """What is taken to be impossible, by id."""

    @property
    def ok(self) -> bool:
        """Whether nothing is left."""
        return not self.findings

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return {
            "schema": "refundrules.check/1",
            "policy": {"id": self.policy.id, "version": self.policy.version, "digest": self.policy.digest},
            "ok": self.ok,
            "rules": len(self.policy.rules),
            "periods": [period_words(period).en for period in self.periods],
            "proved": list(self.proved),
            "findings": [finding_data(item) for item in self.findings],
            "accepted": [
                {**finding_data(item), "because": why.because._asdict(), "accepted_at": why.where}
                for item, why in self.accepted
            ],
            "assumed": [{"id": name, "because": words._asdict()} for name, words in self.assumed],
        }


def check_policy(policy: Policy, *, today: date | None = None, max_age: int | None = None) -> CheckReport:
    """Return everything wrong with a policy that can be told without a case.

    `today` is the day by which a value is stale, `max_age` the days after which it is; None: no age is too old.
    A pack made to be extended has gaps by design, so of one only what no other pack could mend is looked for.
    """
    conditions: list[Condition] = [item.when for item in policy.invariants]
    conditions += [item.must for item in policy.invariants if item.must is not None]
    found: list[Scope] = []
    proofs: list[Proof] = []
    try:
        found = list(scopes(policy, conditions))
        apart = promising_rules(found)
        proofs = [*guarantees(apart), *invariants(apart)]
        everything = [*_all(policy, found, proofs), *stale(policy, today or date.today(), max_age)]  # noqa: DTZ011
    except TooLarge:
        everything = [CheckFinding("size", "size", Words.of("check.size"), undecided=True)]
    accepted, left = _accepted(policy, everything)
    assumed: dict[str, Words] = {}
    for scope in found:
        assumed |= {item.id: getattr(item, "words", None) or item.because for item in scope.possible_named}
    return CheckReport(
        policy=policy,
        findings=tuple(left),
        accepted=tuple(accepted),
        proved=tuple(item for item in proofs if isinstance(item, str)),
        periods=tuple(scope.period for scope in found),
        assumed=tuple(sorted(assumed.items())),
    )


def _all(policy: Policy, found: Sequence[Scope], proofs: Sequence[Proof]) -> Iterator[CheckFinding]:
    if policy.complete:
        yield from gaps(found)
    yield from conflicts(found)
    if policy.complete:
        yield from idle_rules(found)
    yield from comparisons(found)
    yield from amounts(found)
    yield from (item for item in proofs if isinstance(item, CheckFinding))
    if policy.complete:
        yield from unread(policy, found)
    more = len(periods(policy)) - MOST_PERIODS
    if more > 0:
        yield CheckFinding("periods", "periods", Words.of("check.periods", more), undecided=True)


def _accepted(
    policy: Policy, findings: Sequence[CheckFinding]
) -> tuple[list[tuple[CheckFinding, Acceptance]], list[CheckFinding]]:
    """Return the findings that the packs live with, and those left; what is accepted and not found is one of these."""
    known = {item.finding: item for item in policy.accepted}
    taken = [(item, known[item.id]) for item in findings if item.id in known]
    left = [item for item in findings if item.id not in known]
    found = {item.id for item in findings}
    for item in policy.accepted:
        if item.finding not in found and item.pack == policy.id and not item.of_mutant:
            what = Words.of("check.accept", item.finding)
            left.append(CheckFinding(f"accept:{item.finding}", "accept", what, (), (item.where,)))
    return taken, left


def finding_data(item: CheckFinding) -> dict[str, Any]:
    """Return a finding as plain JSON data."""
    data: dict[str, Any] = {
        "id": item.id,
        "kind": item.kind,
        "undecided": item.undecided,
        "what": item.what._asdict(),
        "rules": list(item.rules),
        "where": list(item.where),
        "period": None if item.period is None else period_words(item.period).en,
        "case": None,
        "decided": None,
    }
    if item.witness is not None:
        data |= {"case": item.witness.case, "decided": decided_data(item.witness)}
    if item.other is not None:
        data |= {"other_case": item.other.case, "other_decided": decided_data(item.other)}
    return data


def decided_data(witness: Witness) -> dict[str, Any]:
    """Return what the engine made of a case, as plain JSON data."""
    claim = witness.decision.to_dict(trace=False)["claims"][0]
    shown = ("outcome", "issue_class", "fault", "resolution", "return_required")
    data = {name: claim[name] for name in shown}
    if claim["refund"] is not None:
        data["refund"] = claim["refund"]["total"]
    for leg in ("return", "replacement"):
        payer = ((claim["freight"] or {}).get(leg) or {}).get("payer")
        if payer not in (None, "none"):
            data[f"freight.{leg}.payer"] = payer
    review = witness.decision.trace["claims"][0]["review"]
    return {**data, "review": review} if review else data
