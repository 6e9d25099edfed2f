"""REST of purchases: orders, refunds and products under ``/api/v1``.

Money in and out is minor units of the currency beside it; quantities and unit prices are decimal text.
Orders and refunds keep the caller's idempotency key for good, longer than the envelope keeps its answers.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from guibin.core.clock import now
from guibin.customers import api as customers
from guibin.purchases import api
from guibin.purchases.lists import ids_of
from guibin.purchases.permissions import (
    EDIT_PRODUCTS,
    RECORD_ORDERS,
    REFUND_ORDERS,
    VIEW_ORDERS,
    VIEW_PRODUCTS,
)
from guibin.purchases.queries.catalogue import products_after
from guibin.purchases.queries.orders import orders_after
from guibin.web.access import actor_of, requires
from guibin.web.once import key_of
from guibin.web.rest import CursorParams, Slice, slice_of

router = Router(tags=["purchases"])


class OrderOut(Schema):
    """An order without its lines. ``customer`` is the customer's number, null for an anonymous sale."""

    id: int
    source: str
    number: str
    customer: str | None
    store_id: int | None
    channel: str
    ordered_at: datetime
    ordered_on: date
    status: str
    currency: str
    gross_minor: int
    discount_minor: int
    total_minor: int
    refunded_minor: int
    amount_base_minor: int
    promoted: bool


class LineOut(Schema):
    id: int
    sku: str
    description: str
    kind: str
    quantity: Decimal
    unit_price: Decimal
    discount_minor: int
    amount_minor: int
    refunded_quantity: Decimal
    refunded_minor: int


class PaymentOut(Schema):
    method: str
    amount_minor: int
    paid_at: datetime


class RefundOut(Schema):
    id: int
    number: str
    refunded_on: date
    amount_minor: int
    reason: str


class OrderDetailOut(OrderOut):
    lines: list[LineOut]
    payments: list[PaymentOut]
    refunds: list[RefundOut]


class LineIn(Schema):
    sku: str = Field("", max_length=80)
    description: str = Field("", max_length=500)
    kind: str = Field("", max_length=10, description="goods, fee, discount or other; empty: the product's")
    quantity: Decimal = Field(Decimal(1), gt=0, max_digits=18, decimal_places=3)
    unit_price: Decimal = Field(..., max_digits=18, decimal_places=6)
    discount_minor: int = Field(0, ge=0)
    unit_cost: Decimal | None = Field(None, ge=0, max_digits=18, decimal_places=6)
    line_id: str = Field("", max_length=200, description="your own id of the line")


class PaymentIn(Schema):
    method: str = Field(..., max_length=20)
    amount_minor: int = Field(..., gt=0)
    paid_at: datetime | None = None


class OrderIn(Schema):
    """``source`` names your system: a number is taken once per source."""

    source: str = Field("api", min_length=1, max_length=40)
    number: str = Field(..., min_length=1, max_length=80)
    customer: str | None = Field(None, max_length=24, description="customer number; null: anonymous")
    store_id: int | None = None
    channel: str = Field("store", max_length=40)
    ordered_at: datetime | None = None
    currency: str = Field("", max_length=3, description="empty: the base currency")
    discount_minor: int = Field(0, ge=0, description="on the whole order, spread over its lines")
    status: str = Field("completed", max_length=12)
    lines: list[LineIn] = Field(..., min_length=1, max_length=1000)
    payments: list[PaymentIn] = Field(default_factory=list, max_length=50)


class PlacedOut(Schema):
    id: int
    number: str


class StatusIn(Schema):
    status: str = Field(..., max_length=12)
    carrier: str = Field("", max_length=40)
    tracking_number: str = Field("", max_length=60)


class RefundPartIn(Schema):
    line_id: int
    quantity: Decimal = Field(Decimal(0), ge=0, max_digits=18, decimal_places=3)
    amount_minor: int | None = Field(None, ge=0, description="null: the quantity's share of what was paid")


class RefundIn(Schema):
    reason: str = Field("returned", max_length=20)
    number: str = Field("", max_length=80)
    lines: list[RefundPartIn] = Field(..., min_length=1, max_length=1000)


class RefundedOut(Schema):
    id: int
    number: str
    amount_minor: int


class ProductOut(Schema):
    id: int
    sku: str
    name: str
    name_en: str
    category_id: int | None
    brand_id: int | None
    kind: str
    list_price: Decimal | None
    status: str


class ProductIn(Schema):
    sku: str = Field(..., min_length=1, max_length=80)
    name: str = Field("", max_length=200)
    name_en: str = Field("", max_length=200)
    category_id: int | None = None
    brand_id: int | None = None
    kind: str = "goods"
    list_price: Decimal | None = Field(None, ge=0, max_digits=18, decimal_places=6)
    unit_cost: Decimal | None = Field(None, ge=0, max_digits=18, decimal_places=6)
    status: str = "active"


class OrderQuery(CursorParams):
    """Which orders: ``customer`` is a customer number, days are business days, both included."""

    customer: str = Field("", max_length=24)
    store_id: int | None = None
    status: str = Field("", max_length=12)
    source: str = Field("", max_length=40)
    first_on: date | None = None
    last_on: date | None = None


def _key(request: HttpRequest) -> str:
    """The caller's key, apart from everybody else's."""
    return f"{actor_of(request).code}:{key_of(request)}"


