"""What a column holds, from its content alone: the share of its samples that look the part."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[A-Za-z]{2,}")
PHONE = re.compile(r"(?:\+?86[- ]?|0086)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|(?:0\d{2,3}-?)?\d{7,8}|\+\d{8,15}")
MOBILE = re.compile(r"(?:\+?86[- ]?|0086)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?:\.0)?")
ID_NUMBER = re.compile(
    r"\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]|\d{6}\*+\d{3,4}[\dXx]?"
)
DATE = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?: .*)?|"
    r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])"
)
MONTH_DAY = re.compile(r"\d{1,2}[月/-]\d{1,2}日?")
MONEY = re.compile(
    r"[¥￥$€£]\s*[\d.,]+|[\d.,]+\s*(?:元|万元?)|-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+\.\d{1,6}|\(\d+\.\d+\)"
)
WHOLE = re.compile(r"-?\d{1,7}")
GENDER = re.compile(r"男|女|男性|女性|先生|女士|male|female|m|f", re.IGNORECASE)
NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
CODE = re.compile(r"(?=.*\d)[A-Za-z0-9_-]{4,20}")
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
    "廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻鍾譚鄒陸顧龍錢湯賴龔慕欧"
)
AMOUNTS = frozenset({"unit_price", "amount", "list_price"})
SIGNS = {  # the longer sign first: HK$ also holds $
    "HKD": re.compile(r"HK\$|HKD|港[币元]"),
    "TWD": re.compile(r"NT\$|TWD|[台臺][币幣]"),
    "SGD": re.compile(r"S\$|SGD"),
    "USD": re.compile(r"(?<![A-Z])(?:US)?\$|USD|美[元金]"),
    "EUR": re.compile(r"€|EUR|欧元"),
    "GBP": re.compile(r"£|GBP|英镑"),
    "JPY": re.compile(r"JPY|日[元圆]"),
    "CNY": re.compile(r"RMB|CNY|人民币"),
}
YUAN_OR_YEN = re.compile(r"[¥￥元圆]")
TESTS: dict[str, re.Pattern[str]] = {
    "email": EMAIL,
    "id_number": ID_NUMBER,
    "phone": MOBILE,
    "date": DATE,
    "gender": GENDER,
    "money": MONEY,
    "whole": WHOLE,
    "month_day": MONTH_DAY,
}


def recognise(profile: Mapping[str, Any]) -> dict[str, float]:
    """Content kind to share of samples, for kinds above a third."""
    samples: Sequence[str] = profile["samples"]
    if not samples:
        return {}
    shares = {kind: _share(samples, test) for kind, test in TESTS.items()}
    shares["name"] = sum(bool(NAME.fullmatch(s)) and s[0] in SURNAMES for s in samples) / len(samples)
    shares["code"] = _share(samples, CODE)
    return {kind: share for kind, share in shares.items() if share > 1 / 3}


def said_currency(
    profiles: Sequence[Mapping[str, Any]], columns: Sequence[Mapping[str, Any]], *, base: str
) -> str:
    """The currency whose sign most amounts carry, where no column says it; empty for none. ¥ and 元, which
    two currencies share, say nothing in a shop whose ``base`` is one of these, and yuan in any other."""
    if any(column["target"] == "currency" for column in columns):
        return ""
    signs = list(SIGNS.items()) + ([] if base in {"CNY", "JPY"} else [("CNY", YUAN_OR_YEN)])
    for profile, column in zip(profiles, columns, strict=True):
        if column["target"] in AMOUNTS and profile["samples"]:
            for code, sign in signs:
                if sum(bool(sign.search(text)) for text in profile["samples"]) * 2 > len(profile["samples"]):
                    return code
    return ""


def _share(samples: Sequence[str], test: re.Pattern[str]) -> float:
    return sum(bool(test.fullmatch(sample)) for sample in samples) / len(samples)


# Which content speaks for which cell type, and how strongly it contradicts when absent.
FITS: dict[str, tuple[str, ...]] = {
    "email": ("email",),
    "phone": ("phone",),
    "id_number": ("id_number",),
    "date": ("date",),
    "instant": ("date",),
    "gender": ("gender",),
    "birthday": ("date", "month_day"),
    "price": ("money", "whole"),
    "quantity": ("whole", "money"),
    "number": ("whole", "money"),
    "own_number": ("whole", "money"),
    "own_date": ("date",),
}


def fits(cell_type: str, found: Mapping[str, float]) -> float | None:
    """How well the content suits a cell type, 0 to 1; None where content says nothing."""
    kinds = FITS.get(cell_type)
    if kinds is None:
        return None
    return max((found.get(kind, 0.0) for kind in kinds), default=0.0)
