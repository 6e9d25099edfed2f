"""Arrow tables into and out of PostgreSQL by COPY, in the caller's transaction."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
from django.db import connection
from psycopg import sql

from guibin.purchases.rules.amounts import Integers

CHUNK_ROWS = 32_768
OPTIONS = pc.WriteOptions(include_header=False)


def copy_in(table: str, rows: pa.Table) -> None:
    """Append ``rows`` to ``table``; the columns are named as the table's."""
    if rows.num_rows == 0:
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, rows.column_names))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for chunk in rows.to_batches(max_chunksize=CHUNK_ROWS):
            buffer = io.BytesIO()
            pc.write_csv(chunk, buffer, OPTIONS)
            copy.write(buffer.getbuffer())


def copy_out(query: str, parameters: Sequence[object], schema: pa.Schema) -> pa.Table:
    """The rows of a ``SELECT`` as an Arrow table of ``schema``."""
    buffer = io.BytesIO()
    with (
        connection.cursor() as cursor,
        # Django's cursor for debugging takes no parameters here; the driver's own, inside it, does.
        cursor.cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)", parameters) as copy,
    ):
        for piece in copy:
            buffer.write(piece)
    if buffer.tell() == 0:
        return schema.empty_table()
    buffer.seek(0)
    return pc.read_csv(
        buffer,
        read_options=pc.ReadOptions(column_names=schema.names),
        parse_options=pc.ParseOptions(newlines_in_values=True),
        convert_options=pc.ConvertOptions(
            column_types=schema, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
        ),
    )


def take_ids(table: str, count: int) -> Integers:
    """``count`` fresh ids of ``table``, ascending."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return np.sort(np.array([row[0] for row in cursor.fetchall()], dtype=np.int64))


def constant(value: Any, kind: pa.DataType, count: int) -> Any:
    """A column that says the same in every row."""
    return pa.nulls(count, kind) if value is None else pa.repeat(pa.scalar(value, kind), count)


def execute(statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> int:
    """Run one statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def fetch(statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def lock_source(source: str, *, exclusive: bool) -> None:
    """Imports of one source come one after another; single writes to it only wait for a batch in flight."""
    function = "pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared"
    execute(f"SELECT {function}(hashtextextended(%s, 0))", [f"purchases.source:{source}"])


def distinct(values: Iterable[str]) -> list[str]:
    """Sorted, without empties and repeats."""
    return sorted({value for value in values if value})


def plan_for_bulk() -> None:
    """For the rest of the transaction: sort and join whole tables in memory.

    Statistics lag behind a table that was filled a moment ago, and the planner then walks an index
    half a million times.
    """
    execute("SET LOCAL work_mem = '64MB'")
    execute("SET LOCAL enable_nestloop = off")


def plan_as_usual() -> None:
    """End of ``plan_for_bulk`` before the transaction ends."""
    execute("SET LOCAL enable_nestloop = on")
