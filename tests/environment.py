"""What every test process needs before Django reads its settings: a home of its own, and a database.

Loaded by ``-p tests.environment`` (pyproject), which comes before pytest-django. With no
``DATABASE_URL`` given, the product's own embedded server is started in the test home and stopped
with the process that made the home.
"""

import atexit
import os
import shutil
import tempfile
import time
from pathlib import Path

from guibin.core.postgres import Hold, hold
from guibin.core.postgres.places import Places
from guibin.core.postgres.server import processes_in

STOP_SECONDS_MAX = 20.0


def prepare() -> None:
    """Set the environment of this test process; the first one makes the shared test home."""
    if "GUIBIN_TEST_HOME" not in os.environ:
        home = Path(tempfile.mkdtemp(prefix="guibin-test-"))
        home.chmod(0o755)
        os.environ["GUIBIN_TEST_HOME"] = str(home)
        atexit.register(remove, home)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    own = Path(os.environ["GUIBIN_TEST_HOME"]) / worker
    own.mkdir(parents=True, exist_ok=True)
    os.environ["GUIBIN_HOME"] = str(own)
    os.environ["GUIBIN_DEBUG"] = "0"
    if "DATABASE_URL" not in os.environ:
        start_server(Path(os.environ["GUIBIN_TEST_HOME"]) / "server")


def start_server(home: Path) -> Hold:
    """The embedded server, for this process and those it starts."""
    held = hold(home)
    os.environ["DATABASE_URL"], os.environ["GUIBIN_OWNER_URL"] = held.runtime_url, held.owner_url
    atexit.register(stop_server, held, Places(home))
    return held


def stop_server(held: Hold, places: Places) -> None:
    """Let go, and wait until the data may be removed."""
    held.release()
    until = time.monotonic() + STOP_SECONDS_MAX
    while processes_in(places.data) and time.monotonic() < until:
        time.sleep(0.05)
    shutil.rmtree(places.socket_folder, ignore_errors=True)


def remove(home: Path) -> None:
    """Registered first, so it runs after the server has stopped."""
    shutil.rmtree(home, ignore_errors=True)


prepare()
