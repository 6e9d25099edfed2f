"""The cluster itself: made once, checked for its version, and given its roles and database."""

import locale
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from guibin.core.postgres.errors import DiskFull, NotStarted, OtherVersion
from guibin.core.postgres.places import DATABASE, OWNER, ROLES, RUNTIME, SUPERUSER, Places, ServerUser
from guibin.core.postgres.programs import Programs

if TYPE_CHECKING:
    import psycopg

MEGABYTE = 1024 * 1024
NEW_CLUSTER_MEGABYTES = 200
RUNNING_MEGABYTES = 50
# Errors may quote rows; personal data stay out of the log by these four.
QUIET_LOG = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


def check_disk(places: Places, megabytes: int) -> None:
    """Raises ``DiskFull`` when less than ``megabytes`` are free at the home."""
    free = shutil.disk_usage(places.root).free // MEGABYTE
    if free < megabytes:
        raise DiskFull(folder=str(places.root), free=str(free), needed=str(megabytes))


def make_cluster(places: Places, programs: Programs, user: ServerUser) -> bool:
    """Create the cluster unless it is there; True when it was made now.

    It grows beside its place and is renamed into it, so a half-made one is never used. Call with the start
    lock held. Raises ``OtherVersion``, ``DiskFull`` or ``NotStarted``.
    """
    if places.data.exists():
        _check_version(places, programs)
        return False
    check_disk(places, NEW_CLUSTER_MEGABYTES)
    shutil.rmtree(places.staged, ignore_errors=True)
    places.staged.mkdir(mode=0o700)
    password_file = places.root / "initial-password"
    try:
        password_file.touch(mode=0o600)
        password_file.write_text(places.password(SUPERUSER))
        if user.separate:
            os.chown(places.staged, user.uid, user.gid)
            os.chown(password_file, user.uid, user.gid)
        _run_initdb(places, programs, user, password_file)
    finally:
        password_file.unlink(missing_ok=True)
    _write_settings(places.staged / "postgresql.conf")
    places.staged.rename(places.data)
    _sync_folder(places.root)
    return True


def _check_version(places: Places, programs: Programs) -> None:
    found = (places.data / "PG_VERSION").read_text().strip()
    if found != str(programs.major):
        raise OtherVersion(folder=str(places.data), found=found, ours=str(programs.major))


def _run_initdb(places: Places, programs: Programs, user: ServerUser, password_file: Path) -> None:
    words = _locale()
    done = subprocess.run(
        [
            programs / "initdb",
            f"--pgdata={places.staged}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            f"--locale={words}",
            "--lc-messages=C",
            "--data-checksums",
        ],
        capture_output=True,
        text=True,
        errors="replace",
        env=server_environment(),
        check=False,
        cwd="/",
        **user.popen_arguments(),  # type: ignore[call-overload]  # keywords of Popen, only for root
    )
    if done.returncode:
        shutil.rmtree(places.staged, ignore_errors=True)
        raise failure(places, done.stderr)


def server_environment() -> dict[str, str]:
    """The environment of the server and of initdb: nothing of ours leaks in."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": _locale(), "TZ": "UTC"}


def _locale() -> str:
    """C.UTF-8, or C where the machine does not know it (the encoding is UTF8 either way)."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


def failure(places: Places, output: str) -> DiskFull | NotStarted:
    """The error for what a program of PostgreSQL said when it failed."""
    if "No space left on device" in output:
        free = shutil.disk_usage(places.root).free // MEGABYTE
        return DiskFull(folder=str(places.root), free=str(free), needed=str(NEW_CLUSTER_MEGABYTES))
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error:" in line or "PANIC" in line]
    return NotStarted(reason=(telling or lines or ["?"])[-1])


def _write_settings(path: Path) -> None:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
    settings = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "max_connections": "100",
        "shared_buffers": f"{max(32, min(512, memory // 16))}MB",
        "effective_cache_size": f"{max(64, memory // 4)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "jit": "off",
        **QUIET_LOG,
    }
    with path.open("a") as stream:
        stream.write("\n# Guibin: the first three are required, it refuses to work without them.\n")
        stream.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_roles(places: Places) -> None:
    """Create the owner, the run-time role and the database where they are missing; call under the start lock.

    The owner migrates and may create databases (for tests) and end sessions; the run-time role owns nothing
    and gets its rights table by table from the migrations.
    """
    import psycopg
    from psycopg import sql

    with psycopg.connect(
        places.url(SUPERUSER, "postgres"), autocommit=True, connect_timeout=10
    ) as connection:
        for role, rights in ((OWNER, "LOGIN CREATEDB"), (RUNTIME, "LOGIN")):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            statement = "ALTER ROLE {} {} PASSWORD {}" if known else "CREATE ROLE {} {} PASSWORD {}"
            connection.execute(
                sql.SQL(statement).format(
                    sql.Identifier(role), sql.SQL(rights), sql.Literal(places.password(role))
                )
            )
        connection.execute(sql.SQL("GRANT pg_signal_backend TO {}").format(sql.Identifier(OWNER)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )


def is_complete(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    """Whether the roles and the database exist."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)),"
        " (SELECT count(*) FROM pg_database WHERE datname = %s)",
        [list(ROLES), DATABASE],
    ).fetchone()
    return row == (len(ROLES), 1)
