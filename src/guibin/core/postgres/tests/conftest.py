"""Homes for embedded servers, holders in processes of their own, and what must be gone afterwards."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import psycopg
import pytest

from guibin.core.postgres import hold
from guibin.core.postgres.places import SUPERUSER, Places
from guibin.core.postgres.server import processes_in

SOURCE = Path(__file__).resolve().parents[4]
HOLDER = Path(__file__).with_name("holder.py")
ROOT = os.geteuid() == 0


class HolderProcess:
    """A holder that lives until ``end`` or ``kill``."""

    def __init__(self, home: Path, mode: str = "", user: str = "", **environment: str) -> None:
        words = [interpreter(user), str(HOLDER), str(home), *([mode] if mode else [])]
        identity = {}
        if user:
            entry = pwd.getpwnam(user)
            identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        self.process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env={**os.environ, "PYTHONPATH": python_path(), "PYTHONDONTWRITEBYTECODE": "1", **environment},
            **identity,
        )
        assert self.process.stdin
        assert self.process.stdout
        self.stdin: IO[str] = self.process.stdin
        self.stdout: IO[str] = self.process.stdout
        self.said = json.loads(self.stdout.readline())

    @property
    def url(self) -> str:
        assert "url" in self.said, self.said
        return str(self.said["url"])

    def end(self) -> list[str]:
        """Close in order; returns the lines it printed since the first."""
        if self.stdin.closed:
            return []
        self.stdin.close()
        lines = self.stdout.read().split()
        self.stdout.close()
        assert self.process.wait(30) in {0, 4}
        return lines

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.stdin.close()
        self.stdout.close()


def interpreter(user: str) -> str:
    """A Python of our version that ``user`` can start (root's own may be out of reach)."""
    if not user:
        return sys.executable
    real = Path(sys.executable).resolve()
    if all(folder.stat().st_mode & 1 for folder in real.parents):
        return str(real)
    system = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    if not system.exists():
        pytest.skip(f"no Python that {user} may run")
    return str(system)


def python_path() -> str:
    return os.pathsep.join([str(SOURCE), *(path for path in sys.path if path.endswith("site-packages"))])


@pytest.fixture(autouse=True)
def _no_linger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers stop as soon as their last holder is gone."""
    monkeypatch.setenv("GUIBIN_PG_LINGER", "0")


@pytest.fixture
def new_home() -> Iterator[Callable[[str], Path]]:
    """Makes homes in a short folder that everybody may enter; servers and folders are gone afterwards."""
    base = Path(tempfile.mkdtemp(prefix="gb-"))
    base.chmod(0o755)

    def make(name: str = "home") -> Path:
        return base / name

    yield make
    for root in base.rglob("postgres"):
        if root.name == "postgres" and (root / "data").exists():
            wait_until(lambda data=root / "data": not processes_in(data), 20)
            shutil.rmtree((root / "socket").read_text(), ignore_errors=True)
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A stopped cluster made once; copying it is far quicker than making one."""
    base = Path(tempfile.mkdtemp(prefix="gb-"))
    base.chmod(0o755)
    home = base / "home"
    with hold(home):
        pass
    wait_until(lambda: not processes_in(Places(home).data), 30)
    shutil.rmtree(Places(home).socket_folder, ignore_errors=True)
    (Places(home).root / "socket").unlink()
    yield home
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def made_home(cluster: Path, new_home: Callable[[str], Path]) -> Callable[[], Path]:
    """Gives a home whose cluster was made before, not running."""

    def make() -> Path:
        home = new_home("home")
        subprocess.run(["cp", "-a", str(cluster), str(home)], check=True)
        return home

    return make


@pytest.fixture
def holder() -> Iterator[Callable[..., HolderProcess]]:
    """Starts holders; all of them are ended afterwards."""
    started: list[HolderProcess] = []

    def start(home: Path, mode: str = "", user: str = "", **environment: str) -> HolderProcess:
        made = HolderProcess(home, mode, user, **environment)
        started.append(made)
        return made

    yield start
    for each in started:
        if each.process.poll() is None:
            each.end()
        else:
            each.stdin.close()
            each.stdout.close()


def wait_until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Patience for a slow disk (recovery syncs every file): what takes longer than this hangs."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"not true within {seconds} s"
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def scalar(url: str, query: str) -> object:
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def superuser_url(home: Path, database: str = "postgres") -> str:
    return Places(home).url(SUPERUSER, database)


def postmaster_of(home: Path) -> int:
    return int(Places(home).pid_file.read_text().splitlines()[0])


def keeper_of(home: Path) -> int:
    """The process whose command line names the keeper of this home."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"guibin.core.postgres.keeper" in words and str(home).encode() in words:
            return int(entry.name)
    raise AssertionError("no keeper")


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
