"""Row by row verdicts over whole columns: the first rule that applies decides."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
SKIPPED = frozenset({"blank", "heading_again", "total"})


def mask(column: Any) -> Mask:
    """A boolean Arrow column as NumPy; null is False."""
    filled = pc.fill_null(column, False)  # noqa: FBT003 - the value to fill with
    result: Mask = filled.to_numpy(zero_copy_only=False).astype(bool)
    return result


class Verdicts:
    """What becomes of each row: an outcome code, given once."""

    def __init__(self, rows: int) -> None:
        self.codes: list[str] = [""]
        self.of_row = np.zeros(rows, dtype=np.int16)

    def give(self, where: Mask, code: str) -> None:
        """``code`` for the rows in ``where`` that have no outcome yet."""
        hit = where & (self.of_row == 0)
        if hit.any():
            if code not in self.codes:
                self.codes.append(code)
            self.of_row[hit] = self.codes.index(code)

    def give_each(self, column: Any) -> None:
        """The codes of a text column, prefixed by what they mean."""
        for code in pc.unique(column).to_pylist():
            if code is not None:
                prefix = "skipped" if code in SKIPPED else "rejected"
                self.give(mask(pc.equal(column, code)), f"{prefix}_{code}")

    @property
    def open(self) -> Mask:
        result: Mask = self.of_row == 0
        return result

    def where(self, prefix: str) -> Mask:
        """Rows whose outcome starts with ``prefix``."""
        hits = [place for place, code in enumerate(self.codes) if code.startswith(prefix)]
        result: Mask = np.isin(self.of_row, hits)
        return result

    def counts(self) -> Counter[str]:
        found = np.bincount(self.of_row, minlength=len(self.codes))
        return Counter(
            {code: int(found[place]) for place, code in enumerate(self.codes) if code and found[place]}
        )

    def column(self) -> Any:
        return pa.DictionaryArray.from_arrays(pa.array(self.of_row), pa.array(self.codes)).cast(pa.string())


@dataclass(slots=True)
class Staged:
    """One batch's share of the work: tables per stream, rejected rows, counts, exact sums by outcome."""

    streams: dict[str, pa.Table] = field(default_factory=dict)
    rejects: pa.Table | None = None
    counts: Counter[str] = field(default_factory=Counter)
    sums: dict[str, Decimal] = field(default_factory=dict)
    first_on: Any = None
    last_on: Any = None


def reject_table(batch: pa.RecordBatch, codes: Any, places: Any, where: Mask) -> pa.Table:
    """Row number, reason code and column of the rows turned down; the cells stay in the raw rows."""
    kept = pa.array(where)
    return pa.table(
        {"row": batch.column(0).filter(kept), "reason": codes.filter(kept), "place": places.filter(kept)}
    )
