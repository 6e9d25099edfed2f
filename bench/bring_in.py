"""One file through the import clinic, as ``guibin import --yes`` does it, in a process of its own.

``python -m bench.bring_in KIND FILE SOURCE`` prints seconds, processor seconds and peak memory as JSON.
The database must be there. Starting Python and Django is not in the seconds, and said apart.
"""

import json
import resource
import sys
import time
from pathlib import Path

STARTED = time.perf_counter()

import django  # noqa: E402 - the clock comes first

django.setup()

from guibin.core import clock  # noqa: E402
from guibin.core.permissions import SYSTEM  # noqa: E402
from guibin.integrations import api  # noqa: E402

READY = time.perf_counter()


def bring_in(kind: str, path: Path, source: str) -> dict[str, float]:
    """Seconds of each step."""
    steps: dict[str, float] = {}
    began = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal began
        now = time.perf_counter()
        steps[name], began = round(now - began, 3), now

    run_id = api.register(kind=kind, path=path, actor=SYSTEM, at=clock.now())
    api.check_file(run_id=run_id, options={}, actor=SYSTEM, at=clock.now())
    lap("read")
    api.map_columns(run_id=run_id, source=source, actor=SYSTEM, at=clock.now())
    api.type_rows(run_id=run_id, actor=SYSTEM, at=clock.now())
    lap("check")
    api.run_import(run_id=run_id, actor=SYSTEM, at=clock.now())
    lap("write")
    run = api.get_import(run_id)
    steps["rows"] = run.rows_total or 0
    return steps


def main() -> dict[str, object]:
    kind, path, source = sys.argv[1:4]
    before = _processor()
    began = time.perf_counter()
    steps = bring_in(kind, Path(path), source)
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": round(time.perf_counter() - began, 3),
        "processor": round(_processor() - before, 3),
        "start_up": round(READY - STARTED, 3),
        "peak_mb": own.ru_maxrss // 1024,
        "reader_peak_mb": child.ru_maxrss // 1024,
        **steps,
    }


def _processor() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    print(json.dumps(main()))
