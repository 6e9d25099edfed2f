"""Order lines, orders and refunds on their way through the door of purchases."""

import hashlib
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from guibin.core.events import Origin
from guibin.integrations.operations.booking import Books
from guibin.integrations.operations.meeting import Door, Known, OpenDoor
from guibin.integrations.operations.senders import Sending
from guibin.integrations.staging.chunks import list_parts, read_part, write_table
from guibin.integrations.staging.lines import occurrence_numbers
from guibin.purchases import api as purchases

EXACT = pa.decimal128(36, 9)  # as in staging.lines


class _Documents:
    """What sales and refunds share: ids for people and stores, numbers for documents without one."""

    stream = number = ""

    def __init__(self, sending: Sending) -> None:
        self.sending = sending
        self.known: Known | None = None
        self.door: Door = OpenDoor(sending)

    def parts(self) -> list[int]:
        return list_parts(self.sending.folder, self.stream)

    def prepare(self, part: int) -> pa.Table:
        """A part's rows with the customers and stores they name, their currency, and a number each."""
        folder, number = self.sending.folder, self.number
        table = read_part(folder, self.stream, part)
        if self.known is None:
            self.known = Known(read_part(folder, "ids", each) for each in list_parts(folder, "ids"))
        stores = self.door.stores(table["store"])
        store_ids = (
            [stores.get(name) for name in table["store"].to_pylist()] if stores else [None] * table.num_rows
        )
        table = table.append_column("customer_id", self.known.look_up(table["person"]))
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
    stream, number = "lines", "order_number"

    def send(self, part: int, books: Books) -> int:
        s = self.sending
        table = self.prepare(part)
        self._ensure_products(table, part)
        batch = shaped(table, purchases.ORDER_LINES)
        result = purchases.import_orders(
            batch, source=s.run.source, import_id=s.run.pk, actor=s.actor, at=s.at, origin=Origin.IMPORT
        )
        self._note_parcels(table, books)
        paid = payments_of(table, result.outcomes)
        if paid.num_rows:
            taken = purchases.import_payments(
                paid, source=s.run.source, import_id=s.run.pk, actor=s.actor, at=s.at
            )
            books.add_figure("payments", taken.taken)
            books.add_figure("orders_paid_otherwise", len(taken.differing))
        labels = self.labels(result.outcomes, table, "imported")
        book(books, labels, self.exact(table), result, sign=1)
        keep_refused(s, part, "s", result.outcomes, labels)
        books.add_figure("orders_created", result.documents_created)
        return int(table.num_rows)

    def labels(self, outcomes: pa.Table, table: pa.Table, taken: str) -> Any:
        """What the books call the outcome of each row; ``taken`` of those brought in."""
        anonymous = pc.is_null(table["customer_id"])
        return _labels(outcomes, pc.if_else(anonymous, f"{taken}_anonymous", taken))

    def exact(self, table: pa.Table) -> Any:
        return _exact(table)

    def _note_parcels(self, table: pa.Table, books: Books) -> None:
        """The parcel of an order is said by any of its lines: the first that says one, by its words."""
        kept = table.filter(pc.or_(pc.is_valid(table["carrier"]), pc.is_valid(table["tracking"])))
        if kept.num_rows:
            least = kept.group_by("order_number").aggregate([("carrier", "min"), ("tracking", "min")])
            parcels = {
                row["order_number"]: (row["carrier_min"] or "", row["tracking_min"] or "")
                for row in least.to_pylist()
            }
            s = self.sending
            noted = purchases.note_parcels(parcels, source=s.run.source, import_id=s.run.pk)
            books.add_figure("parcels_without_customer", noted.refused)

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
    stream, number = "refunds", "refund_number"

    def send(self, part: int, books: Books) -> int:
        s = self.sending
        table = self.prepare(part)
        batch = shaped(table, purchases.REFUND_LINES)
        result = purchases.import_refunds(
            batch, source=s.run.source, import_id=s.run.pk, actor=s.actor, at=s.at, origin=Origin.IMPORT
        )
        labels = self.labels(result.outcomes, table, "refund_unmatched")
        book(books, labels, self.exact(table), result, sign=-1)
        keep_refused(s, part, "r", result.outcomes, labels)
        return int(table.num_rows)

    def labels(self, outcomes: pa.Table, table: pa.Table, taken: str) -> Any:
        """As of sales; whether a refund finds its purchase is said when all are in."""
        return _labels(outcomes, pa.repeat(pa.scalar(taken), table.num_rows))

    def exact(self, table: pa.Table) -> Any:
        return pc.negate(_exact(table))


