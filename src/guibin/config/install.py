"""Setting up, step by step; every step looks first and does nothing when it is done already."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guibin.config import migration
from guibin.config.catalogues import PACKAGE
from guibin.config.cli import environment
from guibin.core.errors import Conflict, DomainError, Text
from guibin.core.keyring import key_path
from guibin.core.postgres import Hold
from guibin.core.postgres.locks import FileLock

TURN_SECONDS_MAX = 600.0
Say = Callable[[Text], None]
VENDOR = PACKAGE / "web" / "static" / "vendor"


class FrontEndMissing(DomainError):
    code = "config.front_end_missing"
    message = gettext_lazy("The front-end packages are not there yet. Run: make setup")


class SetupBusy(Conflict):
    code = "config.setup_busy"
    message = gettext_lazy("Another process has been setting up for long. Wait for it, or end it.")


@dataclass
class Installed:
    """What is there now, and what of it was made by this run."""

    home: Path
    database: str
    keys: Path
    created: list[str] = field(default_factory=list)
    seconds: float = 0.0
    next_steps: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return {
            "home": str(self.home),
            "database": self.database,
            "keys": str(self.keys),
            "created": self.created,
            "seconds": round(self.seconds, 2),
            "next": self.next_steps,
        }


def install(say: Say) -> Installed:
    """Keys, database, tables, static files. Raises ``DomainError`` or ``PostgresError``."""
    begun = time.monotonic()
    held = environment.use_database()
    turn = FileLock(environment.home() / "setup.lock")
    if not turn.acquire(wait_seconds=TURN_SECONDS_MAX):
        raise SetupBusy
    try:
        return _install(held, begun, say)
    finally:
        turn.release()


def _install(held: Hold | None, begun: float, say: Say) -> Installed:
    """The steps, one process at a time."""
    done = Installed(environment.home(), "embedded" if environment.is_embedded() else "server", key_path())
    if environment.keys_were_made():
        done.created.append("keys")
    if held is not None and held.created:
        done.created.append("database")
        say(_("Database made in %(folder)s") % {"folder": done.home / "postgres"})
    since = time.monotonic()
    applied = migration.migrate()
    if applied:
        done.created.append("tables")
        say(_("Tables made: %(count)s steps, %(seconds).1f s") % {"count": applied, "seconds": _past(since)})
    since = time.monotonic()
    files = collect_static()
    if files:
        done.created.append("static")
        say(_("Static files: %(count)s, %(seconds).1f s") % {"count": files, "seconds": _past(since)})
    done.seconds = _past(begun)
    done.next_steps = [
        _("guibin demo    look at a lifelike shop"),
        _("guibin serve   open the product with your own data"),
        _("guibin doctor  check this installation"),
    ]
    say(_("Set up in %(seconds).1f s: %(home)s") % {"seconds": done.seconds, "home": done.home})
    return done


def _past(since: float) -> float:
    return time.monotonic() - since


def collect_static() -> int:
    """Copy and hash the static files unless they are the same as last time; returns how many there are.

    Raises ``FrontEndMissing`` in a source tree whose front-end packages were not fetched yet.
    """
    if not VENDOR.is_dir():
        raise FrontEndMissing
    files = [
        (path, storage.path(path)) for finder in get_finders() for path, storage in finder.list(["*.map"])
    ]
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for path, source in sorted(files):
        about = Path(source).stat()
        digest.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return 0
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest.hexdigest())
    return len(files)
