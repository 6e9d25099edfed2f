"""Field history: sealed old and new values with their provenance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from guibin.core.permissions import Actor
from guibin.core.sealing import SealKey
from guibin.customers.operations.bulk import copy_rows
from guibin.customers.queries import sealed


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a change comes from: a source code (``form``, ``rest``, a system's name), maybe an import."""

    source: str
    actor: Actor
    at: datetime
    import_id: int | None = None


class HistoryRow(NamedTuple):
    """A line of field history as the table has it, both texts sealed."""

    customer_id: int
    field: str
    old_sealed: bytes | None
    new_sealed: bytes | None
    source: str
    import_id: int | None
    changed_by: str
    changed_at: datetime


HISTORY_TYPES = dict(
    zip(
        HistoryRow._fields,
        ("int8", "text", "bytea", "bytea", "text", "int8", "text", "timestamptz"),
        strict=True,
    )
)


def change_row(
    customer_id: int, key: SealKey, field: str, old: str, new: str, provenance: Provenance
) -> HistoryRow:
    """A line of field history, not written yet; empty texts mean there was, or is, nothing."""
    return HistoryRow(
        customer_id,
        field,
        key.seal(sealed.HISTORY, old) if old else None,
        key.seal(sealed.HISTORY, new) if new else None,
        provenance.source,
        provenance.import_id,
        provenance.actor.code,
        provenance.at,
    )


def keep_history(rows: Iterable[HistoryRow]) -> None:
    """Write lines of field history with one COPY, in order."""
    copy_rows("customers_fieldchange", HISTORY_TYPES, rows)
