"""Payments: recorded one by one for an order, or taken in from another system in bulk."""

from datetime import datetime

import pyarrow as pa
from django.db import transaction

from guibin.core.errors import constraint_errors
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
from guibin.purchases.operations.copying import copy_in, execute, lock_source
from guibin.purchases.operations.orders import lock_order
from guibin.purchases.operations.telling import amount_text, subjects_of
from guibin.purchases.rules.columns import conform
from guibin.purchases.rules.drafts import PaymentDraft
from guibin.purchases.rules.frames import PAYMENTS
from guibin.purchases.rules.words import PAYMENT_METHODS

STAGE = """
CREATE TEMP TABLE purchases_paid (
    order_number varchar, method varchar, amount_minor bigint, paid_at timestamptz
) ON COMMIT DROP
"""
TAKE = """
INSERT INTO purchases_payment (order_id, method, amount_minor, paid_at)
SELECT o.id, p.method, p.amount_minor, p.paid_at
FROM purchases_paid p JOIN purchases_order o ON o.number = p.order_number AND o.source = %(source)s
WHERE o.id NOT IN (SELECT order_id FROM purchases_payment)
ORDER BY o.id
"""
REFUSALS = {
    "purchases_payment_method_known": PaymentInvalid(),
    "purchases_payment_sign": PaymentInvalid(),
}


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


def import_payments(payments: pa.Table, *, source: str, actor: Actor, at: datetime) -> int:
    """Take in payments (shape ``PAYMENTS``) of orders of ``source`` that have none; returns how many.

    Payments of unknown orders, and of orders paid already, are left out: the same batch again changes
    nothing. Raises ``ShapeInvalid`` or ``PaymentInvalid``.
    """
    try:
        rows = conform(payments, PAYMENTS)
    except (ValueError, pa.ArrowInvalid) as error:
        raise ShapeInvalid from error
    with transaction.atomic(), constraint_errors(REFUSALS):
        lock_source(source, exclusive=True)
        execute(STAGE)
        copy_in("purchases_paid", rows)
        taken = execute(TAKE, {"source": source})
        execute("DROP TABLE purchases_paid")
        if taken:
            about = [subject("source", source)]
            record(PaymentsImported(taken), subjects=about, actor=actor, at=at, origin=Origin.IMPORT)
    return taken
