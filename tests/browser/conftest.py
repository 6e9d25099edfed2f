"""A running product and a real Chromium for the tests that look at it.

``empty_shop`` is the product as a stranger starts it; ``demo_shop`` is the demo. Each is started as
people start it (the ``guibin`` command, the embedded server), in a home of its own, and ended by id.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

SCREENSHOTS = Path(__file__).resolve().parents[2] / "screenshots"
DESKTOP, TABLET, PHONE = (1440, 900), (820, 1180), (390, 844)
CHROMIUM_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Shop:
    """A running product: where it answers and the environment of its commands."""

    url: str
    environment: dict[str, str]

    def run(self, *arguments: str) -> str:
        """A ``guibin`` command in this shop; its standard output. Fails the test on a bad exit code."""
        outcome = subprocess.run(
            [sys.executable, "-m", "guibin", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
        return outcome.stdout


@contextmanager
def running_shop(*prepare: tuple[str, ...]) -> Iterator[Shop]:
    """A product in a new home, prepared by commands, served on a free port, gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="guibin-shop-"))
    home.chmod(0o755)
    port = _free_port()
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("GUIBIN_", "DATABASE_"))
    }
    environment |= {"GUIBIN_HOME": str(home), "GUIBIN_LANG": "en"}
    shop = Shop(url=f"http://127.0.0.1:{port}", environment=environment)
    try:
        for command in prepare:
            shop.run(*command)
        with (home / "serve.log").open("wb") as log:
            serving = subprocess.Popen(
                [sys.executable, "-m", "guibin", "serve", "--port", str(port)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                _wait_until_it_answers(shop.url, serving, home / "serve.log")
                yield shop
            finally:
                serving.terminate()
                serving.wait(timeout=60)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(url: str, serving: "subprocess.Popen[bytes]", log: Path) -> None:
    for _attempt in range(720):
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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next(
        (found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None
    )
    if program is None:
        pytest.fail("browser tests need chromium: make test installs it on Debian as root")
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=[*CHROMIUM_ARGUMENTS, *sandbox])
        yield started
        started.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """``open_page(size=DESKTOP, language="zh", theme="light")``: a fresh visitor's page.

    Any script error or refused resource fails the test that opened it.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(size: tuple[int, int] = DESKTOP, language: str = "zh", theme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN" if language == "zh" else "en-GB",
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=size == PHONE,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def shoot(page: Page, name: str) -> None:
    """A full-page picture for people to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
