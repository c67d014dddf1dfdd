"""Listings of a policy: its rules with what they answer and cite, and the facts they may read.

Each listing is plain data first (for JSON) and text made from that data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import yaml

from refundrules.case.facts import Fact, Words
from refundrules.errors import CaseError, Problem, did_you_mean, listed
from refundrules.policy.dump import guarantee_data, rule_data
from refundrules.policy.model import Policy
from refundrules.policy.parts import Guarantee, Rule
from refundrules.policy.questions import QUESTIONS

if TYPE_CHECKING:
    from refundrules.testing.runner import PackTest

Data = dict[str, Any]


# -- rules ------------------------------------------------------------------------------------


def rules_listing(policy: Policy, tests: Sequence[PackTest] = (), *, cite: str = "", rule: str = "") -> Data:
    """Return the rules and guarantees of a policy as plain JSON data, by the place they stand at.

    `cite` keeps what cites that source, and adds the source, the parameters that cite it and the tests that show
    it; `rule` keeps the one of that id. `tests` are those that may show something.
    Raises `CaseError` when there is no such source or rule.
    """
    items: list[Rule | Guarantee] = [*policy.rules, *policy.guarantees]
    if cite and cite not in policy.sources:
        remedy = did_you_mean(cite, policy.sources, f"one of {listed(list(policy.sources))}")
        raise CaseError([Problem("--cite", f"there is no source `{cite}`", remedy)])
    if rule and all(item.id != rule for item in items):
        remedy = did_you_mean(rule, [item.id for item in items], "`refundrules rules` lists them")
        raise CaseError([Problem("--id", f"there is no rule `{rule}`", remedy)])
    kept = [item for item in items if rule in ("", item.id) and (not cite or cite in item.cite)]
    data: Data = {
        "policy": {"id": policy.id, "version": policy.version, "packs": list(policy.packs)},
        "rules": [_rule(item, policy, tests) for item in sorted(kept, key=_place(policy))],
    }
    if cite:
        shown = {cite, *(item.id for item in kept)}
        data["source"] = _source(policy, cite)
        data["parameters"] = [
            {"parameter": item.id, "where": item.where}
            for item in policy.parameters.values()
            if any(cite in value.cite for value in item.values)
        ]
        data["tests"] = _tests(tests, shown)
    return data


def _place(policy: Policy) -> Any:
    order = {pack.partition(" ")[0]: -at for at, pack in enumerate(policy.packs)}

    def place(item: Rule | Guarantee) -> tuple[int, str, int]:
        file, _, line = item.where.rpartition(":")
        return order.get(item.pack, 0), file, int(line) if line.isdigit() else 0

    return place


def _rule(item: Rule | Guarantee, policy: Policy, tests: Sequence[PackTest]) -> Data:
    written = rule_data(item) if isinstance(item, Rule) else guarantee_data(item)
    data: Data = {"id": item.id, "kind": "guarantee", "pack": item.pack, "where": item.where}
    if isinstance(item, Rule):
        data["kind"], data["chapter"] = "rule", item.chapter._asdict()
        data["questions"] = [question.id for question in QUESTIONS if question.id in item.questions]
    data["cites"] = [_source(policy, cite) for cite in item.cite]
    data |= {key: written[key] for key in ("in_force", "jurisdictions", "when", "then", "must") if key in written}
    if isinstance(item, Rule):
        data["overrides"] = list(item.overrides)
        data["overridden_by"] = [rule.id for rule in policy.rules if item.id in rule.overrides]
    data["because"] = item.because._asdict()
    data["tests"] = _tests(tests, {item.id})
    return data


def _source(policy: Policy, cite: str) -> Data:
    source = policy.sources[cite]
    more = {name: text for name in ("instrument", "url", "confidence") if (text := getattr(source, name))}
    return {"id": cite, "title": source.title._asdict(), **more}


def _tests(tests: Iterable[PackTest], shown: set[str]) -> list[Data]:
    return [{"test": test.id, "where": test.where} for test in tests if shown.intersection(test.rules)]


def rules_text(data: Data, language: str) -> Iterator[str]:
    """Yield the lines of a rules listing: everything there is to say of a single rule, else a few lines each."""
    if "source" in data:
        yield from _cited_text(data, language)
    elif len(data["rules"]) == 1:
        yield from _one_rule_text(data["rules"][0], language)
    else:
        yield from _all_rules_text(data, language)


def _all_rules_text(data: Data, language: str) -> Iterator[str]:
    kinds = [item["kind"] for item in data["rules"]]
    head = f"{data['policy']['id']} {data['policy']['version']}"
    yield f"{head}: {kinds.count('rule')} rules, {kinds.count('guarantee')} guarantees"
    for (chapter, file), items in groupby(data["rules"], key=lambda item: _heading(item, language)):
        yield ""
        yield f"{chapter} · {file}"
        for item in items:
            cites = " ".join(cite["id"] for cite in item["cites"])
            yield f"  {item['id']}  {', '.join(item.get('questions', ['guarantee']))}  [{cites}]"
            yield f"      {item['because'][language]}"


def _heading(item: Data, language: str) -> tuple[str, str]:
    chapter = item.get("chapter", {}).get(language) or item["pack"]
    return chapter, item["where"].rpartition(":")[0]


def _cited_text(data: Data, language: str) -> Iterator[str]:
    source = data["source"]
    yield f"{source['id']}  {source['title'][language]}"
    more = [source[name] for name in ("instrument", "url") if name in source]
    if more:
        yield f"     {' · '.join(more)}"
    for title, name in (("rules", "id"), ("parameters", "parameter"), ("tests", "test")):
        if not data[title]:
            continue
        yield ""
        yield f"{title} that {'show' if title == 'tests' else 'cite'} it"
        wide = max(len(item[name]) for item in data[title])
        for item in data[title]:
            yield f"  {item[name]:{wide}}  {item['where']}"
            if "because" in item:
                yield f"  {'':{wide}}  {item['because'][language]}"


def _one_rule_text(item: Data, language: str) -> Iterator[str]:
    yield f"{item['id']}  {item['where']}"
    chapter = item.get("chapter", {}).get(language)
    sections = {
        "chapter": [chapter] if chapter else [],
        "because": [item["because"][language]],
        "cites": [f"{cite['id']}  {cite['title'][language]}" for cite in item["cites"]],
        "in force": _yaml(item, "in_force"),
        "in": item.get("jurisdictions", []),
        "when": _yaml({"when": _joined(item.get("when", {}))}, "when"),
        "then": _yaml(item, "then"),
        "must": _yaml(item, "must"),
        "overrides": item.get("overrides", []),
        "overridden by": item.get("overridden_by", []),
        "shown by": [f"{test['test']}  {test['where']}" for test in item["tests"]],
    }
    for label, lines in sections.items():
        for at, line in enumerate(lines):
            yield f"  {'' if at else label:13}  {line}"


def _joined(when: Data) -> Data:
    """Return a condition with each `all` of different names as one mapping, as a person would write it."""
    made: Data = {}
    for name, wanted in when.items():
        inner = _joined(wanted) if name == "not" else wanted
        made[name] = [_joined(part) for part in wanted] if name in ("all", "any") else inner
    parts = made.get("all", [])
    names = [name for part in parts for name in part]
    if len(made) > 1 or len(set(names)) < len(names):
        return made
    return {name: wanted for part in parts for name, wanted in part.items()} or made


def _yaml(item: Data, key: str) -> list[str]:
    if not item.get(key):
        return []
    text: str = yaml.safe_dump(item[key], allow_unicode=True, sort_keys=False, width=100, default_flow_style=None)
    return text.splitlines()


# -- facts ------------------------------------------------------------------------------------


def facts_listing(policy: Policy) -> Data:
    """Return every fact that a rule of the policy may read, as plain JSON data; packs' own facts stand last."""
    return {
        "policy": {"id": policy.id, "version": policy.version, "packs": list(policy.packs)},
        "facts": [_fact(fact) for fact in policy.vocabulary.values()],
    }


def _fact(fact: Fact) -> Data:
    data: Data = {"fact": fact.name, "kind": fact.kind, "may_be_unknown": fact.optional, "inputs": list(fact.inputs)}
    if fact.values:
        data["values"] = list(fact.values)
    if fact.derivation:
        data["derivation"] = fact.derivation
    if isinstance(fact.question, Words):
        data["question"] = fact.question._asdict()
    if fact.default is not None:
        data["default"] = fact.default
    return data


def facts_text(data: Data, language: str) -> Iterator[str]:
    """Yield the lines of a facts listing."""
    wide = max(len(fact["fact"]) for fact in data["facts"])
    for fact in data["facts"]:
        yield f"{fact['fact']:{wide}}  {fact['kind']}{', may be unknown' if fact['may_be_unknown'] else ''}"
        details = [
            ("one of", " ".join(fact.get("values", ()))),
            ("from", " ".join(fact["inputs"]) if fact["inputs"] != [fact["fact"]] else ""),
            ("is", fact.get("derivation", "")),
            ("default", str(fact["default"]).lower() if "default" in fact else ""),
            ("asks", fact.get("question", {}).get(language, "")),
        ]
        for label, text in details:
            if text:
                yield f"    {label:8}{text}"
