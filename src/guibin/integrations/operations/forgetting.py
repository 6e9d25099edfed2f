"""After some days nothing of a file's content is left: upload, rows, workbook and undo images go."""

import shutil
from datetime import datetime, timedelta

from guibin.core import preferences
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.folder import imports_home, remove_folder
from guibin.integrations.operations.locking import is_held
from guibin.integrations.rules.states import READING
from guibin.integrations.settings import KEEP_DAYS

DAY_SECONDS = 86_400


def forget_old_files(*, at: datetime) -> int:
    """Delete folders of runs older than the storage time; returns how many."""
    limit = at - timedelta(days=preferences.get(KEEP_DAYS))
    old = ImportRun.objects.filter(created_at__lt=limit, files_gone_at=None)
    gone = 0
    for run in old.order_by("pk"):
        if is_held(run.pk):
            continue
        remove_folder(run.pk)
        if run.state in {*READING, "dry_run"}:  # nothing is left of it to go on with
            run.state, run.error_code = "cancelled", "integrations.files_gone"
            run.options.pop("going", None)
        run.files_gone_at = at
        run.save(update_fields=["state", "error_code", "options", "files_gone_at"])
        gone += 1
    _sweep_uploads(at.timestamp())
    _sweep_folders(at.timestamp())
    return gone


def _sweep_uploads(seconds: float) -> None:
    """Uploads that broke off leave a nameless part; a day is long enough."""
    for path in imports_home().glob("upload-*"):
        if seconds - path.stat().st_mtime > DAY_SECONDS:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _sweep_folders(seconds: float) -> None:
    """Folders without a run: the process was killed before the run was written down."""
    folders = {int(path.name): path for path in imports_home().glob("[0-9]*") if path.name.isdigit()}
    old = {pk: path for pk, path in folders.items() if seconds - path.stat().st_mtime > DAY_SECONDS}
    known = set(ImportRun.objects.filter(pk__in=old).values_list("pk", flat=True))
    for pk in old.keys() - known:
        remove_folder(pk)
