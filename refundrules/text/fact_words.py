"""What facts and answers are called in a sentence, in both languages.

A fact that is yes or no has a statement for each: `_TRUTHS`. Every other has a name that "is …" may follow: `_NAMES`.
"""

from __future__ import annotations

from typing import NamedTuple

from refundrules.case.facts import Fact, Words
from refundrules.policy.questions import MOST, OFFER_OPEN, REFUND_TOTAL

_TRUTHS: dict[str, tuple[str, str, str, str]] = {
    "claim.tests.receipt_matches": (
        "购买凭证与商品一致", "the receipt matches the item",
        "购买凭证与商品不一致", "the receipt does not match the item",
    ),
    "claim.tests.soaking_marks": (
        "有浸水痕迹", "there are traces of soaking", "没有浸水痕迹", "there are no traces of soaking",
    ),
    "claim.goods.care_label_followed": (
        "按洗涤标签洗护", "the care label was followed", "没有按洗涤标签洗护", "the care label was not followed",
    ),
    "claim.goods.washed": ("已经洗过", "the item was washed", "没有洗过", "the item was not washed"),
    "claim.goods.received": (
        "买家收到了货", "the buyer has the goods", "买家没有收到货", "the buyer does not have the goods",
    ),
    "claim.goods.labels_intact": (
        "吊牌、标签完好", "the labels and tags are intact", "吊牌、标签不完好", "the labels and tags are not intact",
    ),
    "claim.goods.soiled": ("商品弄脏了", "the item is soiled", "商品没有弄脏", "the item is not soiled"),
    "claim.goods.resalable": (
        "验货后可以再次销售", "the item can be sold again", "验货后不能再次销售", "the item cannot be sold again",
    ),
    "shop.in_stock": ("同款有货", "the item is in stock", "同款没有货", "the item is out of stock"),
    "order.delivery_overdue": (
        "超过约定时间仍未送达或才送达", "delivery is past the agreed time",
        "没有超过约定的送达时间", "delivery is not past the agreed time",
    ),
    "order.shipped_late": (
        "超过承诺的发货时间", "dispatch is past the promised time",
        "没有超过承诺的发货时间", "dispatch is not past the promised time",
    ),
    "order.free_shipping_promised": (
        "承诺包邮且达到条件", "free shipping was promised and earned",
        "没有承诺包邮或未达到条件", "free shipping was not promised or not earned",
    ),
    "order.free_shipping_threshold_broken": (
        "退货后订单不足包邮门槛", "the return takes the order below the free-shipping threshold",
        "退货后订单仍满足包邮门槛", "the return leaves the order at or above the free-shipping threshold",
    ),
    "claim.freight.carriers_told": (
        "寄回前告知过指定快递", "the listed carriers were named before sending",
        "寄回前没有告知指定快递", "the listed carriers were not named before sending",
    ),
    "claim.freight.carrier_listed": (
        "买家用的是指定快递", "the buyer used a listed carrier",
        "买家用的不是指定快递", "the buyer used a carrier that is not listed",
    ),
    "claim.insists": ("买家坚持", "the buyer insists", "买家没有坚持", "the buyer does not insist"),
    "claim.demands": ("买家索要金额", "the buyer demands a sum", "买家没有索要金额", "the buyer demands no sum"),
    "claim.recoloring_declined": (
        "买家不接受补色", "the buyer declined recolouring", "买家没有拒绝补色", "the buyer did not decline recolouring",
    ),
    "claim.return_received": (
        "退回的商品已收到", "the returned goods have arrived", "退回的商品尚未收到", "the returned goods have not arrived",
    ),
    "claim.replacement_chosen": (
        "已选定换的商品", "a replacement has been chosen", "尚未选定换的商品", "no replacement has been chosen",
    ),
    "order.all_back": (
        "整单商品都已退回", "nothing of the order stays with the buyer",
        "买家仍留有订单中的商品", "something of the order stays with the buyer",
    ),
    "line.promotional": (
        "是低价活动商品", "it is a low-price promotional item", "不是低价活动商品", "it is not a low-price promotional item",
    ),
    "line.exclusion_confirmed": (
        "买家购买时确认过不适用退货", "the buyer confirmed the exclusion at purchase",
        "买家购买时没有确认不适用退货", "the buyer did not confirm the exclusion at purchase",
    ),
    "line.in_warranty": (
        "在保修期内", "the item is within warranty", "不在保修期内", "the item is not within warranty",
    ),
    "order.remote_area": (
        "收货地在偏远地区", "the delivery is to a remote area", "收货地不在偏远地区", "the delivery is not to a remote area",
    ),
    "customer.has_tier": (
        "买家是会员", "the customer has a loyalty tier", "买家不是会员", "the customer has no loyalty tier",
    ),
    OFFER_OPEN: (
        "还有未被拒绝的补偿方案", "an offer stands that was not declined",
        "没有未被拒绝的补偿方案", "no offer stands that was not declined",
    ),
    "return_required": ("商品要退回", "the goods come back", "商品不用退回", "nothing is sent back"),
}  # fmt: skip

