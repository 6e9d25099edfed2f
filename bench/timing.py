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


@dataclass(frozen=True)
class Taken:
    """Median seconds of each, and the least processor seconds over all threads, which a busy machine
    disturbs less."""

    limit: float
    ours: float
    processor: tuple[float, float]

    @property
    def ratio(self) -> float:
        return self.ours / self.limit


def alternate(limit: Callable[[], object], ours: Callable[[], object], rounds: int) -> Taken:
    """Both in turns over ``rounds``, after one round to warm them up."""
    times: tuple[list[float], list[float]] = ([], [])
    processor: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        for number, work in enumerate((limit, ours)):
            began, spent = time.perf_counter(), time.process_time()
            work()
            if turn:
                times[number].append(time.perf_counter() - began)
                processor[number].append(time.process_time() - spent)
    least = tuple(round(min(each), 3) for each in processor)
    return Taken(statistics.median(times[0]), statistics.median(times[1]), (least[0], least[1]))


def peak_megabytes() -> int:
    """The most memory this process has held."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // 1024 if sys.platform != "darwin" else used // 1024**2
