"""The doctor: looks at the parts of an installation and says what to do about each."""

import os
import platform
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from gettext import gettext as early
from pathlib import Path
from typing import Literal

import psycopg
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import guibin
from guibin.config import env, migration
from guibin.config.cli import environment
from guibin.core import clock
from guibin.core.cli import Exit
from guibin.core.errors import DomainError
from guibin.core.keyring import key_path, read_key_ring
from guibin.core.postgres import PostgresError, check_server

Mark = Literal["ok", "advice", "fault"]
PARTS = {
    "keys": gettext_lazy("keys"),
    "disk": gettext_lazy("disk"),
    "versions": gettext_lazy("versions"),
    "database": gettext_lazy("database"),
    "tables": gettext_lazy("tables"),
    "clock": gettext_lazy("clock"),
    "worker": gettext_lazy("worker"),
    "sums": gettext_lazy("sums"),
}
SIGNS: dict[Mark, str] = {"ok": "✓", "advice": "•", "fault": "✗"}
DISK_MEGABYTES_MIN = 1024
CLOCK_SECONDS_MAX = 5.0
LAG_SECONDS_MAX = 60.0
SUMS_NAMED_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One part looked at: ``what`` it is like now, and what to ``do`` when it is not well."""

    part: str
    mark: Mark
    what: str
    do: str = ""


def examine(*, sums: bool = False) -> list[Finding]:
    """Every finding; with ``sums`` every order is added up too, some seconds in a large shop, in place of
    telling what the last night's look found.

    Never raises for a part that is ill: that is a finding.
    """
    findings = [*_keys(), *_disk(), *_versions()]
    reachable = list(_database())
    findings += reachable
    if all(finding.mark != "fault" or finding.part != "database" for finding in reachable):
        looks = [("tables", _tables), ("clock", _clock), ("worker", _worker)]
        for part, look in [*looks, ("sums", _sums if sums else _sums_seen)]:
            findings += _carefully(part, look)
    return findings


def _carefully(part: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except (DatabaseError, psycopg.Error, DomainError) as error:
        return [Finding(part, "fault", str(error).strip().partition("\n")[0], _("Run: guibin migrate"))]


def exit_status(findings: list[Finding]) -> Exit:
    """0 well, 1 something must be mended, 4 the database cannot be used."""
    faults = {finding.part for finding in findings if finding.mark == "fault"}
    if "database" in faults:
        return Exit.NO_DATABASE
    return Exit.FAILED if faults else Exit.DONE


def line(finding: Finding) -> str:
    """A finding for the terminal."""
    advice = f"\n    → {finding.do}" if finding.do else ""
    return f"{SIGNS[finding.mark]} {PARTS[finding.part]}: {finding.what}{advice}"


def as_json(findings: list[Finding]) -> dict[str, object]:
    return {
        "well": exit_status(findings) is Exit.DONE,
        "findings": [
            {"part": each.part, "mark": each.mark, "what": each.what, "do": each.do} for each in findings
        ],
    }


def _keys() -> Iterator[Finding]:
    path = key_path()
    try:
        read_key_ring(path)
    except DomainError as error:
        yield Finding("keys", "fault", error.sentence, _("Restore the key file, or correct its rights."))
        return
    if _is_inside(path, environment.home() / "postgres"):
        yield Finding(
            "keys",
            "fault",
            _("%(path)s lies in the data folder, so a backup would hold both.") % {"path": path},
            _("Move it elsewhere and set GUIBIN_KEYS."),
        )
    elif stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding(
            "keys",
            "fault",
            _("%(path)s can be read by others.") % {"path": path},
            _("Run: chmod 600 %(path)s") % {"path": path},
        )
    elif "GUIBIN_KEYS" not in os.environ:
        yield Finding(
            "keys",
            "advice",
            _("%(path)s is in good order, beside the data.") % {"path": path},
            _("Keep a copy apart from your backups; without it sealed data cannot be read."),
        )
    else:
        yield Finding("keys", "ok", str(path))


def _is_inside(path: Path, folder: Path) -> bool:
    return folder.resolve() in path.resolve().parents


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(environment.home()).free // (1024 * 1024)
    what = _("%(free)s MB free at %(home)s") % {"free": free, "home": environment.home()}
    if free < DISK_MEGABYTES_MIN:
        yield Finding("disk", "fault", what, _("Make room: below 1 GB an import may stop half-way."))
    else:
        yield Finding("disk", "ok", what)


def _versions() -> Iterator[Finding]:
    yield Finding("versions", "ok", f"Guibin {guibin.__version__}, Python {platform.python_version()}")


def _database() -> Iterator[Finding]:
    kind = _("our own") if environment.is_embedded() else _("a given server")
    try:
        environment.use_database()
        url = env.text("DATABASE_URL")
        dangers = check_server(url)
        with psycopg.connect(url) as connection:
            version = connection.info.parameter_status("server_version")
    except PostgresError as error:
        yield Finding("database", "fault", error.sentence(early))
        return
    except psycopg.Error as error:
        reason = str(error).strip().partition("\n")[0]
        yield Finding("database", "fault", reason, _("Start the server, or correct DATABASE_URL."))
        return
    for danger in dangers:
        yield Finding("database", "fault", early(danger.message) % danger.data, _("Change it on the server."))
    if not dangers:
        what = _("PostgreSQL %(version)s, %(kind)s, safe settings") % {"version": version, "kind": kind}
        yield Finding("database", "ok", what)


def _tables() -> Iterator[Finding]:
    pending = migration.pending()
    if pending:
        what = _("%(count)s migrations are pending.") % {"count": len(pending)}
        yield Finding("tables", "fault", what, _("Run: guibin migrate"))
    else:
        yield Finding("tables", "ok", _("up to date"))


def _clock() -> Iterator[Finding]:
    with psycopg.connect(env.text("DATABASE_URL")) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    there = row[0] if row else datetime.min.replace(tzinfo=UTC)
    apart = abs((clock.now() - there).total_seconds())
    what = _("%(seconds).1f s apart from the database") % {"seconds": apart}
    if apart > CLOCK_SECONDS_MAX:
        yield Finding("clock", "fault", what, _("Set both clocks by NTP."))
    else:
        yield Finding("clock", "ok", what)


WAITING = """
SELECT count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()),
       coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, e.at))
           FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now())), 0)::float,
       count(*) FILTER (WHERE status = 'failed'),
       (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'),
       (SELECT count(*) FROM procrastinate_workers
        WHERE last_heartbeat BETWEEN now() - interval '1 day' AND now() - interval '30 seconds')
  FROM procrastinate_jobs j
  LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events WHERE job_id = j.id) e ON true
