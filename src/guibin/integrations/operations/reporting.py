"""The error workbook: every row turned down, its reason in words, and the row as it was. Sealed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from guibin.core.sealing.files import SealedWriter, read_chunks
from guibin.integrations.errors import FilesGone
from guibin.integrations.mapping.targets import targets_of
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.folder import find_json, run_folder
from guibin.integrations.operations.locking import get_run
from guibin.integrations.operations.staging import raw_tables
from guibin.integrations.staging.chunks import list_parts, read_segments
from guibin.integrations.wording import reason_words
from guibin.web.spreadsheets import xlsx_chunks


def error_workbook(run_id: int) -> Iterator[bytes]:
    """The workbook in pieces, made when first asked for. Raises ``FilesGone``."""
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
    with SealedWriter(path) as sealed:
        for chunk in xlsx_chunks(_("Rows not imported"), headings, rejected_rows(run)):
            sealed.write(chunk)


def rejected_rows(run: ImportRun) -> Iterator[list[Any]]:
    """Row number, reason in words, column, then the cells as the file had them; in the file's order."""
    rejects = collect_rejects(run.pk)
    if rejects is None:
        return
    reasons = dict(
        zip(
            rejects["row"].to_pylist(),
            zip(rejects["reason"].to_pylist(), rejects["place"].to_pylist(), strict=True),
            strict=True,
        )
    )
    labels = {name: str(target.label) for name, target in targets_of(run.kind).items()}
    wanted = rejects["row"].combine_chunks()
    for table in raw_tables(run_folder(run.pk)):
        hit = table.filter(pc.is_in(table["row"], wanted))
        for record in hit.drop_columns(["fault"]).to_pylist():
            number = record.pop("row")
            reason, place = reasons[number]
            yield [number, str(reason_words(reason)), labels.get(place or "", ""), *record.values()]


def collect_rejects(run_id: int) -> pa.Table | None:
    """Row, reason and column of every row turned down, by staging or by a door."""
    folder = run_folder(run_id)
    tables = [
        table.select(["row", "reason", "place"])
        for stream in ("rejects", "refused")
        for part in list_parts(folder, stream)
        for table in read_segments(folder, stream, part)
    ]
    return pa.concat_tables(tables, promote_options="permissive") if tables else None
