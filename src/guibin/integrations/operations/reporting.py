"""Rows turned down: each bad cell with its reason in words, and the row as it was. Sealed."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.utils.translation import gettext as _

from guibin.core.events import record, subject
from guibin.core.permissions import Actor
from guibin.core.sealing.files import SealedWriter, read_chunks
from guibin.customers import api as customers
from guibin.integrations.errors import FilesGone, RevealReasonUnknown
from guibin.integrations.events import RowsRevealed
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.folder import find_json, run_folder
from guibin.integrations.operations.locking import get_run
from guibin.integrations.operations.staging import plan_of, raw_tables
from guibin.integrations.permissions import IMPORT_FILES
from guibin.integrations.staging.chunks import list_parts, read_segments
from guibin.integrations.staging.mending import fixes_from_json, mend, unescape
from guibin.integrations.staging.plan import Typist
from guibin.integrations.wording import bare_code, reason_words
from guibin.web.spreadsheets import xlsx_chunks


@dataclass(frozen=True, slots=True)
class BadRow:
    """``faults``: (column from 0 or None for the whole row, reason code), first the one that decided."""

    number: int
    faults: tuple[tuple[int | None, str], ...]
    cells: tuple[str, ...]


def reveal_workbook(*, run_id: int, reason: str, actor: Actor, at: datetime) -> Iterator[bytes]:
    """The workbook in pieces: whole values, masked on every page, so that each download is a look that is
    recorded with its reason, one of ``customers.REVEAL_REASONS``.

    Raises ``Forbidden``, ``ImportUnknown``, ``RevealReasonUnknown`` or ``FilesGone``.
    """
    actor.require(IMPORT_FILES)
    actor.require(customers.REVEAL_CUSTOMER)
    get_run(run_id)
    if reason not in customers.REVEAL_REASONS:
        raise RevealReasonUnknown
    pieces, rows = _workbook(run_id), len(_verdicts(run_id))
    with transaction.atomic():
        event = RowsRevealed(import_id=run_id, rows=rows, reason=reason)
        record(event, subjects=[subject("import", run_id)], actor=actor, at=at)
    return pieces


def _workbook(run_id: int) -> Iterator[bytes]:
    """Made when first asked for."""
    run = get_run(run_id)
    found = find_json(run.pk, "found")
    if not found:
        raise FilesGone(number=run.pk)
    path = run_folder(run.pk) / "errors.xlsx"
    if not path.exists() or run.state not in {"done", "undone"}:
        _write(run, found["columns"], path)
    return read_chunks(path)


def _write(run: ImportRun, columns: list[str], path: Path) -> None:
    headings = [_("Row"), _("Reason"), _("Column"), *columns]
    labels = [str(_("Column %(number)s") % {"number": c[1:]}) if c.startswith("#") else c for c in columns]
    rows = ([row.number, *_told(row, labels), *row.cells] for row in _look_up(run, _verdicts(run.pk)))
    with SealedWriter(path) as sealed:
        for chunk in xlsx_chunks(_("Rows not imported"), headings, rows):
            sealed.write(chunk)


def _told(row: BadRow, labels: list[str]) -> tuple[str, str]:
    """Reasons and columns of a row in words; with several, each reason behind its column."""
    places = [labels[place] for place, _code in row.faults if place is not None]
    if len(row.faults) == 1:
        return reason_words(row.faults[0][1]), "".join(places)
    told = [
        _("%(column)s: %(reason)s") % {"column": labels[place], "reason": reason_words(code)}
        if place is not None
        else reason_words(code)
        for place, code in row.faults
    ]
    return "\n".join(told), ", ".join(places)


def bad_rows(
    run: ImportRun, *, start: int = 0, count: int = 0, only: Collection[int] | None = None
) -> tuple[list[BadRow], int]:
    """``count`` rows from the ``start``-th on, or the rows ``only``; and how many there are of all."""
    verdicts = _verdicts(run.pk)
    numbers = sorted(verdicts)
    chosen = [n for n in numbers if n in only] if only is not None else numbers[start : start + count]
    return list(_look_up(run, {n: verdicts[n] for n in chosen})), len(numbers)


def _verdicts(run_id: int) -> dict[int, tuple[str, str]]:
    """(reason, field) of every row turned down, by staging or by a door. Raises ``FilesGone``."""
    if not find_json(run_id, "found"):
        raise FilesGone(number=run_id)
    rejects = collect_rejects(run_id)
    if rejects is None:
        return {}
    pairs = zip(rejects["reason"].to_pylist(), rejects["place"].to_pylist(), strict=True)
    return {
        row: (reason, place or "")
        for row, (reason, place) in zip(rejects["row"].to_pylist(), pairs, strict=True)
    }


def _look_up(run: ImportRun, verdicts: Mapping[int, tuple[str, str]]) -> Iterator[BadRow]:
    """The rows of ``verdicts`` as they stand now, in the file's order, with every bad cell they have."""
    wanted, left = pa.array(sorted(verdicts), pa.int64()), len(verdicts)
    typist = Typist(plan_of(run))
    spots = {name: place for place, name in reversed(_spots(run).items())}
    fixes = fixes_from_json(find_json(run.pk, "fixes"))
    for table in raw_tables(run_folder(run.pk)):
        if not left:
            return
        hit = table.filter(pc.is_in(table["row"], wanted)).combine_chunks()
        for read in hit.to_batches():
            batch = mend(unescape(read) if run.options.get("corrects") else read, fixes)
            left -= batch.num_rows
            bad = _bad_cells(typist, batch)
            cells = zip(
                *(batch.column(2 + at).to_pylist() for at in range(batch.num_columns - 2)), strict=True
            )
            numbers = batch.column(0).to_pylist()
            for place, (number, row) in enumerate(zip(numbers, cells, strict=True)):
                reason, field = verdicts[number]
                main = next((at for at, code in bad[place] if code == bare_code(reason)), spots.get(field))
                faults = {main: reason} | {at: code for at, code in bad[place] if at != main}
                yield BadRow(number, tuple(faults.items()), row)


def _spots(run: ImportRun) -> dict[int, str]:
    return {at: column["target"] for at, column in enumerate(run.mapping["columns"]) if column["target"]}


def _bad_cells(typist: Typist, batch: pa.RecordBatch) -> dict[int, list[tuple[int, str]]]:
    """Place in the batch to (column, reason) of all cells that cannot be what their column is."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for column, codes in typist.faults(batch):
        for place, code in enumerate(codes.to_pylist()):
            if code is not None:
                found[place].append((column, code))
    return found


def collect_rejects(run_id: int) -> pa.Table | None:
    """Row, reason and column of every row turned down, by staging or by a door."""
    folder = run_folder(run_id)
    tables = [
        table.select(["row", "reason", "place"])
        for stream in ("rejects", "refused", "noted")
        for part in list_parts(folder, stream)
        for table in read_segments(folder, stream, part)
    ]
    return pa.concat_tables(tables, promote_options="permissive") if tables else None
