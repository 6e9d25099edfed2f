"""Migrating as the owner role, then giving the run-time role its rights."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _

from guibin.config import env
from guibin.core.errors import DomainError
from guibin.core.grants import grant_runtime_role

OWNER = "GUIBIN_OWNER_URL"
ONE_AT_A_TIME = 4_712_001


class OwnerMissing(DomainError):
    code = "config.owner_missing"
    message = _(
        "The tables are not up to date, and GUIBIN_OWNER_URL is not set: name the role that owns them, "
        "as postgresql://role:password@host/database."
    )


@contextmanager
def as_owner() -> Iterator[Any]:
    """Django's default connection as the owner, then the run-time role again. Raises ``OwnerMissing``."""
    url = env.text(OWNER)
    if not url:
        raise OwnerMissing
    connection = connections["default"]
    runtime = dict(connection.settings_dict)
    connection.close()
    owner = env.database(url, OWNER)
    owner["OPTIONS"] = {**runtime["OPTIONS"], **dict(owner["OPTIONS"])}  # type: ignore[call-overload]
    connection.settings_dict.update(owner)
    try:
        yield connection
    finally:
        connection.close()
        connection.settings_dict.update(runtime)


def pending() -> list[str]:
    """Migrations that have not been applied, in order, as ``app.name``; any of the two roles can see them."""
    with as_owner() if env.text(OWNER) else nullcontext(connections["default"]) as connection:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def migrate() -> int:
    """Apply what is pending, one process at a time; returns how many were applied.

    A serving process need not know the owner: without one it is enough that nothing is pending, and
    ``OwnerMissing`` is raised otherwise.
    """
    url = env.text(OWNER)
    if not url:
        if pending():
            raise OwnerMissing
        return 0
    with psycopg.connect(url, autocommit=True) as turn:
        turn.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        names = pending()
        if names:
            with as_owner() as connection:
                call_command("migrate", interactive=False, verbosity=0)
                role = str(env.database(env.text("DATABASE_URL"))["USER"])
                grant_runtime_role(connection, role)
    return len(names)
