"""The linter of the guardrails: what must be reported, what must pass, and the tricks that must not help."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from refundrules.policy.guardrail_lint import Breach, lint

BREAKING = {
    "G1": """
        五星好评返现5元
        给个好评，我们马上退款给您
        别忘了五星好评，返现5元
        亲，收到满意请给五星好评，截图找客服领红包
        请您修改评价，我们补偿您10元
        删除差评后给您退款
        改成好评的话可以补您{offer.next}
        好评晒图送袜子一双
        先给我们五星，再给您办理退款
        全五分好评有礼
        为您补偿{claim.paid}，麻烦给个好评
        不给好评不退款
        没有好评不能退款
        好评返现5元与平台无关
        五星好评返现5元，与平台无关
        追评带图可领优惠券
        不要差评，五星好评返现5元
        我们无法退款，除非您删除差评
        五星好评！返现5元！
        亲，五星好评截图返2元红包哦
        收到货后给五分好评，联系客服返现
        评价满5星送优惠券
        如果您愿意把差评改成好评，我们全额退款
        补偿已备好，前提是您删除评价
        好评后可退3元
        您先确认收货好评，然后给您转账10元
        带图好评立减5元
        为表歉意送您小礼物，也希望您能给五星
        我们可以退您10元，但请不要给差评
        不给差评的话，退您10元
        只要您不给差评就赔5块钱
        何不给个好评领红包
        不妨给个好评，送您礼品
        不仅退款，给好评还返5元
        不但全额退款，好评另有红包
        千万别错过好评返现
        别犹豫，好评返现
        没问题，好评就退款
        返现的前提：五星好评
        截图五星评价，联系客服领取返现
        写好评、晒图，退您运费
        退款已处理，记得给个五星好评哦
        追加好评可获补偿{compensation.next}
        撤销差评即可获得全额退款
        将评价改为五星后，客服为您办理补偿
        评价满15字返2元
        好評返現
        给我们评价就返现
        评价有礼：写评价得优惠券
        退款{refund.total}，麻烦改成五星
        虽然不得索要好评，但五星可返5元
        麻烦您给咱家打个五分，稍后给您发个小红包
        只要评价里多夸两句，运费我们报销
        把那条差评去掉吧，我们补您二十元
        晒单加好评，客服返您8块
        Leave a 5 star review and get 5 yuan back
        Not only do we refund, but leave a 5 star review and we add a gift
        We will refund you once you change your review
        A small gift for your positive review
        Please remove the bad review, then we send the compensation
        Don't forget a five-star rating to receive your cashback
        Give us a good review in exchange for {claim.paid}
        We offer a voucher for every great rating
        If you edit your review we will pay {offer.next}
        No good review, no refund
        We cannot refund without a good review
        We will not refund unless you delete the negative review
        Never mind the delay, leave a good review and take a coupon
        Don't wait: a happy review earns you a bonus
        Get a discount if you write us a nice review
        Leave us a five-star review! You will get 5 yuan back.
        We refund {refund.total} as soon as you update your feedback
        You do not need to return it if you leave a good review and keep the refund
        Do not give a bad review, give a good one and get 5 yuan
        For a refund of 5 dollars, delete your comment
        Your compensation of {offer.next} will be paid after a 5-star rating
        Would you mind changing your review? We'd add a coupon!
        we'd be grateful for a good review and will send a gift card
        Refund only for happy reviews
        Not just a refund: a gift too for your five stars
        Why not leave a good review and receive 5 yuan?
        Don't hesitate to leave a great review and get a voucher
        Don't miss out: good review = cash back
        We never forget our friends: five-star review, 5 yuan back
        Do not leave a bad review and we refund you
        $5 off for a positive review
        Reviews are rewarded: money for each good review
        Take your bad review down and get {claim.paid}
        No refund until the review is changed
        We do not refund buyers who leave bad reviews
        Happy with the solution? Then five stars from you mean a small gift from us
        {refund.total} will be refunded; before that, please give us five stars, and the refund of {refund.total} is yours
        We'll reimburse you when your rating is positive and your good review is online
        A voucher awaits those who revise their review
        If you raise your rating to five stars, we top up your refund
        rate us 5 stars for a coupon
        Get cash for a glowing testimonial
        ＨＡＰＰＹ　ＲＥＶＩＥＷ　＝　ＣＡＳＨ　ＢＡＣＫ
        Leave us a review and we'll refund 5 yuan
        We refund you if you review us
        Money back for your good review.
        Rate us five stars, cash is on its way
        Thanks for the five-star review — here is {refund.total}
        Although we must not ask, a good review gets you 5 yuan
        We are not allowed to say it, but five stars earn a voucher
        Never leave a bad review, a good one gets a gift
        If the feedback you leave is five-star, a 10% discount code follows
        We can only compensate you after the negative comment has been taken down
        Kindly upgrade your rating and we will wire you the money
        A great review would earn you store points
    """,
    "G2": """
        退货原因请选择七天无理由
        申请时请选“不喜欢”，这样退得快
        理由选拍错/多拍就可以
        麻烦您把退款原因改成不想要了
        请不要选择质量问题，选七天无理由
        请勿选择质量问题，否则影响店铺
        原因随便选一个
        随便选个理由就行
        退款理由请填写个人原因
        您选择“尺码不合适”提交即可
        请勾选其他原因
        选择不喜欢，不要选真实原因
        申请退款时请选择与卖家协商一致
        选无理由退货，运费险会赔
        就说不合适吧
        让买家选择七天无理由退货
        退款原因选“其他”就好，选多拍的话秒退
        麻烦选择七天无理由哦，这样运费险可以赔
        申请时原因写“不想要了”
        亲，理由请勿选质量问题哦
        别选质量问题，会影响店铺
        您就选“拍错了”
        建议选择“不喜欢/效果不好”
        不选真实原因也没关系，选不喜欢
        改为“多拍/不想要”再提交
        请您以“多拍”为由申请退款
        退货理由统一填“不喜欢”
        请选 7天无理由 退货
        选“质量问题”的话平台会罚我们，请选“不想要”
        换个理由申请吧
        改一下退款原因，改成拍错
        按“尺码不合适”申请
        真实原因不重要，请选择不喜欢
        选择七天无理由退货，不要选择质量问题
        退款的时候点“不想要了”，审核快
        您提交时原因就写尺码不合适吧，别写质量问题
        麻烦改选七天无理由，运费我们私下补
        Please choose "changed my mind" as the reason
        Select no longer wanted instead of the true reason
        Pick any reason you like
        Do not choose quality problem, choose changed mind
        Don't select 'defective', it hurts our shop
        Just say you changed your mind
        Put "ordered by mistake" as the return reason
        State the size as the reason, so that the freight is insured
        File it as a change of mind
        Choose the reason "does not fit"
        The reason must be no longer needed
        Choose another reason to get the refund faster
        For a quick refund tick "didn't like it"
        Write that it doesn't fit
        Use personal reasons when you apply
        Enter 7-day no-reason return in the form
        Select the option: too small
        Please select 'Changed mind' so the freight insurance pays
        choose no longer needed, not the true reason
        select “Ordered by mistake”
        as reason please pick: does not fit
        Please don't use the reason 'quality problem'
        Avoid choosing "quality issue"; choose "other reason"
        tell us you changed your mind
        For the reason, put unwanted item
        Say it was ordered by mistake
        please use "no longer needed" when filing
        apply with the reason: changed mind
        give "personal reasons" as your reason
        choose "7 days no reason"
        It is faster if you choose "does not fit"
        Please do not report a defect as the reason; choose "other"
        The true reason doesn't matter, choose "changed my mind"
        Please select 7-day no-reason return
        Not the quality problem: select "no longer wanted"
        Choose a different reason than the true one
        file under "does not fit"
        Tick the box 'no longer needed' please
        When the form asks why, answer that you ordered the wrong size
        Just put 'unwanted' as your reason
    """,
    "G3": """
        单号随便填一个
        请随便填写一个快递单号
        任意填一个单号就可以提交
        填个假单号就行
        请填写虚拟单号
        无需寄回，退货单号填123456
        编一个快递单号提交
        用别人的单号也可以
        填写空单号即可
        快递单号填{order.id}
        单号可以乱写
        随意输入一个物流单号
        请填写原来的单号
        伪造一个运单号
        虚构的快递单号也行
        输入12345678作为退货单号
        快递单号填8个0就行
        物流单号您随意填
        用之前的单号填一下
        单号填{order.tracking}
        随便填个运单号就给您退
        不用寄回，填一个假的快递单号
        没有单号就随便编一个
        单号写0000即可
        任意输入快递单号
        随便用一个旧单号
        填我们发货的单号
        假运单号
        没有快递单号，随便写个数字
        物流单号乱填几个数字就好
        单号那一栏您随便写
        不用真的寄，拿个旧快递单号填上
        Enter any tracking number
        Just make up a tracking number
        Use a fake tracking number, no return is needed
        Type 000000 as the tracking number
        Fill in a random tracking number
        Put whatever tracking number you like
        Please submit a dummy waybill number
        You can invent a tracking code
        Any number will do as the tracking number
        A made-up tracking number is fine
        Enter someone else's tracking number
        Put the old tracking number of our parcel
        The tracking number can be anything
        Use a placeholder consignment number
        Not only fake names: enter a bogus tracking id
        Do not send it back, enter a fictitious tracking number
        Just enter any number as the tracking number
        fill in 123456 for the tracking number
        please invent a tracking number
        You may use a made up waybill number
        type a random courier number
        put any tracking no. in the box
        Use a fictional tracking ID
        Enter 1234567890 as tracking number
        invent one tracking number
        Any tracking number will do
        please fill in a made up number as tracking number
        Use any number you like for the tracking number
        Key in any tracking code so that the form lets you through
        Make something up for the tracking number
    """,
    "G4": """
        签收即视为认可
        您已签收，视为确认商品无误
        拆封后不退不换
        一经开封，概不退换
        签收后恕不退款
        确认收货代表您对商品满意
        拆开包装即表示接受商品
        开箱等于验收合格
        已拆封的商品不支持退货
        打开包裹就是认可质量
        签收后不再受理任何售后
        拒绝退货：商品已拆封
        默认签收为验收合格
        不支持拆封后退货
        签收说明商品完好
        商品一旦拆封，不予退款
        您签收了就代表没问题
        签收后概不负责
        拆了包装就不能退了
        一经拆封，恕不退换
        货物签收视同验收合格
        开箱后不支持退货退款
        您已经签收，无法退款
        签收视为您对数量和质量均无异议
        收货后拆开即不退换
        拆吊牌、拆封不支持退货
        拆封视为放弃退货权利
        签收=认可
        签收后视为商品无质量问题
        拆封后不予退货
        因已拆封，不予退款
        您已拆封，不符合退货条件
        签收就等于认可商品质量了哦
        包装拆开就不给退了
        您签字收货即视为无异议
        Signing for the parcel counts as acceptance
        Signing means you accept the goods
        Once opened, the item cannot be returned
        Opened items are not returnable
        No returns after opening
        By opening the parcel you accept the goods as they are
        You signed for it, so no refund
        The goods are accepted when you sign for the parcel
        Opening the package voids your right to a refund
        The item was opened, therefore it is considered accepted
        We decline the return because the parcel was opened
        A signature is acceptance
        Not only that: signing is deemed acceptance
        If unsealed, it can no longer be exchanged
        Opened goods are non-refundable
        We treat an opened parcel as accepted
        We do not accept returns of opened goods
        if you have signed for the parcel, you have accepted the goods
        signing equals acceptance of quality
        By signing you agree the goods are in order
        Because you opened it, we cannot refund
        Opened, so not returnable
        no refund for opened packages
        Once the seal is broken we don't take it back
        Unpacked goods cannot be exchanged
        Your signature confirms that the goods are in good order
        signature on delivery is deemed acceptance of the goods
        We consider the goods accepted once you open the package
        You cannot return what you have opened
        After unboxing no refund is possible
        Opening the parcel means acceptance
        Signed = accepted
        A parcel that has been opened is considered accepted
        Once you sign, you accept the goods as they are
        Opened parcels cannot be sent back
        Items whose packaging has been opened will not be taken back
        Your signature at the door means you are happy with the goods
    """,
    "G5": """
        退款将以店铺余额形式发放
        我们用微信转账退款给您
        退款改为优惠券
        退到您的支付宝
        请加微信退款
        请提供银行卡号，我们给您退款
        请提供支付宝账号以便退款
        线下退款给您
        退款走微信红包
        退款转到其他账户
        原路退回太慢，用微信转账退款
        无法原路退回，将退至余额
        无需您同意，退款转为积分
        未经同意也可退到礼品卡
        退款只能退为购物金
        默认您同意退款到余额
        给您退成店铺券
        退款会打到您的微信
        退款以红包形式返还
        加客服微信，线下给您退款
        退款转为店铺积分
        您的退款将存入会员余额
        不走平台，支付宝直接退您
        余额退款更快，已为您办理余额退款
        退款改到您的微信零钱
        我们把钱转到您支付宝，退款就不走平台了
        退款至店铺余额
        退款转微信
        把退款打到您银行卡
        退款我们直接支付宝打给您
        款项退到会员钱包余额里
        Your refund will be given as store credit
        We refund to a different card
        The refund is paid in vouchers
        Refunds are made by bank transfer
        We will send the money via WeChat
        The refund goes to your wallet instead of the original card
        Refund as a gift card, even if you do not agree
        Refunds are issued as points without your consent
        You get store credit instead of a refund
        We refund {refund.total} to another account
        The refund is transferred to a new card
        Your money goes back as a coupon
        Not only quick: the refund comes as shop credit
        The refund cannot go to the original card, so we refund via PayPal
        Refunds by red packet
        We repay you through Alipay
        refunds are made to store credit
        we pay the refund to your PayPal
        we'll give you a voucher instead of the refund
        Refund to a new bank account
        The money will be returned through bank transfer
        we issue a gift card in place of the refund
        We'd rather refund you in points
        refund by WeChat transfer
        instead of a refund you receive a voucher
        the refund will be credited as shop points
        Let us refund you in cash through another channel
        Please send us your bank account for the refund
        Refund to balance
        we will refund via WeChat, not the original way
        Instead of the original card the refund goes to your wallet
        refund in the form of a coupon
        We will be refunding you in the form of shop vouchers
        Expect the refund on your PayPal, even though you paid by card
    """,
}

HONEST = {
    "G1": """
        退款与评价无关，不得以好评换取补偿
        G1：不得以返现、红包、优惠券等方式诱导好评
        不得要求买家给好评才能退款
        不得因没有好评而拒绝退款
        严禁好评返现
        切勿用红包换取好评
        绝不以退款交换修改评价
        请勿承诺补偿以换取删除差评
        无论好评还是差评，都会退款
        补偿与是否评价无关
        退款不以好评为条件
        评价与补偿互不影响
        客服不要向买家承诺好评返现
        好评返现是禁止的
        为您补偿{offer.next}，您可以保留商品
        做好评估后再决定是否退款
        可以赠送小礼品，但不能打折
        补差价{offer.next}，不用退货
        欢迎如实评价
        如您同意，可退至店铺余额
        我们可以退款，无需您做任何评价
        评价是您的自由，与退款没有任何关系
        请勿以好评作为退款条件
        任何客服不得要求顾客修改或删除评价以换取退款
        评价前后都不影响退款
        优惠券抵扣的部分不退
        评估损失后按评估金额退款
        拒绝退货前必须先联系买家
        评价与补偿无关，我们照样补偿
        不得把补偿与好评挂钩
        不把好评当作退款的条件
        G1：退款、补偿、礼品都不得与好评挂钩
        绝不以好评或改评价作为退款、补偿、赠品的条件
        已评估损失{claim.assessed_loss}，按评估金额退款
        无论您是否评价，补偿都会发放
        我们不会因为差评就少退一分钱
        评价与否，不影响您获得补偿
        补偿{offer.next}，商品您留着
        如对处理满意，欢迎分享真实感受
        never tie a refund to a review
        Never tie money, a gift or a refund to a good review, or to changing one.
        G1: Never tie money, a gift or a refund to a good review, or to changing one
        Never, under any circumstances, offer money for a good review
        Do not offer a voucher for a positive review
        Agents must not ask a buyer to change a review in return for compensation
        A refund does not depend on a review
        Refunds are never tied to reviews
        You do not need to leave a good review to get a refund
        Your refund is unrelated to your review
        The compensation of {offer.next} is independent of any review you write
        Whether or not you leave a good review, you get your refund
        Never withhold a refund until a review is changed
        Offering money for a good review is forbidden
        It is forbidden to offer cash for a five-star review
        No agent may promise a gift for a good review
        A person will review the refund
        The case goes to manual review, because the refund is above the cap
        Thank you for your order. Reviews are welcome.
        A small gift may be offered with the next order
        We hope you are happy with the solution. You may leave an honest review.
        A review is never a condition for a refund
        Never pay for reviews, good or bad
        Never ask for a review in exchange for a gift, a voucher or money.
        Do not link compensation to reviews or ratings
        No gift may be conditional on a positive review
        We don't pay for good reviews
        It's not allowed to exchange money for reviews
        Don't ask the buyer to remove a bad review for money
        Offers and compensation must not be tied to a review
        An offer is never conditional on a review; the buyer is free to say what they think
        After the review by a supervisor, the refund is paid
        Give the supervisor the photos for review; the refund waits
        A supervisor reviews the demand for more money
        Our supervisor will review your request for a refund
        Compensation does not require any review
        please do not mention reviews when you offer money
        Do not ask for stars when refunding
        no compensation for changing a review
        offers never depend on what the buyer writes in a review
        Reviews stay the buyer's own: never offer money to change one
        the buyer keeps the item and gets {offer.next} as compensation
        We pay the compensation whatever you write about us
        The offer of {offer.next} stands regardless of what you say in a review
        Your opinion is yours: no refund hangs on it
        An agent reviews the photos before the refund
    """,
    "G2": """
        请选择真实的原因
        请按实际情况填写退货原因
        请如实选择退货原因
        申请原因必须真实
        不得建议买家选择真实原因以外的理由
        切勿引导买家选择“七天无理由”
        请勿让买家填写虚假的退货原因
        买家选择了七天无理由退货
        消费者选择七天无理由退货的，运费由消费者承担
        请选择换货或者维修
        请重新提交退货退款申请，并选择真实原因
        若真实原因是不合适，请选择“不合适”
        属于质量问题，运费由商家承担
        尺码不合适属于非质量问题
        换货建议选择其他款式
        不喜欢或者改变主意属于非质量问题
        买家选择的原因与实际不符
        退货原因：不喜欢
        请买家说明真实原因
        请选择退货退款，理由与事实一致
        该商品存在质量问题，可以选择退货、换货或者维修
        买家要求退货：不合适
        不得引导买家更改退货原因
        不要建议买家选与事实不符的原因
        请买家按真实情况选择原因
        申请类型与处理方式不一致，请改为退货退款，原因如实填写
        非质量问题，退货运费由买家承担
        用户选择七天无理由退货
        G2：不得建议真实原因以外的退货理由
        绝不引导买家选择真实原因以外的退货理由
        仅退款申请请改为退货退款，并按真实原因填写
        原因请以您实际遇到的问题为准
        请不要为了运费填写虚假原因
        您申报的原因是不喜欢，但检测结果是质量问题
        please choose the true reason
        the reason you file must be the true one
        please file return_and_refund with the agreed and true reason
        Never suggest a return reason other than the true one, to move freight or avoid a penalty.
        Please file again as return and refund, and state the true reason
        Do not tell the buyer to choose "changed my mind"
        Never ask the buyer to pick another reason
        Choose a repair or a replacement
        You may choose to return it within 7 days; no reason is needed
        the buyer changed their mind, so the buyer pays the return freight
        What reason did the buyer give?
        You can return it within 7 days without giving a reason
        If the true reason is that it does not fit, choose "does not fit"
        the measured size differs by 4 cm, which is a quality problem
        Choose another colour or another style
        Select the reason that applies
        the buyer reports a quality problem
        it does not fit or the buyer does not like it: non-quality
        The engine never suggests a reason
        Ask for the true reason, not for the one that is convenient
        Do not suggest a reason to the buyer
        the reason filed is change of mind but the evidence shows a defect
        reason given: does not fit
        Use the true reason, even if it is a quality problem
        The buyer wants an exchange, so choose another size
        ask the buyer to file a return and refund, with the agreed and true reason
        the reason is the buyer's to give: never suggest another
        The reason the buyer gave stands
        What the buyer reports as the reason
        Never suggest a reason
        Please choose the true reason
        The reason you file must be the true one
        G2: suggest no return reason other than the true one
        Tell us the true reason, even if it costs us the freight
        Do not pick a reason for the buyer
        The reason stated does not match the evidence
        the goods are intact: labels intact, not soiled, resalable
    """,
    "G3": """
        请填写退货原因、快递公司和单号
        不得要求买家填写虚假单号
        请勿随便填写单号
        不要编造快递单号
        请提供快递公司和快递单号
        无需寄回，也不需要填写单号
        切勿使用虚拟单号
        严禁伪造运单号
        请填写真实的快递单号
        虚假单号无效
        保留商品的退款按实际记录，不得编造单号
        寄回后请上传退货单号
        请用任意一家指定快递寄回，并提供单号
        单号请填写清楚
        请核对单号后提交
        记录退货原因、快递公司、单号和经手人
        请写明真实的退货原因和快递单号
        不退货的退款不需要单号，不得虚构
        不退货仅退款的，如实登记，不填写单号
        请登记快递公司和单号
        单号由买家提供
        请买家提供真实单号，不得代填
        G3：不得要求填写虚构的快递单号；不退货的退款如实登记
        绝不要求买家填写虚假的快递单号
        寄回后请告知快递公司及单号
        没有寄回就不要填写单号
        never ask for an invented tracking number
        Never ask for an invented tracking number; a keep-the-item refund is recorded as what it is.
        Do not enter a fake tracking number
        Please send us the carrier's name and the tracking number
        No tracking number is needed, because you keep the item
        Fake tracking numbers are not accepted
        Agents must never make up a tracking number
        Please enter the tracking number of your return parcel
        The tracking number of the replacement is {order.id}
        Must not use a random tracking number
        It is prohibited to submit a dummy tracking number
        Avoid asking for any made-up tracking number
        ask the buyer for carrier name and tracking number
        If you have a tracking number, please send it
        Trace the parcel with the carrier, using the tracking number
        Enter the tracking number after you have sent the parcel
        Record the carrier and the tracking number; never invent one
        A keep-the-item refund has no tracking number: record it as what it is
        Do not use an old tracking number
        the tracking number shows that the parcel is lost
        The item is returned by the buyer under a tracking number of their own
        check the tracking number with the carrier
        Keep-the-item refund: say so, and ask for no tracking number
        G3: a keep-the-item refund is recorded as what it is
        Please do not invent a tracking number
        Send the tracking number once the parcel is on its way
    """,
    "G4": """
        自签收次日起七天内可以无理由退货
        签收不等于验收
        签收不视为认可
        不得以已签收为由拒绝退货
        拆封不影响退货
        拆封、试穿不是拒绝退货的理由
        不得因为包装已打开而拒绝退款
        请在签收后检查商品是否完好
        超过签收后7天，不支持无理由退货
        自签收之日起已超过七天，不适用无理由退货
        拆封的音像制品和软件不适用无理由退货
        不得将签收或者拆封视为接受商品
        绝不把开封当作验收合格
        打开包装并不代表接受
        买家已签收
        签收后15天内可以申请售后
        快递显示已签收，而买家没有收到，转人工处理
        签收当天联系我们
        签收后请尽快检查
        已拆封不影响七天无理由退货
        开箱验货是买家的权利
        买家打开包装检查，不视为影响商品完好
        签收只表示收到包裹，不代表认可质量
        打开包装或者签收，都不等于接受
        商品已签收，可以申请退货
        G4：签收或拆封不等于认可
        绝不把签收或拆封当作验收合格
        打开链接查看退款进度
        签收之后发现问题，同样可以申请售后
        拆封检查是正常的，不作为拒绝理由
        签收不代表认可商品质量
        G4: signing for the parcel isn't acceptance
        Never treat signing for the parcel, or having opened it, as acceptance.
        Signing does not mean that you accept the goods
        Opening the parcel is not acceptance
        Never decline a return because the parcel was opened
        Having opened the parcel is no reason to refuse a return
        Opening does not void your right to return
        Opened items are accepted for return
        the claim was opened after the window, so it cannot be returned
        The goods show signs of wear and cannot be resold
        The seven days run from the day after signing; later it cannot be returned without a reason
        Sealed hygiene goods that were opened are not returnable
        The opening offer is {offer.next}
        Was the parcel signed for?
        Please open the parcel and check the goods
        Did you open the package?
        Delivery was signed for by someone else: a person decides
        Signed for does not mean accepted
        Neither signing nor opening counts as acceptance
        Opening the box changes nothing
        Even if opened, it can be returned
        The parcel was opened for inspection, which the buyer may do
        Do not refuse a return only because the package was opened
        Signing for a parcel does not waive any right
        Opening and trying on take nothing from the right to return
        signing only proves delivery
        The buyer signed for the parcel on day 3
        Whether opened or not, it can be returned within 7 days
        Open the app to see your refund
        The order was opened for refund
        Opening the parcel to look at it is allowed and costs you nothing
        We never say that signing for a parcel is acceptance
        signed for on 3 May, claim opened on 5 May
    """,
    "G5": """
        退款{refund.total}将在三天内到账
        退款原路退回
        退款按原支付渠道退回
        未经买家同意，不得将退款转到其他渠道
        经您同意后，退款可以转为优惠券
        不得用优惠券代替退款
        请勿私下转账退款
        退款不会退到其他账户
        礼品卡支付的部分原路退回礼品卡
        请提供收款账号，用于报销垫付的运费
        退回的运费将转到您的支付宝
        征得买家同意后才能退到其他账户
        切勿让买家加微信退款
        退款金额为{refund.total}
        退货退款
        请申请退货退款，不要申请仅退款
        绝不能因为差评而扣减退款
        如需人工复核，退款会稍晚到账
        退款按支付方式原路返回
        各支付方式按原比例退回
        不得擅自改变退款渠道
        退款渠道以原支付方式为准，未经同意不得更改
        除非买家同意，退款不得转到其他账户
        退款退回原支付账户
        未经同意不得改变退款渠道
        退款只退原渠道，不退余额
        G5：未经同意，退款不得改走其他渠道
        未经买家同意，绝不把退款转到其他支付渠道
        你好，我们会在收到退货后退款{refund.total}
        等待主管复核后退款
        退款将原路退回您的付款账户
        退款到账时间以银行为准
        如需退到其他账户，须经买家同意
        We refund {refund.total} within 3 days
        refunds go back the way they were paid
        Never move a refund to another channel than the payment came from without consent.
        Refunds go back to the original payment method
        With your consent we can refund as store credit
        If you agree, the refund can be paid as a gift card
        Never refund to another account
        Refunds are never given as store credit
        Do not offer store credit instead of a refund
        No refund may be moved to another channel without the buyer's consent
        Without the buyer's consent, never transfer a refund to a different card
        The refund is split over the tenders as they were paid
        Tell us the account to which we reimburse the return freight
        Refunds go back the way they were paid: the card first, then the gift card
        Only with the buyer's consent may a refund be paid by bank transfer
        The return freight is reimbursed by transfer
        The buyer may decline the offer of {offer.next} and still get the refund
        Refund the price difference of {refund.total}
        Refund each tender what it paid: first the card, then the wallet
        Refund to the card the payment came from
        A refund never goes to a wallet the buyer did not pay with
        Store credit may be offered, but only if the buyer agrees to it instead of the refund
        refund the part paid with points in points
        The refund goes back to the tender it came from
        Points are returned as points
        the return freight is refunded to the account you name
        freight is paid back by transfer after the parcel arrives
        compensation is credited to your balance
        The refund is paid the way the order was paid
        Refund goes to the original card only; another card needs the buyer's consent
        Refunds go back the way they were paid
        G5: the refund goes back where it was paid from unless the buyer consents
        The refund goes back to the card you paid with
        We will not move your refund to another account unless you agree
        Refund to the original payment method; no vouchers unless the buyer asks
        The part paid with a gift card goes back to the gift card it was paid with
        The buyer may choose store credit instead of the refund if they wish
    """,
}

TRICKS = {
    "G1": """
        好 评 返 现 5 元
        好*评返*现5元
        五.星好.评，返.现5元
        好\u200b评\u200c返\ufeff现5元
        好\u00ad评返\u2060现
        好_评_返_现
        好·评·返·现
        五 星 好\n评 返 现 金
        ５星好评返现５元
        五星好評，返現5元
        給個好評領紅包
        刪除差評後補償您10元
        好【评】返「现」
        ⭐⭐⭐⭐⭐返现5元
        L e a v e  a  g o o d  r e v i e w,  g e t  c a s h  b a c k
        LEAVE A G.O.O.D R-E-V-I-E-W FOR A G*I*F*T
        ｌｅａｖｅ ａ ｇｏｏｄ ｒｅｖｉｅｗ ｆｏｒ ａ ｇｉｆｔ
        le\u200bave a good rev\u200biew for a gi\u200bft
        leave a good r\u0435vi\u0435w for a gift
        leave a good révïew for a gift
        Leave a 5-STAR rev iew and we re fund you
        leave a good review for { claim . paid }
    """,
    "G2": """
        請 選 擇 七 天 無 理 由
        请选*择不*喜*欢
        退貨原因請填拍錯
        ＣＨＯＯＳＥ "ＣＨＡＮＧＥＤ ＭＹ ＭＩＮＤ"
        ch\u200boose ch\u200banged my m\u200bind
        c h o o s e "c h a n g e d  m y  m i n d"
    """,
    "G3": """
        單號隨便填
        单 号 随 便 填
        单.号随*便填
        填個假單號
        enter a f-a-k-e t.r.a.c.k.i.n.g number
        ｆａｋｅ ｔｒａｃｋｉｎｇ ｎｕｍｂｅｒ
    """,
    "G4": """
        簽收即視為認可
        签 收 视 为 认 可
        拆\u200b封后不\u200b退不换
        開封後概不退換
        S i g n i n g is a c c e p t a n c e
        Once o.p.e.n.e.d, no returns
    """,
    "G5": """
        退款轉為餘額
        退 款 转 为 余 额
        微*信转*账退*款
        退款改為優惠券
        refund as s t o r e  c r e d i t
        Ｒｅｆｕｎｄ ａｓ ａ ｇｉｆｔ ｃａｒｄ
    """,
}

DOCUMENTED_LIMITS = """
    hao ping fan xian
    给个好平，返现5元
    leave a good rev1ew for a gift
    五星好。评，返现5元
    Leave a five-star review. Then you get 5 yuan.
    You can file a 7-day return for the defect
