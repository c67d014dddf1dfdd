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
from refundrules.errors import CaseError
from refundrules.explain.next_question.question import Ask, AskField, AskKind, is_given, replaced, value_at
from refundrules.io.fields import read_time
from refundrules.money.models import FreeShipping
from refundrules.text.columns import padded, width

Given = Mapping[str, Any]

_SAYS: dict[str, tuple[str, str]] = {
    "keys": (
        "输入编号或答案 · ？或回车 不知道 · b 上一题 · s 保存 · q 退出",
        "Type a number or the answer · ? or Enter: don't know · b back · s save · q quit",
    ),
    "number": ("请输入 1 到 {0} 的编号", "choose a number from 1 to {0}"),
    "numbers": ("请输入编号，如 1 3；都没有请直接回车", "give numbers, like 1 3; just Enter when none applies"),
    "amount": ("请输入数字，如 12.50", "give a number, like 12.50"),
    "whole": ("请输入整数，如 3", "give a whole number, like 3"),
    "day": ("请输入日期，如 2026-06-05、今天、3天前", "give a day, like 2026-06-05, today or 3 days ago"),
    "sum": ("{0}，如 12.50", "{0}, like 12.50"),
    "a_day": ("如 2026-06-05、今天、3天前", "such as 2026-06-05, today, 3 days ago"),
    "yes_no": ("y 是，n 否", "y or n"),
    "must": ("这一项必须填写", "this cannot be left out"),
    "first": ("已经是第一题", "this is the first question"),
    "none": ("回车：都没有", "Enter: none of these"),
    "default": ("回车：{0}", "Enter: {0}"),
    "file": ("存到哪个文件？", "Save to which file?"),
    "name_file": ("请用 --save 指定文件", "name the file with --save"),
    "saved": ("已保存：{0}", "saved: {0}"),
    "unsaved": ("没有保存", "nothing was saved"),
    "early": ("订单信息还不全，无法决定", "too little is known of the order to decide"),
    "claim": ("商品 {0}：", "line {0}: "),
}
_LONG_LIST, _COLUMNS = 10, 80
_YES = {"y", "yes", "true", "是", "对", "有"}
_NO = {"n", "no", "false", "否", "不", "不是", "没有"}
_DAYS = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1, "前天": 2}
_AGO = re.compile(r"(\d{1,4}) ?(?:days? ago|d|天前|天)")
_UNIT = re.compile(r"(?:元|块|¥|cny|cm|厘米|天|次|days?)", re.IGNORECASE)
_WEAR = ("malfunction", "sole_separation", "seam_split", "fading")
_MIND = ("does_not_fit", "changed_mind")


def says(name: str, language: str, *parts: object) -> str:
    """Return one of the words around the questions."""
    return Words(*_SAYS[name]).to(language).format(*parts)


# -- what every case must say ---------------------------------------------------------------------


class _Basic(NamedTuple):
    """Something of the order or claim that no fact asks for; with `only`, asked of a new line with such a reason."""

    path: str
    kind: AskKind
    question: Words
    values: tuple[str, ...] = ()
    optional: bool = False
    default: Any = None
    only: tuple[str, ...] = ()


_BASICS = (
    _Basic("order.id", "text", Words("订单号？", "What is the order's number?")),
    _Basic("claims[*].line", "enum", Words("是哪件商品？", "Which line is it about?")),
    _Basic("claims[*].reason", "enum", Words("买家反映什么问题？", "What does the buyer report?"), get_args(case_module.Reason)),
    _Basic("order.status", "enum", Words("订单现在是什么状态？", "Where is the order now?"), get_args(case_module.Status)),
    _Basic("order.lines[*].category", "enum", Words("是哪类商品？", "What kind of goods?"), get_args(case_module.Category)),
    _Basic("order.lines[*].unit_price", "money", Words("单价多少？", "What is the unit price?")),
    _Basic(
        "order.lines[*].promotional", "bool", Words("是低价活动商品吗？", "Is it low-price activity goods?"),
        optional=True, default=False, only=tuple(reason for reason in get_args(case_module.Reason) if reason not in _MIND),
    ),
    _Basic(
        "order.lines[*].exclusion", "enum", Words("属于不支持七天无理由的商品吗？", "Is it excluded from returns without a reason?"),
        get_args(case_module.Exclusion), optional=True, default="none", only=_MIND,
    ),
    _Basic(
        "order.lines[*].exclusion_confirmed", "bool", Words("买家购买时确认过吗？", "Did the buyer confirm that at purchase?"),
        optional=True, default=False, only=_MIND,
    ),
    _Basic(
        "order.lines[*].warranty_until", "time", Words("保修到哪天？", "Until which day is the warranty?"),
        optional=True, only=_WEAR,
    ),
    _Basic(
        "order.free_shipping", "enum", Words("页面承诺包邮吗？", "Does the page promise free shipping?"),
        get_args(FreeShipping), optional=True, default="none", only=("shipping_fee_charged",),
    ),
    _Basic(
        "order.shipping_charged", "money", Words("收了买家多少运费？", "What was the buyer charged for shipping?"),
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


def filled(case: Given) -> dict[str, Any]:
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
        lambda made: check(filled(made)),
    )  # fmt: skip


def started(case: Given) -> dict[str, Any]:
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
    words = unicodedata.normalize("NFKC", text).replace(",", " ").replace("、", " ").split()
    if words in ([], ["0"]) or (len(words) == 1 and words[0].lower() in _NO):
        return []
    if not all(word.isdecimal() and 1 <= int(word) <= most for word in words):
        raise NotAnAnswer(says("numbers", language))
    return sorted({int(word) - 1 for word in words})


def _chosen(field: AskField, typed: str, language: str) -> bool | str:
    choices = field.choices
    if typed.isdecimal() and 1 <= int(typed) <= len(choices):
        return choices[int(typed) - 1].value
    low = typed.lower()
    if field.kind == "bool" and low in _YES | _NO:
        return low in _YES
    for choice in choices:
        if low in (str(choice.value).lower(), choice.label.zh.lower(), choice.label.en.lower()):
            return choice.value
    raise NotAnAnswer(says("number", language, len(choices)))


def _amount(typed: str, language: str, _: date) -> str:
    plain = _UNIT.sub("", typed).strip()
    if not re.fullmatch(r"[0-9]{1,16}(\.[0-9]{1,6})?", plain):
        raise NotAnAnswer(says("amount", language))
    return plain


def _whole(typed: str, language: str, _: date) -> int:
    plain = _UNIT.sub("", typed).strip()
    if not re.fullmatch(r"[0-9]{1,9}", plain):
        raise NotAnAnswer(says("whole", language))
    return int(plain)


def _day(typed: str, language: str, today: date) -> str:
    ago = _AGO.fullmatch(typed.lower())
    back = int(ago[1]) if ago else _DAYS.get(typed.lower())
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
