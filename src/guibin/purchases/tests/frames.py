"""Small batches for tests, written as rows."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pyarrow as pa
from django.db import connection

from guibin.purchases.api import ORDER_LINES, REFUND_LINES

DAY = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


def order_lines(rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Order lines with sensible values for whatever a row does not say."""
    filled = [
        {
            "row": place,
            "order_number": "A1",
            "ordered_at": DAY,
            "ordered_on": row.get("ordered_at", DAY).date(),
            "sku": "X1",
            "description": "Cup",
            "quantity": Decimal(1),
            "unit_price": Decimal("9.90"),
            **row,
        }
        for place, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(filled, schema=ORDER_LINES)


def refund_lines(rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Refund lines likewise."""
    filled = [
        {
            "row": place,
            "refund_number": "C1",
            "refunded_at": DAY,
            "refunded_on": row.get("refunded_at", DAY).date(),
            "sku": "X1",
            "description": "Cup",
            "quantity": Decimal(1),
            "unit_price": Decimal("9.90"),
            **row,
        }
        for place, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(filled, schema=REFUND_LINES)


def outcomes(result: Any) -> dict[int, str]:
    """Outcome, with its reason, by row number."""
    return {
        row["row"]: row["outcome"] + (f":{row['reason']}" if row["reason"] else "")
        for row in result.outcomes.to_pylist()
    }


def see_as_empty(*tables: str) -> None:
    """Statistics as autovacuum takes them in the middle of an import: of what is committed, so of nothing."""
    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(os.environ["GUIBIN_OWNER_URL"], dbname=name, autocommit=True) as owner:
        for table in tables:
            owner.execute(f"VACUUM ANALYZE {table}".encode())
