"""What must be true of a server before the product trusts it with anybody's data."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from guibin.core.postgres.errors import gettext_noop

if TYPE_CHECKING:
    import psycopg

MAJOR_MIN = 15
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass(frozen=True, slots=True)
class Danger:
    """A reason not to use the server; ``message`` is in core's catalogue, ``data`` fills its places."""

    code: str
    message: str
    data: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.data


def dangers(*urls: str) -> list[Danger]:
    """What is unsafe for durability on the server, seen with each URL (settings may differ per role)."""
    import psycopg

    found: dict[tuple[str, str], Danger] = {}
    for url in urls:
        with psycopg.connect(url, connect_timeout=10) as connection:
            for danger in _not_durable(connection):
                found[danger.code, str(danger)] = danger
    return list(found.values())


def check_server(url: str) -> list[Danger]:
    """Every reason to refuse the server and role of ``url``; empty when it is fit.

    Durability settings, version, encoding, standby, and a run-time role that could rewrite the past.
    Raises ``psycopg.OperationalError`` when it cannot be reached.
    """
    import psycopg

    with psycopg.connect(url, connect_timeout=10) as connection:
        return [
            *_too_old(connection),
            *_not_durable(connection),
            *_wrong_database(connection),
            *_powerful_role(connection),
        ]


Connection: TypeAlias = "psycopg.Connection[tuple[object, ...]]"


def _show(connection: Connection, name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    return str(row[0]) if row else ""


def _too_old(connection: Connection) -> list[Danger]:
    if connection.info.server_version // 10000 >= MAJOR_MIN:
        return []
    message = gettext_noop("PostgreSQL %(found)s is too old; version %(needed)s or newer is needed.")
    found = _show(connection, "server_version")
    return [Danger("too_old", message, {"found": found, "needed": str(MAJOR_MIN)})]


def _not_durable(connection: Connection) -> list[Danger]:
    message = gettext_noop("%(setting)s is off, which loses what was confirmed; turn it on")
    return [
        Danger(f"{name}_off", message, {"setting": name})
        for name in DURABLE
        if _show(connection, name) == "off"
    ]


def _wrong_database(connection: Connection) -> list[Danger]:
    found = []
    if _show(connection, "server_encoding") != "UTF8":
        message = gettext_noop("the database is encoded in %(found)s; make one with the encoding UTF8")
        found.append(Danger("not_utf8", message, {"found": _show(connection, "server_encoding")}))
    if _show(connection, "timezone") not in {"UTC", "Etc/UTC", "GMT"}:
        message = gettext_noop(
            "the database works in the time zone %(found)s; "
            "set it with ALTER DATABASE %(database)s SET timezone TO 'UTC'"
        )
        data = {"found": _show(connection, "timezone"), "database": connection.info.dbname}
        found.append(Danger("not_utc", message, data))
    if (
        _show(connection, "default_transaction_read_only") == "on"
        or _show(connection, "in_hot_standby") == "on"
    ):
        found.append(
            Danger("read_only", gettext_noop("the database can only be read; use the primary server"))
        )
    return found


def _powerful_role(connection: Connection) -> list[Danger]:
    row = connection.execute(
        "SELECT rolsuper, (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relowner = r.oid)"
        " FROM pg_roles r WHERE rolname = current_user"
    ).fetchone()
    is_superuser, tables = row if row else (False, 0)
    data = {"role": connection.info.user}
    if is_superuser:
        message = gettext_noop(
            "DATABASE_URL signs in as the superuser %(role)s; use a role that owns nothing"
        )
        return [Danger("superuser", message, data)]
    if tables:
        message = gettext_noop(
            "DATABASE_URL signs in as %(role)s, who owns tables and could rewrite the past; "
            "own them with the role of GUIBIN_OWNER_URL"
        )
        return [Danger("owns_tables", message, data)]
    return []
