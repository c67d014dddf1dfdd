"""The words a decision is shown in, in both languages, and how a text is made safe to show."""

from __future__ import annotations

from typing import Any

from refundrules.case.facts import Words

_TABLES: dict[str, dict[str, tuple[str, str]]] = {
    "outcome": {
        "approve": ("同意", "approved"),
        "decline": ("不同意", "declined"),
        "needs_information": ("还需要信息", "needs information"),
        "manual_review": ("转人工", "manual review"),
    },
    "issue_class": {
        "quality": ("质量问题", "quality problem"),
        "non_quality": ("非质量问题", "no quality problem"),
        "logistics": ("物流问题", "logistics"),
        "pricing": ("价格问题", "pricing"),
        "order_amendment": ("修改订单", "order amendment"),
    },
    "fault": {
        "seller": ("责任在商家", "the shop's fault"),
        "buyer": ("责任在买家", "the buyer's fault"),
        "carrier": ("责任在快递公司", "the carrier's fault"),
        "none": ("无人有责任", "nobody's fault"),
    },
    "resolution": {
        "return_and_refund": ("退货退款", "return and refund"),
        "refund_only": ("仅退款", "refund only"),
        "compensation": ("补偿", "compensation"),
        "exchange": ("换货", "exchange"),
        "repair": ("维修", "repair"),
        "reship": ("补发", "re-ship"),
        "reship_part": ("补寄配件", "re-ship the part"),
        "price_adjustment": ("退差价", "price adjustment"),
        "amend_order": ("修改订单", "amend the order"),
        "none": ("不处理", "nothing"),
    },
    "payer": {
        "seller": ("商家", "the shop"),
        "buyer": ("买家", "the buyer"),
        "insurer": ("运费险", "the insurer"),
        "none": ("无", "nobody"),
    },
    "propose": {
        "same": ("同款", "the same item"),
        "other_style": ("其他款式", "another style"),
        "other_color": ("其他颜色", "another colour"),
    },
    "part": {
        "goods": ("货款", "goods"),
        "shipping": ("发货运费", "shipping"),
        "compensation": ("补偿", "compensation"),
        "fee": ("扣费", "fee"),
        "fee.restocking": ("退货手续费", "restocking fee"),
        "fee.label": ("退货面单费", "return label"),
        "fee.handling": ("处理费", "handling fee"),
        "fee.condition": ("按成色扣减", "deduction for condition"),
        "fee.use": ("使用折旧", "deduction for use"),
        "fee.gift": ("未退回的赠品", "gift not sent back"),
        "fee.outbound_freight": ("发货运费成本", "outbound freight"),
        "fee.promotion": ("不再满足的优惠", "promotion no longer earned"),
        "cap": ("封顶", "cap"),
        "cap.order": ("封顶", "cap"),
        "cap.line": ("封顶", "cap"),
        "cap.shipping": ("封顶", "cap"),
        "cap.floor": ("不低于零", "not below zero"),
        "freight": ("退回运费报销", "freight reimbursed"),
    },
    "extra": {
        "penalty": ("赔付", "penalty"),
        "bonus": ("额外补偿", "bonus"),
        "multiple": ("加倍赔偿", "multiple damages"),
        "price_protection": ("价格保护", "price protection"),
    },
    "application": {
        "refund_only": ("仅退款", "refund only"),
        "return_and_refund": ("退货退款", "return and refund"),
        "exchange": ("换货", "exchange"),
    },
    "due": {
        "refund": ("退款", "refund"),
        "ship_replacement": ("发出换货", "dispatch the replacement"),
    },
    "after": {
        "return_received": ("收到退货后", "after the return arrives"),
        "decided": ("决定后", "after the decision"),
        "claim_opened": ("申请提出后", "after the claim was opened"),
    },
    "review": {
        "gap": ("没有规则回答 {0}", "no rule answers {0}"),
        "conflict": ("规则对 {0} 的回答互相矛盾", "rules disagree on {0}"),
        "guarantee": ("会低于保障 {0}", "it would fall below the guarantee {0}"),
        "referral": ("按规则转交{0}", "the rules hand it to {0}"),
        "rule": ("按规则由人工决定", "the rules want a person to decide"),
        "jurisdiction": ("规则不适用于 {0}", "the policy does not cover {0}"),
    },
    "referral": {
        "supervisor": ("主管", "a supervisor"),
        "specialist": ("专员", "a specialist"),
    },
    "tender": {
        "card": ("银行卡", "card"),
        "wallet": ("电子钱包", "wallet"),
        "gift_card": ("礼品卡", "gift card"),
        "points": ("积分", "points"),
        "voucher": ("代金券", "voucher"),
        "bank_transfer": ("银行转账", "bank transfer"),
        "cash": ("现金", "cash"),
        "store_credit": ("店铺余额", "store credit"),
    },
    "verdict": {
        "stands": ("成立", "stands"),
        "silenced": ("被压过", "silenced"),
        "open": ("未定", "open"),
        "does not hold": ("不成立", "does not hold"),
    },
    "origin": {
        "given": ("已给出", "given"),
        "default": ("默认", "default"),
        "derived": ("推得", "derived"),
        "assumed": ("先假定", "assumed"),
        "unknown": ("未知", "unknown"),
    },
    "unit": {
        "days": (" 天", " days"),
        "hours": (" 小时", " hours"),
        "cm": (" 厘米", " cm"),
    },
    "label": {
        "ask": ("待确认", "Ask"),
        "refund": ("退款", "Refund"),
        "extras": ("另付", "Owed beside"),
        "offer": ("协商", "Offer"),
        "exchange": ("换货", "Exchange"),
        "repair": ("维修", "Repair"),
        "freight": ("运费", "Freight"),
        "application": ("申请", "Application"),
        "deadlines": ("时限", "Deadline"),
        "message": ("回复买家", "Say"),
        "instructions": ("要做", "To do"),
        "guardrails": ("禁止", "Never"),
        "subject_to": ("前提", "Provided"),
        "alternatives": ("也可", "Or else"),
        "review": ("转人工", "A person"),
        "reasons": ("理由", "Because"),
        "ruling": ("人工裁定", "Ruling"),
        "settlement": ("合计结算", "In all"),
        "tenders": ("退回到", "Goes back to"),
        "trace": ("经过", "Trace"),
        "facts": ("事实", "facts"),
        "parameters": ("参数", "parameters"),
        "money": ("金额", "money"),
        "guarantees": ("保障", "guarantees"),
        "completion": ("未知事实的各种可能", "every possibility of what is unknown"),
        "record": ("决定记录", "Decision record"),
        "path": ("决定是怎样得出的", "How it was decided"),
        "summary": ("结论与理由", "What was decided, and why"),
        "buyer": ("回复买家的话", "Message to the buyer"),
        "agent": ("客服话术", "Script for the agent"),
        "origin": ("来源", "where from"),
        "item": ("项目", "item"),
        "detail": ("内容", "content"),
        "case": ("案件", "case"),
        "policy": ("规则", "policy"),
        "digest": ("规则指纹", "policy digest"),
        "engine": ("引擎", "engine"),
        "decided_at": ("决定时间", "decided at"),
    },
    "reason": {
        "size_deviation": ("尺码有误差", "the size is off"),
        "color_difference": ("有色差", "the colour differs"),
        "stain": ("有污渍", "a stain"),
        "damage": ("有破损", "damage"),
        "loose_threads": ("线头多", "loose threads"),
        "pinhole": ("有针孔", "pinholes"),
        "asymmetry": ("不对称", "it is asymmetrical"),
        "missing_part": ("缺配件", "a part is missing"),
        "deformation": ("变形", "it lost its shape"),
        "shrinkage": ("缩水", "it shrank"),
        "fading": ("掉色", "it loses colour"),
        "sole_separation": ("开胶", "the sole comes off"),
        "seam_split": ("开线", "a seam split"),
        "malfunction": ("故障", "it does not work"),
        "wrong_item": ("发错商品", "the wrong item came"),
        "short_shipment": ("少发", "too few came"),
        "counterfeit": ("怀疑是假货", "it is said to be counterfeit"),
        "does_not_fit": ("不合适", "it does not fit"),
        "changed_mind": ("不想要了", "a change of mind"),
        "not_received": ("没收到货", "nothing came"),
        "lost": ("包裹丢失", "the parcel is lost"),
        "transit_damage": ("运输损坏", "damaged on the way"),
        "late_shipment": ("发货晚了", "shipped late"),
        "late_delivery": ("送达晚了", "delivered late"),
        "price_difference": ("价格不对", "the price is wrong"),
        "shipping_fee_charged": ("多收了运费", "shipping was charged"),
        "wrong_address": ("地址错误", "the address is wrong"),
    },
    "question": {
        "issue_class": ("问题类别", "Kind of problem"),
        "fault": ("责任", "Fault"),
        "outcome": ("结论", "Outcome"),
        "offer.steps": ("补偿的步骤", "Steps of the offer"),
        "offer.ceiling": ("补偿的上限", "Ceiling of the offer"),
        "resolution": ("处理方式", "Resolution"),
        "return_required": ("商品要退回", "Goods come back"),
        "freight.return": ("退回运费谁承担", "Who pays the way back"),
        "freight.replacement": ("寄出运费谁承担", "Who pays the way to the buyer"),
        "freight.allowance": ("垫付运费的报销", "Freight reimbursed"),
        "exchange.propose": ("建议换成", "Exchange for"),
        "exchange.waiver": ("免收的差价", "Difference waived"),
        "exchange.depreciation": ("折旧费", "Depreciation"),
        "repair.payer": ("维修费谁承担", "Who pays the repair"),
        "parts": ("退款", "Refund"),
        "extras": ("另付", "Owed beside"),
        "application": ("应提交的申请", "Application needed"),
        "deadlines": ("时限", "Deadlines"),
        "instructions": ("要做", "To do"),
        "guardrails": ("禁止", "Never"),
        "alternatives": ("也可", "Or else"),
        "referral": ("转交", "Handed on"),
    },
    "text": {
        "reported": ("买家反映：{0}", "reported: {0}"),
        "not_held": ("不成立：{0}", "did not hold: {0}"),
        "path_of": ("{0}：{1}", "{0}: {1}"),
        "claim": ("商品 {0} × {1}", "line {0} × {1}"),
        "decided": ("决定于 {0}", "decided {0}"),
        "shop_settles": ("店铺付给买家", "the shop pays the buyer"),
        "buyer_settles": ("买家付给店铺", "the buyer pays the shop"),
        "none_settles": ("两清", "nobody pays"),
        "so_far": ("已确定 {0}", "{0} so far"),
        "comes_back": ("商品要退回", "the goods come back"),
        "kept": ("商品不用退回", "nothing is sent back"),
        "offer_next": ("先补 {0}", "{0} now"),
        "offer_then": ("不接受再补 {0}", "then {0}"),
        "offer_ceiling": ("最高 {0}", "never above {0}"),
        "offer_declined": ("已拒绝 {0} 次", "{0} declined so far"),
        "offer_fallback": ("都不接受则{0}", "if all are declined: {0}"),
        "way_back": ("退回运费：{0}承担", "way back: {0} pays"),
        "way_back_open": ("退回运费：未定", "way back: open"),
        "way_forth": ("寄给买家的运费：{0}承担", "way to the buyer: {0} pays"),
        "way_forth_open": ("寄给买家的运费：未定", "way to the buyer: open"),
        "reimburse": ("报销垫付 {0}", "reimburse {0} that was advanced"),
        "propose": ("建议换{0}", "propose {0}"),
        "difference": ("差价 {0}", "price difference {0}"),
        "difference_open": ("差价待选定商品后确定", "price difference open until a replacement is chosen"),
        "depreciation": ("折旧费 {0}", "depreciation {0}"),
        "buyer_pays": ("买家共补 {0}", "the buyer pays {0}"),
        "repair_payer": ("{0}承担维修费", "{0} pays for the repair"),
        "reapply": ("买家申请的是{1}，请改为{0}", "the buyer filed {1}; ask for {0}"),
        "within_hours": ("{0}，{2} {1} 小时内", "{0}: within {1} hours {2}"),
        "within_days": ("{0}，{2} {1} 天内", "{0}: within {1} days {2}"),
        "due": ("最迟 {0}", "by {0}"),
        "to_store_credit": ("店铺余额，经买家同意代替{0}", "store credit instead of {0}, as the buyer agreed"),
        "to_unknown": (
            "待买家同意另一方式：{0}已无法收款",
            "still to be agreed with the buyer: {0} can take nothing back",
        ),
        "most": ("最多可给 {0}", "the most the rules grant is {0}"),
        "subject_to": ("{0}先按有利情况处理，退货到后以验货为准", "{0} Assumed so until the goods are inspected"),
        "ruled": ("{0} 于 {1}：{2}", "{0} on {1}: {2}"),
        "silenced_by": ("被 {0} 压过", "silenced by {0}"),
        "wanted": ("要求 {0}", "wanted {0}"),
        "wanted_not": ("要求不是 {0}", "wanted not {0}"),
        "known": ("要求已知", "wanted known"),
        "unknown": ("要求未知", "wanted unknown"),
        "all_of": ("全部成立", "all of"),
        "any_of": ("至少一项成立", "any of"),
        "not_all_of": ("并非全部成立", "not all of"),
        "none_of": ("以下不成立", "not"),
        "or": (" 或 ", " or "),
        "from": ("自 {0}", "from {0}"),
        "beginning": ("自始", "from the beginning"),
        "verified": ("{0} 核对", "verified {0}"),
        "unverified": ("未核对", "unverified"),
        "named_above": ("不成立（见上文）：{0}", "do not hold, see above: {0}"),
        "silent": ("没有规则涉及：{0}", "no rule speaks to {0}"),
        "undecided": ("未定", "open"),
        "may_be": ("可能是 {0}", "may be {0}"),
        "answer": ("{0}：{1}", "{0}: {1}"),
        "rounded": ("取整为 {0}", "rounded to {0}"),
        "step": ("第 {0} 次协商", "offer {0}"),
        "current_step": ("当前这一步的补偿", "the current step of the offer"),
        "kept_guarantee": ("守住", "kept"),
        "broken": ("会低于", "would be broken"),
        "may_apply": ("可能适用", "may apply"),
        "results": ("共 {0} 种可能，{1} 种结果", "{0} possibilities, {1} different results"),
        "bounded": ("可能太多，未逐一算完", "too many to work out one by one"),
        "missing": ("取决于 {0}", "it hangs on {0}"),
        "none": ("无", "none"),
        "yes": ("是", "yes"),
        "no": ("否", "no"),
        "open": ("未知", "unknown"),
    },
}
_WORDS = {table: {code: Words(*both) for code, both in entries.items()} for table, entries in _TABLES.items()}


def word(table: str, code: str, language: str, *parts: object) -> str:
    """Return what a code is called; the code itself when the table does not have it (a pack's own word)."""
    words = _WORDS[table].get(code)
    return words.to(language).format(*parts) if words else safe(code)


def phrase(name: str, language: str, *parts: object) -> str:
    """Return a phrase with its places filled in."""
    return word("text", name, language, *parts)


def safe(text: object) -> str:
    r"""Return a text with control, format and line-breaking characters made visible.

    Ids come from outside; shown as they are they could move the cursor of a terminal.

    >>> safe("L1\x1b[2J")
    'L1\\x1b[2J'
    """
    plain = str(text)
    if plain.isprintable():
        return plain
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in plain)


def value_text(value: Any, kind: str, language: str) -> str:
    """Return a trace value as a person reads it, with its unit; amounts are without their currency."""
    if value is None:
        return phrase("open", language)
    if isinstance(value, bool):
        return phrase("yes" if value else "no", language)
    unit = _WORDS["unit"].get(kind)
    return f"{safe(value)}{unit.to(language) if unit else ''}"
