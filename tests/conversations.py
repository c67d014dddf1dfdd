"""Conversations: a case of which only the order and the reason are told, and answers out of the whole case."""

from __future__ import annotations

from typing import Any, NamedTuple

from cores import core_of

from refundrules import Engine, next_question
from refundrules.explain.next_question.question import Ask

Data = dict[str, Any]
TOLD = ("line", "quantity", "reason")


class Talk(NamedTuple):
    """How a conversation went."""

    asked: list[Ask]
    case: Data
    skip: set[str]


def barely_told(full: Data) -> Data:
    """Return a case of which only the order and the reasons are told."""
    kept = {key: value for key, value in full.items() if key != "facts"}
    if "shop" in kept:
        kept["shop"] = {key: value for key, value in full["shop"].items() if key != "in_stock"}
    kept["claims"] = [{key: claim[key] for key in TOLD if key in claim} for claim in full["claims"]]
    return kept


def talk(engine: Engine, start: Data, full: Data, *, defaults: bool = True) -> Talk:
    """Return the conversation that answers every question from the full case."""
    case, asked, skip = start, [], set[str]()
    while (ask := next_question(case, engine, skip=skip, defaults=defaults)) is not None:
        asked.append(ask)
        assert len(asked) < 60, [one.path for one in asked]
        value = ask.value_in(full)
        if value is None or (ask.kind == "form" and len(value) < len(ask.fields)):
            skip.add(ask.path)
        else:
            case = ask.answer(case, value)
    return Talk(asked, case, skip)


def cores(engine: Engine, case: Data) -> list[Any]:
    """Return the cores of a case's claims; of an open one only that it is open."""
    claims = engine.decide(case).to_dict(trace=False)["claims"]
    return [core_of(claim) if claim["outcome"] != "needs_information" else "needs_information" for claim in claims]
