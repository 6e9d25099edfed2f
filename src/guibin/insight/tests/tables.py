"""A small shop written into the real tables, and changed there."""

from datetime import date
from typing import Any

from django.db import connection

from guibin.core.manifest import Column, Dataset
from guibin.insight.tests.shops import Row, Shop

MIDNIGHT = "2024-01-01T00:00:00Z"
FILLED: dict[str, dict[str, Any]] = {
    "customers_customer": {
        "status": "active", "gender": "", "birth_calendar": "", "birth_leap": False, "age_band": "",
        "province": "", "city": "", "source": "test", "revision": 1, "created_by": "system",
        "created_at": MIDNIGHT, "updated_at": MIDNIGHT,
    },
    "customers_customeralias": {"merged_at": MIDNIGHT},
    "purchases_category": {},
    "purchases_product": {
        "name": "", "name_en": "", "kind": "goods", "status": "active", "created_at": MIDNIGHT,
    },
    "purchases_order": {
        "source": "test", "channel": "store", "ordered_at": MIDNIGHT, "currency": "CNY", "rate": 1,
        "discount_minor": 0, "carrier": "",
    },
    "purchases_orderline": {
        "quantity": 1, "unit_price": 1, "discount_minor": 0, "sku": "", "description": "",
    },
    "purchases_refund": {
        "source": "test", "channel": "store", "refunded_at": MIDNIGHT, "currency": "CNY", "rate": 1,
        "reason": "returned",
    },
}  # fmt: skip


def write_shop(shop: Shop) -> None:
    """All rows of a shop, parents first."""
    for row in shop.customers:
        insert("customers_customer", id=row["customer_id"], serial=row["customer_id"], number=row["number"],
               joined_on=row["joined_on"])  # fmt: skip
    for row in shop.aliases:
        insert("customers_customeralias", id=row["alias_id"], customer_id=row["customer_id"],
               into_id=row["into_id"])  # fmt: skip
    for row in shop.categories:
        insert("purchases_category", id=row["category_id"], code=f"c{row['category_id']}", name=row["name"])
    for row in shop.products:
        insert("purchases_product", id=row["product_id"], sku=f"p{row['product_id']}",
               category_id=row["category_id"])  # fmt: skip
    for row in shop.orders:
        write_order(row)
    for row in shop.order_lines:
        amount = row["amount_base_minor"]
        insert("purchases_orderline", id=row["line_id"], order_id=row["order_id"],
               product_id=row["product_id"], line_key=str(row["line_id"]), kind=row["kind"],
               gross_minor=amount, amount_minor=amount,
               amount_base_minor=amount, cost_base_minor=row["cost_base_minor"])  # fmt: skip
    for row in shop.refunds:
        amount = row["amount_base_minor"]
        insert("purchases_refund", id=row["refund_id"], number=str(row["refund_id"]), amount_minor=amount,
               customer_id=row["customer_id"], refunded_on=row["refunded_on"], amount_base_minor=amount,
               cost_base_minor=row["cost_base_minor"])  # fmt: skip


def write_order(row: Row) -> None:
    amount = row["amount_base_minor"]
    insert("purchases_order", id=row["order_id"], number=str(row["order_id"]), customer_id=row["customer_id"],
           ordered_on=row["ordered_on"], status=row["status"], promoted=row["promoted"], gross_minor=amount,
           total_minor=amount, amount_base_minor=amount)  # fmt: skip


def simple_shop(customers: int, *, first: date = date(2024, 1, 5)) -> Shop:
    """``customers`` people with one order each, on consecutive days."""
    shop = Shop()
    for number in range(1, customers + 1):
        shop.customers.append(
            {"customer_id": number, "number": f"C{number:04d}", "status": "active", "joined_on": None}
        )
        shop.orders.append(
            {
                "order_id": number,
                "customer_id": number,
                "promoted": False,
                "status": "paid",
                "ordered_on": date.fromordinal(first.toordinal() + number % 28),
                "amount_base_minor": 100 * number,
            }
        )
    return shop


def insert(table: str, **values: Any) -> None:
    row = {**FILLED[table], **values}
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    execute(f"INSERT INTO {table} ({names}) VALUES ({places})", *row.values())


def execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(Column(*part.split(":")) for part in text.split())


# The contract of purchases' datasets, for trees where purchases does not declare them yet.
STAND_INS = {
    dataset.name: dataset
    for dataset in (
        Dataset("orders", "purchases_order", _columns(
            "order_id:int64:t.id customer_id:int64:t.customer_id status:string:t.status "
            "ordered_on:date32:t.ordered_on amount_base_minor:int64:t.amount_base_minor "
            "promoted:bool:t.promoted"
        ), "order_id"),
        Dataset("order_lines", "purchases_orderline", _columns(
            "line_id:int64:t.id order_id:int64:t.order_id product_id:int64:t.product_id kind:string:t.kind "
            "amount_base_minor:int64:t.amount_base_minor cost_base_minor:int64:t.cost_base_minor"
        ), "line_id"),
        Dataset("refunds", "purchases_refund", _columns(
            "refund_id:int64:t.id customer_id:int64:t.customer_id refunded_on:date32:t.refunded_on "
            "amount_base_minor:int64:t.amount_base_minor cost_base_minor:int64:t.cost_base_minor"
        ), "refund_id"),
        Dataset("products", "purchases_product", _columns(
            "product_id:int64:t.id category_id:int64:t.category_id"
        ), "product_id"),
        Dataset("categories", "purchases_category", _columns(
            "category_id:int64:t.id name:string:t.name"
        ), "category_id"),
    )
}  # fmt: skip
