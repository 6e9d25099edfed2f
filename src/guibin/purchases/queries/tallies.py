"""Sums behind a list, at a cost that does not grow with the shop.

What the running sums can tell (days, stores, channels, statuses) is exact for any number of orders. Any other
filter is counted up to ``COUNTED_MAX`` orders and says so when there are more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from guibin.core.paging import REACH
from guibin.core.permissions import Actor
from guibin.purchases.models import Order, OrderTally

COUNTED_MAX = REACH
TALLIED = {"ordered_on__gte", "ordered_on__lte", "store_id__in", "channel__in", "status__in"}


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """Sums over a filter, in base minor units, before refunds. ``counted`` are those not cancelled.

    Cancelled orders are not summed. Where ``is_exact`` is false there are more than ``orders``, and the
    amount is unknown (None).
    """

    orders: int
    counted: int
    amount_base_minor: int | None
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold of a product, without cancelled orders, before refunds; ``lines`` are times sold."""

    lines: int = 0
    quantity: Decimal = Decimal(0)
    amount_base_minor: int = 0
    last_on: date | None = None


def totals_from_tallies(given: Mapping[str, Any], *, actor: Actor) -> OrderTotals:
    """The sums of conditions named in ``TALLIED``; one query over days, not orders."""
    rows = OrderTally.objects.filter(**given)
    if actor.store_ids is not None:
        rows = rows.filter(store_id__in=actor.store_ids)
    valid = ~Q(status="cancelled")
    sums = rows.aggregate(
        n=Coalesce(Sum("orders"), 0),
        counted=Coalesce(Sum("orders", filter=valid), 0),
        amount=Coalesce(Sum("amount_base_minor", filter=valid), 0),
    )
    return OrderTotals(int(sums["n"]), int(sums["counted"]), int(sums["amount"]))


def totals_by_counting(rows: QuerySet[Order]) -> OrderTotals:
    """Count and sum the orders themselves, as far as ``COUNTED_MAX``; one query."""
    some = rows.order_by().values("id", "amount_base_minor", "status")[: COUNTED_MAX + 1]
    valid = ~Q(status="cancelled")
    sums = some.aggregate(
        n=Count("id"),
        counted=Count("id", filter=valid),
        amount=Coalesce(Sum("amount_base_minor", filter=valid), 0),
    )
    if sums["n"] > COUNTED_MAX:
        return OrderTotals(COUNTED_MAX, COUNTED_MAX, None, is_exact=False)
    return OrderTotals(sums["n"], sums["counted"], int(sums["amount"]))


SOLD = """
SELECT product_id, sum(lines), sum(quantity), sum(amount), max(sold_on) FILTER (WHERE lines > 0) FROM (
    SELECT product_id, sold_on, sum(lines) AS lines, sum(quantity) AS quantity,
        sum(amount_base_minor) AS amount
    FROM purchases_producttally WHERE product_id = ANY(%s) GROUP BY 1, 2) d
GROUP BY 1
"""


def sold_of(product_ids: Iterable[int]) -> dict[int, Sold]:
    """What was sold of these products, in one query; those never sold are absent."""
    with connection.cursor() as cursor:
        cursor.execute(SOLD, [list(product_ids)])
        return {
            product_id: Sold(int(lines), quantity, int(amount), last_on)
            for product_id, lines, quantity, amount, last_on in cursor.fetchall()
        }


# A cancelled order's lines are not in the product sums, so both sides leave them out.
BROKEN = """
SELECT 'order', key FROM (
    SELECT concat_ws(' ', ordered_on, coalesce(store_id, 0), channel, status) AS key, count(*) AS n,
        sum(amount_base_minor) AS amount
    FROM purchases_order GROUP BY 1) f
FULL JOIN (
    SELECT concat_ws(' ', ordered_on, coalesce(store_id, 0), channel, status) AS key, sum(orders) AS n,
        sum(amount_base_minor) AS amount
    FROM purchases_ordertally GROUP BY 1 HAVING sum(orders) <> 0 OR sum(amount_base_minor) <> 0) t USING (key)
WHERE (f.n, f.amount) IS DISTINCT FROM (t.n, t.amount)
UNION ALL
SELECT 'product', key FROM (
    SELECT concat_ws(' ', l.product_id, o.ordered_on) AS key, count(*) AS n, sum(l.quantity) AS quantity,
        sum(l.amount_base_minor) AS amount
    FROM purchases_orderline l JOIN purchases_order o ON o.id = l.order_id
    WHERE l.product_id IS NOT NULL AND o.status <> 'cancelled' GROUP BY 1) f
FULL JOIN (
    SELECT concat_ws(' ', product_id, sold_on) AS key, sum(lines) AS n, sum(quantity) AS quantity,
        sum(amount_base_minor) AS amount
    FROM purchases_producttally GROUP BY 1
    HAVING sum(lines) <> 0 OR sum(quantity) <> 0 OR sum(amount_base_minor) <> 0) t USING (key)
WHERE (f.n, f.quantity, f.amount) IS DISTINCT FROM (t.n, t.quantity, t.amount)
"""


def find_broken_tallies() -> list[str]:
    """Keys whose running sum is not what adding up the orders gives; empty when all is well."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        return [f"{kind} {key}" for kind, key in cursor.fetchall()]
