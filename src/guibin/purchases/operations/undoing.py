"""Taking an import back: everything it brought that nothing later depends on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pyarrow as pa
from django.db import transaction

from guibin.core.events import Origin, record, subject
from guibin.core.permissions import Actor
from guibin.purchases.events import ImportUndone
from guibin.purchases.operations.copying import execute, fetch, plan_as_usual, plan_for_bulk
from guibin.purchases.operations.ensuring import FIELDS, restore_products
from guibin.purchases.operations.totals import recount_orders

KEPT_LISTED_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Kept:
    """Something of the import that stays.

    ``reason``: has_refunds, has_payments, was_changed, has_other_lines, in_use.
    """

    kind: Literal["order", "product"]
    id: int
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class UndoResult:
    """How much was taken back, and what was kept because something later depends on it."""

    orders: int
    lines: int
    refunds: int
    products: int
    kept: tuple[Kept, ...]


FREE_LINES = """
UPDATE purchases_orderline c SET refunded_quantity = c.refunded_quantity - s.quantity,
    refunded_minor = c.refunded_minor - s.amount
FROM (SELECT l.order_line_id, sum(l.quantity) AS quantity, sum(l.amount_minor) AS amount
      FROM purchases_refundline l JOIN purchases_refund r ON r.id = l.refund_id
      WHERE r.import_id = %(id)s AND l.order_line_id IS NOT NULL GROUP BY 1) s
WHERE c.id = s.order_line_id RETURNING c.order_id
"""
DROP_REFUND_LINES = """
DELETE FROM purchases_refundline l USING purchases_refund r WHERE r.id = l.refund_id AND r.import_id = %(id)s
"""
LOCK_ORDERS = """
SELECT 1 FROM purchases_order WHERE id IN (
    SELECT id FROM purchases_order WHERE import_id = %(id)s
    UNION SELECT order_id FROM purchases_orderline WHERE import_id = %(id)s
    UNION SELECT order_id FROM purchases_payment WHERE import_id = %(id)s
    UNION SELECT c.order_id FROM purchases_refund r JOIN purchases_refundline l ON l.refund_id = r.id
        JOIN purchases_orderline c ON c.id = l.order_line_id WHERE r.import_id = %(id)s)
ORDER BY id FOR UPDATE
"""
KEEP = """
CREATE TEMP TABLE purchases_undo ON COMMIT DROP AS
SELECT o.id, o.number, o.import_id IS NOT DISTINCT FROM %(id)s AS is_own, CASE
    WHEN EXISTS (SELECT FROM purchases_orderline c
        WHERE c.order_id = o.id AND c.refunded_quantity + c.refunded_minor > 0
            AND c.import_id = %(id)s) THEN 'has_refunds'
    WHEN o.import_id IS DISTINCT FROM %(id)s THEN ''
    WHEN EXISTS (SELECT FROM purchases_refund r WHERE r.order_id = o.id) THEN 'has_refunds'
    WHEN EXISTS (SELECT FROM purchases_payment p
        WHERE p.order_id = o.id AND p.import_id IS DISTINCT FROM %(id)s) THEN 'has_payments'
    WHEN o.touched_at IS NOT NULL THEN 'was_changed'
    WHEN EXISTS (SELECT FROM purchases_orderline c
        WHERE c.order_id = o.id AND c.import_id IS DISTINCT FROM %(id)s) THEN 'has_other_lines'
    ELSE '' END AS reason
