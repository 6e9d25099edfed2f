"""Fact tables of a warehouse version: made once per day and settings, then read."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa

from guibin.insight.facts.counting import count_all, counted_path, keep, read_kept
from guibin.insight.facts.engine import DuckEngine, open_duck, open_engine
from guibin.insight.facts.judging import as_record, find_judging, from_record, judge_table
from guibin.insight.rules.count import Judging
from guibin.insight.rules.wishes import Wishes
from guibin.insight.warehouse.versions import Version

JUDGING = b"guibin.judging"


def judged_path(version: Version, as_of: date, wishes: Wishes) -> Path:
    return version.facts / f"{as_of.isoformat()}.{wishes.code}.parquet"


def facts_of(version: Version, as_of: date, wishes: Wishes) -> pa.Table:
    """The whole fact table of a day, ordered by customer id; its metadata hold the judging."""
    path = judged_path(version, as_of, wishes)
    if path.exists():
        return read_kept(path)
    counted = counted_of(version, as_of)
    with open_duck() as duck:
        return judge_and_keep(duck, version, as_of, wishes, counted)


def counted_of(version: Version, as_of: date) -> pa.Table:
    """The counted facts of a day, made on demand."""
    path = counted_path(version, as_of)
    if not path.exists():
        with open_engine() as engine:
            keep(count_all(engine, version, as_of), path)
    return read_kept(path)


def judge_and_keep(
    duck: DuckEngine, version: Version, as_of: date, wishes: Wishes, counted: pa.Table
) -> pa.Table:
    judging = find_judging(counted, wishes)
    table = judge_table(duck, counted, judging)
    table = table.replace_schema_metadata({JUDGING: json.dumps(as_record(judging)).encode()})
    keep(table, judged_path(version, as_of, wishes))
    return table


def judging_of(facts: pa.Table) -> Judging:
    """The thresholds and cut points a fact table was judged by."""
    return from_record(json.loads(facts.schema.metadata[JUDGING]))
