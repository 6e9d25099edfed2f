"""Processes of a running shop found and killed by their ids, and imports asked for over REST meanwhile."""

import http.client
import json
import os
import signal
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.shop import Shop

ASK_SECONDS_MAX = 120.0
MARKS = {"web": "guibin.config.web_server", "worker": "guibin\0worker"}
MAKE_KEY = """
from guibin.accounts import api as accounts
from guibin.core.clock import now
from guibin.core.permissions import SYSTEM
made = accounts.create_key(
    name="import", scopes=["integrations.view_imports", "integrations.import_files"], actor=SYSTEM, at=now()
)
print(made.token)
"""


def kill(shop: Shop, kind: str) -> int:
    """kill -9 the shop's ``web``, ``worker`` or ``database``; the id it had."""
    until = time.monotonic() + ASK_SECONDS_MAX
    while (pid := _find(shop, kind)) is None:
        assert time.monotonic() < until, f"there is no {kind}"
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    return pid


def _find(shop: Shop, kind: str) -> int | None:
    if kind == "database":
        record = shop.home / "postgres" / "data" / "postmaster.pid"
        return int(record.read_text().split()[0]) if record.exists() else None
    for child in _children(shop.pid):
        if MARKS[kind].encode() in _read(Path(f"/proc/{child}/cmdline")):
            return child
    return None


def _children(parent: int) -> list[int]:
    numbers = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    return [number for number in numbers if _parent_of(number) == parent]


def _parent_of(pid: int) -> int | None:
    status = _read(Path(f"/proc/{pid}/stat")).rpartition(b")")[2].split()
    return int(status[1]) if status and status[0] != b"Z" else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@dataclass(frozen=True)
class Caller:
    """A program with a key, which asks again while nobody answers; every write carries a key of its own."""

    shop: Shop
    token: str

    def upload(self, path: Path, name: str) -> int:
        """The number of the import; the file is read and counted in the background."""
        query = urllib.parse.urlencode({"kind": "order_lines", "file_name": path.name})
        answer = self._ask("POST", f"imports?{query}", path.read_bytes(), name)
        return int(answer["import"])

    def begin(self, number: int) -> None:
        self._ask("POST", f"imports/{number}/start", b"", f"start {number}")

    def look(self, number: int) -> dict[str, Any]:
        return self._ask("GET", f"imports/{number}")

    def wait_for(self, number: int, state: str, *, seconds: float) -> dict[str, Any]:
        """The report once the import is in ``state``; fails when it is not within ``seconds``."""
        until = time.monotonic() + seconds
        while (report := self.look(number))["state"] != state:
            assert report["state"] not in {"failed", "cancelled"}, report
            assert time.monotonic() < until, report
            time.sleep(0.2)
        return report

    def _ask(self, method: str, path: str, body: bytes | None = None, once: str = "") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/octet-stream"}
        if once:
            headers["Idempotency-Key"] = once
        until = time.monotonic() + ASK_SECONDS_MAX
        url = f"{self.shop.url}/api/v1/{path}"
        while time.monotonic() < until:
            asked = urllib.request.Request(url, data=body, headers=headers, method=method)
            try:
                with urllib.request.urlopen(asked, timeout=30) as answer:
                    found: dict[str, Any] = json.load(answer)
                    return found
            except urllib.error.HTTPError as refused:
                complaint = f"{refused.code} {refused.read().decode(errors='replace')}"
                if refused.code != 429 and refused.code < 500:
                    pytest.fail(f"{path}: {complaint}")
            except (OSError, http.client.HTTPException) as silence:
                complaint = repr(silence)
            time.sleep(0.2)
        pytest.fail(f"{path}: {complaint}")


def make_caller(shop: Shop) -> Caller:
    """A key that may import files, made as its administrator would."""
    return Caller(shop, shop.run("django", "shell", "--no-imports", "-c", MAKE_KEY).strip().splitlines()[-1])
