"""Jobs: the refresh, by night, after imports, and when somebody asks."""

from guibin.core import clock, jobs
from guibin.core.errors import DomainError
from guibin.core.permissions import SYSTEM
from guibin.insight.queueing import REFRESH, queue_refresh


@jobs.task(name=REFRESH, lock=REFRESH)
def refresh_task(run_id: int) -> None:
    """A refresh whose progress people watch. Repeating it is harmless."""
    from guibin.insight import api  # the analytics libraries: loaded by the process that counts

    jobs.start_run(run_id, at=clock.now())
    try:
        result = api.refresh(
            actor=SYSTEM,
            at=clock.now(),
            progress=lambda done, total: jobs.report(run_id, done=done, total=total),
        )
    except jobs.JobCancelled:
        jobs.finish_run(run_id, state="cancelled", at=clock.now())
        return
    except DomainError as error:
        jobs.finish_run(run_id, state="failed", at=clock.now(), error_code=error.code)
        return
    api.rfm_report()  # the report people open first, and the quarter it compares with, are then at hand
    summary = {"customers": result.customers, "orders": result.orders, "changed": result.changed}
    jobs.finish_run(run_id, state="done", at=clock.now(), result=summary)


@jobs.schedule(name="insight.refresh_nightly", cron="10 20 * * *")
def refresh_nightly() -> None:
    """Each night at 04:10 in China, before anybody works."""
    queue_refresh(actor=SYSTEM, at=clock.now())
