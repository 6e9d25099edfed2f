"""Using the embedded server: whoever holds it keeps it running; the last to let go stops it."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

import guibin
from guibin.core.postgres import errors
from guibin.core.postgres.cluster import make_cluster, make_roles
from guibin.core.postgres.errors import NotStarted, PostgresError, UnsafeServer
from guibin.core.postgres.locks import FileLock, is_held
from guibin.core.postgres.places import OWNER, RUNTIME, SUPERUSER, Places, ServerUser, server_user
from guibin.core.postgres.programs import find_programs, remove_old_copies
from guibin.core.postgres.safety import dangers
from guibin.core.postgres.server import POLL_SECONDS, RECOVERY_SECONDS_MAX, STOP_SECONDS_MAX, State, ask

START_LOCK_SECONDS_MAX = 180.0
GUARD_SECONDS = 1.0
GUARD_SECONDS_MAX = 30.0
KEEPERS_MAX = 3
PASSED_ON = ("PATH", "HOME", "TMPDIR", "GUIBIN_PG_BIN", "GUIBIN_PG_LINGER", "SYSTEMROOT")


class Hold:
    """A share in the running server; ``release`` (or the end of the process) gives it back.

    While it lasts, a thread looks after the keeper: if that is killed, a new one adopts the server.
    """

    def __init__(self, places: Places, user: ServerUser) -> None:
        self._places = places
        self._user = user
        self._share = FileLock(places.lock("holders"))
        self._released = threading.Event()
        self.created = False

    @property
    def runtime_url(self) -> str:
        return self._places.url(RUNTIME)

    @property
    def owner_url(self) -> str:
        return self._places.url(OWNER)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        self._released.set()
        self._share.release()

    def take(self) -> None:
        """Take the share and see to it that the server answers. Raises a ``PostgresError``."""
        if not self._share.acquire(shared=True, wait_seconds=STOP_SECONDS_MAX):
            raise errors.NotStopped(seconds=f"{STOP_SECONDS_MAX:.0f}", log=str(self._places.server_log))
        try:
            self.created = _see_to_server(self._places, self._user)
            found = dangers(self._places.url(SUPERUSER, "postgres"), self._places.url(RUNTIME))
        except PostgresError:
            self._share.release()
            raise
        if found:
            self._share.release()
            raise UnsafeServer(findings="; ".join(str(danger) for danger in found))
        threading.Thread(target=self._guard, name="postgres-guard", daemon=True).start()

    def _guard(self) -> None:
        wait = GUARD_SECONDS
        while not self._released.wait(wait):
            wait = GUARD_SECONDS
            if is_held(self._places.lock("keeper")):
                continue
            try:
                _see_to_server(self._places, self._user)
            except PostgresError as error:
                sys.stderr.write(f"{error}\n")
                wait = GUARD_SECONDS_MAX


def hold(home: Path) -> Hold:
    """Make, start or join the embedded server of ``home``; it runs at least until the hold is released.

    ``created`` of the hold says whether the cluster was made now. Raises a ``PostgresError``.
    """
    user = server_user()
    places = Places(home)
    places.make(user)
    taken = Hold(places, user)
    taken.take()
    return taken


def embedded_urls(home: Path) -> tuple[str, str]:
    """(DATABASE_URL, GUIBIN_OWNER_URL) of the embedded server, which need not run yet."""
    places = Places(home)
    places.make(server_user())
    return places.url(RUNTIME), places.url(OWNER)


def _see_to_server(places: Places, user: ServerUser) -> bool:
    """With a share in hand: a keeper, a cluster, an answer, the roles. True when the cluster was made."""
    if is_held(places.lock("keeper")) and ask(places) is State.READY:
        return False
    start = FileLock(places.lock("start"))
    if not start.acquire(wait_seconds=START_LOCK_SECONDS_MAX):
        raise NotStarted(reason=f"{places.lock('start')} is locked")
    try:
        programs = find_programs(places, user)
        created = make_cluster(places, programs, user)
        if ask(places) is State.ABSENT and not is_held(places.lock("keeper")):
            remove_old_copies(places, programs)
        if _wait_for_answer(places) is State.BARE:
            make_roles(places)
        return created
    finally:
        start.release()


def _wait_for_answer(places: Places) -> State:
    """Start a keeper where there is none, until the server answers."""
    until = time.monotonic() + RECOVERY_SECONDS_MAX
    keepers = 0
    while time.monotonic() < until:
        if not is_held(places.lock("keeper")):
            keepers += 1
            if keepers > KEEPERS_MAX:
                break
            _start_keeper(places)
            continue
        state = ask(places)
        if state in {State.READY, State.BARE}:
            return state
        time.sleep(POLL_SECONDS)
    raise NotStarted(reason=f"{places.server_log}, {places.keeper_log}")


def _start_keeper(places: Places) -> None:
    """Start a keeper in a session of its own and wait for its report. Raises what it reports."""
    receiver, sender = os.pipe()
    source = os.pathsep.join(
        [str(Path(guibin.__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with places.keeper_log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "guibin.core.postgres.keeper", str(places.home.absolute()), str(sender)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={**environment, "PYTHONPATH": source, "PYTHONUTF8": "1"},
            pass_fds=[sender],
            start_new_session=True,
        )
    os.close(sender)
    threading.Thread(target=process.wait, daemon=True).start()  # no zombie when it ends before us
    with os.fdopen(receiver) as stream:
        said = stream.read()
    report = json.loads(said) if said else {}
    if "error" in report:
        raise _error_named(report["error"])(**report["data"])


def _error_named(name: str) -> type[PostgresError]:
    found = getattr(errors, name, NotStarted)
    assert isinstance(found, type)
    assert issubclass(found, PostgresError)
    return found
