"""What the dry run of order lines, orders and refunds sees: who and what of them is here already.

The people go through the very steps of the run, but through a door that makes nobody; the lines through
the deciding half of the doors of purchases. Nothing is written.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guibin.accounts import api as accounts
from guibin.customers import api as customers
from guibin.integrations.operations.meeting import Known, People, as_people, contact_problems, unique_people
from guibin.integrations.operations.senders import Sending
from guibin.integrations.operations.sending_lines import (
    RefundSender,
    SaleSender,
    are_in,
    keep_refused,
    payments_of,
    shaped,
)
from guibin.integrations.staging.chunks import list_parts, read_part, write_table
from guibin.integrations.staging.foresight import Foresight, Register
from guibin.purchases import api as purchases

TO_COME = 1 << 62
"""Stands for the first customer the run would make: above every id there is, the others follow."""

WAITS = "refund"
PAID_NOTES, PARCEL_NOTES = 20_000, 40_000  # parts of the rows to look at; below are those of people
PLACES = {"p": "customer_phone", "e": "customer_email"}


def hash_claim(*texts: str) -> int:
    """64 bits that stand for a key of a person."""
    return int.from_bytes(hashlib.blake2b("\x1f".join(texts).encode(), digest_size=8).digest(), "big")


class ForeseenDoor:
    """The run's door as it would be: who is not here yet gets the place in line they would have."""

    def __init__(self, sending: Sending) -> None:
        self.sending = sending
        self.made = 0
        self._claims = Register()

    def ensure(self, values: Sequence[str]) -> Mapping[str, int]:
        source = self.sending.run.source
        clean = {value: customers.clean_external(value) for value in values}
        written = [value for value in values if clean[value]]
        found = dict(customers.find_bearers_by_external(source, written))
        missing = [value for value in written if value not in found]
        distinct = sorted({clean[value] for value in missing}, key=customers.external_order)
        people = dict(
            zip(distinct, self._place([((f"external:{source}", v),) for v in distinct]), strict=True)
        )
        return found | {value: people[clean[value]] for value in missing}

    def upsert(self, rows: Sequence[customers.CustomerRow]) -> list[customers.RowOutcome]:
        s = self.sending
        foreseen = customers.foresee_upsert(
            rows=rows, match_keys=s.match_keys, policy=s.policy, source=s.run.source, actor=s.actor
        )
        new = sorted((each for each in foreseen if each.turn is not None), key=lambda each: each.turn or 0)
        known = {each.outcome.position: each.outcome.customer_id for each in foreseen}
        places = self._place([each.claims for each in new])
        known |= {each.outcome.position: person for each, person in zip(new, places, strict=True)}
        met = [known[each.outcome.position if each.twin is None else each.twin] for each in foreseen]
        return [
            customers.RowOutcome(
                each.outcome.position,
                each.outcome.outcome,
                person,
                bearer_id=each.outcome.bearer_id or person,
            )
            for each, person in zip(foreseen, met, strict=True)
        ]

    def stores(self, column: Any) -> Mapping[str, int]:
        """Stores decide nothing of what becomes of a row: those that are here."""
        names = [name for name in pc.unique(column).to_pylist() if name]
        return {name: int(store.id) for name, store in accounts.find_stores(names).items()} if names else {}

    def _place(self, claims: Sequence[Sequence[tuple[str, str]]]) -> list[int]:
        """Who each of several people is, by the keys they claim, none of which two of them share: one that
        an earlier call placed, or the next in line."""
        owners = np.repeat(np.arange(len(claims)), [len(each) for each in claims])
        hashes = np.array([hash_claim(*claim) for each in claims for claim in each], dtype=np.uint64)
        found = self._claims.find(hashes)
        people = np.full(len(claims), -1, dtype=np.int64)
        hit = np.flatnonzero(found >= 0)[::-1]
        people[owners[hit]] = found[hit]
        fresh = np.flatnonzero(people < 0)
        people[fresh] = TO_COME + self.made + np.arange(len(fresh))
        self.made += len(fresh)
        self._claims.add(hashes, people[owners])
        return [int(person) for person in people]


def look_at_lines(sending: Sending) -> Foresight:
    """What the run would make of every staged row, and who its people are."""
    door = ForeseenDoor(sending)
    people = People(sending, door)
    ids = [people.meet(part) for part in people.parts()]
    look = _Look(sending, Known(ids), door)
    refunds = look.at_refunds()
    sold = look.at_sales({each.sku for part in refunds for each in part.waiting if each.is_cancellation})
    look.match(refunds, sold)
    look.figures["customers_new"] = door.made
    look.figures["customers_known"] = _count_known(ids)
    return Foresight(outcomes=look.outcomes, sums=look.sums, figures=look.figures)


