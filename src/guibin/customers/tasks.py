"""Jobs: looking through everybody for duplicates, and making match tokens that are missing."""

from guibin.core import clock, jobs
from guibin.core.errors import DomainError
from guibin.core.permissions import SYSTEM
from guibin.customers.operations.matching import fill_match_tokens
from guibin.customers.operations.matching_policies import FILL
from guibin.customers.operations.matching_queueing import SCAN
from guibin.customers.operations.matching_scan import scan_duplicates


@jobs.task(name=SCAN, lock=SCAN)
def scan_task(run_id: int) -> None:
    """A scan whose progress people watch; one that was cut off goes on where it was."""
    before = jobs.get_progress(run_id)
    jobs.start_run(run_id, at=clock.now())
    try:
        fill_match_tokens(actor=SYSTEM)
        scanned = scan_duplicates(
            actor=SYSTEM,
            at=clock.now(),
            after=before.done if before.state == "running" else 0,
            progress=lambda done, total: jobs.report(run_id, done=done, total=total),
        )
    except jobs.JobCancelled:
        jobs.finish_run(run_id, state="cancelled", at=clock.now())
        return
    except DomainError as error:
        jobs.finish_run(run_id, state="failed", at=clock.now(), error_code=error.code)
        return
    result = {"people": scanned.people, "compared": scanned.compared, "joined": scanned.joined}
    result |= {"review": scanned.review, "left_out": scanned.left_out}
    jobs.finish_run(run_id, state="done", at=clock.now(), result=result)


@jobs.task(name=FILL, lock=SCAN)
def fill_task(*, everybody: bool = False) -> None:
    """Tokens for those who have none; for all once other ids are compared than before."""
    fill_match_tokens(everybody=everybody, actor=SYSTEM)
