"""The one log: audit trail, timeline, outbox and webhook feed in append-only rows.

An event holds ids, codes, numbers and dates, never personal text, so that erasing a person never
rewrites history. Slices declare ``Event`` classes in ``events.py`` and list them in their manifest.
"""

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar

from django.db import connection

from guibin.core import wire
from guibin.core.composed import ReadPart, Row
from guibin.core.errors import Text
from guibin.core.permissions import Actor
from guibin.core.tracing import request_id

CODE = re.compile(r"[A-Za-z0-9_.:/+-]{0,80}", re.ASCII)


class Origin(StrEnum):
    """Where a write came from. Reactions that give or send ignore all but ``LIVE`` unless told otherwise."""

    LIVE = "live"
    IMPORT = "import"
    BACKFILL = "backfill"


@dataclass(frozen=True)
class Event:
    """Something that happened. ``name`` is ``slice.thing_happened``; ``wording`` may use ``%(field)s``."""

    name: ClassVar[str]
    wording: ClassVar[Text]
    icon: ClassVar[str] = "ti-point"
    kind: ClassVar[str] = "plain"  # "money" is drawn stronger on the timeline

    def data(self) -> dict[str, object]:
        """The fields as JSON values. Raises ``ValueError`` on anything that could be personal text."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One event about to be recorded, with the subjects it names."""

    event: Event
    subjects: Sequence[str]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One row of the log, as readers see it."""

    id: int
    xid: int
    at: datetime
    name: str
    origin: Origin
    actor: str
    subjects: tuple[str, ...]
    data: dict[str, Any]
    batch_id: uuid.UUID | None
    request_id: uuid.UUID | None

    def ids(self, kind: str) -> list[int]:
        """The numeric ids of the subjects of one ``kind``."""
        prefix = f"{kind}:"
        return [int(text[len(prefix) :]) for text in self.subjects if text.startswith(prefix)]


@dataclass(frozen=True, slots=True)
class Told:
    """What a timeline tells of an event."""

    at: datetime
    name: str
    origin: str
    actor: str
    data: dict[str, Any]


def subject(kind: str, key: int | str) -> str:
    """``customer:12``: how an event names what it is about."""
    return f"{kind}:{key}"


def record(
    event: Event, *, subjects: Sequence[str], actor: Actor, at: datetime, origin: Origin = Origin.LIVE
) -> None:
    """Write one event row in the caller's transaction."""
    record_many([Entry(event, subjects)], actor=actor, at=at, origin=origin, batch_id=None)


def record_many(
    entries: Iterable[Entry],
    *,
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.LIVE,
    batch_id: uuid.UUID | None,
) -> int:
    """Write many event rows with one COPY in the caller's transaction; returns how many.

    Raises ``RuntimeError`` outside a transaction: an event without its write would be a lie.
    """
    from guibin.core.reactions import wake_on_commit

    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of what it tells")
    fixed = (at, str(origin), actor.code, request_id.get(), batch_id)
    # Made before COPY begins: a refused event must not break the caller's transaction.
    rows = [(*fixed, *told) for told in _told(entries)]
    if not rows:
        return 0
    with connection.cursor() as cursor, cursor.copy(COPY_EVENTS) as copy:
        copy.set_types(["timestamptz", "text", "text", "uuid", "uuid", "text", "bytea", "bytea"])
        for row in rows:
            copy.write_row(row)
    wake_on_commit()
    return len(rows)


def _told(entries: Iterable[Entry]) -> Iterator[tuple[str, bytes, bytes]]:
    """Name, subjects and data of each; an event that several entries share is written out once."""
    event: Event | None = None
    data = b""
    for entry in entries:
        if entry.event is not event:
            event = entry.event
            data = wire.jsonb(event.data())
        yield event.name, wire.text_array(entry.subjects), data


COPY_EVENTS = (
    "COPY core_loggedevent (at, origin, actor, request_id, batch_id, name, subjects, data) "
    "FROM STDIN (FORMAT BINARY)"
)


def read_timeline(*, about: str, before_id: int | None = None, limit: int = 50) -> list[Recorded]:
    """The newest events that name ``about`` (``customer:12``), newest first, below ``before_id``."""
    return read_timelines(about=[about], before_id=before_id, limit=limit)


def read_timelines(
    *,
    about: Sequence[str],
    before_id: int | None = None,
    before: datetime | None = None,
    limit: int = 50,
    names: Sequence[str] = (),
) -> list[Recorded]:
    """As ``read_timeline`` over several subjects; only ``names`` if any, only what was ``before``."""
    from guibin.core.models import LoggedEvent

    rows = LoggedEvent.objects.filter(subjects__overlap=list(about))
    if names:
        rows = rows.filter(name__in=list(names))
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    if before is not None:
        rows = rows.filter(at__lt=before)
    return [as_recorded(row) for row in rows.order_by("-at", "-id")[:limit]]


LOGGED_ACTORS = "SELECT e ->> 3 FROM json_array_elements(logged.events) e"
"""The actors of the events that ``timeline_part`` read, for a part after it."""


def timeline_part(about: str, *, names: Sequence[str], limit: int, before: str = "'infinity'") -> ReadPart:
    """The newest events that name one of the subjects ``about`` (text[]), older than ``before`` (both SQL);
    only ``names``. ``limit`` of them, and all of the last one's instant."""
    known = ", ".join(f"'{name}'" for name in names if CODE.fullmatch(name))
    # OFFSET 0: few subjects have few events, so their index alone is quicker than together with the names'.
    return ReadPart(
        name="logged",
        sql=f"""
            SELECT json_agg(json_build_array(e.at, e.name, e.origin, e.actor, e.data)
                            ORDER BY e.at DESC, e.id DESC) AS events
            FROM (SELECT * FROM (SELECT * FROM core_loggedevent
                                 WHERE subjects && {about} OFFSET 0) mine
                  WHERE name IN ({known}) AND at < {before}::timestamptz
                  ORDER BY at DESC FETCH FIRST {limit:d} ROWS WITH TIES) e""",  # noqa: S608 - declared names
        columns=("events",),
    )


def read_logged(row: Row) -> list[Told]:
    """Newest first."""
    found = json.loads(row[0]) if row[0] else []
    return [
        Told(datetime.fromisoformat(at), name, origin, actor, data) for at, name, origin, actor, data in found
    ]


def as_recorded(row: Any) -> Recorded:
    """A ``LoggedEvent`` row as a frozen value."""
    return Recorded(
        id=row.id,
        xid=row.xid,
        at=row.at,
        name=row.name,
        origin=Origin(row.origin),
        actor=row.actor,
        subjects=tuple(row.subjects),
        data=row.data,
        batch_id=row.batch_id,
        request_id=row.request_id,
    )


@cache
def declared_events() -> dict[str, type[Event]]:
    """All event classes of all slices by name."""
    from guibin.core.manifest import manifests

    return {event.name: event for manifest in manifests() for event in manifest.events}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str) and CODE.fullmatch(value):
        return str(value)
    raise ValueError(f"events hold ids, codes and numbers, not {type(value).__name__}")
