"""Refunds recorded one at a time: whole lines, parts of them, or money without goods."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from guibin.core import preferences
from guibin.core.clock import business_day
from guibin.core.errors import DomainError, constraint_errors
from guibin.core.events import Origin, record, subject
from guibin.core.ids import OrderId, RefundId
from guibin.core.money import minor_digits
from guibin.core.permissions import Actor
from guibin.purchases.errors import (
    KeyReused,
    OrderCancelled,
    OrderNumberTaken,
    RefundFixed,
    RefundLineUnknown,
    RefundNothing,
    RefundTooMuch,
    RefundUnknown,
    WordUnknown,
)
from guibin.purchases.events import RefundRecorded, RefundTakenBack, plain_number
from guibin.purchases.models import Order, OrderLine, Refund, RefundLine
from guibin.purchases.operations.copying import fetch
from guibin.purchases.operations.orders import NEXT_SERIAL, lock_order, store_zone
from guibin.purchases.operations.telling import amount_text
from guibin.purchases.queries.rates import base_currency
from guibin.purchases.rules.amounts import compute_base_minor, share_cost
from guibin.purchases.rules.drafts import RefundDraft
from guibin.purchases.rules.refunding import RefundableLine, RefundPart, Refusal, decide_refund
from guibin.purchases.rules.words import MANUAL_SOURCE, REFUND_REASONS
from guibin.purchases.settings import REFUND_UNDO_MINUTES

REFUSALS: dict[str, type[DomainError]] = {
    "nothing": RefundNothing,
    "line_twice": RefundLineUnknown,
    "line_unknown": RefundLineUnknown,
    "negative": RefundNothing,
    "too_many": RefundTooMuch,
    "too_much": RefundTooMuch,
}


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund that is now here. ``is_repeat``: the same request had recorded it before."""

    refund_id: RefundId
    number: str
    amount_minor: int
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """What a refund would give back, before anybody does it."""

    parts: Sequence[RefundPart]
    amount_minor: int
    currency: str
    left_minor: int


def preview_refund(*, order_id: int, drafts: Sequence[RefundDraft], actor: Actor) -> RefundPreview:
    """Decide without writing. Raises as ``refund_lines``."""
    with transaction.atomic():
        order = lock_order(order_id, actor)
        parts = _decide(order, drafts)
    amount = sum(part.amount_minor for part in parts)
    return RefundPreview(parts, amount, order.currency, order.total_minor - order.refunded_minor - amount)


def refund_lines(
    *,
    order_id: int,
    drafts: Sequence[RefundDraft],
    reason: str,
    actor: Actor,
    at: datetime,
    source: str = MANUAL_SOURCE,
    number: str = "",
    idempotency_key: str | None = None,
    origin: Origin = Origin.LIVE,
) -> Refunded:
    """Give back all or part of some lines of one order, on the business day of ``at``.

    The order is locked first, so two refunds at once never exceed what was bought. The same
    ``idempotency_key`` with the same content gives the same refund. Raises ``OrderUnknown``,
    ``OrderCancelled``, ``RefundTooMuch``, ``RefundNothing``, ``RefundLineUnknown``, ``KeyReused``.
    """
    if reason not in REFUND_REASONS:
        raise WordUnknown(word=reason)
    digest = hashlib.sha256(repr((order_id, list(drafts), reason, source, number)).encode()).digest()
    with transaction.atomic():
        order = lock_order(order_id, actor)
        before = _find_repeat(idempotency_key, digest)
        if before is not None:
            return before
        if order.status == "cancelled":
            raise OrderCancelled
        parts = _decide(order, drafts)
        on = business_day(at, store_zone(order.store_id))
        refund = _write(order, parts, reason, at, on, (source, number, idempotency_key, digest))
        _take_back(order, parts)
        record(_recorded(refund), subjects=_subjects(refund), actor=actor, at=at, origin=origin)
    return Refunded(RefundId(refund.id), refund.number, refund.amount_minor, is_repeat=False)


def undo_refund(*, refund_id: int, actor: Actor, at: datetime) -> OrderId:
    """Take back a refund recorded by hand a moment ago. Returns its order.

    Raises ``RefundUnknown``, and ``RefundFixed`` when it came from elsewhere or is too old.
    """
    minutes = preferences.get(REFUND_UNDO_MINUTES)
    with transaction.atomic():
        order_id = Refund.objects.filter(id=refund_id).values_list("order_id", flat=True).first()
        if order_id is None:
            raise RefundUnknown
        order = lock_order(order_id, actor)
        refund = Refund.objects.select_for_update().filter(id=refund_id).first()
        if refund is None:
            raise RefundUnknown
        if refund.source != MANUAL_SOURCE or at - refund.refunded_at > timedelta(minutes=minutes):
            raise RefundFixed
        lines = list(RefundLine.objects.filter(refund=refund).order_by("order_line_id"))
        parts = [RefundPart(line.order_line_id or 0, -line.quantity, -line.amount_minor) for line in lines]
        event = RefundTakenBack(
            refund_id=refund.id,
            number=plain_number(refund.number),
            order_id=order.id,
            customer_id=refund.customer_id,
            amount_base_minor=refund.amount_base_minor,
        )
        subjects = _subjects(refund)
        RefundLine.objects.filter(refund=refund).delete()
        refund.delete()
        _take_back(order, parts)
        record(event, subjects=subjects, actor=actor, at=at)
    return OrderId(order.id)


