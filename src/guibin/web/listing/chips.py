"""The filter bar: each filter with its inputs, and in words what it is set to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from guibin.web import formats
from guibin.web.listing.spec import Filter, ListSpec
from guibin.web.listing.state import DayRange, ListState, NumberRange

CHIPS_PINNED = 3


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter of the bar. ``words`` says its value, "" when it is not set; ``clear_url`` takes it off."""

    filter: Filter
    value: Any
    words: str
    clear_url: str
    options: list[tuple[str, str, bool]]

    @property
    def low(self) -> str:
        return _end(self.value, 0)

    @property
    def high(self) -> str:
        return _end(self.value, 1)


def draw_chips(spec: ListSpec, state: ListState) -> tuple[list[Chip], list[Chip], list[Chip]]:
    """(search fields, chips in the bar, filters behind "add a filter")."""
    fields: list[Chip] = []
    bar: list[Chip] = []
    more: list[Chip] = []
    for filter_ in spec.filters:
        chip = _chip(spec, state, filter_)
        if filter_.kind == "text":
            fields.append(chip)
        elif chip.words or filter_.pinned or len(bar) < CHIPS_PINNED:
            bar.append(chip)
        else:
            more.append(chip)
    return fields, bar, more


def _chip(spec: ListSpec, state: ListState, filter_: Filter) -> Chip:
    value = state.get(filter_.key)
    chosen = value if isinstance(value, tuple) else ()
    options = [(code, label, code in chosen) for code, label in filter_.options()]
    words = "" if value is None else describe(filter_, value)
    return Chip(filter_, value, words, "?" + state.without(filter_.key).query(spec), options)


def describe(filter_: Filter, value: Any) -> str:
    """The value of one filter in words: "Gold, Platinum", "¥1,000 to ¥5,000", "from 1 Jan 2026"."""
    if filter_.kind == "one_day":
        return formats.day(date.fromisoformat(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        labels = dict(filter_.options())
        return _(", ").join([labels.get(str(code), str(code)) for code in value])
    if isinstance(value, NumberRange):
        return _range(_number(filter_, value.low), _number(filter_, value.high))
    if isinstance(value, DayRange):
        return _range(_day(value.first), _day(value.last))
    return str(value)


def _number(filter_: Filter, value: Decimal | None) -> str | None:
    if value is None:
        return None
    unit = str(filter_.unit)
    text = formats.number(value)
    return f"{unit}{text}" if unit in {"¥", "$", "€", "£"} else f"{text} {unit}".strip()


def _day(value: date | None) -> str | None:
    return None if value is None else formats.day(value)


def _range(low: str | None, high: str | None) -> str:
    if low and high:
        return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}
    return _("from %(low)s") % {"low": low} if low else _("up to %(high)s") % {"high": high}


def _end(value: Any, index: int) -> str:
    if isinstance(value, NumberRange):
        end: object = (value.low, value.high)[index]
    elif isinstance(value, DayRange):
        end = (value.first, value.last)[index]
    else:
        return ""
    return "" if end is None else str(end)
