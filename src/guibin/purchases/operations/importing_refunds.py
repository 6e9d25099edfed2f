"""Bulk import of refunds and cancellations: recorded on their own date, matched afterwards.

The same batch again changes nothing: documents are known by source and number, lines by their key.
A document that is here already takes no more lines from another import: they are conflicts.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import transaction

from guibin.core.events import Origin
from guibin.core.money import minor_digits
from guibin.core.permissions import Actor
from guibin.purchases.errors import CurrencyInvalid, RateMissing, ShapeInvalid
from guibin.purchases.operations.copying import copy_in, fetch, lock_source, take_ids
from guibin.purchases.operations.ensuring import ensure_channels
from guibin.purchases.operations.importing import Foreseen, ImportResult, count_outcomes, outcome_table
from guibin.purchases.operations.naming import Naming, waiting_lines
from guibin.purchases.operations.telling import Telling, tell_of_refunds
from guibin.purchases.queries.catalogue import find_products
from guibin.purchases.queries.rates import base_currency, rates_of
from guibin.purchases.rules.amounts import Integers, compute_base_minor, compute_gross_minor
from guibin.purchases.rules.batches import CONFLICT, REASONS, UNCHANGED, Verdict
from guibin.purchases.rules.columns import array, conform, trim
from guibin.purchases.rules.frames import INSTANT, QUANTITY, REFUND_LINES, UNIT_PRICE
from guibin.purchases.rules.rates import find_rate
from guibin.purchases.rules.refund_batches import Document, RefundPiece, group_documents, judge_refunds

REFUND_TABLE = pa.schema(
    [
        ("id", pa.int64()),
        ("source", pa.string()),
        ("number", pa.string()),
        ("order_id", pa.int64()),
        ("customer_id", pa.int64()),
        ("store_id", pa.int64()),
        ("channel", pa.string()),
        ("refunded_at", INSTANT),
        ("refunded_on", pa.date32()),
        ("currency", pa.string()),
        ("rate", pa.decimal128(18, 8)),
        ("amount_minor", pa.int64()),
        ("amount_base_minor", pa.int64()),
        ("reason", pa.string()),
        ("import_id", pa.int64()),
    ]
)
REFUND_LINE_TABLE = pa.schema(
    [
        ("refund_id", pa.int64()),
        ("line_key", pa.string()),
        ("order_number", pa.string()),
        ("product_id", pa.int64()),
        ("sku", pa.string()),
        ("description", pa.string()),
        ("quantity", QUANTITY),
        ("unit_price", UNIT_PRICE),
        ("amount_minor", pa.int64()),
        ("amount_base_minor", pa.int64()),
        ("import_id", pa.int64()),
    ]
)


def import_refunds(
    batch: pa.Table,
    *,
    source: str,
    import_id: int | None,
    actor: Actor,
    at: datetime,
    origin: Origin = Origin.IMPORT,
) -> ImportResult:
    """Take in a batch of ``REFUND_LINES``; all lines of a document must be in the same batch.

    A refund that names an order which is here takes its customer, store and channel from it; no line
    points at what was sold yet: ``match_cancellations`` follows once all batches are in. A number that
    several sources have, or the order of somebody else, is a conflict.
    Raises ``ShapeInvalid``, ``CurrencyInvalid`` and ``RateMissing``.
    """
    given = _Given.of(batch)
    with transaction.atomic():
        lock_source(source, exclusive=True)
        fresh = given.decide(source)
        channels = ensure_channels(
            {document.channel for document in fresh}, import_id=import_id, actor=actor, at=at, origin=origin
        )
        total = _write(fresh, channels, source=source, import_id=import_id, base=given.base)
        telling = Telling(import_id=import_id, actor=actor, at=at, origin=origin, batch_id=uuid.uuid4())
        tell_of_refunds([document.id for document in fresh], telling)
    return count_outcomes(given.batch, given.verdict, given.amounts, len(fresh), total)


def foresee_refunds(batch: pa.Table, *, source: str) -> Foreseen:
    """What ``import_refunds`` would make of each row of ``batch``; reads only.

    Raises ``ShapeInvalid`` and ``CurrencyInvalid``; rates are not looked at.
    """
    given = _Given.of(batch)
    fresh = given.decide(source)
    return Foreseen(
        outcome_table(array(given.batch, "row"), given.verdict, given.amounts),
        documents_new=len(fresh),
        waiting=tuple(waiting_lines(fresh)),
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """A batch with the verdict of each row and its amount in the row's currency."""

    batch: pa.Table
    rows: list[dict[str, Any]]
    verdict: Verdict
    amounts: Integers
    base: str

    @classmethod
    def of(cls, batch: pa.Table) -> "_Given":
        try:
            batch = trim(conform(batch, REFUND_LINES), "refund_number", "order_number", "sku")
        except (ValueError, pa.ArrowInvalid) as error:
            raise ShapeInvalid from error
        base = base_currency()
        rows = batch.to_pylist()
        verdict = judge_refunds(rows)
        for currency in {row["currency"] or base for row in rows}:
            if len(currency) != 3 or not currency.isascii() or not currency.isupper():
                raise CurrencyInvalid(currency=currency)
        amounts = [_amount(row, base) if verdict.outcome[place] == 0 else 0 for place, row in enumerate(rows)]
        return cls(batch, rows, verdict, np.array(amounts, dtype=np.int64), base)

    def decide(self, source: str) -> list[Document]:
        """Settle the verdict of every row; returns the documents that are new."""
        naming = Naming.of(self.rows, self.base, source)
        rows = [naming.completed(row) for row in self.rows]
        documents = group_documents(
            rows, self.amounts.tolist(), self.base, self.verdict, persons=naming.persons
        )
        fresh = _settle_known(documents, source, self.verdict)
        for document in fresh:
            naming.settle(document, self.verdict)
        return [document for document in fresh if document.pieces]


