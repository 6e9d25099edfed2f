"""Children are started again when killed, and end with the supervisor however it ends."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from guibin.config.supervisor import Child, Supervisor
from guibin.core.postgres.tests.conftest import wait_until

CHILD = """
import os, sys, time
from guibin.config.lifeline import follow_lifeline
follow_lifeline()
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
while True:
    time.sleep(1)
"""
PARENT = f"""
import sys
from guibin.config.supervisor import Child, Supervisor
import django
from django.conf import settings
settings.configure()
child = Child("child", [sys.executable, "-c", {CHILD!r}, sys.argv[1]])
Supervisor([child], tell=lambda text: None).run()
"""


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def pids(record: Path) -> list[int]:
    return [int(line) for line in record.read_text().split()] if record.exists() else []


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "孩子 pids"
    yield path
    for pid in pids(path):
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)


def test_a_killed_child_is_started_again_and_ends_in_order(record: Path) -> None:
    told: list[str] = []
    child = Child("child", [sys.executable, "-c", CHILD, str(record)])
    supervisor = Supervisor([child], tell=told.append)

    def meddle() -> None:
        wait_until(lambda: len(pids(record)) == 1)
        os.kill(pids(record)[0], signal.SIGKILL)
        wait_until(lambda: len(pids(record)) == 2)
        supervisor.end()

    meddler = threading.Thread(target=meddle)
    meddler.start()
    supervisor.run()
    meddler.join()
    assert child.restarts == 1
    assert len(told) == 1
    assert not any(is_alive(pid) for pid in pids(record))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_children_end_with_their_supervisor(record: Path, number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, str(record)]) as supervisor:
        wait_until(lambda: len(pids(record)) == 1)
        supervisor.send_signal(number)
        supervisor.wait(30)
        wait_until(lambda: not is_alive(pids(record)[0]))
