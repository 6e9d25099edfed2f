"""How often a program may ask: so many requests a minute for each key, over all processes.

A minute's requests are counted in one row for each actor. A process takes a handful of them at a time (a
twentieth of the limit, less when few are left) and gives them out from memory, so that most requests ask
the database nothing. Hence never more than the limit are let through; a few less may be when several
processes hold some that nobody asks them for.
"""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guibin.core import preferences
from guibin.core.errors import DomainError
from guibin.core.permissions import Actor
from guibin.web.settings import REQUESTS_A_MINUTE

MINUTE_SECONDS = 60
HANDFULS = 20
HANDFUL_MAX = 1000
ACTORS_KEPT = 10_000

# What one more process gets of a minute that has begun: $used is what is given out already.
SHARE = "greatest(0, least(%(handful)s, greatest(1, (%(limit)s - c.used) / 4), %(limit)s - c.used))"
TAKE = f"""
    INSERT INTO web_requestcount AS c (actor, minute, used, given)
    VALUES (%(actor)s, %(minute)s, %(handful)s, %(handful)s)
    ON CONFLICT (actor) DO UPDATE SET
        minute = greatest(c.minute, excluded.minute),
        given = CASE WHEN c.minute >= excluded.minute THEN {SHARE} ELSE excluded.given END,
        used = CASE WHEN c.minute >= excluded.minute THEN c.used + {SHARE} ELSE excluded.used END
    RETURNING given, used"""  # noqa: S608 - joins two texts of this file


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
        """The RateLimit headers of draft-ietf-httpapi-ratelimit-headers, up to its version 06."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.remaining, 0)),
            "RateLimit-Reset": str(self.reset_seconds),
        }


@dataclass(slots=True)
class Holding:
    """What a process may still give out to one actor in ``minute``; ``free`` is held by nobody yet."""

    minute: int
    limit: int
    held: int = 0
    free: int = 1


class Counter:
    """The requests of one process. Its rows are shared by all."""

    def __init__(self) -> None:
        self._holdings: dict[str, Holding] = {}
        self._lock = Lock()

    def take(self, actor: Actor, at: datetime) -> RateState:
        """Counts one request of ``actor``; ``remaining`` is -1 when there was none left."""
        minute, second = divmod(int(at.timestamp()), MINUTE_SECONDS)
        left = MINUTE_SECONDS - second
        known = self._give(actor.code, minute)
        if known is None:
            known = self._fetch(actor.code, minute, preferences.get(REQUESTS_A_MINUTE))
        return RateState(known[0], known[1], left)

    def _give(self, code: str, minute: int) -> tuple[int, int] | None:
        """The limit and what is left after one more; None when the row must be asked."""
        with self._lock:
            holding = self._holdings.get(code)
            if holding is None or holding.minute != minute:
                return None
            if holding.held:
                holding.held -= 1
                return holding.limit, holding.held + holding.free
            return None if holding.free else (holding.limit, -1)

    def _fetch(self, code: str, minute: int, limit: int) -> tuple[int, int]:
        """Takes a handful from the row and gives out one of it; as ``_give``."""
        handful = max(1, min(limit // HANDFULS, HANDFUL_MAX))
        values: dict[str, str | int] = {"actor": code, "minute": minute, "handful": handful, "limit": limit}
        with connection.cursor() as cursor:
            cursor.execute(TAKE, values)
            given, used = cursor.fetchone()
        with self._lock:
            holding = self._holdings.get(code)
            if holding is None or holding.minute != minute:
                if len(self._holdings) >= ACTORS_KEPT:
                    self._holdings.clear()
                holding = self._holdings[code] = Holding(minute, limit)
            holding.held += max(0, given - 1)
            holding.limit, holding.free = limit, max(0, limit - used)
            return limit, holding.held + holding.free if given else -1


_counter = Counter()


def rate_state(actor: Actor, at: datetime) -> RateState:
    """What is left to ``actor`` after this request, which counts."""
    return _counter.take(actor, at)
