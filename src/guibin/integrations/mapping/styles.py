"""How each column writes its values: decided over the whole column, said with a reason, correctable."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guibin.integrations.cells.dates import detect_style
from guibin.integrations.cells.numbers import detect_mark

NUMBERS = frozenset({"number", "quantity", "price", "own_number"})
DATES = frozenset({"date", "instant", "birthday", "own_date"})


@dataclass(frozen=True, slots=True)
class ColumnStyle:
    """``data`` is what ``staging.cleaners.Style`` reads; ``sure`` False: please confirm."""

    data: Mapping[str, Any]
    sure: bool


def decide_style(cell_type: str, profile: Mapping[str, Any], *, chinese: bool = True) -> ColumnStyle:
    """The style of a column that goes to a target of ``cell_type``."""
    if cell_type in NUMBERS:
        mark, sure = detect_mark(profile["shapes"])
        return ColumnStyle({"mark": mark}, sure)
    if cell_type in DATES:
        found = detect_style(profile, chinese=chinese)
        data = {"order": found.order, "serial": found.serial, "mixed": found.mixed}
        return ColumnStyle(data, found.sure)
    return ColumnStyle({}, sure=True)
