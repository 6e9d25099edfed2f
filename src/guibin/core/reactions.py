"""Reactions: what follows from events, read from the log in commit order.

``config/reactions.py`` lists event name → call. A reader stops below the oldest transaction still
running, because identity order is not commit order; its cursor is therefore (xid, id).
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from guibin.core.events import Recorded, as_recorded
from guibin.core.models import LoggedEvent, ReactionCursor, ReactionFailure

log = logging.getLogger(__name__)
BATCH = 500
ATTEMPTS_MAX = 8
RETRY_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Reaction:
    """``call`` digests a batch of events named in ``events``; it must be idempotent."""

    name: str
    events: frozenset[str]
    call: Callable[[Sequence[Recorded]], None]


def react(name: str, *events: str, call: Callable[[Sequence[Recorded]], None]) -> Reaction:
    return Reaction(name=name, events=frozenset(events), call=call)


def run_reactions(reactions: Sequence[Reaction], *, at: datetime) -> int:
    """Bring every reaction up to date; returns how many events were digested."""
    digested = 0
    for reaction in reactions:
        while count := _run_batch(reaction, at=at):
            digested += count
        _retry_failures(reaction, at=at)
    return digested


def wake_on_commit() -> None:
    """Ask the worker to run reactions once the caller's transaction is through."""
    transaction.on_commit(_wake)


def _wake() -> None:
    from guibin.core.jobs import wake

    wake("core.run_reactions")


def _run_batch(reaction: Reaction, *, at: datetime) -> int:
    """One batch in one transaction with its cursor. Returns 0 when there is nothing more to read."""
    with transaction.atomic():
        ReactionCursor.objects.get_or_create(reaction=reaction.name)
        cursor = (
            ReactionCursor.objects.select_for_update(skip_locked=True).filter(reaction=reaction.name).first()
        )
        if cursor is None:  # another worker is at it
            return 0
        rows = _read_after(cursor)
        if not rows:
            return 0
        wanted = [row for row in rows if row.name in reaction.events]
        if wanted:
            _digest(reaction, wanted, at=at)
        cursor.xid, cursor.event_id = rows[-1].xid, rows[-1].id
        cursor.save(update_fields=["xid", "event_id"])
        return len(rows)


def _read_after(cursor: ReactionCursor) -> list[Recorded]:
    settled = LoggedEvent.objects.raw(
        """
        SELECT * FROM core_loggedevent
        WHERE (xid, id) > (%s::text::xid8, %s) AND xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY xid, id LIMIT %s
        """,
        [str(cursor.xid), cursor.event_id, BATCH],
    )
    return [as_recorded(row) for row in settled]


def _digest(reaction: Reaction, rows: Sequence[Recorded], *, at: datetime) -> None:
    """The batch as one call; if that fails, one by one, so that a single bad event stops nobody."""
    if _succeeds(reaction, rows):
        return
    for row in rows:
        if not _succeeds(reaction, [row]):
            ReactionFailure.objects.get_or_create(
                reaction=reaction.name,
                event_id=row.id,
                defaults={"error_code": "reaction_failed", "next_at": at + RETRY_AFTER},
            )


def _succeeds(reaction: Reaction, rows: Sequence[Recorded]) -> bool:
    try:
        with transaction.atomic():
            reaction.call(rows)
    except Exception:
        about = {"reaction": reaction.name, "first_event": rows[0].id, "events": len(rows)}
        log.exception("reaction failed", extra=about)
        return False
    return True


def _retry_failures(reaction: Reaction, *, at: datetime) -> None:
    due = ReactionFailure.objects.filter(reaction=reaction.name, next_at__lte=at, attempts__lt=ATTEMPTS_MAX)
    for failure in due.order_by("event_id")[:BATCH]:
        with transaction.atomic():
            row = as_recorded(LoggedEvent.objects.get(pk=failure.event_id))
            if _succeeds(reaction, [row]):
                failure.delete()
                continue
            failure.attempts += 1
            failure.next_at = at + RETRY_AFTER * 2**failure.attempts
            failure.save(update_fields=["attempts", "next_at"])


def lag(reactions: Sequence[Reaction]) -> dict[str, int]:
    """Events each reaction has still to read."""
    with connection.cursor() as cursor:
        counts = {}
        for reaction in reactions:
            cursor.execute(
                """
                SELECT count(*) FROM core_loggedevent e
                WHERE (e.xid, e.id) > (
                    coalesce((SELECT c.xid FROM core_reactioncursor c WHERE c.reaction = %s), 0)::text::xid8,
                    coalesce((SELECT c.event_id FROM core_reactioncursor c WHERE c.reaction = %s), 0))
                """,
                [reaction.name, reaction.name],
            )
            counts[reaction.name] = int(cursor.fetchone()[0])
        return counts
