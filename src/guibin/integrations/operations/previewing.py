"""What the dry run can say beyond counting rows: who and what is here already. Writes nothing."""

from collections import Counter
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.booking import Books
from guibin.integrations.operations.folder import run_folder
from guibin.integrations.operations.locking import get_run, lock_run
from guibin.integrations.operations.senders import Sending
from guibin.integrations.operations.sending_people import CustomerSender
from guibin.integrations.operations.staging import plan_of, type_rows
from guibin.integrations.staging.chunks import list_parts, read_part

LOOK_PARTS_MAX = 20


class _Rehearsed(Exception):
    """Rolls a rehearsal back."""


def stage_run(*, run_id: int, actor: Actor, at: datetime) -> None:
    """The dry run: type and judge all rows, then see what of it is here already. Raises ``WrongState``."""
    type_rows(run_id=run_id, actor=actor, at=at)
    run = get_run(run_id)
    sending = Sending(run=run, plan=plan_of(run), folder=run_folder(run_id), actor=actor, at=at)
    ahead = look_ahead(sending)
    with transaction.atomic():
        locked = lock_run(run_id)
        locked.figures = {**locked.figures, **ahead}
        locked.save(update_fields=["figures"])


def look_ahead(sending: Sending) -> dict[str, Any]:
    """Figures for the dry run's page: new and known customers, rows that repeat, same people met twice."""
    if sending.run.kind in {"customers", "cards"}:
        return _rehearse_customers(sending)
    if sending.run.kind in {"order_lines", "orders", "refunds"}:
        return _look_at_lines(sending)
    return {}


def _rehearse_customers(sending: Sending) -> dict[str, Any]:
    """Send each part for real and roll it back: exact, but for twins in different parts."""
    sender = CustomerSender(sending)
    book = ImportRun(outcomes={}, figures={})
    for part in sender.parts()[:LOOK_PARTS_MAX]:
        try:
            with transaction.atomic():
                sender.send(part, Books(book))
                raise _Rehearsed
        except _Rehearsed:
            continue
    parts = len(sender.parts())
    return {"customers": book.outcomes, "looked_at": min(parts, LOOK_PARTS_MAX), "of_parts": parts}


def _look_at_lines(sending: Sending) -> dict[str, Any]:
    known, new, repeated = 0, 0, 0
    folder = sending.folder
    for part in list_parts(folder, "people"):
        references = pc.unique(read_part(folder, "people", part)["person"]).to_pylist()
        found = _known(sending, references)
        known, new = known + found, new + len(references) - found
    for part in list_parts(folder, "lines")[:LOOK_PARTS_MAX]:
        repeated += _repeats(read_part(folder, "lines", part))
    return {"customers_known": known, "customers_new": new, "repeated_rows": repeated}


def _known(sending: Sending, references: list[str]) -> int:
    by = Counter[str]()
    groups: dict[str, list[str]] = {"x": [], "c": [], "p": [], "e": []}
    for reference in references:
        groups[reference[0]].append(reference[2:])
    by["x"] = len(customers.find_ids_by_external(sending.run.source, groups["x"])) if groups["x"] else 0
    by["c"] = len(customers.find_ids_by_external(customers.CARD_SOURCE, groups["c"])) if groups["c"] else 0
    by["p"] = len(customers.find_ids_by_phones(groups["p"])) if groups["p"] else 0
    by["e"] = len(customers.find_ids_by_emails(groups["e"])) if groups["e"] else 0
    return sum(by.values())


def _repeats(lines: pa.Table) -> int:
    """Rows that say exactly what another row of their order says: kept as separate lines, and shown."""
    keys = ["order_number", "line_id", "person", "ordered_at", "sku", "description", "quantity", "unit_price"]
    groups = lines.group_by(keys).aggregate([([], "count_all")])
    return int(lines.num_rows - groups.num_rows)
