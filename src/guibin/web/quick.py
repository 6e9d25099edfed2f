"""A few hot answers to programs, given before Django's handling begins.

A slice names ``QuickRoute`` (for programs) and ``QuickPage`` (for people) values in its manifest. Such a
route gives only the good answer to a plain question: a GET with a key, or with the cookies of somebody who is
signed in. Whatever is unusual (an unknown host, a key that is refused, a customer that is not there, a
database in trouble, an error of any kind) is handed to the application behind, which gives the answer and
the error that it always gives. So a quick route may only leave out work, never decide otherwise.
"""

import logging
import re
import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import translation
from django.utils.http import http_date

from guibin.core.clock import now
from guibin.core.composed import ReadFailed, let_go_of_old_connection
from guibin.core.manifest import manifests
from guibin.core.permissions import Actor
from guibin.core.tracing import request_id
from guibin.web.limits import RateState, rate_state
from guibin.web.middleware import HEADERS, IDENTITY, content_security_policy

log = logging.getLogger(__name__)

API = "/api/v1"
NONCE = "NONCE"
POLICY = content_security_policy(NONCE)


@dataclass(frozen=True, slots=True)
class Quick:
    """A good answer: the actor it is given to, a JSON document, and what to do once it has been given."""

    actor: Actor
    body: bytes


