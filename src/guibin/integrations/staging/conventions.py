"""What product codes and descriptions say about a line, beyond being goods.

``online_retail`` are the published code meanings of that shop; other files are judged by plain words
only, since a code like ``M`` or ``S`` is somebody's T-shirt size.
"""

import re

from guibin.integrations.cells.fault import CellFault

GOODS, FEE, DISCOUNT, OTHER, TEST, CHARGE = "goods", "fee", "discount", "other", "test", "charge"

ONLINE_RETAIL = (
    (re.compile(r"TEST\d*"), TEST),
    (re.compile(r"BANK CHARGES|AMAZONFEE|CRUK|B"), CHARGE),
    (re.compile(r"POST|DOT|C2|C3"), FEE),
    (re.compile(r"D"), DISCOUNT),
    (re.compile(r"M|m|S|ADJUST\d?|PADS|gift_\d+_\d+|GIFT"), OTHER),
)
WORDS = (
    (
        re.compile(
            r"运费|邮费|快递费|配送费|包装费|服务费|手续费|運費|郵費|postage|shipping|freight|delivery( "
            r"fee)?|handling",
            re.IGNORECASE,
        ),
        FEE,
    ),
    (re.compile(r"优惠券|折扣|满减|优惠|立减|抹零|discount|coupon|rebate", re.IGNORECASE), DISCOUNT),
    (re.compile(r"测试商品|测试|test product|test item", re.IGNORECASE), TEST),
)
CANCELLATION = re.compile(r"C\d+")
BAD_DEBT = re.compile(r"A\d+")


def code_kind(sku: str | None, conventions: str) -> str:
    """``goods`` unless the shop's conventions know the code."""
    if conventions == "online_retail" and sku:
        for pattern, kind in ONLINE_RETAIL:
            if pattern.fullmatch(sku):
                return kind
    return GOODS


def words_kind(description: str | None) -> str:
    if description:
        for pattern, kind in WORDS:
            if pattern.fullmatch(description.strip()):
                return kind
    return GOODS


def is_cancellation(number: str | None, conventions: str) -> bool:
    return bool(number) and conventions == "online_retail" and bool(CANCELLATION.fullmatch(str(number)))


STATUS_WORDS = {
    "placed": "placed|待付款|未付款|等待买家付款|已下单|新建|待支付|pending|new|open|unpaid",
    "paid": "paid|已付款|已支付|待发货|买家已付款|等待卖家发货|待接单|备货中|processing|付款成功|支付成功",
    "shipped": "shipped|已发货|卖家已发货|部分发货|已出库|配送中|运输中|派送中|待收货|待自提|"
    "等待买家确认收货|fulfilled|in transit|partially shipped",
    "completed": "completed|已完成|交易成功|交易完成|完成|成功|已收货|已签收|已自提|已核销|待评价|已评价|"
    "done|complete|delivered|success|finished|picked up",
    "cancelled": "cancelled|canceled|已取消|交易关闭|交易取消|取消|已关闭|关闭|已退款|全额退款|退款成功|"
    "void|voided|closed|作废|已作废|refunded",
}
_STATUS = {word: status for status, words in STATUS_WORDS.items() for word in words.split("|")}
REASON_WORDS = {
    "damaged": "质量问题|破损|损坏|damaged|defective|broken|质量",
    "wrong_item": "发错货|错发|wrong item|wrong|发错",
    "price_adjusted": "价差|退差价|price adjustment|price|差价",
    "cancelled": "取消|不想要|cancelled|canceled|拍错|不想买了",
    "returned": "退货|七天无理由|7天无理由|returned|return|无理由退货",
}
_REASON = {word: reason for reason, words in REASON_WORDS.items() for word in words.split("|")}


METHOD_WORDS = {
    "wechat_pay": "微信|微信支付|微信付款|wechat|wechat pay|weixin pay|财付通|微信小程序支付",
    "alipay": "支付宝|支付宝支付|alipay|花呗|余额宝",
    "cash": "现金|现金支付|cash",
    "card": "银行卡|刷卡|信用卡|储蓄卡|借记卡|银联|云闪付|pos|pos刷卡|card|credit card|debit card|unionpay|"
    "visa|mastercard",
    "transfer": "转账|银行转账|对公转账|汇款|transfer|bank transfer|wire",
    "stored_value": "储值|储值卡|余额|会员余额|预付卡|充值卡|stored value|balance|gift card|prepaid",
    "voucher": "券|优惠券|代金券|购物券|提货券|礼品券|voucher|coupon",
    "points": "积分|积分抵扣|积分兑换|points",
}
_METHOD = {word: method for method, words in METHOD_WORDS.items() for word in (method, *words.split("|"))}


def method_of(text: str | None) -> str:
    """The way of payment a word means, ``other`` where it is none of the known ones."""
    return _METHOD.get(text.strip().lower(), "other") if text else "other"


def parse_status(text: str) -> str:
    """The order status a word means. Raises ``CellFault``."""
    found = _STATUS.get(text.strip().lower())
    if found is None:
        raise CellFault("status_unknown")
    return found


def reason_of(text: str | None) -> str:
    return _REASON.get(text.strip().lower(), "other") if text else "returned"
