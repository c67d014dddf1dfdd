"""What the choices of a question are called, in both languages."""

from __future__ import annotations

from refundrules.case.facts import Words
from refundrules.text.decision_words import word

_OWN: dict[str, dict[str, tuple[str, str]]] = {
    "status": {
        "awaiting_payment": ("待付款", "not paid yet"),
        "paid": ("已付款，未发货", "paid, not shipped yet"),
        "shipped": ("已发货，未签收", "shipped, not signed for yet"),
        "delivered": ("已签收", "delivered"),
        "completed": ("交易完成", "completed"),
        "closed": ("交易关闭", "closed"),
    },
    "category": {
        "apparel": ("服装", "clothing"),
        "footwear": ("鞋", "shoes"),
        "appliance": ("电器", "appliance"),
        "accessory": ("皮具、配饰", "leather goods, accessory"),
        "other": ("其他", "other"),
    },
    "exclusion": {
        "none": ("可以七天无理由退货", "none, it can be returned"),
        "custom_made": ("定制", "made to order"),
        "perishable": ("鲜活易腐", "perishable"),
        "digital": ("数字化商品", "digital"),
        "periodical": ("报纸期刊", "newspaper or periodical"),
        "hygiene": ("贴身卫生用品", "hygiene article"),
        "near_expiry": ("临近保质期", "near expiry"),
        "final_sale": ("商家注明不退", "final sale"),
    },
    "free_shipping": {
        "none": ("没有承诺", "no promise"),
        "unconditional": ("无条件包邮", "free for everybody"),
        "over_threshold": ("满额包邮", "free from an order value"),
    },
    "reason": {
        "size_deviation": ("尺码不准", "the size is off the chart"),
        "color_difference": ("色差", "the colour differs"),
        "stain": ("污渍", "a stain"),
        "damage": ("破损", "damage"),
        "loose_threads": ("线头", "loose threads"),
        "pinhole": ("破洞、针眼", "a pinhole"),
        "asymmetry": ("不对称", "asymmetry"),
        "missing_part": ("缺配件", "a part is missing"),
        "deformation": ("变形", "it lost its shape"),
        "shrinkage": ("缩水", "it shrank"),
        "fading": ("掉色", "it fades"),
        "sole_separation": ("开胶", "the sole came off"),
        "seam_split": ("开线", "a seam split"),
        "malfunction": ("故障", "it does not work"),
        "wrong_item": ("发错货", "the wrong item came"),
        "short_shipment": ("少发", "items are missing"),
        "counterfeit": ("假货", "a counterfeit"),
        "does_not_fit": ("不合适", "it does not fit"),
        "changed_mind": ("不想要了", "a change of mind"),
        "not_received": ("没收到货", "nothing arrived"),
        "lost": ("快递丢失", "the parcel was lost"),
        "transit_damage": ("运输损坏", "damaged in transit"),
        "late_shipment": ("发货晚", "shipped late"),
        "late_delivery": ("送达晚", "delivered late"),
        "price_difference": ("多收了货款", "the price was wrong"),
        "shipping_fee_charged": ("多收了运费", "shipping was charged"),
        "wrong_address": ("地址错误", "the address is wrong"),
    },
    "severity": {"minor": ("轻微", "minor"), "major": ("严重", "major")},
    "rub_test": {"transfers": ("沾色", "yes, it takes colour"), "clean": ("不沾色", "no, it stays clean")},
    "cause": {
        "seller": ("商品本身的问题", "the item itself"),
        "buyer": ("使用不当", "how it was used"),
        "unclear": ("无法判断", "it cannot be told"),
    },
    "parcel": {
        "in_transit": ("还在路上", "still on its way"),
        "lost": ("已丢失", "lost"),
        "delivered": ("显示已送达", "delivered, it says"),
    },
}
_SHARED = {"requested": "resolution", "application": "application"}
_YES_NO = {True: Words("是", "yes"), False: Words("否", "no")}


def label(field: str, value: bool | str) -> Words:
    """Return what a choice of a field (`severity`) is called; the value itself for a pack's own word."""
    if isinstance(value, bool):
        return _YES_NO[value]
    own = _OWN.get(field, {}).get(value)
    if own is not None:
        return Words(*own)
    table = _SHARED.get(field)
    return Words(word(table, value, "zh"), word(table, value, "en")) if table else Words(value, value)
