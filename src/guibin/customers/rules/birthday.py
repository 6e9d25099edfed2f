"""Birthdays by the solar and the lunar calendar: checked, blurred, read from text, found next."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from guibin.customers.rules.contact import plain_width
from guibin.customers.rules.values import Birthday

if TYPE_CHECKING:
    from lunar_python import LunarMonth

LEAP_YEAR = 2000
BAND_YEARS = 5
YEAR_MIN = 1900
LUNAR_DAY_MAX = 30
NUMERIC = re.compile(r"(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?:[ T].*)?")
COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
LUNAR_TEXT = re.compile(
    r"(?:(?P<year>\d{4})年?)?[-/.]?(?P<leap>闰)?(?P<month>[正一二三四五六七八九十冬腊]{1,2}|\d{1,2})[月\-/.]"
    r"(?P<day>初?[一二三四五六七八九十廿卅]{1,3}|\d{1,2})[日号]?"
)
DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
MONTH_NAMES = {"正": 1, "冬": 11, "腊": 12, "十": 10, "十一": 11, "十二": 12}


def is_possible(birthday: Birthday) -> bool:
    """Whether that day exists in its calendar (in that year, when a year is given)."""
    if not 1 <= birthday.month <= 12 or birthday.day < 1:
        return False
    if birthday.year is not None and not YEAR_MIN <= birthday.year <= 2100:
        return False
    if birthday.calendar == "solar":
        return (
            not birthday.is_leap and birthday.day <= monthrange(birthday.year or LEAP_YEAR, birthday.month)[1]
        )
    if birthday.year is None:
        return birthday.day <= LUNAR_DAY_MAX
    month = _lunar_month(birthday.year, birthday.month, leap=birthday.is_leap)
    return month is not None and birthday.day <= int(month.getDayCount())


def age_band(birthday: Birthday | None) -> str:
    """The first year of the five-year cohort (``1985`` for 1985–1989), or empty. It never goes stale."""
    if birthday is None or birthday.year is None:
        return ""
    return str(birthday.year - birthday.year % BAND_YEARS)


def next_occurrence(birthday: Birthday, on: date) -> date:
    """The solar day, ``on`` or after, on which this birthday is kept. 29 February is kept on the 28th
    in common years, a lunar 30th on the 29th of a short month, a leap month in the ordinary one when
    the year has no such leap month."""
    for candidate in _occurrences(birthday, on.year):
        if candidate >= on:
            return candidate
    raise AssertionError("a birthday comes every year")


def _occurrences(birthday: Birthday, year: int) -> Iterator[date]:
    for solar_or_lunar_year in range(year - 1, year + 3):
        if birthday.calendar == "solar":
            last = monthrange(solar_or_lunar_year, birthday.month)[1]
            yield date(solar_or_lunar_year, birthday.month, min(birthday.day, last))
            continue
        day = _lunar_day(solar_or_lunar_year, birthday.month, birthday.day, is_leap=birthday.is_leap)
        if day is not None:
            yield day


def solar_day(birthday: Birthday) -> date | None:
    """The solar day of birth; None without a year, or when the day does not exist."""
    if birthday.year is None or not is_possible(birthday):
        return None
    if birthday.calendar == "solar":
        return date(birthday.year, birthday.month, birthday.day)
    return _lunar_day(birthday.year, birthday.month, birthday.day, is_leap=birthday.is_leap)


@lru_cache(maxsize=4096)
def _lunar_day(year: int, month: int, day: int, *, is_leap: bool) -> date | None:
    """The solar day of a day of the lunar ``year``: the plain month in years without the leap month, the
    last day of a short month for the thirtieth. Kept, for finding it asks for the course of the moon."""
    found = _lunar_month(year, month, leap=is_leap)
    leap = is_leap and found is not None
    found = found or _lunar_month(year, month, leap=False)
    if found is None:
        return None
    from lunar_python import Lunar

    solar = Lunar.fromYmd(year, -month if leap else month, min(day, int(found.getDayCount()))).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def _lunar_month(year: int, month: int, *, leap: bool) -> "LunarMonth | None":
    from lunar_python import LunarMonth

    return LunarMonth.fromYm(year, -month if leap else month)


def parse_birthday(text: str) -> Birthday | None:
    """A birthday as people write it: ``1990-05-20``, ``5月20日``, ``19900520``, ``农历八月十五``,
    ``农历1985年闰六月初三``. None when it is none, or the day does not exist."""
    cleaned = plain_width(text).replace(" 00:00:00", "").replace(" ", "")
    lunar = cleaned.startswith(("农历", "阴历", "旧历"))
    cleaned = cleaned.removeprefix("农历").removeprefix("阴历").removeprefix("旧历").removeprefix("公历")
    cleaned = cleaned.removeprefix("阳历").removeprefix(":")
    found = _parse_lunar(cleaned) if lunar else _parse_solar(cleaned)
    return found if found is not None and is_possible(found) else None


def _parse_solar(text: str) -> Birthday | None:
    match = NUMERIC.fullmatch(text) or COMPACT.fullmatch(text)
    if match is None:
        return None
    year = match["year"]
    return Birthday(month=int(match["month"]), day=int(match["day"]), year=int(year) if year else None)


def _parse_lunar(text: str) -> Birthday | None:
    match = LUNAR_TEXT.fullmatch(text)
    if match is None:
        return None
    month = _chinese_number(match["month"])
    day = _chinese_number(match["day"].removeprefix("初"))
    year = int(match["year"]) if match["year"] else None
    return Birthday(month=month, day=day, year=year, calendar="lunar", is_leap=bool(match["leap"]))


def _chinese_number(text: str) -> int:
    """1–39 in lunar day writing (``十五``, ``廿三``, ``二十``, ``三十``) or digits; 0 when it is none."""
    if text.isdigit():
        return int(text)
    if text in MONTH_NAMES:
        return MONTH_NAMES[text]
    if text in DIGITS:
        return DIGITS[text]
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, found, ones = text.partition("十")
    if not found:
        return 0
    return 10 * DIGITS.get(tens, 1) + (DIGITS.get(ones, 0) if ones else 0)


def encode_birthday(birthday: Birthday) -> str:
    """``solar:1990-05-20``, ``lunar:-06-03*`` (``*``: leap month): how it is sealed."""
    year = "" if birthday.year is None else f"{birthday.year:04d}"
    return (
        f"{birthday.calendar}:{year}-{birthday.month:02d}-{birthday.day:02d}{'*' if birthday.is_leap else ''}"
    )


def decode_birthday(text: str) -> Birthday:
    """The inverse of ``encode_birthday``."""
    calendar, _colon, numbers = text.partition(":")
    year, month, day = numbers.removesuffix("*").split("-")
    return Birthday(
        month=int(month),
        day=int(day),
        year=int(year) if year else None,
        calendar="lunar" if calendar == "lunar" else "solar",
        is_leap=numbers.endswith("*"),
    )