@dataclass(frozen=True, slots=True)
class QuickRoute:
    """``pattern`` matches the whole path below ``/api/v1``; ``answer`` gets its groups, the key and the
    instant, in the caller's language, and gives None for whatever is not plainly good."""

    pattern: re.Pattern[str]
    answer: Callable[[Mapping[str, str], str, datetime], Quick | None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as it is given to somebody who speaks ``language``."""

    html: str
    language: str


@dataclass(frozen=True, slots=True)
class QuickPage:
    """``pattern`` matches the whole path; ``answer`` gets its groups, the request (CSRF token at hand,
    nobody on it yet), its session's key and the instant, and gives None for whatever is not plainly good."""

    pattern: re.Pattern[str]
    answer: Callable[[Mapping[str, str], HttpRequest, str, datetime], Drawn | None]


def in_front_of(application: WSGIApplication) -> WSGIApplication:
    """``application`` with the declared quick routes before it."""
    declared = declared_routes()
    routes = [route for route in declared if isinstance(route, QuickRoute)]
    pages = [route for route in declared if isinstance(route, QuickPage)]

    def front(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(API) and environ.get("REQUEST_METHOD") == "GET":
            for route in routes:
                found = route.pattern.fullmatch(path, len(API))
                if found is not None:
                    body = _try(route, found.groupdict(), environ, start_response)
                    if body is not None:
                        return [body]
        elif environ.get("REQUEST_METHOD") == "GET" and not environ.get("QUERY_STRING"):
            for page in pages:
                found = page.pattern.fullmatch(path)
                if found is not None:
                    body = _try_page(page, found.groupdict(), environ, start_response)
                    if body is not None:
                        return [body]
        return application(environ, start_response)

    return front


def declared_routes() -> list[QuickRoute | QuickPage]:
    """The quick routes of all manifests."""
    paths = [path.partition(":") for manifest in manifests() for path in manifest.quick]
    return [getattr(import_module(module), name) for module, _colon, name in paths]


def _try(
    route: QuickRoute, groups: Mapping[str, str], environ: WSGIEnvironment, start_response: StartResponse
) -> bytes | None:
    scheme, _space, key = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not key or "HTTP_COOKIE" in environ or not _is_expected(environ):
        return None
    language = _language(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    with _bound(environ) as identity:
        translation.activate(language)
        try:
            quick = route.answer(groups, key.strip(), now())
            state = None if quick is None else rate_state(quick.actor, now())
        except (ReadFailed, DatabaseError):
            return None
        except Exception:
            log.warning("web.quick_answer_failed", extra={"path": environ["PATH_INFO"]}, exc_info=True)
            return None
    if quick is None or state is None or state.remaining < 0:
        return None
    start_response("200 OK", _headers(quick, language, str(identity), state))
    return quick.body


def _try_page(
    page: QuickPage, groups: Mapping[str, str], environ: WSGIEnvironment, start_response: StartResponse
) -> bytes | None:
    request = _plain_request(environ)
    if request is None:
        return None
    with _bound(environ) as identity:
        try:
            drawn = page.answer(groups, request, request.COOKIES[settings.SESSION_COOKIE_NAME], now())
        except (ReadFailed, DatabaseError):
            return None
        except Exception:
            log.warning("web.quick_answer_failed", extra={"path": environ["PATH_INFO"]}, exc_info=True)
            return None
    if drawn is None:
        return None
    body = drawn.html.encode()
    start_response(
        "200 OK",
        [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Expires", http_date()),
            ("Cache-Control", "max-age=0, no-cache, no-store, must-revalidate, private"),
            ("Content-Language", drawn.language),
            ("Content-Length", str(len(body))),
            ("Vary", "Cookie, Accept-Language"),
            *_guards(str(identity)),
            *_token_cookie(request),
        ],
    )
    return body


@contextmanager
def _bound(environ: WSGIEnvironment) -> Iterator[uuid.UUID]:
    """An answer is being sought: its log lines bear the request's id, which the application behind goes on
    with; its connection is not older than may be; its language ends with it."""
    identity = environ[IDENTITY] = uuid.uuid4()
    token = request_id.set(identity)
    before = translation.get_language()
    try:
        let_go_of_old_connection()
        yield identity
    finally:
        request_id.reset(token)
        _speak(before)


def _token_cookie(request: WSGIRequest) -> list[tuple[str, str]]:
    """The cookie of the CSRF token, whose life begins anew with every page that uses it."""
    response = _csrf.process_response(request, HttpResponse())
    return [("Set-Cookie", cookie.output(header="")) for cookie in response.cookies.values()]


_csrf = CsrfViewMiddleware(lambda _request: HttpResponse())


def _plain_request(environ: WSGIEnvironment) -> WSGIRequest | None:
    """The request of a browser that was here before: a session, a CSRF token, no message to be shown."""
    if "HTTP_AUTHORIZATION" in environ or "HTTP_HX_REQUEST" in environ or not _is_expected(environ):
        return None
    request = WSGIRequest(environ)
    cookies = request.COOKIES
    if settings.SESSION_COOKIE_NAME not in cookies or CookieStorage.cookie_name in cookies:
        return None
    _csrf.process_request(request)
    if "CSRF_COOKIE" not in environ or "CSRF_COOKIE_NEEDS_UPDATE" in environ:
        return None
    return request


def _speak(language: str | None) -> None:
    if language is None:
        translation.deactivate_all()
    else:
        translation.activate(language)


def _is_expected(environ: WSGIEnvironment) -> bool:
    """Nothing that Django would refuse or send elsewhere; behind TLS only what came by it."""
    if settings.SECURE_SSL_REDIRECT:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        if environ.get(name) != value:
            return False
    return _is_our_host(environ.get("HTTP_HOST", ""))


@lru_cache(maxsize=64)
def _is_our_host(host: str) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


@lru_cache(maxsize=256)
def _language(accepted: str) -> str:
    """The language Django would speak to somebody without a cookie."""
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
    return translation.get_language_from_request(request)


def _headers(quick: Quick, language: str, identity: str, state: RateState) -> list[tuple[str, str]]:
    return [
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Language", language),
        ("Content-Length", str(len(quick.body))),
        ("Vary", "Accept-Language, Cookie"),
        *_guards(identity),
        *state.headers().items(),
    ]


def _guards(identity: str) -> list[tuple[str, str]]:
    """What the middleware puts on every answer."""
    guards = [
        ("X-Request-ID", identity),
        ("Content-Security-Policy", POLICY.replace(NONCE, secrets.token_urlsafe(16))),
        *HEADERS.items(),
    ]
    if settings.SECURE_SSL_REDIRECT:
        guards.append(("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"))
    return guards


def environment_of(path: str, **headers: str) -> dict[str, Any]:
    """A WSGI environment of a GET, for tests and benchmarks."""
    from django.test import RequestFactory

    return RequestFactory().get(path, headers=headers).META
