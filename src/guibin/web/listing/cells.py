"""A value of a list as it is shown and as it is exported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from guibin.core import clock
from guibin.core.money import Money
from guibin.web import formats
from guibin.web.listing.spec import Column, ListSpec, read

NOTHING = "\u2013"
ACTIONS_INLINE = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """One drawn cell; ``ratio`` is set where a bar belongs beside the number."""

    column: Column
    value: Any
    text: str
    url: str = ""
    note: str = ""
    ratio: float | None = None
    tags: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing at all to show: an empty list of something. What is unknown says so with a dash."""
        if self.column.template:
            return isinstance(self.value, list | tuple | set | frozenset) and not self.value
        return not self.text and not self.tags and self.ratio is None


@dataclass(frozen=True, slots=True)
class Row:
    """One drawn row. ``source`` is the row itself, for cell templates and actions."""

    id: str
    source: Any
    cells: list[Cell]
    actions: list[tuple[Any, str]]
    more: list[tuple[Any, str]]
    url: str = ""


def draw_cell(column: Column, row: Any) -> Cell:
    """The cell of ``column`` in ``row``."""
    value = column.read(row)
    url = column.url(row) if column.url is not None else ""
    note = column.note(row) if column.note is not None else ""
    if value is None or value == "":
        return Cell(column, value, NOTHING, url, note)
    if column.kind == "tags":
        return Cell(column, value, "", url, note, tags=tuple(str(tag) for tag in value))
    ratio = float(value) if column.kind == "share" else None
    return Cell(column, value, WRITERS[column.kind](value, column), url, note, ratio)


def _money(value: Any, column: Column) -> str:
    return formats.money(value if isinstance(value, Money) else Money(int(value), column.currency))


WRITERS: dict[str, Callable[[Any, Column], str]] = {
    "text": lambda value, column: str(value),
    "phone": lambda value, column: str(value),
    "number": lambda value, column: formats.number(value, column.digits),
    "points": lambda value, column: formats.number(value, 0),
    "money": _money,
    "percent": lambda value, column: formats.percent(value, column.digits or 0),
    "share": lambda value, column: formats.percent(value, 1 if column.digits is None else column.digits),
    "day": lambda value, column: formats.day(value),
    "moment": lambda value, column: formats.moment(value),
    "ago": lambda value, column: formats.ago(value, clock.now()),
    "yes_no": lambda value, column: _("Yes") if value else _("No"),
}


def draw_rows(spec: ListSpec, columns: list[Column], rows: Any, allowed: list[Any]) -> list[Row]:
    """Every row of a page; only actions in ``allowed`` that apply to the row."""
    primary = next((column for column in columns if column.primary), columns[0])
    drawn = []
    for row in rows:
        actions = [(action, url) for action in allowed if (url := action.url(row))]
        url = primary.url(row) if primary.url is not None else ""
        cells = [draw_cell(column, row) for column in columns]
        split = ACTIONS_INLINE if len(actions) <= ACTIONS_INLINE else 1
        identity = str(read(row, spec.row_id))
        drawn.append(Row(identity, row, cells, actions[:split], actions[split:], url))
    return drawn


def exported(column: Column, row: Any) -> Any:
    """The value of ``column`` in an export: numbers as numbers, money in major units, local instants."""
    value = column.export(row) if column.export is not None else column.read(row)
    if value is None:
        return None
    if isinstance(value, Money):
        return value.amount
    if column.kind == "money" and isinstance(value, int):
        return Money(value, column.currency).amount
    if isinstance(value, datetime):
        return timezone.localtime(value)
    if column.kind == "yes_no":
        return _("Yes") if value else _("No")
    if isinstance(value, bool | int | float | date):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(item) for item in value)
    return value
