"""Counting a day that a warehouse version has no facts of yet."""

from datetime import date

import duckdb

from guibin.insight.facts.counting import count_all, count_changed
from guibin.insight.facts.engine import open_duck, open_engine
from guibin.insight.facts.keeping import is_kept, keep, keep_changed
from guibin.insight.warehouse.versions import Version, open_version


def count_day(version: Version, as_of: date) -> None:
    """Count and keep the facts of a day: from the version before, where it has them, else of everybody."""
    if not _continue(version, as_of):
        with open_engine() as engine:
            keep(count_all(engine, version, as_of), version, as_of)


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
