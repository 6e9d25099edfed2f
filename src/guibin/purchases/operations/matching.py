"""Cancellations of an import are matched to the lines they take back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import pyarrow as pa
from django.db import transaction

from guibin.core.events import Origin, record, subject
from guibin.core.permissions import Actor
from guibin.purchases.events import CancellationsMatched
from guibin.purchases.operations.copying import copy_in, execute, fetch, plan_as_usual, plan_for_bulk
from guibin.purchases.rules.matching import Cancellation, Candidate, match_group


@dataclass(frozen=True, slots=True)
class MatchResult:
    """Cancelled lines that found what they cancel, and those that count on their own date alone."""

    matched: int
    unmatched: int
    matched_base_minor: int
    unmatched_base_minor: int


GROUP = "coalesce(r.customer_id, 0), CASE WHEN r.customer_id IS NULL THEN coalesce(r.store_id, 0) ELSE 0 END"
CANCELLATIONS = f"""
SELECT l.id, r.number, l.line_key, r.refunded_at, l.quantity, l.amount_minor, l.order_number,
    {GROUP}, l.sku, l.unit_price, r.currency
FROM purchases_refundline l JOIN purchases_refund r ON r.id = l.refund_id
WHERE r.import_id = %(import_id)s AND l.order_line_id IS NULL AND l.sku <> '' AND l.quantity > 0
ORDER BY 8, 9, 10, 11, 12
"""  # noqa: S608 - a fixed expression
CANDIDATES = """
SELECT c.id, o.number, c.line_key, o.ordered_at, c.quantity - c.refunded_quantity,
    c.amount_minor - c.refunded_minor, NULL,
    coalesce(o.customer_id, 0), CASE WHEN o.customer_id IS NULL THEN coalesce(o.store_id, 0) ELSE 0 END,
    c.sku, c.unit_price, o.currency
FROM purchases_orderline c JOIN purchases_order o ON o.id = c.order_id
JOIN (SELECT coalesce(r.customer_id, 0) AS customer_id, r.currency, l.sku, l.unit_price,
        CASE WHEN r.customer_id IS NULL THEN coalesce(r.store_id, 0) ELSE 0 END AS store_id,
        max(r.refunded_at) AS latest, min(l.quantity) AS least
      FROM purchases_refundline l JOIN purchases_refund r ON r.id = l.refund_id
      WHERE r.import_id = %(import_id)s AND l.order_line_id IS NULL AND l.sku <> '' AND l.quantity > 0
      GROUP BY 1, 2, 3, 4, 5) w
  ON w.customer_id = coalesce(o.customer_id, 0) AND w.sku = c.sku AND w.unit_price = c.unit_price
     AND w.currency = o.currency
     AND w.store_id = CASE WHEN o.customer_id IS NULL THEN coalesce(o.store_id, 0) ELSE 0 END
     AND o.ordered_at <= w.latest AND c.quantity - c.refunded_quantity >= w.least
WHERE o.status <> 'cancelled' AND c.quantity > c.refunded_quantity
ORDER BY 8, 9, 10, 11, 12
"""
TAKE_BACK = """
UPDATE purchases_orderline c SET refunded_quantity = c.refunded_quantity + s.quantity,
    refunded_minor = c.refunded_minor + s.amount
FROM (SELECT m.line_id, sum(l.quantity) AS quantity, sum(l.amount_minor) AS amount
      FROM purchases_matched m JOIN purchases_refundline l ON l.id = m.refund_line_id GROUP BY 1) s
WHERE c.id = s.line_id
"""
# ``rules.amounts.share_cost``, in exact numerics: half to even. Unknown costs stay unknown.
POINT_LINES = """
UPDATE purchases_refundline l SET order_line_id = s.line_id, cost_base_minor =
    s.low + CASE WHEN 2 * s.rest > s.whole OR (2 * s.rest = s.whole AND mod(s.low, 2) <> 0) THEN 1 ELSE 0 END
FROM (SELECT m.refund_line_id, m.line_id, c.quantity AS whole, p.low,
        c.cost_base_minor * r.quantity - p.low * c.quantity AS rest
      FROM purchases_matched m JOIN purchases_orderline c ON c.id = m.line_id
      JOIN purchases_refundline r ON r.id = m.refund_line_id
      CROSS JOIN LATERAL (SELECT div(c.cost_base_minor * r.quantity, c.quantity) AS low) p) s
