"""When and how somebody likes to be contacted: checked, and asked for a moment. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

CHANNELS = ("phone", "sms", "wechat", "email", "visit")
LANGUAGES = ("zh", "en", "yue", "ja", "ko", "fr", "de", "es", "ru")
WEEK = range(7)
WEEKDAYS, WEEKEND = (0, 1, 2, 3, 4), (5, 6)


@dataclass(frozen=True, slots=True)
class Preference:
    """How somebody likes to be contacted. Days are 0 (Monday) to 6, none given means any; hours are local,
    ``hour_until`` and ``quiet_until`` are no longer in; quiet hours may run past midnight."""

    channel: str = ""
    days: tuple[int, ...] = ()
    hour_from: int | None = None
    hour_until: int | None = None
    language: str = ""
    quiet_from: int | None = None
    quiet_until: int | None = None

    @property
    def is_empty(self) -> bool:
        return self == Preference()


def is_possible(wish: Preference) -> bool:
    """Whether channel, days, language and hours are such that exist; hours come in pairs."""
    hours = (wish.hour_from, wish.hour_until)
    quiet = (wish.quiet_from, wish.quiet_until)
    return (
        wish.channel in {"", *CHANNELS}
        and wish.language in {"", *LANGUAGES}
        and set(wish.days) <= set(WEEK)
        and (hours == (None, None) or _in_order(*hours))
        and (quiet == (None, None) or _apart(*quiet))
    )


def _in_order(begin: int | None, end: int | None) -> bool:
    return begin is not None and end is not None and 0 <= begin < end <= 24


def _apart(begin: int | None, end: int | None) -> bool:
    return begin is not None and end is not None and 0 <= begin <= 23 and 1 <= end <= 24 and begin != end


def pack_days(days: Iterable[int]) -> int:
    """Days of the week as bits, Monday the lowest. All seven mean any day, which is none given."""
    bits = sum(1 << day for day in set(days))
    return 0 if bits == 127 else bits


def unpack_days(bits: int) -> tuple[int, ...]:
    return tuple(day for day in WEEK if bits >> day & 1)


def is_quiet(wish: Preference, hour: int) -> bool:
    """Whether somebody asked not to be disturbed in this hour."""
    if wish.quiet_from is None or wish.quiet_until is None:
        return False
    if wish.quiet_from < wish.quiet_until:
        return wish.quiet_from <= hour < wish.quiet_until
    return hour >= wish.quiet_from or hour < wish.quiet_until


def is_welcome(wish: Preference, *, weekday: int, hour: int) -> bool:
    """Whether a message in this local hour is as the person wishes."""
    if is_quiet(wish, hour) or (wish.days and weekday not in wish.days):
        return False
    if wish.hour_from is None or wish.hour_until is None:
        return True
    return wish.hour_from <= hour < wish.hour_until
