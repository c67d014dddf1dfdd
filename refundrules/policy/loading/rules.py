"""Rules, guarantees, invariants and accepted findings, once everything they name is declared; and the schema of answers."""

from __future__ import annotations

import re
from typing import Any

from refundrules.case.facts import Words
from refundrules.errors import did_you_mean, listed, plain
from refundrules.expr import condition as cn
from refundrules.io.schema_paths import Schema
from refundrules.io.strict_models import closed, read
from refundrules.io.strict_yaml import Map
from refundrules.policy.loading.context import Entry, LoadContext
from refundrules.policy.loading.declarations import cited
from refundrules.policy.loading.expressions import Scope, check_placeholders, condition, formula
from refundrules.policy.loading.sections import NAME, NO_WORDS, DeadlineItem, FloorItem, MonotoneItem
from refundrules.policy.parts import Acceptance, Answer, Deadline, Floor, Guarantee, InForce, Invariant, Monotone, Rule
from refundrules.policy.questions import BY_ID, NESTED, POSITION, QUESTIONS, Question

_EVERYTHING = Scope(len(QUESTIONS))
_LAW = Scope(POSITION["fault"])


def _span(ctx: LoadContext, item: Any, where: str) -> tuple[InForce, tuple[str, ...]]:
    codes, span = tuple(sorted(item.jurisdictions or ())), item.in_force
    if span is None:
        return InForce(), codes
    if span.start and span.until and span.until <= span.start:
        ctx.wrong(where, f"it ends on {span.until}, before it starts on {span.start}")
    return InForce(span.start, span.until, span.by), codes


def _because(ctx: LoadContext, item: Any, where: str) -> Words:
    because: Words = item.because or NO_WORDS
    check_placeholders(ctx, because, where)
    return because


def link_guarantee(ctx: LoadContext, entry: Entry) -> None:
    """Declare a guarantee."""
    item, where = entry.item, entry.where
    if ctx.declares("ids", item.id, where, "guarantee"):
        ctx.guarantees[item.id] = Guarantee(
            item.id, cited(ctx, item.cite, where), condition(ctx, item.when, where, _LAW),
            _floor(ctx, item.must, where), item.because or NO_WORDS, *_span(ctx, item, where), entry.pack, where,
        )  # fmt: skip


def _floor(ctx: LoadContext, must: FloorItem | None, where: str) -> Floor:
    if must is None or not must.model_fields_set:
        ctx.wrong(where, "the guarantee promises nothing", f"`must` may hold {listed(Floor._fields)}")
        return Floor()
    at_least = None
    if "refund_at_least" in must.model_fields_set:
        at_least = _money(ctx, "refund_at_least", must.refund_at_least, where, _LAW)
    return Floor(must.not_declined, at_least, must.return_payer_not, must.replacement_payer_not)


def _money(ctx: LoadContext, what: str, text: Any, where: str, scope: Scope) -> Any:
    amount, kind = formula(ctx, text, where, scope)
    if kind not in ("money", "zero", ""):
        ctx.wrong(where, f"`{what}` is {kind}, not money")
    return amount


def link_rule(ctx: LoadContext, entry: Entry) -> None:
    """Declare a rule: what its file gives holds for it as well."""
    item, where, document = entry.item, entry.where, entry.document
    if not ctx.declares("ids", item.id, where, "rule"):
        return
    answers = _answers(ctx, item.then, entry)
    if not answers:
        return
    first = min(POSITION[answer.question] for answer in answers)
    collected = all(BY_ID[answer.question].kind == "mark" for answer in answers)
    before: cn.Condition = cn.ALWAYS
    when: cn.Condition = cn.ALWAYS
    if "when" in item.model_fields_set:
        when = condition(ctx, item.when, entry.line("when"), Scope(first, known_allowed=collected))
    if "given" in document.data.model_fields_set:
        before = condition(ctx, document.data.given, document.line("given"), Scope(first))
        when = cn.both(before, when)
    ctx.rules[item.id] = Rule(
        item.id, cited(ctx, item.cite, where), when, answers, tuple(sorted(set(item.overrides or ()))),
        _because(ctx, item, where), *_span(ctx, item, where), item.chapter or document.data.chapter or NO_WORDS,
        entry.pack, where, before,
    )  # fmt: skip


def check_given(ctx: LoadContext) -> None:
    """Check what files give to all their rules, whichever rules there are."""
    for document in ctx.documents:
        if "given" in document.data.model_fields_set:
            condition(ctx, document.data.given, document.line("given"), _EVERYTHING)


def link_invariant(ctx: LoadContext, entry: Entry) -> None:
    """Declare an invariant."""
    item, where = entry.item, entry.where
    if not ctx.declares("ids", item.id, where, "invariant"):
        return
    said = item.model_fields_set
    if ("must" in said) == ("monotone" in said):
        ctx.wrong(where, f"invariant `{item.id}` says nothing, or two things", "write `must` or `monotone`")
        return
    when = condition(ctx, item.when, where, _EVERYTHING) if "when" in said else cn.ALWAYS
    must = condition(ctx, item.must, where, _EVERYTHING) if "must" in said else None
    monotone = _monotone(ctx, item.monotone, where)
    ctx.invariants[item.id] = Invariant(item.id, when, must, monotone, _because(ctx, item, where), entry.pack, where)


def _monotone(ctx: LoadContext, item: MonotoneItem | None, where: str) -> Monotone | None:
    if item is None:
        return None
    numbers = [name for name, fact in ctx.facts.items() if fact.kind not in ("bool", "enum")]
    return Monotone(item.fact, item.buyer) if ctx.known(item.fact, numbers, where, "a fact with numbers") else None


