"""Rows of an XLSX worksheet as text, the way the sheet means them: dates as dates, whole numbers whole."""

import datetime as dt
from collections.abc import Iterator
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from guibin.integrations.files.delimited import Row
from guibin.integrations.files.limits import Limits
from guibin.integrations.files.refusal import Refused

# Excel shows 15 digits and rounds the rest: from here on an id has lost its end.
EXACT_MAX = 10**15


def list_sheets(file: BinaryIO) -> list[str]:
    """Visible worksheets in order. Raises ``Refused``."""
    book = _open(file)
    return [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]


def iterate_sheet(file: BinaryIO, *, sheet: str, limits: Limits) -> Iterator[Row]:
    """Numbered as the sheet numbers its rows; rows without any value are passed over. Raises ``Refused``."""
    table = _sheet(_open(file), sheet)
    if table.start is None:
        return
    top, _left = table.start
    if table.total_width > limits.columns_max:
        raise Refused("too_many_columns", limit=limits.columns_max)
    if table.total_height > limits.sheet_rows_max:
        raise Refused("too_many_rows", limit=limits.sheet_rows_max)
    for number, cells in enumerate(table.iter_rows(), start=1):
        # iter_rows begins at the sheet's first row, whether or not the area begins there
        texts = [cell if type(cell) is str else as_text(cell) for cell in cells]
        if any(texts):
            for text in texts:
                if len(text) > limits.cell_chars_max:
                    raise Refused("cell_too_long", row=number, limit=limits.cell_chars_max)
            yield number, texts
    del top


def _open(file: BinaryIO) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise Refused("locked_archive") from error
    except CalamineError as error:
        raise Refused("broken_workbook") from error


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except CalamineError as error:
        raise Refused("broken_workbook") from error


def as_text(value: object) -> str:
    """One cell as the text a person would have typed."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S") if value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < EXACT_MAX:
        return str(int(value))
    if abs(value) >= EXACT_MAX:
        return f"{value:.5E}"
    return f"{value:.15g}" if abs(value) >= 1e-4 else f"{value:.10f}".rstrip("0")
