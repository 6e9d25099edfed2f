"""Fact tables of a warehouse version: made once per day, judged as the organisation wishes, then read."""

from collections import OrderedDict
from datetime import date
from pathlib import Path

import pyarrow as pa

from guibin.insight.facts.judging import find_judging, judge_table, judging_of
from guibin.insight.facts.keeping import is_kept, read_counted
from guibin.insight.rules.wishes import Wishes
from guibin.insight.warehouse.versions import Version

__all__ = ["facts_of", "judging_of"]
IN_MEMORY_MAX = 4
_READ: OrderedDict[tuple[Path, date, Wishes], pa.Table] = OrderedDict()


def facts_of(version: Version, as_of: date, wishes: Wishes) -> pa.Table:
    """The whole fact table of a day, ordered by customer id; its metadata hold the judging.

    Versions never change, so the tables that were asked for last stay in memory.
    """
    key = (version.folder, as_of, wishes)
    table = _READ.get(key)
    if table is None:
        counted = counted_of(version, as_of)
        table = judge_table(counted, find_judging(counted, wishes))
    _READ[key] = table
    _READ.move_to_end(key)
    while len(_READ) > IN_MEMORY_MAX:
        _READ.popitem(last=False)
    return table


def counted_of(version: Version, as_of: date) -> pa.Table:
    """The counted facts of a day, made on demand."""
    if not is_kept(version, as_of):
        # Ibis and DuckDB take more than a second to load, and a day counted already is only read.
        from guibin.insight.facts.catching_up import count_day

        count_day(version, as_of)
    return read_counted(version, as_of)
