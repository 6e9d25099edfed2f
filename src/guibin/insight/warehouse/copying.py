"""Building the next version: full copies by streaming, later ones by merging what changed.

A dataset is a large ``base``, a small ``delta``, and the keys of ``gone`` base rows that the delta
replaces or that were deleted. Unchanged files are linked, not copied. When the delta grows, the base
is written anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from guibin.core.manifest import Dataset
from guibin.insight.warehouse.extract import Snapshot, arrow_schema, fingerprint
from guibin.insight.warehouse.files import link_or_copy, write_options
from guibin.insight.warehouse.versions import Content, Version, begin, new_id

PARTS = ("base", "delta", "gone")
SMALL = 50_000  # rows: below, the base itself is rewritten
DELTA_SHARE_MAX = 10  # per cent of the base
ROW_GROUP = 200_000
Progress = Callable[[int], None]


def build_version(
    snapshot: Snapshot, datasets: Iterable[Dataset], previous: Version | None, progress: Progress
) -> Version:
    """Copy into an unfinished folder what ``previous`` lacks (everything, when it is None)."""
    version_id = new_id()
    folder = begin(version_id)
    contents = {}
    for dataset in datasets:
        (folder / dataset.name).mkdir()
        known = previous.contents.get(dataset.name) if previous else None
        if previous is None or known is None or known.fingerprint != fingerprint(dataset):
            contents[dataset.name] = _copy_all(snapshot, dataset, folder, progress)
        else:
            contents[dataset.name] = _copy_changes(snapshot, dataset, previous, folder, progress)
    whole = previous is not None and all(content.touched_rows >= 0 for content in contents.values())
    (folder / "facts").mkdir()
    return Version(
        version_id,
        folder,
        snapshot.oldest_running,
        previous.id if previous and whole else None,
        contents,
    )


def _copy_all(snapshot: Snapshot, dataset: Dataset, folder: Path, progress: Progress) -> Content:
    """Stream every row; ``touched_rows`` −1 says that what changed is not known."""
    rows = 0
    path = folder / dataset.name / "base.parquet"
    schema = arrow_schema(dataset)
    with pq.ParquetWriter(path, schema, **write_options(schema)) as writer:
        for batch in snapshot.stream(dataset):
            writer.write_batch(batch, row_group_size=ROW_GROUP)
            rows += batch.num_rows
            progress(batch.num_rows)
    return Content(dataset.name, dataset.key, fingerprint(dataset), rows, 0, 0, -1)


def _copy_changes(
    snapshot: Snapshot, dataset: Dataset, previous: Version, folder: Path, progress: Progress
) -> Content:
    changed = snapshot.rows(dataset, since=previous.watermark)
    deleted = snapshot.deleted(dataset, since=previous.watermark)
    progress(changed.num_rows + deleted.num_rows)
    merged = None
    if changed.num_rows or deleted.num_rows:
        merged = _merge(dataset, previous, changed, deleted, folder)
    if merged is None:
        _link(previous, dataset, folder)
        return replace(previous.contents[dataset.name], touched_rows=0)
    return merged


def _link(previous: Version, dataset: Dataset, folder: Path) -> None:
    for part in PARTS:
        source = previous.file(dataset.name, part)
        if source.exists():
            link_or_copy(source, folder / dataset.name / source.name)


def _merge(
    dataset: Dataset, previous: Version, changed: pa.Table, deleted: pa.Table, folder: Path
) -> Content | None:
    """The old rows without what was touched, and what changed, as base or as delta.

    A transaction that runs long anywhere in the server holds the watermark back, so that rows known
    already are read again: only what differs counts as touched. None when nothing does.
    """
    known, key, target = previous.contents[dataset.name], dataset.key, folder / dataset.name
    link = duckdb.connect()
    link.execute("SET enable_progress_bar = false")
    link.register("read_again", changed)
    link.register("deleted", deleted)
    _open_old(link, dataset, previous)
    link.execute(
        f'CREATE TABLE old AS SELECT * FROM (SELECT * FROM base ANTI JOIN gone USING ("{key}") '
        f'UNION ALL SELECT * FROM delta) o WHERE "{key}" IN '
        f'(SELECT "{key}" FROM read_again UNION SELECT "{key}" FROM deleted)'
    )
    link.execute("CREATE TABLE changed AS SELECT * FROM read_again EXCEPT SELECT * FROM old")
    link.execute(
        f'CREATE TABLE touched AS SELECT "{key}" FROM changed '
        f'UNION SELECT "{key}" FROM old ANTI JOIN read_again USING ("{key}")'
    )
    touched = _count(link, "touched")
    if not touched:
        link.close()
        return None
    write(link, "SELECT * FROM touched", target / "touched.parquet")
    counts = _write_rows(link, dataset, previous, target, touched)
    link.close()
    return Content(dataset.name, key, known.fingerprint, *counts, touched)


def _write_rows(
    link: duckdb.DuckDBPyConnection, dataset: Dataset, previous: Version, target: Path, touched: int
) -> tuple[int, int, int]:
    """Rows of base, delta and gone."""
    known, key = previous.contents[dataset.name], dataset.key
    left = f'"{key}" NOT IN (SELECT "{key}" FROM touched)'
    delta = f"SELECT * FROM delta WHERE {left} UNION ALL SELECT * FROM changed"
    grown = known.delta_rows + known.gone_rows + touched
    if known.base_rows < SMALL or grown * 100 > known.base_rows * DELTA_SHARE_MAX:
        base = f'SELECT * FROM base WHERE "{key}" NOT IN (SELECT "{key}" FROM gone) AND {left}'
        return write(link, f"{base} UNION ALL {delta}", target / "base.parquet"), 0, 0
    link_or_copy(previous.file(dataset.name, "base"), target / "base.parquet")
    gone = f'SELECT "{key}" FROM gone UNION SELECT "{key}" FROM touched'
    return (
        known.base_rows,
        write(link, delta, target / "delta.parquet"),
        write(link, gone, target / "gone.parquet"),
    )


def _open_old(link: duckdb.DuckDBPyConnection, dataset: Dataset, previous: Version) -> None:
    empty = {
        "delta": arrow_schema(dataset).empty_table(),
        "gone": pa.table({dataset.key: pa.array([], pa.int64())}),
    }
    for part in PARTS:
        path = previous.file(dataset.name, part)
        if path.exists():
            link.execute(f"CREATE VIEW {part} AS SELECT * FROM read_parquet('{_escaped(path)}')")
        else:
            link.register(part, empty[part])


def write(link: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write what ``query`` gives, packed as ``write_options`` says; how many rows."""
    options = f"FORMAT parquet, COMPRESSION uncompressed, PARQUET_VERSION v2, ROW_GROUP_SIZE {ROW_GROUP}"
    result = link.execute(f"COPY ({query}) TO '{_escaped(path)}' ({options})").fetchall()
    return int(result[0][0])


def _count(link: duckdb.DuckDBPyConnection, table: str) -> int:
    found = link.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(found[0][0])


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
