"""Jobs of the REST envelope."""

from guibin.core.clock import now
from guibin.core.jobs import schedule
from guibin.web.once import sweep_answers


@schedule(name="web.sweep_answers", cron="41 * * * *")
def sweep_answers_hourly() -> None:
    """Answers to programs that have been kept long enough."""
    sweep_answers(at=now())