"""

STRICTER_THAN_THE_LAW = """
    退款已到账，欢迎评价
    The shoe is broken: choose "quality problem" as the reason
    Your refund goes to your wallet
"""


def _lines(block: str) -> list[str]:
    return [line.removeprefix("        ").strip(" ") for line in block.strip("\n ").split("\n    ")]


def _rows(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(guardrail, line) for guardrail, block in table.items() for line in _lines(block)]


def _broken(text: str) -> set[str]:
    return {breach.guardrail for breach in lint(text)}


@pytest.mark.slow
@pytest.mark.parametrize(("guardrail", "text"), _rows(BREAKING))
def test_a_breaking_sentence_is_reported_with_its_guardrail(guardrail: str, text: str) -> None:
    assert guardrail in _broken(text)


@pytest.mark.parametrize("text", [line for _, line in _rows(HONEST)])
def test_a_prohibition_or_an_honest_sentence_passes(text: str) -> None:
    assert lint(text) == ()


@pytest.mark.parametrize(("guardrail", "text"), _rows(TRICKS))
def test_spacing_width_script_and_lookalikes_do_not_hide_a_breach(guardrail: str, text: str) -> None:
    assert guardrail in _broken(text)


@pytest.mark.parametrize("table", [BREAKING, HONEST])
def test_every_guardrail_has_fifteen_sentences_in_each_language(table: dict[str, str]) -> None:
    for guardrail, block in table.items():
        chinese = sum(any("\u3400" <= char <= "\u9fff" for char in line) for line in _lines(block))
        assert min(chinese, len(_lines(block)) - chinese) >= 15, guardrail


@pytest.mark.parametrize("text", _lines(DOCUMENTED_LIMITS))
def test_what_the_docstring_says_passes_does_pass(text: str) -> None:
    assert lint(text) == ()


@pytest.mark.parametrize("text", _lines(STRICTER_THAN_THE_LAW))
def test_what_the_docstring_says_is_reported_is_reported(text: str) -> None:
    assert lint(text)


def test_a_breach_quotes_the_words_as_written_and_says_what_to_write() -> None:
    assert lint("您好！Ｆ給個好*評，返\u200b現5元。谢谢") == (
        Breach(
            "G1",
            "好*評，返\u200b現",
            "it ties money or a gift to a review: leave the review out, or say that the two are unrelated",
        ),
    )


def test_each_sentence_is_reported_for_itself_in_the_order_of_the_text() -> None:
    text = "拆封后不退不换。退款与评价无关。单号随便填。Leave a good review for a gift. 签收即视为认可。"
    assert [breach.guardrail for breach in lint(text)] == ["G4", "G3", "G1", "G4"]


def test_an_honest_sentence_does_not_excuse_the_next_one() -> None:
    assert _broken("Never tie a refund to a review. Leave a good review for a voucher.") == {"G1"}
    assert _broken("不得以好评换取补偿。五星好评返现5元") == {"G1"}


def test_a_prohibition_reaches_over_a_list_but_not_over_a_new_clause() -> None:
    assert lint("Never offer money, a gift or a voucher for a good review") == ()
    assert _broken("Never offer less, give us a good review and take a voucher") == {"G1"}


@pytest.mark.parametrize(
    "name", ["claim.paid", "refund.total", "offer.next", "max_amount", "compensation", " claim . paid "]
)
def test_a_placeholder_named_like_money_counts_as_money(name: str) -> None:
    assert _broken(f"好评即得{{{name}}}") == {"G1"}


def test_a_placeholder_that_is_not_money_is_only_text() -> None:
    assert lint("感谢您的好评，订单 {order.id}") == ()


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "{", "}", "{}", "。", ".", "退款", "review", "\ud800", "\x00", "﷽", "ß"]
)
def test_empty_and_odd_texts_pass(text: str) -> None:
    assert lint(text) == ()


SEPARATORS = st.sampled_from([" ", "  ", "\u3000", "\u200b", "\u00ad", "\u2060", "\ufeff", " \u200d"])


@given(st.sampled_from(_rows(BREAKING)), st.lists(st.tuples(st.integers(1, 200), SEPARATORS), max_size=60))
def test_inserted_spaces_and_invisible_characters_do_not_hide_a_breach(
    row: tuple[str, str], cuts: list[tuple[int, str]]
) -> None:
    guardrail, text = row
    between = {1 + place % (len(text) - 1): separator for place, separator in cuts}
    assert guardrail in _broken("".join(between.get(index, "") + char for index, char in enumerate(text)))


FRAGMENTS = st.sampled_from(
    [*"好评返现退款签收拆封单号随便选择不得{}.,，。 \n1五★aé", "review ", "refund ", "never ", "good "]
)


@given(st.text() | st.lists(FRAGMENTS).map("".join))
@example("\ufdfa" * 3 + "好评返现")
@example("İ好评返现ŉ")
def test_no_text_makes_it_raise_and_every_excerpt_is_in_the_text(text: str) -> None:
    assert all(breach.excerpt and breach.excerpt in text for breach in lint(text))


@given(st.sampled_from([line for _, line in _rows(HONEST)]), st.sampled_from([line for _, line in _rows(BREAKING)]))
def test_honest_words_before_a_breach_do_not_cover_it(honest: str, breaking: str) -> None:
    assert _broken(breaking) <= _broken(f"{honest}\n\n{breaking}")


def test_all_texts_of_a_large_pack_take_little_time() -> None:
    texts = [line for _, line in (*_rows(HONEST), *_rows(BREAKING))]
    lint(texts[0])
    start = time.process_time()
    for text in texts:
        lint(text)
    assert time.process_time() - start < 0.5, f"{len(texts)} texts"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["never tie a refund to a review " * 400, "不得以退款评价，" * 300, "r e " * 5000, "a. " * 5000]
)
def test_a_long_text_ends_soon(text: str) -> None:
    start = time.process_time()
    lint(text)
    assert time.process_time() - start < 5
