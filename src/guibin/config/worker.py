"""The worker process: runs jobs and the schedule until it is asked to stop."""

from collections.abc import Callable
from typing import Any

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

CONCURRENCY = 2
GRACE_SECONDS = 20.0


def _with_fresh_connection(call_next: Callable[[], Any], context: Any, worker: Any) -> Any:
    """Around every job: a connection that broke (the database was restarted) is not used again."""
    close_old_connections()
    try:
        return call_next()
    finally:
        close_old_connections()


def work(*, wait: bool = True) -> None:
    """Work on jobs until SIGTERM or SIGINT; with ``wait`` False until none is due."""
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        working.run_worker(
            wait=wait,
            concurrency=CONCURRENCY,
            shutdown_graceful_timeout=GRACE_SECONDS,
            delete_jobs="successful",
            task_middleware=[_with_fresh_connection],
        )
