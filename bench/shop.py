"""A large shop from a seed, as Arrow tables in the shape of the declared datasets."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

LAST_DAY = date(2026, 11, 22)
DAYS = 1095
CATEGORIES = 24
PRODUCTS = 2000


@dataclass(frozen=True)
class Size:
    customers: int
    orders: int

    @property
    def text(self) -> str:
        return f"{self.customers:,} customers, {self.orders:,} orders"


def make_shop(size: Size, *, seed: int = 20261122) -> dict[str, pa.Table]:
    """Three years: few customers buy much, weekends and November are busier, 3 % come back as refunds."""
    random = np.random.default_rng(seed)
    weight = random.gamma(0.8, 1.0, size.customers) + 0.05
    owner = np.searchsorted(np.cumsum(weight) / weight.sum(), random.random(size.orders)).astype(np.int64) + 1
    last = (LAST_DAY - date(1970, 1, 1)).days
    demand = 1 + 0.4 * np.isin(np.arange(DAYS) % 7, (5, 6)) + 0.6 * ((np.arange(DAYS) % 365) < 30)
    back = np.searchsorted(np.cumsum(demand) / demand.sum(), random.random(size.orders))
    days = pa.array((last - back).astype(np.int32)).cast(pa.date32())
    amount = np.exp(random.normal(9.5, 1.0, size.orders)).astype(np.int64)
    status = pa.DictionaryArray.from_arrays(
        pa.array((random.random(size.orders) < 0.01).astype(np.int8)), ["completed", "cancelled"]
    ).cast(pa.string())
    orders = pa.table(
        {
            "order_id": np.arange(1, size.orders + 1),
            "customer_id": pa.array(owner, mask=random.random(size.orders) < 0.05),
            "ordered_on": days,
            "status": status,
            "amount_base_minor": amount,
            "promoted": random.random(size.orders) < 0.2,
        }
    )
    return {
        "customers": _customers(size.customers),
        "orders": orders,
        "order_lines": _lines(orders, random),
        "refunds": _refunds(orders, random),
        "products": pa.table(
            {
                "product_id": np.arange(1, PRODUCTS + 1),
                "category_id": 1 + np.arange(PRODUCTS, dtype=np.int64) % CATEGORIES,
            }
        ),
        "categories": pa.table(
            {
                "category_id": np.arange(1, CATEGORIES + 1),
                "name": [f"Category {number:02d}" for number in range(1, CATEGORIES + 1)],
            }
        ),
    }


def _customers(count: int) -> pa.Table:
    return pa.table(
        {
            "customer_id": np.arange(1, count + 1),
            "number": [f"G{number:08d}" for number in range(1, count + 1)],
            "status": pa.array(["active"] * count),
            "joined_on": pa.array([None] * count, pa.date32()),
        }
    )


def _lines(orders: pa.Table, random: np.random.Generator) -> pa.Table:
    """One line of goods for each order, its cost known."""
    count = orders.num_rows
    amount = orders["amount_base_minor"].to_numpy()
    return pa.table(
        {
            "line_id": np.arange(1, count + 1),
            "order_id": orders["order_id"],
            "product_id": random.integers(1, PRODUCTS + 1, count),
            "kind": pa.array(["goods"] * count),
            "amount_base_minor": amount,
            "cost_base_minor": amount * 6 // 10,
        }
    )


def _refunds(orders: pa.Table, random: np.random.Generator) -> pa.Table:
    chosen = orders.take(np.sort(random.choice(orders.num_rows, orders.num_rows * 3 // 100, replace=False)))
    amount = chosen["amount_base_minor"].to_numpy() // 2
    return pa.table(
        {
            "refund_id": np.arange(1, chosen.num_rows + 1),
            "order_id": chosen["order_id"],
            "customer_id": chosen["customer_id"],
            "refunded_on": chosen["ordered_on"],
            "amount_base_minor": amount,
            "cost_base_minor": amount * 6 // 10,
        }
    )