def _find_repeat(key: str | None, digest: bytes) -> Refunded | None:
    before = None if key is None else Refund.objects.filter(idempotency_key=key).first()
    if before is None:
        return None
    if before.input_hash is None or bytes(before.input_hash) != digest:
        raise KeyReused
    return Refunded(RefundId(before.id), before.number, before.amount_minor, is_repeat=True)


def _decide(order: Order, drafts: Sequence[RefundDraft]) -> list[RefundPart]:
    lines = {
        line.id: RefundableLine(
            line.id, line.quantity, line.amount_minor, line.refunded_quantity, line.refunded_minor
        )
        for line in OrderLine.objects.filter(order=order)
    }
    decided = decide_refund(lines, drafts)
    if isinstance(decided, Refusal):
        raise REFUSALS[decided.code]
    return decided


def _write(
    order: Order,
    parts: Sequence[RefundPart],
    reason: str,
    at: datetime,
    on: date,
    naming: tuple[str, str, str | None, bytes],
) -> Refund:
    source, number, key, digest = naming
    base = base_currency()
    lines = {line.id: line for line in OrderLine.objects.filter(id__in=[part.line_id for part in parts])}
    made = [_line(lines[part.line_id], part, order, base) for part in parts]
    costs = [line.cost_base_minor for line in made if line.cost_base_minor is not None]
    with constraint_errors(
        {"purchases_refund_number_once": OrderNumberTaken(), "purchases_refund_key_once": KeyReused()}
    ):
        refund = Refund.objects.create(
            source=source,
            number=number or f"R{on:%y%m%d}-{fetch(NEXT_SERIAL)[0][0]:04d}",
            order=order,
            customer_id=order.customer_id,
            store_id=order.store_id,
            channel=order.channel,
            refunded_at=at,
            refunded_on=on,
            currency=order.currency,
            rate=order.rate,
            amount_minor=sum(line.amount_minor for line in made),
            amount_base_minor=sum(line.amount_base_minor for line in made),
            cost_base_minor=sum(costs) if costs else None,
            reason=reason,
            idempotency_key=key,
            input_hash=None if key is None else digest,
        )
    for line in made:
        line.refund = refund
    RefundLine.objects.bulk_create(made)
    return refund


def _line(line: OrderLine, part: RefundPart, order: Order, base: str) -> RefundLine:
    """The refund's line, at the rate the order was converted with."""
    cost = None
    if line.cost_base_minor is not None:
        cost = share_cost(line.cost_base_minor, part.quantity, line.quantity)
    return RefundLine(
        line_key=f"line:{line.id}",
        order_line=line,
        product_id=line.product_id,
        sku=line.sku,
        description=line.description,
        quantity=part.quantity,
        unit_price=max(line.unit_price, Decimal(0)),
        amount_minor=part.amount_minor,
        amount_base_minor=compute_base_minor(
            part.amount_minor, order.rate, minor_digits(order.currency), minor_digits(base)
        ),
        cost_base_minor=cost,
    )


def _take_back(order: Order, parts: Sequence[RefundPart]) -> None:
    with constraint_errors(
        {
            "purchases_line_refund_quantity": RefundTooMuch(),
            "purchases_line_refund_amount": RefundTooMuch(),
            "purchases_order_refund_within": RefundTooMuch(),
        }
    ):
        for part in sorted(parts, key=lambda part: part.line_id):
            OrderLine.objects.filter(id=part.line_id).update(
                refunded_quantity=F("refunded_quantity") + part.quantity,
                refunded_minor=F("refunded_minor") + part.amount_minor,
            )
        total = OrderLine.objects.filter(order=order).aggregate(total=Sum("refunded_minor"))["total"]
        Order.objects.filter(id=order.id).update(refunded_minor=total)


def _subjects(refund: Refund) -> list[str]:
    found = [subject("refund", refund.id), subject("order", refund.order_id or 0)]
    return found if refund.customer_id is None else [*found, subject("customer", refund.customer_id)]


def _recorded(refund: Refund) -> RefundRecorded:
    return RefundRecorded(
        refund_id=refund.id,
        number=plain_number(refund.number),
        order_id=refund.order_id,
        customer_id=refund.customer_id,
        refunded_on=refund.refunded_on,
        amount=amount_text(refund.amount_minor, refund.currency),
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        amount_base_minor=refund.amount_base_minor,
        reason=refund.reason,
    )
