"""The words around a policy written out for people, in both languages."""

from __future__ import annotations

from refundrules.case.facts import Words

_TEXTS: dict[str, tuple[str, str]] = {
    "counts": (
        "规则 {0}，保障 {1}，参数 {2}",
        "rules: {0}, guarantees: {1}, parameters: {2}",
    ),
    "on": ("数值以 {0} 为准", "numbers as of {0}"),
    "latest": ("数值以最新的为准", "numbers as last set"),
    "holds_in": ("适用于 {0}，货币 {1}，按 {2} 计日", "holds in {0}, in {1}, days counted in {2}"),
    "made_of": ("组成：{0}", "made of {0}"),
    "unfinished": (
        "这套规则供其他规则扩展，本身不完整。",
        "This policy is made to be extended and is not complete by itself.",
    ),
    "contents": ("目录", "Contents"),
    "how": (
        (
            "每条规则先说理由，再说何时成立、得出什么。规则没有先后：都成立的规则须一致，除非一条压过另一条。"
            "没有人知道的事实，既不算成立，也不算不成立。方括号里的内容以具体案件为准。"
        ),
        (
            "Each rule gives its reason, then when it holds and what follows. Rules have no order: those that hold must agree, unless "
            "one overrides another. What nobody knows yet counts neither as so nor as not so. What stands in brackets comes "
            "from the case."
        ),
    ),
    "gaps": (
        "没有规则回答，或规则互相矛盾时，由人工决定。",
        "Where no rule answers, or rules disagree, a person decides.",
    ),
    "always": ("本节各条都要求", "Every rule of this section asks that"),
    "when": ("当", "When"),
    "when_all": ("当以下全部成立", "When all of these hold"),
    "when_any": ("当以下至少一项成立", "When at least one of these holds"),
    "when_not_all": ("当以下不是全部成立", "When not all of these hold"),
    "when_none": ("当以下都不成立", "When none of these holds"),
    "and_when": ("并且当", "And when"),
    "and_when_all": ("并且当以下全部成立", "And when all of these hold"),
    "and_when_any": ("并且当以下至少一项成立", "And when at least one of these holds"),
    "and_when_not_all": ("并且当以下不是全部成立", "And when not all of these hold"),
    "and_when_none": ("并且当以下都不成立", "And when none of these holds"),
    "all_of_section": ("本节要求成立", "what this section asks for holds"),
    "promise": ("保证", "Promised"),
    "unless": ("除非", "Unless"),
    "overridden": ("{0} 成立（压过本条）", "{0} holds, which overrides it"),
    "overrides": ("压过 {0}", "Overrides {0}"),
    "sources": ("出处", "Sources"),
    "also": ("其他章节的规则也回答：{0}", "Also answered by rules of other chapters: {0}"),
    "glance": ("一览", "At a glance"),
    "rule": ("规则", "rule"),
    "any": ("不限", "any"),
    "nothing": ("—", "—"),
    "guarantees": ("保障", "Guarantees"),
    "guarantees_about": (
        "任何决定都不得低于这些保障；会低于时由人工决定。扩展的规则不能去掉它们。",
        "No decision falls below these: where one would, a person decides. No policy that extends this one can remove them.",
    ),
    "parameters": ("参数", "Parameters"),
    "parameters_about": (
        "规则里的数值，只在这里规定。粗体的是有效的数值。",
        "The numbers of the rules; they are set here alone. The one in force is in bold.",
    ),
    "parameter": ("参数", "parameter"),
    "value": ("数值", "value"),
    "since": ("自 {0}", "from {0}"),
    "beginning": ("自始", "from the beginning"),
    "verified": ("{0} 核对", "verified {0}"),
    "unverified": ("未核对", "not verified"),
    "by_order_placed": ("按下单日取值", "chosen by the day of the order"),
    "by_claim_opened": ("按申请日取值", "chosen by the day of the claim"),
    "definitions": ("用语", "Terms"),
    "definitions_about": ("规则里用到的说法。", "What the rules mean by these words."),
    "is": ("等于", "Is"),
    "assumptions": ("前提", "Assumptions"),
    "assumptions_about": (
        "不可能不成立的事；推算未知事实时据此排除。",
        "What cannot be otherwise; it narrows down what is unknown.",
    ),
    "sources_about": ("规则、保障和参数引用的出处。", "What rules, guarantees and parameters cite."),
    "source": ("出处", "source"),
    "what": ("内容", "what it says"),
    "confidence": ("可信度 {0}", "confidence {0}"),
    "map": ("规则图", "Map of the rules"),
    "map_about": (
        "从上到下是依次回答的问题，下面是先回答它的规则；箭头从一条规则指向它压过的规则。",
        (
            "From top to bottom the questions in the order they are answered, each with its rules; an arrow leads from a rule to "
            "one it overrides."
        ),
    ),
    "map_said": ("{0}：{1} 条规则", "{0}: {1} rules"),
    "map_arrow": ("{0} 压过 {1}", "{0} overrides {1}"),
    "digest": ("规则指纹", "policy digest"),
}
TEXTS = {name: Words(*both) for name, both in _TEXTS.items()}


def text(name: str, *parts: object) -> Words:
    """Return a text in both languages with its places filled in; a part may be in both languages too."""
    zh, en = TEXTS[name]
    return Words(
        zh.format(*[part.zh if isinstance(part, Words) else part for part in parts]),
        en.format(*[part.en if isinstance(part, Words) else part for part in parts]),
    )
