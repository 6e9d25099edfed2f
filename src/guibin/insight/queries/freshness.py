"""How fresh the numbers are: the last day of the data, the last refresh, and what waits."""

from datetime import date

from django.db import connection

from guibin.insight.models import Refresh
from guibin.insight.reports import Freshness, RefreshResult
from guibin.insight.warehouse import declared
from guibin.insight.warehouse.declared import required, select_statement
from guibin.insight.warehouse.versions import find_current


def find_data_last_day() -> date | None:
    datasets = declared.all_datasets()
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
    version = find_current()
    if version is None:
        return 0
    total = 0
    with connection.cursor() as cursor:
        for table in sorted({dataset.table for dataset in declared.all_datasets().values()}):
            cursor.execute(
                f"SELECT count(*) FROM (SELECT 1 FROM {table} "  # noqa: S608 - declared tables
                "WHERE changed_xid >= %s::text::xid8 LIMIT 10000) t",
                [str(version.watermark)],
            )
            total += int(cursor.fetchone()[0])
    return total
