"""The worker process: runs jobs and the schedule until it is asked to stop."""

from collections.abc import Callable
from typing import Any

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from guibin.core.lost_jobs import HEARTBEAT_SECONDS, Watch

CONCURRENCY = 2
GRACE_SECONDS = 20.0
POLL_SECONDS = 2.0  # a job queued again announces itself to nobody


class _Around:
    """Around every job: a connection that broke (the database was restarted) is not used again."""

    def __init__(self) -> None:
        self.number_of_worker: int | None = None

    def __call__(self, call_next: Callable[[], Any], context: Any, worker: Any) -> Any:
        self.number_of_worker = worker.worker_id
        close_old_connections()
        try:
            return call_next()
        finally:
            close_old_connections()


def work(*, wait: bool = True) -> None:
    """Work on jobs until SIGTERM or SIGINT; with ``wait`` False until none is due."""
    assert isinstance(app.connector, DjangoConnector)
    around = _Around()
    watch = Watch(lambda: around.number_of_worker)
    watch.start()
    try:
        with app.replace_connector(app.connector.get_worker_connector()) as working:
            working.run_worker(
                wait=wait,
                concurrency=CONCURRENCY,
                shutdown_graceful_timeout=GRACE_SECONDS,
                fetch_job_polling_interval=POLL_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                delete_jobs="successful",
                task_middleware=[around],
            )
    finally:
        watch.end()
