"""Orders recorded one at a time: by hand, or by a program over REST."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from guibin.accounts import api as accounts
from guibin.core.clock import business_day
from guibin.core.errors import DomainError, Forbidden, constraint_errors
from guibin.core.events import Event, Origin, record
from guibin.core.ids import OrderId, StoreId
from guibin.core.money import minor_digits
from guibin.core.permissions import Actor
from guibin.core.sealing import vault
from guibin.customers import api as customers
from guibin.purchases.errors import (
    AmountTooLarge,
    ChannelUnknown,
    CurrencyInvalid,
    CustomerUnknown,
    DiscountTooLarge,
    KeyReused,
    LineInvalid,
    LineTooPrecise,
    OrderCancelled,
    OrderEmpty,
    OrderHasRefunds,
    OrderNumberTaken,
    OrderUnknown,
    PaymentInvalid,
    StatusNotPossible,
    StoreUnknown,
    TrackingNeedsCustomer,
    WordUnknown,
)
from guibin.purchases.events import OrderCancelled as OrderWasCancelled
from guibin.purchases.events import OrderPlaced, OrderShipped, OrderStatusChanged, plain_number
from guibin.purchases.models import Order, OrderLine, Payment, Product, SalesChannel
from guibin.purchases.operations.copying import fetch, lock_source
from guibin.purchases.operations.telling import amount_text, subjects_of
from guibin.purchases.queries.catalogue import find_products
from guibin.purchases.queries.rates import base_currency, get_rate
from guibin.purchases.rules.amounts import compute_base_minor
from guibin.purchases.rules.drafts import LineDraft, PaymentDraft
from guibin.purchases.rules.pricing import PricedLine, PriceRefused, price_lines
from guibin.purchases.rules.statuses import is_next_status
from guibin.purchases.rules.words import MANUAL_SOURCE, ORDER_STATUSES, PAYMENT_METHODS, REFUND_REASONS

REFUSALS: dict[str, type[DomainError]] = {
    "empty": OrderEmpty,
    "line": LineInvalid,
    "precision": LineTooPrecise,
    "discount": DiscountTooLarge,
    "amount": AmountTooLarge,
    "kind": WordUnknown,
}
NEXT_SERIAL = "SELECT nextval('purchases_order_number')"
TRACKING_COLUMN = "purchases.tracking"


@dataclass(frozen=True, slots=True)
class Placed:
    """An order that is now here. ``is_repeat``: the same request had placed it before."""

    order_id: OrderId
    number: str
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class _Header:
    """What an order says besides its lines, ready to be written."""

    source: str
    number: str
    customer_id: int | None
    store_id: int | None
    channel: str
    ordered_at: datetime
    ordered_on: date
    currency: str
    status: str


def place_order(
    *,
    lines: Sequence[LineDraft],
    actor: Actor,
    at: datetime,
    customer_id: int | None = None,
    store_id: int | None = None,
    channel: str = "store",
    source: str = MANUAL_SOURCE,
    number: str = "",
    ordered_at: datetime | None = None,
    currency: str = "",
    discount_minor: int = 0,
    payments: Sequence[PaymentDraft] = (),
    status: str = "completed",
    promoted: bool | None = None,
    idempotency_key: str | None = None,
    origin: Origin = Origin.LIVE,
) -> Placed:
    """Record an order. ``discount_minor`` of the whole order is spread over its lines, exactly.

    ``number`` empty: one is made. The same ``idempotency_key`` with the same content gives the same
    order; with other content raises ``KeyReused``. Raises ``OrderNumberTaken``, ``ChannelUnknown``,
    ``StoreUnknown``, ``CustomerUnknown``, ``CurrencyInvalid``, ``RateMissing``, and those of
    ``REFUSALS``.
    """
    given = (customer_id, store_id, channel, source, number, ordered_at, currency, discount_minor, status)
    digest = _digest(given, lines, payments)
    with transaction.atomic():
        lock_source(source, exclusive=False)
        before = _find_repeat(idempotency_key, digest)
        if before is not None:
            return before
        base = base_currency()
        header = _header(
            (customer_id, store_id, channel, source, number, ordered_at or at, currency or base, status),
            actor,
        )
        _check_words(header, payments)
        products = find_products([line.sku.strip() for line in lines if line.sku.strip()])
        rate = get_rate(header.currency, base, header.ordered_on)
        priced = _price(lines, products, discount_minor, header.currency, base, rate)
        products |= _create_products(priced, products, at)
        order = _write(header, priced, products, rate, promoted, idempotency_key, digest)
        _write_payments(order, payments, at)
        record(
            _placed(order),
            subjects=subjects_of("order", order.id, order.customer_id),
            actor=actor,
            at=at,
            origin=origin,
        )
    return Placed(OrderId(order.id), order.number, is_repeat=False)


def _price(
    lines: Sequence[LineDraft],
    products: dict[str, tuple[int, str]],
    discount_minor: int,
    currency: str,
    base: str,
    rate: Decimal,
) -> list[PricedLine]:
    """The lines priced, what ``rules.pricing`` refuses said as a domain error."""
    digits, base_digits = minor_digits(currency), minor_digits(base)
    kinds = {sku: kind for sku, (_id, kind) in products.items()}
    try:
        return price_lines(
            lines,
            kinds,
            discount_minor,
            digits,
            lambda minor: compute_base_minor(minor, rate, digits, base_digits),
        )
    except PriceRefused as refused:
        raise REFUSALS[refused.code](position=refused.position, word=refused.word) from refused


def total_of(lines: Sequence[LineDraft], discount_minor: int, currency: str) -> int:
    """What an order of these lines would amount to, in minor units of ``currency``; 0 when it cannot be."""
    digits = minor_digits(currency)
    try:
        priced = price_lines(lines, {}, discount_minor, digits, lambda minor: minor)
    except PriceRefused:
        return 0
    return sum(line.amount_minor for line in priced)


def _digest(given: object, lines: Sequence[LineDraft], payments: Sequence[PaymentDraft]) -> bytes:
    return hashlib.sha256(repr((given, list(lines), list(payments))).encode()).digest()


def _find_repeat(key: str | None, digest: bytes) -> Placed | None:
    if key is None:
        return None
    before = Order.objects.filter(idempotency_key=key).first()
    if before is None:
        return None
    if before.input_hash is None or bytes(before.input_hash) != digest:
        raise KeyReused
    return Placed(OrderId(before.id), before.number, is_repeat=True)


def _header(given: tuple[Any, ...], actor: Actor) -> _Header:
    customer_id, store_id, channel, source, number, ordered_at, currency, status = given
    if actor.store_ids is not None and store_id not in actor.store_ids:
        raise Forbidden
    zone = store_zone(store_id)
    if customer_id is not None and customer_id not in customers.find_numbers([customer_id]):
        raise CustomerUnknown
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise CurrencyInvalid(currency=currency)
    return _Header(
        source=source,
        number=number.strip(),
        customer_id=customer_id,
        store_id=store_id,
        channel=channel,
        ordered_at=ordered_at,
        ordered_on=business_day(ordered_at, zone),
        currency=currency,
        status=status,
    )


def store_zone(store_id: int | None) -> str:
    """The IANA zone whose business days count for a store. Raises ``StoreUnknown``."""
    zone = accounts.organisation().time_zone
    if store_id is None:
        return zone
    store = accounts.get_stores([store_id]).get(StoreId(store_id))
    if store is None:
        raise StoreUnknown
    return store.time_zone or zone


def _check_words(header: _Header, payments: Sequence[PaymentDraft]) -> None:
    if header.status not in ORDER_STATUSES or header.status == "cancelled":
        raise WordUnknown(word=header.status)
    for payment in payments:
        if payment.method not in PAYMENT_METHODS or payment.amount_minor <= 0:
            raise PaymentInvalid
    if not SalesChannel.objects.filter(code=header.channel).exists():
        raise ChannelUnknown(code=header.channel)


def _create_products(
    priced: Sequence[PricedLine], known: dict[str, tuple[int, str]], at: datetime
) -> dict[str, tuple[int, str]]:
    """Products for skus met for the first time, named as on their line."""
    missing = {line.sku: line for line in reversed(priced) if line.sku and line.sku not in known}
    if not missing:
        return {}
    rows = [
        Product(sku=sku, name=line.description[:200], kind=line.kind, created_at=at)
        for sku, line in missing.items()
    ]
    Product.objects.bulk_create(rows, ignore_conflicts=True)
    return find_products(missing)


def _write(
    header: _Header,
    priced: Sequence[PricedLine],
    products: dict[str, tuple[int, str]],
    rate: Decimal,
    promoted: bool | None,  # noqa: FBT001 - handed through by position in one place
    key: str | None,
    digest: bytes,
) -> Order:
    discount = sum(line.discount_minor for line in priced)
    with constraint_errors(
        {"purchases_order_number_once": OrderNumberTaken(), "purchases_order_key_once": KeyReused()}
    ):
        order = Order.objects.create(
            source=header.source,
            number=header.number or _next_number(header.ordered_on),
            customer_id=header.customer_id,
            store_id=header.store_id,
            channel=header.channel,
            ordered_at=header.ordered_at,
            ordered_on=header.ordered_on,
            currency=header.currency,
            rate=rate,
            gross_minor=sum(line.gross_minor for line in priced),
            discount_minor=discount,
            total_minor=sum(line.amount_minor for line in priced),
            amount_base_minor=sum(line.amount_base_minor for line in priced),
            status=header.status,
            promoted=discount > 0 if promoted is None else promoted,
            idempotency_key=key,
            input_hash=None if key is None else digest,
        )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            line_key=line.key,
            product_id=products[line.sku][0] if line.sku else None,
            sku=line.sku,
            description=line.description,
            kind=line.kind,
            quantity=line.quantity,
            unit_price=line.unit_price,
            gross_minor=line.gross_minor,
            discount_minor=line.discount_minor,
            amount_minor=line.amount_minor,
            amount_base_minor=line.amount_base_minor,
            unit_cost=line.unit_cost,
            cost_base_minor=line.cost_base_minor,
        )
        for line in priced
    )
    return order


def _next_number(on: date) -> str:
    """A readable number for an order recorded by hand: the day and a counter of all orders."""
    return f"M{on:%y%m%d}-{fetch(NEXT_SERIAL)[0][0]:04d}"


def _write_payments(order: Order, payments: Sequence[PaymentDraft], at: datetime) -> None:
    Payment.objects.bulk_create(
        Payment(
            order=order,
            method=payment.method,
            amount_minor=payment.amount_minor,
            paid_at=payment.paid_at or at,
        )
        for payment in payments
    )


def _placed(order: Order) -> OrderPlaced:
    return OrderPlaced(
        order_id=order.id,
        number=plain_number(order.number),
        customer_id=order.customer_id,
        store_id=order.store_id,
        channel=order.channel,
        ordered_on=order.ordered_on,
        amount=amount_text(order.total_minor, order.currency),
        amount_minor=order.total_minor,
        currency=order.currency,
        amount_base_minor=order.amount_base_minor,
    )


def lock_order(order_id: int, actor: Actor) -> Order:
    """The order, locked, if ``actor`` may see it. Raises ``OrderUnknown``."""
    order = Order.objects.select_for_update(no_key=True).filter(id=order_id).first()
    if order is None or (actor.store_ids is not None and order.store_id not in actor.store_ids):
        raise OrderUnknown
    return order


def change_order_status(
    *,
    order_id: int,
    status: str,
    actor: Actor,
    at: datetime,
    carrier: str = "",
    tracking_number: str = "",
) -> None:
    """Move an order on (see ``rules.statuses``), with the parcel's number when it is shipped.

    Raises ``OrderUnknown``, ``StatusNotPossible`` (also for cancelled: see ``cancel_order``) and
    ``TrackingNeedsCustomer``.
    """
    with transaction.atomic():
        order = lock_order(order_id, actor)
        is_parcel = status == "shipped" and order.status == "shipped" and tracking_number
        if status == "cancelled" or not (is_parcel or is_next_status(order.status, status)):
            raise StatusNotPossible
        before, order.status, order.touched_at = order.status, status, at
        if tracking_number:
            order.tracking_sealed = _seal_tracking(order, tracking_number.strip())
        if tracking_number or carrier.strip():
            order.carrier = carrier.strip()[:40]
        order.save(update_fields=["status", "touched_at", "tracking_sealed", "carrier"])
        number = plain_number(order.number)
        event: Event = (
            OrderShipped(order.id, number, order.customer_id, plain_number(order.carrier))
            if status == "shipped"
            else OrderStatusChanged(order.id, number, order.customer_id, before, status)
        )
        record(event, subjects=subjects_of("order", order.id, order.customer_id), actor=actor, at=at)


def _seal_tracking(order: Order, tracking_number: str) -> bytes:
    key = None if order.customer_id is None else vault().load_one(order.customer_id)
    if key is None:
        raise TrackingNeedsCustomer
    return key.seal(TRACKING_COLUMN, tracking_number)


def cancel_order(*, order_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Cancel a whole order that nothing was refunded of. Raises ``OrderUnknown``, ``OrderHasRefunds``,
    ``StatusNotPossible`` and ``WordUnknown``."""
    if reason not in REFUND_REASONS:
        raise WordUnknown(word=reason)
    with transaction.atomic():
        order = lock_order(order_id, actor)
        if order.status == "cancelled":
            raise OrderCancelled
        if order.refunded_minor or order.refunds.exists():
            raise OrderHasRefunds
        order.status, order.touched_at = "cancelled", at
        order.save(update_fields=["status", "touched_at"])
        event = OrderWasCancelled(
            order_id=order.id,
            number=plain_number(order.number),
            customer_id=order.customer_id,
            reason=reason,
            amount_base_minor=order.amount_base_minor,
        )
        record(event, subjects=subjects_of("order", order.id, order.customer_id), actor=actor, at=at)
