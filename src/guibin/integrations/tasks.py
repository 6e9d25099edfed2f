"""Background work of the import clinic."""

import logging
from typing import Any

from django.db import InterfaceError, OperationalError

from guibin.core import clock, jobs
from guibin.core.errors import DomainError
from guibin.core.jobs import schedule, task

log = logging.getLogger(__name__)


@task(name="integrations.work", retry=True)
def work(run_id: int, step: str, job_id: int) -> None:
    """One step of one run. Repeated after a crash it goes on where it was."""
    from guibin.integrations import api  # heavy, and every command loads the names of all tasks

    if jobs.get_progress(job_id).is_over:
        return  # it was done, and its worker died before it could say so
    jobs.start_run(job_id, at=clock.now())
    try:
        if not api.is_behind(run_id, step):
            _do(run_id, step)
    except (api.RunningElsewhere, OperationalError, InterfaceError):
        raise  # the worker tries again
    except (jobs.JobCancelled, api.ImportCancelled):
        jobs.finish_run(job_id, state="cancelled", at=clock.now())
    except DomainError as error:
        log.warning("import step refused", extra={"run": run_id, "step": step, "code": error.code})
        _stop(run_id, step, job_id, error)
    except Exception:
        log.exception("import step broke", extra={"run": run_id, "step": step})
        _stop(run_id, step, job_id, api.StepBroke(number=run_id))  # nobody waits for a step that never ends
    else:
        jobs.finish_run(job_id, state="done", at=clock.now())


def _stop(run_id: int, step: str, job_id: int, error: DomainError) -> None:
    """Note why a step did not come to its end; an import that was writing can be resumed."""
    from guibin.integrations import api

    if step == "run" and api.get_import(run_id).state == "running":
        api.mark_failed(run_id=run_id, code=error.code, actor=api.actor_of(run_id), at=clock.now())
    jobs.finish_run(
        job_id, state="failed", at=clock.now(), error_code=error.code, result={"data": _plain(error)}
    )


def _plain(error: DomainError) -> dict[str, Any]:
    """What fills the sentence of an error: numbers, codes and names of columns."""
    return {name: value if isinstance(value, int) else str(value)[:200] for name, value in error.data.items()}


def _do(run_id: int, step: str) -> None:
    from guibin.integrations import api

    actor, at = api.empowered(api.actor_of(run_id)), clock.now()
    if step == "check":
        view = api.get_import(run_id)
        api.check_file(run_id=run_id, options=view.options, template=view.template, actor=actor, at=at)
    elif step == "prepare":
        wanted = str(api.get_import(run_id).options.get("template_wanted") or "")
        api.check_file(run_id=run_id, template=wanted, actor=actor, at=at)
        api.map_columns(run_id=run_id, actor=actor, at=at)
        api.stage_run(run_id=run_id, actor=actor, at=at)
    elif step == "stage":
        api.stage_run(run_id=run_id, actor=actor, at=at)
    elif step == "run":
        api.run_import(run_id=run_id, actor=actor, at=at)
    elif step == "undo":
        api.undo_import(run_id=run_id, actor=actor, at=at)


@schedule(name="integrations.forget_files", cron="17 3 * * *")
def forget_files() -> None:
    from guibin.integrations import api

    api.forget_old_files(at=clock.now())


@schedule(name="integrations.resume_runs", cron="* * * * *")
def resume_runs() -> None:
    """A run whose process was killed, wherever it ran and whatever it did, is taken up again."""
    from guibin.integrations import api

    for run_id in api.begun_runs(clock.now()):
        try:
            actor = api.empowered(api.actor_of(run_id))
            api.go_on(run_id=run_id, actor=actor, at=clock.now())
        except (DomainError, api.RunningElsewhere) as error:
            log.warning("import not gone on with", extra={"run": run_id, "code": error.code})
    for run_id in api.unfinished_runs():
        if api.is_held(run_id):
            continue
        try:
            _do(run_id, "run")  # the job that began it, if any, will find it done
        except (DomainError, api.RunningElsewhere) as error:
            log.warning("import not resumed", extra={"run": run_id, "code": error.code})
