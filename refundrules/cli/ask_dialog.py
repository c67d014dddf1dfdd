"""Leading a person through a case: what every case must say, what typed answers mean, and the words around them.

Nothing here reads or prints; the command does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple, get_args

from refundrules.case import models as case_module
from refundrules.case.facts import Words
from refundrules.case.paths import is_given, replaced, value_at
from refundrules.errors import CaseError
from refundrules.explain.next_question.question import Ask, AskField, AskKind
from refundrules.io.catalog import alternatives, languages, say
from refundrules.io.fields import read_time
from refundrules.money.models import FreeShipping
from refundrules.text.columns import padded, width

Given = Mapping[str, Any]

_LONG_LIST, _COLUMNS = 10, 80
_DAYS = ("today", "yesterday", "day_before")
_WEAR = ("malfunction", "sole_separation", "seam_split", "fading")
_MIND = ("does_not_fit", "changed_mind")


def says(name: str, language: str, *parts: object) -> str:
    """Return one of the words around the questions."""
    return say(f"ask.{name}", language, *parts)


def _typed(name: str) -> list[str]:
    """Return what a person may type for something, in any language, the longest first."""
    found = {text for language in languages() for text in alternatives(f"typed.{name}", language)}
    return sorted(found, key=lambda text: (-len(text), text))


# -- what every case must say ---------------------------------------------------------------------


class _Basic(NamedTuple):
    """Something of the order or claim that no fact asks for; with `only`, asked of a new line with such a reason."""

    path: str
    kind: AskKind
    values: tuple[str, ...] = ()
    optional: bool = False
    default: Any = None
    only: tuple[str, ...] = ()

    @property
    def question(self) -> Words:
        """What is asked for it."""
        return Words.of(f"basic.{self.path.replace('[*]', '')}")


_BASICS = (
    _Basic("order.id", "text"),
    _Basic("claims[*].line", "enum"),
    _Basic("claims[*].reason", "enum", get_args(case_module.Reason)),
    _Basic("order.status", "enum", get_args(case_module.Status)),
    _Basic("order.lines[*].category", "enum", get_args(case_module.Category)),
    _Basic("order.lines[*].unit_price", "money"),
    _Basic(
        "order.lines[*].promotional", "bool",
        optional=True, default=False, only=tuple(reason for reason in get_args(case_module.Reason) if reason not in _MIND),
    ),
    _Basic(
        "order.lines[*].exclusion", "enum",
        get_args(case_module.Exclusion), optional=True, default="none", only=_MIND,
    ),
    _Basic(
        "order.lines[*].exclusion_confirmed", "bool",
        optional=True, default=False, only=_MIND,
    ),
    _Basic(
        "order.lines[*].warranty_until", "time",
        optional=True, only=_WEAR,
    ),
    _Basic(
        "order.free_shipping", "enum",
        get_args(FreeShipping), optional=True, default="none", only=("shipping_fee_charged",),
    ),
    _Basic(
        "order.shipping_charged", "money",
        optional=True, default="0", only=("shipping_fee_charged", "not_received", "lost"),
    ),
)  # fmt: skip

_BLANK: tuple[tuple[str, Any], ...] = (
    ("id", "case"), ("order.id", "order"), ("order.status", "paid"), ("order.lines[0].id", "L1"),
    ("order.lines[*].category", "other"), ("order.lines[*].unit_price", "1"), ("claims[*].reason", "stain"),
)  # fmt: skip


def places(case: Given, path: str) -> list[str]:
    """Return the paths that `[*]` stands for in a case; the first where there are none yet."""
    head, star, rest = path.partition("[*]")
    if not star:
        return [path]
    held = value_at(case, head)
    return [f"{head}[{at}]{rest}" for at in range(max(1, len(held) if isinstance(held, list) else 1))]


def fill(case: Given) -> dict[str, Any]:
    """Return the case with stand-ins for what it must still say, so that the rest of it can be checked."""
    made: Any = dict(case)
    if not _is_shaped(case):
        return made  # type: ignore[no-any-return]
    for path, value in _BLANK:
        for place in places(made, path):
            if value_at(made, place) is None:
                made = replaced(made, place, value)
    return _with_lines(made, value_at(made, "order.lines"))  # type: ignore[no-any-return]


def _is_shaped(case: Given) -> bool:
    order, claims = case.get("order"), case.get("claims")
    lines = order.get("lines") if isinstance(order, Mapping) else None
    items = [*(lines if isinstance(lines, list) else ()), *(claims if isinstance(claims, list) else ())]
    return (
        isinstance(order, Mapping | None)
        and all(isinstance(held, list | None) for held in (lines, claims))
        and all(isinstance(item, Mapping) for item in items)
    )


def _with_lines(case: Any, lines: list[Any]) -> Any:
    first = value_at(lines, "[0].id")
    for place in places(case, "claims[*].line") if len(lines) > 1 else ():
        if value_at(case, place) is None:
            case = replaced(case, place, first)
    return case


def basics(case: Given, check: Callable[[Given], object], currency: str, *, fresh: bool) -> Iterator[Ask]:
    """Yield what a case must say and does not; of a fresh one also what its reason makes worth knowing."""
    for basic in _BASICS:
        if basic.optional and not fresh:
            continue
        for path in places(case, basic.path):
            if not is_given(case, path) and _applies(basic, case):
                yield _basic_ask(basic, path, case, check, currency)


def _applies(basic: _Basic, case: Given) -> bool:
    lines = value_at(case, "order.lines")
    if basic.path == "claims[*].line":
        return isinstance(lines, list) and len(lines) > 1
    if basic.path == "order.lines[*].exclusion_confirmed" and value_at(case, "order.lines[0].exclusion") == "none":
        return False
    reasons = {value_at(case, path) for path in places(case, "claims[*].reason")}
    return not basic.only or not reasons.isdisjoint(basic.only)


def _basic_ask(basic: _Basic, path: str, case: Given, check: Callable[[Given], object], currency: str) -> Ask:
    values = basic.values
    if basic.path == "claims[*].line":
        values = tuple(str(value_at(line, "id")) for line in value_at(case, "order.lines"))
    money = currency if basic.kind == "money" else ""
    field = AskField(path, basic.kind, basic.question, values, basic.default, money)
    claim = int(path[7]) if path.startswith("claims[") and len(places(case, "claims[*]")) > 1 else None
    return Ask(
        basic.path, path, basic.kind, basic.question, (field,), claim, basic.optional,
        lambda made: check(fill(made)),
    )  # fmt: skip


def start(case: Given) -> dict[str, Any]:
    """Return the case with the ids that nobody needs to be asked for."""
    made: Any = dict(case)
    if value_at(made, "id") is None and value_at(made, "order.id") is not None:
        made = {"id": str(value_at(made, "order.id")), **made}
    if value_at(made, "order.lines") and not is_given(made, "order.lines[0].id"):
        made = replaced(made, "order.lines[0].id", "L1")
    return made  # type: ignore[no-any-return]


def is_fresh(case: Given) -> bool:
    """Return whether a case does not yet say what was bought."""
    return value_at(case, "order.lines[0].unit_price") is None


# -- typed answers --------------------------------------------------------------------------------


class NotAnAnswer(ValueError):  # noqa: N818 (what is typed is wrong, nothing failed)
    """What was typed is no answer; its text says what would be."""


def read_answer(field: AskField, text: str, language: str, today: date) -> Any:
    """Return what a person typed as the case holds it. Raises `NotAnAnswer`."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if field.choices:
        return _chosen(field, typed, language)
    return _READERS[field.kind](typed, language, today)


