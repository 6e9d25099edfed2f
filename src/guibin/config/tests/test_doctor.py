"""When jobs that wait are a fault, and when they may."""

import pytest

from guibin.config.doctor import LAG_SECONDS_MAX, exit_status, judge_worker
from guibin.core.cli import Exit

LATE = LAG_SECONDS_MAX + 1


@pytest.mark.parametrize(
    ("waiting", "lag", "workers", "lost", "mark"),
    [
        (0, 0.0, 1, 0, "ok"),
        (3, 5.0, 1, 0, "ok"),
        (3, LATE, 1, 0, "fault"),  # somebody is at work and does not keep up
        (1, 86_400.0, 0, 0, "advice"),  # commands alone: nobody was meant to be at work
        (1, LATE, 0, 1, "fault"),  # a worker of the last day was lost
        (1, 5.0, 0, 1, "advice"),
        (0, 0.0, 0, 1, "advice"),
    ],
)
def test_jobs_may_wait_where_nobody_is_meant_to_work(
    waiting: int, lag: float, workers: int, lost: int, mark: str
) -> None:
    finding = judge_worker(waiting, lag, workers=workers, lost=lost)
    assert finding.mark == mark
    assert exit_status([finding]) is (Exit.FAILED if mark == "fault" else Exit.DONE)
    assert bool(finding.do) is (mark != "ok")
