"""Bad rows put right one by one on screen: in the run itself while nothing is written, in a run of their own
once it is."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from guibin.core.permissions import Actor
from guibin.integrations.errors import NothingToImport, WrongState
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.checking import found_of
from guibin.integrations.operations.folder import find_json, write_json
from guibin.integrations.operations.locking import get_run, lock_run
from guibin.integrations.operations.queueing import queue_step
from guibin.integrations.operations.reporting import BadRow, bad_rows
from guibin.integrations.operations.uploading import Incoming
from guibin.integrations.permissions import IMPORT_FILES
from guibin.integrations.staging.mending import fixes_from_json

CELL_MAX = 2_000
FIXED = "fixes"


@dataclass(frozen=True, slots=True)
class BadRows:
    """One page of the rows turned down, in the file's order; ``total`` of all."""

    rows: tuple[BadRow, ...]
    total: int


def list_bad_rows(run_id: int, *, number: int = 1, size: int = 20) -> BadRows:
    """Raises ``FilesGone``."""
    rows, total = bad_rows(get_run(run_id), start=(number - 1) * size, count=size)
    return BadRows(tuple(rows), total)


def fix_rows(*, run_id: int, cells: Mapping[int, Mapping[int, str]], actor: Actor, at: datetime) -> int:
    """Take corrected ``cells`` (row to column to text) and queue the dry run over them.

    Returns the run in which they come in: ``run_id`` itself before it wrote anything, else a new one of
    these rows alone, read and mapped alike. Raises ``WrongState``, ``NothingToImport``.
    """
    actor.require(IMPORT_FILES)
    given = {row: {at_: text[:CELL_MAX] for at_, text in fixed.items()} for row, fixed in cells.items()}
    given = {row: fixed for row, fixed in given.items() if fixed}
    run = get_run(run_id)
    if run.state in {"mapped", "dry_run"}:
        with transaction.atomic():
            lock_run(run_id, "dry_run", "mapped")
            kept = fixes_from_json(find_json(run_id, FIXED))
            for row, fixed in given.items():
                kept[row] = kept.get(row, {}) | fixed
            write_json(run_id, FIXED, {"rows": kept})
            queue_step(run_id=run_id, step="stage", actor=actor, at=at)
        return run_id
    if run.state not in {"done", "cancelled", "failed"}:
        raise WrongState(number=run_id, state=run.state)
    if not given:
        raise NothingToImport
    return _open_correction(run, given, actor=actor, at=at)


def _open_correction(
    run: ImportRun, given: Mapping[int, Mapping[int, str]], *, actor: Actor, at: datetime
) -> int:
    names: list[str] = found_of(run.pk)["columns"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    rows, _total = bad_rows(run, only=given)
    for row in rows:
        writer.writerow([given[row.number].get(place, text) for place, text in enumerate(row.cells)])
    incoming = Incoming()
    incoming.write(out.getvalue().encode())
    return finish_correction(run.pk, incoming, file_name=_title(run), actor=actor, at=at)


def finish_correction(run_id: int, incoming: Incoming, *, file_name: str, actor: Actor, at: datetime) -> int:
    """Corrected rows of ``run_id`` as a run of their own, mapped as it was; its dry run is queued."""
    run = get_run(run_id)
    return incoming.finish(
        kind=run.kind,
        file_name=file_name,
        step="prepare",
        options={"corrects": run_id},
        actor=actor,
        at=at,
    )


def _title(run: ImportRun) -> str:
    name = str(find_json(run.pk, "about").get("file_name", ""))
    return f"{name.rpartition('.')[0] or name or run.pk}+.csv"
