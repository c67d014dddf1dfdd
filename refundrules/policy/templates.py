"""What a policy says to people: the places of a message, what chooses a text for one, and what may be filled in.

A text says for which decisions it is meant: for some *traits* of a decision, the values it is for. Traits have few values,
so it is decided when a pack is loaded, not when a buyer waits, that no decision has two texts for a place, or none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from refundrules.case.facts import Words
from refundrules.io.catalog import say
from refundrules.policy.questions import FAULTS, ISSUE_CLASSES, OUTCOMES, PAYERS, PROPOSALS, RESOLUTIONS

Value = bool | str
Box = Mapping[str, frozenset[Value]]
"""The decisions with these values of some traits; a trait that is not named may be anything."""

_NONE, _TRUTHS = ("none",), (True, False)
REFUND_TO: dict[str, frozenset[str]] = {
    "original": frozenset({"original"}),
    "store_credit": frozenset({"store_credit"}),
    "mixed": frozenset({"original", "store_credit"}),
    "unknown": frozenset({"unknown"}),
    "partly_unknown": frozenset({"original", "unknown"}),
    "none": frozenset(),
}
"""What the trait `refund_to` says, and where the money of the order then goes.

Money is sent to store credit only where the buyer agreed to it, and then no money is left without a place to go.
"""
TRAITS: dict[str, tuple[Value, ...]] = {
    "outcome": (*OUTCOMES, "needs_information"),
    "resolution": RESOLUTIONS + _NONE,
    "issue_class": ISSUE_CLASSES + _NONE,
    "fault": FAULTS,
    "return_required": _TRUTHS,
    "freight.return": PAYERS,
    "freight.replacement": PAYERS,
    "repair.payer": ("seller", "buyer", "none"),
    "exchange.propose": PROPOSALS + _NONE,
    "application.reapply": _TRUTHS,
    "refund": _TRUTHS,
    "refund_to": tuple(REFUND_TO),
    "shipping": _TRUTHS,
    "fee": _TRUTHS,
    "extras": _TRUTHS,
    "reimburse": _TRUTHS,
    "offer": _TRUTHS,
    "fallback": _TRUTHS,
    "buyer_pays": _TRUTHS,
    "depreciation": _TRUTHS,
    "missing": _TRUTHS,
    "alternatives": _TRUTHS,
    "subject_to": _TRUTHS,
}
"""What of a decision may choose a text. What is not definite counts as `none` or false; an amount of zero as false."""

_TO = {
    f"to_{place}": tuple(value for value, places in REFUND_TO.items() if place in places)
    for place in ("original", "store_credit", "unknown")
}
FILLED: dict[str, str] = {
    "refund": "refund",
    "shipping": "shipping",
    "fee": "fee",
    "extras": "extras",
    "reimburse": "reimburse",
    "offer": "offer",
    "fallback": "fallback",
    "buyer_pays": "buyer_pays",
    "depreciation": "depreciation",
    **dict.fromkeys(_TO, "refund_to"),
    "alternatives": "alternatives",
    "questions": "missing",
    "filed": "application.reapply",
    "required": "application.reapply",
    "number": "",
    "count": "",
    "deadline": "",
}
"""What may stand in braces, and the trait that decides whether it is there. There is nothing else: no text of a buyer's."""


def present(name: str) -> tuple[Value, ...]:
    """Return the values of its trait with which there is something to fill in for `name`."""
    return _TO.get(name, (True,))


class MessagePlace(NamedTuple):
    """One place of a message. `key` says by what its texts are told apart, all that apply being said; else one is."""

    name: str
    key: str = ""
    fills: tuple[str, ...] = ()
    """What only texts of this place may fill in."""
    needed: Mapping[str, tuple[Value, ...]] | None = None
    """The decisions for which a text must be there; None: it may always be left out."""


_ELSEWHERE: Mapping[str, tuple[Value, ...]] = {
    "refund_to": tuple(value for value in REFUND_TO if value not in ("original", "none"))
}
BUYER: tuple[MessagePlace, ...] = (
    MessagePlace("greeting"),
    MessagePlace("about", fills=("number", "count"), needed={}),
    MessagePlace("apology"),
    MessagePlace("answer", needed={}),
    MessagePlace("because", "rule"),
    MessagePlace("amount"),
    MessagePlace("deduction"),
    MessagePlace("destination", needed=_ELSEWHERE),
    MessagePlace("extras"),
    MessagePlace("freight"),
    MessagePlace("ask", "fact"),
    MessagePlace("before", "instruction"),
    MessagePlace("next", "instruction"),
    MessagePlace("filing", needed={"application.reapply": (True,)}),
    MessagePlace("deadline", "deadline", fills=("deadline",)),
    MessagePlace("closing"),
)
AGENT: tuple[MessagePlace, ...] = (
    MessagePlace("about", fills=("number", "count"), needed={}),
    MessagePlace("listen", needed={}),
    MessagePlace("apologise", needed={"outcome": ("approve",), "fault": ("seller",)}),
    MessagePlace("explain", needed={}),
    MessagePlace("propose", needed={}),
    MessagePlace("destination", needed=_ELSEWHERE),
    MessagePlace("agree", needed={}),
    MessagePlace("follow_up", needed={}),
)
PLACES: dict[str, tuple[MessagePlace, ...]] = {"messages": BUYER, "scripts": AGENT}
KEYS = tuple(place.key for place in BUYER if place.key)
ONLY = {name: place.name for places in PLACES.values() for place in places for name in place.fills}
"""What may be filled in at one place only, and that place."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One text: its place, its key where the place has one, the decisions it is for, and what it says."""

    say: str
    key: str
    when: tuple[tuple[str, tuple[Value, ...]], ...]
    text: Words
    pack: str = field(default="", compare=False)
    where: str = field(default="", compare=False)

    @property
    def box(self) -> Box:
        """The decisions it is for."""
        return {name: frozenset(values) for name, values in self.when}


