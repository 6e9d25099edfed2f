"""A job is queued again when both signs of its worker's life are gone, and not before."""

from django.db import connection

from guibin.core.jobs import wake
from guibin.core.lost_jobs import FRESH_SECONDS, LOCK_CLASS, retry_lost_jobs


def job_in_hand(*, heartbeat_age: float) -> tuple[int, int]:
    """(job, worker) of a worker that has taken a job and beat its heart so many seconds ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [heartbeat_age],
        )
        worker = int(cursor.fetchone()[0])
        wake("core.sweep_reactions")
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", [worker])
        return int(cursor.fetchone()[0]), worker


def state_of(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [job])
        return str(cursor.fetchone()[0])


def test_a_silent_worker_without_its_lock_is_dead(db: None) -> None:
    job, _worker = job_in_hand(heartbeat_age=FRESH_SECONDS + 1)
    assert retry_lost_jobs() == [job]
    assert state_of(job) == "todo"
    assert retry_lost_jobs() == []


def test_a_beating_heart_is_enough(db: None) -> None:
    job, _worker = job_in_hand(heartbeat_age=0)
    assert retry_lost_jobs() == []
    assert state_of(job) == "doing"


def test_the_lock_is_enough(db: None) -> None:
    job, worker = job_in_hand(heartbeat_age=3600)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, worker])
    assert retry_lost_jobs() == []
    assert state_of(job) == "doing"


def test_a_forgotten_worker_is_dead(db: None) -> None:
    job, worker = job_in_hand(heartbeat_age=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_unregister_worker_v1(%s)", [worker])
    assert retry_lost_jobs() == [job]
