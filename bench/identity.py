"""Identity: looking a customer up by any key, and the scan of everybody for duplicates."""

import os

from bench.database import run_in_scratch
from bench.timing import Result

NAME = "guibin_bench_identity"
PEOPLE = int(os.environ.get("BENCH_IDENTITY", "50000"))
MILLION = 1_000_000
SIZE = "BENCH_IDENTITY_SIZE"
LOOKUP_GOAL = "≤ 5 ms"


def measure() -> list[Result]:
    return _measure("identity", PEOPLE)


def measure_million() -> list[Result]:
    return _measure("identity-size", MILLION)


def _measure(job: str, people: int) -> list[Result]:
    os.environ[SIZE] = str(people)
    found = run_in_scratch("bench.identity_inside", name=NAME)
    size = f"{found['customers']:,} customers"
    lines = [
        Result(
            job, f"by {key}, ms at p50, in the database and through the door "
            f"(p99 {each['p99']} and {each['door_p99']} ms)", size, each["p50"], each["door_p50"], LOOKUP_GOAL,
            each["door_p50"] / each["p50"], more=each,
        )
        for key, each in found["lookups"].items()
    ]  # fmt: skip
    scan, again = found["scan"], found["again"]
    what = f"everybody compared: {scan['compared']:,} pairs, {scan['joined']:,} joined, {scan['review']:,} to review"
    lines.append(
        Result(
            job, f"{what}, seconds", size, found["raw_join"], scan["seconds"], "–",
            scan["seconds"] / found["raw_join"], more=found,
        )
    )  # fmt: skip
    lines.append(
        Result(
            job, "everybody compared again, nothing new, seconds", size, found["raw_join"], again["seconds"],
            "–", again["seconds"] / found["raw_join"],
        )
    )  # fmt: skip
    return lines
