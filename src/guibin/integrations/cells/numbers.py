"""Numbers as people write them: 1,234.56 · 1.234,56 · ¥1.2万 · １２３ · (45.00) · 12-."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Literal

from guibin.integrations.cells.fault import CellFault

Mark = Literal[".", ","]
PLAIN = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?")
UNITS = {"万": 4, "萬": 4, "w": 4, "千": 3, "k": 3, "亿": 8, "億": 8, "百万": 6, "m": 6}
_MONEY = re.compile(
    r"人民币|RMB|CNY|USD|EUR|GBP|HKD|JPY|TWD|US\$|HK\$|NT\$|[¥￥$€£元圆圓块]|元整", re.IGNORECASE
)
_BODY = re.compile(r"(\d[\d.,' ]*|[.,]\d+)(百万|万|萬|千|亿|億|[wkm])?", re.IGNORECASE)
_POWER = re.compile(r"(\d+(?:\.\d+)?)[eE]([+-]?\d{1,3})")
_GROUPED = {
    ".": re.compile(r"\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?|\d{1,3}(?:,\d{4})+(?:\.\d+)?"),
    ",": re.compile(r"\d{1,3}(?:[.' ]\d{3})+(?:,\d+)?"),
}
_SIMPLE = {".": re.compile(r"\d*\.?\d*"), ",": re.compile(r"\d*,?\d*")}
DIGITS_MAX = 24


def parse_number(text: str, mark: Mark = ".") -> Decimal:
    """``text`` as an exact number; ``mark`` is the column's decimal mark. Raises ``CellFault``."""
    if PLAIN.fullmatch(text) and (mark == "." or "." not in text):
        return Decimal(text)
    body, negative = _signless(text)
    if power := _POWER.fullmatch(body):
        value = Decimal(power[1]).scaleb(int(power[2]))
    else:
        match = _BODY.fullmatch(body)
        if not match:
            raise CellFault("number_unreadable")
        value = _digits(match[1].strip(), mark).scaleb(UNITS.get((match[2] or "").lower(), 0))
    if len(value.as_tuple().digits) > DIGITS_MAX or abs(value) >= Decimal(10) ** 18:
        raise CellFault("number_too_large")
    return -value if negative else value


def _signless(text: str) -> tuple[str, bool]:
    body = unicodedata.normalize("NFKC", text).replace("−", "-").replace("—", "-").strip()
    negative = False
    if body.startswith("(") and body.endswith(")"):
        body, negative = body[1:-1], True
    body = _MONEY.sub("", body).strip()
    if body.startswith("-") or body.endswith("-"):
        if negative:
            raise CellFault("number_unreadable")
        body, negative = body.strip("-").strip(), True
    return body.lstrip("+").strip(), negative


def _digits(body: str, mark: Mark) -> Decimal:
    if _GROUPED[mark].fullmatch(body):
        body = re.sub(r"[^\d" + re.escape(mark) + "]", "", body)
    elif not _SIMPLE[mark].fullmatch(body):
        raise CellFault("number_unreadable")
    try:
        return Decimal(body.replace(",", "."))
    except InvalidOperation as error:
        raise CellFault("number_unreadable") from error


_NUMERIC = re.compile(r"[^9.,]+")
_GROUPS = {mark: re.compile(rf"9{{1,3}}(?:{re.escape(mark)}9{{3,4}}){{2,}}") for mark in ".,"}


def detect_mark(shapes: Mapping[str, int]) -> tuple[Mark, bool]:
    """(decimal mark, sure) of a column from its shapes and how often each occurs.

    1.234,56 settles it for the comma, 1,234.56 for the point; a single mark with other than three
    digits behind it counts for itself; one with exactly three says little, for it may group.
    """
    votes = {".": 0, ",": 0}
    for shape, count in shapes.items():
        body = _NUMERIC.sub("", shape)
        marks = [c for c in body if c in ".,"]
        if not marks:
            continue
        last = marks[-1]
        other = "," if last == "." else "."
        tail = len(body) - body.rfind(last) - 1
        if len(set(marks)) == 2:
            votes[last] += 10 * count
        elif len(marks) > 1:
            votes[other] += 10 * count if _GROUPS[last].fullmatch(body) else 0
        elif tail != 3:
            votes[last] += 2 * count
        elif last == ",":
            votes["."] += count
    if votes[","] > votes["."]:
        return ",", votes["."] == 0
    return ".", votes[","] == 0
