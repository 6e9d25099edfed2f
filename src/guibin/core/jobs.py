"""Jobs on PostgreSQL: deferred in the caller's transaction, run by the worker, watched by people.

A slice puts its tasks in ``tasks.py``:

    @task(name="insight.refresh")
    def refresh_task(run_id: int) -> None: ...

and defers them with ``defer("insight.refresh", run_id=…)``. Arguments are ids and codes only.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from guibin.core.errors import Conflict, NotFound
from guibin.core.models import JobRun
from guibin.core.permissions import Actor

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger(__name__)

RETRY = RetryStrategy(max_attempts=5, exponential_wait=3)


class JobUnknown(NotFound):
    code = "core.job_unknown"


class JobCancelled(Conflict):
    """Raised inside a job when somebody asked to stop it."""

    code = "core.job_cancelled"


def task(
    *, name: str, retry: bool = True, lock: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a job. A job may run more than once after a crash, so it must be idempotent."""

    def register(function: Callable[P, R]) -> Callable[P, R]:
        app.task(name=name, retry=RETRY if retry else False, lock=lock)(function)
        return function

    return register


def schedule(*, name: str, cron: str) -> Callable[[Callable[[], R]], Callable[[], R]]:
    """Register a job that runs by ``cron`` (five fields, UTC)."""

    def register(function: Callable[[], R]) -> Callable[[], R]:
        def at_its_time(timestamp: int) -> None:  # procrastinate passes the planned second
            function()

        registered = app.task(name=name, queueing_lock=name, pass_context=False)(at_its_time)
        app.periodic(cron=cron)(registered)
        return function

    return register


def defer(name: str, **arguments: Any) -> int:
    """Queue a job in the caller's transaction; it runs only if that commits. Returns the job's id."""
    return int(app.configure_task(name).defer(**arguments))


def wake(name: str) -> None:
    """Queue a job unless the same one already waits. Called outside a transaction."""
    try:
        with transaction.atomic():
            app.configure_task(name, queueing_lock=name).defer()
    except AlreadyEnqueued:
        log.debug("already waiting", extra={"job": name})


@dataclass(frozen=True, slots=True)
class Progress:
    """What a page shows of a long job. ``total`` None: not known yet."""

    id: int
    kind: str
    state: str
    done: int
    total: int | None
    result: dict[str, Any]
    error_code: str
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.state in {"done", "failed", "cancelled"}


def open_run(*, kind: str, actor: Actor, at: datetime) -> int:
    """Create the progress row of a job about to be deferred; returns its id."""
    return JobRun.objects.create(kind=kind, actor=actor.code, queued_at=at).pk


def start_run(run_id: int, *, at: datetime) -> None:
    JobRun.objects.filter(pk=run_id).update(state="running", started_at=at)


def report(run_id: int, *, done: int, total: int | None = None) -> None:
    """Show progress; raises ``JobCancelled`` when somebody asked to stop."""
    JobRun.objects.filter(pk=run_id).update(done=done, **({} if total is None else {"total": total}))
    if JobRun.objects.filter(pk=run_id, cancel_asked=True).exists():
        raise JobCancelled


def finish_run(
    run_id: int, *, state: str, at: datetime, result: dict[str, Any] | None = None, error_code: str = ""
) -> None:
    """Close a run as done, failed or cancelled."""
    JobRun.objects.filter(pk=run_id).update(
        state=state, finished_at=at, result=result or {}, error_code=error_code
    )


def ask_cancel(run_id: int) -> None:
    """Ask a running job to stop at its next report."""
    JobRun.objects.filter(pk=run_id, state__in=["queued", "running"]).update(cancel_asked=True)


def get_progress(run_id: int, *, kind: str | None = None) -> Progress:
    """Raises ``JobUnknown``, also for a run of another ``kind``: an address shows and stops only its own."""
    row = JobRun.objects.filter(pk=run_id).first()
    if row is None or kind not in {None, row.kind}:
        raise JobUnknown
    return _progress(row)


def find_latest(kind: str) -> Progress | None:
    """The newest run of a kind."""
    row = JobRun.objects.filter(kind=kind).order_by("-id").first()
    return None if row is None else _progress(row)


def _progress(row: JobRun) -> Progress:
    return Progress(
        id=row.pk,
        kind=row.kind,
        state=row.state,
        done=row.done,
        total=row.total,
        result=row.result,
        error_code=row.error_code,
        queued_at=row.queued_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
