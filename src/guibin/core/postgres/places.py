"""Where the embedded database keeps its things, and as whom it runs.

Under ``GUIBIN_HOME/postgres``: ``data`` (the cluster), ``secrets`` (one password file per role),
``programs`` (copied for root only), three lock files, two logs, and ``socket``, which names the short
private folder under the temporary directory that holds the socket (a socket path has at most 107 bytes).
"""

import os
import pwd
import secrets
import stat
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from guibin.core.postgres.errors import (
    HomeClosed,
    HomeOfAnother,
    HomeRefused,
    SocketRefused,
    UserMissing,
    UserWithoutName,
)

PORT = 5432
DATABASE = "guibin"
SUPERUSER, OWNER, RUNTIME = "guibin_super", "guibin_owner", "guibin_app"
ROLES = (SUPERUSER, OWNER, RUNTIME)
UNPRIVILEGED = "nobody"
SOCKET_PATH_BYTES_MAX = 103  # Linux takes 107, macOS 103


@dataclass(frozen=True, slots=True)
class ServerUser:
    """As whom PostgreSQL runs: ourselves, or ``nobody`` when we are root (it refuses root)."""

    name: str
    uid: int
    gid: int
    separate: bool

    def popen_arguments(self) -> dict[str, object]:
        """What ``subprocess`` needs to become this user."""
        if not self.separate:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_user() -> ServerUser:
    """Raises ``UserWithoutName`` (we have no passwd entry) or ``UserMissing`` (root, and no nobody)."""
    uid = os.geteuid()
    try:
        entry = pwd.getpwnam(UNPRIVILEGED) if uid == 0 else pwd.getpwuid(uid)
    except KeyError as missing:
        if uid == 0:
            raise UserMissing(user=UNPRIVILEGED) from missing
        raise UserWithoutName(uid=str(uid)) from missing
    return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid, separate=uid == 0)


@dataclass(frozen=True)
class Places:
    """The paths below one ``GUIBIN_HOME``. Making one touches nothing; ``make`` creates the folders."""

    home: Path

    @cached_property
    def root(self) -> Path:
        return self.home.absolute() / "postgres"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def staged(self) -> Path:
        """Where a new cluster grows before it is renamed to ``data``."""
        return self.root / "data.new"

    @property
    def programs(self) -> Path:
        return self.root / "programs"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def server_log(self) -> Path:
        return self.root / "server.log"

    @property
    def keeper_log(self) -> Path:
        return self.root / "keeper.log"

    def lock(self, name: str) -> Path:
        """``holders``, ``start`` or ``keeper``."""
        return self.root / f"{name}.lock"

    def make(self, user: ServerUser) -> None:
        """Create the folders, passwords and socket folder that are missing; harmless when repeated.

        Raises ``HomeClosed``, ``HomeRefused``, ``HomeOfAnother`` or ``SocketRefused``.
        """
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o755 if user.separate else 0o700)
            self.root.mkdir(exist_ok=True, mode=0o711 if user.separate else 0o700)
            self._check_owner()
            if user.separate:
                self._let_in(user)
            self.secrets.mkdir(exist_ok=True, mode=0o700)
            for role in ROLES:
                self._make_password(role)
        except OSError as refused:
            raise HomeRefused(
                folder=str(refused.filename or self.home), reason=os.strerror(refused.errno or 0)
            ) from refused
        self._make_socket_folder(user)

    def _check_owner(self) -> None:
        uid = self.root.stat().st_uid
        if uid != os.geteuid():
            raise HomeOfAnother(folder=str(self.root), owner=_user_name(uid))

    def _let_in(self, user: ServerUser) -> None:
        """The server's user must be able to walk down to the data; outside our home we change nothing."""
        for folder in reversed(self.home.absolute().parents):
            if not _may_enter(folder, user):
                raise HomeClosed(user=user.name, folder=str(folder))
        for folder in (self.home, self.root):
            if not _may_enter(folder, user):
                folder.chmod(stat.S_IMODE(folder.stat().st_mode) | 0o011)

    def _make_password(self, role: str) -> None:
        path = self.secrets / role
        if path.exists() and path.stat().st_size:
            return
        draft = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_hex(24))
        try:
            os.link(draft, path)  # the first of several processes wins
        except FileExistsError:
            if not path.stat().st_size:
                draft.replace(path)
        draft.unlink(missing_ok=True)

    def password(self, role: str) -> str:
        return (self.secrets / role).read_text()

    @property
    def socket_folder(self) -> Path:
        """The folder of the socket, as recorded by ``make``."""
        return Path((self.root / "socket").read_text())

    def _make_socket_folder(self, user: ServerUser) -> None:
        record = self.root / "socket"
        if record.exists() and _claim_folder(Path(record.read_text()), user):
            return
        places_to_try = dict.fromkeys((tempfile.gettempdir(), "/tmp"))  # noqa: S108  (checked and private)
        for parent in map(Path, places_to_try):
            folder = parent / f"guibin-{secrets.token_hex(4)}"
            fits = len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES_MAX
            reachable = all(_may_enter(each, user) for each in (parent, *parent.absolute().parents))
            if fits and reachable and _claim_folder(folder, user):
                draft = record.with_suffix(f".{os.getpid()}")
                draft.write_text(str(folder))
                draft.replace(record)
                return
        raise SocketRefused(folder=tempfile.gettempdir())

    def url(self, role: str, database: str = DATABASE) -> str:
        """A connection URL for ``role`` over the private socket."""
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql://{role}:{self.password(role)}@/{database}?host={host}&port={PORT}"


def default_home() -> Path:
    """``GUIBIN_HOME``; else /var/lib/guibin for root, the user's data folder for anybody else."""
    explicit = os.environ.get("GUIBIN_HOME")
    if explicit:
        return Path(explicit)
    if os.geteuid() == 0:
        return Path("/var/lib/guibin")
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "guibin"


def _may_enter(folder: Path, user: ServerUser) -> bool:
    if not user.separate:
        return os.access(folder, os.X_OK)
    about = folder.stat()
    if about.st_uid == user.uid:
        return bool(about.st_mode & stat.S_IXUSR)
    if about.st_gid == user.gid:
        return bool(about.st_mode & stat.S_IXGRP)
    return bool(about.st_mode & stat.S_IXOTH)


def _claim_folder(folder: Path, user: ServerUser) -> bool:
    """Make ``folder`` private to ``user``; False when somebody else has it or it cannot be made."""
    try:
        folder.mkdir(mode=0o700)
        if user.separate:
            os.chown(folder, user.uid, user.gid)
    except FileExistsError:
        pass
    except OSError:
        return False
    about = folder.lstat()
    return stat.S_ISDIR(about.st_mode) and about.st_uid == user.uid and not about.st_mode & 0o077


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
