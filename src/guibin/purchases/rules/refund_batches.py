"""What a batch of imported refund lines means: documents with their lines, whatever the order of rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from guibin.purchases.rules.amounts import PRICE_SCALE, QUANTITY_SCALE, scaled
from guibin.purchases.rules.batches import (
    CONFLICT,
    CREATED,
    LINE_ID_LENGTH_MAX,
    NUMBER_LENGTH_MAX,
    REASONS,
    REFUSED,
    SKU_LENGTH_MAX,
    UNCHANGED,
    Verdict,
)
from guibin.purchases.rules.keys import content_label, line_key
from guibin.purchases.rules.named_refunds import NamedOrder
from guibin.purchases.rules.words import REFUND_REASONS

Row = Mapping[str, Any]
NOBODY_MERGED: Mapping[int, int] = {}


@dataclass(slots=True)
class RefundPiece:
    """One line of a document: its place in the batch, its key, its amount, the row itself."""

    place: int
    key: str
    amount_minor: int
    row: Row
    order: NamedOrder | None = None


@dataclass(slots=True)
class Document:
    """One refund: what its lines say together. ``id`` is set once it is written, ``order_id`` where its
    lines name an order that is here."""

    number: str
    customer_id: int | None
    store_id: int | None
    channel: str
    at: datetime
    on: date
    currency: str
    reason: str
    pieces: list[RefundPiece] = field(default_factory=list)
    id: int = 0
    order_id: int | None = None


def judge_refunds(rows: Sequence[Row]) -> Verdict:
    """Refuse rows that no refund can hold, each with its first reason."""
    verdict = Verdict.of(len(rows))
    for place, row in enumerate(rows):
        reason = _refusal(row)
        if reason:
            verdict.outcome[place] = REFUSED
            verdict.reason[place] = REASONS[reason]
    return verdict


def _refusal(row: Row) -> str:
    checks = (
        (not row["refund_number"], "number_missing"),
        (row["refunded_at"] is None or row["refunded_on"] is None, "day_missing"),
        (row["quantity"] is None or row["quantity"] < 0, "quantity_not_positive"),
        (row["unit_price"] is None or row["unit_price"] < 0, "price_negative"),
        (bool(row["reason"]) and row["reason"] not in REFUND_REASONS, "kind_unknown"),
        (_too_long(row), "text_too_long"),
    )
    return next((reason for failed, reason in checks if failed), "")


def _too_long(row: Row) -> bool:
    return (
        max(len(row["refund_number"] or ""), len(row["order_number"] or "")) > NUMBER_LENGTH_MAX
        or len(row["sku"] or "") > SKU_LENGTH_MAX
        or len(row["line_id"] or "") > LINE_ID_LENGTH_MAX
    )


def group_documents(
    rows: Sequence[Row],
    amounts: Sequence[int],
    base_currency: str,
    verdict: Verdict,
    *,
    persons: Mapping[int, int] = NOBODY_MERGED,
) -> list[Document]:
    """The documents of the accepted rows, by number; rows that contradict theirs turn to conflicts.

    ``persons``: the id that stands for each customer now, of those that were merged.
    """
    accepted = [place for place in range(len(rows)) if verdict.outcome[place] == CREATED]
    by_number: dict[str, list[int]] = {}
    for place in sorted(accepted, key=lambda place: _content(rows[place])):
        by_number.setdefault(rows[place]["refund_number"], []).append(place)
    documents = []
    for number in sorted(by_number):
        places = by_number[number]
        document = _head(number, [rows[place] for place in places], base_currency)
        counter: Counter[tuple[Any, ...]] = Counter()
        owner = _person(document.customer_id, persons)
        for place in places:
            row = rows[place]
            if row["customer_id"] is not None and _person(row["customer_id"], persons) != owner:
                verdict.outcome[place], verdict.reason[place] = CONFLICT, REASONS["customer_differs"]
                continue
            _add(document, row, place, amounts[place], counter, base_currency, verdict)
        documents.append(document)
    return documents


def _person(customer_id: int | None, persons: Mapping[int, int]) -> int | None:
    return None if customer_id is None else persons.get(customer_id, customer_id)


def _content(row: Row) -> tuple[Any, ...]:
    label = content_label(row["sku"] or "", row["description"] or "")
    return (label, row["quantity"], row["unit_price"], row["line_id"] or "", row["order_number"] or "")


def _head(number: str, rows: Sequence[Row], base_currency: str) -> Document:
    def least(name: str) -> Any:
        return min((row[name] for row in rows if row[name] not in {None, ""}), default=None)

    return Document(
        number=number,
        customer_id=least("customer_id"),
        store_id=least("store_id"),
        channel=least("channel") or "store",
        at=least("refunded_at"),
        on=least("refunded_on"),
        currency=min(row["currency"] or base_currency for row in rows),
        reason=least("reason") or "returned",
    )


def _add(
    document: Document,
    row: Row,
    place: int,
    amount_minor: int,
    counter: Counter[tuple[Any, ...]],
    base_currency: str,
    verdict: Verdict,
) -> None:
    """Put a row into its document, or settle it as a repeat or a contradiction."""
    if (row["currency"] or base_currency) != document.currency:
        verdict.outcome[place], verdict.reason[place] = CONFLICT, REASONS["currency_differs"]
        return
    label = content_label(row["sku"] or "", row["description"] or "")
    numbers = (scaled(row["quantity"], QUANTITY_SCALE), scaled(row["unit_price"], PRICE_SCALE))
    counter[label, *numbers] += 1
    key = line_key(label, numbers, counter[label, *numbers], row["line_id"] or "")
    known = next((piece for piece in document.pieces if piece.key == key), None) if row["line_id"] else None
    if known is None:
        document.pieces.append(RefundPiece(place, key, amount_minor, row))
        return
    same = _content(known.row) == _content(row)
    verdict.outcome[place] = UNCHANGED if same else CONFLICT
    verdict.reason[place] = 0 if same else REASONS["content_differs"]
