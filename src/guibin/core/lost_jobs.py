"""Jobs of workers that died: noticed within seconds, queued again.

Every worker holds a session lock named by its number for as long as its process lives; the database
drops it with the connection. A worker is dead when its lock is free and its heartbeat is not fresh:
one sign alone may be a broken connection, or a machine that is busy.
"""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, connection
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager

from guibin.core import clock

log = logging.getLogger(__name__)

LOCK_CLASS = 1_735_750_250  # next to the import runs' 1_735_750_249
HEARTBEAT_SECONDS = 2.0
FRESH_SECONDS = 5.0
LOOK_SECONDS = 1.0

LOST = """
SELECT job.id FROM procrastinate_jobs job
LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status = 'doing'
  AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))
  AND NOT EXISTS (
      SELECT 1 FROM pg_locks held
      WHERE held.locktype = 'advisory' AND held.classid = %s AND held.objid = worker.id::oid
        AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
ORDER BY job.id
"""


def retry_lost_jobs() -> list[int]:
    """Queue again what dead workers were doing; their ids."""
    with connection.cursor() as cursor:
        cursor.execute(LOST, [FRESH_SECONDS, LOCK_CLASS])
        lost = [int(row[0]) for row in cursor.fetchall()]
    manager = JobManager(DjangoConnector())
    for job_id in lost:
        manager.retry_job_by_id(job_id, retry_at=clock.now())
        log.warning("job of a dead worker queued again", extra={"id": job_id})
    return lost


class Watch(threading.Thread):
    """Beside a worker, on a connection of its own: shows that this worker lives, looks for dead ones."""

    def __init__(self, number_of_worker: Callable[[], int | None]) -> None:
        super().__init__(name="watch", daemon=True)
        self._number_of_worker = number_of_worker
        self._shown_on: object = None
        self._ending = threading.Event()

    def run(self) -> None:
        while not self._ending.wait(LOOK_SECONDS):
            try:
                self._look()
            except (DatabaseError, ConnectorException) as error:  # or another worker was quicker
                log.warning("the database does not answer the watch", extra={"error": type(error).__name__})
                connection.close()
        connection.close()

    def end(self) -> None:
        """No more looks; the lock goes with the connection."""
        self._ending.set()
        self.join()

    def _look(self) -> None:
        connection.ensure_connection()
        number = self._number_of_worker()
        if number is not None and self._shown_on is not connection.connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, number])
            self._shown_on = connection.connection
        retry_lost_jobs()