def read_numbers(text: str, most: int, language: str) -> list[int]:
    """Return the places, from 0, of the numbers typed; empty for none. Raises `NotAnAnswer`."""
    words = unicodedata.normalize("NFKC", text).replace(",", " ").replace("\N{IDEOGRAPHIC COMMA}", " ").split()
    if words in ([], ["0"]) or (len(words) == 1 and words[0].lower() in _typed("no")):
        return []
    if not all(word.isdecimal() and 1 <= int(word) <= most for word in words):
        raise NotAnAnswer(says("numbers", language))
    return sorted({int(word) - 1 for word in words})


def _chosen(field: AskField, typed: str, language: str) -> bool | str:
    choices = field.choices
    if typed.isdecimal() and 1 <= int(typed) <= len(choices):
        return choices[int(typed) - 1].value
    low = typed.lower()
    if field.kind == "bool" and low in [*_typed("yes"), *_typed("no")]:
        return low in _typed("yes")
    for choice in choices:
        if low in (str(choice.value).lower(), *choice.label.map(str.lower)):
            return choice.value
    raise NotAnAnswer(says("number", language, len(choices)))


def _amount(typed: str, language: str, _: date) -> str:
    plain = _without_units(typed)
    if not re.fullmatch(r"[0-9]{1,16}(\.[0-9]{1,6})?", plain):
        raise NotAnAnswer(says("amount", language))
    return plain


