"""Reading from PostgreSQL by ADBC, on one snapshot, under one lock.

Rows carry the id of the transaction that last wrote them. The first run reads all; later runs read
rows from the watermark on, which is the oldest transaction that was still running at the last
snapshot. Within the snapshot everything visible is read, so the copy equals the database at that
moment; what a still running transaction writes lies above the watermark and is read next time.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute
from django.db import connection
from psycopg.conninfo import make_conninfo

from guibin.core.manifest import Dataset
from guibin.insight.warehouse.declared import select_statement

REFRESH_LOCK = 0x6775_6962_696E  # "guibin"
ARROW_TYPES: dict[str, pa.DataType] = {
    "int64": pa.int64(),
    "date32": pa.date32(),
    "string": pa.string(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open read-only view of the database as of one moment."""

    cursor: Any
    oldest_running: int

    def stream(self, dataset: Dataset, *, since: int | None = None) -> Iterator[pa.RecordBatch]:
        """Rows of ``dataset`` in its declared types; with ``since``, those written from that id on."""
        self.cursor.execute(select_statement(dataset, since=since))
        schema = arrow_schema(dataset)
        for batch in self.cursor.fetch_record_batch():
            yield conformed(batch, schema)

    def rows(self, dataset: Dataset, *, since: int) -> pa.Table:
        return pa.Table.from_batches(self.stream(dataset, since=since), schema=arrow_schema(dataset))

    def deleted(self, dataset: Dataset, *, since: int) -> pa.Table:
        """Keys of rows deleted by transactions from ``since`` on."""
        self.cursor.execute(
            "SELECT DISTINCT row_id FROM core_deletion "
            f"WHERE table_name = {_quoted(dataset.table)} AND xid >= '{since:d}'::xid8"
        )
        table = self.cursor.fetch_arrow_table()
        return pa.table({dataset.key: table.column(0).cast(pa.int64())})


@contextmanager
def refresh_lock() -> Iterator[Any]:
    """A connection of its own that holds the refresh lock of this database; waits for its turn."""
    import adbc_driver_postgresql.dbapi  # half a second to load, for whoever copies only

    link = adbc_driver_postgresql.dbapi.connect(conninfo())
    try:
        with link.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_lock({REFRESH_LOCK})::text")
            cursor.fetchall()
        link.commit()
        yield link
    finally:
        link.close()


@contextmanager
def snapshot(link: Any) -> Iterator[Snapshot]:
    """One moment of the database, on the connection that holds the lock."""
    with link.cursor() as cursor:
        try:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
            yield Snapshot(cursor, int(cursor.fetchone()[0]))
        finally:
            link.rollback()


def conninfo() -> str:
    """The database in use, as libpq wants it."""
    wanted = connection.settings_dict
    given = {
        "dbname": wanted["NAME"],
        "user": wanted["USER"],
        "password": wanted["PASSWORD"],
        "host": wanted["HOST"],
        "port": wanted["PORT"],
    }
    extra = {
        key: value
        for key, value in wanted["OPTIONS"].items()
        if key.startswith(("ssl", "connect_", "target_"))
    }
    return make_conninfo(**{key: value for key, value in {**given, **extra}.items() if value})


def arrow_schema(dataset: Dataset) -> pa.Schema:
    return pa.schema([(column.name, ARROW_TYPES[column.type]) for column in dataset.columns])


def conformed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch in the declared types: PostgreSQL's numeric arrives as text, its integers in any width."""
    columns = [
        pyarrow.compute.cast(batch.column(position), target.type) for position, target in enumerate(schema)
    ]
    return pa.record_batch(columns, schema=schema)


def fingerprint(dataset: Dataset) -> str:
    """Changes when the dataset's declaration does, and then everything of it is copied anew."""
    return hashlib.sha256(
        f"{select_statement(dataset)}|{arrow_schema(dataset)}|{dataset.key}".encode()
    ).hexdigest()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
