"""From when on the customer page proposes something: the organisation's own numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guibin.core.composed import ReadPart, Row
from guibin.core.preferences import Setting, read_stored, stored_part

BIRTHDAY_DAYS = Setting(
    key="suggest.birthday_days",
    default=14,
    label=_("Suggestions: birthday ahead"),
    help=_("A customer's page proposes a greeting from so many days before; 0: on the day only."),
    unit=_("days"),
    minimum=0,
    maximum=90,
)
RHYTHM_ORDERS = Setting(
    key="suggest.rhythm_orders",
    default=4,
    label=_("Suggestions: a rhythm is known from"),
    help=_("With fewer purchases nobody is called longer away than usual."),
    unit=pgettext_lazy("unit", "purchases"),
    minimum=2,
    maximum=100,
)
OVERDUE_TIMES = Setting(
    key="suggest.overdue_times",
    default=1.5,
    label=_("Suggestions: longer away than usual from"),
    help=_("Times the customer's own average interval, and beyond the usual spread of their intervals."),
    unit=_("times"),
    minimum=1,
    maximum=20,
)
REFUND_PCT = Setting(
    key="suggest.refund_pct",
    default=10.0,
    label=_("Suggestions: refunds count as many from, %"),
    help=_("Share of the last 12 months' spend that was refunded."),
    minimum=0,
    maximum=100,
)
REFUND_TIMES = Setting(
    key="suggest.refund_times",
    default=2.0,
    label=_("Suggestions: refunds count as more from"),
    help=_("Times the share refunded before the last 12 months."),
    unit=_("times"),
    minimum=1,
    maximum=20,
)
SHOWN_MAX = Setting(
    key="suggest.shown_max",
    default=3,
    label=_("Suggestions: at most"),
    help=_("So many on a customer's page, the most pressing first; 0: none."),
    minimum=0,
    maximum=10,
)
SETTINGS: tuple[Setting[int] | Setting[float], ...] = (
    BIRTHDAY_DAYS, RHYTHM_ORDERS, OVERDUE_TIMES, REFUND_PCT, REFUND_TIMES, SHOWN_MAX,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers of ``SETTINGS``; ``refund_share`` is a part of 1."""

    birthday_days: int = BIRTHDAY_DAYS.default
    rhythm_orders: int = RHYTHM_ORDERS.default
    overdue_times: float = OVERDUE_TIMES.default
    refund_share: float = REFUND_PCT.default / 100
    refund_times: float = REFUND_TIMES.default
    shown_max: int = SHOWN_MAX.default


def thresholds_part() -> ReadPart:
    """What the organisation changed, as part of a composed read."""
    stored = stored_part(SETTINGS)
    return ReadPart(name="thresholds", sql=stored.sql, columns=stored.columns)


@lru_cache(maxsize=16)
def read_thresholds(row: Row) -> Thresholds:
    """The numbers from the row of ``thresholds_part``."""
    values: Mapping[str, Any] = read_stored(row[0], SETTINGS)
    return Thresholds(
        birthday_days=values[BIRTHDAY_DAYS.key],
        rhythm_orders=values[RHYTHM_ORDERS.key],
        overdue_times=values[OVERDUE_TIMES.key],
        refund_share=values[REFUND_PCT.key] / 100,
        refund_times=values[REFUND_TIMES.key],
        shown_max=values[SHOWN_MAX.key],
    )
