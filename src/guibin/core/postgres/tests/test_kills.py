"""kill -9 of the server, the keeper, a holder, or all of them: nothing confirmed is lost, work goes on."""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from guibin.core.postgres import hold
from guibin.core.postgres.places import Places
from guibin.core.postgres.server import processes_in
from guibin.core.postgres.tests.conftest import (
    HolderProcess,
    answers,
    keeper_of,
    kill,
    postmaster_of,
    scalar,
    superuser_url,
    wait_until,
)

Home = Callable[..., Path]
Holder = Callable[..., HolderProcess]


def lose_nothing(home: Path, writer: HolderProcess) -> None:
    """Every number the writer printed is in the database."""
    with hold(home):
        printed = [int(line) for line in writer.end()]
        url = superuser_url(home, "guibin")
        assert len(printed) > 10
        stored = scalar(url, "SELECT array_agg(number) FROM row_written")
        assert isinstance(stored, list)
        assert set(printed) <= set(stored)


def writes_again(home: Path) -> Callable[[], bool]:
    """True once the row count has moved since the first time it could be asked."""
    seen: list[object] = []

    def moved() -> bool:
        url = superuser_url(home, "guibin")
        if not answers(url):
            return False
        if scalar(url, "SELECT to_regclass('row_written')") is None:
            return False
        seen.append(scalar(url, "SELECT coalesce(max(number), 0) FROM row_written"))
        return seen[-1] != seen[0]

    return moved


VICTIMS = ("server", "keeper", "server and keeper", "keeper and server")


@pytest.mark.parametrize("victims", VICTIMS)
def test_killing_the_servers_processes_loses_nothing(made_home: Home, holder: Holder, victims: str) -> None:
    kill_and_recover(made_home(), holder, [victims])


@pytest.mark.slow
def test_killing_them_again_and_again_loses_nothing(made_home: Home, holder: Holder) -> None:
    kill_and_recover(made_home(), holder, VICTIMS * 12)


def kill_and_recover(home: Path, holder: Holder, rounds: Sequence[str]) -> None:
    writer = holder(home, "write")
    wait_until(writes_again(home))
    for victims in rounds:
        numbers = {"server": postmaster_of(home), "keeper": keeper_of(home)}
        for victim in victims.split(" and "):
            kill(numbers[victim])
        if "server" in victims:
            wait_until(lambda old=numbers["server"]: _has_new_server(home, old))
        if "keeper" in victims:
            wait_until(lambda old=numbers["keeper"]: _has_new_keeper(home, old))
        _wait_for_writes(home, victims)
    lose_nothing(home, writer)
    wait_until(lambda: not processes_in(Places(home).data))


def _wait_for_writes(home: Path, victims: str) -> None:
    try:
        wait_until(writes_again(home))
    except AssertionError as error:
        logs = [path.read_text(errors="replace")[-3000:] for path in sorted(Places(home).root.glob("*.log"))]
        raise AssertionError("\n".join([f"no writes after killing {victims}", *logs])) from error


def _has_new_server(home: Path, old: int) -> bool:
    try:
        return postmaster_of(home) != old
    except (FileNotFoundError, IndexError):  # not there yet, or being written
        return False


def _has_new_keeper(home: Path, old: int) -> bool:
    try:
        return keeper_of(home) != old
    except AssertionError:
        return False


def test_a_killed_holder_lets_go(made_home: Home, holder: Holder) -> None:
    home = made_home()
    writer = holder(home, "write")
    wait_until(writes_again(home))
    writer.kill()
    wait_until(lambda: not processes_in(Places(home).data))
    with hold(home) as held:
        assert answers(held.runtime_url)


def test_everything_killed_at_once_recovers(made_home: Home, holder: Holder) -> None:
    home = made_home()
    writer = holder(home, "write")
    wait_until(writes_again(home))
    everything = [writer.process.pid, keeper_of(home), *processes_in(Places(home).data)]
    printed = []
    writer.process.send_signal(signal.SIGSTOP)  # what it has printed by now was confirmed
    for pid in everything:
        try:
            kill(pid)
        except ProcessLookupError:
            continue
    writer.process.wait()
    printed = [int(line) for line in writer.stdout.read().split("\n")[:-1] if line]
    writer.stdin.close()
    writer.stdout.close()
    with hold(home):
        stored = scalar(superuser_url(home, "guibin"), "SELECT array_agg(number) FROM row_written")
        assert isinstance(stored, list)
        assert set(printed) <= set(stored)


def test_a_pid_file_that_names_somebody_elses_process_is_stale(made_home: Home) -> None:
    """After a restart of the machine the number may belong to any process of the same user."""
    home = made_home()
    with hold(home):
        kill_all = [keeper_of(home), *processes_in(Places(home).data)]
        lines = Places(home).pid_file.read_text()
    wait_until(lambda: not processes_in(Places(home).data))
    assert kill_all
    owner = Places(home).data.stat()
    with subprocess.Popen(["/bin/sleep", "60"], user=owner.st_uid) as sleeper:
        Places(home).pid_file.write_text(str(sleeper.pid) + lines[lines.index("\n") :])
        os.chown(Places(home).pid_file, owner.st_uid, owner.st_gid)
        with hold(home) as held:
            assert answers(held.runtime_url)
        assert sleeper.poll() is None
        sleeper.kill()


def test_a_swept_socket_comes_back(made_home: Home) -> None:
    home = made_home()
    with hold(home) as held:
        socket = Places(home).socket_folder / ".s.PGSQL.5432"
        socket.unlink()
        wait_until(lambda: answers(held.runtime_url))
