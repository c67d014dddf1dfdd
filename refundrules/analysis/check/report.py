"""What `check` found, as text for people, and as tests of a pack."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from refundrules.analysis.check.check import CheckReport, decided_data
from refundrules.analysis.check.findings import CheckFinding
from refundrules.analysis.encoding import LEFT
from refundrules.analysis.scope import Witness, period_words
from refundrules.case.derive import CM_SCALE
from refundrules.io.catalog import say
from refundrules.money.currency import exponent
from refundrules.policy.model import Policy
from refundrules.text.values import shown
from refundrules.text.words import safe


def report_text(report: CheckReport, language: str) -> Iterator[str]:
    """Yield the lines of a report."""
    policy = report.policy
    many = len(report.periods)
    head = "check.head.one" if many == 1 else "check.head.other"
    yield say(head, language, policy.id, policy.version, len(policy.rules), many)
    if many > 1:
        for period in report.periods:
            yield _labelled("where", period_words(period).to(language), language)
    names = {item.id: item.because for item in policy.guarantees}
    names |= {item.id: item.because for item in policy.invariants}
    for name in report.proved:
        yield _labelled("proved", f"{name}  {safe(_plain(names[name].to(language), policy, language))}", language)
    for item, why in report.accepted:
        yield _labelled("accepted", f"{item.id}  {safe(why.because.to(language))}", language)
    for name, words in report.assumed:
        yield _labelled("assumed", f"{name}  {safe(words.to(language))}", language)
    for item in report.findings:
        yield ""
        yield from finding_text(item, policy, language)
    yield ""
    undecided = sum(item.undecided for item in report.findings)
    end = "check.end.ok" if report.ok else "check.end.left"
    yield say(end, language, len(report.findings) - undecided, undecided)


def _plain(text: str, policy: Policy, language: str) -> str:
    """Return a text with the latest value of each parameter it names."""

    def value(found: re.Match[str]) -> str:
        item = policy.parameters.get(found[1])
        if item is None:
            return found[0]
        latest = item.on(None).value
        scale = {"cm": CM_SCALE, "money": 10 ** exponent(policy.currency)}.get(item.kind, 1)
        return shown(latest * scale, item.kind, language, policy.currency)

    return re.sub(r"\{([^{}]*)\}", value, text)


def _labelled(label: str, text: str, language: str) -> str:
    return say("check.labelled", language, say(f"check.label.{label}", language), text)


def finding_text(item: CheckFinding, policy: Policy, language: str) -> Iterator[str]:
    """Yield the lines of one finding: what, where, and the case that shows it."""
    yield _labelled("undecided" if item.undecided else "found", safe(item.what.to(language)), language)
    yield f"  {item.id}"
    for where in item.where:
        yield "  " + _labelled("at", where, language)
    if item.period is not None:
        yield "  " + _labelled("where", period_words(item.period).to(language), language)
    for label, witness in (("case", item.witness), ("and", item.other)):
        if witness is not None:
            yield "  " + _labelled(label, facts_text(witness, policy, language), language)
            for line in case_yaml(witness.case).splitlines():
                yield f"      {line}"
            yield "  " + _labelled("then", decided_text(witness), language)


def facts_text(witness: Witness, policy: Policy, language: str) -> str:
    """Return the facts that make a case what it is, in words."""
    vocabulary, said = policy.vocabulary, []
    for name, value in witness.facts.facts.items():
        if name in vocabulary and name != LEFT:
            said.append(f"{name} = {safe(shown(value, vocabulary[name].kind, language, policy.currency))}")
    return ", ".join(said)


def decided_text(witness: Witness) -> str:
    """Return what the engine made of a case, on one line."""
    data = decided_data(witness)
    review = data.pop("review", None)
    if review:
        rules = f" ({', '.join(review['rules'])})" if review["rules"] else ""
        return f"{data['outcome']}: {review['kind']} {review['question']}{rules}"
    return ", ".join(f"{name} {str(value).lower()}" for name, value in data.items() if value not in (None, "none"))


def case_yaml(data: Mapping[str, Any]) -> str:
    """Return plain data as YAML, in its own order."""
    text: str = yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=100)
    return text


# -- as tests of a pack -----------------------------------------------------------------------


def test_of(item: CheckFinding, policy: Policy) -> dict[str, Any] | None:
    """Return a finding as a test of the pack that holds what is decided now; None when it has no case."""
    if item.witness is None:
        return None
    decided = decided_data(item.witness)
    decided.pop("review", None)
    names = [*item.rules, *item.witness.decision.claims[0].reasons]
    known = {rule.id for rule in policy.rules} | {found.id for found in policy.guarantees}
    rules = [name for name in dict.fromkeys(names) if name in known] or [next(iter(policy.sources))]
    expect = {
        ("refund.total" if name == "refund" else name): value for name, value in decided.items() if value is not None
    }
    name = re.sub(r"[^a-z0-9]+", "-", item.id.lower()).strip("-")
    return {"id": name, "rules": rules, "given": {**item.witness.case, "id": name}, "expect": expect}


def tests_text(items: list[dict[str, Any]]) -> str:
    """Return tests as a file of a pack's tests."""
    head = "# Found by `refundrules check`: what is decided now. Correct the rules, and then what is expected.\n"
    return head + case_yaml({"tests": items})
