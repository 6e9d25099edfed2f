"""Order lines, orders and refunds on their way through the doors of customers and purchases."""

import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

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
from guibin.integrations.staging.lines import occurrence_numbers
from guibin.purchases import api as purchases

PEOPLE_BATCH = 5_000
EXACT = pa.decimal128(36, 9)  # as in staging.lines
IDS = pa.schema([("person", pa.uint64()), ("customer_id", pa.int64())])


def person_hash(reference: str) -> int:
    """64 bits that stand for a reference while a run looks up whom it means."""
    return int.from_bytes(hashlib.blake2b(reference.encode(), digest_size=8).digest(), "big")


class PeopleSender:
    """Everybody the lines speak of, made or found before the first line comes in.

    References alone are made in one sorted sweep, so that customers get the same numbers for any
    order of the file's rows; with names and phones they go part by part.
    """

    def __init__(self, sending: Sending) -> None:
        self.sending = sending

    def parts(self) -> list[int]:
        return list_parts(self.sending.folder, "people")

    def send(self, part: int, books: Books) -> int:
        people = _merged(read_part(self.sending.folder, "people", part))
        bare = self._is_bare(people)
        ids = self._ensure(part, people) if bare else self._upsert(people, books)
        known = sorted((person_hash(ref), customer_id) for ref, customer_id in ids.items())
        table = pa.table(
            {"person": [pair[0] for pair in known], "customer_id": [pair[1] for pair in known]}, schema=IDS
        )
        write_table(self.sending.folder, "ids", part, table)
        books.add_figure("customers_met", len(set(ids.values())))  # one phone is written in many ways
        return 0

    def _is_bare(self, people: pa.Table) -> bool:
        details = ("name", "phone", "email", "card", "store")
        only_numbers = all(ref.startswith("x:") for ref in people["person"].to_pylist())
        return only_numbers and all(people[name].null_count == people.num_rows for name in details)

    def _ensure(self, part: int, people: pa.Table) -> dict[str, int]:
        """Customers known by number only."""
        s = self.sending
        if part == self.parts()[0]:  # one sweep over all parts keeps the numbers in order
            self._ensure_all()
        values = [ref[2:] for ref in people["person"].to_pylist()]
        found = customers.ensure_by_external(
            source=s.run.source,
            values=values,
            import_id=s.run.pk,
            actor=s.actor,
            at=s.at,
            origin=Origin.IMPORT,
        )
        return {f"x:{value}": customer_id for value, customer_id in found.items()}

    def _ensure_all(self) -> None:
        s = self.sending
        every = sorted(
            {
                ref[2:]
                for part in self.parts()
                for ref in read_part(s.folder, "people", part)["person"].to_pylist()
                if ref.startswith("x:")
            },
            key=customers.external_order,
        )
        for start in range(0, len(every), PEOPLE_BATCH):
            customers.ensure_by_external(
                source=s.run.source,
                values=every[start : start + PEOPLE_BATCH],
                import_id=s.run.pk,
                actor=s.actor,
                at=s.at,
                origin=Origin.IMPORT,
            )

    def _upsert(self, people: pa.Table, books: Books) -> dict[str, int]:
        s = self.sending
        stores = ensure_stores(s, people["store"])
        records = people.to_pylist()
        rows = [_customer_row(place, person, stores) for place, person in enumerate(records)]
        found: dict[str, int] = {}
        for start in range(0, len(rows), PEOPLE_BATCH):
            batch = rows[start : start + PEOPLE_BATCH]
            outcomes = self._bulk(batch)
            bad = [o.position for o in outcomes if o.outcome == "invalid"]
            if bad:  # a phone that does not exist must not cost a customer number
                outcomes = [o for o in outcomes if o.outcome != "invalid"]
                outcomes += self._bulk(
                    [_bare_row(place, records[place]) for place in bad if not _is_contact(records[place])]
                )
                books.add_figure("contacts_unusable", len(bad))
            for outcome in outcomes:
                if outcome.customer_id is not None:
                    found[records[outcome.position]["person"]] = outcome.customer_id
        return found

    def _bulk(self, rows: list[customers.CustomerRow]) -> list[customers.RowOutcome]:
        s = self.sending
        if not rows:
            return []
        return customers.bulk_upsert(
            rows=rows,
            match_keys=[key for key in s.run.match_keys if key in customers.MATCH_KEYS] or ["external_id"],
            policy=s.policy,
            source=s.run.source,
            import_id=s.run.pk,
            actor=s.actor,
            at=s.at,
            origin=Origin.IMPORT,
        )