def _but(name: str, *values: Value) -> frozenset[Value]:
    return frozenset(TRAITS[name]) - set(values)


_REFUSED: Box = {"outcome": frozenset({"decline", "manual_review"})}
_GIVEN = (
    "refund", "shipping", "fee", "extras", "reimburse", "offer", "fallback", "buyer_pays", "depreciation",
    "application.reapply",
)  # fmt: skip
_YES = frozenset({True})
NEVER: tuple[Box, ...] = (
    {"outcome": frozenset({"approve"}), "resolution": frozenset(_NONE)},
    {"outcome": frozenset({"approve"}), "issue_class": frozenset(_NONE)},
    {**_REFUSED, "resolution": _but("resolution", "none")},
    {"exchange.propose": _but("exchange.propose", "none"), "resolution": _but("resolution", "exchange")},
    {"repair.payer": _but("repair.payer", "none"), "resolution": _but("resolution", "repair")},
    {"buyer_pays": _YES, "resolution": _but("resolution", "exchange")},
    {"depreciation": _YES, "resolution": _but("resolution", "exchange")},
    {"offer": _YES, "resolution": _but("resolution", "compensation")},
    {"missing": _YES, "outcome": _but("outcome", "needs_information")},
    *({**_REFUSED, name: _YES} for name in _GIVEN),
    {"refund_to": _but("refund_to", "none"), "outcome": _but("outcome", "approve")},
    {"refund_to": _but("refund_to", "none"), "refund": frozenset({False})},
    {"refund_to": frozenset(_NONE), "outcome": frozenset({"approve"}), "refund": _YES},
)
"""Decisions that there are not: nothing need be said for them."""


def left_over(box: Box, covers: Sequence[Box]) -> Box | None:
    """Return some of the decisions in `box` that none of `covers` holds; None when they hold all.

    >>> left_over({}, [{"offer": frozenset({True})}])
    {'offer': frozenset({False})}
    >>> left_over({"offer": frozenset({True})}, [{"offer": frozenset({True, False})}])
    """
    for at, cover in enumerate(covers):
        if met(box, cover) is None:
            continue
        rest = dict(box)
        for name, values in cover.items():
            here = rest.get(name, frozenset(TRAITS[name]))
            if here - values:
                found = left_over({**rest, name: here - values}, covers[at + 1 :])
                if found is not None:
                    return found
            rest[name] = here & values
        return None
    return box


def met(one: Box, other: Box) -> Box | None:
    """Return the decisions in both; None when there are none."""
    both = dict(one)
    for name, values in other.items():
        both[name] = both.get(name, values) & values
        if not both[name]:
            return None
    return both


def clash(one: Wording, other: Wording) -> Box | None:
    """Return decisions for which both texts would be said in one place; None when there are none."""
    if (one.say, one.key) != (other.say, other.key):
        return None
    both = met(one.box, other.box)
    return None if both is None or left_over(both, NEVER) is None else both


def box_text(box: Box) -> str:
    """Return the decisions of a box as a pack would name them.

    >>> box_text({"offer": frozenset({True}), "fault": frozenset({"seller", "none"})})
    'offer: true, fault: [none, seller]'
    """
    shown = []
    for name, values in box.items():
        words = sorted(str(value).lower() if isinstance(value, bool) else value for value in values)
        shown.append(f"{name}: {words[0] if len(words) == 1 else '[' + ', '.join(words) + ']'}")
    return ", ".join(shown) or "any decision"


PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def sample(text: str, language: str) -> str:
    """Return a text as it might be sent, for the linter: amounts in it are amounts."""
    samples = _samples(language)
    return PLACEHOLDER.sub(lambda found: samples.get(found[1], samples["refund"]), text)


@cache
def _samples(language: str) -> dict[str, str]:
    return {
        "refund": say("phrase.quantity", language, "12.00", say("currency.CNY", language)),
        "fallback": say("resolution.return_and_refund", language),
        "alternatives": say("resolution.exchange", language),
        "questions": say("message.question", language),
        "filed": say("resolution.refund_only", language),
        "required": say("resolution.return_and_refund", language),
        "number": "1",
        "count": "2",
        "deadline": say("message.within.return_received", language, 7, say("unit.days.other", language)),
    }


def wording_data(item: Wording) -> dict[str, Any]:
    """Return a text as it is written in a pack."""
    key = next((place.key for places in PLACES.values() for place in places if place.name == item.say), "")
    data: dict[str, Any] = {"say": item.say}
    if key:
        data[key] = item.key
    if item.when:
        data["when"] = {name: values[0] if len(values) == 1 else list(values) for name, values in item.when}
    return {**data, **item.text._asdict()}
