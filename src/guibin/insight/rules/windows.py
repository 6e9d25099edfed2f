"""Month windows that end on a day: ``(D − 12 months, D]`` and its twelve months, oldest first."""

import calendar
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date

MONTHS = 12


def months_before(day: date, months: int) -> date:
    """The same day of the month ``months`` earlier, or that month's last day (31 March → 28 February).

    The calendar's first day where there is no earlier one.
    """
    index = day.year * MONTHS + (day.month - 1) - months
    year, month = divmod(index, MONTHS)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class YearWindow:
    """The last twelve months up to and including ``as_of``.

    ``bounds`` are 13 days: month ``i`` (0 oldest, 11 newest) holds the days after ``bounds[i]`` up to
    and including ``bounds[i + 1]``; ``bounds[12]`` is ``as_of``.
    """

    as_of: date
    bounds: tuple[date, ...]

    @classmethod
    def ending(cls, as_of: date) -> "YearWindow":
        return cls(as_of, tuple(months_before(as_of, back) for back in range(MONTHS, -1, -1)))

    @property
    def after(self) -> date:
        """The last day before the window."""
        return self.bounds[0]

    @property
    def year_start(self) -> date:
        """The first day of the calendar year of ``as_of``."""
        return date(self.as_of.year, 1, 1)

    def month_of(self, day: date) -> int | None:
        """The index of the month that holds ``day``, None outside the window."""
        if not self.bounds[0] < day <= self.as_of:
            return None
        return bisect_left(self.bounds, day) - 1