class MatchSender:
    """Cancellations find the purchases they take back, once all of both are in."""

    def __init__(self, sending: Sending) -> None:
        self.sending = sending

    def parts(self) -> list[int]:
        return [0] if list_parts(self.sending.folder, "refunds") else []

    def send(self, part: int, books: Books) -> int:
        s = self.sending
        result = purchases.match_cancellations(import_id=s.run.pk, actor=s.actor, at=s.at)
        for code, rows, exact in (
            ("refund_matched", result.matched, result.matched_exact),
            ("refund_unfit", result.unfit, result.unfit_exact),
        ):
            books.move("refund_unmatched", code, rows)
            books.add_sum("refund_unmatched", exact)
            books.add_sum(code, -exact)
        return 0


def payments_of(table: pa.Table, outcomes: pa.Table) -> pa.Table:
    """What the rows that came in, or are here, say was paid (shape ``PAYMENTS``)."""
    kept = pc.and_(pc.is_valid(table["payment_method"]), are_in(outcomes))
    kept = pc.and_(kept, pc.not_equal(pc.fill_null(table["status"], ""), "cancelled"))
    said = table.filter(kept)
    columns = [said["order_number"], said["payment_method"], said["paid_minor"], said["paid_at"]]
    return pa.Table.from_arrays(columns, schema=purchases.PAYMENTS)


def are_in(outcomes: pa.Table) -> Any:
    """Which rows came in or are here already."""
    outcome = pc.cast(outcomes["outcome"], pa.string())
    return pc.or_(pc.equal(outcome, "created"), pc.equal(outcome, "unchanged"))


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


def _labels(outcomes: pa.Table, taken: Any) -> Any:
    """``taken`` where a row is created, else ``unchanged``, or the outcome with its reason."""
    outcome = pc.cast(outcomes["outcome"], pa.string())
    reason = pc.fill_null(pc.cast(outcomes["reason"], pa.string()), "")
    joined = pc.binary_join_element_wise(outcome, reason, "_")
    turned_down = pc.if_else(pc.equal(reason, ""), outcome, joined)
    return pc.if_else(pc.equal(outcome, "created"), taken, turned_down)


def book(books: Books, labels: Any, exact: Any, result: purchases.ImportResult, *, sign: int) -> None:
    """Counts, exact sums and kept amounts of one part."""
    table = pa.table({"label": labels, "exact": exact, "minor": result.outcomes["amount_minor"]})
    grouped = table.group_by("label").aggregate([("exact", "sum"), ("minor", "sum"), ([], "count_all")])
    for row in grouped.to_pylist():
        books.count(row["label"], row["count_all"])
        books.add_sum(row["label"], row["exact_sum"] or Decimal(0))
        if row["label"].startswith(("imported", "refund_")):
            books.add_minor(sign * (row["minor_sum"] or 0))


def keep_refused(sending: Sending, part: int, tag: str, outcomes: pa.Table, labels: Any) -> None:
    """Rows the door turned down, for the workbook."""
    labels = labels if isinstance(labels, pa.ChunkedArray) else pa.chunked_array([labels])
    table = pa.table({"row": outcomes["row"], "reason": labels})
    refused = table.filter(
        pc.or_(pc.starts_with(table["reason"], "refused"), pc.starts_with(table["reason"], "conflict"))
    )
    if refused.num_rows:
        refused = refused.append_column("place", pa.nulls(refused.num_rows, pa.string()))
        number = part * 2 + (1 if tag == "r" else 0)
        write_table(sending.folder, "refused", number, refused)
