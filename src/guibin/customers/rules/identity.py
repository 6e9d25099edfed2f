"""Resident identity numbers after GB 11643-1999: six digits of region, birth date, sequence, check."""

import re
from datetime import date

from guibin.customers.rules.contact import plain_width

ID_NUMBER = re.compile(r"\d{17}[\dX]")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
# GB/T 2260 province codes; 83 and 81/82 are residence permits of Taiwan, Hong Kong and Macao, 91 foreigners.
PROVINCES = frozenset(
    str(code)
    for codes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in codes
) | {"71", "81", "82", "83", "91"}


def check_digit(first_seventeen: str) -> str:
    """ISO 7064 MOD 11-2 over 17 digits, as GB 11643 section 4.2.4 prescribes."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, WEIGHTS, strict=True))
    return CHECK[total % 11]


def normalise_id_number(text: str) -> str | None:
    """18 characters, the last possibly ``X``; None when region, date or check digit is wrong."""
    number = plain_width(text).upper().replace(" ", "").replace("-", "")
    if not ID_NUMBER.fullmatch(number) or not number.isascii() or number[:2] not in PROVINCES:
        return None
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return number if check_digit(number[:17]) == number[17] else None


def mask_id_number(number: str) -> str:
    return "*" * (len(number) - 4) + number[-4:] if number else ""
