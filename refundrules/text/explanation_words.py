"""The words of explanations, in both languages: why, why not, and what would change a decision."""

from __future__ import annotations

from refundrules.case.facts import Words
from refundrules.text.decision_words import phrase, safe, value_text, word

_TEXTS: dict[str, tuple[str, str]] = {
    # labels
    "because": ("理由", "Because"),
    "facts": ("依据", "Facts"),
    "money": ("金额", "Money"),
    "overruled": ("被压过", "Overruled"),
    "waits": ("待确认", "Waits for"),
    "review": ("转人工", "A person"),
    "provided": ("前提", "Provided"),
    "note": ("说明", "Note"),
    "is": ("实际", "Decided"),
    "nearest": ("最接近", "Nearest"),
    "others": ("其余", "Others"),
    "changes": ("改变", "Change"),
    "until": ("时间", "In time"),
    "how": ("详情", "How"),
    "sources": ("出处", "sources"),
    "policy": ("规则集", "policy"),
    # why
    "total": ("合计", "total"),
    "answers": ("{0}：{1}", "{0}: {1}"),
    "overrides": ("{0}（{1}）被 {2} 压过：{3}", "{0} ({1}) is overruled by {2}: {3}"),
    "waits_for": ("{0} 取决于它", "{0} wait for it"),
    "no_trace": (
        "这份决定没有附经过，只能说到这里；保存时带上经过（trace）即可说明全部",
        "this decision was kept without its trace, so there is no more to say; keep decisions with their trace",
    ),
    "digest": ("{0} {1}，{2}，引擎 {3}", "{0} {1}, {2}, engine {3}"),
    # why not
    "is_decided": ("{0}：已经这样决定", "{0} is what was decided"),
    "not_decided": ("为何不是：{0}", "not {0}"),
    "nothing_instead": ("对 {0} 没有回答", "{0} has no answer"),
    "needs": ("{0}：还差 {1}", "{0} would need {1}"),
    "waiting": ("{0}：取决于 {1}，尚未知道", "{0} waits for {1}, which nobody knows yet"),
    "silenced": ("{0} 成立，但被 {1} 压过：{2}", "{0} holds, but {1} overrides it: {2}"),
    "stands": ("{0} 成立", "{0} holds"),
    "stands_unused": (
        "{0} 成立，但没有起作用：{1}",
        "{0} holds, but did not come to bear: {1}",
    ),
    "not_asked": ("{0} 成立，但结果不是同意，不再问 {1}", "{0} holds, but {1} is asked only of what is approved"),
    "not_in_force": ("{0} 对这个订单的日期或地区无效", "{0} is not in force on this order's dates or in its place"),
    "and": ("；", "; "),
    "either": ("以下之一：{0}", "one of: {0}"),
    "every": ("同时：{0}", "all of: {0}"),
    "that_is": ("{0}，即 {1}", "{0}, that is {1}"),
    "said_by": ("{0}（由 {1} 得出）", "{0} (answered by {1})"),
    "other_reasons": (
        "另有 {0} 条规则只用于别的申请原因：{1}",
        "{0} more are for other reasons than this claim's: {1}",
    ),
    "further": ("{0}：{1}", "{0}: {1}"),
    "no_rule": ("这套规则里没有任何规则会得出{0}", "no rule of the policy leads to {0}"),
    "no_rule_in_trace": (
        "经过里没有规则会得出{0}。经过只列出可能成立的规则；要知道其余的，请用原案例和 {1} {2} 重新决定后再问",
        "no rule in the trace leads to {0}; it lists only rules that could have held: for the others, ask the case again by {1} {2}",
    ),
    "only_traced": (
        "只根据经过说明：事实不符而根本不可能成立的规则不在其中",
        "told from the trace alone: rules that the facts ruled out from the start are not in it",
    ),
    "is_alternative": ("可以作为替代方案提供", "it is one of the alternatives offered"),
    "is_fallback": ("买家拒绝所有补偿后就会这样处理", "it follows once every offer is declined"),
    "by_silence": ("没有规则回答时，{0} 就是{1}", "where no rule answers {0}, it is {1}"),
    "gap_free": (
        "也没有转人工的其他原因：规则没有空缺、没有矛盾，所有保障都守住了",
        "nor does anything else hand it to a person: no gap, no conflict, every guarantee kept",
    ),
    "all_known": ("起作用的事实都已知道", "every fact that matters is known"),
    "reviewed": ("由人工决定，原因见上", "a person decides, for the reason above"),
    "elsewhere": ("规则不适用于这个地区", "the policy does not hold in this place"),
    # what if
    "what_if": ("怎样才会不同", "what would change this"),
    "what_if_want": ("怎样才会{0}", "what would give {0}"),
    "already": ("已经是{0}", "it is {0} already"),
    "set_to": ("{0} 为 {1}", "{0} is {1}"),
    "gives": ("{0} → {1}", "{0} → {1}"),
    "more_than": ("超过 {0}", "more than {0}"),
    "at_least": ("{0} 或以上", "{0} or more"),
    "at_most": ("{0} 或以下", "{0} or less"),
    "less_than": ("不到 {0}", "less than {0}"),
    "range": ("，且", " and "),
    "anything": ("已知的任何值", "known, whatever it is"),
    "now": ("（现在 {0}）", " (now {0})"),
    "joined": ("，且 ", ", and "),
    "opened_by": ("在 {0} 之前申请：{1}", "a claim opened by {0}: {1}"),
    "holds_until": ("在 {0} 之前申请结果不变，此后：{1}", "holds for a claim opened by {0}; from then on: {1}"),
    "none_found": ("改变最多 {0} 个可变的事实，都不会{1}", "no change of up to {0} changeable facts gives {1}"),
    "none_found_any": (
        "改变最多 {0} 个可变的事实，结果不变",
        "no change of up to {0} changeable facts gives anything else",
    ),
    "bounded": (
        "可能太多：改变 {0} 个事实的情况全部试过，更多的只试了一部分",
        "there are too many: all changes of up to {0} facts were tried, larger ones only in part",
    ),
    "truth": (
        "这是说事实需要怎样，不是说该怎样填写",
        "this says what would have to be true, never what to report",
    ),
    "more": ("还有 {0} 种", "{0} more"),
    # beside
    "before": ("之前", "before"),
    "after": ("之后", "after"),
    "same": ("结果没有变化", "nothing changes"),
}
_WORDS = {name: Words(*both) for name, both in _TEXTS.items()}

_TABLES = {
    "outcome": "outcome",
    "resolution": "resolution",
    "issue_class": "issue_class",
    "fault": "fault",
    "alternatives": "resolution",
    "application": "application",
    "parts": "part",
    "extras": "extra",
    "deadlines": "due",
    "exchange.propose": "propose",
    "referral": "referral",
}
_PLAIN = ("outcome", "resolution", "issue_class", "fault")
_PAYERS = {"freight.return": "way_back", "freight.replacement": "way_forth", "repair.payer": "repair_payer"}


def say(name: str, language: str, *parts: object) -> str:
    """Return a phrase of an explanation with its places filled in."""
    return _WORDS[name].to(language).format(*parts)


def answer_words(question: str, value: object, language: str) -> str:
    """Return an answer as a person reads it, with its question where the answer alone would not say which."""
    if question in _PAYERS:
        return phrase(_PAYERS[question], language, word("payer", safe(value), language))
    if question == "return_required":
        return phrase("comes_back" if value else "kept", language)
    named = word("question", question, language) if language == "zh" else question
    if question in _TABLES:
        shown = word(_TABLES[question], safe(value), language)
        return shown if question in _PLAIN else say("answers", language, named, shown)
    return say("answers", language, named, value_text(value, "", language))
