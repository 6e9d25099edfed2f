"""A whole import taken back through the slices' doors; what later records need is kept and listed."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
from django.db import transaction

from guibin.accounts import api as accounts
from guibin.core import preferences
from guibin.core.events import Origin, record, subject
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.integrations.errors import UndoImagesGone, UndoTooLate, WrongState
from guibin.integrations.events import ImportUndone
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.currencies import give_currency_back
from guibin.integrations.operations.folder import find_json, run_folder
from guibin.integrations.operations.locking import get_run, hold, lock_run
from guibin.integrations.permissions import UNDO_IMPORTS
from guibin.integrations.settings import UNDO_DAYS
from guibin.integrations.staging.chunks import list_parts, read_part
from guibin.loyalty import api as loyalty
from guibin.purchases import api as purchases


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that stays: ``what`` it is, its id, and why (a code)."""

    what: str
    id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Undone:
    """``removed`` counts by what; ``kept`` lists what later records depend on."""

    removed: Mapping[str, int]
    kept: tuple[Kept, ...]


class _Rehearsed(Exception):
    """Rolls a rehearsal back, with its result."""

    def __init__(self, result: Undone) -> None:
        self.result = result


def undo_import(*, run_id: int, actor: Actor, at: datetime) -> Undone:
    """Take the import back in one transaction. Raises ``WrongState``, ``UndoTooLate``."""
    actor.require(UNDO_IMPORTS)
    with hold(run_id), transaction.atomic():
        run = _ready(run_id, at)
        result = _take_back(run, actor=actor, at=at)
        run.state, run.undone_at = "undone", at
        run.kept = [[kept.what, kept.id, kept.reason] for kept in result.kept[:1000]]
        run.save()
        record(
            ImportUndone(import_id=run_id, kept=len(result.kept)),
            subjects=[subject("import", run_id)],
            actor=actor,
            at=at,
            origin=Origin.IMPORT,
        )
        purchases.fold_tallies()  # what came and went adds up to nothing
        return result


def preview_undo(*, run_id: int, actor: Actor, at: datetime) -> Undone:
    """What ``undo_import`` would do: done, looked at, and rolled back."""
    actor.require(UNDO_IMPORTS)
    try:
        with transaction.atomic():
            raise _Rehearsed(_take_back(_ready(run_id, at), actor=actor, at=at))
    except _Rehearsed as rehearsal:
        return rehearsal.result


def _ready(run_id: int, at: datetime) -> ImportRun:
    run = lock_run(run_id)
    if run.state not in {"done", "cancelled", "failed"}:
        raise WrongState(number=run_id, state=run.state)
    if _images_gone(run):
        raise UndoImagesGone(number=run_id)
    days = preferences.get(UNDO_DAYS)
    if run.finished_at is not None and at - run.finished_at > timedelta(days=days):
        raise UndoTooLate(number=run_id, days=days)
    return run


def _images_gone(run: ImportRun) -> bool:
    """Whether what it changed was kept only beside its file, and is gone with it."""
    return run.files_gone_at is not None and run.kind in {"products", "stores", "staff"}


def _take_back(run: ImportRun, *, actor: Actor, at: datetime) -> Undone:
    removed: Counter[str] = Counter()
    kept: list[Kept] = []
    loyalty.lock_standings()  # nobody decides about people who are going
    sold = purchases.undo_import(import_id=run.pk, before=_before(run.pk), actor=actor, at=at)
    removed += Counter(orders=sold.orders, lines=sold.lines, refunds=sold.refunds, products=sold.products)
    kept += [Kept(item.kind, item.id, item.reason) for item in sold.kept]
    people = customers.undo_import(import_id=run.pk, depended_on=_depended_on(), actor=actor, at=at)
    loyalty.forget_standings(people.removed_ids)
    removed["customers"] += people.removed
    removed["customers_restored"] += people.restored
    kept += [Kept("customer", item.customer_id, item.reason) for item in people.kept]
    _take_back_places(run, removed, kept, actor=actor, at=at)
    give_currency_back(run, actor=actor, at=at)
    return Undone({name: count for name, count in removed.items() if count}, tuple(kept))


def _before(run_id: int) -> pa.Table | None:
    """Old values of products that the import changed."""
    folder = run_folder(run_id)
    tables = [read_part(folder, "before", part) for part in list_parts(folder, "before")]
    return pa.concat_tables(tables) if tables else None


def _depended_on() -> Collection[int]:
    """Customers that still have purchases once the import's own are gone, or were put on a list by hand."""
    return {*purchases.customers_with_purchases(), *loyalty.find_listed_customers()}


def _take_back_places(
    run: ImportRun, removed: Counter[str], kept: list[Kept], *, actor: Actor, at: datetime
) -> None:
    in_use = purchases.stores_with_purchases() | customers.stores_of_customers()
    appeared = [item for item in run.kept if isinstance(item, int)]
    undo: dict[str, Any] = find_json(run.pk, "undo-stores") or {
        "created": appeared,
        "before": {},
        "after": {},
    }
    if undo["created"] or undo["before"]:
        places = accounts.undo_upsert_stores(
            undo=undo, in_use=in_use, actor=actor, at=at, batch_id=uuid.uuid4()
        )
        removed["stores"] += places.taken_back
        kept += [Kept("store", store_id, reason) for store_id, reason in places.kept]
    staff = find_json(run.pk, "undo-staff")
    if staff:
        looking_after = customers.list_linked_staff(past=True)
        gone = accounts.undo_upsert_staff(
            undo=staff, in_use=looking_after, actor=actor, at=at, batch_id=uuid.uuid4()
        )
        removed["staff"] += gone.taken_back
        kept += [Kept("staff", staff_id, reason) for staff_id, reason in gone.kept]


def may_undo(run_id: int, at: datetime) -> bool:
    """Whether the page offers it."""
    run = get_run(run_id)
    days = preferences.get(UNDO_DAYS)
    return (
        run.state in {"done", "cancelled", "failed"}
        and not _images_gone(run)
        and (run.finished_at is None or at - run.finished_at <= timedelta(days=days))
    )
