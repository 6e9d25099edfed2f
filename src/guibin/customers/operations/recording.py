"""Field history: sealed old and new values with their provenance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from guibin.core.permissions import Actor
from guibin.core.sealing import SealKey
from guibin.customers.models import FieldChange
from guibin.customers.queries import sealed


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a change comes from: a source code (``form``, ``rest``, a system's name), maybe an import."""

    source: str
    actor: Actor
    at: datetime
    import_id: int | None = None


def change_row(
    customer_id: int, key: SealKey, field: str, old: str, new: str, provenance: Provenance
) -> FieldChange:
    """An unsaved line of field history; empty texts mean there was, or is, nothing."""
    return FieldChange(
        customer_id=customer_id,
        field=field,
        old_sealed=key.seal(sealed.HISTORY, old) if old else None,
        new_sealed=key.seal(sealed.HISTORY, new) if new else None,
        source=provenance.source,
        import_id=provenance.import_id,
        changed_by=provenance.actor.code,
        changed_at=provenance.at,
    )


def keep_history(rows: Iterable[FieldChange]) -> None:
    FieldChange.objects.bulk_create(rows, batch_size=1000)
