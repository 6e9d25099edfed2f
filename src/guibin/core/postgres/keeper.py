"""The keeper: a small process that is the parent of the server while anybody uses it.

``python -m guibin.core.postgres.keeper HOME REPORT``. It adopts or starts the server, reports on the file
descriptor REPORT ("ready" or an error), starts it again when it dies, and stops it once nobody holds
``holders.lock`` any more. It holds ``keeper.lock`` for as long as it lives.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from guibin.core.postgres.errors import PostgresError
from guibin.core.postgres.locks import FileLock
from guibin.core.postgres.places import Places, server_user
from guibin.core.postgres.programs import find_programs
from guibin.core.postgres.server import Server

POLL_SECONDS = 0.25
PREDECESSOR_SECONDS_MAX = 10.0
CRASHES_MAX = 5
CRASH_WINDOW_SECONDS = 60.0


class Keeper:
    """Watches one server until its last holder is gone."""

    def __init__(self, places: Places, server: Server, linger_seconds: float) -> None:
        self._places = places
        self._server = server
        self._linger_seconds = linger_seconds
        self._crashes: list[float] = []
        self._asked_to_stop = False

    def watch(self) -> None:
        """Until the last holder is gone (or we are asked to end), then stop the server."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        holders = FileLock(self._places.lock("holders"))
        alone_since: float | None = None
        while not self._asked_to_stop:
            self._revive()
            if not holders.acquire():
                alone_since = None
            elif alone_since is not None and time.monotonic() - alone_since >= self._linger_seconds:
                break  # keep the lock while stopping: newcomers wait for it
            else:
                alone_since = alone_since or time.monotonic()
                holders.release()
            time.sleep(POLL_SECONDS)
        _log("stopping")
        self._server.stop()
        holders.release()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop = True

    def _revive(self) -> None:
        if self._server.is_running():
            if self._server.has_socket():
                return
            _log("the socket is gone from the temporary directory: starting again")
            self._server.stop()
        now = time.monotonic()
        self._crashes = [*(at for at in self._crashes if now - at < CRASH_WINDOW_SECONDS), now]
        _log(f"the server is gone ({len(self._crashes)} times lately): starting it again")
        if len(self._crashes) > CRASHES_MAX:
            time.sleep(min(30.0, 2.0 ** (len(self._crashes) - CRASHES_MAX)))
        self._server.start()


def _log(words: str) -> None:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    sys.stderr.write(f"{stamp} keeper {os.getpid()}: {words}\n")
    sys.stderr.flush()


def _report(descriptor: int, message: dict[str, object]) -> None:
    try:
        os.write(descriptor, json.dumps(message).encode())
        os.close(descriptor)
    except OSError:
        _log("whoever started this keeper is gone")


def main(home: str, report: int) -> int:
    """Run as the keeper of ``home``; 0 when the server was stopped in order or another keeper has it."""
    places = Places(Path(home))
    lock = FileLock(places.lock("keeper"))
    if not lock.acquire(wait_seconds=PREDECESSOR_SECONDS_MAX):
        _report(report, {"ready": True})
        return 0
    try:
        user = server_user()
        server = Server(places, find_programs(places, user), user)
        if server.adopt():
            _log("adopted the running server")
        else:
            server.start()
            _log("started the server")
    except PostgresError as error:
        _log(str(error))
        _report(report, {"error": type(error).__name__, "data": error.data})
        return 1
    _report(report, {"ready": True})
    linger = float(os.environ.get("GUIBIN_PG_LINGER", "1"))
    try:
        Keeper(places, server, linger).watch()
    except PostgresError as error:
        _log(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
