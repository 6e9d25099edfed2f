"""The embedded server starts on first use, is shared, and stops with its last user."""

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from guibin.core.postgres import embedded_urls, hold
from guibin.core.postgres.places import Places
from guibin.core.postgres.server import processes_in
from guibin.core.postgres.tests.conftest import (
    ROOT,
    HolderProcess,
    answers,
    postmaster_of,
    scalar,
    superuser_url,
    wait_until,
)

Home = Callable[..., Path]
Holder = Callable[..., HolderProcess]

CLUSTER = """SELECT current_setting('server_encoding') || ' ' || current_setting('data_checksums') || ' '
|| current_setting('TimeZone') || ' ' || datcollate || ' ' || current_setting('listen_addresses')
FROM pg_database WHERE datname = current_database()"""


def test_a_new_home_becomes_a_safe_server(new_home: Home) -> None:
    home = new_home("有 空格 home")
    with hold(home) as held:
        assert held.created
        assert scalar(held.runtime_url, CLUSTER) == "UTF8 on UTC C.UTF-8 "
        assert scalar(held.runtime_url, "SELECT current_user::text") == "guibin_app"
        assert embedded_urls(home) == (held.runtime_url, held.owner_url)
        superuser = scalar(superuser_url(home), "SELECT count(*) FROM pg_roles WHERE rolsuper")
        assert superuser == 1
    wait_until(lambda: not processes_in(Places(home).data))
    with hold(home) as again:
        assert not again.created
        assert answers(again.owner_url)


def test_passwords_are_asked_for_and_kept_in_private_files(made_home: Home) -> None:
    home = made_home()
    with hold(home) as held:
        for path in Places(home).secrets.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        without = held.runtime_url.replace(Places(home).password("guibin_app"), "wrong")
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            psycopg.connect(without)
        assert stat.S_IMODE(Places(home).socket_folder.stat().st_mode) == 0o700


def test_the_runtime_role_owns_nothing_and_the_owner_makes_test_databases(made_home: Home) -> None:
    with hold(made_home()) as held:
        with psycopg.connect(held.owner_url, autocommit=True) as owner:
            owner.execute("CREATE DATABASE guibin_try")
            owner.execute("DROP DATABASE guibin_try")
        with (
            psycopg.connect(held.runtime_url) as runtime,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            runtime.execute("CREATE TABLE mine (number int)")


def test_two_holders_share_one_server_that_stops_after_the_last(made_home: Home, holder: Holder) -> None:
    home = made_home()
    first = holder(home)
    second = holder(home)
    assert first.url == second.url
    first.end()
    assert answers(second.url)
    second.end()
    wait_until(lambda: not processes_in(Places(home).data))
    assert not Places(home).pid_file.exists()


def test_many_starting_at_once_get_one_server(new_home: Home, holder: Holder) -> None:
    home = new_home()
    with ThreadPoolExecutor(6) as pool:
        holders = list(pool.map(lambda _: holder(home), range(6)))
    assert len({each.url for each in holders}) == 1
    assert all(answers(each.url) for each in holders)


def test_a_holder_arriving_during_the_stop_gets_a_server(made_home: Home, holder: Holder) -> None:
    home = made_home()
    for _ in range(4):
        first = holder(home)
        first.end()
        late = holder(home)
        assert answers(late.url)
        late.end()


@pytest.mark.skipif(not ROOT, reason="only root runs the server as somebody else")
def test_root_runs_the_server_as_nobody(made_home: Home) -> None:
    home = made_home()
    with hold(home):
        owner = Path(f"/proc/{postmaster_of(home)}").stat().st_uid
        assert owner not in {0, os.geteuid()}
        assert Places(home).data.stat().st_uid == owner
        assert Places(home).secrets.stat().st_uid == 0


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_an_ordinary_user_runs_the_server_as_himself(new_home: Home, holder: Holder) -> None:
    home = new_home("nobody 家")
    home.parent.chmod(0o777)
    held = holder(home, user="nobody", HOME=str(home), GUIBIN_HOME=str(home))
    assert answers(held.url)
    assert not Places(home).programs.exists()
    assert Path(f"/proc/{postmaster_of(home)}").stat().st_uid == home.stat().st_uid
