"""The demo shop in the shapes that the doors take in."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice

import pyarrow as pa

from guibin.config.demo.baskets import OrderPlan, RefundPlan
from guibin.config.demo.catalogue import ProductPlan
from guibin.config.demo.people import MemberPlan
from guibin.customers.api import Birthday, CustomerRow
from guibin.purchases.api import ORDER_LINES, PAYMENTS, PRODUCTS, REFUND_LINES

SOURCE = "demo"
ORDERS_PER_BATCH = 10_000


def customer_row(position: int, plan: MemberPlan, stores: Mapping[str, int]) -> CustomerRow:
    """A member as a row of an import."""
    birthday = None
    if plan.birthday is not None:
        year, month, day, calendar = plan.birthday
        birthday = Birthday(month, day, year, "lunar" if calendar == "lunar" else "solar")
    return CustomerRow(
        position=position,
        external_id=plan.card,
        cards=(plan.card,),
        name=plan.name,
        gender=plan.gender,
        birthday=birthday,
        phones=(plan.phone,),
        emails=(plan.email,) if plan.email else (),
        wechats=(plan.wechat,) if plan.wechat else (),
        province=plan.province,
        city=plan.city,
        occupation=plan.occupation,
        interests=plan.interests,
        joined_on=plan.joined_on,
        joined_store_id=stores[plan.store],
        tags=plan.tags,
        attributes=plan.attributes,
        note=plan.note,
    )


def product_table(products: Sequence[ProductPlan]) -> pa.Table:
    """Shape `PRODUCTS`."""
    return pa.Table.from_pylist(
        [
            {
                "row": row,
                "sku": plan.sku,
                "name": plan.name,
                "name_en": plan.name_en,
                "category": plan.category,
                "brand": plan.brand,
                "kind": "goods",
                "list_price": plan.price,
                "unit_cost": plan.cost,
            }
            for row, plan in enumerate(products)
        ],
        schema=PRODUCTS,
    )


def order_tables(
    orders: Sequence[OrderPlan], customers: Mapping[str, int], stores: Mapping[str, int]
) -> Iterator[pa.Table]:
    """Batches of shape `ORDER_LINES`, every order whole in one of them."""
    waiting = iter(orders)
    row = 0
    while batch := list(islice(waiting, ORDERS_PER_BATCH)):
        lines = []
        for order in batch:
            for place, line in enumerate(order.lines, 1):
                row += 1
                lines.append(
                    {
                        "row": row,
                        "order_number": order.number,
                        "line_id": f"{order.number}/{place}",
                        "customer_id": customers.get(order.card),
                        "store_id": stores[order.store],
                        "channel": order.channel,
                        "ordered_at": order.at,
                        "ordered_on": order.on,
                        "status": order.status,
                        "sku": line.product.sku,
                        "description": line.product.name,
                        "quantity": Decimal(line.quantity),
                        "unit_price": line.product.price,
                        "discount_minor": int(line.discount * 100),
                        "unit_cost": line.product.cost,
                        "promoted": order.promoted,
                    }
                )
        yield pa.Table.from_pylist(lines, schema=ORDER_LINES)


def payment_table(orders: Sequence[OrderPlan]) -> pa.Table:
    """Shape `PAYMENTS`."""
    return pa.Table.from_pylist(
        [
            {
                "order_number": order.number,
                "method": payment.method,
                "amount_minor": int(payment.amount * 100),
                "paid_at": payment.at,
            }
            for order in orders
            for payment in order.payments
        ],
        schema=PAYMENTS,
    )


def refund_table(
    refunds: Sequence[RefundPlan], customers: Mapping[str, int], stores: Mapping[str, int]
) -> pa.Table:
    """Shape `REFUND_LINES`; every refund names its order."""
    return pa.Table.from_pylist(
        [
            {
                "row": row,
                "refund_number": plan.number,
                "line_id": f"{plan.number}/1",
                "order_number": plan.order.number,
                "customer_id": customers.get(plan.order.card),
                "store_id": stores[plan.order.store],
                "channel": plan.order.channel,
                "refunded_at": plan.at,
                "refunded_on": plan.on,
                "sku": plan.line.product.sku,
                "description": plan.line.product.name,
                "quantity": Decimal(plan.quantity),
                "unit_price": plan.paid_each,
                "reason": plan.reason,
            }
            for row, plan in enumerate(refunds)
        ],
        schema=REFUND_LINES,
    )
