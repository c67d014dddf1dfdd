"""The guardrails G1–G5 in words: `lint` finds text that breaks one, in Chinese and English.

A rule of the table below names an *act*, looked for in each sentence, and what *excuses* it: a prohibition that governs
it ("never …", 不得 …), a denial in its clause (与评价无关), or the honest form in its sentence (the true reason, with
your consent). Text is folded first: full width, case, accents, invisible characters, look-alike letters, traditional
characters, separators inside words (好*评, r e v i e w). The limits, so that a person still reads new texts:

* It reads words, not intent. Hints, pictures, other languages, pinyin, homophones, digits for letters (rev1ew), Chinese
  words cut by a comma or full stop and English ones cut into other words pass, and so does any wording the table lacks.
* It does not know the case. A named reason breaks G2 even where it is the true one, a card or wallet breaks G5 unless
  the sentence says it is the one paid with, any review beside money breaks G1 (give the invitation its own sentence).
  A right that is merely named (a 7-day return) passes. A placeholder counts as money by its name, never by its value.
* It reads sentence by sentence: a tie spread over two, or over 200 characters, passes. Within one clause an excuse meant
  for something else may cover the act. An exclusion by law or a consent is believed as it is written.
* A prohibition is known by its verb, so an honest sentence in rare words may be reported: write "never …" or 不得 ….
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise, product
from typing import NamedTuple


class Breach(NamedTuple):
    """A guardrail broken: its id, the offending words as written, and what to write instead."""

    guardrail: str
    excerpt: str
    why: str


_WHY = {
    "G1": "it ties money or a gift to a review: leave the review out, or say that the two are unrelated",
    "G2": "it suggests a return reason: ask for the true reason and name none",
    "G3": "it asks for an invented tracking number: ask for the real one, or say that nothing is sent back",
    "G4": "it treats signing or opening as acceptance: decline only for a reason that the rules name",
    "G5": "it moves a refund to another channel: use the one paid with, or ask for consent in the same sentence",
}

# Words, then rules. `<name>` stands for words, a space for one or none, `@` and `~` for a few or more words of the same
# clause, `&` for both in either order. `G1` and so on give letters without which the rule is not tried.
_TABLE = r"""
money: \{[^{}]*(?:paid|refund|amount|offer|compensation|price|total|fee|penalty|bonus)[^{}]*\}|[¥$€£]|[退返][款还钱现利您你给\d]|[\d一二三四五六七八九十百两几] ?(?:元|块|毛|%
  |yuan|rmb|cny|usd|dollar|euro)|红包|现金|优惠|代金|折扣|抵扣|积分|免单|券|礼品|礼物|小礼|赠|补偿|赔偿|赔付|补差|差价|钱|奖励|佣金|报销|运费|\b(?:refund\w*|money|cash|cashback|cash back|gifts?
  |vouchers?|coupons?|discount\w*|compensat\w*|rewards?|bonus|red (?:packet|envelope)s?|credits?|points|reimburs\w*|pay(?:s|ing|ment)?|on (?:us|the house))\b
good: 好评(?![估定审判级])|[五5]颗?星|满分|[五5]分(?![钟之])|★{3,}|\b(?:five|5) stars?\b|\b(?:good|great|nice|positive|favourable|favorable|excellent|perfect|best
  |glowing|happy|better)\b@(?:review|rating|feedback|comment|testimonial)s?\b|\b(?:review|rating|feedback|comment|testimonial)s? (?:is|are|looks?|turns out|becomes?)
  (?: (?:so|very|all|once|online|and)\b){0,3} (?:positive|good|great|favourable|favorable|excellent|perfect|five|5)\b
review: <good>|差评|中评|评价|评论|追评|晒图|晒单|打分|点赞|\brate (?:us|our|the (?:shop|store|item|product))\b|\breview (?:us|our)\b|\breviews? (?:is|are|was) (?:chang
  |remov|delet|edit)|\b(?:(?:leave|write|post|give|submit|add|change|edit|update|revise|delete|remove|withdraw|hide|improve)s?|for|leaving|writing
  |changing|deleting|removing)\b(?: (?:us|me|an?|the|any|your|their|our|this|bad|negative|honest|public|product|photo|online
  |star)\b){0,5}(?<!\bfor) (?:review|rating|feedback|comment|testimonial)s?\b|\b(?:your|buyers?|customers?|product|shop|store|honest) (?:review
  |rating)s?\b|\b(?:bad|negative|poor) (?:review|rating|comment|feedback)|\b(?:if|once|after|when) you review\b|\b(?:tie|link
  |condition)\w*@\breviews?\b
