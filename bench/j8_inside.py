"""What both jobs of J8 share inside the scratch database: turns of one raw COPY and one import each."""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from bench.raw_copy import copy_raw

ROUNDS = 3


def compare(
    kind: str, files: Sequence[Path], copyables: Sequence[Path], table: str, statement: str
) -> dict[str, Any]:
    """Each turn one COPY and one import of a file under a new source; the tables of both keep growing.

    The first turn warms up; the last file is the one of which a quarter is taken.
    """
    limits, runs = [], []
    with psycopg.connect(os.environ["GUIBIN_OWNER_URL"]) as link:
        link.execute(table)
        link.commit()
        for turn, (file, copyable) in enumerate(zip(files[:-1], copyables, strict=False)):
            began = time.perf_counter()
            copy_raw(link, statement, copyable)
            limits.append(time.perf_counter() - began)
            runs.append(bring_in(kind, file, f"bench-{turn}"))
    return {
        "rows": runs[0]["rows"],
        "limit": statistics.median(limits[1:]),
        "ours": statistics.median(run["seconds"] for run in runs[1:]),
        "limits": [round(value, 3) for value in limits],
        "runs": runs,
        "memory": [bring_in(kind, _quarter(files[-1], runs[0]["rows"]), "bench-quarter"), runs[0]],
    }


def bring_in(kind: str, file: Path, source: str) -> dict[str, Any]:
    """What ``bench.bring_in`` says of a process of its own."""
    words = [sys.executable, "-m", "bench.bring_in", kind, str(file), source]
    ended = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    return found


def _quarter(file: Path, rows: int) -> Path:
    """The first quarter of the file."""
    part = file.with_name("quarter.csv")
    with file.open("rb") as whole, part.open("wb") as out:
        out.writelines(itertools.islice(whole, 1 + rows // 4))
    return part


def scratch_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="guibin-bench-")
