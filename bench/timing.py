"""Taking turns: limit and ours in one run, so that a noisy machine is noisy to both."""

import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Result:
    """One measured line. Times in seconds; ``goal`` is the ratio we want at most (or at least, for rates)."""

    job: str
    what: str
    size: str
    limit: float
    ours: float
    goal: str
    ratio: float
    short: str = ""
    more: dict[str, object] = field(default_factory=dict)


def alternate(limit: Callable[[], object], ours: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median seconds of each over ``rounds``, after one round to warm both up."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        for work, seconds in zip((limit, ours), times, strict=True):
            began = time.perf_counter()
            work()
            if turn:
                seconds.append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])


def processor(limit: Callable[[], object], ours: Callable[[], object], rounds: int = 2) -> list[float]:
    """The least processor seconds of each, over all threads: steadier than time on a busy machine."""
    least = []
    for work in (limit, ours):
        spent = []
        for _ in range(rounds):
            began = time.process_time()
            work()
            spent.append(time.process_time() - began)
        least.append(round(min(spent), 3))
    return least


def peak_megabytes() -> int:
    """The most memory this process has held."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // 1024 if sys.platform != "darwin" else used // 1024**2
