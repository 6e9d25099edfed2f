"""Events of bulk writes: one per order or refund, written with one COPY."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from guibin.core.events import Entry, Origin, record_many, subject
from guibin.core.money import minor_digits
from guibin.core.permissions import Actor
from guibin.purchases.events import OrderExtended, OrderPlaced, RefundRecorded, plain_number
from guibin.purchases.operations.copying import fetch


@dataclass(frozen=True, slots=True)
class Telling:
    """What all events of one bulk write have in common."""

    import_id: int | None
    actor: Actor
    at: datetime
    origin: Origin
    batch_id: uuid.UUID


def subjects_of(kind: str, key: int, customer_id: int | None) -> list[str]:
    """The subjects of an event about an order or refund."""
    found = [subject(kind, key)]
    return found if customer_id is None else [*found, subject("customer", customer_id)]


def amount_text(minor: int, currency: str) -> str:
    """Major units as plain digits, as events hold them."""
    digits = _digits(currency)
    whole, part = divmod(abs(minor), 10**digits)
    text = f"{whole}.{part:0{digits}d}" if digits else str(whole)
    return f"-{text}" if minor < 0 else text


_digits = cache(minor_digits)


def _record(entries: Iterable[Entry], telling: Telling) -> None:
    record_many(entries, actor=telling.actor, at=telling.at, origin=telling.origin, batch_id=telling.batch_id)


def tell_of_orders(order_ids: Iterable[int], telling: Telling) -> None:
    """One ``OrderPlaced`` per order."""
    ids = [int(order_id) for order_id in order_ids]
    if not ids:
        return
    rows = fetch(
        "SELECT id, number, customer_id, store_id, channel, ordered_on, total_minor, currency, "
        "amount_base_minor"
        " FROM purchases_order WHERE id = ANY(%s) ORDER BY id",
        [ids],
    )

    def entries() -> Iterator[Entry]:
        for order_id, number, customer_id, store_id, channel, on, total, currency, base in rows:
            event = OrderPlaced(
                order_id=order_id,
                number=plain_number(number),
                customer_id=customer_id,
                store_id=store_id,
                channel=channel,
                ordered_on=on,
                amount=amount_text(total, currency),
                amount_minor=total,
                currency=currency,
                amount_base_minor=base,
                import_id=telling.import_id,
            )
            yield Entry(event, subjects_of("order", order_id, customer_id))

    _record(entries(), telling)


def tell_of_extended(lines_added: Mapping[int, int], telling: Telling) -> None:
    """One ``OrderExtended`` per order that got more lines."""
    if not lines_added:
        return
    rows = fetch(
        "SELECT id, number, customer_id, amount_base_minor FROM purchases_order WHERE id = ANY(%s) ORDER "
        "BY id",
        [list(lines_added)],
    )
    entries = [
        Entry(
            OrderExtended(
                order_id=order_id,
                number=plain_number(number),
                customer_id=customer_id,
                lines=lines_added[order_id],
                amount_base_minor=base,
                import_id=telling.import_id,
            ),
            subjects_of("order", order_id, customer_id),
        )
        for order_id, number, customer_id, base in rows
    ]
    _record(entries, telling)


def tell_of_refunds(refund_ids: Iterable[int], telling: Telling) -> None:
    """One ``RefundRecorded`` per refund."""
    ids = [int(refund_id) for refund_id in refund_ids]
    if not ids:
        return
    rows = fetch(
        "SELECT id, number, order_id, customer_id, refunded_on, amount_minor, currency, "
        "amount_base_minor, reason"
        " FROM purchases_refund WHERE id = ANY(%s) ORDER BY id",
        [ids],
    )
    entries = [
        Entry(
            RefundRecorded(
                refund_id=refund_id,
                number=plain_number(number),
                order_id=order_id,
                customer_id=customer_id,
                refunded_on=on,
                amount=amount_text(amount, currency),
                amount_minor=amount,
                currency=currency,
                amount_base_minor=base,
                reason=reason,
                import_id=telling.import_id,
            ),
            subjects_of("refund", refund_id, customer_id)
            if order_id is None
            else [*subjects_of("refund", refund_id, customer_id), subject("order", order_id)],
        )
        for refund_id, number, order_id, customer_id, on, amount, currency, base, reason in rows
    ]
    _record(entries, telling)
