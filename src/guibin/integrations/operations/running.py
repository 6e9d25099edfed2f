"""The run: staged parts go through the slices' doors, each part in one transaction with its cursor.

Killed anywhere, a run goes on from the last part that was committed: what a part writes and the
note that it is written are one transaction, and the doors give the same result for the same rows.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guibin.core import jobs
from guibin.core.events import Origin, record, subject
from guibin.core.jobs import JobCancelled
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.integrations.errors import FilesGone, ImportCancelled, NothingToImport
from guibin.integrations.events import ImportFinished, ImportStarted, ImportStopped
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.booking import Books, typed_outcomes
from guibin.integrations.operations.currencies import settle_currency
from guibin.integrations.operations.folder import run_folder
from guibin.integrations.operations.locking import get_run, hold, lock_run
from guibin.integrations.operations.meeting import PeopleSender, count_met
from guibin.integrations.operations.senders import Sender, Sending
from guibin.integrations.operations.sending_lines import MatchSender, RefundSender, SaleSender
from guibin.integrations.operations.sending_people import CustomerSender
from guibin.integrations.operations.sending_things import ProductSender, StaffSender, StoreSender
from guibin.integrations.operations.staging import STAGED, plan_of
from guibin.integrations.permissions import IMPORT_FILES
from guibin.integrations.staging.chunks import remove_stream
from guibin.purchases import api as purchases

PHASES: dict[str, tuple[type[Sender], ...]] = {
    "order_lines": (PeopleSender, SaleSender, RefundSender, MatchSender),
    "orders": (PeopleSender, SaleSender, RefundSender, MatchSender),
    "refunds": (PeopleSender, RefundSender, MatchSender),
    "customers": (CustomerSender,),
    "cards": (CustomerSender,),
    "products": (ProductSender,),
    "stores": (StoreSender,),
    "staff": (StaffSender,),
}
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction's worth of work: a ``part`` of phase number ``phase``."""

    phase: int
    part: int


def run_import(*, run_id: int, actor: Actor, at: datetime, report: Report | None = None) -> None:
    """Bring the staged rows in, or go on where a stopped run stood. Raises ``NothingToImport``,
    ``CurrencyFixed``, and ``ImportCancelled`` when somebody asked to stop; then what is written stays."""
    actor.require(IMPORT_FILES)
    with hold(run_id):
        _start(run_id, actor=actor, at=at)
        started = time.monotonic()
        try:
            _go_on(run_id, actor=actor, at=at, report=report)
        except (JobCancelled, ImportCancelled) as stop:
            _stop(run_id, "cancelled", "cancelled", started, actor=actor, at=at)
            purchases.fold_tallies()
            raise ImportCancelled from stop
        _finish(run_id, started, actor=actor, at=at)
        purchases.fold_tallies()  # every part added to the sums, and no worker need be running


def _start(run_id: int, *, actor: Actor, at: datetime) -> None:
    with transaction.atomic():
        run = lock_run(run_id, "running")
        if run.files_gone_at is not None:
            raise FilesGone(number=run_id)
        if run.cursor.get("phase") is None:
            if not any(typed_outcomes(run).get(kind) for kind in STAGED):
                raise NothingToImport
            remove_stream(run_folder(run_id), "refused")  # what the dry run foresaw; now it is seen
            settle_currency(run, actor=actor, at=at)
            Books(run).open()
            run.options.pop("going", None)
            run.started_at, run.cursor, run.seconds = at, {"phase": 0, "part": -1}, 0
            record(
                ImportStarted(import_id=run_id),
                subjects=[subject("import", run_id)],
                actor=actor,
                at=at,
                origin=Origin.IMPORT,
            )
        run.state, run.error_code, run.error_data, run.finished_at = "running", "", {}, None
        run.save()


def _go_on(run_id: int, *, actor: Actor, at: datetime, report: Report | None) -> None:
    run = get_run(run_id)
    sending = Sending(run=run, plan=plan_of(run), folder=run_folder(run_id), actor=actor, at=at)
    senders = [sender(sending) for sender in PHASES[run.kind]]
    for step in _steps(run, senders):
        _check_cancel(run)
        with transaction.atomic():
            locked = lock_run(run_id)
            books = Books(locked)
            rows = senders[step.phase].send(step.part, books)
            locked.cursor = {"phase": step.phase, "part": step.part}
            locked.rows_done = min(locked.rows_done + rows, locked.rows_total or 0)
            locked.save(update_fields=["cursor", "rows_done", "outcomes", "figures"])
        if report is not None:
            report(locked.rows_done, locked.rows_total or 0)


def _steps(run: ImportRun, senders: list[Sender]) -> Iterator[Step]:
    """What is still to do, in order."""
    done = Step(int(run.cursor["phase"]), int(run.cursor["part"]))
    for phase, sender in enumerate(senders):
        for part in sender.parts():
            if (phase, part) > (done.phase, done.part):
                yield Step(phase, part)


def _check_cancel(run: ImportRun) -> None:
    fresh = ImportRun.objects.only("options", "job_id").get(pk=run.pk)
    if fresh.options.get("cancel_asked"):
        raise ImportCancelled
    if fresh.job_id:
        jobs.report(fresh.job_id, done=get_run(run.pk).rows_done)


def _stop(run_id: int, state: str, code: str, started: float, *, actor: Actor, at: datetime) -> None:
    with transaction.atomic():
        run = lock_run(run_id)
        run.state, run.error_code = state, code
        run.options.pop("cancel_asked", None)
        run.seconds += time.monotonic() - started
        run.save()
        record(
            ImportStopped(import_id=run_id, code=code),
            subjects=[subject("import", run_id)],
            actor=actor,
            at=at,
            origin=Origin.IMPORT,
        )


def _finish(run_id: int, started: float, *, actor: Actor, at: datetime) -> None:
    with transaction.atomic():
        run = lock_run(run_id, "done")
        run.figures["customers_created"] = customers.count_imported(run_id)
        met = count_met(run_folder(run_id))
        if met:
            run.figures["customers_met"] = met
        Books(run).close()
        run.state, run.finished_at, run.rows_done = "done", at, run.rows_total or 0
        run.seconds += time.monotonic() - started
        run.save()
        record(
            ImportFinished(import_id=run_id, rows=run.rows_total or 0),
            subjects=[subject("import", run_id)],
            actor=actor,
            at=at,
            origin=Origin.IMPORT,
        )


def ask_cancel(*, run_id: int, actor: Actor, at: datetime) -> None:
    """Ask a run to stop after the part it is at; one that does not run yet is cancelled at once."""
    actor.require(IMPORT_FILES)
    with transaction.atomic():
        run = lock_run(run_id, "cancelled")
        if run.state == "running":
            run.options["cancel_asked"] = True
        else:
            run.state = "cancelled"
            run.options.pop("going", None)
        run.save(update_fields=["options", "state"])
        if run.job_id:
            jobs.ask_cancel(run.job_id)


def mark_failed(*, run_id: int, code: str, actor: Actor, at: datetime) -> None:
    """Note that a run stopped on an error it may be resumed from."""
    _stop(run_id, "failed", code, time.monotonic(), actor=actor, at=at)


def unfinished_runs() -> list[int]:
    """Runs that should be going on but perhaps are not."""
    return list(ImportRun.objects.filter(state="running").order_by("pk").values_list("pk", flat=True))


def resumable(state: str) -> bool:
    """Whether an import that began to write can go on."""
    return state in {"running", "cancelled", "failed"}