def _amount(row: dict[str, Any], base: str) -> int:
    return compute_gross_minor(row["quantity"], row["unit_price"], minor_digits(row["currency"] or base))


def _settle_known(documents: list[Document], source: str, verdict: Verdict) -> list[Document]:
    """The documents that are new; lines of known ones are unchanged, or conflicts when they are not there.

    The same refund of the same order is known under whatever source it came in.
    """
    numbers = [document.number for document in documents]
    known: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for where, number, key, order_number in fetch(
        "SELECT r.source, r.number, l.line_key, l.order_number FROM purchases_refund r"
        " JOIN purchases_refundline l ON l.refund_id = r.id WHERE r.number = ANY(%s)",
        [numbers],
    ):
        known[where, number].add((key, order_number))
    elsewhere: dict[str, list[set[tuple[str, str]]]] = defaultdict(list)
    for (_where, number), lines in sorted(known.items()):
        elsewhere[number].append(lines)
    fresh = []
    for document in documents:
        said = {(piece.key, piece.row["order_number"] or "") for piece in document.pieces}
        named = {pair for pair in said if pair[1]}
        same = (lines for lines in elsewhere[document.number] if lines & named)
        here = known.get((source, document.number)) or next(same, None)
        if here is None:
            fresh.append(document)
            continue
        keys = {key for key, _order_number in here}
        for piece in document.pieces:
            is_same = piece.key in keys
            verdict.outcome[piece.place] = UNCHANGED if is_same else CONFLICT
            verdict.reason[piece.place] = 0 if is_same else REASONS["content_differs"]
    return [document for document in fresh if document.pieces]


def _write(
    documents: list[Document], channels: dict[str, str], *, source: str, import_id: int | None, base: str
) -> int:
    """Write new documents with their lines; returns their sum in the base currency."""
    dated = rates_of({document.currency for document in documents} - {base})
    skus = {piece.row["sku"] for document in documents for piece in document.pieces if piece.row["sku"]}
    products = find_products(skus)
    ids = take_ids("purchases_refund", len(documents))
    heads, lines = [], []
    for refund_id, document in zip(ids.tolist(), documents, strict=True):
        document.id = refund_id
        rate = Decimal(1) if document.currency == base else find_rate(dated[document.currency], document.on)
        if rate is None:
            raise RateMissing(currency=document.currency, day=document.on.isoformat())
        digits = minor_digits(document.currency), minor_digits(base)
        bases = [compute_base_minor(piece.amount_minor, rate, *digits) for piece in document.pieces]
        heads.append(_head(document, rate, sum(bases), channels, source, import_id))
        lines += [
            _line(document.id, piece, base_minor, products, import_id)
            for piece, base_minor in zip(document.pieces, bases, strict=True)
        ]
    if heads:
        copy_in("purchases_refund", pa.Table.from_pylist(heads, schema=REFUND_TABLE))
        copy_in("purchases_refundline", pa.Table.from_pylist(lines, schema=REFUND_LINE_TABLE))
    return sum(head["amount_base_minor"] for head in heads)


def _head(
    document: Document,
    rate: Decimal,
    base_minor: int,
    channels: dict[str, str],
    source: str,
    import_id: int | None,
) -> dict[str, Any]:
    return {
        "id": document.id,
        "source": source,
        "number": document.number,
        "order_id": document.order_id,
        "customer_id": document.customer_id,
        "store_id": document.store_id,
        "channel": channels[document.channel],
        "refunded_at": document.at,
        "refunded_on": document.on,
        "currency": document.currency,
        "rate": rate,
        "amount_minor": sum(piece.amount_minor for piece in document.pieces),
        "amount_base_minor": base_minor,
        "reason": document.reason,
        "import_id": import_id,
    }


def _line(
    refund_id: int,
    piece: RefundPiece,
    base_minor: int,
    products: dict[str, tuple[int, str]],
    import_id: int | None,
) -> dict[str, Any]:
    row = piece.row
    return {
        "refund_id": refund_id,
        "line_key": piece.key,
        "order_number": row["order_number"] or "",
        "product_id": products.get(row["sku"] or "", (None, ""))[0],
        "sku": row["sku"] or "",
        "description": row["description"] or "",
        "quantity": row["quantity"],
        "unit_price": row["unit_price"],
        "amount_minor": piece.amount_minor,
        "amount_base_minor": base_minor,
        "import_id": import_id,
    }
