"""Reading rows out by COPY, also when Django watches every statement."""

from contextlib import nullcontext

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guibin.purchases.operations.copying import copy_out

SCHEMA = pa.schema([("number", pa.int64()), ("word", pa.string())])


@pytest.mark.parametrize("watched", [False, True])
def test_rows_come_out_with_their_parameters(db: None, watched: bool) -> None:
    query = "SELECT n, %s || n FROM generate_series(1, %s) AS n ORDER BY n"
    with CaptureQueriesContext(connection) if watched else nullcontext():
        found = copy_out(query, ["第", 2], SCHEMA)
        none = copy_out(query, ["x", 0], SCHEMA)
    assert found.to_pylist() == [{"number": 1, "word": "第1"}, {"number": 2, "word": "第2"}]
    assert none.num_rows == 0
