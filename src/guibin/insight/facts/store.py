"""Fact tables of a warehouse version: made once per day, judged as the organisation wishes, then read."""

from collections import OrderedDict
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from guibin.insight.facts.counting import count_all, count_changed
from guibin.insight.facts.engine import open_duck, open_engine
from guibin.insight.facts.judging import find_judging, judge_table, judging_of
from guibin.insight.facts.keeping import is_kept, keep, keep_changed, read_counted
from guibin.insight.rules.wishes import Wishes
from guibin.insight.warehouse.versions import Version, open_version

__all__ = ["facts_of", "judging_of"]
IN_MEMORY_MAX = 4
_READ: OrderedDict[tuple[Path, date, Wishes], pa.Table] = OrderedDict()


def facts_of(version: Version, as_of: date, wishes: Wishes) -> pa.Table:
    """The whole fact table of a day, ordered by customer id; its metadata hold the judging.

    Versions never change, so the tables read last stay in memory.
    """
    key = (version.folder, as_of, wishes)
    table = _READ.get(key)
    if table is None:
        counted = counted_of(version, as_of)
        table = judge_table(counted, find_judging(counted, wishes))
    _READ[key] = table
    while len(_READ) > IN_MEMORY_MAX:
        _READ.popitem(last=False)
    return table


def counted_of(version: Version, as_of: date) -> pa.Table:
    """The counted facts of a day, made on demand: from the version before, where it has them."""
    if not is_kept(version, as_of) and not _continue(version, as_of):
        with open_engine() as engine:
            keep(count_all(engine, version, as_of), version, as_of)
    return read_counted(version, as_of)


def _continue(version: Version, as_of: date) -> bool:
    """Keep the parent version's facts of the day with who changed counted anew; False: count everybody."""
    if version.parent is None:
        return False
    try:
        parent = open_version(version.parent)
        if not is_kept(parent, as_of):
            return False
        with open_duck() as duck:
            changed = count_changed(duck, version, parent, as_of)
        if changed is not None:
            keep_changed(parent, version, as_of, affected=changed.affected, anew=changed.anew)
    except (OSError, duckdb.IOException):  # the next refresh removed it meanwhile
        return False
    return changed is not None
