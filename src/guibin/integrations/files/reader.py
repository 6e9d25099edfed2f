"""The reading process: file on standard input; on standard output its rows as Arrow, then JSON about it.

Started by ``files.process`` as ``python -m guibin.integrations.files.reader``. It binds its own memory and
processor time before it touches the file, knows no Django and no secret, and ends with its parent.
"""

import gc
import io
import itertools
import json
import os
import re
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow as pa

from guibin.integrations.files.batches import Layout, batches, schema
from guibin.integrations.files.containers import Content, open_content
from guibin.integrations.files.delimited import Row, iterate_rows, open_text
from guibin.integrations.files.dialect import LOOK_ROWS, detect_delimiter, detect_header, name_columns
from guibin.integrations.files.encodings import detect_encoding
from guibin.integrations.files.limits import Limits
from guibin.integrations.files.mojibake import find_mojibake, repair
from guibin.integrations.files.refusal import Refused
from guibin.integrations.files.shapes import Shape
from guibin.integrations.files.sheets import sheet_bytes, sheet_names, stream_sheet
from guibin.integrations.files.workbook import iterate_sheet, list_sheets

SHEET_BYTES_AT_ONCE = 48 << 20  # unpacked; a larger worksheet is streamed, slower and in little memory
LOOK_CHARS = 256 * 1024
CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")
CONTROL_SHARE = 30  # text has none of them; one in so many characters is no text
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    content: Content
    encoding: str = ""
    delimiter: str = ""
    quote: str = '"'
    sheet: str = ""
    is_large: bool = False

    def rows(self, limits: Limits) -> Iterator[Row]:
        if self.content.kind == "workbook":
            rows = stream_sheet if self.is_large else iterate_sheet
            return rows(self.content.open(), sheet=self.sheet, limits=limits)
        text = open_text(self.content.open(), self.encoding)
        return iterate_rows(text, delimiter=self.delimiter, quote=self.quote, limits=limits)


def inspect(file: BinaryIO, options: dict[str, Any], limits: Limits, out: BinaryIO) -> dict[str, Any]:
    """Every data row as an Arrow stream on ``out``; returns dialect, headings, a profile of each column."""
    content = open_content(file, limits)
    try:
        return _inspect(content, options, limits, out)
    finally:
        content.close()


def _inspect(content: Content, options: dict[str, Any], limits: Limits, out: BinaryIO) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": content.kind, "packing": content.packing}
    source = (
        _workbook(content, options, found) if content.kind == "workbook" else _text(content, options, found)
    )
    head = list(itertools.islice(source.rows(limits), LOOK_ROWS))
    if not head:
        raise Refused("empty")
    mojibake = find_mojibake([cell for _n, cells in head[:10] for cell in cells])
    mend = options.get("repair")
    if mend:
        head = [(n, [repair(cell, *mend) for cell in cells]) for n, cells in head]
    header, cells, width = _headings(head, options)
    found |= {"header": header, "columns": name_columns(cells, width), "width": width}
    found["mojibake"] = None if mojibake is None or mend else _mojibake_json(mojibake)
    layout = Layout(width, _stripped(cells[:width]), tuple(mend) if mend else None)
    found |= _stream(source, limits, header, layout, out)
    if not any(profile["filled"] for profile in found["profile"]):
        raise Refused("headings_only" if header else "empty")
    return found


def _headings(head: list[Row], options: dict[str, Any]) -> tuple[int, list[str], int]:
    """(record number of the headings or 0, their cells, width without empty columns at the end)."""
    known = frozenset(options.get("known", ()))
    header = options["header"] if options.get("header") is not None else detect_header(head, known)
    cells = next((cells for number, cells in head if number == header), [])
    width = len(cells) or max(len(row) for _n, row in head)
    while cells and width > 1 and not cells[width - 1].strip() and not _used(head, header, width - 1):
        width -= 1
    return header, cells, width


def _used(head: list[Row], header: int, position: int) -> bool:
    return any(len(c) > position and c[position].strip() for n, c in head if n > header)


