"""The people that order lines, orders and refunds speak of: made or found before the first line comes in."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guibin.accounts import api as accounts
from guibin.core.events import Origin
from guibin.customers import api as customers
from guibin.integrations.models import ImportRun
from guibin.integrations.operations.booking import Books
from guibin.integrations.operations.senders import Sending
from guibin.integrations.staging.chunks import list_parts, read_part, write_table
from guibin.integrations.staging.foresight import Register
from guibin.purchases import api as purchases

PEOPLE_BATCH = 5_000
IDS = pa.schema([("person", pa.uint64()), ("customer_id", pa.int64())])
DETAILS = ("name", "phone", "email", "card", "store")


class Door(Protocol):
    """Where people and stores come in: the slices' own doors, or the dry run's view of them."""

    def ensure(self, values: Sequence[str]) -> Mapping[str, int]:
        """The bearer of each id that the run's source uses; unknown ones are made in the order given."""
        ...

    def upsert(self, rows: Sequence[customers.CustomerRow]) -> list[customers.RowOutcome]:
        """One outcome per row, in their order."""
        ...

    def stores(self, column: Any) -> Mapping[str, int]:
        """The store that each text of a column names."""
        ...


class OpenDoor:
    """What comes through it is written."""

    def __init__(self, sending: Sending) -> None:
        self.sending = sending

    def ensure(self, values: Sequence[str]) -> Mapping[str, int]:
        s = self.sending
        return customers.ensure_by_external(
            source=s.run.source,
            values=values,
            import_id=s.run.pk,
            actor=s.actor,
            at=s.at,
            origin=Origin.IMPORT,
        )

    def upsert(self, rows: Sequence[customers.CustomerRow]) -> list[customers.RowOutcome]:
        s = self.sending
        return customers.bulk_upsert(
            rows=rows,
            match_keys=s.match_keys,
            policy=s.policy,
            source=s.run.source,
            import_id=s.run.pk,
            actor=s.actor,
            at=s.at,
            origin=Origin.IMPORT,
        )

    def stores(self, column: Any) -> Mapping[str, int]:
        return ensure_stores(self.sending, column)


class People:
    """Who each reference of a run means, part by part, through a door: the customer who bears it, whoever
    stands for them since a merge.

    References alone are made in one sorted sweep, so that customers get the same numbers for any
    order of the file's rows; with names and phones they go part by part.
    """

    def __init__(self, sending: Sending, door: Door) -> None:
        self.folder, self.door = sending.folder, door
        self.unusable = 0
        self.named = owners_of_orders(sending) if sending.run.kind == "refunds" else {}

    def parts(self) -> list[int]:
        return list_parts(self.folder, "people")

    def meet(self, part: int) -> pa.Table:
        """The customers of a part's references (shape ``IDS``, sorted); ``unusable`` contacts are counted."""
        every = _merged(read_part(self.folder, "people", part))
        people = every.filter(pc.invert(pc.is_in(every["person"], pa.array(self.named, pa.string()))))
        ids = self._ensure(part, people) if _is_bare(people) else self._upsert(people)
        ids |= {ref: self.named[ref] for ref in every["person"].to_pylist() if ref in self.named}
        known = sorted((person_hash(ref), customer_id) for ref, customer_id in ids.items())
        return pa.table(
            {"person": [pair[0] for pair in known], "customer_id": [pair[1] for pair in known]}, schema=IDS
        )

    def _ensure(self, part: int, people: pa.Table) -> dict[str, int]:
        """Customers known by number only."""
        if part == self.parts()[0]:  # one sweep over all parts keeps the numbers in order
            self._ensure_all()
        values = [ref[2:] for ref in people["person"].to_pylist()]
        return {f"x:{value}": customer_id for value, customer_id in self.door.ensure(values).items()}

    def _ensure_all(self) -> None:
        every = sorted(
            {
                ref[2:]
                for part in self.parts()
                for ref in read_part(self.folder, "people", part)["person"].to_pylist()
                if ref.startswith("x:") and ref not in self.named
            },
            key=customers.external_order,
        )
        for start in range(0, len(every), PEOPLE_BATCH):
            self.door.ensure(every[start : start + PEOPLE_BATCH])

    def _upsert(self, people: pa.Table) -> dict[str, int]:
        stores = self.door.stores(people["store"])
        records = people.to_pylist()
        rows = [_customer_row(place, person, stores) for place, person in enumerate(records)]
        found: dict[str, int] = {}
        for start in range(0, len(rows), PEOPLE_BATCH):
            outcomes = self.door.upsert(rows[start : start + PEOPLE_BATCH])
            bad = [o.position for o in outcomes if o.outcome == "invalid"]
            if bad:  # a phone that does not exist must not cost a customer number
                bare = [_bare_row(place, records[place]) for place in bad if not _is_contact(records[place])]
                outcomes = [o for o in outcomes if o.outcome != "invalid"]
                outcomes += self.door.upsert(bare) if bare else []
                self.unusable += len(bad)
            for outcome in outcomes:
                if outcome.bearer_id is not None and outcome.customer_id is not None:
                    found[records[outcome.position]["person"]] = outcome.bearer_id
        return found


