"""What every test process needs before Django reads its settings: a home of its own, and a database.

Loaded by ``-p tests.environment`` (pyproject), which comes before pytest-django. With no
``DATABASE_URL`` given, the product's own embedded server is started in the test home and stopped
with the last process that uses it.
"""

import os
import tempfile
from pathlib import Path


def prepare() -> None:
    """Set the environment of this test process; the first one makes the shared test home."""
    if "GUIBIN_TEST_HOME" not in os.environ:
        home = tempfile.mkdtemp(prefix="guibin-test-")
        Path(home).chmod(0o755)
        os.environ["GUIBIN_TEST_HOME"] = home
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    own = Path(os.environ["GUIBIN_TEST_HOME"]) / worker
    own.mkdir(parents=True, exist_ok=True)
    os.environ["GUIBIN_HOME"] = str(own)
    os.environ["GUIBIN_DEBUG"] = "0"


prepare()
