"""Staged rows on disk: sealed Arrow files, cut into parts by a hash, so that one part fits in memory.

All rows of one order (customer, document) land in the same part. Each part is written in segments
as it fills; a part is read whole. Everything is sealed and goes with the run's folder.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from guibin.core.sealing.files import read_sealed, write_sealed

SEGMENT_BYTES = 2 << 20
BUFFERED_BYTES_MAX = 32 << 20  # over all parts, so that memory does not grow with the file
OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


def part_of(values: Any, parts: int) -> Any:
    """The part of each value, the same on every machine."""
    encoded = values.dictionary_encode()
    hashes = np.array(
        [zlib.crc32((value or "").encode()) % parts for value in encoded.dictionary.to_pylist()],
        dtype=np.int32,
    )
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.append(hashes, 0)[codes]


class ChunkWriter:
    """Collects tables per stream and part, and writes a sealed segment when one is full."""

    def __init__(self, folder: Path, parts: int, seal: Callable[[Path, bytes], None] = write_sealed) -> None:
        self._folder, self._parts, self._seal = folder, parts, seal
        self._waiting: dict[tuple[str, int], list[pa.Table]] = defaultdict(list)
        self._bytes: dict[tuple[str, int], int] = defaultdict(int)
        self._segments: dict[tuple[str, int], int] = defaultdict(int)

    def add(self, stream: str, table: pa.Table, key: str | None) -> None:
        """``key``: the column whose hash decides the part; None keeps the stream in one part, in order."""
        if key is None or self._parts == 1:
            self._put((stream, 0), table)
        else:
            parts = part_of(table[key].combine_chunks(), self._parts)
            order = np.argsort(parts, kind="stable")
            bounds = np.flatnonzero(np.diff(parts[order])) + 1
            for piece in np.split(order, bounds):
                self._put((stream, int(parts[piece[0]])), table.take(pa.array(piece)))
        if sum(self._bytes.values()) > BUFFERED_BYTES_MAX:
            self._write_largest()

    def _put(self, place: tuple[str, int], table: pa.Table) -> None:
        self._waiting[place].append(table)
        self._bytes[place] += table.nbytes
        if self._bytes[place] > SEGMENT_BYTES:
            self._write(place)

    def _write(self, place: tuple[str, int]) -> None:
        stream, part = place
        tables = self._waiting.pop(place, [])
        self._bytes.pop(place, None)
        if not tables:
            return
        sink = pa.BufferOutputStream()
        whole = pa.concat_tables(tables, promote_options="permissive")
        with pa.ipc.new_file(sink, whole.schema, options=OPTIONS) as writer:
            writer.write_table(whole)
        segment = self._segments[place]
        self._segments[place] += 1
        self._seal(self._folder / f"{stream}-{part:05d}-{segment:05d}", sink.getvalue().to_pybytes())

    def _write_largest(self) -> None:
        """Write the fullest parts until half is free; small ones wait, so that segments stay few."""
        for place in sorted(self._bytes, key=self._bytes.__getitem__, reverse=True):
            self._write(place)
            if sum(self._bytes.values()) <= BUFFERED_BYTES_MAX // 2:
                return

    def flush(self) -> None:
        for place in sorted(self._waiting):
            self._write(place)


def list_parts(folder: Path, stream: str) -> list[int]:
    """The parts a stream has, in order."""
    return sorted({int(path.name.rsplit("-", 2)[1]) for path in folder.glob(f"{stream}-?????-?????")})


def read_part(folder: Path, stream: str, part: int) -> pa.Table:
    """All rows of one part. Raises ``SealBroken``."""
    return pa.concat_tables(list(read_segments(folder, stream, part)), promote_options="permissive")


def read_segments(folder: Path, stream: str, part: int) -> Iterator[pa.Table]:
    for path in sorted(folder.glob(f"{stream}-{part:05d}-?????")):
        yield pa.ipc.open_file(pa.BufferReader(read_sealed(path))).read_all()


def remove_stream(folder: Path, *streams: str) -> None:
    for stream in streams:
        for path in folder.glob(f"{stream}-?????-?????"):
            path.unlink(missing_ok=True)


def write_table(folder: Path, stream: str, part: int, table: pa.Table) -> None:
    """A part in one segment; written again it is replaced."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=OPTIONS) as writer:
        writer.write_table(table)
    write_sealed(folder / f"{stream}-{part:05d}-00000", sink.getvalue().to_pybytes())
