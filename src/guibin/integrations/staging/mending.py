"""Cells that a person corrected on screen, laid over the rows as they were read."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guibin.integrations.files.batches import look_again
from guibin.web.spreadsheets import safe_text

Fixes = Mapping[int, Mapping[int, str]]
"""Row number to column (from 0) to the text that stands there now."""


def fixes_from_json(data: Mapping[str, Any]) -> dict[int, dict[int, str]]:
    return {
        int(row): {int(place): str(text) for place, text in cells.items()}
        for row, cells in data.get("rows", {}).items()
    }


def unescape(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Rows of our own workbook: the apostrophe that keeps a spreadsheet from taking -1 for a formula goes
    (``web.spreadsheets.safe_text``), and the rows it stood in are judged anew."""
    texts = [batch.column(at).to_pylist() for at in range(2, batch.num_columns)]
    plain = [[_bare(text) for text in column] for column in texts]
    if plain == texts:
        return batch
    faults = batch.column(1).to_pylist()
    for place, fault in enumerate(faults):
        if fault is None and any(new[place] != old[place] for new, old in zip(plain, texts, strict=True)):
            faults[place] = look_again([column[place] for column in plain])
    arrays = [pa.array(faults, pa.string()), *(pa.array(column, pa.string()) for column in plain)]
    return pa.RecordBatch.from_arrays([batch.column(0), *arrays], schema=batch.schema)


def _bare(text: str) -> str:
    return text[1:] if text.startswith("'") and safe_text(text[1:]) == text else text


def mend(batch: pa.RecordBatch, fixes: Fixes) -> pa.RecordBatch:
    """``batch`` (row, fault, c0, c1 …) with the corrected cells in place and those rows judged anew."""
    if not fixes:
        return batch
    hit = pc.is_in(batch.column(0), pa.array(sorted(fixes), pa.int64())).to_pylist()
    places = [place for place, is_hit in enumerate(hit) if is_hit]
    if not places:
        return batch
    numbers = batch.column(0).to_pylist()
    columns: list[list[str]] = [batch.column(2 + at).to_pylist() for at in range(batch.num_columns - 2)]
    faults: list[str | None] = batch.column(1).to_pylist()
    for place in places:
        for at, text in fixes[numbers[place]].items():
            if at < len(columns):
                columns[at][place] = text
        faults[place] = look_again([column[place] for column in columns])
    arrays = [pa.array(faults, pa.string()), *(pa.array(column, pa.string()) for column in columns)]
    return pa.RecordBatch.from_arrays([batch.column(0), *arrays], schema=batch.schema)