WHERE l.id = s.refund_line_id
"""
POINT_REFUNDS = """
UPDATE purchases_refund r SET order_id = s.order_id, cost_base_minor = s.cost
FROM (SELECT DISTINCT ON (refund_id) refund_id, order_id, cost FROM (
        SELECT l.refund_id, c.order_id, sum(l.amount_base_minor) AS amount, o.ordered_at, o.number,
            sum(sum(l.cost_base_minor)) OVER (PARTITION BY l.refund_id) AS cost
        FROM purchases_refundline l JOIN purchases_orderline c ON c.id = l.order_line_id
        JOIN purchases_order o ON o.id = c.order_id
        WHERE l.refund_id IN (SELECT refund_id FROM purchases_refundline WHERE id IN
            (SELECT refund_line_id FROM purchases_matched))
        GROUP BY l.refund_id, c.order_id, o.ordered_at, o.number) p
      ORDER BY refund_id, amount DESC, ordered_at DESC, number DESC) s
WHERE r.id = s.refund_id
"""
COUNT_REFUNDED = """
UPDATE purchases_order o SET refunded_minor = s.refunded
FROM (SELECT order_id, sum(refunded_minor) AS refunded FROM purchases_orderline
      WHERE order_id IN
          (SELECT c.order_id FROM purchases_matched m JOIN purchases_orderline c ON c.id = m.line_id)
      GROUP BY 1) s
WHERE o.id = s.order_id
"""
LOCK_ORDERS = """
SELECT 1 FROM purchases_order WHERE id IN
    (SELECT c.order_id FROM purchases_matched m JOIN purchases_orderline c ON c.id = m.line_id)
ORDER BY id FOR NO KEY UPDATE
"""
SUMS = """
SELECT count(*) FILTER (WHERE l.order_line_id IS NOT NULL), count(*) FILTER (WHERE l.order_line_id IS NULL),
    coalesce(sum(l.amount_base_minor) FILTER (WHERE l.order_line_id IS NOT NULL), 0),
    coalesce(sum(l.amount_base_minor) FILTER (WHERE l.order_line_id IS NULL), 0)
FROM purchases_refundline l JOIN purchases_refund r ON r.id = l.refund_id WHERE r.import_id = %(import_id)s
"""


def match_cancellations(
    *, import_id: int, actor: Actor, at: datetime, origin: Origin = Origin.IMPORT
) -> MatchResult:
    """Match this import's unmatched refund lines to earlier sales; run again, it changes nothing.

    See ``rules.matching`` for what matches. Orders are locked before their lines, in id order.
    """
    about = {"import_id": import_id}
    with transaction.atomic():
        execute("SELECT pg_advisory_xact_lock(hashtextextended('purchases.matching', 0))")
        plan_for_bulk()
        pairs = list(_pairs(fetch(CANCELLATIONS, about), fetch(CANDIDATES, about)))
        if pairs:
            _write(pairs)
        matched, unmatched, matched_base, unmatched_base = (int(value) for value in fetch(SUMS, about)[0])
        plan_as_usual()
        if pairs:
            event = CancellationsMatched(import_id=import_id, matched=matched, unmatched=unmatched)
            record(event, subjects=[subject("import", import_id)], actor=actor, at=at, origin=origin)
    return MatchResult(matched, unmatched, matched_base, unmatched_base)


def _pairs(
    cancellations: Iterable[tuple[Any, ...]], candidates: Iterable[tuple[Any, ...]]
) -> Iterator[tuple[int, int]]:
    """(refund line, order line) pairs; both inputs come sorted by group."""
    by_group = {key: list(rows) for key, rows in groupby(candidates, key=lambda row: row[7:])}
    for key, rows in groupby(cancellations, key=lambda row: row[7:]):
        found = match_group(
            [Cancellation(*row[:7]) for row in rows],
            [Candidate(*row[:6]) for row in by_group.get(key, [])],
        )
        yield from found.items()


def _write(pairs: list[tuple[int, int]]) -> None:
    execute(
        "CREATE TEMP TABLE purchases_matched (refund_line_id bigint PRIMARY KEY, line_id bigint NOT NULL)"
        " ON COMMIT DROP"
    )
    refund_lines, lines = zip(*pairs, strict=True)
    copy_in("purchases_matched", pa.table({"refund_line_id": refund_lines, "line_id": lines}))
    execute("ANALYZE purchases_matched")
    plan_as_usual()  # how many pairs there are is known: a few take a few steps, however many lines there are
    for statement in (LOCK_ORDERS, TAKE_BACK, POINT_LINES, POINT_REFUNDS, COUNT_REFUNDED):
        execute(statement)
    plan_for_bulk()
    execute("DROP TABLE purchases_matched")
