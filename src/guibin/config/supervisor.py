"""Runs web and worker as children: starts them again when they die, ends them with itself.

Children are in sessions of their own, so Ctrl-C reaches only the supervisor, who ends them in order. They
inherit the reading end of a pipe (see ``lifeline``), so they also end when the supervisor is killed.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from guibin.config.lifeline import LIFELINE

POLL_SECONDS = 0.2
PAUSE_SECONDS_MIN = 0.5
PAUSE_SECONDS_MAX = 30.0
HEALTHY_SECONDS = 30.0
STOP_SECONDS_MAX = 25.0


@dataclass
class Child:
    """One process to keep running; ``pause`` grows while it keeps dying young."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    due: float = 0.0
    pause: float = PAUSE_SECONDS_MIN
    restarts: int = field(default=0)


class Supervisor:
    """``run`` blocks until SIGTERM or SIGINT and ends with every child gone."""

    def __init__(self, children: Sequence[Child], tell: Callable[[str], None]) -> None:
        self._children = list(children)
        self._tell = tell
        self._ending = threading.Event()
        self._reader, self._writer = os.pipe()

    def run(self, *, on_start: Callable[[], None] | None = None) -> None:
        """``on_start`` runs in a thread of its own once the children are on their way."""
        before = {number: signal.signal(number, self._end) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            for child in self._children:
                self._start(child)
            if on_start is not None:
                threading.Thread(target=on_start, name="on-start", daemon=True).start()
            while not self._ending.wait(POLL_SECONDS):
                for child in self._children:
                    self._look_after(child)
        finally:
            self._stop()
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(self._writer)
            os.close(self._reader)

    def end(self) -> None:
        """Ask ``run`` to return."""
        self._ending.set()

    def is_ending(self) -> bool:
        return self._ending.is_set()

    def _end(self, number: int, frame: object) -> None:
        self._ending.set()

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.command,
            env={**os.environ, LIFELINE: str(self._reader)},
            stdin=subprocess.DEVNULL,
            pass_fds=[self._reader],
            start_new_session=True,
        )
        child.started = time.monotonic()

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                self._start(child)
            return
        status = child.process.poll()
        if status is None:
            if now - child.started > HEALTHY_SECONDS:
                child.pause = PAUSE_SECONDS_MIN
            return
        self._tell(
            _("%(name)s: ended with %(status)s, starting it again in %(seconds).1f s")
            % {"name": child.name, "status": status, "seconds": child.pause}
        )
        child.process = None
        child.restarts += 1
        child.due = now + child.pause
        child.pause = min(child.pause * 2, PAUSE_SECONDS_MAX)

    def _stop(self) -> None:
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + STOP_SECONDS_MAX
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def children(host: str, port: int, *, workers: int, reload: bool = False) -> list[Child]:
    """The web process (Django's own with ``reload``) and so many workers."""
    serving = ["guibin.config.web_server", host, str(port)]
    reloading = ["guibin", "django", "runserver", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    web = Child("web", [sys.executable, "-m", *(reloading if reload else serving)])
    names = ["worker"] if workers == 1 else [f"worker {number}" for number in range(1, workers + 1)]
    return [web, *(Child(name, [sys.executable, "-m", "guibin", "worker"]) for name in names)]
