"""Rows to Arrow batches of text: ``row`` (number in the file), ``fault`` (reason code or null), c0, c1 …"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from guibin.integrations.files.delimited import UNDECODED, Row
from guibin.integrations.files.mojibake import repair

BATCH_ROWS = 20_000
FORMULA = re.compile(r"\s*[=@+\-][A-Za-z_.]+[\d$]*[(|!:]|\s*=")
ARMOURED = re.compile(r'\s*="([^"]*)"\s*')
ERROR = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)")
SUSPECT = re.compile("[\x00\udc80-\udcff\ufffd]|^\\s*(?:=|#[RNVD]|[@+\\-][A-Za-z_.])", re.MULTILINE)
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
    """Every row appears once, faulty ones with their reason."""
    wanted, form = layout.width, schema(layout.width)
    numbers: list[int] = []
    faults: list[str | None] = []
    table: list[Sequence[str]] = []
    for number, given in rows:
        cells, fault = _fit(given, layout) if len(given) != wanted else (given, None)
        joined = "\n".join(cells)
        if fault is None and SUSPECT.search(joined):
            cells, fault = _suspect(cells)
        if layout.repair and not joined.isascii():
            cells = [repair(cell, *layout.repair) for cell in cells]
        numbers.append(number)
        faults.append(fault or _oddity(cells, layout))
        table.append(cells)
        if len(numbers) == size:
            yield _batch(form, numbers, faults, table)
            numbers, faults, table = [], [], []
    if numbers:
        yield _batch(form, numbers, faults, table)


def _batch(
    form: pa.Schema, numbers: list[int], faults: list[str | None], table: list[Sequence[str]]
) -> pa.RecordBatch:
    columns = [pa.array(column, pa.string()) for column in zip(*table, strict=True)]
    return pa.RecordBatch.from_arrays(
        [pa.array(numbers, pa.int64()), pa.array(faults, pa.string()), *columns], schema=form
    )


def _fit(cells: list[str], layout: Layout) -> tuple[list[str], str | None]:
    width = layout.width
    if len(cells) > width:
        extra = any(cell.strip() for cell in cells[width:])
        return cells[:width], "cells_too_many" if extra else None
    missing = cells + [""] * (width - len(cells))
    return missing, None if not any(cell.strip() for cell in cells) else "cells_too_few"


def _suspect(cells: list[str]) -> tuple[list[str], str | None]:
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


def _oddity(cells: Sequence[str], layout: Layout) -> str | None:
    """Rows that are no data: empty, headings again, totals."""
    start = cells[0]
    plain = start and not start.isspace() and start.lower().strip(" :：") not in TOTALS
    if plain and (not layout.header or start.strip() != layout.header[0]):
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