def _stripped(cells: list[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in cells)


def _mojibake_json(found: Any) -> dict[str, Any]:
    return {
        name: getattr(found, name) for name in ("misread", "written", "repairable", "example", "repaired")
    }


def _text(content: Content, options: dict[str, Any], found: dict[str, Any]) -> Source:
    if options.get("encoding"):
        name = options["encoding"]
        found |= {"encoding": name, "encoding_sure": 1.0, "encoding_others": []}
    else:
        stream = content.open()
        encoding = detect_encoding(iter(lambda: stream.read(CHUNK_BYTES), b""))
        name = encoding.name
        found |= {"encoding": name, "encoding_sure": encoding.sure, "encoding_others": list(encoding.others)}
    start = open_text(content.open(), name).read(LOOK_CHARS)
    if len(CONTROL.findall(start)) * CONTROL_SHARE > len(start):
        raise Refused("binary")
    delimiter, quote = detect_delimiter(start)
    delimiter = options.get("delimiter") or delimiter
    found |= {"delimiter": delimiter, "quote": quote}
    return Source(content, name, delimiter, quote)


def _workbook(content: Content, options: dict[str, Any], found: dict[str, Any]) -> Source:
    is_large = sheet_bytes(content.open()) > SHEET_BYTES_AT_ONCE
    sheets = (sheet_names if is_large else list_sheets)(content.open())
    if not sheets:
        raise Refused("empty")
    sheet = options.get("sheet") or sheets[0]
    if sheet not in sheets:
        raise Refused("sheet_unknown")
    found |= {"sheets": sheets, "sheet": sheet, "encoding": "", "delimiter": "", "encoding_sure": 1.0}
    return Source(content, sheet=sheet, is_large=is_large)


def _stream(source: Source, limits: Limits, header: int, layout: Layout, out: BinaryIO) -> dict[str, Any]:
    shapes = [Shape() for _ in range(layout.width)]
    faults: dict[str, int] = {}
    rows = 0
    data = (row for row in source.rows(limits) if row[0] > header)
    with pa.ipc.new_stream(out, schema(layout.width)) as stream:
        for batch in batches(data, layout):
            stream.write_batch(batch)
            rows += batch.num_rows
            for code in batch.column(1).drop_null().to_pylist():
                faults[code] = faults.get(code, 0) + 1
            for position, shape in enumerate(shapes):
                shape.add(batch.column(2 + position))
            spend_time(rows, limits)
    return {"rows": rows, "faults": faults, "profile": [shape.as_json() for shape in shapes]}


def bind(limits: Limits) -> None:
    """Memory and time of this very process. Data segments only: address space is cheap and shared."""
    hard = limits.memory_bytes_max
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _allow_seconds(_seconds_for(0, limits))


def spend_time(rows: int, limits: Limits) -> None:
    """Allow processor time for the rows so far and the next ten thousand; only in a bound process."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft != resource.RLIM_INFINITY:
        _allow_seconds(_seconds_for(rows, limits))


def _seconds_for(rows: int, limits: Limits) -> int:
    return limits.seconds_per_10k_rows_max * (2 + rows // 10_000)


def _allow_seconds(seconds: int) -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


def main() -> int:
    request = json.loads(sys.argv[1])
    limits = Limits(**request["limits"])
    bind(limits)
    gc.disable()  # rows hold no cycles, and walking them over and over costs a third of the time
    file = os.fdopen(os.dup(0), "rb", buffering=CHUNK_BYTES)
    out = io.BufferedWriter(io.FileIO(os.dup(1), "wb"), CHUNK_BYTES)
    try:
        found = inspect(file, request["options"], limits, out)
        out.write(json.dumps(found).encode("utf-8", "replace"))
        out.flush()
    except Refused as refusal:
        _say(refusal.code, refusal.data)
        return 3
    except MemoryError:
        _say("too_much_memory", {"megabytes": limits.memory_bytes_max >> 20})
        return 3
    except BrokenPipeError:
        return 4
    return 0


def _say(code: str, data: dict[str, object]) -> None:
    sys.stderr.write("\n" + json.dumps({"refused": code, "data": data}) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
