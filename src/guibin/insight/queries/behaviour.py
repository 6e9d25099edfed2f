"""Purchase behaviour in the last twelve months: how often, how much, how far apart, of what."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guibin.insight.facts.engine import open_duck, view_statements
from guibin.insight.facts.store import facts_of
from guibin.insight.queries.published import get_current_day, get_wishes_now
from guibin.insight.reports import Behaviour, Bucket, CategorySales, MonthSales
from guibin.insight.rules.count import rounded_share
from guibin.insight.rules.shares import per_mille
from guibin.insight.rules.windows import MONTHS, YearWindow
from guibin.insight.warehouse.versions import Version, leased

ORDER_BOUNDS = (1, 2, 3, 5, 10, 20)
INTERVAL_BOUNDS = (7, 14, 30, 60, 90, 180)
CATEGORIES_SHOWN = 12


def get_behaviour(*, as_of: date | None) -> Behaviour:
    day = as_of or get_current_day()
    window = YearWindow.ending(day)
    with leased() as version:
        facts = facts_of(version, day, get_wishes_now())
        categories = _categories(version, window)
    buyers = facts.filter(pc.field("orders_12m") > 0)
    orders, spend = buyers["orders_12m"].to_numpy(), buyers["net_12m_minor"].to_numpy()
    gaps = buyers.filter(pc.is_valid(buyers["interval_days_median"]))
    gap_days = gaps["interval_days_median"].to_numpy()
    count, total = buyers.num_rows, int(orders.sum())
    return Behaviour(
        as_of=day,
        buyers=count,
        average_spend_minor=rounded_share(int(spend.sum()), count),
        average_order_minor=rounded_share(int(buyers["gross_12m_minor"].to_numpy().sum()), total),
        average_orders_milli=rounded_share(1000 * total, count),
        repeat_share=per_mille(int((orders > 1).sum()), count),
        interval_median_days=float(np.median(gap_days)) if len(gap_days) else None,
        frequency=_buckets(orders, spend, ORDER_BOUNDS, lowest=1),
        spend=_buckets(spend, spend, _spend_bounds(spend), lowest=0),
        intervals=_buckets(gap_days, gaps["net_12m_minor"].to_numpy(), INTERVAL_BOUNDS, lowest=1),
        categories=categories,
        months=_months(buyers, window),
    )


def _buckets(
    values: np.ndarray, money: np.ndarray, bounds: Sequence[int], *, lowest: int
) -> tuple[Bucket, ...]:
    """Customers and money with a value in ``(previous bound, bound]``; the first takes all below, too."""
    place = np.searchsorted(np.array(bounds), values, side="left")
    lows = [lowest, *(bound + 1 for bound in bounds)]
    highs: list[int | None] = [*bounds, None]
    return tuple(
        Bucket(low, high, int((place == n).sum()), int(money[place == n].sum()))
        for n, (low, high) in enumerate(zip(lows, highs, strict=True))
    )


def _spend_bounds(spend: np.ndarray) -> tuple[int, ...]:
    """Round steps (1, 2, 5 times a power of ten) from the tenth to the ninetieth percentile."""
    positive = np.sort(spend[spend > 0])
    if not len(positive):
        return (10_000,)
    low, high = int(positive[len(positive) // 10]), int(positive[len(positive) * 9 // 10])
    steps = [digit * 10**power for power in range(2, 16) for digit in (1, 2, 5)]
    chosen = [step for step in steps if low <= step <= high]
    return tuple(chosen[:8]) or (next(step for step in steps if step > high),)


def _categories(version: Version, window: YearWindow) -> tuple[CategorySales, ...]:
    with open_duck() as duck:
        for statement in view_statements(version):
            duck.link.execute(statement)
        rows = duck.link.execute(CATEGORIES, [window.after, window.as_of, CATEGORIES_SHOWN]).fetchall()
    return tuple(
        CategorySales(key, name or "", int(people), int(amount)) for key, name, people, amount in rows
    )


CATEGORIES = """
SELECT p.category_id, any_value(c.name), count(DISTINCT coalesce(a.into_id, o.customer_id)),
    sum(l.amount_base_minor)
FROM order_lines l
JOIN orders o ON o.order_id = l.order_id
LEFT JOIN aliases a ON a.customer_id = o.customer_id
LEFT JOIN products p ON p.product_id = l.product_id
LEFT JOIN categories c ON c.category_id = p.category_id
WHERE l.kind = 'goods' AND o.status <> 'cancelled' AND o.customer_id IS NOT NULL
  AND o.ordered_on > $1 AND o.ordered_on <= $2
GROUP BY p.category_id ORDER BY sum(l.amount_base_minor) DESC, p.category_id LIMIT $3
"""


def _months(buyers: pa.Table, window: YearWindow) -> tuple[MonthSales, ...]:
    net, orders = (_matrix(buyers, name) for name in ("months_net_minor", "months_orders"))
    return tuple(
        MonthSales(
            after=window.bounds[month],
            until=window.bounds[month + 1],
            net_minor=int(net[:, month].sum()),
            orders=int(orders[:, month].sum()),
            customers=int((orders[:, month] > 0).sum()),
        )
        for month in range(MONTHS)
    )


def _matrix(table: pa.Table, column: str) -> np.ndarray:
    """A list column of twelve numbers as rows × 12."""
    values = table[column].combine_chunks().flatten()
    return np.asarray(values).reshape(-1, MONTHS)
