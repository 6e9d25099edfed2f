"""What staging needs to know: which column feeds which target, in which style."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from guibin.integrations.mapping.field import Target
from guibin.integrations.mapping.targets import targets_of
from guibin.integrations.staging.cleaners import Cleaned, Cleaner, Style, make_cleaner


@dataclass(frozen=True, slots=True)
class Plan:
    """``columns``: (position, target, style) of every column that is imported.

    ``own`` are the fields the organisation added; ``rates`` the first day each currency can be taken,
    None where that is not looked at.
    """

    kind: str
    columns: Sequence[tuple[int, str, Style]]
    zone: ZoneInfo
    currency: str
    minor_digits: int = 2
    conventions: str = ""
    source: str = "import"
    own: Mapping[str, Target] = field(default_factory=dict)
    rates: Mapping[str, date] | None = None


class Typed:
    """A batch's mapped columns, cleaned; asked for by target."""

    def __init__(self, rows: int, cleaned: Mapping[str, list[Cleaned]]) -> None:
        self.rows = rows
        self._cleaned = cleaned

    def has(self, target: str) -> bool:
        return target in self._cleaned

    def get(self, target: str, kind: pa.DataType | None = None) -> Any:
        """The first column of ``target``, or nulls."""
        found = self._cleaned.get(target)
        return found[0].values if found else pa.nulls(self.rows, kind or pa.string())

    def all(self, target: str) -> list[Any]:
        return [cleaned.values for cleaned in self._cleaned.get(target, [])]

    def faults(self) -> list[tuple[str, Any]]:
        """(target, codes) of columns with bad cells."""
        return [
            (name, cleaned.faults)
            for name, many in self._cleaned.items()
            for cleaned in many
            if cleaned.faults is not None
        ]


class Typist:
    """Cleans batch after batch by one plan."""

    def __init__(self, plan: Plan) -> None:
        targets = targets_of(plan.kind) | dict(plan.own)
        self._columns: list[tuple[int, str, Cleaner]] = [
            (position, name, make_cleaner(targets[name].type, style, plan.zone, dict(targets[name].choices)))
            for position, name, style in plan.columns
        ]

    def type(self, batch: pa.RecordBatch) -> Typed:
        cleaned: dict[str, list[Cleaned]] = {}
        for position, name, cleaner in self._columns:
            cleaned.setdefault(name, []).append(cleaner.clean(batch.column(2 + position)))
        return Typed(batch.num_rows, cleaned)

    def faults(self, batch: pa.RecordBatch) -> Iterator[tuple[int, Any]]:
        """(column from 0, codes) of columns with bad cells."""
        for position, _name, cleaner in self._columns:
            codes = cleaner.clean(batch.column(2 + position)).faults
            if codes is not None:
                yield position, codes


def first_fault(batch: pa.RecordBatch, typed: Typed) -> tuple[Any, Any]:
    """Per row: the reason code (reader's first, then the first bad column's) and the column it is in."""
    codes, places = batch.column(1), pa.nulls(batch.num_rows, pa.string())
    for name, faults in typed.faults():
        hit = pc.and_(pc.is_null(codes), pc.is_valid(faults))
        codes = pc.if_else(hit, faults, codes)
        places = pc.if_else(hit, pa.scalar(name), places)
    return codes, places
