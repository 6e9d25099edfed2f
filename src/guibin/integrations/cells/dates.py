"""Days and instants as people write them. The order of day and month is the column's, not the cell's."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from guibin.integrations.cells.fault import CellFault

Order = Literal["ymd", "dmy", "mdy"]
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?")
_TIME = (
    r"(?:\s*[T,]?\s*(上午|下午|晚上|中午|凌晨|AM|PM|am|pm)?"
    r"\s*(\d{1,2})[:时點点](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?[秒分]?"
    r"\s*(AM|PM|am|pm)?)?(?:Z|\+\d\d:?\d\d)?"
)
_PARTS = re.compile(r"(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})\s*[日号號]?" + _TIME)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\s?(\d\d):?(\d\d):?(\d\d)?)?")
_NAMED = re.compile(
    r"(?:(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ ,-]+(\d{2,4})|([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4}))" + _TIME
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_UNIX = re.compile(r"1\d{9}(?:\d{3})?")
MONTHS = {
    name: place
    for place, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - wall time of the shop, as in the file
FIRST_YEAR, LAST_YEAR = 1900, 2100
NOON = 12


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How a column writes days. ``serial``: plain numbers count days since 1899-12-30, as in a sheet."""

    order: Order = "ymd"
    serial: bool = False
    sure: bool = True
    mixed: bool = False


def parse_instant(text: str, style: DateStyle) -> datetime:
    """Wall time without a zone (the store's); a day alone is its midnight. Raises ``CellFault``."""
    if match := ISO.fullmatch(text):
        return _build(
            int(match[1]), int(match[2]), int(match[3]), *(int(part or 0) for part in match.groups()[3:6])
        )
    body = unicodedata.normalize("NFKC", text).strip()
    if match := _PARTS.fullmatch(body):
        return _from_parts(match, style)
    if match := _COMPACT.fullmatch(body):
        return _build(*(int(part or 0) for part in match.groups()))
    if style.serial and _SERIAL.fullmatch(body):
        return _from_serial(float(body))
    if _UNIX.fullmatch(body):
        seconds = int(body) / (1000 if len(body) == 13 else 1)
        return datetime(1970, 1, 1) + timedelta(seconds=int(seconds))  # noqa: DTZ001 - wall time
    if match := _NAMED.fullmatch(body):
        return _from_named(match)
    raise CellFault("date_unreadable")


def parse_day(text: str, style: DateStyle) -> date:
    """Raises ``CellFault``."""
    return parse_instant(text, style).date()


def _from_parts(match: re.Match[str], style: DateStyle) -> datetime:
    first, second, third = match[1], match[2], match[3]
    clock = _clock(match[4] or match[8] or "", match[5], match[6], match[7])
    if len(first) >= 3:
        return _build(int(first), int(second), int(third), *clock)
    if style.order == "ymd" and len(third) <= 2:
        return _build(_century(first), int(second), int(third), *clock)
    year, a, b = _century(third), int(first), int(second)
    if style.mixed and a <= 12 and b <= 12 and a != b:
        raise CellFault("date_ambiguous")
    if style.mixed:
        day, month = (a, b) if a > 12 else (b, a)
    else:
        day, month = (b, a) if style.order == "mdy" else (a, b)
    return _build(year, month, day, *clock)


def _from_named(match: re.Match[str]) -> datetime:
    day, name, year = (match[1], match[2], match[3]) if match[1] else (match[5], match[4], match[6])
    month = MONTHS.get(name[:3].lower())
    if month is None:
        raise CellFault("date_unreadable")
    return _build(
        _century(year), month, int(day), *_clock(match[7] or match[11] or "", match[8], match[9], match[10])
    )


def _clock(half: str, hour: str | None, minute: str | None, second: str | None) -> tuple[int, int, int]:
    hours = int(hour or 0)
    if (
        half.lower() in {"下午", "晚上", "pm", "中午"}
        and hours < NOON
        and not (half == "中午" and hours == 11)
    ):
        hours += NOON
    if half.lower() in {"上午", "凌晨", "am"} and hours == NOON:
        hours = 0
    return hours, int(minute or 0), int(second or 0)


def _century(text: str) -> int:
    """Two-digit years: 00 to 68 are 2000 to 2068, as POSIX has it."""
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year <= 68 else 1900)


def _from_serial(days: float) -> datetime:
    return EXCEL_EPOCH + timedelta(seconds=round(days * 86400))


def _build(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellFault("date_out_of_range")
    try:
        return datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - wall time
    except ValueError as error:
        raise CellFault("date_impossible") from error


def detect_style(profile: Mapping[str, Any], *, chinese: bool = True) -> DateStyle:
    """The style of a whole column from its profile (``files.shapes``): where a part above 12 stands decides.

    ``first_max`` and so on are the largest first, second and third part of all dates that do not
    start with a four-digit year.
    """
    first, second, third = profile["first_max"], profile["second_max"], profile["third_max"]
    shapes: Mapping[str, int] = profile["shapes"]
    total = sum(shapes.values()) or 1
    serial = sum(n for shape, n in shapes.items() if re.fullmatch(r"9{5}(?:\.9+)?", shape)) * 2 >= total
    if not first:
        return DateStyle("ymd", serial=serial)
    possible = _possible_orders(first, second, third)
    if not possible:
        return DateStyle("dmy", serial=serial, sure=False, mixed=True)
    if len(possible) == 1:
        return DateStyle(possible[0], serial=serial)
    if "ymd" in possible and third > first:  # days reach higher than the years' last two digits
        return DateStyle("ymd", serial=serial, sure=False)
    rest = [order for order in possible if order != "ymd"]
    wanted: Order = "mdy" if chinese else "dmy"
    return DateStyle(wanted if wanted in rest else rest[0], serial=serial, sure=len(rest) == 1 and third > 31)


def _possible_orders(first: int, second: int, third: int) -> list[Order]:
    long_years = third > 99
    found: list[Order] = []
    if not long_years and second <= 12 and third <= 31:
        found.append("ymd")
    if first <= 31 and second <= 12:
        found.append("dmy")
    if first <= 12 and second <= 31:
        found.append("mdy")
    return found
