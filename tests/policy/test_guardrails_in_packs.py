"""Texts of packs against the guardrails: sentences as a shop might write them, none of which must load, and honest ones."""

from __future__ import annotations

from pathlib import Path

import pytest
import shipped
from tiny_pack import PACK, write_pack

from refundrules import Engine, PackError, load_policy, message
from refundrules.policy.guardrail_lint import lint
from refundrules.policy.templates import sample
from refundrules.testing.runner import read_pack_tests

BREAKING = {
    "G1": """
        亲，给个5星哦，{refund}马上到账
        五 星 好 评 返 {offer}
        好\u200b评\u200b返\u200b现
        好評後退您{refund}
        您的評價改成五星，我們補償您{offer}
        晒图好评即送小礼品
        只需动动手指给个好评，红包奉上
        评价过后联系客服领{extras}
        您愿意改评价的话，{offer}可以再商量
        补偿已到账，烦请您高抬贵手删个差评
        麻烦五星支持一下，运费我们来出
        退款和好评同时进行
        好评截图换取运费报销
        期待您的五星好评，我们会给您更多优惠
        Ｐｌｅａｓｅ　ｌｅａｖｅ　５　ｓｔａｒｓ　ａｎｄ　ｔａｋｅ　{offer}
        Your {refund} is waiting, just leave us five stars
        We pay {offer} to everyone with a nice review
        Could you update your rating? {offer} is yours then
        five s t a r s = {offer}
        If we see a good review, the shipping is on us
        {refund} goes out once your feedback is positive
        Kindly remove your comment and {reimburse} follows
    """,
    "G2": """
        退货原因请选七天无理由，这样运费由您承担
        麻烦您申请时选择“不喜欢/不想要”
        原因请填写“个人原因”
        申請退款時請選擇「七天無理由」
        理由随便选一个就行
        请 选 择 不 喜 欢
        请选\u200b择\u200b七天无理由
        麻烦您把退款原因改为协商一致
        申请原因写拍错了就可以
        建议您选多拍/错拍
        不要选质量问题，选不想要
        Please choose "I changed my mind" as the reason
        Just pick any reason when you file
        Select 'no longer needed' so that it goes through faster
        Put "ordered by mistake" in the form
        Please do not select quality problem, select no longer wanted
        File it as a 7 day no reason return please
        For the reason, tick "does not fit"
        Change the reason to personal reason and resubmit
    """,
    "G3": """
        运单号您随便填一个就行
        单号填 123456 即可
        物流单号写000000
        隨便編一個單號提交
        请填写一个虚拟的单号
        不用寄回，单号填我们发货的那个单号
        单 号 随 便 填
        Just enter any tracking number
        Use 123456 as tracking number
        Fill in a made-up waybill number
        Any random digits will do as the tracking number
        You need not send it back, put in the old tracking number
        Please enter our outbound tracking number for the return
    """,
    "G4": """
        签收即表示您认可商品
        簽收後視為驗收合格
        拆封后概不退换
        您已签收，无法退货
        一经拆封不予退款
        确认收货即视为满意
        Signing for the parcel means you accept it
        Opened items cannot be returned
        Once the box is opened we do not refund
        By taking delivery you agree that the item is fine
    """,
    "G5": """
        退款{refund}转到您的微信
        我们把{refund}退到店铺余额
        款项以优惠券形式退还给您
        麻烦提供支付宝账号，我们退款给您
        退款將轉入您的銀行卡
        {refund}会用红包退给您
        We refund {refund} as store credit
        Send us your bank account and we refund {refund} there
        The refund of {refund} goes to your WeChat
        You will get {refund} back in points
        We will repay you by PayPal instead
    """,
}

