"""One statement made of what several slices contribute, for the few answers that must be quick.

A slice hands out a ``ReadPart`` over its own tables through its door, with the function that understands its
columns; whoever composes the answer joins the parts, and nobody reads another slice's tables. The statement
is prepared once per connection and run at the level of libpq, because binding and loading by type costs
more than the reading itself.
"""

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakSet

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import pq

Row = tuple[bytes | None, ...]
BINARY = 1


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A SELECT of at most one row, joined under the alias ``name``.

    It may use the parameters ``$1`` … of the whole and the columns of parts before it. ``columns`` come back
    as UTF-8 text, those in ``raw`` (bytea) as they are; NULL as None, also where there is no row.
    """

    name: str
    sql: str
    columns: tuple[str, ...]
    raw: frozenset[str] = frozenset()

    def selected(self) -> list[str]:
        return [f"{self.name}.{c}" if c in self.raw else f"{self.name}.{c}::text" for c in self.columns]


class ReadFailed(Exception):
    """The statement could not be run; the same may be asked in the ordinary way."""


class ComposedRead:
    """The parts as one prepared statement over Django's connection of this thread."""

    _serial = itertools.count(1)

    def __init__(self, parts: Sequence[ReadPart]) -> None:
        columns = ", ".join(column for part in parts for column in part.selected())
        joins = "\n".join(f"LEFT JOIN LATERAL ({part.sql}) AS {part.name} ON true" for part in parts)
        self.sql = f"SELECT {columns}\nFROM (SELECT 1) AS one\n{joins}".encode()
        self._name = f"composed_{next(self._serial)}".encode()
        self._prepared: WeakSet[psycopg.Connection[object]] = WeakSet()
        ends = list(itertools.accumulate(len(part.columns) for part in parts))
        self._places = [range(end - len(part.columns), end) for part, end in zip(parts, ends, strict=True)]

    def run(self, *parameters: bytes) -> list[Row]:
        """One tuple per part. Raises ``ReadFailed``."""
        database = connections[DEFAULT_DB_ALIAS]
        if database.connection is None:
            database.ensure_connection()
        link = database.connection
        try:
            if link not in self._prepared:
                self._expect(link.pgconn.prepare(self._name, self.sql), pq.ExecStatus.COMMAND_OK)
                self._prepared.add(link)
            found = link.pgconn.exec_prepared(self._name, parameters, result_format=BINARY)
            self._expect(found, pq.ExecStatus.TUPLES_OK)
        except (psycopg.Error, ReadFailed) as error:
            self._forget(link)
            raise ReadFailed from error
        value = found.get_value
        return [tuple([value(0, column) for column in place]) for place in self._places]

    def run_surely(self, *parameters: bytes) -> list[Row]:
        """As ``run``, for who has no other way to ask: once more, prepared anew, when the first try failed
        (a table has changed under a prepared statement). Raises ``ReadFailed``."""
        try:
            return self.run(*parameters)
        except ReadFailed:
            return self.run(*parameters)

    def _expect(self, result: pq.abc.PGresult, status: pq.ExecStatus) -> None:
        if result.status != status:
            raise ReadFailed(result.error_message.decode(errors="replace"))

    def _forget(self, link: "psycopg.Connection[object]") -> None:
        """Prepare anew under another name; a broken connection is Django's to close."""
        self._prepared.discard(link)
        self._name = f"composed_{next(self._serial)}".encode()
        self._prepared.clear()
        database = connections[DEFAULT_DB_ALIAS]
        database.errors_occurred = True
        database.close_if_unusable_or_obsolete()


def let_go_of_old_connection() -> None:
    """What Django does as a request begins, for answers given before it: this thread's connection is closed
    when it is past its maximum age, or no longer works. The next reading opens another."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.connection is None or database.in_atomic_block:
        return
    is_old = database.close_at is not None and time.monotonic() >= database.close_at
    if is_old or database.errors_occurred:
        database.close_if_unusable_or_obsolete()


def text(value: bytes | None) -> str:
    """A text column; "" for NULL."""
    return "" if value is None else value.decode()
