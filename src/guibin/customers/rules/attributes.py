"""Values of the organisation's own fields: one canonical text per kind. None means: does not fit."""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation

from guibin.customers.rules.contact import plain_width
from guibin.customers.rules.profile import clean_text

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
TEXT_LENGTH_MAX = 500
YES = frozenset({"yes", "y", "true", "1", "是", "有", "对", "on"})
NO = frozenset({"no", "n", "false", "0", "否", "无", "不", "off"})


def is_code(text: str) -> bool:
    return CODE.fullmatch(text) is not None


def normalise_attribute(kind: str, text: str, choices: Collection[str] = ()) -> str | None:
    """``text`` in canonical form; empty stays empty. ``choices`` are the codes of a choice."""
    cleaned = clean_text(text)
    if not cleaned:
        return ""
    if kind == "text":
        return cleaned if len(cleaned) <= TEXT_LENGTH_MAX else None
    if kind == "choice":
        return cleaned if cleaned in choices else None
    if kind == "yes_no":
        word = plain_width(cleaned).lower()
        return "yes" if word in YES else "no" if word in NO else None
    return _number(cleaned) if kind == "number" else _date(cleaned)


def _number(text: str) -> str | None:
    try:
        number = Decimal(plain_width(text).replace(",", ""))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        return None
    plain = f"{number:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def _date(text: str) -> str | None:
    try:
        return date.fromisoformat(plain_width(text).replace("/", "-")[:10]).isoformat()
    except ValueError:
        return None