def owners_of_orders(sending: Sending) -> dict[str, int]:
    """The customers whom refunds call by the number that the system of their order uses, where that is
    another than the refunds' own; numbers of the refunds' own system mean what they mean there."""
    pairs: set[tuple[str, str]] = set()
    for part in list_parts(sending.folder, "refunds"):
        table = read_part(sending.folder, "refunds", part).select(["person", "order_number"])
        kept = table.filter(pc.fill_null(pc.starts_with(table["person"], "x:"), pa.scalar(value=False)))
        pairs |= {(row["person"], row["order_number"]) for row in kept.to_pylist() if row["order_number"]}
    orders = purchases.owners_named({number for _ref, number in pairs}, source=sending.run.source)
    values = sorted({ref[2:] for ref, number in pairs if number in orders})
    own = customers.find_ids_by_external(sending.run.source, values)
    theirs = {
        source: customers.find_ids_by_external(source, values)
        for source in sorted({source for source, _owner in orders.values()})
    }
    stands = customers.resolve({owner for _source, owner in orders.values()})
    meant: dict[str, set[int]] = {}
    for ref, number in pairs:
        source, owner = orders.get(number, ("", 0))
        if source and ref[2:] not in own and theirs[source].get(ref[2:]) == stands[owner]:
            meant.setdefault(ref, set()).add(owner)
    return {ref: min(owners) for ref, owners in meant.items() if len({stands[each] for each in owners}) == 1}


def count_met(folder: Path) -> int:
    """How many different people the parts met so far name; one may stand in many parts."""
    met = [pc.unique(read_part(folder, "ids", part)["customer_id"]) for part in list_parts(folder, "ids")]
    return len(unique_people(pa.concat_arrays(met))) if met else 0


def unique_people(ids: Any) -> Any:
    """The ids that stand for these customers, each once."""
    return pc.unique(as_people(ids, customers.list_merged()))


def as_people(ids: Any, merged: Mapping[int, int]) -> Any:
    """The id that stands for each; ``merged`` as ``customers.list_merged`` gives it."""
    if not merged:
        return ids
    known, stands = pa.array(merged.keys(), pa.int64()), pa.array(merged.values(), pa.int64())
    return pc.coalesce(stands.take(pc.index_in(ids, value_set=known)), ids)


class PeopleSender:
    """Everybody the lines speak of."""

    def __init__(self, sending: Sending) -> None:
        self.sending = sending
        self.people = People(sending, OpenDoor(sending))

    def parts(self) -> list[int]:
        return self.people.parts()

    def send(self, part: int, books: Books) -> int:
        before = self.people.unusable
        ids = self.people.meet(part)
        write_table(self.sending.folder, "ids", part, ids)
        books.add_figure("contacts_unusable", self.people.unusable - before)
        # one phone is written in many ways
        books.add_figure("customers_met", len(unique_people(ids["customer_id"])))
        return 0


