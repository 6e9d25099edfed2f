"""How values are written, by the active language: money, numbers, days, times, phones, names.

Plain functions over values; the template filters of the same names call these. Patterns follow CLDR (Babel),
except where the house style says more: the yuan sign in every language, a true minus, 8折 as "20% off".
"""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal, get_currency_symbol
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guibin.core.money import Money, minor_digits

LOCALES = {"zh-hans": Locale("zh", "CN", script="Hans"), "en": Locale("en", "GB")}
MINUS = "\u2212"
DAYS = {
    "zh": {
        "medium": "y年M月d日",
        "short": "M月d日",
        "long": "y年M月d日，EEEE",
        "weekday": "M月d日，EEEE",
        "month": "y年M月",
    },
    "en": {
        "medium": "d MMM y",
        "short": "d MMM",
        "long": "EEEE d MMMM y",
        "weekday": "EEEE d MMMM",
        "month": "MMMM y",
    },
}
Number = int | float | Decimal


def active_locale() -> Locale:
    """The Babel locale of the active language; simplified Chinese when it is neither of ours."""
    return LOCALES.get(get_language() or "", LOCALES["zh-hans"])


def money(value: Money, *, whole: bool = False) -> str:
    """``¥12,800.00``; with ``whole`` the minor units are rounded away (for targets and axes).

    Both our languages write sums alike, so this is written out: Babel reads its patterns anew each time.
    """
    digits, sign = _digits(value.currency), MINUS if value.minor < 0 else ""
    size = abs(value.minor)
    symbol = currency_symbol(value.currency)
    if whole:
        rounded = Decimal(size).scaleb(-digits).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
        return f"{sign}{symbol}{int(rounded):,}"
    if not digits:
        return f"{sign}{symbol}{size:,}"
    major, minor = divmod(size, 10**digits)
    return f"{sign}{symbol}{major:,}.{minor:0{digits}d}"


@lru_cache(maxsize=256)
def _digits(currency: str) -> int:
    return minor_digits(currency)


def currency_symbol(currency: str) -> str:
    """The sign of ``currency``: ¥ means yuan here in every language, the yen is written JP¥."""
    return _symbol(currency, active_locale().language)


@lru_cache(maxsize=256)
def _symbol(currency: str, language: str) -> str:
    special = {"CNY": "¥", "JPY": "JP¥"}
    locale = next(each for each in LOCALES.values() if each.language == language)
    return special.get(currency) or str(get_currency_symbol(currency, locale=locale))


def number(value: Number, digits: int | None = None) -> str:
    """Grouped digits, ``digits`` after the point (by default as many as needed, at most three)."""
    if digits is None:
        whole = isinstance(value, int)
        return _signed(f"{value:,}" if whole else format_decimal(value, locale=active_locale()))
    exact_value = value if isinstance(value, Decimal) else Decimal(str(value))
    return _signed(f"{exact_value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN):,}")


def exact(value: Number) -> str:
    """Grouped digits, at least two after the point, up to six where there are as many."""
    return _signed(format_decimal(value, format="#,##0.00####", locale=active_locale()))


def price(value: Number, currency: str) -> str:
    """A price of one piece, with all its digits."""
    return currency_symbol(currency) + exact(value)


def compact(value: Number) -> str:
    """Short size of a large number: 12.8万, 128K."""
    return _signed(format_compact_decimal(value, fraction_digits=1, locale=active_locale()))


def percent(ratio: Number, digits: int = 0) -> str:
    """``0.068`` with one digit is 6.8%."""
    return f"{number(Decimal(str(ratio)) * 100, digits)}%"


def change(ratio: Number, digits: int = 1) -> str:
    """A signed percentage: +18.2%, −3.0%; nothing changed is 0%."""
    text = percent(ratio, digits)
    return f"+{text}" if ratio > 0 else text


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def day(value: date, style: str = "medium") -> str:
    """A business day: medium, short (no year), long or weekday (with the day of the week), month."""
    return _day(_as_day(value), style, active_locale().language)


@lru_cache(maxsize=4096)
def _day(value: date, style: str, language: str) -> str:
    locale = next(each for each in LOCALES.values() if each.language == language)
    return str(format_date(value, DAYS[language][style], locale=locale))


def _as_day(value: date) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def moment(value: datetime) -> str:
    """An instant in the reader's zone, to the minute."""
    local = timezone.localtime(value)
    return f"{_day(local.date(), 'medium', active_locale().language)} {local:%H:%M}"


def clock_time(value: datetime) -> str:
    """The time of day of an instant in the reader's zone: 08:46."""
    return f"{timezone.localtime(value):%H:%M}"


def business_day(value: datetime, zone: str) -> str:
    """The day an instant falls on in the zone of a store."""
    return day(value.astimezone(ZoneInfo(zone)).date())


def ago(value: date, now: datetime) -> str:
    """How long before or after ``now``: 9天前, in 3 hours; days for a date, today and yesterday by name."""
    if not isinstance(value, datetime):
        days = (value - timezone.localtime(now).date()).days
        named = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}
        return named.get(days) or _distance(timedelta(days=days))
    if abs(value - now) < timedelta(minutes=1):
        return _("just now")
    return _distance(value - now)


def _distance(delta: timedelta) -> str:
    return str(format_timedelta(delta, add_direction=True, threshold=1.5, locale=active_locale()))


def duration(value: timedelta | Number) -> str:
    """A length of time in its two largest units: 1小时08分, 2 d 3 h."""
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    minutes, second = divmod(max(seconds, 0), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hour}
    if hours:
        return _("%(hours)s h %(minutes)02d min") % {"hours": hour, "minutes": minute}
    if minutes:
        return _("%(minutes)s min %(seconds)02d s") % {"minutes": minute, "seconds": second}
    return _("%(seconds)s s") % {"seconds": second}


def discount(paid: Number) -> str:
    """What share of the price is paid, as shops say it: 0.8 is 8折, or 20% off."""
    share = Decimal(str(paid))
    if share >= 1:
        return _("full price")
    if active_locale().language == "zh":
        return f"{(share * 10).normalize():f}折"
    return f"{((1 - share) * 100).normalize():f}% off"


def masked_phone(value: str) -> str:
    """A phone with its middle hidden: 138 **** 4417; the country code of a foreign one stays."""
    digits = "".join(sign for sign in value if sign.isdigit())
    if len(digits) < 7:
        return "****"
    if value.startswith("+") and not value.startswith("+86"):
        return f"+{digits[:2]} **** {digits[-4:]}"
    national = digits[-11:]
    return f"{national[:3]} **** {national[-4:]}"


def initial(name: str | Promise) -> str:
    """What an avatar shows: the family name's character, or the first letter."""
    return str(name).strip()[:1].upper() or "·"
