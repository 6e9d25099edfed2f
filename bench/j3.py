"""J3: the customer profile for programs, and the customer page, beside one statement over a bare server."""

import os
from typing import Any

from bench.database import run_in_scratch
from bench.timing import Result

MEMBERS = int(os.environ.get("BENCH_MEMBERS", "5000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
ROUNDS = 3
CLIENTS = 8
NAME = "guibin_bench_j3"
_found: dict[str, Any] = {}


def measure_profile() -> list[Result]:
    found = _measured()
    goal = "≥ 0.6, p99 ≤ 5× p50"
    return [
        _result("j3", "profile API, key checked", found, "profile", goal),
        _result("j3", "the same through Django alone", found, "django", "–"),
    ]


def measure_page() -> list[Result]:
    return [_result("j3-page", "customer page, signed in", _measured(), "page", "≥ 0.2, p95 < 300 ms")]


def _measured() -> dict[str, Any]:
    """Both jobs come from one run: the limit is the same."""
    if not _found:
        _found.update(run_in_scratch("bench.j3_inside", name=NAME))
    return _found


def _result(job: str, what: str, found: dict[str, Any], name: str, goal: str) -> Result:
    limit, ours = found["limit"], found[name]
    times = f"p50 {ours['p50']:g}, p95 {ours['p95']:g}, p99 {ours['p99']:g} ms"
    return Result(
        job,
        f"{what}, requests a second ({times})",
        f"{CLIENTS} clients, {found['customers']:,} customers, {found['orders']:,} orders",
        limit["rate"],
        ours["rate"],
        goal,
        ours["rate"] / limit["rate"],
        more={"limit": limit, name: ours},
    )
