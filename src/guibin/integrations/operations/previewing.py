"""What the dry run can say beyond counting rows: who and what is here already. Writes nothing."""

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.folder import run_folder
from guibin.integrations.operations.foreseeing import hash_claim, look_at_lines
from guibin.integrations.operations.senders import Sending
from guibin.integrations.operations.sending_people import BOOKED, customer_row, keep_turned_down
from guibin.integrations.operations.staging import plan_of, type_rows
from guibin.integrations.staging.chunks import list_parts, read_part
from guibin.integrations.staging.foresight import Foresight, Met

SAME_EACH = 8


def stage_run(*, run_id: int, actor: Actor, at: datetime) -> None:
    """The dry run: type and judge all rows, then see what of it is here already. Raises ``WrongState``."""

    def look(run: ImportRun) -> Foresight:
        plan = plan_of(run)
        return look_ahead(Sending(run=run, plan=plan, folder=run_folder(run_id), actor=actor, at=at))

    type_rows(run_id=run_id, actor=actor, at=at, look=look)


def look_ahead(sending: Sending) -> Foresight:
    """New and known customers, rows that repeat, the same people met twice."""
    if sending.run.kind in {"customers", "cards"}:
        return _look_at_people(sending)
    if sending.run.kind in {"order_lines", "orders", "refunds"}:
        return look_at_lines(sending)
    return Foresight()


def _look_at_people(sending: Sending) -> Foresight:
    """What the door would say of each row. A person of one part met again in a later one is one person."""
    outcomes: Counter[str] = Counter()
    kept: dict[tuple[str, str], deque[dict[str, Any]]] = defaultdict(lambda: deque(maxlen=SAME_EACH))
    met = Met()
    for part in list_parts(sending.folder, "persons"):
        records = read_part(sending.folder, "persons", part).to_pylist()
        rows = [customer_row(record, {}) for record in records]
        foreseen = customers.foresee_upsert(
            rows=rows,
            match_keys=sending.match_keys,
            policy=sending.policy,
            source=sending.run.source,
            actor=sending.actor,
        )
        again = _met_before(foreseen, met)
        turned_down: list[tuple[int, str]] = []
        for each, is_again in zip(foreseen, again, strict=True):
            label = "duplicate" if is_again else label_of(each.outcome)
            outcomes[label] += 1
            if label.startswith(("conflict", "rejected", "duplicate")):
                turned_down.append((each.outcome.position, label))
            if label in {"duplicate", "known"}:
                kept[label, each.outcome.matched].append(_pair(each))
        keep_turned_down(sending.folder, part, turned_down)
    same = [pair for _found, pairs in sorted(kept.items(), key=_telling) for pair in pairs]
    return Foresight(outcomes=outcomes, same=same, figures={"customers": dict(outcomes)})


def _telling(found: tuple[tuple[str, str], Any]) -> tuple[bool, bool]:
    """Twins within the file first, then those known by something weaker than their number."""
    (label, by), _pairs = found
    return label != "duplicate", by in {"number", "external", "external_id"}


def label_of(outcome: customers.RowOutcome) -> str:
    """The outcome of a row as the books call it; a known customer is ``known`` until it is written."""
    label = "known" if outcome.outcome == "updated" else BOOKED[outcome.outcome]
    return f"{label}_{outcome.reason}" if outcome.reason and label in {"conflict", "rejected"} else label


def _met_before(foreseen: Sequence[customers.Foreseen], met: Met) -> list[bool]:
    """Which rows mean somebody that an earlier part would already have made; the others are met now."""
    again = []
    fresh: list[int] = []
    for each in foreseen:
        hashes = [hash_claim(*claim) for claim in each.claims]
        was = bool(met.which(hashes).any()) if hashes and len(met) else False
        again.append(was)
        if not was:
            fresh += hashes
    met.add(fresh)
    return again


def _pair(each: customers.Foreseen) -> dict[str, Any]:
    outcome = each.outcome
    return {
        "row": outcome.position,
        "other": each.twin,
        "customer": outcome.customer_id,
        "by": outcome.matched,
    }
