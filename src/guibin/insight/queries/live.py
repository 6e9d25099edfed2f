"""The facts of few customers counted now, by the plain-Python meaning of the facts. Loads no Arrow."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from guibin.core.events import Origin
from guibin.core.manifest import Dataset
from guibin.customers import api as customers
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
from guibin.insight.warehouse.versions import find_current

LIVE_EVENTS = (
    "purchases.order_placed",
    "purchases.order_status_changed",
    "purchases.order_cancelled",
    "purchases.refund_recorded",
    "purchases.refund_taken_back",
    "customers.customers_merged",
    "customers.merge_undone",
)
NAMING = ("customer_id", "kept", "absorbed")
"""The fields by which these events name customers."""
Rows = list[dict[str, Any]]


def find_live_facts(customer_ids: Sequence[int], *, as_of: date | None) -> dict[int, Mapping[str, Fact]]:
    """Counted from the same declared datasets that the warehouse copies; a handful of queries for all.

    By the id that stands for each person named, over all ids of theirs.
    """
    datasets = declared.all_datasets()
    required(datasets, "customers", "orders", "order_lines", "refunds", "products", "categories")
    newest = Refresh.objects.order_by("-id").first()
    stands = {each: ids[0] for ids in customers.groups(customer_ids).values() for each in ids}
    people = _read(datasets["customers"], "customer_id", sorted(set(stands.values())))
    if not people or newest is None:
        return {}
    day, judging = as_of or get_current_day(), from_record(newest.judging)
    orders = _orders(_owned(_read(datasets["orders"], "customer_id", list(stands)), stands))
    refunds = _by(_owned(_read(datasets["refunds"], "customer_id", list(stands)), stands), "customer_id")
    lines = _lines(datasets, {key: one for mine in orders.values() for key, one in mine.items()})
    found: dict[int, Mapping[str, Fact]] = {}
    for row in people:
        person = Person(row["customer_id"], row["number"], row["joined_on"])
        mine = orders.get(person.customer_id, {})
        returned = [
            Returned(each["refunded_on"], each["amount_base_minor"], each["cost_base_minor"])
            for each in refunds.get(person.customer_id, [])
        ]
        bought = list(mine.values())
        if exists_on(person, day, bought, returned):
            sold = [line for key in mine for line in lines.get(key, [])]
            found[person.customer_id] = judge(count_facts(person, bought, returned, sold, day), judging)
    return found


def _owned(rows: Rows, stands: Mapping[int, int]) -> Rows:
    """Rows of the one who stands for their customer."""
    return [{**row, "customer_id": stands[row["customer_id"]]} for row in rows]


def find_live_buyers() -> list[int]:
    """Who bought, cancelled or gave back on screen or by a program since the warehouse's snapshot, and who
    was merged with whom, or parted; with whoever stands for them now.

    Nobody else's rows differ from the copy's: where the way from an id to the one that stood for it has
    changed, the change names both its ends. As with the rows it copies, whatever a transaction that was not
    yet over then wrote counts as since.
    """
    version = find_current()
    if version is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT (data ->> named)::bigint FROM core_loggedevent, unnest(%s::text[]) AS named "
            "WHERE xid >= %s::text::xid8 AND name = ANY(%s) AND origin = %s AND data ->> named IS NOT NULL",
            [list(NAMING), str(version.watermark), list(LIVE_EVENTS), str(Origin.LIVE)],
        )
        found = {row[0] for row in cursor.fetchall()}
    return sorted(found | set(customers.resolve(found).values()))


def _orders(rows: Rows) -> dict[int, dict[int, Bought]]:
    """{customer id: {order id: order}} of those that count."""
    found: defaultdict[int, dict[int, Bought]] = defaultdict(dict)
    for row in rows:
        if row["status"] != "cancelled":
            key = row["order_id"]
            order = Bought(key, row["ordered_on"], row["amount_base_minor"], row["promoted"])
            found[row["customer_id"]][key] = order
    return found


def _lines(datasets: Mapping[str, Dataset], orders: Mapping[int, Bought]) -> dict[int, list[BoughtLine]]:
    """{order id: its lines}."""
    rows = _read(datasets["order_lines"], "order_id", list(orders))
    category_of = _categories(datasets, {row["product_id"] for row in rows} - {None})
    found: defaultdict[int, list[BoughtLine]] = defaultdict(list)
    for row in rows:
        line = BoughtLine(
            order_id=row["order_id"],
            on=orders[row["order_id"]].on,
            is_goods=row["kind"] == "goods",
            category=category_of.get(row["product_id"]),
            amount=row["amount_base_minor"],
            cost=row["cost_base_minor"],
        )
        found[line.order_id].append(line)
    return found


def _categories(datasets: Mapping[str, Dataset], products: set[int]) -> dict[int, tuple[str, int]]:
    """{product id: (name, id) of its category}."""
    sold = _read(datasets["products"], "product_id", list(products))
    key_of = {row["product_id"]: row["category_id"] for row in sold if row["category_id"] is not None}
    named = _read(datasets["categories"], "category_id", list(set(key_of.values())))
    names = {row["category_id"]: row["name"] for row in named}
    return {product: (names[key], key) for product, key in key_of.items()}


def _by(rows: Rows, name: str) -> dict[int, Rows]:
    found: defaultdict[int, Rows] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def _read(dataset: Dataset, name: str, keys: Sequence[int]) -> Rows:
    """Rows of a declared dataset whose column ``name`` is one of ``keys``."""
    if not keys:
        return []
    query = f'SELECT * FROM ({select_statement(dataset)}) d WHERE d."{name}" = ANY(%s)'  # noqa: S608 - declared SQL
    with connection.cursor() as cursor:
        cursor.execute(query, [list(keys)])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