HONEST = """
    退款按原支付方式退回，与评价无关。
    我们收到后退您 99.00 元。
    请如实填写退货原因。
    请按真实原因重新申请。
    无论您怎样评价，退款都会照常办理。
    寄出后请告诉我们真实的运单号。
    签收后发现问题，也可以申请退货。
    拆开包装查看不影响退货。
    我们不会因为您拆封而拒绝退货。
    如果您愿意换一种退款方式，请先告诉我们，经您同意后再办理。
    商品不用寄回，请您留用。
    我们补偿您 10.00 元，您看可以吗？
    七天无理由退货的期限已经过了。
    这不属于质量问题，可以退货或换货。
    我们送您一份小礼品，聊表心意。
    欢迎您把意见告诉我们，我们会改进。
    运费由运费险赔付。
    We refund 99.00 CNY to the means of payment you used.
    Please tell us the carrier and the tracking number once it is sent.
    Please choose the reason that really applies.
    You may return the item even after opening the parcel.
    You have signed for the parcel, and you can still return it.
    We would like to offer you 10.00 CNY, and the item is yours to keep.
    If you prefer store credit, we need your consent first.
    This is not a quality problem, so we can offer a return or an exchange.
    Our customer team reviews every case and pays within 7 days.
    A colleague will review your refund.
    We will refund you directly, and there is nothing to send back.
    The refund has nothing to do with your review.
    Please rub the item with a white cloth and send us a photo.
    The law exempts goods of this kind from no-reason returns.
    We pay for the way back, whatever you write about us.
    A missing button can be sent to you free of charge.
"""


def lines(block: str) -> list[str]:
    return [line.strip(" ") for line in block.strip().splitlines()]


ROWS = [(guardrail, line) for guardrail, block in BREAKING.items() for line in lines(block)]


def language_of(text: str) -> str:
    return "zh" if any("\u3400" <= char <= "\u9fff" for char in text) else "en"


def broken(text: str) -> set[str]:
    """Return the guardrails a template breaks, its amounts filled in as they are for the linter."""
    return {breach.guardrail for breach in (*lint(text), *lint(sample(text, language_of(text))))}


@pytest.mark.parametrize(("guardrail", "text"), ROWS)
def test_a_template_that_breaks_a_guardrail_is_found_out(guardrail: str, text: str) -> None:
    assert guardrail in broken(text)


@pytest.mark.parametrize("text", lines(HONEST))
def test_an_honest_template_passes(text: str) -> None:
    assert broken(text) == set()


@pytest.mark.parametrize(("guardrail", "text"), ROWS[::12])
@pytest.mark.parametrize(
    "section",
    [
        "instructions: {{ask_photo: {words}}}",
        "guardrails: {{G1: {words}}}",
        "messages:\n  - {{say: greeting, {inner}}}",
        "scripts:\n  - {{say: apologise, {inner}}}",
    ],
    ids=["instruction", "guardrail", "message", "script"],
)
def test_it_is_an_error_wherever_a_pack_says_it(section: str, guardrail: str, text: str, tmp_path: Path) -> None:
    shown = text.replace("{", "").replace("}", "").replace('"', "'") + "."
    inner = f'zh: "{shown}", en: "{shown}"'
    pack = PACK.replace("instructions:\n  ask_photo: {zh: 请买家拍照, en: ask for a photo}\n", "")
    with pytest.raises(PackError) as error:
        load_policy(write_pack(tmp_path, pack=pack + section.format(words="{" + inner + "}", inner=inner) + "\n"))
    assert any(f"breaks guardrail {guardrail}: " in str(problem) for problem in error.value.problems)


@pytest.mark.slow
def test_no_text_of_the_shipped_packs_breaks_a_guardrail_nor_does_any_message_made_of_them() -> None:
    policy = shipped.policy()
    engine = Engine(policy, matcher="compiled")
    texts = {text for words in (*policy.instructions.values(), *policy.guardrails.values()) for text in words}
    texts |= {text for rule in policy.rules for text in rule.because}
    for test in read_pack_tests("cn-apparel-shop", policy):
        decision = engine.decide(test.given)
        texts |= {message(decision, to, language) for to in ("buyer", "agent") for language in ("zh", "en")}
    assert [(text, lint(text)) for text in texts if lint(text)] == []
