"""How busy each day is: weekdays, seasons, and the festivals of the Chinese year by their true dates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from lunar_python import Lunar

WEEKDAYS = (0.82, 0.84, 0.86, 0.9, 1.08, 1.45, 1.32)
MONTHS = (1.18, 0.92, 0.95, 0.95, 1.04, 1.02, 0.84, 0.82, 1.0, 1.04, 1.2, 1.18)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Festival:
    """Days from `first` to `last`: how much busier, how much more of it online, and the discount in %."""

    code: str
    first: date
    last: date
    busier: float
    online: float
    discount: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days of the demo with their weight, and the weights summed up to each day."""

    first: date
    last: date
    weights: tuple[float, ...]
    summed: tuple[float, ...]
    festival_of: dict[date, Festival]

    def day(self, index: int) -> date:
        """The day at that position."""
        return self.first + timedelta(days=index)

    def index(self, day: date) -> int:
        """The position of a day."""
        return (day - self.first).days


def lunar_day(year: int, month: int, day: int) -> date:
    """The solar date of a day of the lunar calendar."""
    solar = Lunar.fromYmd(year, month, day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def festivals_of(year: int) -> Iterator[Festival]:
    """The festivals of one solar year, by their true dates."""
    spring = lunar_day(year, 1, 1)
    dragon_boat, sevens, mid_autumn = (
        lunar_day(year, 5, 5),
        lunar_day(year, 7, 7),
        lunar_day(year, 8, 15),
    )
    yield Festival("spring_gifts", spring - 20 * DAY, spring - 2 * DAY, 1.7, 0.9, 0)
    yield Festival("spring_rest", spring - DAY, spring + 6 * DAY, 0.45, 0.8, 0)
    yield Festival("women", date(year, 3, 6), date(year, 3, 8), 1.6, 1.3, 10)
    yield Festival("520", date(year, 5, 18), date(year, 5, 20), 1.9, 1.2, 0)
    yield Festival("618_warm", date(year, 6, 1), date(year, 6, 15), 1.2, 1.5, 10)
    yield Festival("618", date(year, 6, 16), date(year, 6, 18), 2.7, 2.4, 15)
    yield Festival("dragon_boat", dragon_boat - 4 * DAY, dragon_boat, 1.25, 1.0, 0)
    yield Festival("sevens", sevens - 2 * DAY, sevens, 1.5, 1.1, 0)
    yield Festival("mid_autumn", mid_autumn - 12 * DAY, mid_autumn, 1.5, 0.9, 0)
    yield Festival("national", date(year, 10, 1), date(year, 10, 7), 1.35, 0.7, 0)
    yield Festival("1111_warm", date(year, 11, 1), date(year, 11, 9), 1.3, 1.6, 10)
    yield Festival("1111", date(year, 11, 10), date(year, 11, 11), 3.4, 2.8, 20)
    yield Festival("1212", date(year, 12, 10), date(year, 12, 12), 1.7, 1.8, 12)
    yield Festival("year_end", date(year, 12, 22), date(year, 12, 31), 1.25, 0.9, 0)


def make_calendar(first: date, last: date) -> Calendar:
    """Weights for every day from `first` to `last`; the shop grows by a tenth a year."""
    festival_of: dict[date, Festival] = {}
    for year in range(first.year, last.year + 1):
        for festival in festivals_of(year):
            day = festival.first
            while day <= festival.last:
                kept = festival_of.get(day)
                if kept is None or festival.busier > kept.busier:
                    festival_of[day] = festival
                day += DAY
    weights = []
    for index in range((last - first).days + 1):
        day = first + timedelta(days=index)
        special = festival_of.get(day)
        growth = 1 + 0.1 * index / 365
        weights.append(
            WEEKDAYS[day.weekday()] * MONTHS[day.month - 1] * (special.busier if special else 1.0) * growth
        )
    return Calendar(first, last, tuple(weights), tuple(accumulate(weights)), festival_of)
