"""The REST envelope under ``/api/v1``: keys, permissions, problem documents, cursor pages, rate limits.

Operations raise ``DomainError``s and carry an access mark like any view. Who a key belongs to, and how much
it may do, are answered by accounts through two settings, since this floor does not know accounts.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from http import HTTPStatus
from importlib import import_module
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation
from pydantic import BaseModel

from guibin.core.errors import DomainError, Invalid
from guibin.core.permissions import Actor
from guibin.web.access import AccessUndeclared, actor_of, declared
from guibin.web.errors import problem

Row = TypeVar("Row")
LIMIT_MAX = 200


class CursorInvalid(Invalid):
    code = "web.cursor_invalid"
    message = _("This cursor was not given out by us. Start again without one.")


class TooManyRequests(DomainError):
    code = "web.too_many_requests"
    message = _("Too many requests. Try again in %(seconds)s seconds.")
    status = 429


@dataclass(frozen=True, slots=True)
class RateState:
    """What is left of a limit: ``remaining`` of ``limit`` requests, fresh in ``reset_seconds``."""

    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.remaining, 0)),
            "RateLimit-Reset": str(self.reset_seconds),
        }


class Problem(BaseModel):
    """RFC 9457 problem document. ``code`` is stable; ``detail`` is a sentence in the caller's language."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str


class CursorParams(Schema):
    """Query parameters of a list: ``limit`` rows after ``cursor``."""

    cursor: str = Field("", max_length=400, description="next_cursor of the page before; empty for the first")
    limit: int = Field(50, ge=1, le=LIMIT_MAX)

    def after(self) -> list[Any] | None:
        """The key values this page starts behind. Raises ``CursorInvalid``."""
        return decode_cursor(self.cursor) if self.cursor else None


class Slice(BaseModel, Generic[Row]):
    """One page of rows in the order of the list; ``next_cursor`` is null on the last page."""

    rows: list[Row]
    next_cursor: str | None


def slice_of(rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[Any]]) -> dict[str, Any]:
    """A page from up to ``limit + 1`` rows: the extra one only says that there is more."""
    shown = list(rows[:limit])
    more = len(rows) > limit
    return {"rows": shown, "next_cursor": encode_cursor(key(shown[-1])) if more else None}


def encode_cursor(values: Sequence[Any]) -> str:
    """Key values (JSON-able) as an opaque cursor."""
    text = json.dumps(list(values), separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> list[Any]:
    """The key values of a cursor. Raises ``CursorInvalid``."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeDecodeError) as error:
        raise CursorInvalid from error
    if not isinstance(values, list):
        raise CursorInvalid
    return values


@cache
def _configured(setting: str) -> Callable[..., Any] | None:
    path = getattr(settings, setting, "")
    if not path:
        return None
    module, _dot, name = path.rpartition(".")
    return getattr(import_module(module), name)  # type: ignore[no-any-return]  # a callable by contract


def authenticate(request: HttpRequest) -> Actor | None:
    """The actor behind ``Authorization: Bearer KEY``, or the one signed in to the pages (reads only)."""
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    actor: Actor | None = None
    if scheme.lower() == "bearer" and key:
        reader = _configured("GUIBIN_KEY_AUTHENTICATOR")
        actor = reader(key.strip()) if reader is not None else None
    elif request.method in {"GET", "HEAD"} and actor_of(request).kind == "staff":
        # A session may not write here: these paths carry no CSRF token.
        actor = actor_of(request)
    if actor is None:
        return None
    request.actor = actor  # type: ignore[attr-defined]  # ours, documented
    _enforce_limit(request, actor)
    return actor


def rate_state(actor: Actor, path: str) -> RateState | None:
    """What is left to ``actor`` after this request; None without a limit."""
    limiter = _configured("GUIBIN_RATE_LIMITER")
    return limiter(actor, path) if limiter is not None else None


def _enforce_limit(request: HttpRequest, actor: Actor) -> None:
    state = rate_state(actor, request.path)
    request.rate_state = state  # type: ignore[attr-defined]  # read by the envelope
    if state is not None and state.remaining < 0:
        raise TooManyRequests(seconds=state.reset_seconds)


class Api(NinjaAPI):
    """Adds what every answer carries."""

    def create_response(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return with_limits(request, super().create_response(request, *args, **kwargs))


def with_limits(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The RateLimit headers, where a limit applies."""
    state: RateState | None = getattr(request, "rate_state", None)
    if state is not None:
        for name, value in state.headers().items():
            response[name] = value
    return response


def guarded(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse an operation that carries no access mark."""

    @wraps(operation)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if declared(operation) is None:
            raise AccessUndeclared
        return operation(request, *args, **kwargs)

    return run


api = Api(
    title="Guibin",
    version="1",
    description="Customers, purchases, standing and insight. Errors are problem documents (RFC 9457).",
    urls_namespace="api",
    docs_url=None,
    auth=authenticate,
)
api.add_decorator(guarded)


def undeclared_operations() -> list[str]:
    """Operations that carry no access mark, for the house test."""
    found = []
    for bound in api._get_bound_routers():  # noqa: SLF001 - ninja offers no public walk
        for path_view in bound.path_operations.values():
            operations: list[Operation] = path_view.operations
            found += [op.view_func.__qualname__ for op in operations if declared(op.view_func) is None]
    return found


@api.exception_handler(DomainError)
def refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    response = problem(request, status=error.status, code=error.code, sentence=error.sentence)
    if isinstance(error, TooManyRequests):
        response["Retry-After"] = str(error.data["seconds"])
    return with_limits(request, response)


@api.exception_handler(AuthenticationError)
def refuse_unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    sentence = str(_("Send a valid key as Authorization: Bearer …"))
    response = problem(request, status=401, code="web.key_needed", sentence=sentence)
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(ValidationError)
def refuse_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Says which field and why, never what was sent: it may be personal."""
    wrong = [{"at": ".".join(map(str, e["loc"])), "why": e["msg"]} for e in error.errors]
    return problem(request, status=422, code="web.input_invalid", sentence=str(Invalid.message), errors=wrong)


@api.exception_handler(Http404)
def refuse_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, status=404, code="core.not_found", sentence="")


@api.exception_handler(HttpError)
def refuse_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    status = error.status_code
    code = "web.bad_request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "web.server_error"
    return problem(request, status=status, code=code, sentence=str(error))