"""


def _worker() -> Iterator[Finding]:
    with psycopg.connect(env.text("DATABASE_URL")) as connection:
        row = connection.execute(WAITING).fetchone()
    waiting, lag, failed, workers, lost = row if row else (0, 0.0, 0, 0, 0)
    yield judge_worker(waiting, lag, workers=workers, lost=lost)
    if failed:
        what = _("%(count)s jobs failed for good") % {"count": failed}
        yield Finding("worker", "advice", what, _("See the log of the worker."))


def judge_worker(waiting: int, lag: float, *, workers: int, lost: int) -> Finding:
    """Jobs that wait are a fault where somebody should be at work: a worker runs and is late, or ``lost``
    workers of the last day ended without saying so. On a machine used by commands alone they may wait."""
    said = {"workers": workers, "waiting": waiting, "lag": round(lag)}
    what = _("%(workers)s running, %(waiting)s jobs due, the oldest for %(lag)s s") % said
    late = waiting and lag > LAG_SECONDS_MAX
    if workers:
        more = _("Start more with: guibin worker")
        return Finding("worker", "fault", what, more) if late else Finding("worker", "ok", what)
    if late and lost:
        return Finding("worker", "fault", what, _("Start it: guibin serve, or guibin worker"))
    if waiting:
        do = _("They wait for guibin serve; guibin worker --once does them now.")
        return Finding("worker", "advice", what, do)
    return Finding("worker", "advice", what, _("Nothing works on jobs while guibin serve is not running."))


def _sums() -> Iterator[Finding]:
    """Whether orders are the sums of their lines, and the running sums behind the lists those of orders."""
    from guibin.purchases import api as purchases

    orders, keys = purchases.find_broken_sums(SUMS_NAMED_MAX), purchases.find_broken_tallies()
    if orders or keys:
        said = {"orders": len(orders), "keys": len(keys)}
        what = _("wrong in %(orders)s orders and %(keys)s running sums") % said
        yield Finding("sums", "fault", what, _("Run: guibin sums rebuild"))
    else:
        yield Finding("sums", "ok", _("those of the orders and lines themselves"))


def _sums_seen() -> Iterator[Finding]:
    """What the last look at them found; silent while there was none."""
    from guibin.purchases import api as purchases

    seen = purchases.find_last_check()
    if seen is None:
        return
    said = {"orders": seen.orders, "keys": seen.tallies, "moment": f"{seen.at:%Y-%m-%d %H:%M} UTC"}
    if seen.is_well:
        yield Finding("sums", "ok", _("in order, last looked at %(moment)s") % said)
        return
    what = _("wrong in %(orders)s orders and %(keys)s running sums, seen %(moment)s") % said
    yield Finding("sums", "fault", what, _("Run: guibin sums rebuild"))
