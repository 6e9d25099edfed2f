"""J2 with write-back: what a refresh costs after few orders changed, beside one scan in PostgreSQL."""

import os

from bench.database import run_in_scratch
from bench.shop import Size
from bench.timing import Result

SIZE = Size(int(os.environ.get("BENCH_CUSTOMERS", "100000")), int(os.environ.get("BENCH_ORDERS", "2000000")))
CHANGED = 2_000
GOAL = "≤ 0.25"


def measure() -> list[Result]:
    found = run_in_scratch("bench.j2_write_inside")
    return [
        Result(
            "j2-write", f"refresh after {CHANGED:,} new orders, published", SIZE.text, found["scan"],
            found["refresh"], GOAL, found["refresh"] / found["scan"],
            more={key: found[key] for key in ("first", "changed", "digest_equal", "parts")},
        )
    ]  # fmt: skip
