"""Payments: recorded one by one for an order, or taken in from another system in bulk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import transaction

from guibin.core.events import Origin, record, subject
from guibin.core.permissions import Actor
from guibin.purchases.errors import (
    OrderCancelled,
    PaidMeanwhile,
    PaymentInvalid,
    PaymentTooMuch,
    ShapeInvalid,
)
from guibin.purchases.events import PaymentRecorded, PaymentsImported, plain_number
from guibin.purchases.models import Payment
from guibin.purchases.operations.copying import copy_in, fetch, lock_source
from guibin.purchases.operations.orders import lock_order
from guibin.purchases.operations.telling import amount_text, subjects_of
from guibin.purchases.operations.totals import lock_orders
from guibin.purchases.rules.columns import conform, trim
from guibin.purchases.rules.drafts import PaymentDraft
from guibin.purchases.rules.frames import INSTANT, PAYMENTS
from guibin.purchases.rules.paying import Said, decide_payments
from guibin.purchases.rules.words import PAYMENT_METHODS

ORDERS = """
SELECT o.number, o.id, o.total_minor, o.ordered_at, o.status <> 'cancelled'
    AND NOT EXISTS (SELECT FROM purchases_payment p WHERE p.order_id = o.id)
FROM purchases_order o WHERE o.source = %s AND o.number = ANY(%s)
"""
PAYMENT_TABLE = pa.schema(
    [
        ("order_id", pa.int64()),
        ("method", pa.string()),
        ("amount_minor", pa.int64()),
        ("paid_at", INSTANT),
        ("import_id", pa.int64()),
    ]
)


def add_payment(
    *, order_id: int, payment: PaymentDraft, paid_before_minor: int, actor: Actor, at: datetime
) -> None:
    """Record money received for an order; one that was placed is paid once nothing is left to pay.

    ``paid_before_minor`` is what the caller saw as paid: pressed twice, it is recorded once. Raises
    ``OrderUnknown``, ``OrderCancelled``, ``PaymentInvalid``, ``PaymentTooMuch`` and ``PaidMeanwhile``.
    """
    with transaction.atomic():
        order = lock_order(order_id, actor)
        if order.status == "cancelled":
            raise OrderCancelled
        paid = sum(Payment.objects.filter(order=order).values_list("amount_minor", flat=True))
        if payment.method not in PAYMENT_METHODS or payment.amount_minor <= 0:
            raise PaymentInvalid
        if paid != paid_before_minor:
            raise PaidMeanwhile
        if paid + payment.amount_minor > order.total_minor:
            raise PaymentTooMuch
        Payment.objects.create(
            order=order,
            method=payment.method,
            amount_minor=payment.amount_minor,
            paid_at=payment.paid_at or at,
        )
        order.touched_at = at
        if order.status == "placed" and paid + payment.amount_minor == order.total_minor:
            order.status = "paid"
        order.save(update_fields=["status", "touched_at"])
        event = PaymentRecorded(
            order_id=order.id,
            number=plain_number(order.number),
            customer_id=order.customer_id,
            method=payment.method,
            amount=amount_text(payment.amount_minor, order.currency),
            amount_minor=payment.amount_minor,
            currency=order.currency,
        )
        record(event, subjects=subjects_of("order", order.id, order.customer_id), actor=actor, at=at)


@dataclass(frozen=True, slots=True)
class PaymentsTaken:
    """``taken``: how many payments came in; ``differing``: the numbers of the orders, sorted, for which they
    are more or less than the order came to."""

    taken: int
    differing: tuple[str, ...]


def import_payments(
    payments: pa.Table, *, source: str, import_id: int | None = None, actor: Actor, at: datetime
) -> PaymentsTaken:
    """Take in what rows say was paid (shape ``PAYMENTS``) for orders of ``source`` that have no payment.

    See ``rules.paying`` for what rows of one order mean together; they all come in the same batch. Payments
    of unknown orders, of cancelled ones and of orders paid already are left out: the same batch again
    changes nothing. Raises ``ShapeInvalid`` or ``PaymentInvalid``.
    """
    said = _said(payments)
    with transaction.atomic():
        lock_source(source, exclusive=True)
        orders = {number: rest for number, *rest in fetch(ORDERS, [source, sorted(said)])}
        lock_orders(order[0] for order in orders.values())
        rows: list[dict[str, Any]] = []
        differing = []
        for number, (order_id, total, ordered_at, is_open) in sorted(orders.items(), key=lambda o: o[1][0]):
            found = decide_payments(said[number], total) if is_open else []
            rows += [_row(order_id, each, ordered_at, import_id) for each in found]
            if is_open and _differs(found, total):
                differing.append(number)
        copy_in("purchases_payment", pa.Table.from_pylist(rows, schema=PAYMENT_TABLE))
        if rows:
            about = [subject("source", source)]
            record(PaymentsImported(len(rows)), subjects=about, actor=actor, at=at, origin=Origin.IMPORT)
    return PaymentsTaken(len(rows), tuple(sorted(differing)))


def foresee_payments(payments: pa.Table, *, source: str, added: Mapping[str, int]) -> PaymentsTaken:
    """What ``import_payments`` would take in once the orders are; reads only.

    ``added``: what new lines will add to each order, new or known, in minor units of its currency.
    """
    said = _said(payments)
    orders = {number: rest for number, *rest in fetch(ORDERS, [source, sorted(said)])}
    taken, differing = 0, []
    for number in sorted(orders.keys() | (added.keys() & said.keys())):
        _id, total, _at, is_open = orders.get(number, (0, 0, None, True))
        total += added.get(number, 0)
        found = decide_payments(said[number], total) if is_open else []
        taken += len(found)
        if is_open and _differs(found, total):
            differing.append(number)
    return PaymentsTaken(taken, tuple(differing))


def _said(payments: pa.Table) -> dict[str, list[Said]]:
    try:
        rows = trim(conform(payments, PAYMENTS), "order_number").to_pylist()
    except (ValueError, pa.ArrowInvalid) as error:
        raise ShapeInvalid from error
    found: dict[str, list[Said]] = {}
    for row in rows:
        amount = row["amount_minor"]
        if row["method"] not in PAYMENT_METHODS or (amount is not None and amount <= 0):
            raise PaymentInvalid
        each = Said(row["method"], amount, row["paid_at"])
        found.setdefault(row["order_number"], []).append(each)
    return found


def _differs(payments: Sequence[Said], total_minor: int) -> bool:
    return bool(payments) and sum(each.amount_minor or 0 for each in payments) != total_minor


def _row(order_id: int, said: Said, ordered_at: datetime, import_id: int | None) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "method": said.method,
        "amount_minor": said.amount_minor,
        "paid_at": said.paid_at or ordered_at,
        "import_id": import_id,
    }
