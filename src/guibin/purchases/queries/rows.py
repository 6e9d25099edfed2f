"""Orders, lines, payments and refunds as frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from guibin.core.money import Money
from guibin.purchases.models import Order, Refund


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a line. Amounts in the order's currency; ``total`` after discounts, before refunds.

    ``customer_id`` is the one it was born with; ``customers.resolve`` says who stands for them now.
    """

    id: int
    source: str
    number: str
    customer_id: int | None
    store_id: int | None
    channel: str
    ordered_at: datetime
    ordered_on: date
    status: str
    gross: Money
    discount: Money
    total: Money
    refunded: Money
    amount_base_minor: int
    promoted: bool
    import_id: int | None

    @property
    def net(self) -> Money:
        return self.total - self.refunded


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as sold, and how much of it was taken back."""

    id: int
    product_id: int | None
    sku: str
    description: str
    kind: str
    quantity: Decimal
    unit_price: Decimal
    gross: Money
    discount: Money
    amount: Money
    amount_base_minor: int
    unit_cost: Decimal | None
    refunded_quantity: Decimal
    refunded: Money

    @property
    def quantity_left(self) -> Decimal:
        return self.quantity - self.refunded_quantity

    @property
    def left(self) -> Money:
        return self.amount - self.refunded


@dataclass(frozen=True, slots=True)
class PaymentRow:
    id: int
    method: str
    amount: Money
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class RefundLineRow:
    """``order_line_id`` null: nothing earlier matched."""

    id: int
    order_line_id: int | None
    sku: str
    description: str
    quantity: Decimal
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundRow:
    """Money given back on ``refunded_on``; without an ``order_id`` it still counts for the customer."""

    id: int
    source: str
    number: str
    order_id: int | None
    customer_id: int | None
    store_id: int | None
    refunded_at: datetime
    refunded_on: date
    amount: Money
    amount_base_minor: int
    reason: str
    import_id: int | None
    lines: Sequence[RefundLineRow] = ()


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order with everything about it. ``tracking_number`` is empty unless it may be shown."""

    order: OrderRow
    lines: Sequence[LineRow]
    payments: Sequence[PaymentRow]
    refunds: Sequence[RefundRow]
    carrier: str
    tracking_number: str
    rate: Decimal

    @property
    def paid(self) -> Money:
        return Money(sum(payment.amount.minor for payment in self.payments), self.order.total.currency)


def order_row(order: Order) -> OrderRow:
    """The frozen form of an ``Order``."""
    currency = order.currency
    return OrderRow(
        id=order.id,
        source=order.source,
        number=order.number,
        customer_id=order.customer_id,
        store_id=order.store_id,
        channel=order.channel,
        ordered_at=order.ordered_at,
        ordered_on=order.ordered_on,
        status=order.status,
        gross=Money(order.gross_minor, currency),
        discount=Money(order.discount_minor, currency),
        total=Money(order.total_minor, currency),
        refunded=Money(order.refunded_minor, currency),
        amount_base_minor=order.amount_base_minor,
        promoted=order.promoted,
        import_id=order.import_id,
    )


def refund_row(refund: Refund, lines: Sequence[RefundLineRow] = ()) -> RefundRow:
    """The frozen form of a ``Refund``."""
    return RefundRow(
        id=refund.id,
        source=refund.source,
        number=refund.number,
        order_id=refund.order_id,
        customer_id=refund.customer_id,
        store_id=refund.store_id,
        refunded_at=refund.refunded_at,
        refunded_on=refund.refunded_on,
        amount=Money(refund.amount_minor, refund.currency),
        amount_base_minor=refund.amount_base_minor,
        reason=refund.reason,
        import_id=refund.import_id,
        lines=lines,
    )