not: \b(?:not|never|no longer|cannot|dont|doesnt|didnt|isnt|arent|wasnt|wont|cant|mustnt|shouldnt)\b
unrelated: [与和跟同][^,与和跟同]{0,6}[评星退补赔钱赠礼][^,与和跟同]{0,6}(?:无关|没有?任?何?关[系联]|不挂钩)|互不|不会?(?:取决|依赖|[以因把将拿用]|需|要求|构成|作为|挂钩|与|和)|不会?影响[^,]{0,6}[退补赔返]
  |不得[以与和因作用要附挂]|无[需须][^,]{0,6}[评星]|(?:无论|不论|不管)(?!如何|怎)[^,]{0,8}(?:评|星|是否)|严禁|禁止|不允许|违规|违法|不是[^,]{0,12}(?:条件|前提|交换)|<not>@\b(?:tie|link|condition
  |contingent|depend|base|hinge|affect|influenc|bought|trade|exchange|a reason|allowed)|<not> (?:need|require) (?:an?|any|your|to (?:leave|write|give
  |post|review|rate|change))\b|\b(?:need|require)s? no\b|\b(?:unrelated|independent|nothing to do with|no (?:bearing|effect|influence)|without asking
  |is (?:forbidden|prohibited))\b|\b(?:regardless of|irrespective of|whatever|no matter|whether or not)\b@\b(?:review|rat|feedback)|\bno (?:money
  |gifts?|cash|vouchers?|refunds?|compensation) (?:for|in (?:exchange|return) for)\b
choose: \b(?:choose|select|pick|tick|click|put|write|state|enter|mark|use|give|file|submit|report|say|claim|answer|apply with|tell us)\b
label: (?:[,:]? (?:the|an?|as|it|is|was|that|you|your|for|under|with|in|because|reason|return|refund|option|box|claim|simply|just|have)\b){0,9}:? ?
fault: \b(?:quality (?:problem|issue|defect|reason)s?|defects?|defective|faulty|damaged?|wrong item|not as described)\b
reason: <fault>|\b(?:change|changed|changing) (?:of )?(?:my |your |the )?mind\b|\b(?:no longer|not|dont|didnt) (?:want|need|like)|\b(?:unwanted
  |unneeded)|\b(?:do|does|did)(?: not|nt) fit|\b(?:7|seven) days? (?:no|without)|\bno reason|\btoo (?:big|small|large)|\border(?:ed)? (?:it )?(?:by
  |in) (?:mistake|error)|\b(?:ordered|bought) (?:the wrong|too many)|\b(?:personal|any|another|some other|a different|whatever|other) reason
选: 选择?|勾选|点[选击]?|填写?|写|改[成为]|备注|注明|就说|说[成是]
栏: (?:一个|个|为|成|上|是|与[卖商]家|退货|退款|申请|原因|理由|选项|里面?|中|这个|的|:|您)*
瑕疵: 质量(?:问题|原因)|做工|色差|破损|瑕疵|发错|少件|描述不符
理由: <瑕疵>|[七7]?天?无理由|不喜欢|不想要|不要了|拍错|多拍|拍多|错拍|买错|不合适|(?:尺码|大小|尺寸)不合适?|[个自][人身]原因|(?:其[他它]|别的|任[意何])(?:原因|理由)|协商一致
随便: 随[便意]|任意|胡乱|[瞎乱]
单号: (?:快递|物流|运单|退货|退回|的)*(?:单号|运单号?|快递号|物流号)
track: \b(?:tracking|(?:waybill|consignment|shipment|shipping|parcel|courier) (?:number|no|id|code|ref))\b
box: (?:parcel|package|packaging|box|item|goods|product|seal)s?\b
open: 拆封|拆[了过]|开封|启封|拆开|拆包|拆箱|开箱|打开(?:包装|包裹)|\b(?:unsealed|unboxed|unboxing|unpacked|unpacking)\b|\bopen(?:ed|ing|s)? (?:the |an? |your )?<box>
  |\b<box> (?:(?:is|was|has|been|are|were|once) ){0,3}open(?:ed)?\b|\b(?:once|if|when|by|after|since|because|or|what|that) (?:(?:it|you|is|was|has
  |have|been) ){0,3}open(?:ed|ing)\b|^opened\b|\bseal (?:is|was) broken|\bopening\b(?! (?:offer|share|amount|step|bid|hours))
