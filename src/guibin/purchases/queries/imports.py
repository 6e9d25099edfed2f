"""Sums of what an import brought, to reconcile with its file."""

from dataclasses import dataclass
from datetime import date

from django.db import connection


@dataclass(frozen=True, slots=True)
class ImportSums:
    """What lies in the database of one import; base minor units."""

    orders: int
    lines: int
    customers: int
    amount_base_minor: int
    refunds: int
    refund_base_minor: int
    unmatched_lines: int
    unmatched_base_minor: int
    first_on: date | None
    last_on: date | None


SUMS = """
SELECT o.orders, l.lines, o.customers, l.amount, r.refunds, r.amount, u.lines, u.amount, o.first_on, o.last_on
FROM (SELECT count(*) AS orders, count(DISTINCT customer_id) AS customers, min(ordered_on) AS first_on,
        max(ordered_on) AS last_on FROM purchases_order WHERE import_id = %(id)s) o,
    (SELECT count(*) AS lines, coalesce(sum(amount_base_minor), 0) AS amount
        FROM purchases_orderline WHERE import_id = %(id)s) l,
    (SELECT count(*) AS refunds, coalesce(sum(amount_base_minor), 0) AS amount
        FROM purchases_refund WHERE import_id = %(id)s) r,
    (SELECT count(*) AS lines, coalesce(sum(l.amount_base_minor), 0) AS amount FROM purchases_refundline l
        JOIN purchases_refund r ON r.id = l.refund_id
        WHERE r.import_id = %(id)s AND l.order_line_id IS NULL) u
"""
BROKEN = """
SELECT o.id FROM purchases_order o LEFT JOIN purchases_orderline l ON l.order_id = o.id GROUP BY o.id
HAVING (o.gross_minor, o.discount_minor, o.total_minor, o.amount_base_minor, o.refunded_minor)
    IS DISTINCT FROM
    (sum(l.gross_minor), sum(l.discount_minor), sum(l.amount_minor), sum(l.amount_base_minor),
     sum(l.refunded_minor))
ORDER BY o.id LIMIT %s
"""


def import_sums(import_id: int) -> ImportSums:
    """One query over what the import brought and still is here."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"id": import_id})
        row = cursor.fetchone()
    orders, lines, customers, amount, refunds, refunded, unmatched, unmatched_amount = map(int, row[:8])
    return ImportSums(
        orders,
        lines,
        customers,
        amount,
        refunds,
        refunded,
        unmatched,
        unmatched_amount,
        first_on=row[8],
        last_on=row[9],
    )


def find_broken_sums(limit: int = 100) -> list[int]:
    """Orders whose sums are not those of their lines: none, unless something wrote past the operations.

    The first ``limit`` of them; reads every order and line.
    """
    with connection.cursor() as cursor:
        cursor.execute(BROKEN, [limit])
        return [row[0] for row in cursor.fetchall()]
