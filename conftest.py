"""Fixtures for every test: a private database per worker, served by the run-time role; named people.

The database is migrated once into a template as the owner and copied per worker. Tests run as the
run-time role, so a write path to an append-only table fails here as it would in production.
"""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg import sql

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis_settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def _plain_static_files() -> None:
    """Pages name their files as they are: nothing has been collected under hashed names here."""
    from django.conf import settings

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """This worker's database, a copy of the migrated template."""
    from django.conf import settings
    from django.db import connections
    from django.test import TransactionTestCase

    # The run-time role may not truncate, and migrations leave rows that must stay.
    setattr(TransactionTestCase, "_fixture_teardown", _copy_anew)  # noqa: B010 - its only hook is private
    owner_url = os.environ["GUIBIN_OWNER_URL"]
    name = _database_name()
    with psycopg.connect(owner_url, autocommit=True) as owner:
        template = _migrated_template(owner, django_db_blocker)
        _copy_template(owner, template=template, name=name)
        settings.DATABASES["default"]["NAME"] = name
        connections["default"].settings_dict["NAME"] = name
        yield
        with django_db_blocker.unblock():
            connections["default"].close()
        _drop(owner, name)


def _database_name() -> str:
    return f"guibin_test_{os.environ.get('PGTESTNAME', '')}{os.getpid()}"


def _migrated_template(owner: psycopg.Connection[Any], blocker: Any) -> str:
    """The name of a migrated database for this state of the migrations, made once by whoever comes first."""
    template = f"guibin_template_{_migrations_digest()}"
    owner.execute("SELECT pg_advisory_lock(4711)")
    try:
        ready = owner.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s AND datconnlimit = 0", [template]
        ).fetchone()
        if not ready:
            identifier = sql.Identifier(template)
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
            owner.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
            _migrate(template, blocker)
            owner.execute(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT 0").format(identifier))
    finally:
        owner.execute("SELECT pg_advisory_unlock(4711)")
    return template


@cache
def _migrations_digest() -> str:
    files = sorted(Path(__file__).parent.glob("src/guibin/*/migrations/*.py"))
    files += [
        Path(__file__).parent / "src/guibin/core/changes.py",
        Path(__file__).parent / "src/guibin/core/grants.py",
    ]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(database: str, blocker: Any) -> None:
    """Migrate as the owner on a connection of its own, then grant the run-time role its rights."""
    from django.core.management import call_command
    from django.db import connections

    from guibin.config.env import database as parse
    from guibin.core.grants import grant_runtime_role

    connection = connections["default"]
    runtime = dict(connection.settings_dict)
    role = runtime["USER"]
    try:
        connection.close()
        connection.settings_dict.update(parse(os.environ["GUIBIN_OWNER_URL"]), NAME=database)
        with blocker.unblock():
            call_command("migrate", verbosity=0)
            grant_runtime_role(connection, role)
            connection.close()
    finally:
        connection.settings_dict.update(runtime)


def _copy_anew(self: Any) -> None:
    """After a test that committed: this worker's database is copied from the template again."""
    from django.db import connections

    connections["default"].close()
    with psycopg.connect(os.environ["GUIBIN_OWNER_URL"], autocommit=True) as owner:
        _copy_template(owner, template=f"guibin_template_{_migrations_digest()}", name=_database_name())


def _drop(owner: psycopg.Connection[Any], name: str) -> None:
    """Drop this worker's database. Each role may end only its own connections, so both do."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as runtime:
        runtime.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND usename = current_user",
            [name],
        )
    owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _copy_template(owner: psycopg.Connection[Any], *, template: str, name: str) -> None:
    _drop(owner, name)
    owner.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    )


@pytest.fixture
def at() -> datetime:
    """A fixed instant: Monday 2026-11-23, 10:00 in Shanghai."""
    return datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


# -- named staff: an owner, a manager, an agent of one store, and an outsider of another


def _staff(name: str, role: str, store: str | None = None) -> Any:
    from guibin.accounts import api
    from guibin.core.permissions import SYSTEM

    at = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
    store_id = api.ensure_stores(texts=[store], actor=SYSTEM, at=at)[store] if store else None
    staff = api.find_staff(name) or api.create_staff(
        sign_in_name=name,
        display_name=name.title(),
        role_code=role,
        store_id=store_id,
        actor=SYSTEM,
        at=at,
    )
    return api.actor_for_staff(staff.id)


@pytest.fixture
def owner(db: None) -> Any:
    """May do everything."""
    return _staff("owner", "owner")


@pytest.fixture
def manager(db: None) -> Any:
    """Runs the shop: everything but the organisation's settings and keys."""
    return _staff("manager", "manager")


@pytest.fixture
def agent(db: None) -> Any:
    """Looks after the customers of the lake store."""
    return _staff("agent", "agent", "湖滨店")


@pytest.fixture
def outsider(db: None) -> Any:
    """An agent of another store: must not reach the lake store's customers."""
    return _staff("outsider", "agent", "静安店")


@pytest.fixture
def client_as(db: None) -> Any:
    """``client_as(actor)``: a test client signed in as that member of staff."""
    from django.test import Client

    from guibin.accounts.models import Staff

    def sign_in(actor: Any) -> Client:
        client = Client()
        client.force_login(Staff.objects.get(pk=actor.id), backend="guibin.accounts.backends.StaffBackend")
        return client

    return sign_in
