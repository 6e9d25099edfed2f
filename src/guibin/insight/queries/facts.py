"""Fact rows: of everybody from the warehouse, of a few from the published table, of one counted now."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from guibin.accounts import api as accounts
from guibin.core import clock
from guibin.core.manifest import Dataset
from guibin.insight.facts.judging import from_record
from guibin.insight.facts.schema import FACT_NAMES
from guibin.insight.facts.store import facts_of
from guibin.insight.models import CustomerFacts, Refresh
from guibin.insight.preferences import get_wishes
from guibin.insight.reports import Freshness, RefreshResult
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
from guibin.insight.rules.wishes import Wishes
from guibin.insight.warehouse.extract import all_datasets, required, select_statement
from guibin.insight.warehouse.versions import leased

DAYS = frozenset(("first_order_on", "last_order_on"))
NO_FACTS: Mapping[str, Fact] = {}


def get_day_of(at: datetime) -> date:
    """The organisation's fixed day, else the business day of ``at`` in its zone."""
    organisation = accounts.organisation()
    return organisation.as_of_on or clock.business_day(at, organisation.time_zone)


def get_current_day() -> date:
    return get_day_of(clock.now())


def get_wishes_now() -> Wishes:
    return get_wishes(accounts.organisation().base_currency)


def get_facts_table(*, as_of: date | None, columns: Sequence[str] | None = None) -> pa.Table:
    with leased() as version:
        table = facts_of(version, as_of or get_current_day(), get_wishes_now())
    return table if columns is None else table.select(list(columns))


def find_published_day() -> date | None:
    """The day the published facts speak of; None before the first refresh."""
    return Refresh.objects.order_by("-id").values_list("as_of", flat=True).first()


def get_facts_for(customer_ids: Sequence[int], *, as_of: date | None) -> dict[int, dict[str, Fact]]:
    published = find_published_day()
    if published is None:
        return {}
    if as_of is not None and as_of != published:
        table = get_facts_table(as_of=as_of)
        chosen = table.filter(pc.is_in(table["customer_id"], value_set=pa.array(customer_ids, pa.int64())))
        return {row["customer_id"]: row for row in chosen.to_pylist()}
    rows = CustomerFacts.objects.filter(customer_id__in=list(customer_ids))
    return {row.customer_id: _published(row, published) for row in rows}


def _published(row: CustomerFacts, as_of: date) -> dict[str, Fact]:
    stored: dict[str, Any] = {**row.facts, "customer_id": row.customer_id}
    for name in DAYS:
        stored[name] = None if stored[name] is None else date.fromisoformat(stored[name])
    last = stored["last_order_on"]
    stored["recency_days"] = None if last is None else (as_of - last).days
    stored["tenure_days"] = None if row.began_on is None else max(0, (as_of - row.began_on).days)
    return {name: stored[name] for name in FACT_NAMES}


def find_live_facts(customer_id: int, *, as_of: date | None) -> Mapping[str, Fact] | None:
    """Counted by the plain-Python meaning of the facts, from the same declared datasets."""
    datasets = all_datasets()
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


def find_data_last_day() -> date | None:
    datasets = all_datasets()
    required(datasets, "orders", "refunds")
    days = []
    for name, column in (("orders", "ordered_on"), ("refunds", "refunded_on")):
        inner = select_statement(datasets[name])
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT max(d.{column}) FROM ({inner}) d")  # noqa: S608 - declared SQL
            days.append(cursor.fetchone()[0])
    known = [day for day in days if day is not None]
    return max(known) if known else None


def get_freshness() -> Freshness:
    newest = Refresh.objects.order_by("-id").first()
    last_day = find_data_last_day()
    if newest is None:
        return Freshness(None, None, None, last_day, 0)
    result = RefreshResult(
        engine=newest.engine,
        as_of=newest.as_of,
        customers=newest.customers,
        orders=newest.orders,
        orders_anonymous=newest.orders_anonymous,
        changed=newest.changed,
        mode=newest.mode,
        seconds=(newest.finished_at - newest.started_at).total_seconds(),
        digest=newest.digest,
        version=newest.version,
    )
    return Freshness(newest.finished_at, newest.as_of, result, last_day, _rows_waiting())


def _rows_waiting() -> int:
    """Rows changed since the current version's snapshot, 10,000 at most per dataset."""
    from guibin.insight.warehouse.versions import find_current

    version = find_current()
    if version is None:
        return 0
    total = 0
    with connection.cursor() as cursor:
        for table in sorted({dataset.table for dataset in all_datasets().values()}):
            cursor.execute(
                f"SELECT count(*) FROM (SELECT 1 FROM {table} "  # noqa: S608 - declared tables
                "WHERE changed_xid >= %s::text::xid8 LIMIT 10000) t",
                [str(version.watermark)],
            )
            total += int(cursor.fetchone()[0])
    return total
