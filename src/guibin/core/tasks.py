"""Jobs of the core: reactions, and the sweep of jobs whose worker died."""

import asyncio
import logging

from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from guibin.core import clock
from guibin.core.jobs import schedule, task
from guibin.core.reactions import run_reactions

log = logging.getLogger(__name__)
REACTIONS = "guibin.config.reactions.REACTIONS"


@task(name="core.run_reactions", lock="core.run_reactions")
def run_reactions_task() -> None:
    run_reactions(import_string(REACTIONS), at=clock.now())


@schedule(name="core.sweep_reactions", cron="* * * * *")
def sweep_reactions() -> None:
    """Catches events whose wake-up was lost with its process."""
    run_reactions(import_string(REACTIONS), at=clock.now())


@schedule(name="core.sweep_stalled_jobs", cron="* * * * *")
def sweep_stalled_jobs() -> None:
    """A killed worker's job stays "doing": once its worker's heartbeat is old, queue it again."""
    asyncio.run(_retry_stalled())


async def _retry_stalled() -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
        log.warning("job of a dead worker queued again", extra={"job": job.task_name, "id": job.id})
        await app.job_manager.retry_job(job)