def _whole(typed: str, language: str, _: date) -> int:
    plain = _without_units(typed)
    if not re.fullmatch(r"[0-9]{1,9}", plain):
        raise NotAnAnswer(says("whole", language))
    return int(plain)


def _without_units(typed: str) -> str:
    return re.sub("|".join(map(re.escape, _typed("units"))), "", typed, flags=re.IGNORECASE).strip()


def _day(typed: str, language: str, today: date) -> str:
    low = typed.lower()
    ago = re.fullmatch(rf"(\d{{1,4}}) ?(?:{'|'.join(map(re.escape, _typed('days_ago')))})", low)
    days = (days for days, name in enumerate(_DAYS) if low in _typed(name))
    back = int(ago[1]) if ago else next(days, None)
    if back is not None:
        return (today - timedelta(days=back)).isoformat()
    try:
        read_time(typed)
    except ValueError:
        raise NotAnAnswer(says("day", language)) from None
    return typed


def _text(typed: str, _: str, __: date) -> str:
    return typed


_READERS: dict[str, Callable[[str, str, date], Any]] = {
    "money": _amount, "cm": _amount, "count": _whole, "days": _whole, "hours": _whole, "time": _day, "text": _text,
}  # fmt: skip


# -- how a question looks -------------------------------------------------------------------------


def title(ask: Ask, case: Given, language: str) -> str:
    """Return the question, with the line it is about where the case has several claims."""
    text = ask.question.to(language)
    if ask.claim is None or len(value_at(case, "claims") or ()) < 2:
        return text
    line = value_at(case, f"claims[{ask.claim}].line")
    return says("claim", language, line) + text if line else text


def choice_lines(ask: Ask, language: str) -> list[str]:
    """Return the numbered choices of a question, many in columns; empty where the answer is free."""
    if ask.kind == "any_of":
        names = [(field.applies or field.question).to(language) for field in ask.fields]
    else:
        names = [choice.label.to(language) for choice in ask.choices]
    cells = [f"{number:>4} {name}" for number, name in enumerate(names, 1)]
    if len(cells) <= _LONG_LIST:
        return cells
    wide = max(width(cell) for cell in cells) + 1
    rows = -(-len(cells) // max(1, _COLUMNS // wide))
    return ["".join(padded(cell, wide) for cell in cells[row::rows]).rstrip() for row in range(rows)]


def hint(field: AskField, default: Any, language: str) -> str:
    """Return what kind of answer is wanted where there is nothing to choose from, and what Enter means."""
    wanted = says("a_day", language) if field.kind == "time" else field.unit.to(language) if field.unit else ""
    if field.kind == "money":
        wanted = says("sum", language, wanted)
    if field.kind == "bool" and default is None:
        wanted = says("yes_no", language)
    if default is None:
        return wanted
    named = {choice.value: choice.label.to(language) for choice in field.choices}
    enter = says("default", language, named.get(default, default))
    return f"{wanted}; {enter}" if wanted else enter


def problem_text(error: CaseError) -> str:
    """Return in one line what is wrong with an answer."""
    problem = error.problems[0]
    return f"{problem.what} ({problem.remedy})" if problem.remedy else problem.what