taken: 签[收字]|确认收货|\b(?:sign|signed|signing|signature)\b(?! of)|\b(?:take|taking|taken) delivery|<open>
accept: 认可|接受|验收|合格|无误|无?异议|完好|没有?问题|无质量|满意|同意|放弃|确认|\b(?:acceptance|approval|agree|waiv|satisf|happy)|\bno (?:defect|fault)|\baccept(?:ed|s
  |ing)?\b(?! (?:returns?|back|for|refunds?|it back|until|within))|\bin (?:good |perfect )?(?:order|condition)
means: 视[为同作]|[当看算]作|等[于同]|即[为是表代]|代表|表示|意味|默认|证明|说明|就[是算]|即(?=[认接验确同合满无])|=|\b(?:count|mean|is|are|as|treat|deem|consider|equal|impl|confirm|you)\w*
decline: 不[退换]|不予|概不|恕不|不支持|不[能可得][退换]|不接受退|拒绝(?:退|受理|售后|换)|不再?受理|不负责|不给[退换]|无法[退换]|不适用|不符合退|\b(?:no (?:return|refund|exchange)s?|(?:void
  |voids) (?:the|your|any|all))\b|<not>(?: be)? (?:return|refund|exchange|returnable|refundable|eligible|take@back|sent back|(?:taken|accepted) back
  |accept@(?:return|open))|\bnon (?:returnable|refundable|return|refund)|\b(?:lose|forfeit|refuse|decline|reject)\w*@\b(?:right|claim|return|refund)
unaccepted: 不[得能应可会要许]?(?:视[为同作]|等[于同]|代表|意味|构成|[当看算]作?|表示|说明|证明|以|因|影响|作为)|[并绝]非|不是[^,]{0,10}(?:理由|原因|依据)|无效|\b(?:void|invalid|neither)\b
渠道: 余额|购物金|储值|礼品卡|店铺[币券积]|代金券|优惠券|积分|红包|微信|支付宝|银行卡|转账|线下|私下|现金|(?:其[他它]|别的|另外?一?[个张]?)[^,]{0,3}(?:账[户号]|渠道|方式|卡)
channel: \b(?:(?:store |shop )?credits?\b|gift ?cards?|vouchers?|coupons?|points|wallet|balance|wechat|alipay|paypal|red (?:packet|envelope)|(?:bank
  |wire) (?:transfer|account)|cash\b|(?:another|a? ?different|other|new|someone elses) (?:bank |payment )?(?:card|account|channel|method|person))
repay: \b(?:refund\w*|money|repay\w*|paid back)\b
ban: \b(?:never|not|nor|cannot|dont|doesnt|mustnt|cant|wont|shouldnt|isnt|arent|refrain|avoid|forbid\w*|prohibit\w*|bans?|banned|no@\b(?:may|must
  |shall|can|should|will))\b(?:,? (?:ever|under|any|circumstances|in|way|form|for|from|be|been|to|we|you|anyone|buyers?|the|a|agents?|tell|ask
  |let)\b,?)* (?!forget)(?:ti(?:e|ed|es)\b|tying|link|condition|connect|offer|promis|giv|pay|request|demand|depend|trad|exchang|swap|buy|reward|induc
  |brib|ask|encourag|invit|mak|us(?:e|ing)|suggest|advis|recommend|propos|choos|select|pick|put|writ|stat|fil|enter|invent|fak|forg|fabricat|submit
  |treat|count|regard|tak|deem|consider|mean|mov|send|switch|redirect|refund|transfer|shift|refus|withh|declin|deny|delay|hold|reject|chang|hint|claim
  |say)\w*|(?:不[得要许准可能会]|不应该?|不该|切勿|请勿|勿|切[莫忌]|[绝决从永]不|严禁|禁止|杜绝|避免|不允许|不可以|别|拒绝)(?:再|任何|以任何(?:形式|方式|理由)|向?(?:买家|顾客|客户|消费者|用户|您)|主动|擅自|私自|变相|直接|随[意便]
  |任意|我们|客服|[商卖]家|店铺)*(?:[以用把将因选填写编虚捏伪造视当按改转拒与和返赠索换挂附推误认劝逼买输拿奖绑使加]|要求|承诺|提供|引导|诱|建议|推荐|[让请](?:买家|顾客|客户|消费者|用户)|退[款到至给回入往]|通过|利用|暗示|默认|接受|提交|强|私下)
