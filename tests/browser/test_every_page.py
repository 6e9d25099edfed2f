"""Every page of the product in a real Chromium: axe in light and dark, no sideways scroll, room for a finger.

The pages come from the URL configuration and the links between them (``tests.walk``), so a new page
is looked at without being named here.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test import Client
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import Browser, ConsoleMessage, Page

from guibin.core.permissions import Actor
from tests.browser.conftest import DESKTOP, PHONE, TABLET
from tests.walk import Opened, demo_actor, make_small_shop, walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
FINGER = 44
TIMEOUT_MS = 60_000
FINDINGS = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then(found =>
  found.violations.map(v =>
    `${v.id} (${v.impact}), ${v.nodes.length} times: ${v.nodes[0].html.slice(0, 160)}`))"""
SMALL = """least => [...document.querySelectorAll(
    "button, summary, select, .btn, .gb-chip, .gb-nav a, .gb-tabs a, textarea, input")].flatMap(field => {
  const around = () => field.closest("label, .gb-seg, td, th") ?? field.labels?.[0] ?? field;
  const spot = field.matches("[type=checkbox], [type=radio]") ? around() : field;
  if (!field.checkVisibility() || field.matches("[type=hidden], [type=file]") || field.disabled) return [];
  const {width, height} = spot.getBoundingClientRect();
  if (width < 2 || height >= least - 0.5) return [];
  const words = (field.innerText || field.name).slice(0, 30);
  return [`${field.tagName} ${field.className} "${words}" ${height}px`];
})"""


@dataclass
class Shop:
    """A served shop: its address, and a walked-through browser for a role."""

    address: str
    client_as: Callable[[Actor], Client]


@pytest.fixture
def shop(settings: Any, tmp_path: Path, client_as: Callable[[Actor], Client]) -> Iterator[Shop]:
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    make_small_shop(tmp_path)
    with serving() as address:
        yield Shop(address, client_as)


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadedWSGIServer(("localhost", 0), QuietWSGIRequestHandler)
    server.daemon_threads = False  # each ends, and with it its connection, before the database is dropped
    server.set_app(StaticFilesHandler(WSGIHandler()))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def signed_in(browser: Browser, shop: Shop, client: Client | None, language: str) -> Iterator[Page]:
    """A page of a browser that carries the session of ``client``; script errors fail the test."""
    context = browser.new_context(
        viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, reduced_motion="reduce", color_scheme="light"
    )
    cookies = {"django_language": language, "guibin_theme": "light"}
    if client is not None:
        cookies["sessionid"] = client.cookies["sessionid"].value
    context.add_cookies(
        [{"name": name, "value": value, "url": shop.address} for name, value in cookies.items()]
    )
    page, complaints = context.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("console", lambda said: complaints.append(f"{page.url}: {said.text}") if is_error(said) else None)
    page.set_default_timeout(TIMEOUT_MS)
    try:
        yield page
    finally:
        context.close()  # its connections would keep the server from ending
    assert not complaints, "\n".join(complaints)


def is_error(said: ConsoleMessage) -> bool:
    return said.type == "error" and not said.location["url"].endswith("/favicon.ico")


@pytest.mark.parametrize(
    ("role", "language"),
    [
        ("owner", "zh-hans"),
        pytest.param("owner", "en", marks=pytest.mark.slow),
        pytest.param("manager", "zh-hans", marks=pytest.mark.slow),
        pytest.param("agent", "en", marks=pytest.mark.slow),
    ],
)
def test_every_page_may_be_read_and_pressed(browser: Browser, shop: Shop, role: str, language: str) -> None:
    actor = demo_actor(role)
    client = shop.client_as(actor)
    client.post("/look", {"language": language, "theme": "light"})  # kept in the account
    faults: list[str] = []
    with signed_in(browser, shop, client, language) as page:
        for url in one_of_each_kind(walk(client, actor).opened):
            faults += [f"{url} {fault}" for fault in look_at(page, shop.address + url)]
    assert not faults, "\n".join(faults)


def test_pages_for_strangers_may_be_read_and_pressed(browser: Browser, shop: Shop) -> None:
    faults: list[str] = []
    with signed_in(browser, shop, None, "zh-hans") as page:
        for url in ("/sign-in/", "/sign-in/link/", "/sign-in/link/sent/", "/sign-in/link/1-no-such/"):
            faults += [f"{url} {fault}" for fault in look_at(page, shop.address + url)]
    assert not faults, "\n".join(faults)


def one_of_each_kind(opened: list[Opened]) -> list[str]:
    """Each page once, and each tab of it; not again for every order or filter of a list."""
    kinds = {seen.kind: seen.url for seen in reversed(opened) if seen.is_page}
    return [url for kind, url in kinds.items() if "?" not in kind or "?tab=" in kind]


def look_at(page: Page, address: str) -> list[str]:
    """What is wrong with a page, looked at wide, dark, and in two narrower windows."""
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    page.goto(address)
    page.wait_for_load_state("networkidle")
    for chart in page.query_selector_all("gb-chart"):
        chart.scroll_into_view_if_needed()
        page.wait_for_function("chart => chart.dataset.drawn", arg=chart)
    page.evaluate("scrollTo(0, 0)")  # what lies half under the bar at the top is not small
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = [f"has {n} headings of level 1" for n in [page.locator("h1").count()] if n != 1]
    help_title = page.locator("#gb-help-title").all_text_contents()
    found += ["has no help of its own"] if help_title in (["帮助"], ["Help"]) else []
    found += page.evaluate(FINDINGS, TAGS)
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    found += [f"dark: {fault}" for fault in page.evaluate(FINDINGS, {"type": "rule", "values": COLOURS})]
    for width, height in (TABLET, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"at {width} scrolls sideways by {beyond}"] if beyond > 0 else []
    found += [
        f"small for a finger: {json.dumps(spot, ensure_ascii=False)}"
        for spot in sorted(set(page.evaluate(SMALL, FINGER)))
    ]
    return found
