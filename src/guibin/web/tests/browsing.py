"""A server for browser tests that shares the test's own transaction, and somebody signed in to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test.testcases import QuietWSGIRequestHandler

from guibin.core.permissions import Actor
from guibin.web.permissions import VIEW_GALLERY


@dataclass(frozen=True)
class Somebody:
    name: str = "沈知微"
    role: str = "客户经理"
    place: str = "湖滨店"
    theme: str = "auto"


def as_somebody(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware in the place of accounts': this floor does not know who works here."""

    def middleware(request: Any) -> HttpResponseBase:
        request.actor = Actor("staff", 1, frozenset({VIEW_GALLERY.code}))
        request.person = Somebody()
        return get_response(request)

    return middleware


class SharingServer(ThreadedWSGIServer):
    """Leaves the shared connection open between requests: the test's transaction lives in it."""

    def _close_connections(self) -> None:
        pass


@contextmanager
def serving(settings: Any) -> Iterator[str]:
    """The address of a running server; whatever it writes is rolled back with the test."""
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.MIDDLEWARE = [
        "guibin.web.tests.browsing.as_somebody" if name == "guibin.accounts.middleware.actor" else name
        for name in settings.MIDDLEWARE
    ]
    shared = connections["default"]
    shared.inc_thread_sharing()
    server = SharingServer(
        ("localhost", 0), QuietWSGIRequestHandler, connections_override={"default": shared}
    )
    server.set_app(StaticFilesHandler(WSGIHandler()))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # as Django's own test client does
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
        shared.dec_thread_sharing()
