"""CSV and XLSX that no spreadsheet program can be tricked with.

A text cell never starts with a character that makes a program calculate, once the text is normalised (NFKC,
so that full-width signs count) and freed of invisible characters. Numbers and dates are written as such.
"""

import csv
import io
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

ACTIVE = frozenset("=+-@")
CONTROLS_KEPT = frozenset("\n")
CHUNK_ROWS = 500
CELL_LENGTH_MAX = 32_000
ROWS_MAX = 1_048_575


def safe_text(text: str) -> str:
    """``text`` as a cell that stays text in every spreadsheet program.

    Control characters other than a line break are dropped. A cell whose first visible character (after NFKC,
    without invisible characters and blanks) could start a formula or a command gets a leading apostrophe,
    and so does one that begins with a line break.
    """
    kept = "".join(
        sign for sign in text if sign in CONTROLS_KEPT or unicodedata.category(sign) not in {"Cc", "Cs"}
    )
    kept = kept[:CELL_LENGTH_MAX]
    visible = _first_visible(kept)
    return f"'{kept}" if visible in ACTIVE or text[:1] in {"\t", "\r", "\n", "\x00"} else kept


def _first_visible(text: str) -> str:
    for sign in text:
        for normal in unicodedata.normalize("NFKC", sign):
            category = unicodedata.category(normal)
            if category[0] not in "CZ" and category not in {"Mn", "Me"}:
                return "-" if category == "Pd" or normal == "\u2212" else normal
    return ""


def plain(value: Any) -> Any:
    """A cell value: numbers, days and instants as they are, anything else as safe text."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal | date):
        return value
    return safe_text(str(value))


def csv_chunks(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A CSV file in pieces: UTF-8 with a byte-order mark, so that Excel reads Chinese; every field quoted."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    writer.writerow([safe_text(heading) for heading in headings])
    for count, row in enumerate(rows, start=1):
        writer.writerow([_csv_cell(value) for value in row])
        if count % CHUNK_ROWS == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _csv_cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return plain(value)


def xlsx_chunks(sheet: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """An XLSX file in pieces: written row by row to a temporary file, then read back: memory stays flat."""
    with tempfile.TemporaryFile() as file:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        book = xlsxwriter.Workbook(file, options)
        page = book.add_worksheet(_sheet_name(sheet))
        bold = book.add_format({"bold": True})
        formats = {
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        page.freeze_panes(1, 0)
        page.set_column(0, len(headings), 16)
        for index, heading in enumerate(headings):
            page.write_string(0, index, safe_text(heading), bold)
        for number, row in enumerate(rows, start=1):
            if number > ROWS_MAX:
                break
            _write_row(page, number, row, formats)
        book.close()
        file.seek(0)
        while piece := file.read(64 * 1024):
            yield piece


def _sheet_name(name: str) -> str:
    return "".join(sign for sign in name if sign not in "[]:*?/\\'")[:31] or "Sheet1"


def _write_row(page: Any, number: int, row: Sequence[Any], formats: dict[str, Any]) -> None:
    for index, value in enumerate(row):
        if isinstance(value, bool):
            page.write_boolean(number, index, value)
        elif isinstance(value, datetime):
            page.write_datetime(number, index, value.replace(tzinfo=None), formats["moment"])
        elif isinstance(value, date):
            page.write_datetime(number, index, datetime(value.year, value.month, value.day), formats["day"])  # noqa: DTZ001 - a day, no instant
        elif isinstance(value, int | float | Decimal):
            page.write_number(number, index, value)
        elif value is not None and value != "":
            page.write_string(number, index, safe_text(str(value)))