refusal: \b(?:refus|withh|declin|deny|delay|hold|reject)|[因拒]
unless: \b(?:unless|until)\b|\bwithout\b(?!@\b(?:consent|agreement|permission|asking))|\bif\b@\b(?:not|dont|doesnt|refuse|fail)|\bwho (?:leave|write
  |give)|除非|否则|(?:没有?|[不未]给|不[留写])[^,]{0,4}[评星]
comma: ,(?! ?(?:(?:(?:an?|the|any)\b[^,]{0,20},? (?:or|nor|and)|or|nor|to|then|in (?:return|exchange)|for|with)\b|<money>|[也或更以并再才]))
stop: <comma>|[;:!?。]|\b(?:but|however|so|instead|just|if|once|when)\b|但|而是|只[要需]|如果|若|然后|\band (?:please )?(?:leave|give|get|write|choose)\b
G1: 评|星|★|分|赞|晒|review|rat|feedback|star|comment|testimonial
act: <money>&<review>
act: (?:(?<![发寄运派配])送(?![货达到修回检去])|有礼|有奖|福利|好处|惊喜|\b(?:free\b(?! to)|extra|present|surprise|treat)\b)&<good>
denial: <unrelated>
G2: ^(?=.*(?:[选填写说成为换按]|备注|注明|随|任意|choose|select|pick|ick|put|write|state|enter|mark|use|give|file|submit|report|say|claim|tell|answer|apply|reason
  |点)).*(?:理由|原因|喜欢|想要|不要了|拍|买错|不合|质量|做工|色差|破损|瑕疵|发错|少件|不符|协商|reason|mind|want|need|like|fit|day|quality|defect|fault|damage|wrong|too|mistake)
act: <choose>(?:<label><reason>|~\bas (?:the|your|a)(?: return| refund)? reason\b)|\b(?:chang|switch|updat|edit)\w*@\breason\b@\bto\b<label><reason>|\breason\b@\b(?:must|should|has to|needs to) (?:be|say
  |read)<label><reason>|<选><栏><理由>|[以按用]<理由>(?:为由|的?(?:原因|理由)?申请)|换[一个]{0,2}(?:退货|退款)?(?:原因|理由)|(?:原因|理由)[处栏那里请要就可以统一都律直接务必尽量您:]*[选填写勾点](?!.{0,6}(?:清楚
  |完整|详细|准确|后|时|完|项))|<随便>[选填写]择?(?:一?个)?(?:退货|退款)?(?:原因|理由)|(?:原因|理由)(?:可以)?<随便>|(?:不[要能得]|不可以?|别|[切请]?勿|避免)<选><栏><瑕疵>|(?:<not>|\bavoid\b) (?:choose
  |choosing|select|selecting|pick|tick|click|use|file|state|report|claim)\b<label><fault>
denial: (?<![请让叫导议求知醒诉])(?:买家|消费者|顾客|客户|用户)(?:已|若|如|自行|主动)?[选填说]
honest: 真实|如实|属实|据实|实际(?:原因|情况|理由|问题)|相符|符合|\b(?:truthfully|honestly)|\bis (?:really )?true\b|\bthat (?:really )?(?:applies|fits|matches)|\b(?:true
  |real|actual|honest)(?: return| refund)? (?:reason|cause|one|ground)
dishonest: (?:不|别|勿|无[需须]|而非|代替|比|隐瞒)[^,]{0,5}(?:真实|如实|实际|属实)|真实(?:原因|理由)(?:不重要|无所谓)|\breason@\bmatter|\b(?:instead of|than|not|dont|without
  |regardless of|hide)\b@\b(?:true|real|actual|honest|truthful)
