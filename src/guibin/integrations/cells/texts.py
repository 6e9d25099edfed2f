"""Codes, names and small vocabularies."""

import re
import unicodedata
from collections.abc import Mapping

from guibin.integrations.cells.fault import CellFault

POWER = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{1,3}")
TRAILING_ZERO = re.compile(r"(\d+)\.0")
TRUE = frozenset({"true", "1", "y", "yes", "是", "有", "on", "√", "对"})
FALSE = frozenset({"false", "0", "n", "no", "否", "无", "off", "×", "没有"})
MALE = frozenset({"男", "m", "male", "先生", "1", "男性", "man"})
FEMALE = frozenset({"女", "f", "female", "女士", "小姐", "2", "女性", "woman"})
CONTACT_KINDS = {
    "phone": frozenset(
        {"phone", "mobile", "sms", "tel", "call", "电话", "手机", "短信", "電話", "手機", "簡訊"}
    ),
    "email": frozenset({"email", "e-mail", "mail", "邮件", "邮箱", "电子邮件", "電郵", "郵件"}),
    "wechat": frozenset({"wechat", "weixin", "微信", "企业微信", "公众号"}),
}
CURRENCIES = {
    word: code
    for code, words in {
        "CNY": "人民币|人民幣|RMB|元|CNH",
        "USD": "美元|美金|US$|US DOLLAR",
        "HKD": "港币|港幣|港元|HK$",
        "TWD": "台币|新台币|新臺幣|NT$|NTD",
        "EUR": "欧元|歐元|€|EURO",
        "GBP": "英镑|英鎊|£",
        "JPY": "日元|日圆|日圓",
        "KRW": "韩元|韓元|₩",
        "SGD": "新加坡元|新币|S$",
        "MOP": "澳门元|澳門元|葡币",
    }.items()
    for word in words.split("|")
}
TEXT_MAX = 2_000
CODE_MAX = 120
_FULL = {ord(c): ord(c) - 0xFEE0 for c in map(chr, range(0xFF01, 0xFF5F))}


def parse_text(text: str, most: int = TEXT_MAX) -> str:
    """Trimmed, inner runs of blanks as one. Raises ``CellFault`` when longer than ``most``."""
    clean = " ".join(text.split())
    if len(clean) > most:
        raise CellFault("text_too_long")
    return clean


def parse_code(text: str) -> str:
    """An identifier: half width, trimmed; ``123.0`` is 123; ``1.1E+17`` has lost its digits for ever."""
    clean = text.strip().translate(_FULL)
    if POWER.fullmatch(clean):
        raise CellFault("id_exponent")
    if match := TRAILING_ZERO.fullmatch(clean):
        clean = match[1]
    if len(clean) > CODE_MAX:
        raise CellFault("text_too_long")
    return clean


def parse_bool(text: str) -> bool:
    """Raises ``CellFault``."""
    word = unicodedata.normalize("NFKC", text).strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise CellFault("choice_unreadable")


def parse_gender(text: str) -> str:
    """``male``, ``female`` or empty for what says neither (未知, 保密). Raises ``CellFault``."""
    word = unicodedata.normalize("NFKC", text).strip().lower()
    if word in MALE:
        return "male"
    if word in FEMALE:
        return "female"
    if word in {"", "未知", "保密", "unknown", "0", "-", "其他", "other", "u", "x"}:
        return ""
    raise CellFault("choice_unreadable")


def parse_choice(text: str, choices: Mapping[str, str]) -> str:
    """The code of a word of a field with fixed values. Raises ``CellFault``."""
    found = choices.get(unicodedata.normalize("NFKC", text).strip().lower())
    if found is None:
        raise CellFault("choice_unknown")
    return found


def parse_contact_kind(text: str) -> str:
    """``phone``, ``email`` or ``wechat``. Raises ``CellFault``."""
    word = unicodedata.normalize("NFKC", text).strip().lower()
    for kind, words in CONTACT_KINDS.items():
        if word in words:
            return kind
    raise CellFault("contact_kind_unknown")


def parse_currency(text: str) -> str:
    """The ISO 4217 code of a currency by code, name or sign. Raises ``CellFault``."""
    word = unicodedata.normalize("NFKC", text).strip().upper()
    found = CURRENCIES.get(word, word)
    if len(found) != 3 or not found.isascii() or not found.isalpha():
        raise CellFault("currency_unknown")
    return found


def parse_tags(text: str) -> tuple[str, ...]:
    """Labels cut at semicolons, commas, 、 and bars; each once, in order."""
    pieces = (piece.strip() for piece in re.split(r"[;；,，、|/]", text))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))
