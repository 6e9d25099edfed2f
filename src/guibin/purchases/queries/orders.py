"""Reads of orders. An actor bound to stores sees only the orders of these stores."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from guibin.core.money import Money
from guibin.core.paging import Page
from guibin.core.permissions import Actor
from guibin.core.sealing import vault
from guibin.purchases.errors import OrderUnknown
from guibin.purchases.models import Order, OrderLine, Payment, Refund, RefundLine
from guibin.purchases.queries.rows import (
    LineRow,
    OrderDetail,
    OrderRow,
    PaymentRow,
    RefundLineRow,
    RefundRow,
    order_row,
    refund_row,
)
from guibin.purchases.queries.tallies import TALLIED, OrderTotals, totals_by_counting, totals_from_tallies

TRACKING_COLUMN = "purchases.tracking"
DAY = timedelta(days=1)
STREAMED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Nothing given means everything; ``last_on`` is included. Amounts are base minor units.

    ``number`` finds orders whose number begins with it; ``has_refund`` None means either;
    ``customer_ids`` are all ids of whom it is about (``customers.group``).
    """

    number: str = ""
    first_on: date | None = None
    last_on: date | None = None
    store_ids: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    customer_ids: tuple[int, ...] = ()
    is_anonymous: bool | None = None
    amount_min: int | None = None
    amount_max: int | None = None
    has_refund: bool | None = None
    sources: tuple[str, ...] = ()
    product_id: int | None = None
    import_id: int | None = None
    ids: tuple[int, ...] = ()


SORTS = {
    "ordered_at": ("ordered_at", "id"),
    "number": ("number", "id"),
    "total": ("amount_base_minor", "id"),
}


def visible(actor: Actor) -> QuerySet[Order]:
    """The orders an actor may see."""
    rows = Order.objects.all()
    return rows if actor.store_ids is None else rows.filter(store_id__in=actor.store_ids)


