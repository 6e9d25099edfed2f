"""A small demo shop, and a walk through every page of it, by the URL configuration and the links.

Routes without arguments are opened as they are; those with arguments by the links that lead to them, so
that a page nobody can reach shows as missing.
"""

import html
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

from guibin.accounts import api as accounts
from guibin.config.demo import diary
from guibin.config.demo.load import load_shop
from guibin.core import clock
from guibin.core.permissions import SYSTEM, Actor
from guibin.integrations import api as integrations
from guibin.web.access import declared
from guibin.web.middleware import CHECKED_ELSEWHERE, module_of
from tests.house.test_access import routes

MEMBERS = 150
PER_ROUTE_MAX = 2
FILE = """会员卡号,客户姓名,手机,开卡日期
QM9001,林婉清,15400004417,2022/9/18
QM9002,周慕白,1540000551,03-05-24
"""
LINK = re.compile(r'\s(href|hx-get|data-url|action|hx-post|formaction)="([^"#][^"]*)"')
ASKED_BY_POST = frozenset({"action", "hx-post", "formaction", "data-url"})
# Signing out ends the walk; a file is no page.
NOT_OPENED = ("sign-out/", "static/", "api/")


@dataclass(frozen=True)
class Opened:
    """An address that answered. ``kind``: its route, with the names of what was asked, and with its tab."""

    url: str
    route: str
    kind: str
    is_page: bool


@dataclass
class Walk:
    """What somebody can open, and every link that misled them."""

    opened: list[Opened] = field(default_factory=list)
    misleading: list[str] = field(default_factory=list)

    @property
    def pages(self) -> list[str]:
        """One or two addresses for each page."""
        return [seen.url for seen in self.opened if seen.is_page]

    @property
    def routes(self) -> set[str]:
        return {seen.route for seen in self.opened}


def make_small_shop(folder: Path) -> None:
    """The demo with few members, and an import that waits for its columns."""
    diary.diary_path().unlink(missing_ok=True)
    load_shop(members=MEMBERS)
    path = folder / "members.csv"
    path.write_text(FILE, encoding="utf-8")
    at = clock.now()
    accounts.create_department(name="女装部", parent_id=None, actor=SYSTEM, at=at)
    run_id = integrations.register(kind="customers", path=path, actor=SYSTEM, at=at)
    integrations.check_file(run_id=run_id, actor=SYSTEM, at=at)


def demo_actor(role: str) -> Actor:
    """The demo's owner, manager or agent."""
    person = accounts.find_staff(role)
    assert person is not None
    return accounts.actor_for_staff(person.id)


def walk(client: Client, actor: Actor) -> Walk:
    """Every page ``actor`` reaches. ``client`` must be signed in as them."""
    found, asked, per_kind = Walk(), set[str](), Counter[str]()
    waiting = deque((f"/{route}", "") for route, _view in routes() if "<" not in route and "(?P" not in route)
    while waiting:
        url, came_from = waiting.popleft()
        route = route_of(url)
        if url in asked or route is None or route.startswith(NOT_OPENED):
            continue
        kind = kind_of(route, url)
        if per_kind[kind] >= (PER_ROUTE_MAX if kind == route else 1):
            continue
        asked.add(url)
        response = client.get(url, HTTP_ACCEPT="text/html")
        if response.status_code >= 400:
            if came_from:
                found.misleading.append(f"{came_from} links to {url}: {response.status_code}")
            continue
        per_kind[kind] += 1
        text = _text(response)
        found.opened.append(Opened(url, route, kind, text.lstrip().startswith("<!doctype html")))
        for way, target in _links(text, url):
            if way in ASKED_BY_POST:
                found.misleading += _refused(actor, url, target)
            else:
                waiting.append((target, url))
    return found


def route_of(url: str) -> str | None:
    """The route an address belongs to; None when it is not a page of ours."""
    try:
        match = resolve(urlsplit(url).path)
    except Resolver404:
        return None
    return None if module_of(match.func) in CHECKED_ELSEWHERE else str(match.route)


def kind_of(route: str, url: str) -> str:
    asked = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    names = [f"tab={value}" if name == "tab" else name for name, value in sorted(asked.items())]
    return f"{route}?{'&'.join(names)}" if names else route


def _text(response: Any) -> str:
    if response.streaming or "html" not in response.get("Content-Type", ""):
        return ""
    return str(response.content.decode())


def _links(text: str, url: str) -> Iterator[tuple[str, str]]:
    for way, target in LINK.findall(text):
        address = urljoin(url, html.unescape(target))
        if address.startswith("/"):
            yield way, address


def _refused(actor: Actor, page: str, target: str) -> list[str]:
    """A complaint where a form or button asks for what ``actor`` may not."""
    try:
        mark = declared(resolve(urlsplit(target).path).func)
    except Resolver404:
        return [f"{page} asks {target}, which is no address"]
    if mark is None or all(actor.may(permission) for permission in mark.permissions):
        return []
    return [f"{page} offers {target}: 403"]
