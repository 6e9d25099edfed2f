"""Counted facts on disk: per version and day one file, or a file of an earlier version and what changed.

A day's facts are a ``counted`` file and, after an incremental count, a small ``delta`` of customers
counted anew and the ids of customers whose rows in ``counted`` are ``gone`` (counted anew, or no more
there). Files are written once; the next version links what it keeps. When the delta grows, all is
written anew.
"""

import secrets
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guibin.insight.facts.schema import COUNTED_NAMES, COUNTING
from guibin.insight.warehouse.files import link_or_copy, write_options
from guibin.insight.warehouse.versions import Version

DELTA_SHARE_MAX = 10  # per cent
SMALL = 2_000  # rows: below, all is written anew


def counted_path(version: Version, as_of: date, part: str = "counted") -> Path:
    """Facts that other code counted have another path: they are never read."""
    return version.facts / f"{as_of.isoformat()}.{part}-{COUNTING}.parquet"


def is_kept(version: Version, as_of: date) -> bool:
    return counted_path(version, as_of).exists()


def keep(table: pa.Table, version: Version, as_of: date, part: str = "counted") -> None:
    """Write beside the final name and rename into place."""
    path = counted_path(version, as_of, part)
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(f".{id(table)}.unfinished")
    pq.write_table(table, unfinished, **write_options(table.schema))
    unfinished.replace(path)


def keep_changed(
    parent: Version, version: Version, as_of: date, *, affected: pa.Array, anew: pa.Table
) -> None:
    """The facts of ``parent`` with the rows of ``affected`` customers replaced by ``anew``."""
    whole = counted_path(parent, as_of)
    gone = pc.unique(pa.concat_arrays([_gone(parent, as_of), affected]))
    rows = pq.read_metadata(whole).num_rows
    if rows < SMALL or len(gone) * 100 > rows * DELTA_SHARE_MAX:
        kept = without(read_counted(parent, as_of), affected)
        keep(pa.concat_tables([kept, anew]).sort_by("customer_id"), version, as_of)
        return
    delta = counted_path(parent, as_of, "delta")
    earlier = without(pq.read_table(delta), affected) if delta.exists() else anew.slice(0, 0)
    keep(pa.concat_tables([earlier, anew]), version, as_of, "delta")
    keep(pa.table({"customer_id": gone}), version, as_of, "gone")
    _link(whole, counted_path(version, as_of))  # last: whoever sees it finds the others


def _link(source: Path, target: Path) -> None:
    unfinished = target.with_suffix(f".{secrets.token_hex(4)}.unfinished")
    link_or_copy(source, unfinished)
    unfinished.replace(target)
    unfinished.unlink(missing_ok=True)  # left over where both were one file already


def read_counted(
    version: Version,
    as_of: date,
    columns: Sequence[str] = COUNTED_NAMES,
    *,
    only: pa.Array | None = None,
) -> pa.Table:
    """The counted facts of a day, ordered by customer id; ``only`` these customers."""
    chosen = None if only is None else pc.field("customer_id").isin(only)
    names = list(columns)
    table = pq.read_table(counted_path(version, as_of), columns=names, filters=chosen)
    delta = counted_path(version, as_of, "delta")
    if delta.exists():
        newer = pq.read_table(delta, columns=names, filters=chosen)
        table = pa.concat_tables([without(table, _gone(version, as_of)), newer])
        table = table.sort_by("customer_id")
    return table


def without(table: pa.Table, ids: pa.Array) -> pa.Table:
    """The rows of other customers."""
    return table.filter(pc.invert(pc.is_in(table["customer_id"], value_set=ids)))


def _gone(version: Version, as_of: date) -> pa.Array:
    path = counted_path(version, as_of, "gone")
    if not path.exists():
        return pa.array([], pa.int64())
    return pq.read_table(path)["customer_id"].combine_chunks()
