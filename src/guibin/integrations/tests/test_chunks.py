"""What waits in memory while rows are laid aside does not grow with the file."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from guibin.integrations.staging import chunks

ROWS, BATCHES, PARTS = 1_000, 60, 40


def _batch(number: int) -> pa.Table:
    first = number * ROWS
    keys = [f"order-{row}" for row in range(first, first + ROWS)]
    return pa.table({"key": keys, "row": np.arange(first, first + ROWS)})


def test_rows_that_wait_stay_within_the_bound_and_none_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound = 100_000
    monkeypatch.setattr(chunks, "BUFFERED_BYTES_MAX", bound)
    sealed: dict[str, list[pa.Table]] = {}

    def seal(path: Path, content: bytes) -> None:
        sealed.setdefault(path.name[:-6], []).append(pa.ipc.open_file(pa.BufferReader(content)).read_all())

    writer = chunks.ChunkWriter(tmp_path, PARTS, seal)
    row_bytes = _batch(0).nbytes / ROWS
    most = 0
    for number in range(BATCHES):
        writer.add("lines", _batch(number), "key")
        written = sum(table.num_rows for tables in sealed.values() for table in tables)
        most = max(most, (number + 1) * ROWS - written)
    assert BATCHES * ROWS * row_bytes > 5 * bound, "the file must be far larger than what may wait"
    assert most * row_bytes < 1.2 * bound
    assert min(len(tables) for tables in sealed.values()) >= 1
    writer.flush()
    rows = [row for tables in sealed.values() for table in tables for row in table["row"].to_pylist()]
    assert sorted(rows) == list(range(BATCHES * ROWS))
    for tables in sealed.values():
        keys = pa.concat_tables(tables)["key"].combine_chunks()
        assert len(set(chunks.part_of(keys, PARTS).tolist())) == 1
