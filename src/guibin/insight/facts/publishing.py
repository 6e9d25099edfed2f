"""Writing back what changed: the published facts of each customer, in one transaction."""

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from guibin.insight.facts.canonical import published_lines
from guibin.insight.facts.engine import open_duck
from guibin.insight.facts.schema import JUDGED_NAMES

COLUMNS = "customer_id, began_on, stage, r_score, f_score, m_score, facts, checksum"


def changed_ids(now: pa.Table, before: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Ids whose checksum is new or different, and ids that are gone. Both tables by customer id."""
    joined = now.join(before, "customer_id", join_type="left outer", right_suffix="_before")
    differs = pc.fill_null(pc.not_equal(joined["checksum"], joined["checksum_before"]), fill_value=True)
    gone = before.join(now.select(["customer_id"]), "customer_id", join_type="left anti")
    return joined.filter(differs)["customer_id"].combine_chunks(), gone["customer_id"].combine_chunks()


def published_checksums() -> pa.Table:
    """What is published now, read by the run-time role's own connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id, concat_ws('|', checksum, stage, coalesce(r_score::text, ''), "
            "coalesce(f_score::text, ''), coalesce(m_score::text, '')) FROM insight_customerfacts "
            "ORDER BY customer_id"
        )
        rows = cursor.fetchall()
    ids, sums = zip(*rows, strict=True) if rows else ((), ())
    return pa.table({"customer_id": pa.array(ids, pa.int64()), "checksum": pa.array(sums, pa.string())})


def publish(facts: pa.Table, ids: pa.Array, gone: pa.Array, judged: pa.Table, as_of: date) -> None:
    """Upsert the rows of ``ids``, judge those of ``judged`` anew and remove ``gone``, set-based, in the
    caller's transaction."""
    rows = facts.filter(pc.is_in(facts["customer_id"], value_set=ids))
    with connection.cursor() as cursor:
        if rows.num_rows:
            _upsert(cursor, rows, as_of)
        if judged.num_rows:
            _judge(cursor, judged)
        if len(gone):
            cursor.execute(
                "DELETE FROM insight_customerfacts WHERE customer_id = ANY(%s)", [gone.to_pylist()]
            )


def _upsert(cursor: Any, rows: pa.Table, as_of: date) -> None:
    cursor.execute("CREATE TEMPORARY TABLE incoming_facts (LIKE insight_customerfacts) ON COMMIT DROP")
    with open_duck() as duck, cursor.copy(f"COPY incoming_facts ({COLUMNS}) FROM STDIN") as copy:
        for lines in published_lines(duck, rows, as_of):
            copy.write(lines)
    cursor.execute(
        f"INSERT INTO insight_customerfacts ({COLUMNS}) SELECT {COLUMNS} FROM incoming_facts "
        "ORDER BY customer_id ON CONFLICT (customer_id) DO UPDATE SET "
        "(began_on, stage, r_score, f_score, m_score, facts, checksum) = ("
        "EXCLUDED.began_on, EXCLUDED.stage, EXCLUDED.r_score, "
        "EXCLUDED.f_score, EXCLUDED.m_score, EXCLUDED.facts, EXCLUDED.checksum)"
    )
    cursor.execute("DROP TABLE incoming_facts")


def _judge(cursor: Any, judged: pa.Table) -> None:
    """Customers whose own figures stand, but whose stage or scores are others now."""
    columns = [judged[name].to_pylist() for name in ("customer_id", *JUDGED_NAMES)]
    cursor.execute(
        "UPDATE insight_customerfacts f SET stage = n.stage, r_score = n.r, f_score = n.f, m_score = n.m, "
        "facts = f.facts || jsonb_build_object("
        "'stage', n.stage, 'r_score', n.r, 'f_score', n.f, 'm_score', n.m) "
        "FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::int[], %s::int[]) AS n (id, stage, r, f, m) "
        "WHERE f.customer_id = n.id",
        columns,
    )
