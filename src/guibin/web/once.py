"""Writes of programs happen once: the same ``Idempotency-Key`` again gives the first answer again.

The key is claimed, the write is done and its answer kept in one transaction, so a crash leaves all or
nothing, and of two requests with one key the second waits for the first. Refusals are not kept: they wrote
nothing, and the same key may be used again. Answers may name people, so they are sealed, and forgotten
after some days (``web.answer_days``) or as soon as anybody is erased.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable

from guibin.core import preferences
from guibin.core.errors import Conflict, DomainError, Invalid
from guibin.core.permissions import Actor
from guibin.core.sealing import blind_index
from guibin.core.sealing.passing import open_passing, seal_passing
from guibin.web.access import AccessUndeclared, declared
from guibin.web.models import KeptAnswer
from guibin.web.settings import ANSWER_DAYS

if TYPE_CHECKING:
    from ninja.operation import Operation

HEADER = "Idempotency-Key"
KEY_LENGTH_MAX = 200
CHUNK_BYTES = 1 << 20
WAIT_SECONDS = 10
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
READS, STREAMS, ANEW = "guibin_reads", "guibin_streams", "guibin_anew"
View = TypeVar("View", bound=Callable[..., Any])
Run = Callable[..., Any]
Authenticate = Callable[[HttpRequest], Actor | None]


class KeyNeeded(Invalid):
    code = "web.idempotency_key_needed"
    message = _("Send an Idempotency-Key header of 1 to %(most)s characters with every write.")


class KeyReused(Conflict):
    code = "web.idempotency_key_reused"
    message = _("This idempotency key was used for another request.")


class StillWriting(Conflict):
    code = "web.write_under_way"
    message = _("The first request with this idempotency key is still being worked on. Try again soon.")


class AnswerForgotten(Conflict):
    code = "web.answer_forgotten"
    message = _("This write was done before. Its answer is no longer kept: read what you need anew.")


def reads_only(view: View) -> View:
    """Mark a POST that writes nothing: it takes no idempotency key."""
    return _marked(view, READS)


def streams_body(view: View) -> View:
    """Mark a write that reads its body itself, by ``body_chunks``: it may be large."""
    return _marked(view, STREAMS)


def answers_anew(view: View) -> View:
    """Mark a write whose answer must not be kept: a repeat is answered, and recorded, again."""
    return _marked(view, ANEW)


def _marked(view: View, mark: str) -> View:
    setattr(view, mark, True)
    return view


def is_write(operation: "Operation") -> bool:
    """Whether an operation takes an idempotency key."""
    return not set(operation.methods) <= SAFE_METHODS and not getattr(operation.view_func, READS, False)


def key_of(request: HttpRequest) -> str:
    """The caller's key. Raises ``KeyNeeded``."""
    key = request.headers.get(HEADER, "").strip()
    if not 0 < len(key) <= KEY_LENGTH_MAX or "\x00" in key:
        raise KeyNeeded(most=KEY_LENGTH_MAX)
    return key


def body_chunks(request: HttpRequest) -> Iterator[bytes]:
    """The body of a ``streams_body`` request, counted into what its key stands for."""
    while chunk := request.read(CHUNK_BYTES):
        request.body_hash.update(chunk)  # type: ignore[attr-defined]  # set by ``at_most_once``
        yield chunk


def at_most_once(
    operation: "Operation", run: Run, *, authenticate: Authenticate, now: Callable[[], datetime]
) -> Run:
    """``run`` of a write ``operation``, done once for each caller and key."""

    @wraps(run)
    def answer(request: HttpRequest, **values: Any) -> Any:
        try:
            actor = authenticate(request)
            if actor is None:
                return run(request, **values)  # which says that a key is needed
            return _answer(request, operation, run, values, actor=actor, at=now())
        except DomainError as error:
            return operation.api.on_exception(request, error)

    return answer


def _answer(
    request: HttpRequest,
    operation: "Operation",
    run: Run,
    values: dict[str, Any],
    *,
    actor: Actor,
    at: datetime,
) -> Any:
    key = key_of(request)
    access = declared(operation.view_func)
    if access is None:
        raise AccessUndeclared
    access.enforce(actor)  # what the caller may do now, also where the answer is an old one
    streams, anew = (bool(getattr(operation.view_func, mark, False)) for mark in (STREAMS, ANEW))
    request.body_hash = _begun_hash(request)  # type: ignore[attr-defined]  # ours, documented
    if not streams:
        request.body_hash.update(request.body)  # type: ignore[attr-defined]  # as above
    with transaction.atomic():
        kept = _claim(actor, key, at)
        if kept.status is None:
            response = run(request, **values)
            if response.status_code >= HTTPStatus.BAD_REQUEST:
                transaction.set_rollback(True)
            else:
                _keep(kept, request, response, whole=not anew)
            return response
    if streams:
        for _chunk in body_chunks(request):
            pass
    if bytes(kept.request_index or b"") != _index(request):
        raise KeyReused
    return run(request, **values) if anew else _again(kept)


def _begun_hash(request: HttpRequest) -> Any:
    digest = hashlib.sha256()
    digest.update(f"{request.method} {request.get_full_path()}\n".encode())
    return digest


def _index(request: HttpRequest) -> bytes:
    return blind_index("web.request", request.body_hash.hexdigest())  # type: ignore[attr-defined]  # as above


def _claim(actor: Actor, key: str, at: datetime) -> KeptAnswer:
    """The row of this key: a new one without a status, or the one of before.

    Raises ``StillWriting`` when the transaction of the first request does not end in time.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
            cursor.execute(
                "INSERT INTO web_keptanswer (actor, key, content_type, kept_at) VALUES (%s, %s, '', %s)"
                " ON CONFLICT (actor, key) DO NOTHING",
                [actor.code, key, at],
            )
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise StillWriting from error
        raise
    return KeptAnswer.objects.get(actor=actor.code, key=key)


def _keep(kept: KeptAnswer, request: HttpRequest, response: HttpResponse, *, whole: bool) -> None:
    kept.status, kept.request_index = response.status_code, _index(request)
    kept.content_type = response.get("Content-Type", "")
    kept.body = seal_passing(_place(kept), response.content) if whole else None
    kept.save(update_fields=["status", "request_index", "content_type", "body"])


def _place(kept: KeptAnswer) -> str:
    return f"web.answer|{kept.actor}|{kept.key}"


def _again(kept: KeptAnswer) -> HttpResponse:
    """The first answer once more. Raises ``AnswerForgotten``."""
    if kept.body is None:
        raise AnswerForgotten
    body = open_passing(_place(kept), kept.body)
    response = HttpResponse(body, status=kept.status, content_type=kept.content_type or None)
    response["Idempotency-Replayed"] = "true"
    return response


def forget_answers() -> None:
    """Drop what answers said, keeping that they were given: they may name somebody who is to be forgotten."""
    KeptAnswer.objects.filter(body__isnull=False).update(body=None)


def sweep_answers(*, at: datetime) -> int:
    """Delete answers older than they are to be kept; returns how many."""
    before = at - timedelta(days=preferences.get(ANSWER_DAYS))
    return KeptAnswer.objects.filter(kept_at__lt=before).delete()[0]