@dataclass(frozen=True, slots=True)
class _Part:
    """The refunds of a part before it is known which of them find what they take back."""

    rows: Any
    labels: Any
    exact: Any
    waiting: Sequence[purchases.Waiting]


class _Look:
    """What is seen of a run's lines, part by part."""

    def __init__(self, sending: Sending, known: Known, door: ForeseenDoor) -> None:
        self.sending, self.known, self.door = sending, known, door
        self.outcomes: Counter[str] = Counter()
        self.sums: dict[str, Decimal] = {}
        self.figures: Counter[str] = Counter()
        self.unusable = _unusable(sending)

    def _prepared(self, sender: SaleSender | RefundSender) -> Iterator[tuple[int, pa.Table]]:
        sender.known, sender.door = self.known, self.door
        for part in sender.parts():
            yield part, sender.prepare(part)

    def at_refunds(self) -> list[_Part]:
        """The refunds that are new wait to be matched; the others are counted."""
        sender, seen = RefundSender(self.sending), []
        for part, table in self._prepared(sender):
            batch = shaped(table, purchases.REFUND_LINES)
            foreseen = purchases.foresee_refunds(batch, source=self.sending.run.source)
            labels = sender.labels(foreseen.outcomes, table, WAITS)
            keep_refused(self.sending, part, "r", foreseen.outcomes, labels)
            self._note(table, labels, "r", part)
            seen.append(_Part(foreseen.outcomes["row"], labels, sender.exact(table), foreseen.waiting))
        return seen

    def at_sales(self, skus: Collection[str]) -> list[pa.Table]:
        """Counts the sales; returns their new lines of ``skus``."""
        sender, sold = SaleSender(self.sending), []
        for part, table in self._prepared(sender):
            batch = shaped(table, purchases.ORDER_LINES)
            foreseen = purchases.foresee_orders(batch, source=self.sending.run.source, skus=skus)
            labels = sender.labels(foreseen.outcomes, table, "sale")
            _add_up(self.outcomes, self.sums, labels, sender.exact(table))
            keep_refused(self.sending, part, "s", foreseen.outcomes, labels)
            self._note(table, labels, "s", part)
            self.figures["orders_new"] += foreseen.documents_new
            self._at_payments(table, foreseen.outcomes, part)
            self._at_parcels(table, foreseen.outcomes, part)
            self.figures["repeated_rows"] += _repeats(table)
            sold.append(foreseen.sold)
        return sold

    def _at_payments(self, table: pa.Table, outcomes: pa.Table, part: int) -> None:
        """What would be taken in as paid; orders that it does not come to are listed by their first row."""
        paid = payments_of(table, outcomes)
        if not paid.num_rows:
            return
        new = pc.equal(pc.cast(outcomes["outcome"], pa.string()), "created")
        lines = pa.table({"number": table["order_number"], "minor": outcomes["amount_minor"]}).filter(new)
        sums = lines.group_by("number").aggregate([("minor", "sum")]).to_pylist()
        added = {row["number"]: row["minor_sum"] for row in sums}
        seen = purchases.foresee_payments(paid, source=self.sending.run.source, added=added)
        self.figures["payments"] += seen.taken
        self.figures["orders_paid_otherwise"] += len(seen.differing)
        if seen.differing:
            named = pc.is_in(table["order_number"], pa.array(seen.differing))
            hit = table.filter(pc.and_(named, are_in(outcomes)))
            firsts = hit.group_by("order_number").aggregate([("row", "min")])["row_min"].to_pylist()
            place = "paid" if any(name == "paid" for _at, name, _style in self.sending.plan.columns) else None
            self._list(firsts, "noted_paid_otherwise", place, PAID_NOTES + part)

    def _at_parcels(self, table: pa.Table, outcomes: pa.Table, part: int) -> None:
        """Tracking numbers of orders without a customer are not kept: there is no key to seal them under."""
        taken = table.filter(are_in(outcomes))
        sent = taken.filter(pc.is_valid(taken["tracking"]))
        if sent.num_rows:
            owned = taken.filter(pc.is_valid(taken["customer_id"]))["order_number"]
            hit = sent.filter(pc.invert(pc.is_in(sent["order_number"], owned.combine_chunks())))
            firsts = hit.group_by("order_number").aggregate([("row", "min")])["row_min"].to_pylist()
            self.figures["parcels_without_customer"] += len(firsts)
            if firsts:
                self._list(firsts, "noted_no_parcel", "tracking", PARCEL_NOTES + part)

    def _list(self, rows: Sequence[int], reason: str, place: str | None, part: int) -> None:
        """Rows that go in, listed with those to look at."""
        kept = pa.table(
            {
                "row": pa.array(sorted(rows), pa.int64()),
                "reason": [reason] * len(rows),
                "place": pa.array([place] * len(rows), pa.string()),
            }
        )
        write_table(self.sending.folder, "noted", part, kept)

    def match(self, refunds: Sequence[_Part], sold: Sequence[pa.Table]) -> None:
        """Which refunds find what they take back, among what is here and what comes with them."""
        fates = purchases.foresee_matches([each for part in refunds for each in part.waiting], sold)
        for part in refunds:
            told = pa.array([f"refund_{fates.get(row, '')}" for row in part.rows.to_pylist()])
            labels = pc.if_else(pc.equal(part.labels, WAITS), told, part.labels)
            _add_up(self.outcomes, self.sums, labels, part.exact)

    def _note(self, table: pa.Table, labels: Any, tag: str, part: int) -> None:
        rows = _note(self.sending, table, labels, tag, part, self.unusable)
        self.figures["rows_without_customer"] += rows