def _merged(people: pa.Table) -> pa.Table:
    """One row per person over all batches: the smallest of each detail, whatever the order of rows."""
    names = ["on", "name", "phone", "email", "card", "store"]
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


class Known:
    """Reference to customer id, for all people of the run: two sorted arrays, 16 bytes a person."""

    def __init__(self, sending: Sending) -> None:
        tables = [read_part(sending.folder, "ids", part) for part in list_parts(sending.folder, "ids")]
        whole = pa.concat_tables(tables) if tables else IDS.empty_table()
        hashes = whole["person"].to_numpy()
        order = np.argsort(hashes)
        self._hashes, self._ids = hashes[order], whole["customer_id"].to_numpy()[order]

    def look_up(self, references: Any) -> Any:
        """Customer ids of a column of references; null for nobody."""
        encoded = references.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        ids = [self._one(reference) for reference in encoded.dictionary.to_pylist()]
        return pa.array(ids, pa.int64()).take(encoded.indices)

    def _one(self, reference: str) -> int | None:
        wanted = person_hash(reference)
        place = int(np.searchsorted(self._hashes, np.uint64(wanted)))
        if place < len(self._hashes) and int(self._hashes[place]) == wanted:
            return int(self._ids[place])
        return None


class _Documents:
    """What sales and refunds share: ids for people and stores, numbers for documents without one."""

    stream = ""

    def __init__(self, sending: Sending) -> None:
        self.sending = sending
        self._known: Known | None = None

    def parts(self) -> list[int]:
        return list_parts(self.sending.folder, self.stream)

    def _prepare(self, part: int, number: str) -> pa.Table:
        table = read_part(self.sending.folder, self.stream, part)
        if self._known is None:
            self._known = Known(self.sending)
        stores = ensure_stores(self.sending, table["store"])
        store_ids = (
            [stores.get(name) for name in table["store"].to_pylist()] if stores else [None] * table.num_rows
        )
        table = table.append_column("customer_id", self._known.look_up(table["person"]))
        table = table.append_column("store_id", pa.array(store_ids, pa.int64()))
        default = pa.scalar(self.sending.plan.currency)
        table = table.set_column(
            table.column_names.index("currency"), "currency", pc.coalesce(table["currency"], default)
        )
        if self.sending.run.kind == "orders" and not self._is_numbered():
            named = pa.array(_document_names(table[number].to_pylist()), pa.string())
            table = table.set_column(table.column_names.index(number), number, named)
        return table

    def _is_numbered(self) -> bool:
        return any(name == "order_number" for _position, name, _style in self.sending.plan.columns)


def _document_names(contents: list[str]) -> list[str]:
    """A number made of the content and its occurrence: the same rows give the same numbers in any order."""
    digests = [hashlib.blake2b(content.encode(), digest_size=9).hexdigest() for content in contents]
    return [f"~{digest}-{count}" for digest, count in zip(digests, occurrence_numbers(digests), strict=True)]


class SaleSender(_Documents):
    stream = "lines"

    def send(self, part: int, books: Books) -> int:
        s = self.sending
        table = self._prepare(part, "order_number")
        self._ensure_products(table, part)
        batch = shaped(table, purchases.ORDER_LINES)
        result = purchases.import_orders(
            batch, source=s.run.source, import_id=s.run.pk, actor=s.actor, at=s.at, origin=Origin.IMPORT
        )
        self._note_parcels(table)
        exact = _exact(table)
        anonymous = pc.is_null(table["customer_id"])
        outcomes = pc.cast(result.outcomes["outcome"], pa.string())
        created = pc.equal(outcomes, "created")
        labels = pc.if_else(
            created, pc.if_else(anonymous, "imported_anonymous", "imported"), _turned_down(result)
        )
        book(books, labels, exact, result, sign=1)
        keep_refused(s, part, "s", result, labels)
        books.add_figure("orders_created", result.documents_created)
        return int(table.num_rows)

    def _note_parcels(self, table: pa.Table) -> None:
        """The parcel of an order is said by any of its lines: the first that says one, by its words."""
        kept = table.filter(pc.or_(pc.is_valid(table["carrier"]), pc.is_valid(table["tracking"])))
        if kept.num_rows:
            least = kept.group_by("order_number").aggregate([("carrier", "min"), ("tracking", "min")])
            parcels = {
                row["order_number"]: (row["carrier_min"] or "", row["tracking_min"] or "")
                for row in least.to_pylist()
            }
            purchases.note_parcels(parcels, source=self.sending.run.source, import_id=self.sending.run.pk)

    def _ensure_products(self, table: pa.Table, part: int) -> None:
        """Categories and brands come with the product; products without them appear by themselves."""
        if table["category"].null_count == table.num_rows and table["brand"].null_count == table.num_rows:
            return
        s = self.sending
        kept = table.filter(pc.is_valid(table["sku"]))
        firsts = kept.group_by("sku").aggregate(
            [("row", "min"), ("description", "min"), ("category", "min"), ("brand", "min")]
        )
        names = {
            "row_min": "row",
            "description_min": "name",
            "category_min": "category",
            "brand_min": "brand",
        }
        firsts = firsts.rename_columns([names.get(name, name) for name in firsts.column_names])
        if firsts.num_rows:
            result = purchases.ensure_products(
                shaped(firsts, purchases.PRODUCTS),
                import_id=s.run.pk,
                actor=s.actor,
                at=s.at,
                origin=Origin.IMPORT,
            )
            if result.before.num_rows:
                write_table(s.folder, "before", part, result.before)


