"""J2: facts from Parquet beside hand-written DuckDB SQL in memory."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq

from bench.limits import TIERS, all_facts, rfm_and_tiers
from bench.shop import LAST_DAY, Size, make_shop
from bench.timing import Result, alternate
from guibin.insight.facts.counting import compiled, count_all
from guibin.insight.facts.engine import DuckEngine, open_duck
from guibin.insight.facts.judging import Wishes, find_cuts, find_judging, judge_table, score_columns
from guibin.insight.facts.schema import COUNTED_NAMES
from guibin.insight.warehouse.copying import ROW_GROUP
from guibin.insight.warehouse.files import write_options
from guibin.insight.warehouse.versions import Content, Version

NARROW = ("customer_id", "recency_days", "orders_count", "net_minor", "orders_12m", "net_12m_minor")
ROUNDS = 7
KEYS = {
    "customers": "customer_id",
    "orders": "order_id",
    "order_lines": "line_id",
    "refunds": "refund_id",
    "products": "product_id",
    "categories": "category_id",
}


def write_version(size: Size, folder: Path) -> Version:
    """The shop as a warehouse version on disk."""
    contents = {}
    for name, table in make_shop(size).items():
        (folder / name).mkdir()
        options = write_options(table.schema)
        pq.write_table(table, folder / name / "base.parquet", row_group_size=ROW_GROUP, **options)
        contents[name] = Content(name, KEYS[name], "", table.num_rows, 0, 0, -1)
    return Version("bench", folder, 0, None, contents)


def measure(size: Size, job: str, goal: str, rounds: int = ROUNDS) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        version = write_version(size, Path(folder))
        results = [_narrow(version, size, job, goal, rounds), _whole(version, size, job, goal, rounds)]
        return [*results, _memory(version, size, job)]


def _in_memory(version: Version) -> duckdb.DuckDBPyConnection:
    link = duckdb.connect()
    link.execute("SET enable_progress_bar = false")
    for name in KEYS:
        link.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{version.file(name, 'base')}')")
    return link


def _narrow(version: Version, size: Size, job: str, goal: str, rounds: int) -> Result:
    link, query = _in_memory(version), rfm_and_tiers(LAST_DAY)
    with open_duck() as duck:
        sources = duck.sources(version)
        began = time.perf_counter()
        compiled(duck, sources, LAST_DAY, NARROW)
        compiling = time.perf_counter() - began

        def limit() -> object:
            return link.sql(query).to_arrow_table()

        def ours() -> object:
            table = count_all(duck, version, LAST_DAY, NARROW)
            scores = score_columns(table, find_cuts(table, "12m"), "12m")
            tiers = np.searchsorted(np.array(TIERS), table["net_12m_minor"].to_numpy(), side="right")
            return table, scores, tiers

        taken = alternate(limit, ours, rounds)
        more = {"compile_seconds": round(compiling, 3), "processor": taken.processor}
    link.close()
    what = "recency, frequency, money, scores and tier"
    return Result(job, what, size.text, taken.limit, taken.ours, goal, taken.ratio, more=more)


def _whole(version: Version, size: Size, job: str, goal: str, rounds: int) -> Result:
    link, query = _in_memory(version), all_facts(LAST_DAY)
    with open_duck() as duck:

        def limit() -> object:
            return link.sql(query).to_arrow_table()

        def ours() -> object:
            return count_all(duck, version, LAST_DAY, COUNTED_NAMES)

        taken = alternate(limit, ours, rounds)
        more = {"judging_seconds": _judging_seconds(duck, version), "processor": taken.processor}
    link.close()
    return Result(
        job, "the whole fact row", size.text, taken.limit, taken.ours, goal, taken.ratio, more=more
    )  # fmt: skip


def _judging_seconds(duck: DuckEngine, version: Version) -> float:
    counted = count_all(duck, version, LAST_DAY, COUNTED_NAMES)
    began = time.perf_counter()
    judge_table(counted, find_judging(counted, Wishes()))
    return round(time.perf_counter() - began, 3)


def _memory(version: Version, size: Size, job: str) -> Result:
    """The peak of a process that does nothing but our whole pass."""
    words = [sys.executable, "-m", "bench.peak", str(version.folder)]
    ended = subprocess.run(words, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    peak, limit = int(ended.stdout), 4096
    what = "peak memory of the whole pass, MB"
    return Result(job, what, size.text, limit, peak, "< 4,096 MB", peak / limit)
