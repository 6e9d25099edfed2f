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
from guibin.integrations.cells.texts import (
    parse_bool,
    parse_choice,
    parse_code,
    parse_contact_kind,
    parse_currency,
    parse_gender,
    parse_text,
)
from guibin.integrations.staging.conventions import parse_status

QUANTITY, PRICE = pa.decimal128(18, 3), pa.decimal128(18, 6)
CACHE_MAX = 16_384  # a column: where nearly every value is another one, more would only take memory
OWN_TEXT_MAX = 500


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


PLAIN: Mapping[str, tuple[Callable[[str], Any], pa.DataType]] = {
    "bool": (parse_bool, pa.bool_()),
    "gender": (parse_gender, pa.string()),
    "code": (parse_code, pa.string()),
    "id_number": (parse_code, pa.string()),
    "phone": (parse_code, pa.string()),  # the customers' door knows which numbers exist
    "wechat": (parse_code, pa.string()),
    "status": (parse_status, pa.string()),
    "currency": (parse_currency, pa.string()),
    "contact_kind": (parse_contact_kind, pa.string()),
    "own_text": (lambda text: parse_text(text, OWN_TEXT_MAX), pa.string()),
    "yes_no": (lambda text: "yes" if parse_bool(text) else "no", pa.string()),
}


def make_cleaner(
    cell_type: str, style: Style, zone: ZoneInfo, choices: Mapping[str, str] | None = None
) -> Cleaner:
    """The rule of a target's cell type in one column's style; ``zone`` is where the wall clock hangs.

    ``choices``: the code of each word (in small letters) of a field with fixed values.
    """
    if cell_type in PLAIN:
        return Cleaner(*PLAIN[cell_type])
    if cell_type == "quantity":
        return Cleaner(lambda text: _exact(parse_number(text, style.mark), 3), QUANTITY)
    if cell_type in {"price", "number"}:
        return Cleaner(lambda text: _exact(parse_number(text, style.mark), 6), PRICE)
    if cell_type == "instant":
        return Cleaner(lambda text: parse_instant(text, style.dates), pa.timestamp("us"))
    if cell_type == "date":
        return Cleaner(lambda text: parse_instant(text, style.dates).date(), pa.date32())
    return Cleaner(_text_rule(cell_type, style, choices or {}), pa.string())


def _text_rule(cell_type: str, style: Style, choices: Mapping[str, str]) -> Callable[[str], str]:
    """Rules whose values are kept as text in one writing."""
    if cell_type == "birthday":
        return lambda text: _birthday(text, style)
    if cell_type == "own_number":
        return lambda text: f"{parse_number(text, style.mark):f}"
    if cell_type == "own_date":
        return lambda text: parse_instant(text, style.dates).date().isoformat()
    if cell_type == "choice":
        return lambda text: parse_choice(text, choices)
    return parse_text


def _birthday(text: str, style: Style) -> str:
    """As the customers' door reads it: solar, lunar, without a year; else a day in the column's style."""
    if customers.parse_birthday(text) is not None:
        return text
    try:
        return parse_instant(text, style.dates).date().isoformat()
    except CellFault as fault:
        raise CellFault("birthday_unreadable") from fault


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
