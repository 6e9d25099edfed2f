"""The product as people start it, for the tests that use it from outside.

The ``guibin`` command, the embedded server, a home of its own; everything is ended by its id.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guibin.core.postgres import hold
from guibin.core.postgres.places import Places
from tests.environment import stop_server

ANSWER_SECONDS_MAX = 180.0


@dataclass(frozen=True)
class Shop:
    """A product: its home, where it answers when it is served, and the environment of its commands."""

    home: Path
    url: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    pid: int = 0

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """A ``guibin`` command in this shop, on its way."""
        return subprocess.Popen(
            [sys.executable, "-m", "guibin", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        """Its standard output at the end. Fails the test on a bad exit code."""
        with self.start(*arguments) as command:
            said, complained = command.communicate()
        assert command.returncode == 0, said + complained
        return said

    def ask(self, *arguments: str) -> dict[str, Any]:
        """The answer of a command with ``--json``."""
        answer: dict[str, Any] = json.loads(self.run(*arguments, "--json"))
        return answer


@contextmanager
def closed_shop(*prepare: tuple[str, ...]) -> Iterator[Shop]:
    """A product in a new home, prepared by commands, not served; gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="guibin-shop-"))
    home.chmod(0o755)
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("GUIBIN_", "DATABASE_"))
    }
    shop = Shop(home=home, environment=environment | {"GUIBIN_HOME": str(home), "GUIBIN_LANG": "en"})
    try:
        with hold(home) as held:
            for command in prepare:
                shop.run(*command)
            yield shop
        stop_server(held, Places(home))
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running_shop(*prepare: tuple[str, ...]) -> Iterator[Shop]:
    """A product in a new home, prepared by commands, served on a free port, gone afterwards."""
    with closed_shop(*prepare) as shop:
        port, log = _free_port(), shop.home / "serve.log"
        with log.open("wb") as stream:
            serving = subprocess.Popen(
                [sys.executable, "-m", "guibin", "serve", "--port", str(port)],
                env=shop.environment,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_until_it_answers(url, serving, log)
            yield Shop(home=shop.home, url=url, environment=shop.environment, pid=serving.pid)
        finally:
            serving.terminate()
            serving.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(url: str, serving: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + ANSWER_SECONDS_MAX
    while time.monotonic() < until:
        assert serving.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise AssertionError(log.read_text())