G3: 单号|运单|快递号|物流号|tracking|waybill|consignment|shipment|shipping|parcel|courier
act: <随便>(?:填写?|写|编|输入?|找|用|弄|一?个|上|的)*<单号>|(?:虚?假的?|虚[构拟]的?|编造?一?个?的?|捏造|[伪杜][造撰]|不存在的|别人的|其他订单的|空(?=单号))(?:一?个)?<单号>|<单号>.{0,6}?(?:<随便>|[编假]
  |[填写输用][^,]{0,4}?(?:\d个?\d|\{))|[填写输用拿][^,]{0,4}?(?:\d{4}[^,]{0,10}?|(?:原来|之前|上次|旧|我们)的?(?:发货|寄出)?的?(?:那个|这个)?)<单号>|\b(?:fake|fictitious|fictional|invent(?:ed)?
  |made up|dummy|bogus|random|imaginary|false|placeholder|non ?existent|arbitrary|forged?|fabricated?|make up|making up|make something up|(?:enter|put
  |type|fill|use|write|input|submit|key)\b@\b(?:any|whatever|someone elses|another (?:order|parcel|buyer)\w*|(?:an|the|your) old|previous
  |outbound))\b@<track>|<track>@\b(?:will do\b|(?:can|may|could) be (?:any|anything|made up|invented|random))|\b(?:enter|type|put|write|use
  |fill in) \d{3}~<track>|\b(?:any|random|made up|invented) (?:number|digit|string|letter)s?\b~<track>
denial: 无效|不被?(?:接受|认可)|违规|禁止|不允许|<not>@\b(?:accept|allow|ask|valid|permit)|\bno (?:fake|invented|made up|false|random)\b|\b(?:rejected|invalid)\b
G4: 签|收货|封|拆|开箱|打开|sign|delivery|open|seal|unbox|unpack
act: <taken>[^;!?。]{0,24}?<means>[^;!?。]{0,24}?<accept>|(?:默认|视)[^,]{0,6}<taken>[^,]{0,6}<accept>|\baccept(?:ance|ed|s)?\b(?! (?:return|back|for
  |refund))~\b(?:by|when|once|upon|on|through)\b@<taken>
denial: <unaccepted>|<not>@(?:<means>|<accept>|\b(?:tak|regard|chang|affect)\w*)
G4: 签|收货|封|拆|开箱|打开|sign|delivery|open|seal|unbox|unpack
act: <taken>&<decline>
denial: <unaccepted>|(?:<not>|\bno)@\b(?:ground|reason|refus|declin|reject|void|affect|los|forfeit)
honest: 音像|软件|数字|贴身|内衣|卫生|\b(?:hygien|software|audio|excluded by law)|^(?!.*<open>).*(?:[\d七五][天日]|期限|期内|超过|逾期|次日|\b(?:days?|window|period)\b)
G5: ^(?=.*(?:退|返还|refund|money|repa|paid)).*(?:余额|金|储值|卡|券|积分|红包|微信|支付宝|账|下|他|它|别|另|收款|qq|credit|card|voucher|coupon|points|wallet|balance|alipay
  |wechat|paypal|packet|envelope|bank|wire|cash|platform|other|different|new|elses)
act: (?:退[款还钱回给到至成为]|返还|钱)[^,]{0,14}?(?:[到至入为成给以用走发转]|通过)[^,]{0,6}?<渠道>|(?:[以用走按转]|通过|换成|改[为成])[^,]{0,4}?<渠道>[^,]{0,8}?(?:退|返还)
  |退[到至成为进入]{1,2}[^,]{0,6}?<渠道>|换成.{0,4}?<渠道>.{0,8}?退|退款[^,]{0,8}<渠道>[转打支发]|<渠道>(?:转账|打款|直接)*退[款钱给还您你]|(?:提供|发|告知|留下|加)[^,]{0,8}(?:银行卡|支付宝|微信|收款
  |qq).{0,12}退(?![货换])|<repay>~\b(?:as|in|into|to|via|by|through|with|onto|on|using|for)\b@<channel>|<channel>@\b(?:instead of|in place of
  |rather than)\b@<repay>|\b(?:instead of|rather than)\b@<repay>~<channel>|\b(?:send|give|tell|provide|share)\b@\byour\b@<channel>~<repay>
denial: ^(?!.*(?:退款|货款)).*(?:运费|邮费|垫付)|不[会得可应能]?[以用走转退改]|[绝从]不|<not>(?: be)? (?:given|go|paid|made|mov|sent|send|issued|as|in|to|switch|transferred)
honest: 原路|原支付|原付款|原渠道|原账户|原卡|[支付]付?款?时|[经征取获得]{1,2}[^,]{0,8}同意|(?:如果?|若|只有|除非|在)[^,]{0,6}(?:同意|愿意|要求)|同意后|自愿|\boriginal|\bsame (?:way|channel|method
  |card|account|payment|means)|\bpaid (?:with|from|by)|\b(?:was|were|it) paid\b|\bas paid|\bpayment came from|\bused to pay|\b(?:with|given
  |by)\b@\b(?:consent|agreement|permission|approval)|\bat@\brequest\b|\bas you (?:asked|requested|agreed)|\b(?:if|once|when|after|unless
  |provided)\b@\b(?:agree|consent|prefer|wish|want|ask|accept)
dishonest: (?:未|无[需须]|不|不[经管论]|无论)[^,]{0,6}(?:同意|愿意|原路|原支付|原账户|原付款)|默认[^,]{0,4}同意|视[为同][^,]{0,3}同意|原路[^,]{0,4}[慢烦败]|(?:无法|不能|不再|没法|而非|不是|代替)[^,]{0,4}原
  |\beven though\b|\b(?:without|no need|even if)\b@\b(?:consent|agree)|\b(?:instead of|than|not|cannot|cant)\b@\b(?:original|same)
"""
_TOKENS = {"~": r"[^,;:!?。]{0,44}?", "@": r"[^,;:!?。]{0,18}?", " ": " ?"}
_PAIRS = (  # a traditional character and its simplified form, a look-alike and its Latin letter
    "評评價价論论讚赞貨货錢钱現现紅红禮礼贈赠獎奖勵励補补償偿賠赔選选擇择寫写單单號号隨随編编虛虚偽伪簽签開开啟启驗验視视為为認认無无與与關关轉转帳账帐账賬账戶户銀银餘余額额儲储個个訂订運运遞递問问題题質质實实確确歡欢買买賣卖誤误讓让給给還还線线優优塊块幣币說说負负責责換换絕绝嚴严證证"
    "條条請请應应屬属於于後后們们錯错將将際际經经徵征願愿別别會会許许準准違违規规當当從从時时過过點点曬晒圖图適适碼码內内費费變变滿满異异議议棄弃係系聯联據据這这裡里裏里該该綁绑誘诱導导並并須须決决衛卫貼贴軟软沒没輸输協协顆颗購购訴诉勸劝發发損损則则來来贊赞註注備备"
    "\u0430a\u0435e\u043eo\u0440p\u0441c\u0443y\u0445x\u0456i\u043ak\u0432v\u043dn\u0442t\u043cm\u0455s\u0458j"
    "\u03b1a\u03b5e\u03bfo\u03c1p\u03b9i\u03bak\u03bdv\u03c4t\u03c5u\u0131i\u0261g⭐★☆★🌟★"
)
_FOLDS = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
_FAR = 200  # characters: the longest act, and the furthest that a prohibition reaches
_NOISE = re.compile(r"[^a-z0-9\u3400-\u9fff,;:!?。、{}¥$€£★%=]+")
_NEEDLESS = re.compile(r"(?<=[\u3400-\u9fff★0-9]) (?=[\u3400-\u9fff★0-9])| (?=[,;:!?。])")
_END = re.compile(r"[。;]+|\n\s*(?:\n|[-*•]\s)|(?:(?<=[a-z]{2})|(?<=[\d)}\"'”’]))\.(?=\s+[^\d\s])(?![^{}]{0,40}})")
_Rule = tuple[str, re.Pattern[str], list[list[re.Pattern[str]]], dict[str, re.Pattern[str]]]


@cache
def _read() -> tuple[dict[str, re.Pattern[str]], list[_Rule], list[re.Pattern[str]]]:
    """Return the words the code asks for, the rules, and English words with or without spaces, long ones first."""
    named: dict[str, str] = {}
    rules: list[_Rule] = []
    for name, body in re.findall(r"^([^:\n]+): (.*(?:\n  .*)*)", _TABLE, re.MULTILINE):
        tokens = re.sub(r"[~@ ]", lambda token: _TOKENS[token[0]], body.replace("\n  ", ""))
        source = re.sub(r"<(\w+)>", lambda word: f"(?:{named[word[1]]})", tokens)
        if name in _WHY:
            rules.append((name, re.compile(source), [], {}))
        elif name == "act":
            rules[-1][2].append([re.compile(part, re.ASCII) for part in source.split("&")])
        elif rules:
            rules[-1][3][name] = re.compile(source, re.ASCII)
        else:
            named[name] = source
    source = re.sub(r"\\[a-z]|<\w+>|^\w+:|\b(?:ed|ing|ance|ment)\b", " ", _TABLE, flags=re.MULTILINE)
    known = sorted(dict.fromkeys(re.findall(r"[a-z]{2,}", source)), key=len, reverse=True)
    spaced = []
    for low, high, end in ((5, 99, "(?: ?e ?[dsr])?[a-z]*"), (3, 4, r"(?:s|e ?d|i ?n ?g)?\b"), (2, 2, r"\b")):
        words = "|".join(" ?".join(word) for word in known if low <= len(word) <= high)
        spaced.append(re.compile(rf"\b(?:{words}){end}"))
    asked = {name: re.compile(named[name], re.ASCII) for name in ("ban", "comma", "refusal", "stop", "unless")}
    return asked, rules, spaced


@cache
def _fold(char: str) -> str:
    if char in "_\n" or char.isspace() or unicodedata.category(char) == "Cc":
        return "\n" if char == "\n" else " "
    plain = unicodedata.normalize("NFKD", _FOLDS.get(char, char)).casefold()
    return "".join(_FOLDS.get(part, part) for part in plain if unicodedata.category(part)[0] not in "CM")


def _view(sentence: str) -> str:
    """Return a folded sentence in the spelling of the table."""
    view = _NEEDLESS.sub("", _NOISE.sub(" ", sentence))
    for spaced in _read()[2]:
        view = spaced.sub(lambda word: word[0].replace(" ", ""), view)
    return view


def _excused(denial: re.Pattern[str], view: str, first: int, last: int) -> bool:
    words, start, end = _read()[0], max(0, first - _FAR), last + _FAR
    before, after = (re.split(r"[,;:!?。]", part) for part in (view[start:first], view[last:end]))
    if denial.search(before[-1] + view[first:last] + after[0]):
        return True
    absolute = not words["unless"].search(view, start, end)
    return all(comma.start() >= last for comma in words["comma"].finditer(view, first, end)) and any(
        (absolute or words["refusal"].search(ban[0]))
        and all(stop.start() >= first for stop in words["stop"].finditer(view, ban.end(), end))
        for ban in words["ban"].finditer(view, start, last)
        if ban.start() < first
    )


def _act(rule: _Rule, view: str) -> tuple[int, int] | None:
    """Return where in `view` the first act stands that nothing excuses."""
    _, _, acts, excuses = rule
    said = {name: bool(excuse.search(view)) for name, excuse in excuses.items()}
    for parts in acts if not said.get("honest") or said.get("dishonest") else ():
        for places in product(*([hit.span() for hit in part.finditer(view)] for part in parts)):
            first, last = min(place[0] for place in places), max(place[1] for place in places)
            if last - first <= _FAR and not _excused(excuses["denial"], view, first, last):
                return first, last
    return None


def lint(text: str) -> tuple[Breach, ...]:
    """Return the breaches in `text`, at most one per rule and sentence; `()` when nothing is wrong.

    >>> [breach.excerpt for breach in lint("退款与评价无关。五星好 评，返现5元！")]
    ['五星好 评，返现']
    """
    folded = "".join(map(_fold, text))
    found = []
    for start, end in pairwise([0, *(end.end() for end in _END.finditer(folded)), len(folded)]):
        letters = _NOISE.sub("", folded[start:end])
        rules = [rule for rule in _read()[1] if rule[1].search(letters)]
        view = _view(folded[start:end]) if rules else ""
        for rule in rules:
            if act := _act(rule, view):
                solid = [index for index, char in enumerate(text) for _ in _NOISE.sub("", _fold(char))]
                first, last = (len(_NOISE.sub("", folded[:start] + view[:edge])) for edge in act)
                found.append(Breach(rule[0], text[solid[first] : solid[last - 1] + 1], _WHY[rule[0]]))
    return tuple(dict.fromkeys(found))
