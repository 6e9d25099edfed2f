"""Text that was decoded wrongly before it reached us, and whether it can be put right."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# (how it was misread, how it had been written)
PATHS = (("gbk", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "utf-8"), ("latin-1", "gbk"), ("cp1252", "gbk"))
LOST = re.compile(r"锟斤拷|\ufffd|烫烫烫|屯屯屯")
HAN = re.compile(r"[\u4e00-\u9fff]")
COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平"
    "姓名手机号码电话会员客户卡级别积分余额生日门店地址日期金额订单商品数量单价编号备注性男女北京上海广东张王李赵刘陈杨黄周吴徐孙"
    "客戶會員電話號碼訂單貨號數量價錢額門職員備註"
)


@dataclass(frozen=True, slots=True)
class Mojibake:
    """``misread`` and ``written`` are codecs; ``repairable`` says whether the way back works."""

    misread: str
    written: str
    repairable: bool
    example: str
    repaired: str


def find_mojibake(texts: Iterable[str]) -> Mojibake | None:
    """Looks at headings and sample cells; None when they read well."""
    suspects = [text for text in texts if text and not text.isascii()]
    if not suspects:
        return None
    for misread, written in PATHS:
        repaired = [(text, repair(text, misread, written)) for text in suspects]
        better = [(text, new) for text, new in repaired if new != text and _reads_better(text, new)]
        if len(better) >= max(1, len(suspects) // 2):
            return Mojibake(misread, written, repairable=True, example=better[0][0], repaired=better[0][1])
    lost = [text for text in suspects if LOST.search(text)]
    if lost:
        return Mojibake("", "", repairable=False, example=lost[0], repaired="")
    return None


def repair(text: str, misread: str, written: str) -> str:
    """The way back, or ``text`` itself where it leads nowhere."""
    if text.isascii():
        return text
    try:
        return text.encode(misread).decode(written)
    except UnicodeError:
        return text


def _reads_better(old: str, new: str) -> bool:
    return len(new) <= len(old) and _share_common(new) > max(0.3, _share_common(old) + 0.15)


def _share_common(text: str) -> float:
    """Share of non-ASCII characters that are everyday Chinese (or accented Latin inside words)."""
    foreign = [c for c in text if not c.isascii()]
    if not foreign:
        return 0.0
    return sum(c in COMMON or c in "éèüöäñçáíóúß" for c in foreign) / len(foreign)