def _order(row: api.OrderRow, numbers: dict[int, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "source": row.source,
        "number": row.number,
        "customer": numbers.get(row.customer_id or 0),
        "store_id": row.store_id,
        "channel": row.channel,
        "ordered_at": row.ordered_at,
        "ordered_on": row.ordered_on,
        "status": row.status,
        "currency": row.total.currency,
        "gross_minor": row.gross.minor,
        "discount_minor": row.discount.minor,
        "total_minor": row.total.minor,
        "refunded_minor": row.refunded.minor,
        "amount_base_minor": row.amount_base_minor,
        "promoted": row.promoted,
    }


def _numbers(rows: Iterable[api.OrderRow]) -> dict[int, str]:
    """The number of the person each order belongs to, by the customer it was born with."""
    return customers.find_numbers({row.customer_id for row in rows if row.customer_id is not None})


@router.get("/orders", response=Slice[OrderOut], summary="Orders, newest first")
@requires(VIEW_ORDERS)
def list_orders(request: HttpRequest, query: Query[OrderQuery]) -> dict[str, Any]:
    actor = actor_of(request)
    wanted = api.OrderFilter(
        customer_ids=ids_of(query.customer, actor=actor) if query.customer else (),
        store_ids=() if query.store_id is None else (query.store_id,),
        statuses=(query.status,) if query.status else (),
        sources=(query.source,) if query.source else (),
        first_on=query.first_on,
        last_on=query.last_on,
    )
    rows = orders_after(wanted, actor=actor, after=query.after(), limit=query.limit + 1)
    numbers = _numbers(rows)
    page = slice_of(rows, query.limit, lambda row: [row.ordered_at.isoformat(), row.id])
    return {**page, "rows": [_order(row, numbers) for row in page["rows"]]}


@router.get("/orders/{order_id}", response=OrderDetailOut, summary="One order with lines, payments, refunds")
@requires(VIEW_ORDERS)
def get_order(request: HttpRequest, order_id: int) -> dict[str, Any]:
    detail = api.get_order(order_id, actor=actor_of(request))
    return {
        **_order(detail.order, _numbers([detail.order])),
        "lines": [
            {
                "id": line.id,
                "sku": line.sku,
                "description": line.description,
                "kind": line.kind,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "discount_minor": line.discount.minor,
                "amount_minor": line.amount.minor,
                "refunded_quantity": line.refunded_quantity,
                "refunded_minor": line.refunded.minor,
            }
            for line in detail.lines
        ],
        "payments": [
            {"method": paid.method, "amount_minor": paid.amount.minor, "paid_at": paid.paid_at}
            for paid in detail.payments
        ],
        "refunds": [
            {
                "id": refund.id,
                "number": refund.number,
                "refunded_on": refund.refunded_on,
                "amount_minor": refund.amount.minor,
                "reason": refund.reason,
            }
            for refund in detail.refunds
        ],
    }


@router.post("/orders", response={201: PlacedOut}, summary="Record an order")
@requires(RECORD_ORDERS)
def place_order(request: HttpRequest, body: OrderIn) -> Status[dict[str, Any]]:
    actor = actor_of(request)
    placed = api.place_order(
        lines=[api.LineDraft(**line.dict()) for line in body.lines],
        payments=[api.PaymentDraft(**payment.dict()) for payment in body.payments],
        customer_id=None if body.customer is None else customers.get_bearer(body.customer, actor=actor),
        store_id=body.store_id,
        channel=body.channel,
        source=body.source,
        number=body.number,
        ordered_at=body.ordered_at,
        currency=body.currency.upper(),
        discount_minor=body.discount_minor,
        status=body.status,
        idempotency_key=_key(request),
        actor=actor,
        at=now(),
    )
    return Status(201, {"id": placed.order_id, "number": placed.number})


@router.post("/orders/{order_id}/status", response={204: None}, summary="Move an order on")
@requires(RECORD_ORDERS)
def change_status(request: HttpRequest, order_id: int, body: StatusIn) -> Status[None]:
    api.change_order_status(order_id=order_id, actor=actor_of(request), at=now(), **body.dict())
    return Status(204, None)


@router.post("/orders/{order_id}/refunds", response={201: RefundedOut}, summary="Refund lines of an order")
@requires(REFUND_ORDERS)
def refund_order(request: HttpRequest, order_id: int, body: RefundIn) -> Status[dict[str, Any]]:
    refunded = api.refund_lines(
        order_id=order_id,
        drafts=[api.RefundDraft(**line.dict()) for line in body.lines],
        reason=body.reason,
        number=body.number,
        source="api",
        idempotency_key=_key(request),
        actor=actor_of(request),
        at=now(),
    )
    return Status(
        201, {"id": refunded.refund_id, "number": refunded.number, "amount_minor": refunded.amount_minor}
    )


@router.get("/products", response=Slice[ProductOut], summary="Products by code")
@requires(VIEW_PRODUCTS)
def list_products(request: HttpRequest, query: Query[CursorParams]) -> dict[str, Any]:
    rows = products_after(after=query.after(), limit=query.limit + 1)
    return slice_of(rows, query.limit, lambda row: [row.sku])


@router.post("/products", response={201: PlacedOut}, summary="Add a product")
@requires(EDIT_PRODUCTS)
def create_product(request: HttpRequest, body: ProductIn) -> Status[dict[str, Any]]:
    """A sku is taken once, so a repeat is refused and adds nothing."""
    product_id = api.create_product(draft=api.ProductDraft(**body.dict()), actor=actor_of(request), at=now())
    return Status(201, {"id": product_id, "number": body.sku.strip()})
