"""Sums of orders, counted again from their lines when lines came or went."""

from collections.abc import Iterable

from guibin.purchases.operations.copying import execute

RECOUNT = """
UPDATE purchases_order o SET gross_minor = s.gross, discount_minor = s.discount, total_minor = s.total,
    amount_base_minor = s.base, refunded_minor = s.refunded
FROM (SELECT order_id, sum(gross_minor) AS gross, sum(discount_minor) AS discount, sum(amount_minor) AS total,
        sum(amount_base_minor) AS base, sum(refunded_minor) AS refunded
      FROM purchases_orderline WHERE order_id = ANY(%(ids)s) GROUP BY order_id) s
WHERE o.id = s.order_id
    AND (o.gross_minor, o.discount_minor, o.total_minor, o.amount_base_minor, o.refunded_minor)
    IS DISTINCT FROM (s.gross, s.discount, s.total, s.base, s.refunded)
"""


def lock_orders(order_ids: Iterable[int]) -> list[int]:
    """Lock these orders in id order, before their lines come or go: whoever cancels one meanwhile would not
    see the lines, nor would the running sums. Returns the ids."""
    ids = sorted({int(order_id) for order_id in order_ids})
    if ids:
        execute("SELECT 1 FROM purchases_order WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [ids])
    return ids


def recount_orders(order_ids: Iterable[int]) -> int:
    """Bring the sums of these orders in line with their lines; returns how many changed."""
    ids = lock_orders(order_ids)
    return execute(RECOUNT, {"ids": ids}) if ids else 0
