"""One PostgreSQL server process: asked how it is, started, adopted from a dead keeper, stopped."""

import os
import signal
import subprocess
import time
from enum import Enum
from pathlib import Path

from guibin.core.postgres.cluster import (
    RUNNING_MEGABYTES,
    check_disk,
    failure,
    is_complete,
    server_environment,
)
from guibin.core.postgres.errors import NotStarted, NotStopped
from guibin.core.postgres.places import PORT, SUPERUSER, Places, ServerUser
from guibin.core.postgres.programs import Programs

POLL_SECONDS = 0.05
START_SECONDS_MAX = 60.0
RECOVERY_SECONDS_MAX = 1800.0
STOP_SECONDS_MAX = 120.0
ORPHANS_SECONDS_MAX = 20.0
LOG_BYTES_MAX = 10 * 1024 * 1024
NOT_YET = ("starting up", "shutting down", "in recovery mode", "not yet accepting connections")


class State(Enum):
    """How the server answers a real connection."""

    ABSENT = "absent"
    BUSY = "busy"  # there, but not taking connections yet
    BARE = "bare"  # roles or database are still missing
    READY = "ready"


def ask(places: Places) -> State:
    """Connect as the superuser and look. Raises ``NotStarted`` when the server refuses us."""
    import psycopg

    try:
        with psycopg.connect(places.url(SUPERUSER, "postgres"), connect_timeout=5) as connection:
            return State.READY if is_complete(connection) else State.BARE
    except psycopg.OperationalError as refused:
        said = str(refused)
        if any(words in said for words in NOT_YET) or "too many clients" in said:
            return State.BUSY
        if "authentication failed" in said:
            raise NotStarted(reason=said.strip().splitlines()[-1]) from refused
        return State.ABSENT


class Server:
    """The server of ``places`` as its keeper sees it, whether our child or adopted."""

    def __init__(self, places: Places, programs: Programs, user: ServerUser) -> None:
        self._places = places
        self._programs = programs
        self._user = user
        self._child: subprocess.Popen[bytes] | None = None
        self._adopted: int | None = None

    def adopt(self) -> bool:
        """Take over a server that a dead keeper left behind; False when there is none to use."""
        pid = server_pid(self._places)
        if pid is None:
            self._clear_remains()
            return False
        self._adopted = pid
        until = time.monotonic() + START_SECONDS_MAX
        while self.is_running() and time.monotonic() < until and self.has_socket():
            if ask(self._places) in {State.READY, State.BARE}:
                return True
            time.sleep(POLL_SECONDS)
        self.stop()
        self._clear_remains()
        return False

    def start(self) -> None:
        """Start the server and wait until it answers. Raises ``DiskFull`` or ``NotStarted``.

        Sessions of a killed server may hold its shared memory for a moment, so a refusal is tried again.
        """
        check_disk(self._places, RUNNING_MEGABYTES)
        self._places.make(self._user)  # its socket folder may have been swept from the temporary directory
        until = time.monotonic() + ORPHANS_SECONDS_MAX
        while True:
            said = self._try_start()
            if said is None:
                return
            if "shared memory block" not in said or time.monotonic() > until:
                raise failure(self._places, said)
            time.sleep(0.3)

    def _try_start(self) -> str | None:
        """None once the server answers, or what it wrote before it gave up."""
        log = self._places.server_log
        if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as stream:
            log.chmod(0o600)
            mark = stream.tell()
            self._adopted = None
            self._child = subprocess.Popen(
                [
                    self._programs / "postgres",
                    "-D",
                    str(self._places.data),
                    "-c",
                    "listen_addresses=",
                    "-c",
                    f"unix_socket_directories={self._places.socket_folder}",
                    "-c",
                    "unix_socket_permissions=0700",
                    "-c",
                    f"port={PORT}",
                    "-c",
                    "logging_collector=off",
                ],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                env=server_environment(),
                cwd="/",
                start_new_session=True,
                **self._user.popen_arguments(),  # type: ignore[call-overload]  # keywords of Popen
            )
        started = time.monotonic()
        while self._child.poll() is None:
            if ask(self._places) in {State.READY, State.BARE}:
                return None
            if time.monotonic() - started > RECOVERY_SECONDS_MAX:
                self.stop()
                raise NotStarted(reason=f"no answer in {RECOVERY_SECONDS_MAX:.0f} s")
            time.sleep(POLL_SECONDS)
        with log.open("rb") as stream:
            stream.seek(mark)
            return stream.read().decode(errors="replace")

    def is_running(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return self._adopted is not None and server_pid(self._places) == self._adopted

    def has_socket(self) -> bool:
        """Whether the socket is still in its folder (a sweep of the temporary directory removes it)."""
        return (self._places.socket_folder / f".s.PGSQL.{PORT}").exists()

    def stop(self) -> None:
        """Fast shutdown with a checkpoint; an immediate one when that hangs. Raises ``NotStopped``."""
        for kind, seconds in ((signal.SIGINT, STOP_SECONDS_MAX), (signal.SIGQUIT, 10.0)):
            pid = self._child.pid if self._child is not None else self._adopted
            if pid is None or not self.is_running():
                return
            os.kill(pid, kind)
            until = time.monotonic() + seconds
            while self.is_running() and time.monotonic() < until:
                time.sleep(POLL_SECONDS)
        if self.is_running():
            raise NotStopped(seconds=f"{STOP_SECONDS_MAX:.0f}", log=str(self._places.server_log))

    def _clear_remains(self) -> None:
        """Remove lock files whose process number belongs to somebody else by now.

        PostgreSQL clears its own stale files, except when the number was given to another process of the
        same user, which after a restart of the machine is common. Sessions of the dead server end first.
        """
        if not self._places.pid_file.exists():
            return
        until = time.monotonic() + ORPHANS_SECONDS_MAX
        while processes_in(self._places.data) and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
        if not processes_in(self._places.data):
            self._places.pid_file.unlink(missing_ok=True)
            for name in (f".s.PGSQL.{PORT}.lock", f".s.PGSQL.{PORT}"):
                (self._places.socket_folder / name).unlink(missing_ok=True)


def server_pid(places: Places) -> int | None:
    """The process number in the pid file, if that process is alive and is a server of this cluster."""
    try:
        pid = int(places.pid_file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    if Path("/proc/self/cwd").exists():
        return pid if _works_in(pid, places.data) else None
    try:
        os.kill(pid, 0)
    except OSError:
        return None
    return pid


def processes_in(folder: Path) -> list[int]:
    """Processes whose working directory is ``folder``: the server and its sessions (Linux; else none)."""
    numbers = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [number for number in numbers if _works_in(number, folder)]


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:
        return False
