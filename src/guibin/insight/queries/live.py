"""One customer's facts counted now, by the plain-Python meaning of the facts. Loads no Arrow."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection

from guibin.core.manifest import Dataset
from guibin.insight.models import Refresh
from guibin.insight.queries.published import get_current_day
from guibin.insight.rules.count import (
    Bought,
    BoughtLine,
    Fact,
    Person,
    Returned,
    count_facts,
    exists_on,
    judge,
)
from guibin.insight.rules.records import from_record
from guibin.insight.warehouse import declared
from guibin.insight.warehouse.declared import required, select_statement


def find_live_facts(customer_id: int, *, as_of: date | None) -> Mapping[str, Fact] | None:
    """Counted from the same declared datasets that the warehouse copies."""
    datasets = declared.all_datasets()
    required(datasets, "customers", "orders", "order_lines", "refunds", "products", "categories")
    mine = f"customer_id = {int(customer_id)}"
    people = _read(datasets["customers"], mine)
    newest = Refresh.objects.order_by("-id").first()
    if not people or newest is None:
        return None
    day = as_of or get_current_day()
    person = Person(customer_id, people[0]["number"], people[0]["joined_on"])
    orders = {
        row["order_id"]: Bought(row["order_id"], row["ordered_on"], row["amount_base_minor"], row["promoted"])
        for row in _read(datasets["orders"], mine)
        if row["status"] != "cancelled"
    }
    refunds = [
        Returned(row["refunded_on"], row["amount_base_minor"], row["cost_base_minor"])
        for row in _read(datasets["refunds"], mine)
    ]
    if not exists_on(person, day, list(orders.values()), refunds):
        return None
    lines = _lines(datasets, orders)
    counted = count_facts(person, list(orders.values()), refunds, lines, day)
    return judge(counted, from_record(newest.judging))


def _lines(datasets: Mapping[str, Dataset], orders: Mapping[int, Bought]) -> list[BoughtLine]:
    if not orders:
        return []
    rows = _read(datasets["order_lines"], f"order_id IN ({', '.join(str(int(key)) for key in orders)})")
    products = {row["product_id"] for row in rows if row["product_id"] is not None}
    category_of: dict[int, tuple[str, int]] = {}
    if products:
        sold = _read(datasets["products"], f"product_id IN ({', '.join(str(int(key)) for key in products)})")
        names = {row["category_id"]: row["name"] for row in _read(datasets["categories"], "true")}
        for row in sold:
            key = row["category_id"]
            if key is not None:
                category_of[row["product_id"]] = (names[key], key)
    return [
        BoughtLine(
            order_id=row["order_id"],
            on=orders[row["order_id"]].on,
            is_goods=row["kind"] == "goods",
            category=category_of.get(row["product_id"]),
            amount=row["amount_base_minor"],
            cost=row["cost_base_minor"],
        )
        for row in rows
    ]


def _read(dataset: Dataset, where: str) -> list[dict[str, Any]]:
    """Rows of a declared dataset; ``where`` is made of numbers only."""
    query = f"SELECT * FROM ({select_statement(dataset)}) d WHERE {where}"  # noqa: S608 - declared SQL, numbers
    with connection.cursor() as cursor:
        cursor.execute(query)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
