"""From a column of text to a typed Arrow column with a reason code per bad cell.

Each distinct value of a batch is cleaned once by a pure rule and spread back over the rows, so a
column costs what its variety costs, not its length.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from guibin.customers import api as customers
from guibin.integrations.cells.dates import DateStyle, parse_instant
from guibin.integrations.cells.fault import CellFault
from guibin.integrations.cells.numbers import Mark, parse_number
from guibin.integrations.cells.texts import parse_bool, parse_code, parse_gender, parse_text

QUANTITY, PRICE = pa.decimal128(18, 3), pa.decimal128(18, 6)
CACHE_MAX = 200_000


@dataclass(frozen=True, slots=True)
class Style:
    """How one column writes its values, decided over the whole column or corrected by the user."""

    mark: Mark = "."
    dates: DateStyle = field(default_factory=DateStyle)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Style":
        dates = DateStyle(
            order=data.get("order", "ymd"), serial=bool(data.get("serial")), mixed=bool(data.get("mixed"))
        )
        return cls(mark=data.get("mark", "."), dates=dates)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``values`` null where empty or bad; ``faults`` holds the code of a bad cell, or is None throughout."""

    values: Any
    faults: Any | None


class Cleaner:
    """One column's rule with a memory of values met before."""

    def __init__(self, rule: Callable[[str], Any], kind: pa.DataType) -> None:
        self._rule, self._kind = rule, kind
        self._known: dict[str, tuple[Any, str | None]] = {}

    def clean(self, column: pa.StringArray) -> Cleaned:
        encoded = column.dictionary_encode()
        pairs = [self._one(text) for text in encoded.dictionary.to_pylist()]
        values = pa.array([value for value, _code in pairs], self._kind).take(encoded.indices)
        if all(code is None for _value, code in pairs):
            return Cleaned(values, None)
        return Cleaned(values, pa.array([code for _value, code in pairs], pa.string()).take(encoded.indices))

    def _one(self, text: str | None) -> tuple[Any, str | None]:
        if not text or text.isspace():
            return None, None
        found = self._known.get(text)
        if found is None:
            try:
                found = self._rule(text), None
            except CellFault as fault:
                found = None, fault.code
            if len(self._known) >= CACHE_MAX:
                self._known.clear()
            self._known[text] = found
        return found


def make_cleaner(cell_type: str, style: Style, zone: ZoneInfo) -> Cleaner:
    """The rule of a target's cell type in one column's style; ``zone`` is where the wall clock hangs."""
    if cell_type == "quantity":
        return Cleaner(lambda text: _exact(parse_number(text, style.mark), 3), QUANTITY)
    if cell_type in {"price", "number"}:
        return Cleaner(lambda text: _exact(parse_number(text, style.mark), 6), PRICE)
    if cell_type == "instant":
        return Cleaner(lambda text: parse_instant(text, style.dates), pa.timestamp("us"))
    if cell_type == "date":
        return Cleaner(lambda text: parse_instant(text, style.dates).date(), pa.date32())
    if cell_type == "bool":
        return Cleaner(parse_bool, pa.bool_())
    if cell_type == "gender":
        return Cleaner(parse_gender, pa.string())
    if cell_type in {"code", "id_number"}:
        return Cleaner(parse_code, pa.string())
    if cell_type in {"phone", "wechat"}:
        return Cleaner(_phone, pa.string())
    if cell_type == "birthday":
        return Cleaner(lambda text: _birthday(text, style), pa.string())
    return Cleaner(parse_text, pa.string())


def _birthday(text: str, style: Style) -> str:
    """As the customers' door reads it: solar, lunar, without a year; else a day in the column's style."""
    if customers.parse_birthday(text) is not None:
        return text
    try:
        return parse_instant(text, style.dates).date().isoformat()
    except CellFault as fault:
        raise CellFault("birthday_unreadable") from fault


def _phone(text: str) -> str:
    """As written; the customers' door knows which numbers exist. Digits that Excel ate are gone."""
    return parse_code(text)


def _exact(value: Decimal, digits: int) -> Decimal:
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > digits and value != round(value, digits):
        raise CellFault("too_many_decimals")
    if abs(value) >= Decimal(10) ** 12:
        raise CellFault("number_too_large")
    return round(value, digits) if isinstance(exponent, int) and -exponent > digits else value


def to_utc(wall: Any, zone: ZoneInfo) -> Any:
    """Naive wall times as instants; in a clock change's gap or overlap the earlier reading counts."""
    encoded = wall.dictionary_encode()
    moments = [
        None if naive is None else naive.replace(tzinfo=zone).astimezone(dt.UTC)
        for naive in encoded.dictionary.to_pylist()
    ]
    return pa.array(moments, pa.timestamp("us", tz="UTC")).take(encoded.indices)
