"""Every route, generated from the URL configuration, against every kind of visitor.

An undeclared route fails the build; a declared one is opened as each role and must answer as its
permission says: the sign-in page for strangers, 403 for those who may not, anything but these for
those who may. Object routes are asked for an object that is not there, which must be a plain 404.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib import messages
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from guibin.core.permissions import Actor
from guibin.web.access import declared
from guibin.web.middleware import CHECKED_ELSEWHERE, module_of


def _routes(patterns: Any, prefix: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def routes() -> list[tuple[str, Callable[..., Any]]]:
    return [
        (route, view)
        for route, view in _routes(get_resolver().url_patterns)
        if module_of(view) not in CHECKED_ELSEWHERE
    ]


@pytest.mark.parametrize(("route", "view"), routes(), ids=[route or "/" for route, _view in routes()])
def test_every_route_declares_who_may_use_it(route: str, view: Callable[..., Any]) -> None:
    assert declared(view) is not None, f"/{route} declares no permission"


def address(route: str) -> str:
    """A URL for the route, its arguments filled with things that do not exist."""
    import re

    def fill(match: "re.Match[str]") -> str:
        kind = match[1]
        fillers = {
            "int:": "987654321",
            "uuid:": "00000000-0000-4000-8000-000000000000",
            "path:": "x",
            "slug:": "no-such",
            "str:": "no-such",
            "customer_number:": "GB-987654321",
        }
        return fillers.get(kind or "str:", "no-such")

    plain = re.sub(r"<(\w+:)?\w+>", fill, route)
    plain = re.sub(r"\(\?P<\w+>[^)]*\)", "no-such", plain)
    return "/" + plain.replace("^", "").replace("$", "").replace("\\Z", "")


def names_something(route: str) -> bool:
    """Whether the address holds the number or code of one thing."""
    return "<" in route


PROTECTED = [(route, view) for route, view in routes() if (mark := declared(view)) and not mark.public]


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_sent_to_sign_in_everywhere(db: None, method: str) -> None:
    client = Client()
    wrong = []
    for route, _view in PROTECTED:
        response = getattr(client, method)(address(route))
        sent_to_sign_in = response.status_code in {301, 302} and "sign-in" in response.get("Location", "")
        if not (sent_to_sign_in or response.status_code in {401, 403, 405}):
            wrong.append(f"{method} /{route} -> {response.status_code} {response.get('Location', '')}")
    assert wrong == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["owner", "manager", "agent", "outsider"])
def test_roles_reach_what_they_may_and_nothing_else(
    db: None, client_as: Callable[[Actor], Client], request: pytest.FixtureRequest, role: str, method: str
) -> None:
    actor: Actor = request.getfixturevalue(role)
    client = client_as(actor)
    client.raise_request_exception = False
    wrong = []
    for route, view in PROTECTED:
        mark = declared(view)
        assert mark is not None
        response = getattr(client, method)(address(route))
        allowed = all(actor.may(permission) for permission in mark.permissions)
        if not allowed and response.status_code != 403:
            wrong.append(f"{role} {method} /{route} -> {response.status_code}, but lacks the permission")
        if allowed and response.status_code >= 500:
            wrong.append(f"{role} {method} /{route} -> {response.status_code}")
        if response.status_code in {301, 302} and "sign-out" in route:
            client = client_as(actor)
    assert wrong == []


LEADS_BACK = {
    "imports/<int:import_id>/columns": "/imports/987654321",
    "insight/freshness/cancel/<int:run_id>/": "/insight/freshness/",
    "purchases/<int:order_id>/status/": "/purchases/987654321/",
    "purchases/<int:order_id>/cancel/": "/purchases/987654321/",
    "purchases/refunds/<int:refund_id>/undo/": "/purchases/",
}
"""Forms without a page of their own: where each leads, whether or not the thing is there."""


def leads_back(route: str, response: Any) -> bool:
    """Whether a form about nothing led where it should, and said nothing of success."""
    where = urlsplit(response.get("Location", "")).path
    if response.status_code != 302 or where != LEADS_BACK.get(route):
        return False
    return all(message.level >= messages.WARNING for message in get_messages(response.wsgi_request))


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_there_is_not_found(
    db: None, client_as: Callable[[Actor], Client], owner: Actor, method: str
) -> None:
    """Pages answer 404; a form about nothing answers that: never with success, nor as if it were done.

    ``LEADS_BACK`` names the few that answer with a page to go to.
    """
    client = client_as(owner)
    client.raise_request_exception = False
    good = {"get": {404, 405}, "post": {404, 405, 409}}[method]
    wrong = []
    asked = 0
    for route, _view in PROTECTED:
        if names_something(route):
            asked += 1
            response = getattr(client, method)(address(route))
            if response.status_code not in good and not (method == "post" and leads_back(route, response)):
                where = response.get("Location", "")
                wrong.append(f"{method} /{route} -> {response.status_code} {where}")
    assert asked > 20
    assert wrong == []
