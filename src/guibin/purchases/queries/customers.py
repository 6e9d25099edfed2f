"""What customers bought, for many customers at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Min, Sum

from guibin.purchases.models import Order, OrderLine, Refund
from guibin.purchases.queries.rows import OrderRow, RefundRow, order_row, refund_row


@dataclass(frozen=True, slots=True)
class CustomerPurchases:
    """All purchases under one id so far, cancelled orders left out; base minor units.

    ``refunded_base_minor`` counts unmatched refunds too, each on its own date.
    """

    customer_id: int
    orders: int
    total_base_minor: int
    refunded_base_minor: int
    first_on: date | None
    last_on: date | None

    @property
    def net_base_minor(self) -> int:
        return self.total_base_minor - self.refunded_base_minor


def purchases_of(customer_ids: Iterable[int]) -> dict[int, CustomerPurchases]:
    """The sums of each id in two queries, whoever stands for it; who bought nothing is there with zeros."""
    wanted = list(customer_ids)
    bought = (
        Order.objects.filter(customer_id__in=wanted)
        .exclude(status="cancelled")
        .values("customer_id")
        .annotate(
            n=Count("id"), total=Sum("amount_base_minor"), first=Min("ordered_on"), last=Max("ordered_on")
        )
    )
    sums = {row["customer_id"]: row for row in bought}
    refunded = dict(
        Refund.objects.filter(customer_id__in=wanted)
        .values("customer_id")
        .annotate(total=Sum("amount_base_minor"))
        .values_list("customer_id", "total")
    )
    return {
        customer_id: CustomerPurchases(
            customer_id,
            orders=row["n"] if row else 0,
            total_base_minor=int(row["total"]) if row else 0,
            refunded_base_minor=int(refunded.get(customer_id, 0)),
            first_on=row["first"] if row else None,
            last_on=row["last"] if row else None,
        )
        for customer_id in wanted
        for row in [sums.get(customer_id)]
    }


def list_orders_of(
    customer_ids: Iterable[int], *, limit: int = 20, before: datetime | None = None
) -> list[OrderRow]:
    """The newest orders of one person (all ids of that person), older than ``before``."""
    rows = Order.objects.filter(customer_id__in=list(customer_ids))
    if before is not None:
        rows = rows.filter(ordered_at__lt=before)
    return [order_row(row) for row in rows.order_by("-ordered_at", "-id")[:limit]]


def list_refunds_of(customer_ids: Iterable[int], *, limit: int = 20) -> list[RefundRow]:
    """The newest refunds of one person (all ids of that person), matched or not."""
    rows = Refund.objects.filter(customer_id__in=list(customer_ids)).order_by("-refunded_at", "-id")
    return [refund_row(row) for row in rows[:limit]]


def count_orders_of(customer_ids: Iterable[int]) -> dict[int, int]:
    """How many orders each id has, whoever stands for it, cancelled ones left out; absent without any."""
    rows = Order.objects.filter(customer_id__in=list(customer_ids)).exclude(status="cancelled")
    return dict(rows.values("customer_id").annotate(n=Count("id")).values_list("customer_id", "n"))


def main_items(order_ids: Sequence[int]) -> dict[int, tuple[str, int]]:
    """For each order its largest line's description and how many lines it has, in one query."""
    found: dict[int, tuple[str, int]] = {}
    rows = OrderLine.objects.filter(order_id__in=list(order_ids)).order_by("order_id", "-amount_minor", "id")
    for order_id, description, sku in rows.values_list("order_id", "description", "sku"):
        name, lines = found.get(order_id, (description.strip() or sku, 0))
        found[order_id] = (name, lines + 1)
    return found


def customers_with_orders(customer_ids: Iterable[int]) -> set[int]:
    """Which of these ids an order or refund points at, whoever stands for them."""
    wanted = list(customer_ids)
    ordered = Order.objects.filter(customer_id__in=wanted).values_list("customer_id", flat=True)
    refunded = Refund.objects.filter(customer_id__in=wanted).values_list("customer_id", flat=True)
    return {found for found in (*ordered.distinct(), *refunded.distinct()) if found is not None}
