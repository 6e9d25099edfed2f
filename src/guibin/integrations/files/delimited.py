"""Rows of a delimited text, streamed: strict about width, forgiving about newlines, bounded in memory."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from guibin.integrations.files.limits import Limits
from guibin.integrations.files.refusal import Refused

Row = tuple[int, list[str]]
UNDECODED = re.compile("[\udc80-\udcff\ufffd]")


def open_text(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Bytes that do not decode stay visible as lone surrogates (or U+FFFD in UTF-16), row by row."""
    errors = "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise Refused("encoding_unknown", encoding=encoding[:20]) from error
    return io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")


def iterate_lines(text: io.TextIOWrapper, delimiter: str, limits: Limits) -> Iterator[str]:
    """Physical lines, each within the limits. Raises ``Refused``."""
    longest = limits.line_chars_max
    while line := text.readline(longest):
        if len(line) > limits.cell_chars_max:
            if line.count(delimiter) >= limits.columns_max:
                raise Refused("too_many_columns", limit=limits.columns_max)
            if len(line) >= longest:
                raise Refused("line_too_long", megabytes=longest >> 20)
        yield line


def iterate_rows(text: io.TextIOWrapper, *, delimiter: str, quote: str, limits: Limits) -> Iterator[Row]:
    """Numbered from 1 in the file's records; wholly empty lines are passed over. Raises ``Refused``."""
    csv.field_size_limit(limits.cell_chars_max)
    lines = iterate_lines(text, delimiter, limits)
    if quote:
        reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=False)
    else:
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused("cell_too_long", row=number, limit=limits.cell_chars_max) from error
        if not cells:
            continue
        if len(cells) > limits.columns_max:
            raise Refused("too_many_columns", limit=limits.columns_max)
        if number > limits.rows_max:
            raise Refused("too_many_rows", limit=limits.rows_max)
        yield number, cells