FROM purchases_order o
WHERE o.import_id = %(id)s OR o.id IN (SELECT order_id FROM purchases_orderline WHERE import_id = %(id)s)
"""


def undo_import(*, import_id: int, actor: Actor, at: datetime, before: pa.Table | None = None) -> UndoResult:
    """Take back the refunds, orders, lines, products and channels that this import brought.

    An order is kept whole, with what this import says was paid for it, when a refund, a payment, a change
    by hand or a line of another import came after it; lines the import added to an older order go, unless
    they were refunded.
    ``before`` (from ``ensure_products``) puts changed products back. Run again, it changes nothing.
    """
    about = {"id": import_id}
    with transaction.atomic():
        execute("SELECT pg_advisory_xact_lock(hashtextextended('purchases.matching', 0))")
        plan_for_bulk()
        execute(LOCK_ORDERS, about)
        freed = {row[0] for row in fetch(FREE_LINES, about)}
        execute(DROP_REFUND_LINES, about)
        refunds = execute("DELETE FROM purchases_refund WHERE import_id = %(id)s", about)
        recount_orders(freed)
        lines, orders = _drop_orders(import_id)
        kept = [Kept("order", *row) for row in _kept_orders()]
        execute("DROP TABLE purchases_undo")
        if before is not None:
            _restore(before)
        products, kept_products = _drop_catalogue(import_id)
        kept += kept_products
        result = UndoResult(orders, lines, refunds, products, tuple(kept[:KEPT_LISTED_MAX]))
        plan_as_usual()
        if orders or lines or refunds or products:
            event = ImportUndone(import_id, orders, lines, refunds, products, len(kept))
            about_it = [subject("import", import_id)]
            record(event, subjects=about_it, actor=actor, at=at, origin=Origin.IMPORT)
    return result


def _kept_orders() -> list[tuple[int, str, str]]:
    found = fetch("SELECT id, number, reason FROM purchases_undo WHERE reason <> '' ORDER BY id")
    return [(order_id, number, reason) for order_id, number, reason in found]


def _drop_orders(import_id: int) -> tuple[int, int]:
    """Delete what is free; returns how many lines and orders went."""
    execute(KEEP, {"id": import_id})
    grown = fetch("SELECT id FROM purchases_undo WHERE NOT is_own AND reason = ''")
    lines = execute(
        "DELETE FROM purchases_orderline c USING purchases_undo u"
        " WHERE c.order_id = u.id AND u.reason = '' AND c.import_id = %s",
        [import_id],
    )
    execute(
        "DELETE FROM purchases_payment p WHERE p.import_id = %s"
        " AND p.order_id NOT IN (SELECT id FROM purchases_undo WHERE is_own AND reason <> '')",
        [import_id],
    )
    orders = execute(
        "DELETE FROM purchases_order o USING purchases_undo u WHERE o.id = u.id AND u.is_own AND "
        "u.reason = ''"
    )
    recount_orders(row[0] for row in grown)
    return lines, orders


def _restore(before: pa.Table) -> None:
    columns = [before.column(name).to_pylist() for name in FIELDS]
    restore_products(before.column("product_id").to_pylist(), columns)


def _drop_catalogue(import_id: int) -> tuple[int, list[Kept]]:
    """Products, categories, brands and channels of the import that nothing uses any more."""
    used = fetch(
        "SELECT p.id, p.sku FROM purchases_product p WHERE p.import_id = %s AND p.id IN"
        " (SELECT product_id FROM purchases_orderline UNION ALL SELECT product_id FROM purchases_refundline)"
        " ORDER BY p.id",
        [import_id],
    )
    products = execute(
        "DELETE FROM purchases_product WHERE import_id = %s AND NOT id = ANY(%s)",
        [import_id, [row[0] for row in used]],
    )
    execute(
        "DELETE FROM purchases_brand b WHERE import_id = %s"
        " AND NOT EXISTS (SELECT FROM purchases_product p WHERE p.brand_id = b.id)",
        [import_id],
    )
    execute(
        "DELETE FROM purchases_saleschannel c WHERE import_id = %s"
        " AND NOT EXISTS (SELECT FROM purchases_order o WHERE o.channel = c.code)"
        " AND NOT EXISTS (SELECT FROM purchases_refund r WHERE r.channel = c.code)",
        [import_id],
    )
    while execute(
        "DELETE FROM purchases_category c WHERE import_id = %s"
        " AND NOT EXISTS (SELECT FROM purchases_product p WHERE p.category_id = c.id)"
        " AND NOT EXISTS (SELECT FROM purchases_category k WHERE k.parent_id = c.id)",
        [import_id],
    ):
        continue
    return products, [Kept("product", product_id, sku, "in_use") for product_id, sku in used]
