"""Unified social credit codes after GB 32100-2015: two of register and kind, six of region, nine of the body,
check."""

import re

from guibin.customers.rules.contact import plain_width

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Table 1 of the standard: the value of a character is its place; I, O, Z, S and V are not used."""
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
CREDIT_CODE = re.compile(rf"[{CHARACTERS}]{{2}}\d{{6}}[{CHARACTERS}]{{10}}", re.ASCII)


def credit_check(first_seventeen: str) -> str:
    """The eighteenth character: 31 less the weighted sum modulo 31, where 31 is written 0."""
    total = sum(
        CHARACTERS.index(letter) * weight for letter, weight in zip(first_seventeen, WEIGHTS, strict=True)
    )
    return CHARACTERS[-total % 31]


def normalise_credit_code(text: str) -> str | None:
    """18 capitals and digits; None when a character is impossible or the check does not agree."""
    code = plain_width(text).upper().replace(" ", "").replace("-", "")
    if not CREDIT_CODE.fullmatch(code):
        return None
    return code if credit_check(code[:17]) == code[17] else None
