"""What purchases adds to a composed read: a customer's newest orders and refunds, for a timeline."""

import json
from dataclasses import dataclass
from datetime import datetime

from guibin.core.composed import ReadPart, Row
from guibin.core.money import Money

REFUNDS_READ = 200
STORES_OF_RECENT = "SELECT (o ->> 2)::bigint FROM json_array_elements(recent.orders) o"
"""The stores of the orders that ``recent_part`` read, for a part after it."""


@dataclass(frozen=True, slots=True)
class RecentOrder:
    """An order in a line: ``goods`` describes the largest of its ``lines``."""

    id: int
    number: str
    store_id: int | None
    channel: str
    at: datetime
    status: str
    total: Money
    goods: str
    lines: int


@dataclass(frozen=True, slots=True)
class RecentRefund:
    """Money given back, matched with an order or not."""

    number: str
    order_id: int | None
    at: datetime
    amount: Money


def recent_part(customer_ids: str, *, limit: int, before: str = "'infinity'") -> ReadPart:
    """The newest ``limit`` orders, with all of the last one's instant, and the newest refunds of a person,
    older than ``before``.

    ``customer_ids`` (bigint[], all ids of the person) and ``before`` are SQL. Each id is one step down an
    index, however much was bought under it.
    """
    return ReadPart(
        name="recent",
        sql=f"""
            SELECT (SELECT json_agg(json_build_array(o.id, o.number, o.store_id, o.channel, o.ordered_at,
                                                     o.status, o.total_minor, o.currency, g.goods, g.sku,
                                                     g.lines)
                                    ORDER BY o.ordered_at DESC, o.id DESC)
                    FROM (SELECT n.* FROM unnest({customer_ids}) AS own (id)
                          CROSS JOIN LATERAL (
                              SELECT * FROM purchases_order
                              WHERE customer_id = own.id AND ordered_at < {before}::timestamptz
                              ORDER BY ordered_at DESC FETCH FIRST {limit:d} ROWS WITH TIES) n
                          ORDER BY n.ordered_at DESC FETCH FIRST {limit:d} ROWS WITH TIES) o
                    LEFT JOIN LATERAL (
                        SELECT (array_agg(l.description ORDER BY l.amount_minor DESC, l.id))[1] AS goods,
                               (array_agg(l.sku ORDER BY l.amount_minor DESC, l.id))[1] AS sku,
                               count(*) AS lines
                        FROM purchases_orderline l WHERE l.order_id = o.id) g ON true) AS orders,
                   (SELECT json_agg(json_build_array(r.number, r.order_id, r.refunded_at, r.amount_minor,
                                                     r.currency)
                                    ORDER BY r.refunded_at DESC, r.id DESC)
                    FROM (SELECT n.* FROM unnest({customer_ids}) AS own (id)
                          CROSS JOIN LATERAL (
                              SELECT * FROM purchases_refund
                              WHERE customer_id = own.id AND refunded_at < {before}::timestamptz
                              ORDER BY refunded_at DESC, id DESC LIMIT {REFUNDS_READ:d}) n
                          ORDER BY n.refunded_at DESC, n.id DESC LIMIT {REFUNDS_READ:d}) r) AS refunds""",  # noqa: S608 - the caller's code
        columns=("orders", "refunds"),
    )


def read_recent(row: Row) -> tuple[list[RecentOrder], list[RecentRefund]]:
    """Both newest first."""
    orders, refunds = (json.loads(each) if each else [] for each in row)
    return (
        [
            RecentOrder(
                key,
                number,
                store,
                channel,
                datetime.fromisoformat(at),
                status,
                Money(minor, currency),
                (goods or "").strip() or sku or "",
                lines,
            )
            for key, number, store, channel, at, status, minor, currency, goods, sku, lines in orders
        ],
        [
            RecentRefund(number, order, datetime.fromisoformat(at), Money(minor, currency))
            for number, order, at, minor, currency in refunds
        ],
    )
