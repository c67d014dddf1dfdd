"""Loading a policy: strict, with every problem of every file at once.

Whatever could be a mistake is an error that names the file and line, the word and the way out.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from functools import partial

import yaml

from refundrules.case.facts import Words
from refundrules.errors import PackError, Problem, did_you_mean
from refundrules.expr.walk import reads
from refundrules.policy.dump import invariant_data
from refundrules.policy.loading import declarations, rules
from refundrules.policy.loading.context import Entry, LoadContext
from refundrules.policy.loading.expressions import define_all, through_definitions
from refundrules.policy.loading.files import PackFiles, PackReader, pack_names, shipped_packs
from refundrules.policy.loading.sections import INHERITED
from refundrules.policy.loading.templates import check_wordings, link_wording
from refundrules.policy.model import Policy, to_data
from refundrules.policy.parts import Parameter
from refundrules.policy.templates import PLACES, Wording


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
    return link(loading.packs)


def dump_policy(policy: Policy) -> str:
    """Return the policy as one YAML pack; `load_policy` of it gives an equal policy."""
    data = to_data(policy)
    for rule in data["rules"]:  # a rule in a file without a heading has none to write
        if not any(rule["chapter"].values()):
            del rule["chapter"]
    # No decision hangs on these, so the digest does not cover them.
    data |= {"invariants": [invariant_data(item) for item in policy.invariants]} if policy.invariants else {}
    accepted = [{"finding": item.finding, "because": item.because._asdict()} for item in policy.accepted]
    data |= {"accept": accepted} if accepted else {}
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)
    return text


_PASSES: tuple[tuple[str, Callable[[LoadContext, Entry], None]], ...] = (
    ("sources", declarations.link_source),
    ("parameters", declarations.link_parameter),
    ("facts", declarations.link_fact),
    ("groups", declarations.link_group),
    ("definitions", declarations.note_definition),
    ("assumptions", declarations.link_assumption),
    ("instructions", declarations.link_instruction),
    ("guardrails", declarations.link_guardrail),
    ("guarantees", rules.link_guarantee),
    ("rules", rules.link_rule),
    ("messages", partial(link_wording, section="messages")),
    ("scripts", partial(link_wording, section="scripts")),
    ("invariants", rules.link_invariant),
    ("accept", rules.link_accepted),
)
"""The sections in the order in which they name each other, and what links an entry of each."""


def link(packs: list[PackFiles]) -> Policy:
    """Return the policy of packs as read, the extended ones first. Raises `PackError` with everything that is wrong."""
    ctx = LoadContext(packs)
    for pack in packs:
        _check_head(ctx, pack)
    for document in ctx.documents:
        if "money" in document.written:
            declarations.link_money(ctx, document)
    for section, link_entry in _PASSES:
        for entry in ctx.entries(section):
            link_entry(ctx, entry)
        if section == "definitions":
            define_all(ctx)
    for check in (
        rules.check_given,
        declarations.check_money,
        _check_overrides,
        _check_sealed,
        _check_guardrails,
        check_wordings,
        _check_read,
    ):
        check(ctx)
    if ctx.problems:
        raise PackError(sorted(set(ctx.problems), key=_by_place))
    return _built(ctx)


def _built(ctx: LoadContext) -> Policy:
    head = ctx.root.head
    return Policy(
        id=ctx.root.name,
        version=str(head["version"]),
        title=Words(**head["title"]),
        jurisdictions=tuple(sorted(ctx.inherited("jurisdictions"))),
        currency=ctx.inherited("currency"),
        time_zone=ctx.inherited("time_zone"),
        language=ctx.inherited("language"),
        sources=dict(sorted(ctx.sources.items())),
        parameters=dict(sorted(ctx.parameters.items())),
        definitions=dict(sorted(ctx.definitions.items())),
        facts=tuple(sorted(ctx.own_facts, key=lambda fact: fact.name)),
        rules=tuple(ctx.rules[key] for key in sorted(ctx.rules)),
        guarantees=tuple(ctx.guarantees[key] for key in sorted(ctx.guarantees)),
        assumptions=tuple(ctx.assumptions[key] for key in sorted(ctx.assumptions)),
        complete=bool(head.get("complete", True)),
        unfinished=_unfinished(ctx),
        invariants=tuple(ctx.invariants[key] for key in sorted(ctx.invariants)),
        accepted=tuple(ctx.accepted),
        packs=tuple(f"{pack.name} {pack.head['version']}" for pack in ctx.packs),
        money=ctx.money,
        instructions=dict(sorted(ctx.instructions.items())),
        guardrails=dict(sorted(ctx.guardrails.items())),
        messages=_in_place(ctx, "messages"),
        scripts=_in_place(ctx, "scripts"),
    )


def _in_place(ctx: LoadContext, section: str) -> tuple[Wording, ...]:
    """Return the texts in the order of their places."""
    order = [place.name for place in PLACES[section]]
    return tuple(sorted(ctx.wordings[section], key=lambda text: (order.index(text.say), text.key, str(text.when))))


def _unfinished(ctx: LoadContext) -> frozenset[str]:
    """Return the extended packs that no complete pack stands on yet."""
    extended = {pack.name: pack.head.get("complete", True) for pack in ctx.packs[:-1]}
    return frozenset() if any(extended.values()) else frozenset(extended)


def _check_head(ctx: LoadContext, pack: PackFiles) -> None:
    where = f"{pack.where}:{pack.head.line}"
    for key in ("version", "title"):
        if key not in pack.head:
            ctx.wrong(where, f"`{key}` is missing", "add it")
    for key, wanted in INHERITED.items():
        if pack is ctx.root and ctx.inherited(key) is None and key not in pack.head:
            ctx.wrong(where, f"`{key}` is missing, and no extended pack has it", f"write {wanted}")


def _check_overrides(ctx: LoadContext) -> None:
    for rule in ctx.rules.values():
        for other in rule.overrides:
            if other == rule.id:
                ctx.wrong(rule.where, f"`{rule.id}` overrides itself")
            elif other not in ctx.rules:
                ctx.wrong(
                    rule.where,
                    f"`{rule.id}` overrides `{other}`, which is not a rule",
                    did_you_mean(other, ctx.rules),
                )
            elif not rule.questions & ctx.rules[other].questions:
                ctx.wrong(rule.where, f"`{rule.id}` overrides `{other}`, but they answer no common question")
    _check_circles(ctx)


def _check_circles(ctx: LoadContext) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            cycle = path[path.index(name) :]
            if name == min(cycle):
                ctx.wrong(ctx.rules[name].where, f"rules override each other in a circle: {' → '.join((*cycle, name))}")
            return
        if name in done:
            return
        for other in ctx.rules[name].overrides:
            if other in ctx.rules and other != name:
                visit(other, (*path, name))
        done.add(name)

    for name in sorted(ctx.rules):
        visit(name, ())


def _check_sealed(ctx: LoadContext) -> None:
    """A parameter that a guarantee reads may only get better for the buyer."""
    for guarantee in ctx.guarantees.values():
        read = set(reads(guarantee.when, guarantee.must.refund_at_least))
        for name in sorted(through_definitions(ctx, read) & set(ctx.parameters)):
            parameter = ctx.parameters[name]
            if parameter.better is None:
                ctx.wrong(
                    parameter.where,
                    f"guarantee `{guarantee.id}` reads `{name}`, which does not say what is better",
                    "add `better: higher` or `better: lower` (for the buyer)",
                )
            older = ctx.older.get(name)
            if older is not None and older.better and _worse(parameter, older):
                ctx.wrong(
                    parameter.where,
                    f"`{name}` is sealed by guarantee `{guarantee.id}` and may not get worse for the buyer",
                    f"keep it {'at least' if older.better == 'higher' else 'at most'} what `{older.pack}` says",
                )


def _check_guardrails(ctx: LoadContext) -> None:
    for rule in ctx.rules.values():
        for answer in rule.then:
            if answer.question == "guardrails" and answer.key not in ctx.guardrails:
                ctx.wrong(rule.where, f"`{rule.id}` names {answer.key}, which has no text", "add it under `guardrails`")


def _check_read(ctx: LoadContext) -> None:
    if ctx.root.head.get("complete", True) is not True:
        return
    own = {file for file, _ in ctx.root.sections}
    for (section, name), where in ctx.places.items():
        if (
            section == "names"
            and name not in ctx.read_names
            and f"facts.{name}" not in ctx.read_names
            and where.rpartition(":")[0] in own
        ):
            ctx.wrong(where, f"`{name}` is declared but nothing reads it", "use it or delete it")


def _by_place(problem: Problem) -> tuple[str, int, str]:
    file, _, line = problem.where.rpartition(":")
    return (file, int(line), problem.what) if line.isdigit() else (problem.where, 0, problem.what)


def _worse(new: Parameter, old: Parameter) -> bool:
    days = {value.start for value in (*new.values, *old.values) if value.start}
    for day in [date.min, *sorted(days)]:
        now, before = new.on(day).value, old.on(day).value
        if (now < before) if old.better == "higher" else (now > before):
            return True
    return False


__all__ = ["dump_policy", "load_policy", "pack_names", "shipped_packs"]
