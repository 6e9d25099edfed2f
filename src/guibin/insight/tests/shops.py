"""Small random shops, and their facts counted plainly."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from guibin.insight.rules.count import Bought, BoughtLine, Fact, Person, Returned, count_facts, exists_on

DAYS = st.dates(min_value=date(2023, 1, 25), max_value=date(2024, 3, 31))
MARCH_END = date(2024, 3, 31)
AS_OF = st.sampled_from(
    [
        date(2023, 12, 1),
        date(2024, 1, 31),
        date(2024, 2, 28),
        date(2024, 2, 29),
        date(2024, 3, 30),
        date(2024, 3, 31),
    ]
)
AMOUNT = st.one_of(st.integers(0, 50), st.integers(0, 10**11))
SCHEMAS = {
    "customers": {"customer_id": "i", "number": "s", "status": "s", "joined_on": "d"},
    "orders": {
        "order_id": "i", "customer_id": "i", "status": "s", "ordered_on": "d",
        "amount_base_minor": "i", "promoted": "b",
    },
    "order_lines": {
        "line_id": "i", "order_id": "i", "product_id": "i", "kind": "s", "amount_base_minor": "i",
        "cost_base_minor": "i",
    },
    "refunds": {
        "refund_id": "i", "order_id": "i", "customer_id": "i", "refunded_on": "d", "amount_base_minor": "i",
        "cost_base_minor": "i",
    },
    "products": {"product_id": "i", "category_id": "i"},
    "categories": {"category_id": "i", "name": "s"},
    "aliases": {"alias_id": "i", "customer_id": "i", "into_id": "i"},
}  # fmt: skip
KINDS = {"i": pa.int64(), "s": pa.string(), "d": pa.date32(), "b": pa.bool_()}
Row = dict[str, Any]


@dataclass
class Shop:
    """Rows per dataset, as the warehouse holds them."""

    customers: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    order_lines: list[Row] = field(default_factory=list)
    refunds: list[Row] = field(default_factory=list)
    products: list[Row] = field(default_factory=list)
    categories: list[Row] = field(default_factory=list)
    aliases: list[Row] = field(default_factory=list)

    def tables(self) -> dict[str, pa.Table]:
        return {
            name: pa.Table.from_pylist(
                getattr(self, name), schema=pa.schema([(c, KINDS[k]) for c, k in columns.items()])
            )
            for name, columns in SCHEMAS.items()
        }

    def counted(self, as_of: date) -> dict[int, dict[str, Fact]]:
        """The plain count of every person of ``as_of``."""
        counted = {}
        merged = {row["customer_id"] for row in self.aliases}
        for row in self.customers:
            if row["customer_id"] in merged:
                continue
            person = Person(row["customer_id"], row["number"], row["joined_on"])
            orders, refunds, lines = self._of(person.customer_id)
            if exists_on(person, as_of, orders, refunds):
                counted[person.customer_id] = count_facts(person, orders, refunds, lines, as_of)
        return counted

    def _of(self, customer_id: int) -> tuple[list[Bought], list[Returned], list[BoughtLine]]:
        ids = {customer_id, *(row["customer_id"] for row in self.aliases if row["into_id"] == customer_id)}
        category_of = {row["product_id"]: row["category_id"] for row in self.products}
        name_of = {row["category_id"]: row["name"] for row in self.categories}
        orders = {
            row["order_id"]: Bought(
                row["order_id"], row["ordered_on"], row["amount_base_minor"], row["promoted"]
            )
            for row in self.orders
            if row["customer_id"] in ids and row["status"] != "cancelled"
        }
        lines = []
        for row in self.order_lines:
            order = orders.get(row["order_id"])
            if order is not None:
                key = category_of.get(row["product_id"])
                category = None if key is None else (name_of[key], key)
                lines.append(
                    BoughtLine(
                        order.order_id,
                        order.on,
                        row["kind"] == "goods",
                        category,
                        row["amount_base_minor"],
                        row["cost_base_minor"],
                    )
                )
        refunds = [
            Returned(row["refunded_on"], row["amount_base_minor"], row["cost_base_minor"])
            for row in self.refunds
            if row["customer_id"] in ids
        ]
        return list(orders.values()), refunds, lines


@st.composite
def merged(draw: st.DrawFn, people: int) -> list[Row]:
    """Some of the customers 1 to ``people`` stand for others, one step deep."""
    heads = draw(st.sets(st.integers(1, people), min_size=1)) if people else set()
    rest = sorted(set(range(1, people + 1)) - heads) if draw(st.booleans()) else []
    return [
        {"alias_id": 100 + number, "customer_id": number, "into_id": draw(st.sampled_from(sorted(heads)))}
        for number in rest
    ]


@st.composite
def shops(draw: st.DrawFn, customers_max: int = 5, orders_max: int = 24) -> Shop:
    """Shops with anonymous sales, cancelled orders, unknown costs, ties, customers without orders, and people
    who were entered several times."""
    shop = Shop()
    people = draw(st.integers(0, customers_max))
    for number in range(1, people + 1):
        joined = draw(st.one_of(st.none(), DAYS))
        shop.customers.append(
            {"customer_id": number, "number": f"C{number:03d}", "status": "active", "joined_on": joined}
        )
    shop.aliases = draw(merged(people))
    shop.categories = [
        {"category_id": key, "name": name} for key, name in ((1, "b"), (2, "a"), (3, "a"), (4, "z"))
    ]
    shop.products = [
        {"product_id": 10 + n, "category_id": draw(st.sampled_from([None, 1, 2, 3, 4]))} for n in range(5)
    ]
    who = st.one_of(st.none(), st.integers(1, people)) if people else st.none()
    cost = st.one_of(st.integers(0, 40), st.none()) if draw(st.booleans()) else st.integers(0, 40)
    for order_id in range(1, draw(st.integers(0, orders_max)) + 1):
        _draw_order(draw, shop, order_id, who, cost)
    for refund_id in range(1, draw(st.integers(0, 4)) + 1):
        shop.refunds.append(
            {
                "refund_id": refund_id,
                "order_id": None,
                "customer_id": draw(who),
                "refunded_on": draw(DAYS),
                "amount_base_minor": draw(AMOUNT),
                "cost_base_minor": draw(cost),
            }
        )
    return shop


def _draw_order(draw: st.DrawFn, shop: Shop, order_id: int, who: Any, cost: Any) -> None:
    earlier = [row["ordered_on"] for row in shop.orders]
    day = draw(st.sampled_from(earlier) | DAYS) if earlier else draw(DAYS)
    if draw(st.integers(0, 5)) == 0 and earlier:
        day = min(earlier[-1] + timedelta(days=1), date(2024, 3, 31))
    shop.orders.append(
        {
            "order_id": order_id,
            "customer_id": draw(who),
            "ordered_on": day,
            "status": draw(st.sampled_from(["paid", "completed", "cancelled"])),
            "amount_base_minor": draw(AMOUNT),
            "promoted": draw(st.booleans()),
        }
    )
    for line in range(draw(st.integers(0, 3))):
        shop.order_lines.append(
            {
                "line_id": order_id * 10 + line,
                "order_id": order_id,
                "product_id": draw(st.sampled_from([None, 10, 11, 12, 13, 14])),
                "kind": draw(st.sampled_from(["goods", "goods", "fee", "discount"])),
                "amount_base_minor": draw(AMOUNT),
                "cost_base_minor": draw(cost),
            }
        )
