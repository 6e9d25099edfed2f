"""Dated rates: the one in force on a day."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from guibin.purchases.rules.amounts import RATE_SCALE

Rates = Sequence[tuple[date, Decimal]]
"""(valid from, base units per unit), ascending by day."""


def find_rate(rates: Rates, on: date) -> Decimal | None:
    """The newest rate not later than ``on``; None when none is that old."""
    place = bisect_right(rates, on, key=lambda rate: rate[0])
    return rates[place - 1][1] if place else None


def is_rate(rate: Decimal) -> bool:
    """Whether ``rate`` is above 0 and fits NUMERIC(18,8)."""
    scaled = rate * RATE_SCALE
    return rate > 0 and scaled == int(scaled) and rate < 10**10
