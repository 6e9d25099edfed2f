"""Asking for a refresh. Apart from the refresh itself, whose libraries take seconds to load."""

from datetime import datetime

from guibin.core import jobs
from guibin.core.permissions import Actor

REFRESH = "insight.refresh"


def find_running() -> jobs.Progress | None:
    """The refresh that waits its turn or runs now."""
    latest = jobs.find_latest(REFRESH)
    return None if latest is None or latest.is_over else latest


def queue_refresh(*, actor: Actor, at: datetime) -> int:
    """Queue a refresh in the caller's transaction unless one already waits; returns the run to watch."""
    latest = jobs.find_latest(REFRESH)
    if latest is not None and latest.state == "queued":
        return latest.id
    run_id = jobs.open_run(kind=REFRESH, actor=actor, at=at)
    jobs.defer(REFRESH, run_id=run_id)
    return run_id
