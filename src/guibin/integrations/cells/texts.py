"""Codes, names and small vocabularies."""

import re
import unicodedata

from guibin.integrations.cells.fault import CellFault

POWER = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{1,3}")
TRAILING_ZERO = re.compile(r"(\d+)\.0")
TRUE = frozenset({"true", "1", "y", "yes", "是", "有", "on", "√", "对"})
FALSE = frozenset({"false", "0", "n", "no", "否", "无", "off", "×", "没有"})
MALE = frozenset({"男", "m", "male", "先生", "1", "男性", "man"})
FEMALE = frozenset({"女", "f", "female", "女士", "小姐", "2", "女性", "woman"})
TEXT_MAX = 2_000
CODE_MAX = 120
_FULL = {ord(c): ord(c) - 0xFEE0 for c in map(chr, range(0xFF01, 0xFF5F))}


def parse_text(text: str) -> str:
    """Trimmed, inner runs of blanks as one. Raises ``CellFault`` when too long to be a name or note."""
    clean = " ".join(text.split())
    if len(clean) > TEXT_MAX:
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


def parse_tags(text: str) -> tuple[str, ...]:
    """Labels cut at semicolons, commas, 、 and bars; each once, in order."""
    pieces = (piece.strip() for piece in re.split(r"[;；,，、|/]", text))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))
