"""Sales channels: what sources call them, and the code each word stands for."""

import hashlib
import re

CODE = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)

WORDS = {
    "store": (
        "store",
        "shop",
        "offline",
        "pos",
        "retail",
        "门店",
        "线下",
        "实体店",
        "店铺",
        "到店",
        "柜台",
        "专柜",
    ),
    "web": ("web", "website", "online", "网站", "官网", "网店", "线上", "网上商城", "商城", "在线商城"),
    "app": ("app", "mobile app", "手机应用", "客户端"),
    "mini_program": ("mini_program", "mini program", "miniprogram", "小程序", "微信小程序"),
    "wechat": ("wechat", "weixin", "微信", "公众号", "企业微信", "视频号"),
    "phone": ("phone", "hotline", "call", "tel", "电话", "热线", "客服电话"),
    "marketplace": (
        *("marketplace", "tmall", "taobao", "jd", "pdd", "douyin", "amazon"),
        *("平台", "电商平台", "天猫", "淘宝", "京东", "拼多多", "抖音", "第三方平台"),
    ),
}
BY_WORD = {word: code for code, words in WORDS.items() for word in words}


def channel_code(text: str) -> str:
    """The code for what a source calls a channel: a shipped one by its words, else one made from the text."""
    plain = " ".join(text.split()).casefold()
    if plain in BY_WORD:
        return BY_WORD[plain]
    made = re.sub(r"[^a-z0-9]+", "_", plain, flags=re.ASCII).strip("_")[:40]
    if made and made.replace("_", "") == "".join(filter(str.isalnum, plain))[:40]:
        return made
    return "c_" + hashlib.blake2b(plain.encode(), digest_size=6).hexdigest()


def is_channel_code(code: str) -> bool:
    """Small letters, digits and underscores, at most 40."""
    return CODE.fullmatch(code) is not None