class RefundSender(_Documents):
    stream = "refunds"

    def send(self, part: int, books: Books) -> int:
        s = self.sending
        table = self._prepare(part, "refund_number")
        batch = shaped(table, purchases.REFUND_LINES)
        result = purchases.import_refunds(
            batch, source=s.run.source, import_id=s.run.pk, actor=s.actor, at=s.at, origin=Origin.IMPORT
        )
        created = pc.equal(pc.cast(result.outcomes["outcome"], pa.string()), "created")
        labels = pc.if_else(created, "refund_unmatched", _turned_down(result))
        book(books, labels, pc.negate(_exact(table)), result, sign=-1)
        keep_refused(s, part, "r", result, labels)
        return int(table.num_rows)


class MatchSender:
    """Cancellations find the purchases they take back, once all of both are in."""

    def __init__(self, sending: Sending) -> None:
        self.sending = sending

    def parts(self) -> list[int]:
        return [0] if list_parts(self.sending.folder, "refunds") else []

    def send(self, part: int, books: Books) -> int:
        s = self.sending
        result = purchases.match_cancellations(import_id=s.run.pk, actor=s.actor, at=s.at)
        books.move("refund_unmatched", "refund_matched", result.matched)
        return 0


def shaped(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """``table`` with exactly the columns of ``schema``; what is missing is null."""
    columns = [
        table[field.name].cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _exact(table: pa.Table) -> Any:
    amount = pc.multiply(table["quantity"], table["unit_price"]).cast(EXACT)
    if "discount_minor" in table.column_names and table["discount_minor"].null_count < table.num_rows:
        cents = pc.fill_null(table["discount_minor"], 0).cast(pa.decimal128(19, 0))
        amount = pc.subtract(
            amount, pc.multiply(cents, pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))).cast(EXACT)
        ).cast(EXACT)
    return amount


def _turned_down(result: purchases.ImportResult) -> Any:
    """``unchanged``, or the outcome with its reason."""
    outcome = pc.cast(result.outcomes["outcome"], pa.string())
    reason = pc.fill_null(pc.cast(result.outcomes["reason"], pa.string()), "")
    joined = pc.binary_join_element_wise(outcome, reason, "_")
    return pc.if_else(pc.equal(reason, ""), outcome, joined)


def book(books: Books, labels: Any, exact: Any, result: purchases.ImportResult, *, sign: int) -> None:
    """Counts, exact sums and kept amounts of one part."""
    table = pa.table({"label": labels, "exact": exact, "minor": result.outcomes["amount_minor"]})
    grouped = table.group_by("label").aggregate([("exact", "sum"), ("minor", "sum"), ([], "count_all")])
    for row in grouped.to_pylist():
        books.count(row["label"], row["count_all"])
        books.add_sum(row["label"], row["exact_sum"] or Decimal(0))
        if row["label"].startswith(("imported", "refund_")):
            books.add_minor(sign * (row["minor_sum"] or 0))


def keep_refused(sending: Sending, part: int, tag: str, result: purchases.ImportResult, labels: Any) -> None:
    """Rows the door turned down, for the workbook."""
    labels = labels if isinstance(labels, pa.ChunkedArray) else pa.chunked_array([labels])
    table = pa.table({"row": result.outcomes["row"], "reason": labels})
    refused = table.filter(
        pc.or_(pc.starts_with(table["reason"], "refused"), pc.starts_with(table["reason"], "conflict"))
    )
    if refused.num_rows:
        refused = refused.append_column("place", pa.nulls(refused.num_rows, pa.string()))
        number = part * 2 + (1 if tag == "r" else 0)
        write_table(sending.folder, "refused", number, refused)
