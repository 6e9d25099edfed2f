"""What the launcher refuses, each in one clear sentence."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from guibin.core.postgres import check_server, hold
from guibin.core.postgres.cluster import check_disk
from guibin.core.postgres.errors import (
    DiskFull,
    HomeClosed,
    HomeOfAnother,
    HomeRefused,
    OtherVersion,
    ProgramsMissing,
    UnsafeServer,
)
from guibin.core.postgres.places import Places, ServerUser
from guibin.core.postgres.server import processes_in
from guibin.core.postgres.tests.conftest import ROOT, HolderProcess, superuser_url, wait_until

Home = Callable[..., Path]
Holder = Callable[..., HolderProcess]


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_an_unsafe_server_is_refused_and_stopped_again(made_home: Home, setting: str) -> None:
    home = made_home()
    with hold(home), psycopg.connect(superuser_url(home), autocommit=True) as superuser:
        superuser.execute(f"ALTER SYSTEM SET {setting} TO off")
    wait_until(lambda: not processes_in(Places(home).data))
    with pytest.raises(UnsafeServer, match=f"{setting} is off"):
        hold(home)
    wait_until(lambda: not processes_in(Places(home).data))


def test_a_setting_of_the_runtime_role_alone_is_seen_too(made_home: Home) -> None:
    home = made_home()
    with hold(home) as held:
        with psycopg.connect(superuser_url(home), autocommit=True) as superuser:
            superuser.execute("ALTER ROLE guibin_app SET synchronous_commit TO off")
        with pytest.raises(UnsafeServer, match="synchronous_commit"):
            hold(home)
        assert [danger.code for danger in check_server(held.runtime_url)] == ["synchronous_commit_off"]


def test_check_server_names_what_is_wrong(made_home: Home) -> None:
    home = made_home()
    with hold(home) as held:
        assert check_server(held.runtime_url) == []
        with psycopg.connect(held.owner_url) as owner:
            owner.execute("CREATE TABLE anything (number int)")
        assert [danger.code for danger in check_server(held.owner_url)] == ["owns_tables"]
        assert [danger.code for danger in check_server(superuser_url(home))] == ["superuser"]
        with psycopg.connect(superuser_url(home), autocommit=True) as superuser:
            superuser.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
            superuser.execute("ALTER DATABASE latin SET timezone TO 'Asia/Shanghai'")
            superuser.execute("ALTER DATABASE latin SET default_transaction_read_only TO on")
        url = Places(home).url("guibin_app", "latin")
        assert [danger.code for danger in check_server(url)] == ["not_utf8", "not_utc", "read_only"]
        assert "Asia/Shanghai" in str(check_server(url)[1])


@pytest.mark.skipif(not ROOT, reason="an ordinary user enters his own folders")
def test_a_closed_parent_is_named(new_home: Home) -> None:
    closed = new_home("closed")
    closed.mkdir(mode=0o700)
    with pytest.raises(HomeClosed) as refusal:
        hold(closed / "home")
    assert refusal.value.data == {"user": "nobody", "folder": str(closed)}
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_a_home_that_cannot_be_written_and_one_of_another_user_are_named(
    new_home: Home, holder: Holder
) -> None:
    home = new_home()
    Places(home).root.mkdir(parents=True)
    refused = holder(home.parent / "other", user="nobody", HOME="/")
    assert refused.said["error"] == HomeRefused.code
    assert "Permission denied" in refused.said["sentence"]
    taken = holder(home, user="nobody", HOME="/")
    assert taken.said["error"] == HomeOfAnother.code
    assert "user root" in taken.said["sentence"]


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_a_user_without_an_entry_is_named(new_home: Home) -> None:
    unlisted = ServerUser("", 987654, 987654, separate=True)
    pid = os.fork()
    if pid == 0:
        os.setuid(unlisted.uid)
        try:
            hold(new_home())
        except Exception as error:  # noqa: BLE001  (the child must end here whatever happens)
            os._exit(42 if "987654 has no entry" in str(error) else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 42


def test_data_of_another_version_are_named_and_left_alone(made_home: Home) -> None:
    home = made_home()
    with hold(home):
        pass
    wait_until(lambda: not processes_in(Places(home).data))
    before = (Places(home).data / "PG_VERSION").read_text()
    (Places(home).data / "PG_VERSION").write_text("14\n")
    with pytest.raises(OtherVersion, match="PostgreSQL 14"):
        hold(home)
    (Places(home).data / "PG_VERSION").write_text(before)
    hold(home).release()


def test_missing_programs_are_named(new_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUIBIN_PG_BIN", str(new_home("nothing here")))
    with pytest.raises(ProgramsMissing, match="nothing here"):
        hold(new_home())


def test_a_full_disk_is_named_before_anything_is_written(new_home: Home) -> None:
    places = Places(new_home())
    places.root.mkdir(parents=True)
    free = shutil.disk_usage(places.root).free // (1024 * 1024)
    check_disk(places, free // 2)
    with pytest.raises(DiskFull, match=f"needs {free * 2} MB"):
        check_disk(places, free * 2)
