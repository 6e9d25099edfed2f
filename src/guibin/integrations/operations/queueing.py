"""Steps as background jobs: queued with a progress row, done by what the command line calls too."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from guibin.accounts import api as accounts
from guibin.core import jobs
from guibin.core.ids import StaffId
from guibin.core.permissions import SYSTEM, Actor
from guibin.customers import api as customers
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.locking import get_run, lock_run
from guibin.integrations.permissions import ALL, IMPORT_FILES

STEPS = ("check", "prepare", "stage", "run", "undo")
BEHIND = {
    "prepare": frozenset({"dry_run", "running", "done", "undone"}),
    "run": frozenset({"done"}),
    "undo": frozenset({"undone"}),
}


def queue_step(
    *, run_id: int, step: str, options: Mapping[str, Any] | None = None, actor: Actor, at: datetime
) -> int:
    """Queue one of ``STEPS`` for the worker; returns the id of its progress row."""
    actor.require(IMPORT_FILES)
    with transaction.atomic():
        run = lock_run(run_id)
        job_id = jobs.open_run(kind=f"integrations.{step}", actor=actor, at=at)
        run.job_id = job_id
        run.options = {**run.options, **(options or {}), "step": step}
        run.options.pop("cancel_asked", None)
        run.save(update_fields=["job_id", "options"])
        jobs.defer("integrations.work", run_id=run_id, step=step, job_id=job_id)
        return job_id


def actor_of(run_id: int) -> Actor:
    """Who loaded the file, with today's permissions; the product itself where it was the command line."""
    code = ImportRun.objects.values_list("actor", flat=True).get(pk=run_id)
    kind, _colon, number = code.partition(":")
    if kind == "staff" and number.isdigit():
        return accounts.actor_for_staff(StaffId(int(number)))
    if kind == "key" and number.isdigit():
        return Actor(kind="key", id=int(number), permissions=frozenset(p.code for p in ALL))
    return SYSTEM


def empowered(actor: Actor) -> Actor:
    """Who may import files may have customers and stores appear, and take them back with the import."""
    more = {customers.IMPORT_CUSTOMER.code, "accounts.manage_stores"}
    return Actor(
        kind=actor.kind, id=actor.id, permissions=actor.permissions | more, store_ids=actor.store_ids
    )


def detach_job(run_id: int) -> None:
    """The progress row belongs to a job that is over."""
    ImportRun.objects.filter(pk=run_id).update(job_id=None)


def is_behind(run_id: int, step: str) -> bool:
    """Whether a run has this step behind it already: asked for twice, or its worker died at the end."""
    return get_run(run_id).state in BEHIND.get(step, frozenset())


def step_of(run_id: int) -> str:
    """The step last queued."""
    return str(get_run(run_id).options.get("step", ""))