def link_accepted(ctx: LoadContext, entry: Entry) -> None:
    """Note a finding that a pack lives with."""
    item = entry.item
    ctx.accepted.append(Acceptance(item.finding or "", item.because or NO_WORDS, entry.pack, entry.where))


# -- answers ----------------------------------------------------------------------------------


def _answers(ctx: LoadContext, then: Any, entry: Entry) -> tuple[Answer, ...]:
    """Return the answers of a rule; each question is a word of `then`, so the table of questions reads them."""
    if not isinstance(then, Map) or not then:
        ctx.wrong(entry.where, "the rule answers nothing", "add `then:`")
        return ()
    file, found = entry.document.file, []
    for key, value in then.items():
        place = f"{file}:{then.lines[key]}"
        if isinstance(value, Map | list) and not value:
            ctx.wrong(place, f"`{key}` answers nothing", "give an answer or leave it out")
        if key in NESTED and isinstance(value, Map):
            for inner, answer in value.items():
                found += _to_question(ctx, f"{key}.{inner}", answer, f"{file}:{value.lines[inner]}")
        else:
            found += _to_question(ctx, key, value, place)
    return tuple(sorted(found, key=lambda answer: (POSITION[answer.question], answer.key or "")))


def _to_question(ctx: LoadContext, name: str, value: Any, where: str) -> list[Answer]:
    if not ctx.known(name, BY_ID, where, "a question", 30):
        return []
    question = BY_ID[name]
    if not question.keyed:
        answer = _answer(ctx, question, value, where)
        return [] if answer is None else [Answer(name, None, answer)]
    if question.kind == "mark":
        if not isinstance(value, list):
            ctx.wrong(where, f"`{name}` is not a list")
            return []
        keys = dict.fromkeys([key for key in value if _is_key(ctx, question, key, where)])
        return [Answer(name, key, True) for key in keys]
    if not isinstance(value, Map):
        ctx.wrong(where, f"`{name}` is not a mapping")
        return []
    file, found = where.rpartition(":")[0], []
    for key, inner in value.items():
        place = f"{file}:{value.lines[key]}"
        answer = _answer(ctx, question, inner, place) if _is_key(ctx, question, key, place) else None
        if answer is not None:
            found.append(Answer(name, key, answer))
    return found


def _is_key(ctx: LoadContext, question: Question, key: Any, where: str) -> bool:
    if question.id == "offer.steps":
        if not re.fullmatch(_STEP, str(key)):
            ctx.wrong(where, f"`{key}` is not a step number", "number the steps 1, 2, 3 …, up to 9")
            return False
        return True
    if not isinstance(key, str):
        ctx.wrong(where, f"`{key}` is not one of the {question.id}", "write its name")
        return False
    known = question.keys or (ctx.instructions if question.id == "instructions" else None)
    return known is None or ctx.known(key, known, where, f"one of the {question.id}", 24)


def _answer(ctx: LoadContext, question: Question, value: Any, where: str) -> Any:
    if question.kind == "bool":
        if isinstance(value, bool):
            return value
        ctx.wrong(where, f"`{question.id}: {plain(value)}` is not true or false")
        return None
    if question.kind == "enum":
        return value if ctx.known(value, question.values, where, f"an answer to `{question.id}`", 12) else None
    if question.kind == "deadline":
        return _deadline(ctx, value, where)
    return _money(ctx, question.id, value, where, Scope(POSITION[question.id]))


def _deadline(ctx: LoadContext, value: Any, where: str) -> Deadline | None:
    file, _, line = where.rpartition(":")
    item, problems = read(DeadlineItem, value, file, int(line))
    ctx.problems += problems
    if item is None:
        return None
    parameter = ctx.parameters.get(item.within_hours) if isinstance(item.within_hours, str) else None
    if parameter is None or parameter.kind != "hours":
        what = f"`within_hours: {plain(item.within_hours)}` is not a parameter of kind hours"
        ctx.wrong(where, what, did_you_mean(item.within_hours, ctx.parameters))
        return None
    ctx.read_names.add(parameter.id)
    return Deadline(parameter.id, item.after)


# -- the JSON Schema --------------------------------------------------------------------------

_STEP = "[1-9]"


def then_schema() -> Schema:
    """Return the definition of `then`: every question, with what may be answered."""
    properties: Schema = {question.id: _answer_schema(question) for question in QUESTIONS}
    for group in NESTED:
        inner = {name.partition(".")[2]: answer for name, answer in properties.items() if name.startswith(f"{group}.")}
        properties[group] = closed(inner, minProperties=1)
    return closed(properties, minProperties=1, description="the questions it answers")


def _answer_schema(question: Question) -> Schema:
    if question.kind == "mark":
        item: Schema = {"enum": list(question.keys)} if question.keys else {"type": "string", "pattern": f"^{NAME}$"}
        return {"type": "array", "items": item}
    one: dict[str, Schema] = {
        "bool": {"type": "boolean"},
        "enum": {"enum": list(question.values)},
        "deadline": {"$ref": "#/$defs/deadline"},
    }
    answer = one.get(question.kind, {"$ref": "#/$defs/formula"})
    if not question.keyed:
        return answer
    if question.keys:
        return closed(dict.fromkeys(question.keys, answer), minProperties=1)
    if question.id == "offer.steps":
        return {
            "type": "object",
            "additionalProperties": False,
            "patternProperties": {f"^{_STEP}$": answer},
            "minProperties": 1,
        }
    return {"type": "object", "additionalProperties": answer, "minProperties": 1}
