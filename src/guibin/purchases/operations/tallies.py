"""Folding the running sums: many differences of one key become one row, and sums of nothing go."""

from django.db import connection, transaction

FOLD = """
WITH many AS (
    SELECT id FROM (SELECT id, count(*) OVER same AS n, {empty_over} AS empty
        FROM {table} WINDOW same AS (PARTITION BY {key})) k
    WHERE n > 1 OR empty
), gone AS (
    DELETE FROM {table} WHERE id IN (SELECT id FROM many) RETURNING *
)
INSERT INTO {table} ({key}, {sums})
SELECT {key}, {added} FROM gone GROUP BY {key} HAVING NOT ({empty})
"""
TABLES = {
    "purchases_ordertally": (
        ("ordered_on", "store_id", "channel", "status"),
        ("orders", "amount_base_minor"),
    ),
    "purchases_producttally": (("product_id", "sold_on"), ("lines", "quantity", "amount_base_minor")),
}


def fold_tallies() -> None:
    """Fold both tables, each in one statement. Two at once do no harm: a row is taken by one of them only."""
    for table, (key, sums) in TABLES.items():
        statement = FOLD.format(
            table=table,
            key=", ".join(key),
            sums=", ".join(sums),
            added=", ".join(f"sum({name})" for name in sums),
            empty=" AND ".join(f"sum({name}) = 0" for name in sums),
            empty_over=" AND ".join(f"sum({name}) OVER same = 0" for name in sums),
        )
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
