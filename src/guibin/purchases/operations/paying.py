"""Payments that other systems know of, for orders that are here."""

from datetime import datetime

import pyarrow as pa
from django.db import transaction

from guibin.core.errors import constraint_errors
from guibin.core.events import Origin, record, subject
from guibin.core.permissions import Actor
from guibin.purchases.errors import PaymentInvalid, ShapeInvalid
from guibin.purchases.events import PaymentsImported
from guibin.purchases.operations.copying import copy_in, execute, lock_source
from guibin.purchases.rules.columns import conform
from guibin.purchases.rules.frames import PAYMENTS

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
