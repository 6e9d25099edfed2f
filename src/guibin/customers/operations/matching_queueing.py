"""Asking for a scan of everybody."""

from datetime import datetime

from django.db import transaction

from guibin.core import jobs
from guibin.core.permissions import Actor
from guibin.customers.permissions import MERGE_CUSTOMER

SCAN = "customers.scan_duplicates"


def find_scan() -> jobs.Progress | None:
    """The newest scan, running or over."""
    return jobs.find_latest(SCAN)


@transaction.atomic
def queue_scan(*, actor: Actor, at: datetime) -> int:
    """Queue a scan unless one waits or runs already; returns the run to watch."""
    actor.require(MERGE_CUSTOMER)
    latest = find_scan()
    if latest is not None and not latest.is_over:
        return latest.id
    run_id = jobs.open_run(kind=SCAN, actor=actor, at=at)
    jobs.defer(SCAN, run_id=run_id)
    return run_id