def _conditions(wanted: OrderFilter) -> dict[str, Any]:
    given = {
        "number__startswith": wanted.number.strip() or None,
        "ordered_on__gte": wanted.first_on,
        "ordered_on__lte": wanted.last_on,
        "store_id__in": wanted.store_ids or None,
        "channel__in": wanted.channels or None,
        "status__in": wanted.statuses or None,
        "customer_id__in": wanted.customer_ids or None,
        "customer__isnull": wanted.is_anonymous,
        "amount_base_minor__gte": wanted.amount_min,
        "amount_base_minor__lte": wanted.amount_max,
        "source__in": wanted.sources or None,
        "import_id": wanted.import_id,
        "id__in": wanted.ids or None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _days(wanted: OrderFilter) -> dict[str, Any]:
    """The same days once more as instants, a day wider at both ends: only instants are in the indexes."""
    bounds: dict[str, Any] = {}
    if wanted.first_on is not None and wanted.first_on > date.min:
        bounds["ordered_at__gte"] = datetime.combine(wanted.first_on - DAY, time(), tzinfo=UTC)
    if wanted.last_on is not None and wanted.last_on < date.max - DAY:
        bounds["ordered_at__lt"] = datetime.combine(wanted.last_on + 2 * DAY, time(), tzinfo=UTC)
    return bounds


def filtered(wanted: OrderFilter, *, actor: Actor) -> QuerySet[Order]:
    """The orders of a filter, unordered."""
    rows = visible(actor).filter(**_conditions(wanted), **_days(wanted))
    if wanted.has_refund is not None:
        refunded = Q(refunded_minor__gt=0)
        rows = rows.filter(refunded if wanted.has_refund else ~refunded)
    if wanted.product_id is not None:
        sold = OrderLine.objects.filter(product_id=wanted.product_id).values("order_id")
        rows = rows.filter(id__in=sold)
    return rows


def list_orders(
    wanted: OrderFilter | None = None,
    *,
    actor: Actor,
    sort: str = "ordered_at",
    descending: bool = True,
    page: int = 1,
    size: int = 50,
    totals: OrderTotals | None = None,
) -> Page[OrderRow]:
    """A page of orders, newest first unless told otherwise, in two queries; one with ``totals`` given."""
    wanted = wanted or OrderFilter()
    totals = totals or order_totals(wanted, actor=actor)
    start = (page - 1) * size
    found = ordered(wanted, actor=actor, sort=sort, descending=descending)[start : start + size]
    return Page([order_row(row) for row in found], totals.orders, page, size, totals.is_exact)


def ordered(wanted: OrderFilter, *, actor: Actor, sort: str, descending: bool) -> QuerySet[Order]:
    """The orders of a filter in the order of a list."""
    names = SORTS.get(sort, SORTS["ordered_at"])
    return filtered(wanted, actor=actor).order_by(*(f"-{name}" if descending else name for name in names))


def stream_orders(wanted: OrderFilter, *, actor: Actor, sort: str, descending: bool) -> Iterator[OrderRow]:
    """All orders of a filter through a server-side cursor: memory stays flat."""
    rows = ordered(wanted, actor=actor, sort=sort, descending=descending)
    return (order_row(row) for row in rows.iterator(chunk_size=STREAMED_AT_ONCE))


def orders_after(
    wanted: OrderFilter, *, actor: Actor, after: Sequence[Any] | None, limit: int
) -> list[OrderRow]:
    """The next ``limit`` orders, newest first, behind ``after`` (instant as ISO text, id)."""
    rows = filtered(wanted, actor=actor)
    if after is not None:
        try:
            instant, order_id = datetime.fromisoformat(str(after[0])), int(after[1])
        except (ValueError, TypeError, IndexError) as error:
            raise OrderUnknown from error
        rows = rows.filter(Q(ordered_at__lt=instant) | Q(ordered_at=instant, id__lt=order_id))
    return [order_row(row) for row in rows.order_by("-ordered_at", "-id")[:limit]]


def order_totals(wanted: OrderFilter | None = None, *, actor: Actor) -> OrderTotals:
    """Count and sum of everything in a filter, cancelled orders not summed, in one bounded query."""
    wanted = wanted or OrderFilter()
    given = _conditions(wanted)
    if given.keys() <= TALLIED and wanted.has_refund is None and wanted.product_id is None:
        return totals_from_tallies(given, actor=actor)
    return totals_by_counting(filtered(wanted, actor=actor))


def count_orders(wanted: OrderFilter, *, actor: Actor) -> int:
    """How many orders a filter leaves, however long counting takes: for the record of an export."""
    return filtered(wanted, actor=actor).count()


def orders_by_id(order_ids: Iterable[int], *, actor: Actor) -> dict[int, OrderRow]:
    """Orders by id in one query; what the actor may not see is absent."""
    rows = visible(actor).filter(id__in=list(order_ids))
    return {row.id: order_row(row) for row in rows}


def find_order(*, number: str, source: str | None = None, actor: Actor) -> OrderRow | None:
    """The order of that number; the newest when several sources share it."""
    rows = visible(actor).filter(number=number.strip())
    if source is not None:
        rows = rows.filter(source=source)
    found = rows.order_by("-ordered_at", "-id").first()
    return None if found is None else order_row(found)


SOURCES = """
WITH RECURSIVE found AS (
    (SELECT source FROM purchases_order ORDER BY source LIMIT 1)
    UNION ALL
    SELECT (SELECT o.source FROM purchases_order o WHERE o.source > f.source ORDER BY o.source LIMIT 1)
    FROM found f WHERE f.source IS NOT NULL
) SELECT source FROM found WHERE source IS NOT NULL
"""


def list_sources() -> list[str]:
    """The systems orders came from, by one index step each, however many orders there are."""
    with connection.cursor() as cursor:
        cursor.execute(SOURCES)
        return [row[0] for row in cursor.fetchall()]


def get_order(order_id: int, *, actor: Actor) -> OrderDetail:
    """An order with lines, payments and refunds, in six queries. Raises ``OrderUnknown``."""
    order = visible(actor).filter(id=order_id).first()
    if order is None:
        raise OrderUnknown
    currency = order.currency
    lines = OrderLine.objects.filter(order=order).order_by("id")
    payments = Payment.objects.filter(order=order).order_by("paid_at", "id")
    return OrderDetail(
        order=order_row(order),
        lines=[_line_row(line, currency) for line in lines],
        payments=[
            PaymentRow(payment.id, payment.method, Money(payment.amount_minor, currency), payment.paid_at)
            for payment in payments
        ],
        refunds=_refunds_of([line.id for line in lines], order.id),
        carrier=order.carrier,
        tracking_number=_open_tracking(order),
        rate=order.rate,
    )


def _line_row(line: OrderLine, currency: str) -> LineRow:
    return LineRow(
        id=line.id,
        product_id=line.product_id,
        sku=line.sku,
        description=line.description,
        kind=line.kind,
        quantity=line.quantity,
        unit_price=line.unit_price,
        gross=Money(line.gross_minor, currency),
        discount=Money(line.discount_minor, currency),
        amount=Money(line.amount_minor, currency),
        amount_base_minor=line.amount_base_minor,
        unit_cost=line.unit_cost,
        refunded_quantity=line.refunded_quantity,
        refunded=Money(line.refunded_minor, currency),
    )


def _refunds_of(line_ids: Sequence[int], order_id: int) -> list[RefundRow]:
    """Refunds of the order, and those of other documents that took back lines of it."""
    parts = RefundLine.objects.filter(Q(order_line_id__in=line_ids) | Q(refund__order_id=order_id))
    by_refund: dict[int, list[RefundLine]] = {}
    for part in parts.select_related("refund").order_by("id"):
        by_refund.setdefault(part.refund_id, []).append(part)
    refunds = {part.refund_id: part.refund for found in by_refund.values() for part in found}
    ordered = sorted(refunds.values(), key=lambda refund: (refund.refunded_at, refund.id))
    return [refund_row(refund, _refund_lines(by_refund[refund.id], refund)) for refund in ordered]


def _refund_lines(parts: Iterable[RefundLine], refund: Refund) -> list[RefundLineRow]:
    return [
        RefundLineRow(
            part.id,
            part.order_line_id,
            part.sku,
            part.description,
            part.quantity,
            Money(part.amount_minor, refund.currency),
        )
        for part in parts
    ]


def _open_tracking(order: Order) -> str:
    if order.tracking_sealed is None or order.customer_id is None:
        return ""
    key = vault().load_one(order.customer_id)
    return "" if key is None else key.open(TRACKING_COLUMN, order.tracking_sealed)


def list_refunds(
    *,
    actor: Actor,
    unmatched: bool | None = None,
    customer_ids: Sequence[int] = (),
    page: int = 1,
    size: int = 50,
) -> Page[RefundRow]:
    """Refunds, newest first; ``customer_ids`` as in ``OrderFilter``."""
    rows = Refund.objects.all()
    if actor.store_ids is not None:
        rows = rows.filter(store_id__in=actor.store_ids)
    if unmatched is not None:
        rows = rows.filter(order__isnull=unmatched)
    if customer_ids:
        rows = rows.filter(customer_id__in=customer_ids)
    start = (page - 1) * size
    found = rows.order_by("-refunded_at", "-id")[start : start + size]
    return Page([refund_row(row) for row in found], rows.count(), page, size)
