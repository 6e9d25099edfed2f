"""The REST envelope under ``/api/v1``: keys, permissions, problem documents, cursor pages, rate limits.

Operations raise ``DomainError``s and carry an access mark like any view. Who a key belongs to is answered by
accounts through a setting, since this floor does not know accounts. Writes happen once (``web.once``), keys
have limits (``web.limits``), and the description says so (``web.described``).
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from functools import cache, wraps
from http import HTTPStatus
from importlib import import_module
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from pydantic import BaseModel

from guibin.core.clock import now
from guibin.core.errors import DomainError, Invalid, NotFound
from guibin.core.permissions import Actor
from guibin.web import described, input_words
from guibin.web.access import AccessUndeclared, actor_of, declared
from guibin.web.errors import WORDS, problem
from guibin.web.limits import RateState, TooManyRequests, rate_state
from guibin.web.once import at_most_once, is_write

Row = TypeVar("Row")
LIMIT_MAX = 200


class CursorInvalid(Invalid):
    code = "web.cursor_invalid"
    message = _("This cursor was not given out by us. Start again without one.")


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
    """The actor behind ``Authorization: Bearer KEY``, or the one signed in to the pages (reads only).

    Counts the request, once. Raises ``TooManyRequests``.
    """
    known: Actor | None = getattr(request, "program", None)
    if known is not None:
        return known
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
    state = rate_state(actor, now())
    request.rate_state = state  # type: ignore[attr-defined]  # read by the envelope
    if state.remaining < 0:
        raise TooManyRequests(seconds=state.reset_seconds)
    request.program = actor  # type: ignore[attr-defined]  # so that a write is counted once
    return actor


class Api(NinjaAPI):
    """Every operation of it is guarded, counted, described, and a write among them happens once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(auth=authenticate, docs_url=None, **options)
        self.add_decorator(guarded)
        self.add_decorator(enveloped, mode="view")
        for kind, refuser in REFUSERS.items():
            self.add_exception_handler(kind, refuser)

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        for kind, named in described.components().items():
            schema["components"].setdefault(kind, {}).update(named)
        return schema


def enveloped(run: Any) -> Callable[..., Any]:
    """What surrounds ``run`` of an operation: idempotency keys, and the RateLimit headers on its answer."""
    operation: Operation = run.__self__
    described.describe(operation)
    if is_write(operation):
        run = at_most_once(operation, run, authenticate=authenticate, now=now)

    @wraps(run)
    def answer(request: HttpRequest, **values: Any) -> Any:
        response = run(request, **values)
        state: RateState | None = getattr(request, "rate_state", None)
        if state is not None:
            for name, value in state.headers().items():
                response[name] = value
        return response

    return answer


def guarded(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse an operation that carries no access mark."""

    @wraps(operation)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if declared(operation) is None:
            raise AccessUndeclared
        return operation(request, *args, **kwargs)

    return run


def refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    response = problem(request, status=error.status, code=error.code, sentence=error.sentence)
    if isinstance(error, TooManyRequests):
        response["Retry-After"] = str(error.data["seconds"])
    return response


def refuse_unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    sentence = str(_("Send a valid key as Authorization: Bearer …"))
    response = problem(request, status=401, code="web.key_needed", sentence=sentence)
    response["WWW-Authenticate"] = "Bearer"
    return response


def refuse_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Says which field and why, never what was sent: it may be personal."""
    wrong = [{"at": input_words.place(e["loc"]), "why": input_words.why(e)} for e in error.errors]
    return problem(request, status=422, code="web.input_invalid", sentence=str(Invalid.message), errors=wrong)


def refuse_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, status=404, code="core.not_found", sentence=str(NotFound.message))


def refuse_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja itself refuses: a body that it cannot read. Its own words are English."""
    status = error.status_code
    code = "web.bad_request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "web.server_error"
    sentence = str(WORDS.get(status, WORDS[500])[1])
    if status == HTTPStatus.BAD_REQUEST:
        sentence = str(_("The body of the request could not be read. Send valid JSON in UTF-8."))
    return problem(request, status=status, code=code, sentence=sentence)


REFUSERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    DomainError: refuse,
    AuthenticationError: refuse_unknown,
    ValidationError: refuse_input,
    Http404: refuse_missing,
    HttpError: refuse_http,
}
api = Api(
    title="Guibin",
    version="1",
    description="Customers, purchases, standing and insight. Errors are problem documents (RFC 9457).",
    urls_namespace="api",
)


def undeclared_operations() -> list[str]:
    """Operations that carry no access mark, for the house test."""
    found = []
    for bound in api._get_bound_routers():  # noqa: SLF001 - ninja offers no public walk
        for path_view in bound.path_operations.values():
            operations: list[Operation] = path_view.operations
            found += [op.view_func.__qualname__ for op in operations if declared(op.view_func) is None]
    return found