_NAMES: dict[str, tuple[str, str]] = {
    "claim.reason": ("申请原因", "the reported problem"),
    "order.status": ("订单状态", "the order's status"),
    "order.channel": ("购买渠道", "the sales channel"),
    "claim.requested": ("买家的要求", "the buyer's wish"),
    "claim.size_deviation_cm": ("尺码偏差", "the size deviation"),
    "claim.severity": ("严重程度", "the severity"),
    "claim.tests.rub_test": ("擦拭试验", "the rub test"),
    "claim.tests.batch_complaints": ("同批次投诉数", "the number of complaints about the batch"),
    "claim.tests.cause": ("检验认定的原因", "the cause the inspector found"),
    "claim.parcel": ("包裹的去向", "the parcel's state"),
    "claim.goods.worn_days": ("穿用天数", "the days of wear"),
    "claim.assessed_loss": ("核定损失", "the assessed loss"),
    "claim.rightful_price": ("应收单价", "the unit price that was due"),
    "claim.freight.return_quote": ("退回运费报价", "the freight quoted for the way back"),
    "claim.freight.replacement_quote": ("补发运费报价", "the freight quoted for the way to the buyer"),
    "order.days_since_delivery": ("签收至申请的天数", "the days since delivery"),
    "order.days_since_completion": ("订单完成至申请的天数", "the days since completion"),
    "order.ship_promise_hours": ("承诺的发货时限", "the time promised for dispatch"),
    "order.shipping_cost": ("发货运费成本", "the cost of outbound shipping"),
    "order.free_shipping_threshold": ("包邮门槛", "the free-shipping threshold"),
    "claim.shipping_cost_share": ("分摊的发货运费成本", "the share of the cost of outbound shipping"),
    "claim.application": ("买家提交的申请类型", "the application filed"),
    "claim.freight.advanced": ("买家垫付的运费", "the freight the buyer advanced"),
    "claim.quantity": ("申请的件数", "the units claimed"),
    "claim.declined_offers": ("已拒绝的补偿次数", "the offers declined so far"),
    "claim.demanded": ("索要的金额", "the sum demanded"),
    "claim.repairs_of_same_part": ("同一部位的维修次数", "the repairs of the same part"),
    "claim.replacement_total": ("换的商品的总价", "the price of the replacement"),
    "claim.paid": ("实付货款", "the price paid"),
    "claim.shipping_share": ("分摊的已付运费", "the share of the shipping paid"),
    "claim.shipping_refund": ("应退的已付运费", "the shipping given back"),
    "claim.restocking_fee": ("退货手续费", "the restocking fee"),
    "claim.condition_deduction": ("按成色扣减的金额", "the deduction for condition"),
    "claim.use_deduction": ("使用折旧的金额", "the deduction for use"),
    "claim.missing_gifts": ("未退回赠品的金额", "the price of gifts not sent back"),
    "claim.return_label": ("退货面单的费用", "the cost of the return label"),
    "claim.handling_fee": ("处理费", "the handling fee"),
    "claim.exchange_credit": ("换货时商品的抵价", "the credit of the goods in an exchange"),
    "claim.promotion_deduction": ("不再满足的优惠金额", "the promotions no longer earned"),
    "line.units_returned": ("此前已退的件数", "the units returned before"),
    "line.refunded": ("此前已退的金额", "the money refunded before"),
    "order.shipping_left": ("尚未退还的已付运费", "the shipping paid and not yet refunded"),
    "line.unit_price": ("商品单价", "the unit price"),
    "line.category": ("商品类别", "the kind of goods"),
    "line.exclusion": ("不适用无理由退货的类别", "the exclusion from returns"),
    "order.goods_paid": ("整单实付货款", "the price paid for all goods of the order"),
    "order.shipping_charged": ("买家付的发货运费", "the shipping charged"),
    "order.free_shipping": ("包邮承诺", "the free-shipping promise"),
    "customer.orders": ("买家的订单数", "the customer's orders"),
    "customer.returns_12m": ("买家近 12 个月的退货数", "the customer's returns in 12 months"),
    "issue_class": ("问题类别", "the kind of problem"),
    "fault": ("责任方", "the party at fault"),
    "outcome": ("结论", "the outcome"),
    "resolution": ("处理方式", "the resolution"),
    "freight.return": ("退回运费的承担方", "the payer of the way back"),
    "freight.replacement": ("寄给买家的运费的承担方", "the payer of the way to the buyer"),
    "freight.allowance": ("运费报销上限", "the freight allowance"),
    "exchange.propose": ("建议换的商品", "the proposed replacement"),
    "exchange.waiver": ("免收的差价", "the difference waived"),
    "exchange.depreciation": ("折旧费", "the depreciation"),
    "repair.payer": ("维修费的承担方", "the payer of the repair"),
    "offer.ceiling": ("补偿上限", "the ceiling of the offer"),
    "application": ("应提交的申请类型", "the application needed"),
    "referral": ("转交对象", "the person it is handed to"),
    REFUND_TOTAL: ("退款总额", "the total refund"),
    MOST: ("按规则最多可给的金额", "the most the rules grant"),
}


class FactName(NamedTuple):
    """What a fact or answer is called: a name, or a statement with its opposite."""

    name: Words
    opposite: Words | None = None
    """What is so when the statement is not; None for what is not yes or no."""


NAMES: dict[str, FactName] = {
    **{name: FactName(Words(*both)) for name, both in _NAMES.items()},
    **{name: FactName(Words(zh, en), Words(zh_not, en_not)) for name, (zh, en, zh_not, en_not) in _TRUTHS.items()},
}


def fact_name(name: str, fact: Fact | None = None) -> FactName:
    """Return what a fact or an answer is called; a pack's own fact by its question, without one by its bare name."""
    if name in NAMES:
        return NAMES[name]
    if fact is not None and fact.question is not None:
        zh, en = fact.question
        return FactName(Words(f"“{zh}”的回答", f"the answer to “{en}”"))
    return FactName(Words(f"“{name}”", f"“{name}”"))
