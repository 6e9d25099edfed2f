"""Check-up: read the file once, lay its rows aside as text, and see what each column may be."""

import io
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from django.db import transaction

from guibin.core import jobs
from guibin.core.permissions import Actor
from guibin.core.sealing.files import read_chunks
from guibin.integrations.errors import FilesGone, WrongState, refused
from guibin.integrations.files.process import read_file
from guibin.integrations.files.refusal import Refused
from guibin.integrations.mapping.suggest import guess_kind
from guibin.integrations.mapping.targets import known_headings
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.folder import find_json, imports_home, read_json, run_folder, write_json
from guibin.integrations.operations.locking import get_run, hold, lock_run
from guibin.integrations.operations.placing import place_columns
from guibin.integrations.permissions import IMPORT_FILES
from guibin.integrations.rules.states import may_become
from guibin.integrations.settings import current_limits
from guibin.integrations.staging.chunks import ChunkWriter, remove_stream

READ_OPTIONS = ("encoding", "delimiter", "header", "sheet", "repair")


def check_file(
    *, run_id: int, options: Mapping[str, Any] | None = None, template: str = "", actor: Actor, at: datetime
) -> None:
    """Read the file with ``options`` (encoding, delimiter, header, sheet, repair) or what they seem to be.

    Lays its rows aside, profiles its columns, suggests where they go. Raises ``FileRefused``, after
    which the run is failed with that reason.
    """
    actor.require(IMPORT_FILES)
    with hold(run_id):
        lock_free = get_run(run_id)
        if not may_become(lock_free.state, "checked"):
            raise WrongState(number=run_id, state=lock_free.state)  # before any of its files is touched
        chosen = {
            name: (options or {}).get(name) for name in READ_OPTIONS if (options or {}).get(name) is not None
        }
        try:
            found = _read(lock_free, chosen)
        except Refused as refusal:
            _fail(run_id, refusal)
            raise refused(refusal) from refusal
        write_json(run_id, "found", found)
        with transaction.atomic():
            run = lock_run(run_id, "checked")
            if run.options.get("kind_open"):
                run.kind = guess_kind(found["columns"], found["profile"])
            run.options = {**run.options, **(options or {}), "kind_open": False}
            run.rows_total, run.state, run.error_code, run.error_data = found["rows"], "checked", "", {}
            run.outcomes, run.figures, run.cursor, run.rows_done = {}, {}, {}, 0
            run.save()
            place_columns(run, found, template=template)


def _read(run: ImportRun, options: dict[str, Any]) -> dict[str, Any]:
    folder = run_folder(run.pk)
    remove_stream(folder, "raw")
    writer = ChunkWriter(folder, parts=1)
    done = 0

    def take(batch: pa.RecordBatch) -> None:
        nonlocal done
        writer.add("raw", pa.Table.from_batches([batch]), None)
        done += batch.num_rows
        if run.job_id:
            jobs.report(run.job_id, done=done)

    request = {**options, "known": sorted(known_headings())}
    with open_source(run.pk) as file:
        found = read_file(file, request, current_limits(), take)
    writer.flush()
    return found


@contextmanager
def open_source(run_id: int) -> Iterator[BinaryIO]:
    """The plain file, seekable. An uploaded one is unsealed into a file without a name."""
    about = read_json(run_id, "about")
    if about["path"]:
        path = Path(about["path"])
        if not path.exists():
            raise FilesGone(number=run_id)
        with path.open("rb") as file:
            yield file
        return
    sealed = run_folder(run_id) / "source"
    if not sealed.exists():
        raise FilesGone(number=run_id)
    with tempfile.TemporaryFile(dir=imports_home()) as spool:
        for chunk in read_chunks(sealed):
            spool.write(chunk)
        spool.flush()
        spool.seek(0, io.SEEK_SET)
        yield spool


def _fail(run_id: int, refusal: Refused) -> None:
    ImportRun.objects.filter(pk=run_id).update(
        state="failed",
        error_code=refusal.code,
        error_data={k: v for k, v in refusal.data.items() if isinstance(v, int | str)},
    )


def found_of(run_id: int) -> dict[str, Any]:
    """What the check-up found; empty before it."""
    return find_json(run_id, "found")
