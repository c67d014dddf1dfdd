"""The shape of a trace of schema `refundrules.trace/1`: what a trace read from JSON must hold to be shown.

Fields may be added to the schema, so unknown ones pass; docs/trace.md says what each of the known ones means.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NotRequired

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from refundrules.errors import Problem
from refundrules.expr.traced import Traced

SCHEMA = "refundrules.trace/1"


class TracedFact(TypedDict):
    """A fact and where it came from."""

    fact: str
    kind: str
    value: Any
    origin: str
    how: NotRequired[str]
    input: NotRequired[str]


Parameter = TypedDict(  # a parameter as it stood for the case
    "Parameter",
    {"parameter": str, "kind": str, "value": Any, "from": str, "cite": list[str], "verified": str | bool},
)


class TracedRule(TypedDict):
    """A rule that could speak."""

    rule: str
    holds: bool | None
    because: str
    cite: list[str]
    when: Traced


class TracedDeadline(TypedDict):
    """How long something may take."""

    within_hours: str
    after: str


class TracedAnswer(TypedDict):
    """What a rule said to a question."""

    rule: str
    verdict: str
    key: NotRequired[str]
    says: NotRequired[bool | str | TracedDeadline]
    silenced_by: NotRequired[list[str]]


class TracedQuestion(TypedDict):
    """A question and who spoke to it."""

    question: str
    answer: NotRequired[Any]
    rules: list[TracedAnswer]


class TracedMoney(TypedDict):
    """One amount, step by step."""

    kind: str
    rule: str
    amount: str | None
    formula: NotRequired[str]
    filled_in: NotRequired[str]
    exact: NotRequired[str | int | None]
    why: NotRequired[str]


class TracedGuarantee(TypedDict):
    """A guarantee that applies, or may."""

    guarantee: str
    applies: bool | None
    kept: bool
    cite: list[str]


class TracedReview(TypedDict):
    """Why a person must decide."""

    kind: str
    question: str | None
    rules: list[str]
    detail: NotRequired[str | None]


class TracedCompletion(TypedDict):
    """How open facts were dealt with."""

    bounded: bool
    results: int
    cores: int
    missing: list[str]


class TracedClaim(TypedDict):
    """What came out of one claim, and how."""

    line: str
    reason: str
    outcome: str
    facts: NotRequired[list[TracedFact]]
    parameters: NotRequired[list[Parameter]]
    rules: NotRequired[list[TracedRule]]
    questions: NotRequired[list[TracedQuestion]]
    money: NotRequired[list[TracedMoney]]
    guarantees: NotRequired[list[TracedGuarantee]]
    review: NotRequired[TracedReview | None]
    completion: NotRequired[TracedCompletion | None]


class TracedWords(TypedDict):
    """One text in both languages."""

    zh: str
    en: str


class TracedText(TypedDict):
    """One text that is said, and the words that go with a step of a script."""

    say: str
    zh: str
    en: str
    key: NotRequired[str]
    words: NotRequired[TracedWords]


class TracedMessages(TypedDict):
    """What is said of one claim."""

    buyer: list[TracedText]
    agent: list[TracedText]


class TracedPolicy(TypedDict):
    """Which policy decided."""

    id: str
    version: str
    packs: list[str]


class Trace(TypedDict):
    """The whole."""

    schema: str
    policy: TracedPolicy
    time_zone: str
    texts: dict[str, dict[str, str]]
    claims: list[TracedClaim]
    messages: NotRequired[list[TracedMessages]]


@cache
def _adapter() -> TypeAdapter[Trace]:
    return TypeAdapter(Trace)


def shape_problems(trace: Any) -> list[Problem]:
    """Return what keeps a trace from being shown; none for one of another schema, which is not looked into."""
    if isinstance(trace, Mapping) and trace.get("schema", SCHEMA) != SCHEMA:
        return []
    try:
        _adapter().validate_python(trace, strict=True)
    except ValidationError as error:
        deepest = max(error.errors(include_url=False, include_input=False), key=lambda item: len(item["loc"]))
        place, what = _place(trace, deepest["loc"], lacking=deepest["type"] == "missing"), deepest["msg"]
        return [Problem(f"trace{place}", f"is not as schema `{SCHEMA}` has it: {what[:1].lower()}{what[1:]}")]
    return []


def _place(trace: Any, steps: tuple[int | str, ...], *, lacking: bool) -> str:
    """Return where an error is: the steps that the trace has, and the last one where that is what it lacks."""
    place, at = "", trace
    for step in steps:
        if isinstance(step, int) and isinstance(at, list):
            place, at = f"{place}[{step}]", at[step]
        elif isinstance(at, Mapping) and step in at:
            place, at = f"{place}.{step}", at[step]
    return f"{place}.{steps[-1]}" if lacking else place