class Known:
    """Reference to customer id, for all people of a run."""

    def __init__(self, tables: Iterable[pa.Table]) -> None:
        whole = pa.concat_tables([IDS.empty_table(), *tables])
        self._register = Register()
        self._register.add(whole["person"].to_numpy(), whole["customer_id"].to_numpy())

    def look_up(self, references: Any) -> Any:
        """Customer ids of a column of references; null for nobody."""
        encoded = references.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        hashes = [person_hash(reference) for reference in encoded.dictionary.to_pylist()]
        ids = self._register.find(np.array(hashes, dtype=np.uint64))
        return pa.array(ids, pa.int64(), mask=ids < 0).take(encoded.indices)


def person_hash(reference: str) -> int:
    """64 bits that stand for a reference while a run looks up whom it means."""
    return int.from_bytes(hashlib.blake2b(reference.encode(), digest_size=8).digest(), "big")


def _is_bare(people: pa.Table) -> bool:
    only_numbers = all(ref.startswith("x:") for ref in people["person"].to_pylist())
    return only_numbers and all(people[name].null_count == people.num_rows for name in DETAILS)


def _merged(people: pa.Table) -> pa.Table:
    """One row per person over all batches: the smallest of each detail, whatever the order of rows."""
    names = ["on", *DETAILS]
    merged = people.group_by("person").aggregate([(f"{name}_min", "min") for name in names])
    merged = merged.rename_columns([name.removesuffix("_min_min") for name in merged.column_names])
    return merged.sort_by("person")


def _customer_row(place: int, person: Mapping[str, Any], stores: Mapping[str, int]) -> customers.CustomerRow:
    reference: str = person["person"]
    return customers.CustomerRow(
        position=place,
        external_id=reference[2:] if reference.startswith("x:") else "",
        name=person["name"] or "",
        phones=(person["phone"],) if person["phone"] else (),
        emails=(person["email"],) if person["email"] else (),
        cards=(person["card"],) if person["card"] else (),
        joined_store_id=stores.get(person["store"] or ""),
    )


def _bare_row(place: int, person: Mapping[str, Any]) -> customers.CustomerRow:
    reference: str = person["person"]
    value = reference[2:]
    if reference.startswith("c:"):
        return customers.CustomerRow(position=place, cards=(value,), name=person["name"] or "")
    return customers.CustomerRow(position=place, external_id=value, name=person["name"] or "")


def contact_problems(references: Iterable[str]) -> dict[str, str]:
    """Which references are a phone or an address that cannot exist, with the reason; no customer comes
    of them."""
    contacts = [ref for ref in references if ref[:2] in {"p:", "e:"}]
    rows = [
        customers.CustomerRow(
            position=place,
            phones=(ref[2:],) if ref[0] == "p" else (),
            emails=(ref[2:],) if ref[0] == "e" else (),
        )
        for place, ref in enumerate(contacts)
    ]
    found = customers.check_rows(rows, source="import", match_keys=["phone", "email"])
    return {contacts[place]: problem for place, problem in found.items()}


def _is_contact(person: Mapping[str, Any]) -> bool:
    return str(person["person"])[:2] in {"p:", "e:"}


def ensure_stores(sending: Sending, column: Any) -> dict[str, int]:
    """The stores that a column names, by its texts; missing ones are made, and remembered with the run."""
    names = [name for name in pc.unique(column).to_pylist() if name]
    if not names:
        return {}
    known = set(accounts.find_stores(names))
    found = accounts.ensure_stores(texts=names, actor=sending.actor, at=sending.at, origin=Origin.IMPORT)
    made = sorted({int(found[name]) for name in names if name not in known and name in found})
    if made:
        _remember_stores(sending.run.pk, made)
    return {name: int(store_id) for name, store_id in found.items()}


def _remember_stores(run_id: int, made: list[int]) -> None:
    """Stores that appeared with this run, so that undoing it can take them back."""
    run = ImportRun.objects.select_for_update().only("kept").get(pk=run_id)
    run.kept = sorted({*run.kept, *made})
    run.save(update_fields=["kept"])
