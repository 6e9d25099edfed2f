"""Beginning the demo shop anew. Nothing is deleted: what was there is set aside, in a folder of its own.

Only a home whose diary says that it holds the demo shop can be set aside this way, and only while nothing
runs on it, so that a shop of one's own is never touched.
"""

from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext_lazy

from guibin.config.demo.diary import diary_path, read_diary
from guibin.core.errors import Conflict
from guibin.core.postgres.locks import FileLock

STAYS = {"static", "setup.lock"}
ASIDE = "before-"
STOP_SECONDS_MAX = 30.0


class NotTheDemo(Conflict):
    code = "config.not_the_demo"
    message = gettext_lazy(
        "The demo shop is not here, so there is nothing to begin anew: nothing was touched."
    )


class DemoElsewhere(Conflict):
    code = "config.demo_elsewhere"
    message = gettext_lazy(
        "Guibin uses a database server of yours: give it an empty one to begin anew. Nothing was touched."
    )


class DemoInUse(Conflict):
    code = "config.demo_in_use"
    message = gettext_lazy("The demo shop is running. End it first: nothing was touched.")


def set_aside(*, home: Path, embedded: bool, at: datetime) -> Path:
    """Move the demo shop of ``home`` into a folder beside it, which is returned.

    Raises ``NotTheDemo``, ``DemoElsewhere`` or ``DemoInUse``; then nothing has moved.
    """
    if read_diary() is None:
        raise NotTheDemo
    if not embedded:
        raise DemoElsewhere
    locks = [FileLock(home / "postgres" / f"{name}.lock") for name in ("keeper", "holders")]
    try:
        if (home / "postgres").exists() and not _nobody_holds(*locks):
            raise DemoInUse
        aside = home / f"{ASIDE}{at:%Y%m%d-%H%M%S}"
        aside.mkdir(mode=0o700)
        for entry in sorted(home.iterdir()):
            if entry.name not in STAYS and not entry.name.startswith(ASIDE) and entry != diary_path():
                entry.replace(aside / entry.name)
        diary_path().replace(aside / diary_path().name)  # last: a half moved home is still the demo's
    finally:
        for lock in locks:
            lock.release()
    return aside


def _nobody_holds(keeper: FileLock, holders: FileLock) -> bool:
    """Whether no process uses the server; both locks are taken then, once the keeper has stopped it."""
    if not holders.acquire(wait_seconds=2.0):
        return False
    holders.release()  # while we had it, the keeper would think somebody needs the server
    return keeper.acquire(wait_seconds=STOP_SECONDS_MAX) and holders.acquire(wait_seconds=2.0)