def _count_known(ids: Sequence[pa.Table]) -> int:
    if not ids:
        return 0
    every = unique_people(pa.concat_tables(ids)["customer_id"])
    return int(pc.sum(pc.less(every, TO_COME)).as_py() or 0)


def _unusable(sending: Sending) -> pa.Array:
    """The references that are a phone or an address that cannot exist."""
    found: set[str] = set()
    for part in list_parts(sending.folder, "people"):
        references = pc.unique(read_part(sending.folder, "people", part)["person"]).to_pylist()
        found |= contact_problems(references).keys()
    return pa.array(sorted(found), pa.string())


def _add_up(outcomes: Counter[str], sums: dict[str, Decimal], labels: Any, exact: Any) -> None:
    grouped = pa.table({"label": labels, "exact": exact}).group_by("label")
    for row in grouped.aggregate([("exact", "sum"), ([], "count_all")]).to_pylist():
        outcomes[row["label"]] += row["count_all"]
        sums[row["label"]] = sums.get(row["label"], Decimal(0)) + (row["exact_sum"] or 0)


def _note(sending: Sending, table: pa.Table, labels: Any, tag: str, part: int, unusable: pa.Array) -> int:
    """Rows that can go in but say something odd of their customer are listed with the others; returns how
    many name nobody but a phone or address that cannot exist."""
    turned_down = pc.or_(pc.starts_with(labels, "refused"), pc.starts_with(labels, "conflict"))
    taken = table.filter(pc.invert(turned_down))
    hit = taken.filter(pc.is_in(taken["person"], unusable))
    references = hit["person"].to_pylist()
    noted: list[tuple[int, str, str | None]] = [
        (row, "noted_no_phone" if ref[0] == "p" else "noted_no_email", PLACES[ref[0]])
        for row, ref in zip(hit["row"].to_pylist(), references, strict=True)
    ]
    if tag == "s":
        disputed = taken.filter(pc.is_in(taken["order_number"], _disputed(table)))
        named = disputed.filter(pc.is_valid(disputed["customer_id"]))
        noted += [(row, "noted_two_customers", None) for row in named["row"].to_pylist()]
    if noted:
        rows, reasons, places = zip(*noted, strict=True)
        kept = pa.table({"row": rows, "reason": reasons, "place": pa.array(places, pa.string())})
        write_table(sending.folder, "noted", part * 2 + (tag == "r"), kept)
    return int(hit.num_rows)


def _disputed(lines: pa.Table) -> Any:
    """Orders that name more than one person: they go to one of them."""
    ids = as_people(lines["customer_id"], customers.list_merged())
    lines = pa.table({"order_number": lines["order_number"], "customer_id": ids})
    counts = lines.group_by("order_number").aggregate([("customer_id", "count_distinct")])
    several = counts.filter(pc.greater(counts["customer_id_count_distinct"], 1))
    return several["order_number"].combine_chunks()


def _repeats(lines: pa.Table) -> int:
    """Rows that say exactly what another row of their order says: kept as separate lines, and shown."""
    keys = ["order_number", "line_id", "person", "ordered_at", "sku", "description", "quantity", "unit_price"]
    groups = lines.group_by(keys).aggregate([([], "count_all")])
    return int(lines.num_rows - groups.num_rows)
