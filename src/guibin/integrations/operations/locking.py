"""One process per run: a session lock that a killed process loses with its connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from guibin.integrations.errors import ImportUnknown, RunningElsewhere, WrongState
from guibin.integrations.models import ImportRun
from guibin.integrations.rules.states import may_become

LOCK_CLASS = 1_735_750_249  # "guib" in ASCII: this product's session locks on import runs


@contextmanager
def hold(run_id: int) -> Iterator[None]:
    """Raises ``RunningElsewhere`` at once when another process holds the run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, run_id])
        row = cursor.fetchone()
        if not (row and row[0]):
            raise RunningElsewhere(number=run_id)
    try:
        yield
    finally:
        if connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, run_id])


def is_held(run_id: int) -> bool:
    """Whether some process works on the run right now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid "
            "= %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCK_CLASS, run_id],
        )
        row = cursor.fetchone()
        return bool(row and row[0])


def get_run(run_id: int) -> ImportRun:
    """Raises ``ImportUnknown``."""
    run = ImportRun.objects.filter(pk=run_id).first()
    if run is None:
        raise ImportUnknown(number=run_id)
    return run


def lock_run(run_id: int, *wanted: str) -> ImportRun:
    """The run's row locked; raises ``WrongState`` unless it may become one of ``wanted``."""
    run = ImportRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise ImportUnknown(number=run_id)
    if wanted and not any(may_become(run.state, state) for state in wanted):
        raise WrongState(number=run_id, state=run.state)
    return run
