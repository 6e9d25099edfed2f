"""Reading rows out by COPY, also when Django watches every statement."""

import pyarrow as pa
import pytest
from django.db import connection

from guibin.purchases.operations.copying import copy_out

SCHEMA = pa.schema([("number", pa.int64()), ("word", pa.string())])


@pytest.mark.parametrize("watched", [False, True])
def test_rows_come_out_with_their_parameters(
    db: None, monkeypatch: pytest.MonkeyPatch, watched: bool
) -> None:
    monkeypatch.setattr(connection, "force_debug_cursor", watched)
    query = "SELECT n, %s || n FROM generate_series(1, %s) AS n ORDER BY n"
    assert copy_out(query, ["第", 2], SCHEMA).to_pylist() == [
        {"number": 1, "word": "第1"},
        {"number": 2, "word": "第2"},
    ]
    assert copy_out(query, ["x", 0], SCHEMA).num_rows == 0
