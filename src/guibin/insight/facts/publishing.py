"""Writing back what changed: the published facts of each customer, in one transaction."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from guibin.insight.facts.canonical import DAILY
from guibin.insight.facts.schema import FACT_NAMES
from guibin.insight.models import CustomerFacts

STORED = tuple(name for name in FACT_NAMES if name not in DAILY)
COLUMNS = "customer_id, began_on, stage, r_score, f_score, m_score, facts, checksum"


def changed_ids(now: pa.Table, before: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Ids whose checksum is new or different, and ids that are gone. Both tables by customer id."""
    joined = now.join(before, "customer_id", join_type="left outer", right_suffix="_before")
    differs = pc.fill_null(pc.not_equal(joined["checksum"], joined["checksum_before"]), fill_value=True)
    gone = before.join(now.select(["customer_id"]), "customer_id", join_type="left anti")
    return joined.filter(differs)["customer_id"].combine_chunks(), gone["customer_id"].combine_chunks()


def published_checksums() -> pa.Table:
    """What is published now, read by the run-time role's own connection."""
    rows = CustomerFacts.objects.order_by("customer_id").values_list("customer_id", "checksum")
    ids, sums = zip(*rows.iterator(chunk_size=50_000), strict=True) if rows else ((), ())
    return pa.table({"customer_id": pa.array(ids, pa.int64()), "checksum": pa.array(sums, pa.string())})


def publish(facts: pa.Table, checksums: pa.Table, ids: pa.Array, gone: pa.Array, as_of: date) -> None:
    """Upsert the rows of ``ids`` and remove ``gone``, set-based, in the caller's transaction."""
    chosen = pc.is_in(facts["customer_id"], value_set=ids)
    rows, sums = facts.filter(chosen), checksums.filter(pc.is_in(checksums["customer_id"], value_set=ids))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE incoming_facts (LIKE insight_customerfacts) ON COMMIT DROP")
        with cursor.copy(f"COPY incoming_facts ({COLUMNS}) FROM STDIN") as copy:
            for line in _lines(rows, sums, as_of):
                copy.write_row(line)
        cursor.execute(
            f"INSERT INTO insight_customerfacts ({COLUMNS}) SELECT {COLUMNS} FROM incoming_facts "
            "ORDER BY customer_id ON CONFLICT (customer_id) DO UPDATE SET "
            "(began_on, stage, r_score, f_score, m_score, facts, checksum) = ("
            "EXCLUDED.began_on, EXCLUDED.stage, EXCLUDED.r_score, "
            "EXCLUDED.f_score, EXCLUDED.m_score, EXCLUDED.facts, EXCLUDED.checksum)"
        )
        if len(gone):
            cursor.execute(
                "DELETE FROM insight_customerfacts WHERE customer_id = ANY(%s)", [gone.to_pylist()]
            )
        cursor.execute("DROP TABLE incoming_facts")


def _lines(rows: pa.Table, sums: pa.Table, as_of: date) -> Iterator[tuple[Any, ...]]:
    checksum_of = dict(zip(sums["customer_id"].to_pylist(), sums["checksum"].to_pylist(), strict=True))
    for batch in rows.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            stored = {name: _plain(row[name]) for name in STORED}
            yield (
                row["customer_id"],
                None if row["tenure_days"] is None else as_of - timedelta(days=row["tenure_days"]),
                row["stage"],
                row["r_score"],
                row["f_score"],
                row["m_score"],
                json.dumps(stored),
                checksum_of[row["customer_id"]],
            )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
