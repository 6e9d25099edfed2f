"""J8: a shop's file through the import clinic with every check on, beside a raw COPY of the same rows."""

import os
from typing import Any

from bench.database import run_in_scratch
from bench.timing import Result

LINES = int(os.environ.get("BENCH_LINES", "200000"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "40000"))
ORDER_FILE = os.environ.get("BENCH_ORDER_FILE", "")
"""A real file of order lines with the same columns (``files.LINES_HEAD``) in place of a generated one."""
NAME = "guibin_bench_j8"


def measure_lines() -> list[Result]:
    found = run_in_scratch("bench.j8_lines_inside", name=NAME)
    return _results("j8", "order lines", "lines", found, "≥ 0.15 of COPY")


def measure_people() -> list[Result]:
    found = run_in_scratch("bench.j8_people_inside", name=NAME)
    return _results("j8-customers", "customers, sealed and tokenised", "customers", found, "≥ 0.03 of COPY")


def _results(job: str, what: str, unit: str, found: dict[str, Any], goal: str) -> list[Result]:
    """Speeds in thousand rows a second: ``ratio`` is our share of the limit's."""
    rows = found["rows"]
    limit, ours = rows / found["limit"] / 1000, rows / found["ours"] / 1000
    speed = Result(
        job, f"{what}, thousand a second", f"{rows:,} {unit}", limit, ours, goal, ours / limit, more=found
    )
    small, large = found["memory"]
    memory = Result(
        job, "peak memory, MB (limit: a quarter of the rows)", f"{large['rows']:,} {unit}", small["peak_mb"],
        large["peak_mb"], "flat", large["peak_mb"] / small["peak_mb"],
        more={"reader": [small["reader_peak_mb"], large["reader_peak_mb"]]},
    )  # fmt: skip
    return [speed, memory]
