"""The refresh: copy what changed, count, judge, publish, tell."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from guibin.accounts import api as accounts
from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.insight.events import FactsRefreshed
from guibin.insight.facts import publishing
from guibin.insight.facts.canonical import digest_text
from guibin.insight.facts.engine import (
    SOURCE_NAMES,
    AnyEngine,
    DuckEngine,
    open_duck,
    open_engine,
    view_statements,
)
from guibin.insight.facts.making import Made, Published, make_all, make_changed
from guibin.insight.facts.schema import COUNTING
from guibin.insight.models import Refresh
from guibin.insight.preferences import get_wishes
from guibin.insight.queries.published import get_day_of
from guibin.insight.reports import RefreshResult
from guibin.insight.rules.records import as_record, from_record
from guibin.insight.rules.wishes import Wishes
from guibin.insight.warehouse import declared, extract, versions
from guibin.insight.warehouse.copying import build_version
from guibin.insight.warehouse.versions import Version

Progress = Callable[[int, int], None]
COPIED, MADE, WHOLE = 60, 90, 100


def refresh(
    *,
    actor: Actor,
    at: datetime,
    as_of: date | None = None,
    engine: str | None = None,
    progress: Progress | None = None,
) -> RefreshResult:
    """See the door. The new version becomes current before its facts are published: a crash in
    between leaves a version the database does not know, and the next refresh copies everything."""
    began = time.perf_counter()
    tell = progress or _silent
    day = as_of or get_day_of(at)
    with extract.refresh_lock() as link, open_engine(engine) as chosen:
        version = _copy(link, tell)
        wishes = get_wishes(accounts.organisation().base_currency)
        made = _make(chosen, version, day, wishes)
        named, anonymous = _count_orders(chosen, version, day)
        version = versions.finish(version)
        tell(MADE, WHOLE)
        result = RefreshResult(
            engine=chosen.name, as_of=day, customers=made.customers, orders=named + anonymous,
            orders_anonymous=anonymous, changed=0, mode=made.mode, seconds=0.0,
            digest=digest_text(made.digest), version=version.id,
        )  # fmt: skip
        seconds = time.perf_counter() - began
        changed = _publish(made, result, actor=actor, at=at, seconds=seconds)
        versions.sweep(version)
    tell(WHOLE, WHOLE)
    return replace(result, changed=changed, seconds=round(time.perf_counter() - began, 3))


def _make(engine: AnyEngine, version: Version, day: date, wishes: Wishes) -> Made:
    """The facts of the day, from those published last where the version continues theirs and the same code
    counted them."""
    newest = Refresh.objects.filter(version=version.parent).order_by("-id").first()
    if isinstance(engine, DuckEngine) and newest is not None and newest.counting == COUNTING:
        parent = versions.open_version(newest.version)
        published = Published(parent, newest.as_of, from_record(newest.judging), int(newest.digest, 16))
        made = make_changed(engine, version, published, day, wishes)
        if made is not None:
            return made
    return make_all(engine, version, day, wishes, publishing.published_checksums)


def _silent(_done: int, _total: int) -> None:
    return


def _copy(link: object, tell: Progress) -> Version:
    """The next version, built from one snapshot."""
    datasets = declared.all_datasets()
    declared.required(datasets, *SOURCE_NAMES)
    previous = _known(versions.find_current())
    expected = 1 if previous else _expected_rows([dataset.table for dataset in datasets.values()])
    seen = 0

    def count(rows: int) -> None:
        nonlocal seen
        seen += rows
        tell(min(COPIED, COPIED * seen // expected), WHOLE)

    with extract.snapshot(link) as shot:
        if previous is not None and previous.watermark > shot.oldest_running:
            previous = None  # the database was restored to an earlier state
        return build_version(shot, datasets.values(), previous, count)


def _known(version: Version | None) -> Version | None:
    """The version if it is the one this database last published from."""
    newest = Refresh.objects.order_by("-id").values_list("version", flat=True).first()
    return version if version is not None and version.id == newest else None


def _expected_rows(tables: list[str]) -> int:
    """PostgreSQL's own estimate, for the progress bar."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint FROM pg_class WHERE relname = ANY(%s)",
            [tables],
        )
        return max(1, int(cursor.fetchone()[0]))


def _count_orders(engine: AnyEngine, version: Version, day: date) -> tuple[int, int]:
    """Orders that count, with and without a customer."""
    with nullcontext(engine) if isinstance(engine, DuckEngine) else open_duck() as duck:
        for statement in view_statements(version):
            duck.link.execute(statement)
        found = duck.link.execute(
            "SELECT count(customer_id), count(*) - count(customer_id) FROM orders "
            "WHERE status <> 'cancelled' AND ordered_on <= ?",
            [day],
        ).fetchall()
    named, anonymous = found[0]
    return int(named), int(anonymous)


def _publish(made: Made, result: RefreshResult, *, actor: Actor, at: datetime, seconds: float) -> int:
    ids, gone = publishing.changed_ids(made.sums, made.before)
    changed: int = len(ids) + len(gone) + made.judged.num_rows
    with transaction.atomic():
        publishing.publish(made.rows, ids, gone, made.judged, result.as_of)
        row = Refresh.objects.create(
            version=result.version, as_of=result.as_of, engine=result.engine, mode=result.mode,
            customers=result.customers, orders=result.orders, orders_anonymous=result.orders_anonymous,
            changed=changed, digest=result.digest, judging=as_record(made.judging),
            counting=COUNTING, started_at=at, finished_at=at + timedelta(seconds=seconds),
        )  # fmt: skip
        event = FactsRefreshed(
            refresh_id=row.pk, as_of=result.as_of, customers=result.customers, orders=result.orders,
            changed=changed,
        )  # fmt: skip
        record(event, subjects=[subject("refresh", row.pk)], actor=actor, at=at)
    return changed
