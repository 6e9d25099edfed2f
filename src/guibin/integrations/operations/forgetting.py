"""After some days nothing of a file's content is left: upload, rows, workbook and undo images go."""

import shutil
from datetime import datetime, timedelta

from guibin.core import preferences
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.folder import imports_home, remove_folder
from guibin.integrations.operations.locking import is_held
from guibin.integrations.settings import KEEP_DAYS


def forget_old_files(*, at: datetime) -> int:
    """Delete folders of runs older than the storage time; returns how many."""
    limit = at - timedelta(days=preferences.get(KEEP_DAYS))
    old = ImportRun.objects.filter(created_at__lt=limit, files_gone_at=None)
    gone = 0
    for run in old.order_by("pk"):
        if is_held(run.pk):
            continue
        remove_folder(run.pk)
        ImportRun.objects.filter(pk=run.pk).update(files_gone_at=at)
        gone += 1
    _sweep_uploads(at.timestamp())
    return gone


def _sweep_uploads(seconds: float) -> None:
    """Uploads that broke off leave a nameless part; a day is long enough."""
    home = imports_home()
    if not home.exists():
        return
    for path in home.glob("upload-*"):
        if seconds - path.stat().st_mtime > 86_400:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
