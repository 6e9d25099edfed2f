"""Run a benchmark: ``python bench/run.py JOB [--json] [--record]``."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HOME), str(HOME / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guibin.config.settings")

from bench import identity, j2, j2_write, j3, j8  # noqa: E402 - the path above comes first
from bench.shop import Size  # noqa: E402
from bench.timing import Result  # noqa: E402

ROWS = HOME / "docs" / "reference" / "benchmarks.md"
MARK = "<!-- newest first -->"
JOBS: dict[str, Callable[[], list[Result]]] = {
    "j2": lambda: j2.measure(Size(100_000, 2_000_000), "j2", "≤ 1.2"),
    "j2-size": lambda: j2.measure(Size(1_000_000, 20_000_000), "j2-size", "≤ 1.3", rounds=1),
    "j2-write": j2_write.measure,
    "j3": j3.measure_profile,
    "j3-page": j3.measure_page,
    "j8": j8.measure_lines,
    "j8-customers": j8.measure_people,
    "identity": identity.measure,
    "identity-size": identity.measure_million,
}


def main(words: list[str]) -> int:
    """Exit codes: 0 done, 2 wrong usage."""
    names = [word for word in words if not word.startswith("--")]
    wanted = list(JOBS) if names in ([], ["all"]) else names
    if any(name not in JOBS for name in wanted):
        print(f"bench knows {', '.join(JOBS)} and all", file=sys.stderr)
        return 2
    results = [result for name in wanted for result in JOBS[name]()]
    if "--json" in words:
        print(json.dumps(as_json(results), ensure_ascii=False))
    else:
        for result in results:
            print(line(result))
    if "--record" in words:
        record(results)
    return 0


def as_json(results: list[Result]) -> dict[str, object]:
    first = results[0]
    return {
        "job": first.job,
        "ours": round(first.ours, 4),
        "limit": round(first.limit, 4),
        "ratio": round(first.ratio, 3),
        "sizes": first.size,
        "results": [asdict(result) for result in results],
    }


def line(result: Result) -> str:
    figures = (
        f"limit {result.limit:.3f}, ours {result.ours:.3f}, ratio {result.ratio:.2f} (goal {result.goal})"
    )
    return f"{result.job}: {result.what}, {result.size}: {figures} {result.short}"


def record(results: list[Result]) -> None:
    """Rows under today's date, the newest first."""
    today = datetime.now(tz=UTC).date()
    rows = [
        f"| {today} | {r.job} | {r.what} | {r.size} | {r.limit:.3f} | {r.ours:.3f} | {r.ratio:.2f} | {r.goal} |"
        for r in results
    ]
    text = ROWS.read_text()
    ROWS.write_text(text.replace(MARK, "\n".join([MARK, *rows]), 1))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
