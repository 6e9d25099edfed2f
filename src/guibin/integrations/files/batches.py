"""Rows to Arrow batches of text: ``row`` (number in the file), ``fault`` (reason code or null), c0, c1 …"""

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guibin.integrations.files.delimited import UNDECODED, Row
from guibin.integrations.files.mojibake import repair

BATCH_ROWS = 20_000
FORMULA = re.compile(r"\s*[=@+\-][A-Za-z_.]+[\d$]*[(|!:]|\s*=")
ARMOURED = re.compile(r'\s*="([^"]*)"\s*')
ERROR = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)")
SUSPECT = re.compile("[\x00\udc80-\udcff\ufffd]|^[^\\S\n]*(?:=|#[RNVD]|[@+\\-][A-Za-z_.])", re.MULTILINE)
REPLACED = ("␀", "�")  # stand for what could not be read
TOTALS = frozenset(
    {"合计", "总计", "小计", "合計", "總計", "小計", "total", "grand total", "sum", "subtotal"}
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How to cut rows: their ``width``, the ``header`` cells to recognise again, a mojibake repair."""

    width: int
    header: tuple[str, ...] = ()
    repair: tuple[str, str] | None = None


def schema(width: int) -> pa.Schema:
    fields = [pa.field("row", pa.int64()), pa.field("fault", pa.string())]
    return pa.schema(fields + [pa.field(f"c{i}", pa.string()) for i in range(width)])


def batches(rows: Iterable[Row], layout: Layout, *, size: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
    """Every row appears once, faulty ones with their reason.

    Columns are searched by their distinct values; only rows in which something stands out are looked at
    one by one.
    """
    waiting, form = iter(rows), schema(layout.width)
    while chunk := list(itertools.islice(waiting, size)):
        yield _batch(form, chunk, layout)


def _batch(form: pa.Schema, chunk: list[Row], layout: Layout) -> pa.RecordBatch:
    table: list[Sequence[str]] = [cells for _number, cells in chunk]
    faults: list[str | None] = [None] * len(table)
    places = range(len(table))
    first = [at for at in places if layout.repair or len(table[at]) != layout.width]
    for at in first:
        table[at], faults[at] = _look(table[at], layout)
    columns = _columns(table)
    if not layout.repair:
        odd = places if columns is None else _odd_places(columns, layout)
        changed = columns is None
        for at in set(odd).difference(first):
            before = table[at]
            table[at], faults[at] = _look(before, layout)
            changed |= table[at] is not before
        columns = _columns(table) if changed else columns
    assert columns is not None  # what does not encode was replaced
    numbers = pa.array([number for number, _cells in chunk], pa.int64())
    return pa.RecordBatch.from_arrays([numbers, pa.array(faults, pa.string()), *columns], schema=form)


def _columns(table: Sequence[Sequence[str]]) -> list[pa.StringArray] | None:
    """None where a cell holds bytes that did not decode."""
    try:
        return [pa.array(column, pa.string()) for column in zip(*table, strict=True)]
    except UnicodeEncodeError:
        return None


def _odd_places(columns: Sequence[pa.StringArray], layout: Layout) -> list[int]:
    """Rows with a suspect cell, or that may be no data by their first cell."""
    hits = []
    for position, column in enumerate(columns):
        values = pc.unique(column).to_pylist()
        odd = [value for value in values if _stands_out(value, layout)] if position == 0 else []
        if SUSPECT.search("\n".join(values)):
            odd += [value for value in values if SUSPECT.search(value)]
        if odd:
            hits.append(pc.is_in(column, pa.array(odd, pa.string())))
    if not hits:
        return []
    places: list[int] = np.flatnonzero(functools.reduce(pc.or_, hits)).tolist()
    return places


def _look(given: Sequence[str], layout: Layout) -> tuple[Sequence[str], str | None]:
    """One row by itself: its cells as they should be (``given`` itself where they are), and its fault."""
    cells, fault = _fit(given, layout) if len(given) != layout.width else (given, None)
    joined = "\n".join(cells)
    if SUSPECT.search(joined):
        cells, found = _suspect(cells)
        fault = fault or found
    if layout.repair and not joined.isascii():
        cells = [repair(cell, *layout.repair) for cell in cells]
    return cells, fault or _oddity(cells, layout)


def look_again(cells: Sequence[str]) -> str | None:
    """The fault a row still has once a person has corrected some of its cells; None for a good one."""
    if any(mark in cell for cell in cells for mark in REPLACED):
        return "undecodable"
    return _look(cells, Layout(len(cells)))[1]


def _fit(cells: Sequence[str], layout: Layout) -> tuple[Sequence[str], str | None]:
    width = layout.width
    if len(cells) > width:
        extra = any(cell.strip() for cell in cells[width:])
        return cells[:width], "cells_too_many" if extra else None
    missing = [*cells, *[""] * (width - len(cells))]
    return missing, None if not any(cell.strip() for cell in cells) else "cells_too_few"


def _suspect(cells: Sequence[str]) -> tuple[list[str], str | None]:
    """Cells that hold what no value holds: NUL, undecodable bytes, formulas, spreadsheet errors."""
    clean, fault = [], None
    for cell in cells:
        text = cell
        if "\x00" in text:
            text, fault = text.replace("\x00", "␀"), "nul"
        if UNDECODED.search(text):
            text, fault = UNDECODED.sub("�", text), fault or "undecodable"
        if armoured := ARMOURED.fullmatch(text):
            text = armoured.group(1)
        elif FORMULA.match(text):
            fault = fault or "formula"
        elif ERROR.fullmatch(text.strip()):
            fault = fault or "formula_error"
        clean.append(text)
    return clean, fault


def _stands_out(start: str, layout: Layout) -> bool:
    """Whether a row that begins with ``start`` may be no data."""
    if not start or start.isspace() or start.lower().strip(" :：") in TOTALS:
        return True
    return bool(layout.header) and start.strip() == layout.header[0]


def _oddity(cells: Sequence[str], layout: Layout) -> str | None:
    """Rows that are no data: empty, headings again, totals."""
    if not _stands_out(cells[0], layout):
        return None
    first = ""
    filled = 0
    for cell in cells:
        if cell and not cell.isspace():
            filled += 1
            first = first or cell.strip()
    if not filled:
        return "blank"
    if layout.header and first == layout.header[0] and tuple(c.strip() for c in cells) == layout.header:
        return "heading_again"
    if filled * 2 <= len(cells) + 1 and first.lower().rstrip(":：") in TOTALS:
        return "total"
    return None
