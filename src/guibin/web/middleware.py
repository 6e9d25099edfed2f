"""What wraps every request: its id, security headers with a nonce, and the declared permission."""

import secrets
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from guibin.core.errors import DomainError
from guibin.core.tracing import request_id
from guibin.web.access import AccessUndeclared, declared
from guibin.web.errors import domain_error, error_response

Handler = Callable[[HttpRequest], HttpResponseBase]
# REST operations are checked one by one by ``web.rest``; static files are files.
CHECKED_ELSEWHERE = frozenset({"ninja.operation", "ninja.openapi.views", "django.contrib.staticfiles.views"})
IDENTITY = "guibin.request_id"
"""Where the WSGI environment holds the id a request has already; no header of a caller comes to be there."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}


def content_security_policy(nonce: str) -> str:
    """Own files only; scripts and styles from files or with this ``nonce``; no frames, no plug-ins."""
    parts = {
        "default-src": "'self'",
        "script-src": f"'self' 'nonce-{nonce}'",
        "style-src": f"'self' 'nonce-{nonce}'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in parts.items())


def request_context(get_response: Handler) -> Handler:
    """Gives the request its id, which events and log lines bear, its nonce, and the answer its headers."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        identity = request.META.get(IDENTITY) or uuid.uuid4()
        nonce = secrets.token_urlsafe(16)
        request.id, request.csp_nonce = str(identity), nonce  # type: ignore[attr-defined]  # ours, documented
        token = request_id.set(identity)
        try:
            response = get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = str(identity)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        response.setdefault("Content-Security-Policy", content_security_policy(nonce))
        if "text/html" in response.get("Content-Type", ""):
            response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class DeclaredPermission:
    """Refuses views that declare nothing; turns refusals into answers."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        answer = error_response(request, status=response.status_code, code="web.method_not_allowed")
        answer["Allow"] = response.get("Allow", "")
        return answer

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], arguments: object, keywords: object
    ) -> HttpResponse | None:
        """None lets the view run; its own mark then enforces."""
        if declared(view) is not None or module_of(view) in CHECKED_ELSEWHERE:
            return None
        return domain_error(request, AccessUndeclared())

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Only refusals; anything else is a bug and stays one."""
        return domain_error(request, error) if isinstance(error, DomainError) else None


declared_permission = DeclaredPermission


def module_of(view: Callable[..., Any]) -> str:
    """Where a view is defined, looking through ``functools.partial``."""
    return str(getattr(getattr(view, "func", view), "__module__", ""))
