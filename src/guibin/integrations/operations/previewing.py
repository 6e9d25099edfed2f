"""What the dry run can say beyond counting rows: who and what is here already. Writes nothing."""

import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guibin.core import preferences
from guibin.core.permissions import Actor
from guibin.customers import api as customers
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.folder import run_folder
from guibin.integrations.operations.senders import Sending
from guibin.integrations.operations.sending_lines import contact_problems
from guibin.integrations.operations.sending_people import BOOKED, customer_row, keep_turned_down, keys_of
from guibin.integrations.operations.staging import plan_of, type_rows
from guibin.integrations.staging.chunks import list_parts, read_part, write_table
from guibin.integrations.staging.foresight import Foresight, Met

SAME_EACH = 8
PLACES = {"p": "customer_phone", "e": "customer_email"}


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
        return Foresight(figures=_look_at_lines(sending))
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
            match_keys=keys_of(sending.run),
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
        hashes = [_hash(*claim) for claim in each.claims]
        was = bool(met.which(hashes).any()) if hashes and len(met) else False
        again.append(was)
        if not was:
            fresh += hashes
    met.add(fresh)
    return again


def _hash(*texts: str) -> int:
    return int.from_bytes(hashlib.blake2b("\x1f".join(texts).encode(), digest_size=8).digest(), "big")


def _pair(each: customers.Foreseen) -> dict[str, Any]:
    outcome = each.outcome
    return {
        "row": outcome.position,
        "other": each.twin,
        "customer": outcome.customer_id,
        "by": outcome.matched,
    }


def _look_at_lines(sending: Sending) -> dict[str, Any]:
    folder = sending.folder
    counts, repeated = Counter[bool](), 0
    met, unusable = Met(), set[str]()
    for part in list_parts(folder, "people"):
        people = read_part(folder, "people", part)
        references = pc.unique(people["person"]).to_pylist()
        unusable |= contact_problems(references).keys()
        found = _known(sending, [ref for ref in references if ref not in unusable])
        hashes = {_hash(name): name.isdigit() for name in found.values()}
        before = met.which(list(hashes))
        counts += Counter(
            known for known, was in zip(hashes.values(), before.tolist(), strict=True) if not was
        )
        met.add(list(hashes))
    unnamed = 0
    for stream in ("lines", "refunds"):
        for part in list_parts(folder, stream):
            table = read_part(folder, stream, part)
            repeated += _repeats(table) if stream == "lines" else 0
            unnamed += _note(sending, table, stream, part, unusable)
    return {
        "customers_known": counts[True],
        "customers_new": counts[False],
        "repeated_rows": repeated,
        "rows_without_customer": unnamed,
    }


def _note(sending: Sending, table: pa.Table, stream: str, part: int, unusable: Iterable[str]) -> int:
    """Rows that can go in but say something odd of their customer are listed with the others; returns how
    many name nobody but a phone or address that cannot exist."""
    hit = table.filter(pc.is_in(table["person"], pa.array(sorted(unusable), pa.string())))
    references = hit["person"].to_pylist()
    noted: list[tuple[int, str, str | None]] = [
        (row, "noted_no_phone" if ref[0] == "p" else "noted_no_email", PLACES[ref[0]])
        for row, ref in zip(hit["row"].to_pylist(), references, strict=True)
    ]
    if stream == "lines":
        noted += [(row, "noted_two_customers", None) for row in _disputed(table, unusable)]
    if noted:
        rows, reasons, places = zip(*noted, strict=True)
        kept = pa.table({"row": rows, "reason": reasons, "place": pa.array(places, pa.string())})
        write_table(sending.folder, "noted", part * 2 + (stream == "refunds"), kept)
    return int(hit.num_rows)


def _disputed(lines: pa.Table, unusable: Iterable[str]) -> list[int]:
    """Rows of orders that name more than one customer: the order goes to one of them."""
    named = lines.filter(pc.is_valid(lines["person"]))
    named = named.filter(pc.invert(pc.is_in(named["person"], pa.array(sorted(unusable), pa.string()))))
    counts = named.group_by("order_number").aggregate([("person", "count_distinct")])
    several = counts.filter(pc.greater(counts["person_count_distinct"], 1))["order_number"]
    people: dict[str, set[str]] = {}
    rows: dict[str, list[int]] = {}
    disputed = named.filter(pc.is_in(named["order_number"], several.combine_chunks()))
    for line in disputed.select(["order_number", "person", "row"]).to_pylist():
        people.setdefault(line["order_number"], set()).add(_plain(line["person"]))
        rows.setdefault(line["order_number"], []).append(line["row"])
    return [row for number, each in rows.items() if len(people[number]) > 1 for row in each]


def _known(sending: Sending, references: list[str]) -> dict[str, str]:
    """Who each reference means: a customer's id if there is one, else the reference in one writing."""
    groups: dict[str, list[str]] = {"x": [], "c": [], "p": [], "e": []}
    for reference in references:
        groups[reference[0]].append(reference[2:])
    found = {
        "x": customers.find_ids_by_external(sending.run.source, groups["x"]) if groups["x"] else {},
        "c": customers.find_ids_by_external(customers.CARD_SOURCE, groups["c"]) if groups["c"] else {},
        "p": customers.find_ids_by_phones(groups["p"]) if groups["p"] else {},
        "e": customers.find_ids_by_emails(groups["e"]) if groups["e"] else {},
    }
    return {ref: str(found[ref[0]].get(ref[2:], "") or _plain(ref)) for ref in references}


def _plain(reference: str) -> str:
    """One phone is written in many ways and is one person."""
    if reference[0] == "p":
        return f"p:{customers.normalise_phone(reference[2:], preferences.get(customers.PHONE_REGION))}"
    return f"e:{customers.normalise_email(reference[2:])}" if reference[0] == "e" else reference


def _repeats(lines: pa.Table) -> int:
    """Rows that say exactly what another row of their order says: kept as separate lines, and shown."""
    keys = ["order_number", "line_id", "person", "ordered_at", "sku", "description", "quantity", "unit_price"]
    groups = lines.group_by(keys).aggregate([([], "count_all")])
    return int(lines.num_rows - groups.num_rows)
